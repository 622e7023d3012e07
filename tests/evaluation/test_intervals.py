"""Statistics against worked examples and against libraries."""

from __future__ import annotations

import math
import random

import pytest

from rag.evaluation.intervals import (
    auroc,
    bootstrap,
    difference,
    kept_at_wrong,
    newcombe,
    randomisation_test,
    ratio_interval,
    risk_coverage,
    wilson,
)


def test_wilson_against_published_values() -> None:
    # Newcombe (1998), table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert wilson(0, 20) == pytest.approx((0.0, 0.1611), abs=5e-5)


@pytest.mark.parametrize(("value", "successes"), [(0.0, 0), (0.5, 2), (1.0, 4)])
def test_questions_that_all_agree_are_as_sure_as_their_number(value, successes) -> None:
    assert ratio_interval([value] * 4, [1.0] * 4, seed=0) == wilson(successes, 4)


def test_newcombe_by_its_definition() -> None:
    # One of each: the variance is A(1 - A), as of one trial; Wilson's interval for 1 of 1.
    assert newcombe(1.0, 1, 1) == pytest.approx(wilson(1, 1))
    # Three and one: the others are (3 + 1) / 2 - 1 = 1, so that V = A(1 - A)(1 + (1 - A) / (2 - A)
    # + A / (1 + A)) / 3, and the lower end solves (1 - A)^2 = 1.96^2 V.
    low, high = newcombe(1.0, 3, 1)
    variance = low * (1 - low) * (1 + (1 - low) / (2 - low) + low / (1 + low)) / 3
    assert (1 - low) ** 2 == pytest.approx(1.959964**2 * variance, abs=1e-6)
    assert (low, high) == (pytest.approx(0.32158, abs=1e-5), 1.0)
    # The other way about, and in the middle, where it is symmetric.
    assert newcombe(0.0, 3, 1) == (0.0, pytest.approx(1 - low))
    low, high = newcombe(0.5, 3, 1)
    assert low + high == pytest.approx(1.0)
    assert 0 < low < 0.5
    assert all(map(math.isnan, newcombe(math.nan, 0, 4)))


def test_newcombe_covers_the_truth() -> None:
    # 200 pairs of samples from normals one standard deviation apart: A = P(N(1, 2) > 0) = 0.7602.
    generator = random.Random(1)
    held = 0
    for _ in range(200):
        right = [generator.gauss(1, 1) for _ in range(15)]
        wrong = [generator.gauss(0, 1) for _ in range(10)]
        low, high = newcombe(auroc(right, wrong), 15, 10)
        held += low <= 0.7602 <= high
    assert 182 <= held <= 199


def test_ratio_interval_covers_the_truth() -> None:
    # 200 samples of 60 coins with p = 0.8: a 95% interval holds 0.8 in about 190 of them.
    generator = random.Random(1)
    held = 0
    for at in range(200):
        sample = [float(generator.random() < 0.8) for _ in range(60)]
        low, high = ratio_interval(sample, [1.0] * 60, seed=at, resamples=400)
        held += low <= 0.8 <= high
    assert 178 <= held <= 199


def test_ratio_interval_is_seeded_and_weighted() -> None:
    tops, bottoms = [1.0, 0.0, 2.0], [1.0, 1.0, 4.0]
    first = ratio_interval(tops, bottoms, seed=3)
    assert first == ratio_interval(tops, bottoms, seed=3)
    assert first[0] == 0.0
    assert first[1] == 1.0
    assert all(map(math.isnan, ratio_interval([], [], seed=0)))


def test_auroc() -> None:
    # Pairs (0.9, 0.5) (0.9, 0.8) (0.5, 0.5) (0.5, 0.8): 1 + 1 + half + 0 of 4.
    assert auroc([0.9, 0.5], [0.5, 0.8]) == 2.5 / 4
    assert math.isnan(auroc([], [1.0]))
    generator = random.Random(0)
    right = [round(generator.gauss(1, 1), 1) for _ in range(80)]
    wrong = [round(generator.gauss(0, 1), 1) for _ in range(50)]
    pairs = [(a > b) + (a == b) / 2 for a in right for b in wrong]
    expected = sum(pairs) / len(pairs)
    assert auroc(right, wrong) == pytest.approx(expected)
    low, high = bootstrap(auroc, right, wrong, seed=0, resamples=200)
    assert low < expected < high


def test_kept_at_wrong() -> None:
    wrong = [at / 100 for at in range(100)]
    # Five of a hundred may pass: 0.95 to 0.99; the threshold lies just above 0.94.
    assert kept_at_wrong([0.94, 0.945, 0.99, 0.5], wrong) == 0.5
    # With fewer than twenty none may pass; a tie with the worst is refused.
    assert kept_at_wrong([0.9, 0.8], [0.8, 0.1]) == 0.5


def test_risk_coverage() -> None:
    curve = risk_coverage([0.9, 0.5, 0.5, 0.1], [False, True, False, True])
    assert curve == [(0.25, 0.0, 0.9), (0.75, 1 / 3, 0.5), (1.0, 0.5, 0.1)]
    assert risk_coverage([], []) == []


def test_randomisation_test_exactly() -> None:
    # Three wins of three: of eight sign patterns two are as extreme.
    assert randomisation_test([1, 1, 1, 0], seed=0) == 2 / 8
    assert randomisation_test([0, 0], seed=0) == 1.0
    assert randomisation_test([1, -1], seed=0) == 1.0


def test_randomisation_test_drawn_agrees_with_exact() -> None:
    # 14 wins and 4 losses of one size: the sign test's binomial tail.
    exact = 2 * sum(math.comb(18, k) for k in range(14, 19)) / 2**18
    drawn = randomisation_test([1.0] * 14 + [-1.0] * 4, seed=0, rounds=20000)
    assert drawn == pytest.approx(exact, abs=0.006)


def test_no_difference_is_found_between_copies() -> None:
    same = difference([1.0, 0.0, 1.0], [1.0, 0.0, 1.0])
    assert (same.value, same.low, same.high, same.p, same.shown) == (0, 0, 0, 1, False)


def test_a_unanimous_loss_mirrors_a_unanimous_win() -> None:
    win, loss = difference([0.0] * 8, [1.0] * 8), difference([1.0] * 8, [0.0] * 8)
    # Wilson's interval for 8 of 8.
    assert (win.low, win.high) == pytest.approx((0.6756, 1.0), abs=5e-5)
    assert (loss.low, loss.high) == (-win.high, -win.low)
    assert (loss.value, loss.p) == (-win.value, win.p)


def test_every_loss_mirrors_its_win() -> None:
    a, b = [0.0, 0.5, 1.0, 0.0, 0.25], [1.0, 0.0, 1.0, 1.0, 0.5]
    there, back = difference(a, b, seed=4), difference(b, a, seed=4)
    assert (back.low, back.high) == (-there.high, -there.low)
    assert there.low < there.value < there.high


def test_a_false_alarm_is_rare() -> None:
    """A test that cannot fail to find a difference is worthless: coins against coins."""
    generator = random.Random(5)
    alarms = 0
    for _ in range(60):
        left = [float(generator.random() < 0.7) for _ in range(50)]
        right = [float(generator.random() < 0.7) for _ in range(50)]
        alarms += difference(left, right).shown
    assert alarms <= 8


def test_a_real_difference_is_found() -> None:
    found = difference([0.0] * 20 + [1.0] * 20, [1.0] * 12 + [0.0] * 8 + [1.0] * 20)
    assert found.shown
    assert (found.up, found.down) == (12, 0)
    assert found.value == pytest.approx(0.3)
