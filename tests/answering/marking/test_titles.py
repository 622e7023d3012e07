"""A person's name without the title, trade or kin beside it."""

import pytest

from rag.answering.marking.titles import name_without_title
from rag.answering.question.analysis import analyse


def marked(question: str, mark: str) -> str:
    text = f"后来{mark}来了。"
    return text[slice(*name_without_title(analyse(question), text, 2, 2 + len(mark)))]


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("古斯塔夫伯爵", "古斯塔夫"),
        ("艾達·格林教授", "艾達·格林"),
        ("著名书法家沈未言", "沈未言"),
        ("县文化馆馆长的女儿沈未言", "沈未言"),
        ("挪威國王奧拉夫", "奧拉夫"),
        ("建筑师陆百川教授", "陆百川"),
        ("奥拉夫二世国王", "奥拉夫二世"),
        ("奥拉夫·哈康总统", "奥拉夫·哈康"),
        ("院长是沈未言", "沈未言"),
    ],
)
def test_the_name_alone_answers_who(mark: str, name: str) -> None:
    assert marked("是谁修的灯塔？", mark) == name


@pytest.mark.parametrize(
    "mark",
    [
        "王局长",
        "欧阳先生",
        "省委书记",
        "法国总统",
        "前任副主席",
        "市长的秘书",
        "沈未言",
        "国王",
        "主任医师",
        "局长助理",
        "教授们",
        "特聘教授",
        "客座教授",
        "工学博士",
        "博士研究生",
        "博士生导师",
        "基督教牧师",
        "董事长授权人",
        "部门经理或分管领导",
        "会长单位",
        "导演组成员",
        "路易九世国王之孙",
    ],
)
def test_a_title_stays_where_no_whole_name_stands_beside_it(mark: str) -> None:
    assert marked("是谁修的灯塔？", mark) == mark


def test_other_questions_keep_the_title() -> None:
    assert marked("修灯塔的是什么职务的人？", "古斯塔夫伯爵") == "古斯塔夫伯爵"
    assert marked("Who built the lighthouse?", "古斯塔夫伯爵") == "古斯塔夫伯爵"
