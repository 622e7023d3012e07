"""A part of a whole whose number is asked, and sentences that tell the whole."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.part_of_whole import Part, lacks_part, part_asked
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("84万各类人才里面博士有几个？", Part("84万各类人才", "博士")),
        ("84萬人才中博士有幾個？", Part("84万人才", "博士")),
        ("84万人才里有多少名博士？", Part("84万人才", "博士")),
        ("930家企业里有多少是上市公司？", Part("930家企业", "上市公司")),
        ("158个社区里面老旧的有几个？", Part("158个社区", "老旧")),
        ("星光岛社区里面外来的有多少？", None),
        ("有多少博士？", None),
        ("市中心有多少人？", None),
        ("集中供暖覆盖多少户？", None),
        ("一英里等于多少公里？", None),
        ("12个片区里面最大的有多少亩？", None),
        ("那里面积有多少？", None),
    ],
)
def test_the_part_that_is_asked(question: str, part: Part | None) -> None:
    assert part_asked(normalize(question)) == part


@pytest.mark.parametrize(
    ("sentence", "lacks"),
    [
        ("集聚各类人才84万人。", True),
        ("集聚各类人才84万人，交易额增长22倍。", True),
        ("集聚各类人才84万人，其中高学历者3万。", False),
        ("集聚各类人才84万人，女职工12万人。", False),
        ("集聚各类人才84万人，妇女12万人。", False),
        ("女性占一半。", False),
        ("新增企业300家。", False),
    ],
)
def test_a_sentence_that_tells_only_the_whole(sentence: str, lacks: bool) -> None:
    part = part_asked(normalize("84万各类人才里面女性有多少？"))
    assert part is not None
    assert lacks_part(part, normalize(sentence)) == lacks
