"""How many sentences an answer has: the one that answers, and others only where they add."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.document_order import between, next_in_document, of_one_document
from rag.answering.enumerations import list_goes_on, marker_of
from rag.answering.evidence import Candidate, best_typed_span, held_terms
from rag.answering.figures import Figure, find_figures, same_unit
from rag.answering.named_items import (
    Items,
    asked_among,
    items_asked,
    items_named,
    of_another_item,
)
from rag.answering.question import AskedFor, analyse
from rag.answering.ranking import Ranked, row
from rag.answering.table_rows import cells_of
from rag.answering.what_is_below import asks, instead_of, is_bare_title, says_only_yes
from rag.index.terms import terms
from rag.records import Passage
from rag.retrieval.grouping import resemblance

__all__ = ["Selection", "head_of_list", "select"]

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
        for index in _other_values(asked, ranked, best, passages)
        if not _refers_back(ranked.candidates[index])
    ]
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
        following = list_goes_on(ranked, best, passages)
        if not asked.many and asked.language.startswith("zh"):
            following = following if _are_marked(ranked, following) else []
        if _compares(asked) and marker_of(ranked.candidates[best].text) is not None:
            following = [i for i in following if _has_part(ranked, best, i)]
        chosen += following or (_rows_alike(asked, ranked, best) if asked.many else [])
        if len(chosen) > 1:
            return Selection(_in_order(ranked, chosen), listed=True)
    opening = _opening(ranked, best, passages)
    if opening and len(opening) < limit:
        return Selection((*opening, best))
    if says_only_yes(ranked.candidates[best].text):
        more = next_in_document(ranked, best, passages)
        if more is not None and not asks(passages, ranked.candidates[more]):
            return Selection((best, more))
    top = max(float(ranked.logits[best]), float(ranked.logits[ranked.order[0]]))
    named = items_asked(asked.text)
    around = _items_around(ranked, best, passages) if named else {}
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
        if _is_of_another(ranked, best, index, named, around, passages):
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
    return Selection(tuple(chosen))


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
    best = _of_asked_item(asked, ranked, best)
    below = instead_of(asked, ranked, best, passages)
    if below is None:
        return best
    if asks(passages, ranked.candidates[best]):
        # 忘记密码怎么办 is like 忘打卡怎么办, but a sentence on 打卡 has more of its words.
        plain = (i for i in ranked.order if not asks(passages, ranked.candidates[i]))
        other = next((i for i in plain if i != below), below)
        both = ranked.candidates[best].text + ranked.candidates[below].text
        if _share(ranked, ranked.candidates[other].text) > _share(ranked, both):
            return other
    return below


def _of_asked_item(asked: AskedFor, ranked: Ranked, best: int) -> int:
    """The sentence itself, or, if it names other items than those asked for, the first near it that names one.

    Of three models, two of which are compared, the third may have more of what is asked for.
    """
    named = items_asked(asked.text)
    if not of_another_item(named, named, items_named(ranked.candidates[best].text), None):
        return best
    near = (i for i in ranked.order if ranked.logits[i] >= ranked.logits[best] - 2 * NEAR)
    texts = ((i, ranked.candidates[i].text) for i in near)
    return next((i for i, text in texts if asked_among(named, items_named(text))), best)


def _share(ranked: Ranked, text: str) -> float:
    return ranked.weights.share(held_terms(text))


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


#: Share of the question's worth that a cell holds, if the rows with the same in their cells are asked for.
_IN_CELL = 0.15


#: A question for all that a column holds: which modes does the lamp have, what are the modes of the lamp?
_COLUMN_ASKED = re.compile(
    r"^(?:and |so )?(?:(?:which|what) (?P<has>[\w-]+s) "
    r"(?:are there\b|exist\b|(?:has|have) (?:the|our|my) [^?,]+$|"
    r"(?:do|does|did) [^?,]+ (?:have|offer|know|list|include|come (?:in|with))\s*(?:[?.]|$))|"
    r"(?:what are|list|name|which are) (?:all )?(?:of )?the (?P<list>[\w-]+s) (?:of|on|in|for)\b)"
)


def _rows_alike(asked: AskedFor, ranked: Ranked, best: int) -> list[int]:
    """The other rows of the best row's table that answer as well: which codes call for the service?

    In their column stands all that the cell of the best row holds of the question that holds most of it. Where
    the name of a column is asked for in the plural, and no cell tells more, all rows answer.
    """
    candidate = ranked.candidates[best]
    weights = ranked.weights
    if candidate.row is None:
        return []
    cells = [held_terms(candidate.text[start:end]) for start, end in cells_of(candidate.text)]
    shares = [weights.share(cell) for cell in cells]
    column = shares.index(max(shares))
    if shares[column] < _IN_CELL:
        return _rows_of_column(asked, ranked, best)
    wanted = [term for term in weights.worth if weights.met(term, cells[column])]
    found = []
    for index in of_one_document(ranked, best):
        other = ranked.candidates[index]
        if index == best or other.row is None or other.head != candidate.head:
            continue
        start, end = cells_of(other.text)[column]
        held = held_terms(other.text[start:end])
        if all(weights.met(term, held) for term in wanted):
            found.append(index)
    return found


def _rows_of_column(asked: AskedFor, ranked: Ranked, best: int) -> list[int]:
    """The other rows of the best row's table, where the question asks for all that a column of it holds."""
    wanted = _COLUMN_ASKED.match(asked.normalised) if asked.language == "en" else None
    if wanted is None:
        return []
    candidate = ranked.candidates[best]
    names = [held_terms(candidate.head[start:end]) for start, end in cells_of(candidate.head)]
    noun = held_terms(wanted["has"] or wanted["list"])
    if not any(all(ranked.weights.met(term, name) for term in noun) for name in names):
        return []
    # A table with the same columns may stand there for another device, which the question does not name.
    above = _share(ranked, candidate.frame)
    return [
        i
        for i in of_one_document(ranked, best)
        if i != best
        and ranked.candidates[i].head == candidate.head
        and _share(ranked, ranked.candidates[i].frame) >= above
    ]


_ANSWER_MARK = re.compile(r"[\s*_]*(?:答|a(?:nswer)?)[*_]*\s*[:：]", re.IGNORECASE)
_QUESTION_MARK = re.compile(
    r"[\s*_#]*(?:[问問]|q(?:uestion)?)\s*\d{0,3}[*_]*\s*[:：.]", re.IGNORECASE
)
#: Share of the one question's words that the other holds, if both ask the same.
_SAME_QUESTION = 0.5


def _opening(ranked: Ranked, best: int, passages: Sequence[Passage]) -> list[int]:
    """The sentences before the best one in its answer of a list of questions; empty if another is asked.

    A：普通读者证免押金。须办理专业读者证的，押金300元。 answers by its first sentence whether one pays.
    """
    same = of_one_document(ranked, best)
    opening: list[int] = []
    last = best
    for index in reversed(same[: same.index(best)]):
        text = ranked.candidates[last].text
        if _QUESTION_MARK.match(ranked.candidates[index].text):
            both = _same_question(ranked, ranked.candidates[index].text)
            return opening[::-1] if both and _ANSWER_MARK.match(text) else []
        gap = between(passages, ranked.candidates[index], ranked.candidates[last])
        if _ANSWER_MARK.match(text) or gap is None or "\n" in gap:
            return []
        opening.append(index)
        last = index
    return []


def _same_question(ranked: Ranked, text: str) -> bool:
    """Whether a line of a document asks what was asked, as far as words say."""
    weights = ranked.weights
    words = _QUESTION_MARK.sub("", text)
    if weights.share(held_terms(words)) < _SAME_QUESTION:
        return False
    theirs = set(terms(analyse(words).content))
    return 2 * sum(term in weights.worth for term in theirs) >= len(theirs)


#: So a sentence opens that tells of what stands before it.
_REFERS_BACK = re.compile(
    r"\s*(?:(?:it|its|he|his|she|her|they|their)\b|该|其(?![他它余次实])|它|[他她](?!人))",
    re.IGNORECASE,
)


def _refers_back(candidate: Candidate) -> bool:
    return _REFERS_BACK.match(candidate.text) is not None


def _items_around(ranked: Ranked, index: int, passages: Sequence[Passage]) -> Items:
    """The items that a sentence, its frame, its passage and its source name."""
    candidate = ranked.candidates[index]
    around = [candidate.text, candidate.frame]
    if candidate.passage < len(passages):
        passage = passages[candidate.passage]
        around += [passage.text, passage.source]
    return items_named("\n".join(around))


def _is_of_another(
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
    theirs = _items_around(ranked, index, passages) if elsewhere else None
    return of_another_item(named, around, items_named(candidate.text), theirs)


def _framed(candidate: Candidate) -> frozenset[str]:
    return held_terms(candidate.told) | held_terms(candidate.frame)


_NUMBERED = re.compile(r"\s*[(（]?(\d{1,2})[.)）]\s")
#: "How did the talks end?" is told in one sentence; "how do I clean the filter?" in steps.
_TOLD_AT_ONCE = re.compile(r"how (?:did|does|was|were|is|are|has|have|had)\b")


def _wants_steps(asked: AskedFor) -> bool:
    if asked.language.startswith("zh"):
        return False
    return asked.many or (asked.kind == "manner" and not _TOLD_AT_ONCE.search(asked.normalised))


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


def _steps(ranked: Ranked, best: int) -> list[int]:
    """The numbered steps from the first that the best sentence is among; empty where it is no step.

    A sentence right behind a step, on its line, belongs to it.
    """
    steps: list[int] = []
    last = end = 0
    for index in of_one_document(ranked, best):
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


def _other_values(
    asked: AskedFor, ranked: Ranked, best: int, passages: Sequence[Passage]
) -> list[int]:
    """Sentences of other documents that give another value of the same measure, the likeliest first."""
    value = _value(asked, ranked, best)
    if asked.kind not in _MEASURED or asked.years or value is None:
        return []
    named = items_asked(asked.text)
    around = _items_around(ranked, best, passages) if named else {}
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
        if _is_of_another(ranked, best, index, named, around, passages):
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
