"""Zones within a city, whose size is asked: 自贸片区, 上合示范区. The area of another zone does not answer.

No gazetteer knows them, and what a question names besides, their city, any passage about it names.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.answering.mentions.places import gazetteer

__all__ = ["Zone", "another_zone", "zone_measured"]

_KIND = "片区|示范区|试验区|新区|高新区|开发区|经济区|保税区|保税港区|度假区|功能区|合作区|先行区|风景区|景区|街区|园区|老?城区"
_MEASURED = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{2,12}}?)(?P<kind>{_KIND})(?:现在|一?共|总共|到底|究竟|大概)?的?"
    r"(?:(?:总|规划|占地|核心|实施|覆盖|建设|管辖)*(?:面积|范围)[^,;。?]{0,5}(?:多少|多大|几|大)|占地[^,;。?]{0,4}(?:多少|多大|几)|有?多大(?=$|[?,;。]))"
)
_ASKS_FIRST = re.compile("^(?:请问|那么?|我?想知道|整个|目前|现在|全市|全国)+")
_HAN = re.compile("[\u4e00-\u9fff]")
#: The most characters of a city's name that stands before the zone's own.
_LONGEST = 6


class Zone(NamedTuple):
    """A zone with a name of its own.

    Attributes:
        name: Without its city and what it is: 自贸.
        kind: 片区.
    """

    name: str
    kind: str

    def named_in(self, normalised: str) -> bool:
        """Whether a text names it, also in other words: 自由贸易试验区, 上海合作组织; or as the one it is about, 新区."""
        pairs = (self.name[i : i + 2] for i in range(len(self.name) - 1))
        if any(pair in normalised for pair in pairs):
            return True
        spelt_out = rf"{self.name[0]}[\u4e00-\u9fff]{{0,2}}{self.name[1]}"
        alone = rf"(?<![\u4e00-\u9fff]){self.kind}|[该本全在对为是与和及]{self.kind}"
        return re.search(f"{spelt_out}|{alone}", normalised) is not None


@lru_cache(maxsize=64)
def zone_measured(asked: str) -> Zone | None:
    """The zone whose size a normalised question asks for; None where it names none or asks something else."""
    found = _MEASURED.search(asked)
    if found is None:
        return None
    name = _ASKS_FIRST.sub("", found["name"])
    while city := next(
        (n for n in range(_LONGEST, 1, -1) if name[:n] in gazetteer().alone and len(name) > n), 0
    ):
        name = re.sub("^[省市区县]", "", name[city:])
    name = re.sub("^[的这那该]+|的$", "", name)
    return Zone(name, found["kind"]) if len(name) > 1 else None


def another_zone(zone: Zone, told: str, around: str) -> bool:
    """Whether a Chinese sentence with what stands around it, normalised, does not name the zone asked about."""
    return _HAN.search(told) is not None and not zone.named_in(f"{told} {around}")
