"""The values of numerals: 12, 1,200, 十二, 二〇二四."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["LARGE", "SMALL", "value_of", "whole_number"]

_DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")}
_DIGITS |= {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "兩": 2, "贰": 2, "貳": 2, "參": 3, "陸": 6}
SMALL = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
LARGE = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}


def whole_number(text: str) -> int:
    """The value of an Arabic or Chinese numeral, 12, 十二 or 二〇二四, its fraction left out."""
    return int(value_of(text))


def value_of(text: str) -> Fraction:
    """The value of an Arabic or Chinese numeral."""
    text = text.replace(",", "")
    if text[0].isdecimal():  # of any script
        return Fraction(text)
    whole, _, decimals = text.partition("点")
    value = Fraction(_chinese(whole))
    if decimals:
        digits = "".join(str(_DIGITS[char]) for char in decimals)
        value += Fraction(int(digits), 10 ** len(digits))
    return value


def _chinese(text: str) -> int:
    if all(char in _DIGITS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))  # 二〇二四
    total = section = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif char in SMALL:
            section += (digit or 1) * SMALL[char]
            digit = 0
        else:
            total = (total + section + digit or 1) * LARGE[char]
            section = digit = 0
    return total + section + digit
