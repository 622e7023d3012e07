"""Whether a sentence names the head of another office than is asked about: 卫生健康局局长 for 综合行政执法局局长."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Head", "head_asked", "heads_another"]

_POSTS = (
    "局长|主任|院长|校长|馆长|会长|行长|台长|董事长|总经理|总裁|理事长|书记|部长|所长|站长|园长"
)
_OFFICE = "局|委员会|委|中心|街道|镇|集团|公司|医院|学院|大学|中学|小学|学校|院|馆|协会|商会|银行|电视台|研究所|幼儿园"
_TITLE = "党工委|党组|党委|工委|支部|总支|管委会|办事处"
_ASKED = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,20}}?)(?P<kind>{_OFFICE})(?:{_TITLE})?(?:现任|目前|现在)?的?(?P<post>{_POSTS})(?:现在)?(?:是|叫|姓|为)(?:谁|哪|什么|啥)"
)
_TOLD = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,20}}?)(?P<kind>{_OFFICE})(?:(?:{_TITLE})?(?:副?书记|委员|主席)?、)*(?:{_TITLE})?(?P<post>{_POSTS})"
)
#: An office that is told of in other words: 市里最大那家医院.
_NO_NAME = re.compile("[那哪这最来某家所个位里的]")
#: What an office is called by besides its subject.
_PLAIN = "省市区县级新的局委和及综合管理工作国家青"
#: Offices that are called by other words too.
_ALIKE = (
    "城管执法市容",
    "工商市场监督质监药食",
    "国土自然资源规划",
    "大数据工信科技",
    "房管住建城乡",
    "安监应急",
    "广电文旅游",
    "审批政务",
    "粮食发改",
    "外经贸商",
)


class Head(NamedTuple):
    """Whose head is asked for.

    Attributes:
        name: Of the office, without what it is, normalised: 西海岸综合行政执法.
        kind: 局.
        post: 局长.
    """

    name: str
    kind: str
    post: str


@lru_cache(maxsize=64)
def head_asked(asked: str) -> Head | None:
    """The office whose head a normalised Chinese question asks for by name, else None."""
    found = _ASKED.search(asked)
    if found is None or _NO_NAME.search(found["name"]):
        return None
    return Head(found["name"], found["kind"], found["post"])


def heads_another(asked: Head, told: str) -> bool:
    """Whether all holders of the post in a normalised sentence head offices that share nothing with the one asked about.

    An office may be told in short, 卫健局: one character in common is enough.
    """
    posts = [match for match in re.finditer(asked.post, told) if told[match.start() - 1] != "副"]
    others = [match for match in _TOLD.finditer(told) if match["post"] == asked.post]
    if not others or len(others) < len(posts):
        return False
    return not any(_shares(asked, match) for match in others)


def _shares(asked: Head, other: re.Match[str]) -> bool:
    one = set(asked.name) - set(_PLAIN)
    two = set(other["name"]) - set(_PLAIN)
    if not one or not two or asked.kind != other["kind"] or one & two:
        return True
    return any(one & set(group) and two & set(group) for group in _ALIKE)
