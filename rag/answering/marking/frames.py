"""What a Chinese sentence says in the frame that a question asks in: 以什么为牵引, 被哪个单位刊发."""

from __future__ import annotations

import re

from rag.answering.evidence.term_weights import Weights
from rag.answering.mentions.spans import typed_spans
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["span_in_frame", "span_in_translated_frame"]

Span = tuple[int, int]
Near = tuple[int, int, float]

_WHAT = "(?:什么|啥|谁|何|哪[^为作成,。?]{0,5})"
#: What opens a frame, and what goes on behind the asked words: 以……为, 把……作为.
_FRAMES = (
    ("(?<![可予足难得加所])以(?![及上下内外来后前便免致期])", "作?为"),
    ("[把将]", "作为|当作|当成|列为|定为|视为"),
)
_ASKS = tuple(
    re.compile(f"{opening}{_WHAT}(?P<on>{closing})(?P<as>[\u4e00-\u9fff]{{1,2}})")
    for opening, closing in _FRAMES
)
_INSIDE = "[^,，。;；:：!！?？以把将为]{2,24}"
_QUOTED = '[“「『"](?P<quoted>[^”」』"]{2,40})[”」』"]'
_DENIED = re.compile("(?:不|不再|不是|并非|没有?|未)$")
#: Whoever does it: 被哪个单位, 由谁; no doer stands behind 自由 and 由于.
_ASKS_DOER = re.compile("(?P<by>[被由])(?:谁|什么|啥|哪)")
_BY = {"被": re.compile("被"), "由": re.compile("(?<![自理缘经事])由(?![于此])")}
_DOERS = frozenset({"person", "organisation"})
#: A reader from here on is believed against a doer.
_BELIEVED = 0.5


def span_in_frame(asked: AskedFor, text: str, read: Near | None) -> Span | None:
    """经济体制改革 of 以经济体制改革为牵引, where a question asks 以什么为牵引; None outside of frames.

    Of one that asks 被谁 or 由哪个单位, the person or body right behind the only 被 or 由 of the sentence,
    unless a reader (its span with its probability) marks anything from there on or is sure of its words.
    """
    if not asked.language.startswith("zh"):
        return None
    normalised, offsets = normalize_with_offsets(text)
    if between := _between(asked.normalised, normalised):
        return source_span(offsets, *between)
    if (doer := _doer(asked.normalised, normalised)) is None:
        return None
    start, end = source_span(offsets, *doer)
    apart = read is not None and (read[2] >= _BELIEVED or start < read[1])
    return None if apart else (start, end)


def span_in_translated_frame(
    asked: AskedFor, text: str, weights: Weights, read: Near | None
) -> Span | None:
    """深化融合创新 of 以深化融合创新为主题, where an English question asks for the theme.

    A reader (its span with its probability) must touch the only such frame with a noun of the question.
    """
    if asked.language != "en" or asked.kind not in _SAID or read is None:
        return None
    normalised, offsets = normalize_with_offsets(text)
    nouns = {
        one
        for word in weights.foreign
        for one, degree in word.alternatives
        if len(one) > 1 and degree >= _MEANT
    }
    found = []
    for opening, closing in _FRAMES:
        for frame in re.finditer(
            f"{opening}(?P<said>{_INSIDE}?)(?:{closing})(?P<as>..)", normalised
        ):
            start, end = source_span(offsets, *frame.span("said"))
            behind = source_span(offsets, *frame.span("as"))[1]
            if frame["as"] in nouns and read[0] < behind and start < read[1]:
                found.append((start, end))
    return found[0] if len(found) == 1 else None


_SAID = frozenset({"thing", "name", "manner"})
#: A translation from this degree on is what the word means.
_MEANT = 0.5


def _between(question: str, text: str) -> Span | None:
    for (opening, _), asks in zip(_FRAMES, _ASKS, strict=True):
        if frame := asks.search(question):
            denied = _denied(question, frame.start())
            said = f"{opening}(?:{_QUOTED}|(?P<said>{_INSIDE}?))(?:{frame['on']}){frame['as']}"
            found = [m for m in re.finditer(said, text) if _denied(text, m.start()) == denied]
            if len(found) == 1:
                return found[0].span(found[0].lastgroup or "said")
    return None


def _denied(text: str, at: int) -> bool:
    """Whether a word for no stands right before a place: 不以营利为目的, 没有把升学率作为重点."""
    return _DENIED.search(text, max(0, at - 2), at) is not None


def _doer(question: str, text: str) -> Span | None:
    if not (asks := _ASKS_DOER.search(question)):
        return None
    by = [match.end() for match in _BY[asks["by"]].finditer(text)]
    for span in typed_spans(text) if len(by) == 1 else ():
        if span.start == by[0] and span.kind in _DOERS and not text.startswith("的", span.end):
            return span.start, span.end
    return None
