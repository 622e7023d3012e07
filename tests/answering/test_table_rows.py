"""Rows of tables told as sentences."""

from __future__ import annotations

import pytest

from rag.answering.table_rows import cells_of, told_row

HEAD = "| 大区 | 一季度 | 二季度 |"
ROW = "| 华东 | 320万元 | 410万元 |"


def test_each_cell_stands_behind_the_name_of_its_column() -> None:
    told = told_row(HEAD, ROW)
    assert told is not None
    assert told.text == "大区：华东；一季度：320万元；二季度：410万元。"
    assert told_row("| Model | Price |", "| X2 | $349 |").text == "Model: X2; Price: $349."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("410万元", "410万元"),
        ("10万", "10万"),
        ("一季度：320万元", "320万元"),
        ("320万元；二季度：41", "320万元"),  # of two cells the first
        ("一季度：", None),
        ("。", None),
    ],
)
def test_a_span_of_the_sentence_is_found_in_the_row(words: str, expected: str | None) -> None:
    told = told_row(HEAD, ROW)
    assert told is not None
    start = told.text.index(words)
    span = told.in_row((start, start + len(words)))
    assert (None if span is None else ROW[slice(*span)]) == expected


@pytest.mark.parametrize(
    ("row", "cells"),
    [
        ("| a | b |", ["a", "b"]),
        ("a | b", ["a", "b"]),
        ("|a||b|", ["a", "", "b"]),
        ("|  | b |", ["", "b"]),
        (r"| a \| b | c |", [r"a \| b", "c"]),
        ("a", ["a"]),
        ("", [""]),
        ("|", [""]),
    ],
)
def test_the_cells_of_a_row(row: str, cells: list[str]) -> None:
    assert [row[start:end] for start, end in cells_of(row)] == cells


def test_an_empty_cell_and_a_column_without_a_name() -> None:
    told = told_row("|  | 面积 | 人口 |", "| 市南 |  | 55万 |")
    assert told is not None
    assert told.text == "市南；人口：55万。"


@pytest.mark.parametrize("row", ["| 华东 | 320万元 |", "|  |  |  |"])
def test_a_row_that_does_not_fit_its_head_is_not_told(row: str) -> None:
    assert told_row(HEAD, row) is None
