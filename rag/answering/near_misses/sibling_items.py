"""Whether a text tells only of siblings of the numbered item that is asked about: Building 1, 3号楼, KX-100.

A question about 第二中学 is answered as well, by every measure of likeness, by what is said of 第三中学. Unlike
:mod:`rag.answering.near_misses.named_items`, whose loose reading only tells sentences apart that are all about
the question, this one decides on refusal and takes a number for a name only where it can hardly count anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from rag.answering.mentions.numerals import whole_number
from rag.normalization import normalize

__all__ = ["Item", "numbered_items", "only_siblings"]


@dataclass(frozen=True, slots=True)
class Item:
    """What a text names by number.

    Attributes:
        noun: In small letters and singular; of a Chinese item the four characters after its number, for
            where its noun ends cannot be seen.
        numbers: The numbers of a row or a range, each as digits with what hangs on them, 4.2 or 200a.
        sure: Whether it reads as a name by itself, and the number counts nothing.
        spelling: "code" for KX-200, "marked" for 2号楼, "ordinal" for 第二中学, "bare" for 2楼, "word" for
            Building 2, "letter" for A座.
    """

    noun: str
    numbers: frozenset[str]
    sure: bool
    spelling: str


_HAN = "[\u4e00-\u9fff]"
_NUMBER = "(?:\\d{1,4}|[一二三四五六七八九十百两]{1,5})"
_CHINESE = re.compile(
    rf"(?<![\d月.一二三四五六七八九十百两])(?P<ordinal>第)?\s?(?P<row>{_NUMBER}"
    rf"(?:[号#]?\s?(?:[、/和及与至到~]|-+)\s?第?{_NUMBER}){{0,30}})\s?(?P<mark>[号#])?\s?(?P<noun>{_HAN}{{1,4}})"
)
#: What follows a day of the month, or a number that names something alone.
_NO_NOUN = frozenset("的是有在之前后起和与及或开举召上下晚早至到以为将已被从向线")
#: Nouns of one character; of others two must be the same, for 第二部分 and 第三部门 share one.
_SHORT_NOUNS = frozenset("楼层栋幢座室厅门院校厂井库桥站港课卷册集班")
#: Ranks and steps, which are told without their number (其次, 次年), and articles and chapters, which are cited
#: in the sentences of others.
_COUNTED = frozenset("名位个次天年月日周步点种类项条款章节大等方届期季批轮代阶场回家时手")

#: A座, B型, A、B区: one letter before a noun that is told apart by letters.
_LETTERED = re.compile(
    r"(?<![a-z\d])(?P<row>[a-z](?:[、/和及与至到~-][a-z]){0,30})(?P<noun>[座栋幢楼区馆厅型班组])"
)
_CODE = re.compile(
    r"(?<![a-z\d])(?P<noun>[a-z]{1,6})-?"
    r"(?P<row>\d[a-z\d]*(?:[-.][a-z\d]*\d[a-z\d]*)*(?:[/、]-?\d[a-z\d]*){0,30})"
)
_CURRENCIES = "usd eur gbp rmb cny jpy hkd aud cad chf us hk"
#: Units, currencies, parts of a year, versions and pages: nothing of which there are siblings.
_NO_CODE = frozenset(
    f"{_CURRENCIES} m km hm dam cm dm mm nm um ft q h fy v ver version top p pp no nr".split()
)
_RANGE = re.compile(r"\s*(?:-+|[~–—至到]|to|through)\s*")

#: Things that are named by number also in small letters.
_NOUNS = frozenset(
    "building house room flat apartment floor unit block hall gate platform track table figure appendix "
    "annex experiment trial study sample group cohort phase stage lesson lot plot site zone district ward "
    "terminal warehouse workshop reactor pump machine turbine well borehole scenario option invoice contract "
    "patient team squad class line route shaft lock berth dock pier pool cabin shed barn laboratory "
    "lab".split()
)
#: Capitalised at the head of a sentence, or before numbers that count, date, rank or cite.
_NO_NAMES = frozenset(
    "in of to from at by on for with about over under than and or is are was were be the a an has have had "
    "no number nr around only all some least most between after before since until top best first last next "
    "page version year day week month age aged step chapter section article clause paragraph question item "
    "rule point january february march april may june july august september october november december jan "
    "feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday "
    "sunday".split()
)
_SPELT = {
    word: str(value)
    for value, word in enumerate(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(),
        1,
    )
}
_ROMAN = {
    word: str(value)
    for value, word in enumerate("I II III IV V VI VII VIII IX X XI XII XIII XIV XV".split(), 1)
}
#: 2024-101, 4.2, 12a, two, II or B.
_ONE = (
    r"(?:20\d\d-(?:\d{2,3}|\d{5,})|\d{1,4}(?:\.\d+)*[A-Za-z]?|"
    rf"(?i:{'|'.join(_SPELT)})|[IVX]{{1,5}}|[A-Z](?!['’&.]\w))(?![A-Za-z\d])"
)
_JOINED = r"(?:\s*[,/&~–—-]\s*(?:(?:and|or)\s+)?|\s+(?:and|or|to|through)\s+)"
_WORD = re.compile(
    rf"(?<![\w-])(?P<noun>[A-Za-z]{{2,}})(?:\s+(?:[Nn]o|[Nn]r)\.?|\s+number)?[\s_-]*(?<![A-Za-z])#?"
    rf"(?P<row>{_ONE}(?:{_JOINED}{_ONE}){{0,30}})(?![A-Za-z\d%]|[,.]\d)"
)
_COUNTS = re.compile(
    r"\s+(?!has\b|is\b|was\b|does\b|uses\b|costs\b|lists\b|shows\b)[a-z]+s\b|\s+of\b"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
#: Told of all the others too, or of a number and those above it.
_OTHERS = re.compile(
    r"其[余他它]|余下|各|每|所有|全部|任[何一]|以[上下内外前后]|最[低高]|至少|不[低高]于|起步|"
    r"\b(?:others?|rest|remaining|all|every|any|each|above|below|higher|later|newer|onwards|"
    r"at (?:least|most)|minimum|maximum|up to|and up|or (?:more|up|better))\b|\d\+"
)


def numbered_items(question: str) -> tuple[Item, ...]:
    """The items that a question asks about by number; what it counts, dates and cites is none."""
    return tuple(one for one in _items(question.strip()) if one.sure)


def only_siblings(asked: tuple[Item, ...], told: str, frame: str, around: str) -> bool:
    """Whether a sentence tells of an item's siblings alone, and the item is not named where it stands.

    Of several alike, Building 1 and Building 2, it is enough that one is named.

    Args:
        asked: By :func:`numbered_items`.
        told: The sentence.
        frame: Its title and heading, which say which item is meant where it does not itself.
        around: What is known of its document, passages, titles, headings and source: an item that is named
            there, be it in another spelling, may be meant.
    """
    if not asked or _OTHERS.search(normalize(told)):
        return False
    for item in asked:
        named = [one for one in _items(told) if _alike(item, one)] or [
            one for one in _items(frame) if _alike(item, one)
        ]
        if not any(one.sure for one in named):
            continue
        near = (*named, *(one for one in _items(around) if _alike(item, one, loosely=True)))
        wanted = {number for one in asked if _alike(item, one) for number in one.numbers}
        if not any(_same(a, b) for one in near for a in wanted for b in one.numbers):
            return True
    return False


def _alike(item: Item, other: Item, *, loosely: bool = False) -> bool:
    """Whether two items have the same noun; loosely the first character of a Chinese one is enough."""
    chinese = {"marked", "ordinal", "bare"}
    if item.spelling not in chinese or other.spelling not in chinese:
        return item.noun == other.noun
    if loosely or item.spelling == other.spelling == "marked" or item.noun[0] in _SHORT_NOUNS:
        return item.noun[0] == other.noun[0]
    return len(item.noun) > 1 and item.noun[:2] == other.noun[:2]


def _same(number: str, other: str) -> bool:
    """Whether two numbers are the same, or one is a part or a variant of the other: 4 and 4.2, 200 and 200a."""
    short, long = sorted((number.lstrip("0") or "0", other.lstrip("0") or "0"), key=len)
    return long.startswith(short) and not long[len(short) : len(short) + 1].isdigit()


@lru_cache(maxsize=4096)
def _items(text: str) -> tuple[Item, ...]:
    normalised = normalize(text)
    return (
        *_chinese(normalised),
        *_lettered(normalised),
        *_codes(normalised),
        *_words(text),
    )


def _chinese(normalised: str) -> Iterator[Item]:
    for match in _CHINESE.finditer(normalised):
        noun = match["noun"]
        if _YEAR.fullmatch(match["row"]) or noun[0] in _NO_NOUN:
            continue
        numbers = [(str(whole_number(one[0])), one) for one in re.finditer(_NUMBER, match["row"])]
        spelling = "marked" if match["mark"] else "ordinal" if match["ordinal"] else "bare"
        sure = spelling == "marked" or (
            spelling == "ordinal"
            and noun[0] not in _COUNTED
            and (len(noun) > 1 or noun[0] in _SHORT_NOUNS)
        )
        row = [number for number, _ in numbers]
        gaps = [
            match["row"][before.end() : after.start()].replace("第", "").strip("号# ")
            for (_, before), (_, after) in pairwise(numbers)
        ]
        yield Item(noun, _filled(row, gaps), sure, spelling)


def _lettered(normalised: str) -> Iterator[Item]:
    for match in _LETTERED.finditer(normalised):
        row, gaps = list(match["row"][::2]), list(match["row"][1::2])
        yield Item(match["noun"], _filled(row, gaps), sure=True, spelling="letter")


def _codes(normalised: str) -> Iterator[Item]:
    last: tuple[str, str, int] | None = None
    for match in _CODE.finditer(normalised):
        noun = match["noun"]
        if noun in _NO_CODE:
            continue
        row = [one.lstrip("-") for one in re.split("[/、]", match["row"])]
        gaps = [""] * (len(row) - 1)
        if last is not None and last[0] == noun:
            gap = normalised[last[2] : match.start()]
            if _RANGE.fullmatch(gap):  # A3至A5
                row, gaps = [last[1], *row], [gap, *gaps]
        last = (noun, row[-1], match.end())
        yield Item(noun, _filled(row, gaps), sure=True, spelling="code")


def _words(text: str) -> Iterator[Item]:
    for match in _WORD.finditer(text):
        noun = match["noun"].lower()
        noun = noun[:-1] if noun.endswith("s") and len(noun) > 3 else noun
        if noun in _NO_NAMES or match["noun"].lower() in _NO_NAMES or noun in _NO_CODE:
            continue
        listed = noun in _NOUNS
        capital = match["noun"][0].isupper()
        if not listed and not capital:
            continue
        found = list(re.finditer(rf"{_ONE}", match["row"]))
        if not listed and not all(one[0][0].isdigit() for one in found):
            continue
        if _YEAR.fullmatch(found[0][0]):
            continue
        row = [_value(one[0]) for one in found]
        gaps = [match["row"][a.end() : b.start()] for a, b in pairwise(found)]
        counts = not capital and _COUNTS.match(text, match.end()) is not None
        sure = not counts and (listed or match.start() > 0)
        yield Item(noun, _filled(row, gaps), sure, spelling="word")


def _value(number: str) -> str:
    return _SPELT.get(number.lower()) or _ROMAN.get(number) or number.lower()


_LONGEST = 9  # digits of a number that a range is filled up between


def _filled(row: list[str], gaps: list[str]) -> frozenset[str]:
    """The numbers or letters of a row with those between the ends of its ranges."""
    found = set(row)
    for first, last, gap in zip(row, row[1:], gaps, strict=False):
        if not _RANGE.fullmatch(gap):
            continue
        if max(len(first), len(last)) < _LONGEST and first.isdecimal() and last.isdecimal():
            found.update(str(one) for one in range(int(first), min(int(last), int(first) + 200)))
        elif len(first) == len(last) == 1:
            found.update(chr(one) for one in range(ord(first), ord(last)))
    return frozenset(found)
