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
