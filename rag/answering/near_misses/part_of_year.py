"""Which part of a year a text speaks of: 上半年, 前三季度, 1-7月, the second quarter.

What was reached in the first half is no answer to what was reached in the first quarter, and reads alike.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.mentions.numerals import whole_number
from rag.retrieval.months import months_named

__all__ = ["another_part", "parts_of_year"]

_NUMBER = r"(\d{1,2}|[一二三四五六七八九十]{1,3})"
#: How a text names a part of a year, and whether the months are counted by threes; from the first when one
#: number stands alone after 前 or a range begins with one.
_QUARTER = re.compile(r"(?:第)?([一二三四1-4])(?:、第?([一二三四1-4]))?季度")
_FIRST_MONTHS = re.compile(rf"(?:前|(?:1|一)(?:月|季度)?(?:至|到|-|~|—|–)){_NUMBER}(个?月|个?季度)")
_NAMED = (
    (re.compile(r"上半年"), (1, 6)),
    (re.compile(r"下半年"), (7, 12)),
    (re.compile(r"全年(?!龄|目标|任务|计划|预期)|\b(?:full|whole) year"), (1, 12)),
)


def another_part(asked: frozenset[tuple[int, int]], told: str, around: str) -> bool:
    """Whether a sentence tells of other parts of the year than were asked about.

    Args:
        asked: What :func:`parts_of_year` finds in the question.
        told: The sentence, normalised.
        around: It with what stands around it, normalised: what was asked about may be named there.
    """
    here = parts_of_year(told)
    if not asked or not here or asked & parts_of_year(around):
        return False
    # 三季度 and 四季度 together may answer for 下半年.
    return sum(first <= a and b <= last for a, b in here for first, last in asked) < 2


@lru_cache(maxsize=4096)
def parts_of_year(normalised: str) -> frozenset[tuple[int, int]]:
    """The first and last month of each part of a year that is named: 上半年 is (1, 6)."""
    found: set[tuple[int, int]] = set()
    for match in _QUARTER.finditer(normalised):
        found.update(
            (3 * whole_number(one) - 2, 3 * whole_number(one)) for one in match.groups() if one
        )
    for match in _FIRST_MONTHS.finditer(normalised):
        found.add((1, whole_number(match[1]) * (3 if "季" in match[2] else 1)))
    found.update(months for pattern, months in _NAMED if pattern.search(normalised))
    found.update(
        (first, last)
        for first, last, *_ in months_named(normalised)
        if first < last and (first == 1 or (first % 3 == 1 and last % 3 == 0))
    )
    return frozenset(found)
