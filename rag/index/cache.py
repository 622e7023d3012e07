"""Vectors found again by the text that was embedded, so that no text is embedded twice."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["VectorCache", "embedding_key"]

FloatArray = npt.NDArray[np.float32]


def embedding_key(text: str) -> bytes:
    """Sixteen bytes that stand for a text as it is embedded, headers and prompts included."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


class VectorCache:
    """Key to vector, over all documents of a catalog.

    The catalog stores the first eight bytes of each chunk's key beside its vector. The table from key to
    chunk is made in memory when it is first asked for: sixteen bytes a chunk.
    """

    KEY_BYTES = 8
    _KEPT_CHUNKS = 50_000
    _LOOSE_CHUNKS = 4_096

    def __init__(self, connection: sqlite3.Connection, dimension: int) -> None:
        self._connection = connection
        self._dimension = dimension
        self._keys: npt.NDArray[np.uint64] | None = None
        self._chunks = np.empty(0, np.int64)
        self._loose: dict[int, int] = {}
        self._kept: dict[int, npt.NDArray[np.float16]] = {}

    def find(self, keys: Sequence[bytes]) -> list[FloatArray | None]:
        """For each key the unit vector (d,), or None."""
        self._load()
        found: list[FloatArray | None] = []
        for key in keys:
            number = int.from_bytes(key[: self.KEY_BYTES], "little")
            vector = self._vector(number)
            if vector is None and number in self._kept:
                vector = self._kept[number]
            found.append(None if vector is None else vector.astype(np.float32))
        return found

    def note(self, number: int, keys: bytes) -> None:
        """A document was written with these keys, joined, from chunk ``number`` on."""
        if self._keys is None:
            return  # it is in the catalog, and found there when the table is made
        for position, key in enumerate(np.frombuffer(keys, np.uint64).tolist()):
            self._loose[key] = number + position
        if len(self._loose) > max(self._LOOSE_CHUNKS, len(self._keys) // 8):
            self._settle()

    def keep(self, number: int) -> None:
        """A document is about to be deleted: its vectors stay known for a while."""
        row = self._connection.execute(
            "SELECT keys, vectors FROM chunks WHERE number = ?", (number,)
        ).fetchone()
        if row and row[0] and len(self._kept) < self._KEPT_CHUNKS:
            vectors = np.frombuffer(row[1], np.float16).reshape(-1, self._dimension)
            self._kept.update(zip(np.frombuffer(row[0], np.uint64).tolist(), vectors, strict=True))

    def _vector(self, key: int) -> npt.NDArray[np.float16] | None:
        assert self._keys is not None
        chunk = self._loose.get(key)
        if chunk is None and len(self._keys):
            place = int(np.searchsorted(self._keys, np.uint64(key)))
            if place < len(self._keys) and int(self._keys[place]) == key:
                chunk = int(self._chunks[place])
        if chunk is None:
            return None
        row = self._connection.execute(
            "SELECT number, keys, vectors FROM chunks WHERE number <= ?"
            " ORDER BY number DESC LIMIT 1",
            (chunk,),
        ).fetchone()
        if row is None or not row[1]:
            return None
        position = chunk - row[0]
        keys = np.frombuffer(row[1], np.uint64)
        if position >= len(keys) or int(keys[position]) != key:
            return None  # its document is gone
        vectors = np.frombuffer(row[2], np.float16).reshape(-1, self._dimension)
        return np.asarray(vectors[position])

    def _load(self) -> None:
        if self._keys is not None:
            return
        keys: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
        chunks: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
        for number, packed in self._connection.execute(
            "SELECT number, keys FROM chunks WHERE keys IS NOT NULL"
        ):
            some = np.frombuffer(packed, np.uint64)
            keys.append(some)
            chunks.append(np.arange(number, number + len(some)))
        self._keys, self._chunks = np.concatenate(keys), np.concatenate(chunks)
        self._sort()

    def _settle(self) -> None:
        assert self._keys is not None
        self._keys = np.append(self._keys, np.array(list(self._loose), np.uint64))
        self._chunks = np.append(self._chunks, np.array(list(self._loose.values()), np.int64))
        self._loose = {}
        self._sort()

    def _sort(self) -> None:
        assert self._keys is not None
        # The newest chunk of a key comes last among equals, and the search finds the first: turn round.
        order = np.argsort(self._keys[::-1], kind="stable")
        order = len(self._keys) - 1 - order
        self._keys, self._chunks = self._keys[order], self._chunks[order]
