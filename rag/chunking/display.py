"""Text as a reader wants to see it: broken lines closed up, runs of blanks squeezed.

Display only. Spans always point into the stored text; the offsets returned here lead from it to
what is shown, so that a quote can be marked on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.chunking.lines import is_cjk
from rag.chunking.sentences import Span, split_sentences
from rag.reading.fences import fenced_blocks

__all__ = ["tidy"]

_BLANKS = re.compile(r"\s+")


def tidy(text: str, *, headings: Iterable[Span] = ()) -> tuple[str, list[int]]:
    """``text`` with the line breaks inside its sentences closed up and blanks squeezed.

    Inside a sentence a run of white space with a line break in it vanishes between characters that
    are written without spaces (Han, kana) and becomes one space elsewhere; other runs become one
    space. Between sentences one line break stays one, a blank line stays one blank line, spaces
    become one. What stands between fences is code and stays as it is.

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

    def show(end: int, replacement: str | None = None) -> None:
        """Show the text from ``position`` to ``end``, or the replacement in its place."""
        nonlocal length, position
        if replacement is None:
            offsets.extend(range(length, length + end - position))
            replacement = text[position:end]
        else:
            offsets.extend([length] * (end - position))
        shown.append(replacement)
        length += len(replacement)
        position = end

    begins = {start for start, _ in split_sentences(text, headings=headings)}
    for first, last, code in _parts(text):
        if code:
            show(last)
            continue
        for blanks in _BLANKS.finditer(text, first, last):
            start, end = blanks.span()
            show(start)
            if start == 0 or end == len(text):
                show(end, "")
            elif end in begins or start == first or end == last:
                show(end, _between(blanks.group()))
            else:
                show(end, _inside(text, start, end))
        show(last)
    offsets.append(length)
    return "".join(shown), offsets


def _parts(text: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, whether it is code) of the parts of a text, in order."""
    position = 0
    for start, end in fenced_blocks(text):
        yield position, start, False
        yield start, end, True
        position = end
    yield position, len(text), False


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
