"""Which one of many alike a text names by number or letter: flat A, house number 5, 11号楼, B型机, 第2版.

Documents made after one pattern differ in little else, so that all of them seem to answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rag.answering.mentions.numerals import whole_number
from rag.normalization import normalize

__all__ = ["Items", "asked_among", "items_asked", "items_named", "of_another_item"]

#: By the noun, or the letters of a code, which ones are named: {"house": {"5"}, "号楼": {"11"}, "x": {"200"}}.
Items = Mapping[str, frozenset[str]]

#: Words before a number that are no noun it could belong to, and months, whose numbers are days and years.
_NO_NOUN = frozenset(
    "in of to from at by on for with about over under than and or is are was were be the a an has have had "
    "no number nr around only all some least most between after before since until "
    "january february march april may june july august september october november december".split()
)
_HAN = "[\u4e00-\u9fff]"
_COUNTED = re.compile(
    r"(?P<noun>[^\W\d_]{2,}) (?:(?:no|nr)\.? ?|number |#)?(?P<number>\d[\w-]*+(?:\.\d+)*+)(?!,\d|%)"
)
_CODE = re.compile(r"(?<![a-z\d])(?P<noun>[a-z]{1,6})-?(?P<number>\d[a-z\d-]*+)")
_ORDINAL = re.compile(rf"第(?P<number>\d{{1,4}}|[一二三四五六七八九十百两]{{1,5}})(?P<noun>{_HAN})")
_OF_A_STREET = re.compile(rf"(?<![\d月第.-])(?P<number>\d{{1,5}})(?P<noun>号{_HAN}?)")
_LETTERED = re.compile(rf"(?<![a-z\d])(?P<number>[a-z])(?P<noun>{_HAN})")
#: A capital letter behind a noun, but no initial of a name.
_CAPITAL = re.compile(r"(?P<noun>[^\W\d_]{2,}) (?P<number>[A-HJ-Z])(?!\w|['’&-]|\.\s?\w)")
#: In a question the letter may be small; "a" is the article but at the end.
_SMALL = re.compile(
    r"(?P<noun>[^\W\d_]{2,}) (?P<number>[b-hj-z]|a(?=\s*[?？.!]*$))(?!\w|['’&-]|\.\s?\w)"
)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")


@lru_cache(maxsize=4096)
def items_named(text: str) -> Items:
    """The items that a text names; years are none."""
    normalised = normalize(text)
    found: dict[str, set[str]] = {}
    for pattern in (_COUNTED, _CODE, _ORDINAL, _OF_A_STREET, _LETTERED):
        for match in pattern.finditer(normalised):
            noun, number = match["noun"], match["number"]
            if noun in _NO_NOUN or _YEAR.fullmatch(number):
                continue
            if pattern is _ORDINAL:
                number = str(whole_number(number))
            found.setdefault(noun, set()).add(number)
    _add(found, _CAPITAL, text)
    return {noun: frozenset(numbers) for noun, numbers in found.items()}


def items_asked(question: str) -> Items:
    """The items that a question names, their letters also in small type: flat a."""
    found = {noun: set(numbers) for noun, numbers in items_named(question).items()}
    _add(found, _SMALL, question)
    return {noun: frozenset(numbers) for noun, numbers in found.items()}


def _add(found: dict[str, set[str]], letters: re.Pattern[str], text: str) -> None:
    for match in letters.finditer(text):
        if (noun := match["noun"].lower()) not in _NO_NOUN:
            found.setdefault(noun, set()).add(match["number"].lower())


def asked_among(asked: Items, told: Items) -> frozenset[tuple[str, str]]:
    """(noun, number) of the items asked for that a text names."""
    return frozenset(
        (noun, number)
        for noun, wanted in asked.items()
        for number in wanted & told.get(noun, frozenset())
    )


def of_another_item(asked: Items, best: Items, told: Items, around: Items | None) -> bool:
    """Whether a sentence tells of another item than the question and the best sentence name.

    Args:
        asked: By :func:`items_asked`.
        best: Named in the best sentence or around it.
        told: Named in the sentence itself.
        around: Named in its passage, title, heading and source, where one may be meant that the sentence
            does not name; None for a sentence of the best one's document, which need not name it again.
    """
    for noun, wanted in asked.items():
        if wanted.isdisjoint(best.get(noun, ())):
            continue
        named = told.get(noun)
        if named is None and around is not None:
            named = around.get(noun, frozenset())
        if named is not None and wanted.isdisjoint(named):
            return True
    return False
