"""Which sentences a statement is tied to, and which of their words are marked."""

from __future__ import annotations

import pytest

from rag.answering.llm.alignment import Evidence, highlight_in
from rag.chunking import split_sentences
from rag.records import Document, Passage
from tests.answering.llm.scenes import passage

REPORT = Document(
    id="en",
    source="en.md",
    title="Annual Report 2023",
    text="Harbour Works had revenue of $128 million in 2023, up 12.5% from 2022. "
    "The company was founded on 5 March 1998 by Anna Kessler. "
    "The HX-300 pump moves 75 litres per minute and weighs 18 kg. "
    "Maria Olsen leads the research department. The department does not work on weapons.",
)
DIGEST = Document(
    id="zh",
    source="zh.md",
    title="市北区2023年成绩单",
    text="2023年市北区新落地的亿元以上项目有172个，投资30亿元以上的占3个。"
    "2023年市北区新增纳统企业219家，同比增长35.2%。",
)
PROJECTS = "市北区2023年新落地亿元以上项目多少个?"


def _passages() -> tuple[Passage, ...]:
    return tuple(
        passage(document, 0, len(document.text), rank)
        for rank, document in enumerate((REPORT, DIGEST), start=1)
    )


def _evidence(question: str) -> Evidence:
    return Evidence(_passages(), sentences_of=split_sentences, embed=None, question=question)


@pytest.mark.parametrize(
    ("question", "statement", "quote"),
    [
        (PROJECTS, "172个。", "2023年市北区新落地"),
        (PROJECTS, "共172个。", "2023年市北区新落地"),
        (PROJECTS, "答案是172个。", "2023年市北区新落地"),
        (PROJECTS, "172个项目。", "2023年市北区新落地"),
        ("When was Harbour Works founded?", "1998.", "The company was founded"),
        ("When was Harbour Works founded?", "1998-03-05", "The company was founded"),
        ("What was the revenue?", "128,000,000 dollars.", "Harbour Works had revenue"),
        ("How many litres does the HX-300 move?", "75 L/min", "The HX-300 pump"),
        ("Who leads research?", "Maria Olsen.", "Maria Olsen leads"),
    ],
)
def test_bare_answers(question: str, statement: str, quote: str) -> None:
    aligned = _evidence(question).align(statement)
    assert aligned.support.problem is None
    assert aligned.sentences[0].text.startswith(quote)


@pytest.mark.parametrize(
    "statement",
    [
        "Anna Kessler leads the research department.",
        "The research department is led by Anna Kessler.",
    ],
)
def test_two_sentences_do_not_make_a_third(statement: str) -> None:
    aligned = _evidence("Who leads the research department?").align(statement)
    assert aligned.support.problem == "name"
    assert aligned.support.detail.endswith("Kessler")


def test_two_sentences_may_tell_two_things() -> None:
    aligned = _evidence("").align(
        "Maria Olsen leads the research department, and Anna Kessler founded the company."
    )
    assert aligned.support.problem is None
    assert len(aligned.sentences) == 2


def test_a_pronoun_takes_its_name_from_the_sentence_before() -> None:
    told = Document(
        id="x",
        source="x.md",
        text="In 2001 the engineer Maria Olsen joined. She leads the research department.",
    )
    passages = (passage(told, 0, len(told.text), 1),)
    aligned = Evidence(passages, sentences_of=split_sentences, embed=None).align(
        "The research department is led by Maria Olsen."
    )
    assert aligned.support.problem is None


@pytest.mark.parametrize(
    ("question", "statement", "marked"),
    [
        (PROJECTS, "2023年市北区新落地的亿元以上项目有172个。", "172个"),
        ("市北区2023年纳统企业增长多少?", "市北区新增纳统企业219家，同比增长35.2%。", "35.2%"),
        ("市北区2023年新增纳统企业多少家?", "市北区新增纳统企业219家，同比增长35.2%。", "219家"),
        (
            "How many litres per minute does the HX-300 pump move?",
            "The HX-300 pump moves 75 litres per minute.",
            "75 litres",
        ),
        ("What was the revenue in 2023?", "Revenue was $128m in 2023.", "$128 million"),
        ("When was it founded?", "It was founded by Anna Kessler on 5/3/1998.", "5 March 1998"),
        ("Who founded it?", "It was founded by Anna Kessler on 5 March 1998.", "Anna Kessler"),
        ("Who leads research?", "Research is led by Maria Olsen.", "Maria Olsen"),
    ],
)
def test_the_words_that_answer_are_marked(question: str, statement: str, marked: str) -> None:
    aligned = _evidence(question).align(statement)
    span = highlight_in(statement, aligned.sentences[0], question)
    texts = {document.id: document.text for document in (REPORT, DIGEST)}
    assert span is not None
    assert texts[aligned.sentences[0].document_id][slice(*span)] == marked
