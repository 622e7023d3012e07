"""Passages in the order in which their sentences answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag.answering import READ_OVER, reread
from rag.answering.question.analysis import analyse
from rag.answering.ranking.rereading import RETRIEVED, read_order
from rag.answering.ranking.sentences import rank
from rag.answering.reader.model import ReaderScore
from rag.retrieval import retrieve


class LikesNine:
    """Judges by one word of one sentence."""

    def score(self, question: str, candidates, *, adapted=False) -> list[ReaderScore]:
        del question
        return [
            ReaderScore(
                9.0 if "9条" in one.text else -9.0, 0.9 if "9条" in one.text else 0.1, None, 0.0
            )
            for one in candidates
        ]


@pytest.fixture
def passages(small_view, embedder):
    return retrieve(small_view, embedder, "港口新开了几条航线？", k=6)


def test_passages_are_put_in_order_and_scores_stay_with_ranks(
    passages, small_view, embedder
) -> None:
    found = reread("港口", passages, view=small_view, embedder=embedder, reader=None)
    assert [one.rank for one in found] == list(range(1, len(passages) + 1))
    assert [one.score for one in found] == [one.score for one in passages]
    assert sorted(one.text for one in found) == sorted(one.text for one in passages)
    assert reread("港口", [], view=small_view, embedder=embedder, reader=None) == []


def test_the_reader_decides(passages, small_view, embedder) -> None:
    question = "港口新开了几条航线？"
    last = [one for one in passages if "9条" not in one.text]
    last += [one for one in passages if "9条" in one.text]
    last = [replace(one, rank=rank) for rank, one in enumerate(last, 1)]
    read = reread(question, last, view=small_view, embedder=embedder, reader=LikesNine())
    assert "9条" in read[0].text
    assert read[0].score == max(one.score for one in last)


def test_only_the_first_are_read_over(passages, small_view, embedder) -> None:
    many = [
        replace(passages[0], text="港口扩建。", start=n, end=n + 5, rank=n, score=1 / n)
        for n in range(1, READ_OVER + 4)
    ]
    answers = replace(many[-1], text="港口新开了9条航线。")
    read = reread(
        "港口新开了几条航线？",
        [*many[:-1], answers],
        view=small_view,
        embedder=embedder,
        reader=LikesNine(),
    )
    assert read[READ_OVER:] == [*many[READ_OVER:-1], answers]
    assert [one.rank for one in read] == list(range(1, READ_OVER + 4))


def test_what_the_reader_cannot_read_stays_as_it_was_found(passages, small_view, embedder) -> None:
    lao = [replace(one, text="ທ່າເຮືອເປີດ 9条 ເສັ້ນທາງໃໝ່ໃນປີນີ້") for one in passages[:1]]
    given = [*lao, *passages[1:]]
    read = reread(
        "ທ່າເຮືອເປີດຈັກເສັ້ນທາງ?", given, view=small_view, embedder=embedder, reader=LikesNine()
    )
    assert read == given


@pytest.mark.parametrize(
    ("logits", "scores", "expected"),
    [
        ((0.0, 1.0, 2.0), (0.9, 0.9, 0.9), (2, 1, 0)),  # retrieved alike: the sentences alone
        ((0.0, 0.0, 0.0), (0.9, 0.5, 0.1), (0, 1, 2)),  # sentences alike: as retrieved
        ((0.0, 0.4 * RETRIEVED - 0.1, 0.0), (0.9, 0.5, 0.1), (0, 1, 2)),  # both, added
        ((0.0, 0.4 * RETRIEVED + 0.1, 0.0), (0.9, 0.5, 0.1), (1, 0, 2)),
        ((0.0, 0.1, 0.0), (0.9, 0.8999, 0.1), (1, 0, 2)),  # nearly alike counts as such
    ],
)
def test_retrieval_counts_beside_the_sentences(
    passages, small_view, embedder, monkeypatch, logits, scores, expected
) -> None:
    given = [replace(one, score=score) for one, score in zip(passages, scores, strict=False)]

    def told(asked, passages, **more):
        ranked = rank(asked, passages, **more)
        some = np.array([logits[one.passage] for one in ranked.candidates], np.float32)
        return replace(ranked, logits=some)

    monkeypatch.setattr("rag.answering.ranking.rereading.rank", told)
    found = reread("港口", given, view=small_view, embedder=embedder, reader=None)
    assert [one.text for one in found] == [given[place].text for place in expected]
    assert [one.rank for one in found] == [1, 2, 3]
    assert [one.score for one in found] == list(scores)


def test_an_answers_passages_follow_their_sentences_alone(passages, small_view) -> None:
    ranked = rank(analyse("港口"), passages[:3], idf=small_view.idf)
    told = np.array([float(one.passage) for one in ranked.candidates], np.float32)
    found = read_order(passages[:3], replace(ranked, logits=told))
    assert [one.text for one in found] == [passages[place].text for place in (2, 1, 0)]
    kept = [i for i, one in enumerate(ranked.candidates) if one.passage == 2]
    alone = replace(
        ranked, candidates=[ranked.candidates[i] for i in kept], logits=ranked.logits[kept]
    )
    found = read_order(passages[:3], alone)  # those without a sentence stay behind
    assert [one.text for one in found] == [passages[place].text for place in (2, 0, 1)]
