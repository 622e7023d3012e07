"""Whether a sentence tells the sum of a group where that of one named thing is asked."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.group_total import sum_of_one, tells_group
from rag.answering.question.analysis import analyse
from rag.normalization import normalize


def test_what_asks_for_the_sum_says_nothing_of_the_group() -> None:
    assert sum_of_one(analyse("机器人投资多少亿元？")) == "机器人投资 ?"


@pytest.mark.parametrize(
    "question",
    [
        "华光科技等项目总投资多少？",
        "这些项目一共投了多少钱？",
        "华光科技引进了多少个项目？",
        "哪些项目投资了多少亿元？",
        "How much did Huaguang invest?",
    ],
)
def test_the_sum_of_several_or_no_sum_is_asked(question: str) -> None:
    assert sum_of_one(analyse(question)) is None


_AMONG = "引进华光科技机器人等亿元以上项目19个、总投资270亿元；"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("华光科技的机器人项目投了多少钱", _AMONG),
        ("华光科技机器人项目投资多少亿元？", _AMONG),
        (
            "华光科技机器人项目投资多少元？",
            "项目有19个，总投资270亿元，华光科技机器人是其中之一。",
        ),
        ("华光科技机器人项目投资多少元？", "总投资270亿元的19个项目，华光科技机器人名列其中。"),
        ("华光科技机器人项目投资多少元？", "华光科技机器人等40个重大项目开工，总投资300亿元。"),
        ("王小明捐了多少钱？", "王小明等3位同学共捐款500元。"),
    ],
)
def test_the_sum_is_of_a_group(question: str, told: str) -> None:
    assert _tells(question, told)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        # The group itself is asked about.
        ("亿元以上项目投资了多少钱", _AMONG),
        ("水利工程投资多少亿元？", "南水北调水利工程等9个项目总投资45亿元。"),
        ("采购电脑和打印机花了多少万元？", "采购了笔记本电脑、激光打印机等12类设备共花费80万元。"),
        # What the question names has the group, and is none of it.
        ("青岛港投资多少亿元？", "青岛港自动化码头等5个项目总投资80亿元。"),
        ("一季度签约项目投资多少亿元？", "一季度签约新能源等19个项目、总投资270亿元。"),
        ("海阳制造在滨河区的基地投资了多少亿元？", "新建12个组团、总投资100亿元。"),
        # Its own sum stands beside that of all, or before it.
        (
            "华光科技机器人项目投了多少钱",
            "华光科技机器人等19个项目总投资270亿元，其中华光科技20亿元。",
        ),
        ("华光科技机器人项目投了多少钱", "投资20亿元的华光科技机器人等19个项目开工。"),
        (
            "华光科技机器人项目投资多少元？",
            "19个项目总投资270亿元，华光科技机器人投资20亿元，是其中之一。",
        ),
        ("东山港项目投资多少元？", "19个项目总投资270亿元，华光科技机器人是其中之一。"),
        # A price is that of each.
        ("东山停车场收多少钱", "东山停车场等5个公共停车场收费10元。"),
        ("华光科技机器人项目投了多少钱", "华光科技机器人等3个项目各投资20亿元。"),
        ("华光科技机器人项目投了多少钱", "华光科技机器人等3个项目开工。"),
    ],
)
def test_the_sum_may_be_its_own(question: str, told: str) -> None:
    assert not _tells(question, told)


def _tells(question: str, told: str) -> bool:
    one = sum_of_one(analyse(question))
    assert one is not None
    return tells_group(one, normalize(told))
