"""Passages in the order in which their sentences answer: the bundled reader as a reranker.

What answers a question in other words often stands behind what merely shares its words; the sentences
tell them apart. That takes a tenth of a second, so :meth:`rag.KnowledgeBase.ask` does it with what it
reads anyway, and :meth:`rag.KnowledgeBase.search` when ``reranker`` is ``bundled``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.answering.question import analyse
from rag.answering.ranking import Ranked, SentenceReader, rank
from rag.records import Passage

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.index import View

__all__ = ["LOOKED_AT", "comparing", "read_order", "reread"]

#: So many passages more than are kept are worth retrieving.
LOOKED_AT = 8


def reread(
    question: str,
    passages: Sequence[Passage],
    *,
    view: View,
    embedder: Embedder | None,
    reader: SentenceReader | None,
    k: int,
) -> list[Passage]:
    """The ``k`` of the passages whose sentences answer best, best first."""
    if not passages:
        return []
    asked = analyse(question)
    ranked = rank(asked, passages, idf=view.idf, embedder=comparing(embedder), reader=reader)
    return read_order(passages, ranked)[:k]


def read_order(passages: Sequence[Passage], ranked: Ranked) -> list[Passage]:
    """The passages by their best sentence, ranks numbered anew and scores falling with them.

    Those without a sentence keep their order behind.
    """
    places = list(dict.fromkeys(ranked.candidates[i].passage for i in ranked.order))
    seen = set(places)
    places += [i for i in range(len(passages)) if i not in seen]
    scores = sorted((passage.score for passage in passages), reverse=True)
    return [
        replace(passages[place], rank=rank, score=scores[rank - 1])
        for rank, place in enumerate(places, start=1)
    ]


def comparing(embedder: Embedder | None) -> Embedder | None:
    """The embedder that sentences are compared with: the networks know the bundled model's cosines."""
    if embedder is None or hasattr(embedder, "embed_pieces"):
        return embedder
    from rag.embedding import load_embedder

    return load_embedder("bundled")
