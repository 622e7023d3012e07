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
