"""Questions about another year or place."""

from __future__ import annotations

import random

from rag.answering.question import analyse
from rag.training.altered import altered

TOLD = "2023年市北区新增纳统企业219家。"


def test_a_question_is_asked_of_another_year_and_another_place() -> None:
    chance = random.Random(3)
    year, place = altered(
        "2023年市北区新增纳统企业多少家？", told=TOLD, places=["崂山"], chance=chance
    )
    assert year.endswith("年市北区新增纳统企业多少家？")
    assert year[:4].isdigit()
    assert year[:4] != "2023"
    assert place.startswith("2023年")
    assert place.endswith("区新增纳统企业多少家？")
    (other,) = analyse(place).places
    assert other.kind == "区"
    assert not other.named_in(TOLD)


def test_latin_letters_become_those_of_another_place() -> None:
    (place,) = altered(
        "How many firms are there in Shibei District?",
        told=TOLD,
        places=[],
        chance=random.Random(0),
    )
    (other,) = analyse(place).places
    assert not other.named_in(TOLD)


def test_a_question_without_year_or_place_stays_alone() -> None:
    assert not list(
        altered("图书馆有多少本书？", told="", places=["崂山"], chance=random.Random(0))
    )
