"""Both days of a time, and the length of time that tells when."""

from __future__ import annotations

import pytest

from rag.answering.marking.when import day_asked
from rag.answering.question.analysis import analyse


def _told(question: str, text: str, read: str | None = None, sure: float = 0.3) -> str | None:
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = day_asked(analyse(question), text, span)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("租期从哪天到哪天?", "2024年4月1日起至2026年3月31日"),
        ("租期的起止时间是什么时候?", "2024年4月1日起至2026年3月31日"),
        ("租期到什么时候?", None),
    ],
)
def test_the_first_and_the_last_day(question: str, shown: str | None) -> None:
    assert _told(question, "租期自2024年4月1日起至2026年3月31日止。") == shown


def test_of_two_times_the_one_that_the_reader_touches() -> None:
    text = "一期自2024年1月1日起至3月1日，二期自4月1日起至6月1日。"
    assert _told("二期从哪天到哪天?", text, read="6月1日") == "4月1日起至6月1日"
    assert _told("二期从哪天到哪天?", text) is None


def test_the_length_of_time_of_a_mark_over_clauses() -> None:
    text = "合同解除后，甲方应在7个工作日内退还押金。"
    question = "最晚什么时候退押金?"
    assert _told(question, text, read=text[:-6]) == "7个工作日内"
    assert _told(question, text, read="合同解除后") is None
    assert _told("哪天退押金?", text, read=text[:-6]) is None
    assert _told("何时吃药?", "饭后半小时内服用。", read="饭后半小时内") is None
    text = "5月1日起，应在7个工作日内退还。"
    assert _told(question, text, read=text) is None
    text = "如有余额，押金每7个工作日退还一次。"
    assert _told(question, text, read=text) is None
