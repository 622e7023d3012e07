"""Whether a sentence can hold the kind of value asked for, in other languages than Chinese: a year, a sum, a count.

As in :mod:`rag.answering.near_misses.value`, what counts as holding one is wide. Here only the best sentence is judged.
"""

# ruff: noqa: E501, ISC004  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re

from rag.answering.mentions.figures import find_figures
from rag.answering.mentions.units import is_currency
from rag.answering.near_misses.price import asks_price, holds_price
from rag.answering.question.analysis import AskedFor
from rag.retrieval.language import text_script

__all__ = ["lacks_kind"]

#: The day before a year: 3 May, May 3.
_DAY = r"(?:\d{1,2} \w+ |[a-z]+ \d{1,2},? )?"
#: How an English question asks for a year, an age, a birth or a death, and what the sentence or what stands around
#: it has then.
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
