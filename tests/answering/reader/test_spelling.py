"""What pieces of two texts match by spelling."""

from __future__ import annotations

from rag.answering.reader.pieces import cut
from rag.answering.reader.spelling import spelled_alike, spelling
from rag.tokens import get_encoding

ENCODING = get_encoding()


def test_numbers_match_whole_and_han_by_pairs() -> None:
    told, asked = spelling("2019年投资15亿元"), spelling("15亿元是哪年的投资")
    pieces = cut(ENCODING, told.text)
    matched = {
        told.text[a:b]: tuple(row)
        for a, b, row in zip(
            pieces.starts, pieces.ends, spelled_alike(told, asked, pieces), strict=True
        )
    }
    assert matched["15"] == (1.0, 1.0)
    assert matched["2019"] == (0.0, 0.0)
    assert matched["投资"] == (1.0, 1.0)
    assert matched["年"] == (0.0, 1.0)


def test_longer_words_match_by_their_first_letters() -> None:
    told, asked = spelling("the harbours opened"), spelling("which harbour")
    pieces = cut(ENCODING, told.text)
    alike = spelled_alike(told, asked, pieces)[:, 0]
    matched = [
        told.text[a:b]
        for a, b, share in zip(pieces.starts, pieces.ends, alike, strict=True)
        if share > 0.5
    ]
    assert "".join(matched) == "harbours"
