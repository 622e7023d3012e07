"""Sentences built alike that are a list without marks."""

from __future__ import annotations

import pytest

from rag.answering.question.analysis import analyse
from rag.answering.selection.parallel import sentences_alike
from tests.answering.made import passage, ranked_over, texts_of

DUTIES = "会议听取了汇报。要学会倾听,多跑门店。要学会算账,管住成本。要学会写作。会议随后结束。"
COUNTED = "绝不拖延回复。客服轮班值守。\n绝不隐瞒故障。消息随时公布。\n绝不推给别人。"


def alike(question: str, text: str, best: str) -> list[str]:
    passages = [passage(text)]
    ranked = ranked_over(passages, best)
    return texts_of(ranked, sentences_alike(analyse(question), ranked, ranked.order[0], passages))


@pytest.mark.parametrize("best", ["倾听", "算账", "写作"])
def test_all_that_is_called_for_in_the_asked_word_is_told(best: str) -> None:
    assert alike("店长要学会哪几样本事?", DUTIES, best) == [
        "要学会倾听,多跑门店。",
        "要学会算账,管住成本。",
        "要学会写作。",
    ]


@pytest.mark.parametrize(
    ("question", "text", "best"),
    [
        ("学会算账要管住哪些东西?", DUTIES, "算账"),  # of one of them
        ("店长要管住哪些东西?", DUTIES, "算账"),  # another word
        ("店长要学会什么?", DUTIES, "算账"),  # no list
        ("要学会哪几样本事?", "要学会倾听。要学会算账。会议结束。", "倾听"),  # two are none
        ("要学会哪几样本事?", "要学会倾听。休会。要学会算账。要学会写作。", "倾听"),
        (
            "要学会哪几样本事?",
            "要学会倾听。\n## 财务\n要学会算账。\n## 文书\n要学会写作。",
            "算账",
        ),
        ("我店哪些地方要改?", "我店朝南。我店有三层。我店周日休息。", "三层"),  # whom they tell of
    ],
)
def test_other_sentences_are_no_such_list(question: str, text: str, best: str) -> None:
    assert alike(question, text, best) == []


@pytest.mark.parametrize(
    "question", ["三个绝不是哪三个?", "客服的“三个绝不”分别是什么?", "客服的3个绝不都有哪些?"]
)
def test_sentences_are_counted_by_their_first_word(question: str) -> None:
    assert alike(question, COUNTED, "隐瞒") == [
        "绝不拖延回复。",
        "绝不隐瞒故障。",
        "绝不推给别人。",
    ]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("四个绝不是哪四个?", "隐瞒"),  # three are not four
        ("三个绝不是哪三个?", "轮班"),  # the best is none of them
        ("三个保证是哪三个?", "隐瞒"),
    ],
)
def test_so_many_are_counted_and_no_others(question: str, best: str) -> None:
    assert alike(question, COUNTED, best) == []


def test_a_long_sentence_takes_no_time() -> None:
    assert alike("要学会哪几样本事?", "要学会" * 2000 + "。", "要学会") == []
