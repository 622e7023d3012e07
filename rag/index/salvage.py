"""What can still be read of a damaged catalog, and which documents are lost.

A damaged page spoils what lies on it and no more, but SQLite ends a reading there, and a wrong number on it
can lead a reading past what lies behind. So a catalog with any damage is read number by number, and each
table tells of documents that another cannot tell of: what is lost is counted, and named where its source can
still be read.
"""

from __future__ import annotations

import contextlib
import sqlite3
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice
from typing import Any, NamedTuple

from rag.errors import IndexCorruptError
from rag.index import catalog
from rag.index.catalog import DocumentRow

__all__ = ["Salvaged", "dimension_of", "documents", "from_both_ends"]

_DOCUMENTS = f"SELECT {', '.join(DocumentRow._fields)} FROM documents"  # noqa: S608
_CHUNKS = "SELECT number, NULL FROM chunks"
_SOURCES = "SELECT number, source FROM documents INDEXED BY documents_by_source"
_ENDS = (
    "SELECT value FROM meta WHERE key = 'next'",
    "SELECT max(number) + 1 FROM documents",
    "SELECT max(number) + 1 FROM chunks",
)
#: Numbers that are tried one by one. A spoilt largest number must not make this endless; what lies behind is
#: found where another table tells of it.
_TRIED = 10_000_000


class Salvaged(NamedTuple):
    """A document that is known of.

    Attributes:
        source: Its source, or its number in words where that is all that is known.
        row: None where it cannot be read in full or its checksum is wrong: it is lost.
    """

    source: str
    row: DocumentRow | None


#: Documents that tell the length of their vectors.
_ASKED = 1_000


def dimension_of(connection: sqlite3.Connection) -> int | None:
    """The length of the vectors by what whole documents hold, whatever is noted; None if none tells."""
    whole = (row for _, row in documents(connection, None) if row is not None and row.passages > 0)
    found: Counter[int] = Counter()
    for row in islice(whole, _ASKED):
        size = _looked_up(
            connection, "SELECT length(vectors) FROM chunks WHERE number = ?", row.number
        )
        found[size[0] // (2 * row.passages)] += 1
    return found.most_common(1)[0][0] if found else None


def documents(connection: sqlite3.Connection, dimension: int | None) -> Iterator[Salvaged]:
    """All documents that are known of; text and chunks of those that are not lost can be read, too.

    Without a dimension vectors may have any length.
    """
    whole = array("q")  # numbers, ascending
    intact = True
    try:
        for values in connection.execute(f"{_DOCUMENTS} ORDER BY number"):
            row = DocumentRow._make(values)
            ascending = not whole or row.number > whole[-1]
            if ascending and _is_whole(connection, row, dimension):
                whole.append(row.number)
                yield Salvaged(row.source, row)
            else:
                intact = False
    except sqlite3.DatabaseError:
        intact = False
    others = {
        number: _named(source, number)
        for query, key in ((_CHUNKS, "number"), (_SOURCES, "source"))
        for number, source in from_both_ends(connection, query, key)
        if 0 < number < catalog.LIMIT and not _holds(whole, number)
    }
    if others or not intact:
        yield from _by_number(connection, dimension, whole, others)


def _by_number(
    connection: sqlite3.Connection, dimension: int | None, whole: array[int], others: dict[int, str]
) -> Iterator[Salvaged]:
    """The documents that are not among the ``whole`` ones, ``others`` being known by name."""
    end = _end(connection)
    for number in chain(range(1, end), sorted(other for other in others if other >= end)):
        if _holds(whole, number):
            continue
        found = _looked_up(connection, f"{_DOCUMENTS} WHERE number = ?", number)
        if found:
            row = DocumentRow._make(found)
            kept = row if _is_whole(connection, row, dimension) else None
            yield Salvaged(_named(row.source, number), kept)
        elif number in others or _looked_up(connection, f"{_CHUNKS} WHERE number = ?", number):
            yield Salvaged(_named(others.get(number), number), None)


def _named(source: Any, number: int) -> str:
    return source if isinstance(source, str) else f"document number {number}"


def _looked_up(connection: sqlite3.Connection, query: str, number: int) -> Any:
    try:
        return connection.execute(query, (number,)).fetchone()
    except sqlite3.DatabaseError:
        return None


def from_both_ends(connection: sqlite3.Connection, query: str, key: str) -> Iterator[Any]:
    """Rows in the order of a key: up to the damage, then from the last one down to it.

    Where there is damage the same row may come twice.
    """
    for order in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.DatabaseError):
            yield from connection.execute(f"{query} ORDER BY {key} {order}")
            return


def _end(connection: sqlite3.Connection) -> int:
    """A number above all that were given, as far as can be told and tried."""
    for query in _ENDS:
        with contextlib.suppress(sqlite3.DatabaseError, TypeError, ValueError):
            return min(int(connection.execute(query).fetchone()[0]), _TRIED)
    return 0


def _holds(ascending: array[int], number: int) -> bool:
    place = bisect_left(ascending, number)
    return place < len(ascending) and ascending[place] == number


def _is_whole(connection: sqlite3.Connection, row: DocumentRow, dimension: int | None) -> bool:
    if not 0 < row.number < catalog.LIMIT:
        return False
    try:
        text = catalog.read_text(connection, row.number, row.characters)
        spans, headings, vectors = connection.execute(
            "SELECT spans, headings, vectors FROM chunks WHERE number = ?", (row.number,)
        ).fetchone()
        length = dimension or len(vectors) // (2 * max(row.passages, 1))
        catalog.read_chunks(connection, row.number, row.passages, length)
        found = catalog.document_checksum(row[:-1], text, spans, headings, vectors)
    except (sqlite3.DatabaseError, IndexCorruptError, AttributeError, TypeError, ValueError):
        return False  # also where a value is of another type than was written
    return found == row.checksum
