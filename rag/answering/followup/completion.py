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
    is_post,
    owned_of,
    owner_of,
)
from rag.answering.followup.chinese_measures import asks_measure_alone, is_of_measured, measured
from rag.answering.followup.chinese_places import first_named, is_area, says_more_than_a_place
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
from rag.answering.followup.chinese_times import as_what_about, part_of_year, year_meant
from rag.answering.followup.chinese_words import AMOUNT, ASK, COUNTED
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
#: What stands between somebody and what is counted, and is no part of either: 公司招了|多少人, 为|几家店|送货.
_BEFORE_COUNTED = re.compile("(?:[了过過]|[为為给給对對在把将將向从從让讓])$")
#: What is counted, if the verb behind it is not taken for a part of it: 班级, not 班级装了.
_NOUN = re.compile("[^了过過]{2,6}")
_HAN = re.compile("[\u4e00-\u9fff]")
_MORE = re.compile(
    r"(?:那么|那麼|那|请|請|能|可以|再)*(?:还有(?:吗|呢|别的吗|其他的吗|其它的吗)|還有(?:嗎|呢|別的嗎|其他的嗎)|"
    r"(?:具体|具體|详细|詳細|展开|展開|多)?(?:说说|說說|讲讲|講講|说明|說明|介绍|介紹)(?:一下)?|(?:具体|具體|详细|詳細)(?:点|一点|點|一點|呢)?|"
    r"其他的?呢|别的呢|別的呢|继续|繼續)"
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
    question = as_what_about(question, previous)
    if what_about := _WHAT_ABOUT.match(question):
        topic = year_meant(what_about.group("topic").strip(END), previous)
        if topic and not re.search(ASK, topic):
            if is_of_measured(topic, previous) and (told := measured(previous)):
                return f"{told}{topic}是多少?"
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
        behind = counted_behind(previous)
        noun = previous[behind[0] : behind[1]] if behind else ""
        if _NOUN.fullmatch(noun) and noun not in subject:
            whose = _BEFORE_COUNTED.sub("", subject)
            traditional = any(normalize(one) != one for one in _HAN.findall(previous))
            among_them = "當中" if traditional else "当中"
            return f"{whose}{'的' if whose else ''}{noun}{among_them}{rest[among.end() :]}"
        return subject + "其中" + rest[among.end() :]
    pronoun = _PRONOUN.search(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        possessive = pronoun.group().endswith("的") and pronoun.start() + len(pronoun.group()) > 1
        tail = "的" if possessive else ""
        who = _WHO_IS.match(previous) if pronoun.group()[0] in "他她" else None
        about = who.group(1) if who else what_was_asked_for(previous) or subject
        return rest[: pronoun.start()] + about + tail + rest[pronoun.end() :]
    if asks_measure_alone(rest.rstrip(END), previous):
        told = measured(previous) or re.sub(rf"^(?:{ASK})[是为為]?", "", subject)
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
    if not re.search(f"{ASK}|{AMOUNT}", question):
        return False  # 谢谢
    left = re.sub(rf"一共|总共|總共|{ASK}|[的了是在有由于為为被共又]|[{END}]", "", question)
    return len(left) <= 2


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
    if within := part_of_year(previous, topic):
        return previous[: within[0]] + topic + previous[within[1] :] + "?"
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
    named = first_named(previous)
    if old is None and named and is_post(topic) and not is_post(named.group()):
        return f"{named.group()}的{topic}是谁?"
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
