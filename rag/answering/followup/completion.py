"""A follow-up question completed from the history, offline: topics replaced, pronouns resolved.

``("新区有多少个智慧社区?", ...)`` then ``"那智慧小区呢?"`` is searched as ``"新区有多少个智慧小区?"``.
A question that stands by itself comes back as it is. The rules here and in ``chinese_*`` are for
Chinese, those for other languages in :mod:`rag.answering.followup.english`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.followup.chinese_alike import part_alike
from rag.answering.followup.chinese_attributes import (
    attribute_asked,
    attribute_of,
    owned_of,
    owner_of,
)
from rag.answering.followup.chinese_places import is_area, says_more_than_a_place
from rag.answering.followup.chinese_subject import (
    before_asking,
    counted_alike,
    counted_behind,
    counts_things,
    subject_of,
    what_was_asked_for,
    who_acted,
    without_subject,
)
from rag.answering.followup.chinese_words import AMOUNT, ASK, CLASSIFIER, COUNTED, UNIT_ALONE
from rag.answering.followup.english import complete_english
from rag.answering.followup.english_words import END, YEAR
from rag.answering.mentions.places import places_named
from rag.normalization import normalize
from rag.retrieval.language import question_language

__all__ = ["complete_in_conversation", "complete_question"]

_WHAT_ABOUT = re.compile(
    r"^(?:那么|那麼|那|还有|還有|另外|再问|再問)?[,，、 ]*(?P<topic>.{1,24}?)(?:的话|的話)?(?:又)?"
    r"(?:呢|怎么样|怎麼樣|如何|又如何)[?？。 ]*$"
)
#: An ending that asks by itself: "城阳区的产业怎么样" is whole, "城阳区呢" is not.
_HOW = re.compile(r"(?:怎么样|怎麼樣|如何)[?？。 ]*$")
_WHO_IS = re.compile(r"(.{2,20}?)(?:现在|現在)?(?:是|叫)(?:谁|誰|什么名字|什麼名字)")
#: What nobody asks of a thing that is to be told how it is.
_WHO_OR_WHEN = re.compile(
    r"是?(?:谁|誰|什么时候|甚麼時候|什麼時候|什么时间|何时|何時|什么地方|什麼地方|哪里|哪裡|哪儿|何地|何处)\?$"
)
_OPENING = re.compile(
    r"^(?:那么|那麼|那(?![里裡个個些年天时時])|然后|然後|还有(?!多少|哪)|另外|而且|所以)[,，、 ]*"
)
_PRONOUN = re.compile(
    r"它们的?|他们的?|她们的?|牠們|它們的?|他們的?|她們的?|(?<!其)它的?|(?<![其吉])他的?(?!们|人)|她的?|其(?!中|他|它|实|余|次|間|间)|"
    r"(?:该|該|这|這|此|那)(?:个|個|家|位|项|項|座|所|条|條|些|支|场|場|次|部|种|種)?"
    r"(?:社区|社區|小区|小區|区|區|公司|企业|企業|集团|集團|人|活动|活動|项目|項目|城市|机构|機構|单位|單位|街道|"
    r"平台|中心|组织|組織|政策|会议|會議|地方|地区|地區|国家|國家|学校|學校|医院|醫院|奖项|獎項|计划|計劃|书|書|"
    r"作品|电影|電影|歌曲|专辑|專輯|球队|球隊|先生|女士)|(?:这|這|那)(?:里|裡|儿|兒|边|邊)|前者|后者|後者|上述"
)
#: Those among what was asked about: 其中, 这里面; but not 那里|面积, 当中央 and 里面向.
_AMONG = re.compile(
    r"[这這那]?其中|(?:[这這那]些?)?(?:[里裡裏](?:面(?![积積向對对臨临貌料])|[边邊]|[头頭])|"
    r"当中(?![央国共午心方])|當中(?![央國共午心方]))|(?:[这這那]些?|其)?之中"
)
_MORE = re.compile(
    r"(?:那么|那麼|那|请|請|能|可以|再)*(?:还有(?:吗|呢|别的吗|其他的吗|其它的吗)|還有(?:嗎|呢|別的嗎|其他的嗎)|"
    r"(?:具体|具體|详细|詳細|展开|展開|多)?(?:说说|說說|讲讲|講講|说明|說明|介绍|介紹)(?:一下)?|(?:具体|具體|详细|詳細)(?:点|一点|點|一點|呢)?|"
    r"其他的?呢|别的呢|別的呢|继续|繼續)"
)

_MEASURE = (
    "(?:总|總|年|计划|計劃|预计|預計|平均)?(?:投资|投資|占地面积|占地面積|占地|建筑面积|建築面積|面积|面積|造价|造價|费用|費用|"
    "规模|規模|人数|人數|金额|金額|产值|產值|预算|預算|工期|增速|占比|比重|比例)"
)
_CHANGES = "增长|增長|增加|下降|提高|提升"

#: A question that asks for nothing but a measure of what was asked about before: 总投资多少, 占全市多大比重,
#: 比上一年增长多少.
_MEASURE_ALONE = re.compile(
    rf"(?:{_MEASURE}(?:是|为|為|有|达到?|達到?)?|占[^多几幾，,]{{0,5}}|"
    rf"(?:同比|环比|環比|比(?:上|去|前)[一個个]?[年月季]度?)(?:{_CHANGES})?了?)"
    rf"(?:{AMOUNT})[^，,]{{0,6}}"
)
_AMOUNT_ASKED = re.compile(
    rf"(?P<verb>(?:{_CHANGES}|百分之|是|为|為|有|达到?|達到?|了)*)(?:{AMOUNT})"
    rf"(?:[{CLASSIFIER}](?=[\u4e00-\u9fff]{{2}}))?(?P<behind>.*)$"
)

#: Turns of a conversation that a question may rest on.
_TURNS = 8


def complete_question(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the history; itself when it needs none.

    Args:
        question: As asked.
        history: (question, answer) pairs, oldest first; only the last one's question is used, which is to be
            complete. :func:`complete_in_conversation` takes questions as they were asked.
    """
    question = question.strip()
    if not history or not question:
        return question
    previous = history[-1][0].strip().rstrip(END)
    if not previous:
        return question
    if not question_language(question).startswith("zh"):
        return complete_english(question, previous)
    if _MORE.fullmatch(question.strip(END)):
        return previous + "?"
    if what_about := _WHAT_ABOUT.match(question):
        topic = what_about.group("topic").strip(END)
        if topic and not re.search(ASK, topic):
            how = _HOW.search(question)
            if how and says_more_than_a_place(topic):
                return question[what_about.start("topic") :]
            completed = _substitute(
                previous, topic, owned=how is not None and not places_named(normalize(topic))
            )
            if how and not places_named(normalize(topic)):
                return _WHO_OR_WHEN.sub(f"{how.group().strip(END)}?", completed)
            return completed
    opening = _OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    subject = subject_of(previous)
    among = _AMONG.match(rest)
    if subject and among and normalize(subject) not in normalize(rest):
        return subject + "其中" + rest[among.end() :]
    pronoun = _PRONOUN.search(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        possessive = pronoun.group().endswith("的") and pronoun.start() + len(pronoun.group()) > 1
        tail = "的" if possessive else ""
        who = _WHO_IS.match(previous) if pronoun.group()[0] in "他她" else None
        about = who.group(1) if who else what_was_asked_for(previous) or subject
        return rest[: pronoun.start()] + about + tail + rest[pronoun.end() :]
    if _MEASURE_ALONE.fullmatch(rest.rstrip(END)):
        told = _measured(previous) or re.sub(rf"^(?:{ASK})[是为為]?", "", subject)
        whole = not re.search(f"{ASK}|{AMOUNT}", told)
        if told and whole and question_language(previous).startswith("zh"):
            return told + rest
    if subject and _is_bare(rest):
        # After 放了几台终端, 在哪里放的 asks of what was counted.
        counted = COUNTED.search(previous)
        if counted and previous[: counted.start()].endswith("了"):
            subject = counted.group("noun")
        return f"{subject}{rest}"
    return rest if opening and not _is_bare(rest) and len(rest) > 4 else question


def complete_in_conversation(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the history, whose questions are as they were asked.

    "And BM25?" and then "And SparseLite?" ask the same of two things: each turn is completed from the ones
    before it. Questions that are complete already come through as they are.

    Args:
        question: As asked.
        history: (question, answer) pairs, oldest first; the last eight are used.
    """
    turns: list[tuple[str, str]] = []
    for asked, answer in history[-_TURNS:]:
        turns.append((complete_question(asked, turns), answer))
    return complete_question(question, turns)


def _is_bare(question: str) -> bool:
    """Whether hardly anything but question words is left: "什么时候?"."""
    left = re.sub(rf"{ASK}|[的了是在有由于為为被共又]|[{END}]", "", question)
    return len(left) <= 2


def _measured(previous: str) -> str:
    """What the previous question asked an amount of, without that measure; "" where it asked for none."""
    asked = _AMOUNT_ASKED.search(previous)
    if asked is None:
        return ""
    counted = "" if UNIT_ALONE.fullmatch(asked.group("behind")) else asked.group("behind")
    before = previous[: asked.start()]
    if counted:  # 引进了 多少 项目
        return before + asked.group("verb") + counted if before else ""
    return re.sub(rf"的?{_MEASURE}$", "", before)


def _substitute(previous: str, topic: str, *, owned: bool) -> str:
    """The previous Chinese question with the part that the topic corresponds to replaced by it.

    Args:
        previous: Without its mark.
        topic: What is asked of now.
        owned: Whether the topic can only be something that the previous question's owner has.
    """
    qualifies = len(topic) > 2 and topic.endswith("的")  # 成为全国经验的, 30亿元以上的
    topic = topic.removesuffix("的") if qualifies else topic
    if YEAR.fullmatch(topic.strip("在 ")):
        year = YEAR.search(previous)
        start, end = year.span() if year else (0, 0)
        return previous[:start] + topic + previous[end:] + "?"
    has = owned_of(previous)
    if has and topic.startswith(has.group("owner")):  # 合同的期限, 合同编号
        topic = topic.removeprefix(has.group("owner")).removeprefix("的") or topic
    old = part_alike(previous, topic)
    if old is None and is_area(topic) and counts_things(previous):
        old = counted_behind(previous)
    owner = owner_of(previous)
    if has and owner and old and old[1] == has.end("owned") and attribute_of(topic) is None:
        old = None  # 鞍山路 ends as 线路 does and is none
    if old is None and (attribute := attribute_asked(previous, topic)):
        return attribute
    if old is None and not owned:
        old = owner
    old = old or (
        counted_alike(previous, topic, qualifies=qualifies)
        or who_acted(previous)
        or before_asking(previous)
    )
    if old is not None:
        start, end = old
        limits = old == counted_behind(previous) or (
            old == before_asking(previous) and re.search(r"\d", topic)
        )
        if qualifies and limits:  # those among what was counted, 满5年的|病假工资
            return f"{previous[:start]}{topic}的{previous[start:]}?"
        return previous[:start] + topic + previous[end:] + "?"
    rest = without_subject(previous)
    return f"{topic}{'的' if qualifies and not rest.startswith('的') else ''}{rest}?"
