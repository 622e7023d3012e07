"""Whether a range holds a value that a question names."""

from __future__ import annotations

import pytest

from rag.answering.mentions.ranges import range_holds, ranges_asked, sentence_in_range
from tests.answering.made import passage, ranked_over


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ("满1年不满10年", False),
        ("满10年不满20年", True),
        ("满12年不满20年", True),
        ("满10年不满12年", False),
        ("10年至12年", True),
        ("10-15年", True),
        ("满20年以上", False),
        ("满20年的", False),
        ("满10年", True),
        ("10年以上", True),
        ("不满12年", False),
        ("15年以下", True),
        ("12年", False),
        ("10天至15天", False),
    ],
)
def test_ranges_of_years(told: str, holds: bool) -> None:
    assert range_holds(told, "工作满12年的员工年休假有多少天?") is holds


def test_neither_a_calendar_year_nor_a_range_of_the_question_is_a_value() -> None:
    assert not range_holds("满20年以上", "2023年休假多少天?")
    assert not range_holds("2天以上", "请3天以上的假谁审批?")
    assert not range_holds("满1年不满10年", "工作不满5年和满5年的有什么不同?")
    assert range_holds("100元以上", "满120元包邮吗?")
    assert range_holds("18-60周岁", "25周岁可以报名吗?")


def test_units_of_one_kind_are_compared() -> None:
    assert range_holds("20000元以上", "报销3万元谁审批?")
    assert not range_holds("20000元以上", "报销3万吨谁审批?")
    assert not range_holds("5000元至2万元", "报销3万元谁审批?")


def test_of_ranges_that_hold_a_value_the_narrower_one_counts() -> None:
    text = "超过3天的由经理批准,超过10天的由总经理批准"
    ranges, place = ranges_asked(text, "请假12天谁批准?")
    assert [(round(one.low), one.unit) for one in ranges] == [(3, "天"), (10, "天")]
    assert place == 1
    assert ranges_asked(text, "请假5天谁批准?")[1] == 0
    assert ranges_asked(text, "请假10天谁批准?")[1] == 0
    assert ranges_asked(text, "请假超过10天谁批准?")[1] == 1
    assert ranges_asked(text, "请假2天谁批准?")[1] is None
    assert ranges_asked(text, "请假2个月谁批准?") == ([], None)
    assert ranges_asked(text, "谁批准?") == ([], None)


@pytest.mark.parametrize(
    ("question", "text", "told"),
    [
        ("请假3天谁批准?", "不超过3天的由主管批,超过3天的由经理批", "不超过3天"),
        ("请假4天谁批准?", "不超过3天的由主管批,超过3天的由经理批", "超过3天的"),
        ("工作3年年假几天?", "不满1年的没有,不低于3年的5天", "不低于3年的"),
        ("请假7天谁批准?", "超过3天不超过7天的由经理批", "超过3天不超过7天"),
        ("报销8000元谁审批?", "5,000元以下由甲审批,5,000元至20,000元由乙审批", "5,000元至20,000元"),
        ("报销800元谁审批?", "20,000元以上由丙审批", None),
        ("5月产量多少?", "1-4月产量3吨,5月产量1吨,1-6月产量6吨", None),
        ("5月8日谁值班?", "3月5日至10日甲值班", None),
        ("每天工作8小时,加班2小时多少钱?", "3小时以内50元,3小时以上90元", None),
    ],
)
def test_the_range_that_holds_the_value(question: str, text: str, told: str | None) -> None:
    ranges, place = ranges_asked(text, question)
    assert (None if place is None else text[slice(*ranges[place][:2])]) == told


@pytest.mark.parametrize(
    ("question", "first", "found"),
    [
        ("工作25年年假几天?", "已满10年", "已满20年"),
        ("工作3年年假几天?", "已满20年", "已满1年"),
        ("工作12年年假几天?", "已满10年", None),
        ("工作25年年假几天?", "年假须", None),
        ("年假几天?", "已满10年", None),
    ],
)
def test_the_sentence_whose_range_holds_the_value(
    question: str, first: str, found: str | None
) -> None:
    text = (
        "职工累计工作已满1年不满10年的，年休假5天；职工累计工作已满10年不满20年的，年休假10天；职工累计工作"
        "已满20年的，年休假15天。年假须提前申请。"
    )
    ranked = ranked_over([passage(text)], first)
    index = sentence_in_range(question, ranked.candidates, ranked.order)
    assert (index is None) == (found is None)
    assert index is None or ranked.candidates[index].text.count(found or "")
