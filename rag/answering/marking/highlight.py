"""The exact words that answer, inside the sentence that holds them."""

from __future__ import annotations

import re
import unicodedata

from rag.answering.clause_asked import clause_asked
from rag.answering.evidence import (
    Candidate,
    Weights,
    best_typed_span,
    held_terms,
    reach_of,
    typed_spans_near,
    years_apart,
)
from rag.answering.list_members import members_in
from rag.answering.question import AskedFor
from rag.answering.row_asked import named_in
from rag.answering.spans import FIGURES, marker_end, typed_spans
from rag.answering.table_rows import cells_of
from rag.answering.told_beside import span_told_beside
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["highlight_of"]

_EDGES = " \t\n\r,，、。；;：:|`\ufe0f"
#: Below this the reader's span is a guess. From 0.3 to 0.1 the exact words rose from 36 to 38 of 100
#: for written questions, 44 to 50 for DRCD, 16 to 21 for CMRC; F1 48 to 59, 59 to 67, 35 to 54.
SURE = 0.10


def highlight_of(
    asked: AskedFor,
    candidate: Candidate,
    weights: Weights,
    read: tuple[int, int, float] | None,
) -> tuple[int, int] | None:
    """Characters of the candidate's text that answer, or None where they cannot be told.

    In a row of a table it is the cell under the head that was asked for. Else a typed span (a figure with
    its unit, a date, a person) that the reader's span touches wins, for its edges are exact; then a sure
    reader; then the typed span nearest to the question's words.
    """
    text = candidate.text
    if read is not None and read[0] < (number := marker_end(text)) and read[1] < number + _SHRED:
        read = None  # 7.2 甲 of 7.2 甲方支付
    cell = _cell(asked, candidate, weights)
    if cell is not None:
        return cell
    if not candidate.head:
        beside = span_told_beside(asked, text, weights, read) or clause_asked(
            asked, text, weights, read
        )
        if beside is not None:
            return _trimmed(text, *beside)
    typed = best_typed_span(asked, text, weights)
    if typed is not None and asked.units and asked.kind == "figure":
        # The unit that was asked for is surer than any reading: 219家, not 35.2%.
        shown = text[typed[0] : typed[1] + reach_of(asked.units)]
        if asked.units in shown.lower():
            return _trimmed(text, typed[0], typed[1])
    if typed is not None and asked.kind in FIGURES and years_apart(asked, normalize(text)):
        # The figure of the asked year is surer too: a reader takes the first one.
        return _trimmed(text, typed[0], typed[1])
    if read is not None:
        start, end, score = read
        if typed is not None and start < typed[1] and typed[0] < end:
            if asked.many and score >= SURE and _several(asked, text, weights, (start, end)):
                return _trimmed(text, *_widened(text, start, end))
            if asked.kind in {"figure", "percent", "money", "duration", "date", "rank"}:
                return _trimmed(text, typed[0], typed[1])
            if asked.kind == "person" and _says(text, (start, end), typed[:2]):
                return _trimmed(text, typed[0], typed[1])
            return _trimmed(text, start, end) if score >= SURE else _trimmed(text, *typed[:2])
        if typed is not None and score < _SURER and _far_behind(asked, text, weights, read, typed):
            return _trimmed(text, typed[0], typed[1])
        if score >= SURE:
            start, end = _widened(text, start, end)
            if score >= _SURE_OF_MORE:
                start = _from_opening_mark(text, start, end)
            return _trimmed(text, start, end)
    if typed is not None and typed[2] > 0.02:
        return _trimmed(text, typed[0], typed[1])
    if asked.kind == "thing" and not asked.many:
        # "What" is answered by a name in quotation marks more often than by any other form.
        named = best_typed_span(asked, text, weights, frozenset({"quoted"}))
        if named is not None and named[2] > 0.15:
            return _trimmed(text, named[0], named[1])
    if asked.many and not candidate.head and (members := members_in(asked, text, weights)):
        return _trimmed(text, *members)
    return None


def _several(asked: AskedFor, text: str, weights: Weights, span: tuple[int, int]) -> bool:
    """Whether a span holds more than one of what is asked for: 4月和10月."""
    found = typed_spans_near(asked, text, weights)
    return sum(span[0] <= start and end <= span[1] for start, end, _ in found) > 1


def _says(text: str, read: tuple[int, int], person: tuple[int, int]) -> bool:
    """Whether a reader's span is a person and that he speaks: 韩华表示."""
    return read[0] == person[0] and _SPEAKS.fullmatch(text, person[1], read[1]) is not None


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


# What names a row, is found by its form; a figure may stand in its cell without its unit.
_TOLD_BY_FORM = frozenset({"date", "person", "place", "organisation"})


def _cell(asked: AskedFor, candidate: Candidate, weights: Weights) -> tuple[int, int] | None:
    """The cell of a table's row under the head that is asked for: which region, or else the most alike one.

    What the question tells itself does not answer it: which region has 18 farms is answered by the row's
    name. None outside of tables, where no head is named, or several as well, and where another cell is of
    the kind that was asked for.
    """
    if not candidate.head:
        return None
    heads = [normalize(candidate.head[start:end]) for start, end in cells_of(candidate.head)]
    cells = cells_of(candidate.text)
    if len(heads) != len(cells):
        return None
    shares = [weights.share(held_terms(head)) for head in heads]
    shown = [normalize(candidate.text[start:end].strip(_EDGES)) for start, end in cells]
    told = [bool(text) and named_in(asked.normalised, text) for text in shown]
    named = [i for i in range(1, len(cells)) if shares[i]]
    open_ = [i for i in named if not told[i]] or named
    best = max((shares[i] for i in open_), default=0.0)
    alike = [i for i in open_ if shares[i] == best]
    which = _which_head(asked.normalised, heads)
    if which is None and all(told[i] for i in named):
        which = _head_meant(asked.normalised, heads)
    # Which region has 19 farms: of a row with 9 farms that figure says most; an empty cell says nothing.
    denied = bool(asked.figures) and not any(told)
    lacks = bool(named) and not any(shown[i] for i in named)
    if which is not None and shown[which] and not (told[which] or denied or lacks):
        return _trimmed(candidate.text, *cells[which])
    if len(alike) != 1:
        return None
    start, end = cells[alike[0]]
    if not denied and _answered_apart(asked, candidate.text, (start, end), weights):
        return None
    if asked.kind == "figure" and asked.units and _MONEY.search(candidate.text[start:end]):
        return None  # people are not counted in dollars
    if told[alike[0]]:
        start, end = cells[0]
    return _trimmed(candidate.text, start, end)


def _answered_apart(asked: AskedFor, text: str, cell: tuple[int, int], weights: Weights) -> bool:
    """Whether not this cell but another holds what is told by its form."""
    if asked.kind not in _TOLD_BY_FORM:
        return False
    typed = best_typed_span(asked, text, weights)
    if typed is None or (cell[0] < typed[1] and typed[0] < cell[1]):
        return False
    return best_typed_span(asked, text[slice(*cell)], weights) is None


_MONEY = re.compile(r"[$€£]\s*\d")
_WHICH = re.compile(
    r"\b(?:which|what)\s+(?:(?:is|are|was|were)\s+the\s+)?(?!(?:is|are|was|were|do|does|did)\b)([a-z]+)(?:\s+([a-z]+))?"
)
_WHICH_ZH = r"哪[一两几些]?[个個家位项項所座条條名种種]?"


def _which_head(question: str, heads: list[str]) -> int | None:
    """The one head whose column a question asks for by its name: which region, what is the price, 哪个区."""
    asks = _WHICH.search(question)
    wanted = [" ".join(asks.groups("")).strip(), asks.group(1)] if asks else []
    for words in wanted:
        noun = re.compile(rf"\b{re.escape(words.removesuffix('s'))}s?\b")
        found = [i for i, head in enumerate(heads) if noun.search(head)]
        if len(found) == 1:
            return found[0]
    found = [
        i
        for i, head in enumerate(heads)
        if not head.isascii() and re.search(_WHICH_ZH + re.escape(head.strip()), question)
    ]
    return found[0] if len(found) == 1 else None


#: What a question asks and the column that tells it, in Chinese tables.
_MEANT = tuple(
    (re.compile(asks), re.compile(head))
    for asks, head in (
        (
            "怎么办|(?:怎么|如何|怎样|咋)(?:办|处理|解决|排除|应对|修)",
            "处理|措施|解决|对策|办法|方法|排除",
        ),
        (
            "(?:是|有|出了?)什么(?:故障|问题|毛病|意思|含义)|什么意思|代表什么|表示什么",
            "含义|故障|现象|意思|说明",
        ),
        ("什么原因|为什么|为何", "原因"),
        ("谁", "姓名|负责人|责任人|联系人|经办人"),
        ("什么时[候间]|何时|哪天|几号|截止", "日期|时间|时限|期限"),
    )
)


def _head_meant(question: str, heads: list[str]) -> int | None:
    """The one head, not the first, whose column tells what a Chinese question asks in other words."""
    for asks, head in _MEANT:
        if asks.search(question):
            found = [i for i, name in enumerate(heads) if i and head.search(name)]
            return found[0] if len(found) == 1 else None
    return None


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A reader's span grown to the figure or quotation that it cuts into."""
    normalised, offsets = normalize_with_offsets(text)
    for span in typed_spans(normalised):
        if span.kind in {"organisation", "place", "person", "name"}:
            continue
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
_MARKER = re.compile(r"[-*+•]\s+")
# The next of several fields in lines: "\n乙方（卖方）：".
_FIELD = re.compile(r"\n\s*[^\n:：。,，;；]{1,16}[:：]")
_PAIRS = (("(", ")"), ("[", "]"), ("（", "）"))


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
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
    field = _FIELD.search(text, start)
    if field is not None and field.start() < end and text[start : field.start()].strip(_EDGES):
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


#: A reader that is so sure means what stands behind the quotation too: “一把手”工程.
_SURE_OF_MORE = 0.6


def _from_opening_mark(text: str, start: int, end: int) -> int:
    """The start of a span, one character before where it leaves out a mark whose closing one it holds."""
    for opening, closing in _QUOTES:
        if start and text[start - 1] == opening and closing in text[start : end - 1]:
            return start - 1
    return start


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
        if 0 <= close - end <= _REST_OF_QUOTATION:
            end = close + 1
        elif inner.startswith(opening):
            start += 1
    return start, end


_LONG_NOUN = re.compile("[^，,。；;]{6,}")
#: Characters of a quotation that a reader may have left out at its end.
_REST_OF_QUOTATION = 12


def _is_edge(character: str) -> bool:
    """Whether a mark neither begins nor ends with it: punctuation, emoji and arrows, but no sign of a unit."""
    if character in _EDGES:
        return True
    symbol = (
        unicodedata.category(character) in {"So", "Sk", "Cf"} or "\u2190" <= character <= "\u21ff"
    )
    unit = character == "°" or any(c.isalnum() for c in unicodedata.normalize("NFKC", character))
    return symbol and not unit
