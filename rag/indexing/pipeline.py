"""Files and documents on their way into a store: gathered, read, chunked, embedded, written, in step.

One thread looks which files have changed, the store's writer has its own. Between them lanes read, chunk and
embed, each a batch at a time: with a model over the project's own pieces one lane in this process and one in
each worker process (:mod:`rag.indexing.workers`), with any other model this process alone. Short queues keep a
few batches in memory, whatever the corpus; batches are put in the order in which they came.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rag.chunking import chunk_documents
from rag.embedding.protocol import PieceEmbedder, knows_pieces
from rag.embedding.static import StaticEmbedder
from rag.embedding.vectors import passage_vectors
from rag.index import Writer, embedding_key
from rag.indexing.lanes import ahead, in_order
from rag.indexing.preparing import Prepared, embedded_text, prepare, read
from rag.indexing.work import Arrival, FileDone, Found, Progress, Tally, Unread, Work
from rag.indexing.workers import Worker, WorkerError, WorkerLostError, processors
from rag.records import Chunk, Document, Failure
from rag.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rag.embedding import Embedder

__all__ = ["pour", "prepared_batches"]

# A batch of texts is what one call of the model embeds: large, because models sort by length inside a
# call, but not longer than some seconds, which is what a kill may cost.
_LARGEST_BATCH = 400_000
_SMALLEST_BATCH = 30_000
_BATCH_SECONDS = 8.0
_BATCH_DOCUMENTS = 1_000
# Characters of a batch for a model over pieces: small enough for two lanes to end together.
_PIECES_BATCH = 200_000
# About as long as a character of text takes a byte of a file of these kinds; of any other two bytes do.
_SLOW_KINDS = (".pdf", ".docx", ".html", ".htm", ".xhtml", ".shtml")
# Workers join in when so many batches have been read, after a second or two: each takes half a second to
# be of use, which a smaller run does not make up for.
_WORKERS_FROM = 8
_COMMIT_SECONDS = 10.0
_PROGRESS_SECONDS = 0.2


_Items = list[Arrival]


def pour(
    writer: Writer,
    stream: Iterator[Arrival],
    *,
    embedder: Embedder,
    settings: Settings,
    tally: Tally,
    progress: Progress | None = None,
) -> None:
    """Put all that arrives, committing now and then. A file's mark goes with its last document."""
    meter = _Meter(tally, progress)
    committed = time.monotonic()
    batches: Generator[tuple[_Items, Prepared, list[bytes]]]
    if knows_pieces(embedder):
        batches = _keyless(prepared_batches(stream, embedder, settings))
    else:
        batches = _embedded_batches(stream, embedder, settings, writer, meter)
    with contextlib.closing(batches):
        for items, prepared, keys in batches:
            vectors = prepared.vectors.astype(np.float16)
            taken = _Taken(prepared)
            for item in items:
                if isinstance(item, Failure):
                    tally.failed.append(item)
                    continue
                places = {} if isinstance(item, FileDone) else taken.next()
                changes: Iterable[Work | FileDone]
                changes = item.settle(taken.found) if isinstance(item, Unread) else (item,)
                for change in changes:
                    if isinstance(change, FileDone):
                        tally.removed.extend(one for one in change.gone if writer.remove(one))
                        writer.put_source(change.source)
                        continue
                    chunks, at = places[change.document.id]
                    end = at + len(chunks)
                    writer.put(
                        change.document,
                        chunks,
                        vectors[at:end],
                        content_hash=change.content_hash,
                        keys=keys[at:end] if keys else None,
                        sentences=prepared.sentences[at:end] if prepared.sentences else None,
                    )
                    tally.put(change)
                    tally.passages += len(chunks)
            meter.show()
            if time.monotonic() - committed > _COMMIT_SECONDS:
                writer.commit()
                committed = time.monotonic()


class _Taken:
    """Goes through what was prepared, one thing that was given after another."""

    def __init__(self, prepared: Prepared) -> None:
        self._found = iter(prepared.found)
        self._chunks = iter(prepared.chunks)
        self._at = 0
        self.found: Sequence[Found] = ()

    def next(self) -> dict[str, tuple[list[Chunk], int]]:
        """Of each document of the next one its chunks, and the place of the first among all."""
        self.found = next(self._found)
        places = {}
        for one in self.found:
            if isinstance(one, Document):
                chunks = next(self._chunks)
                places[one.id] = chunks, self._at
                self._at += len(chunks)
        return places


# ------------------------------------------------------------------ by pieces, in lanes


def prepared_batches(
    stream: Iterator[Arrival], embedder: PieceEmbedder, settings: Settings
) -> Generator[tuple[_Items, Prepared]]:
    """The items in batches, each with what was prepared of it, in order; gathered ahead by a thread."""
    sizes = {"chunk_tokens": settings.chunk_tokens, "chunk_overlap": settings.chunk_overlap}
    lanes: list[Callable[[], _Lane]] = [lambda: _Lane(embedder, sizes)]
    if type(embedder) is StaticEmbedder:  # a worker knows of no other
        more = (settings.processes or processors()) - 1
        lanes.extend([lambda: _WorkerLane(embedder, sizes)] * more)
    batches = ahead(_batches(stream, lambda: _PIECES_BATCH))
    try:
        yield from in_order(batches, lanes, alone=_WORKERS_FROM)
    finally:
        with contextlib.suppress(ValueError):  # a lane that could not be waited for still uses it
            batches.close()


def _keyless(
    batches: Generator[tuple[_Items, Prepared]],
) -> Generator[tuple[_Items, Prepared, list[bytes]]]:
    """Nothing is kept of vectors that are made as fast as they are found again."""
    with contextlib.closing(batches):
        for items, prepared in batches:
            yield items, prepared, []


class _Lane:
    """Prepares batches in this process."""

    def __init__(self, embedder: PieceEmbedder, sizes: Mapping[str, int]) -> None:
        self._embedder = embedder
        self._sizes = sizes

    def work(self, items: _Items) -> Prepared:
        return self.prepare(_given(items))

    def prepare(self, given: Sequence[Document | Unread]) -> Prepared:
        return prepare(given, self._embedder, **self._sizes)

    def stop(self) -> None:
        """Nothing runs elsewhere."""


class _WorkerLane(_Lane):
    """Prepares batches in a worker, and here once the worker is lost."""

    def __init__(self, embedder: StaticEmbedder, sizes: Mapping[str, int]) -> None:
        super().__init__(embedder, sizes)
        self._stopped = False
        self._worker: Worker | None = None
        with contextlib.suppress(WorkerLostError):
            self._worker = Worker(embedder, **sizes)

    def prepare(self, given: Sequence[Document | Unread]) -> Prepared:
        worker = self._worker
        if worker is not None:
            try:
                return worker.prepare(given)
            except WorkerLostError:
                if self._stopped:
                    raise
                worker.stop()
                self._worker = None
            except WorkerError:
                pass  # what it failed at fails here as well, and is told
        return super().prepare(given)

    def stop(self) -> None:
        """End the worker, whatever it is at."""
        self._stopped = True
        worker = self._worker
        if worker is not None:
            worker.stop()


# ------------------------------------------------------------------ by texts


def _embedded_batches(
    stream: Iterator[Arrival],
    embedder: Embedder,
    settings: Settings,
    writer: Writer,
    meter: _Meter,
) -> Generator[tuple[_Items, Prepared, list[bytes]]]:
    """The items in batches with their vectors, and the keys that the vectors are kept by."""
    size = _BatchSize()
    chunked = (_chunked(items, settings) for items in _batches(stream, lambda: size.characters))
    with contextlib.closing(ahead(chunked)) as batches:
        for items, found, chunks, texts in batches:
            began = time.monotonic()
            keys = [embedding_key(text) for text in texts]
            vectors = _vectors(texts, keys, embedder, writer, meter)
            size.adjust(time.monotonic() - began)
            yield items, Prepared(found, chunks, vectors, None), keys


def _chunked(
    items: _Items, settings: Settings
) -> tuple[_Items, list[Sequence[Found]], list[list[Chunk]], list[str]]:
    found, documents = read(_given(items))
    made = chunk_documents(
        documents, chunk_tokens=settings.chunk_tokens, chunk_overlap=settings.chunk_overlap
    )
    texts = [
        embedded_text(document, chunk)
        for document, chunks in zip(documents, made.chunks, strict=True)
        for chunk in chunks
    ]
    return items, found, made.chunks, texts


def _vectors(
    texts: Sequence[str],
    keys: Sequence[bytes],
    embedder: Embedder,
    writer: Writer,
    meter: _Meter,
) -> NDArray[np.float32]:
    """The unit vectors of texts; those that were embedded before are not again."""
    vectors = np.empty((len(texts), embedder.dimension), np.float32)
    missing: dict[str, list[int]] = {}
    for at, (text, vector) in enumerate(zip(texts, writer.cached_vectors(keys), strict=True)):
        if vector is None:
            missing.setdefault(text, []).append(at)
        else:
            vectors[at] = vector
    if missing:
        fresh = passage_vectors(embedder, list(missing), progress=meter.embedded)
        for vector, places in zip(fresh, missing.values(), strict=True):
            vectors[places] = vector
    return vectors


class _BatchSize:
    """Characters of a batch, fitted to the speed of the model."""

    def __init__(self) -> None:
        self.characters = 2 * _SMALLEST_BATCH

    def adjust(self, seconds: float) -> None:
        """The last batch took so long: aim the next ones at :data:`_BATCH_SECONDS`."""
        wanted = self.characters * _BATCH_SECONDS / max(seconds, 0.1)
        # At most doubled at a time: a batch of known vectors says nothing about the model.
        wanted = min(wanted, 2 * self.characters)
        self.characters = int(min(max(wanted, _SMALLEST_BATCH), _LARGEST_BATCH))


def _given(items: _Items) -> list[Document | Unread]:
    """What is to be prepared among the items."""
    return [
        item.document if isinstance(item, Work) else item
        for item in items
        if isinstance(item, Work | Unread)
    ]


def _weight(item: Arrival) -> int:
    """How long it takes, in characters."""
    if isinstance(item, Work):
        return len(item.document.text)
    if isinstance(item, Unread):
        size = item.file.size
        return size if item.file.source.lower().endswith(_SLOW_KINDS) else size // 2
    return 0


def _batches(stream: Iterator[Arrival], size: Callable[[], int]) -> Iterator[_Items]:
    """The items in batches of about ``size()`` characters."""
    batch: _Items = []
    characters = 0
    for item in stream:
        batch.append(item)
        characters += _weight(item)
        if characters >= size() or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


class _Meter:
    """Tells the reader how far it is and how long it may take."""

    def __init__(self, tally: Tally, progress: Progress | None) -> None:
        self._tally = tally
        self._progress = progress
        self._shown = time.monotonic()

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
        seconds = time.perf_counter() - tally.began
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
