"""How many sentences an answer has: the one that answers, and others only where they add."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.evidence import Candidate, best_typed_span, held_terms
from rag.answering.figures import Figure, find_figures, same_unit
from rag.answering.question import AskedFor
from rag.answering.ranking import Ranked, row
from rag.retrieval.grouping import resemblance

__all__ = ["Selection", "select"]

#: A list may run to this many sentences.
LONGEST_LIST = 8
#: Sentences whose logit is less than this below the best one's are near enough to add something.
NEAR = 1.5
#: Worth that a further sentence must newly cover to answer another part of the question.
NEW_PART = 0.22


@dataclass(frozen=True, slots=True)
class Selection:
    """Indices of the candidates to cite, the one that answers first; the steps of a manner as they follow.

    Attributes:
        order: The indices.
        dates_differ: Whether they stand by the dates of their documents.
        listed: Whether they are one list, an item to a line.
    """

    order: tuple[int, ...]
    dates_differ: bool = False
    listed: bool = False


def select(asked: AskedFor, ranked: Ranked, *, limit: int) -> Selection:
    """Choose the sentences; ``limit`` holds but for lists and for documents that disagree."""
    best = ranked.order[0]
    others = _other_values(asked, ranked, best)
    if dated := _newest_first(ranked, best, others):
        return Selection(tuple(dated), dates_differ=True)
    steps = _steps(ranked, best) if _wants_steps(asked) else []
    if len(steps) > 1:
        if best not in steps[:LONGEST_LIST]:
            return Selection((best,))
        if _are_steps(ranked, steps):
            return Selection(tuple(steps[:LONGEST_LIST]), listed=True)
        if not asked.many:  # the rules of a house, of which one answers
            return Selection((best,))
    chosen = [best]
    if asked.many or _only_introduces(asked, ranked, best):
        chosen += _list_goes_on(ranked, best)
        if len(chosen) > 1:
            return Selection(tuple(chosen[:LONGEST_LIST]), listed=True)
    top = float(ranked.logits[best])
    covered = set(_framed(ranked.candidates[best]))
    for index in ranked.order[1:]:
        if len(chosen) >= limit:
            break
        if float(ranked.logits[index]) < top - 2 * NEAR:
            break
        candidate = ranked.candidates[index]
        if any(resemblance(candidate.text, ranked.candidates[i].text) > 0.7 for i in chosen):
            continue
        if row(ranked, index, "fragment") and not row(ranked, best, "fragment"):
            continue
        held = _framed(candidate)
        weights = ranked.weights
        new = sum(
            worth
            for term, worth in weights.worth.items()
            if weights.met(term, held) and not weights.met(term, covered)
        )
        near = float(ranked.logits[index]) >= top - NEAR / 2
        if new >= NEW_PART or near:
            chosen.append(index)
            covered |= held
    chosen += [index for index in others if index not in chosen]
    return Selection(tuple(chosen))


def _framed(candidate: Candidate) -> frozenset[str]:
    return held_terms(candidate.text) | held_terms(candidate.frame)


_INTRODUCES = re.compile(r"[:：]\s*$|如下|以下|包括|分别(?:是|为)")
_ITEM = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+是|第?[一二三四五六七八九十]+[、.)）,，]|[(（]?\d{1,2}[.、)）]|[-*•·●▪]|"
    r"[①-⑳]|first|second|third|fourth|fifth|其[一二三四五六])",
    re.IGNORECASE,
)


_NUMBERED = re.compile(r"\s*[(（]?(\d{1,2})[.)）]\s")
#: "How did the talks end?" is told in one sentence; "how do I clean the filter?" in steps.
_TOLD_AT_ONCE = re.compile(r"how (?:did|does|was|were|is|are|has|have|had)\b")


def _wants_steps(asked: AskedFor) -> bool:
    if asked.language.startswith("zh"):
        return False
    return asked.many or (asked.kind == "manner" and not _TOLD_AT_ONCE.search(asked.normalised))


def _only_introduces(asked: AskedFor, ranked: Ranked, best: int) -> bool:
    """Whether the best sentence says no more than what will follow: "The box contains:"."""
    text = ranked.candidates[best].text.rstrip()
    return not asked.language.startswith("zh") and text.endswith((":", "："))


def _of_one_document(ranked: Ranked, best: int) -> list[int]:
    """The sentences of the best one's document, as they follow."""
    document = ranked.candidates[best].document_id
    same = (i for i, c in enumerate(ranked.candidates) if c.document_id == document)
    return sorted(same, key=lambda i: ranked.candidates[i].start)


def _steps(ranked: Ranked, best: int) -> list[int]:
    """The numbered steps from the first that the best sentence is among; empty where it is no step.

    A sentence right behind a step, on its line, belongs to it.
    """
    steps: list[int] = []
    last = end = 0
    for index in _of_one_document(ranked, best):
        candidate = ranked.candidates[index]
        gap = candidate.start - end
        numbered = _NUMBERED.match(candidate.text)
        number = int(numbered.group(1)) if numbered else 0
        follows = number == last + 1 and gap <= 8 if numbered else gap <= 1
        if not (steps and follows):
            if best in steps:
                break
            steps = []
        if steps or number == 1:
            steps.append(index)
            last = number or last
        end = candidate.end
    return steps if best in steps else []


#: Share of the question's worth that the words over a list hold, if it is the list that was asked for.
_ANNOUNCED = 0.6
_FIRST_WORDS = re.compile(r"\s*[(（]?\d{1,2}[.)）]\s+([A-Za-z]+)(?:\s+([a-z]+))?")
#: Words that open no instruction, and those in the second place: "The pool closes", "Smoking is", "Guests may".
_NO_VERB = re.compile(
    r"the|an?|all|any|each|every|no|none|never|not|do|this|that|these|those|it|its|we|our|you|your|they|their|he|she|i|"
    r"there|in|on|at|for|by|of|from|with|under|during|only|both|some|many|most|nothing|nobody|what|who|which|how|why|"
    r"where|children|people|staff|men|women|\w{3,}(?:ing|ion|ment|ship|ity|ness|(?<!s)s)",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"is|are|was|were|be|may|must|can|cannot|could|will|would|shall|should|has|have|had|do|does|did|of|who|which"
)


def _are_steps(ranked: Ranked, items: list[int]) -> bool:
    """Whether a numbered list says what to do for what is asked, and is not a list of rules or clauses.

    It is announced, by a colon or in the question's words, or most of its items are instructions.
    """
    first = ranked.candidates[items[0]]
    if first.before.rstrip().endswith((":", "：")):
        return True
    if ranked.weights.share(held_terms(f"{first.frame} {first.before}")) >= _ANNOUNCED:
        return True
    opened = [_FIRST_WORDS.match(ranked.candidates[i].text) for i in items]
    numbered = [_NUMBERED.match(ranked.candidates[i].text) for i in items]
    told = sum(
        _NO_VERB.fullmatch(words.group(1)) is None
        and _FINITE.fullmatch(words.group(2) or "") is None
        for words in opened
        if words is not None
    )
    return 2 * told > sum(number is not None for number in numbered)


def _list_goes_on(ranked: Ranked, best: int) -> list[int]:
    """Sentences that carry on the enumeration which the best one is in or announces."""
    candidate = ranked.candidates[best]
    same = _of_one_document(ranked, best)
    at = same.index(best)
    introduces = bool(_INTRODUCES.search(candidate.text))
    is_item = bool(_ITEM.match(candidate.text))
    if not introduces and not is_item:
        following = ranked.candidates[same[at + 1]].text if at + 1 < len(same) else ""
        if not _ITEM.match(following):
            return []
    found: list[int] = []
    gap = candidate.end
    for index in same[at + 1 :]:
        text = ranked.candidates[index].text
        start = ranked.candidates[index].start
        if start - gap > 8:
            break
        if not _ITEM.match(text) and not (introduces and _alike_items(ranked, found, index)):
            break
        found.append(index)
        gap = ranked.candidates[index].end
    if is_item:  # and the items before it
        head: list[int] = []
        gap = candidate.start
        for index in reversed(same[:at]):
            if gap - ranked.candidates[index].end > 8:
                break
            if not _ITEM.match(ranked.candidates[index].text):
                break
            head.append(index)
            gap = ranked.candidates[index].start
        found = head[::-1] + found
    return found


def _alike_items(ranked: Ranked, found: list[int], index: int) -> bool:
    """Whether a sentence can be one more item after a colon: short, like those before it."""
    text = ranked.candidates[index].text
    if not found:
        return len(text) <= 120
    return len(text) <= 2.5 * len(ranked.candidates[found[0]].text) + 10


#: So many of the first candidates may give another value.
_OPINIONS = 8
#: They may stand so far below the best one: the network ranks what it would answer with.
_BELOW = 4 * NEAR
#: Share of the best sentence's words near the asking word, or else in a clause, that a sentence of the same
#: measure holds.
SAME_MEASURE = 0.7
SAME_CLAUSE = 0.8
_MEASURED = frozenset({"figure", "percent", "money", "duration", "rank"})


def _other_values(asked: AskedFor, ranked: Ranked, best: int) -> list[int]:
    """Sentences of other documents that give another value of the same measure, the likeliest first."""
    value = _value(asked, ranked, best)
    if asked.kind not in _MEASURED or asked.years or value is None:
        return []
    found: list[int] = []
    values = [value]
    for index in ranked.order[1:_OPINIONS]:
        if float(ranked.logits[index]) < float(ranked.logits[best]) - _BELOW:
            break
        documents = {ranked.candidates[i].document_id for i in (best, *found)}
        if ranked.candidates[index].document_id in documents:
            continue
        if not _same_measure(ranked, best, index):
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
    return (
        row(ranked, index, "focus") >= SAME_MEASURE * row(ranked, best, "focus") > 0
        or row(ranked, index, "clause") >= SAME_CLAUSE * row(ranked, best, "clause") > 0
    )


def _newest_first(ranked: Ranked, best: int, others: list[int]) -> list[int]:
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
