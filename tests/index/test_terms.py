from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rag.index.terms as term_module
from rag.index.terms import key_of, term_keys, terms

WORKED = [
    ("", []),
    ("2010年毕业于", ["2010", "年", "毕", "业", "于", "年毕", "毕业", "业于"]),
    ("臺灣", ["台", "湾", "台湾"]),
    ("ＡＢ12", ["ab", "12"]),
    ("毕\n  业", ["毕", "业", "毕业"]),
    ("a b", ["a", "b"]),
    ("Stations station", ["stations", "stati", "station", "stati"]),
    ("हिन्दी", ["हिन्दी", "हिन्द"]),
    ("食べる", ["食", "食べ", "べる"]),
    ("한국은 서울", ["한국은", "한국", "국은", "서울"]),
    ("กขคง กข", ["กขค", "ขคง", "กข"]),
    ("الكتاب في", ["الكتاب", "الك", "لكت", "كتا", "تاب", "في"]),
    ("?! ，。", []),
]

HOSTILE = st.text(
    st.one_of(
        st.sampled_from(
            "年毕业臺灣 \n\t,.，。aAbZé12٣３कि\u0301ابتةקאกขคงのアー가나다\u200b\0𠀀😀ßİ"
        ),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(("text", "expected"), WORKED)
def test_terms_of_each_script(text, expected):
    assert Counter(terms(text)) == Counter(expected)


@given(st.lists(HOSTILE, max_size=6))
def test_keys_are_those_of_the_terms(texts):
    keys, owners = term_keys(texts)
    for number, text in enumerate(texts):
        found = Counter(int(key) for key in keys[owners == number])
        assert found == Counter(key_of(term) for term in terms(text))


def test_keys_do_not_depend_on_the_slices():
    texts = ["杭州市2024年" * 9000, "", "Zürich station " * 9000, "尾"]
    keys, owners = term_keys(texts)
    for number, text in enumerate(texts):
        alone = term_keys([text]).keys
        assert sorted(alone.tolist()) == sorted(keys[owners == number].tolist())


def test_a_key_fits_its_bits():
    assert all(0 <= key_of(term) < 2**44 for term in ("", "a", "年", "毕业", "x" * 500))


def test_the_class_of_a_character_is_the_same_alone_and_among_all():
    codes = np.arange(0x110000, dtype=np.uint32)
    kinds = term_module._classes(codes)
    for code in (
        *range(0x3000),
        *range(0x3000, 0x110000, 37),
        0x1FFFF,
        0x3FFFF,
        0x40000,
        0xE0101,
    ):
        assert kinds[code] == term_module._class_of(chr(code)), hex(code)
    assert (term_module._classes(codes) == kinds).all()
