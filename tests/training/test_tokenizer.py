"""The vocabulary's training and its two forms."""

from pathlib import Path

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("sentencepiece", reason="needs the extra 'training'")

from rag.tokens import SPECIAL_PIECES, VOCABULARY_SIZE, encode_batch, merges_path
from rag.training.tokenizer import (
    hugging_face_tokenizer,
    read_merges,
    train_merges,
    write_merges,
)

TEXTS = [
    "國立臺灣大學的校長是誰？人工智能发布了12345",
    "The QUICK brown fox's ﬁve “quotes” – dash\u00ad",
    "ｶﾞｽ料金インターネットは何年に始まりましたか",
    "İstanbul ΟΔΟΣ Ёлка أُمّ مُحَمَّد",
    "กำลังพัฒนา हिन्दी 한국어 😀👨‍👩‍👧 \x00\x01",
    "  spaces\n\nand\ttabs  ",
    "[PAD] [CLS] <|endoftext|>",
]


def test_both_forms_give_the_same_ids() -> None:
    tokenizer = hugging_face_tokenizer(read_merges(merges_path()))
    assert [each.ids for each in tokenizer.encode_batch(TEXTS)] == encode_batch(TEXTS)
    assert tokenizer.get_vocab_size() == VOCABULARY_SIZE
    first = VOCABULARY_SIZE - len(SPECIAL_PIECES)
    assert [tokenizer.token_to_id(piece) for piece in SPECIAL_PIECES] == list(
        range(first, VOCABULARY_SIZE)
    )


def test_the_bundled_tokenizer_is_that_of_the_merges() -> None:
    from tokenizers import Tokenizer

    from rag.embedding import bundled_model_path

    tokenizer = Tokenizer.from_file(str(bundled_model_path() / "tokenizer.json"))
    assert [each.ids for each in tokenizer.encode_batch(TEXTS)] == encode_batch(TEXTS)


def test_training_learns_frequent_pieces_and_no_long_han_ones(tmp_path: Path) -> None:
    lines = ["中华人民共和国的大学", "universities of the republic"] * 50
    merges = train_merges(lines, size=600, minimum_frequency=2)
    pieces = [bytes([value]) for value in range(256)]
    for left, right in merges:
        pieces.append(pieces[left] + pieces[right])
    assert b"universities" in pieces
    assert "大学".encode() in pieces
    assert max(len(piece) for piece in pieces if piece.startswith("中".encode())) <= 12
    write_merges(merges, tmp_path / "merges")
    assert read_merges(tmp_path / "merges") == merges
