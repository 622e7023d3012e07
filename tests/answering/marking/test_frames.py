"""What stands in the frame that a question asks in."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import ForeignWord, Weights
from rag.answering.marking.frames import span_in_frame, span_in_translated_frame
from rag.answering.question.analysis import analyse


def _told(question: str, text: str, read: str | None = None, sure: float = 0.3) -> str | None:
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = span_in_frame(analyse(question), text, span)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("《意见》以什么为牵引?", "经济体制改革"),
        ("《意見》以什麼為牽引?", "经济体制改革"),
        ("《意见》以哪项改革为牵引?", "经济体制改革"),
        ("《意见》以什么为目标?", None),
        ("《意见》的牵引是什么?", None),
    ],
)
def test_between_the_two_words_of_the_frame(question: str, shown: str | None) -> None:
    text = "《意见》突出重点,以经济体制改革为牵引,安排改革任务。"
    assert _told(question, text, read="经济体制") == shown


def test_a_quotation_in_the_frame_is_told_whole() -> None:
    text = "坚持以“稳中求进、以进促稳”为主基调,抓好工作。"
    assert _told("坚持以什么为主基调?", text) == "稳中求进、以进促稳"


def test_what_is_taken_as_something() -> None:
    text = "学校将阅读作为第一要务。"
    assert _told("学校把什么作为第一要务?", "学校把阅读作为第一要务。") == "阅读"
    assert _told("学校将什么作为第一要务?", text) == "阅读"


def test_a_frame_that_stands_there_twice_tells_nothing() -> None:
    text = "一期以水稻为主,二期以棉花为主。"
    assert _told("以什么为主?", text) is None


def test_what_is_denied_does_not_answer() -> None:
    assert _told("学校把什么作为重点?", "学校没有把升学率作为重点。") is None
    text = "学校不再把升学率作为重点,而是把素质教育作为重点。"
    assert _told("学校把什么作为重点?", text) == "素质教育"
    assert _told("本会不以什么为目的?", "本会不以营利为目的。") == "营利"


def test_whoever_does_it_stands_behind_the_one_word_for_it() -> None:
    text = "长期护理保险经验被中央改革办刊发。"
    assert _told("经验被哪个中央单位登出来?", text, read="长期护理保险") == "中央改革办"
    assert _told("经验被哪里登了出来?", text) == "中央改革办"
    assert _told("经验被哪里登了出来?", text, read="长期护理保险", sure=0.6) is None
    assert _told("经验被哪里登了出来?", text, read="中央改革办刊发") is None  # the reader is there
    assert _told("哪里的经验登了出来?", text) is None
    behind = "甲经验被中央改革办刊发,后来新华社登了出来。"
    assert _told("经验被哪个单位登出来?", behind, read="新华社") is None
    assert _told("手机被谁偷走?", "手机被张三的朋友偷走。") is None
    assert _told("被谁评价?", "甲经验被中央改革办刊发,乙经验被新华社刊发。") is None


@pytest.mark.parametrize(
    ("question", "read", "shown"),
    [
        ("What does it name as its theme?", "融合创新为主题", "深化融合创新"),
        ("What does it name as its theme?", "服务功能区", None),  # the reader is elsewhere
        ("When does it name a theme?", "融合创新为主题", None),
    ],
)
def test_between_the_words_of_a_frame_with_a_translated_noun(
    question: str, read: str, shown: str | None
) -> None:
    text = "聚焦首要任务,以深化融合创新为主题,持续服务功能区。"
    theme = ForeignWord("theme", (("主题", 0.9),), 1.0, 1.0)
    start = text.index(read)
    found = span_in_translated_frame(
        analyse(question), text, Weights({}, (), {}, (theme,)), (start, start + len(read), 0.3)
    )
    assert (text[slice(*found)] if found else None) == shown
