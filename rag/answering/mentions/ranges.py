"""Ranges told in Chinese, such as 满10年不满20年, and which holds a value that a question names: 工作满12年."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import inf, nextafter
from typing import NamedTuple, Protocol

from rag.normalization import normalize

__all__ = ["Range", "range_holds", "ranges_asked", "sentence_in_range"]

_NUMBER = r"((?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?)"
_UNIT = (
    "([百千万亿]?(?:元|人|米|公里|千米|平方米|吨)|年|个月|月|周岁|周|天|日|小时|分钟|岁|公斤|克|度|℃|%|次|件"
    "|分|级)"
)
_ABOVE = "(?<!不)(?:超过|大于|高于)"
_BELOW_IT = "(?:不满|未满|不足|(?<!不)[低小]于)"
_UNDER = f"(?:{_BELOW_IT}|不(?:超过|大于|高于))"
_BETWEEN = re.compile(
    rf"(?:(?P<above>{_ABOVE})|满|达到?)?{_NUMBER}{_UNIT}?(?:\(含\)|及?以上)?,?"
    rf"(?P<to>{_UNDER}|至|到|[-~—–])(?P<below>不满|未满)?{_NUMBER}{_UNIT}(?:\(含\)|以下|以内)?"
)
_AT_LEAST = re.compile(
    rf"(?:满|达到?)?{_NUMBER}{_UNIT}(?:\(含\)|及)?以上|"
    rf"(?:(?P<above>{_ABOVE})|(?<![不未])满|不[低小少]于){_NUMBER}{_UNIT}的?"
)
_BELOW = re.compile(rf"{_UNDER}{_NUMBER}{_UNIT}|{_NUMBER}{_UNIT}(?:\(含\)|及)?(?:以下|以内)")
#: A question that tells a range itself names no value: 3天以上, 不满5年和满5年.
_TELLS_RANGE = re.compile(rf"{_UNDER}{_NUMBER}|{_NUMBER}{_UNIT}?(?:\(含\)|及)?以[上下内]")
#: 8日 of 5月8日 is none.
_VALUE = re.compile(rf"(?P<above>{_ABOVE})?(?<![\d.第月]){_NUMBER}{_UNIT}(?![底初末])")
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
    """What is needed of a sentence: :class:`rag.answering.evidence.candidates.Candidate` has it."""

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
    ranges where the question names no value, or tells a range itself, and where the text names the value too.
    """
    values = _values(question)
    found = [one for one in _ranges(text) if one.unit in values] if values else []
    if any(
        values.get(unit) == value and not any(one.start <= at < one.end for one in found)
        for at, value, unit in (_values_of(text) if found else ())
    ):
        return [], None
    holding = [i for i, one in enumerate(found) if one.holds(values[one.unit])]
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


def _values(question: str) -> dict[str, float]:
    """The value that a question names, by unit; none in a unit that it names two in."""
    found: dict[str, set[float]] = {}
    if not _TELLS_RANGE.search(question):
        for _, value, unit in _values_of(question):
            found.setdefault(unit, set()).add(value)
    return {unit: values.pop() for unit, values in found.items() if len(values) == 1}


def _values_of(text: str) -> Iterator[tuple[int, float, str]]:
    """Each value of a text with its place and unit; 超过5天 is just above 5."""
    for match in _VALUE.finditer(text):
        above, number, of = match.groups()
        value, unit = _valued(number, of, above=above)
        if unit != "年" or value < _FIRST_YEAR:
            yield match.start(), value, unit


def _valued(number: str, unit: str, *, above: str | None = None) -> tuple[float, str]:
    factor, base = _scaled(unit)
    value = float(number.replace(",", "")) * factor
    return (nextafter(value, inf) if above else value), base


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
        above, low, first, to, below, high, of = match.groups()
        least, unit_below = _valued(low, first or of, above=above)
        most, unit = _valued(high, of)
        if unit_below != unit or least > most:
            return None
        closed = below is None and re.fullmatch(_BELOW_IT, to) is None
        return Range(start, end, least, most, unit, closed)
    if pattern is _AT_LEAST:
        number, of = (match[1], match[2]) if match[1] else (match[4], match[5])
        value, unit = _valued(number, of, above=match["above"])
        return Range(start, end, value, inf, unit, closed=False)
    number, of = (match[1], match[2]) if match[1] else (match[3], match[4])
    value, unit = _valued(number, of)
    return Range(start, end, 0.0, value, unit, closed=not re.match(_BELOW_IT, match.group()))
