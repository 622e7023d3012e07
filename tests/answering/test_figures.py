"""Figures compared by value, however they are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.figures import agree, find_figures


@pytest.mark.parametrize(
    ("text", "value", "unit", "kind"),
    [
        ("1.2万人", 12000, "人", "number"),
        ("12,000 people", 12000, "people", "number"),
        ("一万二千人", 12000, "人", "number"),
        ("３５．２％", Fraction("35.2"), "%", "percent"),
        ("百分之三十五点二", Fraction("35.2"), "%", "percent"),
        ("35.2 percent", Fraction("35.2"), "%", "percent"),
        ("七成半", 75, "%", "percent"),
        ("2024年6月12日", 20240612, "", "date"),
        ("2024-06-12", 20240612, "", "date"),
        ("June 12, 2024", 20240612, "", "date"),
        ("二〇二三年", 20230000, "", "date"),
        ("第六次", 6, "", "ordinal"),
        ("6th", 6, "", "ordinal"),
        ("2000亿元", 2 * 10**11, "元", "number"),
        ("3.5 million yuan", 3500000, "yuan", "number"),
        ("twenty-three", 23, "", "number"),
        ("一百五十万", 1500000, "", "number"),
        ("160余项", 160, "项", "number"),
    ],
)
def test_one_figure(text: str, value: Fraction | int, unit: str, kind: str) -> None:
    (figure,) = find_figures(text)
    assert (figure.value, figure.unit, figure.kind) == (value, unit, kind)
    assert (figure.start, figure.end) == (0, len(text.rstrip(" 次")))


def test_words_that_only_look_like_figures() -> None:
    assert find_figures("大家一起努力,成立了小组,may be one of them") == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("1.2万人", "12000人", True),
        ("172个", "172项", True),
        ("172个", "182个", False),
        ("35%", "35个", False),
        ("2024年", "2024年6月12日", True),
        ("2023年", "2024年6月12日", False),
        ("5公里", "5千米", True),
        ("5公里", "5元", False),
        ("30 projects", "30个", True),
        ("第六", "6个", False),
    ],
)
def test_agreement(one: str, other: str, same: bool) -> None:
    assert agree(find_figures(one)[0], find_figures(other)[0]) is same


@given(st.text())
def test_spans_are_valid_for_any_text(text: str) -> None:
    end = 0
    for figure in find_figures(text):
        assert end <= figure.start < figure.end <= len(text)
        end = figure.end
