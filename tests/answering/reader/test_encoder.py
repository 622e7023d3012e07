"""Sentences by themselves as vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rag.answering.reader.encoder import SentenceEncoder, single
from rag.answering.reader.inputs import MAX_SENTENCE, SENTENCE
from rag.answering.reader.model import Reader, ReaderInput, bundled_reader_path
from rag.answering.reader.pieces import Table
from rag.embedding import Embedder
from rag.tokens import get_encoding


def counted(inputs: dict[str, Any]) -> np.ndarray:
    """States that tell how many pieces a text has."""
    states = np.zeros((len(inputs["mask"]), 384), np.float32)
    states[np.arange(len(states)), inputs["mask"].sum(axis=1).astype(int)] = 7.0
    return states


def test_vectors_are_units_in_the_order_of_the_texts(table: Table) -> None:
    encoder = SentenceEncoder(get_encoding(), table, counted)
    assert isinstance(encoder, Embedder)
    texts = ["one two three four", "", "one", "a " * 5000, "one"]
    seen: list[tuple[int, int]] = []
    vectors = encoder.embed_passages(texts, progress=lambda done, of: seen.append((done, of)))
    assert vectors.argmax(axis=1).tolist() == [6, 2, 3, MAX_SENTENCE + 2, 3]
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5))
    assert seen[-1] == (5, 5)
    assert np.array_equal(encoder.embed_queries(texts), vectors)
    assert encoder.embed_passages([]).shape == (0, 384)


def test_a_text_by_itself_has_marks_and_no_matches(table: Table) -> None:
    example = single(get_encoding(), "It rains.", table)
    cls, sep = table.marks
    assert (example.ids[0], example.ids[-1]) == (cls, sep)
    assert example.count == len(example.ids) - 2 == 4
    assert set(example.segments.tolist()) == {SENTENCE}
    assert not example.features.any()


@pytest.mark.skipif(not (bundled_reader_path() / "encoder.npz").exists(), reason="no weights")
@pytest.mark.parametrize(
    ("question", "alike", "other"),
    [
        (
            "What do the farmers grow?",
            "Rice and beans are planted in the valley.",
            "The village lies north of the lake.",
        ),
        (
            "What makes the soup taste sour?",
            "The cook adds lemon juice to the broth.",
            "The restaurant opened in 1990.",
        ),
        (
            "What language do the inhabitants speak?",
            "Most of the islanders talk to each other in Gaelic.",
            "The island is 12 kilometres long.",
        ),
        (
            "Warum wurde die Brücke gesperrt?",
            "Das Bauwerk hatte Risse.",
            "Der Fluss ist 20 km lang.",
        ),
    ],
)
def test_the_bundled_one_knows_what_is_alike_in_other_words(
    question: str, alike: str, other: str
) -> None:
    told = [ReaderInput(other), ReaderInput(alike)]
    scores = Reader.load().score(question, told, adapted=True)
    assert scores[1].alike > scores[0].alike + 0.1
    assert all(-1 <= score.alike <= 1 for score in scores)
