"""Figures compared by value, however they are written."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.mentions.figures import agree, find_figures


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
        ("$128 million", 128000000, "$", "number"),
        ("US$128m", 128000000, "us$", "number"),
        ("128M USD", 128000000, "usd", "number"),
        ("RMB 1.2bn", 1200000000, "rmb", "number"),
        ("1.28亿元人民币", 128000000, "元人民币", "number"),
        ("128 m", 128, "m", "number"),
        ("5th of March 1998", 19980305, "", "date"),
        ("13/3/1998", 19980313, "", "date"),
        ("四分之一", 25, "%", "percent"),
        ("一半", 50, "%", "percent"),
    ],
)
def test_one_figure(text: str, value: Fraction | int, unit: str, kind: str) -> None:
    (figure,) = find_figures(text)
    assert (figure.value, figure.unit, figure.kind) == (value, unit, kind)
    assert (figure.start, figure.end) == (0, len(text.rstrip(" 次")))


def test_words_that_only_look_like_figures() -> None:
    assert find_figures("大家一起努力,成立了小组,may be one of them") == []
    assert find_figures("the first half of the year, the other half of it") == []


def test_a_date_at_the_end_of_a_sentence() -> None:
    (figure,) = find_figures("1998-03-05.")
    assert (figure.value, figure.start, figure.end) == (19980305, 0, 10)


def test_a_part_of_a_whole_in_words() -> None:
    assert [(f.value, f.kind) for f in find_figures("Half of them, two thirds of the rest")] == [
        (50, "percent"),
        (Fraction(200, 3), "percent"),
    ]


def test_the_word_behind_a_year_is_not_counted_by_it() -> None:
    (figure,) = find_figures("In 2023 Shibei built schools")
    assert (figure.value, figure.kind) == (20230000, "date")
    assert find_figures("2023 people came")[0].unit == "people"


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
        ("$128 million", "1.28亿美元", True),
        ("US$128m", "$128 million", True),
        ("￥1.28亿", "1.28亿元", True),
        ("RMB 128 million", "1.28亿元", True),
        ("128 million", "$128 million", True),
        ("€128 million", "$128 million", False),
        ("128 million yen", "$128 million", False),
        ("1.28亿元", "1.28亿美元", False),
        ("128元", "128人", False),
        ("5/3/1998", "5 March 1998", True),
        ("3/5/1998", "5 March 1998", True),
        ("6/3/1998", "5 March 1998", False),
        ("四分之一", "25%", True),
        ("三分之一", "33.3%", True),
        ("三分之一", "35%", False),
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


def test_a_year_ends_before_the_word_behind_it() -> None:
    text = "In 2023 revenue grew; in 2024 the firm closed."
    assert [text[f.start : f.end] for f in find_figures(text)] == ["2023", "2024"]


def test_a_shirt_is_no_scale() -> None:
    values = [figure.value for figure in find_figures("a $20 T-shirt, $5 b-sides, $5m-$7m")]
    assert values == [20, 5, 5_000_000, 7_000_000]
