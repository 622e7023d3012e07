"""Where a mark begins and ends: at no cut word, quotation or bracket, and in one field."""

from __future__ import annotations

import re
import unicodedata

from rag.answering.mentions.markers import marker_end
from rag.answering.mentions.spans import typed_spans
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["EDGES", "from_opening_mark", "is_quotation", "trimmed", "widened"]

EDGES = " \t\n\r,，、。；;：:|`\ufe0f"


_LATIN = re.compile("[a-z]")


def widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A reader's span grown to the figure or quotation that it cuts into."""
    normalised, offsets = normalize_with_offsets(text)
    for span in typed_spans(normalised):
        if span.kind in {"organisation", "place", "person", "name"}:
            continue
        if span.start and _LATIN.match(normalised, span.start - 1) and span.kind != "quoted":
            continue  # 2处 of t/hm2处理
        left, right = source_span(offsets, span.start, span.end)
        if (
            left < end
            and start < right
            and not (left <= start and end <= right and span.kind == "quoted")
        ):
            start, end = min(start, left), max(end, right)
    return start, end


# Letters and digits of scripts that set words apart, and units of one sign; in other scripts a mark may
# well end inside a run.
_WORD = re.compile(r"[0-9A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u058f㎡㎥℃℉]{2}")
#: A name or a term of a program is one word: max_length, std::string, 2**10 (where ** marks no bold type).
_TERM = re.compile(r"[0-9A-Za-z]+(?:(?:_+|::|\^|\*\*)[0-9A-Za-z]+)+")
#: Opens an answer of questions and answers.
_SPEAKER = re.compile(r"\s*(?:[AaQq]|答|问)\s*[:：]\s*")
#: Behind the members of a row 等 is none of them; 平等 is a word.
_ROW_BEFORE = re.compile("、.*[^平中高初同相优上均何]$|[”」』》]$", re.DOTALL)
_MARKER = re.compile(r"[-*+•]\s+")
# The next of several fields in lines: "\n乙方（卖方）：".
_FIELD = re.compile(r"\n\s*[^\n:：。,，;；]{1,16}[:：]")
_PAIRS = (("(", ")"), ("[", "]"), ("（", "）"))


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """A mark that cuts no word, keeps to one cell or field, and has no marks of layout at its edges."""
    while 0 < start < end and _WORD.match(text, start - 1):
        start -= 1
    while start < end < len(text) and _WORD.match(text, end - 1):
        end += 1
    for term in _TERM.finditer(text):
        if term.start() < end and start < term.end():
            if "**" in term.group() and text.count("**") % 2 == 0:
                continue
            start, end = min(start, term.start()), max(end, term.end())
    start = max(start, min(marker_end(text), end))
    speaker = _SPEAKER.match(text)
    if speaker is not None and start < speaker.end() < end:
        start = speaker.end()
    field = _FIELD.search(text, start)
    if field is not None and field.start() < end and text[start : field.start()].strip(EDGES):
        end = field.start()
    marker = _MARKER.match(text, start, end)
    if marker is not None:
        start = marker.end()
    while start < end and _is_edge(text[start]):
        start += 1
    if text.lstrip().startswith("|") and (bar := text.find("|", start, end)) >= 0:
        end = bar
    while end > start and _is_edge(text[end - 1]):
        end -= 1
    row = text.endswith("等", start, end) and "等、" not in text[start:end]
    if row and _ROW_BEFORE.search(text, start, end - 1):
        end -= 1
    if not any(character.isalnum() for character in text[start:end]):
        return None
    for opening, closing in _PAIRS:
        lacking = text.count(opening, start, end) - text.count(closing, start, end)
        if lacking == 1 and text.startswith(closing, end):
            end += 1
        elif lacking == 1 and text.startswith(opening, start):
            start += 1
        elif lacking == -1 and text.startswith(closing, end - 1):
            end -= 1
    for opening, closing in _QUOTES:
        start, end = _of_quotation(text, start, end, opening, closing)
    return (start, end) if start < end else None


def from_opening_mark(text: str, start: int, end: int) -> int:
    """The start of a span, one character before where it leaves out a mark whose closing one it holds."""
    for opening, closing in _QUOTES:
        if start and text[start - 1] == opening and closing in text[start : end - 1]:
            return start - 1
    return start


def is_quotation(text: str, start: int, end: int) -> bool:
    """Whether a span is what stands between two marks, with or without them."""
    inner = text[start:end].strip("“”「」『』《》")
    at = text.find(inner, start, end)
    around = (text[max(0, at - 1) : at], text[at + len(inner) : at + len(inner) + 1])
    return around in _QUOTES and not any(mark in inner for pair in _QUOTES for mark in pair)


_QUOTES = (("“", "”"), ("「", "」"), ("『", "』"), ("《", "》"))


def _of_quotation(text: str, start: int, end: int, opening: str, closing: str) -> tuple[int, int]:
    """A span that holds each quotation that it touches as a whole, or stands within one.

    One that begins right behind an opening mark and runs a few characters beyond the closing one is cut to
    the quotation: 码上办”系统, but not 河长制”“湾长制” nor 奋进西海岸”体制机制创新发布会.
    """
    inner = text[start:end]
    first = inner.find(closing)
    if first >= 0 and opening not in inner[:first]:
        behind = inner[first + 1 :]
        if not behind:
            end -= 1
        elif start and text[start - 1] == opening:
            whole = opening in behind or _LONG_NOUN.fullmatch(behind)
            start, end = (start - 1, end) if whole else (start, start + first)
    inner = text[start:end]
    if inner.rfind(opening) > inner.rfind(closing):
        close = text.find(closing, end)
        titled = opening == "《" and inner.startswith(opening)
        if 0 <= close - end <= (_REST_OF_TITLE if titled else _REST_OF_QUOTATION):
            end = close + 1
        elif inner.startswith(opening):
            start += 1
    return start, end


_LONG_NOUN = re.compile("[^，,。；;]{6,}")
#: Characters of a quotation that a reader may have left out at its end.
_REST_OF_QUOTATION = 12
#: A title is long, and one thing: 《甲局乙局关于……的通知》.
_REST_OF_TITLE = 80


def _is_edge(character: str) -> bool:
    """Whether a mark neither begins nor ends with it: punctuation, emoji and arrows, but no sign of a unit."""
    if character in EDGES:
        return True
    symbol = (
        unicodedata.category(character) in {"So", "Sk", "Cf"} or "\u2190" <= character <= "\u21ff"
    )
    unit = character == "°" or any(c.isalnum() for c in unicodedata.normalize("NFKC", character))
    return symbol and not unit
