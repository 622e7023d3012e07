"""Pieces of Chinese text by array operations: the same as tiktoken's, whatever the text."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import tokens
from rag.han_pieces import _chinese, _table, encode_han
from rag.normalization import normalize_joined
from rag.tokens import count_tokens, encode_joined, get_encoding


def by_tiktoken(joined: str) -> tuple[list[int], list[int]]:
    """The ids of each text, one after another, and where each ends."""
    found: list[int] = []
    ends = []
    for text in joined.split("\0"):
        found.extend(get_encoding("rag").encode_ordinary(text))
        ends.append(len(found))
    return found, ends


def by_arrays(joined: str) -> tuple[list[int], list[int]]:
    ids, ends = encode_han(joined)
    return ids.tolist(), ends.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "市",
        "市南区",
        "的了",
        "了的中国的人民了",
        "哈哈哈哈哈哈哈",
        "人人人人",
        "中华人民共和国成立七十五周年",
        "2024年,共计1234567.8万元。",
        "\0",
        "\0\0青岛\0",
        "基础设施",  # a piece holds the first and a part of the second
        "基础",
        "船舶工业",
        "骨骼",
        "音乐和快乐",  # and one a part of the first and the second
        "蝴蝶与蜘蛛,徘徊尴尬感慨",
        "苹果橄榄芦",
        "龘靐齉市北区龘",
        "人々〇一二三",
        "㐀㐁市北",
        "𠀀𠀁市北𠀀",
        "⺀市",
        "豈市",
        "Qingdao青岛port港口 2023",
        "한국은 서울 กขคง الكتاب हिन्दी",
        "ひらがな漢字カタカナ",
    ],
)
def test_worked_texts(text: str) -> None:
    assert by_arrays(text) == by_tiktoken(text)


COMMON = (
    "的一是不了在人有我他这中大来上国青岛市南北区基础船舶骨骼快乐蝴蝶苹果头春风感慨哈工程建设发展"
)
TEXT = st.text(
    st.one_of(
        st.sampled_from(COMMON + "0123456789,。、“”()abcXYZ \n\0々〇ひカー龘㐀𠀀"),
        st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
        st.characters(exclude_categories=["Cs"]),  # normalised texts have no surrogates
    ),
    max_size=80,
)


@given(TEXT)
def test_any_text(text: str) -> None:
    assert by_arrays(text) == by_tiktoken(text)


def test_all_pieces_of_the_vocabulary_and_their_neighbours() -> None:
    chance = random.Random(3)
    ranks = get_encoding("rag")._mergeable_ranks
    words = [piece.decode() for piece in ranks if len(piece) % 3 == 0 and _is_han(piece)]
    assert len(words) > 20_000
    text = "\0".join("".join(chance.choices(words, k=6)) for _ in range(8_000))
    assert by_arrays(text) == by_tiktoken(text)
    # What stands inside no word: random neighbours, common characters more often.
    characters = [word for word in words if len(word) == 1]
    text = "\0".join("".join(chance.choices(characters, k=9)) for _ in range(8_000))
    assert by_arrays(text) == by_tiktoken(text)


def _is_han(piece: bytes) -> bool:
    try:
        return all("\u3400" <= one <= "\u9fff" for one in piece.decode())
    except UnicodeDecodeError:
        return False


def test_articles(root: Path) -> None:
    texts = [path.read_text("utf-8") for path in sorted((root / "seeds").glob("*.md"))]
    joined = normalize_joined(texts)
    assert by_arrays(joined) == by_tiktoken(joined)


def test_much_chinese_takes_this_way_and_other_text_does_not(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    from rag import han_pieces

    def counted(joined: str) -> tuple[np.ndarray, np.ndarray]:
        calls.append(len(joined))
        return encode_han(joined)

    monkeypatch.setattr(han_pieces, "encode_han", counted)
    article = next((root / "seeds").glob("*.md")).read_text("utf-8")
    texts = [article, "", "尾"]
    little = encode_joined(texts)
    assert not calls
    monkeypatch.setattr(tokens, "_MUCH", 100)
    much = encode_joined(texts)
    assert calls
    assert np.array_equal(little[0], much[0])
    assert np.array_equal(little[1], much[1])
    assert little[1].tolist()[1:] == [count_tokens(article)] * 2 + [count_tokens(article) + 1]
    calls.clear()
    monkeypatch.setattr(tokens, "_SLAB", 500)
    slabs = encode_joined([article[:900], *texts, article[900:], ""])
    assert max(calls) < len(article) + 500
    assert len(calls) > 2
    alone = [encode_joined([one]) for one in (article[:900], *texts, article[900:], "")]
    assert np.array_equal(slabs[0], np.concatenate([ids for ids, _ in alone]))
    assert slabs[1].tolist() == np.cumsum([0, *(len(ids) for ids, _ in alone)]).tolist()
    calls.clear()
    encode_joined(["An English text goes another way. " * 50])
    assert not calls


def test_pieces_that_tear_characters_in_other_ways_are_refused() -> None:
    han = {one.encode() for one in "市北基础"}
    whole = {"市北".encode(): 300}
    words, tails, heads = _chinese(whole, han)
    assert words == {"市北": 300}
    assert not tails.any()
    assert not heads.any()
    torn = "基础".encode()[:5]
    _, _, heads = _chinese({torn: 301}, han)
    assert int(heads[ord("基")]) == (ord("础") >> 6) + 1
    for odd in ("基础".encode()[:4], "市基础".encode()[1:5]):
        with pytest.raises(ValueError, match="tears"):
            _chinese({odd: 302}, han)


def test_the_tables_know_the_common_characters() -> None:
    table = _table()
    assert all(
        table.ids[ord(one)] == get_encoding("rag").encode_ordinary(one)[0] for one in "市南北"
    )
