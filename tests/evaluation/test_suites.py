"""Suite files: what is read, and the line named by each fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SuiteError
from rag.evaluation.suites import Evidence, Suite, load_suites


def write(folder: Path, text: str, name: str = "s.yaml") -> Path:
    (folder / "docs").mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


HEAD = "suite: s\ndocuments: docs\nquestions:\n"
GOOD = "  - {id: a, question: q?, evidence: [{document: d, text: t}]}\n"


def test_all_fields(tmp_path) -> None:
    text = """\
suite: s
description: d
documents: docs
questions:
  - id: a
    question: 多少?
    kind: list
    language: zh
    history: [[前问, 前答]]
    evidence:
      - {document: x.md, text: 甲}
      - {document: x.md, start: 3, end: 5}
    all: true
    answers: [["172个", 172], 乙]
    exclude: [y.md]
    note: why
"""
    suite = Suite.load(write(tmp_path, text))
    (question,) = suite.questions
    assert question.history == (("前问", "前答"),)
    assert question.answers == (("172个", "172"), ("乙",))
    assert question.evidence == (
        Evidence(document="x.md", text="甲", line=11),
        Evidence(document="x.md", start=3, end=5, line=12),
    )
    assert (question.line, question.all, question.exclude) == (5, True, ("y.md",))


def test_flat_answers_are_ways_of_one_item(tmp_path) -> None:
    line = '  - {id: a, question: q, evidence: [{document: d, text: t}], answers: ["172个", 007]}\n'
    suite = Suite.load(write(tmp_path, HEAD + line))
    assert suite.questions[0].answers == (("172个", "007"),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "s.yaml:1: no suite in it"),
        (HEAD, "s.yaml:3: questions: the suite is empty"),
        ("suite: s\nquestions:\n" + GOOD, "s.yaml:1: documents: is missing"),
        (HEAD + GOOD.replace("evidence:", "evidnce:"), "Did you mean 'evidence'?"),
        (HEAD + GOOD + GOOD, "s.yaml:5: id: 'a' is also the id of the question on line 4"),
        (HEAD + "  - {id: a, question: q}\n", "s.yaml:4: evidence: question 'a' has none"),
        (HEAD + GOOD.replace("id: a", "id: a b"), "s.yaml:4: id: 'a b' has white space"),
        (HEAD + GOOD.replace("question: q?", "question: ''"), "s.yaml:4: question: must be a text"),
        (HEAD + GOOD.replace("id: a", "id: a, answerable: no"), "is marked unanswerable"),
        (HEAD + GOOD.replace("id: a", "id: a, answerable: 1"), "must be true or false"),
        (HEAD + GOOD.replace("text: t", "start: 5, end: 5"), "start and end go together"),
        (HEAD + GOOD.replace("text: t", "start: 5"), "start and end go together"),
        (HEAD + GOOD.replace("text: t", "start: x, end: 3"), "whole number"),
        (HEAD + GOOD.replace(", text: t", ""), "text: is missing. Quote the document"),
        (HEAD + "  - {id: a, id: b}\n", "s.yaml:4: 'id' stands twice"),
        (HEAD + "  - {id: a\n", "not valid YAML"),
        (HEAD + GOOD.replace("id: a", "id: a, history: [x]"), "list of [question, answer] pairs"),
        (HEAD.replace("docs", "nowhere") + GOOD, "s.yaml:2: documents:"),
        (HEAD + GOOD + "legs: [sparse]\n", "there is no leg 'sparse'"),
        (HEAD + GOOD + "relevance: half\n", "must be one of evidence, document"),
        (HEAD + "  - just words\n", "s.yaml:4: a question must be 'name: value' pairs"),
    ],
)
def test_faults_name_file_line_and_mend(tmp_path, text, message) -> None:
    with pytest.raises(SuiteError) as caught:
        Suite.load(write(tmp_path, text))
    assert message in str(caught.value)
    assert all(line.startswith(str(tmp_path / "s.yaml")) for line in str(caught.value).split("\n"))


def test_one_id_on_one_line_of_json_is_told(tmp_path) -> None:
    question = '{"id": "a", "question": "q", "answerable": false}'
    text = f'{{"suite": "s", "documents": "docs", "questions": [{question}, {question}]}}'
    with pytest.raises(SuiteError, match=r"s\.yaml:1: id: 'a' is also the id of the question on"):
        Suite.load(write(tmp_path, text))


def test_every_fault_is_told_at_once(tmp_path) -> None:
    text = HEAD + "  - {id: a, question: q}\n  - {id: b, evidence: [{document: d, text: t}]}\n"
    with pytest.raises(SuiteError) as caught:
        Suite.load(write(tmp_path, text))
    assert str(caught.value).count("\n") == 1


def test_optional_without_documents_is_skipped(tmp_path) -> None:
    text = HEAD.replace("docs", "nowhere\noptional: true") + GOOD
    suites, skipped = load_suites([write(tmp_path, text)])
    assert suites == []
    assert "skipped" in skipped[0]


def test_folder_and_twins(tmp_path) -> None:
    write(tmp_path, HEAD + GOOD, "a.yaml")
    write(tmp_path, HEAD + GOOD, "b.yaml")
    with pytest.raises(SuiteError, match=r"b\.yaml: the name 's' is also that of .*a\.yaml"):
        load_suites([tmp_path])
    (tmp_path / "empty").mkdir()
    with pytest.raises(SuiteError, match="holds no"):
        load_suites([tmp_path / "empty"])
    with pytest.raises(SuiteError, match="cannot be read"):
        load_suites([tmp_path / "none.yaml"])


def test_collection(tmp_path) -> None:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "p.tsv").write_text("甲乙\t乙甲\t1\n丙\t丁\t0\n", encoding="utf-8")
    text = "suite: s\ncollection: {format: pairs, path: p.tsv}\nrelevance: document\nask: false\n"
    suite = Suite.load(write(tmp_path, text))
    assert [question.question for question in suite.questions] == ["甲乙"]
    assert [document.text for document in suite.corpus] == ["乙甲", "丁"]
    assert not suite.ask


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("{format: nothing}", "needs 'format', one of squad"),
        ("{format: pairs}", "the option 'path' is missing"),
        ("{format: pairs, path: none.tsv}", "is not there"),
        ("{format: pairs, path: s.yaml, colour: red}", "there is no option 'colour'"),
    ],
)
def test_collection_faults(tmp_path, options, message) -> None:
    with pytest.raises(SuiteError, match="collection:") as caught:
        Suite.load(write(tmp_path, f"suite: s\ncollection: {options}\n"))
    assert message in str(caught.value)


def test_json_with_pairs_of_escaped_surrogates(tmp_path) -> None:
    question = (
        r'{"id": "a", "question": "\ud842\udfb7\uD83D\uDE00\n\\ud83d\\ude00", "answerable": false}'
    )
    path = write(
        tmp_path, f'{{"suite": "s", "documents": "docs", "questions": [{question}]}}', "s.json"
    )
    assert Suite.load(path).questions[0].question == "𠮷😀\n\\ud83d\\ude00"


@pytest.mark.parametrize(
    ("more", "relevance"), [("", "document"), ("relevance: evidence\n", "evidence")]
)
def test_whole_documents_as_evidence_are_judged_by_document(tmp_path, more, relevance) -> None:
    (tmp_path / "p.tsv").write_text("问\t同\t1\n", "utf-8")
    text = "suite: s\ncollection: {format: pairs, path: p.tsv, language: no}\n"
    suite = Suite.load(write(tmp_path, text + more))
    assert (suite.relevance, suite.questions[0].language) == (relevance, "no")
