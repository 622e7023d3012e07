"""Text as a reader wants to see it: broken lines closed up, runs of blanks squeezed.

Display only. Spans always point into the stored text; the offsets returned here lead from it to
what is shown, so that a quote can be marked on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from rag.chunking.lines import is_cjk
from rag.chunking.sentences import Span, split_sentences

__all__ = ["tidy"]

_BLANKS = re.compile(r"\s+")


def tidy(text: str, *, headings: Iterable[Span] = ()) -> tuple[str, list[int]]:
    """``text`` with the line breaks inside its sentences closed up and blanks squeezed.

    Inside a sentence a run of white space with a line break in it vanishes between characters that
    are written without spaces (Han, kana) and becomes one space elsewhere; other runs become one
    space. Between sentences one line break stays one, a blank line stays one blank line, spaces
    become one.

    Args:
        text: A passage or a whole document.
        headings: Spans of headings in ``text`` that markup tells.

    Returns:
        The display text, and a list of ``len(text) + 1`` offsets that never decrease:
        ``display[offsets[start]:offsets[end]]`` shows ``text[start:end]`` for every span that
        begins and ends with a character that is not blank.
    """
    shown: list[str] = []
    offsets: list[int] = []
    length = position = 0

    def keep(start: int, end: int) -> None:
        nonlocal length
        shown.append(text[start:end])
        offsets.extend(range(length, length + end - start))
        length += end - start

    def gap(start: int, end: int, replacement: str) -> None:
        nonlocal length
        offsets.extend([length] * (end - start))
        shown.append(replacement)
        length += len(replacement)

    for start, end in split_sentences(text, headings=headings):
        if start > position:
            gap(position, start, _between(text[position:start]) if position else "")
        position = start
        for blanks in _BLANKS.finditer(text, start, end):
            keep(position, blanks.start())
            gap(blanks.start(), blanks.end(), _inside(text, blanks.start(), blanks.end()))
            position = blanks.end()
        keep(position, end)
        position = end
    gap(position, len(text), "")
    offsets.append(length)
    return "".join(shown), offsets


def _between(blanks: str) -> str:
    breaks = blanks.count("\n")
    return "\n\n" if breaks > 1 else "\n" if breaks else " "


def _inside(text: str, start: int, end: int) -> str:
    if "\n" not in text[start:end]:
        return " "
    before, after = text[start - 1], text[end]
    if is_cjk(before) or is_cjk(after):
        return ""
    # A word broken at a hyphen, or a long word such as an address broken after a slash.
    return "" if before in "-/" and after.isalpha() else " "
