"""Whole runs over the stand-in system; every figure is worked out by hand."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from rag.errors import AnsweringError, SuiteError
from rag.evaluation import Evaluation, Evidence, Question, Suite, evaluate
from rag.evaluation.cells import Cell
from rag.evaluation.outcomes import Outcome, OutcomeLog
from rag.evaluation.terminal import summary
from rag.records import Document
from rag.settings import Settings
from tests.evaluation.conftest import Lines


@pytest.fixture
def result(suite_file, open_lines, tmp_path):
    suite = Suite.load(suite_file)
    return evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, resamples=200)


def value(result, name, group="all"):
    return result.suites[0].measure(name, group).value


def test_figures(result) -> None:
    # q1, q2: the line with the evidence comes first. q3: one item at rank 1, the other at rank 2.
    assert value(result, "recall@1") == pytest.approx((1 + 1 + 0.5) / 3)
    assert value(result, "recall@5") == 1
    assert value(result, "success@5") == 1
    assert value(result, "MRR@10") == pytest.approx((1 + 1 + (1 + 1 / 2) / 2) / 3)
    assert value(result, "first_right") == 1
    # The answer to q3 has one line, with one of the two items.
    assert value(result, "items_cited", "kind:list") == 0.5
    assert value(result, "answer_contains") == pytest.approx((1 + 1 + 0.5) / 3)
    assert value(result, "span_valid") == 1
    assert value(result, "citation_precision", "kind:direct") == 1
    # q4 shares nothing and is refused, q5 shares most of a line and is answered.
    assert value(result, "refusal_recall") == 0.5
    assert value(result, "refusal_recall", "kind:off-topic") == 1
    assert value(result, "refusal_recall", "kind:near-miss") == 0
    assert value(result, "false_refusal") == 0
    assert value(result, "refusal_precision") == 1
    assert value(result, "passed") == 3 / 5


def test_where_it_failed(result) -> None:
    stages = {question.id: question.stage for question in result.suites[0].questions}
    assert stages == {"q1": "", "q2": "", "q3": "answer", "q4": "", "q5": "refusal"}


def test_all_right_is_not_certain(result) -> None:
    # 3 of 3: a bootstrap would claim [1, 1]; Wilson's interval starts at 44%.
    measure = result.suites[0].measure("recall@5")
    assert (round(measure.low, 2), measure.high, measure.n) == (0.44, 1.0, 3)


def test_saved_result_reads_back(result, tmp_path) -> None:
    result.save(tmp_path / "result.json")
    again = Evaluation.load(tmp_path / "result.json")
    assert json.dumps(again.to_json()) == json.dumps(result.to_json())
    assert again.suites[0].questions == result.suites[0].questions


def test_not_a_result(tmp_path) -> None:
    suite = {"measures": [], "questions": [], "latency": []}
    for value in (
        [],
        {"format": 1, "label": "", "conditions": {}, "skipped": [], "suites": [suite]},
    ):
        (tmp_path / "x.json").write_text(json.dumps(value))
        with pytest.raises(SuiteError, match=r"x\.json: is not a saved result"):
            Evaluation.load(tmp_path / "x.json")


def test_same_seed_same_figures(suite_file, open_lines, tmp_path, result) -> None:
    suite = Suite.load(suite_file)
    again = evaluate(suite, runs=tmp_path / "runs2", open_system=open_lines, resamples=200)
    assert again.suites[0].measures == result.suites[0].measures


def test_interrupted_run_goes_on(suite_file, open_lines, lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    whole = evaluate(suite, runs=tmp_path / "whole", open_system=open_lines, resamples=50)

    def stop(name: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, progress=stop)
    # The process died while it wrote the next line.
    (log,) = (tmp_path / "runs").glob("*/outcomes.jsonl")
    with log.open("a", encoding="utf-8") as file:
        file.write('{"question_id": "q4", "rank')
    lines.asked.clear()
    told: list[str] = []
    rest = evaluate(
        suite, runs=tmp_path / "runs", open_system=open_lines, resamples=50, tell=told.append
    )
    asked = lines.asked[1:]  # the first one warms up
    assert asked == [question.question for question in suite.questions[3:]]
    assert told == ["tiny: going on after 3 of 5 questions"]
    assert rest.suites[0].measures == whole.suites[0].measures
    lines.asked.clear()
    evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, resamples=50)
    assert len(lines.asked) == 1 + 5, "a finished run is asked anew"
    lines.asked.clear()
    options = {"runs": tmp_path / "runs", "open_system": open_lines, "resamples": 50}
    again = evaluate(suite, reuse=True, **options)
    assert lines.asked == []
    assert again.suites[0].measures == whole.suites[0].measures
    evaluate(suite, reuse=True, resume=False, **options)
    assert len(lines.asked) == 1 + 5


def test_a_fault_is_a_failure_not_the_end(suite_file, open_lines, lines, tmp_path) -> None:
    usual = lines.ask

    def breaks(question, **more):
        if "李四" in question or "设计" in question:
            raise RuntimeError("boom")
        return usual(question, **more)

    lines.ask = breaks
    suite = Suite.load(suite_file)
    result = evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, resamples=50)
    judged = {question.id: question for question in result.suites[0].questions}
    assert judged["q2"].stage == "fault"
    assert judged["q2"].reason.startswith("RuntimeError: boom")
    # It counts zero everywhere, retrieval included.
    assert judged["q2"].values["first_right"] == (0.0, 1.0)
    assert judged["q2"].values["recall@5"] == (0.0, 1.0)


def test_masked_documents(suite_file, open_lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    masked = tuple(dataclasses.replace(q, exclude=("docs/a.md",)) for q in suite.questions)
    result = evaluate(
        dataclasses.replace(suite, questions=masked),
        runs=tmp_path / "runs",
        open_system=open_lines,
        resamples=50,
    )
    ranks = {question.id: question.evidence_rank for question in result.suites[0].questions}
    assert ranks == {"q1": None, "q2": 1, "q3": 1, "q4": None, "q5": None}


@pytest.mark.parametrize(
    ("exclude", "left"),
    [(("t/c.csv",), []), (("t/c.csv#1",), ["t/c.csv#2"]), (("c.csv#1", "t/c.csv#2"), [])],
)
def test_a_table_is_masked_as_a_whole_or_by_the_row(suite_file, tmp_path, exclude, left) -> None:
    rows = [
        Document(id=f"t/c.csv#{at}", source="t/c.csv", text=f"第{at}行的话。\n") for at in (1, 2)
    ]
    lines = Lines(rows)
    evidence = (Evidence(document="t/c.csv", text="行的话"),)
    question = Question(id="q", question="第1行?", evidence=evidence, exclude=exclude)
    suite = Suite(name="s", questions=(question,), ask=False)
    cell = Cell(
        system=lines,
        folder=tmp_path,
        documents={row.id: row for row in rows},
        build={},
        failed=(),
        opener=lambda _: lines,
        settings=Settings(),
    )
    result = evaluate(suite, runs=tmp_path / "runs", open_system=lambda *_, **__: cell)
    (judged,) = result.suites[0].questions
    assert list(judged.passages) == [f"t/c.csv:0-{len(rows[0].text) - 1}"] * len(left)
    # Either row holds the evidence, and both are one item of it.
    assert judged.evidence_rank == (1 if left else None)
    assert (tmp_path / "runs").glob("*/qrels.trec").__next__().read_text() == "q#1 0 evidence 1\n"


def test_a_changed_index_is_not_gone_on_with(suite_file, open_lines, lines, tmp_path) -> None:
    def stop(name: str, done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    suite = Suite.load(suite_file)
    options = {"runs": tmp_path / "runs", "index": tmp_path, "open_system": open_lines}
    with pytest.raises(KeyboardInterrupt):
        evaluate(suite, progress=stop, **options)
    lines._documents["b"] = dataclasses.replace(
        lines.document("b"), text=lines.document("b").text + "新的一行。\n"
    )
    lines.asked.clear()
    evaluate(suite, resamples=50, **options)
    assert len(lines.asked) == 1 + 5


def test_a_run_lies_in_its_folder_whatever_the_suite_is_called(
    suite_file, open_lines, tmp_path
) -> None:
    suite = dataclasses.replace(Suite.load(suite_file), name="../../城 100%")
    result = evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, resamples=50)
    (folder,) = (tmp_path / "runs").iterdir()
    assert folder.name.startswith("..%2F..%2F城 100%25-")
    assert result.suites[0].name == "../../城 100%"


def test_only_suites_over_one_folder_are_pooled(suite_file, open_lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    other = dataclasses.replace(suite, name="other", root=tmp_path / "elsewhere")
    same = dataclasses.replace(suite, name="same", documents="../" + tmp_path.name + "/docs")
    options = {"runs": tmp_path / "runs", "open_system": open_lines, "resamples": 50}
    assert evaluate([suite, other], **options).pools == ()
    (pool,) = evaluate([suite, other, same], **options).pools
    assert (pool.documents, pool.suites) == ("docs", ("tiny", "same"))


def test_a_kind_that_all_are_of_is_measured_as_all(suite_file, open_lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    direct = dataclasses.replace(suite, questions=suite.questions[:2])
    result = evaluate(direct, runs=tmp_path / "runs", open_system=open_lines, resamples=50)
    assert value(result, "first_right", "kind:direct") == 1
    assert value(result, "first_right", "language:zh") == 1
    assert result.suites[0].measure("first_right", "kind:list") is None
    assert {measure.group for measure in result.suites[0].measures} == {"all"}, "not in tables"


def test_a_log_torn_inside_a_character_goes_on_before_it(tmp_path) -> None:
    path = tmp_path / "outcomes.jsonl"
    log = OutcomeLog(path, {"a": "b"})
    log.add(Outcome(question_id="q1", seconds={"ask": 0.5}))
    log.close()
    with path.open("ab") as file:
        file.write('{"question_id": "城'.encode()[:-1])
    again = OutcomeLog(path, {"a": "b"})
    again.close()
    assert list(again.resumed) == ["q1"]
    assert path.read_text(encoding="utf-8").count("\n") == 2


def test_limit_draws_in_order(suite_file, open_lines, tmp_path) -> None:
    suite = Suite.load(suite_file)
    result = evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, limit=2)
    identities = [question.id for question in result.suites[0].questions]
    assert len(identities) == 2
    assert identities == sorted(identities)


def test_summary_says_the_figures(result) -> None:
    text = summary(result, full=True)
    assert "kind:near-miss" in text
    assert "recall@5" in text
    assert "failed at: answer 1, refusal 1" in text


def test_gives_up_on_a_system_that_cannot_answer(suite_file, open_lines, lines, tmp_path) -> None:
    def broken(question, **more):
        raise RuntimeError("no model")

    usual, lines.ask = lines.ask, broken
    suite = Suite.load(suite_file)
    many = [dataclasses.replace(suite.questions[0], id=f"q{at}") for at in range(30)]
    suite = dataclasses.replace(suite, questions=tuple(many))
    with pytest.raises(AnsweringError, match="the first 10 questions all failed: RuntimeError: no"):
        evaluate(suite, runs=tmp_path / "runs", open_system=open_lines)
    # What failed is asked again once it is mended.
    lines.ask = usual
    result = evaluate(suite, runs=tmp_path / "runs", open_system=open_lines, resamples=50)
    assert value(result, "passed") == 1


def test_all_that_makes_an_index_is_part_of_what_a_kept_one_is_known_by() -> None:
    from rag.evaluation import cells

    builders = [cells._PACKAGE / name for name in (*cells._BUILDERS, *cells._BUILDER_ROOMS)]
    assert not [path for path in builders if not path.exists()]
    made_by = {"reading", "chunking", "embedding", "index", "indexing"}
    assert made_by <= {path.name for path in builders}


@pytest.mark.parametrize("given", ["evals/seeds.yaml", Path("evals/seeds.yaml"), None, [None], 3])
def test_what_is_no_suite_is_told(given) -> None:
    with pytest.raises(SuiteError, match=r"takes suites, and .* is none\. Load a file first"):
        evaluate(given)


def test_where_only_retrieval_is_measured_nothing_unanswerable_counts(
    suite_file, open_lines, tmp_path
) -> None:
    suite = dataclasses.replace(Suite.load(suite_file), ask=False)
    result = evaluate(suite, settings=Settings(), runs=tmp_path, open_system=open_lines)
    (found,) = result.suites
    assert [question.id for question in found.questions] == ["q1", "q2", "q3"]
    assert found.measure("passed").value == found.measure("success@5").value == 1
    none = dataclasses.replace(suite, questions=suite.questions[3:])
    with pytest.raises(SuiteError, match="Add at least one answerable question"):
        evaluate(none, settings=Settings(), runs=tmp_path, open_system=open_lines)
