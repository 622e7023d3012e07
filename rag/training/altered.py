"""Questions about another year or place than the documents tell of: near misses made from answerable ones.

Few written questions fail by their year or place alone, and a network that has hardly seen it takes the
same sentence about another district for the answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator

from rag.answering.mentions.places import Place, gazetteer
from rag.answering.question.analysis import AskedFor, analyse
from rag.normalization import normalize

__all__ = ["altered"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LAST_YEAR = re.compile("去年|上年|同比|last year|year-on-year")
_LATIN = re.compile(r"[A-Z][a-z]+")


def altered(
    question: str, *, told: str, places: Collection[str], chance: random.Random
) -> Iterator[str]:
    """The question about another year, and about another place; none where it names neither.

    Args:
        question: An answerable one.
        told: The normalised texts that may answer it: no year or place of theirs is taken.
        places: Names that other documents tell of; half of the other places are among them, if any fits.
        chance: What draws.
    """
    asked = analyse(question)
    years = sorted(asked.years)
    if len(years) == 1 and _YEAR.findall(question) == years:
        nearest = 2 if _LAST_YEAR.search(told) else 1
        moves = [move for move in range(-4, 4) if abs(move) >= nearest]
        moved = [str(int(years[0]) + move) for move in moves]
        moved = [year for year in moved if year not in told]
        if moved:
            yield question.replace(years[0], chance.choice(moved))
    yield from _elsewhere(question, asked, told, places, chance)


def _elsewhere(
    question: str, asked: AskedFor, told: str, places: Collection[str], chance: random.Random
) -> Iterator[str]:
    known = gazetteer()
    for place in asked.places:
        names = [name for name in sorted(known.kinds) if _fits(name, place) and name not in told]
        if place.stem and question.count(place.stem) == 1 and "新区" not in question:
            near = [name for name in names if name in places]
            others = near if near and chance.random() < 0.5 else names
            if others := [name for name in others if name not in normalize(question)]:
                yield question.replace(place.stem, chance.choice(others))
                return
        for word in _LATIN.findall(question) if place.stems else ():
            here = {stem for stem, _, _ in known.latin.get(word.lower(), ())}
            if question.count(word) != 1 or not here & set(place.stems):
                continue
            spellings = [
                letters
                for letters, found in sorted(known.latin.items())
                if 5 < len(letters) < 12
                and any(_fits(stem, place) and alone for stem, _, alone in found)
                and not any(stem in told or stem in here for stem, _, _ in found)
            ]
            if spellings:
                yield question.replace(word, chance.choice(spellings).capitalize())
                return


def _fits(name: str, place: Place) -> bool:
    """Whether a known place can stand in the place of that one: of its kind, or without any."""
    known = gazetteer()
    if place.kind:
        return place.kind in known.kinds.get(name, ())
    return name in known.alone or bool(place.stems)
