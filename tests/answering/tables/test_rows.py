"""Rows of tables told as sentences."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.evidence.candidates import Candidate
from rag.answering.ranking.reading import read
from rag.answering.reader.model import ReaderInput, ReaderScore
from rag.answering.tables.rows import cells_of, told_row

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


def test_a_last_cell_of_sentences_brings_its_own_stop() -> None:
    told = told_row("| 项目 | 说明 |", "| 退款 | 七日内可退。超过七日不退。 |")
    assert told is not None
    assert told.text == "项目：退款；说明：七日内可退。超过七日不退。"


@pytest.mark.parametrize("row", ["| 华东 | 320万元 |", "|  |  |  |"])
def test_a_row_that_does_not_fit_its_head_is_not_told(row: str) -> None:
    assert told_row(HEAD, row) is None


_CELLS = st.lists(
    st.sampled_from(["", "a", "华东 区", r"x \| y", "320万元", " 7 "]), min_size=5, max_size=5
)


@given(_CELLS, _CELLS, st.booleans())
def test_each_span_within_a_cell_of_the_sentence_holds_the_same_words_in_the_row(
    names: list[str], cells: list[str], bars: bool
) -> None:
    head, row = (f"| {' | '.join(of)} |" if bars else " | ".join(of) for of in (names, cells))
    told = told_row(head, row)
    if told is None:
        assert not any(cells) or len(cells_of(head)) != len(cells_of(row))
        return
    assert [told.text[start:end] for start, end, _ in told.cells] == [
        cell.strip() for cell in cells if cell
    ]
    for start, end, _ in told.cells:
        for first in range(start, end):
            for last in range(first + 1, end + 1):
                span = told.in_row((first, last))
                assert span is not None
                assert row[slice(*span)] == told.text[first:last]


@pytest.mark.parametrize(
    ("row", "figures"),
    [
        ("| 2 | 人事任免 | 刘洋 |", False),  # the first cell only names the row
        ("| 鲍国栋 | 设备科 | 7450 |", True),
        ("| X2 | $349 | 约11千克 |", True),
        ("| 华东 | 第3季度营业收入 | 无 |", False),
    ],
)
def test_a_row_has_figures_where_a_cell_behind_the_first_is_one(row: str, figures: bool) -> None:
    told = told_row("| 甲 | 乙 | 丙 |", row)
    assert told is not None
    assert told.figures is figures


class _Pointing:
    """A reader that points at one word, and finds relevant where it stands."""

    def __init__(self, word: str) -> None:
        self._word = word

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        places = [one.text.find(self._word) for one in candidates]
        return [
            ReaderScore(float(at >= 0), 1.0, (at, at + len(self._word)) if at >= 0 else None, 0.9)
            for at in places
        ]


def test_what_the_reader_marks_in_a_part_of_a_wide_row_is_found_in_the_row() -> None:
    head = "".join(f"| 第{number}列" for number in range(60)) + "|"
    row = "".join(f"| 值{number}号" for number in range(60)) + "|"
    candidate = Candidate(
        passage=0, position=0, document_id="a", start=0, end=len(row), text=row,
        before="", after="", frame="", published=None, head=head,
    )  # fmt: skip
    (found,) = read(_Pointing("值57号"), "第57列是什么?", [candidate], "")
    assert found.span is not None
    assert row[slice(*found.span)] == "值57号"
