"""Whether a sentence lists the members of a group that a question asks for by their number.

市南区8个都市园区分别叫什么: a near miss tells that there are eight of them, or what they are worth together,
and names none. Only a sentence that itself counts that group is judged, and what may be a list is seen
widely, for a sentence that is refused here is refused whatever else speaks for it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from rag.answering.mentions.numerals import whole_number

__all__ = ["Group", "group_asked", "lacks_members"]

_NUMBER = r"(?:\d{1,2}|[二两三四五六七八九十]{1,3})"
_UNIT = "大|个|条|项|种|类|家|所|位|名|区|点|方面|座|批|支|处|张|场|环节|关键词|城"
_COUNTED = re.compile(
    rf"(?<![第\d.之至到-])(?P<number>{_NUMBER})(?P<unit>{_UNIT})(?![月日号年])(?<!二十大)(?<!十[七八九]大)"
)
#: 哪四个字 asks for words and not for a list.
_WHICH = re.compile(rf"哪(?P<number>{_NUMBER})(?P<unit>{_UNIT}|市|省|县|部)(?!数?字|词|[\"“「『])")
#: Asked of all of them together.
_ABOUT_THEM = "用途|用处|作用|功能|特点|特征|意义|目的|原因|目标|主题|区别|关系|共同点"
#: What the members of a group are, and nothing about them: 园区分别叫什么, 产业链是哪几条.
_ARE = re.compile(
    rf"(?:(?!第|大?部分|多数|的(?:{_ABOUT_THEM}))[^,，。;；:：?？\s]){{0,12}}?[,，]?(?:分别|各自|各|都)?(?:是|叫|指|为|叫做)(?:的是)?"
    rf"(?:什么|啥|谁|哪些|哪几(?:{_UNIT})?)(?:名字|名称)?[?？]?$"
)
#: 十条办法叫什么 may ask for the name of them all.
_NAME = re.compile("(?<!分别)(?<![各都])叫(?:什么|啥)")
#: Smaller groups are told in too many ways.
_LEAST = 3

_BREAK = r",，。；;:：!！?？、\n"
_RUN = re.compile(rf"[^{_BREAK}]+(?:、[^{_BREAK}]+)+")
_QUOTED = re.compile(
    r"“[^”]{1,20}”|\"[^\"]{1,20}\"|「[^」]{1,20}」|『[^』]{1,20}』|《[^》]{1,20}》"
)
_NUMBERED = re.compile(r"第?[一二三四五六七八九十]+[是,，、]|[①-⑳]|[(（]\d+[)）]|\d+[.、]\D")
#: After one of these clauses may be a list.
_OPENS = re.compile("[:：]|是|为|有|指|即|包括|分别|其中|如下|依次|来自|由|设")
_STOPS = re.compile("[。!！?？\n]")
#: So it may begin right behind the number: 四大产业包括……, 三个镇:……, 五大行动,分别是…….
_OPENS_BEHIND = re.compile(
    r"[^,，;；]{0,15}?[,，]?\s*(?:[:：(（—-]|是|为|有|指|即|包括|包含|分别|其中|如下|依次|来自|由|主要)"
)
_CLAUSE = re.compile("[^,，;；]+")
_AND = "以及|[和与及]"
#: 攻坚行动和“三大工程”: the group is itself one of a row, which lists no members of it.
_ONE_OF_ROW = re.compile(r"[、和与及][“\"「『]?$")
#: A clause that begins so tells something else than the one before: 以实干、实效、实绩推动发展.
_ANOTHER = re.compile("[以为在从对让使]")
_SHORT_CLAUSE = 6  # characters of a member that a comma sets off
#: So a list begins that stands in sentences or lines of its own, and so the sentence of one may.
_BEGINS = re.compile(r"\s*(?:第?一|首先|其一|[(（]?[1一][)）.、]|①|[-*•·]\s)")
_TAKES_UP = re.compile("它们|他们|她们|这|其中|分别|包括|即|有|依次|是")
#: 中日韩三个国家: the members stand right before the number. These characters belong to no name.
_FUSED = re.compile(r"[^\W\d_]+$")
_PARTICLES = frozenset("的和与及在以将为被有共了过着等至到从按对把向")
_NEAR = 10
#: 全力做强四大产业: no names but what is done with the group.
_DONE = re.compile(
    "(?:做[强大优]|打造|建设|发展|推进|推动|培育|聚焦|发力|抓好|构建|形成|实施|建成|突出|围绕|壮大|布局|完成|落实|承接|保障|打响|开展)$"
)


class Group(NamedTuple):
    """A group whose members are asked for.

    Attributes:
        number: How many there are, 3 at the least.
        units: What the question counts them by: 五大战场 and 五个.
        asked: The question, normalised.
    """

    number: int
    units: frozenset[str]
    asked: str


def group_asked(asked: str) -> Group | None:
    """The group whose members a normalised question asks for; None where it asks for something else."""
    counted = list(_COUNTED.finditer(asked))
    if which := _WHICH.search(asked):
        number = whole_number(which["number"])
        units = {
            which["unit"],
            *(m["unit"] for m in counted if whole_number(m["number"]) == number),
        }
    elif len(counted) == 1 and _ARE.match(asked, counted[0].end()):
        number, units = whole_number(counted[0]["number"]), {counted[0]["unit"]}
    else:
        return None
    return Group(number, frozenset(units), asked) if number >= _LEAST else None


def lacks_members(group: Group, told: str, after: str) -> bool:
    """Whether a sentence counts the group and neither it nor what follows can be the list.

    Args:
        group: By :func:`group_asked`.
        told: The sentence, normalised.
        after: The next one, normalised.
    """
    counts = [match for match in _COUNTED.finditer(told) if _counts(group, told, match)]
    wanted = group.number - 1  # one may be told in words that no mark sets off
    if not counts or _marked(told) >= wanted or _follows(told, after, wanted):
        return False
    if any(_may_list(told, match, group.number) for match in counts):
        return False
    if _NAME.search(group.asked) and _QUOTED.search(told):
        return False
    # 四个治理 is followed by 城市治理要……，民生治理要……
    nouns = [told[match.end() :][:2] for match in counts]
    return not any(len(noun) == 2 and after.count(noun) > 1 for noun in nouns)


def _may_list(told: str, count: re.Match[str], number: int) -> bool:
    """Whether a row in the sentence of a count may be its members, or examples of them.

    In the clause of the count, beside it and behind 包括 and the like a row may be one short; one far from it
    must have them all, for any long sentence has some row.
    """
    opened = _OPENS_BEHIND.match(told, count.end())
    behind = _STOPS.split(told[opened.end() :])[0] if opened else ""
    if behind and len(re.split("[,，;；]", behind)) >= number - 1:
        return True
    clauses = list(_CLAUSE.finditer(told))
    at = next(i for i, clause in enumerate(clauses) if clause.end() > count.start())
    lead = told[clauses[at].start() : count.start()]
    if lead.endswith("等") and ("、" in lead or at >= number - 2):
        return True
    ahead = 1
    while ahead <= at and len(clauses[at - ahead][0]) <= _SHORT_CLAUSE:
        ahead += 1
    if ahead >= number - 1:
        return True
    one_of_row = _ONE_OF_ROW.search(lead) is not None
    for i, clause in enumerate(clauses):
        if opened is None and i >= at and (one_of_row or (i > at and _ANOTHER.match(clause[0]))):
            continue
        near = abs(i - at) <= 1 or (opened is not None and i > at)
        if _in_a_row(clause[0]) >= number - near:
            return True
    return False


def _follows(told: str, after: str, wanted: int) -> bool:
    """Whether the list may stand in the sentences behind."""
    if _BEGINS.match(after) or told.rstrip().endswith((":", "：")):
        return True
    first = _RUN.match(after)
    if first and _listed(first[0]) >= wanted:
        return True
    return bool(_TAKES_UP.match(after)) and _listed(after) >= wanted


def _counts(group: Group, told: str, match: re.Match[str]) -> bool:
    """Whether this number counts the group, and is not itself what the members are told before."""
    if match["unit"] not in group.units or whole_number(match["number"]) != group.number:
        return False
    behind = re.split(rf"[{_BREAK}]", told[match.end() :])[0][:_NEAR]
    ahead = told[: match.start()][-2:]
    twos = [behind[i : i + 2] for i in range(len(behind) - 1)] + [ahead]
    if not any(len(two) == 2 and two in group.asked for two in twos):
        return False
    if _DONE.search(told[: match.start()]):
        return True
    fused = _FUSED.search(told[: match.start()])
    names = 0
    for character in reversed(fused[0] if fused else ""):
        if character in group.asked or character in _PARTICLES:
            break
        names += 1
    return names < group.number


def _listed(text: str) -> int:
    """The most members that any list in the text can have, 1 where there is no list."""
    most = max(_marked(text), _in_a_row(text))
    for sentence in _STOPS.split(text):
        if opened := _OPENS.search(sentence):
            most = max(most, len(re.split("[,，;；]", sentence[opened.end() :])))
    return most


def _marked(text: str) -> int:
    """The most members of a list in quotes, by number or between marks that part nothing else."""
    most = max(len(_QUOTED.findall(text)), len(set(_NUMBERED.findall(text))), 1)
    for sentence in _STOPS.split(text):
        for marks in ("[;；]", r"[/·・|]", r"\s+"):
            most = max(most, len(re.split(marks, sentence.strip())))
    return most


def _in_a_row(text: str) -> int:
    """The most members of a list between 、 or 和."""
    most = 1
    for run in _RUN.findall(text):
        *_, last = run.split("、")
        most = max(most, run.count("、") + 1 + len(re.findall(_AND, last)))
    return max(most, *(len(re.split(_AND, sentence)) for sentence in _STOPS.split(text)))
