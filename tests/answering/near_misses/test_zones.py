"""A zone whose size is asked, and texts about others."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.which_one import another_one, ones_asked
from rag.answering.near_misses.zones import Zone, zone_measured
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "zone"),
    [
        ("青岛自贸片区的面积有多大？", Zone("自贸", "片区")),
        ("上合示范区占地多少亩？", Zone("上合", "示范区")),
        ("崂山风景区有多大？", Zone("崂山", "风景区")),
        ("新区面积多大？", None),
        ("青岛市面积多大？", None),
        ("自贸片区有多少家企业？", None),
    ],
)
def test_the_zone_that_is_measured(question: str, zone: Zone | None) -> None:
    assert zone_measured(normalize(question)) == zone


@pytest.mark.parametrize(
    ("sentence", "around", "another"),
    [
        ("历史城区核心区15万平方米。", "", True),
        ("规划建设110平方公里示范先行区。", "西海岸新区", True),
        ("自贸片区面积52平方公里。", "", False),
        ("面积52平方公里。", "自由贸易试验区青岛片区", False),
        ("该片区面积52平方公里。", "", False),
        ("The zone covers 52 square kilometres.", "", False),
    ],
)
def test_the_area_of_another_zone_does_not_answer(sentence, around, another) -> None:
    asked = ones_asked(normalize("青岛自贸片区的面积有多大？"))
    assert another_one(asked, normalize(sentence), normalize(around)) == another
