"""rag.normalization: one spelling, and the way back to the source."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag import normalization
from rag.normalization import (
    normalize,
    normalize_joined,
    normalize_with_offsets,
    source_span,
)

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
TRICKY_TEXT = st.text(
    st.sampled_from(
        "aA1İıΣς ｶﾞｱガ\u0301\u0307\u1100\u1161\u11a8한㈱ﬁ臺灣台ー\u200b\ud800\x00ﷺ\u0640أ🇨🇳👩‍👩"
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("ＡＢＣ 臺灣的鐵路", "abc 台湾的铁路"),
        ("ΟΔΟΣ", "οδοσ"),
        ("İSTANBUL Isparta ısparta", "istanbul isparta isparta"),
        ("ｶﾞｽ", "ガス"),
        ("한국어", "한국어"),
        ("co\u00adop\u200b", "coop"),
        ("“It’s”", '"it\'s"'),
        ("a\x00b\ud800", "a b\N{REPLACEMENT CHARACTER}"),
        ("看著妳", "看着你"),
        ("tab\tline\n", "tab\tline\n"),
    ],
)
def test_normalize_examples(text: str, expected: str) -> None:
    assert normalize(text) == expected


@given(ANY_TEXT | TRICKY_TEXT)
def test_normalised_text_can_be_encoded(text: str) -> None:
    normalize(text).encode("utf-8")


@given(ANY_TEXT | TRICKY_TEXT)
def test_offsets_lead_back_to_the_source(text: str) -> None:
    normalised, offsets = normalize_with_offsets(text)
    assert normalised == normalize(text)
    assert len(offsets) == len(normalised) + 1
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(text)


@given(TRICKY_TEXT, st.data())
def test_a_source_span_normalises_to_text_that_holds_the_span(
    text: str, data: st.DataObject
) -> None:
    normalised, offsets = normalize_with_offsets(text)
    start = data.draw(st.integers(0, len(normalised)))
    end = data.draw(st.integers(start, len(normalised)))
    source_start, source_end = source_span(offsets, start, end)
    assert 0 <= source_start <= source_end <= len(text)
    assert normalised[start:end] in normalize(text[source_start:source_end])


def test_span_of_a_composed_group() -> None:
    text = "在㈱東京"
    normalised, offsets = normalize_with_offsets(text)
    assert normalised == "在(株)东京"
    assert source_span(offsets, 2, 3) == (1, 2)
    assert text[slice(*source_span(offsets, 4, 6))] == "東京"


def test_a_megabyte_of_one_character() -> None:
    for character in "中Ａ\x00\ud800\u0301":
        text = character * 1_000_000
        assert len(normalize(text)) in {0, len(text), len(unicodedata.normalize("NFKC", text))}


def test_the_table_is_idempotent() -> None:
    text = "".join(chr(code) for code in range(0x3400, 0xA000)) + "".join(
        chr(code) for code in range(0x20, 0x250)
    )
    assert normalize(normalize(text)) == normalize(text)


@given(st.lists(ANY_TEXT | TRICKY_TEXT, min_size=1, max_size=6))
def test_joined_is_the_same_as_one_by_one(texts: list[str]) -> None:
    expected = "\0".join(map(normalize, texts))
    assert normalize_joined(texts) == expected
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(normalization, "_BULK", 0)
        assert normalize_joined(texts) == expected


def test_joined_over_all_characters() -> None:
    characters = [chr(code) for code in range(1, 0x20000)]
    assert normalize_joined(characters) == "\0".join(map(normalize, characters))
    composing = ["e\u0301" * 8000, "か\u3099……㎡"]
    assert normalize_joined(composing) == "é" * 8000 + "\0が......m2"


def test_joined_of_nothing() -> None:
    assert normalize_joined([]) == ""
    assert normalize_joined([""]) == ""
