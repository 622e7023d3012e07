"""Whether a sentence tells the sum of a group where that of one named thing is asked: 亿航等190个项目总投资2706亿元.

A near miss names the project among many, and its only sum is that of them all.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.mentions.spans import TypedSpan, typed_spans
from rag.answering.question.analysis import AskedFor

__all__ = ["sum_of_one", "tells_group"]

_UNIT = "余?(?:个|项|家|处|座|条|所|类|种|宗|批|支|栋|艘|户|名|位)"
#: The total, or each of them, is asked for: 等项目总投资多少, 一共投了多少.
_OF_ALL = re.compile(
    "等|总|[一共]共|共[有计投花]|合计|累计|全部|所有|加起来|加在一起|平均|每[个家项座]|哪些|分别|各"
)
#: What asks for the sum, and says nothing of 亿元以上项目.
_HOW_MUCH = re.compile("(?:多少|几)[十百千万亿]*元?")

#: Named examples and the group they are of: 亿航智能无人机等亿元以上项目190个, 青岛湾广场等40个重大项目.
_EXAMPLE = re.compile(
    rf"(?P<named>[^,;。:!?\n]{{3,60}})等(?P<group>[^,;。:!?、\n\d]{{0,12}}?)(?:共|合计|总计)?(?P<number>\d+){_UNIT}(?P<behind>[^,;。:!?、\n]{{0,10}})"
)
#: 190个项目总投资2706亿元,亿航智能无人机是其中之一.
_ONE_OF_THEM = re.compile(
    r"(?P<named>[^,;。:!?\n]{3,60}?)(?:也|就|便)?(?:[是为]其中(?:之一|一[个项家]|的一)|(?:名列|位列|包含在|也在)其中)"
)
#: 556个项目、总投资1600亿元 and 总投资1500亿元的50个项目.
_SUM = r"总?投资额?(?:合计|累计|达到?|约|超过?|近)*[\d.]+[万亿]*元"
_GROUP_SUM = re.compile(
    rf"(?<![第\d.])(?P<number>\d+){_UNIT}[^,;。:!?、\n]{{0,12}}[、,]?(?:合计|累计|计划)?{_SUM}|{_SUM}的(?P<behind>\d+){_UNIT}"
)
_SHARED = 3  # characters of an example that the question names
#: What tells a group of any kind, and no example: 水利工程等9个项目 are what 水利工程 asks for.
_ANY_GROUP = frozenset({"项目", "工程", "企业", "单位", "公司", "投资", "建设", "产业", "机构"})
#: A price behind them is that of each.
_TOTAL = re.compile("总(?![部体裁经监])|合计|累计|(?<!公)共(?![同享建识产])")
_APART = re.compile("其中|分别|各|均|每|单个|前者|后者")


def sum_of_one(asked: AskedFor) -> str | None:
    """A Chinese question for the sum of one thing, normalised, without what asks for the sum; else None."""
    if asked.kind != "money" or not asked.language.startswith("zh"):
        return None
    if asked.many or _OF_ALL.search(asked.normalised):
        return None
    return _HOW_MUCH.sub(" ", asked.normalised)


def tells_group(one: str, told: str) -> bool:
    """Whether all sums of a normalised sentence are of a group, and none of the ``one`` asked about.

    ``one`` is what :func:`sum_of_one` gives.
    """
    spans = [span for span in typed_spans(told) if span.kind == "money"]
    if not spans:
        return False
    for example in _EXAMPLE.finditer(told):
        if _is_example(one, told, example) and _all_behind(told, spans, example):
            return True
    sums = [match for match in _GROUP_SUM.finditer(told) if _several(match)]
    return any(_named_last(one, match["named"]) for match in _ONE_OF_THEM.finditer(told)) and all(
        any(match.start() <= span.start < match.end() for match in sums) for span in spans
    )


def _is_example(one: str, told: str, example: re.Match[str]) -> bool:
    """Whether the question names one example, and neither several of them nor the group."""
    items = [item for item in example["named"].split("、") if item[-2:] in one]
    shared = _named_last(one, items[0]) if len(items) == 1 else ""
    # 项目 alone tells no group, 亿元以上 does.
    own = _twos(f"{example['group']} {example['behind']}") - _ANY_GROUP
    if not shared or not _several(example):
        return False
    return told.count(shared) == 1 and not any(group in one for group in own)


def _all_behind(told: str, spans: list[TypedSpan], example: re.Match[str]) -> bool:
    """Whether all sums stand behind the number of the group as its total, and none is told of one of them."""
    end = example.end("number")
    if _APART.search(told, end):
        return False
    return all(span.start >= end and _TOTAL.search(told, end, span.start) for span in spans)


def _several(match: re.Match[str]) -> bool:
    number = match.group("number") or match.group("behind")
    return int(number) > 1


def _named_last(one: str, item: str) -> str:
    """The longest end of an example that the question has, "" if it is short or any group's.

    Whose it is stands before it: 青岛港自动化码头 is no sum of one thing where 青岛港 is asked about.
    """
    for size in range(len(item), _SHARED - 1, -1):
        if item[-size:] in one:
            return "" if item[-2:] in _ANY_GROUP else item[-size:]
    return ""


def _twos(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1) if " " not in text[i : i + 2]}
