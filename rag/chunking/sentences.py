"""Sentences as spans of a text, in any script, fast enough for corpora.

:func:`split_sentences` returns sorted, disjoint ``(start, end)`` spans that begin and end with a
character that is not blank and together cover every such character (blank: ``str.isspace``).
Nothing is copied or changed; any text is accepted, the empty one and lone surrogates too.

The rules:

- ``。！？`` and their kin (``؟ ۔ । ॥`` and others) end a sentence, with the closing quotation marks
  and brackets after them; no space is needed. What ``《》`` or a short pair of brackets enclose is
  not cut.
- ``……`` ends one unless a comma or the like follows.
- ``；`` ends one where it parts two clauses of twelve characters or more each, or ends a line.
- ``. ! ?`` of Latin text end one before white space, unless the word before is an abbreviation, an
  initial, a list number or a date, or the next word begins with a small letter.
- The mark of a note behind a full stop belongs to the sentence before it: ``[3]``, ``³``, ``①`` at
  the end of its line, and the digits that are left of a raised number: ``It cost five kroner.4 In``.
- A line break ends one unless the sentence plainly goes on: see :mod:`rag.chunking.lines`.
- A Markdown heading, a table row, a list item, a short line standing alone is one of its own.
- What a clause is called (``3. Deposit.``) is one with the sentence after it on its line.
- Thai, which has no full stop, is cut at spaces once a stretch is long enough.

Every decision depends on the sentence at hand and the beginning of the next only. So a text that
begins and ends at sentence boundaries of a document is split as the document is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.chunking.abbreviations import ALWAYS, BEFORE_NUMBER, MONTHS, SOMETIMES, STARTERS
from rag.chunking.lines import CLOSING, LEADER, goes_on, is_cjk, is_list_item, whole_line_end

__all__ = ["Span", "split_sentences"]

Span = tuple[int, int]

_FULL = "。！？｡؟۔।॥។៕။።፧։࿑𑁇"
_EVENT = re.compile(rf"[{_FULL}…．.!?;；؛\n\r\v\f\x85\u2028\u2029《（(]")
_CLOSERS = re.escape(CLOSING)
#: Markdown's bold or italics, where it closes.
_EMPHASIS = r"(?:\*{1,3}+|_{1,3}+)(?=\s|$)"
_RAISED = "[⁰¹²³⁴-⁹]"
#: The mark of a note; ``¹⁴C`` is an isotope.
_NOTE = rf"\[\d{{1,3}}\]|{_RAISED}++(?:[,–-]{_RAISED}++)*+(?![A-Za-z])"
_TAIL = re.compile(rf"(?:[{_FULL}…!?]++(?:[{_CLOSERS}]|{_EMPHASIS}|{_NOTE})*+)++")
_LATIN_TAIL = re.compile(rf"[.!?…]++(?:[{_CLOSERS}]|{_EMPHASIS}|[\xa0\u202f ]»|{_NOTE})*+")
#: A note too where its line ends with it; else it may number what follows.
_CIRCLED_NOTE = re.compile(r"[①-⒇]++(?=[^\S\n]*+(?:\n|\Z))")
#: What is left of a raised number in plain text.
_LOWERED_NOTE = re.compile(r"[1-9]\d{0,2}(?:[,–-][1-9]\d{0,2})*+(?=\s)")
_ONLY_CLOSERS = re.compile(rf"[{_CLOSERS}]*+")
_ENCLOSED = {
    "《": re.compile(r"《[^《》\n]{0,60}》"),
    "（": re.compile(r"（[^（）()\n]{0,80}[）)]"),
    "(": re.compile(r"\([^()（）\n]{0,80}[)）]"),
}
_BLANK = re.compile(r"\s*+")
_LINE_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")
_GOES_ON = frozenset("，、；：,;:")
_GOES_ON_QUOTED = _GOES_ON | frozenset("的地之和与與及等")
#: Japanese reports what it quotes with one of these; the rest are words that begin a sentence.
_REPORTED = re.compile(
    "と(?!ても|ころ|にかく|もかく|もあれ|もに|はいえ|うとう|きどき|りあえず)|って"
)
#: A clause has at least so many characters for a semicolon to part it from the next.
_CLAUSE = 12
_NEXT_CLAUSE = re.compile(rf"[^；;。！？!?\n]{{{_CLAUSE}}}")
_WORD = re.compile(r"[^\s(（“\"'‘\[《「，。、]*$")
_NEXT_WORD = re.compile(r"[\"'“‘(\[«¿¡]*([^\W\d_]+)")
#: What a figure, an equation, a section is called: ``3``, ``S3``, ``III``, ``(3)``, ``[12]``, ``B``.
_LABEL = re.compile(
    r"[A-Z]{0,2}\d|[(\[][A-Z]{0,2}[.-]?\d[\d.,;\s–-]{0,20}[a-z]?[)\]]|[IVXLC]{2,}\b"
    r"|[B-HJ-Z](?=[\s),;:\]])|[AI](?=[).\]])"
)
_YEAR = re.compile(
    r"""(?:
        \b(?:in|of|since|by|until|from|to|after|before|during|and|im|seit|bis|von|nach)\s
      | \b(?:January|February|March|April|May|June|July|August|September|October|November|December),?\s
      | \b(?:1[5-9]|20)\d\d[–-]
    )(?:1[5-9]|20)\d\d$""",
    re.VERBOSE,
)
_SECTION = re.compile(r"\d{1,2}(?:\.\d{1,2})+")
#: German counts with a full stop: ``im 19. Jahrhundert``, ``der 2. Weltkrieg``; but ``am 12.`` is a day
#: of the month, and ends a sentence as well.
_ORDINAL = re.compile(
    r"\b(?:im|zum|zur|beim|vom|ins|ab|seit|der|die|das|dem|den|des|\d{1,2}\.\s(?:und|bis|oder))\s\d{1,2}$",
    re.IGNORECASE,
)
#: What a clause, an item, a paragraph is called, up to its full stop: "3. Deposit.", "**押金。**".
_CAPTION = re.compile(
    r"""(?:
        \d{1,2}[.)、]\s* | \d{1,2}(?:\.\d{1,2}){1,3}[.、]?\s+(?=[^\W\d_a-z])
      | [（(](?:[a-z\d]{1,3}|[一二三四五六七八九十]{1,3})[)）]\s* | [a-z]\)\s*
      | [一二三四五六七八九十]{1,3}、 | 第[一二三四五六七八九十百\d]{1,5}[条條]\s* | (?:[-*+]\ +)?(?:\*\*|__)
    )
    (?:
        [\u3400-\u9fff]{1,6}
      | [^\W\d_][^\s.。，,;；:：\u3400-\u9fff]*(?:\ [^\s.。，,;；:：\u3400-\u9fff]+){0,3}
    )""",
    re.VERBOSE,
)
_LONGEST_CAPTION = 60
#: A sentence with a note has at least so many characters: an entry such as ``Task.3 Sums`` has fewer.
_LEAST_NOTED = 15
#: Words of measures and of addresses: ``max.16 A``, ``Gartenstr.12 Berlin``.
_BEFORE_FIGURE = ("max", "min", "str", "tel")
_STRAY = 3
_WORD_CHARACTER = re.compile(r"\w")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
_THAI_SPACE = re.compile(r"(?<=[\u0e00-\u0e7f]) +(?=[\u0e00-\u0e7f0-9(“\"])")
_THAI_LENGTH = 60
_ENDS = frozenset(_FULL + "…!?")


def split_sentences(text: str, *, headings: Iterable[Span] = (), whole: bool = False) -> list[Span]:
    """Spans of the sentences of ``text``, in order.

    Args:
        text: Any text.
        headings: Spans that markup tells to be headings: each becomes a sentence of its own, and no
            sentence runs across one. Spans outside the text or overlapping an earlier one are ignored.
        whole: The text is a document, not a passage cut out of one: its first line is a whole line.

    Returns:
        ``(start, end)`` pairs, sorted and disjoint; empty for a blank text.
    """
    spans: list[Span] = []
    position = 0
    for start, end in sorted(headings):
        if not position <= start < end <= len(text):
            continue
        _split(text[position:start], position, spans, cut=not (whole or position))
        left = _BLANK.match(text, start, end).end()  # type: ignore[union-attr]
        right = end
        while right > left and text[right - 1].isspace():
            right -= 1
        if left < right:
            spans.append((left, right))
        position = end
    rest = text[position:] if position else text
    _split(rest, position, spans, cut=not (whole or position))
    return spans


def _split(text: str, shift: int, spans: list[Span], *, cut: bool) -> None:
    """Append the spans of ``text``, each moved by ``shift``."""
    search, blank = _EVENT.search, _BLANK.match
    size = len(text)
    start = blank(text, 0).end()  # type: ignore[union-attr]
    position = start
    first = len(spans)
    while start < size:
        if position == start and text[start] in "#|":
            end = whole_line_end(text, start)
            if end is not None:
                spans.append((start + shift, end + shift))
                start = position = blank(text, end).end()  # type: ignore[union-attr]
                continue
        event = search(text, position)
        if event is None:
            break
        end, position = _boundary(text, start, event.start(), size, cut=cut)
        if end < 0:
            continue
        _append(text, spans, first, shift, (start, end))
        start = position = blank(text, end).end()  # type: ignore[union-attr]
    if start < size:
        end = size
        while text[end - 1].isspace():
            end -= 1
        _append(text, spans, first, shift, (start, end))
    if any(end - begin > 2 * _THAI_LENGTH for begin, end in spans[first:]):
        spans[first:] = [part for span in spans[first:] for part in _split_thai(text, shift, span)]


def _append(text: str, spans: list[Span], first: int, shift: int, span: Span) -> None:
    """Append the span; marks alone, such as a stray quotation mark, join the sentence before."""
    start, end = span
    if (
        end - start <= _STRAY
        and len(spans) > first
        and not _WORD_CHARACTER.search(text, start, end)
    ):
        before = spans[-1]
        if "\n" not in text[before[1] - shift : start]:
            spans[-1] = (before[0], end + shift)
            return
    spans.append((start + shift, end + shift))


def _boundary(text: str, start: int, at: int, size: int, *, cut: bool) -> tuple[int, int]:
    """What the mark at ``at`` means for the sentence that began at ``start``.

    Returns:
        (its end, anything) when the sentence ends there; (-1, where to look on) when it does not.
    """
    mark = text[at]
    if mark in "…." and (leader := LEADER.match(text, at)):
        return -1, leader.end()
    if mark in _ENDS:
        if mark in "!?" and not (at and is_cjk(text[at - 1])):
            return _latin_end(text, start, at, size)
        end = _closed(text, start, _TAIL.match(text, at).end())  # type: ignore[union-attr]
        if not "①" <= text[start] <= "⒇" and (note := _CIRCLED_NOTE.match(text, end)):
            return note.end(), note.end()
        following = text[end : end + 1]
        quoted = text[end - 1] in CLOSING
        if following in (_GOES_ON_QUOTED if quoted else _GOES_ON) and following:
            return -1, end
        if quoted and _REPORTED.match(text, end):
            return -1, end
        if mark == "…" and (following.islower() or end - start == end - at):
            return -1, end
        return (-1, end) if mark == "。" and _is_caption(text, start, at, end) else (end, end)
    if mark in _LINE_BREAKS:
        return _line_end(text, start, at, size, cut=cut)
    if mark in _ENCLOSED:
        enclosed = _ENCLOSED[mark].match(text, at)
        if enclosed is None:
            return -1, at + 1
        end = enclosed.end()
        if at == start and mark != "《" and end - at > 2 and text[end - 2] in "。！？.!?":
            return end, end
        return -1, end
    if mark in ";；؛":
        return _semicolon(text, start, at, size)
    if mark == "．":
        beside = text[at - 1 : at] + text[at + 1 : at + 2]
        ends = all(is_cjk(c) or c.isspace() for c in beside) and at > start + 1
        return (at + 1, at + 1) if ends else (-1, at + 1)
    return _latin_end(text, start, at, size)


def _closed(text: str, start: int, end: int) -> int:
    """``end`` with the quotation mark that closes the sentence, without one that opens the next."""
    last, following = text[end - 1], text[end : end + 1]
    if last in "\"'" and text.count(last, start, end - 1) % 2 == 0:
        return end if not following or following.isspace() else end - 1
    if following == "“" and (last in _ENDS or last == "."):
        # German closes with this mark; careless Chinese too.
        after = text[end + 1 : end + 2]
        return end + (not after or after.isspace() or after in _GOES_ON)
    return end


def _semicolon(text: str, start: int, at: int, size: int) -> tuple[int, int]:
    end = _ONLY_CLOSERS.match(text, at + 1).end()  # type: ignore[union-attr]
    if text[at] == ";" and not (is_cjk(text[at - 1]) or (end < size and is_cjk(text[end]))):
        return -1, end
    following = _BLANK.match(text, end).end()  # type: ignore[union-attr]
    if "\n" in text[end:following]:
        return end, end
    if end - start >= _CLAUSE and _NEXT_CLAUSE.match(text, following):
        return end, end
    return -1, end


def _line_end(text: str, start: int, at: int, size: int, *, cut: bool) -> tuple[int, int]:
    end = at
    while text[end - 1].isspace():
        end -= 1
    following = _BLANK.match(text, at).end()  # type: ignore[union-attr]
    if following < size and goes_on(text, start, end, following, cut=cut):
        return -1, following
    return end, following


def _latin_end(text: str, start: int, at: int, size: int) -> tuple[int, int]:
    """For ``.``, and for ``!`` and ``?`` after a character of a script with spaces."""
    tail = _LATIN_TAIL.match(text, at).end()  # type: ignore[union-attr]
    end = _closed(text, start, tail)
    if end < size and text[end].isdigit():
        end = _lowered_note_end(text, start, at, end)
    if end >= size:
        return end, end
    if not text[end].isspace():
        stops = text[at] in "!?" or end - at > 2
        ends = stops and is_cjk(text[end]) and text[end] not in _GOES_ON_QUOTED
        return (end, end) if ends else (-1, end)
    following = _BLANK.match(text, end).end()  # type: ignore[union-attr]
    if following >= size or text.count("\n", end, following) > 1:
        return end, end
    word = _NEXT_WORD.match(text, following)
    after = word.group(1) if word else ""
    if after[:1].islower() and after.islower():
        return -1, following
    single = text[at] == "." and text[at + 1 : at + 2] != "." and tail == at + 1
    if single and _is_abbreviation(text, start, at, following, after):
        # Not past a line break: whether the line goes on is decided there.
        return -1, end
    if text[at] == "." and _is_caption(text, start, at, end):
        return -1, end
    return end, end


def _lowered_note_end(text: str, start: int, at: int, end: int) -> int:
    """Where the digits end that refer to a note; ``end``, where they begin, if they are no reference.

    The full stop at ``at`` must follow a word, a bracket or a year that may end a sentence, and a
    capital must follow the digits: ``Fig.2 The``, ``v1.2 Beta`` and ``max.16 A`` have none.
    """
    note = _LOWERED_NOTE.match(text, end)
    if note is None or at - start < _LEAST_NOTED:
        return end
    following = _BLANK.match(text, note.end()).end()  # type: ignore[union-attr]
    found = _NEXT_WORD.match(text, following)
    after = found.group(1) if found else ""
    if not after[:1].isupper():
        return end
    before = text[max(start, at - 32) : at].rstrip("”’»\"'")
    if _YEAR.search(before):
        noted = after.lower() in STARTERS or (len(after) > 2 and after[1:].islower())
    elif before[-1:] in (")", "]"):
        noted = True
    else:
        word = before[_WORD.search(before).start() :].replace("-", "")  # type: ignore[union-attr]
        noted = word.isalpha() and len(word) > 2 and word[-3:].islower()
        lower = word.lower()
        noted = noted and lower not in ALWAYS and lower not in BEFORE_NUMBER
        noted = noted and not lower.endswith(_BEFORE_FIGURE)
    return note.end() if noted else end


def _is_caption(text: str, start: int, at: int, end: int) -> bool:
    """Whether what ends at ``end`` with the full stop ``at`` only says what the rest of its line is about."""
    if at - start > _LONGEST_CAPTION or _CAPTION.fullmatch(text, start, at) is None:
        return False
    following = _BLANK.match(text, end).end()  # type: ignore[union-attr]
    if following == len(text) or is_list_item(text, following):
        return False
    return _LINE_BREAKS.isdisjoint(text[end:following])


def _is_abbreviation(text: str, start: int, at: int, following: int, after: str) -> bool:
    """Whether the full stop at ``at`` does not end the sentence that began at ``start``.

    ``after`` is the word that begins at ``following``, "" where none does.
    """
    word = _WORD.search(text, max(start, at - 24), at)
    token = word.group() if word else ""
    lower = token.lower()
    if not token:
        return False
    begins = after.lower() in STARTERS
    if at - len(token) == start and (token.isdigit() or len(token) == 1):
        return True
    if lower in ALWAYS:
        return True
    if lower in BEFORE_NUMBER:
        label = _LABEL.match(text, following)
        # "no. C is better", "the app. 3 million did": these are words too.
        if label is None or text.endswith(" app", 0, at):
            return False
        return not (lower == "no" and label.group().isalpha())
    if token[-1].isdigit():
        if at - len(token) == start and _SECTION.fullmatch(token):
            return not begins and not is_cjk(text[following])
        ordinal = _ORDINAL.search(text, max(start, at - 16), at) is not None
        return (
            len(token) <= 2
            and token.isdigit()
            and (after.lower() in MONTHS or (ordinal and bool(after) and not begins))
        )
    if lower in SOMETIMES or "." in token[1:-1] or (len(token) == 1 and token.isalpha()):
        return not begins and not is_cjk(text[following])
    return False


def _split_thai(text: str, shift: int, span: Span) -> Iterable[Span]:
    """Parts of a long Thai stretch, cut at spaces; another script's sentence is left whole."""
    start, end = span[0] - shift, span[1] - shift
    if end - start <= 2 * _THAI_LENGTH or not _THAI.search(text, start, end):
        yield span
        return
    for space in _THAI_SPACE.finditer(text, start, end):
        if space.start() - start >= _THAI_LENGTH and end - space.end() >= _THAI_LENGTH // 2:
            yield (start + shift, space.start() + shift)
            start = space.end()
    yield (start + shift, end + shift)
