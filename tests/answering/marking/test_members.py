"""The row of members that a sentence holds."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.members import members_in, row_of_number, whole_row
from rag.answering.question.analysis import analyse
from rag.index.terms import terms


def _members(question: str, text: str) -> str | None:
    asked = analyse(question)
    held = sorted(set(terms(asked.content)))
    worth = dict.fromkeys(held, 1 / max(len(held), 1))
    found = members_in(asked, text, Weights(worth, (), worth))
    return text[slice(*found)] if found else None


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("完善“河长制”“湾长制”“岛长制”等机制。", "“河长制”“湾长制”“岛长制”"),
        (
            "去年,“链长”招商、服务招商、以商招商、金融招商齐发力。",
            "“链长”招商、服务招商、以商招商、金融招商",
        ),
        ("新区推行预约诊疗、潮汐门诊、一站式服务等便民举措。", "预约诊疗、潮汐门诊、一站式服务"),
        ("要永葆“闯”的精神、“创”的劲头、“干”的作风。", "“闯”的精神、“创”的劲头、“干”的作风"),
        ("城市有医院、学校。", None),
        ("新区有学校、医院、公园这些人人都离不开的公共设施。", None),
        ("新区有学校和医院。", None),
    ],
)
def test_a_row_without_what_stands_around_it(text: str, members: str | None) -> None:
    assert _members("有哪些?", text) == members


def test_of_two_rows_the_one_nearer_to_the_words() -> None:
    text = (
        "各镇的农业有水稻、棉花、花生，收成比去年多了两成，各方面都很满意，收割机也都早已入库；"
        "工业有钢铁、造船、化工。"
    )
    assert _members("工业有哪些?", text) == "钢铁、造船、化工"
    assert _members("农业有哪些?", text) == "水稻、棉花、花生"


def test_a_row_of_another_length_than_the_asked_one_is_none() -> None:
    text = "思路是“上合策源、临空支持、胶州托底、全域联动”。"
    assert _members("六个平台是哪些?", text) is None
    assert _members("四个方面是哪些?", text) is not None


@pytest.mark.parametrize(
    ("text", "read", "row"),
    [
        ("打造“协商”“同心汇”“悦读”等品牌。", "同心汇", "“协商”“同心汇”“悦读”"),
        ("做到有标识、有场所、有专人。", "标识、有场所、有专人", "有标识、有场所、有专人"),
        (
            "建好集成电路、新型显示、氢能等园区。",
            "好集成电路、新型显示、氢能",
            "集成电路、新型显示、氢能",
        ),
        ("他说好医院、好学校、好公园。", "好医院、好学校、好公园", "好医院、好学校、好公园"),
        ("打造“协商”“悦读”品牌。", "悦读", "悦读"),
        ("有水稻、棉花。", "水稻、棉花", "水稻、棉花"),
    ],
)
def test_a_mark_on_members_is_grown_to_the_whole_row(text: str, read: str, row: str) -> None:
    start = text.index(read)
    assert text[slice(*whole_row(text, start, start + len(read)))] == row


def _row(question: str, text: str, read: str | None = None, sure: float = 0.3) -> str | None:
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = row_of_number(analyse(question), text, span)
    return text[slice(*found)] if found else None


THREE = "新区建立正向激励、能上能下、容错免责“三位一体”工作机制,实施“挂图”“揭榜”“擂台”。"
FIVE = "按照“有标识、有场所、有设备、有制度、有专人”的“五有”标准建设骑士驿站。"


def test_the_row_of_as_many_members_as_are_asked_for() -> None:
    assert _row("用哪三种机制?", THREE, read="“三位一体”") == "正向激励、能上能下、容错免责"
    assert _row("用哪三种办法?", THREE) is None  # two rows of three
    assert _row("用哪四种机制?", THREE) is None
    assert _row("有哪些机制?", THREE) is None
    assert _row("哪三位领导出席?", "王明，李强，张三出席，覆盖教育、医疗、养老领域。") is None
    assert (
        _row("五条标准具体是哪五条?", FIVE, read="骑士驿站")
        == "有标识、有场所、有设备、有制度、有专人"
    )


def test_a_reader_that_marks_as_many_or_is_sure_of_other_words_stands() -> None:
    assert _row("用哪三种机制?", THREE, read="“挂图”“揭榜”“擂台”") is None
    assert _row("哪五条?", FIVE, read="骑士驿站", sure=0.6) is None
    assert _row("哪五条?", FIVE, read="有标识", sure=0.6) is not None
