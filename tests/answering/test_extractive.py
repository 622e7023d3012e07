from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from rag.answering import answer
from rag.answering.followup.completion import complete_question
from rag.answering.language import _REFUSALS, nothing_fits_text, nothing_indexed_text
from rag.answering.ranking.reading import parts_of
from rag.answering.reader.model import ReaderScore
from rag.answering.scoring.networks import has_network
from rag.index import open_store
from rag.retrieval import retrieve
from rag.settings import Settings
from tests.answering.made import passage

ALWAYS = Settings(refusal_threshold=0.0)


def ask(view, embedder, question, *, history=(), settings=ALWAYS, reader=None):
    query = complete_question(question, history)
    passages = retrieve(view, embedder, query, k=8)
    return answer(question, passages, view=view, reader=reader, settings=settings, query=query)


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("港口集团董事长是谁?", "林海涛"),
        ("新码头是哪一天启用的?", "2023年5月8日"),
        ("新码头总投资多少?", "46亿元"),
        ("图书馆新馆的建筑面积有多大?", "2.6万平方米"),
        ("圖書館新館的建築面積有多大?", "2.6万平方米"),
        ("When did the river museum open?", "1987"),
        ("How many drawings of boats does the museum keep?", "4,300 drawings"),
    ],
)
def test_the_first_sentence_answers_and_its_words_are_marked(
    small_view, embedder, question, words
) -> None:
    given = ask(small_view, embedder, question)
    first = given.citations[0]
    assert words in first.quote
    assert first.highlight_text is not None
    assert first.highlight_text in words


def test_quotes_are_spans_and_the_text_numbers_them(small_view, embedder) -> None:
    given = ask(small_view, embedder, "港口集团今年有什么打算?")
    assert not given.refused
    for number, citation in enumerate(given.citations, start=1):
        text = small_view.document(citation.document_id).text
        assert text[citation.start : citation.end] == citation.quote
        assert citation.number == number
        assert f"[{number}]" in given.text
    for statement, citation in zip(given.statements, given.citations, strict=True):
        assert given.text[statement.start : statement.end] == citation.quote
        assert given.text[statement.end :].lstrip().startswith(f"[{citation.number}]")
    assert given.answerer == "extractive"
    assert set(given.timings) == {"rank", "answer"}


def test_a_list_question_gets_the_enumeration(small_view, embedder) -> None:
    given = ask(small_view, embedder, "图书馆新馆设有哪些区域?")
    assert all(
        name in given.citations[0].quote for name in ("儿童阅览区", "古籍修复室", "盲文图书室")
    )


def test_documents_of_two_years_are_both_shown_newest_first(small_view, embedder) -> None:
    given = ask(small_view, embedder, "港口完成货物吞吐量多少?")
    shown = [(c.published, c.quote) for c in given.citations[:2]]
    assert [date for date, _ in shown] == ["2024-01-10", "2022-01-09"]
    assert "3.2亿吨" in shown[0][1]
    assert "2.9亿吨" in shown[1][1]
    assert given.note


def test_a_year_that_is_asked_for_decides(small_view, embedder) -> None:
    given = ask(small_view, embedder, "2021年港口完成货物吞吐量多少?")
    assert given.citations[0].document_id == "harbour-old"


def test_a_follow_up_is_understood(small_view, embedder) -> None:
    given = ask(
        small_view, embedder, "那董事长是谁?", history=[("港口集团去年吞吐量是多少?", "3.2亿吨")]
    )
    assert "林海涛" in given.citations[0].quote


def test_refusal_is_in_the_questions_language_and_cites_nothing(small_view, embedder) -> None:
    never = Settings(refusal_threshold=1.0)
    for question, said in (
        ("港口集团董事长是谁?", "资料中没有找到"),
        ("港口集團董事長是誰?", "資料中沒有找到"),
        ("Who directs the museum?", "do not hold an answer"),
        ("Quand le musée a-t-il ouvert?", "ne contiennent pas"),
        ("博物館はいつ開館しましたか?", "見つかりませんでした"),
    ):
        given = ask(small_view, embedder, question, settings=never)
        assert given.refused
        assert said in given.text
        assert given.citations == ()
        assert given.passages
        assert 0 <= given.confidence <= 1


def test_without_passages_it_refuses() -> None:
    given = answer("谁?", [])
    assert given.refused
    assert given.confidence == 0.0


def test_a_refusal_without_passages_says_why_and_promises_none(
    small_view, embedder, tmp_path
) -> None:
    assert (
        answer("董事长是谁?", [], view=small_view).text == "没有符合条件的资料，无法回答这个问题。"
    )
    said = answer("Who directs the museum?", [], view=small_view).text
    assert said == "No document fits the restriction, so this question cannot be answered."
    store = open_store(tmp_path / "index", model=embedder.name, dimension=embedder.dimension)
    with store.view() as view:
        given = answer("Who directs the museum?", [], view=view)
    store.close()
    assert given.refused
    assert given.text == "Nothing is indexed yet, so this question cannot be answered."


@pytest.mark.parametrize("said", [nothing_fits_text, nothing_indexed_text])
def test_every_language_of_a_refusal_has_those_without_passages(said) -> None:
    for language in _REFUSALS:
        assert (said(language) == said("en")) is (language == "en")


def test_an_english_question_over_chinese_says_that_it_quotes(small_view, embedder) -> None:
    passages = [p for p in retrieve(small_view, embedder, "港口集团董事长") if p.source[5] == "h"]
    given = answer("Who is the chairman of the port group?", passages, settings=ALWAYS)
    assert given.text.startswith("In the source's own words: ")


class KeenReader:
    """Takes the sentence that holds a word for the answer and marks the word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def score(self, question, candidates, *, adapted=False):
        scores = []
        for candidate in candidates:
            at = candidate.text.find(self.word)
            span = (at, at + len(self.word)) if at >= 0 else None
            scores.append(ReaderScore(9.0 if span else -9.0, 0.99 if span else 0.0, span, 0.9))
        return scores


@pytest.mark.skipif(not has_network("ranking-reader"), reason="no network for a reader is fitted")
def test_the_readers_span_is_marked(small_view, embedder) -> None:
    passages = retrieve(small_view, embedder, "图书馆 借书证")
    given = answer(
        "办理借书证要带什么?",
        passages,
        view=small_view,
        reader=KeenReader("身份证"),
        settings=ALWAYS,
    )
    marked = [c.highlight_text for c in given.citations if "身份证" in c.quote]
    assert marked == ["身份证"]


def test_long_sentences_are_read_in_parts_of_whole_clauses() -> None:
    text = "一二三四五六七八九，" * 40
    parts = parts_of(text)
    assert parts[0][0] == 0
    assert parts[-1][1] == len(text)
    assert all(a[1] == b[0] for a, b in pairwise(parts))
    assert all(text[end - 1] == "，" for _, end in parts)
    assert parts_of("短句。") == [(0, 3)]


def test_pages_are_told(small_view, embedder) -> None:
    passage = retrieve(small_view, embedder, "新码头总投资", k=1)[0]
    paged = replace(passage, metadata={"pages": [0, 10, 5000]})
    given = answer("新码头总投资多少?", [paged], view=small_view, settings=ALWAYS)
    assert given.citations[0].page == 2


def test_a_row_is_shown_with_the_names_of_its_columns_and_quoted_as_it_stands() -> None:
    row = r"| X2 Pro Max | $349 | City \| Town |"
    table = f"| 型号 | 价格 | 款式 |\n|---|---|---|\n{row}\n| X3 | $499 | Cargo |"
    given = answer("X2 Pro Max的价格是多少?", [passage(table)], settings=ALWAYS)
    assert given.text.startswith("型号：X2 Pro Max；价格：$349；款式：City | Town。[1]")
    (first, *_), (citation, *_) = given.statements, given.citations
    assert given.text[first.start : first.end].endswith("City | Town。")
    assert (citation.quote, citation.highlight_text) == (row, "$349")
