"""Tables as Markdown writes them: a row a line between bars, a rule under the head."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["table_lines", "table_row"]

_DIGIT = re.compile(r"\d")
#: What a column may be called though it has a digit: "2023", "2023年收入", "5月".
_PERIOD = re.compile(r"(?:(?:19|20)\d\d\s?年?|\d{1,2}月)\D*")
#: A value: a figure with its unit, a date, a number that somebody has.
_FIGURE = re.compile(r"\W{0,2}\d[\d\s.,:/%~–—-]*\D{0,6}(?:\d{1,2}\D?){0,3}")
#: Cells that tell nothing.
_NOTHING = frozenset({"", "-", "--", "—", "——", "–", "/", "n/a", "N/A", "无", "無"})


def table_row(cells: Sequence[str]) -> str:
    """One line; bars and line breaks within the cells do not part them."""
    inner = (" ".join(cell.replace("|", r"\|").split()) for cell in cells)
    return f"| {' | '.join(inner)} |"


def table_lines(rows: Sequence[Sequence[str]], *, head_rows: int = 0) -> list[str]:
    """The lines of a table, with a rule under its head.

    Args:
        rows: The cells of each row.
        head_rows: How many rows at the top are the head, as markup says. Where it says 0, the first row
            of several cells is the head if the cells tell it: see :func:`_has_head`.
    """
    lines = [table_row(row) for row in rows]
    if not head_rows:
        filled = (i for i, row in enumerate(rows) if sum(bool(cell.strip()) for cell in row) > 1)
        top = next(filled, 0)
        head_rows = top + 1 if _has_head(rows[top:]) else 0
    if 0 < head_rows < len(lines):
        lines.insert(head_rows, f"|{'---|' * len(rows[head_rows - 1])}")
    return lines


def _has_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names what stands in the columns below it.

    It does where it holds no figure and all cells of some column below it do. Of two rows of two cells
    nobody can tell.
    """
    if len(rows) < 2 or len(rows[0]) < 2 or len(rows) + len(rows[0]) < 5:
        return False
    head = [cell.strip() for cell in rows[0]]
    if any(_FIGURE.fullmatch(cell) and not _PERIOD.fullmatch(cell) for cell in head):
        return False
    return any(
        _names(name, [row[column].strip() for row in rows[1:] if column < len(row)])
        for column, name in enumerate(head)
    )


def _names(name: str, cells: Sequence[str]) -> bool:
    """Whether ``name`` can be told from the cells of its column: they hold figures, and it does not."""
    told = [cell for cell in cells if cell not in _NOTHING]
    if not name or not told:
        return False
    if _DIGIT.search(name):
        return all(_FIGURE.fullmatch(cell) and not _PERIOD.fullmatch(cell) for cell in told)
    return all(_DIGIT.search(cell) for cell in told)
