"""The order of the candidate sentences, best answer first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from rag.answering.evidence import (
    INDEX,
    Candidate,
    Idf,
    Weights,
    candidates_of,
    features_of,
    weigh,
    with_translations,
)
from rag.answering.nearness import nearness_of
from rag.answering.question import AskedFor, analyse
from rag.answering.range_asked import sentence_in_range
from rag.answering.scoring import family_of, has_network, load_network
from rag.answering.spans import years_in
from rag.normalization import normalize
from rag.records import Passage

if TYPE_CHECKING:
    from rag.answering.reader import ReaderInput, ReaderScore
    from rag.embedding import Embedder

__all__ = ["Ranked", "SentenceReader", "rank", "read"]

Floats = npt.NDArray[np.float32]

#: Sentences that the reader looks at; the others keep the order of the plain network behind them.
READ = 24
#: Longer sentences are read in parts, in characters of about one piece each (Han) or five (Latin).
_PART = 110
_CUT = re.compile(r"[,，、；;：:。!?！？]|\s")


class SentenceReader(Protocol):
    """What is needed of :class:`rag.answering.reader.Reader`."""

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        """Judge each candidate; ``adapted`` where they are in other languages than Chinese."""
        ...


@dataclass(frozen=True, slots=True)
class Ranked:
    """The candidates in order of their passages, with what is known about each.

    Attributes:
        order: Indices, best first.
        logits: (n,) of the ranking network.
        table: (n, features).
        spans: The reader's answer span of each in characters of its text, with its probability, or None.
        family: Of the weights that judged them (:func:`rag.answering.scoring.family_of`).
    """

    candidates: list[Candidate]
    order: list[int]
    logits: Floats
    table: Floats
    weights: Weights
    spans: list[tuple[int, int, float] | None]
    family: str
    read: bool


def rank(
    asked: AskedFor,
    passages: Sequence[Passage],
    *,
    idf: Idf,
    embedder: Embedder | None = None,
    reader: SentenceReader | None = None,
) -> Ranked:
    """Rank all sentences of the passages as answers."""
    candidates = candidates_of(passages)
    weights = weigh(asked, passages, idf)
    weights = with_translations(weights, asked, candidates)
    near = None
    if embedder is not None and candidates:
        near = nearness_of(asked, candidates, embedder, idf)
    table = features_of(asked, candidates, passages, weights=weights, nearness=near)
    spans: list[tuple[int, int, float] | None] = [None] * len(candidates)
    family = family_of(candidates)
    if not candidates:
        nothing = np.zeros(0, np.float32)
        return Ranked([], [], nothing, table, weights, spans, family, read=reader is not None)
    # One for all languages: it chooses what is read, and what is read was fitted on its choice.
    logits = load_network("ranking")(table)
    order = [int(i) for i in np.argsort(-logits, kind="stable")]
    if reader is not None and not _readable(asked, candidates):
        reader = None
    if reader is None or not has_network(f"ranking{family}-reader"):
        return Ranked(candidates, order, logits, table, weights, spans, family, read=False)
    head = order[:READ]
    scores = read(reader, asked.text, [candidates[i] for i in head], family)
    read_table = features_of(
        asked,
        [candidates[i] for i in head],
        passages,
        weights=weights,
        nearness=None if near is None else near.of(head),
        reader=scores,
    )
    read_logits = load_network(f"ranking{family}-reader")(read_table)
    table[head] = read_table
    floor = float(read_logits.min()) - 1.0
    tail = order[READ:]
    logits = logits.copy()
    if tail:
        logits[tail] = floor + logits[tail] - float(logits[tail].max())
    logits[head] = read_logits
    for index, score in zip(head, scores, strict=True):
        if score.span is not None:
            spans[index] = (*score.span, score.span_score)
    order = [int(i) for i in np.argsort(-logits, kind="stable")]
    in_range = sentence_in_range(asked.normalised, candidates, order[:READ])
    if in_range is not None:
        order.insert(0, order.pop(order.index(in_range)))
    return Ranked(candidates, order, logits, table, weights, spans, family, read=True)


# The reader has learned nothing of these scripts that are written without spaces: Lao, Tibetan,
# Burmese, Khmer. Thai it reads well enough to help: right one first 53 with it, 44 without, of 100.
_UNREAD = re.compile("[\u0e80-\u0eff\u0f00-\u109f\u1780-\u17ff]")


def _readable(asked: AskedFor, candidates: Sequence[Candidate]) -> bool:
    """Whether the reader knows the script of the question and of the best passage."""
    text = asked.text + candidates[0].told
    return 4 * len(_UNREAD.findall(text)) < len(text)


def read(
    reader: SentenceReader, question: str, candidates: Sequence[Candidate], family: str
) -> list[ReaderScore]:
    """The reader's view of each candidate; a long sentence is read in parts and its best one counts.

    The family (:func:`rag.answering.scoring.family_of`) says whether the reader reads with its adapter. It sees
    no dates: sentences of a document whose date tells the year that a Chinese question names are read for the
    question without it.
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
    from rag.answering.reader import ReaderInput, ReaderScore

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
            best[index] = ReaderScore(score.relevance, score.answerable, span, score.span_score)
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


def row(ranked: Ranked, index: int, name: str) -> float:
    """One feature of one candidate."""
    return float(ranked.table[index, INDEX[name]])
