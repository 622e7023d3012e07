"""The places that a question names, and whether a text tells of them or of others of their kind.

China's divisions down to districts and counties, as of 2021, are known by name (``rag/data/places.tsv``, made by
:mod:`rag.training.gazetteer`: kind, Latin letters, characters; "=" before what names the place without its
kind too). Streets and towns are told by what stands before "街道" and "镇".
"""

# ruff: noqa: E501  (names are read as one line)

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rag.answering.mentions.provinces import provinces_in
from rag.normalization import normalize
from rag.retrieval.glossary import Glossed, gloss, meets
from rag.retrieval.language import question_language

__all__ = [
    "Gazetteer",
    "Place",
    "another_place",
    "gazetteer",
    "places_asked",
    "places_named",
    "places_of",
]


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
            return any(_named(stem, normalised) for stem in self.stems)
        if self.spelled is None:
            return _named(self.stem, normalised) or self.stem in provinces_in(normalised)
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


#: Behind a name these show that it is none: 黄河南岸, 渤海南部, 晚上海边, 三明治, 北海道.
_NO_NAME = frozenset("岸部边侧拔道治")


def _named(stem: str, normalised: str) -> bool:
    at = normalised.find(stem)
    while at >= 0:
        if normalised[at + len(stem) : at + len(stem) + 1] not in _NO_NAME:
            return True
        at = normalised.find(stem, at + 1)
    return False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """China's divisions down to districts and counties.

    Attributes:
        kinds: Of each name; 区 stands for 新区, 自治区 and 地区 as well, 州 for 自治州, 县 for 自治县.
        alone: Names that tell the place without its kind.
        latin: (name, kind, whether it needs no kind) by Latin letters, lower case, joined.
    """

    kinds: dict[str, frozenset[str]]
    alone: frozenset[str]
    latin: dict[str, tuple[tuple[str, str, bool], ...]]


@cache
def gazetteer() -> Gazetteer:
    """The bundled names."""
    path = Path(__file__).parents[2] / "data" / "places.tsv"
    kinds: dict[str, set[str]] = defaultdict(set)
    latin: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    alone = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, letters, marked = line.split("\t")
        stem = marked.removeprefix("=")
        if stem != marked:
            alone.add(stem)
        kinds[stem].add(kind)
        for spelling in letters.split():
            bare = spelling.removeprefix("=")
            latin[bare].append((stem, kind, bare != spelling))
    return Gazetteer(
        {stem: frozenset(found) for stem, found in kinds.items()},
        frozenset(alone),
        {spelling: tuple(found) for spelling, found in latin.items()},
    )


_KIND_OF_PLACE = re.compile(r"新区|[区市县省州旗镇]|街道")
#: The name of a street or a town, behind a mark, another place or a word that a name does not begin with.
_UNKNOWN = re.compile(
    r"[\s，。、；：！？（）“”《》,.;:!?()\"在于是对的和与及到从由向为让给把被比跟同至年月日区市县省州]"
    r"(?![全各每某本该这那我哪几多个在为是的了由到从及与对被将让因据属整作使推促也仅所现此区市县]|和(?!平)|两(?!江))"
    r"([\u4e00-\u9fff]{2,3})$"
)
#: What stands there and is no name: 各乡镇, 全国城镇, 旅游小镇, 当地街道, 主要街道.
_NO_STREET = re.compile(
    r"[的了与对区市县]|[各该个条在为由]$"
    r"|成为|部分|相关|有关|周边|当地|主要|商业|社区|城市|合作|助力|得到|同一|其他|不同|乡镇|通过|建设|发展|实际|沿街|走进"
)
_NO_TOWN = re.compile("[乡村城古小集等强级]$")
_LONGEST = 6
_CHANGING = frozenset("区市县")
_TIME = re.compile(r"(?<=[\d今去明前每])[年月日]")


@lru_cache(maxsize=4096)
def places_named(normalised: str) -> tuple[tuple[str, str], ...]:
    """Districts, cities, streets and the like in a normalised Chinese text: (stem, kind), in order."""
    text = "。" + _TIME.sub(" ", normalised)
    kinds = gazetteer().kinds
    found = []
    for match in _KIND_OF_PLACE.finditer(text):
        kind = "区" if match.group() == "新区" else match.group()
        before = text[max(0, match.start() - _LONGEST) : match.start()]
        for size in range(min(_LONGEST, len(before)), 1, -1):
            # Cities have become districts and counties cities: another kind is the same place.
            of = kinds.get(before[-size:], frozenset())
            if kind in of or (kind in _CHANGING and of & _CHANGING):
                found.append((before[-size:], kind))
                break
        else:
            unknown = _UNKNOWN.search(before) if kind in ("街道", "镇") else None
            name = unknown.group(1) if unknown else ""
            if name and not (_NO_STREET.search(name) or (kind == "镇" and _NO_TOWN.search(name))):
                found.append((name, kind))
    return tuple(dict.fromkeys(found))


def another_place(statement: str, told: Iterable[str], around: Iterable[str] = ()) -> str | None:
    """A district, city or province of a statement in whose place the texts tell of another one.

    Where they name none of its kind they do not say where, and nothing can be told. Streets and towns
    are known by their form only and are not judged.

    Args:
        statement: As it stands, in Chinese or with Chinese places in Latin letters (Jimo District).
        told: Normalised texts that should name it.
        around: Normalised texts that may name it instead.
    """
    texts = list(told)
    everywhere = [*texts, *around]
    normalised = normalize(statement)
    for place in places_asked(statement, normalised, question_language(statement)):
        if place.kind in ("", "镇", "街道") or not (place.stem or place.stems):
            continue
        if any(place.named_in(text) for text in everywhere):
            continue
        if any(place.another_in(text) for text in texts):
            return place.stem + place.kind if place.stem else place.stems[0]
    return None


def _known_alone(normalised: str) -> list[tuple[str, str]]:
    """Places of a normalised Chinese text whose names need no kind: (stem, "")."""
    names = gazetteer().alone
    found = []
    at = 0
    while at < len(normalised) - 1:
        for size in range(min(_LONGEST, len(normalised) - at), 1, -1):
            name, behind = normalised[at : at + size], normalised[at + size : at + size + 1]
            if name in names and behind not in _NO_NAME:
                found.append((name, ""))
                at += size
                break
        else:
            at += 1
    return found


def places_of(asked: tuple[Place, ...], question: str, texts: Iterable[str]) -> tuple[Place, ...]:
    """Those, and what a normalised question names without its kind and normalised texts name with it."""
    known = {one.stem for one in asked if one.kind}
    found = Counter(
        name
        for text in texts
        for name in places_named(text)
        if name[0] in question and not any(name[0] in one or one in name[0] for one in known if one)
    )
    more: dict[str, str] = {}
    for (stem, kind), texts_with_it in found.most_common():
        if texts_with_it > 1:  # once may be any words before 街道
            more.setdefault(stem, kind)
    kept = [one for one in asked if one.kind or one.stem not in more or not one.stem]
    return (*kept, *(Place(stem, kind) for stem, kind in more.items()))


_KINDS = {
    "autonomous region": "区",
    "autonomous prefecture": "州",
    "autonomous county": "县",
    "district": "区",
    "new area": "区",
    "city": "市",
    "county": "县",
    "province": "省",
    "prefecture": "州",
    "town": "镇",
    "subdistrict": "街道",
}
_KIND = re.compile(rf"(?:['’]s)? ({'|'.join(_KINDS)})\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z]+(?:['’](?!s\b)[a-z]+)?")
_LONGEST_LATIN = 3  # words
#: Begin questions, in capitals.
_ASKING = frozenset(
    "what which who whom whose when where why how is are was were do does did has have had can could will would "
    "should in on at of for the a an and name tell list by from".split()
)


def places_asked(question: str, normalised: str, language: str) -> tuple[Place, ...]:
    """The places that a question names: in Chinese, or Chinese ones in Latin letters (Jimo District).

    Beside another capitalised word Latin letters are part of a longer name, mostly of a person, unless the word
    for the kind of place follows.
    """
    if language.startswith("zh"):
        found = list(places_named(normalised))
        known = "|".join(stem for stem, _ in found)
        found += [(stem, kind) for stem, kind in _known_alone(normalised) if stem not in known]
        # Of 青岛市即墨区 the last counts: who writes about it need not say where it is.
        return tuple(
            Place(stem, kind)
            for stem, kind in found
            if not any(
                stem + kind + inner in normalised or stem + inner in normalised
                for inner, _ in found
            )
        )
    return _latin_places(question, normalised) if language == "en" else ()


def _latin_places(question: str, normalised: str) -> tuple[Place, ...]:
    latin = gazetteer().latin
    words = list(_WORD.finditer(question))
    places: list[Place] = []
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_LATIN, len(words) - at), 0, -1):
            some = words[at : at + size]
            named = latin.get("".join(re.sub("[^a-z]", "", w.group().lower()) for w in some), ())
            kind = _KIND.match(question, some[-1].end())
            asked = _KINDS[kind.group(1).lower()] if kind else ""
            if not kind:
                lonely = not _capital(words, at - 1) and not _capital(words, at + size)
                capital = all(word.group()[0].isupper() for word in some)
                named = tuple(one for one in named if one[2] and lonely and capital)
            if named:
                fitting = [stem for stem, of, _ in named if of == asked] or [s for s, _, _ in named]
                places.append(Place("", asked, tuple(dict.fromkeys(fitting))))
                at += size
                break
        else:
            at += 1
    known = {stem for place in places for stem in place.stems}
    for one in gloss(question):
        # Letters that no place is known by are a name before the word for its kind; else they may be a person's.
        start = normalised.find(one.word) if one.pattern is not None else -1
        kind = _KIND.match(normalised, start + len(one.word)) if start >= 0 else None
        letters = re.sub("[^a-z]", "", one.word)
        if kind and not known & {stem for stem, _, _ in latin.get(letters, ())}:
            places.append(Place("", _KINDS[kind.group(1)], spelled=one))
    return tuple(places)


def _capital(words: list[re.Match[str]], at: int) -> bool:
    """Whether a word of the question is a name that no place is known by."""
    if not 0 <= at < len(words):
        return False
    word = words[at].group()
    common = word.lower() in _ASKING or any(word.lower() in kind.split() for kind in _KINDS)
    return word[0].isupper() and not common and word.lower() not in gazetteer().latin
