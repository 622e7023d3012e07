"""Measure this release and write evals/results/<version>.md and .json.

    .venv/bin/python evals/publish.py [--quick] [--only NAME ...] [--without-public]

Only figures are written, no question and no quotation: the suites over the originals and the public
sets quote texts that are not ours. Suites whose documents are not on this machine are left out.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from baselines.langchain_pipeline import opener, retrieval_only

from rag import __version__
from rag.evaluation.comparing import compare
from rag.evaluation.evaluating import (
    Evaluation,
    Pool,
    SuiteResult,
    evaluate,
    peak_memory,
    plain,
)
from rag.evaluation.suites import Suite, load_suites
from rag.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
RETRIEVAL = ("recall@1", "recall@5", "MRR@10", "nDCG@10")
ANSWERS = (
    *("first_right", "first_on_evidence", "answer_contains", "items_cited", "highlight_exact"),
    *("citation_precision", "citation_recall", "span_valid", "false_refusal", "refusal_recall"),
    *("refusal_AUROC", "kept@5%wrong", "passed"),
)


PUBLIC = (
    "Nothing is refused here, so that the first rows tell how often the right sentence comes first "
    "over retrieved passages. Each question is asked again with its paragraph masked: "
    "`refusal_AUROC` and `kept@5%wrong` tell the two apart by confidence, and the last two rows say "
    "what the shipped threshold would refuse."
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="60 questions a suite, for a trial")
    parser.add_argument("--only", nargs="*", help="names of suites")
    parser.add_argument("--without-lexical", action="store_true", help="no answers without dense")
    parser.add_argument("--without-public", action="store_true")
    parser.add_argument("--public", type=int, default=150, help="questions of a public set")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--output", default=str(ROOT / "evals" / "results" / __version__))
    args = parser.parse_args()
    paths = [ROOT / "evals"] + ([] if args.without_public else [ROOT / "evals" / "public"])
    suites, skipped = load_suites(paths)
    suites = [
        dataclasses.replace(suite, legs=("calibrated", "lexical", "dense"))
        for suite in suites
        if not args.only or suite.name in args.only
    ]
    limit = 60 if args.quick else None
    suites = [drawn(suite, args.public) if suite.corpus else suite for suite in suites]
    settings = Settings().replace(**dict(text.split("=", 1) for text in args.set))
    begin = time.perf_counter()
    ours = run([suite for suite in suites if suite.documents], settings, "rag", limit)
    # On the public sets nothing is refused: the ranking of sentences and the confidence are seen
    # apart, and what the shipped threshold would refuse follows from the confidences.
    public = [suite for suite in suites if suite.corpus]
    never = settings.replace(refusal_threshold=0.0)
    forced = run(public, never, "rag", limit) if public else None
    seeds = [suite for suite in suites if suite.documents and suite.name.startswith("seeds")]
    bare = [dataclasses.replace(suite, legs=()) for suite in seeds]
    lexical = None
    if bare and not args.without_lexical:
        lexical = run(bare, settings.replace(fusion="lexical"), "lexical only", limit)
    plain_runs = []
    for size, overlap in ((1000, 200), (400, 80)):
        label = f"LangChain {size}/{overlap}"
        chosen = [made for suite in suites if (made := retrieval_only(suite)).questions]
        plain_runs.append(run(chosen, settings, label, limit, open_system=opener(size, overlap)))
    text = page(
        ours,
        forced,
        lexical,
        plain_runs,
        skipped=skipped,
        seconds=time.perf_counter() - begin,
    )
    output = Path(args.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.with_suffix(output.suffix + ".md").write_text(text, encoding="utf-8")
    everything = [ours, forced, lexical, *plain_runs]
    figures = [without_texts(evaluation) for evaluation in everything if evaluation]
    output.with_suffix(output.suffix + ".json").write_text(
        json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(text)
    return 0


def run(
    suites: list[Suite], settings: Settings, label: str, limit: int | None, **more: Any
) -> Evaluation:
    print(f"{label}: {', '.join(suite.name for suite in suites)}", file=sys.stderr)
    evaluation = evaluate(
        suites,
        settings=settings,
        label=label,
        limit=limit,
        indexes=ROOT / "indexes",
        runs=ROOT / "evals" / "runs",
        tell=lambda line: print(line, file=sys.stderr, flush=True),
        reuse=True,
        **more,
    )
    faults = [q for suite in evaluation.suites for q in suite.questions if q.stage == "fault"]
    if faults:
        # Zeros that stand for errors are no results to publish.
        sys.exit(f"{label}: {len(faults)} questions ended in a fault: {faults[0].reason}")
    return evaluation


def drawn(suite: Suite, size: int) -> Suite:
    """At most ``size`` questions, each with its twin whose document is masked."""
    names = list(
        dict.fromkeys(question.id.removesuffix("~removed") for question in suite.questions)
    )
    if not suite.ask:
        size *= 3
    if len(names) <= size:
        return suite
    kept = set(random.Random(0).sample(names, size))
    chosen = tuple(q for q in suite.questions if q.id.removesuffix("~removed") in kept)
    return dataclasses.replace(suite, questions=chosen)


def without_texts(evaluation: Evaluation) -> dict:
    """Figures alone: measures, latency, cost, conditions."""
    value = plain(evaluation)
    for suite in value["suites"]:
        for name in ("questions", "notes", "folder", "risk"):
            suite.pop(name)
    return value


def page(
    ours: Evaluation,
    forced: Evaluation | None,
    lexical: Evaluation | None,
    plain_runs: list[Evaluation],
    *,
    skipped: list[str],
    seconds: float,
) -> str:
    parts = [
        f"# Results of {__version__}",
        "",
        conditions(ours, seconds),
        "",
    ]
    for pool in ours.pools:
        parts += [f"## Answers over `{pool.documents}`", "", answers(pool), ""]
    parts += ["## Answers, suite by suite", "", suites_table(ours), ""]
    if forced:
        parts += [
            "## Public development sets",
            "",
            PUBLIC,
            "",
            public_table(forced, ours.conditions["settings"]["refusal_threshold"]),
            "",
        ]
    parts += [
        "## Retrieval against baselines",
        "",
        retrieval([ours, *([forced] if forced else [])], plain_runs),
        "",
    ]
    if lexical:
        parts += ["## What the dense leg adds to answers", "", differences(lexical, ours), ""]
    parts += ["## Time and space", "", costs([ours, *([forced] if forced else [])]), ""]
    parts += [f"Left out: {line}" for line in skipped]
    return "\n".join(parts).rstrip() + "\n"


def conditions(ours: Evaluation, seconds: float) -> str:
    facts = ours.conditions
    return (
        f"{facts['date'][:10]}, code {facts['code']}, {facts['machine']}, "
        f"Python {facts['python']}, seed {facts['seed']}, questions a suite: "
        f"{facts['limit'] or 'all'}. Per cent with 95% "
        f"intervals. Made by `python evals/publish.py` in {seconds / 60:.0f} minutes; peak memory "
        f"{peak_memory() / 1e6:.0f} MB. How to read it: [README](../README.md)."
    )


def answers(pool: Pool) -> str:
    groups = [m.group for m in pool.measures if m.name == "passed"]
    groups = [group for group in groups if not group.startswith("language")]
    names = [name for name in (*RETRIEVAL[:2], *ANSWERS) if pool.measure(name)]
    rows = [["", "n", *names]]
    for group in groups:
        n = pool.measure("passed", group)
        cells = [cell(pool, name, group, interval=group == "all") for name in names]
        rows.append([group.removeprefix("kind:"), str(n.n if n else 0), *cells])
    return markdown([list(column) for column in zip(*rows, strict=True)])


def suites_table(evaluation: Evaluation) -> str:
    suites = evaluation.suites
    shown = [name for name in ANSWERS if any(suite.measure(name) for suite in suites)]
    rows = [["", *(suite.name for suite in suites)]]
    rows.append(["questions", *(str(len(suite.questions)) for suite in suites)])
    rows += [[name, *(cell(suite, name) for suite in suites)] for name in shown]
    return markdown(rows)


def public_table(evaluation: Evaluation, threshold: float) -> str:
    names = ("first_on_evidence", "first_right", "answer_contains", "refusal_AUROC", "kept@5%wrong")
    suites = [suite for suite in evaluation.suites if suite.measure("first_right")]
    rows = [["", *(suite.name for suite in suites)]]
    rows.append(["answerable", *(str(counted(suite, answerable=True)) for suite in suites)])
    rows += [[name, *(cell(suite, name) for suite in suites)] for name in names]
    for label, answerable in (("refused, answerable", True), ("refused, masked", False)):
        shares = [refused(suite, threshold, answerable=answerable) for suite in suites]
        rows.append([f"{label}, at {threshold:g}", *(f"{100 * share:.1f}" for share in shares)])
    return markdown(rows)


def counted(suite: SuiteResult, *, answerable: bool) -> int:
    return sum(question.answerable == answerable for question in suite.questions)


def refused(suite: SuiteResult, threshold: float, *, answerable: bool) -> float:
    low = sum(
        q.refused or q.confidence < threshold for q in suite.questions if q.answerable == answerable
    )
    return low / max(1, counted(suite, answerable=answerable))


def retrieval(ours: list[Evaluation], plain_runs: list[Evaluation]) -> str:
    rows = [["suite", "system", *RETRIEVAL]]
    for suite in [suite for evaluation in ours for suite in evaluation.suites]:
        if not suite.measure("recall@1"):
            continue
        for label, leg in (
            ("rag", ""),
            ("hybrid, not re-read", " calibrated"),
            ("lexical only (BM25)", " lexical"),
            ("dense only", " dense"),
        ):
            rows.append([suite.name, label, *(cell(suite, name + leg) for name in RETRIEVAL)])
        for evaluation in plain_runs:
            other = next((s for s in evaluation.suites if s.name == suite.name), None)
            if other:
                rows.append(
                    [suite.name, evaluation.label, *(cell(other, name) for name in RETRIEVAL)]
                )
    return markdown(rows)


def differences(before: Evaluation, after: Evaluation) -> str:
    comparison = compare(before, after)
    rows = [["suite", "measure", before.label, after.label, "difference", "p (Holm)", ""]]
    for row in comparison.differences:
        # Not recall: what is searched by words alone is not read over either.
        if row.measure in {"passed", "first_right"}:
            found = row.difference
            rows.append(
                [
                    row.suite,
                    row.measure,
                    f"{100 * row.a:.1f}",
                    f"{100 * row.b:.1f}",
                    f"{100 * found.value:+.1f} [{100 * found.low:+.1f}, {100 * found.high:+.1f}]",
                    f"{row.p:.3f}",
                    row.verdict,
                ]
            )
    return markdown(rows)


def costs(evaluations: list[Evaluation]) -> str:
    rows = [
        [
            "suite",
            "documents",
            "passages",
            "index s",
            "MB",
            "ask ms p50 / p95",
            "search ms p50 / p95",
        ]
    ]
    for suite in [suite for evaluation in evaluations for suite in evaluation.suites]:
        build = suite.build
        rows.append(
            [
                suite.name,
                f"{build.get('documents', 0):.0f}",
                f"{build.get('passages', 0):.0f}",
                f"{build.get('seconds', 0):.1f}",
                f"{build.get('bytes', 0) / 1e6:.1f}",
                *(times(suite, stage) for stage in ("ask", "search")),
            ]
        )
    return markdown(rows)


def times(suite: SuiteResult, stage: str) -> str:
    if stage not in suite.latency:
        return "-"
    half, most = suite.latency[stage]
    return f"{1000 * half:.0f} / {1000 * most:.0f}"


def cell(
    result: SuiteResult | Pool, name: str, group: str = "all", *, interval: bool = True
) -> str:
    measure = result.measure(name, group)
    if measure is None:
        return ""
    value = f"{100 * measure.value:.1f}"
    return f"{value} [{100 * measure.low:.0f}, {100 * measure.high:.0f}]" if interval else value


def markdown(rows: list[list[str]]) -> str:
    head, *body = rows
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in body)])


if __name__ == "__main__":
    sys.exit(main())
