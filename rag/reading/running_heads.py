"""Running heads, running feet and page numbers, told by what the pages of a text share."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["BROKEN_WORD", "without_running_heads"]

#: Ends a line whose last word goes on in the next: text, never a running foot.
BROKEN_WORD = "\u00ad"
#: A page has at most so many of them at either end.
_DEPTH = 3
#: Numbers that may count pages; a year tells pages apart (results 2021, results 2022).
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–\s]*(?:第|[页頁][码碼]?|ページ|페이지|page|seite|página|pagina|strona|trang|sid[ae]|sivu|halaman|sayfa"
    r"|стр\.?|pg\.|p\.?)?\s*[:：]?\s*\d{1,4}(?:\s*(?:[页頁]|ページ|페이지))?"
    r"(?:\s*[/／共of]+\s*\d{1,4}\s*[页頁]?)?[-—–\s]*",
    re.IGNORECASE,
)
_LONE_NUMBER = re.compile(r"[-—–\s]*(\d{1,4})[-—–\s]*")
#: ``112 Bed load in inlets``, ``Bed load in inlets 113``: a number set off at an end of the line.
_OUTER_NUMBER = re.compile(
    r"(?!(?:19|20)\d\d\s)(\d{1,4})\s+\S.*|.*\S\s+(?!(?:19|20)\d\d$)(\d{1,4})"
)
#: ``Question 1``, ``第2章``: a heading of its page, though the number rises with the pages.
_NUMBERED_HEADING = re.compile(
    r"(?:[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]{1,3})\s*\d+[.:：]?|第\s*\d+\s*[^\W\d_页頁]"
)
_SENTENCE_END = tuple("。．.！？!?；;：:，,、…")

#: (place, line with 0 for its numbers); place 0 is the first line of a page, -1 its last.
_Shape = tuple[int, str]


def without_running_heads(pages: Sequence[str]) -> list[str]:
    """The pages without page numbers, and without first and last lines that most of them share.

    Up to three lines fall at either end, the outermost first. Forms and tables share lines too: a
    line below the outermost falls only at an end that counts the pages, if it does not end as a
    sentence does, and keeps its first place. So does the outermost first line: the title is often
    the running head of the later pages.
    """
    bodies = [page.split("\n") for page in pages]
    heads: list[list[str]] = [[] for _ in pages]
    feet: list[list[str]] = [[] for _ in pages]
    seen: set[tuple[int, str]] = set()
    numbered: set[tuple[int, int]] = set()
    for depth in range(_DEPTH):
        shared = _shared_shapes(bodies)
        alternating = _alternating(bodies)
        counts = _number_offsets(bodies)
        changed = False
        for number, lines in enumerate(bodies):
            for place in (0, -1):
                if not lines:
                    break
                line = lines[place].strip()
                end = (number, place)
                lone = _LONE_NUMBER.fullmatch(line)
                if lone:
                    drop = counting = int(lone[1]) - number in counts and end not in numbered
                elif not depth and _PAGE_NUMBER.fullmatch(line):
                    drop = counting = len(pages) > 1
                elif depth and line.endswith(_SENTENCE_END):
                    continue
                else:
                    shape = (place, _NUMBER.sub("0", line))
                    counting = shared.get(shape, False) or end in alternating
                    drop = counting or (shape in shared and (not depth or end in numbered))
                if not drop:
                    continue
                changed = True
                if counting:
                    numbered.add(end)
                first = not counting and (place, line) not in seen
                if first and (depth or (place == 0 and not _NUMBER.search(line))):
                    seen.add((place, line))
                    if place == 0:
                        heads[number].append(lines[0])
                    else:
                        feet[number].insert(0, lines[-1])
                del lines[place]
            bodies[number] = "\n".join(lines).strip("\n").split("\n") if lines else []
        if not changed:
            break
    return [
        "\n".join(head + lines + foot).strip("\n")
        for head, lines, foot in zip(heads, bodies, feet, strict=True)
    ]


def _shared_shapes(bodies: Sequence[Sequence[str]]) -> dict[_Shape, bool]:
    """What most pages share at one place, and whether it counts them; first lines also of one side.

    The numbers must be those of the pages, or the same on most of them: others tell pages apart.
    Each chapter may count its own pages.
    """
    found: dict[_Shape, list[tuple[int, str]]] = defaultdict(list)
    for page, place, line in _ends(bodies):
        found[place, _NUMBER.sub("0", line)].append((page, line))
    total = len(bodies)
    shapes: dict[_Shape, bool] = {}
    for shape, on in found.items():
        place = shape[0]
        sides = {page % 2 for page, _ in on}
        pages = total if place or len(sides) == 2 else (total + 1 - min(sides)) // 2
        if _most((line for _, line in on), pages):
            shapes[shape] = False
        elif len(on) >= 3 and not (
            place == 0 and any(_NUMBERED_HEADING.fullmatch(line) for _, line in on)
        ):
            numbers = [[int(n[-9:]) - page for n in _NUMBER.findall(line)] for page, line in on]
            offsets_of = (
                dict(zip((page for page, _ in on), n, strict=True))
                for n in zip(*numbers, strict=True)
            )
            if any(_most(o.values(), total) or len(_in_runs(o)) * 2 > total for o in offsets_of):
                shapes[shape] = True
    return shapes


def _alternating(bodies: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """(page, place) of heads that differ from page to page, but carry the number of the page at one end.

    ``112 Okafor and Lindqvist``, ``Bed load in inlets 113``, ``114 Okafor and Lindqvist``: at least
    half of them must recur, lest titles of slides be taken for heads (``1 Overview``, ``2 Costs``).
    """
    series: dict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for page, place, line in _ends(bodies):
        match = _OUTER_NUMBER.fullmatch(line)
        if match:
            series[place, int(match[1] or match[2]) - page].append((page, line))
    heads: set[tuple[int, int]] = set()
    for (place, _), on in series.items():
        shapes = Counter(
            _NUMBER.sub("0", line)
            for _, line in on
            if not (place == 0 and _NUMBERED_HEADING.fullmatch(line))
        )
        recurring = sum(count for count in shapes.values() if count >= 2)
        if len(on) >= 3 and len(on) * 2 > len(bodies) and recurring * 2 >= len(on):
            heads.update((page, place) for page, _ in on)
    return heads


def _ends(bodies: Sequence[Sequence[str]]) -> Iterator[tuple[int, int, str]]:
    """(page, place, line) of the first and the last lines that may be heads or feet."""
    for page, lines in enumerate(bodies):
        for place in (0, -1) if lines else ():
            line = lines[place].strip()
            if line and not line.endswith(BROKEN_WORD):
                yield page, place, line


def _most(values: Iterable[Any], pages: int) -> bool:
    count = max(Counter(values).values())
    return count >= 3 and count * 2 > pages


def _in_runs(offsets: Mapping[int, int]) -> set[int]:
    """The pages, by their number less their index, that stand in a row of three that share it."""
    return {
        page
        for first, offset in offsets.items()
        if offsets.get(first + 1) == offsets.get(first + 2) == offset
        for page in (first, first + 1, first + 2)
    }


def _number_offsets(bodies: Sequence[Sequence[str]]) -> set[int]:
    """Page number less index, as most pages with a lone number have it, or three in a row.

    A lone figure may as well be one of a table that goes on, or a year.
    """
    offsets: Counter[int] = Counter()
    numbered = 0
    shared: set[int] = set()
    before: list[set[int]] = [set(), set()]
    for number, lines in enumerate(bodies):
        lone = [_LONE_NUMBER.fullmatch(lines[place].strip()) for place in (0, -1) if lines]
        own = {int(match[1]) - number for match in lone if match}
        offsets.update(own)
        numbered += bool(own)
        shared |= own & before[0] & before[1]
        before = [before[1], own]
    if len(bodies) < 2 or not numbered:
        return set()
    offsets[1] += 1  # the plain count of pages needs no second witness
    offset, count = offsets.most_common(1)[0]
    return shared | {offset} if count >= 2 and count * 2 > numbered else shared
