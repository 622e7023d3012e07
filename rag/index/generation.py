"""One generation of the embedded store in memory: open segments, what is dead in them, BM25's counts.

Immutable once made, and shared by all views of the generation in all threads.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import SentencePieces
from rag.index.dense import COARSE_FROM, NUMPY_UP_TO, describe_kind
from rag.index.lexical import Collection, QueryTerm
from rag.index.scan import Scan, dead_among
from rag.index.segments import Loaded
from rag.index.store import Hits

__all__ = ["Generation", "LexicalQuery"]

FloatArray = npt.NDArray[np.float32]
IdArray = npt.NDArray[np.int64]
#: For each segment the rows that a filter lets through.
Masks = Sequence[npt.NDArray[np.bool_]]


class Generation:
    """The segments of one commit, searched as one index."""

    def __init__(self, number: int, parts: Sequence[Loaded]) -> None:
        self.number = number
        self.parts = tuple(parts)
        rows = terms = 0
        for part in parts:
            rows += len(part.segment) - len(part.dead)
            terms += part.segment.row.terms
            if len(part.dead):
                terms -= int(part.segment.postings.lengths[part.dead].sum(dtype=np.int64))
        self.collection = Collection(rows, terms / rows if rows else 0.0)
        if rows > NUMPY_UP_TO:
            for part in parts:
                part.segment.vectors.prepare(coarse=rows >= COARSE_FROM)
        self._norms: dict[int, FloatArray] = {}
        self._lock = threading.Lock()

    @property
    def kind(self) -> str:
        """Which dense index serves and why."""
        return describe_kind(self.collection.rows)

    def norms(self, place: int) -> FloatArray:
        """BM25's length norms of the segment at this place."""
        found = self._norms.get(place)
        if found is None:
            found = self.parts[place].segment.postings.norms(self.collection)
            with self._lock:
                self._norms[place] = found
        return found

    def lexical(self, counts: Mapping[int, int]) -> LexicalQuery:
        """A query by words, from key to count in the query."""
        return LexicalQuery(self, counts)

    def dense_search(self, vector: FloatArray, k: int, masks: Masks | None) -> Hits:
        """The best chunks by cosine."""
        ids: list[IdArray] = []
        scores: list[FloatArray] = []
        large = self.collection.rows >= COARSE_FROM
        for place, part in enumerate(self.parts):
            allowed = part.alive if masks is None else masks[place]
            vectors = part.segment.vectors
            if self.collection.rows <= NUMPY_UP_TO:
                rows, values = vectors.search_numpy(vector, k, allowed)
            elif masks is None:
                # Dead rows are few: ask for some more, and use the selector only if that fails.
                spare = min(len(part.dead), 64 + k)
                search = vectors.search_coarse if large and vectors.coarse else None
                if search:
                    rows, values = search(vector, k + spare)
                else:
                    rows, values = vectors.search_exact(vector, k + spare, None)
                if part.alive is not None:
                    living = part.alive[rows]
                    rows, values = rows[living], values[living]
                    wanted = min(k, len(part.segment) - len(part.dead))
                    if len(rows) < wanted:
                        rows, values = vectors.search_exact(vector, k, part.alive)
            else:
                rows, values = vectors.search_exact(vector, k, allowed)
            ids.append(part.segment.ids[rows])
            scores.append(values)
        return _best(ids, scores, k)

    def dense_scores(self, vector: FloatArray, ids: IdArray) -> FloatArray:
        """Cosine with these chunks.

        Raises:
            KeyError: A chunk is not here.
        """
        result = np.zeros(len(ids), np.float32)
        for part, here, rows in self._located(ids):
            result[here] = part.segment.vectors.scores(vector, rows)
        return result

    def vectors(self, ids: IdArray, dimension: int) -> FloatArray:
        """The vectors of these chunks.

        Raises:
            KeyError: A chunk is not here.
        """
        result = np.zeros((len(ids), dimension), np.float32)
        for part, here, rows in self._located(ids):
            result[here] = part.segment.vectors.take(rows)
        return result

    def sentences(self, ids: IdArray) -> tuple[SentencePieces, IdArray]:
        """The sentences of these chunks, and the place in ``ids`` of the chunk that each is of.

        Raises:
            KeyError: A chunk is not here.
        """
        found: list[SentencePieces] = []
        owners: list[IdArray] = [np.empty(0, np.int64)]
        for part, here, rows in self._located(ids):
            known = part.segment.sentences
            if known is not None:
                sentences, counts = known.take(rows)
                found.append(sentences)
                owners.append(np.repeat(here, counts))
        return SentencePieces.joined(found), np.concatenate(owners)

    def masks(self, numbers: IdArray, passages: IdArray) -> Masks:
        """The rows of these documents, given as number and passages, ascending; dead ones left out."""
        found = []
        for part in self.parts:
            mask = np.zeros(len(part.segment), np.bool_)
            mask[part.segment.ranges(numbers, passages)] = True
            if part.alive is not None:
                mask &= part.alive
            found.append(mask)
        return found

    def must_hold(self, ids: IdArray) -> None:
        """Check that these chunks are here.

        Raises:
            KeyError: One is not.
        """
        self._located(ids)

    def _located(self, ids: IdArray) -> list[tuple[Loaded, IdArray, IdArray]]:
        located = []
        missing = np.ones(len(ids), np.bool_)
        for part in self.parts:
            rows = part.segment.rows_of(ids)
            if part.alive is not None:
                rows[(rows >= 0) & ~part.alive[rows]] = -1
            here = np.flatnonzero(rows >= 0)
            if len(here):
                missing[here] = False
                located.append((part, here, rows[here]))
        if missing.any():
            raise KeyError(f"no chunk {ids[missing][0]} in generation {self.number}")
        return located


class LexicalQuery:
    """BM25 of one query over all segments; what one question works out serves the next. For one thread.

    Attributes:
        frequencies: How many living chunks hold each key of the query; those that none holds are
            left out.
    """

    def __init__(self, generation: Generation, counts: Mapping[int, int]) -> None:
        self._parts = generation.parts
        keys = np.array(list(counts), np.uint64)
        found = [part.segment.postings.find(keys) for part in self._parts]
        self.frequencies: dict[int, int] = {}
        for part, places in zip(self._parts, found, strict=True):
            for key, (start, end, _) in places.items():
                count = end - start
                if part.alive is not None:
                    postings = part.segment.postings.postings[start:end]
                    count -= dead_among(postings, part.dead, part.alive)
                if count:
                    self.frequencies[key] = self.frequencies.get(key, 0) + count
        collection = generation.collection
        idf = {key: collection.idf(self.frequencies.get(key, 0)) for key in counts}
        self._idf = idf
        query = [
            QueryTerm(key, idf[key] * n) for key, n in counts.items() if key in self.frequencies
        ]
        self._scans = [
            Scan(
                part.segment.postings,
                query,
                places,
                generation.norms(place),
                collection.mean_length,
            )
            for place, (part, places) in enumerate(zip(self._parts, found, strict=True))
        ]

    def search(self, k: int, masks: Masks | None) -> Hits:
        """The best chunks."""
        ids: list[IdArray] = []
        scores: list[FloatArray] = []
        threshold = 0.0
        for place in sorted(range(len(self._parts)), key=lambda i: -len(self._parts[i].segment)):
            part = self._parts[place]
            rows, values = self._scans[place].search(
                k, allowed=part.alive if masks is None else masks[place], threshold=threshold
            )
            ids.append(part.segment.ids[rows])
            scores.append(values)
            if len(values) >= k:
                threshold = max(threshold, float(np.partition(values, -k)[-k]))
        hits = _best(ids, scores, k)
        positive = hits.scores > 0
        return Hits(hits.ids[positive], hits.scores[positive])

    def scores(self, ids: IdArray) -> FloatArray:
        """The scores of these chunks, in their order; 0 where no term matches."""
        result = np.zeros(len(ids), np.float32)
        for part, scan in zip(self._parts, self._scans, strict=True):
            rows = part.segment.rows_of(ids)
            here = np.flatnonzero(rows >= 0)
            if len(here):
                result[here] = scan.scores(rows[here])
        return result

    def coverage(self, ids: IdArray) -> FloatArray:
        """The share of the query's terms, weighted by rarity, that each of these chunks holds."""
        result = np.zeros(len(ids), np.float32)
        for part, scan in zip(self._parts, self._scans, strict=True):
            rows = part.segment.rows_of(ids)
            here = np.flatnonzero(rows >= 0)
            here = here[np.argsort(rows[here])]
            if len(here):
                result[here] = scan.held(rows[here], self._idf)
        return result / max(sum(self._idf.values()), 1e-9)


def _best(ids: Sequence[IdArray], scores: Sequence[FloatArray], k: int) -> Hits:
    """The ``k`` best of several searches, best first, equal scores by id."""
    joined = np.concatenate([np.empty(0, np.int64), *ids])
    values = np.concatenate([np.empty(0, np.float32), *scores])
    order = np.lexsort((joined, -values))[:k]
    return Hits(joined[order], values[order])
