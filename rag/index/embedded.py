"""The default store: a folder with a catalog and the segments derived from it, searched by FAISS and BM25.

    DIR/catalog.sqlite     the truth: documents, chunks, vectors (see rag.index.catalog)
    DIR/segments/NAME/     FAISS and lexical files of a range of chunks (see rag.index.segments)
    DIR/write.lock         names the writer at work

Opening maps files and reads a handful of rows. A view begins a read transaction, so that every row it
reads is of the generation its segments belong to.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import threading
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from rag.embedding.identity import must_match
from rag.embedding.protocol import SentencePieces
from rag.errors import (
    DocumentNotFoundError,
    IndexCorruptError,
    IndexLockedError,
    IndexModelMismatchError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
    QueryError,
)
from rag.forks import never_freed, renewed_when_forked
from rag.index import catalog
from rag.index.catalog import CATALOG_FILE, REEMBED_FOLDER, REPAIR_FOLDER, DocumentRow
from rag.index.filters import Scalar, to_sql
from rag.index.generation import Generation, LexicalQuery, Masks
from rag.index.lock import WriteLock
from rag.index.memory import CatalogMemory
from rag.index.segments import (
    SEGMENTS_FOLDER,
    Segment,
    load,
    read_rows,
    rebuild,
    segment_name,
)
from rag.index.sources import read_source
from rag.index.store import Finding, Fits, Hits, Source, StoredChunk, Where, Writer
from rag.index.terms import key_of, terms
from rag.records import Document, DocumentInfo

__all__ = [
    "DAMAGED_FILE",
    "LOCK_FILE",
    "RECORDS",
    "EmbeddedStore",
    "EmbeddedView",
    "build_again",
    "must_be_catalog",
    "open_store",
    "prepared",
]

LOCK_FILE = "write.lock"
#: What a repair keeps of a damaged catalog; a second one has ``-2`` behind.
DAMAGED_FILE = f"{CATALOG_FILE}.damaged"
#: What others keep beside an index, and none of it can be made anew: files that were uploaded, opinions of
#: answers, tokens that were paid for.
RECORDS = ("uploads", "feedback.jsonl", "llm-tokens.jsonl")
FloatArray = npt.NDArray[np.float32]
IdArray = npt.NDArray[np.int64]


def open_store(
    path: str | Path,
    *,
    model: str | None = None,
    dimension: int | None = None,
    create: bool = True,
    read_only: bool = False,
    chunk_tokens: int | None = None,
    chunk_overlap: int | None = None,
) -> EmbeddedStore:
    """Open the index in a folder, or make an empty one.

    Args:
        path: The folder.
        model: Name of the embedding model; None to take what the index says.
        dimension: Length of its vectors; needed with ``model`` for a new index.
        create: Make a new index where there is none.
        read_only: Change nothing, not even to mend derived files.
        chunk_tokens: Setting noted in a new index; an index made with another one is opened all the
            same, and :attr:`EmbeddedStore.facts` tells.
        chunk_overlap: As ``chunk_tokens``.

    Raises:
        NotAnIndexError: The folder holds something else, or nothing while ``create`` is false.
        IndexModelMismatchError: Built with another model.
        IndexFormatError: Written by a newer version.
        IndexCorruptError: The catalog is damaged.
        IndexReadOnlyError, StorageFullError: A new index cannot be made here.
    """
    folder = Path(path)
    with catalog.translated(folder):
        made = prepared(folder, create=create and not read_only)
        if made and model is not None and dimension is not None:
            meta = {"model": model, "dimension": str(dimension)}
            if chunk_tokens is not None:
                from rag.chunking import RULES

                meta |= {"chunk_tokens": str(chunk_tokens), "chunk_rules": str(RULES)}
            if chunk_overlap is not None:
                meta["chunk_overlap"] = str(chunk_overlap)
            _make(folder, meta)
        elif made and not (folder / CATALOG_FILE).exists():
            raise NotAnIndexError(f"{folder}: there is no index yet. Make one: rag index PATH")
        store = EmbeddedStore(folder, read_only=read_only)
    wanted = (model or store.model, dimension or store.dimension)
    try:
        must_match(folder, (store.model, store.dimension), wanted)
    except IndexModelMismatchError:
        store.close()
        raise
    return store


def prepared(folder: Path, *, create: bool) -> bool:
    """Whether an index must be made here; nothing is written, and the catalog not opened.

    Raises:
        NotAnIndexError: Something else is here, or nothing while ``create`` is false.
        IndexCorruptError: The catalog is empty, but stands beside what was derived from one.
    """
    if (folder / CATALOG_FILE).is_file():
        size = (folder / CATALOG_FILE).stat().st_size
        if not size:  # before SQLite looks at it, which deletes the log of an empty file
            _must_be_new(folder)
        # One page or none: its making may have been cut off.
        return size <= 4096 and create
    if folder.exists() and not folder.is_dir():
        raise NotAnIndexError(
            f"{folder} is a file, not an index folder. Name a folder: --index DIR"
        )
    strangers = (
        sorted(
            path.name
            for path in folder.iterdir()
            if path.name not in _OURS and not path.name.startswith(DAMAGED_FILE)
        )
        if folder.is_dir()
        else []
    )
    if strangers:
        raise NotAnIndexError(
            f"{folder} is not an index: it holds {strangers[0]!r} and no {CATALOG_FILE}. "
            "Name another folder with --index DIR."
        )
    if not create:
        raise NotAnIndexError(
            f"{folder}: there is no index. Make one: rag index PATH --index {folder}"
        )
    return True


_OURS = {
    LOCK_FILE,
    SEGMENTS_FOLDER,
    REPAIR_FOLDER,
    REEMBED_FOLDER,
    *RECORDS,
    "README.md",
    ".gitignore",
    *(f"{CATALOG_FILE}-{suffix}" for suffix in ("journal", "wal", "shm")),
}


def _make(folder: Path, meta: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    known = (folder / CATALOG_FILE).exists()  # one that was deleted is begun anew
    with contextlib.closing(catalog.connect(folder, read_only=False)) as connection:
        if known and not _tables(connection):
            _must_be_new(folder)
        catalog.create(connection, meta)


class EmbeddedStore:
    """An open index folder; made by :func:`open_store`. Implements :class:`rag.index.store.Store`.

    Attributes:
        path: The folder.
        model: The embedding model's name.
        dimension: Length of the vectors.
        facts: All that the catalog notes about itself, as text.
    """

    def __init__(self, folder: Path, *, read_only: bool) -> None:
        self.path = folder
        self._read_only = read_only
        self._lock = threading.Lock()
        self._closed = False
        self._memory = CatalogMemory(self._identity_now())
        self._mended: list[Finding] = []
        self._temporary: tuple[Path, weakref.finalize[Any, Any]] | None = None
        renewed_when_forked(self, EmbeddedStore._begin_anew)
        with self._connection() as (connection, _):
            must_be_catalog(connection, folder)
            self.facts = catalog.read_facts(connection, folder)
            version = int(self.facts["format"])
        if version < catalog.READS_FROM:
            self._migrate()
        self._take_facts(self.facts)
        with self.view():
            pass  # opens the segments, and mends them where needed

    def _begin_anew(self) -> None:
        """In a forked process: begin another memory, with locks and connections of its own."""
        if self._temporary is not None:  # the parent deletes it
            self._temporary[1].detach()
            self._temporary = None
        never_freed(self._memory)
        self._lock = threading.Lock()
        self._memory = CatalogMemory(self._memory.identity)

    def _take_facts(self, facts: dict[str, str]) -> None:
        self.facts = facts
        self.model = facts["model"]
        self.dimension = int(facts["dimension"])

    def _migrate(self) -> None:
        if self._read_only:
            raise IndexReadOnlyError(
                f"{self.path} has an older format and must be brought up to date first: open it "
                "once where it can be written, for instance with: rag doctor"
            )
        with (
            WriteLock(self.path / LOCK_FILE, folder=self.path),
            contextlib.closing(catalog.connect(self.path, read_only=False)) as connection,
        ):
            was = catalog.migrate(connection, self.path)
            self.facts = catalog.read_meta(connection)
        self._mended.append(
            Finding(
                level="repaired",
                subject="format",
                message=f"brought from format {was} to {catalog.FORMAT}",
            )
        )

    @contextlib.contextmanager
    def _connection(self) -> Iterator[tuple[sqlite3.Connection, CatalogMemory]]:
        """A connection of the pool, given back afterwards, and the memory of the catalog it reads."""
        connection, memory = self._connected()
        process = os.getpid()
        try:
            yield connection, memory
            _must_be_valid(connection)
        except (sqlite3.Error, IndexCorruptError):
            _must_be_valid(connection)  # a change looks like damage
            raise
        finally:
            if os.getpid() == process:
                self._give_back(connection, memory)
            else:
                never_freed(connection)

    def _give_back(self, connection: sqlite3.Connection, memory: CatalogMemory) -> None:
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        unlocked = isinstance(connection, catalog.UnlockedConnection)
        with self._lock:
            keep = not self._closed and memory is self._memory and not unlocked
            if keep:
                memory.idle.append(connection)
        if not keep:
            connection.close()

    def _connected(self) -> tuple[sqlite3.Connection, CatalogMemory]:
        while True:
            with self._lock:
                self._must_be_open()
                identity = self._identity_now()
                if identity != self._memory.identity:
                    self._forget(identity)
                memory = self._memory
                if memory.idle:
                    return memory.idle.pop(), memory
            connection = catalog.connect(self.path, read_only=True)
            if self._identity_now() == identity:
                return connection, memory
            connection.close()  # another catalog took the place between the two: ask again

    def _must_be_open(self) -> None:
        if self._closed:
            raise IndexStoreError(f"{self.path}: this store was closed. Open it again.")

    def _identity_now(self) -> tuple[int, int]:
        try:
            found = (self.path / CATALOG_FILE).stat()
        except FileNotFoundError as error:
            raise NotAnIndexError(
                f"{self.path}: the catalog has gone. Make an index: rag index PATH"
            ) from error
        return found.st_dev, found.st_ino

    def _forget(self, identity: tuple[int, int]) -> None:
        """Another catalog took the place of the one known so far (it was repaired or re-embedded)."""
        for connection in self._memory.idle:
            connection.close()
        self._memory = CatalogMemory(identity)

    @property
    def generation(self) -> int:
        """The last committed generation."""
        with catalog.translated(self.path), self._connection() as (connection, _):
            return _number(connection, self.path)

    @contextlib.contextmanager
    def view(self) -> Iterator[EmbeddedView]:
        """The last committed generation."""
        with catalog.translated(self.path), self._connection() as (connection, memory):
            generation = self._current(connection, memory)
            yield EmbeddedView(self.path, connection, memory, generation)

    def _current(self, connection: sqlite3.Connection, memory: CatalogMemory) -> Generation:
        """Begin a read transaction and give the generation in memory that belongs to it."""
        for attempt in range(4):
            connection.execute("BEGIN")
            number = _number(connection, self.path)
            generation = memory.generation
            if generation is not None and generation.number == number:
                return generation
            try:
                return self._load(connection, memory, number)
            except (OSError, ValueError) as error:
                connection.execute("ROLLBACK")
                # Another commit may have merged the files away since; if not, they are damaged.
                if attempt and not self._mend(str(error)):
                    return self._load_privately(connection, memory)
        raise IndexStoreError(
            f"{self.path}: its files change faster than they can be opened. Try again."
        )

    def _load(
        self, connection: sqlite3.Connection, memory: CatalogMemory, number: int
    ) -> Generation:
        facts = catalog.read_facts(connection, self.path)  # a newer program may have written since
        with self._lock:
            memory.facts = facts
            if memory is self._memory:
                self._take_facts(facts)
        opened = dict(memory.segments)
        parts = []
        numbers, passages = _tombstones(connection)
        for row in read_rows(connection):
            segment = opened.get(row.name)
            if segment is None or segment.row != row:
                segment = Segment(self.path, row, memory.dimension)
            parts.append(load(segment, numbers, passages))
        generation = Generation(number, parts)
        memory.take(generation, {part.segment.row.name: part.segment for part in parts})
        return generation

    def _mend(self, reason: str) -> bool:
        """Make damaged segments anew; False where this process may not write."""
        if self._read_only:
            return False
        from rag.index.checking import mend_segments

        try:
            with WriteLock(self.path / LOCK_FILE, folder=self.path):
                self._mended.extend(mend_segments(self.path, self.dimension, reason))
        except (IndexLockedError, IndexReadOnlyError):
            return False
        return True

    def _load_privately(self, connection: sqlite3.Connection, memory: CatalogMemory) -> Generation:
        """Make damaged segments anew in a temporary folder, for this process alone."""
        import tempfile

        connection.execute("BEGIN")
        number = _number(connection, self.path)
        if self._temporary is None:
            made = Path(tempfile.mkdtemp(prefix="rag-index-"))
            delete = weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
            self._temporary = made, delete
        root, _ = self._temporary
        parts = []
        numbers, passages = _tombstones(connection)
        for row in read_rows(connection):
            try:
                parts.append(load(Segment(self.path, row, memory.dimension), numbers, passages))
            except (OSError, ValueError):
                name = segment_name(number)
                with catalog.underived(self.path):
                    rebuilt = rebuild(connection, root, name, row.first, row.last, memory.dimension)
                parts.extend(
                    load(Segment(root, again, memory.dimension), numbers, passages)
                    for again in rebuilt
                )
        generation = Generation(number, parts)
        memory.take(generation, {})
        return generation

    def writer(self, *, fits: Fits | None = None) -> AbstractContextManager[Writer]:
        """The writer; see :class:`rag.index.store.Store`. Threads of this process take turns."""
        self._must_be_open()
        if self._read_only:
            raise IndexReadOnlyError(
                f"{self.path} was opened for reading only. Open it without read_only to change it."
            )
        from rag.index.writing import writing

        return writing(self.path, fits=fits)

    def check(self) -> list[Finding]:
        """A thorough check; derived files that are wrong are made anew on the way."""
        from rag.index.checking import check

        with self._lock:
            mended, self._mended = self._mended, []
        return [*mended, *check(self, may_write=not self._read_only)]

    def snapshot(self, path: str) -> None:
        """Copy the last commit, and what is kept beside it, to a new folder; opening it is restoring it."""
        from rag.index.copying import copy

        self._must_be_open()
        copy(self.path, Path(path))

    def close(self) -> None:
        """Release files and memory."""
        with self._lock:
            self._closed = True
            self._forget(self._memory.identity)
            temporary, self._temporary = self._temporary, None
        if temporary is not None:
            _, delete = temporary
            delete()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def must_be_catalog(connection: sqlite3.Connection, folder: Path) -> None:
    """Refuse an empty SQLite file and one of something else.

    Raises:
        NotAnIndexError: It is one.
        IndexCorruptError: It is empty, but stands beside what was derived from one that was not.
    """
    tables = _tables(connection)
    if not tables:
        _must_be_new(folder)
        raise NotAnIndexError(f"{folder}: there is no index yet. Make one: rag index PATH")
    if not {"meta", "documents"} <= tables:
        raise NotAnIndexError(
            f"{folder / CATALOG_FILE} is an SQLite file of something else. Name another folder with "
            "--index DIR."
        )


def _must_be_valid(connection: sqlite3.Connection) -> None:
    if isinstance(connection, catalog.UnlockedConnection):
        connection.must_be_valid()


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _must_be_new(folder: Path) -> None:
    """Refuse a catalog without tables where there was another one: a new one has no segments yet.

    Raises:
        IndexCorruptError: Segments stand beside it.
    """
    segments = folder / SEGMENTS_FOLDER
    if segments.is_dir() and any(path.is_dir() for path in segments.iterdir()):
        raise IndexCorruptError(
            f"{folder / CATALOG_FILE} is empty, but {SEGMENTS_FOLDER} beside it holds what was made from its "
            "documents, which are lost. Put a copy in its place (rag snapshot makes one), or "
            f"{build_again(folder)}"
        )


def build_again(folder: Path) -> str:
    """What to do where nothing can be saved, as the end of a sentence."""
    return (
        f"move {folder / CATALOG_FILE}* and {folder / SEGMENTS_FOLDER} to another place and build the index "
        f"again: rag index PATH --index {folder}"
    )


def _number(connection: sqlite3.Connection, folder: Path) -> int:
    """The last committed generation."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'generation'").fetchone()
    try:
        return int(row[0])
    except (TypeError, ValueError):
        raise catalog.damaged(folder, "its note of generation is missing or wrong") from None


def _tombstones(connection: sqlite3.Connection) -> tuple[IdArray, IdArray]:
    found = np.array(
        connection.execute("SELECT number, passages FROM tombstones ORDER BY number").fetchall(),
        np.int64,
    ).reshape(-1, 2)
    return found[:, 0], found[:, 1]


_DOCUMENT = f"SELECT {', '.join(DocumentRow._fields)} FROM documents"  # noqa: S608
_ELDER = "SELECT id FROM documents WHERE text_hash = ? AND number < ? ORDER BY number LIMIT 1"


_CHUNKED = (
    "SELECT d.number, d.id, d.source, d.title, d.published, d.metadata, d.characters, d.passages,"
    " c.spans, c.headings FROM documents d JOIN chunks c ON c.number = d.number"
)


#: Of the last documents that a view was asked about it keeps the chunks' spans and headings.
_DOCUMENTS_KEPT = 16


class _Chunked(NamedTuple):
    """A document without its text, with the spans of its chunks."""

    number: int
    id: str
    source: str
    title: str | None
    published: str | None
    metadata: str
    characters: int
    passages: int
    spans: IdArray
    headings: list[str | None]  # none at all where no chunk has one


class EmbeddedView:
    """One generation of an embedded store; see :class:`rag.index.store.View`."""

    def __init__(
        self,
        folder: Path,
        connection: sqlite3.Connection,
        memory: CatalogMemory,
        generation: Generation,
    ) -> None:
        self._folder = folder
        self._connection = connection
        self._memory = memory
        self._generation = generation
        self._pages: dict[tuple[int, int], str] = {}
        self._documents: deque[_Chunked] = deque(maxlen=_DOCUMENTS_KEPT)
        self._asked: tuple[str, LexicalQuery] | None = None

    @property
    def generation(self) -> int:
        """Number of the commit."""
        return self._generation.number

    @property
    def model(self) -> str:
        """Name of the model that made the vectors of this very commit."""
        return self._memory.facts["model"]

    @property
    def passages(self) -> int:
        """Number of chunks."""
        return self._generation.collection.rows

    @property
    def kind(self) -> str:
        """Which dense index serves and why."""
        return self._generation.kind

    def dense_search(self, vector: FloatArray, k: int, where: Where | None = None) -> Hits:
        """The best chunks by cosine."""
        _check_k(k)
        return self._generation.dense_search(self._checked(vector), k, self._masks(where))

    def lexical_search(self, query: str, k: int, where: Where | None = None) -> Hits:
        """The best chunks by BM25."""
        _check_k(k)
        return self._lexical(query).search(k, self._masks(where))

    def dense_scores(self, vector: FloatArray, ids: Sequence[int] | IdArray) -> FloatArray:
        """Cosines of these chunks."""
        return self._generation.dense_scores(self._checked(vector), np.asarray(ids, np.int64))

    def lexical_scores(self, query: str, ids: Sequence[int] | IdArray) -> FloatArray:
        """BM25 of these chunks."""
        return self._lexical(query).scores(np.asarray(ids, np.int64))

    def coverage(self, query: str, ids: Sequence[int] | IdArray) -> FloatArray:
        """How much of the query these chunks hold."""
        return self._lexical(query).coverage(np.asarray(ids, np.int64))

    def idf(self, terms: Sequence[str]) -> FloatArray:
        """Inverse document frequencies."""
        keys = [key_of(term) for term in terms]
        found = self._generation.lexical(dict.fromkeys(keys, 1)).frequencies
        idf = self._generation.collection.idf
        return np.array([idf(found.get(key, 0)) for key in keys], np.float32)

    def vectors(self, ids: Sequence[int] | IdArray) -> FloatArray:
        """Vectors of these chunks."""
        return self._generation.vectors(np.asarray(ids, np.int64), self._memory.dimension)

    def sentences(self, ids: Sequence[int] | IdArray) -> tuple[SentencePieces, IdArray]:
        """The sentences of these chunks in pieces."""
        return self._generation.sentences(np.asarray(ids, np.int64))

    def chunks(self, ids: Sequence[int] | IdArray) -> list[StoredChunk]:
        """The chunks of these ids."""
        asked = [int(number) for number in ids]
        self._generation.must_hold(np.array(asked, np.int64))
        found = self._memory.remembered(asked)
        fresh: dict[int, StoredChunk] = {}
        for number in sorted(set(asked) - set(found)):
            document = self._chunked_around(number)
            fresh[number] = self._chunk(document, number - document.number)
        self._memory.remember(fresh)
        found |= fresh
        return [found[number] for number in asked]

    def documents(self, where: Where | None = None) -> Iterator[DocumentInfo]:
        """All documents that pass the filter, oldest first."""
        condition = "1"
        parameters: list[Scalar] = []
        if where:
            fields = [name for (name,) in self._connection.execute("SELECT name FROM fields")]
            condition, parameters = to_sql(where, fields)
        rows = self._connection.execute(
            f"{_DOCUMENT} WHERE {condition} ORDER BY number",
            parameters,
        )
        for row in map(DocumentRow._make, rows):
            elder = None
            if row.characters:
                elder = self._connection.execute(_ELDER, (row.text_hash, row.number)).fetchone()
            yield row.info(elder[0] if elder else None)

    def document(self, document_id: str) -> Document:
        """The document with its text."""
        row = self._named(document_id)
        return Document(
            id=row.id,
            source=row.source,
            text=catalog.read_text(self._connection, row.number, row.characters),
            title=row.title,
            published=row.published,
            language=row.language,
            metadata=json.loads(row.metadata),
        )

    def document_chunks(self, document_id: str) -> list[StoredChunk]:
        """All chunks of one document."""
        row = self._named(document_id)
        if not row.passages:
            return []
        document = self._chunked("d.number = ?", row.number)
        return [self._chunk(document, position) for position in range(row.passages)]

    def sources(self) -> Iterator[Source]:
        """The files noted."""
        rows = self._connection.execute(
            "SELECT name, fingerprint, document_ids FROM sources ORDER BY name"
        )
        for name, fingerprint, ids in rows:
            yield read_source(self._connection, name, fingerprint, ids)

    def _lexical(self, query: str) -> LexicalQuery:
        """The query, kept for the next call: a question is first searched and then scored."""
        if self._asked is None or self._asked[0] != query:
            self._asked = (query, self._generation.lexical(_counts(query)))
        return self._asked[1]

    def _masks(self, where: Where | None) -> Masks | None:
        if not where:
            return None
        return self._memory.masks(self._connection, self._generation, where)

    def _checked(self, vector: FloatArray) -> FloatArray:
        array = np.ascontiguousarray(vector, np.float32)
        if array.shape != (self._memory.dimension,):
            raise QueryError(
                f"The query vector has the shape {array.shape}, the index holds vectors of "
                f"{self._memory.dimension}: use the index's model {self._memory.facts['model']!r}."
            )
        return array

    def _row(self, condition: str, *parameters: Any) -> DocumentRow | None:
        found = self._connection.execute(f"{_DOCUMENT} WHERE {condition}", parameters).fetchone()
        return DocumentRow._make(found) if found else None

    def _named(self, document_id: str) -> DocumentRow:
        row = self._row("id = ?", document_id)
        if row is None:
            raise DocumentNotFoundError(
                f"No document {document_id!r} in {self._folder}. List them: rag documents"
            )
        return row

    def _chunked_around(self, number: int) -> _Chunked:
        """The document that has this chunk: those of a question are asked for one by one."""
        for known in self._documents:
            if known.number <= number < known.number + known.passages:
                return known
        found = self._chunked("d.number <= ? ORDER BY d.number DESC LIMIT 1", number)
        self._documents.appendleft(found)
        return found

    def _chunked(self, condition: str, *parameters: Any) -> _Chunked:
        """A document's row with its chunks' spans; the vectors stay unread."""
        found = self._connection.execute(f"{_CHUNKED} WHERE {condition}", parameters).fetchone()
        if found is None or len(found[8]) != found[7] * 24:
            raise IndexCorruptError(
                f"{self._folder}: the chunks of a document are damaged. See what is lost, and how "
                "to mend it: rag doctor"
            )
        spans = np.frombuffer(found[8], np.int64).reshape(-1, 3)
        # Once for all chunks: a document may have a hundred thousand.
        headings = json.loads(found[9]) if found[9] else []
        return _Chunked._make((*found[:8], spans, headings))

    def _chunk(self, document: _Chunked, position: int) -> StoredChunk:
        start, end, _ = document.spans[position].tolist()

        def page(number: int) -> str:
            key = (document.number, number)
            if key not in self._pages:
                self._pages[key] = catalog.read_page(self._connection, *key)
            return self._pages[key]

        return StoredChunk(
            id=document.number + position,
            document_id=document.id,
            source=document.source,
            title=document.title,
            published=document.published,
            start=start,
            end=end,
            text=catalog.chunk_text(page, start, end),
            heading=document.headings[position] if document.headings else None,
            position=position,
            metadata=json.loads(document.metadata),
        )


def _check_k(k: int) -> None:
    if isinstance(k, bool) or not isinstance(k, (int, np.integer)) or k < 1:
        raise QueryError(f"k={k!r}: must be a whole number of at least 1.")


@lru_cache(maxsize=64)
def _counts(query: str) -> dict[int, int]:
    """Key to count of the query's terms; one question asks for it several times."""
    counts: dict[int, int] = {}
    for term in terms(query):
        key = key_of(term)
        counts[key] = counts.get(key, 0) + 1
    return counts
