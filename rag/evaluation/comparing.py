"""Two evaluations of the same suites, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.errors import SuiteError
from rag.evaluation.evaluating import Evaluation, SuiteResult
from rag.evaluation.intervals import Difference, difference
from rag.evaluation.judging import Judged
from rag.evaluation.measures import higher_is_better
from rag.evaluation.suites import Suite
from rag.evaluation.terminal import share, table

__all__ = ["Comparison", "MeasureDifference", "check_pairs", "compare", "comparison_table"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureDifference:
    """One measure of one suite, B against A.

    Attributes:
        p: Of the paired randomisation test, after Holm's correction over the suite's measures.
        verdict: ``better``, ``worse`` or ``no difference shown``.
    """

    suite: str
    measure: str
    a: float
    b: float
    difference: Difference
    p: float
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """B against A over the questions both have.

    Attributes:
        changed: (suite, question id, 'won' or 'lost', question) of every question whose verdict
            differs.
        unpaired: Lines on questions and suites that only one of the two has, and on questions for
            which the two count different answers as right.
    """

    a: str
    b: str
    differences: tuple[MeasureDifference, ...]
    changed: tuple[tuple[str, str, str, str], ...]
    unpaired: tuple[str, ...]


def check_pairs(saved: Evaluation, suites: Sequence[Suite]) -> None:
    """Raise before the suites are asked what :func:`compare` would raise after it.

    Raises:
        SuiteError: As :func:`compare`.
    """
    results = {suite.name: suite for suite in saved.suites}
    shared = [suite for suite in suites if suite.name in results]
    if not shared:
        raise _nothing_shared(saved, "this run", suites)
    for suite in shared:
        texts = {question.id: question.question for question in results[suite.name].questions}
        for question in suite.questions:
            if texts.get(question.id, question.question) != question.question:
                raise _reads_differently(suite.name, question.id)


def compare(a: Evaluation, b: Evaluation, *, seed: int = 0) -> Comparison:
    """Pair the questions by suite and id and test every measure that both have.

    A question that has a value in one of the two only (a precision of no citations, say) is left
    out of that measure, as a pair needs both.

    Raises:
        SuiteError: They have no suite in common, or a question of one id reads differently.
    """
    differences: list[MeasureDifference] = []
    changed: list[tuple[str, str, str, str]] = []
    unpaired: list[str] = []
    others = {suite.name: suite for suite in b.suites}
    shared = [suite for suite in a.suites if suite.name in others]
    if not shared:
        raise _nothing_shared(a, b.label, b.suites)
    names = {suite.name for suite in shared}
    unpaired += [f"{s.name}: only in {a.label}" for s in a.suites if s.name not in names]
    unpaired += [f"{s.name}: only in {b.label}" for s in b.suites if s.name not in names]
    for suite in shared:
        pairs, alone = _pairs(suite, others[suite.name])
        unpaired += alone
        differences += _differences(suite.name, pairs, seed)
        changed += [
            (suite.name, left.id, "won" if right.passed else "lost", left.question)
            for left, right in pairs
            if left.passed != right.passed
        ]
    return Comparison(
        a=a.label,
        b=b.label,
        differences=tuple(differences),
        changed=tuple(changed),
        unpaired=tuple(unpaired),
    )


def _nothing_shared(
    a: Evaluation, label: str, suites: Sequence[Suite] | Sequence[SuiteResult]
) -> SuiteError:
    return SuiteError(
        f"nothing to compare: {a.label} has {_names(a.suites)}, {label} has {_names(suites)}. "
        "Compare results of the same suite."
    )


def _names(suites: Sequence[Suite] | Sequence[SuiteResult]) -> str:
    return ", ".join(suite.name for suite in suites) or "none"


def _reads_differently(suite: str, question: str) -> SuiteError:
    return SuiteError(
        f"{suite}: question {question!r} reads differently in the two results. Run both over the "
        "same suite."
    )


def _pairs(a: SuiteResult, b: SuiteResult) -> tuple[list[tuple[Judged, Judged]], list[str]]:
    right = {question.id: question for question in b.questions}
    pairs = [(left, right[left.id]) for left in a.questions if left.id in right]
    for left, other in pairs:
        if left.question != other.question:
            raise _reads_differently(a.name, left.id)
    missing = len(a.questions) + len(b.questions) - 2 * len(pairs)
    notes = [f"{a.name}: {missing} questions stand in one result only"] if missing else []
    turned = [one.id for one, other in pairs if _want_another(one, other)]
    if turned:
        notes.append(
            f"{a.name}: {len(turned)} questions want another answer in the one than in the other, "
            f"such as {turned[0]}: what changed there may be the suite's doing"
        )
    return pairs, notes


def _want_another(one: Judged, other: Judged) -> bool:
    # Of evidence given by offsets or as whole documents, older results hold no words.
    told = one.expected.strip("; ") and other.expected.strip("; ")
    return one.answerable != other.answerable or bool(told and one.expected != other.expected)


def _differences(
    suite: str, pairs: Sequence[tuple[Judged, Judged]], seed: int
) -> list[MeasureDifference]:
    names = dict.fromkeys(name for left, _ in pairs for name in left.values)
    tested: list[tuple[str, list[float], list[float], Difference]] = []
    for name in ["passed", *names]:
        left, right = [], []
        for one, other in pairs:
            if name == "passed":
                left.append(float(one.passed))
                right.append(float(other.passed))
            elif name in one.values and name in other.values:
                left.append(_ratio(one.values[name]))
                right.append(_ratio(other.values[name]))
        if left:
            tested.append((name, left, right, difference(left, right, seed=seed)))
    corrected = iter(_holm([entry.p for *_, entry in tested if _is_test(entry)]))
    return [
        MeasureDifference(
            suite=suite,
            measure=name,
            a=sum(left) / len(left),
            b=sum(right) / len(right),
            difference=entry,
            p=p,
            verdict=_verdict(name, entry, p),
        )
        for name, left, right, entry in tested
        for p in [next(corrected) if _is_test(entry) else entry.p]
    ]


def _is_test(entry: Difference) -> bool:
    """False where too few questions differ for any outcome of them to reach 5% (Tarone 1990).

    All of n to one side have p = 2 / 2^n, which is below 5% from six on. That is known without
    looking at the sides, so that such a measure need not be corrected for.
    """
    return entry.up + entry.down >= 6


def _ratio(value: tuple[float, float]) -> float:
    return value[0] / value[1] if value[1] else 0.0


def _verdict(name: str, entry: Difference, p: float) -> str:
    if p >= 0.05:
        return "no difference shown"
    return "better" if (entry.value > 0) == higher_is_better(name) else "worse"


def _holm(values: Sequence[float]) -> list[float]:
    """Holm's step-down correction (1979): the chance of one false "better" in the table stays 5%."""
    order = sorted((p, at) for at, p in enumerate(values))
    corrected = [1.0] * len(values)
    highest = 0.0
    for rank, (p, at) in enumerate(order):
        highest = max(highest, min(1.0, p * (len(order) - rank)))
        corrected[at] = highest
    return corrected


def comparison_table(comparison: Comparison) -> str:
    """Differences in points with intervals and verdicts, then the questions won and lost."""
    rows = [["suite measure", comparison.a, comparison.b, "B-A [95%]", "p", "up/down", ""]]
    alike = 0
    for row in comparison.differences:
        entry = row.difference
        if not entry.up and not entry.down:
            alike += 1
            continue
        rows.append(
            [
                f"{row.suite} {row.measure}",
                share(row.a),
                share(row.b),
                f"{100 * entry.value:+.1f} [{100 * entry.low:+.1f}, {100 * entry.high:+.1f}]",
                f"{row.p:.3f}",
                f"{entry.up}/{entry.down}",
                row.verdict,
            ]
        )
    lines = [table(rows)] if len(rows) > 1 else ["no difference shown"]
    if alike:
        lines.append(f"{alike} measures are alike on every question")
    for verdict in ("lost", "won"):
        chosen = [entry for entry in comparison.changed if entry[2] == verdict]
        if chosen:
            lines.append(f"\n{verdict} by {comparison.b} ({len(chosen)}):")
            lines += [f"  {suite} {identity}: {text}" for suite, identity, _, text in chosen[:20]]
            lines += [f"  and {len(chosen) - 20} more"] if len(chosen) > 20 else []
    return "\n".join([*lines, *comparison.unpaired])
