"""The order of the candidate sentences, best answer first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.candidates import Candidate, candidates_of
from rag.answering.evidence.feature_names import INDEX
from rag.answering.evidence.features import features_of
from rag.answering.evidence.nearness import nearness_of
from rag.answering.evidence.term_weights import Idf, Weights, weigh
from rag.answering.evidence.texts import held_terms
from rag.answering.evidence.translations import with_translations
from rag.answering.mentions.ranges import sentence_in_range
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.reading import SentenceReader, read, readable
from rag.answering.scoring.families import family_of
from rag.answering.scoring.networks import has_network, load_network
from rag.records import Passage

if TYPE_CHECKING:
    from rag.embedding import Embedder

__all__ = ["READ", "Ranked", "rank", "row", "share_of"]

Floats = npt.NDArray[np.float32]

#: Sentences that the reader looks at; the others keep the order of the plain network behind them.
READ = 24


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates in order of their passages, with what is known about each.

    Attributes:
        order: Indices, best first.
        logits: (n,) of the ranking network.
        table: (n, features).
        spans: The reader's answer span of each in characters of its text, with its probability, or None.
        family: Of the weights that judged them (:func:`rag.answering.scoring.families.family_of`).
    """

    candidates: list[Candidate]
    order: list[int]
    logits: Floats
    table: Floats
    weights: Weights
    spans: list[tuple[int, int, float] | None]
    family: str
    read: bool


def rank(
    asked: AskedFor,
    passages: Sequence[Passage],
    *,
    idf: Idf,
    embedder: Embedder | None = None,
    reader: SentenceReader | None = None,
) -> Ranked:
    """Rank all sentences of the passages as answers."""
    candidates = candidates_of(passages)
    weights = weigh(asked, passages, idf)
    weights = with_translations(weights, asked, candidates)
    near = None
    if embedder is not None and candidates:
        near = nearness_of(asked, candidates, embedder, idf)
    table = features_of(asked, candidates, passages, weights=weights, nearness=near)
    spans: list[tuple[int, int, float] | None] = [None] * len(candidates)
    family = family_of(candidates)
    if not candidates:
        nothing = np.zeros(0, np.float32)
        return Ranked([], [], nothing, table, weights, spans, family, read=reader is not None)
    # One for all languages: it chooses what is read, and what is read was fitted on its choice.
    logits = load_network("ranking")(table)
    order = [int(i) for i in np.argsort(-logits, kind="stable")]
    if reader is not None and not readable(asked, candidates):
        reader = None
    if reader is None or not has_network(f"ranking{family}-reader"):
        return Ranked(candidates, order, logits, table, weights, spans, family, read=False)
    head = order[:READ]
    scores = read(reader, asked.text, [candidates[i] for i in head], family)
    read_table = features_of(
        asked,
        [candidates[i] for i in head],
        passages,
        weights=weights,
        nearness=None if near is None else near.of(head),
        reader=scores,
    )
    read_logits = load_network(f"ranking{family}-reader")(read_table)
    table[head] = read_table
    floor = float(read_logits.min()) - 1.0
    tail = order[READ:]
    logits = logits.copy()
    if tail:
        logits[tail] = floor + logits[tail] - float(logits[tail].max())
    logits[head] = read_logits
    for index, score in zip(head, scores, strict=True):
        if score.span is not None:
            spans[index] = (*score.span, score.span_score)
    order = [int(i) for i in np.argsort(-logits, kind="stable")]
    in_range = sentence_in_range(asked.normalised, candidates, order[:READ])
    if in_range is not None:
        order.insert(0, order.pop(order.index(in_range)))
    return Ranked(candidates, order, logits, table, weights, spans, family, read=True)


def row(ranked: Ranked, index: int, name: str) -> float:
    """One feature of one candidate."""
    return float(ranked.table[index, INDEX[name]])


def share_of(ranked: Ranked, text: str) -> float:
    """Worth of the question's terms that a text holds, in [0, 1]."""
    return ranked.weights.share(held_terms(text))
