"""Marks of many kinds, and numbers that are none."""

from __future__ import annotations

import pytest

from rag.answering.llm.handles import without_handles


@pytest.mark.parametrize(
    "mark",
    [
        "[1]", "【1】", "［1］", "〔1〕", "[^1]", "(1)", "（1）", "【1†source】", "【1:0†source】", "[citation:1]",
        "[来源：1]", "[Source: 1]", "[doc 1]", "[第1段]", "[1, p. 2]", "[[1]](#1)", "[1](#ref1)", "<sup>1</sup>",
        "<sup>[1]</sup>", "¹", "(passage 1)", "（资料1）", "（见[1]）", "([1])", "（来源：[1]）", "(see [1])",
    ],
)  # fmt: skip
def test_a_mark_goes_with_its_brackets(mark: str) -> None:
    unmarked = without_handles(f"新落地项目有172个{mark}。", known=3)
    assert unmarked.text == "新落地项目有172个。"
    assert unmarked.marks == ((10, (1,)),)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("a [1, 2].", (1, 2)),
        ("a [1][3].", (1, 3)),
        ("a [1]; [2].", (1, 2)),
        ("a (passages 1 and 2).", (1, 2)),
        ("a (passages 1, 2, and 3).", (1, 2, 3)),
        ("a [1] and [2].", (1, 2)),
        ("a[1]、[2]和[3].", (1, 2, 3)),
        ("a [source 1; source 3].", (1, 3)),
        ("a [99].", ()),
        ("a [2, pp. 1-3].", (2,)),
    ],
)
def test_the_numbers_of_a_mark(text: str, numbers: tuple[int, ...]) -> None:
    unmarked = without_handles(text, known=3)
    assert unmarked.text == "a."
    assert unmarked.marks == ((1, numbers),)


@pytest.mark.parametrize(
    "text",
    [
        "the two (2) pumps",
        "x (12).",
        "f(2).",
        "(1) first; (2) second",
        "步骤：(1)打开。(2)关闭。",
        "120 m², 10⁶ Pa, 80平方米²",
        "120 m<sup>2</sup>",
        "[2023]",
        "（资料3份）",
        "The crew numbered three (3).",
        "According to Article 5 (2).",
        "依据第十二条（2）。",
        "见表（1）。",
    ],
)
def test_a_number_that_is_no_mark_stays(text: str) -> None:
    unmarked = without_handles(text, known=3)
    assert unmarked.text == text
    assert unmarked.marks == ()


def test_a_stop_before_a_mark_still_ends_its_sentence() -> None:
    text = "It grew in 2023.[1]In 2022 it fell.[2]"
    unmarked = without_handles(text, known=2)
    assert unmarked.text == "It grew in 2023. In 2022 it fell."
    assert unmarked.marks == ((16, (1,)), (33, (2,)))


def test_long_runs_of_blanks_are_read_in_time() -> None:
    text = f"| HX-200 |{' ' * 20_000}| [1]"
    assert without_handles(text, known=1).text == text[:-4]
