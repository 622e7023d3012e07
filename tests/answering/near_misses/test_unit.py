"""Whether a figure has the unit that was asked for."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.unit import lacks_unit
from rag.answering.question.analysis import analyse
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("把多少件原来自己办的事交出去了？", "承接165项省级权力事项。", False),
        ("办了几件实事？", "完成3项实事。", False),
        ("馆里有几件文物？", "举办3项活动。", True),
        ("发生了几件事故？", "举办3项活动。", True),
        ("馆里有几件文物？", "藏有300件。", False),
    ],
)
def test_matters_are_counted_by_either_word(question: str, sentence: str, lacks: bool) -> None:
    assert lacks_unit(analyse(question), normalize(sentence)) == lacks


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("诊所有多少家添了设备？", "85处卫生室配备设备。", False),
        ("高新技術企業有多少間？", "高新技术企业930家。", False),
        ("全市有多少间公司？", "公司有930家。", False),
        ("酒店有多少间客房？", "全市酒店30家。", True),
        ("学校有多少间教室？", "全市学校30所。", True),
        ("自助办理的机台设置了几部？", "布设237台直办机。", False),
        ("拍了几部电影？", "购置237台设备。", True),
        ("有多少家企业？", "培训300人。", True),
    ],
)
def test_bodies_and_machines_are_counted_by_several_words(
    question: str, sentence: str, lacks: bool
) -> None:
    assert lacks_unit(analyse(question), normalize(sentence)) == lacks
