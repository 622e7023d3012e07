"""Places that questions name."""

from __future__ import annotations

import pytest

from rag.answering.mentions.places import Place, another_place, places_named, places_of
from rag.answering.question.analysis import analyse


@pytest.mark.parametrize(
    ("question", "places"),
    [
        ("城阳区、即墨区各有多少个社区？", [("城阳", "区"), ("即墨", "区")]),
        ("北京市今年的目标是什么", [("北京", "市")]),
        ("图书馆有多少本书？", []),
        ("天津河东区里国家级的研究所有几个", [("河东", "区")]),
        ("青岛市即墨区有多少人", [("即墨", "区")]),
        ("青岛西海岸新区有多少人", [("西海岸", "区")]),
        ("成都的企业和青岛的企业", [("成都", ""), ("青岛", "")]),
        ("城阳区流亭街道有多少人", [("流亭", "街道")]),
        ("2022年前三季度西海岸新区增长多少", [("西海岸", "区")]),
        ("哈尔滨那家农险给灾区送了多少月饼", [("哈尔滨", "")]),
        ("恒大3比0赢贵州，哪三个人进的球？", [("贵州", "")]),
        ("常州黄某出国省钱没省成", [("常州", "")]),
        ("新一年要求每条街道做什么", []),
        ("新增上市公司多少家，每年可节省多少", []),
        ("湖南县级市有几个", [("湖南", "")]),
        ("黄河南岸和珠江西岸哪边高", []),
        ("三明治怎么做，北海道在哪里", []),
    ],
)
def test_a_chinese_question_names_places_with_their_kind(question, places) -> None:
    assert [(one.stem, one.kind) for one in analyse(question).places] == places


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("位于五里桥街道。", [("五里桥", "街道")]),
        ("昨天，在金口镇开工。", [("金口", "镇")]),
        ("和平街道、东城街道的居民", [("和平", "街道"), ("东城", "街道")]),
        ("青浦区朱家角镇和七宝镇", [("青浦", "区"), ("朱家角", "镇"), ("七宝", "镇")]),
        ("各乡镇、全国城镇和旅游小镇", []),
        ("当地街道和主要街道，虽然对街道", []),
        ("各街道镇、属地镇", []),
    ],
)
def test_streets_and_towns_are_told_by_what_stands_around_them(text, named) -> None:
    assert list(places_named(text)) == named


def test_latin_letters_stand_for_the_characters_they_may_spell() -> None:
    (place,) = analyse("Who is the party secretary of Jimo District?").places
    assert place.kind == "区"
    assert place.named_in("即墨区委书记")
    assert not place.named_in("崂山区委书记")
    assert place.another_in("崂山区委书记")
    assert analyse("Which colour has the sky?").places == ()


@pytest.mark.parametrize(
    ("question", "stems"),
    [
        ("How much did Henan's exports grow?", [("河南",)]),
        ("Did Inner Mongolia Autonomous Region grow?", [("内蒙古",)]),
        ("How many firms are there in Shibei District, Qingdao?", [("市北",), ("青岛",)]),
        ("which firms moved to jimo district?", [("即墨",)]),
        ("What happened in Xi’an City?", [("西安",)]),
        ("Who raised Gao Ying's daughter?", []),
        ("What did Xi Jinping say about it?", []),
        ("When was Ali born, and what is Lean production?", []),
    ],
)
def test_latin_letters_name_known_places_and_no_persons(question, stems) -> None:
    assert [one.stems for one in analyse(question).places] == stems


def test_a_name_inside_other_words_names_nothing() -> None:
    (place,) = analyse("河南有多少人").places
    assert place.named_in("河南的人口")
    assert not place.named_in("黄河南岸的人口")


def test_a_place_without_its_kind_is_known_from_the_texts() -> None:
    texts = ["市北区新增219家。", "崂山区新增8家。", "市北区今年的目标。"]
    found = places_of((), "市北新增了多少家企业", texts)
    assert found == (Place("市北", "区"),)
    assert found[0].named_in("市北区新增219家。")
    assert found[0].another_in("崂山区新增8家。")


def test_the_texts_tell_the_kind_of_a_place_that_was_asked_about_without() -> None:
    asked = analyse("青岛有多少人？").places
    assert asked == (Place("青岛", ""),)
    texts = ["青岛市有人口一千万。", "青岛市和烟台市"]
    (found,) = places_of(asked, "青岛有多少人？", texts)
    assert found == Place("青岛", "市")
    assert found.another_in("烟台市有人口七百万。")


def test_years_and_common_words_are_no_names() -> None:
    assert [one.stem for one in analyse("2023年市北区新增多少家？").places] == ["市北"]
    texts = ["推动市北区企业创新发展。", "这里是核心区。", "网络市场活跃。"]
    assert places_of((), "如何推动企业的核心创新，网络上怎么做", texts) == ()


def test_a_name_whose_spelling_is_known_is_not_met_by_what_sounds_alike() -> None:
    (place,) = analyse("How many firms are there in Beijing?").places
    assert place.named_in("北京的企业")
    assert not place.named_in("历史背景与设备经理")


@pytest.mark.parametrize(
    ("statement", "told", "found"),
    [
        ("李沧区新增企业219家", ["市北区新增企业219家"], "李沧区"),
        ("市北区新增企业219家", ["市北区新增企业219家"], None),
        ("市北区新增企业219家", ["看市北的成绩", "李沧区有30家"], None),
        ("市北区新增企业219家", ["青岛市新增企业219家"], None),
        ("青岛市市北区新增企业219家", ["市北区新增企业219家", "济南市"], None),
        ("Licang District has 219 firms.", ["市北区新增企业219家"], "李沧"),
        ("Shibei District has 219 firms.", ["市北区新增企业219家"], None),
    ],
)
def test_another_place(statement: str, told: list[str], found: str | None) -> None:
    assert another_place(statement, told) == found
