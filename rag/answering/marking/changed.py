"""Which of two figures of a change was asked for: what it came to, or what it came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["side_of_change"]

Near = tuple[int, int, float]

#: What stands between the two figures of a change: 由32%提升至60%.
_BECAME = re.compile(
    "[^,，。;；、]{0,6}(?:[升高长加涨大多扩降低落少短缩减压增]|变|发展)了?[到至为成]"
)
_TO = re.compile("(?:[升高长加涨大多扩降低落少短缩减压增变]了?[到至为成]|达到?)了?$")
_FROM = re.compile("(?:从|由|原来?|原先|之前)[是为有]?$")


def side_of_change(asked: AskedFor, text: str, spans: Sequence[Near]) -> tuple[int, int] | None:
    """提升到多少: of 从年初的32%提升至60% the second; 从多少 the first; None where neither is asked."""
    if asked.at is None:
        return None
    before = asked.normalised[: asked.at[0]]
    to, since = _TO.search(before), _FROM.search(before)
    if not (to or since):
        return None
    changes = [
        (one, other)
        for one, other in pairwise(spans)
        if _BECAME.fullmatch(normalize(text[one[1] : other[0]]))
    ]
    if len(changes) != 1:
        return None
    return changes[0][1 if to else 0][:2]
