"""The year that a question asks for: the year alone of a day, and its era."""

from __future__ import annotations

import re

from rag.answering.mentions.spans import typed_spans
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["year_alone", "year_read"]

Near = tuple[int, int, float]

#: 哪一年, but neither 哪一年级 nor 哪年哪月; 於何年, 公元几年.
_ASKS = re.compile(
    r"(?:哪一?个?年份|(?:哪一?|何|几几|[公西]元几)年|[于在是]几年(?![前后间之以来内中里多]|的?时间))"
    r"(?![级代度龄]|的?(?:[哪几何]|什么|\d{1,2}月|[春夏秋冬]))|\b(?:what|which) year\b(?! and)"
)
_DIGITS = "[〇零一二三四五六七八九十正冬腊]"
#: 2005年3月14日, 光绪十五年三月; of a time from one day to another no year is the one.
_HAN_DAY = re.compile(
    rf"(?P<year>[^,，。;；、年月日至到-]{{1,12}}年)\s*"
    rf"闰?(?:\d{{1,2}}|{_DIGITS}{{1,3}})\s*月(?:份|[初底末]|\s*(?:\d{{1,2}}|初?{_DIGITS}{{1,3}})\s*[日号])?"
    r"(?:上午|下午|中午|凌晨|晚上?|\s*\d{1,2}[:：时点]\d{0,2}分?)*"
)
#: 14 March 2005, March 14th, 2005, March 2005.
_LATIN_DAY = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th)?\s+)?[A-Z][a-z]{2,8}\.?(?:\s+\d{1,2}(?:st|nd|rd|th)?)?,?\s+(?P<year>\d{4})"
)


def year_alone(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """2005年 of a mark on 2005年3月14日, where a Chinese or English question asks for the year alone."""
    if asked.many or not _ASKS.search(asked.normalised):
        return start, end
    start = _with_era(text, start)
    day = _HAN_DAY.fullmatch(text, start, end) or _LATIN_DAY.fullmatch(text, start, end)
    return day.span("year") if day else (start, end)


#: 公元几年 and 于几年 read like a length of time.
_LENGTHS = frozenset({"duration", "figure"})


def year_read(asked: AskedFor, text: str, read: Near | None) -> tuple[int, int] | None:
    """The day or year that the reader (its span with its probability) touches, of 公元几年; else None."""
    if read is None or asked.kind not in _LENGTHS or not _ASKS.search(asked.normalised):
        return None
    normalised, offsets = normalize_with_offsets(text)
    for span in typed_spans(normalised):
        start, end = source_span(offsets, span.start, span.end)
        if span.kind == "date" and read[0] < end and start < read[1]:
            return start, end
    return None


#: Eras of the last Chinese dynasties, of the republic and of modern Japan: their years are small numbers.
_ERA = re.compile(
    "(?:民国|洪武|建文|永乐|洪熙|宣德|正统|景泰|天顺|成化|弘治|正德|嘉靖|隆庆|万历|泰昌|天启|崇祯|顺治|康熙|"
    "雍正|乾隆|嘉庆|道光|咸丰|同治|光绪|宣统|明治|大正|昭和|平成|令和)$"
)
_LONGEST_ERA = 2


def _with_era(text: str, start: int) -> int:
    before = normalize(text[max(0, start - _LONGEST_ERA) : start])
    return start - _LONGEST_ERA if _ERA.search(before) else start
