"""Texts normalised, their terms and their clauses: read often, so they are kept."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.index.terms import terms
from rag.normalization import normalize

__all__ = ["CLAUSE_ENDS", "clause_terms", "clauses_of", "held_terms", "normalised_text"]


@lru_cache(maxsize=16384)
def held_terms(text: str) -> frozenset[str]:
    """The different terms of a text."""
    return frozenset(terms(text))


CLAUSE_ENDS = re.compile(r"[,，、；;:：。.!?！？\n]+")


def clauses_of(text: str) -> list[str]:
    """A sentence's clauses, short ones joined to the next; the whole sentence where it has one."""
    clauses: list[str] = []
    short = ""
    for piece in CLAUSE_ENDS.split(text):
        short = f"{short} {piece}".strip()
        if len(short) >= 4:
            clauses.append(short)
            short = ""
    return clauses or [text]


@lru_cache(maxsize=16384)
def normalised_text(text: str) -> str:
    """A text in its searched spelling."""
    return normalize(text)


@lru_cache(maxsize=16384)
def clause_terms(normalised: str) -> tuple[frozenset[str], ...]:
    """The terms of each three neighbouring clauses of a normalised text."""
    clauses = [held_terms(clause) for clause in CLAUSE_ENDS.split(normalised) if clause.strip()]
    if len(clauses) <= 3:
        return (frozenset().union(*clauses),) if clauses else ()
    return tuple(clauses[i] | clauses[i + 1] | clauses[i + 2] for i in range(len(clauses) - 2))
