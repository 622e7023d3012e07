"""The year that a question asks for: the year alone of a day, and its era."""

import time

import pytest

from rag.answering.marking.years import year_alone, year_read
from rag.answering.question.analysis import analyse


def marked(question: str, text: str, mark: str) -> str:
    start = text.index(mark)
    return text[slice(*year_alone(analyse(question), text, start, start + len(mark)))]


@pytest.mark.parametrize(
    ("question", "mark", "year"),
    [
        ("灯塔是哪一年点亮的？", "1987年6月2日", "1987年"),
        ("燈塔於何年點亮?", "1987年6月", "1987年"),
        ("这座灯塔建成于公元几年？", "1987 年 6 月 2 日", "1987 年"),
        ("灯塔在哪年点亮？", "光绪十五年三月初二日", "光绪十五年"),
        ("灯塔在哪年点亮？", "一九八七年六月", "一九八七年"),
        ("In what year was the lighthouse lit?", "1987年6月2日", "1987年"),
        ("In what year was the lighthouse lit?", "2 June 1987", "1987"),
        ("Which year did it open?", "June 2nd, 1987", "1987"),
    ],
)
def test_of_a_day_the_year_alone_answers_which_year(question: str, mark: str, year: str) -> None:
    assert marked(question, f"灯塔{mark}点亮。", mark) == year


@pytest.mark.parametrize(
    ("question", "mark"),
    [
        ("灯塔是哪一天点亮的？", "1987年6月2日"),
        ("灯塔什么时候点亮的？", "1987年6月2日"),
        ("灯塔是哪年哪月点亮的？", "1987年6月2日"),
        ("灯塔是哪一年的几月点亮的？", "1987年6月2日"),
        ("灯塔归哪一年级的学生打扫？", "1987年6月"),
        ("灯塔修了几年？", "1987年6月"),
        ("灯塔是哪一年点亮的？", "1987年底"),
        ("灯塔是哪一年修的？", "1987年6月至1988年2月"),
        ("灯塔是哪一年修的？", "6月2日"),
        ("When was the lighthouse lit?", "2 June 1987"),
        ("In what year and month was the lighthouse lit?", "1987年6月2日"),
    ],
)
def test_a_day_stays_whole_where_more_is_asked(question: str, mark: str) -> None:
    assert marked(question, f"灯塔{mark}点亮。", mark) == mark


def test_the_era_belongs_to_its_year() -> None:
    assert marked("灯塔建于哪一年？", "民國34年8月重建。", "34年8月") == "民國34年"
    assert marked("灯塔建于哪一年？", "灯塔34年8月重建。", "34年8月") == "34年"


def test_which_year_of_the_era_is_no_length_of_time() -> None:
    text = "1987年6月2日灯塔点亮，此后亮了37年。"
    asked = analyse("灯塔于公元几年点亮？")
    found = year_read(asked, text, (0, 5, 0.7))
    assert found is not None
    assert text[slice(*found)] == "1987年6月2日"
    assert year_read(asked, text, None) is None
    for length in ("灯塔亮了几年？", "灯塔在几年内修好？", "修灯塔是几年前的事？"):
        assert year_read(analyse(length), text, (0, 5, 0.7)) is None


def test_a_long_sentence_takes_no_time() -> None:
    text = "年" * 2500 + "一" * 2500
    began = time.perf_counter()
    year_alone(analyse("灯塔是哪一年点亮的？"), text, 0, len(text))
    assert time.perf_counter() - began < 0.5
