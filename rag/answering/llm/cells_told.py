"""Whether a statement tells the figures of a table as its rows and columns have them.

A row holds many figures, and a statement that takes another column's, or another row's, has all its words in
the table: what it names must lead to the cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rag.answering.mentions.figures import Figure, agree, find_figures
from rag.answering.tables.row_asked import Told, cell_names, named_in, rows_asked
from rag.answering.tables.rows import ToldRow, cells_of
from rag.normalization import normalize

__all__ = ["in_another_cell", "with_names_apart", "with_units"]

#: 一季度（万元）, Price (USD): the unit of a column.
_UNIT = re.compile(r"[(（](?:单位[:：])?\s*([^\W\d][^()（）]{0,7})[)）][：:]\s*$")
_BARE = re.compile(r"[\d,.]*\d")
_BRACKETS = re.compile(r"\s*[(（].*?[)）]")


def with_units(row: ToldRow) -> str:
    """The row as a sentence, a figure without a unit also with that of its column: 320（320万元）."""
    parts = []
    at = 0
    for start, end, _ in row.cells:
        name, cell = row.text[at:start], row.text[start:end]
        parts += [name, *_said(name, cell)]
        at = end
    return "".join(parts) + row.text[at:]


def _said(name: str, cell: str) -> list[str]:
    """What a cell may be said as, with the name of its column before: as it stands, and with its unit."""
    unit = _UNIT.search(name) if _BARE.fullmatch(cell) else None
    return [cell, f"（{cell}{unit[1]}）"] if unit else [cell]


def with_names_apart(statement: str, rows: Iterable[Told]) -> str:
    """A statement with blanks around what it takes from heads and cells of rows of tables.

    Chinese is compared by pairs of characters, and what a table has in two cells stands in none of its pairs.
    """
    parts = {
        text[start:end].strip()
        for row in rows
        if row.row is not None
        for text in (row.head, row.text)
        for start, end in cells_of(text)
    }
    names = sorted((_BRACKETS.sub("", part) for part in parts), key=len, reverse=True)
    found = "|".join(re.escape(name) for name in names if len(name) > 1 and not name.isascii())
    return re.sub(f"({found})", r" \1 ", statement) if found else statement


def in_another_cell(
    statement: str,
    figures: Iterable[Figure],
    chosen: Sequence[int],
    sentences: Sequence[Told],
    *,
    question: str = "",
) -> Figure | None:
    """The first figure that the chosen sentences hold in other cells of their tables only than is named.

    Where the statement names no row or no column, those that its question names count.

    Args:
        statement: Normalised.
        figures: Of it.
        chosen: Indices of the sentences that support it.
        sentences: All of them, with the rows of the same tables.
        question: Normalised.
    """
    if not any(sentences[at].row for at in chosen):
        return None
    for figure in figures:
        # Without the figure itself, which would name the row that has it.
        rest = f"{statement[: figure.start]}\n{statement[figure.end :]}"
        own, with_asked = (rows_asked(text, sentences) for text in (rest, f"{question}\n{rest}"))
        named = {sentences[at].head for at, row in enumerate(own) if row.named}
        held = right = False
        for at in chosen:
            sentence = sentences[at]
            if sentence.row is None:
                right = right or _holds(sentence.text, figure)
                continue
            loose, columns = _columns(sentence, figure)
            held = held or bool(loose)
            head = sentence.head
            asked = _columns_named(head, statement) or _columns_named(head, question)
            fits = not asked or not columns.isdisjoint(asked | {0})
            rows = own if head in named else with_asked
            right = right or (bool(columns) and fits and not rows[at].another)
        if held and not right:
            return figure
    return None


def _columns_named(head: str, text: str) -> set[int]:
    """The columns but the first whose name a normalised text holds."""
    names = enumerate(cell_names(head))
    return {i for i, name in names if i and name and named_in(text, name)}


def _columns(sentence: Told, figure: Figure) -> tuple[set[int], set[int]]:
    """The columns whose cell in a row may be the figure, and those of them that have its unit.

    Of 320 under 一季度（万元） a bare 320 has the unit, 320万元 too, and 320元 has another.
    """
    names = (sentence.head[start:end] for start, end in cells_of(sentence.head))
    cells = (sentence.text[start:end] for start, end in cells_of(sentence.text))
    loose, exact = set(), set()
    for index, (name, cell) in enumerate(zip(names, cells, strict=False)):
        said = _said(f"{name}：", cell)
        if any(_holds(one, figure) for one in said):
            loose.add(index)
            if _holds(said[-1] if figure.unit else cell, figure):
                exact.add(index)
    return loose, exact


def _holds(text: str, figure: Figure) -> bool:
    return any(agree(figure, other) for other in find_figures(normalize(text)))
