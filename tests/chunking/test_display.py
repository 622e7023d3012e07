"""Display text and the offsets that lead to it."""

from __future__ import annotations

import itertools

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunking import split_sentences, tidy
from tests.chunking.test_sentences import HOSTILE


def test_breaks_inside_a_chinese_sentence_close_up() -> None:
    display, offsets = tidy("做好港口的服务,\n\n完善应急制度。\n\n下一段  有空格。")
    assert display == "做好港口的服务,完善应急制度。\n\n下一段 有空格。"
    assert len(offsets) == 29


def test_breaks_inside_an_english_sentence_become_one_space() -> None:
    text = "  The harbour was built by the city in\n1898 and    enlarged in the well-\nknown year 1927.\nIt stands. "
    display, _ = tidy(text)
    assert display == (
        "The harbour was built by the city in 1898 and enlarged in the well-known year 1927.\nIt stands."
    )


def test_code_between_fences_stays_as_it_is() -> None:
    code = "  ```python\n  def f(x):\n\n      return  x   # twice  \n  ```  "
    text = f"\n\nRun   it:\n\n\n{code}\n\n\nThen the\nharbour  opens."
    display, offsets = tidy(text)
    assert display == f"Run it:\n\n{code}\n\nThen the harbour opens."
    at = text.index("return")
    assert display[offsets[at] : offsets[at + 10]] == "return  x "
    assert tidy(code)[0] == code


CODE = st.lists(
    st.sampled_from(["```", "~~~sh", "~~~", "\n", "\n", " ", "  ", "\t", "a", "b. ", "文。", "# c"])
).map("".join)


@given(st.one_of(HOSTILE, CODE))
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_offsets_lead_from_each_sentence_to_its_display(text: str) -> None:
    display, offsets = tidy(text)
    assert len(offsets) == len(text) + 1
    assert all(a <= b for a, b in itertools.pairwise(offsets))
    assert offsets[-1] == len(display)
    for start, end in split_sentences(text):
        shown = display[offsets[start] : offsets[end]]
        assert "".join(shown.split()) == "".join(text[start:end].split())


@given(st.text("ab文字。,\n ", max_size=60))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_but_blanks_is_lost(text: str) -> None:
    assert "".join(tidy(text)[0].split()) == "".join(text.split())
