"""Which of several figures, days and persons answers, by the words beside it."""

from __future__ import annotations

import pytest

from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.told_beside import span_told_beside
from rag.answering.question.analysis import analyse
from rag.index.terms import terms


def _told(question: str, text: str, read: str | None = None, sure: float = 0.9) -> str | None:
    """The characters found, all of the question's terms worth the same."""
    asked = analyse(question)
    held = sorted(set(terms(asked.content)))
    worth = dict.fromkeys(held, 1 / max(len(held), 1))
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = span_told_beside(asked, text, Weights(worth, (), worth), span)
    return text[slice(*found)] if found else None


RENT = "3.1 月租金为人民币4800元，第二年起上调3%。"


def test_the_figure_behind_the_measured_words_wins_over_the_reader() -> None:
    assert _told("月租金是多少?", RENT, read="3%") == "4800元"
    assert _told("月租金是多少?", RENT, read="4800元") is None  # the reader is right by itself
    assert _told("第二年上调多少?", RENT, read="3%") is None


def test_a_figure_of_another_place_behind_the_measured_words_does_not() -> None:
    text = "全省人口为1亿人，青岛为1000万人。"
    assert _told("青岛的人口是多少?", text, read="1000万人") is None


def test_of_two_figures_with_the_asked_unit_the_one_before_the_counted_words() -> None:
    text = "提升5个国家级、71个省市级专科的能力。"
    assert _told("有多少个国家级专科?", text, read="71个") == "5个"
    assert _told("有多少个省市级专科?", text, read="5个") == "71个"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("第一季度市北区排名第几?", "第6"),
        ("第三季度市北区排名第几?", "第5"),
        ("第一、第三季度市北区排名第几?", "第6、第5"),
        ("市北区排名第几?", None),
    ],
)
def test_figures_in_the_order_of_what_they_belong_to(question: str, shown: str | None) -> None:
    text = "市北区在去年第一、第三季度考核中排名第6、第5,夺得红旗。"
    assert _told(question, text, read="6") == shown


def test_the_person_behind_the_asked_post() -> None:
    text = "原告邵立群的委托诉讼代理人钱思远、被告的法定代表人卢广发到庭。"
    assert _told("原告的诉讼代理人是谁?", text, read="邵立群", sure=0.15) == "钱思远"
    assert _told("原告的訴訟代理人是誰?", text) == "钱思远"
    assert _told("原告的诉讼代理人是谁?", text, read="邵立群", sure=0.8) is None
    assert _told("原告的会计是谁?", text) is None


def test_the_hour() -> None:
    text = "每周一、三、五9:00至16:00开放。"
    assert _told("几点开放？", text, read="周一") == "9:00至16:00"
    assert _told("几点开放？", "每周一开放。") is None


def test_the_day_of_the_week() -> None:
    text = "周二至周日开放，9:00入馆，周一闭馆。"
    assert _told("图书馆星期几闭馆？", text, read="9:00") == "周一"
    assert _told("图书馆周几开放？", text) == "周二至周日"
    assert _told("图书馆周几开放？", "5月1日开放。") is None


def test_lists_and_other_languages_are_left_alone() -> None:
    assert _told("有哪些租金?", RENT, read="3%") is None
    assert _told("How much is the rent?", "The rent is $480, from then 3%.", read="3%") is None


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("投资30亿元以上的项目有多少个?", "3个"),
        ("投资超过30亿元的有几个?", "3个"),
        ("其中三十亿以上的有几个?", "3个"),
        ("投资50亿元以上的有几个?", None),
        ("亿元以上项目有多少个?", "172个"),
    ],
)
def test_the_figure_of_what_another_figure_narrows_down(question: str, shown: str | None) -> None:
    text = "新落地的亿元以上项目有172个，投资30亿元以上的占3个。"
    assert _told(question, text, read="172个") == shown


def test_a_condition_with_two_figures_behind_it_tells_nothing() -> None:
    text = "共有9人报名，60岁以上的男3人女4人。"
    assert _told("60岁以上的有几人?", text) is None


LEAVE = (
    "累计工作已满1年不满10年的，年休假5天；已满10年不满20年的，年休假10天；已满20年的，年休假15天。"
)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("工作9年年假几天?", "5天"),
        ("工作10年的年休假有几天?", "10天"),
        ("工作25年年假几天?", "15天"),
        ("年休假有几天?", None),
        ("工作满10年不满20年的年休假几天?", None),
    ],
)
def test_the_figure_behind_the_range_that_holds_the_asked_value(
    question: str, shown: str | None
) -> None:
    assert _told(question, LEAVE) == shown


def test_what_is_said_of_the_range_where_no_person_is_named() -> None:
    text = "5000元以下由部门经理审批，5000元至20000元由财务总监审批，20000元以上由总经理审批。"
    assert _told("报销3万元由谁审批?", text, read="财务总监") == "由总经理审批"
    assert _told("报销8000元由谁审批?", text, read="财务总监") is None  # the reader is right
    assert (
        _told("请病假5天谁批准?", "超过3天的需经理批准，超过10天的需总经理批准。") == "需经理批准"
    )


def test_the_measured_words_begin_a_word() -> None:
    text = "婚假为10天，产假为158天，陪产假15天。"
    assert _told("产假多少天?", text, read="15天", sure=0.7) == "158天"
    assert _told("陪产假多少天?", text, read="158天", sure=0.7) == "15天"
