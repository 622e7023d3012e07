"""A document for the source panel: tidied for reading, its cited spans marked.

The stored text is never touched. :func:`rag.chunking.tidy` gives the display text and where each
of its characters came from; spans are carried over that map. Text goes out in segments, not as
offsets: JavaScript counts UTF-16 units where spans count code points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.errors import QueryError
from rag.records import Document, page_offsets

__all__ = ["Mark", "marked_segments", "source_view"]

# (start, end, kind, number): kind is "quote", "exact" or "other" with the citation's number,
# "heading" with its level, "code" with 0, or "place" with 0: where the reader goes on, to be in view.
Mark = tuple[int, int, str, int]

# Characters around the focus that one view carries: whole for nearly every document, and still
# light on the browser for a book.
_WINDOW = 300_000
_LINE = 2000
_MAX_MARKS = 200


def source_view(document: Document, marks: Any, focus: Any) -> dict[str, Any]:
    """What the panel shows of a document.

    Args:
        document: The document, with its text.
        marks: [start, end, kind, number] lists in characters of the stored text, or [start, end,
            kind, number, words] with the words that stood there; untrusted. Words that stand
            elsewhere by now, once, are marked there, and so are the exact ones of their number.
        focus: Offset to have in view, unless one of the marks is a ``place``.

    Returns:
        ``title``, ``source``, ``published``, ``publisher``, ``url``, ``markdown`` (whether a line
        that begins with ``#`` is a heading), ``segments`` (see :func:`marked_segments`), ``before``
        and ``after``: characters left out, and the ``length`` of what is shown. ``moved`` tells that
        the quote stands elsewhere than it did; its ``page`` is told anew then.

    Raises:
        QueryError: A mark is not a span of the document, or its words are gone or stand there more
            than once. A citation that is only a neighbour (``other``) is left unmarked instead.
    """
    size = len(document.text)
    placed, moved = _placed(marks, document.text)
    cited = focus + moved if isinstance(focus, int) and 0 <= focus + moved <= size else 0
    centre = next((start for start, _, kind, _ in placed if kind == "place"), cited)
    low, high = _window(document.text, centre)
    told = document.metadata
    pages = page_offsets(told)
    breaks = {
        offset - low: number for number, offset in enumerate(pages, 1) if low <= offset < high
    }
    headings = [(start, end, "heading", level) for start, end, level in document.headings]
    inside = [
        (max(start, low) - low, min(end, high) - low, kind, number)
        for start, end, kind, number in [*headings, *placed]
        if start < high and end > low
    ]
    view = {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "published": document.published,
        "publisher": told.get("publisher"),
        "url": told.get("url"),
        # Documents from memory tell no format: theirs may be Markdown as well.
        "markdown": told.get("format", "markdown") == "markdown",
        "moved": moved != 0,
        "segments": marked_segments(document.text[low:high], inside, breaks),
        "before": low,
        "after": size - high,
        "length": high - low,
    }
    if moved:
        view["page"] = document.page_of(cited)
    return view


def marked_segments(
    text: str, marks: Sequence[Mark], pages: Mapping[int, int] | None = None
) -> list[dict[str, Any]]:
    """The tidied text cut wherever a mark begins or ends.

    Args:
        text: Stored text.
        marks: Spans of it; they may nest and overlap.
        pages: Offset at which a page starts -> its number.

    Returns:
        ``{"text", "marks": [[kind, number], ...]}`` in reading order, and ``{"page": n}``
        between them; the texts joined are the tidied text. Blocks of code between fences are
        marked as such.
    """
    from rag.chunking import tidy
    from rag.reading.fences import fenced_blocks

    marks = [*marks, *((start, end, "code", 0) for start, end in fenced_blocks(text))]
    headings = [(start, end) for start, end, kind, _ in marks if kind == "heading"]
    display, offsets = tidy(text, headings=headings)
    spans = [(offsets[start], offsets[end], kind, number) for start, end, kind, number in marks]
    starts = {offsets[offset]: number for offset, number in (pages or {}).items()}
    cuts = sorted(
        {0, len(display), *starts, *(cut for start, end, _, _ in spans for cut in (start, end))}
    )
    segments: list[dict[str, Any]] = []
    ahead = sorted(spans, key=lambda span: span[0], reverse=True)
    covering: list[Mark] = []
    for start, end in zip(cuts, [*cuts[1:], len(display)], strict=True):
        if start in starts:
            segments.append({"page": starts[start]})
        if start < end:
            while ahead and ahead[-1][0] <= start:
                covering.append(ahead.pop())
            covering = [span for span in covering if span[1] > start]
            told = [[kind, number] for _, _, kind, number in covering]
            segments.append({"text": display[start:end], "marks": told})
    return segments


def _window(text: str, centre: int) -> tuple[int, int]:
    """What of a text is shown: all of it, or so much around a place that it stays light."""
    from rag.reading.fences import fenced_blocks

    if len(text) <= _WINDOW:
        return 0, len(text)
    low = max(0, min(centre - _WINDOW // 2, len(text) - _WINDOW))
    high = low + _WINDOW
    # Begin and end with a line, if one does nearby, and cut no block of code: half of one has lost
    # a fence, and what follows would be taken for code.
    low = text.rfind("\n", max(0, low - _LINE), low) + 1 or low
    if high < len(text):
        high = text.rfind("\n", high - _LINE, high) + 1 or high
    for start, end in fenced_blocks(text):
        if end - start <= _WINDOW:
            low = start if start < low < end else low
            high = end if start < high < end else high
    return low, high


def _placed(marks: Any, text: str) -> tuple[list[Mark], int]:
    """The marks where their words stand now, and by how much the quote has moved."""
    if not isinstance(marks, Sequence) or isinstance(marks, str) or len(marks) > _MAX_MARKS:
        raise QueryError("marks must be a list of [start, end, kind, number] or with words behind.")
    placed: list[Mark] = []
    shifts: dict[int, int] = {}  # the number of a quote -> by how much it has moved
    for mark in marks:
        match mark:
            case [int(start), int(end), "exact", int(number)]:
                kind, shift = "exact", shifts.get(number, 0)
            case [int(start), int(end), str(kind), int(number)]:
                shift = 0
            case [int(start), int(end), str(kind), int(number), str(words)]:
                found = _shift(text, start, end, words)
                if found is None and kind == "other":
                    continue
                if found is None:
                    raise _gone()
                shift = found
            case _:
                raise _gone()
        start, end = start + shift, end + shift
        if not 0 <= start < end <= len(text):
            raise _gone()
        if kind == "quote":
            shifts[number] = shift
        placed.append((start, end, kind, number))
    return placed, next(iter(shifts.values()), 0)


def _shift(text: str, start: int, end: int, words: str) -> int | None:
    """By how much words have moved that stood at a span: to where they stand, if that is one place."""
    if start >= 0 and text[start:end] == words:
        return 0
    found = text.find(words)
    once = words and found >= 0 and text.find(words, found + 1) < 0
    return found - start if once else None


def _gone() -> QueryError:
    return QueryError(
        "The document has changed since the answer: the cited place is gone. Ask again."
    )
