"""Rise against fall, above against below, and wording that is left alone."""

from __future__ import annotations

import pytest

from rag.answering.support.direction import direction, opposed


@pytest.mark.parametrize(
    ("clause", "told"),
    [
        ("同比增长35.2%", (1, 0)),
        ("fell by 12.5%", (-1, 0)),
        ("up 12.5% from 2022", (1, 0)),
        ("不低于30%", (0, 1)),
        ("no more than 30 people", (0, -1)),
        ("降幅收窄0.5个百分点", (0, 0)),
        ("growth slowed to 3%", (0, 0)),
        ("没有下降", (0, 0)),
        ("工业增加值为3亿元", (0, 0)),
        ("in the fall 2023 season", (0, 0)),
        ("up to 30 people", (0, 0)),
    ],
)
def test_direction(clause: str, told: tuple[int, int]) -> None:
    assert direction(clause) == told


@pytest.mark.parametrize(
    ("one", "other", "turned"),
    [
        ("增长35.2%", "下降35.2%", True),
        ("rose 12.5%", "down 12.5%", True),
        ("高于全市3个百分点", "低于全市3个百分点", True),
        ("增长35.2%", "提高35.2%", False),
        ("增长35.2%", "为35.2%", False),
        ("不低于30%", "30%以上", False),
    ],
)
def test_opposed(one: str, other: str, *, turned: bool) -> None:
    assert opposed(one, other) is turned
