"""Passages in the order in which their sentences answer."""

from __future__ import annotations

from rag.answering import reread
from rag.answering.reader import ReaderScore
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
