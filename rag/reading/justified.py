"""Blanks that stand in no PDF: justified Chinese and Japanese lines are stretched between characters."""

from __future__ import annotations

import ctypes
import math
import re
from typing import Any, NamedTuple

__all__ = ["without_stretch"]

_FULL = r"\u3000-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\U00020000-\U0003ffff"
_HANGUL = r"\u1100-\u11ff\u3130-\u318f\uac00-\ud7af"
_FULL_WIDTH = re.compile(f"[{_FULL}]")
#: A blank beside a full-width character, and none beside Hangul, which sets words apart by blanks.
_BLANK = re.compile(
    rf"(?<![\s{_HANGUL}]) (?![\s{_HANGUL}])(?:(?<=[{_FULL}] )(?=.)|(?<=. )(?=[{_FULL}]))"
)
#: Two letters, which a line sets apart as far as it is stretched; beside marks it may be squeezed.
_LETTER = r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_LETTERS = re.compile(f"{_LETTER} ?{_LETTER}")
_LINE = re.compile(r"[^\r\n]+")
#: Shortest line, in gaps and in pairs of letters, that tells how far it is stretched.
_GAPS, _PAIRS = 4, 2
#: The farthest, in ems.
_FARTHEST = 0.5


class _Place(NamedTuple):
    """Where a character begins on the page and, in points, how far it reaches."""

    x: float
    y: float
    em: float
    advance: float


def without_stretch(text: str, text_page: Any) -> str:
    """``text`` without the blanks that PDFium takes a stretched line's gaps for.

    A blank goes if it stands in the text only, not in the file, and its gap is hardly wider than
    the narrowest between two letters of its line: cells of a table stay apart.

    Args:
        text: The whole text of the page, as PDFium gives it.
        text_page: A ``pypdfium2.PdfTextPage``.
    """
    from pypdfium2 import raw

    drop: set[int] = set()
    for line in _LINE.finditer(text):
        blanks = [
            line.start() + blank.start()
            for blank in _BLANK.finditer(line[0])
            if _generated(raw, text_page, line.start() + blank.start())
        ]
        if not blanks:
            continue
        gaps = _gaps(raw, text_page, text, *line.span())
        pairs = [gap for at, gap in gaps.items() if _LETTERS.match(text, at - 1)]
        stretch = min(pairs) if len(gaps) >= _GAPS and len(pairs) >= _PAIRS else math.inf
        if stretch <= _FARTHEST:
            limit = max(stretch, 0) * 1.5 + 0.1
            drop.update(at for at in blanks if gaps.get(at, math.inf) <= limit)
    return "".join(c for at, c in enumerate(text) if at not in drop) if drop else text


def _generated(raw: Any, text_page: Any, at: int) -> bool:
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, at)
    return bool(
        raw.FPDFText_GetUnicode(text_page, index) == ord(" ")
        and raw.FPDFText_IsGenerated(text_page, index) == 1
    )


def _gaps(raw: Any, text_page: Any, text: str, start: int, end: int) -> dict[int, float]:
    """The gaps of a line, in ems, where a full-width character stands before or after.

    Keys are the places in ``text`` just behind the first of the two characters: the blank's own,
    where a single one stands between them.
    """
    gaps: dict[int, float] = {}
    for at in range(start, end - 1):
        after = at + 2 if text[at + 1] == " " else at + 1
        if after >= end or text[at].isspace() or text[after].isspace():
            continue
        if not (_FULL_WIDTH.match(text[at]) or _FULL_WIDTH.match(text[after])):
            continue
        first, second = _place(raw, text_page, text, at), _place(raw, text_page, text, after)
        em = max(first.em, second.em)
        if em > 0:
            level = abs(second.y - first.y) <= em / 2
            gap = (second.x - first.x - first.advance) / em
            gaps[at + 1] = gap if level else math.inf
    return gaps


def _place(raw: Any, text_page: Any, text: str, at: int) -> _Place:
    index = raw.FPDFText_GetCharIndexFromTextIndex(text_page, at)
    x, y = ctypes.c_double(), ctypes.c_double()
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetCharOrigin(text_page, index, x, y)
    raw.FPDFText_GetMatrix(text_page, index, matrix)
    em = raw.FPDFText_GetFontSize(text_page, index) * math.hypot(matrix.a, matrix.b)
    if _FULL_WIDTH.match(text[at]):
        return _Place(x.value, y.value, em, em)
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    return _Place(x.value, y.value, em, box.right - x.value)
