"""What a figure came to, and what it came from."""

from __future__ import annotations

import pytest

from rag.answering.marking.changed import side_of_change
from rag.answering.question.analysis import analyse

TEXT = "覆盖率从年初的32%提升至60%，企业达930家。"


@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("覆盖率提升到多少?", "60%"),
        ("覆盖率后来涨到几成?", "60%"),
        ("覆盖率从多少开始升?", "32%"),
        ("覆盖率是多少?", None),
    ],
)
def test_the_asked_side_of_a_change(question: str, figure: str | None) -> None:
    places = [(TEXT.index(one), TEXT.index(one) + len(one), 0.0) for one in ("32%", "60%", "930家")]
    found = side_of_change(analyse(question), TEXT, places)
    assert (TEXT[slice(*found)] if found else None) == figure


def test_of_two_changes_none_is_taken() -> None:
    text = "由1人增至2人，由3人增至4人。"
    places = [(text.index(one), text.index(one) + 2, 0.0) for one in ("1人", "2人", "3人", "4人")]
    assert side_of_change(analyse("增到几人?"), text, places) is None
