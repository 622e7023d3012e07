"""The reader is left out where it does harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rag.answering import answer
from rag.answering.reader.model import ReaderInput, ReaderScore
from rag.records import Passage


class _Counting:
    """Reads nothing into anything, and counts how often it was asked, and how often with its adapter."""

    def __init__(self) -> None:
        self.asked = 0
        self.adapted = 0

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        del question
        self.asked += 1
        self.adapted += adapted
        return [ReaderScore(0.0, 0.5, None, 0.0) for _ in candidates]


@pytest.mark.parametrize(
    ("question", "text", "times"),
    [
        ("图书馆有多少册藏书?", "图书馆共有藏书48万册。", 1),
        ("ห้องสมุดมีหนังสือกี่เล่ม", "ห้องสมุดมีหนังสือสี่แสนเล่ม", 1),
        ("ຫໍສະໝຸດມີປຶ້ມຈັກຫົວ", "ຫໍສະໝຸດມີປຶ້ມສີ່ແສນຫົວ", 0),
    ],
)
def test_scripts_that_it_never_saw_are_not_for_the_reader(
    question: str, text: str, times: int
) -> None:
    reader = _Counting()
    answer(question, [_passage(text)], reader=reader)
    assert reader.asked == times


def _passage(text: str) -> Passage:
    return Passage(
        document_id="a", source="a", title=None, published=None, start=0, end=len(text),
        text=text, heading=None, score=1.0, rank=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("question", "text", "adapted"),
    [
        ("图书馆有多少册藏书?", "图书馆共有藏书48万册。", 0),
        ("How many books does the library hold?", "图书馆共有藏书48万册。", 0),
        ("图书馆有多少册藏书?", "The library holds 480,000 books.", 1),
        ("Combien de livres?", "La bibliothèque possède 480 000 livres.", 1),
    ],
)
def test_the_texts_decide_whether_the_reader_takes_its_adapter(
    question: str, text: str, adapted: int
) -> None:
    reader = _Counting()
    answer(question, [_passage(text)], reader=reader)
    assert reader.adapted == adapted


class _Remembering(_Counting):
    """Keeps each question with the sentences that it was put to."""

    def __init__(self) -> None:
        super().__init__()
        self.put: list[tuple[str, list[str]]] = []

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        self.put.append((question, [one.text for one in candidates]))
        return super().score(question, candidates, adapted=adapted)


@pytest.mark.parametrize(
    ("question", "plain"),
    [
        ("2022年前三季度增长多少?", "前三季度增长多少?"),
        ("港口在2022年度的吞吐量是多少?", "港口吞吐量是多少?"),
        ("2022年底增长多少?", "年底增长多少?"),
        ("2022年初中毕业生增长多少?", "初中毕业生增长多少?"),
        ("2022年以前增长多少?", None),
        ("2022年之前增长多少?", None),
        ("从2022年到现在增长多少?", None),
        ("2021年增长多少?", None),
        ("2021年比2022年增长多少?", None),
        ("How much did it grow in 2022年?", None),
    ],
)
def test_a_year_that_the_documents_date_tells_is_not_put_to_the_reader(
    question: str, plain: str | None
) -> None:
    text = "前三季度增长13.3%。2021年增长9%。"
    reader = _Remembering()
    answer(question, [replace(_passage(text), published="2022-11-03")], reader=reader)
    if plain is None:
        assert [asked for asked, _ in reader.put] == [question]
    else:
        assert reader.put == [(question, ["2021年增长9%。"]), (plain, ["前三季度增长13.3%。"])]


def test_without_a_date_the_question_is_put_as_it_is() -> None:
    reader = _Remembering()
    answer("2022年增长多少?", [_passage("前三季度增长13.3%。")], reader=reader)
    assert [asked for asked, _ in reader.put] == ["2022年增长多少?"]
