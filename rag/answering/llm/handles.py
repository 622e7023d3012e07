"""The marks with which a model names its passages: ``[1]``, ``【1†source】``, ``(passage 2)``, ``¹``.

What the model writes is untrusted: a mark is a hint for the alignment, never a citation. One grammar
reads all of them: numbers in square brackets, with or without a word, a page or a link; numbers in
round brackets after a word; a bare ``(1)`` at a sentence's end and raised numbers, where so many
passages exist. Brackets that would be left empty, as of ``（见[1]）``, belong to the mark.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from rag.answering.mentions.figures import find_figures

__all__ = ["Handle", "Unmarked", "without_handles"]

_WORD = (
    r"(?:references?|refs?\.?|sources?|passages?|citations?|cite|documents?|docs?|来源|來源|资料|資料"
    r"|段落|片段|文献|文獻|文档|文檔|引用|引文|参考|參考|出处|出處)"
)
_SEE = r"(?:(?:参见|參見|详见|詳見|见|見|see|cf\.?|from)\s*[:：]?\s*)?"
_AND = r"(?:[,，、;；&](?:\s*and\b)?|and\b|和|及|与|與)"
_NUMBERS = rf"\d{{1,3}}(?:\s*(?:{_AND}|-|–)\s*(?:{_WORD}\s*[:：]?\s*)?\d{{1,3}})*"
_PLACE = (
    r"(?:\s*[,，;；:：]?\s*(?:pp?\.?|pages?|第|页|頁)\s*\d+(?:\s*[-–]\s*\d+)?\s*(?:页|頁)?)?"
    r"(?:(?::\d{1,3})?\s*†[^\]】］〕]{0,60})?"
)
_SQUARE = (
    rf"[\[【［〔]\s*{_SEE}(?:(?:{_WORD}|\^|\#|id|p|s)\s*[:：\#]?\s*)?第?\s*{_NUMBERS}\s*[段篇]?"
    rf"{_PLACE}\s*[\]】］〕]"
)
_SQUARES = rf"{_SQUARE}(?:[^\S\n]*{_AND}?[^\S\n]*{_SQUARE})*"
_LINK = r"(?:\([#/h][^()\s]*\))?"
_HANDLE = re.compile(
    rf"""(?:
        [(（\[【［]\s*{_SEE}(?:{_WORD}\s*[:：]?\s*)?{_SQUARES}\s*[)）\]】］]{_LINK}
      | {_SQUARES}{_LINK}
      | [(（]\s*{_SEE}{_WORD}\s*[:：\#]?\s*第?\s*{_NUMBERS}\s*[段篇]?{_PLACE}\s*[)）]
      | (?P<bare>(?<![A-Za-z0-9])[(（]\s*{_NUMBERS}\s*[)）](?=\s*(?:[。.!?！？;；](?!\d)|\n|$)))
      | (?P<raised><sup>\s*[\[(]?\s*{_NUMBERS}\s*[\])]?\s*</sup>|[⁰¹²³⁴-⁹]+)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
#: Numbers inside a mark that are not those of passages: a page, what follows a dagger, a link.
_ASIDE = re.compile(
    r"(?<=\d)\s*[,，;；:：]?\s*(?:pp?\.?|pages?|第)\s*\d+(?:\s*[-–]\s*\d+)?|(?::\d+)?†[^\]】］〕]*|\]\(.*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}")
#: What makes a raised number a power or part of a unit: ``m²``, ``10⁶``, ``平方米²``.
_UNIT = re.compile(r"(?:\d|(?<![A-Za-zμ])[A-Za-zμ]{1,3}|[米里])$")
#: What a bare number in brackets belongs to: ``Article 5 (2)``, ``第十二条（2）``, ``见表（1）``.
_REFERRED = re.compile(
    r"(?:\b(?:articles?|sections?|clauses?|paragraphs?|rules?|chapters?|parts?|steps?|notes?|tables?|figures?|fig\."
    r"|equations?|eqs?\.)(?:\s*\d[\d.]*)?|第\s*[\d一二三四五六七八九十百]+\s*[条條款项項章节節]|[表图圖式注]\s*\d*)$",
    re.IGNORECASE,
)
#: Characters before a number that can tell it from a mark.
_BEFORE = 40
#: Behind one of these a sentence has ended, if white space follows.
_STOPS = frozenset(".!?")


@dataclass(frozen=True, slots=True)
class Handle:
    """A mark: ``text[start:end]``, with the blanks before it, and the numbers it names."""

    start: int
    end: int
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unmarked:
    """A text without its marks.

    Attributes:
        text: What is left.
        marks: (place in ``text`` from which a mark was taken, the numbers it names), in order.
    """

    text: str
    marks: tuple[tuple[int, tuple[int, ...]], ...]


def without_handles(text: str, *, known: int) -> Unmarked:
    """Take the marks out of a text.

    A full stop that only a mark parts from the next word keeps a blank in its place, so that the
    sentence still ends there: ``in 2023.[1]In 2022``.

    Args:
        text: As the model wrote it.
        known: Passages are numbered 1 to ``known``.
    """
    parts: list[str] = []
    marks: list[tuple[int, tuple[int, ...]]] = []
    done = length = 0
    last = ""
    for handle in _handles(text, known):
        parts.append(text[done : handle.start])
        length += len(parts[-1])
        marks.append((length, handle.numbers))
        done = handle.end
        last = parts[-1][-1:] or last
        if last in _STOPS and text[done : done + 1].isalnum():
            parts.append(" ")
            length += 1
    return Unmarked("".join([*parts, text[done:]]), tuple(marks))


def _handles(text: str, known: int) -> Iterator[Handle]:
    for match in _HANDLE.finditer(text):
        start, end = match.span()
        while start and text[start - 1].isspace() and text[start - 1] != "\n":
            start -= 1
        written = _NUMBER.findall(_ASIDE.sub("", unicodedata.normalize("NFKC", match.group())))
        numbers = tuple(dict.fromkeys(int(number) for number in written))
        if match["bare"] or match["raised"]:
            before = text[max(0, start - _BEFORE) : start].rpartition("\n")[2]
            if not before.strip() or not all(1 <= number <= known for number in numbers):
                continue
            if _UNIT.search(before) if match["raised"] else _belongs(numbers, before):
                continue
        yield Handle(start, end, tuple(n for n in numbers if 1 <= n <= known))


def _belongs(numbers: tuple[int, ...], before: str) -> bool:
    """Whether bare numbers in brackets are part of the text before them: “five (5)”, “Article 5 (2)”."""
    said = find_figures(before)[-1:]
    repeated = said and said[0].end == len(before) and said[0].value in numbers
    return bool(repeated) or _REFERRED.search(before) is not None
