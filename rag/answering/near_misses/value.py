"""Whether a sentence can hold the value that was asked for: money, an area, a telephone number, a name, the part of a whole.

A near miss speaks of all that was asked about and lacks only the value: what a project costs is asked, and
the sentence tells where it is built. What counts as holding one is wide, for a sentence that is refused
here is refused whatever else speaks for it.
"""

# ruff: noqa: E501, ISC004  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.near_misses.part_of_whole import lacks_part, part_asked
from rag.answering.near_misses.person import asks_name, names_nobody
from rag.answering.near_misses.unit import lacks_measure, measure_asked

__all__ = ["asks_value", "lacks_value"]

_COUNT = r"(?:万|亿|千|百|十|多|余)*"
#: Schools and the like are named after a street and need not lie in it: 连云港路小学.
_NAMED_AFTER_STREET = "演|径|子|[小中大]学|学校|幼儿园|社区|街道|派出所|医院|支行|市场|农贸"
_BESIDE_IT = "[^,;。]{0,6}(?:旁|边|附近|对面|隔壁|原址|旧址|[东南西北]侧)"
#: How a question asks for a value, and what a text that holds one has.
_VALUES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asks), re.compile(holds))
    for asks, holds in (
        (
            rf"多少钱|(?:多少|几){_COUNT}(?:元|美元|欧元)|(?:总投资|投资额|投资总额|金额|造价|票价|售价)[是为达约]?(?:多少|几)"
            r"(?![个家项人名座条件%])|how much (?:money|did [^?]{1,60}? (?:cost|pay|spend|invest)(?= (?:for|on|in|to)\b|\s*[?]|$)"
            r"|does [^?]{1,60}? cost\b)|\bhow many (?:[\w-]+ ){0,2}?(?:dollars|euros|yuan|rmb)\b",
            r"元|円|钱|币|块|美金|镑|卢|法郎|泰铢|万|亿|ドル|免费|不收费|半价|dollar|usd|yuan|rmb|cny|hkd|euro?\b|euros|pound|pence|yen"
            r"|rupee|franc|rou?bl|peso|baht|\bcents?\b|\bwon\b|\bfree\b|[$€£¥]|million|billion",
        ),
        (
            r"(?:占地|面积){1,2}(?:是|为|有|达|约|共|总共|总计)?(?:多少|多大|几)(?!位|%|比例|比重)|多少(?:万|亿|千)?(?:平方|公顷|亩)|多大面积"
            r"|how (?:large|big) is the (?:floor )?area|what (?:is|was) the (?:total |floor |land |surface )?area of (?:the|this)\b(?! (?:research|study))",
            r"平方|平米|[\d万亿]平|公顷|亩|㎡|m2|ft2|square|\bsq\b|hectare|acre|\bmu\b|\bha\b",
        ),
        (
            r"(?:[片新园街景城校厂库小社辖地]区|示范区|试验区|开发区|广场|公园|校园|厂房|场馆|[岛湖馆])(?:现在|一?共|总共|到底|究竟|大概)?有?多大(?=$|[?,;。])",
            r"平方|平米|[\d万亿]平|公顷|亩|㎡|m2|公里|\d[里米]|倍|一半|相当|大小|面积|square|hectare|acre",
        ),
        (
            r"(?:电话|热线)(?:号码)?(?:是|为)?(?:多少|什么(?!时|人|年|样|意|公司|东西)|几号)|(?:phone|telephone|hotline) number",
            r"\d{3}|热线|电话",
        ),
        (
            r"百分之[几多]|百分比|多少个?百分点|多少%|(?:占比|比例|比重|增速|增幅)[是为达约]?(?:多少|几)"
            r"|what (?:percent|per cent|percentage|share(?! price)|proportion)|how many (?:per ?cent\b|percentage points)",
            r"%|百分|成|倍|分之|半|全部|所有|大多|番|\d[:]\d|[一二三四五六七八九十\d]比|per ?cent|half|third|quarter|fifth|tenth|most|majority"
            r"|\bin (?:\d|two|three|four|five|ten)",
        ),
        (
            r"多大岁数|几岁|多少岁|多大年纪|\bhow old (?:is|was|are|were)\b",
            r"岁|出生|年生|年龄|\d|周年|年代|世纪|历史|year|age|born|centur|decade",
        ),
        (r"气温[^,。?]{0,4}(?:多少|几(?!天|个|次|月))", r"度|℃|°|degree|\d"),
        (r"网址|网站地址|邮箱地址|(?:e-?mail|web) address", r"[a-z]{2,}\.[a-z]{2,}|@|网"),
        (
            r"哪一?天|几月几[日号]|几号(?!线|楼|院|文件|公告)|哪一?日|(?:具体|确切|准确)的?日期|\b(?:what|which) (?:(?:exact|precise|specific|particular|calendar) )?(?:date|day)\b",
            r"\d{1,2}[日号]|[一二三四五六七八九十][日号]|星期|周[一二三四五六日末]|\d{1,2}[./-]\d{1,2}|[今昨明前后当]天|[今昨次当翌即]日|第?[一二三四五六七八九十\d]+天"
            r"|除夕|元旦|春节|国庆|中秋|端午|清明|七夕|重阳|冬至|[上中下]旬|月[底初末]|[初廿][一二三四五六七八九十]|节|day|\beve\b|christmas|easter|new year|weekend"
            r"|\b(?:\d{1,2}(?:st|nd|rd|th)?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
        ),
        (
            r"几点(?:钟|半|整)?(?:开[始门馆园饭会]|关门|闭[馆园]|结束|[上下]班|营业|停止|出发|发车|截止|起床|吃饭|睡觉|放学|上课|到)"
            r"|(?:(?<![做达谈提讲想说])[到至]|从|时间[是为]?|[早晚夜]上?|[上中下]午|凌晨|[开关]门|[开闭][馆园]|[首末]班车?|开始|结束|现在)(?:大概|大约)?几点(?=[?]|$)"
            r"|几点(?:钟|半|整)(?=[?]|$)",
            r"\d[:点时]|[零一二两三四五六七八九十][点时]|[上中下正]午|[早晚夜晨昼]|凌晨|日[出落]|全天|24小时|随时|半天|无休|通宵|弹性|几点|\d[~-]\d|[时分]许|时[至到]"
            r"|(?:小时|分钟)[之以]?[内前后]|[ap]\.?m\b|(?<!\d)[0-2]\d[0-5]\d(?![\d年])",
        ),
        (
            r"(?:在|位于|于|沿)哪[一几]?条(?:大|马)?(?:路|街道?|大道)(?:上|边|旁|[?]|$)|(?:在|位于)什么路上?(?:[?]|$)",
            rf"(?<!带一)(?<![铁思出线网套退后])[路街巷弄](?!(?:{_NAMED_AFTER_STREET})(?!{_BESIDE_IT}))|巷子|位于|坐落|地处|地址|胡同|大道|高速|国道|省道|环线?|\d+号|路口|[a-z] (?:road|street|avenue)|哪",
        ),
        (
            r"(?:星期|礼拜|周)几",
            r"星期|礼拜|周[一二三四五六日末]|[每天当][天日]|天天|工作日|节假日|\d[日号]|全年|day",
        ),
    )
)

_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_ENGLISH = re.compile(r"\b(?:the|of|and|in|is|was|are|were|to|on|by)\b")


def asks_value(asked: str) -> bool:
    """Whether a normalised question asks for such a value."""
    return bool(
        _kinds_asked(asked)
        or measure_asked(asked) is not None
        or part_asked(asked) is not None
        or asks_name(asked)
    )


def lacks_value(asked: str, told: str) -> bool:
    """Whether a sentence cannot hold what was asked for.

    A text in another language than Chinese and English is never said to, nor an English one for a
    Chinese question, nor the row of a table: how it would be told there is not known here.

    Args:
        asked: The question, normalised.
        told: The sentence, normalised.
    """
    if told.startswith("|") or _KANA.search(told):
        return False
    if not _HAN.search(told) and (_HAN.search(asked) or not _ENGLISH.search(told)):
        return False
    part = part_asked(asked)
    if part is not None and lacks_part(part, told):
        return True
    if asks_name(asked) and _HAN.search(told) and names_nobody(told):
        return True
    if lacks_measure(asked, told):
        return True
    return any(not holds.search(told) for holds in _kinds_asked(asked))


@lru_cache(maxsize=64)
def _kinds_asked(asked: str) -> tuple[re.Pattern[str], ...]:
    return tuple(holds for asks, holds in _VALUES if asks.search(asked))
