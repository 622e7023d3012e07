"""Document -> chunks: spans of whole sentences within a budget of tokens.

A chunk begins and ends at sentence boundaries, stays within one section unless the sections are
tiny, and shares whole sentences with the one before it, up to the overlap. Only a sentence that
alone exceeds the budget is cut: after a comma or the like, else between words, else anywhere but
inside a character as the reader sees it. Every character that is not blank lies in some chunk.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from rag.chunking.budget import count_sentences
from rag.chunking.headings import find_headings, heading_paths
from rag.chunking.sentences import Span, split_sentences
from rag.records import Chunk, Document

__all__ = ["chunk_document", "document_sentences"]

#: A section of fewer tokens than this share of the budget may share a chunk with its neighbours.
_TINY = 0.25
#: No piece of a sentence is longer than this many characters, whatever its tokens.
_WIDEST = 40_000
_CLAUSE_END = re.compile(r"[，、；：]|[,;:](?!\d)|——")
_BLANKS = re.compile(r"\s+")
_TABLE_RULE = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")


class _Unit(NamedTuple):
    """A sentence, or a piece of one too long: the least that a chunk takes in."""

    start: int
    end: int
    tokens: int  # with the white space after it
    gap: int  # tokens of that white space
    heading: str | None
    opens: bool  # it is a heading: a new section begins here
    binds: bool  # it is worth little without what follows: a heading, the head of a table


def document_sentences(document: Document) -> list[Span]:
    """The sentences of a document; headings that its markup tells are sentences of their own."""
    headings = [(start, end) for start, end, _ in document.headings]
    return split_sentences(document.text, headings=headings, whole=True)


def chunk_document(
    document: Document,
    *,
    chunk_tokens: int = 256,
    chunk_overlap: int = 48,
    encoding: str = "rag",
    counted: tuple[Sequence[Span], Sequence[tuple[int, int]]] | None = None,
) -> list[Chunk]:
    """The chunks of ``document``, in the order of the text.

    Args:
        document: Its ``metadata["headings"]``, if any, tells the headings that markup told the
            reader.
        chunk_tokens: Longest chunk, in tokens of ``encoding``.
        chunk_overlap: Tokens that consecutive chunks of one section share at most, in whole
            sentences.
        encoding: See :func:`rag.tokens.count_tokens`.
        counted: The document's sentences and their tokens, where the caller has them already: what
            :func:`document_sentences` and :func:`rag.chunking.budget.count_sentences` give.

    Returns:
        Chunks with ``document.text[start:end] == text``; none for a blank text.

    Raises:
        ValueError: If the overlap is not less than the budget, or one of them is out of range.
    """
    if chunk_tokens < 1 or not 0 <= chunk_overlap < chunk_tokens:
        raise ValueError(
            f"chunk_tokens={chunk_tokens} and chunk_overlap={chunk_overlap} do not fit"
        )
    text = document.text
    spans = document_sentences(document) if counted is None else counted[0]
    headings = find_headings(text, spans, document.headings)
    paths = heading_paths(headings, len(spans), title=document.title)
    opening = {index for index, _, _ in headings}
    binding = opening | _table_heads(text, spans)
    counts = count_sentences(text, spans, encoding=encoding) if counted is None else counted[1]
    units: list[_Unit] = []
    for index, ((start, end), (tokens, gap)) in enumerate(zip(spans, counts, strict=True)):
        if tokens <= chunk_tokens:
            opens, binds = index in opening, index in binding
            units.append(_Unit(start, end, tokens + gap, gap, paths[index], opens, binds))
            continue
        pieces = list(_pieces(text, (start, end), tokens, chunk_tokens, encoding))
        sizes = count_sentences(text, pieces, encoding=encoding)
        for number, ((left, right), (size, blanks)) in enumerate(zip(pieces, sizes, strict=True)):
            opens = not number and index in opening
            if number == len(pieces) - 1:
                blanks = gap  # noqa: PLW2901 - the sentence's own
            units.append(_Unit(left, right, size + blanks, blanks, paths[index], opens, opens))
    chunks = []
    packer = _Packer(text, units, budget=chunk_tokens, overlap=chunk_overlap)
    for first, last in packer.chunks():
        start, end = units[first].start, units[last - 1].end
        chunks.append(
            Chunk(
                document_id=document.id,
                start=start,
                end=end,
                text=text[start:end],
                heading=_heading_of(units[first:last]),
                tokens=sum(unit.tokens for unit in units[first:last]) - units[last - 1].gap,
            )
        )
    return chunks


def _table_heads(text: str, spans: Sequence[Span]) -> set[int]:
    """Which sentences are a Markdown table's head row, or the rule under it."""
    heads: set[int] = set()
    for index, (start, end) in enumerate(spans):
        if index and text[start] == "|" and _TABLE_RULE.fullmatch(text, start, end):
            above = spans[index - 1]
            if text[above[0]] == "|" and text.count("\n", above[1], start) == 1:
                heads |= {index - 1, index}
    return heads


def _heading_of(units: Sequence[_Unit]) -> str | None:
    """The path that most of the chunk's tokens stand under; the first one on a tie."""
    weights: dict[str | None, int] = {}
    for unit in units:
        weights[unit.heading] = (
            weights.get(unit.heading, 0) + (0 if unit.opens else unit.tokens) + 1
        )
    return max(weights, key=lambda heading: weights[heading])


class _Packer:
    """Sentences into chunks: the units of one document, the budget and the overlap."""

    def __init__(self, text: str, units: Sequence[_Unit], *, budget: int, overlap: int) -> None:
        self._text = text
        self._units = units
        self._budget = budget
        self._overlap = overlap
        self._sums = [0, *accumulate(unit.tokens for unit in units)]

    def chunks(self) -> Iterator[tuple[int, int]]:
        """(first, last) unit of each chunk, end exclusive."""
        for first, last in _sections(self._units, self._budget):
            if self._size(first, last) <= self._budget:
                yield first, last
            else:
                yield from self._section(first, last)

    def _size(self, first: int, last: int) -> int:
        """Tokens of units[first:last] as one chunk: without the white space after it."""
        return self._sums[last] - self._sums[first] - self._units[last - 1].gap * (last > first)

    def _section(self, first: int, last: int) -> list[tuple[int, int]]:
        """Chunks of about equal size: none is a leftover of a few words."""
        total, budget, overlap = self._size(first, last), self._budget, self._overlap
        pieces = math.ceil((total - overlap) / (budget - overlap))
        target = min(budget, math.ceil((total + (pieces - 1) * overlap) / pieces))
        packed: list[tuple[int, int]] = []
        fresh = first
        while fresh < last:
            start = self._start(first, fresh)
            while start < fresh and self._size(start, fresh + 1) > budget:
                start += 1  # the overlap leaves no room
            end = fresh + 1
            while end < last and self._size(start, end) < target:
                if self._size(start, end + 1) > budget:
                    break
                end += 1
            body = end
            while body - 1 > fresh and self._units[body - 1].binds:
                body -= 1
            if end < last and not self._units[body - 1].binds:
                end = body  # a heading stays with what it heads
            if packed and packed[-1][0] == start:
                packed.pop()  # the overlap is all of it
            packed.append((start, end))
            fresh = end
        if len(packed) > 1:
            covered = packed[-3][1] if len(packed) > 2 else first
            packed[-2:] = self._balanced(packed[-2], packed[-1], covered)
        return packed

    def _start(self, first: int, fresh: int) -> int:
        """Where the chunk begins whose first new unit is ``fresh``: the overlap is before it."""
        start = fresh
        while start > first and self._size(start - 1, fresh) <= self._overlap:
            start -= 1
        # A sentence told from a heading only by what stands before it on its line needs that.
        while start > first and self._is_fragile(start):
            start -= 1
        return start

    def _is_fragile(self, index: int) -> bool:
        """Whether the unit would be split at its line break if a text began with it."""
        unit = self._units[index]
        piece = self._text[unit.start : unit.end]
        return "\n" in piece and len(split_sentences(piece)) > 1

    def _balanced(
        self, before: tuple[int, int], last: tuple[int, int], covered: int
    ) -> list[tuple[int, int]]:
        """The last two chunks, with sentences moved from the one to a much shorter other.

        What stands before ``covered`` is in the chunks before them: the first keeps more than that.
        """
        (start, middle), (_, end) = before, last
        best = [before, last]
        shortest = min(self._size(start, middle), self._size(last[0], end))
        for cut in range(middle - 1, max(start, covered), -1):
            if self._units[cut - 1].binds:
                continue
            begin = self._start(start, cut)
            if begin == start:
                continue
            left, right = self._size(start, cut), self._size(begin, end)
            if right > self._budget:
                break
            if min(left, right) > 1.5 * shortest:
                best, shortest = [(start, cut), (begin, end)], min(left, right)
        return best


def _sections(units: Sequence[_Unit], budget: int) -> Iterator[tuple[int, int]]:
    """(first, last) unit of each section; tiny neighbours are merged while they fit one chunk."""
    opens = [0] + [i for i in range(1, len(units)) if units[i].opens and not units[i - 1].opens]
    merged: list[tuple[int, int, int]] = []
    for first, last in pairwise([*opens, len(units)]):
        size = sum(unit.tokens for unit in units[first:last])
        if merged:
            start, _, before = merged[-1]
            if before + size <= budget and min(before, size) < _TINY * budget:
                merged[-1] = (start, last, before + size)
                continue
        merged.append((first, last, size))
    return ((first, last) for first, last, _ in merged if last > first)


def _pieces(text: str, span: Span, tokens: int, budget: int, encoding: str) -> Iterator[Span]:
    """Pieces of an over-long sentence, each of about the budget or less."""
    start, end = span
    width = min(max(1, (end - start) * budget // tokens), _WIDEST)
    while start < end:
        stop = min(end, start + width)
        while (
            stop - start > 1
            and count_sentences(text, [(start, stop)], encoding=encoding)[0][0] > budget
        ):
            stop = start + max(1, (stop - start) * 3 // 4)
        if stop < end:
            stop = _cut(text, start, stop, end)
        left, right = start, stop
        while right > left and text[right - 1].isspace():
            right -= 1
        while left < right and text[left].isspace():
            left += 1
        if left < right:
            yield left, right
        start = stop


def _cut(text: str, start: int, stop: int, end: int) -> int:
    """A good place to cut in the second half of ``text[start:stop]``, else the last safe one."""
    half = start + (stop - start) // 2
    for pattern in (_CLAUSE_END, _BLANKS):
        marks = [mark.end() for mark in pattern.finditer(text, half, stop)]
        if marks:
            return marks[-1]
    return _grapheme_boundary(text, start, stop, end)


def _grapheme_boundary(text: str, start: int, stop: int, end: int) -> int:
    import regex

    window = max(start, stop - 64)
    last = window
    for cluster in regex.finditer(r"\X", text, pos=window, endpos=min(end, stop + 64)):
        if cluster.start() > stop:
            break
        last = cluster.start()
    return last if last > start else stop
