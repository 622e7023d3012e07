"""How sure a figure is, and whether two differ: bootstrap, Wilson, Newcombe, paired randomisation."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "auroc",
    "bootstrap",
    "kept_at_wrong",
    "newcombe",
    "paired_bootstrap",
    "randomisation_test",
    "ratio_interval",
    "risk_coverage",
    "wilson",
]

_SLICE = 2_000_000  # cells of one resampling matrix: 16 MB of indices


def ratio_interval(
    numerators: Sequence[float],
    denominators: Sequence[float],
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of sum(numerators) / sum(denominators) over questions.

    Efron and Tibshirani (1993), chapter 13. Where all questions agree on a value v a bootstrap says
    [v, v], which claims more than n questions can show; then it is Wilson's interval for n v of n.
    """
    import numpy as np

    top, bottom = np.asarray(numerators, float), np.asarray(denominators, float)
    if not len(top) or bottom.sum() == 0:
        return (math.nan, math.nan)
    ratios = top[bottom > 0] / bottom[bottom > 0]
    if np.ptp(ratios) == 0:
        return wilson(float(ratios[0]) * len(ratios), len(ratios), level=level)
    generator = np.random.default_rng(seed)
    values = np.empty(resamples)
    step = max(1, _SLICE // len(top))
    for at in range(0, resamples, step):
        size = min(step, resamples - at)
        drawn = generator.integers(0, len(top), (size, len(top)))
        below = bottom[drawn].sum(1)
        with np.errstate(invalid="ignore", divide="ignore"):
            values[at : at + size] = top[drawn].sum(1) / below
    return _percentiles(values[np.isfinite(values)], level)


def bootstrap(
    statistic: Callable[[Floats, Floats], float],
    left: Sequence[float],
    right: Sequence[float],
    *,
    seed: int,
    resamples: int = 1000,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile bootstrap interval of a statistic of two independent samples, each resampled.

    Where every resample gives the same value its ends meet, which claims more than the samples can
    show: see :func:`newcombe` and :func:`wilson`.
    """
    import numpy as np

    first, second = np.asarray(left, float), np.asarray(right, float)
    if not len(first) or not len(second):
        return (math.nan, math.nan)
    generator = np.random.default_rng(seed)
    values = np.array(
        [
            statistic(
                first[generator.integers(0, len(first), len(first))],
                second[generator.integers(0, len(second), len(second))],
            )
            for _ in range(resamples)
        ]
    )
    return _percentiles(values[np.isfinite(values)], level)


def _percentiles(values: Floats, level: float) -> tuple[float, float]:
    import numpy as np

    if not len(values):
        return (math.nan, math.nan)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def wilson(successes: float, n: int, *, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a proportion (Wilson 1927), in [0, 1]."""
    from statistics import NormalDist

    if n == 0:
        return (math.nan, math.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (max(0.0, centre - half), min(1.0, centre + half))


def newcombe(
    area: float, positives: int, negatives: int, *, level: float = 0.95
) -> tuple[float, float]:
    """Interval of an :func:`auroc`, in [0, 1]; it has a width also at 0 and at 1.

    Newcombe, Statistics in Medicine 25 (2006), 559-573, method 5, https://doi.org/10.1002/sim.2324:
    the areas A with ``|area - A| <= z * sqrt(V(A))``, where V is the variance of Hanley and McNeil
    (1982) for samples that are as large as the two on average. One of each gives Wilson's interval.

    Args:
        area: The AUROC found.
        positives: Size of the one sample.
        negatives: Size of the other.
        level: Share of such intervals that hold the true area.
    """
    from statistics import NormalDist

    if not positives or not negatives:
        return (math.nan, math.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    others = (positives + negatives) / 2 - 1

    def variance(a: float) -> float:
        spread = 1 + others * ((1 - a) / (2 - a) + a / (1 + a))
        return a * (1 - a) * spread / (positives * negatives)

    def lower(found: float) -> float:
        low, high = 0.0, found
        for _ in range(60):
            middle = (low + high) / 2
            if (found - middle) ** 2 > z * z * variance(middle):
                low = middle
            else:
                high = middle
        return low

    # Which sample is called the positive one makes no difference: the variance is the same.
    return (lower(area), 1 - lower(1 - area))


def auroc(positives: Sequence[float] | Floats, negatives: Sequence[float] | Floats) -> float:
    """Chance that a positive scores above a negative, ties half (Mann-Whitney); NaN if empty."""
    import numpy as np

    first, second = np.asarray(positives, float), np.asarray(negatives, float)
    if not len(first) or not len(second):
        return math.nan
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    upto = np.searchsorted(ordered, first, side="right")
    return float((below + upto).sum() / (2 * len(first) * len(second)))


def kept_at_wrong(
    right: Sequence[float] | Floats, wrong: Sequence[float] | Floats, *, rate: float = 0.05
) -> float:
    """Share of the answerable kept at the threshold that lets ``rate`` of the unanswerable through.

    Args:
        right: Confidences of the answerable questions.
        wrong: Confidences of the questions whose answer is not in the documents.
        rate: Share of ``wrong`` that may be answered.
    """
    import numpy as np

    first, second = np.asarray(right, float), np.sort(np.asarray(wrong, float))
    if not len(first) or not len(second):
        return math.nan
    allowed = math.floor(rate * len(second))
    # Strictly above the first one that must be refused: ties with it are refused too.
    return float((first > second[len(second) - 1 - allowed]).mean())


def risk_coverage(
    confidences: Sequence[float], wrong: Sequence[bool]
) -> list[tuple[float, float, float]]:
    """(coverage, risk, threshold) at each distinct confidence, from the surest answer down.

    Coverage is the share of questions answered when all at or above the threshold are; risk the
    share of those answers that are wrong (El-Yaniv and Wiener 2010).
    """
    import numpy as np

    if not confidences:
        return []
    order = np.argsort(-np.asarray(confidences, float), kind="stable")
    scores = np.asarray(confidences, float)[order]
    errors = np.cumsum(np.asarray(wrong, float)[order])
    ends = [at for at in range(len(scores)) if at + 1 == len(scores) or scores[at + 1] < scores[at]]
    return [
        (float((at + 1) / len(scores)), float(errors[at] / (at + 1)), float(scores[at]))
        for at in ends
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Mean of B - A over the same questions, its interval, and the chance of it by luck alone."""

    value: float
    low: float
    high: float
    p: float
    n: int
    up: int
    down: int

    @property
    def shown(self) -> bool:
        """True when the test shows a difference at 5%."""
        return self.p < 0.05 and not (self.low <= 0 <= self.high)


def paired_bootstrap(
    differences: Sequence[float], *, seed: int, resamples: int = 5000, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean difference over questions.

    A loss is the mirror image of the win: B - A has the interval of A - B with its signs turned.
    """
    if not any(differences):
        return (0.0, 0.0)
    lost = sum(differences) < 0
    gains = [-value if lost else value for value in differences]
    low, high = ratio_interval(
        gains, [1.0] * len(gains), seed=seed, resamples=resamples, level=level
    )
    return (-high, -low) if lost else (low, high)


def randomisation_test(differences: Sequence[float], *, seed: int, rounds: int = 10000) -> float:
    """Two-sided p of the paired (sign-flip) randomisation test of a mean difference of zero.

    Smucker, Allan and Carterette (CIKM 2007), https://doi.org/10.1145/1321440.1321528. Exact over
    all sign patterns up to 13 non-zero differences, else drawn, with the observed one counted in.
    """
    import itertools

    import numpy as np

    values = np.asarray([value for value in differences if value], float)
    if not len(values):
        return 1.0
    observed = abs(values.sum()) - 1e-12
    if len(values) <= 13:
        signs: Any = np.array(list(itertools.product((1.0, -1.0), repeat=len(values))))
        return float((np.abs(signs @ values) >= observed).mean())
    generator = np.random.default_rng(seed)
    hits = 0
    step = max(1, _SLICE // len(values))
    for at in range(0, rounds, step):
        size = min(step, rounds - at)
        flips = generator.integers(0, 2, (size, len(values))) * 2.0 - 1.0
        hits += int((np.abs(flips @ values) >= observed).sum())
    return (hits + 1) / (rounds + 1)


def difference(left: Sequence[float], right: Sequence[float], *, seed: int = 0) -> Difference:
    """``right`` against ``left``, question by question."""
    deltas = [b - a for a, b in zip(left, right, strict=True)]
    low, high = paired_bootstrap(deltas, seed=seed)
    return Difference(
        value=sum(deltas) / len(deltas) if deltas else math.nan,
        low=low,
        high=high,
        p=randomisation_test(deltas, seed=seed),
        n=len(deltas),
        up=sum(delta > 0 for delta in deltas),
        down=sum(delta < 0 for delta in deltas),
    )
