"""The place of the level that a Chinese question asks for: of 山东省青岛市 the city where 哪个市 is asked."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["place_of_level"]

_ASKS = re.compile(
    "(?:哪一?[个座]?|什么)(?P<level>国家|国(?![王内际外企])|省份?|州|城市|市(?![民场长])|县|区(?![域别块间]))"
)
#: The signs of each level, and of all above it.
_SIGNS = {
    "国": ("国", ""),
    "省": ("省", "国"),
    "州": ("州", "国"),
    "市": ("市", "国省州"),
    "县": ("县", "国省州市"),
    "区": ("区", "国省州市"),
}
#: One place, and no row of several.
_HAN = re.compile("(?:(?![和与及或跟到至])[\u4e00-\u9fff·])+")
#: No such place ends with the sign in 国家公园, 市场, 地级市, 港口城市, 地区, 自治区.
_NO_END = re.compile(
    "国(?=[家际立民会])|市(?=[场民区政])|(?<=[级辖城])市|州(?=[立长])|省(?=[会级份])|"
    "(?<=[地市城治])区|区(?=[域块])"
)
#: 中国 of 中国大陆 is another place: so many characters stand before a sign.
_SHORTEST = 2


def place_of_level(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """青岛市 of a mark on 山东省青岛市市北区, where 哪个市 is asked; else the mark as it is."""
    asks = _ASKS.search(asked.normalised) if asked.language.startswith("zh") else None
    if asks is None or asked.kind != "place" or asked.many:
        return start, end
    normalised, offsets = normalize_with_offsets(text[start:end])
    if not _HAN.fullmatch(normalised):
        return start, end
    sign, above = _SIGNS[asks["level"].removeprefix("城")[0]]
    ends = [at for at in range(_SHORTEST, len(normalised)) if _ends(normalised, at, sign)]
    if not ends:
        return start, end
    last = ends[0] + 1
    before = [
        at + 1 for at in range(1, ends[0] - 1) if any(_ends(normalised, at, s) for s in above)
    ]
    first = before[-1] if before else 0
    left, right = source_span(offsets, first, last)
    return start + left, start + right


def _ends(text: str, at: int, sign: str) -> bool:
    return text[at] == sign and not _NO_END.match(text, at)
