"""The name of an English phrase that answers who."""

from __future__ import annotations

import pytest

from rag.answering.marking.persons import person_named
from rag.answering.question.analysis import analyse


def _named(question: str, text: str, mark: str) -> str:
    start = text.index(mark)
    return text[slice(*person_named(analyse(question), text, start, start + len(mark)))]


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("the Austrian zoologist Karl von Frisch", "Karl von Frisch"),
        ("his mentor King Oliver", "King Oliver"),
        ("Jean-Antoine Chaptal after nitre", "Jean-Antoine Chaptal"),
        ("Wendy Freedman published a value of 72", "Wendy Freedman"),
    ],
)
def test_the_name_alone(mark: str, name: str) -> None:
    assert _named("Who did it?", f"It was done by {mark}.", mark) == name


@pytest.mark.parametrize(
    "mark",
    [
        "the king of Spain",
        "the Ministry of Health",
        "the head of the Human Resources Department",
        "a student at Harvard College",
        "the son of the painter Hans Holbein",
        "the ancient Romans",
        "German monks from Trier",
        "Employees with two years of service",
        "Lennon and McCartney",
        "Marie Curie in Paris and her husband",
        "Muhammad ibn Musa al-Khwarizmi",
        "Ann Lee before Tom Hill",
    ],
)
def test_other_words_stand(mark: str) -> None:
    assert _named("Who did it?", f"It was done by {mark}.", mark) == mark


def test_the_name_behind_one_who_is_not_named() -> None:
    text = "It was led by his minister, the Marquis of Pombal, who laid out the grid."
    assert _named("Who led it?", text, "his minister") == "the Marquis of Pombal"
    text = "It was made by farmers, Ann Lee, and sailors."
    assert _named("Who made it?", text, "farmers") == "farmers"


def test_only_english_questions_for_a_person() -> None:
    text = "Fue Karl Frisch in 1940."
    assert _named("¿Quién lo descifró?", text, "Karl Frisch in 1940") == "Karl Frisch in 1940"
    assert _named("What is it?", text, "Karl Frisch in 1940") == "Karl Frisch in 1940"


def test_the_name_that_the_question_tells_is_no_answer() -> None:
    text = "Ann Lee was beaten by a girl."
    assert _named("Who beat Ann Lee?", text, "Ann Lee was beaten by a girl") == text[:-1]
