"""The part of the previous Chinese question that is of a topic's kind."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.answering.followup.chinese_places import first_named, is_area, is_place, kind_of_place
from rag.answering.followup.chinese_subject import before_amount, counts_things, shared_run
from rag.answering.followup.chinese_words import (
    ASK,
    EXTREME,
    LONGEST_PLACE,
    NAMED,
    REGION,
    ROLE,
    ROLES,
)
from rag.answering.mentions.places import gazetteer, places_named
from rag.normalization import normalize

__all__ = ["part_alike"]

#: Names of one kind begin or end alike (智慧社区, 智慧小区; 崂山区, 市北区) or share their middle: the weights of
#: a shared character at the end, at the beginning and in the middle, of one character more or less, of a
#: class (国家级, 省级), of each side that is a border of words; and what a name must reach.
_TAIL, _HEAD, _MIDDLE, _LONGER, _CLASS, _BORDER, _ALIKE = 1.5, 1.0, 0.5, -0.4, 1.4, 0.8, 2.4
#: So many characters that two names share in their middle make them of one kind.
_INSIDE = 3
_BEFORE_NAMES = "的了是在有个個家位项項条處处,，于由和与 0123456789"
_AFTER_NAMES = "的了是在有,，?？ 将將会會为為由何什哪多谁誰要0123456789"

#: 那全市呢 asks of the place around.
_WHOLE_PLACE = re.compile("全[市区區县縣省国國镇鎮村]")

_WHO_ACTS = re.compile(rf"[\u4e00-\u9fff]{{0,8}}?(?:{ROLES})(?=[在去到的可能每最])")

#: Kinds of places that are called by their names alone behind one that is called by its kind.
_DISTRICT = frozenset("区县市")
#: E20, X-300.
_CODE = re.compile(r"(?<![A-Za-z])([A-Za-z]+)[- ]?\d+")
#: What a remedy or a guard is for, two characters: 止痛, 退烧, 防水.
_PURPOSE = re.compile("[止退治防解降消镇鎮抗化祛][\u4e00-\u9fff]")


def part_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous question that is of the topic's kind, or None."""
    return (
        _extreme_alike(previous, topic)
        or _role_alike(previous, topic)
        or _known_place(previous, topic)
        or _code_alike(previous, topic)
        or _name_or_place_alike(previous, topic)
        or _purpose_alike(previous, topic)
    )


def _extreme_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """一次|最少|买多少克, where the topic is 最多."""
    if not re.fullmatch("[最至][多少高低大小长長短早迟遲晚]", topic):
        return None
    found = EXTREME.search(previous)
    return (found.end() - len(topic), found.end()) if found else None


def _code_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The first code with the letters of the topic's and another figure: M1 for M7."""
    wanted = _CODE.fullmatch(topic)
    codes = _CODE.finditer(previous) if wanted else ()
    return next((m.span() for m in codes if wanted and m.group(1) == wanted.group(1)), None)


def _role_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Who the question begins with, where the topic is such a one: 部门经理|在上海的住宿标准, 普通员工."""
    who = _WHO_ACTS.match(previous)
    return who.span() if who and ROLE.search(topic) else None


def _name_or_place_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The name most like the topic, but no part of a known place: 西海岸新区 for 高新区."""
    name, place = _name_alike(previous, topic), _place_alike(previous, topic)
    if place is None or name is None:
        return name or place
    return place if name[1] == place[1] and is_place(previous[slice(*place)]) else name


def _name_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The name most like the topic, if one is like it."""
    best: tuple[float, tuple[int, int]] | None = None
    asked = [m.span() for m in re.finditer(ASK, previous)]
    shown, wanted = normalize(previous), normalize(topic)
    if len(shown) != len(previous) or len(wanted) != len(topic):
        shown, wanted = previous, topic
    area = is_area(topic)
    for length in range(max(min(2, len(wanted)), len(wanted) - 3), len(wanted) + 5):
        for start in range(len(shown) - length + 1):
            end = start + length
            if any(start < b and a < end for a, b in asked):
                continue
            if _splits(shown, start) or _splits(shown, end):
                continue
            piece = shown[start:end]
            tail = shared_run(piece[::-1], wanted[::-1])
            if tail == 1 and area and not is_area(piece):  # 小区 is no 市北区
                tail = 0
            head = shared_run(piece, wanted)
            inside = _longest_shared(piece, wanted) if len(wanted) > 4 else 0
            if not tail and not head and inside < _INSIDE:
                continue
            score = _TAIL * min(tail, 3) + _HEAD * min(head, 3)
            score += _LONGER * abs(len(piece) - len(wanted))
            score += _MIDDLE * inside if inside >= _INSIDE else 0.0
            score += _CLASS * (tail > 0 and piece[-1] in "级級类類型期")
            opens = not start or shown[start - 1] in _BEFORE_NAMES
            closes = end == len(shown) or shown[end] in _AFTER_NAMES
            score += _BORDER * (opens or any(start == b for _, b in asked))
            score += _BORDER * (closes or any(end == a for a, _ in asked))
            if best is None or score > best[0] + 1e-9:
                best = (score, (start, end))
    return best[1] if best and best[0] >= _ALIKE else None


def _known_place(previous: str, topic: str) -> tuple[int, int] | None:
    """The first place of the previous question, where the topic is one that is known: 上海 for 成都|办公室."""
    named = first_named(previous)
    named = named if named and is_place(named.group()) else None
    told_by_kind = named and places_named(normalize(named.group()))
    if named and told_by_kind and _DISTRICT & gazetteer().kinds.get(normalize(topic), frozenset()):
        return named.span()  # 即墨 for 市北区
    if not is_place(topic):
        return None
    if named:
        return named.span()
    shown = normalize(previous)
    if len(shown) != len(previous):
        return None
    for start in range(len(shown) - 1):
        if region := REGION.match(shown, start):
            return region.span()
        for size in range(LONGEST_PLACE, 1, -1):
            end = start + size
            if shown[start:end] in gazetteer().alone:
                return start, end + (shown[end : end + 1] in tuple("省市区县"))
    return None


def _place_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The place that the question begins with, where the topic is one of its kind."""
    place = first_named(previous)
    if place is None:
        return None
    if _WHOLE_PLACE.fullmatch(topic):
        return place.span() if kind_of_place(place.group()) in tuple("区市县省镇村") else None
    if NAMED.fullmatch(topic) is None or kind_of_place(place.group()) != kind_of_place(topic):
        return None
    if is_area(topic) and not is_area(place.group()) and counts_things(previous):
        return None
    return place.span()


def _purpose_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """What is asked of at the end of what stands before an amount, where the topic is such too: 布洛芬|止痛."""
    before = before_amount(previous) if _PURPOSE.fullmatch(topic) else None
    start = before[1] - len(topic) if before else 0
    return (start, start + len(topic)) if start > 0 and _PURPOSE.match(previous, start) else None


def _splits(text: str, at: int) -> bool:
    """Whether a cut here would go through a figure or a date, or through 国家, which 国家级 begins with."""
    around = text[at - 1 : at + 1] if at else ""
    if around[:1].isdigit():
        return around[1:].isdigit() or around[1:] in {"年", "月", "日"}
    return around in {"国家", "國家"}


def _longest_shared(one: str, other: str) -> int:
    """Length of the longest run that both hold."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size
