"""Which one of several a text speaks of: 第六届, 二期, 第三季度, 3号线, 二届五次全会, 副局长, 自贸片区.

Sentences about the fifth and the sixth, the head and the deputy are alike in everything else, so that no
measure of likeness tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rag.answering.mentions.numerals import whole_number
from rag.answering.near_misses.zones import Zone, another_zone, zone_measured

__all__ = ["Ones", "another_one", "ones_asked", "ones_told"]

#: What there are several of, and which are meant by number; of a post 1 is the head and 2 a deputy.
Ones = Mapping[str, frozenset[int | Zone]]

_ZONE = "zone"

_NUMBER = r"(?:\d{1,4}|[一二三四五六七八九十百两]{1,5})"
#: 第六, 第一、第三, 一至三 and 前三; the 前 of 目前, 日前 and 此前 counts nothing.
_ROW = (
    r"(?:(?P<numbered>第)|(?P<before>(?<![目日此之以先年])前))?"
    rf"(?P<row>{_NUMBER}(?:[、和及与至到-]第?{_NUMBER})*)"
)
#: These follow the number of one of several; with 次 and the like 第 must stand before, for 三次 is a count.
_OF = re.compile(
    rf"{_ROW}(?:(?P<plain>届|季度|号线|次全体会议|次全会|次会议|期(?![间待望末限刊货盼]))"
    r"|(?P<marked>次|批|轮|代(?!表)|阶段|场|站|回))"
)
_RANGE = re.compile("[至到-]")
_MOST = 200  # a range that is longer is none

_POST = re.compile(
    "(?P<deputy>副)?(?P<post>书记|局长|主任|市长|区长|县长|省长|镇长|乡长|部长|处长|科长|所长|校长|院长|会长|行长|台长|队长|"
    "主席|秘书长|理事长|检察长|董事长|总经理|总裁|主编)"
)
_ASKED_POST = re.compile(
    _POST.pattern + "(?:(?:是|叫|为)?(?:谁|哪位|哪一位|什么名字)|(?:是|叫)什么(?=[?]|$))"
)
#: Posts that go by several names, and words for whoever is at the head.
_ALIKE = (
    frozenset({"董事长", "主席", "理事长", "会长"}),
    frozenset({"总经理", "总裁", "董事长"}),
)
_HEADS = re.compile("负责人|一把手|掌门|当家|执掌|首席|ceo|领导|代理|主持工作")


def ones_asked(normalised: str) -> Ones:
    """Which ones a normalised question asks about: 第三季度, 副局长 in 副局长是谁, a measured zone."""
    zone = zone_measured(normalised)
    zones: Ones = {} if zone is None else {_ZONE: frozenset({zone})}
    return _joined(_joined(_numbered(normalised), _posts(_ASKED_POST, normalised)), zones)


@lru_cache(maxsize=4096)
def ones_told(normalised: str) -> Ones:
    """Which ones a normalised Chinese text tells of: {"季度": {1, 3}, "局长": {2}}."""
    return _joined(_numbered(normalised), _posts(_POST, normalised))


def _joined(one: Ones, other: Ones) -> Ones:
    return {
        unit: one.get(unit, frozenset()) | other.get(unit, frozenset()) for unit in {*one, *other}
    }


def _posts(pattern: re.Pattern[str], normalised: str) -> Ones:
    found: dict[str, frozenset[int]] = {}
    for match in pattern.finditer(normalised):
        post = match.group("post")
        found[post] = found.get(post, frozenset()) | {2 if match.group("deputy") else 1}
    return found


def _numbered(normalised: str) -> Ones:
    found: dict[str, frozenset[int]] = {}
    for match in _OF.finditer(normalised):
        marked = match.group("marked")
        if marked and not match.group("numbered"):
            continue
        unit = (match.group("plain") or marked).replace("全体会议", "全会")
        numbers = _numbers(match.group("row"))
        if match.group("before"):  # 前三季度 tells of all three
            numbers = frozenset(range(1, min(max(numbers), _MOST) + 1))
        found[unit] = found.get(unit, frozenset()) | numbers
    return found


def _numbers(row: str) -> frozenset[int]:
    """第一、第三 is {1, 3}, 一至三 is {1, 2, 3}."""
    values = [whole_number(one) for one in re.findall(_NUMBER, row)]
    if len(values) == 2 and _RANGE.search(row) and 0 < values[1] - values[0] < _MOST:
        return frozenset(range(values[0], values[1] + 1))
    return frozenset(values)


def another_one(asked: Ones, told: str, around: str) -> bool:
    """Whether a sentence tells of another one of several than was asked about, or of holders of other posts.

    Args:
        asked: By :func:`ones_asked`.
        told: The sentence, normalised.
        around: It with what stands around it, normalised: what was asked about may be named there.
    """
    zones = (one for one in asked.get(_ZONE, ()) if isinstance(one, Zone))
    if any(another_zone(zone, told, around) for zone in zones):
        return True
    here, near = ones_told(told), ones_told(around)
    for unit, numbers in asked.items():
        if unit in here:
            if numbers.isdisjoint(near.get(unit, here[unit])):
                return True
        elif _POST.fullmatch(unit) and unit not in near:
            # Others are named, and nobody who may hold this one.
            others = {post for post in near if _POST.fullmatch(post)}
            alike = {unit}.union(*(group for group in _ALIKE if unit in group))
            if others and others.isdisjoint(alike) and not _HEADS.search(around):
                return True
    return False
