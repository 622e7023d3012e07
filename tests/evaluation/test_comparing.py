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
    # Sorted 0.01 * 4, 0.03 * 3, 0.04 * 2, 1 * 1, never falling.
    assert _holm([0.04, 0.01, 1.0, 0.03]) == pytest.approx([0.09, 0.04, 1.0, 0.09])


def test_differences_to_both_sides_are_tests_and_few_of_them_are_none() -> None:
    # 7 of 20 lost; in false_refusal 6 turn to each side (p = 1); 2 differ in first_right.
    a, b = evaluation("a", [True] * 20), evaluation("b", [False] * 7 + [True] * 13)
    values = {
        "a": [
            {"first_right": (1.0, 1.0), "false_refusal": (float(at < 6), 1.0)} for at in range(20)
        ],
        "b": [
            {"first_right": (float(at > 1), 1.0), "false_refusal": (float(6 <= at < 12), 1.0)}
            for at in range(20)
        ],
    }
    changed = []
    for one in (a, b):
        (suite,) = one.suites
        questions = tuple(
            dataclasses.replace(question, values=given)
            for question, given in zip(suite.questions, values[one.label], strict=True)
        )
        suites = (dataclasses.replace(suite, questions=questions),)
        changed.append(dataclasses.replace(one, suites=suites))
    rows = {row.measure: row for row in compare(*changed).differences}
    alone = 2 / 2**7
    assert rows["passed"].difference.p == alone
    assert rows["passed"].p == 2 * alone  # corrected for false_refusal, not for first_right
    assert rows["false_refusal"].p == 1
    assert rows["first_right"].p == 0.5


def wanting(label: str, passes: list[bool], expected: str) -> Evaluation:
    """An evaluation of which the last question wants this answer."""
    made = evaluation(label, passes)
    (suite,) = made.suites
    questions = (*suite.questions[:-1], dataclasses.replace(suite.questions[-1], expected=expected))
    return dataclasses.replace(made, suites=(dataclasses.replace(suite, questions=questions),))


def test_answers_corrected_in_between_are_told() -> None:
    a, b = wanting("a", [True, True], "171个"), wanting("b", [True, False], "172个")
    (note,) = compare(a, b).unpaired
    assert note.startswith("s: 1 questions want another answer in the one than in the other")
    assert "such as q1" in note


@pytest.mark.parametrize("older", ["", "; "])
def test_evidence_without_words_in_older_results_is_no_other_answer(older: str) -> None:
    assert compare(wanting("a", [True], older), wanting("b", [True], "172个")).unpaired == ()


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
