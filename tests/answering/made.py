"""Passages and rankings made by hand, for the rules that choose among ranked sentences."""

from __future__ import annotations

import numpy as np

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.feature_names import FEATURES
from rag.answering.evidence.term_weights import Weights
from rag.answering.ranking.sentences import Ranked
from rag.records import Passage


def passage(
    text: str, *, document: str = "a", title: str | None = None, start: int = 0, rank: int = 1
) -> Passage:
    return Passage(
        document_id=document, source=f"{document}.txt", title=title, published=None, start=start,
        end=start + len(text), text=text, heading=None, score=1.0, rank=rank,
    )  # fmt: skip


def ranked_over(passages: list[Passage], *first: str, terms: tuple[str, ...] = ()) -> Ranked:
    """All sentences of the passages, those that hold one of ``first`` at the head, in that order."""
    candidates = candidates_of(passages)
    order = [i for begin in first for i, c in enumerate(candidates) if begin in c.text]
    order += [i for i in range(len(candidates)) if i not in order]
    logits = np.zeros(len(candidates), np.float32)
    logits[order] = np.linspace(5.0, 4.0, len(order))
    worth = {term: 1 / len(terms) for term in terms}
    return Ranked(
        candidates, order, logits, np.zeros((len(candidates), len(FEATURES)), np.float32),
        Weights(worth, tuple(worth), worth), [None] * len(candidates), "", read=True,
    )  # fmt: skip


def texts_of(ranked: Ranked, indices: object) -> list[str]:
    return [ranked.candidates[i].text for i in indices]  # type: ignore[attr-defined]
