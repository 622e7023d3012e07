"""``rag eval`` from arguments to exit status."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

import pytest

from rag.errors import SettingsError, SuiteError
from rag.evaluation import command


@pytest.fixture
def rag_eval(shelf, capsys):
    def run(*arguments: str):
        parser = argparse.ArgumentParser()
        command.add_arguments(parser)
        parser.add_argument("--set", action="append", default=[], dest="assignments")
        parser.add_argument("--index", default="indexes/default")
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
    text = suite_file.read_text(encoding="utf-8").replace("公园由李四设计", "公园由王五设计")
    suite_file.write_text(text, encoding="utf-8")
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


def test_missing_index(rag_eval) -> None:
    with pytest.raises(SuiteError, match=r"there is no index\. Build it"):
        rag_eval("--index", "indexes/none")


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
