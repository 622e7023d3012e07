"""Measures of a table of piece vectors on the held-out questions and translations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.training.corpus import Corpus, Questions, Translations

__all__ = ["Retrieval", "bag_vectors", "measure_corpus"]

Bag = NDArray[np.int32]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Retrieval:
    """Passage retrieval on one set: shares in [0, 1]."""

    name: str
    queries: int
    passages: int
    recall_at_1: float
    recall_at_5: float
    recall_at_10: float
    mrr_at_10: float


def bag_vectors(table: Vectors, bags: Sequence[Bag]) -> Vectors:
    """The unit vector of each bag of pieces: (bags, dimension). An empty bag gives zeros."""
    import torch

    offsets = np.zeros(len(bags), np.int64)
    np.cumsum([len(bag) for bag in bags[:-1]], out=offsets[1:])
    ids = np.concatenate([*bags, np.zeros(0, np.int32)]).astype(np.int64)
    with torch.inference_mode():
        sums = torch.nn.functional.embedding_bag(
            torch.from_numpy(ids), torch.from_numpy(table), torch.from_numpy(offsets), mode="sum"
        )
        unit: Vectors = torch.nn.functional.normalize(sums).numpy()
    return unit


def measure_corpus(table: Vectors, corpus: Corpus) -> list[Retrieval]:
    """All measures of ``table``, on texts that it was not trained on."""
    results = []
    for language, asked in corpus.held_out_questions.items():
        results += _questions(table, asked, f"{language} questions")
    for language, texts in corpus.held_out_translations.items():
        results += _translations(table, texts, language)
    return results


def ranked(name: str, scores: Vectors, gold: Sequence[int]) -> Retrieval:
    """Recall and reciprocal rank from (queries, passages) scores; ties count against."""
    column = np.asarray(gold)
    of_gold = scores[np.arange(len(column)), column]
    ranks = (scores >= of_gold[:, None]).sum(axis=1)
    return Retrieval(
        name,
        len(column),
        scores.shape[1],
        float((ranks <= 1).mean()),
        float((ranks <= 5).mean()),
        float((ranks <= 10).mean()),
        float(np.where(ranks <= 10, 1 / ranks, 0).mean()),
    )


def blended(
    queries: Vectors,
    passages: Vectors,
    sentences: Vectors,
    first: Sequence[int],
    last: Sequence[int],
) -> Vectors:
    """Half the passage's score, half that of its best sentence (rows ``first`` to ``last``)."""
    by_sentence = queries @ sentences.T
    best = np.stack(
        [by_sentence[:, a:b].max(axis=1) for a, b in zip(first, last, strict=True)], axis=1
    )
    scores: Vectors = (queries @ passages.T + best) / 2
    return scores


def _questions(table: Vectors, asked: Questions, name: str) -> list[Retrieval]:
    starts = sorted(set(asked.paragraph))
    place = {paragraph: number for number, paragraph in enumerate(starts)}
    queries = bag_vectors(table, [asked.questions.row(n) for n in range(len(asked.questions))])
    passages = bag_vectors(table, [asked.sentences.rows(a, b) for a, b in starts])
    sentences = bag_vectors(table, [asked.sentences.row(n) for n in range(len(asked.sentences))])
    gold = [place[paragraph] for paragraph in asked.paragraph]
    both = blended(queries, passages, sentences, *zip(*starts, strict=True))
    return [
        ranked(name, queries @ passages.T, gold),
        ranked(f"{name}, half best sentence", both, gold),
    ]


def _translations(table: Vectors, texts: Translations, language: str) -> list[Retrieval]:
    """A third of a sentence's pieces as the query, passages of six sentences to find it in."""
    windows = texts.windows[::2]
    random = np.random.default_rng(0)
    rows = [(row, number) for number, (a, b) in enumerate(windows) for row in range(a, b)]
    sides = {"en": texts.english, language: texts.other}
    queries = {}
    for side, ragged in sides.items():
        thin = []
        for row, _ in rows:
            bag = ragged.row(row)
            kept = bag[random.random(len(bag)) < 1 / 3]
            thin.append(kept if len(kept) else bag[:1])
        queries[side] = bag_vectors(table, thin)
    gold = [number for _, number in rows]
    results = []
    for asked, answering in (("en", language), (language, "en"), (language, language)):
        passages = bag_vectors(table, [sides[answering].rows(a, b) for a, b in windows])
        results.append(ranked(f"{asked} > {answering} news", queries[asked] @ passages.T, gold))
    return results
