"""The verdict on one question, stage by stage."""

from __future__ import annotations

import dataclasses

import pytest

from rag.evaluation.checking import Place
from rag.evaluation.judging import judge
from rag.evaluation.outcomes import Outcome
from rag.evaluation.suites import Evidence, Question
from rag.records import Answer, Chunk, Citation, Document, Passage, Statement

TEXT = "全市建成172个小区。另有30个公园。张三负责。"
DOCUMENT = Document(id="a", source="a.md", text=TEXT)
DOCUMENTS = {"a": DOCUMENT}
FIRST, SECOND, THIRD = (0, 11), (11, 18), (18, 23)
QUESTION = Question(
    id="q",
    question="建成多少个小区?",
    evidence=(Evidence(document="a", text="172个小区"),),
    answers=(("172个",),),
)
PLACES = (Place(document_id="a", source="a.md", spans=((4, 10),)),)


def citation(span, number=1, **more) -> Citation:
    facts = {
        "number": number,
        "document_id": "a",
        "source": "a.md",
        "title": None,
        "published": None,
        "page": None,
        "start": span[0],
        "end": span[1],
        "quote": TEXT[span[0] : span[1]],
    }
    return Citation(**{**facts, **more})


def passage(span) -> Passage:
    return Passage(
        document_id="a",
        source="a.md",
        title=None,
        published=None,
        start=span[0],
        end=span[1],
        text=TEXT[span[0] : span[1]],
        heading=None,
        score=1,
        rank=1,
    )


def outcome(*citations, refused=False, text=None, passages=((0, 23),), statements=()) -> Outcome:
    found = tuple(passage(span) for span in passages)
    written = "".join(f"{c.quote}[{c.number}]" for c in citations) if text is None else text
    answer = Answer(
        question="?",
        text=written,
        citations=citations,
        refused=refused,
        confidence=0.7,
        passages=found,
        answerer="extractive",
        statements=statements,
        timings={"retrieval": 0.1},
    )
    return Outcome(question_id="q", rankings={"": found}, answer=answer, seconds={"ask": 0.2})


def judged(given, question=QUESTION, places=PLACES, **more):
    return judge(question, given, places, {"": {"recall@1": 1.0}}, documents=DOCUMENTS, **more)


def test_all_evidence_is_cited_or_it_is_not_right() -> None:
    question = Question(
        id="q",
        question="多少?",
        all=True,
        evidence=(Evidence(document="a", text="172个"), Evidence(document="a", text="30个")),
    )
    places = tuple(
        Place(document_id="a", source="a.md", spans=(span,), item=item)
        for item, span in enumerate(((4, 8), (13, 16)), 1)
    )
    found = judged(outcome(citation(FIRST)), question, places)
    assert found.values["items_cited"] == (0.5, 1.0)
    assert (found.passed, found.reason) == (False, "cites 50% of the wanted items")
    found = judged(outcome(citation(FIRST), citation(SECOND, 2)), question, places)
    assert (found.passed, found.values["items_cited"]) == (True, (1.0, 1.0))
    found = judged(outcome(citation(FIRST), refused=True), question, places)
    assert found.values["items_cited"] == (0.0, 1.0)


def test_right() -> None:
    found = judged(outcome(citation(FIRST, highlight=(4, 8))))
    assert (found.passed, found.stage) == (True, "")
    assert {name: top / bottom for name, (top, bottom) in found.values.items() if top} == {
        "recall@1": 1,
        "span_valid": 1,
        "first_right": 1,
        "first_on_evidence": 1,
        "answer_contains": 1,
        "answer_EM": 1,
        "answer_F1": 1,
        "highlight_exact": 1,
        "citation_precision": 1,
        "citation_recall": 1,
    }
    assert found.seconds == {"ask": 0.2, "ask/retrieval": 0.1}


def test_citation_measures_count_citations_and_statements() -> None:
    found = judged(outcome(citation(FIRST), citation(SECOND, 2), citation(THIRD, 3)))
    assert found.values["citation_precision"] == (1.0, 3.0)
    assert found.values["citation_recall"] == (1.0, 3.0)
    one = (Statement(start=0, end=5, citations=(1, 2), support=1, supported=True),)
    found = judged(outcome(citation(FIRST), citation(SECOND, 2), statements=one))
    assert found.values["citation_recall"] == (1.0, 1.0)


def test_highlight_must_be_exact() -> None:
    assert judged(outcome(citation(FIRST, highlight=(4, 10)))).values["highlight_exact"] == (0, 1)
    assert judged(outcome(citation(FIRST))).values["highlight_exact"] == (0, 1)


@pytest.mark.parametrize(
    ("given", "stage", "reason"),
    [
        (Outcome(question_id="q", error="ValueError: x"), "fault", "ValueError: x"),
        (outcome(refused=True, text="没有。"), "refusal", "refused with confidence 0.70"),
        (outcome(citation(SECOND)), "answer", "another sentence is cited"),
        (outcome(citation(SECOND), citation(FIRST, 2)), "answer", "cited as [2], not first"),
        (outcome(citation(SECOND), text="172个。[1]"), "citation", "no citation shows them"),
        (outcome(citation(SECOND), passages=[(11, 23)]), "retrieval", "not among the 1 passages"),
        (outcome(refused=True, text="", passages=[]), "retrieval", "not among the 0 passages"),
        # The passage cuts the evidence in two.
        (outcome(citation(SECOND), passages=[(0, 6)]), "retrieval", "not among the 1 passages"),
        (
            outcome(citation(FIRST, quote="x" * 11)),
            "citation",
            "1 of 1 quotes differ from their span",
        ),
    ],
)
def test_where_it_failed(given, stage, reason) -> None:
    found = judged(given)
    assert not found.passed
    assert found.stage == stage
    assert reason in found.reason


def test_chunking_is_told_from_retrieval() -> None:
    cut = [Chunk(document_id="a", start=0, end=6, text=TEXT[:6])]
    given = outcome(citation(SECOND), passages=[(0, 6)])
    assert judged(given, chunks={"a": cut}).stage == "chunking"
    whole = [*cut, Chunk(document_id="a", start=0, end=11, text=TEXT[:11])]
    assert judged(given, chunks={"a": whole}).stage == "retrieval"


def test_reading() -> None:
    lost = (Place(document_id="a", source="a.md", spans=()),)
    assert judged(outcome(citation(SECOND)), places=lost).stage == "reading"


def test_a_quote_that_is_not_its_span_never_passes() -> None:
    found = judged(outcome(citation(FIRST, quote="建成172个小区！！！")))
    assert found.values["span_valid"] == (0.0, 1.0)
    assert not found.passed


def test_the_answer_words_in_another_figure_do_not_count() -> None:
    other = dataclasses.replace(QUESTION, answers=(("72个",),))
    assert judged(outcome(citation(FIRST)), other).values["first_right"] == (0.0, 1.0)


def test_all_items_are_wanted() -> None:
    wanted = dataclasses.replace(QUESTION, all=True, answers=(("172个",), ("30个", "三十个")))
    half = judged(outcome(citation(FIRST)), wanted)
    assert (half.passed, half.values["items_cited"]) == (False, (0.5, 1.0))
    assert judged(outcome(citation(FIRST), citation(SECOND, 2)), wanted).passed


def test_without_answers_the_evidence_decides() -> None:
    bare = dataclasses.replace(QUESTION, answers=())
    assert judged(outcome(citation(FIRST)), bare).passed
    assert not judged(outcome(citation(SECOND)), bare).passed


def test_an_answer_longer_than_its_sentence() -> None:
    """As in CMRC: the gold answer runs over two sentences, one of which is quoted."""
    words = TEXT[4:17]
    long = dataclasses.replace(QUESTION, answers=((words,),))
    exact = (Place(document_id="a", source="a.md", spans=((4, 17),)),)
    assert judged(outcome(citation(SECOND)), long, exact).passed
    assert not judged(outcome(citation(THIRD)), long, exact).passed


def test_unanswerable() -> None:
    none = Question(id="q", question="?", kind="near-miss", answerable=False)
    refused = judged(outcome(refused=True, text="没有。"), none, ())
    assert refused.passed
    assert refused.values == {"refusal_precision": (1.0, 1.0), "refusal_recall": (1.0, 1.0)}
    answered = judged(outcome(citation(FIRST)), none, ())
    assert answered.stage == "refusal"
    assert answered.values["refusal_recall"] == (0.0, 1.0)


def test_only_retrieval() -> None:
    given = Outcome(question_id="q", rankings={"": (passage((0, 23)),)})
    found = judge(QUESTION, given, PLACES, {"": {"success@5": 1.0}}, documents=DOCUMENTS, ask=False)
    assert found.passed
    assert "first_right" not in found.values


def test_only_retrieval_passes_as_success_at_5_has_it() -> None:
    given = Outcome(question_id="q", rankings={"": (passage((0, 23)),)})
    missed = {"": {"success@5": 0.0}}
    found = judge(QUESTION, given, PLACES, missed, documents=DOCUMENTS, ask=False)
    assert (found.passed, found.stage) == (False, "retrieval")
    missed = {"": {"success@5": 0.5}}  # one of two items
    found = judge(QUESTION, given, PLACES, missed, documents=DOCUMENTS, ask=False)
    assert found.reason == "50% of the evidence among the first five passages"


@pytest.mark.parametrize(
    ("copy", "right"),
    [
        ("全市建成172个小区。另有30个公园。张三负责。", True),
        ("全市建成\n172个小区。另有30个公园。张三负责。", True),
        ("全市建成173个小区。另有30个公园。张三负责。", False),
    ],
)
def test_a_citation_of_a_copy_is_on_the_evidence_that_it_repeats(copy, right) -> None:
    question = dataclasses.replace(QUESTION, answers=())
    documents = {**DOCUMENTS, "b": Document(id="b", source="b.md", text=copy)}
    start = copy.index("17")
    places = (Place(document_id="b", source="b.md", spans=((start, start + 6),)),)
    shown = dataclasses.replace(passage((0, 23)), duplicates=(("b", "b.md", 0, len(copy)),))
    given = outcome(citation(FIRST))
    answer = dataclasses.replace(given.answer, passages=(shown,))
    given = dataclasses.replace(given, rankings={"": (shown,)}, answer=answer)
    found = judge(question, given, places, {"": {}}, documents=documents)
    assert found.passed is right
    assert found.values["first_on_evidence"] == (float(right), 1.0)
    assert found.values["citation_precision"] == (float(right), 1.0)


def test_words_of_a_span_are_expected() -> None:
    evidence = (Evidence(document="a", start=4, end=10),)
    question = dataclasses.replace(QUESTION, evidence=evidence, answers=())
    assert judged(outcome(citation(FIRST)), question).expected == "172个小区"
