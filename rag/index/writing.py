"""The writer of the embedded store: one thread that compresses, writes and indexes what is put.

The caller's thread reads, cuts and embeds; the writer's thread does the rest meanwhile, so that two
processors are busy. At most some thousand documents wait between them: memory does not grow with the
corpus. Every commit is one transaction of the catalog; the new segment's files are complete before it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import queue
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import SentencePieces
from rag.errors import IndexLockedError, IndexStoreError
from rag.index import catalog, faults
from rag.index.cache import VectorCache
from rag.index.dense import COARSE_FILE, COARSE_FROM, COARSE_SEGMENT_FROM
from rag.index.lock import WriteLock, holder_of, turn_to_write
from rag.index.places import SOURCE_PLACES, Places, settle_places
from rag.index.segments import (
    SEGMENT_ROWS,
    SEGMENTS_FOLDER,
    Gathering,
    Segment,
    SegmentRow,
    add_coarse,
    delete_other_segments,
    delete_segment,
    lexical_text,
    load,
    merge,
    plan_growth,
    plan_tidy,
    read_rows,
    rebuild,
    segment_name,
)
from rag.index.sentences import FILES as SENTENCE_FILES
from rag.index.sentences import sentence_maker
from rag.index.sources import read_source, sound_place
from rag.index.store import BEGUN, Fits, Source
from rag.records import Chunk, Document

__all__ = ["EmbeddedWriter", "is_cut_off", "writing"]

#: A commit also comes after so many seconds, so that a kill costs a slow model little work.
COMMIT_SECONDS = 20.0
#: Changes go to the writer's thread together, up to so many, with so many chunks or after so many
#: seconds: a hand-over, a look at the clock and at the catalog's lock are then paid once for all of them.
#: They are parted before a document or behind a file's mark only, so that what becomes of a file goes
#: with its mark.
_TOGETHER = 512
_TOGETHER_CHUNKS = 2_048
_TOGETHER_SECONDS = 1.0
_MANY = 8_192
_WAITING_BATCHES = 4

FloatArray = npt.NDArray[np.float32]


class _Put(NamedTuple):
    """A document that waits to be written."""

    document: Document
    chunks: Sequence[Chunk]
    vectors: npt.NDArray[np.float16]
    content_hash: str
    keys: bytes | None
    sentences: Sequence[SentencePieces]
    replaces: bool  # there may be one of its id


class _Removal(NamedTuple):
    document_id: str


class _Forgotten(NamedTuple):
    """A file that is no longer to be noted."""

    name: str


_Change = _Put | _Removal | Source | _Forgotten


@contextlib.contextmanager
def writing(folder: Path, *, fits: Fits | None = None) -> Iterator[EmbeddedWriter]:
    """Lock the folder and give its writer; commits and tidies at the end, rolls back on an error.

    ``fits`` is asked as :meth:`rag.index.store.Store.writer` says.
    """
    from rag.index.embedded import LOCK_FILE

    with (
        turn_to_write(folder),
        catalog.translated(folder),
        WriteLock(folder / LOCK_FILE, folder=folder),
    ):
        with contextlib.closing(catalog.connect(folder, read_only=True)) as connection:
            facts = catalog.read_facts(connection, folder)
            catalog.read_next(connection, facts, folder)  # may refuse, before anything is changed
        if fits is not None:
            fits(facts)
        writer = EmbeddedWriter(folder, int(facts["dimension"]))
        try:
            yield writer
            writer.finish()
        finally:
            writer.stop()


class EmbeddedWriter:
    """See :class:`rag.index.store.Writer`. Changes come from one thread; another may look things up."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._connection = catalog.connect(folder, read_only=False)
        self._connection.execute(catalog.SOURCE_ROWS)
        self._connection.execute(SOURCE_PLACES)
        self._places = Places(folder)
        settle_places(self._connection, self._places)
        self._guard = threading.Lock()  # the connection is used by two threads
        self._transaction = _Transaction(folder, self._connection, dimension)
        self._cache = VectorCache(self._connection, dimension)
        self._queue: queue.Queue[tuple[int, Callable[[], None]] | None] = queue.Queue(
            _WAITING_BATCHES
        )
        self._pending: list[_Change] = []  # what is handed over next
        self._putting: set[str] = set()  # documents among it
        self._chunks = 0
        self._since = 0.0
        # What was last done to documents and files, and when; the catalog may not have it yet.
        self._queued: dict[str, tuple[int, str | None]] = {}
        self._marked: dict[str, tuple[int, Source | None]] = {}
        self._sequence = self._done = 0  # of changes that were asked for, and done
        self._failure: BaseException | None = None
        self._committed = time.monotonic()
        # Of an index that was empty all ids that were put: what is not among them is not there, which
        # needs no look into the catalog while the other thread writes.
        empty = self._connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None
        self._fresh: set[str] | None = set() if empty else None
        _delete_orphans(folder, self._connection)
        self._thread = threading.Thread(target=self._work, name="rag-writer", daemon=True)
        self._thread.start()

    def content_hash(self, document_id: str) -> str | None:
        """The hash given when this document was put, or None."""
        self._raise_failure()
        waiting = self._queued.get(document_id)
        if waiting is not None:
            return waiting[1]
        if self._fresh is not None and document_id not in self._fresh:
            return None
        with catalog.translated(self._folder), self._guard:
            found = self._connection.execute(
                "SELECT content_hash FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        return found[0] if found else None

    def source(self, name: str) -> Source | None:
        """What is noted about this file, or None."""
        self._raise_failure()
        waiting = self._marked.get(name)
        if waiting is not None:
            return waiting[1]
        with catalog.translated(self._folder), self._guard:
            found = self._connection.execute(
                "SELECT fingerprint, document_ids, digests, place FROM sources"
                " LEFT JOIN source_rows USING (name) LEFT JOIN source_places USING (name)"
                " WHERE name = ?",
                (name,),
            ).fetchone()
            if found is None:
                return None
            fingerprint, ids, rows, place = found
            noted = read_source(self._connection, name, fingerprint, ids)
        location = self._places.location(sound_place(place))
        return noted._replace(rows=rows or b"", location=location)

    def sources(self) -> Iterator[Source]:
        """All files that are noted."""
        self._raise_failure()
        waiting = dict(self._marked)
        with catalog.translated(self._folder), self._guard:
            found = self._connection.execute(
                "SELECT name, fingerprint, document_ids, place FROM sources"
                " LEFT JOIN source_places USING (name)"
            ).fetchall()
        yield from (one._replace(rows=b"") for _, one in waiting.values() if one is not None)
        for name, fingerprint, ids, place in found:
            if name in waiting:
                continue
            location = self._places.location(sound_place(place))
            # Most files are one document of their own name, which need not be parsed.
            plain = "\\" not in name and '"' not in name
            if plain and ids == f'["{name}"]' and fingerprint != BEGUN:
                yield Source(name, fingerprint, (name,), location=location)
                continue
            with self._guard:
                noted = read_source(self._connection, name, fingerprint, ids)
            yield noted._replace(location=location)

    def cached_vectors(self, keys: Sequence[bytes]) -> list[FloatArray | None]:
        """The vectors of texts that were embedded before, or None for each that was not."""
        self._flush()
        self._wait()
        with catalog.translated(self._folder), self._guard:
            return self._cache.find(keys)

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: FloatArray | npt.NDArray[np.float16],
        *,
        content_hash: str = "",
        keys: Sequence[bytes] | None = None,
        sentences: Sequence[SentencePieces] | None = None,
    ) -> None:
        """Add or replace a document; see :meth:`rag.index.store.Writer.put`."""
        half = np.array(vectors, np.float16)  # a copy: it waits for a while
        if half.shape != (len(chunks), self._dimension):
            raise ValueError(
                f"{document.id}: vectors have the shape {half.shape}, not "
                f"({len(chunks)}, {self._dimension})"
            )
        if keys is not None and len(keys) != len(chunks):
            raise ValueError(f"{document.id}: {len(keys)} keys for {len(chunks)} chunks")
        if sentences is not None and len(sentences) != len(chunks):
            raise ValueError(
                f"{document.id}: sentences of {len(sentences)} chunks, not {len(chunks)}"
            )
        if not np.isfinite(half).all():
            raise ValueError(f"{document.id}: a vector holds NaN or infinity")
        for chunk in chunks:
            if document.text[chunk.start : chunk.end] != chunk.text:
                raise ValueError(
                    f"{document.id}: chunk {chunk.start}..{chunk.end} is not that part of its text"
                )
        packed = None if keys is None else b"".join(key[: VectorCache.KEY_BYTES] for key in keys)
        full = len(self._pending) >= _TOGETHER or self._chunks >= _TOGETHER_CHUNKS
        late = self._pending and time.monotonic() - self._since > _TOGETHER_SECONDS
        if full or late or document.id in self._putting:
            self._flush()
        known = self._fresh is None or document.id in self._fresh
        self._ask(_Put(document, chunks, half, content_hash, packed, sentences or (), known))
        self._putting.add(document.id)
        self._chunks += len(chunks)
        if self._fresh is not None:
            self._fresh.add(document.id)
        self._queued[document.id] = (self._sequence, content_hash)

    def remove(self, document_id: str) -> bool:
        """Remove a document; False when there was none."""
        if self.content_hash(document_id) is None:
            return False
        self._ask(_Removal(document_id))
        self._queued[document_id] = (self._sequence, None)
        return True

    def put_source(self, source: Source) -> None:
        """Note a file."""
        self._ask(source)
        self._marked[source.name] = (self._sequence, source)
        if len(self._pending) >= _MANY:
            self._flush()

    def remove_source(self, name: str) -> None:
        """Forget a file."""
        self._ask(_Forgotten(name))
        self._marked[name] = (self._sequence, None)
        if len(self._pending) >= _MANY:
            self._flush()

    def commit(self) -> int:
        """Make all changes durable and visible; gives the generation."""
        self._send(self._commit)
        self._wait()
        return self._transaction.generation

    def finish(self) -> None:
        """Commit, then merge small segments; the files are then as for an index built at once."""
        self._send(lambda: self._commit(tidy=True))
        self._wait()
        faults.reached("close: before the checkpoint")
        with self._guard, contextlib.suppress(sqlite3.OperationalError):
            # Open readers keep the log's end; it is taken over at the next chance, so do not wait.
            self._connection.execute("PRAGMA busy_timeout=0")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def stop(self) -> None:
        """End the thread; what was not committed is rolled back."""
        if self._failure is None:
            self._failure = IndexStoreError(f"{self._folder}: this writer has ended.")
        self._queue.put(None)
        self._thread.join()
        with self._guard:  # a thread that reads ahead may still look things up
            with contextlib.suppress(sqlite3.Error):
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()

    def _ask(self, change: _Change) -> None:
        """Gather a change for the writer's thread."""
        self._raise_failure()
        if not self._pending:
            self._since = time.monotonic()
        self._pending.append(change)
        self._sequence += 1

    def _flush(self) -> None:
        """Hand over what has gathered, to be done without a commit in between."""
        if not self._pending:
            return
        changes = self._pending
        self._pending, self._putting, self._chunks = [], set(), 0
        self._hand_over(lambda: self._transaction.apply(self._guard, changes, self._cache))
        done = self._done
        if len(self._queued) > _MANY:
            self._queued = {name: one for name, one in self._queued.items() if one[0] > done}
        if len(self._marked) > _MANY:
            self._marked = {name: mark for name, mark in self._marked.items() if mark[0] > done}

    def _send(self, action: Callable[[], None]) -> None:
        """Do this in the writer's thread, after all that came before."""
        self._flush()
        self._hand_over(action)

    def _hand_over(self, action: Callable[[], None]) -> None:
        self._raise_failure()
        self._queue.put((self._sequence, action))

    def _wait(self) -> None:
        """Until all that was sent is done."""
        self._queue.join()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            failure = self._failure
            raise failure

    def _work(self) -> None:
        """The writer's thread: do what is queued until told to end; after a failure only drain."""
        while True:
            sent = self._queue.get()
            try:
                if sent is None:
                    return
                if self._failure is None:
                    number, action = sent
                    action()
                    self._done = number
                    if self._transaction.gathered >= SEGMENT_ROWS or (
                        self._transaction.changed
                        and time.monotonic() - self._committed > COMMIT_SECONDS
                    ):
                        self._commit()
            except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
                self._failure = error
            finally:
                self._queue.task_done()

    def _commit(self, *, tidy: bool = False) -> None:
        self._transaction.commit(self._guard, tidy=tidy)
        self._committed = time.monotonic()


class _Transaction:
    """The changes since the last commit."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, dimension: int) -> None:
        self._folder = folder
        self._connection = connection
        self._dimension = dimension
        self._places = Places(folder)
        self._gathering = Gathering(dimension)
        meta = catalog.read_meta(connection)
        self.generation = int(meta["generation"])
        self._older = int(meta["format"]) < catalog.FORMAT
        self._next = int(meta["next"])
        self._first = self._next
        self._fields = {name for (name,) in connection.execute("SELECT name FROM fields")}
        self._in_rows = {name for (name,) in connection.execute("SELECT name FROM source_rows")}
        self.changed = False

    @property
    def gathered(self) -> int:
        """Chunks that wait for a segment."""
        return self._gathering.rows

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")
            self._must_be_alone()
            if self._older:
                catalog.upgrade(self._connection)
                self._older = False
        self.changed = True

    def _must_be_alone(self) -> None:
        """Check that nobody has committed since: a lock file that is deleted locks out no one.

        Raises:
            IndexLockedError: Another writer has.
        """
        from rag.index.embedded import LOCK_FILE

        if int(catalog.read_meta(self._connection)["generation"]) != self.generation:
            raise IndexLockedError(str(self._folder), holder_of(self._folder / LOCK_FILE))

    def apply(self, guard: threading.Lock, changes: Sequence[_Change], cache: VectorCache) -> None:
        """Make changes; the guard is held only while the connection is used.

        Documents and files are noted apart, so those come first and these after them, each in their
        order.
        """
        files = (Source, _Forgotten)
        ordered: list[_Change] = [one for one in changes if not isinstance(one, files)]
        ordered += [one for one in changes if isinstance(one, files)]
        for kind, group in groupby(ordered, type):
            some: list[Any] = list(group)
            if kind is _Put:
                self.put(guard, some, cache)
                continue
            with guard:
                if kind is Source:
                    self.put_sources(some)
                else:
                    for one in some:
                        if kind is _Removal:
                            self.remove(one.document_id, cache)
                        else:
                            self.remove_source(one.name)

    def put(self, guard: threading.Lock, puts: Sequence[_Put], cache: VectorCache) -> None:
        """Write documents of different ids; the guard is held only while the connection is used."""
        indexed = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        numbers = list(accumulate((max(1, len(one.chunks)) for one in puts), initial=self._next))
        packed = [
            catalog.pack_document(
                number=number,
                document=one.document,
                chunks=one.chunks,
                vectors=one.vectors,
                content_hash=one.content_hash,
                keys=one.keys,
                indexed=indexed,
            )
            for number, one in zip(numbers, puts, strict=False)
        ]
        with guard:
            self._begin()
            faults.reached("put: begun")
            for one in puts:
                if one.replaces:
                    self._delete(one.document.id, cache)
            self._next = numbers[-1]
            catalog.insert_documents(self._connection, packed)
            faults.reached("put: document written")
            new = set().union(*(one.document.metadata for one in puts)) - self._fields
            if new:
                self._connection.executemany(
                    "INSERT OR IGNORE INTO fields VALUES (?)", [(name,) for name in sorted(new)]
                )
                self._fields |= new
            for number, one in zip(numbers, puts, strict=False):
                if one.keys:
                    cache.note(number, one.keys)
        for number, one in zip(numbers, puts, strict=False):
            document = one.document
            texts = [
                lexical_text(document.title, document.published, chunk.heading, chunk.text)
                for chunk in one.chunks
            ]
            self._gathering.add(number, texts, one.vectors, one.sentences)
        faults.reached("put: chunks written")

    def remove(self, document_id: str, cache: VectorCache) -> None:
        self._begin()
        self._delete(document_id, cache)
        faults.reached("remove: document deleted")

    def _delete(self, document_id: str, cache: VectorCache) -> None:
        found = self._connection.execute(
            "SELECT number, characters, passages FROM documents WHERE id = ?", (document_id,)
        ).fetchone()
        if found is None:
            return
        number, characters, passages = found
        cache.keep(number)
        catalog.delete_document(self._connection, number, characters)
        if passages:
            self._connection.execute("INSERT INTO tombstones VALUES (?, ?)", (number, passages))

    def put_sources(self, sources: Sequence[Source]) -> None:
        self._begin()
        self._connection.executemany(
            "INSERT OR REPLACE INTO sources VALUES (?, ?, ?)",
            [(one.name, one.fingerprint, json.dumps(one.document_ids)) for one in sources],
        )
        for source in sources:
            if source.location:
                place = (source.name, self._places.noted(source.location))
                self._connection.execute(
                    "INSERT OR REPLACE INTO source_places VALUES (?, ?)", place
                )
            else:
                self._forget_place(source.name)
            if source.rows:
                self._connection.execute(
                    "INSERT OR REPLACE INTO source_rows VALUES (?, ?)", (source.name, source.rows)
                )
                self._in_rows.add(source.name)
            else:
                self._forget_rows(source.name)

    def remove_source(self, name: str) -> None:
        self._begin()
        self._connection.execute("DELETE FROM sources WHERE name = ?", (name,))
        self._forget_rows(name)
        self._forget_place(name)

    def _forget_place(self, name: str) -> None:
        self._connection.execute("DELETE FROM source_places WHERE name = ?", (name,))

    def _forget_rows(self, name: str) -> None:
        if name in self._in_rows:
            self._connection.execute("DELETE FROM source_rows WHERE name = ?", (name,))
            self._in_rows.discard(name)

    def commit(self, guard: threading.Lock, *, tidy: bool) -> None:
        """Write the new segment, merge what is due, and end the transaction.

        The guard is held only while the connection is used, so that the caller's thread can look
        things up while files are written.
        """
        if not self.changed and not (tidy and self._plan(guard, tidy=True)):
            return
        faults.reached("commit: begun")
        with guard:
            self._begin()
        if self._gathering.rows:
            name = segment_name(self.generation + 1)
            row = self._gathering.write(self._folder, name, self._first, self._next)
            with guard:
                self._insert(row)
            self._first = self._next
        replaced = self._merge_due(guard, tidy=tidy)
        faults.reached("commit: segments noted")
        with guard:
            self.generation += 1
            catalog.write_meta(
                self._connection,
                {"generation": str(self.generation), "next": str(self._next)},
            )
            faults.reached("commit: before the transaction ends")
            self._connection.execute("COMMIT")
            self.changed = False
        faults.reached("commit: after the transaction ended")
        for gone in replaced:
            delete_segment(self._folder, gone)
        faults.reached("commit: old segments deleted")

    def _insert(self, row: SegmentRow) -> None:
        self._connection.execute("INSERT OR REPLACE INTO segments VALUES (?, ?, ?, ?, ?, ?)", row)

    def _plan(self, guard: threading.Lock, *, tidy: bool) -> tuple[int, int] | None:
        with guard:
            rows = read_rows(self._connection)
            dead = [self._dead_passages(row) for row in rows]
        sizes = [row.rows for row in rows]
        return plan_tidy(sizes, dead) if tidy else plan_growth(sizes)

    def _dead_passages(self, row: SegmentRow) -> int:
        return int(
            self._connection.execute(
                "SELECT coalesce(sum(passages), 0) FROM tombstones WHERE number >= ? AND number < ?",
                (row.first, row.last),
            ).fetchone()[0]
        )

    def _merge_due(self, guard: threading.Lock, *, tidy: bool) -> list[str]:
        """Merge as planned, give large segments their coarse index; names that are replaced."""
        replaced: list[str] = []
        while plan := self._plan(guard, tidy=tidy):
            with guard:
                rows = read_rows(self._connection)[plan[0] : plan[1]]
                stones = self._connection.execute(
                    "SELECT number, passages FROM tombstones WHERE number >= ? AND number < ?"
                    " ORDER BY number",
                    (rows[0].first, rows[-1].last),
                ).fetchall()
            numbers, passages = np.array(stones, np.int64).reshape(-1, 2).T
            name = segment_name(self.generation + 1)
            made = self._merged(guard, name, rows, numbers, passages)
            with guard:
                self._connection.executemany(
                    "DELETE FROM segments WHERE name = ?", [(row.name,) for row in rows]
                )
                self._connection.execute(
                    "DELETE FROM tombstones WHERE number >= ? AND number < ?",
                    (rows[0].first, rows[-1].last),
                )
                for row in made:
                    if row.rows:
                        self._insert(row)
            replaced.extend(row.name for row in rows)
            replaced.extend(row.name for row in made if not row.rows)
        if tidy:
            replaced.extend(self._catch_up(guard))
        with guard:
            rows = read_rows(self._connection)
        if tidy and sum(row.rows for row in rows) >= COARSE_FROM:
            for row in rows:
                if row.rows >= COARSE_SEGMENT_FROM and COARSE_FILE not in row.sizes():
                    richer = add_coarse(self._folder, row, self._dimension)
                    with guard:
                        self._insert(richer)
        return replaced

    def _catch_up(self, guard: threading.Lock) -> list[str]:
        """Make anew the segments from before sentences were kept; names that are replaced."""
        with guard, catalog.underived(self._folder):
            rows = [
                row for row in read_rows(self._connection) if SENTENCE_FILES[0] not in row.sizes()
            ]
            if not rows or sentence_maker(self._connection) is None:
                return []
            empty: list[str] = []
            for row in rows:
                self._connection.execute("DELETE FROM segments WHERE name = ?", (row.name,))
                self._connection.execute(
                    "DELETE FROM tombstones WHERE number >= ? AND number < ?", (row.first, row.last)
                )
                name = segment_name(self.generation + 1)
                for made in rebuild(
                    self._connection, self._folder, name, row.first, row.last, self._dimension
                ):
                    if made.rows:
                        self._insert(made)
                    else:
                        empty.append(made.name)
        return [row.name for row in rows] + empty

    def _merged(
        self,
        guard: threading.Lock,
        name: str,
        rows: Sequence[SegmentRow],
        numbers: npt.NDArray[np.int64],
        passages: npt.NDArray[np.int64],
    ) -> list[SegmentRow]:
        try:
            segments = [Segment(self._folder, row, self._dimension) for row in rows]
        except (OSError, ValueError):  # damaged since the index was opened
            with guard, catalog.underived(self._folder):
                return rebuild(
                    self._connection,
                    self._folder,
                    name,
                    rows[0].first,
                    rows[-1].last,
                    self._dimension,
                )
        dead = [load(segment, numbers, passages).dead for segment in segments]
        return [merge(self._folder, name, segments, dead, self._dimension)]


def _delete_orphans(folder: Path, connection: sqlite3.Connection) -> None:
    """Delete what a writer left that died before its commit."""
    known = {row.name for row in read_rows(connection)}
    delete_other_segments(folder, known)
    for name in (catalog.REPAIR_FOLDER, catalog.REEMBED_FOLDER):
        if is_cut_off(folder / name):
            shutil.rmtree(folder / name, ignore_errors=True)


def is_cut_off(fresh: Path) -> bool:
    """Whether a folder holds an index that was being made, and nothing else."""
    return fresh.is_dir() and all(
        path.name in (SEGMENTS_FOLDER, "write.lock") or path.name.startswith(catalog.CATALOG_FILE)
        for path in fresh.iterdir()
    )
