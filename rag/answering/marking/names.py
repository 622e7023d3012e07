"""Where a mark on a Chinese name begins and ends: at the name that is asked for, whole and with no verb."""

from __future__ import annotations

import re

from rag.answering.mentions.places import gazetteer
from rag.answering.question.analysis import AskedFor

__all__ = ["whole_name"]

_TOLD_WHOLE = frozenset({"yesno", "reason", "manner", "date"})
_ASKS_UNIVERSITY = re.compile(r"哪一?[所个家间座](?:\w{0,4}?)大学(?![生城路]|出版|附属|医院|学报)")
_UNIVERSITY = re.compile("大学(?![生城路])")
_APART = re.compile("[,，、和与的]")
#: Verbs whose 好 says how well: 发放好文化惠民券; 好 begins a name elsewhere: 培育好家风.
_DONE_WELL = re.compile("(?:发放|落实|保护|完成|发挥|解决|统筹|利用|维护|保障|处理|开展|运用)好")
_REACHES = re.compile(
    "(?:落实?|放|定位|坐落|设立?|选|迁|搬|下沉|集中|延伸|转移|聚焦)(?:[到于至]|在(?![校职岗编册线建]))(?=[\u4e00-\u9fff]{2})"
)
#: Whose bodies an office is of: 省 of 省人大, 青岛市 of 青岛市人民政府.
_OFFICE = re.compile(
    "人大|政府|人民(?:政府|法院|检察院)|政协|纪委|委(?:书记|常委|副书记|宣传|组织)"
)
_LEVEL = frozenset("省市区县州")
#: Behind these a level begins a name: 推动省人大.
_NO_NAME = re.compile("(?:^|[^\u4e00-\u9fff]|[动由被经向请让使对与和及在的])$")
_LONGEST_STEM = 4


def whole_name(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """A mark on a name, cut or grown to what it is.

    Of 西安交通大学青岛研究所 the university alone, where that is asked for; an office with its level: 省人大;
    文化惠民券 of 发放好文化惠民券, 社区 of 落到社区.
    """
    if not asked.language.startswith("zh") or asked.kind in _TOLD_WHOLE:
        return start, end
    start = _with_level(text, _without_verb(asked, text, start, end))
    if _ASKS_UNIVERSITY.search(asked.normalised) and not _APART.search(text, start, end):
        found = _UNIVERSITY.search(text, start + 2, end)
        if found is not None and not text.endswith("大学", start, end):
            return start, found.end()
    return start, end


def _without_verb(asked: AskedFor, text: str, start: int, end: int) -> int:
    if _DONE_WELL.fullmatch(text, max(0, start - 2), start + 1):
        return start + 1
    reaches = _REACHES.match(text, start, end) if "哪" in asked.normalised else None
    return reaches.end() if reaches else start


def _with_level(text: str, start: int) -> int:
    if not (start and text[start - 1] in _LEVEL and _OFFICE.match(text, start)):
        return start
    level = start - 1
    for size in range(_LONGEST_STEM, 1, -1):
        stem = text[max(0, level - size) : level]
        if len(stem) == size and text[level] in gazetteer().kinds.get(stem, frozenset()):
            return level - size
    return level if _NO_NAME.search(text, max(0, level - 1), level) else start
