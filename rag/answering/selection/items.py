"""Whether sentences tell of the item that the question names, or of another one."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.near_misses.named_items import (
    Items,
    asked_among,
    items_asked,
    items_named,
    of_another_item,
)
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked
from rag.records import Passage

__all__ = ["NEAR", "is_of_another", "items_around", "of_asked_item"]

#: Sentences whose logit is less than this below the best one's are near enough to add something.
NEAR = 1.5


def of_asked_item(asked: AskedFor, ranked: Ranked, best: int) -> int:
    """The sentence itself, or, if it names other items than those asked for, the first near it that names one.

    Of three models, two of which are compared, the third may have more of what is asked for.
    """
    named = items_asked(asked.text)
    if not of_another_item(named, named, items_named(ranked.candidates[best].text), None):
        return best
    near = (i for i in ranked.order if ranked.logits[i] >= ranked.logits[best] - 2 * NEAR)
    texts = ((i, ranked.candidates[i].text) for i in near)
    return next((i for i, text in texts if asked_among(named, items_named(text))), best)


def items_around(ranked: Ranked, index: int, passages: Sequence[Passage]) -> Items:
    """The items that a sentence, its frame, its passage and its source name."""
    candidate = ranked.candidates[index]
    around = [candidate.text, candidate.frame]
    if candidate.passage < len(passages):
        passage = passages[candidate.passage]
        around += [passage.text, passage.source]
    return items_named("\n".join(around))


def is_of_another(
    ranked: Ranked,
    best: int,
    index: int,
    named: Items,
    around: Items,
    passages: Sequence[Passage],
) -> bool:
    """Whether a sentence tells of another item than the one that the question and the best sentence name.

    Args:
        ranked: The sentences.
        best: Index of the best one.
        index: Of the one in question.
        named: What the question names.
        around: What is named in the best sentence or around it.
        passages: Theirs.
    """
    if not named:
        return False
    candidate = ranked.candidates[index]
    elsewhere = candidate.document_id != ranked.candidates[best].document_id
    theirs = items_around(ranked, index, passages) if elsewhere else None
    return of_another_item(named, around, items_named(candidate.text), theirs)
