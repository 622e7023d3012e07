"""Which sentences are headings, and under which headings each sentence stands."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence

from rag.chunking.lines import is_cjk
from rag.chunking.sentences import Span
from rag.reading.fences import fenced_blocks

__all__ = ["Heading", "find_headings", "heading_paths"]

#: (index of its sentence, level from 1 for the outermost, title)
Heading = tuple[int, int, str]

_MARKDOWN = re.compile(r"(#{1,6})\s+(.*?)\s*#*$", re.DOTALL)
_NUMERAL = "一二三四五六七八九十百零〇两"
_NUMBERED = (
    (re.compile(rf"第[{_NUMERAL}\d]{{1,5}}[编編篇部]"), 7),
    (re.compile(rf"第[{_NUMERAL}\d]{{1,5}}章|(?:Chapter|Part)\s+[\dIVX]+\b"), 8),
    (re.compile(rf"第[{_NUMERAL}\d]{{1,5}}[节節]|[{_NUMERAL}]{{1,3}}、"), 9),
    (re.compile(rf"[（(][{_NUMERAL}]{{1,3}}[）)]"), 10),
)
_STANDING_ALONE = 11
_ENDS = frozenset("。！？!?；;，,、：:.…")
_INNER = re.compile("[。！？；]|[.;,] |[!?]|[，,].*[，,]")
_NO_HEADING = re.compile(
    r"\d{4}\s*[-./年]\s*\d|\d{1,2}:\d\d|记者|記者|通讯员|作者|来源|來源|编辑|編輯|摄影?$|[图圖]$|[>|]|网站地图|[:：]\s*\d"
    r"|^[▲▼◥◤△▽●■□◆◇•\-*+]|^[\W\d_]+$|https?:|www\."
)


def find_headings(
    text: str, spans: Sequence[Span], marked: Sequence[Sequence[int]] = ()
) -> list[Heading]:
    """The headings among the sentences ``spans`` of ``text``, in order.

    Args:
        text: The document's text.
        spans: Its sentences.
        marked: ``[start, end, level]`` of headings that markup tells. When there are any, or
            Markdown headings, a short line standing alone is not taken for one.
    """
    levels = {start: level for start, _, level in marked}
    if not levels and "\n" not in text:
        return []
    found: list[Heading] = []
    alone: list[Heading] = []
    fenced = deque(fenced_blocks(text))
    for index, (start, end) in enumerate(spans):
        if start in levels:
            # The head of a table may be marked too.
            found.append((index, levels[start], _title(text[start:end].strip("| "))))
            continue
        while fenced and fenced[0][1] <= start:
            fenced.popleft()
        if fenced and fenced[0][0] <= start:
            continue  # "# install it" is a comment there
        if text[start] == "#":
            markdown = _MARKDOWN.match(text[start:end])
            if markdown and markdown[2]:
                found.append((index, len(markdown[1]), _title(markdown[2])))
            continue
        if end - start > 60 or not _fills_its_line(text, start, end):
            continue
        line = text[start:end]
        if line[-1] in _ENDS or "\n" in line or index + 1 == len(spans):
            continue
        level = next((level for pattern, level in _NUMBERED if pattern.match(line)), 0)
        if level:
            found.append((index, level, line))
        elif _stands_alone(text, line, start, end, spans[index + 1]):
            alone.append((index, _STANDING_ALONE, line))
    if not levels and not any(level <= 6 for _, level, _ in found):
        found = _joined(sorted(found + alone))
    return found


def heading_paths(
    headings: Sequence[Heading], count: int, *, title: str | None
) -> list[str | None]:
    """For each of ``count`` sentences the headings above it, outermost first, joined by `` > ``.

    A heading's own sentence counts as standing under it. A heading that only repeats the document's
    title is left out.
    """
    paths: list[str | None] = [None] * count
    stack: list[tuple[int, str]] = []
    bounds = [index for index, _, _ in headings[1:]] + [count]
    for (index, level, heading), after in zip(headings, bounds, strict=False):
        while stack and stack[-1][0] >= level:
            stack.pop()
        stack.append((level, heading))
        names = [name for _, name in stack if name != title]
        paths[index:after] = [" > ".join(names) or None] * (after - index)
    return paths


def _title(text: str) -> str:
    return " ".join(text.split())


def _joined(headings: Sequence[Heading]) -> list[Heading]:
    """Short lines directly below one another are one heading in several lines."""
    joined: list[Heading] = []
    for index, level, title in headings:
        if joined and level == joined[-1][1] == _STANDING_ALONE and _run_end(joined[-1]) == index:
            first, _, before = joined[-1]
            joined[-1] = (first, level, f"{before}\n{title}")
        else:
            joined.append((index, level, title))
    return [(index, level, title.replace("\n", " ")) for index, level, title in joined]


def _run_end(heading: Heading) -> int:
    return heading[0] + heading[2].count("\n") + 1


def _fills_its_line(text: str, start: int, end: int) -> bool:
    before = text[max(0, start - 8) : start].rstrip(" \t\u3000\xa0")
    after = text[end : end + 8].lstrip(" \t\u3000\xa0")
    return (start == 0 or before.endswith("\n")) and after.startswith("\n")


def _stands_alone(text: str, line: str, start: int, end: int, following: Span) -> bool:
    """Whether an unmarked line reads like a heading: short, without marks, set apart."""
    longest = 40 if is_cjk(line[0]) or is_cjk(line[-1]) else 60
    if not 2 <= len(line) <= longest or _INNER.search(line) or _NO_HEADING.search(line):
        return False
    below = text[end : following[0]]
    apart = below.count("\n") > 1 or len(below) - below.rfind("\n") > 2
    return apart and (
        start == 0
        or "\n\n" in text[max(0, start - 8) : start].replace(" ", "")
        or (text[max(0, start - 1) : start] != "\n")
    )
