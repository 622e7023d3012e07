"""Texts cut into pieces."""

from __future__ import annotations

import pytest

from rag.answering.reader.pieces import cut
from rag.tokens import get_encoding

ENCODING = get_encoding()


@pytest.mark.parametrize(
    "text", ["", "  ", "a b", "港口吞吐量达到 1,200 万吨。", "🙂🙃 ok", "ñandú عربي", "�x"]
)
def test_pieces_spell_the_text_without_its_white_space(text: str) -> None:
    pieces = cut(ENCODING, text)
    covered = {i for a, b in zip(pieces.starts, pieces.ends, strict=True) for i in range(a, b)}
    assert covered == {i for i, character in enumerate(text) if not character.isspace()}
