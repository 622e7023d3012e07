from __future__ import annotations

import pytest

from rag.errors import QueryError
from rag.retrieval.query import LONGEST_QUESTION, check_query


def test_white_space_around_a_question_is_cut() -> None:
    assert check_query("  谁? \n", 3) == "谁?"


@pytest.mark.parametrize(
    ("question", "k", "said"),
    [
        ("", 1, "empty"),
        (" \n\t", 1, "empty"),
        ("?!。", 1, "no letters"),
        ("a", 1, "function words"),
        ("The ...", 1, "function words"),
        ("of the", 1, "function words"),
        ("的", 1, "function words"),
        ("的了？", 1, "function words"),
        ("字" * 100_000, 1, "100,000 characters"),
        ("a" * (LONGEST_QUESTION + 1), 1, "at most"),
        ("谁?", 0, "k is 0"),
        ("谁?", -2, "k is -2"),
        ("谁?", True, "k is True"),
        (None, 1, "NoneType"),
    ],
)
def test_what_cannot_be_searched_gives_one_clear_line(question, k, said) -> None:
    with pytest.raises(QueryError) as caught:
        check_query(question, k)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "question",
    ["船", "和", "就", "C?", "A?", "R", "5G", "7", "谁?", "是吗?", "what?", "and?", "IT", "is", "an", "at", "の", "не", "ما", "ที่",
     "the sea", "目的", "A的面积"],
)  # fmt: skip
def test_one_word_that_may_name_something_in_some_language_is_searched(question: str) -> None:
    assert check_query(question) == question
