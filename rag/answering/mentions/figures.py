"""Figures in a text, by value: numbers, percentages and dates, however they are written.

``1.2万``, ``12,000``, ``１２０００`` and ``一万二千`` are one value; so are ``35.2%``,
``35.2 percent`` and ``百分之三十五点二``; so are ``2024年6月12日``, ``2024-06-12`` and ``12 June 2024``,
``$128 million``, ``US$128m`` and ``1.28亿美元``, ``四分之一``, ``a quarter of`` and ``25%``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Literal

from rag.answering.mentions.numerals import LARGE, SMALL, value_of, whole_number
from rag.answering.mentions.units import is_currency, same_unit

__all__ = ["Figure", "agree", "find_figures"]

Kind = Literal["number", "percent", "date", "ordinal"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure at ``text[start:end]`` (unit included).

    Attributes:
        value: Exact; percentages and parts of a whole as written in percent (35.2, not 0.352);
            dates as year * 10000 + month * 100 + day with 0 for what is not told.
        unit: The unit or counted noun right behind it (``个``, ``亿元``'s ``元``, ``km``), the
            currency before or behind it, or "".
        kind: Percentages, dates and ordinals never agree with plain numbers.
        swapped: The other value of a date whose day and month may change places (5/3/1998).
    """

    start: int
    end: int
    value: Fraction
    unit: str
    kind: Kind
    swapped: Fraction | None = None


_SCALE_EN = {
    "hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12,
    "bn": 10**9,
}  # fmt: skip
_UNITS_EN = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS_EN = {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan", "february feb", "march mar", "april apr", "may", "june jun",
            "july jul", "august aug", "september sept sep", "october oct", "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip

# Scales only beside a currency: elsewhere m is metres and t is tonnes.
_SCALE_MONEY = {"k": 10**3, "m": 10**6, "mm": 10**6, "mn": 10**6, "mln": 10**6, "b": 10**9,
                "bn": 10**9, "t": 10**12, "tn": 10**12}  # fmt: skip

_CURRENCY_BEFORE = (
    r"(?<![a-z])(?:(?:us|hk|nt|au?|ca?|s)?\$|rmb|cny|usd|eur|gbp|jpy|hkd|krw|inr|chf)"
    r"|[€£￡¥￥₹₽]|人民币"
)
_CURRENCY_BEHIND = (
    r"(?:(?:(?:us|u\.s\.|hong\s+kong|swiss)\s+)?(?:dollars?|francs?)"
    r"|usd|hkd|twd|aud|cad|sgd|euros?|eur|pounds?|gbp|yuan|renminbi|rmb|cny|yen|jpy|krw"
    r"|rupees?|inr|rou?bles?|chf)\b"
    r"|元人民币|人民币元?|瑞士法郎|新?台币|美金|英镑|澳元|加元|日圆|韩元|港币|卢比|卢布|法郎|円|€|£|₽"
)

_HAN_DIGIT = "〇零一二三四五六七八九两兩壹贰貳叁參肆伍陆陸柒捌玖"
_HAN_NUMBER = f"[{_HAN_DIGIT}十拾百佰千仟万萬亿億兆]"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_WORD_EN = "|".join(sorted({*_UNITS_EN, *_TENS_EN}, key=len, reverse=True))
_PARTS_EN = {"third": 3, "quarter": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_PART_WORD = "|".join(_PARTS_EN)
_SCALE_WORD = "|".join(sorted(_SCALE_EN, key=len, reverse=True))
_SCALE_COIN = "|".join(sorted(_SCALE_MONEY, key=len, reverse=True))
_UNIT_HAN = (
    r"平方公里|平方千米|平方米|立方米|公里|千米|海里|厘米|毫米|公顷|公斤|千克|千瓦时|千瓦|万千瓦|"
    r"个百分点|美元|欧元|日元|港元|元|亩|吨|米|克|升|岁|年|个?月|天|日|小时|分钟|秒|余?人次|人|户|"
    r"家|个|项|条|件|处|座|栋|所|次|名|位|套|只|场|届|批|片|种|类|倍|辆|艘|架|台|部|站|间|款|"
    r"期|支|张|组|块|門|门|篇|份|级|卷|册|页|字|度|对|头|棵|株|盏|本|句|班|层|层|轮|步|国"
)

_PATTERN = re.compile(
    rf"""
    (?P<date_cn>(?P<y1>\d{{4}}|[{_HAN_DIGIT}]{{4}})\s*年
        (?:\s*(?P<m1>\d{{1,2}}|[{_HAN_DIGIT}十]{{1,3}})\s*月
        (?:\s*(?P<d1>\d{{1,2}}|[{_HAN_DIGIT}十]{{1,3}})\s*[日号號])?)?)(?!前|后|以|之|內|内|间|度?计划)
  | (?P<date_md>(?<!\d)(?P<m2>\d{{1,2}})\s*月\s*(?P<d2>\d{{1,2}})\s*[日号號])
  | (?P<date_iso>(?<![\d.])(?P<y3>\d{{4}})[-/.](?P<m3>\d{{1,2}})[-/.](?P<d3>\d{{1,2}})(?!\d|\.\d))
  | (?P<date_num>(?<![\d./-])(?P<d6>\d{{1,2}})(?P<dot>[-/.])(?P<m6>\d{{1,2}})(?P=dot)
        (?P<y6>(?:19|20)\d\d)(?!\d|[-/.]\d))
  | (?P<date_en>\b(?:(?P<d4>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<m4>{_MONTH})\b\.?
        (?:\s+(?P<d5>\d{{1,2}})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<y4>\d{{4}}))?)
  | (?P<percent_cn>百分之(?P<p1>{_ARABIC}|{_HAN_NUMBER}+(?:点[{_HAN_DIGIT}]+)?))
  | (?P<part>(?P<of>\d+|{_HAN_NUMBER}+)分之(?P<some>\d+|{_HAN_NUMBER}+)
      | (?<![另前后上下第])(?:一半|半数)
      | (?<!first[\s-])(?<!second[\s-])(?<!other[\s-])(?<!latter[\s-])(?<!last[\s-])
        \b(?:one[\s-])?half(?=\s+(?:of|the|its|their)\b)(?!\s+of\s+(?:the\s+)?(?:\d|year))
      | (?<!first\s)(?<!last\s)(?<!past\s)\b(?P<some_en>an?|one|two|three|four|five|seven|nine)
        [\s-](?P<of_en>{_PART_WORD})s?(?=\s+of\b)(?!\s+of\s+\d))
  | (?P<tenth>(?P<t1>\d+(?:\.\d+)?|[{_HAN_DIGIT}])成(?P<half>半)?
        (?![员为立果就功本交绩熟长分品都]))
  | (?P<ordinal_cn>第\s*(?P<o1>\d+|{_HAN_NUMBER}+))
  | (?P<number>(?:(?P<money>{_CURRENCY_BEFORE})\s*)?(?<![\d.])(?P<sign>(?<![\w\d])[-−])?(?P<n1>{_ARABIC})
        (?P<ordinal_en>(?:st|nd|rd|th)\b)?
        (?P<more>\s*[余多])?
        \s*(?:(?P<scale>[十百千]?[万萬亿億兆]+|[百千](?=[余多万亿元人个吨户家]))
             |(?P<scale_en>(?:{_SCALE_WORD})\b)
             |(?P<scale_money>(?:{_SCALE_COIN})\b(?!-[a-z]))(?(money)|(?=\s*(?:{_CURRENCY_BEHIND}))))?
        (?P<more2>\s*[余多])?
        \s*(?:(?P<percent>%|‰|percent\b|per\s+cent\b)|(?P<coin>{_CURRENCY_BEHIND})|(?P<u1>{_UNIT_HAN})|(?P<u2>[a-z°²³µ/]+\b)?))
  | (?P<words_en>\b(?:{_WORD_EN})(?:[-\s](?:and\s+)?(?:{_WORD_EN}|hundred))*
        (?:[-\s](?:{_SCALE_WORD})\b(?:\s+(?:and\s+)?(?:{_WORD_EN}))*)*\b
        (?P<percent_w>\s*(?:percent|per\s+cent))?)
  | (?P<number_cn>(?P<n2>{_HAN_NUMBER}+(?:点[{_HAN_DIGIT}]+)?)(?P<more3>[余多])?
        (?P<u3>{_UNIT_HAN}))
  | (?P<bare_cn>[{_HAN_DIGIT}](?:[十百千万亿]+[{_HAN_DIGIT}]?)+)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def find_figures(text: str) -> list[Figure]:
    """All figures of a text, in order, without overlaps.

    Full-width digits and signs are read as their ASCII forms (one character each, so offsets are
    those of ``text``). A lone Chinese digit counts only with a unit behind it or ``第``, ``百分之``
    before it: 一 in 一起 is no figure.
    """
    return list(_found(text))


@lru_cache(maxsize=4096)
def _found(text: str) -> tuple[Figure, ...]:
    figures = (_figure(match) for match in _PATTERN.finditer(text.translate(_NARROW)))
    return tuple(figure for figure in figures if figure is not None)


def agree(one: Figure, other: Figure) -> bool:
    """Whether two figures can be the same fact: kind, value and, where both tell it, unit.

    A date agrees with a less exact date that does not contradict it: 2024 with 12 June 2024.
    """
    if "date" in (one.kind, other.kind):
        return _same_date(one, other)
    if one.kind != other.kind or not _same_value(one, other):
        return False
    return not one.unit or not other.unit or same_unit(one.unit, other.unit)


def _same_value(one: Figure, other: Figure) -> bool:
    if one.kind == "percent" and _endless(one.value) != _endless(other.value):
        # 三分之一 is told as 33% or 33.3%.
        return abs(one.value - other.value) < Fraction(1, 2)
    return one.value == other.value


def _endless(value: Fraction) -> bool:
    """Whether a value has no last decimal place."""
    return 10**12 % value.denominator != 0


# Full-width forms of digits, sign, percent, comma, point and letters; all one to one.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# The full-width comma and stop separate clauses; read as ASCII they would join figures.
del _NARROW[0xFF0C]


def _figure(match: re.Match[str]) -> Figure | None:
    groups = match.groupdict()
    start, end = match.span()
    if groups["date_cn"] or groups["date_iso"]:
        year = whole_number(groups["y1"] or groups["y3"])
        month = whole_number(groups["m1"] or groups["m3"] or "0")
        day = whole_number(groups["d1"] or groups["d3"] or "0")
        return _date(start, end, year, month, day)
    if groups["date_num"]:
        return _numeric_date(match)
    if groups["date_md"]:
        return _date(start, end, 0, int(groups["m2"]), int(groups["d2"]))
    if groups["date_en"]:
        month = _MONTHS[groups["m4"].lower()]
        day = int(groups["d4"] or groups["d5"] or 0)
        year = int(groups["y4"] or 0)
        if not day and not year:
            # "may", "march", "mar" alone are more often words than months.
            return None
        return _date(start, end, year, month, day)
    if groups["percent_cn"]:
        return Figure(start, end, value_of(groups["p1"]), "%", "percent")
    if groups["part"]:
        return Figure(start, end, _part(groups), "%", "percent")
    if groups["tenth"]:
        tenths = value_of(groups["t1"]) + (Fraction(1, 2) if groups["half"] else 0)
        return Figure(start, end, 10 * tenths, "%", "percent")
    if groups["ordinal_cn"]:
        return Figure(start, end, value_of(groups["o1"]), "", "ordinal")
    if groups["words_en"]:
        return _english_words(match)
    if groups["number_cn"]:
        return Figure(start, end, value_of(groups["n2"]), _unit(groups["u3"]), "number")
    if groups["bare_cn"]:
        return Figure(start, end, value_of(groups["bare_cn"]), "", "number")
    return _arabic(match)


def _arabic(match: re.Match[str]) -> Figure:
    groups = match.groupdict()
    start, end = match.span()
    value = value_of(groups["n1"])
    if groups["sign"]:
        value = -value
    if groups["ordinal_en"]:
        return Figure(start, match.end("ordinal_en"), value, "", "ordinal")
    if groups["scale"]:
        for char in groups["scale"]:
            value *= SMALL.get(char) or LARGE[char]
    if groups["scale_en"]:
        value *= _SCALE_EN[groups["scale_en"].lower()]
    if groups["scale_money"]:
        value *= _SCALE_MONEY[groups["scale_money"].lower()]
    if groups["percent"]:
        if groups["percent"] == "‰":
            value /= 10
        return Figure(start, end, value, "%", "percent")
    unit = _unit(groups["coin"] or groups["u1"] or groups["u2"] or "")
    if unit in _NO_UNITS or (groups["u2"] and groups["money"]):
        unit, end = "", match.start("u2")
    if groups["money"] and not is_currency(unit):
        unit = _unit(groups["money"])
    year = unit == "年" and value.denominator == 1 and 1000 <= value < 2200
    if (
        groups["u2"]
        and unit
        and _is_year(groups["n1"], value)
        and _IN.search(match.string, 0, start)
    ):
        # In 2023 Shibei built schools: the word behind a year is not counted by it.
        unit, end = "", match.start("u2")
    while match.string[end - 1].isspace():
        end -= 1
    if year or (not unit and _is_year(groups["n1"], value)):
        return _date(start, end, int(value), 0, 0) or Figure(start, end, value, unit, "number")
    return Figure(start, end, value, unit, "number")


_IN = re.compile(r"\b(?:in|since|until|during)\s+\Z", re.IGNORECASE)
# Words behind a figure that count nothing.
_NO_UNITS = frozenset(
    "the a an in of and or was were is are to for at by with on it its there when this that he she "
    "has had have from as but which who will would".split()
)


def _numeric_date(match: re.Match[str]) -> Figure | None:
    """5/3/1998, whose day and month may be written in either order."""
    first, second, year = (int(match.group(name)) for name in ("d6", "m6", "y6"))
    start, end = match.span()
    readings = [
        date
        for date in (_date(start, end, year, second, first), _date(start, end, year, first, second))
        if date is not None
    ]
    if len(readings) == 2 and first != second:
        return replace(readings[0], swapped=readings[1].value)
    return readings[0] if readings else None


def _part(groups: Mapping[str, str | None]) -> Fraction:
    """A part of a whole, in percent: 四分之一, two thirds of, half of."""
    if groups["of"] and groups["some"]:
        return 100 * value_of(groups["some"]) / max(value_of(groups["of"]), Fraction(1))
    if groups["some_en"] and groups["of_en"]:
        some = _UNITS_EN.get(groups["some_en"].lower(), 1)
        return Fraction(100 * some, _PARTS_EN[groups["of_en"].lower()])
    return Fraction(50)


def _is_year(written: str, value: Fraction) -> bool:
    return len(written) == 4 and written.isdigit() and 1900 <= value < 2100


def _english_words(match: re.Match[str]) -> Figure | None:
    words = re.findall(r"[a-z]+", match.group("words_en").lower())
    total = part = 0
    for word in words:
        if word in _UNITS_EN:
            part += _UNITS_EN[word]
        elif word in _TENS_EN:
            part += _TENS_EN[word]
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word in _SCALE_EN:
            total += max(part, 1) * _SCALE_EN[word]
            part = 0
    value = Fraction(total + part)
    if match.group("percent_w"):
        return Figure(*match.span(), value, "%", "percent")
    if words == ["one"]:
        return None  # "one" is a pronoun more often than a figure
    return Figure(*match.span(), value, "", "number")


def _date(start: int, end: int, year: int, month: int, day: int) -> Figure | None:
    if month > 12 or day > 31:
        return None
    return Figure(start, end, Fraction(year * 10000 + month * 100 + day), "", "date")


def _same_date(one: Figure, other: Figure) -> bool:
    if one.kind != other.kind:
        # A bare four-digit number may be a year that was not recognised as one.
        date, number = (one, other) if one.kind == "date" else (other, one)
        return number.kind == "number" and not number.unit and date.value == number.value * 10000
    return any(_same_day(ours, theirs) for ours in _readings(one) for theirs in _readings(other))


def _readings(date: Figure) -> list[int]:
    return [int(value) for value in (date.value, date.swapped) if value is not None]


def _same_day(one: int, other: int) -> bool:
    parts = [(day // 10000, day // 100 % 100, day % 100) for day in (one, other)]
    return all(not a or not b or a == b for a, b in zip(*parts, strict=True)) and any(
        a and a == b for a, b in zip(*parts, strict=True)
    )


def _unit(text: str) -> str:
    return "".join(text.lower().split())
