"""How many sentences an answer has: the one that answers, and others only where they add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.spans_near import best_typed_span
from rag.answering.evidence.texts import held_terms
from rag.answering.near_misses.named_items import asked_among, items_asked, items_named
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked, row, share_of
from rag.answering.selection.below import asks, instead_of, is_bare_title, says_only_yes
from rag.answering.selection.document_order import next_in_document
from rag.answering.selection.enumerations import announced, list_goes_on, marker_of
from rag.answering.selection.items import NEAR, is_of_another, items_around, of_asked_item
from rag.answering.selection.other_values import newest_first, other_values
from rag.answering.selection.parallel import sentences_alike
from rag.answering.selection.question_lists import opening_of
from rag.answering.selection.rows import rows_alike
from rag.answering.selection.steps import are_steps, steps_around, wants_steps
from rag.records import Passage
from rag.retrieval.grouping import resemblance

__all__ = ["LONGEST_LIST", "Selection", "head_of_list", "select"]

#: A list may run to this many sentences.
LONGEST_LIST = 8

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


def select(
    asked: AskedFor, ranked: Ranked, *, limit: int, passages: Sequence[Passage] = ()
) -> Selection:
    """Choose the sentences; ``limit`` holds but for lists and for documents that disagree.

    Args:
        asked: The question.
        ranked: The sentences.
        limit: The most of them.
        passages: Theirs; without them lines, headings and titles are not seen.
    """
    best = _first(asked, ranked, passages)
    others = [
        index
        for index in other_values(asked, ranked, best, passages)
        if not _refers_back(ranked.candidates[index])
    ]
    if dated := newest_first(ranked, best, others):
        return Selection(tuple(dated), dates_differ=True)
    return (
        _steps(asked, ranked, best)
        or _list(asked, ranked, best, passages)
        or _neighbours(ranked, best, passages, limit)
        or Selection(_with_further(asked, ranked, best, others, limit, passages))
    )


def _steps(asked: AskedFor, ranked: Ranked, best: int) -> Selection | None:
    """The steps that the best sentence is one of; it alone, where it is an item of other rules."""
    steps = steps_around(ranked, best) if wants_steps(asked) else []
    if len(steps) < 2:
        return None
    if best not in steps[:LONGEST_LIST]:
        return Selection((best,))
    if are_steps(ranked, steps):
        return Selection(tuple(steps[:LONGEST_LIST]), listed=True)
    return None if asked.many else Selection((best,))  # the rules of a house, of which one answers


def _list(
    asked: AskedFor, ranked: Ranked, best: int, passages: Sequence[Passage]
) -> Selection | None:
    """The list that the best sentence announces or is an item of, where one is asked for."""
    if not asked.many and not _only_introduces(asked, ranked, best):
        return None
    following = list_goes_on(ranked, best, passages)
    if not asked.many and asked.language.startswith("zh"):
        counted = announced(ranked.candidates[best].text) is not None
        following = following if counted or _are_marked(ranked, following) else []
    if _compares(asked) and marker_of(ranked.candidates[best].text) is not None:
        following = [i for i in following if _has_part(ranked, best, i)]
    if not following and (alike := sentences_alike(asked, ranked, best, passages)):
        shown = alike[:LONGEST_LIST]
        return Selection(tuple(shown if best in shown else (best,)), listed=best in shown)
    items = following or (rows_alike(asked, ranked, best) if asked.many else [])
    return Selection(_in_order(ranked, [best, *items]), listed=True) if items else None


def _neighbours(
    ranked: Ranked, best: int, passages: Sequence[Passage], limit: int
) -> Selection | None:
    """The best sentence with what it belongs to: its answer's opening, or what follows a bare yes."""
    opening = opening_of(ranked, best, passages)
    if opening and len(opening) < limit:
        return Selection((*opening, best))
    if says_only_yes(ranked.candidates[best].text):
        more = next_in_document(ranked, best, passages)
        if more is not None and not asks(passages, ranked.candidates[more]):
            return Selection((best, more))
    return None


def _with_further(
    asked: AskedFor,
    ranked: Ranked,
    best: int,
    others: Sequence[int],
    limit: int,
    passages: Sequence[Passage],
) -> tuple[int, ...]:
    """The best sentence, those that add something to it, and the ``others``."""
    chosen = [best]
    top = max(float(ranked.logits[best]), float(ranked.logits[ranked.order[0]]))
    named = items_asked(asked.text)
    around = items_around(ranked, best, passages) if named else {}
    covered = set(_framed(ranked.candidates[best]))
    compared = any(len(wanted) > 1 for wanted in named.values())
    shown = asked_among(named, items_named(ranked.candidates[best].text))
    for index in ranked.order:
        if len(chosen) >= limit:
            break
        if float(ranked.logits[index]) < top - 2 * NEAR:
            break
        candidate = ranked.candidates[index]
        if index in chosen:
            continue
        told = asked_among(named, items_named(candidate.text)) if compared else frozenset()
        other_one = bool(shown and told - shown)  # A型 beside B型, though the same is said of both
        if not other_one and any(
            resemblance(candidate.text, ranked.candidates[i].text) > 0.7 for i in chosen
        ):
            continue
        if row(ranked, index, "fragment") and not row(ranked, best, "fragment"):
            continue
        if asks(passages, candidate) or is_bare_title(asked, candidate, passages):
            continue
        if is_of_another(ranked, best, index, named, around, passages):
            continue
        behind = ranked.candidates[chosen[-1]].document_id
        if candidate.document_id != behind and _refers_back(candidate):
            continue
        held = _framed(candidate)
        weights = ranked.weights
        new = sum(
            worth
            for term, worth in weights.worth.items()
            if weights.met(term, held) and not weights.met(term, covered)
        )
        near = float(ranked.logits[index]) >= top - NEAR / 2
        if new >= NEW_PART or near or other_one:
            chosen.append(index)
            covered |= held
            shown |= told
    chosen += [index for index in others if index not in chosen]
    return tuple(chosen)


def head_of_list(asked: AskedFor, ranked: Ranked, passages: Sequence[Passage]) -> int | None:
    """Index of the sentence whose list answers, if one is asked for or that sentence only introduces one."""
    best = _first(asked, ranked, passages)
    return best if asked.many or _only_introduces(asked, ranked, best) else None


def _first(asked: AskedFor, ranked: Ranked, passages: Sequence[Passage]) -> int:
    """The sentence to answer with: the best one, or what stands below it where it only asks or heads."""
    best = next(
        (i for i in ranked.order if not is_bare_title(asked, ranked.candidates[i], passages)),
        ranked.order[0],
    )
    best = of_asked_item(asked, ranked, best)
    below = instead_of(asked, ranked, best, passages)
    if below is None:
        return best
    if asks(passages, ranked.candidates[best]):
        # 忘记密码怎么办 is like 忘打卡怎么办, but a sentence on 打卡 has more of its words.
        plain = (i for i in ranked.order if not asks(passages, ranked.candidates[i]))
        other = next((i for i in plain if i != below), below)
        both = ranked.candidates[best].text + ranked.candidates[below].text
        if share_of(ranked, ranked.candidates[other].text) > share_of(ranked, both):
            return other
    return below


def _in_order(ranked: Ranked, chosen: list[int]) -> tuple[int, ...]:
    """A list cut to its longest: as it stands in the document, if the best sentence is then among it.

    What announces the list is no item of it.
    """
    best = chosen[0]
    candidate = ranked.candidates[best]
    if marker_of(candidate.text) is None and candidate.row is None:
        return tuple(chosen[: LONGEST_LIST + 1])
    placed = sorted(chosen, key=lambda i: ranked.candidates[i].start)[:LONGEST_LIST]
    return tuple(placed if best in placed else chosen[:LONGEST_LIST])


#: Two that are named are compared, 整机和电机各保修多久, and not two lists: 四个治理、一个保障分别是什么.
_COMPARED = re.compile(
    r"^(?!.*[一二两三四五六七八九十\d]+[个大项种类点条])[^,。?]*[和与跟及、][^,。?]{1,20}?(?:分别|各[是有为能由自])|"
    r"有(?:什么|何|哪些)(?:不同|区别|差别|差异)"
)
#: Share of what the best item holds of the question that another of its list holds, if it is compared too.
_COMPARED_TOO = 0.4


def _compares(asked: AskedFor) -> bool:
    return _COMPARED.search(asked.normalised) is not None


def _has_part(ranked: Ranked, best: int, index: int) -> bool:
    """Whether an item tells of what is compared, as far as words say: as the best one does, or of another."""
    weights = ranked.weights
    first = held_terms(ranked.candidates[best].text)
    held = held_terms(ranked.candidates[index].text)
    if weights.share(held) >= _COMPARED_TOO * weights.share(first):
        return True
    return weights.share(first | held) - weights.share(first) >= NEW_PART


#: So a sentence opens that tells of what stands before it.
_REFERS_BACK = re.compile(
    r"\s*(?:(?:it|its|he|his|she|her|they|their)\b|该|其(?![他它余次实])|它|[他她](?!人))",
    re.IGNORECASE,
)


def _refers_back(candidate: Candidate) -> bool:
    return _REFERS_BACK.match(candidate.text) is not None


def _framed(candidate: Candidate) -> frozenset[str]:
    return held_terms(candidate.told) | held_terms(candidate.frame)


def _only_introduces(asked: AskedFor, ranked: Ranked, best: int) -> bool:
    """Whether the best sentence says no more than what will follow: "The box contains:".

    In Chinese a clause may tell a figure, a date or a name before the colon: it is no answer only where it
    holds none that could be meant.
    """
    text = ranked.candidates[best].text.rstrip()
    if not text.endswith((":", "：")):
        return False
    if not asked.language.startswith("zh"):
        return True
    return best_typed_span(asked, text, ranked.weights) is None


def _are_marked(ranked: Ranked, items: list[int]) -> bool:
    return bool(items) and marker_of(ranked.candidates[items[0]].text) is not None
