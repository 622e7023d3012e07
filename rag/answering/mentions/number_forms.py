"""The forms of figures, dates, sums and lengths of time in a normalised text, Chinese or other."""

from __future__ import annotations

import re

__all__ = ["CHINESE", "DECIMAL_UNITS", "HAN_DIGITS", "MONTH", "WESTERN"]

_DIGITS = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
HAN_DIGITS = "零〇一二两三四五六七八九十百千万亿"
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
_UNITS = (
    "平方公里|平方千米|平方米|立方米|公里|千米|公顷|公斤|千克|毫米|厘米|厘升|海里|光年|英里|英尺|"
    "米|吨|克|升|亩|里|度|分钟|小时|人次|车次|架次|人|名|位|户|家|个|项|件|处|条|所|座|栋|幢|"
    "艘|辆|架|台|套|部|张|本|册|篇|首|支|只|头|匹|株|棵|颗|块|片|间|层|级|届|期|场|次|批|种|"
    "类|门|股|倍|支队伍|余人|多人|声|步|集|章|卷|字|票|分|篇|代|族|岁|周岁|强|宗|例|席|团|队|"
    "元|美元|英镑|欧元|日元|港元|港币|人民币|圆|镑|马克|卢布|瓦|千瓦|兆瓦|伏|赫兹|摄氏度|℃"
)
#: 40多万 as well as 40万多.
_SCALE = "(?:(?:[余多来](?=[百千万亿]))?(?:百|千|万|亿|万亿|千万|百万|十万)+)?"
_APPROX = "(?:大约|约|近|超过|超|逾|不少于|至少|不到|将近|达|共|多达|第)?"

_PERCENT = re.compile(
    rf"(?:{_DIGITS})\s*(?:%|‰|个百分点|成(?!立|为|功|员|果|本|都|就)|percent|per cent)"
    rf"|百分之[{HAN_DIGITS}点\d.]+|[一二两三四五六七八九]成(?!立|为|功|员|果|本)"
)
_MONEY = re.compile(
    rf"(?:{_DIGITS}){_SCALE}(?:余|多)?(?:美元|英镑|欧元|日元|港元|港币|新台币|台币|韩元|人民币|元|"
    r"镑|卢布|法郎|马克)"
    rf"|[$€£¥]\s*(?:{_DIGITS})(?:\s*(?:million|billion|trillion|bn|m))?"
    rf"|(?:{_DIGITS})\s*(?:million|billion|trillion)?\s*(?:dollars|euros|pounds|yuan|yen|rupees)"
)
_DATE = re.compile(
    rf"(?:公元前?|西元前?|前)?\d{{1,4}}\s*年(?!代|级|以上|内|来|间|的?历史|度)"
    r"(?:\s*\d{1,2}\s*月)?(?:\s*\d{1,2}\s*[日号])?(?:初|底|末|春|夏|秋|冬)?"
    r"|\d{1,2}\s*月\s*\d{1,2}\s*[日号]|\d{1,2}\s*月份?"
    r"|[〇零一二三四五六七八九]{4}年(?:[一二三四五六七八九十]{1,2}月)?"
    r"(?:[一二三四五六七八九十]{1,3}[日号])?"
    r"|\d{2,4}年代|\d{1,2}世纪(?:\d{1,2}年代)?(?:初|末|中叶)?|上世纪[^,。]{1,4}年代"
    r"|\d{4}-\d{1,2}(?!\d)(?:-\d{1,2})?|\d{4}/\d{1,2}/\d{1,2}|\d{1,2}[:点时]\d{0,2}分?"
    rf"|\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTHS})\b\.?(?:\s+\d{{1,2}}(?!\d)(?:st|nd|rd|th)?)?"
    r"(?:,?\s+\d{4})?"
    r"|(?<![\d.,])(?:1[0-9]{3}|20[0-9]{2})s?(?![\d.,]*\d|年|%|[a-z\u4e00-\u9fff]|\s*(?:km|kg|m\b|people))"
    r"|(?:星期|礼拜)[一二三四五六日天]|(?<![\d一二两三四五六七八九十半几])周[一二三四五六日末](?![次个天节回期年月场轮])"
    r"|[前去今明]年|年初|年底|清朝|明朝|唐朝|宋朝|元朝|汉朝"
)
_DURATION = re.compile(
    rf"(?:{_DIGITS}|[{HAN_DIGITS}半]+)(?:余|多)?(?:个)?(?:年|个月|月|(?:工作|自然|交易)日|周|星期|天|日|小时|分钟|秒)"
    r"(?!代|级|份|\d|[一二三四五六七八九])"
    rf"|(?:{_DIGITS}|one|two|three|four|five|six|seven|eight|nine|ten)\s+"
    r"(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?)"
)

_RANK = re.compile(
    rf"第(?:\d+|[{HAN_DIGITS}]+)(?!季度|[\d一二三四五六七八九十]*(?:[产版]|、(?!第\d)))(?:名|位|大|届|次|个|任|代|批|部|座)?|\b\d+(?:st|nd|rd|th)\b|首位|"
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)
_FIGURE = re.compile(
    rf"(?:{_DIGITS})\s*{_SCALE}(?:余|多|来)?(?:{_UNITS}|m[23](?![a-z0-9]))?"
    r"(?:\s*(?:hundred|thousand|million|billion|trillion|dozen))?"
    rf"|[{HAN_DIGITS}]{{1,8}}(?:[余多来][百千万亿]+)?(?:余|多|来)?(?:{_UNITS})"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|"
    r"fifty|hundred|thousand|million|billion|dozens?)\b(?:\s+(?:hundred|thousand|million|billion))?"
)

# A range never has a part that begins with 0, and seldom one of seven digits.
_TELEPHONE = re.compile(
    r"(?<![a-z0-9+-])(?:\+\d{1,3}(?:[ -]?\(?\d{1,4}\)?){2,5}"  # +86 532 8899 7766
    r"|\(0\d{2,3}\) ?-?\d{7,8}|\d{3,4}-\d{7,8}(?:-\d{1,5})?"  # (0532)88997766, 0532-88997766
    r"|\(\d{3}\) ?\d{3}-\d{4}|\d{3,4}-\d{3,4}-\d{4}"  # (212) 555-0142, 400-820-5678
    r"|1[3-9]\d([ -])\d{4}\1\d{4}|\d{3}-0\d{3})(?![\d-])"  # 138 0013 8000, 555-0142
)

_LIST_GOES_ON = r"(?!\s+(?:and|or|und|oder|et|ou|y|o|&)\s+\d+(?![\d,]))"
_NUMBER_FORMS = (
    r"(?<![\d.,])\d{1,3}(?:\.\d{3}){1,5}(?:,\d+)?(?![.,]?\d)",  # 1.234.567,89
    r"(?<![\d.,])(?<!\d )\d{1,3}(?: \d{3}){1,5}(?:,\d+)?(?![., ]?\d)",  # 45 300
    r"(?<![\d.,])\d{1,3}(?:'\d{3}){1,5}(?:\.\d+)?(?![.,]?\d)",  # 45'300
    r"(?<![\d.,])\d{1,3}(?:,\d{2,3}){0,5},\d{3}(?:\.\d+)?(?!\d)",  # 1,234.5 and 1,50,000
    rf"(?<![\d.,])\d+,\d{{1,2}}(?![.,]?\d){_LIST_GOES_ON}",  # 1,28 but not "1,2,3" or "1,2 and 3"
    r"\d++(?:\.\d++)*+",
)
_NUM = rf"(?<!\d)(?:{'|'.join(_NUMBER_FORMS)})"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_BELOW_HUNDRED = rf"(?:(?:{_TENS})(?:[ -](?:{_ONES}))?|{_TEENS}|{_ONES})\b"
_BELOW_THOUSAND = rf"{_BELOW_HUNDRED}(?:\s+hundred\b(?:\s+(?:and\s+)?{_BELOW_HUNDRED})?)?"
_SPELLED = (
    rf"\b{_BELOW_THOUSAND}(?:\s+(?:thousand|million|billion|trillion|dozen)\b"
    rf"(?:\s+(?:and\s+)?{_BELOW_THOUSAND})?)*"
)
_POWER = (
    r"(?:hundred|thousand|[mb]illions?|trillions?|dozen|millionen|milliarden?|milliards?|"
    r"mil millones|millones|mill[oó]n|mil|milhões|bilhões|milioni|miliardi|mio|mrd|bn)\b"
)
_CURRENCY = (
    r"(?:(?:dollars?|euros?|pounds?|yuan|yen|rupees?|pence|cents?|francs?|franken|pesos?|"
    r"usd|eur|gbp|chf|jpy|cny|rmb|inr)\b|[$€£¥₹])"
)
_MEASURE = (
    r"(?:(?:square|cubic)\s+\w+|km/h|mph|°\s?[cf]?|[kmgt]?wh?|[kmg]?hz|[kmgt]i?b|db|[km]v|m?ah|"
    r"[kcmnμ]?m[23]?|[kmμ]?g|[mcd]?l|t|kpa|psi|ft|lbs?|oz|(?:kilo|centi|milli)?met(?:er|re)s?|"
    r"miles?|feet|foot|inch(?:es)?|yards?|acres?|hectares?|hektar|tonn?e?s?|tonnen|"
    r"(?:kilo)?gram(?:m?es|ms?|s)?|kilos?|lit(?:er|re)s?|gallons?|degrees?|watts?|volts?)(?![\w/'])"
)
_PEOPLE_AND_THINGS = (
    r"(?:people|persons?|participants?|visitors?|guests?|users?|customers?|members?|students?|"
    r"pupils?|patients?|employees|workers|staff|residents|inhabitants|households|units?|pieces?|"
    r"copies|items|words|pages|seats|beds|rooms|hours|days|steps|points|times|teilnehmer|mitarbeiter|"
    r"einwohner|personen|besucher|personnes|habitants|visiteurs|personas|habitantes|visitantes)\b"
)
# Month names that are no other word; the rest need a day, a year or a preposition of time.
_PLAIN_MONTHS = (
    "january|february|april|june|july|august|september|october|november|december|"
    "januar|februar|märz|juni|juli|oktober|dezember|"
    "janvier|février|avril|juin|juillet|août|septembre|octobre|novembre|décembre|"
    "enero|febrero|abril|junio|julio|agosto|septiembre|octubre|noviembre|diciembre"
)
MONTH = (
    rf"(?:{_PLAIN_MONTHS}|may(?!\s+(?:be|have|not|also|only|need)\b)|march|mai|mars|marzo|mayo|"
    "jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|"
    "janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|"
    "gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre|"
    r"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)\b"
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+(?:the\s+)?)?"
_OF = r"(?:of\s+|del?\s+)?"
_IN_TIME = "|".join(
    rf"(?<=\b{word} )"
    for word in (
        "in by since until till from during before after of early late last next this every each around "
        "about between through mid im seit bis en depuis desde"
    ).split()
)
# Letters that a year would be a part of: "1987b"; other scripts write on without a space.
_LATIN = "[a-z\u00df-\u024f]"
_ANY_YEAR = r"(?<![\d.,])(?:1\d{3}|20\d{2})(?![\d.,]*\d)"
_COUNTED = rf"(?!(?:-\d[\d.,]*)?(?:-?\s?{_MEASURE}|\s+{_PEOPLE_AND_THINGS}))"
_CLOCK = (
    r"(?<![\d:.,])(?:\d{1,2}(?:[:.]\d{2})?\s?(?:[ap]\.m\.|[ap]m\b|uhr\b)|\d{1,2}:\d{2}(?::\d{2})?(?![\d:]))"
    r"|\b(?:noon|midnight)\b"
)
_DAY_OR_MONTH = (
    rf"(?:\b{_WEEKDAY}(?<![\d.,])\d{{1,2}}(?:st|nd|rd|th|er|\.|o)?\s+{_OF}{MONTH}(?:\.?,?\s+{_OF}\d{{4}}\b)?"
    rf"|\b{_WEEKDAY}{MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?![.,:]?\d)(?:,?\s+\d{{4}}\b)?"
    rf"|\b{MONTH}\.?,?\s+{_OF}\d{{4}}\b"
    rf"|(?:{_IN_TIME}|(?<=\bmid-)|(?<=: )){MONTH}|\b(?:{_PLAIN_MONTHS})\b)"
)
_POINT = rf"(?:{_DAY_OR_MONTH}|{_CLOCK}|{_ANY_YEAR})"
_WESTERN_DATE = re.compile(
    rf"\b(?:between|zwischen|entre)\s+{_POINT}\s+(?:and|und|et|y)\s+{_POINT}{_COUNTED}"
    rf"|{_POINT}(?:\s*-\s*|\s+(?:to|until|till|bis)\s+){_POINT}{_COUNTED}"
    rf"|\b{MONTH}(?:\s*-\s*|\s+(?:to|and|through|bis)\s+){MONTH}"
    r"|(?<![\d.])(?:1\d{3}|20\d{2})-\d{1,2}(?:-\d{1,2})?(?!\d)|(?<!\d)\d{4}/\d{1,2}/\d{1,2}(?!\d)"
    r"|(?<![\d./])\d{1,2}(?:\.\s?\d{1,2}\.\s?|/\d{1,2}/)\d{4}(?!\d)"
    r"|\b(?:q[1-4]|(?:first|second|third|fourth)\s+quarter|spring|summer|autumn|fall|winter|early|mid|late)"
    rf"[ -](?:of\s+)?{_ANY_YEAR}"
    rf"|{_DAY_OR_MONTH}|{_CLOCK}"
    # "In 1998 members left" tells a year, "1998 members left" a number.
    rf"|(?:(?<=\bin )|(?<=\bsince )|(?<=\buntil )|(?<=\bduring )){_ANY_YEAR}(?!{_LATIN}|%|\s?{_MEASURE})"
    rf"|(?<![\d.,])(?:1\d{{3}}|20\d{{2}})s?(?![\d.,]*\d|{_LATIN}|\s?%){_COUNTED}"
)
_WESTERN_PERCENT = re.compile(
    rf"(?:{_NUM}|{_SPELLED})\s?(?:%|‰|(?:percent(?:age points?)?|per cent|prozent(?:punkte?)?|pour cent|"
    r"por ciento|por cento|per cento)\b)"
)
_WESTERN_MONEY = re.compile(
    rf"(?:[$€£¥₹]|\b(?:usd|eur|gbp|chf|jpy|cny|rmb|inr)\b)\s?{_NUM}(?:\s?(?:{_POWER}|[km]\b))?"
    rf"|(?:{_NUM}|{_SPELLED})\s?(?:{_POWER})?\s?(?:de\s+|d'|di\s+)?{_CURRENCY}"
)
_WESTERN_DURATION = re.compile(
    rf"(?:{_NUM}|{_SPELLED})[\s-]+(?:years?|months?|weeks?|days?|hours?|minutes?|seconds?|hrs?|mins?|secs?|"
    r"jahre?n?|monate?n?|wochen?|tage?n?|stunden?|minuten?|sekunden?|ans?|années?|mois|semaines?|jours?|"
    r"heures?|años?|meses|semanas?|días?|horas?|minutos?|h|ms)\b"
)
_WESTERN_RANK = re.compile(
    r"\b\d+(?:st|nd|rd|th)\b|"
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth)\b"
)
_WESTERN_FIGURE = re.compile(
    rf"{_NUM}(?:\s?{_POWER})?(?:\s?-?{_MEASURE})?|{_SPELLED}(?:\s+{_MEASURE})?"
    r"|\b(?:hundred|thousand|million|billion|dozens?)\b"
)

# With a space behind a number of decimals, these tell that it is an amount and numbers no clause.
DECIMAL_UNITS = (
    r"(?:[百千万亿]|平方|立方|公里|千米|海里|英里|英尺|公顷|公斤|千克|[毫厘]?米|吨|克|升|亩|度|小时|分钟|秒|天|"
    r"年(?!度)|倍|岁|[美欧日港]?元|个百分点|%|per\s?cent|(?:year|month|week|day|hour|minute|second)s?\b|"
    rf"{_POWER}|{_CURRENCY}|{_MEASURE}|{_PEOPLE_AND_THINGS})"
)

# What is found first keeps its characters.
CHINESE = (
    ("figure", _TELEPHONE),
    ("percent", _PERCENT),
    ("money", _MONEY),
    ("date", _DATE),
    ("duration", _DURATION),
    ("rank", _RANK),
    ("figure", _FIGURE),
)
WESTERN = (
    ("figure", _TELEPHONE),
    ("percent", _WESTERN_PERCENT),
    ("money", _WESTERN_MONEY),
    ("date", _WESTERN_DATE),
    ("duration", _WESTERN_DURATION),
    ("rank", _WESTERN_RANK),
    ("figure", _WESTERN_FIGURE),
)
