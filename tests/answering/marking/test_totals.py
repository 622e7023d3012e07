"""The total of several figures, and the area among them."""

from __future__ import annotations

import pytest

from rag.answering.marking.totals import area_asked, total_asked
from rag.answering.mentions.spans import typed_spans
from rag.answering.question.analysis import analyse


def _figures(text: str) -> list[tuple[int, int, float]]:
    return [(one.start, one.end, 0.5) for one in typed_spans(text) if one.kind == "figure"]


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("世界500强投资的项目加起来有多少?", "348个"),
        ("投资项目一共多少个?", "348个"),
        ("投资项目有多少个?", None),
        ("今年一共引进多少个投资项目?", None),
    ],
)
def test_the_total_behind_its_part(question: str, shown: str | None) -> None:
    text = "引进投资项目20个、累计达348个。"
    found = total_asked(analyse(question), text, _figures(text))
    assert (text[slice(*found)] if found else None) == shown


@pytest.mark.parametrize(
    "text",
    ["引进项目20个。累计栽树348棵。", "累计引进项目20个、栽树30棵。", "项目20个、总计完成16个。"],
)
def test_a_total_of_something_else_is_none(text: str) -> None:
    assert total_asked(analyse("项目总共多少?"), text, _figures(text)) is None


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("园区占地加起来多大?", "100万平方米"),
        ("园区的总面积是多少?", "100万平方米"),
        ("面积最大的园区有多少人口?", None),
        ("园区占地多少亩?", None),
        ("园区有多少?", None),
    ],
)
def test_the_one_figure_of_an_area(question: str, shown: str | None) -> None:
    text = "建设总面积100万平方米的8个园区。"
    found = area_asked(analyse(question), text, _figures(text))
    assert (text[slice(*found)] if found else None) == shown
