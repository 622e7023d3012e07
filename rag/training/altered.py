"""Questions about another year or place than the documents tell of: near misses made from answerable ones.

Few written questions fail by their year or place alone, and a network that has hardly seen it takes the
same sentence about another district for the answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator

from rag.answering.places import gazetteer
from rag.answering.question import AskedFor, analyse

__all__ = ["altered"]

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_LATIN = re.compile(r"[A-Z][a-z]+")


def altered(
    question: str, *, told: str, places: Collection[str], chance: random.Random
) -> Iterator[str]:
    """The question about another year, and about another place; none where it names neither.

    Args:
        question: An answerable one.
        told: The text that answers it; no year or place of it is taken.
        places: Places that other documents tell of: half of the others come from them.
        chance: What draws.
    """
    asked = analyse(question)
    years = sorted(asked.years)
    if len(years) == 1 and _YEAR.findall(question) == years:
        moved = [
            y
            for y in range(int(years[-1]) - 4, int(years[-1]) + 3)
            if str(y) not in told and str(y) not in years
        ]
        if moved:
            yield question.replace(years[-1], str(chance.choice(moved)))
    yield from _elsewhere(question, asked, told, places, chance)


def _elsewhere(
    question: str, asked: AskedFor, told: str, places: Collection[str], chance: random.Random
) -> Iterator[str]:
    known = gazetteer()
    for place in asked.places:
        if place.stem and place.stem in question:
            near = [name for name in sorted(places) if place.kind in known.kinds.get(name, ())]
            far = [
                name
                for name in sorted(known.kinds if place.kind else known.alone)
                if not place.kind or place.kind in known.kinds[name]
            ]
            names = near if near and chance.random() < 0.5 else far
            others = [name for name in names if name not in told and name not in question]
            if others:
                yield question.replace(place.stem, chance.choice(others))
                return
        for word in _LATIN.findall(question) if place.stems else ():
            named = known.latin.get(word.lower(), ())
            if set(place.stems) & {stem for stem, _ in named}:
                kinds = {kind for _, kind in named}
                spellings = [
                    letters
                    for letters, found in sorted(known.latin.items())
                    if len(letters) < 12
                    and any(kind in kinds and stem not in told for stem, kind in found)
                ]
                yield question.replace(word, chance.choice(spellings).capitalize())
                return
