"""Whether a sentence tells of another place of a kind than the one asked about by name: 灵山岛 and 星光岛.

No gazetteer knows them: islands, communities, streets. One that a passage names is told of in its document, and a
sentence that names another one near no mention of it tells of that.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from rag.answering.mentions.places import gazetteer

__all__ = ["NamedPlace", "another_place_named", "place_named"]

_KIND = (
    "片区|街区|步行街|示范区|先行区|试验区|开发区|园区|景区|小区|社区|街道|水库|广场|大厦|公园|码头|隧道|机场|影都|博览城|啤酒城|"
    "医院|中学|小学|岛|湾|湖|河|镇|桥"
)
_NAME = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{2,}}?)(?P<kind>{_KIND})")
#: What stands before a name, and is none of it.
_BEFORE = re.compile(
    ".*(?:[的在和与及从到把对问这那]|请问|青岛市?|[省市县]|新区|海岸|目前|现在|听说|之间)(?=[\u4e00-\u9fff]{2})"
)
#: These characters before a kind make no name of it: 哪个社区, 每个街道, 老旧小区, 城中村.
_NO_NAME = re.compile(
    "[哪几每各全该本某多些个座处家所条最新旧老大小中内外两]|什么|多少|加强|构建|建设|推[进动]|打造|深入|[走推]进|进入|来到|完善|提升|服务|繁荣|覆盖|创建|管理|全[市区国]|[我你他咱]们|公立|民营|综合|一级|二级|三级|城市|农村|智慧|特色|安置|示范|产业|工业|专业|居家|国家|国际|历史|文化|乡|城|半|海|群"
)
_SIBLING = r"(?:^|[^\u4e00-\u9fff]|[在是的和与为])(?P<name>[\u4e00-\u9fff]{{2,3}}){kind}"
_LONGEST = 6  # characters of a name


class NamedPlace(NamedTuple):
    """A place asked about: 灵山, 岛."""

    name: str
    kind: str

    def held_in(self, normalised: str) -> bool:
        """Whether a text has two characters of the name side by side."""
        return any(self.name[i : i + 2] in normalised for i in range(len(self.name) - 1))

    def told_in(self, document: str) -> bool:
        """Whether a document may tell of it; a name of two characters, 东方影都, is also a part of others, 京东方."""
        if len(self.name) > 2:
            return self.held_in(document)
        kind = self.kind if len(self.kind) > 1 else self.name + self.kind
        return kind in document or self.name + self.kind[0] in document


@lru_cache(maxsize=64)
def place_named(asked: str) -> NamedPlace | None:
    """The place that a normalised Chinese question names; None where it names none, or more than one."""
    found = [
        NamedPlace(name, match["kind"])
        for match in _NAME.finditer(asked)
        if 1 < len(name := _own(match)) <= _LONGEST and not _NO_NAME.search(name)
    ]
    return found[0] if len(found) == 1 else None


def _own(match: re.Match[str]) -> str:
    """The name without what stands before it, "" where it is that of a known place: 青岛."""
    name = _BEFORE.sub("", match["name"])
    if city := next((n for n in range(len(name), 1, -1) if name[:n] in gazetteer().alone), 0):
        name = name[city:]
    known = any((name + match["kind"]).endswith(place) for place in gazetteer().alone)
    return "" if known else name


def another_place_named(
    asked: NamedPlace, told: str, around: str, document: str, documents: Iterable[str]
) -> bool:
    """Whether a sentence tells of another place of the kind, or its document of none where another has it.

    Args:
        asked: By :func:`place_named`.
        told: The sentence, normalised.
        around: It with what stands around it, normalised.
        document: What is known of its document, normalised.
        documents: What is known of each document, normalised.
    """
    whole = asked.name + asked.kind
    if whole in around:
        return False
    if not any(whole in one for one in documents):
        return False  # what the question begins with may be no name
    if re.search(rf"(?<![\u4e00-\u9fff]){asked.kind}|[全本该此]{asked.kind[-1]}", told):
        return False  # the one that its passage is about
    if not asked.told_in(document):
        return True
    if asked.held_in(around):
        return False
    siblings = re.finditer(_SIBLING.format(kind=asked.kind), told)
    return any(not _NO_NAME.search(match["name"]) for match in siblings)
