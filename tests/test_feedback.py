"""Feedback: kept line by line, exported as a suite that the evaluation reads."""

import json

import pytest
import yaml

from rag.errors import QueryError, SettingsError
from rag.feedback import FeedbackStore, export_suite

QUOTE = "The tower is 41 metres tall."
CITATION = {
    "number": 1, "document_id": "notes/tower.txt", "source": "notes/tower.txt", "title": None,
    "start": 10, "end": 10 + len(QUOTE), "quote": QUOTE, "highlight": [23, 32],
}  # fmt: skip


def verdict(vote="up", *, name="a1", note="", refused=False, citations=(CITATION,)):
    return {
        "id": name, "question": "How tall is the tower?", "vote": vote, "note": note,
        "answer": {
            "text": f"{QUOTE}[1]", "refused": refused, "confidence": 0.9, "answerer": "extractive",
            "citations": [] if refused else list(citations),
        },
    }  # fmt: skip


def test_the_last_verdict_on_an_answer_counts(tmp_path):
    store = FeedbackStore(tmp_path)
    store.add(verdict("down"))
    store.add(verdict("up", note="yes"))
    store.add(verdict("up", name="a2"))
    store.add(verdict(None, name="a2"))
    assert [(r["id"], r["vote"], r["note"]) for r in store.records()] == [("a1", "up", "yes")]
    assert store.records()[0]["answer"]["citations"][0]["highlight_text"] == "41 metres"


def test_half_a_line_of_a_killed_writer_is_passed_over(tmp_path):
    store = FeedbackStore(tmp_path)
    store.add(verdict())
    with store.path.open("a") as file:
        file.write('{"id": "half')
    assert len(store.records()) == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vote": "sideways"}, "vote must be"),
        ({"id": ""}, "id must be"),
        ({"question": "x" * 5000}, "question must be"),
        ({"note": 7}, "note must be"),
        ({"answer": None}, "answer is missing"),
        ({"history": "How tall?"}, "history must be"),
        ({"history": [["How tall?"]]}, "history must be"),
        ({"history": [["How tall?", None]]}, "history must be"),
    ],
)
def test_what_a_browser_sends_is_checked(tmp_path, change, told):
    with pytest.raises(QueryError, match=told):
        FeedbackStore(tmp_path).add({**verdict(), **change})


def test_a_citation_must_fill_its_span(tmp_path):
    with pytest.raises(QueryError, match="must fill its span"):
        FeedbackStore(tmp_path).add(verdict(citations=[{**CITATION, "end": 99}]))


def test_text_without_a_utf8_form_is_kept(tmp_path):
    store = FeedbackStore(tmp_path)
    store.add(verdict(note="lone \ud800 surrogate"))
    assert json.loads(store.path.read_text())["note"] == "lone \ud800 surrogate"


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085"])
def test_a_verdict_with_a_line_break_of_unicode_is_kept(tmp_path, mark):
    store = FeedbackStore(tmp_path)
    store.add({**verdict("up", note=f"one{mark}two"), "question": f"How{mark}tall?"})
    store.add(verdict("down", name="a2", note=f"three{mark}four"))
    assert [r["note"] for r in store.records()] == [f"one{mark}two", f"three{mark}four"]
    text = export_suite(tmp_path)
    (question,) = yaml.safe_load(text)["questions"]
    # PyYAML folds U+0085 to a space; in a suite white space may differ.
    assert question["question"].split() == ["How", "tall?"]
    assert question["note"].split() == ["one", "two"]
    assert f'#   note: "three\\u{ord(mark):04x}four"' in text


@pytest.mark.parametrize("odd", ["\x7f", "\x90", "\ud800", "\uffff"])
def test_what_yaml_cannot_hold_is_escaped_in_comments(tmp_path, odd):
    store = FeedbackStore(tmp_path)
    store.add(verdict())
    store.add(verdict("down", name="a2", note=f"a{odd}b 中文😀"))
    text = export_suite(tmp_path)
    assert len(yaml.safe_load(text)["questions"]) == 1
    assert f'#   note: "a\\u{ord(odd):04x}b 中文😀"' in text


def test_export_is_a_suite(tmp_path):
    store = FeedbackStore(tmp_path)
    store.add(verdict("up"))
    store.add(verdict("up", name="a2", refused=True))
    store.add(verdict("down", name="a3", note="it is 42: see\nthe plaque"))
    text = export_suite(tmp_path)
    suite = yaml.safe_load(text)
    assert suite["documents"] == "notes"
    assert suite["questions"] == [
        {
            "id": "feedback-a1", "question": "How tall is the tower?", "kind": "feedback",
            "evidence": [{"document": "notes/tower.txt", "text": QUOTE}], "answers": ["41 metres"],
        },
        {
            "id": "feedback-a2", "question": "How tall is the tower?", "kind": "feedback",
            "answerable": False,
        },
    ]  # fmt: skip
    assert '#   note: "it is 42: see\\nthe plaque"' in text


def test_a_follow_up_is_exported_with_the_turns_before_it(tmp_path):
    from rag.evaluation.suites import Suite

    store = FeedbackStore(tmp_path / "index")
    turns = [[f"q{at}", "x" * 9000] for at in range(10)]
    store.add({**verdict(), "question": "How tall is it?", "history": turns})
    (record,) = store.records()
    assert record["history"] == [[f"q{at}", "x" * 8000] for at in range(2, 10)]
    store.add({**verdict(), "question": "How tall is it?", "history": turns[:1]})
    store.add({**verdict("down", name="a2"), "history": [["Which tower?", "The old one."]]})
    (tmp_path / "notes").mkdir()
    file = tmp_path / "feedback.yaml"
    text = export_suite(tmp_path / "index")
    file.write_text(text, encoding="utf-8")
    (question,) = Suite.load(file).questions
    assert question.question == "How tall is it?"
    assert question.history == (("q0", "x" * 8000),)
    assert '#   history: [["Which tower?", "The old one."]]' in text


def test_a_follow_up_without_its_turns_is_exported_as_it_was_searched(tmp_path):
    answer = {**verdict()["answer"], "query": "How tall is the old tower?"}
    FeedbackStore(tmp_path).add({**verdict(), "question": "How tall is it?", "answer": answer})
    (question,) = yaml.safe_load(export_suite(tmp_path))["questions"]
    assert question["question"] == "How tall is the old tower?"
    assert "history" not in question


def test_a_record_from_before_turns_were_kept_is_exported(tmp_path):
    store = FeedbackStore(tmp_path)
    store.add(verdict())
    record = json.loads(store.path.read_text(encoding="utf-8"))
    del record["history"], record["answer"]["query"]
    store.path.write_text(json.dumps(record) + "\n", encoding="utf-8")
    (question,) = yaml.safe_load(export_suite(tmp_path))["questions"]
    assert question["question"] == "How tall is the tower?"


def test_the_evaluation_reads_the_export(tmp_path):
    from rag.evaluation.suites import Suite

    (tmp_path / "notes").mkdir()
    FeedbackStore(tmp_path / "index").add(verdict("up"))
    file = tmp_path / "feedback.yaml"
    file.write_text(export_suite(tmp_path / "index"), encoding="utf-8")
    suite = Suite.load(file)
    assert suite.questions[0].evidence[0].text == QUOTE
    assert suite.questions[0].answers == (("41 metres",),)


def test_nothing_to_export_says_what_to_do(tmp_path):
    with pytest.raises(SettingsError, match="rag chat"):
        export_suite(tmp_path)
