"""The heads of Markdown tables, and the rows below them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.records import Passage
from rag.retrieval.sentences import sentence_spans

__all__ = ["first_line_of_table", "table_heads"]

# The line under the head of a Markdown table: "|---|:--:|".
_RULE = re.compile(r"(?=[^|]*+\|)(?=[^-]*+-)[\s|:-]++")
_GAP = re.compile(r"\s*+")


def table_heads(passages: Sequence[Passage]) -> dict[tuple[str, int], str]:
    """For each row of a Markdown table, by document and start, the table's head; "" for head and rule.

    Tables are cut between their rows: passages that follow each other in a document are read as one. An
    empty line ends a table.
    """
    rows: dict[tuple[str, int, int, str], int] = {}  # and where the next row begins at the latest
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            if "|" not in passage.text[start:end]:
                continue
            row = (
                passage.document_id,
                passage.start + start,
                passage.start + end,
                passage.text[start:end],
            )
            rows[row] = max(passage.start + _next_line(passage.text, end), rows.get(row, 0))
    heads: dict[tuple[str, int], str] = {}
    head = ""
    above: tuple[str, int, int, str] | None = None
    for row in sorted(rows):
        document, start, _, text = row
        if above is not None and (above[0] != document or start > rows[above]):
            above = None
        if above is None:
            head = ""
        if _RULE.fullmatch(text):
            heads[document, start] = ""
            # Within a table a row of single dashes tells that nothing is known.
            if above is not None and (not head or "--" in text):
                head = above[3]
                heads[document, above[1]] = ""
        elif head:
            heads[document, start] = head
        above = row
    return heads


def _next_line(text: str, end: int) -> int:
    """Where the line after the one that ends at ``end`` may begin at the latest, white space left out."""
    gap = _GAP.match(text, end)
    blank = gap.group() if gap else ""
    if blank.count("\n") > 1:
        return end
    if end + len(blank) < len(text) or "\n" in blank:
        return end + len(blank)
    return len(text) + len("\r\n" if "\r\n" in text else "\n")  # in the next passage


def first_line_of_table(heads: Sequence[str | None], position: int) -> int:
    """The position of the first line of the table, in this passage, whose row stands at a position."""
    while position and heads[position - 1] is not None:
        position -= 1
    return position
