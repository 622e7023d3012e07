"""Whether a list is as long as the question says."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.list_length import lacks_items
from rag.answering.question.analysis import analyse
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("sentence", "lacks"),
    [
        ("今年抓好四个治理。", True),
        ("今年抓好四个治理：", False),
        ("城市治理、民生治理、社区治理、安全治理。", False),
    ],
)
def test_a_list_that_is_announced_is_not_lacking(sentence: str, lacks: bool) -> None:
    asked = analyse("四个治理都包括什么？")
    assert lacks_items(asked, normalize(sentence), "") == lacks


@pytest.mark.parametrize(
    ("sentence", "lacks"),
    [
        ("依托示范区和经济区打造平台。", False),
        ("依托示范区打造平台。", True),
        ("依托示范区、经济区。", False),
    ],
)
def test_two_need_no_comma(sentence: str, lacks: bool) -> None:
    asked = analyse("有哪两块招牌？")
    assert lacks_items(asked, normalize(sentence), "") == lacks


@pytest.mark.parametrize("question", ["花20块钱能买哪些套餐？", "220家企业来自哪些国家？"])
def test_a_price_and_a_large_number_are_no_length(question: str) -> None:
    assert not lacks_items(analyse(question), "包括一份套餐。", "")
