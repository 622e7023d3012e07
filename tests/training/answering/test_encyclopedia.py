"""Cases from questions on paragraphs in many languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag.training.answering.encyclopedia import encyclopedia_corpora


def test_each_question_is_asked_with_its_paragraph_and_without(tmp_path: Path) -> None:
    def asked(name: str, question: str, answer: str, start: int) -> dict[str, object]:
        answers = [{"text": answer, "answer_start": start}]
        return {"id": name, "question": question, "answers": answers}

    bees = {
        "context": "Bees fly.",
        "qas": [
            asked("en-001-1-near", "What do bees do?", "fly", 5),
            asked("en-001-2-far", "Who flies?", "Bees", 0),
        ],
    }
    wein = {"context": "Wein reift.", "qas": [asked("de-004-1-mid", "Was reift?", "Wein", 0)]}
    articles = [
        {"title": "Bee", "paragraphs": [bees]},
        {"title": "Wein", "paragraphs": [wein]},
    ]
    (tmp_path / "all.json").write_text(json.dumps({"data": articles}), encoding="utf-8")
    found = {language: (shelf, cases) for language, shelf, cases in encyclopedia_corpora(tmp_path)}
    assert sorted(found) == ["de", "en"]
    shelf, cases = found["en"]
    assert [(one.id, one.title, one.text) for one in shelf] == [("en-001", "Bee", "Bees fly.")]
    assert len(cases) == 2 * (3 + 2), "of the second question nothing is taken out"
    assert {case.gold for case in cases} == {frozenset({"en-001"})}
    for public, share in ((False, 0.5), (True, 1.0)):
        some = [case for case in cases if case.public == public]
        assert [case.answerable for case in some] == [True, False, False, True, False]
        assert [case.weight / share for case in some] == pytest.approx([2, 1.5, 0.7, 2, 1.5])
        assert [case.place for case in some if case.answerable] == [(5, 8), (0, 4)]
        assert [case.masked for case in some] == [(), ("en-001",), (), (), ("en-001",)]


def test_the_questions_of_the_repository_have_eleven_languages(root: Path) -> None:
    found = {
        language: (len(shelf), sum(case.answerable for case in cases) // 2)
        for language, shelf, cases in encyclopedia_corpora(root / "evals" / "encyclopedia")
    }
    assert set(found) == set("en es de ru el tr ar hi th vi ro".split())
    assert found["en"] == (60, 300)
    assert all(count == (10, 45) or count == (10, 46) for count in found.values() if count[0] == 10)
