"""The way from a question to ranked passages."""

from __future__ import annotations

import marshal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import knows_pieces
from rag.embedding.vectors import query_vectors
from rag.errors import QueryError
from rag.index import StoredChunk, View, Where
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval import fusion
from rag.retrieval.glossary import Glossed, gloss, glossed_query, meets
from rag.retrieval.grouping import group, may_be_reprints
from rag.retrieval.language import question_language, text_script
from rag.retrieval.query import check_query
from rag.retrieval.rerank import BUNDLED_READER, WHERE_UNSURE, Reranker, load_reranker
from rag.retrieval.sentences import sentence_spans, shared_vectors
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.embedding import Embedder

__all__ = ["Found", "find", "retrieve"]

Scores = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

#: Candidates taken from each leg; both legs then score the whole union.
POOL = 100
#: Best candidates of the first fusion whose sentences are embedded and compared.
SENTENCE_POOL = 24
#: The same for a question in another language than the passages, which has no lexical leg to lean on.
FOREIGN_POOL = 64
#: Stands for a coverage where the words were translated, and the dense share then.
GLOSSED = -1.0
GLOSSED_DENSE = 0.6
#: Candidates that a cross-encoder re-orders.
RERANKED = 32
#: Where the best passages by words hold this share of the question's words, by rarity, words decide.
#: Of the 502 questions over the five articles and their digests that nothing was fitted on, those above have
#: their passage among the first five (but one), of those below one in thirteen has not.
WORDS_DECIDE = 0.4


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one question, ranked.

    Attributes:
        view: The generation searched; passages can be read while it is open.
        ids: Chunks, best first, (n,).
        scores: Theirs, falling, (n,).
        coverage: Share of the question's words, weighted by rarity, that one of the first passages
            by words holds, in [0, 1]; None where the fusion does not ask for it.
        grouped: Whether near-identical passages share a slot.
    """

    view: View
    ids: Ids
    scores: Scores
    coverage: float | None
    grouped: bool

    @property
    def words_decide(self) -> bool:
        """Whether the words alone tell which passages are meant."""
        return self.coverage is not None and self.coverage >= WORDS_DECIDE

    def passages(self, k: int) -> list[Passage]:
        """The first ``k``, or as many as there are."""
        return _passages(self.view, self.ids, self.scores, int(k), grouped=self.grouped)


def retrieve(
    view: View,
    embedder: Embedder | None,
    question: str,
    *,
    k: int = 8,
    where: Where | None = None,
    settings: Settings | None = None,
    reranker: Reranker | None = None,
) -> list[Passage]:
    """The ``k`` passages nearest to a question, best first; fewer when fewer pass the filter.

    Args:
        view: One generation of a store.
        embedder: The model the index was built with; None searches by words alone.
        question: Complete in itself (see :func:`rag.answering.followup.completion.complete_question`).
        k: Slots; near-identical passages share one.
        where: A filter, applied inside both searches.
        settings: ``fusion``, ``dense_weight``, ``group_duplicates`` and ``reranker`` are read; of the
            latter only a cross-encoder's name. What the bundled reader does, :meth:`rag.KnowledgeBase.search`
            lets it do.
        reranker: Takes the place of the one named in the settings.

    Raises:
        QueryError: The question, ``k`` or the filter cannot be searched.
        EmbeddingModelError: The reranker cannot be loaded.
    """
    found = find(view, embedder, question, k=k, where=where, settings=settings, reranker=reranker)
    return found.passages(k)


def find(
    view: View,
    embedder: Embedder | None,
    question: str,
    *,
    k: int = 8,
    where: Where | None = None,
    settings: Settings | None = None,
    reranker: Reranker | None = None,
) -> Found:
    """The candidates of :func:`retrieve`, enough of them for ``k`` passages and at least thirty-three.

    Arguments and errors are those of :func:`retrieve`.
    """
    settings = settings or Settings()
    question, k = check_query(question, k), int(k)  # a small one of numpy's would overflow
    pool = max(POOL, 3 * k)
    mode = settings.fusion if embedder is not None else "lexical"
    vector = None
    found: list[npt.NDArray[np.int64]] = []
    if mode != "dense":
        found.append(view.lexical_search(question, pool, where).ids)
    if mode != "lexical":
        if embedder is None:
            raise QueryError("Dense search needs an embedding model, and none is given.")
        vector = query_vectors(embedder, [question])[0]
        found.append(view.dense_search(vector, pool, where).ids)
    ids = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    if not len(ids):
        return Found(view, ids, np.zeros(0, np.float32), None, settings.group_duplicates)
    scores, ids, coverage = _fused(view, embedder, question, vector, ids, mode, settings, where)
    if reranker is None and settings.reranker not in {"", BUNDLED_READER, WHERE_UNSURE}:
        reranker = load_reranker(settings.reranker)
    if reranker is not None:
        scores, ids = _reranked(reranker, question, view, ids, scores)
    return Found(view, ids, scores, coverage, settings.group_duplicates)


def _fused(
    view: View,
    embedder: Embedder | None,
    question: str,
    vector: Scores | None,
    ids: npt.NDArray[np.int64],
    mode: str,
    settings: Settings,
    where: Where | None,
) -> tuple[Scores, Ids, float | None]:
    """Scores and ids of the candidates, best first, ties in the order of the ids; and the coverage."""
    if vector is None or embedder is None:
        scores = view.lexical_scores(question, ids)
        order = np.argsort(-scores, kind="stable")
        return scores[order], ids[order], None
    dense = view.dense_scores(vector, ids)
    held: float | None = None
    coverage, foreign = 0.0, False
    if mode == "dense":
        lexical = np.zeros_like(dense)
        scores = dense
    else:
        lexical = view.lexical_scores(question, ids)
        if mode == "rrf":
            scores = fusion.reciprocal_rank_fusion([lexical, dense])
        elif mode == "weighted":
            scores = fusion.weighted(lexical, dense, dense_weight=settings.dense_weight)
        else:
            held = coverage = _coverage(view, question, ids, lexical)
            foreign = _foreign(view, question, ids, dense, coverage)
            glossed = gloss(question) if foreign else []
            if glossed:
                more = view.lexical_search(glossed_query(glossed), POOL, where).ids
                ids = np.union1d(ids, more)
                dense = view.dense_scores(vector, ids)
                lexical = _glossed_scores(view, question, glossed, ids)
                foreign, coverage = False, GLOSSED
            scores = _calibrated(lexical, dense, foreign=foreign, coverage=coverage)
    order = np.argsort(-scores, kind="stable")
    ids, scores, dense, lexical = ids[order], scores[order], dense[order], lexical[order]
    # The first sentences are worth comparing by themselves; the rest keep the order they have.
    translated = foreign or coverage == GLOSSED
    near = min(FOREIGN_POOL if translated else SENTENCE_POOL, len(ids))
    best = _best_sentence(view, embedder, vector, ids[:near])
    # Each takes a passage's own cosine for its best sentence where sentences were not looked at.
    dense = dense.copy()
    dense[:near] = (dense[:near] + best) / 2
    dense[near:] = np.minimum(dense[near:], dense[:near].min()) if near else dense[near:]
    if mode == "dense":
        scores = dense
    elif mode == "rrf":
        scores = fusion.reciprocal_rank_fusion([lexical, dense])
    elif mode == "weighted":
        scores = fusion.weighted(lexical, dense, dense_weight=settings.dense_weight)
    else:
        scores = _calibrated(lexical, dense, foreign=foreign, coverage=coverage)
    order = np.argsort(-scores, kind="stable")
    return scores[order], ids[order], held


def _calibrated(lexical: Scores, dense: Scores, *, foreign: bool, coverage: float) -> Scores:
    if coverage == GLOSSED:
        return fusion.weighted(lexical, dense, dense_weight=GLOSSED_DENSE)
    return fusion.calibrated(lexical, dense, foreign=foreign, coverage=coverage)


def _glossed_scores(
    view: View, question: str, glossed: Sequence[Glossed], ids: npt.NDArray[np.int64]
) -> Scores:
    """How far each candidate, its title and heading meet the words' translations, (n,), in [0, 1.25].

    Words are weighed by how few candidates meet them. Names and figures, the same in both languages,
    add up to a quarter by their plain lexical score.
    """
    texts = [
        _normalised(" ".join(part for part in (c.title, c.heading, c.text) if part))
        for c in view.chunks(ids)
    ]
    met = np.asarray([[meets(one, text) for one in glossed] for text in texts], np.float32)
    frequency = (met > 0.3).sum(axis=0)
    rarity = np.log1p((len(texts) - frequency + 0.5) / (frequency + 0.5))
    covered = met @ rarity / max(float(rarity.sum()), 1e-9)
    plain = fusion.min_max(view.lexical_scores(question, ids))
    return np.asarray(covered + 0.25 * plain, np.float32)


@lru_cache(maxsize=4096)
def _normalised(text: str) -> str:
    return normalize(text)


def _coverage(view: View, question: str, ids: Ids, lexical: Scores) -> float:
    """Share of the question's words, weighted by rarity, that the lexically best candidate holds."""
    if not len(lexical) or lexical.max() <= 0:
        return 0.0
    return float(view.coverage(question, ids[np.argsort(-lexical, kind="stable")[:3]]).max())


def _foreign(
    view: View, question: str, ids: npt.NDArray[np.int64], dense: Scores, coverage: float
) -> bool:
    """Whether most of the passages nearest in meaning are in another language than the question."""
    if coverage > 0.8:
        return False
    script = text_script(question)
    near = view.chunks(ids[np.argsort(-dense, kind="stable")[:5]])
    strange = 0
    for chunk in near:
        there = text_script(chunk.text)
        if there == script == "latin":
            # One alphabet: the commonest words tell, where they do not meet anyway.
            languages = {question_language(question), question_language(chunk.text[:600])}
            strange += len(languages) == 2 and coverage < 0.35
        else:
            strange += bool(there) and there != script
    return 2 * strange > len(near)


def _best_sentence(view: View, embedder: Embedder, vector: Scores, ids: Ids) -> Scores:
    """Highest cosine of any sentence of each chunk, (len(ids),)."""
    best = np.full(len(ids), -np.inf, np.float32)
    if knows_pieces(embedder):
        sentences, owners = view.sentences(ids)
        if len(owners):
            np.maximum.at(best, owners, embedder.piece_cosines(vector, sentences))
    unknown = np.flatnonzero(np.isneginf(best))
    best[unknown] = -1.0
    texts: list[str] = []
    owner: list[int] = []
    for place, chunk in zip(unknown.tolist(), view.chunks(ids[unknown]), strict=True):
        for start, end in sentence_spans(chunk.text):
            texts.append(chunk.text[start:end])
            owner.append(place)
    if texts:
        cosines = shared_vectors(embedder).of(texts) @ vector
        np.maximum.at(best, np.asarray(owner), cosines)
    return best


def _reranked(
    reranker: Reranker, question: str, view: View, ids: Ids, scores: Scores
) -> tuple[Scores, Ids]:
    """The first candidates in the order of the reranker; the others behind them as they were."""
    head = view.chunks(ids[:RERANKED])
    new = np.asarray(reranker.rerank(question, [chunk.text for chunk in head]), np.float32)
    order = np.argsort(-new, kind="stable")
    tail = scores[RERANKED:]
    if len(tail):  # keep the scores falling
        tail = tail - tail.max() + new.min() - 1e-3
    return np.concatenate([new[order], tail]), np.concatenate([ids[order], ids[RERANKED:]])


class _Read(Sequence[StoredChunk]):
    """The chunks of some ids, each read when it is asked for: most candidates never are."""

    def __init__(self, view: View, ids: Ids, at_once: int) -> None:
        self._view, self._ids = view, ids
        self._chunks = dict(enumerate(view.chunks(ids[:at_once])))

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, place: Any) -> Any:
        found = self._chunks.get(place)
        if found is None:
            found = self._chunks[place] = self._view.chunks(self._ids[place : place + 1])[0]
        return found


def _passages(view: View, ids: Ids, scores: Scores, k: int, *, grouped: bool) -> list[Passage]:
    chunks = _Read(view, ids, k)
    if grouped:
        # Grouping ends at the first passage from number 4 k on that is no reprint, and mostly the first
        # passages get the slots.
        firsts = 2 * k
        slots = group(chunks, k, may_be_reprints(view, ids[: 4 * k + 8], firsts))
    else:
        slots = [(i, []) for i in range(min(k, len(chunks)))]
    passages = []
    for rank, (index, others) in enumerate(slots, start=1):
        chunk = chunks[index]
        passages.append(
            Passage(
                document_id=chunk.document_id,
                source=chunk.source,
                title=chunk.title,
                published=chunk.published,
                start=chunk.start,
                end=chunk.end,
                text=chunk.text,
                heading=chunk.heading,
                score=float(scores[index]),
                rank=rank,
                metadata=_own(chunk.metadata),
                duplicates=tuple(
                    (c.document_id, c.source, c.start, c.end) for c in (chunks[i] for i in others)
                ),
            )
        )
    return passages


def _own(metadata: Mapping[str, Any]) -> Mapping[str, Any]:
    """The reader's own copy, to be changed at will: the store keeps its chunks for the next query.

    The places of pages and headings, thousands in a book, are not copied.
    """
    return {
        # JSON values, of which this makes a deep copy three times as fast as copy.deepcopy.
        name: marshal.loads(marshal.dumps(value))  # noqa: S302
        if isinstance(value, (list, dict)) and name not in ("pages", "headings")
        else value
        for name, value in metadata.items()
    }


def with_rank(passages: Sequence[Passage]) -> list[Passage]:
    """The passages as they stand, ranks counted anew from 1."""
    return [replace(passage, rank=rank) for rank, passage in enumerate(passages, start=1)]
