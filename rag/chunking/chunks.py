"""Document -> chunks: spans of whole sentences within a budget of tokens.

A chunk begins and ends at sentence boundaries, stays within one section unless the sections are tiny,
and shares whole sentences with the one before it, up to the overlap. Only a sentence that alone exceeds
the budget is cut: after a comma or the like, else between words, else anywhere but inside a character
as the reader sees it. Every character that is not blank lies in some chunk.
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
_CLAUSE_END = re.compile(r"[，、；：,;:]\s*|——|\s+")


class _Unit(NamedTuple):
    """A sentence, or a piece of one too long: the least that a chunk takes in."""

    start: int
    end: int
    tokens: int
    heading: str | None
    opens: bool  # it is a heading: a new section begins here


def document_sentences(document: Document) -> list[Span]:
    """The sentences of a document; headings that its markup tells are sentences of their own."""
    return split_sentences(document.text, headings=[(s, e) for s, e, _ in _marked(document)])


def chunk_document(
    document: Document, *, chunk_tokens: int = 256, chunk_overlap: int = 48, encoding: str = "rag"
) -> list[Chunk]:
    """The chunks of ``document``, in the order of the text.

    Args:
        document: Its ``metadata["headings"]``, if any, tells the headings that markup told the reader.
        chunk_tokens: Longest chunk, in tokens of ``encoding``.
        chunk_overlap: Tokens that consecutive chunks of one section share at most, in whole sentences.
        encoding: See :func:`rag.tokens.count_tokens`.

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
    spans = document_sentences(document)
    headings = find_headings(text, spans, _marked(document))
    paths = heading_paths(headings, len(spans), title=document.title)
    opening = {index for index, _, _ in headings}
    counts = count_sentences(text, spans, encoding=encoding)
    units: list[_Unit] = []
    for index, ((start, end), tokens) in enumerate(zip(spans, counts, strict=True)):
        if tokens <= chunk_tokens:
            units.append(_Unit(start, end, tokens, paths[index], index in opening))
            continue
        pieces = list(_pieces(text, start, end, tokens, chunk_tokens, encoding))
        for number, (left, right, size) in enumerate(_counted(text, pieces, encoding)):
            units.append(_Unit(left, right, size, paths[index], not number and index in opening))
    chunks = []
    for first, last in _pack(text, units, chunk_tokens, chunk_overlap):
        start, end = units[first].start, units[last - 1].end
        chunks.append(
            Chunk(
                document_id=document.id,
                start=start,
                end=end,
                text=text[start:end],
                heading=_heading_of(units[first:last]),
                tokens=sum(unit.tokens for unit in units[first:last]),
            )
        )
    return chunks


def _marked(document: Document) -> Sequence[Sequence[int]]:
    return document.metadata.get("headings") or ()


def _heading_of(units: Sequence[_Unit]) -> str | None:
    """The path that most of the chunk's tokens stand under; the first one on a tie."""
    weights: dict[str | None, int] = {}
    for unit in units:
        weights[unit.heading] = (
            weights.get(unit.heading, 0) + (0 if unit.opens else unit.tokens) + 1
        )
    return max(weights, key=lambda heading: weights[heading])


def _pack(
    text: str, units: Sequence[_Unit], budget: int, overlap: int
) -> Iterator[tuple[int, int]]:
    """(first, last) unit of each chunk, end exclusive."""
    sums = [0, *accumulate(unit.tokens for unit in units)]
    for first, last in _sections(units, budget):
        total = sums[last] - sums[first]
        if total <= budget:
            yield first, last
            continue
        # Chunks of about equal size: none is a leftover of a few words.
        pieces = math.ceil((total - overlap) / (budget - overlap))
        target = min(budget, math.ceil((total + (pieces - 1) * overlap) / pieces))
        packed: list[tuple[int, int]] = []
        fresh = first
        while fresh < last:
            start = _shared(text, units, sums, first, fresh, overlap)
            while (
                start < fresh and sums[fresh + 1] - sums[start] > budget
            ):  # the overlap leaves no room
                start += 1
            end = fresh + 1
            while end < last and sums[end] - sums[start] < target:
                if sums[end + 1] - sums[start] > budget:
                    break
                end += 1
            body = end
            while body - 1 > fresh and units[body - 1].opens:
                body -= 1
            if end < last and not units[body - 1].opens:
                end = body  # a heading stays with what it heads
            packed.append((start, end))
            fresh = end
        if len(packed) > 1:
            packed[-2:] = _balanced(text, units, sums, packed[-2], packed[-1], overlap, budget)
        yield from packed


def _shared(
    text: str, units: Sequence[_Unit], sums: Sequence[int], first: int, fresh: int, overlap: int
) -> int:
    """Where the chunk begins whose first new unit is ``fresh``: up to ``overlap`` tokens before it."""
    start = fresh
    while start > first and sums[fresh] - sums[start - 1] <= overlap:
        start -= 1
    # A sentence that is told from a heading only by what stands before it on its line needs that.
    while start > first and _is_fragile(text, units[start]):
        start -= 1
    return start


def _is_fragile(text: str, unit: _Unit) -> bool:
    """Whether the unit would be split in two at its line break if a text began with it."""
    piece = text[unit.start : unit.end]
    return "\n" in piece and len(split_sentences(piece)) > 1


def _balanced(
    text: str,
    units: Sequence[_Unit],
    sums: Sequence[int],
    before: tuple[int, int],
    last: tuple[int, int],
    overlap: int,
    budget: int,
) -> list[tuple[int, int]]:
    """The last two chunks, with sentences moved from the one to a much shorter other."""
    (start, middle), (_, end) = before, last
    best, shortest = [before, last], min(sums[middle] - sums[start], sums[end] - sums[last[0]])
    for cut in range(middle - 1, start, -1):
        if units[cut - 1].opens:
            continue
        begin = max(start, _shared(text, units, sums, start, cut, overlap))
        left, right = sums[cut] - sums[start], sums[end] - sums[begin]
        if right > budget:
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


def _counted(text: str, pieces: Sequence[Span], encoding: str) -> Iterator[tuple[int, int, int]]:
    for (start, end), tokens in zip(
        pieces, count_sentences(text, pieces, encoding=encoding), strict=True
    ):
        yield start, end, tokens


def _pieces(
    text: str, start: int, end: int, tokens: int, budget: int, encoding: str
) -> Iterator[Span]:
    """Pieces of an over-long sentence, each of about the budget or less."""
    width = min(max(1, (end - start) * budget // tokens), _WIDEST)
    while start < end:
        stop = min(end, start + width)
        while (
            stop - start > 1
            and count_sentences(text, [(start, stop)], encoding=encoding)[0] > budget
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
    best = -1
    for mark in _CLAUSE_END.finditer(text, half, stop):
        if not mark.group().isspace() or best < 0:
            best = mark.end()
    if best > start:
        return best
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
