"""Ranges told in Chinese, such as 满10年不满20年, and which holds a value that a question names: 工作满12年."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from rag.normalization import normalize

__all__ = ["Range", "range_holds", "ranges_asked", "sentence_in_range"]

_NUMBER = r"(\d+(?:\.\d+)?)"
_UNIT = (
    "([百千万亿]?(?:元|人|米|公里|千米|平方米|吨)|年|个月|月|周岁|周|天|日|小时|分钟|岁|公斤|克|度|℃|%|次|件"
    "|分|级)"
)
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
_MYRIADS = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
#: Sentences of one rule stand within so many characters.
_REACH = 400


class Range(NamedTuple):
    """A range that a text tells.

    Attributes:
        start: Where it stands in the normalised text.
        end: Its end, exclusive.
        low: Its lowest value.
        high: Its highest, infinite where there is none.
        unit: Of both, 元 for 万元.
        closed: Whether the highest belongs to it.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str
    closed: bool

    def holds(self, value: float) -> bool:
        """Whether a value in its unit lies in it."""
        return self.low <= value < self.high or (self.closed and value == self.high)


class Told(Protocol):
    """What is needed of a sentence: :class:`rag.answering.evidence.Candidate` has it."""

    @property
    def document_id(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def text(self) -> str: ...


def range_holds(told: str, question: str) -> bool:
    """Whether a normalised text is a range and a normalised question names a value, in its unit, within it."""
    ranges, place = ranges_asked(told, question)
    return place is not None and (ranges[place].start, ranges[place].end) == (0, len(told))


def ranges_asked(text: str, question: str) -> tuple[list[Range], int | None]:
    """The ranges of a text in the unit of a value that a question names, and which of them holds it.

    Both normalised. Of several that hold it the one that begins highest counts: 超过10天 before 超过3天. No
    ranges where the question names no value, or tells a range itself.
    """
    values = _values(question)
    found = [one for one in _ranges(text) if one.unit in values] if values else []
    holding = [i for i, one in enumerate(found) if any(map(one.holds, values[one.unit]))]
    return found, max(holding, key=lambda i: found[i].low, default=None)


def sentence_in_range(
    question: str, candidates: Sequence[Told], order: Sequence[int]
) -> int | None:
    """Of the sentences beside the first one that which tells the range asked about.

    Args:
        question: Normalised.
        candidates: The sentences.
        order: Their indices, best first.

    Returns:
        Its index; None where the first sentence tells no range in the unit of the question's value, or the
        one that holds it, and where no other sentence near it does.
    """
    first = candidates[order[0]]
    ranges, place = ranges_asked(normalize(first.text), question)
    if not ranges or place is not None:
        return None
    for index in order[1:]:
        one = candidates[index]
        if one.document_id == first.document_id and abs(one.start - first.start) <= _REACH:
            _, place = ranges_asked(normalize(one.text), question)
            if place is not None:
                return index
    return None


def _values(question: str) -> dict[str, list[float]]:
    """The values that a question names, by unit."""
    found: dict[str, list[float]] = {}
    if not _TELLS_RANGE.search(question):
        for number, of in _VALUE.findall(question):
            factor, unit = _scaled(of)
            value = float(number) * factor
            if unit != "年" or value < _FIRST_YEAR:
                found.setdefault(unit, []).append(value)
    return found


def _scaled(unit: str) -> tuple[float, str]:
    return (_MYRIADS[unit[0]], unit[1:]) if unit[0] in _MYRIADS and unit != "千米" else (1.0, unit)


@lru_cache(maxsize=4096)
def _ranges(text: str) -> tuple[Range, ...]:
    if not any(character.isdigit() for character in text):
        return ()
    found: list[Range] = []
    for pattern in (_BETWEEN, _AT_LEAST, _BELOW):
        for match in pattern.finditer(text):
            start, end = match.span()
            if any(start < one.end and one.start < end for one in found):
                continue
            if one := _range(pattern, match):
                found.append(one)
    return tuple(sorted(found))


def _range(pattern: re.Pattern[str], match: re.Match[str]) -> Range | None:
    start, end = match.span()
    if pattern is _BETWEEN:
        low, first, _, high, of = match.groups()
        factor, unit = _scaled(of)
        below, unit_below = _scaled(first) if first else (factor, unit)
        closed = re.fullmatch(_UNDER, match["to"]) is None and "不满" not in match.group()
        if unit_below != unit:
            return None
        return Range(start, end, float(low) * below, float(high) * factor, unit, closed)
    number, of = (group for group in match.groups() if group)
    factor, unit = _scaled(of)
    value = float(number) * factor
    if pattern is _AT_LEAST:
        return Range(start, end, value, float("inf"), unit, closed=False)
    return Range(start, end, 0.0, value, unit, closed=not re.match(_UNDER, match.group()))
