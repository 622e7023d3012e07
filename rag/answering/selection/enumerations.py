"""The list that a sentence announces or is an item of, as far as it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.mentions.numerals import whole_number
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.document_order import FAR, between, of_one_document, opens_line
from rag.records import Passage

__all__ = ["announced", "list_goes_on", "marker_of"]

_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
_HAN_DIGITS = "二两三四五六七八九十"
#: After 3.5 these make a figure of it.
_COUNTED = "(?:[亿万千百元个倍米公平吨升%％]|million|billion|percent|per cent)"
#: How items are marked; those of one list are marked in one way.
_MARKERS = tuple(
    re.compile(rf"[\s*_]*(?:{one})", re.IGNORECASE)
    for one in (
        rf"[(（]{_HAN_NUMBER}[)）]",
        rf"{_HAN_NUMBER}是",
        rf"第{_HAN_NUMBER}[、.)）,，]",
        rf"{_HAN_NUMBER}[、.)）,，]",
        r"[(（]\d{1,2}[)）]",
        rf"\d{{1,2}}(?:\.\d{{1,2}})+(?=\s|[\u4e00-\u9fff])(?!\s*{_COUNTED})",
        r"\d{1,2}[.、)）](?!\d)",
        r"[①-⑳]",
        "first|second|third|fourth|fifth",
        "其[一二三四五六]",
    )
)
_BULLET = re.compile(r"\s*(?:[-•·●▪]|\*(?!\*))")
#: Where the first item stands in the sentence that announces the list: 有下列情形之一的:(一)擅自转租;
_FIRST_INSIDE = re.compile(r"[:：]\s*(?=[(（]?(?:一|1)[)）、.]|①|一是)")
_COLON = re.compile(r"[:：][\s*_]*$")
_INTRODUCES = re.compile(_COLON.pattern + "|如下|以下|包括|分别(?:是|为)")
_ANNOUNCED = re.compile(
    rf"(?<![第\d.{_HAN_DIGITS}百])(\d{{1,2}}|[{_HAN_DIGITS}]{{1,3}})[个大项种点条类][^,，。;；:：]{{0,12}}{_COLON.pattern}"
)
#: Another number right behind an announced one: 四个治理、一个保障.
_BESIDE = re.compile(rf"[、和与及”][“「]?(\d{{1,2}}|[一{_HAN_DIGITS}]{{1,3}})[个大项种点条类]")
#: What ends a list, for it opens something else: an article, a chapter, a question.
_ENDS = re.compile(
    r"[\s*_#]*(?:第(?:\d{1,4}|[一二三四五六七八九十百零〇]{1,6})[条章节编]|[问問][:：]|q[:：])",
    re.IGNORECASE,
)


def marker_of(text: str) -> int | None:
    """Which way an item is marked, or None for what is no item."""
    for kind, marker in enumerate(_MARKERS):
        if marker.match(text):
            return kind
    return len(_MARKERS) if _BULLET.match(text) else None


def _kind_inside(text: str) -> int | None:
    """Which way the first item is marked that stands in the sentence which announces it, or None."""
    first = _FIRST_INSIDE.search(text)
    return None if first is None else marker_of(text[first.end() :])


def announced(text: str) -> int | None:
    """How many items a sentence announces that ends in a colon, or None: eight for 提出八项重点工作:.

    Numbers side by side count together: five for 抓好四个治理、一个保障:.
    """
    found = _ANNOUNCED.search(text)
    if found is None:
        return None
    beside = _BESIDE.findall(text, found.end(1), found.end())
    return whole_number(found.group(1)) + sum(whole_number(number) for number in beside)


def list_goes_on(ranked: Ranked, best: int, passages: Sequence[Passage] = ()) -> list[int]:
    """Sentences that carry on the enumeration which the best one is in or announces, as they follow.

    A list that is announced by a colon may be of short lines without marks; else its items are marked, all
    in one way. A sentence behind an item that opens a line, on that line, belongs to it.

    Args:
        ranked: The sentences.
        best: Index of the best one.
        passages: Theirs; without them neither lines nor the headings between sentences are seen.
    """
    same = of_one_document(ranked, best)
    at = same.index(best)
    text = ranked.candidates[best].text
    behind = same[at + 1 :]
    inner = _kind_inside(text)
    if inner is not None:
        found = _items_behind(ranked, behind, best, inner, passages)
        if found:
            return found
    kind = marker_of(text)
    if kind is None and not _INTRODUCES.search(text):
        following = ranked.candidates[behind[0]].text if behind else ""
        if marker_of(following) is None:
            return []
    found = _items_behind(ranked, behind, best, kind, passages)
    if kind is None:
        return found
    return _items_before(ranked, same[:at], best, passages) + found


def _items_behind(
    ranked: Ranked,
    behind: Sequence[int],
    best: int,
    kind: int | None,
    passages: Sequence[Passage],
) -> list[int]:
    """The items that follow a sentence, marked as ``kind``, or None as the first of them is."""
    text = ranked.candidates[best].text
    unmarked = kind is None and _COLON.search(text) is not None
    count = announced(text) if unmarked else None
    found: list[int] = []
    last = best
    item = best if kind is not None else None
    for index in behind:
        if _stands_apart(ranked, last, index, passages):
            break
        marker = marker_of(ranked.candidates[index].text)
        if marker is None:
            if kind is None and count is not None and len(found) == count:
                break
            on_line = item is not None and _on_its_line(ranked, item, index, passages)
            if not on_line and not (unmarked and kind is None and _alike(ranked, found, index)):
                break
        elif kind is None and not found:
            kind = marker
        elif marker != kind:
            break
        if marker is not None:
            item = index
        found.append(index)
        last = index
    return found


def _items_before(
    ranked: Ranked, before: Sequence[int], best: int, passages: Sequence[Passage]
) -> list[int]:
    kind = marker_of(ranked.candidates[best].text)
    head: list[int] = []
    last = best
    for index in reversed(before):
        if _stands_apart(ranked, index, last, passages):
            break
        text = ranked.candidates[index].text
        if marker_of(text) != kind:
            if _kind_inside(text) == kind:
                head.append(index)
            break
        head.append(index)
        last = index
    return head[::-1]


def _stands_apart(ranked: Ranked, one: int, other: int, passages: Sequence[Passage]) -> bool:
    """Whether the second sentence is in no list with the first: it is far off, or opens something else."""
    first, second = ranked.candidates[one], ranked.candidates[other]
    if second.start - first.end > FAR or _ENDS.match(second.text):
        return True
    gap = between(passages, first, second)
    return gap is not None and any(character.isalnum() for character in gap)  # a heading


def _on_its_line(ranked: Ranked, item: int, index: int, passages: Sequence[Passage]) -> bool:
    first, second = ranked.candidates[item], ranked.candidates[index]
    gap = between(passages, first, second)
    return gap is not None and "\n" not in gap and opens_line(passages, first)


def _alike(ranked: Ranked, found: list[int], index: int) -> bool:
    """Whether a sentence can be one more item after a colon: short, like those before it."""
    text = ranked.candidates[index].text
    if not found:
        return len(text) <= 120
    return len(text) <= 2.5 * len(ranked.candidates[found[0]].text) + 10
