"""The members of a list as they stand in a Chinese sentence: 甲、乙、丙 and “甲”“乙”“丙”."""

from __future__ import annotations

import re

from rag.answering.evidence.term_weights import Weights
from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor

__all__ = ["members_in", "row_of_number", "whole_row"]


_QUOTED = re.compile(r"(?:[“「『《][^“”「」『』《》]{1,30}[”」』》][、和与及]?){3,}")
_MEMBER = r"[^,，。;；:：!！?？、\n]{1,24}"
_ROW = re.compile(rf"{_MEMBER}(?:、{_MEMBER}){{2,}}")
_OPENING, _CLOSING = re.compile("[“「『《]"), re.compile("[”」』》]")
#: A quotation that begins in the first member and goes on to the last: “有标识、有场所、有专人”的标准.
_OPENED = re.compile("[“「『《](?P<inner>[^“”「」『』《》]+)$")
_BEHIND = re.compile("等|[”」』》](?![、“「『《和与及的])")
#: What a clause says before the first member.
_OPENS = re.compile(
    r".*(?:包括|包含|分别|采用|推行|推进|推动|完善|建立|构建|打造|形成|推出|健全|设立|开设|加强|开展|实施|举办|促进|聚焦|集聚|更多|(?<!行)为|是|即|"
    r"有(?![限效关机色利]))(?=.)"
)
_ASKED = re.compile(
    r"(?<![第\d零一二两三四五六七八九十百])(\d{1,2}|[二两三四五六七八九十])[个大项种点条类件家位所座处名支款]"
)
#: A last member that is longer than all before it by more characters than these goes on into other words.
_LONGER = 2
_NUMBERS = dict(zip("二两三四五六七八九十", (2, 2, 3, 4, 5, 6, 7, 8, 9, 10), strict=True))


def members_in(asked: AskedFor, text: str, weights: Weights) -> tuple[int, int] | None:
    """Characters of the row of at least three members that the question's words stand nearest to.

    None without such a row, where the question tells another number of members, and where it is not told
    where the last one ends: by 等, a closing mark, words that all members end with, or the end of the clause.
    """
    if not asked.language.startswith("zh"):
        return None
    rows = _rows(text)
    if told := _ASKED.search(asked.normalised):
        rows = [row for row in rows if _size(text[slice(*row)]) == _number(told)]
    if not rows:
        return None
    return max(rows, key=lambda row: _share(text, row, weights))


def row_of_number(
    asked: AskedFor, text: str, read: tuple[int, int, float] | None
) -> tuple[int, int] | None:
    """The one row of as many members as a Chinese question tells: 哪三种机制.

    It stands before the words that are counted: 甲、乙、丙“三位一体”机制. None without one, and where a
    reader (its span with its probability) marks as many itself, or is sure of other words.
    """
    told = _ASKED.search(asked.normalised) if asked.language.startswith("zh") else None
    if not asked.many or told is None:
        return None
    if read is not None and _size(text[read[0] : read[1]]) == _number(told):
        return None
    noun = _BEHIND_HAN.sub("", asked.normalised[told.end() :])[:2]
    rows = [
        row
        for row in _rows(text)
        if _size(text[slice(*row)]) == _number(told)
        and noun in text[row[1] : row[1] + _COUNTED_WITHIN]
    ]
    if len(rows) != 1:
        return None
    ((start, end),) = rows
    apart = read is not None and read[2] >= _BELIEVED and (read[1] <= start or end <= read[0])
    return None if apart else (start, end)


_BELIEVED = 0.5
_BEHIND_HAN = re.compile("[^\u4e00-\u9fff].*", re.DOTALL)
#: How far behind a row the first two characters of what is counted may stand.
_COUNTED_WITHIN = 12


def _rows(text: str) -> list[tuple[int, int]]:
    """Rows of at least three members, those of quotations first."""
    quoted = [match.span() for match in _QUOTED.finditer(text)]
    return quoted + [
        row
        for match in _ROW.finditer(text)
        if not any(a < match.end() and match.start() < b for a, b in quoted)
        and (row := _edged(text, *match.span()))
    ]


def _number(told: re.Match[str]) -> int:
    return _NUMBERS.get(told.group(1)) or int(told.group(1))


def whole_row(text: str, start: int, end: int) -> tuple[int, int]:
    """A mark on members, grown or cut to what they are.

    One on a single one of several quotations in a row becomes the row. Where all others begin alike, the
    first does too: 有统一标识、有固定场所、有专人负责. The 好 of 建好甲、乙、丙 is no part of the first.
    """
    for match in _QUOTED.finditer(text):
        if match.start() <= start and end <= match.end():
            return match.span()
    first, *others = text[start:end].split("、")
    if len(others) < _FEWEST:
        return start, end
    shared = _common_start(others)
    if shared and not first.startswith(shared) and text.endswith(shared, 0, start):
        start -= len(shared)
    elif _DONE_WELL.match(text, start - 1) and not shared.startswith("好"):
        start += 1
    return start, end


#: Others than the first that show how members begin.
_FEWEST = 2
_DONE_WELL = re.compile("[建做抓办讲管用搞守干打谋选育配]好")


def _size(row: str) -> int:
    """How many members a row has."""
    if _QUOTED.fullmatch(row):
        return len(re.findall("[“「『《]", row))
    return len(re.split("、|和(?=[“「『《])", row))


def _share(text: str, row: tuple[int, int], weights: Weights) -> float:
    """Worth of the question's terms in the row and right around it."""
    held = held_terms(text[max(0, row[0] - 20) : row[1] + 20])
    return sum(worth for term, worth in weights.focus.items() if term in held)


def _edged(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A row without what stands before its first and behind its last member."""
    members = text[start:end].split("、")
    last = end - len(members[-1])
    if opened := _OPENED.search(text, start, start + len(members[0])):
        close = _CLOSING.search(text, start, end)
        return (opened.start("inner"), close.start()) if close and close.start() > last else None
    if not _OPENING.search(text, start, last) and (mark := _OPENING.search(text, last + 1, end)):
        end = mark.start()
        members[-1] = text[last:end]
    closing = _BEHIND.search(text, last, end)
    shared = _common_end(members[:-1])
    if closing is not None:
        end = closing.start() + (closing.group() != "等")
    elif len(shared) > 1 and (at := text.find(shared, last, end)) >= 0:
        end = at + len(shared)
    elif len(members[-1]) > max(map(len, members[1:-1])) + _LONGER:
        return None
    opening = _OPENS.match(text, start, start + len(members[0]))
    start = opening.end() if opening is not None else start
    first, *others = text[start:end].split("、")
    lengths = {len(member) for member in others}
    if len(lengths) == 1 and first[0] not in "“「『《":  # 永葆“闯”的精神、“创”的劲头、“干”的作风
        start += max(0, len(first) - lengths.pop())
    return start, end


def _common_start(members: list[str]) -> str:
    """What all members begin with."""
    return _common_end([member[::-1] for member in members])[::-1]


def _common_end(members: list[str]) -> str:
    """What all members end with."""
    for size in range(min(map(len, members)), 0, -1):
        if len({member[-size:] for member in members}) == 1:
            return members[0][-size:]
    return ""
