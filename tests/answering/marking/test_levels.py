"""The place of the level that a Chinese question asks for."""

import pytest

from rag.answering.marking.levels import place_of_level
from rag.answering.question.analysis import analyse


def marked(question: str, mark: str) -> str:
    return mark[slice(*place_of_level(analyse(question), mark, 0, len(mark)))]


@pytest.mark.parametrize(
    ("question", "mark", "place"),
    [
        ("茶园在哪个省？", "福建省安溪县", "福建省"),
        ("茶园在哪个市？", "福建省泉州市安溪县", "泉州市"),
        ("茶園位於哪一個縣?", "福建省泉州市安溪縣", "安溪縣"),
        ("茶园在哪个国家？", "尼泊尔王国东部", "尼泊尔王国"),
        ("牧场位于哪一州？", "蒙大拿州比灵斯市", "蒙大拿州"),
        ("公司在哪个区？", "厦门市思明区莲前街道", "思明区"),
    ],
)
def test_the_asked_level_alone(question: str, mark: str, place: str) -> None:
    assert marked(question, mark) == place


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("茶园在哪个国家？", "中国大陆"),
        ("茶园在哪里？", "福建省安溪县"),
        ("茶园在哪个市？", "福建省安溪县"),
        ("茶叶卖到哪个城市？", "港口城市厦门"),
        ("茶园在哪个区？", "山区"),
        ("两个市之间是哪个市？", "泉州市和厦门市"),
        ("茶园在哪些省？", "福建省安溪县"),
        ("谁是省长？", "福建省安溪县"),
    ],
)
def test_other_marks_stay(question: str, mark: str) -> None:
    assert marked(question, mark) == mark
