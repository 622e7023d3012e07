"""Which span of the asked kind answers."""

from __future__ import annotations

import pytest

from rag.answering.evidence.spans_near import best_typed_span, years_apart
from rag.answering.evidence.term_weights import Weights
from rag.answering.question.analysis import analyse


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        (
            "How many people were employed in 2021?",
            "It employed 3,450 people at the end of 2022, compared with 3,120 at the end of 2021.",
            "3,120",
        ),
        (
            "How many people were employed in 2022?",
            "It employed 3,450 people at the end of 2022, compared with 3,120 at the end of 2021.",
            "3,450",
        ),
        (
            "How many people were employed in 2021?",
            "In 2021 it had 3,120 people and in 2022 it had 3,450 people.",
            "3,120",
        ),
        (
            "How many people were employed in 2021?",
            "Staff grew from 3,000 in 2020 to 3,120 in 2021.",
            "3,120",
        ),
        ("How many participants came?", "Of 70 in the lists 64  participants came.", "64"),
    ],
)
def test_the_figure_of_the_asked_year_or_unit(question, sentence, answer) -> None:
    found = best_typed_span(analyse(question), sentence, Weights({}, (), {}))
    assert found is not None
    assert sentence[found[0] : found[1]] == answer


def test_the_weights_for_chinese_do_not_know_of_asked_years() -> None:
    sentence = "2022年末有3450人,2021年末有3120人。"
    assert not years_apart(analyse("2021年末有多少人?"), sentence)
