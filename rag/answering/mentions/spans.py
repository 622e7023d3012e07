"""The exact words that can answer: figures with their units, dates, names, found by their form.

Everything works on normalised text (:func:`rag.normalization.normalize`); the caller leads spans
back to the source. A text with Han characters, or without letters, has one set of forms, every other
text another: learned weights stand on the first, and only in the second can a comma be a decimal point.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.mentions.number_forms import CHINESE, HAN_DIGITS, WESTERN

__all__ = [
    "FIGURES",
    "TypedSpan",
    "capitalised",
    "figures_in",
    "person_at",
    "quoted",
    "typed_spans",
    "years_in",
]


@dataclass(frozen=True, slots=True)
class TypedSpan:
    """Characters ``start`` to ``end`` of a normalised text and what they can answer.

    ``kind`` is one of ``figure``, ``percent``, ``money``, ``date``, ``duration``, ``rank``,
    ``person``, ``organisation``, ``place``, ``quoted``, ``name``.
    """

    start: int
    end: int
    kind: str


#: Kinds that a question for an amount accepts.
FIGURES = frozenset({"figure", "percent", "money", "duration", "rank"})

#: "保修3年" lasts, "23年增长" is of a year; what stands before such a length of time or behind it.
_SHORT_YEARS = re.compile(r"[1-9]\d?\s*年")
_LASTS = re.compile(
    r"(?:[期限为满修保约达长共逾足过历存缓少][约达]?|[期限修保][: ]|[少多低高]于|最[多短])$"
)
_LASTING = re.compile(r"的?(?:质保|保修|免费|有效期|期限?(?!间|末|初))")

# The forms of texts without Han characters: English, and what is plain in other European languages.
# Figures alone are of no language and keep the forms above.
_HAN = re.compile("[\u4e00-\u9fff〇]")
_LETTER = re.compile(r"[^\W\d_]")

_QUOTED = re.compile(
    r"[“「『《〈]([^“”「」『』《》〈〉]{1,60})[”」』》〉]|\"([^\"]{1,60})\"|(?<![\w])'([^']{2,60})'(?![\w])"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁"
    "任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴"
    "莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅"
    "童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车"
    "项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛"
    "仲虞敖巩明佘池查麻苑迟邝"
)
_TITLES = (
    "书记|局长|主任|市长|区长|县长|省长|部长|会长|院长|校长|所长|处长|科长|主席|总理|总统|委员|代表|教授|"
    "博士|先生|女士|记者|董事长|总经理|经理|队长|团长|司令|将军|导演|演员|歌手|作家|诗人|画家|科学家|"
    "通讯员|议员|大使|国王|皇帝|女王|教练|选手|球员|创始人|院士|主教|牧师|神父|老师"
)
_SPEECH = "表示|介绍|说|指出|认为|强调|称|透露|告诉|担任|出任|任职|出生|生于|毕业|率|主持|创作|创办|发明|提出"
_LONGEST_NAME, _SAYS = 3, "说称"  # in characters
_PERSON = re.compile(
    rf"(?:{_TITLES})[、:]?([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[,。、;:()\s]|{_SPEECH}|的|在|等|和|与|$)"
    rf"|([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?={_SPEECH})"
    rf"|([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=(?:{_TITLES}))"
    r"|([\u4e00-\u9fff]{1,7}(?:·[\u4e00-\u9fff]{1,8})+)"
)
# Common words that begin with a surname's character.
_NO_PERSON = frozenset(
    "党组 党工 党委 党员 党建 党的 党政 党支 党总 党中 高质 高标 高水 高新 高端 高效 高层 高级 高校 方面 方式 方法 方案 方向 "
    "金融 金额 金牌 石油 路演 路线 任务 任何 任职 任命 和平 和区 和市 师范 师生 全体 全国 全市 全区 全省 全面 时期 时代 时间 "
    "常委 常务 常态 成为 成立 成员 成果 安全 安排 水平 水务 项目 强调 文化 文明 文艺 文旅 明确 明年 古代 高中 通过 于是 于其 "
    "施工 施行 解放 解决 应用 应急 单位 单项 华人 章程 支部 支持 管理 管委 车站 白色 和国 鲁迅 万名 万人 万元 连续 连接 "
    "温度 温暖 黄金 黄色 黄河 何时 平台 平均 平方 曾任 曾经 曾在 曾担 沙滩 乐团 乐队 程序 程度 向前 向上 夏天 夏季 宁静 "
    "费用 毛利 严重 严格 尚未 牛奶 马上 马克 关于 关键 关系 司机 司法 司令 计划".split()
)
_NAME = re.compile(rf"([{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?=[,，。、;；:：()（）\s和与及到]|$)")
_ORGANISATION = re.compile(
    r"[\u4e00-\u9fffa-z0-9·]{2,16}?(?:有限公司|公司|集团|委员会|管委会|人民政府|政府|研究院|研究所|"
    r"研究中心|大学|学院|中学|小学|学校|医院|银行|协会|学会|基金会|联盟|联合会|总部|出版社|报社|电视台|"
    r"改革办|发改委|卫健委|人大|政协|厅|署|法院|检察院|俱乐部|乐队|剧团|工委|区委|市委|省委|常委会|办公室|中心|实验室|支部|街道|社区|局|党|部)"
)
_PLACE_ENDS = (
    "共和国|王国|帝国|自治区|自治州|国家公园|省|市|县|镇|乡|村|州|郡|国(?!家|内|际|字|务)|半岛|群岛|岛|山脉|山|"
    "河|湖|海|江|湾|港|大道|大街|街|路|广场|机场|车站|站|公园|城|园区|开发区|示范区|新区|片区|保护区|区|寺|庙|宫|馆|大厦|洲"
)
_PLACE = re.compile(rf"[\u4e00-\u9fff·]{{1,8}}?(?:{_PLACE_ENDS})+")
#: What a clause says before a name: 经验被中央改革办, 到阿伐流体控制有限公司.
_LEADS = re.compile(r"(?:.*(?:除了|引进|入驻|落户|打造|标准建设|被|到)|由)(?=..{2})")
_CAPITALISED = re.compile(
    r"\b[A-ZÀ-ÞА-ЯΑ-Ω][\w'’.-]*(?:\s+(?:(?:of|the|de|la|von|van|der|du|da|di|al|bin|and|&)\s+){0,2}"
    r"[A-ZÀ-ÞА-ЯΑ-Ω0-9][\w'’.-]*)*"
)


def quoted(source: str) -> list[tuple[int, int]]:
    """What stands between quotation marks or in title marks, marks left out, in a text as it stands."""
    return [m.span(m.lastindex or 0) for m in _QUOTED.finditer(source[:4000])]


def capitalised(source: str) -> list[tuple[int, int]]:
    """Runs of capitalised words in a text *as it stands*, the first word of the text left out."""
    runs = []
    for match in _CAPITALISED.finditer(source[:4000]):
        start, end = match.span()
        while source[end - 1] in ".'’-":
            end -= 1
        opening = source[:start].strip(" \t\n\"'“‘(")
        if (not opening or opening[-1] in ".?!:") and " " not in match.group():
            continue
        runs.append((start, end))
    return runs


def person_at(source: str, at: int) -> int:
    """Where a Chinese person's name ends that begins at a place of a text *as it stands*; 0 without one."""
    match = _NAME.match(source, at)
    return match.end() if match is not None and match.group()[:2] not in _NO_PERSON else 0


def typed_spans(text: str) -> tuple[TypedSpan, ...]:
    """All typed spans of a *normalised* sentence, by start; kinds may overlap, one kind never does."""
    return _typed_spans(text[:4000])


@lru_cache(maxsize=8192)
def _typed_spans(text: str) -> tuple[TypedSpan, ...]:
    if _LETTER.search(text) and not _HAN.search(text):
        return tuple(sorted(_ranges_joined(text, _number_spans(text, WESTERN)), key=_place))
    found = _ranges_joined(text, _number_spans(text, CHINESE))
    for match in _PERSON.finditer(text):
        group = match.lastindex
        if group and match.group(group)[:2] not in _NO_PERSON:
            start, end = match.span(group)
            if end - start == _LONGEST_NAME and text[end - 1] in _SAYS:
                end -= 1  # 书记高健说。
            found.append(TypedSpan(start, end, "person"))
    for form, kind in ((_ORGANISATION, "organisation"), (_PLACE, "place")):
        for match in form.finditer(text):
            lead = _LEADS.match(match.group())
            start = match.start() + (lead.end() if lead else 0)
            found.append(TypedSpan(start, match.end(), kind))
    return tuple(sorted(found, key=_place))


def _place(span: TypedSpan) -> tuple[int, int, str]:
    return span.start, -span.end, span.kind


def _number_spans(text: str, forms: Iterable[tuple[str, re.Pattern[str]]]) -> Iterator[TypedSpan]:
    """Figures of all kinds; what is a percentage, money or a date is no plain figure as well."""
    taken = bytearray(len(text))
    for kind, pattern in forms:
        for match in pattern.finditer(text):
            start, end = match.span()
            while end > start and text[end - 1].isspace():
                end -= 1
            if start == end or any(taken[start:end]):
                continue
            taken[start:end] = b"\x01" * (end - start)
            yield TypedSpan(start, end, "duration" if _lasts(text, start, end) else kind)


def _lasts(text: str, start: int, end: int) -> bool:
    """Whether that is a year of one or two digits by its form, and by the words around it a length of time."""
    if not _SHORT_YEARS.fullmatch(text, start, end):
        return False
    return bool(_LASTS.search(text[max(0, start - 3) : start]) or _LASTING.match(text, end))


_TO = re.compile(r" ?[~至到] ?|-{1,2}| -{1,2} | to ")
_BARE = re.compile(rf"\d[\d.,]*|[{HAN_DIGITS}]+")
# From 50 to 100 people is a change, from May to July a time.
_FROM = re.compile(r"(?:[从由自]|\bfrom )$")
_PERIODS = frozenset({"date", "duration"})


def _ranges_joined(text: str, spans: Iterable[TypedSpan]) -> list[TypedSpan]:
    """The spans with two of one kind, or a bare number and a span, made one range: 35~60, 3至7个工作日."""
    joined: list[TypedSpan] = []
    for span in sorted(spans, key=_place):
        first = joined[-1] if joined else None
        if first is not None and _is_range(text, first, span):
            joined[-1] = TypedSpan(first.start, span.end, span.kind)
        else:
            joined.append(span)
    return joined


def _is_range(text: str, first: TypedSpan, last: TypedSpan) -> bool:
    between = _TO.fullmatch(text, first.end, last.start)
    if between is None:
        return False
    bare = first.kind == "figure" and _BARE.fullmatch(text, first.start, first.end)
    if first.kind != last.kind and not bare:
        return False
    if "-" in between.group():
        around = (text[first.start - 1 : first.start], text[last.end : last.end + 1])
        if "-" in around or (around[0].isascii() and around[0].isalpha()):
            return False  # A7-12, 3-4-5
    return last.kind in _PERIODS or not _FROM.search(text[: first.start])


_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?=\s*年(?!代)|(?![\d.,%]*\d|[^\W\d_年-]|%))")


_SPELLED_YEAR = re.compile("[一二][〇○零一二三四五六七八九]{3}(?=年)")
_SPELLED_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")


def years_in(text: str) -> frozenset[str]:
    """Four-digit years named in a normalised text, in digits or as "二〇二二年"."""
    found = _YEAR.findall(text[:4000])
    spelled = _SPELLED_YEAR.findall(text[:4000])
    return frozenset([*found, *(year.translate(_SPELLED_DIGITS) for year in spelled)])


_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


def figures_in(text: str) -> frozenset[str]:
    """Numbers in digits, thousands separators removed, of a normalised text."""
    return frozenset(number.replace(",", "") for number in _NUMBER.findall(text[:4000]))
