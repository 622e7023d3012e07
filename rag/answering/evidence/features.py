"""What can be told about each candidate sentence as an answer, in numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.candidates import CONTEXT, Candidate
from rag.answering.evidence.feature_names import FEATURES, INDEX
from rag.answering.evidence.nearness import Nearness
from rag.answering.evidence.passages import names_others, places_lacking, years_of
from rag.answering.evidence.spans_near import best_typed_span
from rag.answering.evidence.term_weights import Weights, focus_share
from rag.answering.evidence.texts import clause_terms, held_terms, normalised_text
from rag.answering.evidence.translations import names_lacking, script_of, translated_shares
from rag.answering.evidence.unfit import Unfit
from rag.answering.mentions.places import Place, places_of
from rag.answering.mentions.spans import FIGURES, figures_in, years_in
from rag.answering.near_misses.list_length import lacks_items
from rag.answering.near_misses.unit import lacks_unit
from rag.answering.question.analysis import AskedFor, focus_phrase
from rag.answering.question.kinds import ACCEPTED
from rag.answering.tables.row_asked import RowAsked, rows_asked
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.language import text_script

if TYPE_CHECKING:
    from rag.answering.reader.model import ReaderScore

__all__ = ["features_of"]

Floats = npt.NDArray[np.float32]

_CLOSED = re.compile(r"[。！？!?.…;；:：”」』\"')）»।۔؟]\s*$")
_ASKS = re.compile(r"[?？؟]\s*[”」\"]?$")
_REASON = re.compile(
    r"因为|由于|原因|因而|因此|所以|为了|为的是|目的|旨在|以便|以免|导致|使得|\bbecause\b|\bdue to\b|\bsince\b|"
    r"\bin order to\b|\bas a result\b|\breason\b|\bso that\b|\bcaused?\b|weil|parce|porque|потому|"
    r"ため|から|때문|เพราะ|เนื่องจาก|لان|بسبب"
)
_ITEMS = re.compile(r"[、;；]|[一二三四五六七八九]是|, (?:and )?|[“「《]")


#: What a sentence lacks that holds no span of the asked kind.
_LACKS = {
    "figure": "amount_lack",
    "money": "amount_lack",
    "percent": "amount_lack",
    "duration": "amount_lack",
    "rank": "amount_lack",
    "date": "date_lack",
    "person": "person_lack",
}


def features_of(
    asked: AskedFor,
    candidates: Sequence[Candidate],
    passages: Sequence[Passage],
    *,
    weights: Weights,
    nearness: Nearness | None = None,
    reader: Sequence[ReaderScore] | None = None,
) -> Floats:
    """What is told about each candidate, *shape* (len(candidates), len(FEATURES)).

    Args:
        asked: The question.
        candidates: Its candidate sentences.
        passages: Where they stand.
        weights: From :func:`rag.answering.evidence.term_weights.weigh`.
        nearness: In meaning; None without an embedder.
        reader: What the reader thinks of each; None without a reader.
    """
    table = np.zeros((len(candidates), len(FEATURES)), np.float32)
    if not len(candidates):
        return table
    known = _Known(asked, passages, weights)
    rows = rows_asked(asked.normalised, candidates)
    for row, candidate, named in zip(table, candidates, rows, strict=True):
        for name, value in known.of(candidate, named).items():
            row[INDEX[name]] = value
    table[:, INDEX["sentence_lead"]] = _lead(table[:, INDEX["sentence"]])
    if nearness is not None:
        _add_nearness(table, candidates, nearness, len(passages))
    if reader is not None:
        _add_reader(table, reader)
    return table


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A candidate and where it stands, taken apart once.

    Attributes:
        held: Its terms.
        around: And those of its neighbours.
        framed: And those of title and heading.
        normalised: What it says.
        context: And title, heading and what stands before it, normalised.
        figures: Whether it is the row of a table with figures, whose units may stand in the head.
    """

    candidate: Candidate
    passage: Passage
    held: frozenset[str]
    around: frozenset[str]
    framed: frozenset[str]
    normalised: str
    context: str
    figures: bool

    @classmethod
    def of(cls, candidate: Candidate, passage: Passage) -> _Sentence:
        held = held_terms(candidate.told)
        around = held | held_terms(candidate.before) | held_terms(candidate.after)
        normalised = normalised_text(candidate.told)
        return cls(
            candidate=candidate,
            passage=passage,
            held=held,
            around=around,
            framed=around | held_terms(candidate.frame),
            normalised=normalised,
            context=normalize(f"{candidate.frame} {candidate.before[-CONTEXT:]} ") + normalised,
            figures=candidate.row is not None and candidate.row.figures,
        )


class _Known:
    """What is known of a question and its passages before any sentence is looked at."""

    def __init__(self, asked: AskedFor, passages: Sequence[Passage], weights: Weights) -> None:
        self._asked = asked
        self._passages = passages
        self._weights = weights
        self._first = max(passages[0].score, 1e-6)
        self._whole = [weights.share(held_terms(passage.text)) for passage in passages]
        self._focused = [focus_share(weights, held_terms(passage.text)) for passage in passages]
        self._terms = held_terms(asked.normalised)
        self._accepted = ACCEPTED.get(asked.kind)
        self._script = script_of(asked.language)
        self._phrase = focus_phrase(asked)
        self._places: Sequence[Place] = places_of(
            asked.places, asked.normalised, (normalised_text(passage.text) for passage in passages)
        )
        self._lacking = places_lacking(self._places, passages) if self._places else []
        self._unfit = Unfit(asked, passages)

    def of(self, candidate: Candidate, named: RowAsked) -> dict[str, float]:
        """What is told about one candidate by its words, its form and its place."""
        one = _Sentence.of(candidate, self._passages[candidate.passage])
        found = self._words(one) | self._form(one) | self._kind(one) | self._setting(one)
        found["row_named"] = float(named.named)
        found["row_other"] = float(named.another)
        found["column_named"] = float(named.column)
        there = text_script(candidate.told)
        cross = bool(self._script and there) and self._script != there
        found["cross"] = float(cross)
        if cross and self._weights.foreign:
            found |= translated_shares(candidate, one.passage, self._weights)
        return found

    def _words(self, one: _Sentence) -> dict[str, float]:
        """What of the question's words the sentence and its surroundings hold."""
        weights, place = self._weights, one.candidate.passage
        share = weights.share(one.held)
        found = {
            "sentence": share,
            "window": weights.share(one.around),
            "framed": weights.share(one.framed),
            "passage": self._whole[place],
            "clause": _best_clauses(one.normalised, weights) if share else 0.0,
            "focus": focus_share(weights, one.held),
            "focus_passage": self._focused[place],
            "phrase": float(len(self._phrase) > 1 and self._phrase in one.normalised),
            "score": min(max(one.passage.score / self._first, 0.0), 1.0),
            "rank": 1 / (1 + place),
        }
        if weights.rare:
            rare = len(weights.rare)
            found["rare"] = sum(weights.met(t, one.held) for t in weights.rare) / rare
            found["rare_framed"] = sum(weights.met(t, one.framed) for t in weights.rare) / rare
        if one.held:
            found["news"] = len(one.held - self._terms) / len(one.held)
        return found

    def _form(self, one: _Sentence) -> dict[str, float]:
        """How the sentence is built: its length, whether it is closed, asks, lists or reasons."""
        told = one.candidate.told
        found = {
            "length": math.log(len(told) + 1) / 5,
            "fragment": float(not _CLOSED.search(told)),
            "interrogative": float(bool(_ASKS.search(told))),
        }
        if self._asked.many:
            found["items"] = min(len(_ITEMS.findall(told)), 8) / 8
        if self._asked.kind == "reason":
            found["reason"] = float(bool(_REASON.search(one.normalised)))
        return found

    def _kind(self, one: _Sentence) -> dict[str, float]:
        """Whether it holds what is of the asked kind, in the asked unit, as many as asked for."""
        asked = self._asked
        found = {"unit_lack": float(not one.figures and lacks_unit(asked, one.normalised))}
        if asked.many:
            following = normalised_text(one.candidate.after[:CONTEXT])
            found["items_lack"] = float(lacks_items(asked, one.normalised, following))
        if self._accepted is None:
            return found | {"untyped": 1.0}
        span = best_typed_span(asked, one.candidate.told, self._weights)
        if span is not None:
            return found | {"typed": 1.0, "near": span[2]}
        if one.figures and asked.kind in FIGURES:
            return found | {"typed": 1.0}
        lack = _LACKS.get(asked.kind)
        return found | {lack: 1.0} if lack else found

    def _setting(self, one: _Sentence) -> dict[str, float]:
        """Whether it tells of the years, figures, names and places asked about, or of others."""
        asked, candidate = self._asked, one.candidate
        found: dict[str, float] = {}
        if asked.years:
            told = years_in(one.context) | {(candidate.published or "")[:4]}
            own = years_in(one.normalised)
            found["years_lack"] = float(not asked.years <= told)
            found["years_clash"] = float(bool(own) and not asked.years & own)
            found["years_far"] = float(not asked.years & years_of(one.passage))
        if asked.figures:
            told = figures_in(one.context + normalize(candidate.after[:CONTEXT]))
            found["figures_lack"] = len(asked.figures - told) / len(asked.figures)
        if asked.names:
            found["names_lack"] = names_lacking(asked, one.context, one.passage, self._weights)
        if self._places and text_script(candidate.told) == "han":
            near = f"{one.passage.heading or ''} {candidate.before} {candidate.told}"
            found["place_lack"], found["place_far"] = self._lacking[candidate.passage]
            found["place_clash"] = float(names_others(self._places, normalised_text(near)))
        found["unfit"] = float(self._unfit(candidate, one.normalised, one.context, one.figures))
        return found


def _add_nearness(
    table: Floats, candidates: Sequence[Candidate], nearness: Nearness, passages: int
) -> None:
    """Fill in what is told by nearness in meaning."""
    cross = table[:, INDEX["cross"]]
    table[:, INDEX["cosine"]] = nearness.whole
    table[:, INDEX["cosine_lead"]] = _lead(nearness.whole)
    table[:, INDEX["cross_cosine"]] = cross * nearness.whole
    table[:, INDEX["focus_cosine"]] = nearness.focus
    table[:, INDEX["soft"]] = nearness.soft
    table[:, INDEX["soft_lead"]] = _lead(nearness.soft)
    table[:, INDEX["soft_framed"]] = nearness.soft_framed
    table[:, INDEX["soft_focus"]] = nearness.soft_focus
    table[:, INDEX["soft_lack"]] = nearness.soft_lack
    table[:, INDEX["cross_soft"]] = cross * nearness.soft
    best = np.full(passages, -1.0, np.float32)
    where = np.asarray([candidate.passage for candidate in candidates])
    np.maximum.at(best, where, nearness.whole)
    table[:, INDEX["passage_cosine"]] = best[where]


def _add_reader(table: Floats, reader: Sequence[ReaderScore]) -> None:
    """Fill in what the reader thinks."""
    relevance = np.asarray([score.relevance for score in reader], np.float32)
    table[:, INDEX["reader"]] = relevance
    table[:, INDEX["reader_lead"]] = _lead(relevance)
    table[:, INDEX["answerable"]] = [score.answerable for score in reader]
    table[:, INDEX["pointed"]] = [score.span_score for score in reader]
    alike = np.asarray([score.alike for score in reader], np.float32)
    table[:, INDEX["alike"]] = alike
    table[:, INDEX["alike_lead"]] = _lead(alike)
    table[:, INDEX["cross_reader"]] = table[:, INDEX["cross"]] * relevance


def _lead(values: Floats) -> Floats:
    """Each value less the highest of the others; 0 for a single one."""
    if len(values) < 2:
        return np.zeros_like(values)
    order = np.argsort(-values, kind="stable")
    first, second = values[order[0]], values[order[1]]
    lead = values - first
    lead[order[0]] = first - second
    return np.asarray(lead, np.float32)


def _best_clauses(normalised: str, weights: Weights) -> float:
    """Highest share of worth in three neighbouring clauses."""
    return max((weights.share(held) for held in clause_terms(normalised)), default=0.0)
