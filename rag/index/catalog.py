"""The catalog: one SQLite file that holds everything the index is made of.

Documents with their texts, chunks as spans, vectors, and which derived segments stand for which chunks.
It alone decides what is true: a commit is one SQLite transaction, and the derived files of a segment are
complete before the transaction that names them. Whatever else is lost is made anew from here.

A document's ``number`` is the id of its first chunk; its chunks have the numbers that follow. Numbers are
never used twice. Texts are kept in pages of 65,536 characters, so that a passage of a very long document
is read without the rest; compressed, or as UTF-16 where a character takes three bytes otherwise: for
news that is a quarter larger and written in a twentieth of the time. Vectors are half-precision floats, one
blob a document.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.errors import (
    IndexCorruptError,
    IndexFormatError,
    IndexLockedError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
    StorageFullError,
)
from rag.records import Chunk, Document, DocumentInfo

__all__ = [
    "CATALOG_FILE",
    "FORMAT",
    "LIMIT",
    "MIGRATIONS",
    "READS_FROM",
    "REEMBED_FOLDER",
    "REPAIR_FOLDER",
    "SOURCE_ROWS",
    "DocumentRow",
    "UnlockedConnection",
    "as_json",
    "check_format",
    "chunk_text",
    "connect",
    "create",
    "damaged",
    "delete_document",
    "document_checksum",
    "first_free",
    "insert_documents",
    "migrate",
    "read_facts",
    "read_meta",
    "read_next",
    "text_or_bytes",
    "translated",
    "underived",
    "upgrade",
    "write_meta",
    "wrong_facts",
]

CATALOG_FILE = "catalog.sqlite"

#: Folders inside an index's own where another catalog is made that will take the place of this one.
REPAIR_FOLDER, REEMBED_FOLDER = "repair", "reembed"

#: Version of the format that this code writes. Raise it with a change of the tables or of the derived
#: files, and add to MIGRATIONS the step that leads from the version before.
#: 2: pages of text may be UTF-16.
FORMAT = 2

#: Oldest format that this code reads as it is: it becomes the current one with the first change.
READS_FROM = 1

#: Format version to the function that turns it into the next one, inside a transaction.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {1: lambda _: None}

PAGE = 1 << 16
_PAGE_BITS = 16
#: Bytes of UTF-8 a character above which a page is kept as UTF-16.
_DENSE_SCRIPT = 2.25

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL,
    title TEXT,
    published TEXT,
    language TEXT,
    metadata TEXT NOT NULL,
    characters INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    indexed TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    checksum INTEGER NOT NULL
);
CREATE INDEX documents_by_text ON documents (text_hash);
CREATE INDEX documents_by_source ON documents (source);
CREATE TABLE texts (page INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE chunks (
    number INTEGER PRIMARY KEY,
    spans BLOB NOT NULL,
    headings TEXT NOT NULL,
    keys BLOB,
    vectors BLOB NOT NULL
);
CREATE TABLE fields (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE sources (
    name TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, document_ids TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE segments (
    name TEXT PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    terms INTEGER NOT NULL,
    files TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tombstones (number INTEGER PRIMARY KEY, passages INTEGER NOT NULL);
"""

#: Digests of the rows of files that hold many documents: which of them a changed file left alone. Made by
#: the first writer of an index from before, and never missed by a reader.
SOURCE_ROWS = """
CREATE TABLE IF NOT EXISTS source_rows (
    name TEXT PRIMARY KEY, digests BLOB NOT NULL
) WITHOUT ROWID
"""


@contextlib.contextmanager
def translated(folder: Path) -> Iterator[None]:
    """SQLite's and the system's errors as ours, with the folder and the next step."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(error, folder) from error
    except OSError as error:
        import errno

        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise _full(folder) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise _read_only(folder, error.strerror) from error
        raise


def _full(folder: Path) -> StorageFullError:
    return StorageFullError(
        f"{folder}: no space left on the disk; all finished commits are safe. Free some space and "
        "run the same command again: it goes on from the last commit."
    )


def _read_only(folder: Path, reason: str | None) -> IndexReadOnlyError:
    return IndexReadOnlyError(
        f"{folder} cannot be written ({reason}). Give the folder write permission, or copy it to a "
        "place that can be written."
    )


def _translate(error: sqlite3.Error, folder: Path) -> IndexStoreError:
    code = getattr(error, "sqlite_errorcode", 0) or 0
    text = str(error)
    if code & 0xFF == sqlite3.SQLITE_FULL or code in _WRITE_FAULTS:
        return _full(folder)
    if code & 0xFF == sqlite3.SQLITE_READONLY:
        return _read_only(folder, text)
    if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexLockedError(str(folder), None)
    if code & 0xFF == sqlite3.SQLITE_NOTADB:
        return NotAnIndexError(
            f"{folder / CATALOG_FILE} is not an index catalog. Name another folder with --index."
        )
    # The module, not SQLite, tells that a text is no UTF-8, and gives no code.
    undecodable = not code and "decode to UTF-8" in text
    if undecodable or code & 0xFF in (
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_ERROR,
        sqlite3.SQLITE_IOERR,
    ):
        return damaged(folder, text)
    if (
        code & 0xFF == sqlite3.SQLITE_CANTOPEN
        and _has_log(folder)
        and not os.access(folder, os.W_OK)
    ):
        return IndexReadOnlyError(
            f"{folder} was left by a writer that did not end, and its last changes can only be read "
            "where the folder can be written. Copy it to such a place, or give it write permission."
        )
    return IndexStoreError(f"{folder}: the catalog cannot be used ({text}).")


def _has_log(folder: Path) -> bool:
    log = folder / f"{CATALOG_FILE}-wal"
    return log.exists() and log.stat().st_size > 0


@contextlib.contextmanager
def underived(folder: Path) -> Iterator[None]:
    """A document that is damaged as the error that says why derived files cannot be made anew."""
    try:
        yield
    except IndexCorruptError as error:
        fact = str(error).partition(". ")[0]
        raise damaged(folder, f"derived files cannot be made anew: {fact}") from error


def damaged(folder: Path, reason: str) -> IndexCorruptError:
    """The error that tells how to save what can be read."""
    return IndexCorruptError(
        f"{folder / CATALOG_FILE} is damaged ({reason}). What can be read is saved by: "
        f"rag doctor --repair --index {folder}"
    )


_WRITE_FAULTS = (
    sqlite3.SQLITE_IOERR_WRITE,
    sqlite3.SQLITE_IOERR_FSYNC,
    sqlite3.SQLITE_IOERR_TRUNCATE,
    sqlite3.SQLITE_IOERR_SHMSIZE,
)


class UnlockedConnection(sqlite3.Connection):
    """One that takes no lock and sees no later change: where no file can be made, nothing else reads.

    Another user, or another machine, may well be able to write: it serves one view, which must end before
    the file changes.
    """

    path: Path
    state: tuple[int, int, int]

    @staticmethod
    def state_of(path: Path) -> tuple[int, int, int]:
        """What changes with a file: inode, size and time."""
        status = path.stat()
        return status.st_ino, status.st_size, status.st_mtime_ns

    def must_be_valid(self) -> None:
        """Check that the file has not changed under this connection.

        Raises:
            IndexStoreError: It has; what was read may be of two states.
        """
        if self.state_of(self.path) != self.state:
            raise IndexStoreError(
                f"{self.path.parent} was changed while it was read, and cannot be locked from here. Try again."
            )


def connect(folder: Path, *, read_only: bool) -> sqlite3.Connection:
    """A connection to the catalog of this folder, usable from any thread, one at a time."""
    path = folder / CATALOG_FILE
    if read_only:
        connection = _connect_reading(path)
    else:
        connection = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        # A checkpoint every 16 MB instead of 4: large commits rewrite the same pages less often.
        connection.execute("PRAGMA wal_autocheckpoint=4000")
    connection.execute("PRAGMA cache_size=-16000")
    return connection


def _connect_reading(path: Path) -> sqlite3.Connection:
    from urllib.parse import quote

    name = f"file:{quote(os.fsencode(path.absolute()))}"
    try:
        connection = sqlite3.connect(
            f"{name}?mode=ro", uri=True, isolation_level=None, check_same_thread=False, timeout=30
        )
        connection.execute("SELECT 1 FROM meta").fetchone()
    except sqlite3.OperationalError:
        # Write-ahead logging needs a shared-memory file; where none can be made, and no writer left
        # a log behind, the file by itself is whole.
        if not path.exists():
            raise
        state = UnlockedConnection.state_of(path)
        if _has_log(path.parent):
            raise
        unlocked = sqlite3.connect(
            f"{name}?immutable=1",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            factory=UnlockedConnection,
        )
        unlocked.path, unlocked.state = path, state
        return unlocked
    return connection


def text_or_bytes(data: bytes) -> str | bytes:
    """A ``text_factory`` by which a damaged text ends no reading: what is no UTF-8 stays bytes."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


def create(connection: sqlite3.Connection, meta: Mapping[str, str]) -> None:
    """Make the tables of an empty catalog, in one transaction; nothing when they stand."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Whatever tables stand are left alone: another process was first, or it is something else.
        if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            for statement in _SCHEMA.split(";"):
                if statement.strip():
                    connection.execute(statement)
            write_meta(
                connection,
                {"format": str(FORMAT), "generation": "0", "next": "1", **meta},
            )
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def migrate(connection: sqlite3.Connection, folder: Path) -> int:
    """Bring an older catalog to the current format, in one transaction; gives the version it had.

    Raises:
        IndexFormatError: It is newer than this code, or too old for any known step.
    """
    version = int(read_meta(connection)["format"])
    check_format(version, folder)
    if version < FORMAT:
        connection.execute("BEGIN IMMEDIATE")
        try:
            upgrade(connection)
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
    return version


def upgrade(connection: sqlite3.Connection) -> None:
    """The steps of :func:`migrate`, within the caller's transaction."""
    for step in range(int(read_meta(connection)["format"]), FORMAT):
        MIGRATIONS[step](connection)
    write_meta(connection, {"format": str(FORMAT)})


def check_format(version: int, folder: Path) -> None:
    """Refuse what this code cannot read.

    Raises:
        IndexFormatError: The format is newer, or older than any known step of migration.
    """
    if version > FORMAT:
        raise IndexFormatError(
            f"{folder} has index format {version}, this rag reads up to {FORMAT}. Update rag, or "
            "build a new index from the sources with --index DIR."
        )
    if any(step not in MIGRATIONS for step in range(version, FORMAT)):
        raise IndexFormatError(
            f"{folder} has index format {version}, too old for this rag. Build it again: rag index"
        )


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """All of the catalog's facts about itself."""
    return dict(connection.execute("SELECT key, value FROM meta"))


#: The facts that are whole numbers, and the least that each can be.
_NUMBERS = {"format": 1, "dimension": 1, "generation": 0, "next": 1}
#: Above any number of a chunk: the pages of a document's text have its number times 65,536.
LIMIT = 1 << 47


def wrong_facts(meta: Mapping[str, Any]) -> list[str]:
    """Names of the facts that no index can be used without, and that are missing or cannot be."""
    wrong = [] if isinstance(meta.get("model"), str) else ["model"]
    for name, least in _NUMBERS.items():
        value = meta.get(name)
        written = isinstance(value, str) and value.isascii() and value.isdecimal()
        if not written or len(str(value)) > len(str(LIMIT)) or not least <= int(str(value)) < LIMIT:
            wrong.append(name)
    return wrong


def read_facts(connection: sqlite3.Connection, folder: Path) -> dict[str, str]:
    """The facts of :func:`read_meta`, looked over: those that a reader needs can be relied on.

    Raises:
        IndexFormatError: As :func:`check_format`.
        IndexCorruptError: One is missing, or no number where it must be one.
    """
    meta = read_meta(connection)
    wrong = [name for name in wrong_facts(meta) if name != "next"]
    if "format" not in wrong:
        check_format(int(meta["format"]), folder)
    if wrong:
        raise damaged(folder, f"its note of {', '.join(wrong)} is missing or wrong")
    return meta


def first_free(connection: sqlite3.Connection) -> int:
    """The least number above all that documents and segments have."""
    ends = (
        "SELECT number + max(passages, 1) FROM documents ORDER BY number DESC LIMIT 1",
        "SELECT number + max(passages, 1) FROM tombstones ORDER BY number DESC LIMIT 1",
        "SELECT max(last) FROM segments WHERE typeof(last) = 'integer'",
    )
    found = [connection.execute(query).fetchone() for query in ends]
    return max([1, *(int(row[0]) for row in found if row and row[0] is not None)])


def read_next(connection: sqlite3.Connection, meta: Mapping[str, str], folder: Path) -> int:
    """The number that the next chunk will have.

    Raises:
        IndexCorruptError: It is not noted, or was given already.
    """
    if "next" in wrong_facts(meta) or int(meta["next"]) < first_free(connection):
        raise damaged(folder, "its note of next is missing or wrong")
    return int(meta["next"])


def write_meta(connection: sqlite3.Connection, values: Mapping[str, str]) -> None:
    """Set some of them."""
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", list(values.items()))


class DocumentRow(NamedTuple):
    """A row of ``documents``; see :class:`rag.records.DocumentInfo` for the meanings."""

    number: int
    id: str
    source: str
    title: str | None
    published: str | None
    language: str | None
    metadata: str
    characters: int
    passages: int
    indexed: str
    content_hash: str
    text_hash: bytes
    checksum: int

    def info(self, duplicate_of: str | None = None) -> DocumentInfo:
        """The record that listings show."""
        return DocumentInfo(
            id=self.id,
            source=self.source,
            title=self.title,
            published=self.published,
            language=self.language,
            characters=self.characters,
            passages=self.passages,
            indexed=self.indexed,
            metadata=json.loads(self.metadata),
            duplicate_of=duplicate_of,
        )


class ChunkRow(NamedTuple):
    """A row of ``chunks`` unpacked.

    *Shapes:* ``spans`` (n, 3) int64: start, end, tokens; ``vectors`` (n, d) float16.
    """

    spans: npt.NDArray[np.int64]
    headings: list[str | None]
    vectors: npt.NDArray[np.float16]
    keys: bytes | None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _packed_page(text: str, raw: bytes) -> bytes:
    """A page, of which ``raw`` is the UTF-8, with a letter before it that tells how it is kept."""
    if len(raw) > _DENSE_SCRIPT * len(text) and not _repeats(raw):
        with contextlib.suppress(UnicodeEncodeError):  # a lone surrogate
            return b"u" + text.encode("utf-16-le")
    small = zlib.compress(raw, 1)
    return b"z" + small if len(small) < len(raw) else b"r" + raw


def _repeats(raw: bytes) -> bool:
    """Whether a long text says the same over and over, and compresses accordingly."""
    some = raw[: 1 << 14]
    return len(raw) >= 1 << 14 and len(zlib.compress(some, 1)) * 4 < len(some)


def _unpacked_page(data: bytes) -> str:
    if data[:1] == b"u":
        return data[1:].decode("utf-16-le")
    raw = zlib.decompress(data[1:]) if data[:1] == b"z" else data[1:]
    return raw.decode("utf-8", "surrogatepass")


#: Metadata as they are stored. NaN and infinity, which SQLite does not take for JSON, raise ValueError.
as_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True, allow_nan=False).encode


def _headings_json(headings: Sequence[str | None]) -> str:
    return json.dumps(headings, ensure_ascii=True) if any(headings) else ""


def document_checksum(
    row: Sequence[Any], text: str | bytes, spans: bytes, headings: str, vectors: bytes
) -> int:
    """CRC-32 over everything that a document is: ``row`` without its checksum, text, chunks, vectors."""
    value = zlib.crc32(repr(tuple(row)).encode("utf-8", "surrogatepass"))
    raw = text if isinstance(text, bytes) else _encoded(text)
    for part in (raw, spans, headings.encode(), vectors):
        value = zlib.crc32(part, value)
    return value


class PackedDocument(NamedTuple):
    """The rows of a document, ready to be written."""

    document: tuple[Any, ...]
    texts: list[tuple[int, bytes]]
    chunks: tuple[Any, ...]


def pack_document(
    *,
    number: int,
    document: Document,
    chunks: Sequence[Chunk],
    vectors: npt.NDArray[np.float16],
    content_hash: str,
    keys: bytes | None,
    indexed: str,
) -> PackedDocument:
    """A document, its text, chunks and vectors as rows: all the work that needs no connection."""
    text = document.text
    raw = _encoded(text)
    text_hash = hashlib.blake2b(raw, digest_size=16).digest()
    try:
        metadata = as_json(dict(document.metadata))
    except (TypeError, ValueError) as error:
        raise ValueError(f"{document.id}: its metadata cannot be kept as JSON ({error})") from error
    row = (
        number,
        document.id,
        document.source,
        document.title,
        document.published,
        document.language,
        metadata,
        len(text),
        len(chunks),
        indexed,
        content_hash,
        text_hash,
    )
    spans = np.array(
        [(chunk.start, chunk.end, chunk.tokens) for chunk in chunks], np.int64
    ).tobytes()
    headings = _headings_json([chunk.heading for chunk in chunks])
    packed = vectors.tobytes()
    check = document_checksum(row, raw, spans, headings, packed)
    pages = [
        (
            (number << _PAGE_BITS) + page,
            _packed_page(part, raw if len(text) <= PAGE else _encoded(part)),
        )
        for page, part in enumerate(
            text[first : first + PAGE] for first in range(0, len(text), PAGE)
        )
    ]
    return PackedDocument((*row, check), pages, (number, spans, headings, keys, packed))


def insert_documents(connection: sqlite3.Connection, packed: Sequence[PackedDocument]) -> None:
    """Write documents with their texts, chunks and vectors; no other may have an id of theirs."""
    connection.executemany(
        "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [one.document for one in packed],
    )
    connection.executemany(
        "INSERT INTO texts VALUES (?, ?)", [page for one in packed for page in one.texts]
    )
    connection.executemany(
        "INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", [one.chunks for one in packed]
    )


def delete_document(connection: sqlite3.Connection, number: int, characters: int) -> None:
    """Delete a document with its text, chunks and vectors."""
    first = number << _PAGE_BITS
    pages = -(-characters // PAGE)
    connection.execute("DELETE FROM texts WHERE page >= ? AND page < ?", (first, first + pages))
    connection.execute("DELETE FROM chunks WHERE number = ?", (number,))
    connection.execute("DELETE FROM documents WHERE number = ?", (number,))


def read_text(connection: sqlite3.Connection, number: int, characters: int) -> str:
    """The whole text of a document."""
    return "".join(read_page(connection, number, page) for page in range(-(-characters // PAGE)))


def read_page(connection: sqlite3.Connection, number: int, page: int) -> str:
    """One page of a document's text.

    Raises:
        IndexCorruptError: It is missing or cannot be unpacked.
    """
    found = connection.execute(
        "SELECT data FROM texts WHERE page = ?", ((number << _PAGE_BITS) + page,)
    ).fetchone()
    try:
        if found is None:
            raise ValueError("it is missing")
        return _unpacked_page(found[0])
    except (zlib.error, ValueError) as error:
        raise IndexCorruptError(
            f"The text of document number {number} cannot be read ({error}). See what is lost, and "
            "how to mend it: rag doctor"
        ) from error


def chunk_text(page: Callable[[int], str], start: int, end: int) -> str:
    """Characters ``start`` to below ``end`` of a text whose pages the function gives."""
    first, last = start // PAGE, (end - 1) // PAGE
    joined = "".join(page(number) for number in range(first, last + 1))
    return joined[start - first * PAGE : end - first * PAGE]


def read_chunks(
    connection: sqlite3.Connection, number: int, passages: int, dimension: int
) -> ChunkRow:
    """The chunks of a document.

    Raises:
        IndexCorruptError: They are missing or of another size than the document says.
    """
    found = connection.execute(
        "SELECT spans, headings, vectors, keys FROM chunks WHERE number = ?", (number,)
    ).fetchone()
    if found is None or len(found[0]) != passages * 24 or len(found[2]) != passages * dimension * 2:
        raise IndexCorruptError(
            f"The chunks of document number {number} are damaged. See what is lost, and how to mend "
            "it: rag doctor"
        )
    return ChunkRow(
        np.frombuffer(found[0], np.int64).reshape(passages, 3),
        json.loads(found[1]) if found[1] else [None] * passages,
        np.frombuffer(found[2], np.float16).reshape(passages, dimension),
        found[3],
    )
