"""Which part of a year a question asks about and a sentence tells of."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.part_of_year import another_part, parts_of_year
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("上半年和下半年", {(1, 6), (7, 12)}),
        ("第一、第三季度", {(1, 3), (7, 9)}),
        ("前三季度", {(1, 9)}),
        ("1-7月", {(1, 7)}),
        ("完成全年目标的60%", set()),
        ("in the second quarter", {(4, 6)}),
        ("the first and third quarters", {(1, 3), (7, 9)}),
        ("January-September 2022", {(1, 9)}),
        ("in the first seven months", {(1, 7)}),
        ("open from May to August", set()),
        ("in June", set()),
        ("去年", set()),
    ],
)
def test_what_a_text_tells_of(text: str, parts: set[tuple[int, int]]) -> None:
    assert parts <= parts_of_year(normalize(text))
    assert bool(parts) == bool(parts_of_year(normalize(text)))


@pytest.mark.parametrize(
    ("question", "sentence", "around", "another"),
    [
        ("上半年生产总值多少？", "2022年全年生产总值5006亿元。", "", True),
        ("上半年生产总值多少？", "上半年完成2400亿元。", "", False),
        ("上半年利用外资多少？", "利用外资99亿美元，完成全年目标的60%。", "", False),
        ("一季度新设企业多少家？", "上半年新设6.32万家。", "", True),
        ("一季度新设企业多少家？", "上半年新设6.32万家。", "一季度新设3万家。", False),
        ("第三季度排第几？", "在第一、第三季度考核中排名第6、第5。", "", False),
        ("前三季度增长多少？", "1-9月增长5.2%。", "", False),
        ("前三季度增长多少？", "1至7月增长5.2%。", "", True),
        ("下半年哪些项目开工？", "三季度开工5号线，四季度开工6号线。", "", False),
        ("GDP growth in the first half?", "上半年增长5.5%。", "", False),
        ("GDP growth in the second quarter?", "一季度增长5.5%。", "", True),
        ("GDP growth in January-September?", "前三季度增长5.5%。", "", False),
        ("GDP growth in January-September?", "全年增长5.5%。", "", True),
        ("去年利润多少？", "上半年利润3亿元。", "", False),
        ("上半年利润多少？", "利润3亿元。", "", False),
    ],
)
def test_a_sentence_about_another_part(
    question: str, sentence: str, around: str, another: bool
) -> None:
    told = normalize(sentence)
    asked = parts_of_year(normalize(question))
    assert another_part(asked, told, told + normalize(around)) == another
