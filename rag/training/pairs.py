"""Training pairs for the static model: what should lie close together, drawn anew for every batch.

Each task draws one batch of (left, right) bags of pieces; the other rights of a batch are the
negatives of a left, so a batch stays within one task and one language, and takes several passages
of each article.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from rag.training.corpus import Corpus, Questions, Ragged, Translations

__all__ = ["Batch", "Gloss", "Task", "from_document", "tasks_of"]

Bag = NDArray[np.int32]
Random = np.random.Generator

_LONGEST = 320
_PER_ARTICLE = 4


@dataclass(slots=True)
class Batch:
    """``left[n]`` belongs to ``right[n]``; further rights are negatives only.

    ``keys`` has one number per right: two rights of one key are no negatives of each other's left.
    """

    left: list[Bag] = field(default_factory=list)
    right: list[Bag] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)

    def add(self, left: Bag, right: Bag, key: int = -1) -> None:
        """Add a pair unless one side is empty."""
        if len(left) and len(right):
            self.left.append(left)
            self.right.append(right[:_LONGEST])
            self.keys.append(len(self.keys) if key < 0 else key)


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of pair, its share of the batches and the way to draw ``size`` of them."""

    name: str
    weight: float
    draw: Callable[[Random, int], Batch]


Gloss = Callable[[Random, Bag], Bag]


def tasks_of(corpus: Corpus, glosses: Mapping[tuple[str, str], Gloss] | None = None) -> list[Task]:
    """The tasks that ``corpus`` has texts for; ``glosses`` translate pieces by language pair."""
    tasks: list[Task] = []
    glosses = glosses or {}
    if corpus.articles:
        news = partial(from_document, corpus.news, corpus.articles)
        tasks.append(Task("news: sentence in passage", 10, news))
        tasks.append(Task("news: lead and body", 3, partial(_lead, corpus.news, corpus.articles)))
        if ("zh", "en") in glosses:
            gloss = glosses["zh", "en"]
            glossed = partial(_glossed_document, corpus.news, corpus.articles, gloss)
            tasks.append(Task("news: glossed sentence in passage", 8, glossed))
    for language, texts in corpus.translations.items():
        rows = len(texts.english)
        weight = 10.0 if language == "zh" else max(0.4, min(2.5, rows / 40_000))
        tasks.append(Task(f"{language}: translation", weight, partial(_translation, texts)))
        if len(texts.windows) > 50:
            weight = 8.0 if language == "zh" else max(0.4, min(1.5, len(texts.windows) / 10_000))
            crossed = partial(_sentence_in_translated_passage, texts)
            tasks.append(Task(f"{language}: sentence in translated passage", weight, crossed))
            own = partial(from_document, texts.other, texts.windows)
            tasks.append(Task(f"{language}: sentence in passage", weight, own))
            if language == "zh":
                english = partial(from_document, texts.english, texts.windows)
                tasks.append(Task("en: sentence in passage", 8, english))
    for language, texts in corpus.titles.items():
        weight = 8.0 if language == "zh" else min(1.0, len(texts.english) / 100_000)
        tasks.append(Task(f"{language}: title", weight, partial(_translation, texts)))
    for language, asked in corpus.questions.items():
        weight = 1.5 if language == "zh" else 0.7
        tasks.append(
            Task(f"{language}: question and paragraph", weight, partial(_paragraph, asked))
        )
        tasks.append(Task(f"{language}: question and sentence", weight, partial(_sentence, asked)))
        if (language, "en") in glosses:
            draw = partial(_glossed_paragraph, asked, glosses[language, "en"])
            tasks.append(Task(f"{language}: glossed question and paragraph", 2 * weight, draw))
    return tasks


def _thinned(random: Random, bag: Bag, least: float, most: float = 1.0) -> Bag:
    """``bag`` with a random share of its pieces, at least one."""
    count = len(bag)
    if count < 2:
        return bag
    kept = bag[random.random(count) < random.uniform(least, most)]
    return kept if len(kept) else bag[:1]


def _window(random: Random, start: int, end: int) -> tuple[int, int]:
    """Some two to eight neighbouring sentences of a document."""
    length = min(end - start, int(random.integers(2, 9)))
    first = int(random.integers(start, end - length + 1))
    return first, first + length


def _without(texts: Ragged, start: int, end: int, left_out: int) -> Bag:
    return np.concatenate([texts.rows(start, left_out), texts.rows(left_out + 1, end)])


def from_document(
    texts: Ragged, documents: list[tuple[int, int]], random: Random, size: int
) -> Batch:
    """A sentence, thinned, and the passage it stands in or was taken out of."""
    batch = Batch()
    for number in random.integers(0, len(documents), max(1, size // _PER_ARTICLE)):
        start, end = documents[number]
        for _ in range(min(_PER_ARTICLE, 1 + (end - start) // 4)):
            first, last = _window(random, start, end)
            sentence = int(random.integers(first, last))
            if random.random() < 0.4:
                passage = _without(texts, first, last, sentence)
                batch.add(_thinned(random, texts.row(sentence), 0.6), passage)
            else:
                batch.add(_thinned(random, texts.row(sentence), 0.15, 0.8), texts.rows(first, last))
    return batch


def _lead(texts: Ragged, documents: list[tuple[int, int]], random: Random, size: int) -> Batch:
    """The first sentence of an article and a passage of its rest."""
    batch = Batch()
    for number in random.integers(0, len(documents), size):
        start, end = documents[number]
        first, last = _window(random, start + 1, end)
        batch.add(_thinned(random, texts.row(start), 0.4), texts.rows(first, last))
    return batch


def _glossed_document(
    texts: Ragged, documents: list[tuple[int, int]], gloss: Gloss, random: Random, size: int
) -> Batch:
    """As :func:`from_document`, one side or both glossed into another language."""
    batch = from_document(texts, documents, random, size)
    return _glossed(batch, gloss, random)


def _glossed(batch: Batch, gloss: Gloss, random: Random) -> Batch:
    side = random.random()
    glossed = Batch()
    for left, right, key in zip(batch.left, batch.right, batch.keys, strict=True):
        glossed.add(
            gloss(random, left) if side < 0.7 else left,
            gloss(random, right) if side > 0.4 else right,
            key,
        )
    return glossed


def _translation(texts: Translations, random: Random, size: int) -> Batch:
    batch = Batch()
    for row in random.integers(0, len(texts.english), size):
        english, other = texts.english.row(row), texts.other.row(row)
        batch.add(_thinned(random, english, 0.7), _thinned(random, other, 0.7))
    return batch


def _sentence_in_translated_passage(texts: Translations, random: Random, size: int) -> Batch:
    """A sentence in one language, thinned, and the passage with its translation."""
    batch = Batch()
    asked, answering = texts.english, texts.other
    if random.random() < 0.5:
        asked, answering = answering, asked
    for number in random.integers(0, len(texts.windows), size):
        first, last = texts.windows[number]
        first, last = _window(random, first, last)
        row = int(random.integers(first, last))
        batch.add(_thinned(random, asked.row(row), 0.2), answering.rows(first, last))
    return batch


def _paragraph(asked: Questions, random: Random, size: int) -> Batch:
    """A question, thinned, and a part of its paragraph that holds the answer."""
    batch = Batch()
    for number in _some(random, len(asked.questions), size):
        start, end = asked.paragraph[number]
        answer = asked.answer_sentence[number]
        first = int(random.integers(start, answer + 1))
        last = int(random.integers(answer + 1, end + 1))
        question = _thinned(random, asked.questions.row(number), 0.6)
        batch.add(question, asked.sentences.rows(first, last), start)
    return batch


def _glossed_paragraph(asked: Questions, gloss: Gloss, random: Random, size: int) -> Batch:
    return _glossed(_paragraph(asked, random, size), gloss, random)


def _sentence(asked: Questions, random: Random, size: int) -> Batch:
    """A question and the sentence that answers it; others of the paragraph are negatives."""
    batch = Batch()
    others: list[tuple[Bag, int]] = []
    for number in _some(random, len(asked.questions), size // 2):
        answer = asked.answer_sentence[number]
        question = _thinned(random, asked.questions.row(number), 0.6)
        batch.add(question, asked.sentences.row(answer), answer)
        others += [
            (asked.sentences.row(row), row)
            for row in range(*asked.paragraph[number])
            if row != answer
        ]
    for position in _some(random, len(others), size):
        bag, key = others[position]
        if len(bag):
            batch.right.append(bag)
            batch.keys.append(key)
    return batch


def _some(random: Random, count: int, size: int) -> NDArray[np.int64]:
    return random.permutation(count)[:size]
