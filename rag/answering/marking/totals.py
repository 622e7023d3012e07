"""Which figure of a Chinese sentence a question means that asks for a total, or for an area."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["area_asked", "total_asked"]

Near = tuple[int, int, float]

_ASKS_TOTAL = re.compile("加起来|加在一起|加一块|总共|一共|合计|总计|累计|共计|共有|拢共")
#: Of a year's projects the total is none: 今年一共引进多少个.
_OF_A_TIME = re.compile("年|季度|月|新[增引签落]")
_TOTAL = re.compile(
    "(?:累计|总计|合计|共计|总共|一共|总数|总量)(?:已经?|达到?|超过?|突破|近|约|为|有)*$"
)
#: How far the part may stand before the total: 20个、累计达348个.
_BESIDE = 10
_BREAKS = re.compile("[。;；]")


def total_asked(asked: AskedFor, text: str, figures: Sequence[Near]) -> tuple[int, int] | None:
    """加起来有多少: of 项目20个、累计达348个 the second; None unless one total follows its part."""
    if not _ASKS_TOTAL.search(asked.normalised) or _OF_A_TIME.search(asked.normalised):
        return None
    totals = [
        (start, end)
        for (_, before, _), (start, end, _) in pairwise(figures)
        if start - before <= _BESIDE
        and not _BREAKS.search(text, before, start)
        and text[before - 1] == text[end - 1]
        and _TOTAL.search(normalize(text[before:start]))
    ]
    return totals[0] if len(totals) == 1 else None


_ASKS_AREA = re.compile("(?:面积|占地)[^,。?;:的]{0,6}(?:多[少大]|几)")
_AREA = re.compile(r"平方(?:公里|千米|米|厘米)|[亩㎡]|公顷|hm2|[kc]?m2")


def area_asked(asked: AskedFor, text: str, figures: Sequence[Near]) -> tuple[int, int] | None:
    """占地多大: the one figure of an area among others; None where there is none or more than one."""
    if asked.units or not _ASKS_AREA.search(asked.normalised):
        return None
    areas = [(start, end) for start, end, _ in figures if _AREA.search(normalize(text[start:end]))]
    return areas[0] if len(areas) == 1 and len(figures) > 1 else None
