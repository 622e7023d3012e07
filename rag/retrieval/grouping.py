"""One slot for passages that say the same: near-identical ones share it, all their sources named."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from rag.index import StoredChunk, View
from rag.normalization import TRANSLATION, normalize

__all__ = ["group", "may_be_reprints", "resemblance"]

_SHINGLE = 6
#: Share of the smaller text's shingles found in the other from which two passages are one. Wire stories
#: reprinted with another headline reach 0.9; two reports of one event stay below 0.5.
SAME = 0.8
#: Share of the shorter span from which two chunks of one document overlap needlessly.
OVERLAP = 0.5
#: Passages of a lower cosine need not be compared: half of the longer one, at the least, stands in the
#: other. Reprints in 40,000 passages of news reach 0.83.
ALIKE = 0.7
#: Passages that share less of the smaller one's pieces cannot share most of its letters in a row.
PIECES_ALIKE = 0.6
#: Pieces are told apart by so many boxes; two in one box only let a pair through.
_BOXES = 2048
#: So many pairs are compared at once.
_PAIRS = 65_536

_LETTERS = re.compile(r"[^\W_]+")
_CHANGED = frozenset(map(chr, TRANSLATION))
_MIX = np.uint64(0x9E3779B97F4A7C15)


@lru_cache(maxsize=4096)
def _shingles(text: str) -> npt.NDArray[np.uint64]:
    """Numbers that stand for the runs of six letters, ascending, each once."""
    letters = "".join(_LETTERS.findall(text))
    # Most texts need no more than this of normalising, which costs as much as all the rest.
    plain = unicodedata.is_normalized("NFKC", letters) and _CHANGED.isdisjoint(letters)
    letters = letters.lower() if plain else normalize(letters)
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), np.uint32)
    found = np.zeros(max(1, len(codes) - _SHINGLE + 1), np.uint64)
    for place in range(min(_SHINGLE, len(codes))):
        found = found * _MIX + codes[place : place + len(found)]
    found.sort()
    return found[np.flatnonzero(np.diff(found, prepend=found[:1] + np.uint64(1)))]


def resemblance(one: str, other: str) -> float:
    """Shared character shingles over those of the smaller text, in [0, 1].

    Texts of very different lengths do not resemble each other, even where one holds the other: the
    longer one says more.
    """
    a, b = _shingles(one), _shingles(other)
    small, large = (a, b) if len(a) <= len(b) else (b, a)
    if len(small) * 2 < len(large):
        return 0.0
    places = np.searchsorted(large, small)
    return float(np.mean(large.take(places, mode="clip") == small))


def may_be_reprints(view: View, ids: npt.NDArray[np.int64], firsts: int) -> npt.NDArray[np.bool_]:
    """Which passages may be near-identical to one of the first ``firsts`` before them, (n, firsts).

    The texts of the others stay unread.
    """
    vectors = view.vectors(ids)
    if len(ids) < 128:  # row by row: waking BLAS's threads takes longer than so small a product
        cosines = np.vecdot(vectors[:, None], vectors[None, :firsts])
    else:
        cosines = vectors @ vectors[:firsts].T
    near: npt.NDArray[np.bool_] = np.tril(cosines >= ALIKE, -1)
    if not near.any():
        return near
    # The few pairs are looked at again: by the pieces of their sentences.
    rows, columns = np.nonzero(near)
    paired = np.union1d(rows, columns)
    sentences, owners = view.sentences(ids[paired])
    if len(np.unique(owners)) < len(paired):
        return near
    marks = np.zeros((len(paired), _BOXES), np.bool_)
    sizes = np.diff(sentences.ends, prepend=0)
    marks[np.repeat(owners, sizes), sentences.ids & np.uint16(_BOXES - 1)] = True
    bits = np.packbits(marks, axis=1).view(np.uint64)
    held = np.bitwise_count(bits).sum(axis=1, dtype=np.int64)
    one, other = np.searchsorted(paired, rows), np.searchsorted(paired, columns)
    # Some at a time: all pairs at once would take gigabytes where thousands of passages are asked for.
    for start in range(0, len(rows), _PAIRS):
        a, b = one[start : start + _PAIRS], other[start : start + _PAIRS]
        shared = np.bitwise_count(bits[a] & bits[b]).sum(axis=1, dtype=np.int64)
        alike = shared >= PIECES_ALIKE * np.minimum(held[a], held[b])
        near[rows[start : start + _PAIRS], columns[start : start + _PAIRS]] = alike
    return near


def group(
    chunks: Sequence[StoredChunk], limit: int, near: npt.NDArray[np.bool_] | None = None
) -> list[tuple[int, list[int]]]:
    """Indices of the passages to show, best first, each with those that share its slot.

    Args:
        chunks: Best first; only those that must be compared are looked at.
        limit: How many slots there are.
        near: Which passages may be near-identical to which before them at all, as
            :func:`may_be_reprints` gives it; pairs beyond its bounds may be.
    """
    may: npt.NDArray[np.bool_] = np.empty((0, 0), np.bool_) if near is None else near
    known, firsts = may.shape
    some = set(np.flatnonzero(may.any(axis=1)).tolist())
    slots: dict[int, list[int]] = {}
    for index in range(len(chunks)):
        row = set(np.flatnonzero(may[index]).tolist()) if index in some else set()
        compared = [one for one in slots if index >= known or one >= firsts or one in row]
        for first in compared:
            chunk, shown = chunks[index], chunks[first]
            if chunk.document_id == shown.document_id:
                shared = min(chunk.end, shown.end) - max(chunk.start, shown.start)
                if shared > OVERLAP * min(chunk.end - chunk.start, shown.end - shown.start):
                    break
            elif resemblance(chunk.text, shown.text) >= SAME:
                slots[first].append(index)
                break
        else:
            if len(slots) < limit:
                slots[index] = []
            elif index >= 4 * limit:
                break
    return list(slots.items())
