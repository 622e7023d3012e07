"""Tables of a PDF, which knows of none: lines whose words stand in columns below a head.

They are written as those of other formats are, with bars and a rule under the head, so that a row is read
with the names of its columns. What only looks like a table keeps its lines: prose, addresses, lists and the
fields of a form.
"""

from __future__ import annotations

import ctypes
import math
import re
from bisect import bisect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rag.reading.tables import table_lines

__all__ = ["LINE_END", "tables_of"]

LINE_END = re.compile(r"\r\n?|\n")
_WORD = re.compile(r"\S+")
#: A figure with its sign and unit, a date, a time; and what stands where none is known.
_FIGURE = re.compile(
    r"[^\w\s(（]{0,2}\d[\d\s.,:/~–—-]*(?:%|‰|[^\W\d]{0,3})(?:\d{1,2}[^\W\d]?){0,2}[%)）]?"
)
_NOTHING = frozenset({"", "-", "--", "—", "——", "–", "/", "n/a", "N/A", "无", "無"})
#: White space, in heights of a line, that parts two columns: in every line; and without further evidence.
_NARROWEST, _WIDE = 0.1, 0.5
#: In characters of a type of fixed width: how far a word's width may be off; white that is more than a blank.
_PITCHED, _BLANK = 0.25, 1.5
#: What a unit is apart from; how many digits more than another a figure of its kind may have.
_NO_UNIT = re.compile(r"[\d\s.,:/~()（）+–—-]")
_MORE_DIGITS = 1
#: How far, in heights of a line, the cells of one column may stand from their common edge.
_ALIGNED = 0.15
#: The farthest from one row to the next, in heights of a line, and in the distance of the first two rows.
_FARTHEST, _FARTHER = 4.0, 1.5
#: Characters of a name in a head.
_LONGEST_NAME = 30

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class _Line:
    """Words from left to right, in points; ``fonts`` are the first word's and the last one's."""

    words: tuple[_Word, ...]
    bottom: float
    height: float
    fonts: tuple[tuple[bytes, int], ...]

    def white(self) -> list[Interval]:
        """What is white beside and between the words."""
        edges = [
            -math.inf,
            *(edge for word in self.words for edge in (word.left, word.right)),
            math.inf,
        ]
        return list(zip(edges[::2], edges[1::2], strict=True))

    def cells(self, columns: Sequence[Interval]) -> list[list[_Word]]:
        """The words between the strips that part the columns."""
        cells: list[list[_Word]] = [[] for _ in range(len(columns) + 1)]
        borders = [(left + right) / 2 for left, right in columns]
        for word in self.words:
            cells[bisect(borders, word.left)].append(word)
        return cells


def tables_of(text: str, text_page: Any) -> dict[int, str]:
    """What to write instead of the lines of a page that are a table's, by the number of the line, from 0.

    A table has a head without figures and two rows or more, three where its columns stand as close as words;
    white space parts the same columns in all of them, and some column holds nothing but figures.

    Args:
        text: The whole text of the page, as PDFium gives it.
        text_page: A ``pypdfium2.PdfTextPage``.
    """
    starts = [0, *(end.end() for end in LINE_END.finditer(text))]
    bare = LINE_END.split(text)
    words = [line.split() for line in bare]
    figured = [any(map(_is_figure, line[1:])) for line in words]
    known: dict[int, _Line | None] = {}

    def line(number: int) -> _Line | None:
        if number not in known:
            known[number] = (
                _placed(bare[number], starts[number], text_page) if number < len(bare) else None
            )
        return known[number]

    found: dict[int, str] = {}
    number = 0
    while number < len(bare) - 2:
        rows: list[list[str]] = []
        if len(words[number]) > 1 and (figured[number + 1] or figured[number + 2]):
            rows = _rows_from(number, line)
        lines = table_lines(rows) if rows else []
        if len(lines) > len(rows):  # a rule under the head
            found |= dict(enumerate(["\n".join(lines[:2]), *lines[2:]], number))
            number += len(rows)
        else:
            number += 1
    return found


def _is_figure(cell: str) -> bool:
    return _FIGURE.fullmatch(cell) is not None


def _rows_from(number: int, line: Callable[[int], _Line | None]) -> list[list[str]]:
    """The cells of the head at a line and of the rows below it; none where no table begins there."""
    lines: list[_Line] = []
    strips: list[Interval] = [(-math.inf, math.inf)]
    columns: list[Interval] = []
    blank = 0.0
    while (below := line(number + len(lines))) is not None and _follows(lines, below):
        least = max(_NARROWEST * below.height, blank)
        if len(lines) < 3:
            strips = _common(strips, below.white(), least)
        else:
            narrowed = _common(columns, below.white(), least)
            if len(narrowed) != len(columns):
                break
            columns = narrowed
        lines.append(below)
        if len(lines) == 3:
            blank = _BLANK * _pitch(lines)
            columns = _columns([strip for strip in strips if _width(strip) >= blank], lines)
            if not columns or not _is_head(_told(lines[0].cells(columns))):
                return []
    return _checked(lines, columns) if len(lines) > 2 else []


def _pitch(lines: Sequence[_Line]) -> float:
    """The width of every character, where it is fixed; else 0. Each blank of such type is as wide."""
    words = [(word.right - word.left, len(word.text)) for line in lines for word in line.words]
    pitch = sum(width for width, _ in words) / sum(length for _, length in words)
    fixed = all(abs(width - length * pitch) <= _PITCHED * pitch for width, length in words)
    return pitch if fixed else 0.0


def _follows(lines: Sequence[_Line], below: _Line) -> bool:
    """Whether a line stands as far below the others as a row may."""
    if not lines:
        return True
    gap = lines[-1].bottom - below.bottom
    farthest = _FARTHEST * lines[0].height
    if len(lines) > 2:
        farthest = min(farthest, _FARTHER * (lines[1].bottom - lines[2].bottom))
    return lines[0].height / 3 < gap <= farthest


def _checked(lines: Sequence[_Line], columns: Sequence[Interval]) -> list[list[str]]:
    """The cells of the lines that are a table, from the first; none where they are none."""
    height = lines[0].height
    cells = [line.cells(columns) for line in lines]
    narrow = any(_width(strip) < _WIDE * height for strip in columns)
    while narrow and not _in_columns(cells[1:], height):
        cells.pop()
    rows = [_told(row) for row in cells]
    count, figures = _figured_rows(rows)
    if count < (4 if narrow else 3) or not (any(figures[1:]) or (figures[0] and len(figures) > 2)):
        return []
    fields = figures == [bool(at % 2) for at in range(len(figures))]
    if fields and not _set_apart(lines[:count], cells[:count]):
        return []
    return rows[:count]


def _told(cells: Sequence[Sequence[_Word]]) -> list[str]:
    return [" ".join(word.text for word in cell) for cell in cells]


def _common(some: Sequence[Interval], others: Sequence[Interval], least: float) -> list[Interval]:
    """What is white in both, in strips of at least some width."""
    both = ((max(a, c), min(b, d)) for a, b in some for c, d in others if a < d and c < b)
    return [(left, right) for left, right in both if right - left >= least]


def _columns(strips: Sequence[Interval], lines: Sequence[_Line]) -> list[Interval]:
    """The strips that part columns, each with a name and a cell.

    What has no name or no cell is parted from its neighbour by a mere blank, or is a cell whose name stands
    wholly beside it. Only the first column may have no name, where it stands apart.
    """
    columns = [strip for strip in strips if math.isfinite(_width(strip))]
    has = _has(columns, lines)
    at = 0
    while at <= len(columns) and columns:
        least = min(columns[max(at - 1, 0) : at + 1], key=_width)
        if all(has[at]) or _width(least) >= _WIDE * lines[0].height:
            at += 1
        else:
            columns.remove(least)
            has = _has(columns, lines)
            at = 0
    at = 0
    while at < len(columns):
        has = _has(columns, lines)
        if {has[at], has[at + 1]} == {(True, False), (False, True)}:
            del columns[at]
        at += 1
    return columns


def _has(columns: Sequence[Interval], lines: Sequence[_Line]) -> list[tuple[bool, bool]]:
    """Whether each column has a name, and a cell."""
    head, *rows = (line.cells(columns) for line in lines)
    return [(bool(name), any(row[at] for row in rows)) for at, name in enumerate(head)]


def _width(strip: Interval) -> float:
    return strip[1] - strip[0]


def _figured_rows(rows: Sequence[Sequence[str]]) -> tuple[int, list[bool]]:
    """How many rows, the head among them, are a table's, and which columns hold figures only, two or more."""
    figures = [True] * len(rows[0])
    count = 1
    for row in rows[1:]:
        still = [
            known and (cell in _NOTHING or _is_figure(cell))
            for known, cell in zip(figures, row, strict=True)
        ]
        told = any(known and cell for known, cell in zip(still, row, strict=True))
        if not told or not row[0] or sum(map(bool, row)) < 2:
            break
        figures = still
        count += 1
    return count, [
        known and sum(_is_figure(row[at]) for row in rows[1:count]) > 1
        for at, known in enumerate(figures)
    ]


def _is_head(names: Sequence[str]) -> bool:
    """Whether they may name columns; that none is a figure, is seen with the rows."""
    return (
        all(names[1:])
        and sum(map(bool, names)) > 1
        and all(len(name) <= _LONGEST_NAME and name[-1:] not in {*":：。，,；;"} for name in names)
    )


def _in_columns(rows: Sequence[Sequence[Sequence[_Word]]], height: float) -> bool:
    """Whether the cells of each column share an edge."""
    return all(_edges(rows, at, height) for at in range(len(rows[0]))) if rows else True


def _edges(
    rows: Sequence[Sequence[Sequence[_Word]]], at: int, height: float
) -> list[tuple[int, float]]:
    """Which edges the cells of a column share, and where: 0 the left, 1 the middle, 2 the right."""
    spans = [(row[at][0].left, row[at][-1].right) for row in rows if row[at]]
    shared = []
    for edge in range(3) if spans else ():
        places = [_edge(span, edge) for span in spans]
        if max(places) - min(places) <= _ALIGNED * height:
            shared.append((edge, places[0]))
    return shared


def _edge(span: Interval, edge: int) -> float:
    return span[0] + (span[1] - span[0]) * edge / 2


def _set_apart(lines: Sequence[_Line], cells: Sequence[Sequence[Sequence[_Word]]]) -> bool:
    """Whether the first line is set otherwise than the rows: fields of a form are all set alike."""
    head, *rows = lines
    if not {font for row in rows for font in row.fonts} & {*head.fonts} and all(
        _of_one_kind(cells[1:], at, head.height) for at in range(1, len(cells[0]), 2)
    ):
        return True
    for at, name in enumerate(cells[0]):
        edges = _edges(cells[1:], at, head.height)
        span = (name[0].left, name[-1].right) if name else None
        if (
            edges
            and span
            and all(
                abs(_edge(span, edge) - place) > 2 * _ALIGNED * head.height for edge, place in edges
            )
        ):
            return True
    return False


def _of_one_kind(rows: Sequence[Sequence[Sequence[_Word]]], at: int, height: float) -> bool:
    """Whether the figures of a column have one unit or similar lengths, or end at one edge, unlike fields."""
    edges = {edge for edge, _ in _edges(rows, at, height)}
    if edges and 0 not in edges:
        return True
    figures = [cell for row in rows if _is_figure(cell := _told(row)[at])]
    units = {_NO_UNIT.sub("", cell) for cell in figures}
    if len(units) == 1 and units != {""}:
        return True
    digits = [sum(map(str.isdigit, cell)) for cell in figures]
    return len(units - {""}) < 2 and max(digits) - min(digits) <= _MORE_DIGITS


def _placed(line: str, start: int, text_page: Any) -> _Line | None:
    """A line with the places of its words; None where they do not follow each other on one level."""
    from pypdfium2 import raw

    words: list[_Word] = []
    boxes = []
    for match in _WORD.finditer(line):
        first = _box(raw, text_page, start + match.start())
        last = _box(raw, text_page, start + match.end() - 1)
        if first is None or last is None or (words and first.left <= words[-1].right):
            return None
        words.append(_Word(match[0], first.left, last.right))
        boxes += [first, last]
    if len(words) < 2:
        return None
    bottom, height = boxes[0].bottom, boxes[0].top - boxes[0].bottom
    if height <= 0 or any(abs(box.bottom - bottom) > height / 2 for box in boxes):
        return None
    ends = start + len(line) - len(line.lstrip()), start + len(line.rstrip()) - 1
    fonts = tuple(_font(raw, text_page, at) for at in ends)
    return _Line(tuple(words), bottom, height, fonts)


def _box(raw: Any, text_page: Any, at: int) -> Any | None:
    box = raw.FS_RECTF()
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, at)
    return box if raw.FPDFText_GetLooseCharBox(text_page, index, box) else None


def _font(raw: Any, text_page: Any, at: int) -> tuple[bytes, int]:
    """The name and the weight of a character's font."""
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, at)
    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(text_page, index, name, len(name), None)
    return name.value, raw.FPDFText_GetFontWeight(text_page, index)
