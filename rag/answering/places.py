"""The places that a question names, and whether a text tells of them or of others of their kind."""

# ruff: noqa: E501  (names are read as one line)

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rag.retrieval.glossary import Glossed, gloss, meets

__all__ = ["Place", "places_asked", "places_named", "places_of"]


#: Probability of a translation from which it counts as the way a name is written.
_SURE = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question names.

    Attributes:
        stem: As a Chinese text writes it, without what kind of place it is; "" if it is in Latin letters.
        kind: "区", "市" and so on; "" where the question does not say.
        spelled: What its Latin letters may stand for in Chinese.
    """

    stem: str
    kind: str
    spelled: Glossed | None = None

    def named_in(self, normalised: str) -> bool:
        """Whether a normalised Chinese text names it."""
        if self.spelled is None:
            return self.stem in normalised
        if self.spelled.alternatives:  # how it is written is known; other characters sound like it
            return any(
                target in normalised for target, p in self.spelled.alternatives if p >= _SURE
            )
        return meets(self.spelled, normalised) > 0

    def another_in(self, normalised: str) -> bool:
        """Whether a normalised Chinese text names another place of its kind."""
        return bool(self.kind) and any(
            kind == self.kind and not self.named_in(stem) for stem, kind in places_named(normalised)
        )


_PLACE_NAME = re.compile(
    r"([\u4e00-\u9fff]{2,4}?)(新区|区|市|县|省|镇|街道|州)(?![别域间划长分场民值政容])"
)
_NO_STEM = re.compile(
    r"[全各本该我这那哪几某一两三四五六七八九十的在是和与及有了对为从向到把被将按由以于等个示范国家片功能社小园景街老城超都门地山特先进]"
    r"|青岛市|城市|地区|开发|保税|自贸|试验|发展|建设|服务|管理|历史|核心|样板|先行|引领|标杆|聚集|集聚|合作|经济|产业|工业|科技|高新|文化|旅游|生活|居住|商业|商务|金融|物流|综合|试点|推动|推进|助力|打造|全面"
)


_TIME = re.compile(r"(?<=[\d今去明前每])[年月日]")


@lru_cache(maxsize=4096)
def places_named(normalised: str) -> tuple[tuple[str, str], ...]:
    """Districts, cities and the like in a normalised Chinese text: (stem, kind), in order."""
    found = []
    for match in _PLACE_NAME.finditer(_TIME.sub(" ", normalised)):
        stem, kind = match.groups()
        if not _NO_STEM.search(stem) or stem in _STEMS:
            found.append((stem, "区" if kind == "新区" else kind))
    return tuple(dict.fromkeys(found))


# Stems that hold a character which elsewhere is no part of a name.
_STEMS = frozenset(
    "崂山 香山 中山 佛山 鞍山 唐山 黄山 泰山 金山 宝山 房山 南山 萧山 昆山 舟山 乐山 眉山 马鞍山 平顶山 石景山 门头沟 浦东 山东 山西 "
    "都江堰 成都 三亚 三明 三门峡 九江 十堰 六安 四平 四川 七台河 一带 五莲 小榄 老河口 先锋 特克斯 地坛 城阳 城东 城西 城南 城北 "
    "福田 莱山 岚山 凉山 巴中 景德镇 社旗 街子".split()
)


def places_of(asked: tuple[Place, ...], question: str, texts: Iterable[str]) -> tuple[Place, ...]:
    """Those, and what a normalised question names without its kind and normalised texts name with it."""
    known = {one.stem for one in asked}
    found = Counter(
        name
        for text in texts
        for name in places_named(text)
        if name[0] in question and not any(name[0] in one or one in name[0] for one in known if one)
    )
    more: dict[str, str] = {}
    for (stem, kind), texts_with_it in found.most_common():
        if texts_with_it > 1:  # once may be any words before 区 or 市
            more.setdefault(stem, kind)
    return (*asked, *(Place(stem, kind) for stem, kind in more.items()))


_KINDS = {
    "district": "区",
    "city": "市",
    "county": "县",
    "province": "省",
    "town": "镇",
    "subdistrict": "街道",
}
_KIND = re.compile(rf"(?:'s)? ({'|'.join(_KINDS)})\b")


def places_asked(question: str, normalised: str, language: str) -> tuple[Place, ...]:
    """The places that a question names: in Chinese, or Chinese ones in Latin letters (Jimo District).

    In Latin letters a place without its kind cannot be told from a person, who counts as one.
    """
    if language.startswith("zh"):
        return tuple(Place(stem, kind) for stem, kind in places_named(normalised))
    if language != "en":
        return ()
    found = []
    for one in gloss(question):
        if one.pattern is None:
            continue
        at = normalised.find(one.word)
        kind = _KIND.match(normalised, at + len(one.word)) if at >= 0 else None
        found.append(Place("", _KINDS[kind.group(1)] if kind else "", one))
    return tuple(found)
