"""The members of a counted group, asked for and not told."""

from __future__ import annotations

import pytest

from rag.answering.members_asked import Group, group_asked, lacks_members
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "group"),
    [
        ("城南区8个园区分别叫什么？", Group(8, frozenset("个"))),
        ("县里的七条产业链是哪几条？", Group(7, frozenset("条"))),
        ("“五大行动”是哪五个？", Group(5, frozenset("大个"))),
        ("當天新增了哪8家成員單位", Group(8, frozenset("家"))),
        ("哪两家企业中标？", None),  # two are told in too many ways
        ("8个园区总面积多少？", None),
        ("园区有哪些？", None),
        ("3家公司的5个项目分别是什么？", None),
        ("第8个园区叫什么，分别在哪里？", None),
        ("2023年8月哪些项目开工？", None),
        ("What are the eight parks?", None),
    ],
)
def test_what_is_asked_for(question: str, group: Group | None) -> None:
    assert group_asked(normalize(question)) == group


@pytest.mark.parametrize(
    ("question", "sentence", "after", "lacks"),
    [
        ("8个园区分别叫什么？", "城南区建成园区8个，总面积100万平方米。", "产值过百亿元。", True),
        ("“五大行动”是哪五个？", "全县打响“五大行动”，成效明显。", "", True),
        ("“五区”是哪五区？", "目标是“五区同创”，建设示范窗口区。", "", True),
        ("四大产业分别是什么？", "要做强4大产业和7条产业链。", "", True),
        ("四大产业分别是什么？", "四大产业是钢铁、化工、造船和旅游。", "", False),
        ("四大产业分别是什么？", "四大产业：钢铁，化工，造船，旅游。", "", False),
        ("四大产业分别是什么？", "要做强四大产业。", "其中钢铁、化工、造船、旅游各有园区。", False),
        ("四大产业分别是什么？", "要做强四大产业。", "教育、医疗、就业、养老一起抓。", True),
        ("四大产业分别是什么？", "“钢铁”“化工”“造船”“旅游”四大产业成形。", "", False),
        ("四大产业分别是什么？", "钢铁、化工、造船占了八成。", "", False),  # counts nothing
        ("三个环节是哪些？", "三个环节，一是动员，二是学习，三是整改。", "", False),
        ("哪三个镇受灾？", "受灾的有三个镇：城关、河口和石桥。", "", False),
        ("获奖的12个城市是哪些？", "63个城市获批，12个城市获得命名。", "", True),
        ("获奖的12个城市是哪些？", "第12个城市获得命名。", "", False),
    ],
)
def test_a_sentence_that_counts_and_does_not_name(
    question: str, sentence: str, after: str, lacks: bool
) -> None:
    group = group_asked(normalize(question))
    assert group is not None
    assert lacks_members(group, normalize(sentence), normalize(after)) == lacks
