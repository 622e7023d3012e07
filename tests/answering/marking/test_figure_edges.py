"""Where a mark on a figure or a day begins and ends."""

from __future__ import annotations

import pytest

from rag.answering.marking.figure_edges import whole_figure
from rag.answering.question.analysis import analyse


def _whole(question: str, text: str, mark: str, read: str | None = None) -> str:
    start = text.index(mark)
    span = (text.index(read), text.index(read) + len(read), 0.5) if read else None
    return text[slice(*whole_figure(analyse(question), text, start, start + len(mark), span))]


@pytest.mark.parametrize(
    ("question", "text", "mark", "shown"),
    [
        ("集聚多少家企业?", "集聚企业200家以上。", "200家", "200家以上"),
        ("占全市多少?", "占全市40%以上、居首位。", "40%", "40%以上"),
        ("山地海拔在多少米以上?", "山地在800米以上。", "800米", "800米"),
        ("占全市百分之几以上?", "占全市40%以上。", "40%", "40%"),
        ("有多少家?", "200家以上述标准衡量。", "200家", "200家"),
        ("最多吃几天?", "用于解热不得超过3天。", "超过3天", "3天"),
        ("吃了几天?", "他吃了超过3天。", "超过3天", "超过3天"),
        ("最多选多少学分?", "学生不得超过20学分。", "20", "20学分"),
        ("有多少?", "学生不得超过20学分。", "20", "20"),
        ("什么时候开会?", "定于2024年9月26日14:00。", "2024年9月26日", "2024年9月26日14:00"),
        ("何时结束?", "定于9月26日 14:00至16:00。", "9月26日", "9月26日 14:00至16:00"),
        ("哪天开会?", "定于2024年9月26日14:00。", "2024年9月26日", "2024年9月26日"),
        ("When was it held?", "6月11日下午,举行发布会。", "6月11日", "6月11日下午"),
        ("什么时候举行?", "6月11日下午,举行发布会。", "6月11日", "6月11日下午"),
        ("什么时候举行?", "6月11日下午茶会。", "6月11日", "6月11日"),
        ("On what date was it held?", "6月11日下午,举行发布会。", "6月11日", "6月11日"),
        ("可以留到什么时候?", "顺延至次年3月31日。", "3月31日", "次年3月31日"),
        ("谁超过3天?", "张三不超过3天。", "张三", "张三"),
    ],
)
def test_with_what_belongs_to_it(question: str, text: str, mark: str, shown: str) -> None:
    assert _whole(question, text, mark) == shown


def test_the_unit_that_the_reader_marks_behind_a_bare_number() -> None:
    text = "最高转速1400转/分，容量10公斤。"
    assert _whole("最高转速是多少?", text, "1400", read="1400转/分") == "1400转/分"
    assert _whole("最高转速是多少?", text, "1400", read="1400转/分，容量10公斤") == "1400"
    assert _whole("最高转速是多少?", text, "1400", read="最高转速1400转/分") == "1400"
