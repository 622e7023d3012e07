"""Figures as tables for a terminal."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from rag.evaluation.evaluating import Evaluation, Pool, SuiteResult
from rag.evaluation.measures import Measure

__all__ = ["failures_list", "figures_table", "groups_table", "latency_line", "summary", "table"]

_COLUMNS = (
    *("recall@1", "recall@5", "MRR@10", "first_right", "highlight_exact"),
    *("citation_precision", "false_refusal", "refusal_recall", "refusal_AUROC", "passed"),
)


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns as wide as their widest cell; the first row is the head.

    The first column is set left, the others right. East Asian wide characters count as two.
    """
    widths = [max(_width(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = []
    for row in rows:
        cells = [
            cell + " " * (width - _width(cell)) if at == 0 else " " * (width - _width(cell)) + cell
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def share(value: float) -> str:
    """0.9731 as ``97.3``; nothing as ``-``."""
    return "-" if math.isnan(value) else f"{100 * value:.1f}"


def with_interval(measure: Measure) -> str:
    """``97.3 [95.1, 98.9]``, in per cent."""
    return f"{share(measure.value)} [{share(measure.low)}, {share(measure.high)}]"


def groups_table(suite: SuiteResult | Pool) -> str:
    """One row for all questions and for each kind and language; the main measures in per cent."""
    present = [name for name in _COLUMNS if suite.measure(name)]
    if not suite.measure("first_right") and not suite.measure("refusal_recall"):
        present = ["recall@1", "recall@5", "recall@10", "MRR@10", "nDCG@10"]
    counts = {m.group: m.n for m in suite.measures if m.name == "passed"}
    name = suite.name if isinstance(suite, SuiteResult) else f"all over {suite.documents}"
    rows = [[name, "n", *present]]
    for group, n in counts.items():
        cells = [suite.measure(name, group) for name in present]
        rows.append([group, str(n), *(share(m.value) if m else "-" for m in cells)])
    return table(rows)


def figures_table(suite: SuiteResult | Pool) -> str:
    """Every measure over all questions with its interval, in per cent."""
    rows = [["measure", "% [95% interval]", "n"]]
    rows += [[m.name, with_interval(m), str(m.n)] for m in suite.measures if m.group == "all"]
    return table(rows)


def legs_table(suite: SuiteResult) -> str:
    """Retrieval of the system beside each leg alone, with intervals; '' without legs."""
    names = ("recall@1", "recall@5", "MRR@10")
    found = [m.name.partition(" ")[2] for m in suite.measures if m.name.startswith("recall@1 ")]
    if not found:
        return ""
    rows = [["retrieval", *names]]
    for leg in ["", *dict.fromkeys(found)]:
        cells = [suite.measure(f"{name} {leg}".strip()) for name in names]
        rows.append([leg or "as set", *(with_interval(m) if m else "-" for m in cells)])
    return table(rows)


def latency_line(suite: SuiteResult) -> str:
    """Times per stage, median / 95th percentile in milliseconds, and what the index cost."""
    times = ", ".join(
        f"{stage} {1000 * half:.1f}/{1000 * most:.1f}"
        for stage, (half, most) in suite.latency.items()
    )
    build = suite.build
    cost = f"{build.get('bytes', 0) / 1e6:.1f} MB"
    if build.get("seconds"):
        cost += (
            f", built in {build['seconds']:.1f} s "
            f"({build['documents'] / build['seconds']:.0f} documents/s, "
            f"{build.get('characters', 0) / build['seconds'] / 1000:.0f},000 characters/s)"
        )
    return f"ms p50/p95: {times}\nindex: {cost}"


def failures_line(suite: SuiteResult) -> str:
    """How many questions failed at each stage."""
    counts: dict[str, int] = {}
    for question in suite.questions:
        if question.stage:
            counts[question.stage] = counts.get(question.stage, 0) + 1
    listed = ", ".join(f"{stage} {count}" for stage, count in sorted(counts.items()))
    return f"failed at: {listed or 'nothing failed'}"


def summary(evaluation: Evaluation, *, full: bool = False) -> str:
    """All suites, one block each."""
    blocks = []
    for suite in evaluation.suites:
        lines = [groups_table(suite), *filter(None, [legs_table(suite)])]
        if full:
            lines.append(figures_table(suite))
        lines += [failures_line(suite), latency_line(suite)]
        blocks.append("\n".join(lines))
    blocks += [
        "\n".join([groups_table(pool), *([figures_table(pool)] if full else [])])
        for pool in evaluation.pools
    ]
    return "\n\n".join([*blocks, *evaluation.skipped])


def failures_list(evaluation: Evaluation, most: int) -> str:
    """The first failures of each suite, one line each: where, which question, why."""
    lines: list[str] = []
    for suite in evaluation.suites:
        failed = [question for question in suite.questions if not question.passed]
        if failed:
            lines.append(f"\n{suite.name}: failures ({len(failed)} of {len(suite.questions)})")
        lines += [f"  {q.stage:<9} {q.id}: {q.question}  ({q.reason})" for q in failed[:most]]
    return "".join(line + "\n" for line in lines)
