"""The content terms of a question, and what each is worth."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.texts import held_terms
from rag.answering.evidence.word_forms import forms_used
from rag.answering.question.analysis import AskedFor
from rag.index.terms import terms
from rag.records import Passage

__all__ = ["ForeignWord", "Idf", "Weights", "focus_share", "foreign_share", "weigh"]

Idf = Callable[[Sequence[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """A word of the question, what may stand for it in the other language, and its worths.

    ``alternatives`` are (normalised text, degree in (0, 1]); a figure or a Latin name stands for itself.
    """

    word: str
    alternatives: tuple[tuple[str, float], ...]
    worth: float
    focus: float

    def met(self, normalised: str) -> float:
        """To what degree a normalised text holds it."""
        return max((degree for one, degree in self.alternatives if one in normalised), default=0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """The content terms of a question and what each is worth; the worths sum to 1.

    Attributes:
        worth: By rarity.
        rare: The four worthiest.
        focus: The worth of terms near the asking word raised: what the figure measures, the post the
            person holds.
        foreign: The question's words with their translations, for texts in the other language; empty
            where there is no glossary for the question's language.
        forms: Terms that the passages hold in other forms, with those.
    """

    worth: Mapping[str, float]
    rare: tuple[str, ...]
    focus: Mapping[str, float]
    foreign: tuple[ForeignWord, ...] = ()
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def met(self, term: str, held: AbstractSet[str]) -> bool:
        """Whether a term is among those that are held, itself or in another form."""
        return term in held or any(form in held for form in self.forms.get(term, ()))

    def share(self, held: AbstractSet[str]) -> float:
        """Worth of the terms that are held, in [0, 1]."""
        return sum(worth for term, worth in self.worth.items() if self.met(term, held))


def weigh(asked: AskedFor, passages: Sequence[Passage], idf: Idf) -> Weights:
    """Weigh a question's content terms by rarity; single Han characters count little.

    A word that the passages use in other forms is as rare as the commonest of them.
    """
    content = sorted(set(terms(asked.content))) or sorted(set(terms(asked.normalised)))
    if not content:
        return Weights({}, (), {})
    texts = (held_terms(passage.text) for passage in passages)
    forms = forms_used(asked.content, asked.language, texts)
    others = sorted({form for some in forms.values() for form in some} - set(content))
    rarity = dict(zip([*content, *others], idf([*content, *others]).tolist(), strict=True))
    worth = {
        term: min(rarity[one] for one in (term, *forms.get(term, ())))
        * (0.25 if len(term) == 1 and not term.isdigit() else 1.0)
        for term in content
    }
    total = sum(worth.values()) or 1.0
    worth = {term: value / total for term, value in worth.items()}
    rare = tuple(sorted(worth, key=lambda term: (-worth[term], term))[:4])
    return Weights(worth, rare, _focused(asked, worth), forms=forms)


def foreign_share(weights: Weights, normalised: str) -> float:
    """Worth of the foreign words that a normalised text meets, in [0, 1]."""
    return sum(word.worth * word.met(normalised) for word in weights.foreign)


def _focused(asked: AskedFor, worth: Mapping[str, float]) -> dict[str, float]:
    focus = {}
    for term, value in worth.items():
        if len(term) == 1 and not term.isdigit():
            continue
        at = asked.normalised.find(term)
        if asked.at is not None and at >= 0:
            gap = max(asked.at[0] - at - len(term), at - asked.at[1], 0)
            scale = 6.0 if asked.language.startswith("zh") else 18.0
            focus[term] = value * (1 + 2.5 * math.exp(-gap / scale))
        else:
            focus[term] = value
    total = sum(focus.values()) or 1.0
    return {term: value / total for term, value in focus.items()}


def focus_share(weights: Weights, held: frozenset[str]) -> float:
    """Worth of the terms that are held, those near the asking word raised, in [0, 1]."""
    return sum(worth for term, worth in weights.focus.items() if weights.met(term, held))
