"""What passes between finding out what has changed and putting it into a store, and what is counted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rag.index import Source
from rag.records import Document, Failure, IngestReport

if TYPE_CHECKING:
    from rag.reading import SourceFile

__all__ = ["Arrival", "FileDone", "Found", "Progress", "Tally", "Unread", "Work"]

#: Called with one line for the reader now and then.
Progress = Callable[[str], None]
#: What a file gives: documents, faults and notes.
Found = Document | Failure | str


@dataclass(frozen=True, slots=True)
class Work:
    """A document to be put; ``known`` tells that it replaces one of the same id."""

    document: Document
    content_hash: str
    known: bool


@dataclass(frozen=True, slots=True)
class FileDone:
    """A mark in the stream: everything of this file has gone before; ``gone`` is to be removed."""

    source: Source
    gone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A changed file of one document, to be read where it is chunked: in whichever process is free.

    Attributes:
        file: Where it lies, and its name.
        data: Its bytes, unless it is large.
        settle: Tells what is to be put of what was found in it; called once, in the order of the stream.
    """

    file: SourceFile
    data: bytes | None
    settle: Callable[[Sequence[Found]], Iterator[Work | FileDone]]


#: What comes in a stream of changes; a failure is one of a file that could not even be opened.
Arrival = Work | Unread | FileDone | Failure


@dataclass(slots=True)
class Tally:
    """What has happened so far. ``added`` and ``updated`` are ordered sets."""

    began: float = field(default_factory=time.perf_counter)
    added: dict[str, None] = field(default_factory=dict)
    updated: dict[str, None] = field(default_factory=dict)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passages: int = 0
    #: Share of the input that has been read, in [0, 1]; None where it cannot be told.
    share: float | None = None

    def put(self, work: Work) -> None:
        """Count a document that was put."""
        name = work.document.id
        (self.updated if work.known and name not in self.added else self.added)[name] = None

    def report(self) -> IngestReport:
        """The record of the run."""
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            notes=tuple(self.notes),
            passages=self.passages,
            seconds=time.perf_counter() - self.began,
        )
