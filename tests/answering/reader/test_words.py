"""Words of English texts in place of their pieces."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.answering.reader.encoder import single
from rag.answering.reader.inputs import MAX_SENTENCE, pad
from rag.answering.reader.model import bundled_reader_path
from rag.answering.reader.pieces import Table, cut
from rag.answering.reader.words import EnglishWords, whole_words
from rag.tokens import VOCABULARY_SIZE, get_encoding

WORDS = ["earthquake", "the", "chateau"]
ENGLISH = "in the earthquake of 1755 the château was lost"


@pytest.fixture
def wide() -> Table:
    rows = np.random.default_rng(0).integers(-127, 128, (VOCABULARY_SIZE, 4)).astype(np.int8)
    return Table(rows, np.full(VOCABULARY_SIZE, 0.01, np.float32))


@pytest.fixture
def words(wide: Table) -> EnglishWords:
    entries = np.zeros((2, 256, 2), np.float32)
    entries[0, 7], entries[1, 9] = (1, 2), (3, 4)
    turn = np.diag([1, 10, 100, 1000]).astype(np.float32)
    codes = np.array([[7, 9], [7, 0], [0, 9]], np.uint8)
    return EnglishWords(wide, WORDS, codes, entries, turn)


def test_words_come_after_the_pieces(words: EnglishWords, wide: Table) -> None:
    assert [words.number(word) for word in (*WORDS, "quake")] == [65536, 65537, 65538, None]
    assert words.number("château") == 65538
    assert (len(words), words.width, words.marks) == (VOCABULARY_SIZE + 3, 4, wide.marks)
    ids = np.array([65538, 5, 65536, 65537], np.int32)
    assert words[ids].tolist() == [
        [0, 0, 300, 4000],
        wide[ids[1:2]][0].tolist(),
        [1, 20, 300, 4000],
        [1, 20, 0, 0],
    ]
    assert np.array_equal(words[ids[1:2]], wide[ids[1:2]])


def test_known_words_of_an_english_text_take_the_place_of_their_pieces(words: EnglishWords) -> None:
    encoding = get_encoding()

    def pieces(text: str) -> list[int]:
        return cut(encoding, text).ids.tolist()

    assert whole_words(encoding, ENGLISH, words).tolist() == [
        *pieces("in"),
        65537,
        65536,
        *pieces("of"),
        *pieces("1755"),
        65537,
        65538,
        *pieces("was lost"),
    ]
    # A word within a word is none; a text without any word stays as it is.
    assert whole_words(encoding, "the earthquakes of the past", words).tolist() == [
        65537,
        *pieces("earthquakes of"),
        65537,
        *pieces("past"),
    ]
    assert whole_words(encoding, "", words).tolist() == []


@pytest.mark.parametrize(
    "text",
    [
        "le château de la ville est dans les bois",
        "das alte chateau ist in der stadt und nicht auf dem land",
        "1755年的earthquake很大",
    ],
)
def test_texts_in_other_languages_stay_in_pieces(words: EnglishWords, text: str) -> None:
    assert (
        whole_words(get_encoding(), text, words).tolist() == cut(get_encoding(), text).ids.tolist()
    )


def test_the_network_is_given_the_embeddings_of_words(words: EnglishWords) -> None:
    example = single(get_encoding(), "The Earthquake of the Château. " * 40, words)
    assert example.count == MAX_SENTENCE
    assert example.ids[1:3].tolist() == [65537, 65536]
    given = pad([example], words)
    assert given["rows"].shape == (1, MAX_SENTENCE + 2, 4)
    assert given["rows"][0, 2].tolist() == [1, 20, 300, 4000]


def test_words_are_read_from_their_file(tmp_path: Path, wide: Table) -> None:
    entries = np.arange(2 * 256 * 2).reshape(2, 256, 2).astype(np.float16)
    np.savez_compressed(
        tmp_path / "words.npz",
        words=np.frombuffer(b"north\nsouth", np.uint8),
        codes=np.array([[0, 1], [1, 0]], np.uint8),
        entries=entries,
        turn=np.eye(4, dtype=np.float16),
    )
    words = EnglishWords.load(tmp_path / "words.npz", wide)
    south = words.number("south")
    assert south == VOCABULARY_SIZE + 1
    assert words[np.array([south])].tolist() == [[2, 3, 512, 513]]


@pytest.mark.skipif(not (bundled_reader_path() / "words.npz").exists(), reason="no weights")
def test_the_bundled_ones_are_common_words(wide: Table) -> None:
    rows = np.load(bundled_reader_path() / "rows.npy", mmap_mode="r")
    scales = np.load(bundled_reader_path() / "scales.npy")
    words = EnglishWords.load(bundled_reader_path() / "words.npz", Table(rows, scales))
    ids = [words.number(word) for word in ("earthquake", "flood", "tuesday")]
    quake, flood, tuesday = words[np.array(ids)]

    def cosine(one: np.ndarray, other: np.ndarray) -> float:
        return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))

    assert cosine(quake, flood) > cosine(quake, tuesday) + 0.1
