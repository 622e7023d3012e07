"""Questions about another year or place."""

from __future__ import annotations

import random

import pytest

from rag.answering.mentions.places import gazetteer
from rag.answering.question.analysis import analyse
from rag.training.altered import altered

TOLD = "2023年市北区新增纳统企业219家，同比增长35.2%。"


@pytest.mark.parametrize("seed", range(20))
def test_a_question_is_asked_of_another_year_and_another_place(seed) -> None:
    asked = "2023年市北区新增纳统企业多少家？"
    year, place = altered(asked, told=TOLD, places=["崂山"], chance=random.Random(seed))
    assert year.endswith("年市北区新增纳统企业多少家？")
    # 同比 tells of the year before.
    assert year[:4] in {"2019", "2020", "2021", "2025", "2026"}
    (other,) = analyse(place).places
    assert place == asked.replace("市北", other.stem)
    assert other.kind == "区"
    assert not other.named_in(TOLD)


@pytest.mark.parametrize("seed", range(20))
def test_latin_letters_become_those_of_another_place_of_the_kind(seed) -> None:
    asked = "How many firms are there in Shibei District?"
    (place,) = altered(asked, told=TOLD, places=[], chance=random.Random(seed))
    (other,) = analyse(place).places
    assert other.kind == "区"
    assert all("区" in gazetteer().kinds[stem] for stem in other.stems)
    assert not other.named_in(TOLD)


def test_a_name_inside_another_word_is_left() -> None:
    asked = "城市北部的市北区有多少家？"
    assert not list(altered(asked, told=TOLD, places=["崂山"], chance=random.Random(0)))


def test_a_question_without_year_or_place_stays_alone() -> None:
    assert not list(
        altered("图书馆有多少本书？", told="", places=["崂山"], chance=random.Random(0))
    )
