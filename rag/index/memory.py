"""What a store keeps in memory of one catalog file, shared by its threads.

A re-embed or a repair puts another catalog in the file's place, and that one uses the numbers of chunks
again. The store then begins another memory, while a view goes on with the one it began with: nothing read
from one catalog is ever given out as another's.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

import numpy as np

from rag.index.filters import to_sql
from rag.index.generation import Generation, Masks
from rag.index.segments import Segment
from rag.index.store import StoredChunk, Where

__all__ = ["CatalogMemory"]

_CHUNKS = 8_192
_MASKS = 32


class CatalogMemory:
    """All that is remembered of the catalog with this identity.

    Attributes:
        identity: Device and inode of the file.
        facts: What the catalog notes about itself; empty until a generation is loaded.
        idle: Connections to the file that nobody uses.
        generation: The newest one loaded.
        segments: Its segments by name.
    """

    def __init__(self, identity: tuple[int, int]) -> None:
        self.identity = identity
        self.facts: dict[str, str] = {}
        self.idle: list[sqlite3.Connection] = []
        self.generation: Generation | None = None
        self.segments: dict[str, Segment] = {}
        self._masks: OrderedDict[tuple[int, str], Masks] = OrderedDict()
        self._chunks: OrderedDict[int, StoredChunk] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def dimension(self) -> int:
        """Length of the vectors."""
        return int(self.facts["dimension"])

    def take(self, generation: Generation, segments: Mapping[str, Segment]) -> None:
        """A generation was loaded; it is kept unless a newer one is known."""
        with self._lock:
            if self.generation is None or self.generation.number <= generation.number:
                self.generation = generation
                self.segments = dict(segments)
                self._masks.clear()

    def masks(self, connection: sqlite3.Connection, generation: Generation, where: Where) -> Masks:
        """The rows that a filter lets through, kept for the next query with the same filter."""
        fields = [name for (name,) in connection.execute("SELECT name FROM fields")]
        condition, parameters = to_sql(where, fields)
        key = (generation.number, json.dumps([condition, parameters], default=repr))
        with self._lock:
            if key in self._masks:
                self._masks.move_to_end(key)
                return self._masks[key]
        found = np.array(
            connection.execute(
                f"SELECT number, passages FROM documents WHERE {condition} ORDER BY number",  # noqa: S608
                parameters,
            ).fetchall(),
            np.int64,
        ).reshape(-1, 2)
        masks = generation.masks(found[:, 0], found[:, 1])
        with self._lock:
            self._masks[key] = masks
            while len(self._masks) > _MASKS:
                self._masks.popitem(last=False)
        return masks

    def remembered(self, ids: Sequence[int]) -> dict[int, StoredChunk]:
        """Those of these chunks that were read lately. One catalog never uses a number again."""
        with self._lock:
            return {number: self._chunks[number] for number in ids if number in self._chunks}

    def remember(self, chunks: Mapping[int, StoredChunk]) -> None:
        """Keep some thousands of chunks at hand for the next queries."""
        with self._lock:
            self._chunks.update(chunks)
            while len(self._chunks) > _CHUNKS:
                self._chunks.popitem(last=False)
