"""Tie each sentence of a model's answer to the spans that support it, whatever it marked.

For one statement every sentence of the passages is a candidate. Shared content, figures that agree
by value and likeness of meaning order them; a mark of the model's adds a little. More than one is
taken only where each adds something the others do not hold. A bare answer (“172个。”) is read together
with its question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from rag.answering.llm.bibliography import Bibliography
from rag.answering.llm.cells_told import in_another_cell, with_names_apart, with_units
from rag.answering.mentions.figures import Figure, agree, find_figures
from rag.answering.mentions.spans import FIGURES, capitalised, quoted, typed_spans
from rag.answering.mentions.units import is_currency, same_unit
from rag.answering.near_misses.value import lacks_value
from rag.answering.question.analysis import AskedFor, analyse
from rag.answering.question.kinds import ACCEPTED
from rag.answering.support.content import asked_units, content_units, same_script, translated_share
from rag.answering.support.names import names_in
from rag.answering.support.statements import Support, check_support, plain_statement
from rag.answering.tables.heads import table_heads
from rag.answering.tables.rows import ToldRow, told_row
from rag.normalization import normalize, normalize_with_offsets, source_span
from rag.records import Passage, Span

__all__ = ["Aligned", "Evidence", "SourceSentence", "highlight_in"]

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]

# A mark moves a candidate past near ties, never past a clearly better sentence.
_MARK_BONUS = 0.06
_MOST = 3


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence that may be cited: ``text == document.text[start:end]``.

    ``passage`` is the place of its passage in the prompt, from 1; ``head`` that of the table whose
    row it is, ``over`` what the passage says over that table, its own heading first.
    """

    passage: int
    document_id: str
    start: int
    end: int
    text: str
    head: str = ""
    over: str = ""

    @property
    def row(self) -> ToldRow | None:
        """The row of a table as a sentence; None for other text."""
        return told_row(self.head, self.text) if self.head else None

    @property
    def told(self) -> str:
        """What it is compared by: the text, or a row with its columns and what stands over the table."""
        row = self.row
        return self.text if row is None else f"{self.over}{with_units(row)}"


@dataclass(frozen=True, slots=True)
class Aligned:
    """The sentences found for a statement, the strongest first, and how well they support it."""

    sentences: tuple[SourceSentence, ...]
    support: Support


class Evidence:
    """The sentences of a prompt's passages, made ready once for all statements of an answer.

    Args:
        passages: As numbered in the prompt.
        sentences_of: Spans (relative to the passage's text) of its sentences.
        embed: Texts -> unit vectors (n, d); None leaves meaning out.
        question: What the answer answers; it completes a bare figure.
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        sentences_of: Callable[[str], Sequence[Span]],
        embed: Embed | None,
        question: str = "",
    ) -> None:
        self.passages = tuple(passages)
        self.bibliography = Bibliography(passages)
        self._question = question
        self.sentences = _sentences(passages, sentences_of)
        self._plain = [normalize(sentence.told) for sentence in self.sentences]
        self._units = [frozenset(content_units(text)) for text in self._plain]
        self._figures = [find_figures(text) for text in self._plain]
        self._weights = _weights(self._units)
        self._embed = embed
        self._vectors = embed(self._plain) if embed and self._plain else None

    def align(self, statement: str, marked: Sequence[int] = ()) -> Aligned:
        """The one to three sentences that support a statement best, and the check's verdict.

        Args:
            statement: Without marks.
            marked: Numbers of passages the model named.
        """
        if not self.sentences:
            return Aligned((), Support(0.0, "outside"))
        plain = plain_statement(statement)
        units = content_units(plain)
        figures = find_figures(plain)
        asked = asked_units(plain, self._question)
        whole = f"{normalize(self._question)} {plain}" if asked and figures else plain
        near = self._nearness(whole)
        scores = self._scores(statement, plain, units, figures, near, frozenset(marked))
        if asked:
            scores = self._as_answers(scores, figures, asked)
        order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
        order = self._namesakes_last(statement, order)
        chosen = [order[0]]
        held = set(self._units[order[0]])
        agreed = self._agreed(figures, order[0])
        for at in order[1:12]:
            if len(chosen) == _MOST:
                break
            new_figures = {
                number
                for number in self._agreed(figures, at) - agreed
                if self._holds_clause(plain, figures[number], at, order[0], asked)
            }
            if not self._may_name(statement, at, chosen):
                continue
            gain = self._gain(units, held, at)
            if new_figures or (gain >= 0.2 and self._gain(units, set(), order[0]) < 0.7):
                chosen.append(at)
                held |= self._units[at]
                agreed |= new_figures
        sentences = tuple(self.sentences[at] for at in chosen)
        similarity = (
            (lambda _plain, pool: [max(float(near[at]) for at in chosen)] * len(pool))
            if (self._vectors is not None)
            else None
        )
        verdict = check_support(
            with_names_apart(statement, sentences),
            [sentence.told for sentence in sentences],
            context=self._context(sentences),
            weights=self._weights,
            similarity=similarity,
            question=self._question,
            around=[self._before(sentence) for sentence in sentences],
        )
        if verdict.problem is None:
            question = normalize(self._question)
            strange = in_another_cell(plain, figures, chosen, self.sentences, question=question)
            if strange is not None:
                detail = plain[strange.start : strange.end]
                verdict = Support(min(verdict.score, 0.2), "figure", detail)
        return Aligned(sentences, verdict)

    def _nearness(self, plain: str) -> npt.NDArray[np.float32]:
        if self._embed is None or self._vectors is None:
            return np.zeros(len(self.sentences), dtype=np.float32)
        nearness: npt.NDArray[np.float32] = self._vectors @ self._embed([plain])[0]
        return nearness

    def _scores(
        self,
        statement: str,
        plain: str,
        units: Sequence[str],
        figures: Sequence[Figure],
        near: npt.NDArray[np.float32],
        marked: frozenset[int],
    ) -> list[float]:
        total = sum(self._weights.get(unit, 1.0) for unit in units) or 1.0
        scores = []
        for at, sentence in enumerate(self.sentences):
            covered = sum(self._weights.get(u, 1.0) for u in units if u in self._units[at]) / total
            agreed = len(self._agreed(figures, at)) / len(figures) if figures else 0.0
            if not units or same_script(plain, self._plain[at]):
                score = 0.6 * covered + 0.25 * agreed + 0.15 * float(near[at])
            else:
                translated = translated_share(statement, self._plain[at])
                score = 0.35 * translated + 0.3 * agreed + 0.35 * float(near[at])
            scores.append(score + (_MARK_BONUS if sentence.passage in marked else 0.0))
        return scores

    def _as_answers(
        self, scores: Sequence[float], figures: Sequence[Figure], asked: Sequence[str]
    ) -> list[float]:
        """Scores for a bare answer: what its question asks tells sentences with its figure apart."""
        total = sum(self._weights.get(unit, 1.0) for unit in asked)
        worth = 0.4 if figures else 0.1
        held = [sum(self._weights.get(u, 1.0) for u in asked if u in own) for own in self._units]
        return [
            score + worth * own / (total or 1.0) for score, own in zip(scores, held, strict=True)
        ]

    def _namesakes_last(self, statement: str, order: list[int]) -> list[int]:
        """Not first a sentence that has but the name where another one has all but the name."""
        name_only = [at for at in order[:1] if self._clause_held(statement, at) < _GOOD_PART]
        rest = [
            at
            for at in order[1:4]
            if name_only and self._clause_held(statement, at, named_by=order[0]) >= _MOST_OF_IT
        ]
        return [*rest, *(at for at in order if at not in rest)]

    def _may_name(self, statement: str, at: int, chosen: Sequence[int]) -> bool:
        """Whether sentence ``at`` may bring a name that the chosen ones lack.

        “Anna Kessler leads the research department” is not supported by a sentence about Anna
        Kessler and another about the department: beside the name its sentence must hold a good part
        of the name's clause, or tell who the “she” of a chosen sentence is.
        """
        known = " ".join(self._plain[one] for one in chosen)
        return self._clause_held(statement, at, known=known) >= _GOOD_PART or any(
            self._is_before(at, one) and _PRONOUN.search(self._plain[one]) for one in chosen
        )

    def _clause_held(
        self, statement: str, at: int, *, known: str = "", named_by: int | None = None
    ) -> float:
        """The least share of a name's clause, but for the name, that sentence ``at`` holds; 1 at best.

        Of the names in sentence ``named_by`` (``at`` itself if None) that ``known`` does not hold.
        """
        namer = at if named_by is None else named_by
        least = 1.0
        for start, end in names_in(statement):
            name = normalize(statement[start:end])
            if name not in self._plain[namer] or name in known:
                continue
            left = max((m.end() for m in _PART.finditer(statement, 0, start)), default=0)
            right = _PART.search(statement, end)
            clause = statement[left:start] + " " + statement[end : right.start() if right else None]
            names = f"{_names(statement)} {_names(self.sentences[namer].told)}"
            units = set(content_units(normalize(clause))) - set(content_units(names))
            if len(units) > 1:
                least = min(least, len(units & self._units[at]) / len(units))
        return least

    def _is_before(self, at: int, other: int) -> bool:
        one, two = self.sentences[at], self.sentences[other]
        return one.document_id == two.document_id and 0 <= two.start - one.end < _NEAR_BEFORE

    def _before(self, sentence: SourceSentence) -> str:
        """What the passage says before a sentence of it."""
        passage = self.passages[sentence.passage - 1]
        return passage.text[: sentence.start - passage.start]

    def _agreed(self, figures: Sequence[Figure], at: int) -> set[int]:
        """Which of the statement's figures sentence ``at`` holds."""
        return {
            number
            for number, figure in enumerate(figures)
            if any(agree(figure, other) for other in self._figures[at])
        }

    def _holds_clause(
        self, plain: str, figure: Figure, at: int, first: int, asked: Sequence[str]
    ) -> bool:
        """Whether sentence ``at`` speaks of what the statement counts with this figure.

        The same number stands in many sentences; it counts only beside the clause's own content,
        and only where the strongest sentence ``first`` holds less of that content: if that one
        speaks of the same thing with another figure, the statement contradicts it.
        """
        left = max(plain.rfind(mark, 0, figure.start) for mark in ",，;；。") + 1
        ends = [end for mark in ",，;；。" if (end := plain.find(mark, figure.end)) >= 0]
        units = {*content_units(plain[left : min(ends, default=len(plain))]), *asked}
        held = len(units & self._units[at])
        return held >= 0.4 * len(units) and held > len(units & self._units[first])

    def _gain(self, units: Sequence[str], held: set[str], at: int) -> float:
        """Share of the statement's content that sentence ``at`` would add."""
        total = sum(self._weights.get(unit, 1.0) for unit in units) or 1.0
        new = (u for u in units if u in self._units[at] and u not in held)
        return sum(self._weights.get(unit, 1.0) for unit in new) / total

    def _context(self, sentences: Sequence[SourceSentence]) -> list[str]:
        texts: list[str] = []
        for number in dict.fromkeys(sentence.passage for sentence in sentences):
            passage = self.passages[number - 1]
            parts = (passage.title, passage.published, passage.heading)
            texts.extend(part for part in parts if part)
        return texts


# Where the part of a statement that speaks of one name ends.
_PART = re.compile(r"[,，;；。、]|\b(?:and|but|while|whereas|who)\b")
_PRONOUN = re.compile(r"[他她它其该此]|\b(?:he|she|it|they|his|her|its|their|this|that|these)\b")
# Shares of a name's clause: enough to be told of it, and nearly all that is told of it.
_GOOD_PART = 0.4
_MOST_OF_IT = 0.6
# Characters between a pronoun's sentence and the end of the one that names whom it means.
_NEAR_BEFORE = 200


def highlight_in(statement: str, sentence: SourceSentence, question: str = "") -> Span | None:
    """Span in the document of the words of a sentence that answer as the statement does, or None.

    A figure that both hold, first of the kind and unit that the question asks for; where it asks for
    a person or another name, that. What the question tells itself answers it only if nothing else can.
    """
    asked = analyse(question)
    if asked.kind in ACCEPTED and asked.kind not in _OF_FIGURES:
        found = _shared_name(statement, sentence.text, asked)
    else:
        found = _shared_figure(statement, sentence.text, asked)
    return (sentence.start + found[0], sentence.start + found[1]) if found else None


_OF_FIGURES = FIGURES | {"date"}
_TIMES = re.compile(r"年|个?月|[周天日秒]|小时|分钟|(?:year|month|week|day|hour|minute|second)s?")


def _shared_figure(statement: str, text: str, asked: AskedFor) -> Span | None:
    own, told = find_figures(statement), find_figures(asked.text)
    shared = [figure for figure in find_figures(text) if any(agree(figure, other) for other in own)]
    if not shared:
        return None
    best = min(
        shared,
        key=lambda f: (
            any(agree(f, other) and (f.kind != "date" or f.value == other.value) for other in told),
            lacks_value(asked.normalised, normalize(text[f.start : f.end])),
            _misfit(f, asked),
            f.kind == "date",
            f.start,
        ),
    )
    return best.start, best.end


def _misfit(figure: Figure, asked: AskedFor) -> int:
    """How far a figure is from what was asked for: 0 of its kind and unit, 1 perhaps, 2 of another kind."""
    if asked.kind == "figure":
        if figure.kind != "number" or is_currency(figure.unit):
            return 2
        if not asked.units or figure.unit == asked.units:
            return 0
        return 1 if same_unit(figure.unit, asked.units) else 2
    fits = {
        "percent": figure.kind == "percent",
        "date": figure.kind == "date",
        "rank": figure.kind == "ordinal",
        "money": is_currency(figure.unit),
        "duration": _TIMES.fullmatch(figure.unit) is not None,
    }
    return 0 if fits.get(asked.kind, True) else 2


def _shared_name(statement: str, text: str, asked: AskedFor) -> Span | None:
    """The name of the asked kind that statement and text share and the question has not."""
    told = normalize(statement)
    for start, end in _names_of(text, ACCEPTED[asked.kind]):
        name = normalize(text[start:end])
        at, _, size = SequenceMatcher(None, name, told, autojunk=False).find_longest_match()
        common = name[at : at + size].strip()
        if 2 * len(common) > len(name) and common not in asked.normalised:
            return start, end
    return None


def _names_of(text: str, kinds: frozenset[str]) -> Iterator[Span]:
    if "name" in kinds:
        figures = find_figures(text)
        for start, end in capitalised(text):
            if not any(start < figure.end and figure.start < end for figure in figures):
                yield start, end
    if "quoted" in kinds:
        yield from quoted(text)
    normalised, offsets = normalize_with_offsets(text)
    for span in typed_spans(normalised):
        if span.kind in kinds:
            yield source_span(offsets, span.start, span.end)


def _names(text: str) -> str:
    """The capitalised names of a text, normalised."""
    return normalize(" ".join(text[start:end] for start, end in capitalised(text)))


def _sentences(
    passages: Sequence[Passage], sentences_of: Callable[[str], Sequence[Span]]
) -> tuple[SourceSentence, ...]:
    """Each sentence once, also where passages overlap."""
    found: dict[tuple[str, int, int], SourceSentence] = {}
    heads = table_heads(passages)
    for number, passage in enumerate(passages, start=1):
        over = ""
        for start, end in sentences_of(passage.text):
            key = (passage.document_id, passage.start + start, passage.start + end)
            text = passage.text[start:end]
            head = heads.get(key[:2])
            if head is None:
                heading = (passage.heading or "").rpartition(" > ")[2]
                over = "".join(f"{part.strip()}\n" for part in (heading, text) if part.strip())
            if key not in found and text.strip():
                found[key] = SourceSentence(number, *key, text, head or "", over if head else "")
    return tuple(found.values())


def _weights(units: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """1 / (1 + ln df): what stands in every sentence tells little apart."""
    counts: dict[str, int] = {}
    for one in units:
        for unit in one:
            counts[unit] = counts.get(unit, 0) + 1
    return {unit: float(1 / (1 + np.log(count))) for unit, count in counts.items()}
