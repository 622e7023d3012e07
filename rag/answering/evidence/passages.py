"""What passages and their documents tell: their years, the places they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.answering.evidence.texts import normalised_text
from rag.answering.mentions.places import Place
from rag.answering.mentions.spans import years_in
from rag.records import Passage

__all__ = ["names_others", "places_lacking", "told_of_documents", "years_of"]

_LAST_YEAR = re.compile(r"去年|上年|过去一年|全年")


@lru_cache(maxsize=4096)
def _years(text: str, frame: str, published: str) -> frozenset[str]:
    years = set(years_in(normalised_text(text)) | years_in(normalised_text(frame)))
    if published[:4].isdigit():
        years.add(published[:4])
        if _LAST_YEAR.search(text):
            years.add(str(int(published[:4]) - 1))
    return frozenset(years)


def years_of(passage: Passage) -> frozenset[str]:
    """The years a passage may tell of: named, of its publication, and the one before if it says so."""
    return _years(
        passage.text, f"{passage.title or ''} {passage.heading or ''}", passage.published or ""
    )


def told_of_documents(passages: Sequence[Passage]) -> dict[str, str]:
    """What is known of each document by its id: the sources, titles, headings and texts of its passages."""
    told: dict[str, str] = {}
    for one in passages:
        text = "\n".join((one.source, one.title or "", one.heading or "", one.text))
        told[one.document_id] = f"{told.get(one.document_id, '')}\n{text}"
    return told


def places_lacking(
    places: Sequence[Place], passages: Sequence[Passage]
) -> list[tuple[float, float]]:
    """For each passage the share of the places that it, and that its whole document, does not name.

    Of a document its passages here and its title are known.
    """
    texts = [
        normalised_text(f"{one.title or ''} {one.heading or ''} {one.text}") for one in passages
    ]
    told: dict[str, str] = {}
    for passage, text in zip(passages, texts, strict=True):
        told[passage.document_id] = f"{told.get(passage.document_id, '')} {text}"

    def share(text: str) -> float:
        return sum(not one.named_in(text) for one in places) / len(places)

    far = {name: share(text) for name, text in told.items()}
    return [(share(text), far[one.document_id]) for one, text in zip(passages, texts, strict=True)]


def names_others(places: Sequence[Place], near: str) -> bool:
    """Whether a text names another place of a kind that was asked about in place of that one."""
    return any(not one.named_in(near) and one.another_in(near) for one in places)
