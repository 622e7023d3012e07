"""The reason that a sentence tells by a word for it."""

from __future__ import annotations

import pytest

from rag.answering.marking.reasons import reason_told
from rag.answering.question.analysis import analyse

TEXT = "系统可用率未达标，原因是8月21日数据库切换失败，导致服务中断。"


def _told(question: str, text: str, read: str | None = None, sure: float = 0.3) -> str | None:
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = reason_told(analyse(question), text, span)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (TEXT, "8月21日数据库切换失败"),
        ("今年确定为提升年，就是要巩固教育成果，治理问题。", "巩固教育成果"),
        ("由于台风来袭，航班取消。", "台风来袭"),
        ("由于感染引起的发烧，一般三天内退。", "感染"),
        ("石桥是村民为方便孩子上学而集资修的。", "方便孩子上学"),
        ("石桥被称为孝子桥而闻名。", None),
        ("他为乡亲修桥，而且不收钱。", None),
        ("航班取消，旅客滞留。", None),
        ("不是因为台风来袭，而是机械故障。", None),
        ("尽管因为下雨路滑，他还是去了。", None),
        ("由于台风来袭航班取消，因为大雾列车晚点。", None),
    ],
)
def test_behind_the_word_for_it(text: str, shown: str | None) -> None:
    assert _told("为什么?", text) == shown


def test_a_reader_that_is_sure_or_marks_more_stands() -> None:
    whole = "8月21日数据库切换失败"
    assert _told("为什么没有达标?", TEXT, read="数据库切换失败") == whole
    assert _told("为什么没有达标?", TEXT, read="数据库切换失败", sure=0.9) is None
    assert _told("为什么没有达标?", TEXT, read="未达标，原因是" + whole) is None
    assert _told("为什么没有达标?", TEXT, read="服务中断", sure=0.9) is None
    assert _told("什么时候达标?", TEXT) is None
