"""Passages in the order in which their sentences answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.answering import reread
from rag.answering.question import analyse
from rag.answering.ranking import rank
from rag.answering.reader import ReaderScore
from rag.answering.rereading import RETRIEVED, read_order
from rag.retrieval import retrieve


class LikesNine:
    """Judges by one word of one sentence."""

    def score(self, question: str, candidates) -> list[ReaderScore]:
        del question
        return [
            ReaderScore(
                9.0 if "9条" in one.text else -9.0, 0.9 if "9条" in one.text else 0.1, None, 0.0
            )
            for one in candidates
        ]


def test_passages_follow_their_best_sentence(small_view, embedder) -> None:
    passages = retrieve(small_view, embedder, "港口", k=6)
    found = reread("港口", passages, view=small_view, embedder=embedder, reader=None, k=3)
    assert [one.rank for one in found] == [1, 2, 3]
    assert [one.score for one in found] == [one.score for one in passages[:3]]
    assert {one.text for one in found} <= {one.text for one in passages}
    assert reread("港口", [], view=small_view, embedder=embedder, reader=None, k=3) == []


def test_the_reader_decides(small_view, embedder) -> None:
    question = "港口新开了几条航线？"
    passages = retrieve(small_view, embedder, question, k=6)
    read = reread(question, passages, view=small_view, embedder=embedder, reader=LikesNine(), k=6)
    assert "9条" in read[0].text
    assert sorted(one.text for one in passages) == sorted(one.text for one in read)


@pytest.mark.parametrize(
    ("logits", "scores", "expected"),
    [
        ((0.0, 1.0, 2.0), (0.9, 0.9, 0.9), (2, 1, 0)),  # retrieved alike: the sentences alone
        ((0.0, 0.0, 0.0), (0.9, 0.5, 0.1), (0, 1, 2)),  # sentences alike: as retrieved
        ((0.0, RETRIEVED / 2 - 0.1, 0.0), (0.9, 0.5, 0.1), (0, 1, 2)),  # both, added
        ((0.0, RETRIEVED / 2 + 0.1, 0.0), (0.9, 0.5, 0.1), (1, 0, 2)),
    ],
)
def test_retrieval_counts_beside_the_sentences(
    small_view, embedder, logits, scores, expected
) -> None:
    some = retrieve(small_view, embedder, "港口", k=3)
    passages = [replace(one, score=score) for one, score in zip(some, scores, strict=True)]
    ranked = rank(analyse("港口"), passages, idf=small_view.idf)
    told = np.array([logits[one.passage] for one in ranked.candidates], np.float32)
    found = read_order(passages, replace(ranked, logits=told))
    assert [one.text for one in found] == [passages[place].text for place in expected]
    assert [one.rank for one in found] == [1, 2, 3]
    assert [one.score for one in found] == pytest.approx(sorted(scores, reverse=True))


def test_passages_without_a_sentence_stay_behind(small_view, embedder) -> None:
    passages = retrieve(small_view, embedder, "港口", k=3)
    ranked = rank(analyse("港口"), passages, idf=small_view.idf)
    kept = [i for i, one in enumerate(ranked.candidates) if one.passage == 2]
    alone = replace(
        ranked, candidates=[ranked.candidates[i] for i in kept], logits=ranked.logits[kept]
    )
    found = read_order(passages, alone)
    assert [one.text for one in found] == [passages[place].text for place in (2, 0, 1)]
