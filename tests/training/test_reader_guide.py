"""Listings whose shares an English sentence model gives."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from rag.training.data_files import DEVELOPMENT, TRAINING, bucket
from rag.training.reader_guide import AlikeListings

TOPICS = ("harbour", "orchard", "railway", "glacier")


class ByTopic:
    """Two sentences are alike by the topics and the numbers that they name."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), len(TOPICS) + 10), np.float32)
        for row, text in enumerate(texts):
            vectors[row, : len(TOPICS)] = [topic in text for topic in TOPICS]
            number = next((int(word) for word in text.split() if word.isdigit()), 0)
            vectors[row, len(TOPICS) + number % 10] = 0.5
        return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def translated(english: str) -> str:
    return english.replace("The", "Der").replace("has", "hat").replace("Where", "Wo")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    texts = [
        text
        for number in range(1200)
        for text in (
            f"The {TOPICS[number % 4]} has number {number} .",
            f"Where is {TOPICS[number % 4]} {number} ?",
        )
    ]
    rows = ({"s": "made", "l": "de", "e": text, "x": translated(text)} for text in texts)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "parallel.jsonl").write_text(lines, encoding="utf-8")
    return tmp_path


def topic_of(text: str) -> str:
    return next(topic for topic in TOPICS if topic in text)


def test_what_is_most_alike_has_the_largest_share(folder: Path) -> None:
    listings = AlikeListings(folder, ["What became of the glacier ?"], ByTopic())
    chance = random.Random(1)
    sources = set()
    for _ in range(200):
        drawn = listings.draw(chance)
        assert drawn is not None
        sources.add(drawn.source)
        assert sum(drawn.shares) == pytest.approx(1)
        assert len(drawn.shares) == len(drawn.candidates) >= 3
        assert not any(one.good or one.span for one in drawn.candidates)
        first = drawn.candidates[int(np.argmax(drawn.shares))].text
        assert topic_of(first) == topic_of(drawn.question)
        _, asking, telling = drawn.source.split("-")
        assert drawn.question.startswith("Wo ") == (asking == "de")
        assert all(one.text.startswith("Der ") == (telling == "de") for one in drawn.candidates)
    assert sources == {"alike-en-en", "alike-en-de", "alike-de-en", "alike-de-de"}


def test_nothing_of_what_measures_is_shown(folder: Path) -> None:
    listings = AlikeListings(folder, [], ByTopic())
    chance = random.Random(2)
    shown = set()
    for _ in range(300):
        drawn = listings.draw(chance)
        assert drawn is not None
        if drawn.source == "alike-en-en":
            shown |= {drawn.question, *(one.text for one in drawn.candidates)}
    assert len(shown) > 200
    assert {bucket(text) for text in shown} <= set(TRAINING)
    assert not {bucket(text) for text in shown} & set(DEVELOPMENT)


def test_with_too_few_sentences_there_is_no_listing(tmp_path: Path) -> None:
    (tmp_path / "parallel.jsonl").write_text(
        json.dumps({"s": "made", "l": "de", "e": "The harbour is old.", "x": "Der Hafen ist alt."}),
        encoding="utf-8",
    )
    listings = AlikeListings(tmp_path, ["Where is the harbour?"], ByTopic())
    assert listings.draw(random.Random(0)) is None
