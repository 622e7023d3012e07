"""Documents on their way into a store: gathered, chunked, embedded, written, in step.

One thread reads and chunks, the caller's embeds, the store's writer has its own; short queues
between them keep a few batches in memory, whatever the corpus. With the bundled model text is cut
into pieces once, for measuring chunks and for embedding them.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from rag.chunking import Batch, PassagePieces, chunk_documents, passage_pieces
from rag.embedding.protocol import PieceEmbedder, SentencePieces
from rag.index import Source, Writer, embedding_key
from rag.records import Chunk, Document, Failure, IngestReport
from rag.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Embedder

__all__ = ["FileDone", "Progress", "Tally", "Work", "embedded_text", "pour"]

#: Called with one line for the reader now and then.
Progress = Callable[[str], None]

# A batch is what one call of the model embeds: large, because models sort by length inside a call,
# but not longer than some seconds, which is what a kill may cost.
_LARGEST_BATCH = 400_000
_SMALLEST_BATCH = 30_000
_BATCH_DOCUMENTS = 1_000
_BATCH_SECONDS = 8.0
_COMMIT_SECONDS = 10.0
_PROGRESS_SECONDS = 0.2


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


@dataclass(slots=True)
class _Prepared:
    """A batch ready to be embedded: either the texts of its chunks or their pieces are there."""

    items: list[Work | FileDone]
    chunks: list[list[Chunk]]
    texts: list[str]
    keys: list[bytes]
    pieces: PassagePieces | None


def embedded_text(document: Document, chunk: Chunk) -> str:
    """What is embedded for a chunk: title and heading, then its text.

    A passage often leaves out what its article is about; the header says it.
    """
    header = _header(document, chunk)
    return f"{header}\n{chunk.text}" if header else chunk.text


def _header(document: Document, chunk: Chunk) -> str:
    return "\n".join(part for part in (document.title, chunk.heading) if part)


def pour(
    writer: Writer,
    stream: Iterator[Work | FileDone],
    *,
    embedder: Embedder,
    settings: Settings,
    tally: Tally,
    progress: Progress | None = None,
) -> None:
    """Put all that arrives, committing now and then. A file's mark goes with its last document."""
    size = _BatchSize(
        _LARGEST_BATCH if isinstance(embedder, PieceEmbedder) else 2 * _SMALLEST_BATCH
    )
    in_pieces = isinstance(embedder, PieceEmbedder)
    meter = _Meter(tally, progress)
    committed = time.monotonic()
    prepared = (_prepared(items, settings, in_pieces) for items in _batches(stream, size))
    for batch in _ahead(prepared):
        began = time.monotonic()
        vectors, sentences = _vectors(batch, embedder, writer, meter)
        size.adjust(time.monotonic() - began)
        at = 0
        chunks_of = iter(batch.chunks)
        for item in batch.items:
            if isinstance(item, FileDone):
                tally.removed.extend(one for one in item.gone if writer.remove(one))
                writer.put_source(item.source)
                continue
            chunks = next(chunks_of)
            end = at + len(chunks)
            writer.put(
                item.document,
                chunks,
                vectors[at:end],
                content_hash=item.content_hash,
                keys=batch.keys[at:end] if batch.keys else None,
                sentences=sentences[at:end] if sentences is not None else None,
            )
            at = end
            tally.put(item)
            tally.passages += len(chunks)
        meter.show()
        if time.monotonic() - committed > _COMMIT_SECONDS:
            writer.commit()
            committed = time.monotonic()


class _BatchSize:
    """Characters of a batch, fitted to the speed of the model."""

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def adjust(self, seconds: float) -> None:
        """The last batch took so long: aim the next ones at :data:`_BATCH_SECONDS`."""
        wanted = self.characters * _BATCH_SECONDS / max(seconds, 0.1)
        # At most doubled at a time: a batch of known vectors says nothing about the model.
        wanted = min(wanted, 2 * self.characters)
        self.characters = int(min(max(wanted, _SMALLEST_BATCH), _LARGEST_BATCH))


def _batches(
    stream: Iterator[Work | FileDone], size: _BatchSize
) -> Iterator[list[Work | FileDone]]:
    batch: list[Work | FileDone] = []
    characters = 0
    for item in stream:
        batch.append(item)
        characters += len(item.document.text) if isinstance(item, Work) else 0
        if characters >= size.characters or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _prepared(items: list[Work | FileDone], settings: Settings, in_pieces: bool) -> _Prepared:
    documents = [item.document for item in items if isinstance(item, Work)]
    batch = chunk_documents(
        documents, chunk_tokens=settings.chunk_tokens, chunk_overlap=settings.chunk_overlap
    )
    if in_pieces:
        return _Prepared(items, batch.chunks, [], [], _pieces(documents, batch))
    texts = [
        embedded_text(document, chunk)
        for document, chunks in zip(documents, batch.chunks, strict=True)
        for chunk in chunks
    ]
    return _Prepared(items, batch.chunks, texts, [embedding_key(text) for text in texts], None)


def _pieces(documents: Sequence[Document], batch: Batch) -> PassagePieces:
    """The pieces of :func:`embedded_text` of every chunk, most of them known from measuring."""
    return passage_pieces(
        batch,
        [[chunk.text for chunk in chunks] for chunks in batch.chunks],
        [
            [_header(document, chunk) for chunk in chunks]
            for document, chunks in zip(documents, batch.chunks, strict=True)
        ],
    )


def _vectors(
    batch: _Prepared, embedder: Embedder, writer: Writer, meter: _Meter
) -> tuple[NDArray[np.float32], list[SentencePieces] | None]:
    """The unit vectors of all chunks of a batch; texts that were embedded before are not again.

    With a model over pieces, also the sentences of each chunk.
    """
    if batch.pieces is not None and isinstance(embedder, PieceEmbedder):
        made = batch.pieces
        vectors, sentences = embedder.embed_groups(made.ids, made.offsets, made.members, made.ends)
        return vectors, [sentences.part(*found) for found in made.ranges]
    cached = writer.cached_vectors(batch.keys)
    vectors = np.empty((len(batch.texts), embedder.dimension), np.float32)
    missing: dict[str, list[int]] = {}
    for at, (text, vector) in enumerate(zip(batch.texts, cached, strict=True)):
        if vector is None:
            missing.setdefault(text, []).append(at)
        else:
            vectors[at] = vector
    if missing:
        fresh = embedder.embed_passages(list(missing), progress=meter.embedded)
        for vector, places in zip(fresh, missing.values(), strict=True):
            vectors[places] = vector
    return vectors, None


class _Meter:
    """Tells the reader how far it is and how long it may take."""

    def __init__(self, tally: Tally, progress: Progress | None) -> None:
        self._tally = tally
        self._progress = progress
        self._began = self._shown = time.monotonic()

    def embedded(self, done: int, of: int) -> None:
        """So many passages of the batch have been embedded."""
        self.show(f"; embedding {done:,} of {of:,}")

    def show(self, more: str = "") -> None:
        """Show a line, unless one was shown just now."""
        now = time.monotonic()
        if self._progress is None or now - self._shown < _PROGRESS_SECONDS:
            return
        self._shown = now
        tally = self._tally
        seconds = now - self._began
        documents = len(tally.added) + len(tally.updated)
        line = f"{documents:,} documents, {tally.passages:,} passages"
        if documents:
            line += f", {documents / seconds:,.0f} documents/s"
        if tally.share and tally.share >= 0.01:
            left = seconds * (1 - tally.share) / tally.share
            line += f", {tally.share:.0%}, about {_duration(left)} left"
        self._progress(line + more)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


_Item = TypeVar("_Item")


def _ahead(stream: Iterator[_Item], depth: int = 2) -> Iterator[_Item]:
    """The items of an iterator that runs in a thread of its own, at most ``depth`` ahead.

    An exception there is raised here; leaving early stops the thread at its next item.
    """
    waiting: queue.Queue[tuple[_Item | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def run() -> None:
        try:
            for item in stream:
                if stopped.is_set():
                    return
                waiting.put((item, None))
            waiting.put((None, None))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
            waiting.put((None, error))

    thread = threading.Thread(target=run, name="rag-read", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue
