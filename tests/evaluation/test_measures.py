"""Measures summed up over questions."""

from __future__ import annotations

import dataclasses

import pytest

from rag.evaluation.intervals import auroc, bootstrap
from rag.evaluation.judging import Judged
from rag.evaluation.measures import Measure, measures_of


def separating(confidences: list[float], *, answerable: bool = True) -> list[Judged]:
    """Questions of these confidences, all answerable or none."""
    return [
        Judged(
            id=f"q{at}",
            question="?",
            kind="",
            language="",
            answerable=answerable,
            passed=True,
            stage="",
            reason="",
            refused=not answerable,
            confidence=confidence,
            expected="",
            answer="",
            quotes=(),
            sources=(),
            passages=(),
            evidence_rank=None,
            values={"false_refusal" if answerable else "refusal_recall": (0.0, 1.0)},
            seconds={},
        )
        for at, confidence in enumerate(confidences)
    ]


def separation(right: list[float], wrong: list[float]) -> dict[str, Measure]:
    """The measures over answerable and unanswerable questions of these confidences."""
    judged = [*separating(right), *separating(wrong, answerable=False)]
    return {measure.name: measure for measure in measures_of(judged, resamples=50)}


def test_four_questions_do_not_prove_that_refusing_is_perfect() -> None:
    found = separation([0.9, 0.8, 0.7], [0.1])
    area, kept = found["refusal_AUROC"], found["kept@5%wrong"]
    assert (area.value, kept.value) == (1.0, 1.0)
    # Newcombe's for an area of 1 of 3 and 1, Wilson's for 3 of 3.
    assert (area.low, area.high) == pytest.approx((0.3216, 1.0), abs=5e-5)
    assert (kept.low, kept.high) == pytest.approx((0.4385, 1.0), abs=5e-5)


def test_nor_that_it_is_hopeless() -> None:
    found = separation([0.1], [0.9, 0.8, 0.7])
    area, kept = found["refusal_AUROC"], found["kept@5%wrong"]
    assert (area.value, kept.value) == (0.0, 0.0)
    assert (area.low, area.high) == pytest.approx((0.0, 0.6784), abs=5e-5)
    assert (kept.low, kept.high) == pytest.approx((0.0, 0.7935), abs=5e-5)


def test_where_resamples_differ_the_bootstrap_stays() -> None:
    right, wrong = [0.9, 0.8, 0.3], [0.1, 0.5]
    area = separation(right, wrong)["refusal_AUROC"]
    assert (area.low, area.high) == bootstrap(auroc, right, wrong, seed=0)
    assert area.low < area.value < area.high


def test_a_fault_is_no_refusal_to_the_separation() -> None:
    right, wrong = separating([0.9, 0.8]), separating([0.0, 0.1], answerable=False)
    faulty = [dataclasses.replace(wrong[0], stage="fault"), wrong[1]]
    areas = [
        measure.value
        for judged in ([*right, *wrong], [*right, *faulty])
        for measure in measures_of(judged, resamples=50)
        if measure.name == "refusal_AUROC"
    ]
    assert areas == [1.0, 0.5]
