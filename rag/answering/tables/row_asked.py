"""Which row of a table a question names, and whether it names a column.

All rows of a table are alike but for their cells, so that likeness hardly tells the asked one apart: that the
question holds the cell 检验科 does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from rag.answering.mentions.ranges import range_holds
from rag.answering.tables.rows import ToldRow, cells_of
from rag.normalization import normalize

__all__ = ["NOT_A_ROW", "RowAsked", "cell_names", "named_in", "rows_asked"]


class Told(Protocol):
    """What is needed of a sentence or a row: :class:`rag.answering.evidence.candidates.Candidate` has it."""

    @property
    def document_id(self) -> str: ...
    @property
    def head(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def row(self) -> ToldRow | None: ...


@dataclass(frozen=True, slots=True)
class RowAsked:
    """What a question names of a row.

    Attributes:
        named: It holds a cell that the question holds, or one that is a range and holds a value of it.
        column: The question holds the name of a column of its table, the first one aside.
        another: Another row of the table holds all such cells that this one holds, and more.
    """

    named: bool
    column: bool
    another: bool


NOT_A_ROW = RowAsked(named=False, column=False, another=False)


# What makes a word longer: letters and digits but those of scripts written without spaces.
_WORDLY = "[^\\W_\u3040-\u9fff]"


def named_in(question: str, told: str) -> bool:
    """Whether a normalised question holds a normalised text, not as a part of a longer word or number."""
    if told not in question:
        return False  # before a pattern is made: a long table has thousands of cells
    if not told.isascii():
        return True
    return re.search(rf"(?<!{_WORDLY}){re.escape(told)}(?!{_WORDLY})", question) is not None


def rows_asked(question: str, candidates: Sequence[Told]) -> list[RowAsked]:
    """For each candidate what a normalised question names of it, :data:`NOT_A_ROW` for sentences."""
    found = [NOT_A_ROW] * len(candidates)
    tables: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, candidate in enumerate(candidates):
        if candidate.row is not None:
            tables[candidate.document_id, candidate.head].append(index)
    for (_, head), members in tables.items():
        heads = cell_names(head)
        rows = {index: frozenset(cell_names(candidates[index].text)) for index in members}
        cells = frozenset().union(*rows.values()) - {"", *heads}
        column = any(name and named_in(question, name) for name in heads[1:])
        held = _held(question, cells) | {cell for cell in cells if range_holds(cell, question)}
        named = {index: row & held for index, row in rows.items()}
        differing = set(named.values())
        for index in members:
            another = any(named[index] < other for other in differing)
            found[index] = RowAsked(bool(named[index]) and not another, column, another)
    return found


def _held(question: str, names: Iterable[str]) -> frozenset[str]:
    """The names that a question holds: of X2 and X2 Pro, in "the price of the X2 Pro", the second alone."""
    held = set()
    for name in sorted(names, key=lambda name: (-len(name), name)):
        if named_in(question, name) and not (name.isdigit() and _counts(question, name)):
            held.add(name)
            question = question.replace(name, "\n")
    return frozenset(held)


def _counts(question: str, figure: str) -> bool:
    """Whether a figure of two digits counts something: 10月 is not the row with number 10."""
    return len(figure) == 2 and re.search(figure + _MEASURES, question) is not None


_MEASURES = "[年月日天周时点分秒岁人个次元万亿%]"
_ASIDE = re.compile(r"[(\[].*?[)\]]")
_LETTERS = re.compile(r"[^\W\d_]")


@lru_cache(maxsize=4096)
def cell_names(row: str) -> tuple[str, ...]:
    """The cells of a row as a question would name them, "" for what is no name.

    What stands in brackets is left out; a single character and a figure of one digit are no names.
    """
    names = []
    for start, end in cells_of(row):
        name = " ".join(_ASIDE.sub("", normalize(row[start:end])).split())
        names.append(name if len(name) > 1 and (_LETTERS.search(name) or name.isdigit()) else "")
    return tuple(names)
