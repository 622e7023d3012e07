"""A grid of settings, each cell evaluated over the same suites, best first."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Iterator, Mapping, Sequence

from rag.errors import SettingsError
from rag.evaluation.evaluating import Evaluation
from rag.evaluation.measures import MEANINGS, higher_is_better
from rag.evaluation.terminal import share, table
from rag.settings import Settings

__all__ = ["cells_of", "check_rank", "grid", "sweep_table"]


def grid(assignments: Sequence[str]) -> dict[str, list[str]]:
    """``["chunk_tokens=128,256", "reranker=,bundled"]`` as name to values; '' is one (for none).

    Raises:
        SettingsError: An assignment without ``=`` or a name.
    """
    found: dict[str, list[str]] = {}
    for assignment in assignments:
        name, equals, values = assignment.partition("=")
        wanted = [value.strip() for value in values.split(",")]
        if not equals or not name.strip():
            raise SettingsError(
                f"--sweep {assignment}: write it as NAME=VALUE,VALUE; names: rag settings"
            )
        found.setdefault(name.strip(), []).extend(wanted)
    return found


def cells_of(
    sweep: Mapping[str, Sequence[str]], settings: Settings
) -> Iterator[tuple[str, Settings]]:
    """(label, settings) of every combination; an impossible one raises before anything runs."""
    for values in itertools.product(*sweep.values()):
        changes = dict(zip(sweep, values, strict=True))
        label = " ".join(f"{name}={value}" for name, value in changes.items())
        # chunk_overlap must stay below chunk_tokens: small passages get a share of the usual one.
        if "chunk_tokens" in changes and "chunk_overlap" not in changes:
            changes["chunk_overlap"] = str(
                min(settings.chunk_overlap, int(changes["chunk_tokens"]) // 4)
                if changes["chunk_tokens"].isdigit()
                else settings.chunk_overlap
            )
        yield label, settings.replace(**changes)


def check_rank(measure: str, legs: Collection[str] = ()) -> None:
    """Raise before anything is asked where nothing could be ranked by that name.

    Args:
        measure: As in :data:`rag.evaluation.measures.MEANINGS`, with a leg after a space or without.
        legs: Those that are measured.

    Raises:
        SettingsError: There is no such measure, or its leg is not measured.
    """
    name, _, leg = measure.partition(" ")
    if name not in MEANINGS:
        raise SettingsError(
            f"--rank-by {measure}: there is no such measure. Measures: {', '.join(MEANINGS)}"
        )
    if leg and leg not in legs:
        raise SettingsError(f"--rank-by {measure}: this leg is not measured. Add --legs {leg}")


def sweep_table(evaluations: Sequence[Evaluation], measure: str | None = None) -> str:
    """One row per cell, best first by a measure's mean over the suites, with its cost.

    Best is the lowest where the measure is a share of mistakes; cells without the measure are last.

    Args:
        evaluations: One per cell, over the same suites.
        measure: What ranks them; default ``passed``.
    """
    names = [name for name in _SHOWN if any(s.measure(name) for e in evaluations for s in e.suites)]
    by = measure or "passed"
    if by not in names:
        names.insert(0, by)
    ranked = sorted(evaluations, key=lambda evaluation: _place(_mean(evaluation, by), by))
    rows = [["cell", *names, "index s", "MB", "ask ms p50", "search ms p50"]]
    for evaluation in ranked:
        suites = evaluation.suites
        rows.append(
            [
                evaluation.label,
                *(share(_mean(evaluation, name)) for name in names),
                f"{sum(suite.build.get('seconds', 0) for suite in suites):.1f}",
                f"{sum(suite.build.get('bytes', 0) for suite in suites) / 1e6:.1f}",
                *(_milliseconds(evaluation, stage) for stage in ("ask", "search")),
            ]
        )
    known = any(not math.isnan(_mean(evaluation, by)) for evaluation in evaluations)
    order = f"ranked by {by}" if known else f"not ranked: no suite has {by}"
    return table(rows) + f"\n{order}; differences may be chance: rag eval A --compare B"


def _place(value: float, measure: str) -> float:
    """Ascending from the best; NaN, which compares with nothing, at the end."""
    if math.isnan(value):
        return math.inf
    return -value if higher_is_better(measure) else value


_SHOWN = ("passed", "recall@1", "recall@5", "first_right", "false_refusal", "refusal_recall")


def _mean(evaluation: Evaluation, name: str) -> float:
    found = [m.value for suite in evaluation.suites if (m := suite.measure(name)) is not None]
    return sum(found) / len(found) if found else float("nan")


def _milliseconds(evaluation: Evaluation, stage: str) -> str:
    times = [suite.latency[stage][0] for suite in evaluation.suites if stage in suite.latency]
    return f"{1000 * sum(times) / len(times):.1f}" if times else "-"
