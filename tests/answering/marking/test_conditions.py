"""The figure of the clause with the asked condition."""

from __future__ import annotations

import pytest

from rag.answering.evidence.spans_near import typed_spans_near
from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.conditions import behind_the_condition
from rag.answering.question.analysis import analyse

TEXT = "新落地亿元以上项目172个,其中30亿元以上项目3个。"


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("亿元以上项目有多少个?", "172个"),
        ("超过30亿元的项目有多少个?", "3个"),
        ("50亿元以上项目有多少个?", None),
        ("项目有多少个?", None),
        ("How many projects of more than 100 million yuan are there?", "172个"),
        ("How many projects over 3 billion yuan are there?", "3个"),
        ("How many projects are there over the bridge?", None),
    ],
)
def test_of_two_conditions_the_one_that_is_asked(question: str, shown: str | None) -> None:
    asked = analyse(question)
    counts = typed_spans_near(asked, TEXT, Weights({}, (), {}), frozenset({"figure"}))
    found = behind_the_condition(asked, TEXT, counts)
    assert (TEXT[slice(*found)] if found else None) == shown
