"""The list that a sentence announces or is an item of, as far as it runs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.document_order import FAR, between, of_one_document, opens_line
from rag.answering.ranking import Ranked
from rag.records import Passage

__all__ = ["list_goes_on", "marker_of"]

_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
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
_BULLET = re.compile(r"\s*[-*•·●▪]")
_COLON = re.compile(r"[:：][\s*_]*$")
_INTRODUCES = re.compile(_COLON.pattern + "|如下|以下|包括|分别(?:是|为)")
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
    candidate = ranked.candidates[best]
    kind = marker_of(candidate.text)
    unmarked = kind is None and _COLON.search(candidate.text) is not None
    if kind is None and not _INTRODUCES.search(candidate.text):
        following = ranked.candidates[same[at + 1]].text if at + 1 < len(same) else ""
        if marker_of(following) is None:
            return []
    found: list[int] = []
    last = best
    item = best if kind is not None else None
    for index in same[at + 1 :]:
        if _stands_apart(ranked, last, index, passages):
            break
        marker = marker_of(ranked.candidates[index].text)
        if marker is None:
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
    if marker_of(candidate.text) is None:
        return found
    return _items_before(ranked, same[:at], best, passages) + found


def _items_before(
    ranked: Ranked, before: Sequence[int], best: int, passages: Sequence[Passage]
) -> list[int]:
    kind = marker_of(ranked.candidates[best].text)
    head: list[int] = []
    last = best
    for index in reversed(before):
        if _stands_apart(ranked, index, last, passages):
            break
        if marker_of(ranked.candidates[index].text) != kind:
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
