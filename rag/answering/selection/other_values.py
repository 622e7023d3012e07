"""Sentences of other documents that give the same measure another value."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.evidence.spans_near import best_typed_span
from rag.answering.mentions.figures import Figure, find_figures
from rag.answering.mentions.units import same_unit
from rag.answering.near_misses.named_items import items_asked
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked, row
from rag.answering.selection.items import NEAR, is_of_another, items_around
from rag.records import Passage

__all__ = ["newest_first", "other_values"]

#: So many of the first candidates may give another value.
_OPINIONS = 8
#: They may stand so far below the best one: the network ranks what it would answer with.
_BELOW = 4 * NEAR
#: Share of the best sentence's words near the asking word, or else in a clause, that a sentence of the same
#: measure holds.
SAME_MEASURE = 0.7
SAME_CLAUSE = 0.8
#: A best sentence that holds less than this of either tells of something else itself: nothing is compared.
_TOLD = 0.3
_MEASURED = frozenset({"figure", "percent", "money", "duration", "rank"})


def other_values(
    asked: AskedFor, ranked: Ranked, best: int, passages: Sequence[Passage]
) -> list[int]:
    """Sentences of other documents that give another value of the same measure, the likeliest first."""
    value = _value(asked, ranked, best)
    if asked.kind not in _MEASURED or asked.years or value is None:
        return []
    named = items_asked(asked.text)
    around = items_around(ranked, best, passages) if named else {}
    found: list[int] = []
    values = [value]
    for index in ranked.order[:_OPINIONS]:
        if float(ranked.logits[index]) < float(ranked.logits[best]) - _BELOW:
            break
        documents = {ranked.candidates[i].document_id for i in (best, *found)}
        if ranked.candidates[index].document_id in documents:
            continue
        if not _same_measure(ranked, best, index):
            continue
        if is_of_another(ranked, best, index, named, around, passages):
            continue
        other = _value(asked, ranked, index)
        if other is not None and all(_another(other, one) for one in values):
            found.append(index)
            values.append(other)
    return found[:2]


def _same_measure(ranked: Ranked, best: int, index: int) -> bool:
    """Whether a sentence tells of what the best one tells, as far as words and places say."""
    if row(ranked, index, "place_clash") > row(ranked, best, "place_clash"):
        return False
    focus, clause = row(ranked, best, "focus"), row(ranked, best, "clause")
    if max(focus, clause) < _TOLD:
        return False
    return (
        row(ranked, index, "focus") >= SAME_MEASURE * focus > 0
        or row(ranked, index, "clause") >= SAME_CLAUSE * clause > 0
    )


def newest_first(ranked: Ranked, best: int, others: list[int]) -> list[int]:
    """The best sentence and others by the dates of their documents; empty where these tell nothing.

    Only what answers nearly as well as the best one may come before it.
    """
    top = float(ranked.logits[best])
    chosen = [best] + [
        i
        for i in others
        if float(ranked.logits[i]) >= top - 2 * NEAR
        and all(row(ranked, i, f) <= row(ranked, best, f) for f in ("place_lack", "place_far"))
    ]
    years = {(ranked.candidates[i].published or "")[:4] for i in chosen}
    if "" in years or len(years) < 2:
        return []
    return sorted(chosen, key=lambda i: ranked.candidates[i].published or "", reverse=True)


def _another(one: Figure, other: Figure) -> bool:
    """Whether two figures of one measure differ: 226个 and 30项, but not 1500家 and 1,500家."""
    units = not one.unit or not other.unit or same_unit(one.unit, other.unit)
    return one.kind == other.kind and one.value != other.value and units


def _value(asked: AskedFor, ranked: Ranked, index: int) -> Figure | None:
    """The figure that a sentence answers with."""
    text = ranked.candidates[index].text
    span = best_typed_span(asked, text, ranked.weights)
    figures = find_figures(text[span[0] : span[1]]) if span else []
    return figures[0] if figures else None
