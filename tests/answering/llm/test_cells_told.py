"""A statement on a table is supported by the row and the column that it names."""

from __future__ import annotations

import pytest

from rag.answering.llm.alignment import Aligned, Evidence, highlight_in
from rag.answering.llm.cells_told import with_units
from rag.answering.tables.rows import told_row
from rag.chunking import split_sentences
from rag.records import Document
from tests.answering.llm.scenes import passage

SALES = Document(
    id="sales",
    source="sales.md",
    title="2024年销售季报",
    text="各大区收入如下。\n\n| 大区 | 一季度（万元） | 二季度（万元） | 负责人 |\n|---|---|---|---|\n"
    "| 华东 | 320 | 410 | 邬明澈 |\n| 华北 | 280 | 300 | 卓尔勤 |\n| 西南 | 120 | 150 | 龚立雪 |\n\n"
    "全年目标为4000万元。",
)
PRICES = Document(
    id="prices",
    source="prices.md",
    title="Price list",
    text="All prices include tax.\n\n| Model | Price | Weight |\n|---|---|---|\n| X2 | $349 | 3.4 kg |\n"
    "| X3 | $499 | 4.1 kg |",
)


def _aligned(question: str, statement: str, document: Document = SALES) -> Aligned:
    evidence = Evidence(
        (passage(document, 0, len(document.text), 1),),
        sentences_of=split_sentences,
        embed=None,
        question=question,
    )
    return evidence.align(statement)


@pytest.mark.parametrize(
    ("question", "statement", "row"),
    [
        ("华东一季度收入多少?", "华东大区一季度收入为320万元。", "| 华东"),
        ("华东一季度收入多少?", "320万元。", "| 华东"),
        ("华东一季度收入多少?", "320。", "| 华东"),
        ("华东一季度收入多少?", "华东大区的收入为320万元。", "| 华东"),
        ("华东一季度收入多少?", "华北大区二季度收入为300万元。", "| 华北"),
        ("西南的负责人是谁?", "西南大区的负责人是龚立雪。", "| 西南"),
        ("全年目标是多少?", "全年目标为4000万元。", "全年目标"),
    ],
)
def test_what_the_table_tells(question: str, statement: str, row: str) -> None:
    aligned = _aligned(question, statement)
    assert (aligned.support.problem, aligned.support.detail) == (None, "")
    assert aligned.sentences[0].text.startswith(row)
    sentence = aligned.sentences[0]
    assert SALES.text[sentence.start : sentence.end] == sentence.text


@pytest.mark.parametrize(
    ("question", "statement", "detail"),
    [
        (
            "华东一季度收入多少?",
            "华东大区一季度收入为410万元。",
            "410万元",
        ),  # of the second quarter
        ("华东一季度收入多少?", "410万元。", "410万元"),
        ("华东一季度收入多少?", "华东大区一季度收入为280万元。", "280万元"),  # of 华北
        ("华东二季度收入多少?", "华东大区二季度收入为320万元。", "320万元"),
        ("华东一季度收入多少?", "华东大区一季度收入为320元。", "320元"),
    ],
)
def test_what_it_tells_of_another_cell(question: str, statement: str, detail: str) -> None:
    support = _aligned(question, statement).support
    assert (support.problem, support.detail) == ("figure", detail)


def test_english_rows() -> None:
    right = _aligned("How much is the X2?", "The price of the X2 is $349.", PRICES)
    assert right.support.problem is None
    assert highlight_in("The price of the X2 is $349.", right.sentences[0]) is not None
    wrong = _aligned("How much is the X2?", "The price of the X2 is $499.", PRICES)
    assert (wrong.support.problem, wrong.support.detail) == ("figure", "$499")


def test_a_figure_has_the_unit_of_its_column() -> None:
    row = told_row("| 大区 | 一季度（万元） | 同比 |", "| 华东 | 1,286 | +3% |")
    assert row is not None
    assert with_units(row) == "大区：华东；一季度（万元）：1,286（1,286万元）；同比：+3%。"
