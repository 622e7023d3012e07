"""Questions made from statements by rule: a typed answer gives way to its question word.

The words around the answer are then dropped, reordered, shortened and replaced by synonyms, so that
word overlap alone does not lead back to the sentence. The same rules make near misses: sentences
that look right and lack the answer, or speak of another year, figure or name than the question.
"""

# ruff: noqa: E501 - tables and patterns read better whole

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.training.reader_gloss import Glossary


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and where its answer stands in the sentence it was made from."""

    question: str
    start: int
    end: int
    kind: str


_UNITS = (
    "个百分点|万元|亿元|美元|欧元|日元|港元|人民币|平方米|平方公里|立方米|公里|千米|厘米|毫米|公斤|千克|公顷|"
    "摄氏度|小时|分钟|元|人|名|个|家|项|件|台|辆|架|艘|吨|克|米|亩|岁|年|天|秒|次|场|届|位|户|处|条|座|所|种|部|集|套|"
    "篇|册|枚|票|分|倍|度|层|间|株|头|只|支|块|匹|kg|km|cm|mm|nm|GB|TB|MB|mAh|kW|GHz|Hz|W"
)
_FIGURE = re.compile(
    rf"\d[\d,]*(?:\.\d+)?(?:多|余)?(?:[万亿千百]+)?(?:多|余)?\s?({_UNITS})|\d+(?:\.\d+)?[%％]"
    r"|[一二三四五六七八九十两百千]{1,4}(个|名|人|家|项|位|次|座|种|部)"
)
_DATE = re.compile(
    r"(?:\d{4}\s?|去|今|明|前|昨)年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?日)?|[初底末春夏秋冬])?"
    r"|\d{1,2}\s?月\s?\d{1,2}\s?日|\d{1,2}\s?月(?:初|底|中旬|上旬|下旬|份)?|\d{4}[-/]\d{1,2}[-/]\d{1,2}"
)
_QUOTED = re.compile(r"[“\"「『《]([^“”\"「」『』《》，。]{2,18})[”\"」』》]")
_TITLE = (
    "总统|总理|主席|书记|教练|导演|演员|歌手|作家|总裁|董事长|总经理|教授|院士|市长|省长|部长|局长|区长|县长|经理|"
    "发言人|创始人|队长|校长|院长|研究员|分析师|负责人|主任|博主|记者|球员|前锋|中卫|后卫|门将|CEO"
)
_SURNAME = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜谢邹苏潘葛范彭郎鲁韦马苗方俞任袁柳史唐"
    "费薛雷贺倪汤罗毕郝安常于傅卞齐康伍余顾孟黄穆萧尹姚邵汪毛戴宋庞熊纪舒董梁杜阮蓝季贾路江童颜郭梅林钟徐邱"
    "骆高夏蔡田胡霍万柯管卢莫丁邓石崔龚程陆翁段侯武刘龙叶黎白乔温庄曾关"
)
_PERSON = re.compile(
    rf"(?:{_TITLE})([{_SURNAME}][\u4e00-\u9fff]{{1,2}})(?=表示|说|介绍|指出|认为|称|告诉|宣布|在|，|、|。|与|和|对)"
    r"|([\u4e00-\u9fff]{1,5}·[\u4e00-\u9fff]{1,6}?)(?=表示|说|介绍|指出|认为|称|在|，|、|。|与|和|的|是|）)"
    rf"|(?:^|[，。、（])([{_SURNAME}][\u4e00-\u9fff]{{1,2}})(?=表示|说|介绍|指出|认为|告诉|出生|毕业|担任|出演|饰演)"
)
_PLACE = re.compile(
    r"(?:在|位于|于|来自|前往|抵达|到达|落户|迁至)([\u4e00-\u9fff]{2,9}?(?:省|市|县|区|州|镇|乡|村|国|岛|山|港|机场|大厦|"
    r"广场|体育馆|会展中心|大学|公园))"
    r"|(?:在|位于|来自|前往|抵达)(北京|上海|广州|深圳|天津|重庆|杭州|南京|成都|武汉|西安|青岛|济南|香港|台湾|美国|日本|英国|"
    r"法国|德国|俄罗斯|韩国|印度|东京|巴黎|伦敦|纽约)"
)
_ORGANISATION = re.compile(
    r"(?:由|与|和|在|对|向|给|从|，|、|^|据|加盟|加入|就读于|毕业于|任职于|收购|起诉)"
    r"([\u4e00-\u9fffA-Za-z]{2,14}?(?:公司|集团|大学|学院|医院|研究院|研究所|委员会|银行|协会|法院|俱乐部|电视台|出版社|基金会|"
    r"检察院|公安局|管理局|教育局|教育部|商务部|外交部|联盟|工厂))"
)
_CAUSE = re.compile(r"(?:由于|因为|受|因)([^，。；]{4,36})(?:影响)?，")
_MEANS = re.compile(r"(?:通过|采用|利用|借助|依托)([^，。；]{4,30})，")
_LISTED = re.compile(
    r"(?:包括|包含|涵盖|涉及|分别为|分别是|拥有|设有|提供|如|有)((?:[^，。、；：]{2,14}、){1,7}[^，。、；：]{2,14}?)"
    r"(?=等|，|。|；|$)"
)
_DEFINED = re.compile(r"^([^，。是]{2,14})是([^，。]{4,40})[，。]")

_ASKING: dict[str, tuple[str, ...]] = {
    "date": ("什么时候", "何时", "哪一年", "哪年", "哪天", "什么时间", "几月"),
    "quoted": ("什么", "哪个", "叫什么", "什么名字", "哪部", "什么名称", "哪"),
    "person": ("谁", "哪位", "什么人", "何人", "谁"),
    "place": ("哪里", "什么地方", "哪", "何处", "哪座城市", "哪儿"),
    "organisation": (
        "哪家机构",
        "哪个单位",
        "什么机构",
        "哪家公司",
        "哪个部门",
        "哪所",
        "谁",
        "哪家",
    ),
    "listed": ("哪些", "什么", "哪几个", "哪几项", "哪些内容"),
}
_TAIL: dict[str, tuple[str, ...]] = {
    "figure": ("是多少", "有多少", "多少", "达到多少", "数量"),
    "date": ("是什么时候", "时间", "日期", "是哪年", "何时"),
    "quoted": ("是什么", "叫什么", "名称"),
    "person": ("是谁", "人物", "谁"),
    "place": ("在哪里", "地点", "在哪", "位置"),
    "organisation": ("是哪家", "机构", "是哪个单位"),
    "cause": ("的原因", "为什么", "为何", "原因是什么"),
    "means": ("的办法", "怎么做", "靠什么", "如何实现"),
    "listed": ("有哪些", "包括什么", "都有哪些", "有什么"),
    "defined": ("是什么", "什么意思", "是谁", "介绍", "定义"),
    "thing": ("是什么", "什么", ""),
}


def typed_answers(sentence: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of everything in a Chinese sentence that a question could be about."""
    found: list[tuple[str, int, int]] = []
    rules = (
        ("date", _DATE), ("figure", _FIGURE), ("quoted", _QUOTED), ("person", _PERSON),
        ("place", _PLACE), ("organisation", _ORGANISATION), ("cause", _CAUSE), ("means", _MEANS),
        ("listed", _LISTED), ("defined", _DEFINED),
    )  # fmt: skip
    for kind, pattern in rules:
        for match in pattern.finditer(sentence):
            group = 0
            if kind not in ("date", "figure"):
                group = match.lastindex or 0
            start, end = match.span(group)
            if kind == "figure" and any(k == "date" and s <= start < e for k, s, e in found):
                continue
            found.append((kind, start, end))
    return found


def ask_chinese(
    sentence: str,
    answer: tuple[str, int, int],
    glossary: Glossary,
    chance: random.Random,
    topic: str,
) -> Asked:
    """A question about one typed answer of a sentence.

    ``topic`` (the title or the first words of the text) is added now and then, as people do whose
    question must stand alone.
    """
    kind, start, end = answer
    begin, stop = _clauses(sentence, start, end, chance)
    left, right = sentence[begin:start], sentence[end:stop]
    if kind == "figure":
        unit = re.search(r"[^\d\s,.一二三四五六七八九十两]+$", sentence[start:end])
        name = unit.group().lstrip("多余万亿千百") if unit else ""
        asking = chance.choice((f"多少{name}", f"多少{name}", f"几{name}", "多少", f"多少{name}"))
        if name in ("%", "％"):
            asking = chance.choice(("多少", "百分之几", "百分之多少", "多大比例"))
    elif kind in ("cause", "means"):
        left = sentence[begin:start]
        left = re.sub(r"(由于|因为|因|受|通过|采用|利用|借助|依托)$", "", left)
        asking = chance.choice(
            ("为什么", "为何", "什么原因") if kind == "cause" else ("如何", "怎样", "怎么")
        )
    elif kind == "defined":
        asking, right = "什么", ""
    else:
        asking = chance.choice(_ASKING.get(kind, ("什么",)))
    left, right = left.strip('“”"《》「」『』，、 '), right.strip('“”"《》「」『』，、。； ')
    style = chance.random()
    if kind == "defined":
        body = chance.choice(
            (f"{left}什么", f"什么{left}", f"{left.rstrip('是')}{chance.choice(_TAIL[kind])}")
        )
        question = body
    elif style < 0.45:  # in place
        question = _loosened(left, glossary, chance) + asking + _loosened(right, glossary, chance)
    elif style < 0.72:  # at the end
        rest = _loosened(left, glossary, chance) + _loosened(right, glossary, chance)
        question = rest + chance.choice(_TAIL.get(kind, _TAIL["thing"]))
    elif style < 0.8:  # in front
        question = asking + _loosened(left, glossary, chance) + _loosened(right, glossary, chance)
    else:  # a search query: a few words
        words = [
            w for w in glossary.words(left + "，" + right) if len(w) > 1 and re.search(r"\w", w)
        ]
        kept = sorted(chance.sample(range(len(words)), min(len(words), chance.randint(2, 5))))
        if chance.random() < 0.3:
            chance.shuffle(kept)
        parts = glossary.reworded([words[i] for i in kept], chance, 0.3)
        query = chance.choice(("", " ")).join(parts)
        question = query + chance.choice(("", " ")) + chance.choice(_TAIL.get(kind, _TAIL["thing"]))
    if topic and chance.random() < 0.3 and topic[:6] not in question:
        question = chance.choice((topic + "，", topic, topic + "的")) + question
    question = re.sub(r"[，、；：。]+$", "", question) + chance.choice(("？", "？", "?", ""))
    return Asked(question, start, end, kind)


def _clauses(sentence: str, start: int, end: int, chance: random.Random) -> tuple[int, int]:
    """The clause around the answer, often with the one before (the subject) or after."""
    cuts = [0, *(m.end() for m in re.finditer("[，；：,;]", sentence)), len(sentence)]
    first = max(i for i in range(len(cuts)) if cuts[i] <= start)
    last = min((i for i in range(len(cuts)) if cuts[i] >= end), default=len(cuts) - 1)
    while first > 0 and (cuts[last] - cuts[first] - (end - start) < 9 or chance.random() < 0.35):
        first -= 1
    while last < len(cuts) - 1 and (
        cuts[last] - cuts[first] - (end - start) < 9 or chance.random() < 0.15
    ):
        last += 1
    begin, stop = cuts[first], cuts[last]
    return max(begin, start - 45), min(stop, end + 30)


def _loosened(text: str, glossary: Glossary, chance: random.Random) -> str:
    """The text with words dropped, shortened and replaced."""
    words = glossary.words(text)
    drop = chance.choice((0.0, 0.08, 0.2, 0.35))
    swap = chance.choice((0.0, 0.15, 0.4, 0.6))
    words = [word for word in words if chance.random() >= drop or len(word) > 5]
    words = glossary.reworded(words, chance, swap)
    words = [
        (word[:2] if chance.random() < 0.5 else word[-2:])
        if len(word) > 3 and chance.random() < 0.1
        else word
        for word in words
    ]
    if chance.random() < 0.12 and len(words) > 4:
        pivot = chance.randrange(1, len(words))
        words = words[pivot:] + words[:pivot]
    return "".join(words)


# --- languages written with spaces
# --------------------------------------------------------------------

#: Question words: figure, date, name (of a person or thing), anything.
ASKING: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (("how many", "how much", "what number of"), ("when", "in what year", "what date"),
           ("who", "which", "what", "where"), ("what", "which", "how", "why")),
    "de": (("wie viele", "wie viel"), ("wann", "in welchem jahr"), ("wer", "welche", "wo"), ("was", "welche", "wie")),
    "fr": (("combien",), ("quand", "en quelle année"), ("qui", "quel", "où"), ("que", "quoi", "quel", "comment")),
    "es": (("cuántos", "cuánto"), ("cuándo", "en qué año"), ("quién", "cuál", "dónde"), ("qué", "cuál", "cómo")),
    "pt": (("quantos", "quanto"), ("quando", "em que ano"), ("quem", "qual", "onde"), ("o que", "qual", "como")),
    "it": (("quanti", "quanto"), ("quando", "in che anno"), ("chi", "quale", "dove"), ("che cosa", "quale", "come")),
    "nl": (("hoeveel",), ("wanneer", "in welk jaar"), ("wie", "welke", "waar"), ("wat", "welke", "hoe")),
    "ru": (("сколько",), ("когда", "в каком году"), ("кто", "какой", "где"), ("что", "какой", "как")),
    "uk": (("скільки",), ("коли", "у якому році"), ("хто", "який", "де"), ("що", "який", "як")),
    "pl": (("ile",), ("kiedy", "w którym roku"), ("kto", "który", "gdzie"), ("co", "jaki", "jak")),
    "tr": (("kaç", "ne kadar"), ("ne zaman", "hangi yıl"), ("kim", "hangi", "nerede"), ("ne", "hangi", "nasıl")),
    "ar": (("كم",), ("متى", "في أي عام"), ("من", "أين", "أي"), ("ما", "ماذا", "كيف")),
    "hi": (("कितने", "कितना"), ("कब", "किस वर्ष"), ("कौन", "कहाँ", "किस"), ("क्या", "कैसे")),
    "vi": (("bao nhiêu",), ("khi nào", "năm nào"), ("ai", "ở đâu", "nào"), ("gì", "cái gì", "như thế nào")),
    "id": (("berapa",), ("kapan", "tahun berapa"), ("siapa", "di mana", "yang mana"), ("apa", "bagaimana")),
    "ko": (("몇", "얼마나"), ("언제", "몇 년"), ("누구", "어디", "어느"), ("무엇", "무슨", "어떻게")),
    "ja": (("いくつ", "どのくらい", "何"), ("いつ", "何年"), ("誰", "どこ", "どの"), ("何", "どう", "なぜ")),
    "th": (("กี่", "เท่าไร"), ("เมื่อไร", "ปีใด"), ("ใคร", "ที่ไหน", "ใด"), ("อะไร", "อย่างไร")),
    "el": (("πόσα", "πόσο"), ("πότε", "ποια χρονιά"), ("ποιος", "πού"), ("τι", "ποιο", "πώς")),
    "ro": (("câți", "cât"), ("când", "în ce an"), ("cine", "care", "unde"), ("ce", "care", "cum")),
    "hu": (("hány", "mennyi"), ("mikor", "melyik évben"), ("ki", "melyik", "hol"), ("mi", "milyen", "hogyan")),
    "cs": (("kolik",), ("kdy", "ve kterém roce"), ("kdo", "který", "kde"), ("co", "jaký", "jak")),
    "sv": (("hur många", "hur mycket"), ("när", "vilket år"), ("vem", "vilken", "var"), ("vad", "vilken", "hur")),
    "fa": (("چند", "چقدر"), ("کی", "چه زمانی"), ("چه کسی", "کجا", "کدام"), ("چه", "چگونه")),
}  # fmt: skip
_MONTH = (
    r"January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
)
_LATIN_DATE = re.compile(
    rf"\b(?:(?:in |on )?(?:{_MONTH})(?: \d{{1,2}})?(?:,? \d{{4}})?|(?:1[5-9]|20)\d\d)\b"
)
_LATIN_FIGURE = re.compile(r"\b\d[\d.,]*\d\b|\b\d\b")
_LATIN_NAME = re.compile(r"(?<=[^\W\d_.!?] )[A-ZÀ-ÞА-Я][\w'’-]+(?: [A-ZÀ-ÞА-Я][\w'’-]+){0,3}")
_LATIN_QUOTED = re.compile(r"[\"“«„]([^\"”»“]{2,40})[\"”»“]")
_AUXILIARY = re.compile(
    r"^(.{2,60}?) (was|were|is|are|has|have|had|will|can|could|should|would|may|must) (.+)$"
)
_UNSPACED = {"ja", "th", "zh", "zh-hant"}


def spaced_answers(sentence: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of figures, dates, names and quoted words in a language with spaces."""
    found = [("date", *match.span()) for match in _LATIN_DATE.finditer(sentence)]
    for match in _LATIN_FIGURE.finditer(sentence):
        if not any(s <= match.start() < e for _, s, e in found):
            found.append(("figure", *match.span()))
    found.extend(("quoted", *match.span(1)) for match in _LATIN_QUOTED.finditer(sentence))
    for match in _LATIN_NAME.finditer(sentence):
        if not any(s <= match.start() < e for _, s, e in found):
            found.append(("name", *match.span()))
    return found


def ask_spaced(
    sentence: str, answer: tuple[str, int, int] | None, language: str, chance: random.Random
) -> Asked:
    """A question about one answer of a sentence; without one, about some of its words.

    In the latter case ``start == end == 0``: the answer's words are not known.
    """
    joint = "" if language in _UNSPACED else " "
    if answer is None:
        kind, left, right, start, end = "thing", *_without_some(sentence, joint, chance), 0, 0
    else:
        kind, start, end = answer
        left, right = sentence[max(0, start - 160) : start], sentence[end : end + 120]
        cut = max(left.rfind(sign) for sign in ",;:(") if chance.random() < 0.5 else -1
        left = left[cut + 1 :] if len(left) - cut > 12 else left
        stop = re.search(r"[,;:)]", right)
        right = right[: stop.start()] if stop and chance.random() < 0.6 else right
    words = ASKING.get(language, ASKING["en"])
    asking = chance.choice(words[{"figure": 0, "date": 1, "name": 2, "quoted": 2}.get(kind, 3)])
    left = _thinned(left, joint, chance)
    right = _thinned(right.rstrip(".!?。"), joint, chance)
    style = chance.random()
    if language == "en" and style < 0.5:
        rest = re.sub(
            r"\s+",
            " ",
            re.sub(r"\b(in|on|at|by|to|of|for|with|about)$", "", left.strip()) + " " + right,
        ).strip()
        turned = _AUXILIARY.match(rest)
        question = (
            f"{asking} {turned[2]} {turned[1]} {turned[3]}" if turned else f"{asking} did {rest}"
        )
        if kind == "figure":
            head, _, tail = right.strip().partition(" ")
            question = f"{asking} {head} {chance.choice(('did', 'does', 'are', 'were', ''))} {left.strip()} {tail}"
    elif style < 0.6:
        question = joint.join((left.strip(), asking, right.strip()))
    elif style < 0.8:
        question = joint.join((asking, left.strip(), right.strip()))
    else:
        parts = [w for w in re.findall(r"[\w'-]+", f"{left} {right}") if len(w) > 3] or [
            left,
            right,
        ]
        kept = sorted(chance.sample(range(len(parts)), min(len(parts), chance.randint(2, 6))))
        question = " ".join(parts[i] for i in kept) + chance.choice(("", f" {asking}"))
    question = re.sub(r"\s+", " ", question).strip(" ,;:") + chance.choice(("?", "?", ""))
    if chance.random() < 0.3:
        question = question.lower()
    elif chance.random() < 0.5:
        question = question[:1].upper() + question[1:]
    return Asked(question, start, end, kind)


def _without_some(sentence: str, joint: str, chance: random.Random) -> tuple[str, str]:
    """What stands left and right of a few words that are left out."""
    words = sentence.split(" ") if joint else list(sentence)
    width = chance.randint(1, 3) if joint else chance.randint(2, 6)
    first = chance.randrange(0, max(1, len(words) - width + 1))
    return joint.join(words[:first]), joint.join(words[first + width :])


def _thinned(text: str, joint: str, chance: random.Random) -> str:
    drop = chance.choice((0.0, 0.0, 0.1, 0.25, 0.4))
    words = text.split(" ") if joint else list(text)
    return joint.join(word for word in words if chance.random() >= drop)


# --- near misses
# ----------------------------------------------------------------------------------------

_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def without_answer(sentence: str, start: int, end: int, chance: random.Random) -> str:
    """The sentence with its answer gone: the words alone, or their whole clause."""
    if chance.random() < 0.5:
        cuts = [0, *(m.end() for m in re.finditer("[，；,;]", sentence)), len(sentence)]
        begin = max((c for c in cuts if c <= start), default=0)
        stop = min((c for c in cuts if c >= end), default=len(sentence))
        rest = sentence[:begin] + sentence[stop:]
        if len(rest) > max(8, len(sentence) // 3):
            return rest
    return sentence[:start].rstrip('“《"约近达为') + sentence[end:].lstrip('”》"')


def about_another(
    sentence: str,
    start: int,
    end: int,
    question: str,
    names: Sequence[str],
    words: Callable[[str], list[str]],
    chance: random.Random,
) -> str | None:
    """The sentence with a number or name that the question mentions replaced by another.

    The answer's own words stay. None when sentence and question share nothing that can be swapped.
    """
    shared = [
        match.span()
        for match in _NUMBER.finditer(sentence)
        if (match.end() <= start or match.start() >= end)
        and len(match.group()) > 1
        and match.group() in question
    ]
    if shared and chance.random() < 0.7:
        a, b = chance.choice(shared)
        digits = [
            str((int(c) + chance.randint(1, 9)) % 10) if c.isdigit() else c for c in sentence[a:b]
        ]
        if b - a == 4 and sentence[a:b].isdigit():  # most likely a year
            digits = list(str(int(sentence[a:b]) + chance.choice((-3, -2, -1, 1, 2, 3, 10))))
        return sentence[:a] + "".join(digits) + sentence[b:]
    position = 0
    candidates: list[tuple[int, int]] = []
    for word in words(sentence):
        a, b = position, position + len(word)
        position = b
        if b - a >= 2 and (b <= start or a >= end) and word in question and re.match(r"\w", word):
            candidates.append((a, b))
    if not candidates or not names:
        return None
    a, b = max(candidates, key=lambda span: (span[1] - span[0]) + chance.random())
    return sentence[:a] + chance.choice(names) + sentence[b:]
