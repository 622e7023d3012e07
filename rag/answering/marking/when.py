"""The days of a Chinese sentence that answer, where no single one does."""

from __future__ import annotations

import re
from itertools import pairwise

from rag.answering.mentions.spans import typed_spans
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["day_asked"]

_ASKS_BOTH = re.compile(
    "从(?:哪|什么时|何时|几月|几号).*(?:到|至)(?:哪|什么时|何时|几月|几号)|起止"
)
_ASKS_WHEN = re.compile("什么时[候间]|何时|多会儿|几时")
#: Between the first and the last day of a time.
_UNTIL = re.compile("起?[,，]?(?:[到至]|-{1,2}|~|—+)")
_WITHIN = re.compile("(?:之|以)?[内前后]")
_CLAUSES = re.compile("[,，;；]")


def day_asked(
    asked: AskedFor, text: str, read: tuple[int, int, float] | None
) -> tuple[int, int] | None:
    """从哪天到哪天: both days of 自4月1日起至5月31日止; 什么时候: 7个工作日内 of a sentence without a day.

    Of several pairs of days the one that the reader (its span with its probability) touches. The length of
    time only where it is the one of the sentence and the reader marks it with clauses before it. Else None.
    """
    if asked.kind != "date" or not asked.language.startswith("zh"):
        return None
    normalised, offsets = normalize_with_offsets(text)
    spans = typed_spans(normalised)
    days = [span for span in spans if span.kind == "date"]
    if _ASKS_BOTH.search(asked.normalised):
        times = [
            source_span(offsets, first.start, last.end)
            for first, last in pairwise(days)
            if _UNTIL.fullmatch(normalised, first.end, last.start)
        ]
        if len(times) > 1:
            times = [time for time in times if read and read[0] < time[1] and time[0] < read[1]]
        return times[0] if len(times) == 1 else None
    lengths = [span for span in spans if span.kind == "duration"]
    if days or len(lengths) != 1 or read is None or not _ASKS_WHEN.search(asked.normalised):
        return None
    if (within := _WITHIN.match(normalised, lengths[0].end)) is None:
        return None
    start, end = source_span(offsets, lengths[0].start, within.end())
    told = read[0] <= start < read[1] and _CLAUSES.search(text, read[0], start)
    return (start, end) if told else None
