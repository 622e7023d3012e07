"""The numbered steps that say how something is done."""

from __future__ import annotations

import re

from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.document_order import of_one_document

__all__ = ["are_steps", "steps_around", "wants_steps"]

_NUMBERED = re.compile(r"\s*[(（]?(\d{1,2})[.)）]\s")
#: "How did the talks end?" is told in one sentence; "how do I clean the filter?" in steps.
_TOLD_AT_ONCE = re.compile(r"how (?:did|does|was|were|is|are|has|have|had)\b")


def wants_steps(asked: AskedFor) -> bool:
    """Whether a question in another language than Chinese asks how something is done, or for a list."""
    if asked.language.startswith("zh"):
        return False
    return asked.many or (asked.kind == "manner" and not _TOLD_AT_ONCE.search(asked.normalised))


def steps_around(ranked: Ranked, best: int) -> list[int]:
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


def are_steps(ranked: Ranked, items: list[int]) -> bool:
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
