"""Months and parts of a year, named in English and written in Chinese."""

from __future__ import annotations

import pytest

from rag.retrieval.months import months_in_chinese, months_named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("in january-september 2022", ["1-9: january-september"]),
        ("from january 2021 to march", ["1-3: january 2021 to march"]),
        ("between may and june", ["5-6: between may and june"]),
        ("the first seven months", ["1-7: first seven months"]),
        ("the first 9 months", ["1-9: first 9 months"]),
        ("the first three quarters", ["1-9: first three quarters"]),
        ("the first and third quarters", ["1-3: first", "7-9: third quarters"]),
        ("in q3 and h1", ["7-9: q3", "1-6: h1"]),
        ("the second half of the year", ["7-12: second half"]),
        ("the second half of the match", []),
        ("the first 15 months, h4, the first time", []),
        ("opened in may, closed march 5, june", ["5-5: may", "3-3: march", "6-6: june"]),
        ("who may march to it?", []),
        ("they march 5 miles and may 3 people rest?", []),
        ("closed on march 5 2021", ["3-3: march"]),
        ("the first quarter of the match", []),
        ("the first quarter of the fiscal year", ["1-3: first quarter"]),
        ("the fiscal first quarter", []),
        ("the first six months of 2023", ["1-6: first six months"]),
        ("the first six months of the lease", []),
        ("from september to january", []),
        ("", []),
    ],
)
def test_months_named(text: str, named: list[str]) -> None:
    found = months_named(text)
    assert [f"{one.first}-{one.last}: {text[one.start : one.end]}" for one in found] == named


def test_months_in_chinese() -> None:
    assert months_in_chinese(9, 9) == ("9月", "九月")
    assert months_in_chinese(1, 9)[:3] == ("前三季度", "1-9月", "1至9月")
    assert months_in_chinese(1, 7)[-2:] == ("前7个月", "前七个月")
    assert months_in_chinese(7, 12)[0] == "下半年"
    assert months_in_chinese(5, 6) == ("5-6月", "5至6月", "5到6月", "5~6月")
