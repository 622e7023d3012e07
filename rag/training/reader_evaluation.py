"""How good a reader is: the right sentence first, refusal, the exact words; on paragraphs never trained on.

Every measure is a plain function of scores, and every score goes through
:class:`rag.answering.reader.model.Reader` as at run time.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.answering.reader.model import Reader, ReaderInput, ReaderScore
from rag.normalization import normalize
from rag.training.data_files import DEVELOPMENT, bucket
from rag.training.reader_data import Candidate, Labelled, Paragraph, WordIndex, labelled
from rag.training.reader_pool import Pool, pair_listing

if TYPE_CHECKING:
    from rag.training.reader_data import Listing

Floats = npt.NDArray[np.float64]
TOP = 5  # retrieved paragraphs


@dataclass(frozen=True, slots=True)
class Judged:
    """One question: for each candidate sentence its scores and whether it holds an answer."""

    relevance: Floats
    answerable: Floats
    coverage: Floats
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Report:
    """Measures of one source, in percent but for the areas; counts of questions."""

    source: str
    questions: int
    first_in_paragraph: float
    first_in_retrieved: float
    first_combined: float
    coverage_in_paragraph: float
    coverage_in_retrieved: float
    refusal_area: float
    refusal_area_combined: float
    kept: float
    kept_combined: float
    span_exact: float
    span_overlap: float

    def row(self) -> str:
        """One line of the card's table."""
        return (
            f"| {self.source} | {self.questions} "
            f"| {self.first_in_paragraph:.1f} ({self.coverage_in_paragraph:.1f}) "
            f"| {self.first_in_retrieved:.1f} ({self.coverage_in_retrieved:.1f}) | {self.first_combined:.1f} "
            f"| {self.refusal_area:.3f} | {self.kept:.1f} | {self.refusal_area_combined:.3f} "
            f"| {self.kept_combined:.1f} | {self.span_exact:.1f} | {self.span_overlap:.1f} |"
        )


HEADER = (
    "| source | questions | first, gold paragraph (coverage alone) | first, top 5 (coverage alone) "
    "| first, top 5, with coverage | refusal AUROC | kept at 5% wrong | AUROC with coverage "
    "| kept with coverage | span exact | span F1 |\n|" + "---|" * 11
)


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative (ties count half)."""
    values = np.concatenate([positive, negative])
    order = values.argsort(kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(1, len(values) + 1)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.bincount(inverse, ranks) / counts)[inverse]
    n = len(positive)
    return float((ranks[:n].sum() - n * (n + 1) / 2) / (n * len(negative)))


def kept_at(positive: Sequence[float], negative: Sequence[float], wrong: float = 0.05) -> float:
    """The share of positives above the threshold that a share ``wrong`` of the negatives pass."""
    threshold = np.quantile(np.asarray(negative), 1 - wrong)
    return float((np.asarray(positive) > threshold).mean())


def evaluate(
    reader: Reader, folder: Path, *, limit: int = 250, sources: Sequence[str] | None = None
) -> list[Report]:
    """Reports for each source of the labelled questions, on its development paragraphs.

    Args:
        reader: What is measured.
        folder: The data folder.
        limit: Questions of a source at most (chosen by a fixed seed).
        sources: Only these.
    """
    groups: dict[str, list[Labelled]] = defaultdict(list)
    for row in labelled(folder, DEVELOPMENT):
        groups[row.source].append(row)
    return [
        evaluate_source(reader, source, rows, limit=limit)
        for source, rows in groups.items()
        if sources is None or source in sources
    ]


def evaluate_source(reader: Reader, source: str, rows: Sequence[Labelled], *, limit: int) -> Report:
    """Measures over one source's paragraphs: the gold paragraph, the five nearest, and those without gold."""
    texts = list(dict.fromkeys(row.paragraph for row in rows))
    paragraphs = [Paragraph.of(text) for text in texts]
    place = {text: i for i, text in enumerate(texts)}
    index = WordIndex(texts)
    chosen = list(rows)
    random.Random(0).shuffle(chosen)
    found: list[Judged] = []
    gold: list[Judged] = []
    removed: list[Judged] = []
    exact: list[bool] = []
    overlap: list[float] = []
    for row in chosen[:limit]:
        own = place[row.paragraph]
        order = [int(i) for i in np.argsort(-index.scores(row.question), kind="stable")[: TOP + 1]]
        top, without = order[:TOP], [i for i in order if i != own][:TOP]
        needed = sorted({own, *top, *without})
        candidates = [
            (i, paragraphs[i].candidate(j)) for i in needed for j in range(len(paragraphs[i].spans))
        ]
        scores = reader.score(
            row.question, [ReaderInput(c.text, c.before, c.after) for _, c in candidates]
        )
        answers = [normalize(text) for text, _ in row.answers]
        judged = _judged(row.question, [c for _, c in candidates], scores, answers, index)
        of = np.array([i for i, _ in candidates])
        gold.append(_only(judged, of == own))
        found.append(_only(judged, np.isin(of, top)))
        removed.append(_only(judged, np.isin(of, without)))
        middle = row.answers[0][1] + len(row.answers[0][0]) // 2
        sentence = paragraphs[own].sentence_at(middle)
        if sentence is not None:
            at = [k for k, (i, _) in enumerate(candidates) if i == own][sentence]
            span, text = scores[at].span, candidates[at][1].text
            told = _plain(normalize(text[slice(*span)])) if span else ""
            exact.append(told in {_plain(answer) for answer in answers})
            overlap.append(max(_overlap(told, _plain(answer)) for answer in answers))
    mix = best_mix(found)
    both = [_mixed(j, mix) for j in found]
    yes, no = (
        [float(j.answerable.max()) for j in found],
        [float(j.answerable.max(initial=0)) for j in removed],
    )
    yes_both, no_both = _refusal_features(found), _refusal_features(removed)
    weights = logistic(
        np.concatenate([yes_both, no_both]), np.r_[np.ones(len(yes)), np.zeros(len(no))]
    )
    yes_mixed, no_mixed = list(yes_both @ weights[:-1]), list(no_both @ weights[:-1])
    return Report(
        source=source,
        questions=len(found),
        first_in_paragraph=_first(gold, [j.relevance for j in gold]),
        first_in_retrieved=_first(found, [j.relevance for j in found]),
        first_combined=_first(found, both),
        coverage_in_paragraph=_first(gold, [j.coverage for j in gold]),
        coverage_in_retrieved=_first(found, [j.coverage for j in found]),
        refusal_area=area(yes, no),
        refusal_area_combined=area(yes_mixed, no_mixed),
        kept=100 * kept_at(yes, no),
        kept_combined=100 * kept_at(yes_mixed, no_mixed),
        span_exact=100 * float(np.mean(exact or [False])),
        span_overlap=100 * float(np.mean(overlap or [0])),
    )


def _judged(
    question: str,
    candidates: Sequence[Candidate],
    scores: Sequence[ReaderScore],
    answers: Sequence[str],
    index: WordIndex,
) -> Judged:
    return Judged(
        np.array([s.relevance for s in scores]),
        np.array([s.answerable for s in scores]),
        np.array([index.coverage(question, c.text) for c in candidates]),
        np.array([any(a in normalize(c.text) for a in answers) for c in candidates], bool),
    )


def _only(judged: Judged, kept: npt.NDArray[np.bool_]) -> Judged:
    return Judged(
        judged.relevance[kept], judged.answerable[kept], judged.coverage[kept], judged.right[kept]
    )


def _first(judged: Sequence[Judged], scores: Sequence[Floats]) -> float:
    hits = [
        bool(len(s)) and bool(j.right[int(s.argmax())]) for j, s in zip(judged, scores, strict=True)
    ]
    return 100 * float(np.mean(hits))


def _mixed(judged: Judged, weight: float) -> Floats:
    return judged.relevance + weight * judged.coverage


def best_mix(judged: Sequence[Judged]) -> float:
    """The weight of coverage beside relevance that puts the right sentence first most often."""
    weights = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0)
    return max(weights, key=lambda w: _first(judged, [_mixed(j, w) for j in judged]))


def _refusal_features(judged: Sequence[Judged]) -> Floats:
    rows = []
    for j in judged:
        if not len(j.answerable):
            rows.append([-8.0, 0.0, 0.0])
            continue
        best = float(np.clip(j.answerable.max(), 1e-6, 1 - 1e-6))
        at = int(j.answerable.argmax())
        rows.append([np.log(best / (1 - best)), j.coverage[at], j.coverage.max()])
    return np.array(rows)


def logistic(features: Floats, labels: Floats, *, ridge: float = 1e-2, steps: int = 50) -> Floats:
    """Weights (the last is the constant) of a logistic regression, by Newton's method."""
    design = np.hstack([features, np.ones((len(features), 1))])
    weights = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(design @ weights, -30, 30)))
        gradient = design.T @ (p - labels) + ridge * weights
        hessian = (design * (p * (1 - p))[:, None]).T @ design + ridge * np.eye(len(weights))
        weights = weights - np.linalg.solve(hessian, gradient)
    return weights


_EDGES = " ，,。.；;、：:\"'“”《》()（）「」『』?？!！-"


def _plain(text: str) -> str:
    return "".join(text.split()).strip(_EDGES)


def _overlap(told: str, answer: str) -> float:
    """Character F1."""
    from collections import Counter

    common = sum((Counter(told) & Counter(answer)).values())
    return 2 * common / (len(told) + len(answer)) if common else 0.0


def held_out_pairs(pool: Pool, *, questions: int = 300, seed: int = 7) -> list[Listing]:
    """Rule-made cross-lingual listings (English question, Chinese sentences, and back) of development pairs."""
    chance = random.Random(seed)
    keys = [key for key in pool.runs if key[1] == "zh"]
    listings: list[Listing] = []
    tries = 0
    while len(listings) < questions and keys and tries < 200 * questions:
        tries += 1
        run = pool.runs[chance.choice(keys)]
        place = chance.randrange(len(run))
        if bucket(run[place][0]) not in DEVELOPMENT:
            continue
        listing = pair_listing(run, place, "zh", pool, chance)
        if (
            listing
            and listing.source in ("pairs-en-zh", "pairs-zh-en")
            and len(listing.candidates) > 4
        ):
            listings.append(listing)
    return listings


def pairs_first(reader: Reader, listings: Sequence[Listing]) -> dict[str, float]:
    """Percent of listings whose good candidate scores highest, by kind."""
    hits: dict[str, list[bool]] = defaultdict(list)
    for listing in listings:
        scores = reader.score(
            listing.question, [ReaderInput(c.text, c.before, c.after) for c in listing.candidates]
        )
        best = max(range(len(scores)), key=lambda i: scores[i].relevance)
        hits[listing.source].append(listing.candidates[best].good)
    return {source: 100 * float(np.mean(some)) for source, some in sorted(hits.items())}
