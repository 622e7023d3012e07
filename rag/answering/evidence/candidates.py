"""Candidate sentences of the passages, each with what stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence.headings import (
    HEADING_MARK,
    is_heading_below,
    told_headings,
    unless_heading,
)
from rag.answering.tables.heads import first_line_of_table, table_heads
from rag.answering.tables.rows import ToldRow, told_row
from rag.records import Passage
from rag.retrieval.sentences import sentence_spans

__all__ = ["CONTEXT", "Candidate", "candidates_of"]

#: A candidate's neighbours and headings are looked at up to this many characters.
CONTEXT = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage: ``text == document.text[start:end]``.

    Attributes:
        passage: Index of its passage, 0 being the best.
        position: Its place among the sentences of the passage, from 0.
        before: The previous sentence of the passage, or "".
        after: The next one, or "" where that is the heading of another section.
        frame: Title and heading, of several in the passage the one above it.
        head: The head of the table whose row it is, or "".
    """

    passage: int
    position: int
    document_id: str
    start: int
    end: int
    text: str
    before: str
    after: str
    frame: str
    published: str | None
    head: str = ""

    @property
    def row(self) -> ToldRow | None:
        """The row of a table as a sentence; None for other text, and where its cells do not fit the head."""
        return told_row(self.head, self.text) if self.head else None

    @property
    def told(self) -> str:
        """What is judged and shown: the text, or what a row of a table says below its head."""
        row = self.row
        return self.text if row is None else row.text


def candidates_of(passages: Sequence[Passage]) -> list[Candidate]:
    """The sentences of all passages, best passage first, each place of a document only once.

    Headings tell what the sentences below them are about and answer nothing, nor do the head of a
    table, the rule under it, and marks without a word; of a passage that holds nothing else they are
    candidates. A row of a table that has a head is told with it: what stands over the table goes before,
    and nothing after.
    """
    seen: set[tuple[str, int, int]] = set()
    found: list[Candidate] = []
    tables = table_heads(passages)
    for index, passage in enumerate(passages):
        spans = sentence_spans(passage.text)
        texts = [passage.text[start:end] for start, end in spans]
        heads = [tables.get((passage.document_id, passage.start + start)) for start, _ in spans]
        heading = passage.heading or ""
        above = [" ".join(part.split()) for part in heading.split(" > ")]
        told = told_headings(passage)
        headings = [
            is_heading_below(text, above)
            or (head is None and any(begin <= start and end <= stop for begin, stop in told))
            for text, head, (start, end) in zip(texts, heads, spans, strict=True)
        ]
        plain = [
            head != "" and not is_heading and _has_words(text)
            for text, head, is_heading in zip(texts, heads, headings, strict=True)
        ]
        for position, (start, end) in enumerate(spans):
            if headings[position]:
                own = " ".join(HEADING_MARK.sub("", texts[position]).split())
                heading = (passage.heading or "") if own == above[-1] else own
            if not plain[position] and any(plain):
                continue
            place = (passage.document_id, passage.start + start, passage.start + end)
            if place in seen:
                continue
            seen.add(place)
            head = heads[position] or ""
            row = told_row(head, texts[position]) if head else None
            above_it = first_line_of_table(heads, position) if row else position
            found.append(
                Candidate(
                    passage=index,
                    position=position,
                    document_id=place[0],
                    start=place[1],
                    end=place[2],
                    text=texts[position],
                    before=(head if not row else "") or (texts[above_it - 1] if above_it else ""),
                    after="" if row else unless_heading(texts, headings, position + 1),
                    frame=" ".join(part for part in (passage.title, heading) if part),
                    published=passage.published,
                    head=head,
                )
            )
    return found


def _has_words(text: str) -> bool:
    """Whether a text has a letter or a digit; ① is neither."""
    return any(character.isalpha() or character.isdecimal() for character in text)
