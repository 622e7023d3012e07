"""A Chinese follow-up that is hardly more than a time, a place or a measure: 2022年?, 那市北区?, 利润?"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.followup.chinese_alike import part_alike
from rag.answering.followup.chinese_attributes import attribute_asked, attribute_of
from rag.answering.followup.chinese_places import is_place
from rag.answering.followup.chinese_words import AMOUNT, ASK
from rag.answering.followup.english_words import END, YEAR
from rag.answering.mentions.places import gazetteer
from rag.normalization import normalize

__all__ = ["as_what_about", "part_of_year", "year_meant"]

_BARE = re.compile(
    r"(?:那么|那麼|那|还有|還有)?[,，、 ]*(?P<topic>[^?？。,，的是有]{2,10}?)的?(?:又?[是有](?:多少|几|幾).?)?[?？。 ]*"
)
_EARLIER = re.compile("[前上]一?年度?|头一年|頭一年")
_LATER = re.compile("[后後下]一?年度?|次年|第二年|转年|轉年")
_FULL_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?=年)")
_PART_OF_YEAR = re.compile(
    "第?[一二三四1-4]季度|前[两兩二三23]个?季度|前[两兩二三23]個季度|[上下]半年|1?\\d月份?"
)
#: A question that asks for any amount: 工期多少 after 总投资多少, but 年假有几天 asks for no 报销标准.
_ANY_AMOUNT = re.compile("(?<![了过過])多少$")
_NUMBERED_YEAR = re.compile(r"(?:19|20)\d\d年?")


def as_what_about(question: str, previous: str) -> str:
    """The question as one that ends in 呢, if it is a time, a place or a measure alone.

    A time and a place the previous question has too.
    """
    bare = _BARE.fullmatch(question)
    if bare is None:
        return question
    topic = bare["topic"]
    if re.search(f"{ASK}|{AMOUNT}", topic):
        return question
    if part_of_year(previous, topic):
        return f"{topic}呢?"
    if _NUMBERED_YEAR.fullmatch(topic) or _is_relative(topic):
        return f"{topic}呢?" if YEAR.search(previous) else question
    if is_place(topic) or normalize(topic) in gazetteer().kinds:
        return f"{topic}呢?" if part_alike(previous, topic) else question
    alone = bare.end("topic") == len(question.rstrip(END))
    return f"{topic}呢?" if alone and _may_be_asked(previous, topic) else question


def _may_be_asked(previous: str, topic: str) -> bool:
    """Whether the previous question asks for another attribute of its owner, or for an amount as this one is."""
    if attribute_asked(previous, topic):
        return True
    kind = attribute_of(topic)
    return bool(kind and kind[1].search("多少") and _ANY_AMOUNT.search(previous))


def part_of_year(previous: str, topic: str) -> tuple[int, int] | None:
    """Where a part of a year stands in the previous question, or may stand; None where the topic is no such.

    前三季度 is said behind 2023年 in 2023年招了多少人.
    """
    if not _PART_OF_YEAR.fullmatch(topic):
        return None
    year = re.search(f"{_FULL_YEAR.pattern}年|[去今前明]年", previous)
    start = year.end() if year else 0
    told = _PART_OF_YEAR.search(previous, start)
    if told:
        return told.span()
    return (start, start) if year else None


def year_meant(topic: str, previous: str) -> str:
    """The topic, or the year that 前一年 and 次年 mean after a question that names one: 2022年 after 2023年."""
    years = _FULL_YEAR.findall(previous)
    if len(set(years)) != 1 or not _is_relative(topic):
        return topic
    return f"{int(years[0]) + (1 if _LATER.fullmatch(topic) else -1)}年"


def _is_relative(topic: str) -> bool:
    return bool(_EARLIER.fullmatch(topic) or _LATER.fullmatch(topic))
