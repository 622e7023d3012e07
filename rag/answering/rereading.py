"""Passages in the order in which their sentences answer: the bundled reader as a reranker.

What answers a question in other words often stands behind what merely shares its words; the sentences
tell them apart. That takes a tenth of a second, so :meth:`rag.KnowledgeBase.ask` does it with what it
reads anyway, and :meth:`rag.KnowledgeBase.search` where words do not decide (setting ``reranker``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.answering.question import analyse
from rag.answering.ranking import Ranked, SentenceReader, rank
from rag.records import Passage
from rag.retrieval.fusion import min_max

if TYPE_CHECKING:
    from rag.embedding import Embedder
    from rag.index import View

__all__ = ["LOOKED_AT", "comparing", "read_order", "reread"]

#: So many passages more than are kept are worth retrieving.
LOOKED_AT = 8
#: The best retrieved passage has so much more than the last one, in logits of the sentences. Right passage
#: first, of questions on held-out texts: 78.5% paraphrased over small collections as retrieved, 92.0 by the
#: sentences alone, 91.1 so; 71.9, 84.9 and 84.9 over large ones; English 87.6, 92.7 and 94.2. On public
#: paragraphs, where wording is shared and the sentences decide less, 98.4, 96.2 and 97.3 (CMRC), 95.0, 95.8
#: and 96.2 (DRCD), 92.5, 92.0 and 93.0 (Thai) of those that are read where words do not decide.
RETRIEVED = 4.0


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

    What retrieval thinks of a passage counts beside its sentence (:data:`RETRIEVED`). Those without a
    sentence keep their order behind.
    """
    best = np.full(len(passages), -np.inf)
    for candidate, logit in zip(ranked.candidates, ranked.logits.tolist(), strict=True):
        best[candidate.passage] = max(best[candidate.passage], logit)
    retrieved = np.array([passage.score for passage in passages], np.float32)
    order = np.argsort(-(best + RETRIEVED * min_max(retrieved)), kind="stable")
    falling = np.sort(retrieved)[::-1].tolist()
    return [
        replace(passages[place], rank=rank, score=falling[rank - 1])
        for rank, place in enumerate(order.tolist(), start=1)
    ]


def comparing(embedder: Embedder | None) -> Embedder | None:
    """The embedder that sentences are compared with: the networks know the bundled model's cosines."""
    if embedder is None or hasattr(embedder, "embed_pieces"):
        return embedder
    from rag.embedding import load_embedder

    return load_embedder("bundled")
