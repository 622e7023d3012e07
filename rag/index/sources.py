"""What the catalog notes of the files that it was made from, read with care.

The notes have no checksum. One that cannot be understood costs no document: the file counts as one to be read
again, its documents are told by their source, and where it lies is unknown.
"""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from rag.index.store import BEGUN, INCOMPLETE, Source

__all__ = ["document_ids", "own_documents", "read_source", "sound_place"]


def document_ids(noted: Any) -> tuple[str, ...] | None:
    """The ids in a column of ``sources``, a JSON list of texts; None where it is something else."""
    try:
        ids = json.loads(noted)
    except (TypeError, ValueError, RecursionError):
        return None
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        return None
    return tuple(ids)


def own_documents(connection: sqlite3.Connection, name: str) -> tuple[str, ...]:
    """Ids of the documents that were read from this file: the one of its name, or its rows, ``NAME#n``."""
    rows = connection.execute("SELECT id FROM documents WHERE source = ? ORDER BY number", (name,))
    return tuple(one for (one,) in rows if one == name or one.startswith(f"{name}#"))


def read_source(connection: sqlite3.Connection, name: str, fingerprint: str, ids: Any) -> Source:
    """A row of ``sources``."""
    found = document_ids(ids)
    if found is None:
        return Source(name, INCOMPLETE, own_documents(connection, name))
    if fingerprint == BEGUN:
        found = tuple(dict.fromkeys((*found, *own_documents(connection, name))))
    return Source(name, fingerprint, found)


def sound_place(place: Any) -> bytes | None:
    """A column of ``source_places``; None where it can be no place of a file."""
    return place if isinstance(place, bytes) and b"\0" not in place else None
