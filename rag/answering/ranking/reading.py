"""The reader's view of candidate sentences: what it is given to read of each, and without which year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from rag.answering.evidence.candidates import Candidate
from rag.answering.mentions.spans import years_in
from rag.answering.question.analysis import AskedFor, analyse
from rag.normalization import normalize

if TYPE_CHECKING:
    from rag.answering.reader.model import ReaderInput, ReaderScore

__all__ = ["SentenceReader", "parts_of", "read", "readable"]

#: Longer sentences are read in parts, in characters of about one piece each (Han) or five (Latin).
_PART = 110
_CUT = re.compile(r"[,，、；;：:。!?！？]|\s")


class SentenceReader(Protocol):
    """What is needed of :class:`rag.answering.reader.model.Reader`."""

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        """Judge each candidate; ``adapted`` where they are in other languages than Chinese."""
        ...


# The reader has learned nothing of these scripts that are written without spaces: Lao, Tibetan,
# Burmese, Khmer. Thai it reads well enough to help: right one first 53 with it, 44 without, of 100.
_UNREAD = re.compile("[\u0e80-\u0eff\u0f00-\u109f\u1780-\u17ff]")


def readable(asked: AskedFor, candidates: Sequence[Candidate]) -> bool:
    """Whether the reader knows the script of the question and of the best passage."""
    text = asked.text + candidates[0].told
    return 4 * len(_UNREAD.findall(text)) < len(text)


def read(
    reader: SentenceReader, question: str, candidates: Sequence[Candidate], family: str
) -> list[ReaderScore]:
    """The reader's view of each candidate; a long sentence is read in parts and its best one counts.

    The family (:func:`rag.answering.scoring.families.family_of`) says whether it reads with its adapter. It
    sees no dates: sentences of a document whose date tells the year that a Chinese question names are read
    for the question without it.
    """
    undated, dated = _without_its_year(question)
    told = [
        bool(dated) and (c.published or "")[:4] == dated and not years_in(normalize(c.told))
        for c in candidates
    ]
    scores: list[ReaderScore | None] = [None] * len(candidates)
    for asked, of_its_year in ((question, False), (undated, True)):
        places = [i for i, one in enumerate(told) if one == of_its_year]
        found = _read(reader, asked, [candidates[i] for i in places], family) if places else []
        for place, score in zip(places, found, strict=True):
            scores[place] = score
    return [score for score in scores if score is not None]


#: With what belongs to it; 2022年以前, 2022年前 and 2022年起 are times of their own, 2022年前三季度 is not. Of
#: 2022年底 年底 stays.
_YEAR = re.compile(
    r"(?:截[至止]|[在到])?(?P<year>20\d\d|19\d\d)(?:(?=年(?:[底末]|初(?![中级等])))|年度?的?"
    r"(?![底末代起至到]|初(?![中级等])|[以之][前后後来來]|前(?![一二三四五六七八九十\d半])|[后後]))"
)


def _without_its_year(question: str) -> tuple[str, str]:
    """A Chinese question without the year that it names, and that year; "" unless it names just one."""
    asked = analyse(question)
    found = _YEAR.search(question)
    if len(asked.years) != 1 or found is None or not asked.language.startswith("zh"):
        return question, ""
    return question[: found.start()] + question[found.end() :], found["year"]


def _read(
    reader: SentenceReader, question: str, candidates: Sequence[Candidate], family: str
) -> list[ReaderScore]:
    from rag.answering.reader.model import ReaderInput

    inputs: list[ReaderInput] = []
    owners: list[tuple[int, int]] = []
    for index, candidate in enumerate(candidates):
        before = " ".join(part for part in (candidate.frame, candidate.before) if part)
        told = candidate.told
        for start, end in parts_of(told):
            lead = before if start == 0 else f"{candidate.frame} {told[:start]}"
            after = candidate.after if end == len(told) else told[end:]
            inputs.append(ReaderInput(told[start:end], lead, after))
            owners.append((index, start))
    best: list[ReaderScore | None] = [None] * len(candidates)
    scores = reader.score(question, inputs, adapted=bool(family))
    for (index, start), score in zip(owners, scores, strict=True):
        known = best[index]
        if known is None or score.relevance > known.relevance:
            span = score.span
            if span is not None:
                row = candidates[index].row
                span = (span[0] + start, span[1] + start)
                span = span if row is None else row.in_row(span)
            best[index] = replace(score, span=span)
    return [score for score in best if score is not None]


def parts_of(text: str) -> list[tuple[int, int]]:
    """A sentence as one span, or a long one as neighbouring spans of whole clauses."""
    limit = _PART if _dense_script(text) else 5 * _PART
    if len(text) <= limit * 1.3:
        return [(0, len(text))]
    parts = []
    start = 0
    while len(text) - start > limit * 1.3:
        cut = 0
        for match in _CUT.finditer(text, start + limit // 2, start + limit):
            cut = match.end()
        cut = cut or start + limit
        parts.append((start, cut))
        start = cut
    parts.append((start, len(text)))
    return parts


def _dense_script(text: str) -> bool:
    """Whether a character is about a piece: scripts written without spaces."""
    return sum(character > "\u0e00" for character in text) * 2 > len(text)
