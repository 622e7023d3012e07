"""Whether a range told in Chinese, such as 满10年不满20年, holds a value that a question names: 工作满12年."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["range_holds"]

_NUMBER = r"(\d+(?:\.\d+)?)"
_UNIT = "(年|个月|月|周岁|周|天|日|小时|分钟|岁|[万亿]?元|人|公里|千米|米|平方米|吨|公斤|克|度|℃|%|次|件|分|级)"
_OVER = r"(?:满|达到?|超过|大于|高于)?"
_UNDER = "(?:不满|未满|不足|低于|小于)"
_BETWEEN = re.compile(
    rf"{_OVER}{_NUMBER}{_UNIT}?(?:\(含\)|及?以上)?,?(?P<to>{_UNDER}|至|到|[-~—–])(?:不满|未满)?"
    rf"{_NUMBER}{_UNIT}(?:\(含\)|以下|以内)?"
)
_AT_LEAST = re.compile(
    rf"{_OVER}{_NUMBER}{_UNIT}(?:\(含\)|及)?以上|(?:满|超过|大于|高于){_NUMBER}{_UNIT}的?"
)
_BELOW = re.compile(rf"{_UNDER}{_NUMBER}{_UNIT}|{_NUMBER}{_UNIT}(?:\(含\)|及)?(?:以下|以内)")
#: A question that tells a range itself names no value: 3天以上, 不满5年和满5年.
_TELLS_RANGE = re.compile(rf"{_UNDER}{_NUMBER}|{_NUMBER}{_UNIT}?(?:\(含\)|及)?以[上下内]")
_VALUE = re.compile(rf"(?<![\d.第]){_NUMBER}{_UNIT}(?![底初末])")
_FIRST_YEAR = 1000  # 2023年 is no length of time

Range = tuple[float, float, str, bool]


def range_holds(told: str, question: str) -> bool:
    """Whether a normalised text is a range and a normalised question names a value, in its unit, within it."""
    span = _range(told)
    if span is None or _TELLS_RANGE.search(question):
        return False
    low, high, unit, closed = span
    values = [float(number) for number, of in _VALUE.findall(question) if of == unit]
    if unit == "年":
        values = [value for value in values if value < _FIRST_YEAR]
    return any(low <= value < high or (closed and value == high) for value in values)


@lru_cache(maxsize=4096)
def _range(told: str) -> Range | None:
    """(lowest, highest, unit, whether the highest belongs to it) of a text that is a range."""
    if not any(character.isdigit() for character in told):
        return None
    if match := _BETWEEN.fullmatch(told):
        low, first, _, high, unit = match.groups()
        closed = re.fullmatch(_UNDER, match["to"]) is None and "不满" not in told
        return None if first not in (None, unit) else (float(low), float(high), unit, closed)
    if match := _AT_LEAST.fullmatch(told):
        number, unit = (group for group in match.groups() if group)
        return float(number), float("inf"), unit, False
    if match := _BELOW.fullmatch(told):
        number, unit = (group for group in match.groups() if group)
        return 0.0, float(number), unit, not re.match(_UNDER, told)
    return None
