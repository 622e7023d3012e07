"""Months and parts of a year as English names them, first half, and as Chinese texts write them, 上半年."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Months", "months_in_chinese", "months_named"]

_MONTHS = (
    "january february march april may june july august september october november december".split()
)
_ORDINALS = ("first", "second", "third", "fourth")
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_NUMERALS = "一 二 三 四 五 六 七 八 九 十 十一 十二".split()
_MONTH = "|".join(_MONTHS)
_COUNT = rf"\d{{1,2}}|{'|'.join(_NUMBERS)}"
#: May and march are other words too.
_ALONE = "|".join(one for one in _MONTHS if one not in {"march", "may"})
#: "First half of the year", and not of the match; "the first six months of 2023", and not of the pregnancy.
_OF_YEAR = r"(?:(?:fiscal|calendar|financial) )?year\b|current\b|same\b"
_YEAR = rf"\d{{4}}\b|(?:the|this|last|next|each|every) (?:{_OF_YEAR})"
#: May 3 and march 2020, and not "may 3 people come".
_DAY = r" \d{4}\b| \d{1,2}(?:st|nd|rd|th)?(?:$|[^\w\s]| \d{4}\b| (?:and|or|to|in|at|for|through|until)\b)"
_NAMED = re.compile(
    rf"\b(?P<from>{_MONTH})(?: \d{{4}})?(?: to | through | until | till | ?[-–—~] ?)(?P<to>{_MONTH})\b"
    rf"|\bbetween (?P<after>{_MONTH}) and (?P<before>{_MONTH})\b"
    rf"|\bfirst (?P<months>{_COUNT}) months\b(?! after\b| of (?!{_YEAR}))|\bfirst (?P<quarters>two|three) quarters\b"
    rf"|(?<!fiscal )\b(?P<quarter>first|second|third|fourth)(?=(?:,? (?:and|or) (?:the )?(?:second|third|fourth))? quarters?\b(?! of the (?!{_OF_YEAR})))(?: quarters?\b)?"
    r"|\b[qh](?P<numbered>[1-4])\b"
    rf"|\b(?P<half>first|second) half\b(?! of the (?!{_OF_YEAR}))"
    rf"|\b(?P<month>{_ALONE})\b|(?<=\b(?:in|of|by|on) )(?P<other>march|may)\b|\b(?P<dated>march|may)\b(?={_DAY})"
)
_PARTS = {
    (1, 3): ("一季度", "首季"),
    (4, 6): ("二季度",),
    (7, 9): ("三季度",),
    (10, 12): ("四季度",),
    (1, 6): ("上半年",),
    (7, 12): ("下半年",),
    (1, 9): ("前三季度",),
}


class Months(NamedTuple):
    """Months that a text names.

    Attributes:
        first: 1 is January.
        last: The same for one month alone.
        start: Offset of its characters in the text.
        end: Exclusive.
    """

    first: int
    last: int
    start: int
    end: int


def months_named(normalised: str) -> list[Months]:
    """The months and parts of a year that a normalised English text names, in order."""
    found = []
    for match in _NAMED.finditer(normalised):
        first, last = _months(match)
        if 1 <= first <= last <= 12:
            found.append(Months(first, last, *match.span()))
    return found


def months_in_chinese(first: int, last: int) -> tuple[str, ...]:
    """How Chinese texts write months, normalised: 9月, 上半年, 1-9月, 前九个月."""
    if first == last:
        return (f"{first}月", f"{_NUMERALS[first - 1]}月")
    named = _PARTS.get((first, last), ())
    ranges = tuple(f"{first}{to}{last}月" for to in "-至到~")
    if first > 1:
        return named + ranges
    return (*named, *ranges, f"前{last}个月", f"前{_NUMERALS[last - 1]}个月")


def _months(match: re.Match[str]) -> tuple[int, int]:
    """First and last month of what was found."""
    one = match.groupdict()
    if one["from"] or one["after"]:
        return _month(one["from"] or one["after"]), _month(one["to"] or one["before"])
    if one["months"]:
        count = one["months"]
        return 1, int(count) if count.isdigit() else _NUMBERS.index(count) + 1
    if one["quarters"]:
        return 1, 3 * (_NUMBERS.index(one["quarters"]) + 1)
    if one["quarter"]:
        quarter = _ORDINALS.index(one["quarter"]) + 1
        return 3 * quarter - 2, 3 * quarter
    if one["half"]:
        return (1, 6) if one["half"] == "first" else (7, 12)
    if one["numbered"]:
        size = 3 if match[0][0] == "q" else 6
        number = int(one["numbered"])
        return size * number - size + 1, size * number
    month = _month(one["month"] or one["other"] or one["dated"])
    return month, month


def _month(name: str) -> int:
    return _MONTHS.index(name) + 1
