"""Which figure of a Chinese sentence answers an English question for a count or an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.answering.evidence.spans_near import typed_spans_near
from rag.answering.evidence.term_weights import ForeignWord, Weights
from rag.answering.marking.conditions import behind_the_condition
from rag.answering.question.analysis import AskedFor
from rag.answering.question.kinds import DOES
from rag.normalization import normalize

__all__ = ["amount_asked"]

Span = tuple[int, int]
Near = tuple[int, int, float]

_STOP = (
    rf"(?:{DOES}|and|or|of|in|at|on|for|with|worth|from|to|that|which|who|than|by|per|an?|the|newly|"
    r"there)\b"
)
_PHRASE = rf"(?:(?!{_STOP})[\w'-]++\s?+)++"
_HOW_MANY = re.compile(rf"\bhow many (?P<phrase>{_PHRASE})")
_AND_HOW_MANY = re.compile(rf"\band (?:by |in |on |to )?how many (?P<phrase>{_PHRASE})")
#: How many smart communities and smart compounds has: both words in the plural.
_AND = re.compile(
    rf"\bhow many {_PHRASE}(?<=s )and (?P<phrase>(?:(?!{_STOP})[\w'-]++ )++)(?<=s )(?={DOES})"
)
_HOW_MUCH = re.compile(rf"\bhow much (?P<phrase>(?!more|less|time|bigger|larger|higher){_PHRASE})")

_HAN = re.compile("[\u4e00-\u9fff]")
_AREAS = "平方(?:公里|千米|米)|㎡|亩|公顷"
_AREA = re.compile(rf"(?:{_AREAS})$")
_MEASURED = re.compile(
    rf"(?:{_AREAS}|立方米|公里|千米|海里|公斤|千克|[毫厘]?米|千瓦时|千瓦|吨|克|升|里|度|倍|岁)$"
)
#: Grades are no count either: 三级 of 三级以上医院.
_GRADE = re.compile("[级届期]$")
_NO_COUNT = re.compile(rf"{_MEASURED.pattern}|{_GRADE.pattern}")


def _pairs(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    return tuple(
        (re.compile(rf"\b(?:{asks})\b"), re.compile(rf"(?:{units})$")) for asks, units in pairs
    )


#: What is measured by, and the Chinese units that a figure of it must have.
_UNITS = _pairs(
    ("square (?:kilomet(?:er|re)s|km)", "平方(?:公里|千米)"),
    ("square met(?:er|re)s", "平方米|㎡"),
    ("kilomet(?:er|re)s|km", "(?<!平方)(?:公里|千米)"),
    ("met(?:er|re)s", "(?<![方千毫厘])米"),
    ("tonn?e?s", "吨"),
    ("hectares", "公顷"),
    ("mu|acres", "亩"),
)
#: What is counted, and the Chinese words that a figure of it has for the most part.
_COUNTED = _pairs(
    (
        "people|persons|residents|students|employees|workers|staff|participants|visitors|tourists",
        "人次?|名|位",
    ),
    ("households|families", "户"),
    ("companies|firms|enterprises|businesses", "家|户"),
    ("times", "次"),
)
_MONEY = re.compile(
    "business|money|investment|turnover|trade|fund|capital|revenue|tax|income|profit|financing|subsid|compensation|debt"
)
_LAND = re.compile("land|space|area|floor")
#: Of these no figure is a plain count.
_OTHER_FORMS = re.compile(
    "yuan|rmb|renminbi|dollars|euros|pounds|yen|percent|per cent|years|months|weeks|days|hours"
)

#: A reader that is surer than this is believed between figures that may answer; below ``_SURE`` it guesses.
_BELIEVED, _SURE = 0.5, 0.1


def amount_asked(asked: AskedFor, text: str, weights: Weights, read: Near | None) -> Span | None:
    """How many: a count, and neither money nor a length; how much: money or a measure, and no count.

    Of several counts the two that stand side by side where two things are counted; else that of the asked
    condition; else the one with the asked unit or noun beside it. Else the one that the reader (its span with
    its probability) marks, or that is nearest to the question's words. None for other questions, for texts
    that are not Chinese, and without any such figure.
    """
    if asked.language != "en" or asked.kind != "figure" or not _HAN.search(text):
        return None
    if many := _HOW_MANY.search(asked.normalised):
        return _count(asked, many["phrase"].strip(), text, weights, read)
    if much := _HOW_MUCH.search(asked.normalised):
        return _amount(asked, much["phrase"], text, weights, read)
    return None


def _count(
    asked: AskedFor, phrase: str, text: str, weights: Weights, read: Near | None
) -> Span | None:
    if _OTHER_FORMS.match(phrase):
        return None
    figures = typed_spans_near(asked, text, weights, frozenset({"figure"}))
    if read and read[2] >= _BELIEVED and _GRADE.search(text, *read[:2]):
        return None  # how many stars, 五星级
    counts = [one for one in figures if not _NO_COUNT.search(text[slice(*one[:2])])]
    if units := next((told for asks, told in _UNITS if asks.match(phrase)), None):
        return _pointed_at(_of_unit(units, text, figures), read)
    words = [word for word in weights.foreign if word.word in phrase]
    whole = next((told for asks, told in _COUNTED if asks.search(phrase)), None)
    counts = (_of_unit(whole, text, counts) if whole else []) or counts
    if not counts:
        return None
    return (
        _two_asked(asked, text, counts, weights, read)
        or behind_the_condition(asked, text, counts)
        or _of_noun(text, counts, words, read)
        or _pointed_at(counts, read)
    )


def _of_unit(unit: re.Pattern[str], text: str, figures: Sequence[Near]) -> list[Near]:
    return [one for one in figures if unit.search(text[slice(*one[:2])])]


def _pointed_at(figures: Sequence[Near], read: Near | None) -> Span | None:
    """The one figure that the reader marks, else the nearest one, the first of equals."""
    if not figures:
        return None
    marked = _touched(figures, read)
    if len(marked) == 1:
        return marked[0][:2]
    return max(figures, key=lambda one: round(one[2], 9))[:2]


def _touched(figures: Sequence[Near], read: Near | None, sure: float = _SURE) -> list[Near]:
    if read is None or read[2] < sure:
        return []
    return [one for one in figures if read[0] < one[1] and one[0] < read[1]]


def _of_noun(
    text: str, counts: Sequence[Near], words: Sequence[ForeignWord], read: Near | None
) -> Span | None:
    """The one count that most of the asked words stand beside, translated: 172个 of 项目172个."""
    if len(_touched(counts, read, _BELIEVED)) == 1:
        return None
    met = [sum(word.met(_beside(text, one)) for word in words) for one in counts]
    best = max(met)
    return counts[met.index(best)][:2] if best and met.count(best) == 1 else None


_BEHIND = re.compile(r"[^,，、。;；:：!！?？()（）\d]{0,12}")
_BEFORE = re.compile(r"[^,，、。;；:：!！?？()（）\d]{0,8}$")


def _beside(text: str, count: Near) -> str:
    """The words right behind a figure and right before it, normalised: 项目172个, 85处中心村卫生室."""
    around = (_BEFORE.search(text, 0, count[0]), _BEHIND.match(text, count[1]))
    return normalize(" ".join(match.group() for match in around if match))


#: What stands between two figures of one answer: 个国家级、, 项重点任务和.
_NEXT = re.compile("[^,，、。;；:：!！?？和与及\\d]{0,12}[,，、和与及](?:其中)?")
#: So much of a clause behind the second figure is what it counts.
_NOUN = re.compile("[\u4e00-\u9fff]{0,6}(?=[,，、。;；:：!！?？]|$)")


def _two_asked(
    asked: AskedFor, text: str, counts: Sequence[Near], weights: Weights, read: Near | None
) -> Span | None:
    """How many A and how many B: from the first of two counts side by side to the end of the second one.

    Of several such pairs the one that the reader touches, or that holds the nearest count.
    """
    both = _AND_HOW_MANY.search(asked.normalised) or _AND.search(asked.normalised)
    pairs = [
        (one, other)
        for one, other in pairwise(counts)
        if both and _NEXT.fullmatch(text, one[1], other[0])
    ]
    if both is None or not pairs:
        return None
    marked = [pair for pair in pairs if _touched(pair, read)] or pairs
    first, last = max(marked, key=lambda pair: pair[0][2] + pair[1][2])
    return first[0], _end_of_noun(text, last, both["phrase"].split()[-1:], weights)


def _end_of_noun(text: str, count: Near, nouns: Sequence[str], weights: Weights) -> int:
    if noun := _NOUN.match(text, count[1]):
        return noun.end()
    behind = _BEHIND.match(text, count[1])
    ends = [
        count[1] + at + len(one)
        for word in weights.foreign
        if behind and word.word in nouns
        for one, degree in word.alternatives
        if degree > _MET and (at := behind.group().find(one)) >= 0
    ]
    return min(ends, default=count[1])


#: A word is met from this degree on.
_MET = 0.2


def _amount(
    asked: AskedFor, phrase: str, text: str, weights: Weights, read: Near | None
) -> Span | None:
    money = typed_spans_near(asked, text, weights, frozenset({"money"}))
    if _MONEY.match(phrase):
        return _pointed_at(money, read)
    figures = typed_spans_near(asked, text, weights, frozenset({"figure"}))
    if _LAND.match(phrase):
        return _pointed_at(_of_unit(_AREA, text, figures), read)
    return _pointed_at([*money, *_of_unit(_MEASURED, text, figures)], read)
