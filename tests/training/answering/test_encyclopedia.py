"""Cases from questions on paragraphs in many languages."""

from __future__ import annotations

import pytest

from rag.training.answering.encyclopedia import encyclopedia_corpora
from rag.training.written import Article, WrittenQuestion, written_encyclopedia


def test_each_question_is_asked_with_its_paragraph_and_without() -> None:
    bees = Article(
        "bees",
        "en",
        "Bees fly.",
        (
            WrittenQuestion("What do bees do?", "direct", None, (5, 8)),
            WrittenQuestion("Who flies?", "paraphrase", None, (0, 4)),
            WrittenQuestion("Where do bees fly?", "absent", None, None),
        ),
        head="Bee",
    )
    asked = (WrittenQuestion("Was reift?", "direct", None, (0, 4)),)
    wein = Article("wein", "de", "Wein reift.", asked, head="Wein")
    found = {
        language: (shelf, cases) for language, shelf, cases in encyclopedia_corpora([bees, wein])
    }
    assert sorted(found) == ["de", "en"]
    shelf, cases = found["en"]
    assert [(one.id, one.title, one.text) for one in shelf] == [("bees", "Bee", "Bees fly.")]
    assert len(cases) == 2 * (3 + 2 + 1), "of the second question nothing is taken out"
    for public, share in ((False, 0.25), (True, 0.5)):
        some = [case for case in cases if case.public == public]
        assert [case.answerable for case in some] == [True, False, False, True, False, False]
        assert [case.weight / share for case in some] == pytest.approx([2, 1.5, 0.7, 2, 1.5, 1.5])
        assert [case.place for case in some if case.answerable] == [(5, 8), (0, 4)]
        assert [case.masked for case in some] == [(), ("bees",), (), (), ("bees",), ()]
        assert [case.gold for case in some][-1] == frozenset()


def test_the_paragraphs_of_the_repository_have_thirteen_languages() -> None:
    articles = written_encyclopedia()
    found = {
        language: (len(shelf), sum(case.answerable for case in cases) // 2)
        for language, shelf, cases in encyclopedia_corpora(articles)
    }
    assert set(found) == set("en es de ru el tr ar hi th vi ro fr ja".split())
    assert found["en"] == (108, 540)
    assert all(5 * count == asked for count, asked in found.values())
    for one in articles:
        for asked in one.questions:
            if asked.answer is not None:
                assert one.text.count(one.text[slice(*asked.answer)]) == 1
