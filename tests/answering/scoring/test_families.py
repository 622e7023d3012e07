"""Which weights judge which texts."""

from __future__ import annotations

import pytest

from rag.answering.evidence.candidates import Candidate
from rag.answering.scoring.families import family_of


def _candidate(text: str) -> Candidate:
    return Candidate(
        passage=0,
        position=0,
        document_id="a",
        start=0,
        end=len(text),
        text=text,
        before="",
        after="",
        frame="",
        published=None,
    )


@pytest.mark.parametrize(
    ("texts", "family"),
    [
        (["全市共有企业930家。"], ""),
        (["Nine hundred firms."], "-other"),
        (["Девятьсот фирм.", "企业930家。", "Nine hundred firms."], "-other"),
        (["企业930家。", "Nine hundred firms."], ""),
        (["1 2 3", "4 5 6", "7 8 9", "全市共有企业930家。"], ""),
        (["1 2 3"], ""),
        ([], ""),
    ],
)
def test_the_language_of_most_candidates_chooses_the_weights(texts, family) -> None:
    assert family_of([_candidate(text) for text in texts]) == family
