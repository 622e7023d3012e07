"""Whole numbers as the lists of a Word file write them: 3, iii, C, 第三, ③.

The names are those of ``ST_NumberFormat``, ECMA-376 Part 1, 17.18.59.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["numeral"]

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LARGEST_ROMAN = 3999
_HAN_DIGITS = "〇一二三四五六七八九"
_LEGAL = {
    "simplified": ("零壹贰叁肆伍陆柒捌玖", "拾佰仟"),
    "traditional": ("零壹貳參肆伍陸柒捌玖", "拾佰仟"),
}
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_KANA = (
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
)
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"


def numeral(number: int, style: str) -> str:
    """A number of 0 or more in one of Word's styles; in digits where it has none in that style."""
    write = _STYLES.get(style)
    return (write(number) if write else "") or str(number)


def _roman(number: int) -> str:
    if not 0 < number <= _LARGEST_ROMAN:
        return ""
    parts = []
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        parts.append(letters * count)
    return "".join(parts)


def _repeated(letters: str) -> Callable[[int], str]:
    """Letters by their place, then twice, thrice ...: z is followed by aa, and that by bb."""

    def write(number: int) -> str:
        turns, place = divmod(number - 1, len(letters))
        return letters[place] * (turns + 1) if 0 <= turns < 9 else ""

    return write


def _one_of(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else ""


def _digits(signs: str) -> Callable[[int], str]:
    return lambda number: "".join(signs[int(digit)] for digit in str(number))


def _positional(digits: str, places: str) -> Callable[[int], str]:
    """一百二十三: each digit with its place, one zero for a gap."""

    def write(number: int) -> str:
        if not 0 < number < 10_000:
            return ""
        written = ""
        gap = False
        for place in range(3, -1, -1):
            digit = number // 10**place % 10
            if not digit:
                gap = bool(written)
                continue
            written += (digits[0] if gap else "") + digits[digit]
            written += places[place - 1] if place else ""
            gap = False
        # 十二, not 一十二; in figures for cheques 壹拾贰 stays.
        return written[1:] if written.startswith("一十") else written

    return write


def _ordinal(number: int) -> str:
    teen = 10 < number % 100 < 20
    ending = "th" if teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


_COUNTING = _positional("零一二三四五六七八九", "十百千")
_LOWER = _repeated("abcdefghijklmnopqrstuvwxyz")
_CIRCLED = _one_of("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳")
_STYLES: dict[str, Callable[[int], str]] = {
    "decimalZero": lambda number: f"{number:02}",
    "ordinal": _ordinal,
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": _LOWER,
    "upperLetter": lambda number: _LOWER(number).upper(),
    "russianLower": _repeated(_RUSSIAN),
    "russianUpper": _repeated(_RUSSIAN.upper()),
    **dict.fromkeys(
        (
            "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
            "taiwaneseCountingThousand",
        ),
        _COUNTING,
    ),
    **dict.fromkeys(("ideographDigital", "taiwaneseDigital"), _digits(_HAN_DIGITS)),
    "chineseLegalSimplified": _positional(*_LEGAL["simplified"]),
    "ideographLegalTraditional": _positional(*_LEGAL["traditional"]),
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _CIRCLED),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "ganada": _one_of("가나다라마바사아자차카타파하"),
    "aiueoFullWidth": _one_of(_KANA),
}  # fmt: skip
