"""``rag eval`` from arguments to exit status."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys

import pytest

from rag import cli
from rag.errors import SettingsError, SuiteError
from rag.evaluation import command
from rag.evaluation.evaluating import SuiteResult
from rag.evaluation.measures import Measure


@pytest.fixture
def rag_eval(shelf, capsys):
    def run(*arguments: str):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        parser.add_argument("--set", action="append", default=[], dest="assignments")
        parser.add_argument("--model")
        status = command.run(parser.parse_args(["evals/tiny.yaml", *arguments]))
        return status, *capsys.readouterr()

    return run


LOW = ("--set", "refusal_threshold=0.3")


def test_table(rag_eval) -> None:
    status, out, err = rag_eval(*LOW)
    assert status == 0
    assert out.startswith("tiny            n  recall@1")
    assert "answer    q3" in out
    assert "files: evals/runs/tiny-" in err


def test_index_is_kept_and_renewed(rag_eval, shelf, suite_file) -> None:
    rag_eval()
    rag_eval("--set", "refusal_threshold=0.9")
    assert len(shelf.builds) == 1, "asking otherwise needs no new index"
    rag_eval("--set", "chunk_tokens=64")
    assert len(shelf.builds) == 2, "chunking otherwise does"
    path = suite_file.parents[1] / "docs" / "b.md"
    path.write_text(path.read_text(encoding="utf-8") + "新的一行。\n", encoding="utf-8")
    rag_eval()
    assert len(shelf.builds) == 3, "other documents do"


def test_a_linked_folder_is_part_of_the_documents(rag_eval, shelf, suite_file) -> None:
    root = suite_file.parents[1]
    (root / "far").mkdir()
    (root / "far" / "c.md").write_text("远处的话。\n", encoding="utf-8")
    (root / "docs" / "near").symlink_to(root / "far")
    rag_eval()
    (root / "far" / "c.md").write_text("远处的别的话。\n", encoding="utf-8")
    rag_eval()
    assert len(shelf.builds) == 2


def test_what_an_evaluation_writes_and_asks_is_no_document(rag_eval, shelf, suite_file) -> None:
    root = suite_file.parents[1]
    # A suite among its documents, by a name under which the stand-in reads it.
    suite = root / "docs" / "tiny.md"
    suite.write_text(suite_file.read_text(encoding="utf-8"), encoding="utf-8")
    suite_file.unlink()
    suite_file.symlink_to(suite)
    index = root / "docs" / "index"
    index.mkdir()
    (index / "catalog.sqlite").touch()
    (index / "write.lock").touch()
    # Also under names that the stand-in reads.
    written = ("--report", "docs/report.md", "--save", "docs/result.md")
    options = (*LOW, "--runs", "docs/runs", "--json", *written)
    for time in ("first", "second"):
        status, out, _ = rag_eval(*options)
        assert (status, len(shelf.builds)) == (0, 1), time
        (result,) = json.loads(out)["suites"]
        assert result["build"]["documents"] == 2
        assert {s.partition(":")[0] for q in result["questions"] for s in q["passages"]} == {
            "docs/a.md",
            "docs/b.md",
        }
    (index / "write.lock").write_text("another holder")
    rag_eval(*options)
    assert len(shelf.builds) == 1


def test_json(rag_eval) -> None:
    status, out, _ = rag_eval("--json", "--legs", "lexical")
    value = json.loads(out)
    assert status == 0
    names = {m["name"] for m in value["suites"][0]["measures"]}
    assert {"recall@5", "recall@5 lexical"} <= names
    assert value["conditions"]["settings"]["refusal_threshold"] == 0.5
    assert value["conditions"]["peak_memory_bytes"] > 10**6


def test_fail_under(rag_eval) -> None:
    assert rag_eval("--fail-under", "recall@5=0.99", *LOW)[0] == 0
    status, _, err = rag_eval("--fail-under", "kind:list/items_cited=0.9", *LOW)
    assert status == 1
    assert "items_cited (kind:list) is 0.5000, below 0.9" in err
    status, _, err = rag_eval("--fail-under", "kind:nothing/recall@5=0.1", *LOW)
    assert status == 1, "a floor that nothing is held against is not met"
    # A share of mistakes has a ceiling.
    assert rag_eval("--fail-under", "false_refusal=0.05", *LOW)[0] == 0
    with pytest.raises(SettingsError, match=r"recall@5=0\.95"):
        rag_eval("--fail-under", "recal=0.9")


def test_a_mean_of_thirds_meets_the_floor_it_is_equal_to(capsys) -> None:
    value = sum([1 / 3] * 6) / 4  # 0.49999999999999994
    assert value < 0.5
    measure = Measure(name="recall@5", group="all", value=value, low=0.2, high=0.8, n=4)
    result = SuiteResult(
        name="s", description="", measures=(measure,), questions=(), latency={}, build={}
    )
    assert command._below([("", "all", "recall@5", 0.5)], [result], ()) == 0
    assert command._below([("", "all", "recall@5", 0.5001)], [result], ()) == 1
    assert "recall@5 (all) is 0.5000, below 0.5001" in capsys.readouterr().err


@pytest.mark.parametrize("limit", ["0", "-5"])
def test_a_draft_of_no_questions_is_refused(rag_eval, limit) -> None:
    with pytest.raises(SuiteError, match=rf"--limit {limit}: must be at least 1"):
        rag_eval("--suite-from-documents", "docs", "--limit", limit)


def test_a_floor_of_a_kind_holds_where_all_are_of_it(rag_eval, suite_file) -> None:
    text = suite_file.read_text(encoding="utf-8")
    path = suite_file.with_name("direct.yaml")
    path.write_text(
        text[: text.index("  - id: q3")].replace("tiny", "direct").replace("李四]", "王五]"),
        "utf-8",
    )
    floor = ("--fail-under", "kind:direct/answer_contains=0.9", *LOW)
    status, out, err = rag_eval(str(path), *floor)
    assert status == 1
    assert "direct: answer_contains (kind:direct) is 0.5000, below 0.9" in err
    assert "tiny: answer_contains" not in err
    table = out[out.index("\ndirect ") :].split("\n")
    assert table[2].startswith("all ")
    assert table[3].startswith("failed at"), "a group of all is no row of its own"


def test_a_floor_holds_for_suites_over_the_same_documents_together(rag_eval, suite_file) -> None:
    text = suite_file.read_text(encoding="utf-8")
    head, questions = text.split("questions:\n")
    right, without = (
        questions[: questions.index("  - {id: q4")],
        questions[questions.index("  - {id: q4") :],
    )
    suite_file.write_text(f"{head}questions:\n{right}", "utf-8")
    other = suite_file.with_name("without.yaml")
    other.write_text(f"{head.replace('tiny', 'without')}questions:\n{without}", "utf-8")
    assert rag_eval(str(other), *LOW, "--fail-under", "refusal_AUROC=0.5")[0] == 0
    status, _, err = rag_eval(str(other), *LOW, "--fail-under", "refusal_AUROC=1.5")
    assert status == 1
    assert "all over docs: refusal_AUROC (all) is 1.0000, below 1.5" in err
    # All of them are in Chinese.
    status, _, err = rag_eval(str(other), *LOW, "--fail-under", "language:zh/refusal_AUROC=1.5")
    assert (status, "refusal_AUROC (language:zh) is 1.0000" in err) == (1, True)
    status, _, err = rag_eval(str(other), *LOW, "--fail-under", "tiny/refusal_AUROC=0.5")
    assert (status, "no suite tiny was asked that has refusal_AUROC" in err) == (1, True)


def test_no_part_of_a_floor_is_dropped(rag_eval) -> None:
    status, _, err = rag_eval("--fail-under", "tiny/other/recall@5=0.1", *LOW)
    assert status == 1
    assert "no suite tiny/other was asked that has recall@5 for all" in err


def test_a_floor_over_skipped_suites_only_is_not_met(rag_eval, suite_file) -> None:
    suite_file.write_text(
        "suite: tiny\ndocuments: nowhere\noptional: true\n"
        "questions: [{id: a, question: q, answerable: false}]\n",
        encoding="utf-8",
    )
    assert rag_eval()[0] == 0, "a skipped suite alone is no mistake"
    status, _, err = rag_eval("--fail-under", "recall@5=0.9")
    assert status == 1
    assert err.splitlines() == [
        "evals/tiny.yaml: skipped, its documents are not on this machine",
        "--fail-under: no suite was asked that has recall@5 for all: the floor 0.9 is not met",
    ]


def test_a_sweep_holds_each_cell_against_the_floors(rag_eval) -> None:
    sweep = ("--sweep", "refusal_threshold=0.3,1.0")
    assert rag_eval(*sweep, "--fail-under", "recall@5=0.99")[0] == 0
    status, out, err = rag_eval(*sweep, "--fail-under", "false_refusal=0.5")
    assert status == 1
    assert out.startswith("cell ")
    told = [line for line in err.splitlines() if "false_refusal" in line]
    assert told == ["refusal_threshold=1.0: tiny: false_refusal (all) is 1.0000, above 0.5"]


@pytest.fixture
def breaks_at_one(shelf, monkeypatch):
    """With the threshold 1.0 every question ends in a fault."""
    well = shelf.ask

    def broken(self, *args, **more):
        if self.threshold == 1.0:
            raise RuntimeError("no model")
        return well(self, *args, **more)

    monkeypatch.setattr(shelf, "ask", broken)


@pytest.fixture
def judge_says(monkeypatch):
    """Takes the place of the judging model: gives each reply, and fails after the last."""
    from rag.evaluation import models

    def set_replies(*replies: str) -> None:
        left = iter(replies)

        class Model:
            model_name = "judge"

            def invoke(self, _):
                return type("Message", (), {"content": next(left)})

        monkeypatch.setattr(models, "chat_model", lambda *_: Model())

    return set_replies


def test_a_judge_that_fails_throws_no_figures_away(rag_eval, judge_says, suite_file) -> None:
    judge_says("yes", "no", "yes")
    status, out, _ = rag_eval(*LOW, "--judge", "x:y", "--full")
    assert (status, re.search(r"judged_right +66\.7", out) is not None) == (0, True)
    judge_says("yes")
    status, out, err = rag_eval(*LOW, "--judge", "x:y", "--save", "a.json")
    assert status == 1
    assert out.startswith("tiny ")
    assert "the figures are there, but without judged_right: " in err
    saved = json.loads((suite_file.parents[1] / "a.json").read_text(encoding="utf-8"))
    assert saved["conditions"]["judge"] == "x:y"
    assert saved["conditions"]["not judged"] in err
    judge_says("yes", "perhaps")
    assert "the judge said 'perhaps', not yes or no" in rag_eval(*LOW, "--judge", "x:y")[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--judge", "nosuch"), "write it as provider:model"),
        (("--save", "docs"), "--save docs: cannot be written"),
        (("--report", "docs/a.md/r.html"), "--report docs/a.md/r.html: cannot be written"),
    ],
)
def test_what_cannot_be_handed_out_is_told_before_anything_is_asked(
    rag_eval, shelf, options, told
) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        rag_eval(*options)
    assert shelf.builds == []


def test_trying_where_a_result_is_saved_changes_nothing(rag_eval, suite_file) -> None:
    root = suite_file.parents[1]
    (root / "a.json").write_text("kept", encoding="utf-8")
    with pytest.raises(SettingsError):
        rag_eval("--save", "a.json", "--report", "new.html", "--judge", "nosuch")
    assert (root / "a.json").read_text(encoding="utf-8") == "kept"
    assert not (root / "new.html").exists()
    link = root / "latest.json"
    link.symlink_to("not-yet.json")
    with pytest.raises(SettingsError):
        rag_eval("--save", "latest.json", "--judge", "nosuch")
    assert link.is_symlink()


@pytest.mark.usefixtures("breaks_at_one")
def test_faults_in_any_cell_fail_the_sweep(rag_eval) -> None:
    status, _, err = rag_eval("--sweep", "refusal_threshold=0.3,1.0")
    assert status == 1
    assert "refusal_threshold=1.0: 5 questions ended in a fault" in err
    assert "refusal_threshold=0.3: 5" not in err


def test_finished_cells_are_shown_when_a_later_one_fails(rag_eval, capsys, monkeypatch) -> None:
    evaluate = command._evaluate

    def breaks(args, suites, settings, label):
        if settings.refusal_threshold == 1.0:
            raise SuiteError("the disk is full")
        return evaluate(args, suites, settings, label)

    monkeypatch.setattr(command, "_evaluate", breaks)
    with pytest.raises(SuiteError, match="the disk is full"):
        rag_eval("--sweep", "refusal_threshold=0.3,1.0")
    assert capsys.readouterr().out.splitlines()[1].startswith("refusal_threshold=0.3")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--sweep", "k=1,2", "--compare", "k=3"), "--compare does not go with --sweep"),
        (("--sweep", "k=1,2", "--save", "a.json"), "--save does not go with --sweep"),
        (("--check", "--sweep", "k=1,2"), "--sweep does not go with --check"),
        (
            ("--suite-from-documents", "docs", "--fail-under", "passed=0.9"),
            "--fail-under does not go with --suite-from-documents",
        ),
        (("--rank-by", "passed"), "Add --sweep"),
        (("--sweep", "k=1,2", "--rank-by", "recal"), "--rank-by recal: there is no such measure"),
        (("--sweep", "k=1,2", "--rank-by", "recall@5 lexical"), "Add --legs lexical"),
        (("--seed", "-1"), "--seed -1: must be at least 0"),
        (("--sweep", "k=1,2", "--seed", "-1"), "--seed -1: must be at least 0"),
        (("--compare", "fusoin=rrf"), "fusoin"),
        (("--compare", "plain"), "--compare plain: write it as NAME=VALUE"),
        (("--compare", "nosuch.toml"), "nosuch.toml"),
    ],
)
def test_what_would_be_passed_over_is_refused_before_anything_is_asked(
    rag_eval, shelf, options, told
) -> None:
    with pytest.raises(SettingsError, match=re.escape(told)):
        rag_eval(*options)
    assert shelf.builds == []


def test_a_saved_result_is_read_before_anything_is_asked(rag_eval, shelf, suite_file) -> None:
    with pytest.raises(SuiteError, match=r"nosuch\.json: cannot be read"):
        rag_eval("--compare", "nosuch.json")
    assert shelf.builds == []
    rag_eval("--save", "a.json")
    shelf.builds.clear()
    text = suite_file.read_text(encoding="utf-8")
    (suite_file.parents[1] / "docs" / "c.md").write_text("又一篇。\n", encoding="utf-8")
    suite_file.write_text(text.replace("月球有多远?", "太阳有多远?"), encoding="utf-8")
    with pytest.raises(SuiteError, match="tiny: question 'q4' reads differently"):
        rag_eval("--compare", "a.json")
    suite_file.write_text(text.replace("suite: tiny", "suite: small"), encoding="utf-8")
    with pytest.raises(SuiteError, match="nothing to compare: a has tiny, this run has small"):
        rag_eval("--compare", "a.json")
    assert shelf.builds == [], "other documents: a build tells that the suite was asked"


def test_a_comparison_that_fails_throws_no_figures_away(
    rag_eval, capsys, suite_file, monkeypatch
) -> None:
    evaluate = command._evaluate

    def breaks(args, suites, settings, label):
        if label == "refusal_threshold=1.0":
            raise SuiteError("the disk is full")
        return evaluate(args, suites, settings, label)

    monkeypatch.setattr(command, "_evaluate", breaks)
    with pytest.raises(SuiteError, match="the disk is full"):
        rag_eval("--compare", "refusal_threshold=1.0", "--save", "a.json")
    assert capsys.readouterr().out.startswith("tiny ")
    saved = json.loads((suite_file.parents[1] / "a.json").read_text(encoding="utf-8"))
    assert [suite["name"] for suite in saved["suites"]] == ["tiny"]


def test_compare_settings_and_saved_results(rag_eval, tmp_path) -> None:
    status, out, _ = rag_eval(*LOW, "--compare", "refusal_threshold=1.0", "--save", "a.json")
    assert status == 0
    assert "no difference shown" in out
    assert "lost by refusal_threshold=1.0" in out
    _, out, _ = rag_eval("--set", "refusal_threshold=1.0", "--compare", "a.json")
    assert "tiny first_right" in out


def test_sweep(rag_eval) -> None:
    status, out, err = rag_eval("--sweep", "refusal_threshold=0.3,1.0", "--rank-by", "first_right")
    rows = out.splitlines()
    assert status == 0
    assert rows[1].startswith("refusal_threshold=0.3")
    assert rows[2].startswith("refusal_threshold=1.0")
    assert "cell 2 of 2" in err
    with pytest.raises(SettingsError, match="chunk_tokns"):
        rag_eval("--sweep", "chunk_tokns=1,2")


def test_check(rag_eval, suite_file) -> None:
    status, out, _ = rag_eval("--check")
    assert (status, out) == (0, "evals/tiny.yaml: 5 questions, in order\n")
    # `make eval` names floors whatever else it is given.
    status, _, err = rag_eval("--check", "--fail-under", "span_valid=1")
    assert (status, err) == (0, "--check measures nothing: --fail-under is not looked at\n")
    text = suite_file.read_text(encoding="utf-8")
    suite_file.write_text(text.replace("[李四]", "[王五]"), encoding="utf-8")
    status, out, _ = rag_eval("--check")
    assert (status, out.splitlines()[-1]) == (0, "evals/tiny.yaml: 5 questions, 1 to look at")
    suite_file.write_text(text.replace("公园由李四设计", "公园由王五设计"), encoding="utf-8")
    status, out, _ = rag_eval("--check")
    assert status == 1
    assert out.startswith(
        "evals/tiny.yaml:17: question 'q2': the evidence '公园由王五设计' does not"
    )


def test_faults_fail_the_command(rag_eval, shelf, monkeypatch) -> None:
    def broken(*_, **__):
        raise RuntimeError("no model")

    monkeypatch.setattr(shelf, "ask", broken)
    status, _, err = rag_eval()
    assert status == 1
    assert "5 questions ended in a fault" in err


@pytest.mark.usefixtures("breaks_at_one")
def test_faults_of_what_is_compared_with_fail_the_command(rag_eval) -> None:
    status, _, err = rag_eval("--compare", "refusal_threshold=1.0")
    assert status == 1
    assert "refusal_threshold=1.0: 5 questions ended in a fault" in err


@pytest.mark.parametrize("named", ["indexes/none", "indexes/default", "indexes/mine"])
@pytest.mark.parametrize("more", [(), ("--sweep", "k=1,2"), ("--check",)])
def test_an_index_that_is_named_must_be_there(
    rag_eval, shelf, capsys, monkeypatch, named, more
) -> None:
    monkeypatch.setenv("RAG_INDEX", "indexes/mine")
    if more == ("--check",):
        status, out, _ = rag_eval("--index", named, *more)
        assert (status, out.startswith(f"{named}: there is no index.")) == (1, True)
    else:
        with pytest.raises(SuiteError, match=rf"^{named}: there is no index\. Build it"):
            rag_eval("--index", named, *more)
    assert shelf.builds == [], "none is built in its place"


def test_rag_index_is_not_what_is_evaluated(rag_eval, shelf, monkeypatch) -> None:
    monkeypatch.setenv("RAG_INDEX", "indexes/mine")
    assert rag_eval()[0] == 0
    assert [path.name.startswith("eval-docs-") for path in shelf.builds] == [True]


def test_help_tells_what_is_evaluated_without_an_index(capsys, monkeypatch) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    with pytest.raises(SystemExit):
        cli.main(["eval", "--help"])
    out = capsys.readouterr().out
    assert "evaluate this index as it stands (default: one of each suite's documents" in out
    assert "indexes/default" not in out


def test_report(rag_eval, suite_file) -> None:
    rag_eval(*LOW, "--report", "out/r.html", "--compare", "refusal_threshold=1.0")
    page = (suite_file.parents[1] / "out" / "r.html").read_text(encoding="utf-8")
    assert "http" not in page.replace("http-equiv", ""), "nothing is loaded from anywhere"
    assert page.index("Failures") < page.index("Came out right")
    for words in ("<svg", "q5", "refusal", "no difference shown", "智慧小区花了多少钱?"):
        assert words in page


def test_report_escapes(rag_eval, suite_file) -> None:
    text = suite_file.read_text(encoding="utf-8")
    suite_file.write_text(text.replace("月球有多远?", "<script>alert(1)</script>"), "utf-8")
    rag_eval("--report", "r.html")
    page = (suite_file.parents[1] / "r.html").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_usage_without_suites(shelf, capsys) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([])) == 2


def test_import_is_light() -> None:
    code = (
        "import sys, rag.evaluation.command, rag.evaluation\n"
        "heavy = {'numpy', 'yaml', 'torch', 'ir_measures', 'langchain_core', 'tqdm', 'faiss'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
