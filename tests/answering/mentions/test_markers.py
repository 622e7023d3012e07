"""Numbers that a text begins with."""

import pytest

from rag.answering.mentions.markers import marker_end


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("3.1 乙方应交货", "乙方应交货"),
        ("3.1.2 范围", "范围"),
        ("1.2 项目概况", "项目概况"),
        ("第五条　申请登记", "申请登记"),
        ("（一）费用报销单", "费用报销单"),
        ("一、经营概况", "经营概况"),
        ("1、打开", "打开"),
        ("① 开机", "开机"),
        ("**1.** Open it", "Open it"),
        ("- 2) Open it", "Open it"),
        ("(2) The tenant pays", "The tenant pays"),
        ("7.3 The tenant pays", "The tenant pays"),
        ("Step 2: Press", "Press"),
    ],
)
def test_a_text_goes_on_behind_its_number(text, rest) -> None:
    assert text[marker_end(text) :] == rest


@pytest.mark.parametrize(
    "text",
    [
        "第一条地铁线", "1、2号线", "二、三产业", "12.86 亿元", "2.5 million people", "3. Mai 2020",
        "2.0 was released", "5.5万人", "Section 3 says", "(2020) it was", "2020. It was", "第七条",
    ],
)  # fmt: skip
def test_a_figure_that_a_text_begins_with_is_no_number_of_it(text) -> None:
    assert marker_end(text) == 0
