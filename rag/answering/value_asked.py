"""Whether a sentence can hold the value that was asked for: money, an area, a telephone number.

A near miss speaks of all that was asked about and lacks only the value: what a project costs is asked, and
the sentence tells where it is built. What counts as holding one is wide, for a sentence that is refused
here is refused whatever else speaks for it.
"""

# ruff: noqa: E501, ISC004  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.figures import find_figures, is_currency
from rag.answering.price_asked import asks_price, holds_price
from rag.answering.question import AskedFor
from rag.retrieval.language import text_script

__all__ = ["asks_value", "lacks_kind", "lacks_value"]

_COUNT = r"(?:万|亿|千|百|十|多|余)*"
#: How a question asks for a value, and what a text that holds one has.
_VALUES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asks), re.compile(holds))
    for asks, holds in (
        (
            rf"多少钱|(?:多少|几){_COUNT}(?:元|美元|欧元)|(?:总投资|投资额|投资总额|金额|造价|票价|售价)[是为达约]?(?:多少|几)"
            r"(?![个家项人名座条件%])|how much (?:money|did [^?]{1,60}? (?:cost|pay|spend|invest)(?= (?:for|on|in|to)\b|\s*[?]|$)"
            r"|does [^?]{1,60}? cost\b)",
            r"元|円|钱|币|块|美金|镑|卢|法郎|泰铢|万|亿|ドル|免费|不收费|半价|dollar|usd|yuan|rmb|cny|hkd|euro?\b|euros|pound|pence|yen"
            r"|rupee|franc|rou?bl|peso|baht|\bcents?\b|\bwon\b|\bfree\b|[$€£¥]|million|billion",
        ),
        (
            r"(?:占地|面积){1,2}(?:是|为|有|达|约|共|总共|总计)?(?:多少|多大|几)(?!位|%)|多少(?:万|亿|千)?(?:平方|公顷|亩)|多大面积"
            r"|how (?:large|big) is the (?:floor )?area|what (?:is|was) the (?:total |floor |land |surface )?area of (?:the|this)\b(?! (?:research|study))",
            r"平方|平米|[\d万亿]平|公顷|亩|㎡|m2|ft2|square|\bsq\b|hectare|acre|\bmu\b|\bha\b",
        ),
        (
            r"(?:电话|热线)(?:号码)?(?:是|为)?(?:多少|什么(?!时|人|年|样|意|公司|东西)|几号)|(?:phone|telephone|hotline) number",
            r"\d{3}|热线|电话",
        ),
        (
            r"百分之[几多]|百分比|多少个?百分点|多少%|(?:占比|比例|比重|增速|增幅)[是为达约]?(?:多少|几)"
            r"|what (?:percent|percentage|share(?! price)|proportion)",
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
            r"哪一?天|几月几[日号]|几号(?!线|楼|院|文件|公告)|哪一?日|\bwhat date\b|\b(?:on )?(?:which|what) day\b",
            r"\d{1,2}[日号]|[一二三四五六七八九十][日号]|星期|周[一二三四五六日末]|\d{1,2}[./-]\d{1,2}|[今昨明前后当]天|[今昨次当翌即]日|第?[一二三四五六七八九十\d]+天"
            r"|除夕|元旦|春节|国庆|中秋|端午|清明|七夕|重阳|冬至|[上中下]旬|月[底初末]|[初廿][一二三四五六七八九十]|节|day|\beve\b|christmas|easter|new year|weekend"
            r"|\b(?:\d{1,2}(?:st|nd|rd|th)?|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)",
        ),
        (
            r"(?:星期|礼拜|周)几",
            r"星期|礼拜|周[一二三四五六日末]|[每天当][天日]|天天|工作日|节假日|\d[日号]|全年|day",
        ),
    )
)

#: The day before a year: 3 May, May 3.
_DAY = r"(?:\d{1,2} \w+ |[a-z]+ \d{1,2},? )?"
#: The same where question and sentence are English; what stands around the sentence may hold these.
_ENGLISH_VALUES: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asks), re.compile(holds))
    for asks, holds in (
        (
            r"\b(?:what|which) year\b",
            r"(?<!\d)(?:1\d{3}|2\d{3})(?!\d)|centur|decade|year|\bago\b|\d(?:st|nd|rd|th)\b|\b(?:form|grade|term|season|semester|ad|bce?|ce)\b"
            r"|\b(?:in|of|from|until|since) \d{3}\b(?! [a-z]+s\b)|\d[./]\d{1,2}[./]\d\d|\bfy ?\d",
        ),
        (
            r"\bhow old\b",
            r"\b(?:aged?|born|birthday|(?:year|month|week|day)s?(?: |-)old|centur|founded|built|opened|dat(?:es|ed|ing) (?:back|from)|since|ago)"
            r"|,\s\d{1,3}\s?[,)]|\(\s?\d{1,3}\s?\)|(?<!\d)(?:1\d{3}|20\d{2})(?!\d)|\b\d{1,3} (?:year|month|week)s\b|teen|\badult|\bminors?\b"
            r"|\b(?:over|under|from|below|above|least|than|of|turn(?:ed|s)?|is|was|are|were|be|at|s?he|they) \d{1,3}\b(?! [a-z]+s\b)|\bafter \w+ years\b"
            r"|\d\+|(?:twent|thirt|fort|fift|sixt|sevent|eight|ninet)(?:y|ies)\b|\bfrom \w+ to (?:three|four|five|six|seven|eight|nine|ten|twelve)\b"
            r"|\b(?:roman|ancient|prehistoric|medieval|jurassic)\b",
        ),
        (
            r"^(?:and |so )?(?:when|where|(?:in|on|at) (?:what|which))\b[^?]*\bborn\b|date of birth|birthday",
            rf"born|birth|\(\s?(?:b\.\s?)?{_DAY}\d{{4}}\s?(?:[–-]|to\b)|\bb\. ?\d|\*\s?{_DAY}\d{{4}}|native|\b(?:comes?|came|hail(?:s|ed)) from\b"
            r"|came into the world|aged|years old|year-old",
        ),
        (
            r"^(?:and |so )?(?:when|where|(?:in|on|at) (?:what|which))\b[^?]*\b(?:did [^?]+ die|died|found dead)\b(?! (?:out|down|off|away))|date of death",
            r"\bdie[sd]?\b|death|dead|dying|killed|passed away|drown|lost (?:his|her|their) li|perish|murder|\bshot\b|executed"
            rf"|buried|funeral|\blate\b|(?:[–-]|\bto)\s?{_DAY}\d{{4}}\s?\)|widow|until (?:his|her)|\bli(?:fe|ves)\b|lifeless|fatal|victim"
            r"|\b(?:fell|fallen|hanged|beheaded|succumbed|suicide|obituary|slain)\b|assassin",
        ),
    )
)
#: Words of English alone, more or less.
_PLAIN = re.compile(
    r"\b(?:the|of|and|is|are|were|to|by|it|they|for|with|from|at|has|have|had|need)\b"
)
#: How a question asks for a sum, other than by its kind.
_COST = re.compile(
    r"^(?:and |so )?what (?:do|does|did|will|would|can) [^?]{1,80}? cost"
    r"(?= (?:per|for|on|in|to|a|an|from|at|each|apiece|altogether)\b|\s*(?:[?]|$))"
    r"|\bhow much (?:rent|tuition|duty|tax|interest) (?:is|was|do|does|did|must|has)\b"
)
#: What is no money: the training cost of a model, technical debt, where an income comes from, attention that is paid.
_NO_MONEY = re.compile(
    r"\b(?:comput\w+|training|inference|memory|energy|time|technical|human|social) (?:costs?|price|debt)\b|\bpay [^?]*\battention\b"
    r"|\b(?:source|form|kind) of\b|\b(?:based on|for)\s*[?]"
)
_NUMBER = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\\w+teen|\\w+ty|hundred|thousand"
_SUM = re.compile(
    r"[$€£¥₹₽₩]|\b(?:usd|eur|gbp|chf|dollar|euro|pound|yuan|franc|crown|kron[ae]|mark|pesos?|rupee|\w*pence|guinea|penny|pennies|cent|yen|rou?ble|lira"
    r"|dinar|ducat|guilder|shilling|florin|thaler|zloty|forint|baht|won|real|rand|koruna|coin|credit|quid|buck|tenner|fiver)s?\b|million|billion|\bfree\b"
    r"|complimentary|nothing|included|waived|donation|contribution|fortune|open[- ]source|\b(?:same|depend|var(?:y|ies)|negotia|on request)|\b\d+[.,]\d\d\b"
    r"|\d (?:[acns]ad|aud|nzd|sek|nok|dkk|kr|pln|czk|huf|inr|cny|rmb|jpy|krw|btc|eth)\b"
    rf"|\b(?:{_NUMBER}) (?:an?|per|each|for)\b|quadratic|linear|logarithmic|\bo\("
    r"|(?:no|without)(?: \w+)? (?:charge|cost|fee|payment)|\b(?:half|twice|double|triple|third|quarter|fifth|tenth)|per ?cent|%|\d[\d,.]*[kmb]\b"
    # A sum without its currency: the rent is 900 a month.
    r"|\b(?:cost|fare|fee|fine|price|salar|wage|rent|paid|pay|charge|spen[dt]|earn|sav(?:e|ing)|worth|budget|revenue|income)\w*\b[^.]{0,40}"
    r"(?<![\d,.])(?!(?:1[5-9]|20)\d\d(?!\d))\d"
)
#: Units of what is measured and not counted.
_MEASURES = re.compile(
    r"\s*-?(?:°|℃|%|(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|centuries|decades|degrees?|percent|per cent|points?|"
    r"(?:kilo|centi|milli)?(?:met(?:re|er)|gram|watt|volt)s?|kilos?|miles?|feet|foot|inch(?:es)?|acres?|hectares?|tonn?e?s?|lit(?:re|er)s?|"
    r"gallons?|square|cubic|watts?|volts?|amps?|decibels?|lux|(?:giga|mega|kilo)?bytes?|km/h|mph|[cmdk]?m[23]?|[km]?g|[kmg]?wh?|[kmg]?hz|"
    r"[kmgt]i?b|db|[km]?v|m?ah|[mcd]?l|ft|lbs?|oz)\b)"
)
#: How many of a measure or of a currency are asked for: vacation days, working hours, euros.
_MEASURED = re.compile(
    rf"\bhow many (?:[\w-]+ ){{0,2}}(?:{_MEASURES.pattern}|(?:euros|dollars|pounds|francs|cents|yuan|yen|kcal)\b)"
)
#: So many things, also behind a month: in March 31 animals were found.
_THINGS = re.compile(r"\b\d[\d,]* ([a-z]+s)\b")
_YEAR_ALONE = re.compile(r"1[5-9]\d\d|20\d\d")
#: Words that count without a figure, and a row of what is counted.
_COUNTING = re.compile(
    r"\b(?:no|none|neither|both|single|only|once|twice|pair|couple|several|few|nobody|each|every|another|an?|hundreds|thousands|dozens?|"
    r"all|half|most|third|quarter|majority|many|unlimited|unanimous(?:ly)?|twins?|triplets?|bilingual|(?:dupl|tripl|quadrupl)icate|childless)\b"
    r"|\b[ivx]+ to [ivx]+\b|\b(?:number(?:ed|ing)|total(?:l?ed|l?ing)?|about|around|nearly|almost|over|than|some) \d{4}\b|, (?!(?:which|who|that|but|and|so|was|is|were|are)\b)(?:[\w'’-]+ ){1,4}and "
)

_HAN = re.compile("[\u4e00-\u9fff]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_ENGLISH = re.compile(r"\b(?:the|of|and|in|is|was|are|were|to|on|by)\b")


def asks_value(asked: str) -> bool:
    """Whether a normalised question asks for such a value."""
    return bool(_kinds_asked(asked))


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
    return any(not holds.search(told) for holds in _kinds_asked(asked))


def lacks_kind(asked: AskedFor, told: str, nearby: str) -> bool:
    """Whether a sentence in the question's language, not Chinese, cannot hold the kind of value asked for.

    In English a year, an age, when and where one was born or died, a sum, a count; in others a price.

    Args:
        asked: The question.
        told: The sentence, normalised.
        nearby: The sentence with what stands around it and above it, normalised.
    """
    if text_script(told) != text_script(asked.text):
        return False
    if asked.language != "en":
        return asks_price(asked.normalised, asked.language) and not holds_price(told)
    plain = set(_PLAIN.findall(told))
    if "the" not in plain and len(plain) < 2:  # one alone may be of another language: Dutch "is"
        return False
    return (
        any(
            not holds.search(nearby)
            for asks, holds in _ENGLISH_VALUES
            if asks.search(asked.normalised)
        )
        or (_asks_sum(asked) and not _holds_sum(told))
        or (_asks_count(asked) and not _holds_count(told))
    )


def _asks_sum(asked: AskedFor) -> bool:
    """Whether an English question asks for one sum; what are the costs of smoking? does not."""
    if asked.many or _NO_MONEY.search(asked.normalised):
        return False
    return asked.kind == "money" or _COST.search(asked.normalised) is not None


def _asks_count(asked: AskedFor) -> bool:
    """Whether an English question asks how many things there are, and not how much they measure."""
    measured = asked.units == "times" or _MEASURED.search(asked.normalised)
    return asked.kind == "figure" and bool(asked.units) and not measured


def _holds_sum(told: str) -> bool:
    """Whether an English sentence holds a sum of money, or a figure that may be one: it counts no things."""
    if _SUM.search(told):
        return True
    return any(
        figure.kind == "number"
        and not figure.unit
        and told[figure.start].isdigit()
        and not _MEASURES.match(told[figure.end :])
        and not _YEAR_ALONE.fullmatch(told[figure.start : figure.end])
        for figure in find_figures(told)
    )


def _holds_count(told: str) -> bool:
    """Whether an English sentence holds a figure that may count things, or words that do."""
    if _COUNTING.search(told) or any(not _MEASURES.match(thing) for thing in _THINGS.findall(told)):
        return True
    return any(
        figure.kind in {"number", "percent"}
        and not is_currency(figure.unit)
        and not _MEASURES.match(figure.unit or told[figure.end :])
        and not _YEAR_ALONE.fullmatch(told[figure.start : figure.end])
        for figure in find_figures(told)
    )


@lru_cache(maxsize=64)
def _kinds_asked(asked: str) -> tuple[re.Pattern[str], ...]:
    return tuple(holds for asks, holds in _VALUES if asks.search(asked))
