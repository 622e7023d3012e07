"""The exact words that answer, inside the sentence that holds them."""

from __future__ import annotations

import re

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.spans_near import (
    best_typed_span,
    reach_of,
    typed_spans_near,
    years_apart,
)
from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.amounts import amount_asked
from rag.answering.marking.bare_names import bare_name
from rag.answering.marking.cells import cell_asked
from rag.answering.marking.clause import clause_asked, without_aside
from rag.answering.marking.counted import figures_of_all
from rag.answering.marking.edges import from_opening_mark, is_quotation, trimmed, widened
from rag.answering.marking.figure_edges import whole_figure
from rag.answering.marking.frames import span_in_frame, span_in_translated_frame
from rag.answering.marking.levels import place_of_level
from rag.answering.marking.members import members_in, row_of_number, whole_row
from rag.answering.marking.names import whole_name
from rag.answering.marking.persons import person_named
from rag.answering.marking.posts import posts_asked
from rag.answering.marking.reasons import reason_told
from rag.answering.marking.titles import name_without_title
from rag.answering.marking.told_beside import span_told_beside
from rag.answering.marking.when import day_asked
from rag.answering.marking.years import year_alone, year_read
from rag.answering.mentions.markers import marker_end
from rag.answering.mentions.spans import FIGURES
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["highlight_of"]

#: Below this the reader's span is a guess. From 0.10 to 0.07 the exact words rose by 1 of 100 for DRCD and F1
#: by 1.5; of its spans of 0.07 to 0.1 three in ten share nothing with the answer, as of those up to 0.2.
SURE = 0.07


def highlight_of(
    asked: AskedFor,
    candidate: Candidate,
    weights: Weights,
    read: tuple[int, int, float] | None,
) -> tuple[int, int] | None:
    """Characters of the candidate's text that answer, or None where they cannot be told.

    In a row of a table it is the cell under the head that was asked for. Else words that stand where the
    question says win; then a typed span (a figure with its unit, a date, a person) that the reader's span
    touches, for its edges are exact; then a sure reader; then the typed span nearest to the question's words.
    What is marked begins and ends where the name or the figure does.
    """
    text = candidate.text
    marked = _marked(asked, candidate, weights, read)
    if marked is None:
        return None
    if not candidate.head:
        marked = without_aside(asked, text, *whole_name(asked, text, *marked))
        marked = person_named(asked, text, *marked)
        for edged in (bare_name, name_without_title, place_of_level):
            marked = edged(asked, text, *marked)
    marked = whole_figure(asked, text, *marked, read)
    return trimmed(text, *year_alone(asked, text, *marked))


def _marked(
    asked: AskedFor,
    candidate: Candidate,
    weights: Weights,
    read: tuple[int, int, float] | None,
) -> tuple[int, int] | None:
    """What is marked, before its edges are set."""
    text = candidate.text
    if read is not None and read[0] < (number := marker_end(text)) and read[1] < number + _SHRED:
        read = None  # 7.2 甲 of 7.2 甲方支付
    cell = cell_asked(asked, candidate, weights)
    if cell is not None:
        return cell
    if not candidate.head:
        beside = (
            posts_asked(asked, text)
            or span_in_frame(asked, text, read)
            or span_in_translated_frame(asked, text, weights, read)
            or figures_of_all(asked, text)
            or amount_asked(asked, text, weights, read)
            or day_asked(asked, text, read)
            or year_read(asked, text, read)
            or reason_told(asked, text, read)
            or row_of_number(asked, text, read)
            or span_told_beside(asked, text, weights, read)
            or clause_asked(asked, text, weights, read)
        )
        if beside is not None:
            return trimmed(text, *beside)
    typed = best_typed_span(asked, text, weights)
    if typed is not None and asked.units and asked.kind == "figure":
        # The unit that was asked for is surer than any reading: 219家, not 35.2%.
        shown = text[typed[0] : typed[1] + reach_of(asked.units)]
        if asked.units in shown.lower():
            counted = _pointed_at(asked, text, weights, read, typed) or typed
            return trimmed(text, counted[0], counted[1])
    if typed is not None and asked.kind in FIGURES and years_apart(asked, normalize(text)):
        # The figure of the asked year is surer too: a reader takes the first one.
        return trimmed(text, typed[0], typed[1])
    if read is not None:
        start, end, score = read
        if typed is not None and start < typed[1] and typed[0] < end:
            if asked.many and score >= SURE and _several(asked, text, weights, (start, end)):
                return trimmed(text, *widened(text, start, end))
            if asked.kind in {"figure", "percent", "money", "duration", "date", "rank"}:
                return trimmed(text, typed[0], typed[1])
            if asked.kind == "person" and _says(text, (start, end), typed[:2]):
                return trimmed(text, typed[0], typed[1])
            if asked.kind == "organisation" and typed[0] == start and _plain(text, typed):
                return trimmed(text, start, max(end, typed[1]))
            return trimmed(text, start, end) if score >= SURE else trimmed(text, *typed[:2])
        if typed is not None and score < _SURER and _far_behind(asked, text, weights, read, typed):
            return trimmed(text, typed[0], typed[1])
        if score >= SURE or (score >= _SURE_OF_QUOTATION and _quotes(asked, text, start, end)):
            start, end = widened(text, start, end)
            if score >= _SURE_OF_MORE:
                start = from_opening_mark(text, start, end)
            if asked.many:
                start, end = whole_row(text, start, end)
            return trimmed(text, start, end)
    if typed is not None and typed[2] > 0.02:
        return trimmed(text, typed[0], typed[1])
    if asked.kind == "thing" and not asked.many:
        # "What" is answered by a name in quotation marks more often than by any other form.
        named = best_typed_span(asked, text, weights, frozenset({"quoted"}))
        if named is not None and named[2] > 0.15:
            return trimmed(text, named[0], named[1])
    if asked.many and not candidate.head and (members := members_in(asked, text, weights)):
        return trimmed(text, *members)
    return None


def _pointed_at(
    asked: AskedFor,
    text: str,
    weights: Weights,
    read: tuple[int, int, float] | None,
    typed: tuple[int, int, float],
) -> tuple[int, int, float] | None:
    """The one figure of the asked unit that the reader marks, if no other is much nearer to the words."""
    if read is None or read[2] < SURE:
        return None
    found = typed_spans_near(asked, text, weights)
    marked = [one for one in found if read[0] < one[1] and one[0] < read[1]]
    return marked[0] if len(marked) == 1 and marked[0][2] + _NEARER > typed[2] else None


def _several(asked: AskedFor, text: str, weights: Weights, span: tuple[int, int]) -> bool:
    """Whether a span holds more than one of what is asked for: 4月和10月."""
    found = typed_spans_near(asked, text, weights)
    return sum(span[0] <= start and end <= span[1] for start, end, _ in found) > 1


def _quotes(asked: AskedFor, text: str, start: int, end: int) -> bool:
    """Whether a span is a quotation from end to end that the question does not hold itself."""
    told = normalize(text[start:end]).strip("“”\"'「」『』《》")
    return is_quotation(text, start, end) and told not in asked.normalised


def _says(text: str, read: tuple[int, int], person: tuple[int, int]) -> bool:
    """Whether a reader's span is a person and that he speaks, and what he says: 韩华表示，区卫健局."""
    return read[0] == person[0] and _SPEAKS.match(text, person[1], read[1]) is not None


_IN_NAMES = re.compile("[^等的了在和与、,，被由是即为]+")


def _plain(text: str, typed: tuple[int, int, float]) -> bool:
    """Whether the form of a name took nothing else with it: 国家发改委, and not 婚俗等改革走在全国."""
    return _IN_NAMES.fullmatch(text, typed[0], typed[1]) is not None


_SPEAKS = re.compile("表示|介绍|说道?|指出|认为|强调|称|透露|告诉")
#: Characters behind a sentence's number that the reader marks with it by mistake are fewer than these.
_SHRED = 3
#: A reader below this gives way to a figure that stands this much nearer to the question's words.
_SURER, _NEARER = 0.5, 0.15


def _far_behind(
    asked: AskedFor,
    text: str,
    weights: Weights,
    read: tuple[int, int, float],
    typed: tuple[int, int, float],
) -> bool:
    """Whether the reader marks a figure that stands farther from the question's words than another one.

    Of 金卡年费为198元，银卡年费为98元 the gold card's fee is the first.
    """
    if asked.kind not in FIGURES:
        return False
    found = typed_spans_near(asked, text, weights)
    marked = [near for start, end, near in found if read[0] < end and start < read[1]]
    return bool(marked) and max(marked) + _NEARER <= typed[2]


#: A reader that marks a quotation from end to end needs to be no surer than this.
_SURE_OF_QUOTATION = 0.05
#: A reader that is so sure means what stands behind the quotation too: “一把手”工程.
_SURE_OF_MORE = 0.6
