"""Another island, community or town than the one asked about by name."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.named_places import another_place_named, place_named
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "name", "kind"),
    [
        ("灵山岛上现在住着多少居民？", "灵山", "岛"),
        ("听说红石崖街道有多少个村？", "红石崖", "街道"),
        ("东方影都是哪家公司投资的？", "东方", "影都"),
    ],
)
def test_a_place_is_named(question: str, name: str, kind: str) -> None:
    assert place_named(normalize(question)) == (name, kind)


@pytest.mark.parametrize(
    "question",
    [
        "青岛有多少所大学？",  # a city of the gazetteer
        "哪个社区最大？",
        "老旧小区改造了多少户？",
        "灵山岛和竹岔岛哪个大？",
        "长春北湖有多少家公司？",  # one character is left of the name
        "How many people live on the island?",
    ],
)
def test_no_place_or_several_are_named(question: str) -> None:
    assert place_named(normalize(question)) is None


_ISLANDS = "灵山岛是保护区。星光岛社区有六千多位居民。"
_STUDIOS = "建成东方影都等新地标。"
_FACTORY = "京东方生产基地开始量产。"


@pytest.mark.parametrize(
    ("question", "told", "around", "document", "others", "another"),
    [
        ("灵山岛住着多少人？", "星光岛社区有六千多位居民。", "", _ISLANDS, "", True),
        ("灵山岛住着多少人？", "星光岛社区有六千多位居民。", "灵山岛不同。", _ISLANDS, "", False),
        ("灵山岛住着多少人？", "岛上有三千人，星光岛更多。", "", _ISLANDS, "", False),
        ("灵山岛住着多少人？", "岛上有三千人。", "", _ISLANDS, "", False),
        ("灵山岛住着多少人？", "该岛有三千人。", "", _ISLANDS, "", False),
        ("灵山岛住着多少人？", "全岛有三千人。", "", "渔业志。", _ISLANDS, False),
        ("东方影都是谁投资的？", _FACTORY, "", _FACTORY, _STUDIOS, True),
        ("东方影都是谁投资的？", _FACTORY, "", _FACTORY + "影都也在其中。", _STUDIOS, False),
        ("东方影都是谁投资的？", _FACTORY, "", _FACTORY, "", False),  # named nowhere
        ("紫竹小区书记是谁？", "小区书记王林说，走进海棠小区。", "", "紫竹小区。", "", False),
    ],
)
def test_a_sentence_tells_of_another_place(
    question: str, told: str, around: str, document: str, others: str, another: bool
) -> None:
    asked = place_named(normalize(question))
    assert asked is not None
    told, document, others = normalize(told), normalize(document), normalize(others)
    near = normalize(around) + told
    assert another_place_named(asked, told, near, document, [document, others]) is another
