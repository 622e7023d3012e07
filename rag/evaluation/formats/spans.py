"""Answer spans of public sets as evidence."""

from __future__ import annotations

from collections.abc import Sequence

from rag.evaluation.suites import Evidence
from rag.records import Document

__all__ = ["answer_evidence"]


def answer_evidence(document: Document, answers: Sequence[tuple[str, int]]) -> tuple[Evidence, ...]:
    """Evidence at each answer's offset; where the words stand elsewhere, at their nearest place.

    Offsets of public sets are now and then off by a few characters (or count bytes); an answer that
    does not stand in the document at all leaves the whole document as evidence.
    """
    spans: dict[tuple[int, int], None] = {}
    for words, offset in answers:
        at = offset
        if document.text[at : at + len(words)] != words or at < 0:
            at = _nearest(document.text, words, offset)
        if at >= 0:
            spans[at, at + len(words)] = None
    if not spans:
        return (Evidence(document=document.source),)
    return tuple(Evidence(document=document.source, start=a, end=b) for a, b in spans)


def _nearest(text: str, words: str, offset: int) -> int:
    found = -1
    at = text.find(words)
    while at >= 0 and words:
        if found < 0 or abs(at - offset) < abs(found - offset):
            found = at
        at = text.find(words, at + 1)
    return found
