"""Whether a sentence lists the members of a group that a question asks for by their number.

市南区8个都市园区分别叫什么: a near miss tells that there are eight of them, or what they are worth together,
and names none. Only a sentence that itself counts the group is judged: one that counts nothing may be a
member.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.answering.figures import whole_number

__all__ = ["Group", "group_asked", "lacks_members"]

_NUMBER = r"(?:\d{1,2}|[二两三四五六七八九十]{1,3})"
_UNIT = "大|个|条|项|种|类|家|所|位|名|区|点|方面|座|批|支|处|级|张|场|环节|关键词|城"
_COUNTED = re.compile(rf"(?<![第\d.之至到-])(?P<number>{_NUMBER})(?P<unit>{_UNIT})(?![月日号年])")
_WHICH = re.compile(rf"哪(?P<number>{_NUMBER})(?P<unit>{_UNIT}|市|省|县|部)")
#: What asks for the members of a group that is counted elsewhere in the question.
_EACH = re.compile("分别|哪些|哪几|各是|各叫|都有(?:什么|谁|啥)")
#: Smaller groups are told in too many ways.
_LEAST = 3

_BREAK = r",，。；;:：!！?？、\n"
_RUN = re.compile(rf"[^{_BREAK}]+(?:、[^{_BREAK}]+)+")
_LAST = re.compile("[和与及]")
_QUOTED = re.compile(
    r"“[^”]{1,20}”|\"[^\"]{1,20}\"|「[^」]{1,20}」|『[^』]{1,20}』|《[^》]{1,20}》"
)
_NUMBERED = re.compile(r"第?[一二三四五六七八九十]+[是,，、]|[①-⑳]|[(（]\d+[)）]|\d+[.、]\D")
#: After one of these a list need not have the marks of one.
_OPENS = re.compile("[:：]|包括|分别|即|其中|如下|依次")
_STOPS = re.compile("[。!！?？\n]")


class Group(NamedTuple):
    """A group whose members are asked for.

    Attributes:
        number: How many there are, 3 at the least.
        units: What the question counts them by: 五大战场 and 五个.
    """

    number: int
    units: frozenset[str]


def group_asked(asked: str) -> Group | None:
    """The group whose members a normalised question asks for; None where it asks for something else."""
    counted = [(whole_number(m["number"]), m["unit"]) for m in _COUNTED.finditer(asked)]
    if which := _WHICH.search(asked):
        number = whole_number(which["number"])
        counted = [(number, which["unit"]), *(one for one in counted if one[0] == number)]
    elif len(counted) != 1 or not _EACH.search(asked):
        return None
    units = frozenset(unit for _, unit in counted)
    return Group(counted[0][0], units) if counted[0][0] >= _LEAST else None


def lacks_members(group: Group, told: str, after: str) -> bool:
    """Whether a sentence counts the group and neither it nor what follows can be the list.

    Args:
        group: By :func:`group_asked`.
        told: The sentence, normalised.
        after: The next one, normalised.
    """
    if not any(
        match["unit"] in group.units and whole_number(match["number"]) == group.number
        for match in _COUNTED.finditer(told)
    ):
        return False
    wanted = group.number - 1  # one may be told in words that no mark sets off
    return _listed(told) < wanted and not (_OPENS.search(told + after) and _listed(after) >= wanted)


def _listed(text: str) -> int:
    """The most members that any list in the text can have, 1 where there is no list."""
    most = max(len(_QUOTED.findall(text)), len(set(_NUMBERED.findall(text))), 1)
    for run in _RUN.findall(text):
        *_, last = run.split("、")
        most = max(most, run.count("、") + 1 + len(_LAST.findall(last)))
    for sentence in _STOPS.split(text):
        most = max(most, len(re.split("[;；]", sentence)))
        if opened := _OPENS.search(sentence):
            most = max(most, len(re.split("[,，;；]", sentence[opened.end() :])))
    return most
