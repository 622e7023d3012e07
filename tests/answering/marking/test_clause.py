"""The clause that says yes or no."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.clause import clause_asked
from rag.answering.question.analysis import analyse
from rag.index.terms import terms


def _clause(question: str, text: str, read: str | None = None, sure: float = 0.9) -> str | None:
    asked = analyse(question)
    held = sorted(set(terms(asked.content)))
    worth = dict.fromkeys(held, 1 / max(len(held), 1))
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = clause_asked(asked, text, Weights(worth, (), worth), span)
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("question", "text", "clause"),
    [
        (
            "租客可以养大型犬吗？",
            "未经同意，乙方不得转租、分租，不得改变结构，不得饲养大型犬。",
            "不得饲养大型犬",
        ),
        ("如果水温过高，门还能打开吗？", "水温高于50℃或水位过高时，门无法打开。", "门无法打开"),
        ("大桥收通行费吗？", "大桥全长1876米，双向六车道，不收取通行费。", "不收取通行费"),
        ("断电会解除童锁吗？", "断电不会解除童锁。", "断电不会解除童锁"),
        ("可以刷卡吗？", "开馆时间为九点，周一闭馆。", None),
        ("大桥多长？", "大桥全长1876米，不收取通行费。", None),
        ("Is the bridge free?", "The bridge is long, it is free.", None),
    ],
)
def test_the_clause_with_most_of_what_is_asked(question, text, clause) -> None:
    assert _clause(question, text) == clause


def test_a_reader_that_is_sure_chooses_among_clauses_that_say_enough() -> None:
    text = "办读者证的，须办理专业证，要押金300元。"
    assert _clause("专业证，要交押金吗？", text) == "须办理专业证"
    assert _clause("专业证，要交押金吗？", text, read="300元", sure=0.93) == "要押金300元"
    assert _clause("专业证，要交押金吗？", text, read="300元", sure=0.5) == "须办理专业证"
