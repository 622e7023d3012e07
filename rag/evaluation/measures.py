"""The measures: what each one says, where it comes from, and how questions add up to it.

A question contributes a numerator and a denominator to a measure; the measure is the sum of the one
over the sum of the other, so that "share of citations" and "mean over questions" are one formula.
Retrieval measures are described in :mod:`rag.evaluation.retrieval_measures`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rag.evaluation.intervals import (
    auroc,
    bootstrap,
    kept_at_wrong,
    newcombe,
    ratio_interval,
    wilson,
)
from rag.evaluation.judging import Judged

__all__ = [
    "MEANINGS",
    "Measure",
    "higher_is_better",
    "is_all",
    "latencies",
    "meaning",
    "measures_of",
]

MEANINGS: dict[str, str] = {
    "recall@1": "Share of the evidence items found in the first passage.",
    "recall@5": "Share of the evidence items found in the first five passages.",
    "recall@10": "Share of the evidence items found in the first ten passages.",
    "success@5": "Share of questions with any evidence in the first five passages.",
    "MRR@10": "Mean of 1 / rank of the first passage with the evidence, 0 beyond ten.",
    "nDCG@10": "Discounted gain over ten passages (Järvelin, Kekäläinen 2002).",
    "first_right": "The first cited sentence holds an accepted answer; a refusal counts as wrong.",
    "first_on_evidence": "The first cited span shares half of the shorter with the evidence.",
    "answer_contains": "Share of the wanted items whose words stand in the answer.",
    "items_cited": (
        "Lists and disagreements: share of the wanted items in a cited quote; without answers, of "
        "the evidence items that a citation lies on."
    ),
    "answer_EM": "The short answer (the highlight, else the text) is an accepted one (SQuAD's EM).",
    "answer_F1": "Token F1 of the short answer, Chinese by character (SQuAD, CMRC 2018).",
    "highlight_exact": "The words highlighted in the first citation are an accepted answer.",
    "citation_precision": (
        "Share of citations that lie on gold evidence, over answered questions (ALCE, Gao et al. "
        "2023, with the evidence in place of its entailment model)."
    ),
    "citation_recall": (
        "Share of statements of which at least one citation lies on gold evidence, over answered "
        "questions (ALCE, as above)."
    ),
    "span_valid": "Share of citations whose quote is the document's text at its span.",
    "refusal_recall": "Share of the unanswerable questions that are refused.",
    "refusal_precision": "Share of the refusals that are of unanswerable questions.",
    "false_refusal": "Share of the answerable questions that are refused.",
    "refusal_AUROC": "Chance that an answerable question has more confidence than one without.",
    "kept@5%wrong": (
        "Share of the answerable questions still answered at the threshold that lets at most 5% of "
        "the unanswerable through."
    ),
    "judged_right": "A language model's opinion of the answers; changes with model and run.",
    "passed": "Share of questions that came out right: answered rightly, or rightly refused.",
}
_LOWER = {"false_refusal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with its interval.

    Attributes:
        name: As in :data:`MEANINGS`, with the leg after a space where there is one.
        group: ``all``, ``kind:...`` or ``language:...``.
        low: Lower end of the 95% interval.
        n: Questions it rests on.
    """

    name: str
    group: str
    value: float
    low: float
    high: float
    n: int


def meaning(name: str) -> str:
    """One sentence on a measure, legs included."""
    base, _, leg = name.partition(" ")
    text = MEANINGS.get(base, "")
    return f"{text} Retrieval with fusion={leg}, not re-ordered." if leg else text


def higher_is_better(name: str) -> bool:
    """False for shares of mistakes and for times."""
    return name.partition(" ")[0] not in _LOWER and not name.startswith("seconds")


def groups_of(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """All questions, then those of each kind and each language; a group of all is not repeated."""
    groups: dict[str, list[Judged]] = {"all": list(judged)}
    for attribute in ("kind", "language"):
        names = list(dict.fromkeys(getattr(question, attribute) for question in judged))
        for name in names:
            if name and len(names) > 1:
                chosen = [q for q in judged if getattr(q, attribute) == name]
                groups[f"{attribute}:{name}"] = chosen
    return groups


def is_all(judged: Sequence[Judged], group: str) -> bool:
    """True when every question is of that kind or language, which :func:`groups_of` does not repeat."""
    attribute, _, name = group.partition(":")
    return (
        attribute in {"kind", "language"}
        and bool(judged)
        and all(getattr(question, attribute) == name for question in judged)
    )


def measures_of(judged: Sequence[Judged], *, seed: int = 0, resamples: int = 2000) -> list[Measure]:
    """Every measure of every group, in the order of :data:`MEANINGS`."""
    found: list[Measure] = []
    for group, chosen in groups_of(judged).items():
        present = {name for question in chosen for name in question.values}
        if len({question.answerable for question in chosen}) < 2:
            # Where nothing is unanswerable every refusal is wrong: the share says nothing.
            present.discard("refusal_precision")
        for name in sorted(present, key=_order):
            pairs = [question.values[name] for question in chosen if name in question.values]
            found.append(_ratio(name, group, pairs, seed, resamples))
        passed = [(float(question.passed), 1.0) for question in chosen]
        if passed:
            found.append(_ratio("passed", group, passed, seed, resamples))
        found += _separation(chosen, group, seed)
    return found


def _order(name: str) -> tuple[str, int]:
    base, _, leg = name.partition(" ")
    return leg, list(MEANINGS).index(base)


def _ratio(
    name: str, group: str, pairs: Sequence[tuple[float, float]], seed: int, resamples: int
) -> Measure:
    tops, bottoms = [top for top, _ in pairs], [bottom for _, bottom in pairs]
    low, high = ratio_interval(tops, bottoms, seed=seed, resamples=resamples)
    total = sum(bottoms)
    return Measure(
        name=name,
        group=group,
        value=sum(tops) / total if total else math.nan,
        low=low,
        high=high,
        n=len(pairs),
    )


def _separation(chosen: Sequence[Judged], group: str, seed: int) -> list[Measure]:
    """How well the confidence tells answerable from unanswerable."""
    asked = [question for question in chosen if "false_refusal" in question.values]
    without = [question for question in chosen if "refusal_recall" in question.values]
    if not asked or not without:
        return []
    right = [question.confidence for question in asked]
    # A fault is no refusal: its lack of confidence must not count as one.
    wrong = [1.0 if question.stage == "fault" else question.confidence for question in without]
    area, kept = auroc(right, wrong), kept_at_wrong(right, wrong)
    found = []
    for name, statistic, value, alike in (
        ("refusal_AUROC", auroc, area, newcombe(area, len(right), len(wrong))),
        # Wilson's takes the threshold as given: with few unanswerable ones it says too much still.
        ("kept@5%wrong", kept_at_wrong, kept, wilson(round(kept * len(right)), len(right))),
    ):
        low, high = bootstrap(statistic, right, wrong, seed=seed)
        if low == high:
            # All resamples came out alike, as where the two are told apart without a mistake.
            low, high = alike
        found.append(
            Measure(
                name=name,
                group=group,
                value=value,
                low=low,
                high=high,
                n=len(right) + len(wrong),
            )
        )
    return found


def latencies(judged: Sequence[Judged]) -> dict[str, tuple[float, float]]:
    """(median, 95th percentile) seconds of each stage over the questions that have it."""
    import numpy as np

    stages = dict.fromkeys(name for question in judged for name in question.seconds)
    found: dict[str, tuple[float, float]] = {}
    for stage in stages:
        times = [question.seconds[stage] for question in judged if stage in question.seconds]
        half, most = np.quantile(times, [0.5, 0.95])
        found[stage] = (float(half), float(most))
    return found
