"""Figures of a statement that its quotes do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.mentions.figures import Figure, agree, find_figures

__all__ = ["strange_figure"]

# A part of a whole with such a word at it is no exact figure: 超过三分之一, nearly half of.
_ABOUT = re.compile(
    r"(?:约|近|超过?|逾|过|达?到|不足|不到|多于|over|than|nearly|almost|about|around|roughly)\s*$"
)


def strange_figure(plain: str, pool: Sequence[str], context: Sequence[str]) -> str | None:
    """A figure of a normalised statement that no quote of the pool holds, nor its context implies."""
    own = find_figures(plain)
    if not own:
        return None
    known = [figure for text in pool for figure in find_figures(text)]
    around = [figure for text in context for figure in find_figures(text) if figure.kind == "date"]
    implied = _implied_years(pool, context, around)
    years_told = any(_year(figure) for figure in known)
    for figure in own:
        if any(agree(figure, other) for other in known):
            continue
        # Where a quote names no year, its article's own dates and “last year” tell it.
        if _year(figure) and not years_told and _year(figure) in implied:
            continue
        if _is_about(figure, plain):
            continue
        return plain[figure.start : figure.end]
    return None


def _year(figure: Figure) -> int:
    """The year of a date, 0 for every other figure."""
    return int(figure.value) // 10000 if figure.kind == "date" else 0


def _implied_years(
    quotes: Sequence[str], context: Sequence[str], dates: Sequence[Figure]
) -> set[int]:
    """Years named around the quotes, and what 今年, 去年, 明年 mean seen from them."""
    shifts = {"去年": -1, "last year": -1, "今年": 0, "this year": 0, "明年": 1, "next year": 1,
              "前年": -2, "过去一年": -1, "上年": -1, "刚刚过去": -1}  # fmt: skip
    texts = [*quotes, *context]
    present = {shift for word, shift in shifts.items() if any(word in text for text in texts)}
    years = {_year(figure) for figure in dates} - {0}
    return years | {year + shift for year in years for shift in present}


def _is_about(figure: Figure, plain: str) -> bool:
    """Whether a part of a whole is told in round words: 超过三分之一, nearly half of."""
    written = plain[figure.start : figure.end]
    if figure.kind != "percent" or any(sign in written for sign in ("%", "‰", "百分", "percent")):
        return False
    return bool(
        _ABOUT.search(plain, 0, figure.start)
        or re.match("[以之]?[上下强弱多]", plain[figure.end :])
    )
