"""Whether a sentence tells the whole where a part of it is asked for: 84万人才里面博士有几个.

A near miss tells that there are 840,000 and speaks of no doctors, and its figure looks like the answer.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.answering.question.kinds import COUNTED

__all__ = ["Part", "lacks_part", "part_asked"]

_FIGURE = r"[\d一二两三四五六七八九十百千万亿][\d.,万亿千百十余多]*"
#: Among those that are told: 里面, or a number of them before 中. But neither 中心 nor 集中.
_AMONG = (
    r"(?:(?P<whole>[^,;。:?]{2,20})(?:里面(?!积)|里边|里头|当中(?!央)|之中|其中)"
    rf"|(?P<numbered>[^,;。:?]{{0,12}}?{_FIGURE}(?![年月日])[^,;。:?]{{1,12}}?)"
    r"(?:(?<![其集初高当之期年月])中(?![心小央国学间共层高型医药级期外等介文华])|(?<![公英海千华])[里内](?![面边头程外容部涵科径])))"
)
_MANY = rf"(?:几|多少)(?:{COUNTED})?"
_PART = re.compile(
    rf"{_AMONG},?(?:(?P<part>[^,;。:?]{{2,12}}?)(?:一?共|总共|大概|大约)?(?:有|是|占|达到?)?{_MANY}[?]?$"
    rf"|(?:一?共|总共|大概|大约)?有{_MANY}(?:是)?的?(?P<behind>[^,;。:?]{{2,12}}?)的?[?]?$)"
)
#: A place or a body is no total of what is in it: 社区里面外来的, but 158个社区里面.
_PLACE = re.compile(
    r"^\D*(?:[区市县省镇乡村岛园院校馆厂局]|街道|中心|公司|集团|这里|那里|城市|国家|全国)$"
)
#: What tells no part of the whole but one of it, or something else about it.
_NO_PART = re.compile(r"[最第每\d]|等于|平均|分别|各[有占]|总[计共数]")
#: Words of a part that are in any text.
_PLAIN = re.compile(
    "^(?:大概|大约|已经?|一共|总共|现在|目前|的)+|(?:已经?|的人?|大概|大约|现在|目前)+$"
)
_SHORT = 3
_CLAUSE = re.compile(r"[,;。:!?\n]")
_TELLS_PARTS = re.compile("其中|里面|当中|之中|包括|包含|含有|占|比例|比重|分之")
_COUNTS = re.compile(rf"{_FIGURE}[个家项人名位户件处条所座艘辆台套部支间类种]")


class Part(NamedTuple):
    """What a question asks the number of.

    Attributes:
        whole: What it is a part of, 84万各类人才.
        part: 博士.
    """

    whole: str
    part: str


@lru_cache(maxsize=64)
def part_asked(asked: str) -> Part | None:
    """The part of a whole that a normalised question asks the number of; None where it asks for none."""
    found = _PART.search(asked)
    if found is None:
        return None
    if _PLACE.search(found["whole"] or ""):
        return None
    part = _PLAIN.sub("", found["part"] or found["behind"])
    if len(part) < 2 or _NO_PART.search(part):
        return None
    return Part(found["whole"] or found["numbered"], part)


def lacks_part(part: Part, told: str) -> bool:
    """Whether a sentence counts the whole, and neither names the part nor may tell of it in other words.

    Args:
        part: By :func:`part_asked`.
        told: The sentence, normalised.
    """
    name = part.part
    # 女职工 for 女性, 外籍 for 外国人
    if (len(name) <= _SHORT and name[0] in told) or any(
        name[i : i + 2] in told for i in range(len(name) - 1)
    ):
        return False
    clauses = _CLAUSE.split(told)
    counted = [i for i, clause in enumerate(clauses) if _counts(part.whole, clause)]
    if not counted or any(_TELLS_PARTS.search(one) for one in clauses[counted[0] :][:3]):
        return False
    last = counted[-1]
    return not any(_COUNTS.search(clause) for clause in clauses[last + 1 : last + 2])


def _counts(whole: str, clause: str) -> bool:
    """Whether a clause tells how many the whole are: 各类人才84万人, 84万各类人才."""
    noun = whole[-2:]
    return noun in clause and _COUNTS.search(clause) is not None
