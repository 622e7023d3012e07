"""Other rows of a table that answer as the best one does."""

from __future__ import annotations

import re

from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked, share_of
from rag.answering.selection.document_order import of_one_document
from rag.answering.tables.rows import cells_of

__all__ = ["rows_alike"]


#: Share of the question's worth that a cell holds, if the rows with the same in their cells are asked for.
_IN_CELL = 0.15


#: A question for all that a column holds: which modes does the lamp have, what are the modes of the lamp?
_COLUMN_ASKED = re.compile(
    r"^(?:and |so )?(?:(?:which|what) (?P<has>[\w-]+s) "
    r"(?:are there\b|exist\b|(?:has|have) (?:the|our|my) [^?,]+$|"
    r"(?:do|does|did) [^?,]+ (?:have|offer|know|list|include|come (?:in|with))\s*(?:[?.]|$))|"
    r"(?:what are|list|name|which are) (?:all )?(?:of )?the (?P<list>[\w-]+s) (?:of|on|in|for)\b)"
)


def rows_alike(asked: AskedFor, ranked: Ranked, best: int) -> list[int]:
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
    above = share_of(ranked, candidate.frame)
    return [
        i
        for i in of_one_document(ranked, best)
        if i != best
        and ranked.candidates[i].head == candidate.head
        and share_of(ranked, ranked.candidates[i].frame) >= above
    ]
