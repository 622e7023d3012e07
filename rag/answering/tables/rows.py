"""A row of a table as a sentence: each cell behind the name of its column.

``| 华东 | 320万元 | 410万元 |`` says nothing by itself, nor do words of the question stand in it that name a
column. Below ``| 大区 | 一季度 | 二季度 |`` it is judged as 大区：华东；一季度：320万元；二季度：410万元。
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.retrieval.language import text_script

__all__ = ["ToldRow", "cells_of", "told_row"]

Span = tuple[int, int]

# A bar behind a backslash is part of its cell.
_BAR = re.compile(r"(?<!\\)\|")
_FIGURE = re.compile(r"\W{0,2}\d[\d\s.,:/%~–—-]*\D{0,4}")
_STOPS = ".!?。！？"
_OUTER = re.compile(r"^\s*\||(?<!\\)\|\s*$")


@dataclass(frozen=True, slots=True)
class ToldRow:
    """A row told as a sentence.

    Attributes:
        text: The sentence.
        cells: Where each cell stands in it, and where it begins in the row: (start, end, start in the row).
        figures: Whether some cell but the first, which names the row, is a figure; its unit may stand in the
            head or nowhere.
    """

    text: str
    cells: tuple[tuple[int, int, int], ...]
    figures: bool

    def in_row(self, span: Span) -> Span | None:
        """Where the characters of a span of the sentence stand in the row; None where it holds no cell's.

        Of a span over several cells the first one counts.
        """
        for start, end, source in self.cells:
            begin, stop = max(start, span[0]), min(end, span[1])
            if begin < stop:
                return source + begin - start, source + stop - start
        return None


def cells_of(row: str) -> list[Span]:
    """The cells of a row between its bars, as spans without the white space around them; empty ones too."""
    inner = _OUTER.sub(lambda bar: " " * len(bar.group()), row)
    spans = []
    start = 0
    for cell in _BAR.split(inner):
        end = start + len(cell)
        left = start + len(cell) - len(cell.lstrip())
        spans.append((left, max(left, start + len(cell.rstrip()))))
        start = end + 1
    return spans


@lru_cache(maxsize=4096)
def told_row(head: str, row: str) -> ToldRow | None:
    """The row below a head as a sentence; None where the two have not as many cells, or all are empty."""
    names = [head[start:end] for start, end in cells_of(head)]
    cells = cells_of(row)
    if len(names) != len(cells):
        return None
    chinese = text_script(head + row) == "han"
    colon, comma, stop = ("：", "；", "。") if chinese else (": ", "; ", ".")
    text = ""
    placed = []
    for name, (start, end) in zip(names, cells, strict=True):
        if start == end:
            continue
        text += (comma if text else "") + (name + colon if name else "")
        placed.append((len(text), len(text) + end - start, start))
        text += row[start:end]
    if not text:
        return None
    figures = any(_FIGURE.fullmatch(row[start:end]) for start, end in cells[1:])
    return ToldRow(text if text[-1] in _STOPS else text + stop, tuple(placed), figures)
