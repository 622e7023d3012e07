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
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.index.arrays import map_array, write_array, write_pieces
from rag.index.terms import KEY_BITS, TermKeys

__all__ = ["FILES", "Collection", "Postings", "QueryTerm", "merge_postings", "write_postings"]

FILES = ("keys.npy", "starts.npy", "postings.npy", "peaks.npy", "lengths.npy")

K1, B = 1.2, 0.75  # within half a point of the best of eight settings on Chinese, Thai and Arabic
_COUNT_BITS = 4
_MOST = (1 << _COUNT_BITS) - 1
MAX_ROWS = 1 << (32 - _COUNT_BITS)
_ROW_BITS = 64 - KEY_BITS
MAX_NEW_ROWS = 1 << _ROW_BITS

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
    joined = np.concatenate(parts)
    del parts
    lengths = np.bincount(
        (joined & np.uint64(MAX_NEW_ROWS - 1)).astype(np.int64), minlength=rows
    ).astype(np.uint32)
    joined.sort()
    firsts = np.flatnonzero(np.diff(joined, prepend=joined[:1] + np.uint64(1)))
    counts = np.minimum(np.diff(firsts, append=len(joined)), _MOST)
    pairs = joined[firsts]
    del joined
    terms = pairs >> np.uint64(_ROW_BITS)
    postings = (pairs & np.uint64(MAX_NEW_ROWS - 1)).astype(np.uint32) << np.uint32(_COUNT_BITS)
    postings |= counts.astype(np.uint32)
    starts = np.flatnonzero(np.diff(terms, prepend=terms[:1] + np.uint64(1)))
    peaks = _peaks(postings, starts, lengths)
    write_array(folder / "keys.npy", terms[starts])
    write_array(folder / "starts.npy", np.append(starts, len(terms)).astype(np.uint32))
    write_array(folder / "postings.npy", postings)
    write_array(folder / "peaks.npy", peaks)
    write_array(folder / "lengths.npy", lengths)


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
    counts = (postings & np.uint32(_MOST)).astype(np.float32)
    norms = _norms(lengths, _mean(lengths))[postings >> np.uint32(_COUNT_BITS)]
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
        moved = rows[packed >> np.uint32(_COUNT_BITS)]
        terms = np.repeat(np.arange(last - first), counts)
        alive = moved >= 0
        if not alive.all():
            moved, packed, terms = moved[alive], packed[alive], terms[alive]
            counts = np.bincount(terms, minlength=last - first)
        repacked = (moved.astype(np.uint32) << np.uint32(_COUNT_BITS)) | (packed & np.uint32(_MOST))
        slices.append((np.asarray(segment.keys[first:last]), counts, repacked))
    # A stable sort merges runs that are sorted already, several times faster than np.unique.
    union = np.sort(np.concatenate([keys for keys, _, _ in slices]), kind="stable")
    union = union[np.diff(union, prepend=union[:1] + np.uint64(1)) != 0]
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

    def frequencies(
        self, keys: npt.NDArray[np.uint64], dead: npt.NDArray[np.int64]
    ) -> dict[int, int]:
        """How many living rows hold each key; ``dead`` are the removed rows, ascending."""
        found: dict[int, int] = {}
        for key, (start, end, _) in self.find(keys).items():
            found[key] = end - start
            if len(dead):
                counts = self._counts_at(start, end, dead)
                found[key] -= int(np.count_nonzero(counts))
        return found

    def _counts_at(self, start: int, end: int, rows: npt.NDArray[np.int64]) -> Array:
        """The term's count in each of these rows, 0 where it is absent."""
        packed = self.postings[start:end]
        wanted = rows.astype(np.uint32) << np.uint32(_COUNT_BITS)
        places = np.minimum(np.searchsorted(packed, wanted), len(packed) - 1)
        at = packed[places]
        # A posting is at least its row shifted, plus a count from 1 to 15.
        return np.where(at >> np.uint32(_COUNT_BITS) == rows, at & np.uint32(_MOST), 0)

    def norms(self, collection: Collection) -> FloatArray:
        """``k1 (1 - b + b length / mean length)`` of each row, (n,)."""
        return _norms(self.lengths, collection.mean_length)

    def scores(
        self, query: Sequence[QueryTerm], rows: npt.NDArray[np.int64], norms: FloatArray
    ) -> FloatArray:
        """BM25 of each of these rows, in their order; 0 where no term matches."""
        total = np.zeros(len(rows), np.float32)
        found = self.find(np.array([term.key for term in query], np.uint64))
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        local = norms[ordered]
        for term in query:
            if term.key in found:
                start, end, _ = found[term.key]
                counts = self._counts_at(start, end, ordered).astype(np.float32)
                total += np.float32(term.weight * (K1 + 1)) * counts / (counts + local)
        result = np.empty_like(total)
        result[order] = total
        return result

    def search(
        self,
        query: Sequence[QueryTerm],
        k: int,
        norms: FloatArray,
        mean_length: float,
        *,
        allowed: npt.NDArray[np.bool_] | None = None,
        threshold: float = 0.0,
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """The rows of the ``k`` highest scores above ``threshold``, unordered, with their scores.

        Rare terms are added up row by row. As soon as all the terms left could not lift a row that
        has none of the others into the best ``k``, they are only looked up for the rows that can
        still get there (MaxScore; Turtle and Flood 1995). The result is exact.

        Args:
            query: Terms with their weights.
            k: How many.
            norms: As :meth:`norms` gives them.
            mean_length: The collection's.
            allowed: (n,) the rows that may be found; None for all.
            threshold: Only scores at least this high matter, for instance the k-th best elsewhere.
        """
        found = self.find(np.array([term.key for term in query], np.uint64))
        terms = sorted(
            (term for term in query if term.key in found),
            key=lambda term: found[term.key][1] - found[term.key][0],
        )
        if not terms:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # The peaks hold for the mean length of this segment alone; a larger one lifts each score by
        # no more than the ratio of the two.
        stretch = max(1.0, mean_length / max(_mean(self.lengths), 1e-9)) / 255
        bounds = [term.weight * (K1 + 1) * min(1.0, found[term.key][2] * stretch) for term in terms]
        left = np.append(np.cumsum(bounds[::-1])[::-1], 0.0)
        sizes = [found[term.key][1] - found[term.key][0] for term in terms]
        ahead = np.cumsum(sizes[::-1])[::-1]
        totals = np.zeros(len(norms), np.float32)
        touched: list[Array] = [np.empty(0, np.int64)]
        seen = checked = 0
        for place, term in enumerate(terms):
            # A look at the threshold costs about as much as adding the rows seen so far again.
            if seen > k and ahead[place] > 2 * seen and seen > 1.3 * checked:
                rows, checked = _allowed(touched, allowed), seen
                values = totals[rows]
                limit = max(threshold, _kth(values, k))
                if left[place] < limit:
                    return self._finish(
                        terms[place:], bounds[place:], found, rows, values, norms, k, limit
                    )
            start, end, _ = found[term.key]
            packed = self.postings[start:end]
            rows = (packed >> np.uint32(_COUNT_BITS)).astype(np.int64)
            counts = (packed & np.uint32(_MOST)).astype(np.float32)
            before = totals[rows]
            fresh = rows[before == 0]
            touched.append(fresh)
            seen += len(fresh)
            counts /= counts + norms[rows]
            counts *= np.float32(term.weight * (K1 + 1))
            totals[rows] = before + counts
        rows = _allowed(touched, allowed)
        return _best(rows, totals[rows], k, threshold)

    def _finish(
        self,
        terms: Sequence[QueryTerm],
        bounds: Sequence[float],
        found: dict[int, tuple[int, int, int]],
        rows: npt.NDArray[np.int64],
        values: FloatArray,
        norms: FloatArray,
        k: int,
        limit: float,
    ) -> tuple[npt.NDArray[np.int64], FloatArray]:
        """Add the frequent terms to the rows that can still reach ``limit``, the strongest first."""
        order = np.argsort(bounds)[::-1]
        left = float(sum(bounds))
        ascending = np.argsort(rows)
        rows, values = rows[ascending], values[ascending]
        for place in order.tolist():
            # A thousandth of slack: the sums are rounded in another order than the bounds.
            keep = values + left >= limit * 0.999
            if not keep.all():
                rows, values = rows[keep], values[keep]
            term = terms[place]
            start, end, _ = found[term.key]
            counts = self._counts_at(start, end, rows).astype(np.float32)
            values = values + np.float32(term.weight * (K1 + 1)) * counts / (counts + norms[rows])
            left -= bounds[place]
            limit = max(limit, _kth(values, k))
        return _best(rows, values, k, 0.0)


def _allowed(touched: list[Array], allowed: npt.NDArray[np.bool_] | None) -> npt.NDArray[np.int64]:
    """The rows that have a score and may be found."""
    rows = np.concatenate(touched)
    return rows if allowed is None else rows[allowed[rows]]


def _kth(values: FloatArray, k: int) -> float:
    if len(values) < k:
        return 0.0
    return float(np.partition(values, len(values) - k)[len(values) - k])


def _best(
    rows: npt.NDArray[np.int64], values: FloatArray, k: int, threshold: float
) -> tuple[npt.NDArray[np.int64], FloatArray]:
    keep = values >= max(threshold, _kth(values, k))
    return rows[keep], values[keep]
