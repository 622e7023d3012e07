"""A grid of settings, each cell evaluated over the same suites, best first."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from rag.errors import SettingsError
from rag.evaluation.evaluating import Evaluation
from rag.evaluation.terminal import share, table
from rag.settings import Settings

__all__ = ["cells_of", "grid", "sweep_table"]


def grid(assignments: Sequence[str]) -> dict[str, list[str]]:
    """``["chunk_tokens=128,256", "fusion=rrf,dense"]`` as name to values.

    Raises:
        SettingsError: An assignment without ``=`` or values.
    """
    found: dict[str, list[str]] = {}
    for assignment in assignments:
        name, equals, values = assignment.partition("=")
        wanted = [value.strip() for value in values.split(",") if value.strip()]
        if not equals or not wanted:
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


def sweep_table(evaluations: Sequence[Evaluation], measure: str | None = None) -> str:
    """One row per cell, best first by a measure's mean over the suites, with its cost.

    Args:
        evaluations: One per cell, over the same suites.
        measure: What ranks them; default ``passed``.
    """
    names = [name for name in _SHOWN if any(s.measure(name) for e in evaluations for s in e.suites)]
    by = measure or "passed"
    if by not in names:
        names.insert(0, by)
    ranked = sorted(evaluations, key=lambda evaluation: -_mean(evaluation, by))
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
    return table(rows) + f"\nranked by {by}; differences may be chance: rag eval A --compare B"


_SHOWN = ("passed", "recall@1", "recall@5", "first_right", "false_refusal", "refusal_recall")


def _mean(evaluation: Evaluation, name: str) -> float:
    found = [m.value for suite in evaluation.suites if (m := suite.measure(name)) is not None]
    return sum(found) / len(found) if found else float("nan")


def _milliseconds(evaluation: Evaluation, stage: str) -> str:
    times = [suite.latency[stage][0] for suite in evaluation.suites if stage in suite.latency]
    return f"{1000 * sum(times) / len(times):.1f}" if times else "-"
