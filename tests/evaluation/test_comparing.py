from __future__ import annotations

import dataclasses

import pytest

from rag.errors import SuiteError
from rag.evaluation import Suite, compare, evaluate
from rag.evaluation.comparing import _holm, comparison_table
from rag.evaluation.evaluating import Evaluation, SuiteResult
from rag.evaluation.judging import Judged
from rag.evaluation.measures import measures_of


def evaluation(label: str, passed: list[bool], name: str = "s") -> Evaluation:
    questions = tuple(
        Judged(
            id=f"q{at}",
            question=f"question {at}",
            kind="direct",
            language="zh",
            answerable=True,
            passed=right,
            stage="" if right else "answer",
            reason="",
            refused=False,
            confidence=1.0,
            expected="",
            answer="",
            quotes=(),
            sources=(),
            passages=(),
            evidence_rank=1,
            values={"first_right": (float(right), 1.0), "false_refusal": (float(not right), 1.0)},
            seconds={},
        )
        for at, right in enumerate(passed)
    )
    suite = SuiteResult(
        name=name,
        description="",
        measures=tuple(measures_of(questions, resamples=50)),
        questions=questions,
        latency={},
        build={},
    )
    return Evaluation(label=label, suites=(suite,))


def test_better_and_lower_is_better() -> None:
    a, b = evaluation("a", [False] * 12 + [True] * 8), evaluation("b", [True] * 20)
    rows = {row.measure: row for row in compare(a, b).differences}
    assert rows["first_right"].verdict == "better"
    # Fewer false refusals: the figure falls, the verdict is better.
    assert rows["false_refusal"].difference.value == pytest.approx(-0.6)
    assert rows["false_refusal"].verdict == "better"
    back = {row.measure: row.verdict for row in compare(b, a).differences}
    assert back == {"passed": "worse", "first_right": "worse", "false_refusal": "worse"}


def test_no_difference_shown() -> None:
    a, b = evaluation("a", [True] * 18 + [False] * 2), evaluation("b", [True] * 20)
    comparison = compare(a, b)
    assert {row.verdict for row in comparison.differences} == {"no difference shown"}
    assert [entry[2] for entry in comparison.changed] == ["won", "won"]
    text = comparison_table(comparison)
    assert "no difference shown" in text
    assert "won by b (2):" in text


def test_holm() -> None:
    # Sorted 0.01 * 3, 0.03 * 2, 0.04 * 1, never falling; p = 1 is no test.
    assert _holm([0.04, 0.01, 1.0, 0.03]) == pytest.approx([0.06, 0.03, 1.0, 0.06])


def test_nothing_in_common() -> None:
    with pytest.raises(SuiteError, match="nothing to compare: a has s, b has t"):
        compare(evaluation("a", [True]), evaluation("b", [True], name="t"))


def test_same_id_other_question() -> None:
    a = evaluation("a", [True])
    other = dataclasses.replace(a.suites[0].questions[0], question="another")
    b = dataclasses.replace(a, suites=(dataclasses.replace(a.suites[0], questions=(other,)),))
    with pytest.raises(SuiteError, match="reads differently"):
        compare(a, b)


def test_unpaired_questions_are_told(suite_file, open_lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    options = {"runs": tmp_path / "runs", "open_system": open_lines, "resamples": 50}
    whole = evaluate(suite, **options)
    part = evaluate(suite, limit=3, **options)
    assert compare(whole, part).unpaired == ("tiny: 2 questions stand in one result only",)
