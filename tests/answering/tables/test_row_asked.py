"""Which row of a table a question names."""

from __future__ import annotations

import time

import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.tables.row_asked import NOT_A_ROW, RowAsked, named_in, rows_asked
from rag.normalization import normalize
from rag.records import Passage

STAFF = (
    "# 通讯录\n\n各科室电话如下。\n\n| 科室 | 主任 | 电话（内线） |\n|---|---|---|\n"
    "| 设备科 | 鲍国栋 | 7450 |\n| 急诊科 | 欧阳霁 | 7120 |\n| 检验科（三层） | 逄素琴 | 7302 |"
)
SALES = (
    "| Region | Quarter | Sales |\n|---|---|---|\n| East | Q1 | 320 |\n| East | Q2 | 410 |\n"
    "| West | Q2 | 120 |"
)


def _told(text: str, question: str) -> dict[str, RowAsked]:
    passage = Passage(
        document_id="a", source="a.md", title=None, published=None, start=0, end=len(text),
        text=text, heading=None, score=1.0, rank=1,
    )  # fmt: skip
    candidates = candidates_of([passage])
    found = rows_asked(normalize(question), candidates)
    return {one.text: row for one, row in zip(candidates, found, strict=True)}


def test_the_row_whose_cell_the_question_holds_is_named_and_the_others_are_other_ones() -> None:
    told = _told(STAFF, "设备科的电话是多少?")
    assert told["| 设备科 | 鲍国栋 | 7450 |"] == RowAsked(named=True, column=True, another=False)
    assert told["| 急诊科 | 欧阳霁 | 7120 |"] == RowAsked(named=False, column=True, another=True)
    assert told["各科室电话如下。"] == NOT_A_ROW


@pytest.mark.parametrize(
    ("question", "row"),
    [
        (
            "检验科的主任是谁?",
            "| 检验科（三层） | 逄素琴 | 7302 |",
        ),  # what stands in brackets is left out
        ("7120是哪个科室的?", "| 急诊科 | 欧阳霁 | 7120 |"),  # a value may be what is told
        ("鲍国栋的電話", "| 设备科 | 鲍国栋 | 7450 |"),
    ],
)
def test_what_names_a_row(question: str, row: str) -> None:
    told = _told(STAFF, question)
    assert [text for text, one in told.items() if one.named] == [row]


def test_of_rows_that_share_a_cell_the_one_with_more_that_is_asked_is_named() -> None:
    told = _told(SALES, "What were the sales in the East in Q2?")
    assert [text for text, one in told.items() if one.named] == ["| East | Q2 | 410 |"]
    assert all(one.another for text, one in told.items() if text != "| East | Q2 | 410 |")


def test_no_row_is_another_one_where_none_is_named_or_several_are() -> None:
    told = _told(SALES, "Which region sold most?")
    assert set(told.values()) == {RowAsked(named=False, column=False, another=False)}
    both = _told(STAFF, "设备科和急诊科的电话")
    assert [one.named for one in both.values()] == [False, True, True, False]
    assert [one.another for one in both.values()] == [False, False, False, True]


@pytest.mark.parametrize(
    ("question", "told", "held"),
    [
        ("the east wing", "east", True),
        ("the eastern wing", "east", False),
        ("1120人", "120", False),
        ("市南区有多少", "市南区", True),
    ],
)
def test_a_text_is_held_as_whole_words(question: str, told: str, held: bool) -> None:
    assert named_in(question, told) is held


PRICES = "| Model | Price |\n|---|---|\n| X2 | 349 |\n| X2 Pro | 499 |\n| Cargo | 900 |"


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("How much is the X2 Pro?", ["| X2 Pro | 499 |"]),
        ("How much is the X2?", ["| X2 | 349 |"]),
        ("How much more than the X2 is the X2 Pro?", ["| X2 | 349 |", "| X2 Pro | 499 |"]),
    ],
)
def test_a_name_within_a_longer_one_that_is_asked_names_no_row(
    question: str, named: list[str]
) -> None:
    told = _told(PRICES, question)
    assert [text for text, one in told.items() if one.named] == named
    assert [text for text, one in told.items() if not one.another] == named


def test_many_rows_of_many_columns_are_looked_through_at_once() -> None:
    head = "|" + "|".join(f"column {i}" for i in range(60)) + "|\n|" + "---|" * 60
    rows = ["|" + "|".join(f"value {r} {i}" for i in range(60)) + "|" for r in range(150)]
    began = time.process_time()
    told = _told("\n".join([head, *rows]), "What stands beside value 7 3?")
    assert time.process_time() - began < 2.0
    assert [text for text, one in told.items() if one.named] == [rows[7]]


def test_a_count_is_no_number_of_a_row() -> None:
    text = "| 序号 | 事项 |\n|---|---|\n| 10 | 年检 |\n| 11 | 保洁 |"
    assert not any(one.named or one.another for one in _told(text, "10月做什么?").values())
    told = _told(text, "第10项是什么?")
    assert told["| 10 | 年检 |"].named
    assert told["| 11 | 保洁 |"].another


def test_a_row_is_named_by_a_value_within_its_range() -> None:
    table = (
        "| 工作年限 | 年休假 |\n|---|---|\n| 满1年不满10年 | 5天 |\n| 满10年不满20年 | 10天 |\n"
        "| 满20年以上 | 15天 |"
    )
    told = _told(table, "工作满12年的员工年休假有多少天?")
    assert [text for text, one in told.items() if one.named] == ["| 满10年不满20年 | 10天 |"]
    assert told["| 满20年以上 | 15天 |"].another
