"""A town, a university, a hospital, a maker asked for by name, and no such name told."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.kind_of_name import asks_kind_of_name, lacks_kind_of_name
from rag.normalization import normalize


@pytest.mark.parametrize(
    "question",
    ["先行区涉及哪几个镇？", "他毕业于哪所大学", "在哪家医院做的手术？", "那艘船是哪家船厂造的？"],
)
def test_a_name_of_a_kind_is_asked_for(question: str) -> None:
    assert asks_kind_of_name(normalize(question))


@pytest.mark.parametrize(
    "question", ["先行区有几个镇？", "镇长是哪位？", "哪家公司中标？", "哪两所乡下小学参加了？"]
)
def test_something_else_is_asked_for(question: str) -> None:
    assert not asks_kind_of_name(normalize(question))


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("先行区涉及哪几个镇？", "规划110平方公里乡村振兴先行区，打造13个示范片区。", True),
        ("先行区涉及哪几个镇？", "先行区涉及大村镇和六汪镇。", False),
        ("先行区涉及哪几个镇？", "先行区涉及大村、六汪、宝山三地。", False),
        ("先行区涉及哪几个镇？", "新增城镇就业7万人。", True),
        ("他是哪个镇的？", "王某（35岁，临漳县邺城镇人）发布信息。", False),
        ("他毕业于哪所大学？", "他毕业后在办公厅工作20年。", True),
        ("他毕业于哪所大学？", "他是川大校友。", False),
        ("他毕业于哪所大学？", "1986年从杜伦毕业。", False),
        ("工厂在哪几个镇？", "工厂分布于大村、六汪和宝山。", False),
        ("在哪家医院做的手术？", "7月24日晚，她发文回应，手术很顺利。", True),
        ("在哪家医院做的手术？", "手术在市妇幼保健院完成。", False),
        ("那艘船是哪家船厂造的？", "国内最大的储油船建成交付，新区受到联合国表彰。", True),
        ("那艘船是哪家船厂造的？", "海西重机制造的储油船建成，由北船集团交付。", False),
        ("那艘船是哪家船厂造的？", "武船造出了国内最大的储油船。", False),  # by whatever name
        ("这款手机是哪家公司生产的？", "米粒于八月启动量产。", False),
        ("这款手机是哪家公司生产的？", "该手机于八月量产。", True),
        ("哪家公司建的大桥？", "The bridge was completed.", False),
    ],
)
def test_a_sentence_without_a_name_of_the_kind(question: str, sentence: str, lacks: bool) -> None:
    assert lacks_kind_of_name(normalize(question), normalize(sentence)) is lacks
