"""What a question asks for: the kind of answer, names, years, figures, and its content words."""

# ruff: noqa: E501  (a pattern is read as one line; two of them side by side, as a pair)

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from rag.answering.mentions.places import Place, places_asked
from rag.answering.mentions.spans import capitalised, figures_in, years_in
from rag.answering.question.asking import without_idle_asking
from rag.answering.question.content import without_question_words
from rag.answering.question.kinds import COUNTED, hints, patterns_of
from rag.normalization import normalize
from rag.retrieval.language import question_language

__all__ = ["AskedFor", "analyse", "focus_phrase"]


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A question, taken apart.

    Attributes:
        text: As asked.
        normalised: Its searched spelling.
        content: ``normalised`` with question words and particles blanked: what evidence must cover.
        language: BCP 47 tag.
        kind: A key of :data:`rag.answering.question.kinds.ACCEPTED`, or ``reason``, ``manner``, ``yesno``, ``thing``.
        many: Whether a list is asked for.
        years: Four-digit years named.
        figures: Other numbers named in digits.
        names: Quoted or capitalised names, normalised.
        units: What is counted ("个", "家", "people"), or "".
        places: The districts, cities and the like that are named, also in Latin letters.
        at: Characters of ``normalised`` that ask ("多少", "who"), or None.
    """

    text: str
    normalised: str
    content: str
    language: str
    kind: str
    many: bool
    years: frozenset[str]
    figures: frozenset[str]
    names: tuple[str, ...]
    units: str
    places: tuple[Place, ...]
    at: tuple[int, int] | None


_CHINESE_MANY = re.compile(
    r"哪些|哪几|列出|列举|分别|有什么|包括什么|包含什么|(?<![首成古丰])都有|哪[两二三四五六七八九十\d]+|几(?:大|个方面)|"
    r"由.{1,10}组成|什么和什么|谁和谁|[一二两三四五六七八九十]+[个大项种点](?:方面|举措|措施|任务|步骤|阶段|"
    r"环节|目标|要求|机制|体系)?(?:是|有|指|为)(?:什么|哪|指)|各是|各有|有何|还有(?:什么|哪)|"
    # "八项重点工作是什么", but neither "第二十条规定是什么" nor "5个项目中最大的是什么".
    r"(?<![第\d.零一二两三四五六七八九十百])(?:[二两三四五六七八九十]|十[一二三四五六七八九]|[2-9]|[1-9]\d)"
    r"(?!个[字词月])[个大项种点条类](?:(?![中最里内第])[^,。?]){1,8}?(?:是|指(?:的是)?)什么(?=$|[?,。]|内容)"
)

# A plural, as far as its ending tells: neither "address" nor "bus", nor a verb behind "what".
_NO_PLURAL = r"(?!(?:is|was|has|does|this|gas|news|happens|causes|makes|means)\b)"
_PLURAL = rf"{_NO_PLURAL}(?:\w+ )?{_NO_PLURAL}\w+(?<![sui])s"
_OF_MANY = "are|were|have|do|does|did|can|could|may|must|should|will|would"
_ENGLISH_MANY = re.compile(
    r"\b(?:list|name (?:the|all|some|two|three|four|five|\d)|enumerate|which (?:\w+ ){0,2}\w+s (?:are|were|have|did|do)|"
    rf"(?:what|which) {_PLURAL} (?:{_OF_MANY})|"
    rf"which {_PLURAL} (?:\w+ed|say|use|sell|won|sold|made|took|got|gave|bought|lost|paid|held|built)|"
    r"what (?:are|were) the\b|what (?:two|three|four|five|six|seven|eight)|which (?:two|three|four|five|six|"
    r"seven|eight))\b"
)

#: One character in quotes is no name, "店", but may be a title: 《家》.
_QUOTED_CHARACTER = re.compile(r"[“「\"][\u4e00-\u9fff][”」\"]")
_QUOTED_NAMES = re.compile(r"[“「『《〈\"]([^“”「」『』《》〈〉\"]{1,40})[”」』》〉\"]")
_HAN_LATIN = re.compile(r"[a-z][a-z0-9.+-]+(?: [a-z][a-z0-9.+-]+)*")
_CHINESE_ASKS = re.compile(
    r"第?几[个位家种项年月号处条所届天名人次]?|多少|什么|哪[一些几]?[个位家种项年里天座条所类]?|谁|何[时地人处]|"
    r"多[大高长久远重深]|如何|怎[么样]"
)
#: Words that only begin like a unit: 多少家庭 counts families, in 户 most likely.
_NO_UNIT = (
    "家(?:[庭长族电务]|属(?!于)|具(?![备有])|政(?!府))|项目(?![标前])|人[才员口力工士物]|名(?:师(?![傅生])|医(?![生护师])|企(?!业家)|校(?![长友])|人(?!员)|[额录])|位(?:置|移(?!民))|户[籍型口]|件数(?![码据控])|处[级室长罚方]|条[例件款约]|所(?:有|属(?!于))"
    "|座(?:位(?!于)|谈)|架构|台(?:[湾账]|风(?![机扇]))|套[餐路]|部[门队件落署]|张贴|本[科地土金]|首[都席批]|支(?:部(?!队)|[柱出付行撑])|头[衔目]|间(?:隔(?!离)|接(?!待))|层[次面]"
    "|级别|期[限间货]|场(?:[馆所景]|地(?!震))|次数(?![学据字])|批[次示准]|种(?:类(?![型别])|子|植(?!物))|类[型别]|门[店诊票户类]|岁月|元[素件旦宵]|米[粉饭]|分[数公店支析]|度[假数]"
    "|升[级学]|集[团体装市]|卷宗|代[表理价]|倍数|字数|村[民庄委镇]|省[级份会]|国[家企际]|年[轻级度货终龄代]|天然|月[份薪租]|周[边期]"
    "|日常"
)
_UNIT = re.compile(rf"(?:多少|(?<!哪)几)(?:万|亿|千|百|十)?(?!{_NO_UNIT})({COUNTED})")
_ENGLISH_UNIT = re.compile(
    r"how many (?:of (?:the|its|their|our|your|these|those|all) )?(?:(?:different|distinct|separate|various|\d+) )*"
    r"(?!(?:of|is|are|was|were|do|does|did|have|has|had|can|could|will|would)\b)([\w-]+)"
)
#: What a run of capitalised words begins with at the opening of a question, and is no part of a name. Each word
#: once, for "Will Will Smith come?".
_NOT_OF_NAME = re.compile(
    r"^(?:(?:in|on|at|by|for)(?:\s+|$))?"
    r"(?:(?:(?:what|who|when|where|how)(?:['’]s)?|which|whom|whose|why)(?:\s+|$))?"
    r"(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)(?:\s+|$))?"
    r"(?:(?:the|a|an|i(?:['’]\w+)?)(?:\s+|$))?"
)
_OPENS = re.compile(r"(?:^|[.?!:])[\s\"'“‘(]*$")


@lru_cache(maxsize=1024)
def analyse(text: str) -> AskedFor:
    """Take a question apart; deterministic, any language."""
    text = text.strip()
    normalised = normalize(text)
    language = question_language(text)
    chinese = language.startswith("zh")
    asking = without_idle_asking(normalised) if chinese else normalised
    kind = "thing"
    asks = None
    for name, pattern in patterns_of(language):
        asks = pattern.search(asking)
        if asks:
            kind = name
            break
    if chinese:
        asks = _CHINESE_ASKS.search(asking) or asks
        if asks is None:
            for name, hint in hints():
                asks = hint.search(normalised)
                if asks:
                    kind = name
                    break
    many = bool((_CHINESE_MANY if chinese else _ENGLISH_MANY).search(normalised))
    if many and kind == "yesno":
        kind = "thing"
    years = years_in(normalised)
    names = [
        normalize(name[1])
        for name in _QUOTED_NAMES.finditer(text)
        if not _QUOTED_CHARACTER.fullmatch(name[0])
    ]
    if chinese:
        names += _HAN_LATIN.findall(normalised)
    elif language not in {"de", "th", "ja", "ko", "ar", "hi", "he"}:
        names += _capitalised_names(text, language)
    unit = _UNIT.search(asking) if chinese else _ENGLISH_UNIT.search(normalised)
    if kind == "money" and unit and not unit.group(1).endswith(("元", "钱", "镑")):
        kind = "figure"  # "投资项目多少个" counts projects
    return AskedFor(
        text=text,
        normalised=normalised,
        content=without_question_words(normalised, language),
        language=language,
        kind=kind,
        many=many,
        years=years,
        figures=figures_in(normalised) - years,
        names=tuple(dict.fromkeys(name for name in names if name.strip())),
        units=unit.group(1) if unit else "",
        places=places_asked(text, normalised, language),
        at=asks.span() if asks else None,
    )


def _capitalised_names(text: str, language: str) -> list[str]:
    """Names told by their capitals, normalised; none where all is written in capitals."""
    if text.isupper():
        return []
    # "¿Cuándo" opens a sentence like any other first word.
    opened = text.replace("¿", " ").replace("¡", " ")
    names = [(normalize(opened[start:end]), opened[:start]) for start, end in capitalised(opened)]
    if language != "en":
        return [name for name, _ in names]
    return [
        _NOT_OF_NAME.sub("", name) if _OPENS.search(before) else name
        for name, before in names
        if not _SPEAKER.fullmatch(name)
    ]


_SPEAKER = re.compile(r"i(?:['’]\w+)?")
_SEGMENT = re.compile(r"[^\s,，、。.;；:：?？!！()（）\"“”'‘’《》「」]+")


def focus_phrase(asked: AskedFor) -> str:
    """The content words next to the asking word: what the figure measures, the post that is held.

    "黄发集团的董事长是谁" gives "董事长"; "how many smart compounds were built" gives "smart compounds
    built". Empty where the question has no asking word or nothing but one.
    """
    if asked.at is None:
        return ""
    start, end = asked.at
    words = [(m.start(), m.end()) for m in _SEGMENT.finditer(asked.content)]
    if asked.language.startswith("zh"):
        before = [(a, min(b, start)) for a, b in words if a < start]
        after = [(max(a, end), b) for a, b in words if b > end]
        left = (
            asked.content[max(before[-1][0], before[-1][1] - 8) : before[-1][1]] if before else ""
        )
        right = asked.content[after[0][0] : min(after[0][1], after[0][0] + 8)] if after else ""
        if right and after[0][0] - end <= 1:
            return right.strip()
        return (left or right).strip()
    near = sorted(words, key=lambda word: (max(start - word[1], word[0] - end, 0), word[0]))[:3]
    return " ".join(asked.content[a:b] for a, b in sorted(near))
