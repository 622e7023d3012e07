"""Sentences as they follow each other in their document, and what stands between them."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.evidence.candidates import Candidate
from rag.answering.ranking.sentences import Ranked
from rag.records import Passage

__all__ = ["FAR", "between", "next_in_document", "of_one_document", "opens_line"]

#: Sentences that stand further apart, in characters, do not belong together.
FAR = 8
_MARKUP = " \t\r\n\u3000*_#>"


def of_one_document(ranked: Ranked, index: int) -> list[int]:
    """The sentences of one sentence's document, as they follow."""
    document = ranked.candidates[index].document_id
    same = (i for i, c in enumerate(ranked.candidates) if c.document_id == document)
    return sorted(same, key=lambda i: ranked.candidates[i].start)


def between(passages: Sequence[Passage], one: Candidate, other: Candidate) -> str | None:
    """What stands between two sentences of a document; None where no passage of theirs holds it."""
    for place in (one.passage, other.passage):
        passage = passages[place] if place < len(passages) else None
        if passage is None or passage.start > one.start:
            continue
        if other.end <= passage.start + len(passage.text):
            return passage.text[one.end - passage.start : other.start - passage.start]
    return None


def opens_line(passages: Sequence[Passage], candidate: Candidate) -> bool:
    """Whether a sentence begins a line; False where it cannot be seen."""
    if candidate.passage >= len(passages):
        return False
    passage = passages[candidate.passage]
    ahead = passage.text[: candidate.start - passage.start].rstrip(" \t\u3000")
    return (ahead[-1:] or "\n") in "\r\n"


def next_in_document(ranked: Ranked, index: int, passages: Sequence[Passage]) -> int | None:
    """The sentence right behind one, with nothing but white space and markup between; None where none is."""
    same = of_one_document(ranked, index)
    at = same.index(index) + 1
    if at == len(same):
        return None
    one, other = ranked.candidates[index], ranked.candidates[same[at]]
    if not 0 <= other.start - one.end <= FAR:
        return None
    gap = between(passages, one, other)
    return None if gap is not None and gap.strip(_MARKUP) else same[at]
