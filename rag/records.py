"""The nouns that pass between the stages: frozen, self-checking, plain data.

Offsets count characters (Unicode code points) of the document's text as it was read; ``end`` is
exclusive. Scores are higher-is-better. Ranks and citation numbers start at 1. Mappings count for equality
and not for the hash: each record may be a key or a member of a set.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "Answer",
    "Chunk",
    "Citation",
    "Document",
    "DocumentInfo",
    "Failure",
    "IngestReport",
    "Passage",
    "to_dict",
]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A source's text as it was read, never rewritten afterwards.

    Attributes:
        id: Unique in a knowledge base; adding a document with a known id replaces the old one.
        source: Where it came from: a path relative to the indexed folder's parent, or any name.
        text: The whole text; all spans point into it.
        title: The title as found in the source, or None.
        published: ISO date (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``), or None.
        language: BCP 47 tag such as ``zh`` or ``en``, or None when not told.
        metadata: JSON values only. Keys the readers set: ``publisher``, ``url``, ``encoding``,
            ``format``, ``bytes``, ``pages`` (list of the character offset at which each page
            starts, for PDF) and ``headings`` (list of [start, end, level] where markup tells).
    """

    id: str
    source: str
    text: str
    title: str | None = None
    published: str | None = None
    language: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def page_of(self, offset: int) -> int | None:
        """Page number (from 1) that holds the character at ``offset``; None without pages."""
        return page_at(self.metadata, offset)

    @property
    def headings(self) -> Sequence[Sequence[int]]:
        """[start, end, level] of each heading that markup told; what else stands there counts nothing."""
        told = self.metadata.get("headings")
        size = len(self.text)
        if not isinstance(told, (list, tuple)) or not all(_is_heading(one, size) for one in told):
            return ()
        return told


def _is_heading(given: Any, size: int) -> bool:
    return (
        isinstance(given, (list, tuple))
        and len(given) == 3
        and all(type(number) is int for number in given)
        and 0 <= given[0] < given[1] <= size
    )


def page_offsets(metadata: Mapping[str, Any]) -> Sequence[int]:
    """Where each page begins, in characters; empty where ``pages`` is something else of the user's."""
    told = metadata.get("pages")
    if not isinstance(told, (list, tuple)) or not all(type(offset) is int for offset in told):
        return ()
    return told


def page_at(metadata: Mapping[str, Any], offset: int) -> int | None:
    """Page number (from 1) that holds the character at ``offset``; None without pages."""
    import bisect

    pages = page_offsets(metadata)
    return max(1, bisect.bisect_right(pages, offset)) if pages else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A contiguous slice of one document: ``document.text[start:end] == text``.

    Attributes:
        heading: The nearest headings above it, outermost first, joined by `` > ``; or None.
        tokens: Its length in tokens of the chunking encoding.
    """

    document_id: str
    start: int
    end: int
    text: str
    heading: str | None = None
    tokens: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or len(self.text) != self.end - self.start:
            raise ValueError(f"not a span: {self.start}..{self.end} for {len(self.text)} chars")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A retrieved chunk. ``text`` is verbatim; ``rank`` counts from 1; a higher score is better.

    Attributes:
        duplicates: (document_id, source, start, end) of near-identical passages that share this
            slot, so that no source goes unnamed.
    """

    document_id: str
    source: str
    title: str | None
    published: str | None
    start: int
    end: int
    text: str
    heading: str | None
    score: float
    rank: int
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    duplicates: tuple[tuple[str, str, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One cited span: ``quote == document.text[start:end]``, by construction.

    Attributes:
        number: The ``[n]`` it has in the answer's text, from 1.
        page: Page of the span's first character, from 1, or None.
        highlight: (start, end) in the document of the exact words that answer, inside the
            quote's span; None where they cannot be told.
        support: How well the quote supports the statement, in [0, 1].
    """

    number: int
    document_id: str
    source: str
    title: str | None
    published: str | None
    page: int | None
    start: int
    end: int
    quote: str
    highlight: Span | None = None
    support: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or len(self.quote) != self.end - self.start:
            raise ValueError(f"not a span: {self.start}..{self.end}")
        if self.highlight is not None:
            start, end = self.highlight
            if not self.start <= start < end <= self.end:
                raise ValueError(f"highlight {self.highlight} outside {self.start}..{self.end}")

    @property
    def highlight_text(self) -> str | None:
        """The exact answering words, verbatim, or None."""
        if self.highlight is None:
            return None
        return self.quote[self.highlight[0] - self.start : self.highlight[1] - self.start]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One sentence of an answer's text, ``answer.text[start:end]``, and what supports it.

    Attributes:
        citations: Numbers of the citations behind it; empty when nothing supports it.
        support: In [0, 1]; below the threshold in the settings the statement is marked.
        supported: Whether the sources support it.
        problem: Why not, in words for the reader, or None.
    """

    start: int
    end: int
    citations: tuple[int, ...]
    support: float
    supported: bool
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was answered, with the spans that show it.

    Attributes:
        text: The answer; ``[1]``, ``[2]`` after each statement name the citations.
        citations: In order of their numbers; empty for a refusal.
        refused: True when the documents do not hold the answer.
        confidence: Calibrated probability in [0, 1] that the answer is right.
        passages: What was retrieved, best first; for a refusal the nearest reading.
        answerer: ``extractive`` or the LLM's name.
        timings: Seconds by stage.
        statements: The sentences of ``text``, in order.
        note: What the reader should know, for instance why the LLM was not used; or None.
        query: The question as searched, after a follow-up was completed from the history.
        usage: Tokens spent on an LLM (``input``, ``output``), empty without one.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    refused: bool
    confidence: float
    passages: tuple[Passage, ...]
    answerer: str
    timings: Mapping[str, float] = field(default_factory=dict, hash=False)
    statements: tuple[Statement, ...] = ()
    note: str | None = None
    query: str | None = None
    usage: Mapping[str, int] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        """The text: what a model reads that calls a chain as its tool."""
        return self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A source that could not be read, and why, in one line with the next step."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestReport:
    """What one run of indexing did, by source; ``failed`` holds :class:`Failure` records.

    ``notes`` are facts worth a line that are no failures: skipped hidden files, an encoding told
    with doubt, exact duplicates.
    """

    added: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    passages: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentInfo:
    """A document without its text, as listings show it.

    Attributes:
        characters: Length of the text.
        passages: Number of its chunks.
        indexed: ISO time (UTC) of the commit that wrote it.
        duplicate_of: Id of an older document with the same text, or None.
    """

    id: str
    source: str
    title: str | None
    published: str | None
    language: str | None
    characters: int
    passages: int
    indexed: str
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    duplicate_of: str | None = None


def to_dict(record: Any) -> Any:
    """A record as JSON-ready values, field names unchanged, nested records included."""
    if dataclasses.is_dataclass(record) and not isinstance(record, type):
        return {f.name: to_dict(getattr(record, f.name)) for f in dataclasses.fields(record)}
    if isinstance(record, Mapping):
        return {str(key): to_dict(value) for key, value in record.items()}
    if isinstance(record, (list, tuple, Iterator)):
        return [to_dict(value) for value in record]
    return record
