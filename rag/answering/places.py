"""The places that a question names, and whether a text tells of them or of others of their kind.

China's divisions are known by name (``rag/data/places.tsv``: kind, Latin letters, characters; "=" before those
that name the place without its kind too). Others are told by what stands before "区", "市" and the like.
"""

# ruff: noqa: E501  (names are read as one line)

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rag.retrieval.glossary import Glossed, gloss, meets

__all__ = ["Gazetteer", "Place", "gazetteer", "places_asked", "places_named", "places_of"]


#: Probability of a translation from which it counts as the way a name is written.
_SURE = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a question names.

    Attributes:
        stem: As a Chinese text writes it, without what kind of place it is; "" if it is in Latin letters.
        kind: "区", "市" and so on; "" where the question does not say.
        stems: Known places that its Latin letters may be.
        spelled: What its Latin letters may stand for in Chinese where no place is known by them.
    """

    stem: str
    kind: str
    stems: tuple[str, ...] = ()
    spelled: Glossed | None = None

    def named_in(self, normalised: str) -> bool:
        """Whether a normalised Chinese text names it."""
        if self.stems:
            return any(stem in normalised for stem in self.stems)
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


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """China's divisions down to districts and counties.

    Attributes:
        kinds: Of each name.
        alone: Names that tell the place without its kind.
        latin: (name, kind) by Latin letters, lower case, without spaces and marks.
    """

    kinds: dict[str, frozenset[str]]
    alone: frozenset[str]
    latin: dict[str, tuple[tuple[str, str], ...]]


@cache
def gazetteer() -> Gazetteer:
    """The bundled names."""
    path = Path(__file__).parents[1] / "data" / "places.tsv"
    kinds: dict[str, set[str]] = defaultdict(set)
    latin: dict[str, list[tuple[str, str]]] = defaultdict(list)
    alone = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, letters, stem = line.split("\t")
        if stem[0] == "=":
            stem = stem[1:]
            alone.add(stem)
        kinds[stem].add(kind)
        for spelling in letters.split():
            latin[spelling].append((stem, kind))
    return Gazetteer(
        {stem: frozenset(found) for stem, found in kinds.items()},
        frozenset(alone),
        {spelling: tuple(found) for spelling, found in latin.items()},
    )


_KIND_OF_PLACE = re.compile(r"(新区|[区市县省镇州旗]|街道)(?![别域间划长分场民值政容帜])")
#: The name of an unknown place, behind a mark or a word that a name does not begin with.
_UNKNOWN = re.compile(
    r"[\s，。、；：！？（）“”《》,.;:!?()\"在于是对的和与及到从由向为让给把被比跟同至年月日]([\u4e00-\u9fff]{2,3})$"
)
_NO_STEM = re.compile(
    r"[全各每条本该我这那哪几某一两三四五六七八九十的在是和与及有了对为从向到把被将按由以于等个示范国家片功能社小园景街老城超都门地山特先进]"
    r"|青岛市|城市|地区|开发|保税|自贸|试验|发展|建设|服务|管理|历史|核心|样板|先行|引领|标杆|聚集|集聚|合作|经济|产业|工业|科技|高新|文化|旅游|生活|居住|商业|商务|金融|物流|综合|试点|推动|推进|助力|打造|全面"
)
_LONGEST = 5


_TIME = re.compile(r"(?<=[\d今去明前每])[年月日]")


@lru_cache(maxsize=4096)
def places_named(normalised: str) -> tuple[tuple[str, str], ...]:
    """Districts, cities and the like in a normalised Chinese text: (stem, kind), in order."""
    text = "。" + _TIME.sub(" ", normalised)
    known = gazetteer()
    found = []
    for match in _KIND_OF_PLACE.finditer(text):
        kind = "区" if match.group(1) == "新区" else match.group(1)
        before = text[max(0, match.start() - _LONGEST) : match.start()]
        for size in range(min(_LONGEST, len(before)), 1, -1):
            if kind in known.kinds.get(before[-size:], ()):
                found.append((before[-size:], kind))
                break
        else:
            unknown = _UNKNOWN.search(before)
            if not unknown or _NO_STEM.search(unknown.group(1)):
                continue
            if before[-1] + kind not in known.alone:  # "赢贵州" is no 州
                found.append((unknown.group(1), kind))
    return tuple(dict.fromkeys(found))


def _known_alone(normalised: str) -> list[tuple[str, str]]:
    """Places of a normalised Chinese text whose names need no kind: (stem, "")."""
    names = gazetteer().alone
    found = []
    at = 0
    while at < len(normalised) - 1:
        for size in range(min(_LONGEST, len(normalised) - at), 1, -1):
            if normalised[at : at + size] in names:
                found.append((normalised[at : at + size], ""))
                at += size
                break
        else:
            at += 1
    return found


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
    "new area": "区",
    "city": "市",
    "county": "县",
    "province": "省",
    "prefecture": "州",
    "town": "镇",
    "subdistrict": "街道",
}
_KIND = re.compile(rf"(?:'s)? ({'|'.join(_KINDS)})\b")
_LATIN_NAME = re.compile(r"[A-Z][a-z]+(?:'[a-z]{2,})?")


def places_asked(question: str, normalised: str, language: str) -> tuple[Place, ...]:
    """The places that a question names: in Chinese, or Chinese ones in Latin letters (Jimo District)."""
    if language.startswith("zh"):
        found = list(places_named(normalised))
        known = "|".join(stem for stem, _ in found)
        found += [(stem, kind) for stem, kind in _known_alone(normalised) if stem not in known]
        return tuple(Place(stem, kind) for stem, kind in found)
    if language != "en":
        return ()
    latin = gazetteer().latin
    places = []
    for match in _LATIN_NAME.finditer(question):
        kind = _KIND.match(question.lower(), match.end())
        asked = _KINDS[kind.group(1)] if kind else ""
        named = list(latin.get(match.group().lower().replace("'", ""), ()))
        named = [one for one in named if not asked or one[1] == asked] or named
        if named:
            places.append(Place("", asked, tuple(dict.fromkeys(stem for stem, _ in named))))
    for one in gloss(question):
        # Letters that no place is known by are a name only before the word for its kind: they may be a person's.
        at = normalised.find(one.word) if one.pattern is not None else -1
        kind = _KIND.match(normalised, at + len(one.word)) if at >= 0 else None
        if kind and one.word not in latin:
            places.append(Place("", _KINDS[kind.group(1)], spelled=one))
    return tuple(places)
