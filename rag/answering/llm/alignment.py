"""Tie each sentence of a model's answer to the spans that support it, whatever it marked.

For one statement every sentence of the passages is a candidate. Shared content, figures that agree
by value and likeness of meaning order them; a mark of the model's adds a little. More than one is
taken only where each adds something the others do not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rag.answering.figures import Figure, agree, find_figures
from rag.answering.support import (
    Support,
    check_support,
    content_units,
    same_script,
    translated_share,
)
from rag.normalization import normalize
from rag.records import Passage, Span

__all__ = ["Aligned", "Evidence", "SourceSentence", "highlight_in"]

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]

# A mark moves a candidate past near ties, never past a clearly better sentence.
_MARK_BONUS = 0.06
_MOST = 3


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence that may be cited: ``text == document.text[start:end]``.

    ``passage`` is the place of its passage in the prompt, from 1.
    """

    passage: int
    document_id: str
    start: int
    end: int
    text: str


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
    """

    def __init__(
        self,
        passages: Sequence[Passage],
        *,
        sentences_of: Callable[[str], Sequence[Span]],
        embed: Embed | None,
    ) -> None:
        self.passages = tuple(passages)
        self.sentences = _sentences(passages, sentences_of)
        self._plain = [normalize(sentence.text) for sentence in self.sentences]
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
        plain = normalize(statement)
        units = content_units(plain)
        figures = find_figures(plain)
        near = self._nearness(plain)
        scores = self._scores(statement, plain, units, figures, near, frozenset(marked))
        order = sorted(range(len(scores)), key=lambda at: (-scores[at], at))
        chosen = [order[0]]
        held = set(self._units[order[0]])
        agreed = self._agreed(figures, order[0])
        for at in order[1:12]:
            if len(chosen) == _MOST:
                break
            new_figures = {
                number
                for number in self._agreed(figures, at) - agreed
                if self._holds_clause(plain, figures[number], at, order[0])
            }
            gain = self._gain(units, held, at)
            if new_figures or (gain >= 0.2 and self._gain(units, set(), order[0]) < 0.7):
                chosen.append(at)
                held |= self._units[at]
                agreed |= new_figures
        sentences = tuple(self.sentences[at] for at in chosen)
        similarity = (
            (lambda _plain, pool: [max(near[at] for at in chosen)] * len(pool))
            if (self._vectors is not None)
            else None
        )
        verdict = check_support(
            statement,
            [sentence.text for sentence in sentences],
            context=self._context(sentences),
            weights=self._weights,
            similarity=similarity,
        )
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
            if same_script(plain, self._plain[at]):
                score = 0.6 * covered + 0.25 * agreed + 0.15 * float(near[at])
            else:
                translated = translated_share(statement, self._plain[at])
                score = 0.35 * translated + 0.3 * agreed + 0.35 * float(near[at])
            scores.append(score + (_MARK_BONUS if sentence.passage in marked else 0.0))
        return scores

    def _agreed(self, figures: Sequence[Figure], at: int) -> set[int]:
        """Which of the statement's figures sentence ``at`` holds."""
        return {
            number
            for number, figure in enumerate(figures)
            if any(agree(figure, other) for other in self._figures[at])
        }

    def _holds_clause(self, plain: str, figure: Figure, at: int, first: int) -> bool:
        """Whether sentence ``at`` speaks of what the statement counts with this figure.

        The same number stands in many sentences; it counts only beside the clause's own content,
        and only where the strongest sentence ``first`` holds less of that content: if that one
        speaks of the same thing with another figure, the statement contradicts it.
        """
        left = max(plain.rfind(mark, 0, figure.start) for mark in ",，;；。") + 1
        ends = [end for mark in ",，;；。" if (end := plain.find(mark, figure.end)) >= 0]
        units = set(content_units(plain[left : min(ends, default=len(plain))]))
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


def highlight_in(statement: str, sentence: SourceSentence) -> Span | None:
    """Span in the document of the figure of the sentence that the statement repeats, or None."""
    own = find_figures(statement)
    for figure in find_figures(sentence.text):
        if figure.kind != "date" and any(agree(figure, other) for other in own):
            return sentence.start + figure.start, sentence.start + figure.end
    for figure in find_figures(sentence.text):
        if any(agree(figure, other) for other in own):
            return sentence.start + figure.start, sentence.start + figure.end
    return None


def _sentences(
    passages: Sequence[Passage], sentences_of: Callable[[str], Sequence[Span]]
) -> tuple[SourceSentence, ...]:
    """Each sentence once, also where passages overlap."""
    found: dict[tuple[str, int, int], SourceSentence] = {}
    for number, passage in enumerate(passages, start=1):
        for start, end in sentences_of(passage.text):
            key = (passage.document_id, passage.start + start, passage.start + end)
            text = passage.text[start:end]
            if key not in found and text.strip():
                found[key] = SourceSentence(number, *key, text)
    return tuple(found.values())


def _weights(units: Sequence[frozenset[str]]) -> Mapping[str, float]:
    """1 / (1 + ln df): what stands in every sentence tells little apart."""
    counts: dict[str, int] = {}
    for one in units:
        for unit in one:
            counts[unit] = counts.get(unit, 0) + 1
    return {unit: float(1 / (1 + np.log(count))) for unit, count in counts.items()}
