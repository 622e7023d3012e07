"""The spans of the asked kind in a sentence, and how near the question's words stand to each."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from rag.answering.evidence.term_weights import Weights
from rag.answering.mentions.markers import marker_end
from rag.answering.mentions.spans import capitalised, quoted, typed_spans
from rag.answering.question.analysis import AskedFor
from rag.answering.question.kinds import ACCEPTED
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["best_typed_span", "reach_of", "typed_spans_near", "years_apart"]

_REACH = 14.0  # characters at which a term's nearness has fallen to 1/e
_BREAKS = re.compile(r"[,，;；:。.!?]")


@lru_cache(maxsize=16384)
def _places(text: str) -> tuple[str, tuple[int, ...], tuple[tuple[int, int, str], ...]]:
    """A text normalised, its offsets, and the typed spans of the *normalised* text behind its number."""
    normalised, offsets = normalize_with_offsets(text)
    number = marker_end(text)
    places = [
        (span.start, span.end, span.kind)
        for span in typed_spans(normalised)
        if offsets[span.start] >= number
    ]
    back = {source: place for place, source in reversed(list(enumerate(offsets)))}
    for kind, spans in (("quoted", quoted(text)), ("name", capitalised(text))):
        places += [(back[a], back[b], kind) for a, b in spans if a in back and b in back]
    return normalised, tuple(offsets), tuple(places)


def best_typed_span(
    asked: AskedFor,
    text: str,
    weights: Weights,
    accepted: frozenset[str] | None = None,
) -> tuple[int, int, float] | None:
    """The span of the asked kind that the question's terms stand nearest to, the first of equals.

    Arguments and what is returned are those of :func:`typed_spans_near`; None without such a span.
    """
    best: tuple[int, int, float] | None = None
    for span in typed_spans_near(asked, text, weights, accepted):
        if best is None or span[2] > best[2] + 1e-9:
            best = span
    return None if best is None else (best[0], best[1], min(best[2], 1.0))


def typed_spans_near(
    asked: AskedFor,
    text: str,
    weights: Weights,
    accepted: frozenset[str] | None = None,
) -> list[tuple[int, int, float]]:
    """The spans of the asked kind, and how near the question's terms stand to each.

    Args:
        asked: The question.
        text: A sentence as it stands.
        weights: Of the question.
        accepted: Kinds of span; default those of the question's kind.

    Returns:
        (start, end, nearness) in characters of ``text``, by place, nearness from 0 to hardly above 1; none
        where the kind of question accepts anything. What the question names itself does not answer it.
    """
    accepted = accepted or ACCEPTED.get(asked.kind)
    if accepted is None:
        return []
    normalised, offsets, known = _places(text)
    places = [
        (start, end, kind)
        for start, end, kind in known
        if kind in accepted
        and normalised[start:end].strip("约近超过逾达第共") not in asked.normalised
    ]
    if not places:
        return []
    if years := years_apart(asked, normalised):
        places = _of_years(asked.years, places, years, normalised) or places
    if asked.units and asked.kind == "figure":
        # Where some figure has the unit that was asked for, the others do not answer.
        counted = [p for p in places if _has_unit(asked.units, normalised, p[0], p[1])]
        places = counted or places
    marks = _marks(normalised, weights, asked.content.lstrip())
    found = []
    for start, end, kind in places:
        near = 0.0
        for positions, worth in marks:
            gap = min(_gap(normalised, start, end, a, b) for a, b in positions)
            near += worth * math.exp(-gap / _REACH)
        near += _fits(
            asked, kind, normalised[start:end], normalised[end : end + reach_of(asked.units)]
        )
        found.append((*source_span(list(offsets), start, end), near))
    return found


def years_apart(asked: AskedFor, normalised: str) -> list[tuple[int, int]]:
    """Where a sentence names years, if it tells of a year that was asked for and of others too.

    Of Chinese sentences the weights were learned without this: none.
    """
    if not asked.years or _HAN.search(normalised):
        return []
    years = [match.span() for match in _YEAR.finditer(normalised)]
    told = {normalised[start:end] for start, end in years}
    return years if asked.years & told and not told <= asked.years else []


_HAN = re.compile("[\u4e00-\u9fff]")
_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]{3}|20[0-9]{2})(?![\d.,]*\d)")
# Where a sentence turns from the figure of one year to that of another.
_TURN = re.compile(r"\b(?:and|but|while|from|to|against|versus|und|et|y)\b")


def _of_years(
    asked: AbstractSet[str],
    places: Sequence[tuple[int, int, str]],
    years: Sequence[tuple[int, int]],
    normalised: str,
) -> list[tuple[int, int, str]]:
    """Those of the spans whose nearest year is one that was asked for."""

    def gap(place: tuple[int, int, str], year: tuple[int, int]) -> float:
        between = normalised[min(place[1], year[1]) : max(place[0], year[0])]
        return _gap(normalised, *place[:2], *year) + 10.0 * len(_TURN.findall(between))

    nearest = [min(years, key=lambda year: gap(place, year)) for place in places]
    return [
        place
        for place, (start, end) in zip(places, nearest, strict=True)
        if normalised[start:end] in asked
    ]


def reach_of(unit: str) -> int:
    """How many characters after a figure its unit, with a space or two, may end."""
    return max(8, len(unit) + 2)


def _has_unit(unit: str, text: str, start: int, end: int) -> bool:
    shown, following = text[start:end], text[end : end + reach_of(unit)]
    if unit.isascii() and f" {unit}" in shown:
        return True  # "square" of "1,500 square feet"
    return shown.rstrip("余多").endswith(unit) or following.lstrip().startswith(unit)


def _gap(text: str, start: int, end: int, a: int, b: int) -> float:
    """Characters between a span and a term, the borders of clauses counting ten each."""
    if b <= start:
        between = text[b:start]
    elif a >= end:
        between = text[end:a]
    else:
        return 0.0
    # A figure follows what it measures more often than it goes before it.
    gap = len(between) + 10.0 * len(_BREAKS.findall(between)) + 3.0 * between.count("、")
    return gap if b <= start else gap + 1.5


_AREAS = ("平方", "亩", "公顷", "square", "acre", "hectare", "km2", "m2", "㎡")
_LENGTHS = ("公里", "千米", "米", "里", "km", "mile", "metre", "meter", "feet")


def _fits(asked: AskedFor, kind: str, shown: str, following: str) -> float:
    """What a span gains by the unit that was asked for."""
    gain = 0.0
    if asked.units and kind in {"figure", "rank", "duration"}:
        fits = shown.endswith(asked.units) or following.lstrip().startswith(asked.units)
        gain += 0.15 if fits else 0.0
    if asked.kind == "rank":
        gain += 0.3 if kind == "rank" or "第" in shown else 0.0
    if asked.kind == "figure":
        gain += 0.03 if kind in {"figure", "money"} else 0.0
        if "面积" in asked.normalised or "多大" in asked.normalised or " area" in asked.normalised:
            near = shown + following[:8]
            gain += 0.4 if any(unit in near for unit in _AREAS) else 0.0
        elif "多长" in asked.normalised or "长度" in asked.normalised or "多高" in asked.normalised:
            gain += 0.3 if any(unit in shown for unit in _LENGTHS) else 0.0
    return gain


def _marks(
    normalised: str, weights: Weights, content: str
) -> list[tuple[list[tuple[int, int]], float]]:
    """Where the question's worthier terms stand in a normalised text.

    The Han term that the question's ``content`` begins with counts where it begins a word, if it does
    somewhere: 产假 in 、产假 and not in 陪产假.
    """
    marks = []
    worths = [
        ((term, *weights.forms.get(term, ())), worth) for term, worth in weights.focus.items()
    ]
    worths += [
        ((one,), word.focus * degree)
        for word in weights.foreign
        for one, degree in word.alternatives
        if degree > 0.2
    ]
    for spellings, worth in worths:
        positions: list[tuple[int, int]] = []
        for spelling in spellings:
            at = normalised.find(spelling)
            while at >= 0 and len(positions) < 8:
                positions.append((at, at + len(spelling)))
                at = normalised.find(spelling, at + 1)
        if len(positions) > 1 and _HAN.match(content) and content.startswith(spellings[0]):
            words = [at for at in positions if not _HAN.match(normalised[at[0] - 1 : at[0]])]
            positions = words or positions
        if positions:
            marks.append((positions, worth))
    return marks
