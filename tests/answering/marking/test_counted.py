"""Which of several figures counts what is asked for."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.counted import figures_of_all
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
        ("有多少个村庄批准用电方案?", "有3个村庄、21个小岛的用电方案制定完毕。", "3个"),
        ("有多少个社区食堂?", "建了12个社区、5个食堂。", "5个"),
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


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        ("建了多少个智慧社区、智慧小区?", "建设了205个智慧社区、1453个智慧小区,通过。", "205个智慧社区、1453个智慧小区"),
        ("做强几大主导产业、几条产业链?", "做强4大主导产业、7条产业链。", "4大主导产业、7条产业链"),
        ("分解为多少项任务和多少项事项?", "分解为181项任务和82项事项逐项落实。", "181项任务和82项事项"),
        ("建了多少个社区、小区?", "建了205个社区，改了20个小区。", "205个社区，改了20个小区"),
        ("建了多少个社区、小区?", "建了205个社区。建了20个小区。", None),
        ("建了多少个社区、小区?", "建了12个社区食堂、5个小区。", None),
        ("建了多少个社区、小区?", "街道、社区、小区共享205个平台。", None),
        ("建了多少个社区、公园?", "建设了205个社区、1453个小区。", None),
        ("建了多少个社区?", "建设了205个社区、1453个小区。", None),
        ("形成多少个成果,多少项为首创?", "形成226个成果,79项为首创。", None),
    ],
)  # fmt: skip
def test_the_figures_of_all_that_is_counted(question: str, text: str, shown: str | None) -> None:
    found = figures_of_all(analyse(question), text)
    assert (text[slice(*found)] if found else None) == shown
