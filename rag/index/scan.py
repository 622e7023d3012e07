"""One query over the postings of one segment: the best rows, then exact scores of any rows.

Rare terms are added up over all their rows at once. Frequent ones, which could not lift a row that
has none of the others into the best ``k``, are only looked up for the rows that can still get there
(MaxScore; Turtle and Flood 1995). The result is exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.index.lexical import COUNT_BITS, K1, MOST, FloatArray, Postings, QueryTerm

__all__ = ["Scan"]

IdArray = npt.NDArray[np.int64]
Totals = npt.NDArray[np.float64]

#: Postings that are added up before a threshold is looked for, and the growth from look to look.
_STEP = 16_384
_GROWTH = 2
#: Looking a term up in a row costs as much as adding so many postings, and each term as some rows more.
_LOOK_UP_COST = 6
_LOOK_UP = 200
#: The sums are rounded in another order than the bounds.
_SLACK = 0.999


class _Term(NamedTuple):
    """A term of the query that occurs here, with the most that it can add to a row."""

    key: int
    start: int
    end: int
    weight: float
    bound: float


class Scan:
    """BM25 of one query over one segment. Use it in one thread.

    Args:
        postings: The segment's.
        query: Terms with their weights.
        found: (start, end, peak) of the postings of each key that occurs here.
        norms: As :meth:`Postings.norms` gives them.
        mean_length: The collection's.
    """

    def __init__(
        self,
        postings: Postings,
        query: Sequence[QueryTerm],
        found: Mapping[int, tuple[int, int, int]],
        norms: FloatArray,
        mean_length: float,
    ) -> None:
        self._postings = postings.postings
        self._norms = norms
        # The peaks hold for the mean length of this segment alone; a larger one lifts each score by
        # no more than the ratio of the two.
        stretch = max(1.0, mean_length / max(postings.mean_length, 1e-9)) / 255
        terms = []
        for term in query:
            if term.key in found:
                start, end, peak = found[term.key]
                weight = term.weight * (K1 + 1)
                bound = weight * min(1.0, peak * stretch)
                terms.append(_Term(term.key, start, end, weight, bound))
        self._terms = sorted(terms, key=lambda term: term.end - term.start)
        self._added = 0
        self._totals: Totals | None = None

    def search(
        self,
        k: int,
        *,
        allowed: npt.NDArray[np.bool_] | None = None,
        threshold: float = 0.0,
    ) -> tuple[IdArray, FloatArray]:
        """The rows of the ``k`` highest scores above ``threshold``, unordered, with their scores.

        Args:
            k: How many; all of the last place's equals come along.
            allowed: (n,) the rows that may be found; None for all.
            threshold: Only scores at least this high matter, for instance the k-th best elsewhere.
        """
        if not self._terms:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        # left[p]: the most that the terms from p on can add to a row.
        left = np.append(np.cumsum([term.bound for term in self._terms][::-1])[::-1], 0.0)
        sizes = np.cumsum([term.end - term.start for term in self._terms])
        limit = threshold
        while True:
            wanted = _STEP if self._added == 0 else _GROWTH * int(sizes[self._added - 1])
            self._add(min(len(self._terms), int(np.searchsorted(sizes, wanted)) + 1))
            assert self._totals is not None
            totals = self._totals if allowed is None else np.where(allowed, self._totals, 0.0)
            limit = max(limit, _reached(totals, k))
            floor = limit * _SLACK - float(left[self._added])
            terms = len(self._terms) - self._added
            if not terms:
                rows = np.flatnonzero(totals >= floor if floor > 0 else totals)
                break
            if floor > 0:
                rows = np.flatnonzero(totals >= floor)
                ahead = int(sizes[-1] - sizes[self._added - 1])
                if terms * (len(rows) + _LOOK_UP) * _LOOK_UP_COST < ahead:
                    break
        return self._finish(rows, totals[rows], k, limit)

    def scores(self, rows: IdArray) -> FloatArray:
        """BM25 of each of these rows, in their order; 0 where no term matches."""
        order = np.argsort(rows, kind="stable")
        ordered = rows[order]
        values = np.zeros(len(rows)) if self._totals is None else self._totals[ordered]
        for term in self._terms[self._added :]:
            values += self._looked_up(term, ordered)
        result = np.empty(len(rows), np.float32)
        result[order] = values
        return result

    def held(self, rows: IdArray, weights: Mapping[int, float]) -> FloatArray:
        """The sum of the weights of the query's terms that each of these rows holds, ascending."""
        starts = np.array([term.start for term in self._terms], np.int64)
        ends = np.array([term.end for term in self._terms], np.int64)
        worth = np.array([weights[term.key] for term in self._terms], np.float32)
        return np.asarray(worth @ holds(self._postings, starts, ends, rows), np.float32)

    def _add(self, upto: int) -> None:
        """Add up the terms below ``upto`` over all their rows."""
        terms = self._terms[self._added : upto]
        if not terms:
            return
        packed = np.concatenate([self._postings[term.start : term.end] for term in terms])
        rows = (packed >> np.uint32(COUNT_BITS)).astype(np.int64)
        values = (packed & np.uint32(MOST)).astype(np.float32)
        values /= values + self._norms[rows]
        values *= np.repeat(
            np.array([term.weight for term in terms], np.float32),
            [term.end - term.start for term in terms],
        )
        counted = np.bincount(rows, weights=values, minlength=len(self._norms))
        totals = np.asarray(counted, np.float64)
        self._totals = totals if self._totals is None else self._totals + totals
        self._added = upto

    def _finish(
        self, rows: IdArray, values: Totals, k: int, limit: float
    ) -> tuple[IdArray, FloatArray]:
        """Add the frequent terms to the rows that can still reach ``limit``, the strongest first."""
        terms = sorted(self._terms[self._added :], key=lambda term: -term.bound)
        left = sum(term.bound for term in terms)
        for term in terms:
            keep = values + left >= limit * _SLACK
            if not keep.all():
                rows, values = rows[keep], values[keep]
            values = values + self._looked_up(term, rows)
            left -= term.bound
            limit = max(limit, _kth(values, k))
        single = values.astype(np.float32)
        keep = single >= max(np.float32(limit * _SLACK) if terms else 0.0, _kth(single, k))
        return rows[keep], single[keep]

    def _looked_up(self, term: _Term, rows: IdArray) -> FloatArray:
        """What a term adds to each of these rows, ascending."""
        counts = counts_at(self._postings[term.start : term.end], rows).astype(np.float32)
        return np.asarray(np.float32(term.weight) * counts / (counts + self._norms[rows]))


def counts_at(packed: npt.NDArray[np.uint32], rows: IdArray) -> npt.NDArray[np.uint32]:
    """The count in each of these rows by a term's postings, 0 where it is absent."""
    places = np.searchsorted(packed, rows.astype(np.uint32) << np.uint32(COUNT_BITS))
    at = packed.take(places, mode="clip")
    # A posting is at least its row shifted, plus a count from 1 to 15.
    return np.where(at >> np.uint32(COUNT_BITS) == rows, at & np.uint32(MOST), np.uint32(0))


def dead_among(packed: npt.NDArray[np.uint32], dead: IdArray, alive: npt.NDArray[np.bool_]) -> int:
    """How many of a term's postings are of dead rows.

    Args:
        packed: The postings of the term.
        dead: The dead rows, ascending.
        alive: (n,) whether each row is not among them.
    """
    # A look at the mask costs a fraction of a search in the postings.
    if len(packed) < 8 * len(dead):
        return len(packed) - int(np.count_nonzero(alive[packed >> np.uint32(COUNT_BITS)]))
    return int(np.count_nonzero(counts_at(packed, dead)))


def holds(
    packed: npt.NDArray[np.uint32], starts: IdArray, ends: IdArray, rows: IdArray
) -> npt.NDArray[np.bool_]:
    """Whether each of some terms is in each of a few rows, (terms, rows).

    Args:
        packed: The postings of all terms.
        starts: Where those of each term begin.
        ends: Where they end; no term is without any.
        rows: Below 2 ** 28, ascending or not.
    """
    wanted = rows.astype(np.uint32) << np.uint32(COUNT_BITS)
    first = np.empty((len(starts), len(rows)), np.int64)
    for at, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        first[at] = packed[start:end].searchsorted(wanted)
    # The first posting of the term that is not below what is wanted.
    first += starts[:, None]
    inside = first < ends[:, None]
    found = packed[np.where(inside, first, 0)] >> np.uint32(COUNT_BITS)
    return np.asarray(inside & (found == rows))


def _reached(totals: Totals, k: int) -> float:
    """A value that at least ``k`` totals reach, near the ``k``-th best: by the best of each stretch."""
    stretch = len(totals) // (8 * k)
    if stretch < 2:
        return _kth(totals, k)
    whole = len(totals) // stretch * stretch
    return _kth(totals[:whole].reshape(-1, stretch).max(axis=1), k)


def _kth(values: npt.NDArray[np.floating], k: int) -> float:
    if len(values) < k:
        return 0.0
    return float(np.partition(values, len(values) - k)[len(values) - k])
