"""Places and areas that Chinese questions begin with or speak of."""

from __future__ import annotations

import re

from rag.answering.followup.chinese_words import LONGEST_PLACE, NAMED, REGION
from rag.answering.followup.english_words import YEAR
from rag.answering.mentions.places import gazetteer, places_named
from rag.normalization import normalize

__all__ = [
    "end_of_opening_year",
    "first_named",
    "is_area",
    "is_place",
    "kind_of_place",
    "says_more_than_a_place",
]

#: Areas that are no equals of a district: what such a name ends in, in simplified characters, and what is
#: one without a name: 示范区, but not 上合示范区.
_AREA = re.compile(
    r"(?:[小社校景街院厂库病展]区|(?:服务|停车|阅览|休息|办公|生活|居住|功能)区)$|^(?:示范|园|片|度假|保护)区$"
)
_STREET = re.compile(r"(?:街区|[街路])$")

_OPENING_YEAR = re.compile(rf"[在于於]?(?:{YEAR.pattern})(?:底|末|初)?[,，]?")


def says_more_than_a_place(topic: str) -> bool:
    """Whether a Chinese topic names a place and something there: 城阳区的轨道交通产业."""
    found = places_named(normalize(topic))
    left = topic
    for stem, kind in found:
        left = left.replace(stem + kind, "", 1)
    return bool(found) and len(left.strip("的之")) > 1


def is_place(name: str) -> bool:
    """Whether a name is that of a known place and nothing more: 上海, 市北区, 西南."""
    shown = normalize(name)
    if shown in gazetteer().alone or REGION.fullmatch(shown):
        return True
    return any(shown in (stem + kind, stem + "新区") for stem, kind in places_named(shown))


def kind_of_place(name: str) -> str:
    """What kind of place a name ends as; one for all streets."""
    shown = normalize(name)
    return "街" if _STREET.search(shown) else shown[-1:]


def is_area(name: str) -> bool:
    """Whether a name is that of an area which is no district, nor lies in a place that it names: 智慧小区."""
    shown = normalize(name)
    in_a_place = places_named(shown) or any(
        shown[:size] in gazetteer().alone for size in range(2, LONGEST_PLACE + 1)
    )
    return _AREA.search(shown) is not None and not in_a_place


def first_named(question: str) -> re.Match[str] | None:
    """The name that a question begins with, behind a year: 2022年|市南区|, which is no 2022年市."""
    return NAMED.match(question, end_of_opening_year(question))


def end_of_opening_year(question: str) -> int:
    """Where a question goes on behind the year that it begins with; 0 if with none."""
    year = _OPENING_YEAR.match(question)
    return year.end() if year else 0
