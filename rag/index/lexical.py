"""Postings of one segment on disk, and BM25 over them.

A segment holds the terms of some ten to a million chunks, called rows here. Its files:

* ``keys.npy`` (t,) uint64: the term keys, ascending;
* ``starts.npy`` (t + 1,): where each term's postings begin;
* ``postings.npy`` (p,) uint32: ``row << 4 | min(count, 15)``, rows ascending within a term;
* ``peaks.npy`` (t,) uint8: the largest ``f / (f + length norm)`` among a term's postings, in 255ths;
* ``lengths.npy`` (n,) uint32: terms of each row.

All are mapped, so opening costs nothing and memory is the kernel's cache. Why our own and not an engine:
filters and deletions inside the search, exact scores of any given chunk for the fusion, the same scores
however the rows are spread over segments, and no dependency; at 100,000 passages it answers in the same
time as the engines (``evals/speed``).

BM25 as in Robertson and Zaragoza (2009), equation 3.15, with Lucene's idf:
``sum of ln(1 + (N - df + 0.5) / (df + 0.5)) * f (k1 + 1) / (f + k1 (1 - b + b length / mean length))``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.index.arrays import forget, map_array, write_array, write_pieces
from rag.index.terms import KEY_BITS, TermKeys

__all__ = [
    "COUNT_BITS",
    "FILES",
    "K1",
    "MOST",
    "Collection",
    "Postings",
    "QueryTerm",
    "merge_postings",
    "write_postings",
]

FILES = ("keys.npy", "starts.npy", "postings.npy", "peaks.npy", "lengths.npy")

K1, B = 1.2, 0.75  # within half a point of the best of eight settings on Chinese, Thai and Arabic
COUNT_BITS = 4
MOST = (1 << COUNT_BITS) - 1
MAX_ROWS = 1 << (32 - COUNT_BITS)
_ROW_BITS = 64 - KEY_BITS
MAX_NEW_ROWS = 1 << _ROW_BITS
_BUCKET_BITS = 16
_FEW_PAIRS = 500_000  # sorted sooner than SciPy is imported

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float32]


def write_postings(folder: Path, found: Sequence[TermKeys], rows: int) -> None:
    """Write the files of a new segment.

    Args:
        folder: Where.
        found: Term keys with the rows as owners; at most :data:`MAX_NEW_ROWS` rows in all.
        rows: Number of rows, those without terms included.
    """
    parts = [
        (keys << np.uint64(_ROW_BITS)) | owners.astype(np.uint64) for keys, owners in found
    ] or [np.empty(0, np.uint64)]
    joined = _gathered_by_term(np.concatenate(parts))
    del parts
    lengths = np.bincount(
        np.concatenate([np.empty(0, np.int64), *(owners for _, owners in found)]), minlength=rows
    ).astype(np.uint32)
    joined.sort(kind="stable")
    firsts = _firsts(joined)
    counts = np.minimum(np.diff(firsts, append=len(joined)), MOST)
    pairs = joined[firsts]
    del joined
    terms = pairs >> np.uint64(_ROW_BITS)
    postings = (pairs.astype(np.uint32) & np.uint32(MAX_NEW_ROWS - 1)) << np.uint32(COUNT_BITS)
    postings |= counts.astype(np.uint32)
    starts = _firsts(terms)
    peaks = _peaks(postings, starts, lengths)
    write_array(folder / "keys.npy", terms[starts])
    write_array(folder / "starts.npy", np.append(starts, len(terms)).astype(np.uint32))
    write_array(folder / "postings.npy", postings)
    write_array(folder / "peaks.npy", peaks)
    write_array(folder / "lengths.npy", lengths)


def _gathered_by_term(
    pairs: npt.NDArray[np.uint64],
) -> npt.NDArray[np.uint64]:
    """The pairs brought near their sorted places, so that a sort that knows runs has little to do.

    A counting sort by the first bits, which SciPy has as the turning of a matrix of one row. Both
    together take a quarter of the time of NumPy's quicksort where its vector instructions are slow,
    and about the same where they are not.
    """
    if len(pairs) < _FEW_PAIRS:
        return pairs
    from scipy.sparse import csr_array

    first = (pairs >> np.uint64(64 - _BUCKET_BITS)).astype(np.int32)
    row = csr_array((pairs, first, [0, len(pairs)]), shape=(1, 1 << _BUCKET_BITS))
    turned: npt.NDArray[np.uint64] = row.tocsc().data
    return turned


def _firsts(values: Array) -> npt.NDArray[np.int64]:
    """Where each run of equal values begins."""
    first = np.ones(len(values), np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return np.flatnonzero(first)


def _mean(lengths: Array) -> float:
    return float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0


def _norms(lengths: Array, mean_length: float) -> FloatArray:
    """``k1 (1 - b + b length / mean length)``, (n,)."""
    ratio = K1 * B / max(mean_length, 1e-9)
    return (lengths * np.float32(ratio) + np.float32(K1 * (1 - B))).astype(np.float32)


def _peaks(postings: Array, starts: Array, lengths: Array) -> npt.NDArray[np.uint8]:
    """For each term the largest share of ``k1 + 1`` that a posting can score, rounded up to 255ths."""
    if not len(starts):
        return np.empty(0, np.uint8)
    counts = (postings & np.uint32(MOST)).astype(np.float32)
    norms = _norms(lengths, _mean(lengths))[postings >> np.uint32(COUNT_BITS)]
    shares = np.maximum.reduceat(counts / (counts + norms), starts)
    return np.minimum(np.ceil(shares * 255.0 + 0.01), 255).astype(np.uint8)


def merge_postings(
    folder: Path, segments: Sequence[Postings], new_rows: Sequence[npt.NDArray[np.int64]]
) -> None:
    """Write the files of one segment with the rows of several; memory stays bounded.

    Args:
        folder: Where.
        segments: In the order of their rows.
        new_rows: For each segment the new row of each old row, or -1 where it is gone; rising over all.
    """
    lengths = np.concatenate(
        [
            np.asarray(segment.lengths)[rows >= 0]
            for segment, rows in zip(segments, new_rows, strict=True)
        ]
    )
    lengths = lengths.astype(np.uint32)
    keys: list[Array] = []
    totals: list[Array] = []
    peaks: list[Array] = []

    def pieces() -> Iterator[Array]:
        for low, high in _key_ranges(segments):
            merged = _merge_range(segments, new_rows, lengths, low, high)
            keys.append(merged[0])
            totals.append(merged[1])
            peaks.append(merged[2])
            yield merged[3]
            # What was merged would stay in memory, twice the size of the index at the end.
            forget(*(segment.postings for segment in segments))

    write_pieces(folder / "postings.npy", pieces(), np.uint32)
    starts = np.concatenate([[0], np.cumsum(np.concatenate([[], *totals]))]).astype(np.uint64)
    small = starts[-1] < 1 << 32
    write_array(folder / "keys.npy", np.concatenate([np.empty(0, np.uint64), *keys]))
    write_array(folder / "starts.npy", starts.astype(np.uint32) if small else starts)
    write_array(folder / "peaks.npy", np.concatenate([np.empty(0, np.uint8), *peaks]))
    write_array(folder / "lengths.npy", lengths.astype(np.uint32))


_RANGE_POSTINGS = 1 << 22


def _key_ranges(segments: Sequence[Postings]) -> Iterator[tuple[int, int]]:
    """Ranges of keys, ``low`` included and ``high`` not, of some four million postings together."""
    largest = max(segments, key=lambda segment: segment.size)
    share = max(1.0, sum(segment.size for segment in segments) / max(1, largest.size))
    marks = np.arange(_RANGE_POSTINGS / share, largest.size, _RANGE_POSTINGS / share)
    places = np.searchsorted(largest.starts, marks.astype(largest.starts.dtype), "right")
    places = np.minimum(places, len(largest.keys) - 1)
    lows = sorted({0, *(int(key) for key in largest.keys[places])})
    yield from pairwise([*lows, 1 << KEY_BITS])


def _merge_range(
    segments: Sequence[Postings],
    new_rows: Sequence[npt.NDArray[np.int64]],
    lengths: Array,
    low: int,
    high: int,
) -> tuple[Array, Array, Array, Array]:
    """(keys, postings per key, peaks, postings) of the keys from ``low`` to below ``high``."""
    slices: list[tuple[Array, Array, Array]] = []
    for segment, rows in zip(segments, new_rows, strict=True):
        first, last = np.searchsorted(segment.keys, np.array([low, high], np.uint64))
        starts = segment.starts[first : last + 1].astype(np.int64)
        packed = segment.postings[starts[0] : starts[-1]]
        counts = np.diff(starts)
        moved = rows[packed >> np.uint32(COUNT_BITS)]
        terms = np.repeat(np.arange(last - first), counts)
        alive = moved >= 0
        if not alive.all():
            moved, packed, terms = moved[alive], packed[alive], terms[alive]
            counts = np.bincount(terms, minlength=last - first)
        repacked = (moved.astype(np.uint32) << np.uint32(COUNT_BITS)) | (packed & np.uint32(MOST))
        slices.append((np.asarray(segment.keys[first:last]), counts, repacked))
    # A stable sort merges runs that are sorted already, several times faster than np.unique.
    union = np.sort(np.concatenate([keys for keys, _, _ in slices]), kind="stable")
    union = union[_firsts(union)]
    totals = np.zeros(len(union), np.int64)
    for keys, counts, _ in slices:
        totals[np.searchsorted(union, keys)] += counts
    union, kept = union[totals > 0], totals[totals > 0]
    ends = np.cumsum(kept)
    cursor = ends - kept
    postings = np.empty(int(kept.sum()), np.uint32)
    for keys, counts, packed in slices:
        present = counts > 0
        keys, counts = keys[present], counts[present]  # noqa: PLW2901
        terms = np.searchsorted(union, keys)
        shift = cursor[terms] - (np.cumsum(counts) - counts)
        postings[np.repeat(shift, counts) + np.arange(len(packed))] = packed
        cursor[terms] += counts
    return union, kept, _peaks(postings, ends - kept, lengths), postings


@dataclass(frozen=True, slots=True)
class Collection:
    """What BM25 needs to know of all segments together.

    Attributes:
        rows: Living chunks.
        mean_length: Mean number of their terms.
    """

    rows: int
    mean_length: float

    def idf(self, frequency: int) -> float:
        """Inverse document frequency of a term that ``frequency`` chunks hold."""
        return float(np.log1p((self.rows - frequency + 0.5) / (frequency + 0.5)))


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A term of a query with its weight: idf times its count in the query."""

    key: int
    weight: float


class Postings:
    """The lexical files of one segment, open for reading.

    Raises:
        OSError, ValueError: A file is missing, torn, or does not fit the others.
    """

    def __init__(self, folder: Path) -> None:
        self.keys, self.starts, self.postings, self.peaks, self.lengths = (
            map_array(folder / name) for name in FILES
        )
        terms = len(self.keys)
        if (
            len(self.starts) != terms + 1
            or len(self.peaks) != terms
            or int(self.starts[-1]) != len(self.postings)
        ):
            raise ValueError(f"{folder}: the lexical files do not fit each other")

    @cached_property
    def mean_length(self) -> float:
        """Mean number of terms of the rows."""
        return _mean(self.lengths)

    @property
    def size(self) -> int:
        """Number of postings."""
        return len(self.postings)

    def find(self, keys: npt.NDArray[np.uint64]) -> dict[int, tuple[int, int, int]]:
        """(start, end, peak) of the postings of each key that occurs here."""
        if not len(self.keys):
            return {}
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        present = self.keys[places] == keys
        places = places[present]
        return {
            int(key): (int(start), int(end), int(peak))
            for key, start, end, peak in zip(
                keys[present],
                self.starts[places],
                self.starts[places + 1],
                self.peaks[places],
                strict=True,
            )
        }

    def norms(self, collection: Collection) -> FloatArray:
        """``k1 (1 - b + b length / mean length)`` of each row, (n,)."""
        return _norms(self.lengths, collection.mean_length)
