"""One self-contained HTML file: figures with intervals, plots, every question, failures first.

Nothing is loaded from anywhere: style and plots stand inline. Texts of documents and of questions
are escaped; they may hold markup of their own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from rag.errors import SuiteError
from rag.evaluation.comparing import Comparison
from rag.evaluation.evaluating import Evaluation, SuiteResult
from rag.evaluation.judging import STAGES, Judged
from rag.evaluation.measures import Measure, higher_is_better, meaning
from rag.evaluation.plots import bars, curve, histogram, whiskers
from rag.evaluation.terminal import share
from rag.evaluation.written import REPORT_HEAD

__all__ = ["report_html", "write_report"]

_STAGE_MEANINGS = {
    "fault": "the system raised an error",
    "reading": "the words were lost when the file was read",
    "chunking": "no passage holds the whole evidence",
    "retrieval": "the evidence was not among the passages",
    "answer": "the evidence was there, another sentence was cited first, or items are missing",
    "citation": "the answer is right, its citation is not",
    "refusal": "refused what the documents hold, or answered what they do not",
}


def write_report(
    path: str | Path, evaluations: Sequence[Evaluation], comparisons: Sequence[Comparison] = ()
) -> None:
    """Write the report; folders on the way are made.

    Raises:
        SuiteError: The file cannot be written.
    """
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(report_html(evaluations, comparisons), encoding="utf-8")
    except OSError as error:
        raise SuiteError(
            f"{path}: cannot be written ({error.strerror}). Name another file: --report FILE.html"
        ) from error


def report_html(evaluations: Sequence[Evaluation], comparisons: Sequence[Comparison] = ()) -> str:
    """The whole page."""
    body = [_conditions(evaluations[0])]
    body += [_comparison(comparison) for comparison in comparisons]
    if len(evaluations) > 1:
        body.append(_cells(evaluations))
    for evaluation in evaluations:
        name = f"{evaluation.label}: " if len(evaluations) > 1 else ""
        body += [_pool(name, evaluation)] if evaluation.pools else []
        body += [_suite(name, suite) for suite in evaluation.suites]
        body += [f"<p class=note>{escape(line)}</p>" for line in evaluation.skipped]
    return (
        f"{REPORT_HEAD}<meta name=viewport content='width=device-width,initial-scale=1'>"
        f"<title>rag eval</title><style>{_STYLE}</style><h1>rag eval</h1>{''.join(body)}</html>\n"
    )


def _conditions(evaluation: Evaluation) -> str:
    facts = dict(evaluation.conditions)
    settings = facts.pop("settings", {})
    versions = facts.pop("versions", {})
    memory = facts.pop("peak_memory_bytes", 0)
    listed = [
        f"{name} {value}" for name, value in {**facts, **versions}.items() if value is not None
    ]
    listed += [f"peak memory {memory / 1e6:.0f} MB"] if memory else []
    cells = "".join(
        f"<tr><td>{escape(str(name))}<td>{escape(str(value))}" for name, value in settings.items()
    )
    return (
        f"<p class=note>{escape(' · '.join(listed))}</p>"
        f"<details><summary>settings</summary><table>{cells}</table></details>"
    )


def _suite(prefix: str, suite: SuiteResult) -> str:
    failed = [question for question in suite.questions if not question.passed]
    overall = [measure for measure in suite.measures if measure.group == "all"]
    parts = [
        f"<h2 id='{escape(suite.name)}'>{escape(prefix + suite.name)}</h2>",
        f"<p>{escape(suite.description)} {_passed(suite)}</p>",
        *(f"<p class=note>{escape(note)}</p>" for note in suite.notes[:20]),
        "<div class=plots>",
        _figure("Measures, % with 95% interval", whiskers(overall)),
        _figure("Where it failed", _stages(failed)),
        _confidences(suite),
        _risk(suite),
        _figure("Median time, ms", _times(suite)),
        "</div>",
        _groups(suite.measures),
        _measures(overall),
        _build(suite),
        _questions(failed, "Failures"),
        _questions([question for question in suite.questions if question.passed], "Came out right"),
    ]
    return "".join(parts)


def _figure(caption: str, plot: str) -> str:
    return f"<figure><figcaption>{escape(caption)}</figcaption>{plot}</figure>"


def _passed(suite: SuiteResult) -> str:
    right = sum(question.passed for question in suite.questions)
    return f"{right} of {len(suite.questions)} questions came out right."


def _pool(prefix: str, evaluation: Evaluation) -> str:
    parts = []
    for pool in evaluation.pools:
        overall = [measure for measure in pool.measures if measure.group == "all"]
        title = f"{prefix}all questions over {pool.documents}"
        parts.append(
            f"<h2>{escape(title)}</h2><p class=note>{escape(', '.join(pool.suites))}</p>"
            f"<div class=plots><figure>{whiskers(overall)}</figure></div>"
            f"{_groups(pool.measures)}"
        )
    return "".join(parts)


def _stages(failed: Sequence[Judged]) -> str:
    counts = {stage: sum(question.stage == stage for question in failed) for stage in STAGES}
    return bars(
        [(stage, float(count), _STAGE_MEANINGS[stage]) for stage, count in counts.items() if count]
    )


def _confidences(suite: SuiteResult) -> str:
    asked = [q for q in suite.questions if "false_refusal" in q.values]
    without = [q for q in suite.questions if "refusal_recall" in q.values]
    if not asked and not without:
        return ""
    plot = histogram([q.confidence for q in asked], [q.confidence for q in without])
    return (
        "<figure><figcaption>Confidence: answerable above, unanswerable below</figcaption>"
        f"{plot}</figure>"
    )


def _risk(suite: SuiteResult) -> str:
    if len(suite.risk) < 2:
        return ""
    points = [(coverage, risk) for coverage, risk, _ in suite.risk]
    return (
        "<figure><figcaption>Risk (share of answers that are wrong) by coverage (share of "
        f"questions answered)</figcaption>{curve(points)}</figure>"
    )


def _times(suite: SuiteResult) -> str:
    return bars(
        [
            (stage, 1000 * half, f"95th percentile {1000 * most:.1f} ms")
            for stage, (half, most) in suite.latency.items()
        ],
        digits=1,
    )


def _build(suite: SuiteResult) -> str:
    build = suite.build
    if not build.get("seconds"):
        return ""
    return (
        f"<p class=note>index: {build['documents']:.0f} documents, {build.get('passages', 0):.0f} "
        f"passages, {build['bytes'] / 1e6:.1f} MB, {build['seconds']:.1f} s, "
        f"{build['documents'] / build['seconds']:.1f} documents/s</p>"
    )


def _groups(measures: Sequence[Measure]) -> str:
    """Kinds and languages against measures, coloured by how good they are."""
    names = list(dict.fromkeys(m.name for m in measures if " " not in m.name))
    groups = list(dict.fromkeys(m.group for m in measures))
    if len(groups) < 2:
        return ""
    found = {(m.group, m.name): m for m in measures}
    head = "".join(f"<th title='{escape(meaning(name))}'>{escape(name)}" for name in names)
    rows = "".join(
        f"<tr><th>{escape(group)}<td>{found[group, 'passed'].n}"
        + "".join(_cell(found.get((group, name))) for name in names)
        for group in groups
    )
    return f"<div class=wide><table class=heat><tr><th><th>n{head}{rows}</table></div>"


def _cell(measure: Measure | None) -> str:
    if measure is None or math.isnan(measure.value):
        return "<td>"
    good = measure.value if higher_is_better(measure.name) else 1 - measure.value
    title = f"{share(measure.low)} to {share(measure.high)}, n = {measure.n}"
    return f"<td title='{title}' style='--g:{max(0.0, min(1.0, good)):.2f}'>{share(measure.value)}"


def _measures(measures: Sequence[Measure]) -> str:
    rows = "".join(
        f"<tr><td>{escape(m.name)}<td class=n>{share(m.value)}<td class=n>{share(m.low)} – "
        f"{share(m.high)}<td class=n>{m.n}<td>{escape(meaning(m.name))}"
        for m in measures
    )
    return (
        "<details><summary>every measure and what it means</summary><table><tr><th>measure<th>%"
        f"<th>95%<th>n<th>{rows}</table></details>"
    )


def _questions(questions: Sequence[Judged], title: str) -> str:
    if not questions:
        return ""
    ordered = sorted(questions, key=lambda question: STAGES.index(question.stage or "fault"))
    rows = "".join(map(_question, ordered))
    opened = " open" if title == "Failures" else ""
    return (
        f"<details{opened}><summary><b>{title}</b> ({len(questions)})</summary>"
        f"<div class=questions>{rows}</div></details>"
    )


def _question(question: Judged) -> str:
    verdict = question.stage or "right"
    facts = [
        ("expected", question.expected or ("a refusal" if not question.answerable else "")),
        ("answer", question.answer),
        *[
            (f"[{number}] {source}", quote)
            for number, (quote, source) in enumerate(
                zip(question.quotes, question.sources, strict=True), 1
            )
        ],
        ("evidence at rank", str(question.evidence_rank or "none of ten")),
        ("passages", ", ".join(question.passages)),
        ("confidence", f"{question.confidence:.3f}"),
    ]
    if not question.answerable:
        facts = [fact for fact in facts if fact[0] != "evidence at rank"]
    inside = "".join(f"<dt>{escape(name)}<dd>{escape(value)}" for name, value in facts if value)
    return (
        f"<details><summary><span class='stage {verdict}'>{verdict}</span> "
        f"<code>{escape(question.id)}</code> {escape(question.question)} "
        f"<small>{escape(question.reason)}</small></summary><dl>{inside}</dl></details>"
    )


def _comparison(comparison: Comparison) -> str:
    rows = "".join(
        f"<tr class='{row.verdict.split()[0]}'><td>{escape(row.suite)}<td>{escape(row.measure)}"
        f"<td class=n>{share(row.a)}<td class=n>{share(row.b)}"
        f"<td class=n>{100 * row.difference.value:+.1f}"
        f"<td class=n>{100 * row.difference.low:+.1f} – {100 * row.difference.high:+.1f}"
        f"<td class=n>{row.p:.3f}<td class=n>{row.difference.up}/{row.difference.down}"
        f"<td>{row.verdict}"
        for row in comparison.differences
        if row.difference.up or row.difference.down
    )
    changed = "".join(
        f"<li>{verdict}: <code>{escape(identity)}</code> {escape(text)}"
        for _, identity, verdict, text in sorted(comparison.changed, key=lambda entry: entry[2])
    )
    return (
        f"<h2>{escape(comparison.b)} against {escape(comparison.a)}</h2><table><tr><th>suite"
        f"<th>measure<th>{escape(comparison.a)}<th>{escape(comparison.b)}<th>difference<th>95%"
        f"<th>p (Holm)<th>up/down<th>{rows}</table>"
        "<p class=note>Measures that are alike on every question are left out.</p>"
        f"<details><summary>{len(comparison.changed)} verdicts differ</summary><ul>{changed}</ul>"
        "</details>"
    )


def _cells(evaluations: Sequence[Evaluation]) -> str:
    names = list(
        dict.fromkeys(
            m.name
            for evaluation in evaluations
            for suite in evaluation.suites
            for m in suite.measures
            if m.group == "all" and " " not in m.name
        )
    )
    head = "".join(f"<th>{escape(name)}" for name in names)
    rows = "".join(
        f"<tr><th>{escape(evaluation.label)}<td>{escape(suite.name)}"
        + "".join(_cell(suite.measure(name)) for name in names)
        for evaluation in evaluations
        for suite in evaluation.suites
    )
    return (
        f"<h2>Grid</h2><div class=wide><table class=heat><tr><th>cell<th>suite{head}{rows}"
        "</table></div>"
    )


_STYLE: Any = """
:root{color-scheme:light dark;--line:#8886;--good:150 60% 45%;--bad:10 70% 50%}
body{font:15px/1.5 system-ui,"Noto Sans CJK SC",sans-serif;max-width:1100px;margin:2rem auto;
padding:0 1rem}
h1{font-size:1.4rem}h2{font-size:1.2rem;margin-top:2.5rem;border-top:1px solid var(--line);
padding-top:1rem}
table{border-collapse:collapse;font-size:.87rem}th,td{padding:.15rem .5rem;text-align:left;
border-bottom:1px solid var(--line)}
td.n,.heat td{text-align:right;font-variant-numeric:tabular-nums}
.heat td[style]{background:color-mix(in srgb,hsl(var(--good)/.35) calc(var(--g)*100%),
hsl(var(--bad)/.45))}
.wide{overflow-x:auto}.note,small{color:GrayText;font-size:.85rem}.plots{display:flex;flex-wrap:wrap;
gap:1rem 2rem}figure{margin:0}figcaption{font-size:.85rem;color:GrayText}
svg text{font:11px system-ui,sans-serif;fill:CanvasText}summary{cursor:pointer}
.questions>details{border-bottom:1px solid var(--line);padding:.2rem 0}dl{display:grid;
grid-template-columns:max-content 1fr;gap:.2rem 1rem;margin:.4rem 1.2rem}dt{color:GrayText;
max-width:22rem;overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere;white-space:pre-line}
.stage{display:inline-block;min-width:4.5rem;text-align:center;border-radius:.3rem;font-size:.8rem;
background:hsl(var(--bad)/.3)}.stage.right{background:hsl(var(--good)/.3)}
tr.better td:last-child{background:hsl(var(--good)/.3)}tr.worse td:last-child{background:hsl(
var(--bad)/.3)}
"""
