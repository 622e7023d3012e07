"""The rest of a list that runs over the end of its passage, read in the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.answering.evidence.candidates import Candidate, candidates_of
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.enumerations import announced, list_goes_on, marker_of
from rag.records import Passage

if TYPE_CHECKING:
    from rag.index import View

__all__ = ["with_rest_of_list"]

#: So many characters behind a passage are looked into.
_FURTHER = 2000
#: Logits of what was not ranked stand so far below all others.
_BELOW = 10.0


def with_rest_of_list(
    ranked: Ranked, best: int, passages: Sequence[Passage], view: View | None
) -> tuple[Ranked, list[Passage]]:
    """The sentences with the items of a list behind the end of its passage, and the passages, that one longer.

    The new sentences come last in the order. A list without marks goes on only as far as its announcement
    counts: nothing else tells where it ends.

    Args:
        ranked: The sentences of the passages.
        best: Index of the one that announces the list or is an item of it.
        passages: As retrieved.
        view: Where the document is read; without it nothing is added.
    """
    seen = list(passages)
    if view is None:
        return ranked, seen
    items = list_goes_on(ranked, best, seen)
    last = max((best, *items), key=lambda i: ranked.candidates[i].start)
    marked = marker_of(ranked.candidates[last].text) is not None
    if not marked and announced(ranked.candidates[best].text) is None:
        return ranked, seen
    place = ranked.candidates[last].passage
    passage = seen[place]
    if passage.text[ranked.candidates[last].end - passage.start :].strip():
        return ranked, seen
    text = view.document(passage.document_id).text
    end = min(len(text), passage.end + _FURTHER)
    longer = replace(passage, end=end, text=text[passage.start : end])
    known = {c.start for c in ranked.candidates if c.document_id == passage.document_id}
    behind = [
        replace(candidate, passage=place)
        for candidate in candidates_of([longer])
        if candidate.start >= passage.end
        and candidate.start not in known
        and (candidate.end < end or end == len(text))  # else it is cut off
    ]
    seen[place] = longer
    more = _extended(ranked, behind)
    new = [i for i in list_goes_on(more, best, seen) if i >= len(ranked.candidates)]
    if not new:
        return ranked, list(passages)
    # What lies between the items, and behind them, is not looked at again.
    behind = behind[: new[-1] - len(ranked.candidates) + 1]
    end = behind[-1].end
    seen[place] = replace(passage, end=end, text=text[passage.start : end])
    return _extended(ranked, behind), seen


def _extended(ranked: Ranked, behind: Sequence[Candidate]) -> Ranked:
    """With further sentences, of which nothing is known but where they stand, behind all others."""
    size, added = len(ranked.candidates), len(behind)
    floor = np.full(added, ranked.logits.min() - _BELOW, np.float32)
    return replace(
        ranked,
        candidates=[*ranked.candidates, *behind],
        order=[*ranked.order, *range(size, size + added)],
        logits=np.concatenate([ranked.logits, floor]),
        table=np.vstack([ranked.table, np.zeros((added, ranked.table.shape[1]), np.float32)]),
        spans=[*ranked.spans, *[None] * added],
    )
