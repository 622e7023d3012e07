"""Answers in lists of questions and answers, 问：… 答：…."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import analyse
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.document_order import between, of_one_document
from rag.index.terms import terms
from rag.records import Passage

__all__ = ["opening_of"]

_ANSWER_MARK = re.compile(r"[\s*_]*(?:答|a(?:nswer)?)[*_]*\s*[:：]", re.IGNORECASE)
_QUESTION_MARK = re.compile(
    r"[\s*_#]*(?:[问問]|q(?:uestion)?)\s*\d{0,3}[*_]*\s*[:：.]", re.IGNORECASE
)
#: Share of the one question's words that the other holds, if both ask the same.
_SAME_QUESTION = 0.5


def opening_of(ranked: Ranked, best: int, passages: Sequence[Passage]) -> list[int]:
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
