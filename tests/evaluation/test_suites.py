"""Suite files: what is read, and the line named by each fault."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from rag.errors import SuiteError
from rag.evaluation.suites import LEGS, Evidence, Question, Suite, load_suites


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
        ("suite: s\nquestions: &all\n  - *all\n", "s.yaml: is nested without end"),
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


HERE = (Evidence(document="d", text="t"),)
ASKED = Question(id="a", question="q?", evidence=HERE)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": ""}, "id: must be a text"),
        ({"id": 7}, "id: must be a text"),
        ({"id": "a b"}, "id: 'a b' has white space or '#'"),
        ({"question": "  "}, "question: must be a text"),
        ({"question": None}, "question: must be a text"),
        ({"evidence": ()}, "evidence: question 'a' has none"),
        ({"evidence": HERE[0]}, "evidence: must be a tuple of Evidence"),
        ({"evidence": ("t",)}, "evidence: must be a tuple of Evidence"),
        ({"evidence": (Evidence(document=" "),)}, "evidence: must be a tuple of Evidence"),
        ({"evidence": (Evidence(document="d", start=5, end=5),)}, "start: start and end go"),
        ({"evidence": (Evidence(document="d", end=5),)}, "start: start and end go together"),
        ({"answerable": False}, "answerable: question 'a' has evidence or answers"),
        ({"answers": ("503 euros",)}, "answers: must be a tuple of items, each a tuple of ways"),
        ({"answers": "503 euros"}, "answers: must be a tuple of items"),
        ({"answers": ((),)}, "answers: must be a tuple of items"),
        ({"answers": (("503", " "),)}, "answers: must be a tuple of items"),
        ({"answers": (("503",), ("504",))}, "answers: are several items"),
        ({"history": ("before", "then")}, "history: must be a tuple of (question, answer)"),
        ({"exclude": "d.md"}, "exclude: must be a tuple of texts"),
    ],
)
def test_questions_made_in_python_keep_to_the_rules_of_files(changes, message) -> None:
    with pytest.raises(SuiteError) as caught:
        Suite(name="s", questions=(dataclasses.replace(ASKED, **changes),))
    assert str(caught.value).startswith(f"suite 's': question number 1: {message}")


def test_what_a_file_may_say_can_be_made_in_python() -> None:
    two = Question(id="b", question="q?", evidence=HERE, answers=(("x", "y"), ("z",)), all=True)
    none = Question(id="c", question="q?", answerable=False, history=[("a", "b")], exclude=["d"])
    whole = Question(id="d", question="q?", evidence=(Evidence(document="d"),))
    assert len(Suite(name="s", questions=(ASKED, two, none, whole)).questions) == 4
    assert Suite(name="s", questions=()).questions == ()


def test_every_fault_of_a_suite_in_memory_is_told_at_once() -> None:
    twin = Question(id="a", question="Another?", answerable=False)
    blank = Question(id="b", question="", answerable=False)
    with pytest.raises(SuiteError) as caught:
        Suite(name="s", questions=(ASKED, blank, twin), legs=("sparse",), relevance="half")
    assert str(caught.value).split("\n") == [
        "suite 's': relevance: 'half' must be one of evidence, document.",
        f"suite 's': legs: there is no leg 'sparse'. Use: {', '.join(LEGS)}.",
        "suite 's': question number 2: question: must be a text, and not blank.",
        "suite 's': id: 'a' is also the id of the question 'q?'. Give this one another id.",
    ]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"questions": ASKED}, "questions: must be a tuple of Question"),
        ({"questions": ("q?",)}, "questions: must be a tuple of Question"),
        ({"questions": (), "legs": "dense"}, "legs: must be a tuple of texts"),
        ({"questions": (), "name": ""}, "name: must be a text"),
    ],
)
def test_suites_of_other_types_are_told(given, message) -> None:
    with pytest.raises(SuiteError, match=message):
        Suite(**{"name": "s"} | given)


def test_a_line_is_told_where_there_is_one(tmp_path) -> None:
    suite = Suite(name="s", questions=(ASKED,))
    assert (suite.at(0), suite.at(9)) == ("suite 's'", "suite 's':9")
    path = write(tmp_path, HEAD + GOOD)
    assert Suite.load(path).at(4) == f"{path}:4"
