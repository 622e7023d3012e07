"""What near-identical passages that share a slot say instead: the same sentence with another figure in it.

Of a contract's versions, of bills from one form, retrieval shows one and names the others. Here the others are
looked into for the sentence that answers, so that a question which means none of them in particular shows that
they differ, and one which means a certain one gets its figure.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.answering.evidence.texts import held_terms
from rag.answering.ranking.sentences import Ranked
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.sentences import sentence_spans

if TYPE_CHECKING:
    from rag.index import View

__all__ = ["with_other_versions"]

#: So many of those that share a slot are looked into.
_MOST = 40
_FIGURE = re.compile(r"\d[\d.,]*")


def with_other_versions(
    ranked: Ranked, passages: Sequence[Passage], view: View | None
) -> tuple[Ranked, list[Passage]]:
    """The sentences with those that differ from the best one in figures alone, and the passages with theirs.

    The new ones follow the best one in the order. A passage that holds less of the question's words than the
    best sentence's is of another item and left out; those that hold more are meant, and come first.

    Args:
        ranked: The sentences of the passages.
        passages: As retrieved.
        view: Where those that share a slot are read; without it nothing is added.
    """
    seen = list(passages)
    best = ranked.order[0]
    candidate = ranked.candidates[best]
    shown = seen[candidate.passage]
    if view is None or not shown.duplicates or not _FIGURE.search(candidate.text):
        return ranked, seen
    alike = _blanked(candidate.text)
    share = _share(ranked, shown)
    candidates, logits, spans = list(ranked.candidates), ranked.logits.tolist(), list(ranked.spans)
    same: list[int] = []
    meant: list[tuple[float, int]] = []
    for document_id, _, start, end in shown.duplicates[:_MOST]:
        document = view.document(document_id)
        passage = replace(
            shown, document_id=document_id, source=document.source, title=document.title,
            published=document.published, start=start, end=end, text=document.text[start:end],
            metadata=document.metadata, duplicates=(),
        )  # fmt: skip
        theirs = _share(ranked, passage)
        if theirs < share:
            continue
        for position, (first, last) in enumerate(sentence_spans(passage.text)):
            text = passage.text[first:last]
            if _blanked(text) != alike or normalize(text) == normalize(candidate.text):
                continue
            frame = " ".join(part for part in (passage.title, passage.heading) if part)
            candidates.append(
                replace(
                    candidate, passage=len(seen), position=position, document_id=document_id,
                    start=start + first, end=start + last, text=text, frame=frame,
                    published=passage.published,
                )
            )  # fmt: skip
            logits.append(float(ranked.logits[best]))
            spans.append(None)
            seen.append(passage)
            index = len(candidates) - 1
            if theirs > share:
                meant.append((-theirs, index))
            else:
                same.append(index)
            break
    added = len(candidates) - len(ranked.candidates)
    order = [*(index for _, index in sorted(meant)), best, *same, *ranked.order[1:]]
    extended = replace(
        ranked,
        candidates=candidates,
        order=order,
        logits=np.asarray(logits, np.float32),
        table=np.vstack([ranked.table, np.repeat(ranked.table[best : best + 1], added, axis=0)]),
        spans=spans,
    )
    return extended, seen


def _share(ranked: Ranked, passage: Passage) -> float:
    """Worth of the question's terms that a passage, its title, heading and source hold, in [0, 1]."""
    parts = (passage.title, passage.heading, passage.source, passage.text)
    return round(ranked.weights.share(held_terms("\n".join(part for part in parts if part))), 6)


def _blanked(text: str) -> str:
    """A sentence with its figures left out."""
    return _FIGURE.sub("0", " ".join(normalize(text).split()))
