"""Where a mark on a Chinese name begins and ends."""

from __future__ import annotations

import pytest

from rag.answering.marking.names import whole_name
from rag.answering.question.analysis import analyse


@pytest.mark.parametrize(
    ("question", "text", "mark", "shown"),
    [
        ("哪所大学来了?", "西安交通大学青岛研究所落户。", "西安交通大学青岛研究所", "西安交通大学"),
        ("哪个大学出版社来了?", "北京大学出版社分社来了。", "北京大学出版社分社", "北京大学出版社分社"),
        ("哪家医院来了?", "青岛大学附属医院落户。", "青岛大学附属医院", "青岛大学附属医院"),
        ("哪所大学来了?", "北京大学、清华大学分校落户。", "北京大学、清华大学分校", "北京大学、清华大学分校"),
        ("哪家大学生公司来了?", "青岛大学生创业公司落户。", "青岛大学生创业公司", "青岛大学生创业公司"),
        ("哪家公司来了?", "海尔集团公司旗下卡奥斯来了。", "海尔集团公司旗下卡奥斯", "海尔集团公司旗下卡奥斯"),
        ("发什么券?", "发放好文化惠民券。", "好文化惠民券", "文化惠民券"),
        ("推出什么品牌?", "推出好品山东品牌。", "好品山东", "好品山东"),
        ("培育什么?", "培育好家风。", "好家风", "好家风"),
        ("重心在哪个层级?", "重心必须落到社区。", "落到社区", "社区"),
        ("设立了哪个奖项?", "设立在校生奖学金。", "设立在校生奖学金", "设立在校生奖学金"),
        ("由哪个机关出台?", "推动省人大常委会出台条例。", "人大常委会", "省人大常委会"),
        ("由哪个机关出台?", "推动青岛市人大常委会出台条例。", "人大常委会", "青岛市人大常委会"),
        ("由哪个机关出台?", "西海岸新区政府出台条例。", "政府", "政府"),
        ("社区怎么办?", "事情落到社区。", "落到社区", "落到社区"),
        ("Which university came?", "西安交通大学青岛研究所落户。", "西安交通大学青岛研究所", "西安交通大学青岛研究所"),
    ],
)  # fmt: skip
def test_the_name_whole_and_alone(question: str, text: str, mark: str, shown: str) -> None:
    start = text.index(mark)
    assert text[slice(*whole_name(analyse(question), text, start, start + len(mark)))] == shown
