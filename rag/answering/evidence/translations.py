"""The question's words in the other language of the texts, and its names in their characters."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.term_weights import ForeignWord, Weights, foreign_share
from rag.answering.evidence.texts import CLAUSE_ENDS, normalised_text
from rag.answering.mentions.places import Place
from rag.answering.question.analysis import AskedFor
from rag.records import Passage
from rag.retrieval.language import text_script

if TYPE_CHECKING:
    from rag.retrieval.glossary import Glossed

__all__ = ["names_lacking", "script_of", "translated_shares", "with_translations"]

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def with_translations(
    weights: Weights, asked: AskedFor, candidates: Sequence[Candidate]
) -> Weights:
    """The weights with foreign words, where most candidates are in the question's other language.

    A word is worth the more, the fewer of the candidates meet it.
    """
    script = script_of(asked.language)
    if script not in {"han", "latin"} or not candidates:
        return weights
    other = "latin" if script == "han" else "han"
    foreign = [c for c in candidates if text_script(c.told) == other]
    if 2 * len(foreign) <= len(candidates):
        return weights
    from rag.retrieval.glossary import gloss

    texts = [normalised_text(c.told) for c in foreign]
    words = [(one.word, _spellings(one, asked.places, texts)) for one in gloss(asked.text)]
    words += [(figure, ((figure, 1.0),)) for figure in _FIGURE.findall(asked.normalised)]
    if script == "han":
        words += [(name, ((name, 1.0),)) for name in asked.names if name.isascii()]
    raw = []
    for word, alternatives in dict(words).items():
        found = sum(any(one in text for one, _ in alternatives) for text in texts)
        rarity = math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        at = asked.normalised.find(word if script == "han" else word[:5])
        near = 1.0
        if asked.at is not None and at >= 0:
            gap = max(asked.at[0] - at - len(word), at - asked.at[1], 0)
            near += 2.5 * math.exp(-gap / (6.0 if script == "han" else 18.0))
        raw.append((word, alternatives, rarity, rarity * near))
    total = sum(one[2] for one in raw) or 1.0
    focused = sum(one[3] for one in raw) or 1.0
    return replace(
        weights,
        foreign=tuple(
            ForeignWord(word, alternatives, worth / total, focus / focused)
            for word, alternatives, worth, focus in raw
        ),
    )


def _spellings(
    word: Glossed, places: Sequence[Place], texts: Sequence[str]
) -> tuple[tuple[str, float], ...]:
    """What may stand for a word, with its degree; for a name in Latin letters what the texts have of it.

    That is the place that it names, a spelling that the table has too, or else whatever it can be read as.
    """
    found = {text: min(1.0, p / 0.3) for text, p in word.alternatives}
    if word.pattern is None:
        return tuple(found.items())
    stems = {stem for place in places for stem in place.stems if word.pattern.search(stem)}
    if stems:
        return tuple((stem, 1.0) for stem in sorted(stems))
    read = {match.group() for text in texts for match in word.pattern.finditer(text)}
    known = {text for text, p in word.alternatives if p >= _KNOWN}
    return tuple((found | dict.fromkeys(sorted(read & known or read), 1.0)).items())


#: From this probability on the table's translation of a name is what it means.
_KNOWN = 0.1


def names_lacking(asked: AskedFor, context: str, passage: Passage, weights: Weights) -> float:
    """The share of the names asked about that a normalised context lacks.

    One that is written in other characters there may stand anywhere in the passage.
    """
    missing = [name for name in asked.names if name not in context]
    if missing and weights.foreign:
        around = f"{context} {normalised_text(passage.text)}"
        missing = [name for name in missing if not _is_spelled(name, weights, around)]
    return len(missing) / len(asked.names)


def _is_spelled(name: str, weights: Weights, normalised: str) -> bool:
    """Whether a text has a name of the question in the characters of its own language."""
    words = [word for word in weights.foreign if word.word in name or name in word.word]
    return any(word.met(normalised) > _MET for word in words)


#: A word is met from this degree on.
_MET = 0.2


def translated_shares(candidate: Candidate, passage: Passage, weights: Weights) -> dict[str, float]:
    """The coverages of a sentence in the question's other language, by translation: features by name."""
    own = normalised_text(candidate.told)
    window = " ".join((normalised_text(candidate.before), own, normalised_text(candidate.after)))
    framed = f"{normalised_text(candidate.frame)} {window}"
    whole = normalised_text(passage.text)
    clauses = [clause for clause in CLAUSE_ENDS.split(own) if clause.strip()]
    rare = sorted(weights.foreign, key=lambda word: (-word.worth, word.word))[:4]
    return {
        "sentence": foreign_share(weights, own),
        "cross_sentence": foreign_share(weights, own),
        "window": foreign_share(weights, window),
        "framed": foreign_share(weights, framed),
        "passage": foreign_share(weights, whole),
        "clause": max(
            (
                foreign_share(weights, ",".join(clauses[i : i + 3]))
                for i in range(max(1, len(clauses) - 2))
            ),
            default=0.0,
        ),
        "rare": sum(word.met(own) for word in rare) / max(len(rare), 1),
        "rare_framed": sum(word.met(framed) for word in rare) / max(len(rare), 1),
        "focus": sum(word.focus * word.met(own) for word in weights.foreign),
        "focus_passage": sum(word.focus * word.met(whole) for word in weights.foreign),
    }


def script_of(language: str) -> str:
    """The script of a language, as :func:`rag.retrieval.language.text_script` names it."""
    if language.startswith("zh"):
        return "han"
    return {"uk": "ru"}.get(
        language,
        language if language in {"ja", "ko", "th", "ar", "he", "hi", "el", "ru"} else "latin",
    )
