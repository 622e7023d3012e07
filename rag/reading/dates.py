"""Dates as people write them -> ISO (``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``)."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

__all__ = ["DATE", "date_of", "find_date", "iso_date", "name_date"]

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar janvier enero janeiro gennaio января stycznia",
            "february feb februar février febrero fevereiro febbraio февраля lutego",
            "march mar märz mars marzo março марта marca",
            "april apr avril abril aprile апреля kwietnia",
            "may mai mayo maio maggio мая maja",
            "june jun juni juin junio junho giugno июня czerwca",
            "july jul juli juillet julio julho luglio июля lipca",
            "august aug août agosto августа sierpnia",
            "september sep sept septembre septiembre setembro settembre сентября września",
            "october oct oktober octobre octubre outubro ottobre октября października",
            "november nov novembre noviembre novembro ноября listopada",
            "december dec dezember décembre diciembre dezembro dicembre декабря grudnia",
        ),
        1,
    )
    for name in names.split()
}
_NAMES = "|".join(sorted(_MONTHS, key=len, reverse=True))
_HAN_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0}

_YEARS = r"(?:19|20)\d\d"
_HAN_YEAR = r"[一二]\s?[〇○零Ｏ九]\s?[〇○零Ｏ一二三四五六七八九]\s?[〇○零Ｏ一二三四五六七八九]"
_HAN_DAY = "[一二三]?十?[一二三四五六七八九]|[一二三]?十"
_FORMS = (
    rf"(?<![\d.])(?P<y>{_YEARS})\s*(?P<sep>[-/.])\s*(?P<m>\d{{1,2}})\s*(?P=sep)\s*(?P<d>\d{{1,2}})(?!\d)",
    rf"(?<!\d)(?P<y2>{_YEARS})\s*[年년]\s*(?P<m2>\d{{1,2}})\s*[月월](?:\s*(?P<d2>\d{{1,2}})\s*[日号號일])?",
    rf"(?<!\d)(?P<y3>{_YEARS})(?P<m3>0[1-9]|1[0-2])(?P<d3>0[1-9]|[12]\d|3[01])(?!\d)",
    (
        rf"\b(?P<d4>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?\s+(?:de\s+|of\s+)?(?P<m4>{_NAMES})\b\.?,?\s+(?:de\s+)?"
        rf"(?P<y4>{_YEARS})\b"
    ),
    rf"\b(?P<m5>{_NAMES})\b\.?\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y5>{_YEARS})\b",
    rf"(?P<y6>{_HAN_YEAR})\s*年\s*(?P<m6>十?[一二三四五六七八九]|十)\s*月(?:\s*(?P<d6>{_HAN_DAY})\s*[日号號])?",
    r"民[国國]\s*(?P<y7>\d{2,3})\s*年\s*(?P<m7>\d{1,2})\s*月\s*(?P<d7>\d{1,2})\s*日",
    # Between dots the day is first: nobody writes 06.12.2024 for the twelfth of June.
    rf"(?<![\dA-Za-z.])(?P<d8>\d{{1,2}})\.\s?(?P<m8>\d{{1,2}})\.\s?(?P<y8>{_YEARS})(?!\.?\d)",
    rf"\b(?P<d9>\d{{1,2}})[-/.](?P<m9>{_NAMES})[-/.](?P<y9>{_YEARS})\b",
)
#: A date with at least a year and a month, anywhere in a text.
DATE = re.compile("|".join(_FORMS), re.IGNORECASE)
_MONTH_ONLY = re.compile(
    rf"(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{{1,2}})(?![-/.\d])|(?P<n>{_NAMES})\.?,?\s+(?P<y2>(?:19|20)\d\d)",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.]((?:19|20)\d\d)")
_YEAR = re.compile(r"((?:19|20)\d\d)年?")
_IN_NAME = re.compile(
    r"(?<!\d)((?:19|20)\d\d)([-_.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)((?:19|20)\d\d)[-_.](0[1-9]|1[0-2])(?!\d)"
    r"|((?:19|20)\d\d)年(\d{1,2})月(?:(\d{1,2})日)?"
)


def iso_date(value: Any) -> str | None:
    """The date that a metadata field gives, or None.

    Args:
        value: Text in any form known here, a number (``20240612``, a year, Unix seconds or
            milliseconds), or a ``date`` or ``datetime``. ``03/04/2024`` is told only where one of
            the numbers is above twelve.
    """
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return _from_number(value)
    text = str(value).strip()[:100]
    found = find_date(text)
    if found:
        return found
    month = _MONTH_ONLY.match(text)
    if month:
        year, number = month["y"] or month["y2"], month["m"] or _MONTHS[month["n"].lower()]
        return _checked(int(year), int(number), None)
    day_first = _DAY_FIRST.match(text)
    if day_first:
        first, second, year = map(int, day_first.groups())
        if first > 12 or first == second:
            return _checked(year, second, first)
        return _checked(year, first, second) if second > 12 else None
    if _YEAR.fullmatch(text):
        return text[:4]
    if re.fullmatch(r"\d{10}(?:\d{3})?(?:\.\d+)?", text):
        return _from_number(float(text))
    return None


def find_date(text: str) -> str | None:
    """The first date in ``text`` that has at least a year and a month."""
    for match in DATE.finditer(text):
        found = date_of(match)
        if found:
            return found
    return None


def date_of(match: re.Match[str]) -> str | None:
    """ISO form of a match of :data:`DATE`; None for a day that does not exist."""
    groups = {
        name[0]: value for name, value in match.groupdict().items() if value and name != "sep"
    }
    year, month, day = groups["y"], groups["m"], groups.get("d")
    if match["y6"]:
        number = int("".join(str(_HAN_DIGITS[c]) for c in year if c in _HAN_DIGITS))
        return _checked(number, _han_number(month), _han_number(day) if day else None)
    if match["y7"]:
        return _checked(int(year) + 1911, int(month), int(day or 0) or None)
    number = _MONTHS.get(month.lower()) or int(month)
    return _checked(int(year), number, int(day) if day else None)


def name_date(name: str) -> str | None:
    """The date that a file name tells: ``20240612_notes.txt``, ``2024-06 report.pdf``."""
    match = _IN_NAME.search(name)
    if not match:
        return None
    year, month = match[1] or match[5] or match[7], match[3] or match[6] or match[8]
    day = match[4] or match[9]
    return _checked(int(year), int(month), int(day) if day else None)


def _from_number(value: float) -> str | None:
    if value != value or abs(value) > 1e14:  # noqa: PLR0124 - not a number
        return None
    if 1900 <= value < 2100 and value == int(value):
        return str(int(value))
    if 19_000_101 <= value <= 21_001_231:
        return find_date(str(int(value)))
    seconds = value / 1000 if value > 1e11 else value
    if seconds < 10**8:
        return None
    return dt.datetime.fromtimestamp(seconds, dt.UTC).date().isoformat()


def _han_number(text: str) -> int:
    text = text.strip()
    tens, has_ten, ones = text.partition("十")
    if not has_ten:
        return (
            _HAN_DIGITS[text] if len(text) == 1 else int("".join(str(_HAN_DIGITS[c]) for c in text))
        )
    return (_HAN_DIGITS[tens] if tens else 1) * 10 + (_HAN_DIGITS[ones] if ones else 0)


def _checked(year: int, month: int, day: int | None) -> str | None:
    if not 1900 <= year <= 2100:
        return None
    try:
        dt.date(year, month, day or 1)
    except ValueError:
        return None
    return f"{year:04}-{month:02}" + (f"-{day:02}" if day else "")
