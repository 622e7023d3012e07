"""Which way a clause says that something went, or on which side of a figure it lies.

“Up 12.5%” and “fell by 12.5%” share figure and words and contradict each other. Only plain wording is
judged: where a clause goes both ways, denies or qualifies (降幅收窄, growth slowed), nothing is said.
"""

from __future__ import annotations

import re

__all__ = ["direction", "opposed", "without_bounds"]

_RISE = re.compile(
    r"增长|增加(?!值)|上升|上涨|提高|提升|扩大|攀升|升高|增至|升至|涨至|增幅|涨幅|翻番"
    r"|\b(?:r[io]se|risen|rises|rising|increas(?:e[sd]?|ing)|gr[eo]w|grown|grows|growing|growth"
    r"|climb(?:ed|s|ing)?|surged?|jumped|doubled|up(?=\s+(?:by\s+)?[\d$€£¥]))\b"
)
_FALL = re.compile(
    r"下降|减少|降低|下跌|下滑|缩减|缩小|萎缩|跌至|降至|减至|降幅|跌幅"
    r"|\b(?:fell|fallen|falls|falling|fall(?=\s+(?:of|by)\s)|declin(?:e[sd]?|ing)"
    r"|decreas(?:e[sd]?|ing)|dropp?(?:ed|s|ing)?|shr[aiu]nk|shrunken|plunged"
    r"|down(?=\s+(?:by\s+)?[\d$€£¥]))\b"
)
_AT_LEAST = re.compile(
    r"不低于|不少于|不小于|不下于|\b(?:not|no)\s+(?:less|fewer|lower)\s+than\b|\bnot\s+below\b"
)
_AT_MOST = re.compile(
    r"不高于|不多于|不大于|不超过|\b(?:not|no)\s+(?:more|greater|higher)\s+than\b|\bnot\s+(?:above|exceed\w*)\b"
)
_ABOVE = re.compile(
    r"高于|多于|大于|超过|超出|以上|\b(?:above|exceed(?:s|ed|ing)?|at\s+least"
    r"|(?:more|higher|greater)\s+than)\b"
)
_BELOW = re.compile(
    r"低于|少于|小于|不足|不到|未满|以下|\b(?:below|at\s+most|(?:less|lower|fewer)\s+than)\b"
)
# What turns a rise or fall around, or tells how it changed itself.
_QUALIFIED = re.compile(
    r"收窄|放缓|趋缓|减缓|回落|回升|扭转|止跌|转正|转负|由[降减跌增升涨正负]|负增长|增速|降速|亏|逆差"
    r"|[没未不无非]|\b(?:not|no|never|without|n't|slow\w*|narrow\w*|eas(?:ed|ing)|recover\w*"
    r"|revers\w*|negative|instead|after|loss(?:es)?|deficits?|rather|would|expected)\b"
)


def direction(clause: str) -> tuple[int, int]:
    """(change, side) of a normalised clause: 1 for up or above, -1 for down or below, 0 for unsaid."""
    side = clause
    above = below = False
    for pattern, up in ((_AT_LEAST, True), (_AT_MOST, False), (_ABOVE, True), (_BELOW, False)):
        if pattern.search(side):
            side = pattern.sub(" ", side)
            above, below = above or up, below or not up
    rise, fall = bool(_RISE.search(side)), bool(_FALL.search(side))
    change = 0 if _QUALIFIED.search(side) else rise - fall
    return change, above - below


def without_bounds(clause: str) -> str:
    """A normalised clause without “not more than”, “不低于” and their like, which deny nothing."""
    return _AT_MOST.sub(" ", _AT_LEAST.sub(" ", clause))


def opposed(one: str, other: str) -> bool:
    """Whether two normalised clauses go opposite ways or lie on opposite sides."""
    return any(a * b < 0 for a, b in zip(direction(one), direction(other), strict=True))
