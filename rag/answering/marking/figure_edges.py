"""Where a mark on a figure or a day of a Chinese sentence begins and ends: with its unit, its hour, 以上."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor

__all__ = ["whole_figure"]

_HAN = re.compile("[\u4e00-\u9fff]")
_FIGURE = re.compile(
    r"[^,，。;；、]{0,4}?[\d〇零一二三四五六七八九十百千万亿.,，％%]+[^,，。;；、\d]{0,6}"
)
_DAY = re.compile(r"[\d年月日号份底初末\s./-]+")
#: 不得超过3天 without 不得 says the contrary.
_DENIED = re.compile("(?:不[得能应可宜许会]?|未|没有?|勿|禁止)$")
_BEYOND = re.compile("(?:超过|高于|多于|大于|晚于|低于|少于|小于)")
_BOUND = re.compile("[及或]?以[上下内](?!述)|左右(?![两手侧岸])|上下(?=[,，。;；、）)]|$)")
#: The question tells the bound itself: 海拔多少米以上, 占百分之几以上.
_ASKS_BOUND = re.compile("(?:多少|百分比|几)[\u4e00-\u9fff%]{0,3}[以之][上下内]")
_HOUR = r"(?:上午|下午|中午|晚上?|凌晨)?\s*\d{1,2}(?:[:：]\d{2}|[时点](?:\d{1,2}分|整|半)?)"
_CLOCK = re.compile(rf"\s*{_HOUR}(?:\s*(?:[至到~—]|-{{1,2}})\s*{_HOUR})?")
#: Part of a day that stands with no hour: 6月11日下午.
_DAYTIME = re.compile("(?:上午|下午|中午|凌晨|清晨|早[上晨]|傍晚|晚[上间]|深夜)(?![茶饭餐])")
_ASKS_DAY = re.compile(
    r"哪一?[天日年]|几号|几月|哪个月|日期|\b(?:what|which|exact) (?:\w+ )?(?:date|day|month|year)"
)
_OF_YEAR = re.compile("(?:次年|翌年|同年|次月|次日|当日|每年|每月)$")
_ASKS_NUMBER = re.compile("多少(?P<unit>[\u4e00-\u9fff]{1,2})")


def whole_figure(
    asked: AskedFor, text: str, start: int, end: int, read: tuple[int, int, float] | None
) -> tuple[int, int]:
    """A mark on one figure or day, with what tells its bound, its unit or its hour beside it.

    8万人以上 and not 8万人, 20学分 and not 20, 2024年9月26日14:00 and not 2024年9月26日, 6月11日下午 as well;
    but 3天 of 不得超过3天, and the day alone where that is asked.
    """
    form = _DAY if asked.kind == "date" else _FIGURE
    if not (asked.kind in _KINDS and _HAN.search(text) and form.fullmatch(text, start, end)):
        return start, end
    beyond = _BEYOND.match(text, start, end)
    if beyond and _DENIED.search(text, max(0, start - 4), start):
        start = beyond.end()
    if asked.kind == "date":
        hour = text[end - 1] in "日号" and not _ASKS_DAY.search(asked.normalised)
        clock = (_CLOCK.match(text, end) or _DAYTIME.match(text, end)) if hour else None
        year = _OF_YEAR.search(text, max(0, start - 2), start)
        return (year.start() if year else start), (clock.end() if clock else end)
    if text[end - 1].isdigit():
        end = _behind_the_unit(asked, text, start, end, read)
    bound = None if _ASKS_BOUND.search(asked.normalised) else _BOUND.match(text, end)
    return start, (bound.end() if bound else end)


_KINDS = frozenset({"figure", "money", "duration", "percent", "date"})
#: A unit that the reader marks and no form knows is no longer than this: 转/分.
_LONGEST_UNIT = 5
_UNIT = re.compile(r"[^\W\d_]+(?:/[^\W\d_]+)?")


def _behind_the_unit(
    asked: AskedFor, text: str, start: int, end: int, read: tuple[int, int, float] | None
) -> int:
    """Where the unit behind a bare number ends: as the question says it, or as the reader marks it."""
    if asks := _ASKS_NUMBER.search(asked.normalised):
        for size in range(len(asks["unit"]), 0, -1):
            if text.startswith(asks["unit"][:size], end):
                return end + size
    if read is None or read[0] != start or not end < read[1] <= end + _LONGEST_UNIT:
        return end
    return read[1] if _UNIT.fullmatch(text, end, read[1]) else end
