"""The content words of a question: what is left without the words that ask."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.answering.question.kinds import DOES, MEASURED, MEASURES, patterns_of

__all__ = ["without_question_words"]

#: Words with a particle in them that is none there: 首都, 涉及, 自由; but 全国|有, 研究所|有 and 除了|解决.
_WHOLE_WORDS = (
    r"首都|成都|古都|丰都|都市|都城|都江堰|自由|理由|缘由|参与|与会(?![计员长费议])|涉及|普及|及格|埃及|共和国|总和|饱和|和谐|"
    r"和平(?![度均台时安原板湖凉顶邑果])|国有(?=[企资控独土林银农股])|[拥享占含具私固特专]有|所有(?=[人权制者])|"
    r"(?<![项题节数栏科曲剧盲条])目的|一把手|把握|把关|即将|将军|麻将|了解(?![决除放答散释读说开雇])|着力|着眼|着陆|着火|"
    r"归还|偿还|退还|返还|还款|还贷|棉被|植被|被告|被子(?![公女弟孙])|酒吧|网吧|根据地|潜在|在建(?![设成立筑平国安党军])|"
    r"在校(?![园区门内外])|在职(?![业工教场位])|在岗(?!位)|在线(?![下上路])|"
    r"[许很最更众诸]多(?=[长大高久重])"
)
_CHINESE_WORDS = re.compile(
    rf"(?P<whole>{_WHOLE_WORDS})|"
    r"请问|请列出|列出|列举|请说明|请介绍|介绍一下|告诉我|我想知道|想了解|想问|是多少|有多少|共有多少|多少|"
    r"如果|假如|假设|(?<![主只需])要是|倘若|(?<![\d一二两三四五六七八九十])万一|(?:会|将会?)(?:怎么?样|如何)|"
    r"什么时候|什么时间|什么地方|什么原因|什么样的?|什么|甚么|为什么|为何|为啥|何时|何地|何处|何人|何种|"
    r"哪一[年天个位家种些项]|哪[里儿些年天位家种个月]|哪几[个位家种项]?|哪|几[个位家种项年月号]|谁|如何|怎么样?|怎样|"
    r"(?:说说看|说一说|讲一讲|说来听听|(?<=[?。!,;请我])(?:列个(?:名单|清单|单子)|举[一两几]?个例子))(?=[?。!]*$)|"
    r"是否|有没有|是不是|能否|吗|呢|呀|啊|吧|多[长大高久重]|分别|具体|一共|总共|共计|到底|究竟|之间|以及|"
    r"第几|关于|根据|资料|文中|文章|材料中|报道中?|提到的?|当中|其中|中的|被|的|了|着|过(?![量期敏程渡度滤失错高低去])|是|在|由|把|将|和|与|及|"
    r"有(?![权效限害])|也|都|还|那|它"
)
#: What asks for the parts of a whole, and need not stand where they do: 都包括什么, 由哪些部门组成, 分为几类.
_WHAT = "什么|甚么|啥|哪|几|多少"
_PARTS_ASKED = (
    re.compile(
        rf"(?P<asks>(?:主要|具体|分别|都|又|总共|一共)*(?:包括|包含|涵盖|囊括|涵括|含有|分为|分成|划分为|划分成|划为))"
        rf"(?=(?:了|有|的(?:是|有)?|到|进|着)?(?:{_WHAT}))"
    ),
    re.compile(
        rf"由(?:了)?[^,;。?]{{0,4}}?(?:{_WHAT}|谁)[^,;。?]{{0,12}}?(?P<asks>(?:共同)?(?:组成|构成))"
    ),
)
_ENGLISH_WORDS = frozenset(
    "what which who whom whose when where why how many much is are was were be been being do does did has "
    "have had can could will would should may might must shall the a an of in on at to for from by with "
    "about as into than then and or but that this these those there it its his her their they he she "
    "we you i me my your our please tell list name give according document documents article text "
    "mentioned said named called not no also any some all each both long far old big".split()
)
_WORDS = re.compile(r"[^\W\d_][\w'’-]*")
#: The question has the word and the answer a figure: how high is it, but not how high school pupils learn.
_HOW_MEASURED = re.compile(
    rf"\bhow (?:often\b|(?:{MEASURES})(?= (?:{DOES}|an?)\b|\s*(?:[?,]|$))|{MEASURED})"
)


def _asks_blanked(match: re.Match[str]) -> str:
    start, end = (place - match.start() for place in match.span("asks"))
    return match.group()[:start] + " " * (end - start) + match.group()[end:]


@lru_cache(maxsize=1024)
def without_question_words(normalised: str, language: str) -> str:
    """A normalised question with question words, particles and function words blanked by spaces.

    What is left is content: it keeps its place, so that words which met only through a particle do not
    become neighbours.
    """
    if language.startswith("zh"):
        text = normalised
        for pattern in _PARTS_ASKED:
            text = pattern.sub(_asks_blanked, text)
        text = _CHINESE_WORDS.sub(
            lambda match: match["whole"] or " " * len(match.group()),
            text,
        )
    else:
        text = normalised
        for _, pattern in patterns_of(language):
            if language != "en":
                text = pattern.sub(lambda match: " " * len(match.group()), text)

    if language == "en":
        text = _HOW_MEASURED.sub(lambda match: " " * len(match.group()), text)

    def blank(match: re.Match[str]) -> str:
        return " " * len(match.group()) if match.group() in _ENGLISH_WORDS else match.group()

    if language.startswith("zh") or language == "en":
        text = _WORDS.sub(blank, text)
    return text
