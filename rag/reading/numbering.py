"""The numbers that Word writes before the paragraphs of a list, 1., (a), 第三条: its text does not hold them.

ECMA-376 Part 1, 17.9: a paragraph, or its style, names a list and a level; ``numbering.xml`` says how each
level of the list counts and how its number is written.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from rag.reading.numerals import numeral

__all__ = ["BULLET", "Numbering"]

#: The mark of a paragraph in a list without numbers, whatever sign Word draws for it.
BULLET = "-"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF = {"0", "false", "off"}
_PLACE = re.compile(r"%([1-9])")
#: A style is based on another, and that on a third: no more than this, or they go round.
_DEEPEST = 20
_LEVELS = 9


class _Level(NamedTuple):
    """How one level of a list is numbered.

    Attributes:
        start: The first number.
        style: How a number is written: "decimal", "lowerLetter", "bullet" ...
        text: The mark; %1 stands for the number of the outermost level, %2 for that of the next.
        restarts: The number of the level, from 1, that lets it start anew; 0: none; None: any above it.
        legal: Whether the numbers in the mark are all written as decimals.
        paragraph_style: The style whose paragraphs are at this level.
    """

    start: int
    style: str
    text: str
    restarts: int | None
    legal: bool
    paragraph_style: str | None


class Numbering:
    """Counts the lists of one document, whose paragraphs must be asked for in their order.

    Args:
        numbering: The root of ``numbering.xml``; None where the file has none.
        styles: The root of ``styles.xml``.
    """

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        self._styles = {s.get(_W + "styleId"): s for s in _all(styles, "style")}
        self._lists = {n.get(_W + "numId"): n for n in _all(numbering, "num")}
        self._abstract = {a.get(_W + "abstractNumId"): a for a in _all(numbering, "abstractNum")}
        self._levels: dict[str, tuple[str, list[_Level | None], set[int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def mark(self, paragraph: Any) -> str:
        """What stands before the paragraph: its number as the list writes it, :data:`BULLET`, or nothing.

        Each call counts the paragraph.
        """
        properties = paragraph.find(_W + "pPr")
        found = self._place(properties)
        if found is None or _is_gone(properties):
            return ""
        number, depth = found
        counter, levels, restarted = self._list(number)
        level = levels[depth]
        if level is None:
            return ""
        counts = self._counts.setdefault(counter, {})
        if depth in restarted and (number, depth) not in self._begun:
            counts.pop(depth, None)
        self._begun.add((number, depth))
        counts[depth] = counts[depth] + 1 if depth in counts else level.start
        for below in range(depth + 1, _LEVELS):
            inner = levels[below]
            if inner is None or inner.restarts is None or depth + 1 <= inner.restarts:
                counts.pop(below, None)
        if level.style == "bullet":
            return BULLET

        def written(place: re.Match[str]) -> str:
            at = int(place[1]) - 1
            outer = levels[at]
            if outer is None or outer.style in {"none", "bullet"}:
                return ""
            count = counts.get(at, outer.start)
            return numeral(count, "decimal" if level.legal else outer.style)

        return " ".join(_PLACE.sub(written, level.text).split())

    def _place(self, properties: Any | None) -> tuple[str, int] | None:
        """(list, level from 0) of a paragraph; None where it is in no list."""
        number = _value(properties, "numPr/numId")
        depth = _value(properties, "numPr/ilvl")
        style = _value(properties, "pStyle")
        named = None  # the style that names the list
        for _ in range(_DEEPEST):
            if (number is not None and depth is not None) or style not in self._styles:
                break
            own = self._styles[style].find(_W + "pPr")
            if number is None and (number := _value(own, "numPr/numId")) is not None:
                named = style
            depth = _value(own, "numPr/ilvl") if depth is None else depth
            style = _value(self._styles[style], "basedOn")
        # 0, the number of no list, takes a paragraph out of the list of its style.
        if number is None or number not in self._lists:
            return None
        if named is not None:
            _, levels, _ = self._list(number)
            for at, level in enumerate(levels):
                if level is not None and level.paragraph_style == named:
                    return number, at
        at = int(depth) if depth is not None and depth.isdecimal() else 0
        return (number, at) if at < _LEVELS else None

    def _list(self, number: str) -> tuple[str, list[_Level | None], set[int]]:
        """(what it counts with, its levels, the levels at which it starts anew) of a list.

        Lists made from one definition go on counting where the other stopped.
        """
        if number not in self._levels:
            levels: list[_Level | None] = [None] * _LEVELS
            restarted: set[int] = set()
            counter = self._definition(number)
            for element in _all(self._abstract.get(counter), "lvl"):
                _set(levels, element)
            for override in _all(self._lists[number], "lvlOverride"):
                for element in _all(override, "lvl"):
                    _set(levels, element)
                at, start = override.get(_W + "ilvl"), _value(override, "startOverride")
                if start is None or not start.isdecimal() or not _is_level(at):
                    continue
                restarted.add(int(at))
                if (level := levels[int(at)]) is not None:
                    levels[int(at)] = level._replace(start=int(start))
            self._levels[number] = counter, levels, restarted
        return self._levels[number]

    def _definition(self, number: str) -> str:
        """The abstract list that a list is made from, by way of a list style perhaps."""
        found = ""
        for _ in range(_DEEPEST):
            found = _value(self._lists.get(number), "abstractNumId") or ""
            link = _value(self._abstract.get(found), "numStyleLink")
            style = self._styles.get(link) if link else None
            onward = _value(style, "pPr/numPr/numId")
            if onward is None:
                break
            number = onward
        return found


def _set(levels: list[_Level | None], element: Any) -> None:
    at = element.get(_W + "ilvl")
    if not _is_level(at):
        return
    # A custom style stands beside a plain one for older programs.
    style = next(element.iter(_W + "numFmt"), None)
    start, restarts = _value(element, "start") or "1", _value(element, "lvlRestart")
    legal = element.find(_W + "isLgl")
    levels[int(at)] = _Level(
        start=int(start) if start.isdecimal() else 1,
        style="decimal" if style is None else style.get(_W + "val") or "decimal",
        text=_value(element, "lvlText") or "",
        restarts=int(restarts) if restarts is not None and restarts.isdecimal() else None,
        legal=legal is not None and legal.get(_W + "val") not in _OFF,
        paragraph_style=_value(element, "pStyle"),
    )


def _is_level(at: str | None) -> bool:
    return at is not None and at.isdecimal() and int(at) < _LEVELS


def _is_gone(properties: Any) -> bool:
    """Whether the paragraph's end was deleted, or moved elsewhere, while changes were tracked."""
    return any(properties.find(f"{_W}rPr/{_W}{tag}") is not None for tag in ("del", "moveFrom"))


def _all(element: Any | None, tag: str) -> Any:
    return () if element is None else element.iterchildren(_W + tag)


def _value(element: Any | None, path: str) -> str | None:
    """The value of the element at a path of tags."""
    if element is None:
        return None
    found = element.find("/".join(_W + tag for tag in path.split("/")))
    value = None if found is None else found.get(_W + "val")
    return None if value is None else str(value)
