"""Whether a document names the work, law or program that a question names: 《山海行记》, “乡约制”.

A title is spelt in one way, or in a shorter one. Quotes may be of anything, so that of what stands in them it
is enough that the document has a part.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Titles", "lacks_titles", "titles_asked"]

_TITLE = re.compile(r"[《〈]([^《》〈〉]{2,40})[》〉]")
_QUOTED = re.compile(r"[\"“「『]([^\"“”「」『』]{3,20})[\"”」』]")
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_MOST = 0.5  # of the pairs of characters of a title that is told in other words


class Titles(NamedTuple):
    """What a question names, normalised, in the marks of titles and in quotes."""

    titles: tuple[str, ...]
    quoted: tuple[str, ...]


@lru_cache(maxsize=64)
def titles_asked(asked: str) -> Titles | None:
    """The Chinese titles and quotes of a normalised question; None where there is none."""
    titles = tuple(title for title in _TITLE.findall(asked) if _HAN.search(title))
    quoted = tuple(one for one in _QUOTED.findall(_TITLE.sub(" ", asked)) if _HAN.search(one))
    return Titles(titles, quoted) if titles or quoted else None


@lru_cache(maxsize=256)
def lacks_titles(asked: Titles, document: str) -> bool:
    """Whether a document, normalised, has nothing of all that a question names so."""
    return not any(_has_title(title, document) for title in asked.titles) and not any(
        _share(one, document) for one in asked.quoted
    )


def _has_title(title: str, document: str) -> bool:
    """Whether a document has a title, a longer or shorter one, or most of its words."""
    if title in document or _share(title, document) >= _MOST:
        return True
    return any(other in title or title in other for other in _TITLE.findall(document))


def _share(name: str, document: str) -> float:
    """The share of a name's pairs of characters that a document has."""
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return sum(pair in document for pair in pairs) / len(pairs)
