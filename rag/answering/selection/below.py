"""What stands below a line that asks or heads a text: a question is no answer, and a heading is none either."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.document_order import between, next_in_document, opens_line
from rag.answering.selection.enumerations import marker_of
from rag.records import Passage

__all__ = ["asks", "instead_of", "is_bare_title", "says_only_yes"]

_ASKS = re.compile(r"[?？][\s*_\"”’」』）)]*$")
_MARKED_AS_QUESTION = re.compile(
    r"[\s*_#]*(?:[问問]|q(?:uestion)?)\s*\d{0,3}\s*[:：.]", re.IGNORECASE
)
#: The 答 of a question that is answered by yes or no, when it says no more than that.
_ONLY_YES = re.compile(
    r"[\s*_]*(?:(?:答|a|answer)\s*[:：][\s*_]*)?(?:不|没)?(?:可以|可|支持|能|能够|是|是的|有|需要|要|会|行|对|yes|no|可以的)"
    r"[\s。.!！,，;；*_]*",
    re.IGNORECASE,
)
_SHORT_LINE = re.compile(r"[\u4e00-\u9fff]{2,12}")
#: A title that holds a figure, a row or a field tells something; the colon behind a long lead is a headline's.
_HELD_BY_NO_TITLE = re.compile(r"\d|、|^[^:：]{1,8}[:：]\s*\S")
_WHEN = re.compile(
    r"\d{4}\s*年(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*[日号])?|\d{1,2}\s*月\s*\d{1,2}\s*[日号]"
)


def asks(passages: Sequence[Passage], candidate: Candidate) -> bool:
    """Whether a sentence is a question that a document puts to answer it itself, on a line of its own."""
    if not _ASKS.search(candidate.text):
        return False
    return bool(_MARKED_AS_QUESTION.match(candidate.text)) or opens_line(passages, candidate)


def says_only_yes(text: str) -> bool:
    """Whether a sentence is no more than yes, as 答：支持 is."""
    return _ONLY_YES.fullmatch(text) is not None


def instead_of(
    asked: AskedFor, ranked: Ranked, index: int, passages: Sequence[Passage]
) -> int | None:
    """The sentence right below one that asks, or that is like a heading of it; None where it may stay."""
    candidate = ranked.candidates[index]
    asking = asks(passages, candidate)
    if not asking and not _like_heading(asked, ranked, candidate):
        return None
    below = next_in_document(ranked, index, passages)
    if below is None:
        return None
    under = ranked.candidates[below]
    if asking:
        return None if asks(passages, under) else below
    gap = between(passages, candidate, under)
    alone = gap is not None and "\n" in gap and opens_line(passages, candidate)
    return below if alone and not _SHORT_LINE.fullmatch(under.text) else None


def _like_heading(asked: AskedFor, ranked: Ranked, candidate: Candidate) -> bool:
    """Whether a short line says nothing but what was asked about: 专业技能 to 会哪些技能."""
    if not (asked.many or asked.kind == "thing"):
        return False
    if not _SHORT_LINE.fullmatch(candidate.text) or marker_of(candidate.text) is not None:
        return False
    return ranked.weights.share(held_terms(candidate.text)) > 0


def is_bare_title(asked: AskedFor, candidate: Candidate, passages: Sequence[Passage]) -> bool:
    """Whether a sentence is its document's title and holds nothing that a thing or a list could be told by.

    The day or the year that it names tells neither.
    """
    if candidate.passage >= len(passages) or not (asked.many or asked.kind == "thing"):
        return False
    title = passages[candidate.passage].title or ""
    text = candidate.text.strip("#*_ \t\u3000")
    if " ".join(text.split()) != " ".join(title.split()):
        return False
    told = text if asked.kind == "date" else _WHEN.sub("", text)
    return not _HELD_BY_NO_TITLE.search(told)
