"""Line breaks: which of them end a sentence, and which stand inside one.

A newspaper's columns break lines, and even leave blank lines, in mid-sentence; a list, a heading or
a table row ends with its line though it has no full stop. Every decision here looks only at the
sentence before the break and at the first words after it, never further, so that a passage cut out
of a document is split in the same places as the document was.
"""

from __future__ import annotations

import re

from rag.chunking.abbreviations import STARTERS

__all__ = ["CLOSING", "LEADER", "goes_on", "is_cjk", "is_list_item", "whole_line_end"]

#: Marks that close what a sentence opened; they belong to the sentence before them.
CLOSING = "”’」』）】》〉｣〗〙»›)]}\"'＂＇"

_NUMERAL = "一二三四五六七八九十百零〇两"
_LIST_ITEM = re.compile(
    rf"""(?:
        [-*+]\ +(?=\S) | [•●○■□◆◇▪►▶★☆※✓✔➢·‣◦]
      | \d{{1,3}}(?:[、．）)]|\.(?=\D|$)) | [（(]\d{{1,3}}[）)]
      | \d{{1,2}}(?:\.\d{{1,2}}){{1,3}}[\s、．]
      | [{_NUMERAL}]{{1,4}}、 | [（(][{_NUMERAL}]{{1,4}}[）)]
      | 第[{_NUMERAL}\d]{{1,5}}[章节條条部编編篇]
      | [A-Za-z][.)、]\s | [①-⑳㈠-㈩⑴-⒇]
    )""",
    re.VERBOSE,
)
#: An initial or a unit may look like the letter of an item: "Professor / J. Smith", "of 11.4 / m. Each".
_LETTERED = re.compile(r"[A-Za-z]\.\s")
_UNIT_AHEAD = re.compile(r"[msghltdVWNKJCFT]\.\s+([^\W\d_a-z][^\W\d_]*)")
_NAME_AHEAD = re.compile(
    r"(?:[A-Z]\.\s?){1,4}(?<=\s)[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)?"
    r"(?:[,.;:)'’]|\s(?:and|who|of|from|for|at|in|was|were|has|had|und|von|et|de)\s)"
)
_TITLE = re.compile(
    r"\b(?:prof(?:essor)?|dr|mr|mrs|ms|sir|captain|colonel|general|judge|justice|president|senator|minister"
    r"|herrn?|frau|doktor|professorin)$",
    re.IGNORECASE,
)
#: Counts and units behind a number that ended the line above: "职工1846 / 人，".
_MEASURE = re.compile(
    r"[多余餘]?[百千万萬亿億]{0,2}"
    r"(?:人次?|名|位|个(?:百分点|月)?|個|家|所|座|处|條|条|项|項|份|件|台|套|辆|艘|架|只|头|株|棵|亩|公顷|平方(?:米|公里|千米)"
    r"|立方米|[公千厘毫]?米|公里|吨|公斤|[千毫]?克|升|[美欧日]?元|千瓦时?|倍|次|场|届|期|年|月|日|天|小时|分钟?|秒|岁|户|村"
    r"|间|张|册|本|部|篇|门|种|类|级|层|栋|幢|度)?"
    r"(?:左右|以上|以下|以内)?[的，、。；,;）)]"
)
_NUMBERED_HEADING = re.compile(r"\d{1,2}(?:\.\d{1,2}){0,3}\.?\s+[^\W\d_a-z][^\W\d_]+")
_UNIT = re.compile(r"\#{1,6}\s|\||>|```|~~~|-{3,}\s*$|={3,}\s*$|\*{3,}\s*$|_{3,}\s*$", re.MULTILINE)
_WHOLE_LINE = re.compile(r"\#{1,6}[^\S\n]|\|[^\n|]*\|")
_CONTINUING = frozenset(
    "，、；：。！？,;:!?％%…" + "".join(c for c in CLOSING if c not in "\"'＂＇")
)
_COMMAS = re.compile("[，、,；：]")
#: What begins or reports a statement: prose, not a heading.
_REPORTS = re.compile(
    r"(?:强调|強調|指出|表示|认为|認為|要求|提出|介绍|介紹|透露|[说說称稱道])[,，:：]"
    r"|^(?:下一步|目前|近年来|近年來|近日|日前|昨日|今日|本月|本周|同时|同時|此外|其中|今年|去年|当前|當前|截至"
    r"|据悉|據悉|为此|首先|其次|最后|上半年|下半年|\d{1,2}月\d{1,2}日)[^\n，,]{0,8}[,，]"
    r"|^[一二三四五六七八九十]{1,3}是"
)
#: A line that ends in one of these goes on.
_OPEN_WORD = re.compile(
    r"\b(?:the|an?|of|in|on|at|by|for|from|with|to|and|or|as|that|which|is|are|was|were|its|their|his|her"
    r"|der|die|das|und|von|mit|für|zu|le|la|les|de|du|des|et|el|los|las|y|en|del|o|e|do|da)$"
)
#: Dots that lead the eye to a figure.
LEADER = re.compile(
    r"(?:\.{5,200}+[ \xa0]?|(?:\.[ \xa0]){5,80}+|…{3,200}+[ \xa0]?)(?=[-+(]?[$€£¥]?\d)"
)
_BLANK = re.compile(r"\s*+")
_HAN = "\u3400-\u9fff"
#: What parts the cells of a row: a tab, a bar, blanks, dots. Tabs and blanks stand between sentences too.
_CELL_GAP = re.compile(
    rf"""(?<=\S)(?:
        (?<![\w)'"][.!?])(?:[^\S\n]*\t[^\S\n]* | \ {{3,}}) | \u3000[^\S\n]*
      | \ +\|\ + | [ \xa0]?(?:{LEADER.pattern})
      | (?<=[{_HAN}])\ \ | (?<![。！？；：，、.!?;:,])\ \ (?=[{_HAN}])
    )(?=\S)""",
    re.VERBOSE,
)
#: Two blanks stand behind a full stop too.
_BLANKS = re.compile(r"(?<=[^\s.,;:!?])  +(?=\S)")
#: A line that says when it was logged, or the number of a reference: what is above it has ended.
_ENTRY = re.compile(
    r"""
    \[?(?:19|20)\d\d[-/.]\d\d[-/.]\d\d[T ]\d\d:\d\d
  | \[\d{1,3}\]\s+["'“‘«„]?[^\W\d_a-z]
    """,
    re.VERBOSE,
)
#: The label of a field: "电话：", "甲方（买方）：".
_FIELD = re.compile(rf"(?=[^：:\n]{{0,13}}[{_HAN}])[{_HAN}A-Za-z（）()/· ]{{2,14}}[：:](?!//)")
#: These might stand inside a sentence too: they begin anew only below another of their kind.
_FURTHER_ENTRY = (
    re.compile(r"\[?\d{1,2}:\d\d(?::\d\d)?\b"),
    re.compile(r"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b"),
    re.compile(r"\[\d{1,3}\]\s"),
    re.compile(r"[^\W\d_a-z][\w.'’-]*(?: [\w.'’-]+){0,2}: +\S"),  # who speaks
    _FIELD,
    re.compile(r"(?:19|20)\d\d ?[-./年] ?\d{1,2}月?\s*[-–—~～至到\s]"),  # a line of a life
)
_PAIRS = (
    ("“", "”"),
    ("（", "）"),
    ("《", "》"),
    ("(", ")"),
    ("「", "」"),
    ("『", "』"),
    ("【", "】"),
)
_TITLE_WORD = re.compile(r"[^\W\d_]{4,}")
#: What ends a look ahead: nothing beyond the next sentence may be seen.
_AHEAD = re.compile(r"[^\n。！？!?]*")

#: Lines longer than this (in characters) are prose, whatever they lack.
_LONGEST_CJK_HEADING = 45
_WRAPPED_CJK = 25
_WRAPPED_LATIN = 40


def is_cjk(character: str) -> bool:
    """Whether it is written without spaces around it: Han, kana, full-width marks."""
    return (
        "\u2e80" <= character <= "\u9fff"
        or character >= "\U00020000"
        or (
            "\uf900" <= character <= "\ufaff"
            or "\ufe30" <= character <= "\ufe4f"
            or "\uff00" <= character <= "\uff9f"
            or character in "“”‘’…—·"
        )
    )


def is_list_item(text: str, offset: int) -> bool:
    """Whether a list item, numbered section or clause begins at ``offset``."""
    return _LIST_ITEM.match(text, offset) is not None


def whole_line_end(text: str, start: int) -> int | None:
    """End of the line that begins at ``start`` if it is one unit (Markdown heading, table row)."""
    if (
        text[start] not in "#|"
        or not _WHOLE_LINE.match(text, start)
        or not _at_line_start(text, start)
    ):
        return None
    end = text.find("\n", start)
    end = len(text) if end < 0 else end
    while text[end - 1].isspace():
        end -= 1
    return end


def goes_on(text: str, start: int, end: int, following: int, *, cut: bool = False) -> bool:
    """Whether the sentence ``text[start:end]``, which ends its line, goes on at ``following``.

    ``text[end:following]`` is white space with at least one line break in it; ``text[following]``
    is not blank. The sentence has no end mark there. ``cut`` says that ``text`` may have been cut out
    of a longer one, so that its first line may be the rest of a line.
    """
    if _UNIT.match(text, following) or text[start] == "|":
        return False
    last, first = text[end - 1], text[following]
    gap = text[end:following]
    blank = gap.count("\n") > 1
    ahead = text[following : min(_AHEAD.match(text, following).end(), following + 200)]  # type: ignore[union-attr]
    if _are_rows(text[max(start, text.rfind("\n", start, end) + 1) : end], ahead):
        return False
    if first in _CONTINUING:
        return True
    latin = not is_cjk(last)
    item = is_list_item(text, following) and not (
        latin and not blank and _only_looks_lettered(text, start, end, ahead)
    )
    length = end - start
    if last not in "，、," and _begins_entry(text, start, end, following):
        return False
    if last in "，、,（(“《「『‘+＋/":
        if item and (last in "，,") and _LIST_ITEM.match(text, start):
            return False
        salutation = last == "," and blank and length < _WRAPPED_LATIN and not first.islower()
        return not (salutation and not is_cjk(text[end - 2 if length > 1 else start]))
    if item:
        return False
    if last in ":：;；":
        return not blank and latin and first.islower()
    tail = text[max(start, end - 200) : end]
    for opening, closing in _PAIRS:
        opened = tail.rfind(opening)
        if opened >= 0 and tail.find(closing, opened) < 0:
            closes = ahead.find(closing)
            if closes >= 0 and not 0 <= ahead.find(opening) < closes:
                return True
    if blank and (field := _FIELD.match(text, start)) and not _REPORTS.search(field.group()):
        return False
    # What began in the middle of a line, or ran over a line break before, is running text.
    inside = (
        not _at_line_start(text, start)
        or text.find("\n", start, end) >= 0
        or (
            cut
            and not blank
            and not _is_numbered(text, start)
            and start <= _BLANK.match(text).end()  # type: ignore[union-attr]
            and _in_column(text, end, following)
        )
    )
    indent = gap[gap.rfind("\n") + 1 :]
    if "\u3000" in indent or "\xa0" in indent or len(indent) > 1:
        return latin and not blank and first.islower()
    if is_cjk(first) or not latin:
        return _chinese_goes_on(
            tail, ahead, following, text, length=length, inside=inside, blank=blank
        )
    return _latin_goes_on(text, start, end, first, inside=inside, blank=blank)


def _only_looks_lettered(text: str, start: int, end: int, ahead: str) -> bool:
    """Whether a unit or an initial, which only looks like the letter of an item, begins ``ahead``.

    A list begins with its first letter, and each further one stands below an item.
    """
    if not _LETTERED.match(ahead) or end - start < _WRAPPED_LATIN:
        return False
    line = max(start, text.rfind("\n", start, end) + 1)
    if is_list_item(text, start) or is_list_item(text, line):
        return False
    if text[end - 1].isdigit():
        unit = _UNIT_AHEAD.match(ahead)
        return unit is not None and (ahead[0].islower() or unit[1].lower() in STARTERS)
    tail = text[max(start, end - 12) : end]
    named = _TITLE.search(tail) or _OPEN_WORD.search(tail)
    return named is not None and _NAME_AHEAD.match(ahead) is not None


def _is_numbered(text: str, start: int) -> bool:
    """Whether a numbered heading, item or clause begins there: a whole line, not the rest of one."""
    if _LETTERED.match(text, start):
        return False
    return is_list_item(text, start) or _NUMBERED_HEADING.match(text, start) is not None


def _begins_entry(text: str, start: int, end: int, following: int) -> bool:
    """Whether an entry of a log, a transcript, a form or a list begins at ``following``."""
    if text[following].islower():
        return False
    if _OPEN_WORD.search(text, max(start, end - 12), end):
        return False
    entry = _ENTRY.match(text, following)
    if entry:
        return not is_cjk(text[entry.end() - 1])
    return any(kind.match(text, following) and kind.match(text, start) for kind in _FURTHER_ENTRY)


def _are_rows(above: str, below: str) -> bool:
    """Whether two lines, one below the other, have cells: rows of a table, not of a column of prose.

    Justified text has two blanks between words as well: only where the cells are aligned are they rows.
    """
    upper, lower = _CELL_GAP.findall(above), _CELL_GAP.findall(below)
    if (upper and lower) or max(len(upper), len(lower)) > 1:
        return True
    if "  " not in above or "  " not in below:
        return False
    if len(above) == len(below):
        # Aligned at the right, or justified.
        return len(above) < _WRAPPED_LATIN and len(_BLANKS.findall(above)) == 1
    begin = {gap.end() for gap in _BLANKS.finditer(above)}
    return any(gap.end() in begin for gap in _BLANKS.finditer(below))


def _chinese_goes_on(
    tail: str, ahead: str, following: int, text: str, *, length: int, inside: bool, blank: bool
) -> bool:
    """For a break with a Chinese or Japanese character on either side."""
    prose = inside or length > _LONGEST_CJK_HEADING or _REPORTS.search(tail) is not None
    if blank:
        after = following + len(ahead)
        alone = (
            len(ahead) <= 20 and not _COMMAS.search(ahead) and text[after : after + 1] in ("\n", "")
        )
        return prose and tail[-1] not in "）)】]" and not alone and not _starts_with_date(ahead)
    if prose or length >= _WRAPPED_CJK:
        return not _starts_with_date(ahead)
    if tail[-1].isdigit():
        return _MEASURE.match(ahead) is not None
    # A narrow column: the next line is as wide as this one, to a character or two.
    width = text.find("\n", following)
    width = (len(text) if width < 0 else width) - following
    return length >= 12 and abs(width - length) <= 2


def _latin_goes_on(
    text: str, start: int, end: int, first: str, *, inside: bool, blank: bool
) -> bool:
    """For a break between words that are written with spaces."""
    length = end - start
    if _OPEN_WORD.search(text, max(start, end - 12), end):
        return True
    if first.islower():
        return not blank or inside or length >= _WRAPPED_LATIN
    if blank:
        return False
    if inside:
        return True
    if length < _WRAPPED_LATIN:
        return False
    words = _TITLE_WORD.findall(text[start : min(end, start + 200)])
    return not words or sum(word[0].isupper() for word in words) < 0.8 * len(words)


def _in_column(text: str, width: int, following: int) -> bool:
    """Whether the lines below are of one width, and the first line, ``width`` wide, no wider."""
    lines = text[following : following + 400].split("\n")
    if len(lines) < 2 or _are_rows(lines[0].strip(), lines[1].strip()):
        return False
    first, second = len(lines[0].rstrip()), len(lines[1].rstrip())
    slack = max(2, first // 10)
    full = abs(first - second) <= slack or (second < first and len(lines) == 2)
    return full and first >= 10 and width <= first + slack and lines[0].rstrip()[-1] not in "。！？"


def _starts_with_date(ahead: str) -> bool:
    return re.match(r"(?:19|20)\d\d\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}", ahead) is not None


def _at_line_start(text: str, offset: int) -> bool:
    while offset and text[offset - 1] != "\n":
        if not text[offset - 1].isspace():
            return False
        offset -= 1
    return True
