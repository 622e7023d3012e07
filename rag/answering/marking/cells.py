"""The cell of a table's row that answers."""

from __future__ import annotations

import re

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.spans_near import best_typed_span
from rag.answering.evidence.term_weights import Weights
from rag.answering.evidence.texts import held_terms
from rag.answering.marking.edges import EDGES, trimmed
from rag.answering.question.analysis import AskedFor
from rag.answering.tables.row_asked import named_in
from rag.answering.tables.rows import cells_of
from rag.normalization import normalize

__all__ = ["cell_asked"]

# What names a row, is found by its form; a figure may stand in its cell without its unit.
_TOLD_BY_FORM = frozenset({"date", "person", "place", "organisation"})


def cell_asked(asked: AskedFor, candidate: Candidate, weights: Weights) -> tuple[int, int] | None:
    """The cell of a table's row under the head that is asked for: which region, or else the most alike one.

    What the question tells itself does not answer it: which region has 18 farms is answered by the row's
    name. None outside of tables, where no head is named, or several as well, and where another cell is of
    the kind that was asked for.
    """
    if not candidate.head:
        return None
    heads = [normalize(candidate.head[start:end]) for start, end in cells_of(candidate.head)]
    cells = cells_of(candidate.text)
    if len(heads) != len(cells):
        return None
    shares = [weights.share(held_terms(head)) for head in heads]
    shown = [normalize(candidate.text[start:end].strip(EDGES)) for start, end in cells]
    told = [bool(text) and named_in(asked.normalised, text) for text in shown]
    named = [i for i in range(1, len(cells)) if shares[i]]
    open_ = [i for i in named if not told[i]] or named
    best = max((shares[i] for i in open_), default=0.0)
    alike = [i for i in open_ if shares[i] == best]
    which = _which_head(asked.normalised, heads)
    if which is None and all(told[i] for i in named):
        which = _head_meant(asked.normalised, heads)
    # Which region has 19 farms: of a row with 9 farms that figure says most; an empty cell says nothing.
    denied = bool(asked.figures) and not any(told)
    lacks = bool(named) and not any(shown[i] for i in named)
    if which is not None and shown[which] and not (told[which] or denied or lacks):
        return trimmed(candidate.text, *cells[which])
    if len(alike) != 1:
        return None
    start, end = cells[alike[0]]
    if not denied and _answered_apart(asked, candidate.text, (start, end), weights):
        return None
    if asked.kind == "figure" and asked.units and _MONEY.search(candidate.text[start:end]):
        return None  # people are not counted in dollars
    if told[alike[0]]:
        start, end = cells[0]
    return trimmed(candidate.text, start, end)


def _answered_apart(asked: AskedFor, text: str, cell: tuple[int, int], weights: Weights) -> bool:
    """Whether not this cell but another holds what is told by its form."""
    if asked.kind not in _TOLD_BY_FORM:
        return False
    typed = best_typed_span(asked, text, weights)
    if typed is None or (cell[0] < typed[1] and typed[0] < cell[1]):
        return False
    return best_typed_span(asked, text[slice(*cell)], weights) is None


_MONEY = re.compile(r"[$€£]\s*\d")
_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:(?:is|are|was|were)\s+the\s+)?(?!(?:is|are|was|were|do|does|did)\b)([a-z]+)(?:\s+([a-z]+))?"
)
_WHICH_ZH = r"哪[一两几些]?[个個家位项項所座条條名种種]?"


def _which_head(question: str, heads: list[str]) -> int | None:
    """The one head whose column a question asks for by its name: which region, what is the price, 哪个区."""
    asks = _WHICH.search(question)
    wanted = [" ".join(asks.groups("")).strip(), asks.group(1)] if asks else []
    for words in wanted:
        noun = re.compile(rf"\b{re.escape(words.removesuffix('s'))}s?\b")
        found = [i for i, head in enumerate(heads) if noun.search(head)]
        if len(found) == 1:
            return found[0]
    found = [
        i
        for i, head in enumerate(heads)
        if not head.isascii() and re.search(_WHICH_ZH + re.escape(head.strip()), question)
    ]
    return found[0] if len(found) == 1 else None


#: What a question asks and the column that tells it, in Chinese tables.
_MEANT = tuple(
    (re.compile(asks), re.compile(head))
    for asks, head in (
        (
            "怎么办|(?:怎么|如何|怎样|咋)(?:办|处理|解决|排除|应对|修)",
            "处理|措施|解决|对策|办法|方法|排除",
        ),
        (
            "(?:是|有|出了?)什么(?:故障|问题|毛病|意思|含义)|什么意思|代表什么|表示什么",
            "含义|故障|现象|意思|说明",
        ),
        ("什么原因|为什么|为何", "原因"),
        ("谁", "姓名|负责人|责任人|联系人|经办人"),
        ("什么时[候间]|何时|哪天|几号|截止", "日期|时间|时限|期限"),
    )
)


def _head_meant(question: str, heads: list[str]) -> int | None:
    """The one head, not the first, whose column tells what a Chinese question asks in other words."""
    for asks, head in _MEANT:
        if asks.search(question):
            found = [i for i, name in enumerate(heads) if i and head.search(name)]
            return found[0] if len(found) == 1 else None
    return None
