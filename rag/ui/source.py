"""A document for the source panel: tidied for reading, its cited spans marked.

The stored text is never touched. :func:`rag.chunking.tidy` gives the display text and where each
of its characters came from; spans are carried over that map. Text goes out in segments, not as
offsets: JavaScript counts UTF-16 units where spans count code points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rag.errors import QueryError
from rag.records import Document

__all__ = ["Mark", "marked_segments", "source_view"]

# (start, end, kind, number): kind is "quote", "exact" or "other" with the citation's number, or
# "heading" with its level.
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
        marks: [start, end, kind, number] lists in characters of the stored text; untrusted.
        focus: Offset to have in view.

    Returns:
        ``title``, ``source``, ``published``, ``metadata`` (what a reader wants of it), ``segments``
        (see :func:`marked_segments`), ``before`` and ``after``: characters left out.

    Raises:
        QueryError: A mark is not a span of the document.
    """
    size = len(document.text)
    checked = _checked(marks, size)
    centre = focus if isinstance(focus, int) and 0 <= focus <= size else 0
    low, high = 0, size
    if size > _WINDOW:
        low = max(0, min(centre - _WINDOW // 2, size - _WINDOW))
        high = low + _WINDOW
        # Begin with a line, if one begins nearby.
        low = document.text.rfind("\n", max(0, low - _LINE), low) + 1 or low
    told = document.metadata
    pages = [page for page in told.get("pages") or [] if isinstance(page, int)]
    breaks = {
        offset - low: number for number, offset in enumerate(pages, 1) if low <= offset < high
    }
    headings = [(start, end, "heading", level) for start, end, level in told.get("headings") or []]
    inside = [
        (max(start, low) - low, min(end, high) - low, kind, number)
        for start, end, kind, number in [*headings, *checked]
        if start < high and end > low
    ]
    return {
        "id": document.id,
        "title": document.title,
        "source": document.source,
        "published": document.published,
        "publisher": told.get("publisher"),
        "url": told.get("url"),
        "segments": marked_segments(document.text[low:high], inside, breaks),
        "before": low,
        "after": size - high,
    }


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
        between them; the texts joined are the tidied text.
    """
    from rag.chunking import tidy

    headings = [(start, end) for start, end, kind, _ in marks if kind == "heading"]
    display, offsets = tidy(text, headings=headings)
    spans = [(offsets[start], offsets[end], kind, number) for start, end, kind, number in marks]
    starts = {offsets[offset]: number for offset, number in (pages or {}).items()}
    cuts = sorted(
        {0, len(display), *starts, *(cut for start, end, _, _ in spans for cut in (start, end))}
    )
    segments: list[dict[str, Any]] = []
    for start, end in zip(cuts, [*cuts[1:], len(display)], strict=True):
        if start in starts:
            segments.append({"page": starts[start]})
        if start < end:
            covering = [[kind, number] for low, high, kind, number in spans if low <= start < high]
            segments.append({"text": display[start:end], "marks": covering})
    return segments


def _checked(marks: Any, size: int) -> list[Mark]:
    if not isinstance(marks, Sequence) or isinstance(marks, str) or len(marks) > _MAX_MARKS:
        raise QueryError("marks must be a list of [start, end, kind, number].")
    checked: list[Mark] = []
    for mark in marks:
        match mark:
            case [int(start), int(end), str(kind), int(number)] if 0 <= start < end <= size:
                checked.append((start, end, kind, number))
            case _:
                raise QueryError(
                    "The document has changed since the answer: the cited place is gone. Ask again."
                )
    return checked
