"""Whether a figure has the unit that was asked for."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.unit import lacks_measure, lacks_unit, measure_asked
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


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("How many square metres were vacated?", "25个项目、9万平方米房屋腾空。", False),
        ("How many square kilometers is it?", "园区占地1200亩。", False),
        ("How many kilometres long is the road?", "高架路2万余平方米房屋完成征迁。", True),
        ("How many kilometres long is the road?", "高架路全长7.3公里。", False),
        ("How many metres away is it?", "打通“最后100米”。", False),
        ("How many cubic metres does it hold?", "大坝高30米。", True),
        ("How many litres does it hold?", "提升服务能力。", True),
        ("How many tonnes of rubbish are sorted?", "每年新建小学20所。", True),
        ("How many metric tons are shipped?", "吞吐量6.8亿吨。", False),
        ("How many megawatts will it generate?", "推进12个海上风电项目。", True),
        ("How many megawatts will it generate?", "装机30万千瓦。", False),
        ("How many watts is it?", "输出45W。", False),
        ("How many days does it take?", "下单后次日达。", False),
        ("How many days ahead?", "最迟提前三个工作日。", False),
        ("How many years is the lease?", "租期：2023.1.1-2026.12.31", False),
        ("How many years will it take?", "力争在未来三年基本完成。", False),
        ("How many months will it take?", "投资12亿元。", True),
        ("How many hours is it open?", "开放时间9:00至17:00。", False),
        ("How many days a week is it open?", "周一至周五开放。", False),
        ("How many degrees colder is it?", "气温下降5℃。", False),
        ("How many more square metres were added?", "新增6900个停车泊位。", True),
        ("How many projects will it take?", "高架路全长7.3公里。", False),
        ("How many kilometres long is the road?", "The road links two cities.", False),
    ],
)
def test_measures_asked_in_english(question: str, sentence: str, lacks: bool) -> None:
    assert lacks_measure(normalize(question), normalize(sentence)) == lacks


def test_what_is_counted_is_no_measure() -> None:
    assert measure_asked("how many smart compounds were built in ten years?") is None
    assert measure_asked("how many of the 28 compounds are finished?") is None
    assert measure_asked("how many students spend years abroad?") is None
    assert measure_asked("how many degrees did the college award?") is None
