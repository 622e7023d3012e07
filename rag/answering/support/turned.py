"""Clauses that say the reverse of their quotes: a negation more or less, a fall for a rise."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.mentions.figures import Figure, agree, find_figures
from rag.answering.support.content import content_units
from rag.answering.support.direction import opposed, without_bounds

__all__ = ["direction_turned", "negation_turned"]

_NEGATION = re.compile(
    r"(?:并|从|尚|仍|还)?(?:没有|没|未曾|未能|未|不再|不会|不能|不是|并非|非|无法|"
    r"不(?![断同少仅但只管论久错止过得已及料可足乏懈忘竭]))(?![一]?[个定])"
    r"|\b(?:not|no|never|none|neither|nor|cannot|without|isn't|aren't|wasn't|weren't|don't|"
    r"doesn't|didn't|won't|hasn't|haven't)\b",
    re.IGNORECASE,
)


def negation_turned(plain: str, pool: Sequence[str]) -> str | None:
    """A negation that the statement has and its nearest quote's clause has not, or the reverse.

    Compared clause by clause: each clause of the statement against the clause of the quotes that
    shares most of its content, and only where they share most of it: elsewhere the words differ
    too much to tell.
    """
    clauses = [clause for text in pool for clause in _clauses(text)]
    for clause in _clauses(plain):
        units = set(content_units(_NEGATION.sub("", clause)))
        if len(units) < 3:
            continue
        nearest = max(
            clauses,
            key=lambda other: len(units & set(content_units(_NEGATION.sub("", other)))),
            default="",
        )
        shared = len(units & set(content_units(_NEGATION.sub("", nearest)))) / len(units)
        ours, theirs = (_NEGATION.search(without_bounds(text)) for text in (clause, nearest))
        if shared >= 0.6 and bool(ours) != bool(theirs):
            return (ours or theirs or re.match("", "")).group() or clause  # type: ignore[union-attr]
    return None


_STOP = re.compile(r"(?:[;；，。!！?？\n]|(?<!\d)[,.]|[,.](?!\d))+")


def _clauses(text: str) -> list[str]:
    return [part for part in _STOP.split(text) if part.strip()]


def direction_turned(plain: str, pool: Sequence[str]) -> str | None:
    """A clause that turns a figure's rise into a fall, or puts it on the other side.

    Every clause of the quotes that holds the figure must say the opposite.
    """
    told = [(f, _clause_of(text, f)) for text in pool for f in find_figures(text)]
    for figure in find_figures(plain):
        clause = _clause_of(plain, figure)
        theirs = [other for known, other in told if agree(figure, known)]
        if figure.kind != "date" and theirs and all(opposed(clause, other) for other in theirs):
            return clause.strip()
    return None


_PART = re.compile(rf"{_STOP.pattern}|、|而|\b(?:and|but|while|whereas)\b")


def _clause_of(text: str, figure: Figure) -> str:
    """The clause of a normalised text that holds a figure."""
    start = max((m.end() for m in _PART.finditer(text, 0, figure.start)), default=0)
    stop = _PART.search(text, figure.end)
    return text[start : stop.start() if stop else len(text)]
