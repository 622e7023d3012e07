"""The clause that says yes or no."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.clause import clause_asked, without_aside
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


def test_the_clause_that_denies_the_asked_word() -> None:
    text = "8月份系统可用率为99.93%,未达到99.95%的目标,原因是故障。"
    assert _clause("8月份系统可用率达到目标了吗?", text) == "未达到99.95%的目标"
    text = "租期届满退还押金,未退还的按日计息。"
    assert _clause("押金退还吗?", text) == "租期届满退还押金"


@pytest.mark.parametrize(
    ("question", "mark", "shown"),
    [
        ("连续旷工3天会怎样?", "累计旷工5天的，公司可以解除合同", "公司可以解除合同"),
        ("旷工怎么处理?", "累计旷工5天的，公司可以解除合同", "公司可以解除合同"),
        ("旷工怎么处理?", "公司可以解除合同", "公司可以解除合同"),
        ("违纪怎么处理?", "累计旷工5天的，公司可以解除合同", "累计旷工5天的，公司可以解除合同"),
        (
            "旷工会怎样影响奖金?",
            "累计旷工5天的，公司可以解除合同",
            "累计旷工5天的，公司可以解除合同",
        ),
        ("旷工多少天解除?", "累计旷工5天的，公司可以解除合同", "累计旷工5天的，公司可以解除合同"),
    ],
)
def test_what_follows_from_the_case_without_the_case(question: str, mark: str, shown: str) -> None:
    text = "一年内累计旷工5天的，公司可以解除合同。"
    start = text.index(mark)
    assert text[slice(*without_aside(analyse(question), text, start, start + len(mark)))] == shown
