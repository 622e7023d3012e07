"""Which sentences of a passage are headings, and what those tell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.answering.mentions.markers import marker_end
from rag.answering.mentions.spans import FIGURES, typed_spans
from rag.normalization import normalize
from rag.records import Passage

__all__ = ["HEADING_MARK", "is_heading_below", "told_headings", "unless_heading"]

HEADING_MARK = re.compile(r"\s*#{1,6}\s+")


def is_heading_below(text: str, above: Sequence[str]) -> bool:
    """Whether a sentence is marked as a heading, or is one of those ``above`` its passage."""
    marked = HEADING_MARK.match(text)
    return marked is not None or " ".join(text.split()) in above


#: A heading that ends so is a sentence in the style of one.
_SENTENCE_END = re.compile(r"[。；;！!][\s*_]*$")


#: A year alone heads a section, it tells nothing.
_YEAR_ALONE = re.compile(r"\d{4}\s*年?")
_SETTLES = (FIGURES - {"rank"}) | {"date", "person"}


@lru_cache(maxsize=2_048)
def _tells(heading: str) -> bool:
    """Whether a heading holds a fact, and can answer: 客服电话：400-123-4567, 门票30元."""
    if _SENTENCE_END.search(heading):
        return True
    text = normalize(heading[marker_end(heading) :])
    return re.search(r":\s*\S", text) is not None or any(
        one.kind in _SETTLES and not _YEAR_ALONE.fullmatch(text[one.start : one.end])
        for one in typed_spans(text)
    )


def told_headings(passage: Passage) -> list[tuple[int, int]]:
    """Where in a passage's text the headings stand whose places markup told, as (start, end).

    Those that hold a fact themselves are left out.
    """
    told = passage.metadata.get("headings")
    if not isinstance(told, (list, tuple)):
        return []
    found = []
    for one in told:
        if not (isinstance(one, (list, tuple)) and len(one) == 3):
            return []  # something else of the user's
        start, end = (
            (offset - passage.start if isinstance(offset, int) else -1) for offset in one[:2]
        )
        if 0 <= start < end <= len(passage.text) and not _tells(passage.text[start:end]):
            found.append((start, end))
    return found


def unless_heading(texts: Sequence[str], headings: Sequence[bool], position: int) -> str:
    """The sentence at a position, or "" where there is none or it is a heading."""
    return "" if position >= len(texts) or headings[position] else texts[position]
