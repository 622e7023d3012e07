"""Provinces by their one-character names in a row."""

from __future__ import annotations

import pytest

from rag.answering.mentions.places import Place
from rag.answering.mentions.provinces import provinces_in


@pytest.mark.parametrize(
    ("text", "provinces"),
    [
        ("服务京津冀市场", {"北京", "天津", "河北"}),
        ("面向粤港澳招商", {"广东", "香港", "澳门"}),
        ("川渝两地互认", {"四川", "重庆"}),
        ("陕甘宁青新五省区", {"陕西", "甘肃", "宁夏", "青海", "新疆"}),
        ("车牌以鲁打头", set()),
        ("青云新港开航", set()),
        ("北京津贴标准", set()),
        ("江苏浙商大会", set()),
        ("苏州豫园路", set()),
    ],
)
def test_rows_of_short_names(text: str, provinces: set[str]) -> None:
    assert provinces_in(text) == provinces


def test_a_row_names_the_place() -> None:
    assert Place("河北", "").named_in("服务京津冀市场")
    assert not Place("河南", "").named_in("服务京津冀市场")
