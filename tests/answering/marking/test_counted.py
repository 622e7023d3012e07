"""Which of several figures counts what is asked for."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.told_beside import span_told_beside
from rag.answering.question.analysis import analyse

Near = tuple[int, int, float]


def told(question: str, text: str, read: str | None = None) -> str | None:
    """The figure found, of a question whose words are worth nothing."""
    span = (text.index(read), text.index(read) + len(read), 0.3) if read is not None else None
    found = span_told_beside(analyse(question), text, Weights({}, (), {}), span)
    return text[slice(*found)] if found else None


TEAMS = "用好15个理论宣讲基地、40余支宣讲团队、700多名宣讲员。"


@pytest.mark.parametrize(
    ("question", "text", "figure"),
    [
        ("有多少个理论宣讲团队?", TEAMS, "40余支"),
        ("有多少个理论宣讲基地?", TEAMS, "15个"),
        (
            "有多少个部门单位能看到?",
            "建设205个社区、1453个小区，实现约1500家单位共享。",
            "1500家",
        ),
        ("有多少个广场?", TEAMS, None),
        ("有多少个学校?", "建成5个小学校、8个中学校。", None),  # two are schools
    ],
)
def test_the_figure_whose_counted_thing_ends_as_the_asked_one(
    question: str, text: str, figure: str | None
) -> None:
    assert told(question, text) == figure


def test_two_counts_that_are_asked_in_one_go() -> None:
    text = "攻坚18条战线117项重点任务，用了3年。"
    question = "要攻坚多少条战线、多少项任务?"
    assert told(question, text, "18条战线117项重点") == "18条战线117项"
    assert told("要攻坚多少条战线?", text, "18条战线117项重点") == "18条"


def test_a_hotline_is_no_count() -> None:
    text = "与12345热线联动，12345投诉减少30%。"
    assert told("投诉少了多少", text, "12345") == "30%"
    assert told("热线是多少?", text, "12345") is None
    assert told("打电话的少了多少件?", "接听12345件，减少30%。") is None
