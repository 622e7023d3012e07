"""A follow-up question completed from the history, offline: topics replaced, pronouns resolved.

``("新区有多少个智慧社区?", ...)`` then ``"那智慧小区呢?"`` is searched as ``"新区有多少个智慧小区?"``.
A question that stands by itself comes back as it is. The rules for Chinese are here, those for other
languages in :mod:`rag.answering.followup_english`.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.answering.followup_english import END, QUOTED, YEAR, complete_english
from rag.answering.places import places_named
from rag.normalization import normalize
from rag.retrieval.language import question_language

__all__ = ["complete_question"]
_ASK = (
    "是什么时候|什么时候|什么时间|什么地方|是多少|有多少|多少|为什么|为何|什么|甚麼|什麼|哪一|哪些|哪几|哪幾|哪|"
    "几[个個位家种種项項年月号號处處条條所届]|幾[個位家種項年月號處條所屆]|谁|誰|如何|怎么样|怎么|怎樣|怎样|"
    "是否|有没有|有沒有|何时|何時|何地|何处|吗|嗎|呢"
)
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
    r"它们的?|他们的?|她们的?|牠們|它們的?|他們的?|她們的?|它的?|他的?(?!们|人)|她的?|其(?!中|他|它|实|余|次|間|间)|"
    r"(?:该|該|这|這|此|那)(?:个|個|家|位|项|項|座|所|条|條|些|支|场|場|次|部|种|種)?"
    r"(?:社区|社區|小区|小區|区|區|公司|企业|企業|集团|集團|人|活动|活動|项目|項目|城市|机构|機構|单位|單位|街道|"
    r"平台|中心|组织|組織|政策|会议|會議|地方|地区|地區|国家|國家|学校|學校|医院|醫院|奖项|獎項|计划|計劃|书|書|"
    r"作品|电影|電影|歌曲|专辑|專輯|球队|球隊|先生|女士)|(?:这|這|那)(?:里|裡|儿|兒|边|邊)|前者|后者|後者|上述"
)
_MORE = re.compile(
    r"(?:那么|那麼|那|请|請|能|可以|再)*(?:还有(?:吗|呢|别的吗|其他的吗|其它的吗)|還有(?:嗎|呢|別的嗎|其他的嗎)|"
    r"(?:具体|具體|详细|詳細|展开|展開|多)?(?:说说|說說|讲讲|講講|说明|說明|介绍|介紹)(?:一下)?|(?:具体|具體|详细|詳細)(?:点|一点|點|一點|呢)?|"
    r"其他的?呢|别的呢|別的呢|继续|繼續)"
)
_ADVERB = re.compile(
    r"(?:截至)?(?:全年|今年|去年|明年|目前|现在|現在|至今|已经|已經|已|一共|总共|總共|共|累计|累計)"
)
_CLASSIFIER = "个個家位种種项項处處条條所座件辆輛户戶名支场場册冊部本篇份套栋棟间間类類台只隻艘"
#: What is counted or chosen stands behind an asking word with its classifier, up to what is said of it:
#: 多少个|村庄|的规划, 哪些|医院|要.
_COUNTED = re.compile(
    rf"(?:(?:多少|哪几|哪幾|几|幾)[{_CLASSIFIER}]|哪些)(?P<noun>[\u4e00-\u9fff]{{2,12}}?)"
    r"(?=[的要将將会會是在有被由能可获獲参參开開举舉完加列入通纳納升用改]|[^\u4e00-\u9fff]|$)"
)
#: Names of one kind begin or end alike (智慧社区, 智慧小区; 崂山区, 市北区) or share their middle: the weights of
#: a shared character at the end, at the beginning and in the middle, of one character more or less, of a
#: class (国家级, 省级), of each side that is a border of words; and what a name must reach.
_TAIL, _HEAD, _MIDDLE, _LONGER, _CLASS, _BORDER, _ALIKE = 1.5, 1.0, 0.5, -0.4, 1.4, 0.8, 2.4
#: So many characters that two names share in their middle make them of one kind.
_INSIDE = 3
_BEFORE_NAMES = "的了是在有个個家位项項条處处,，于由和与 0123456789"
_AFTER_NAMES = "的了是在有,，?？ 将將会會为為由何什哪多谁誰要0123456789"
_NAMED = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9·]{1,20}?(?:有限公司|公司|集团|集團|大学|大學|学院|學院|医院|醫院|中心|协会|協會|局|"
    r"社区|社區|小区|小區|街道|新区|新區|示范区|示範區|(?<![街片])区|(?<![街片])區|市|县|縣|省|镇|鎮|村|国|國|岛|島|山|河|湖|湾|灣|港|"
    r"路|街|站|桥|橋|塔|寺|宫|宮|馆|館|书记|書記|局长|局長|部长|部長|主任|市长|市長|平台|计划|計劃|工程|活动|活動)"
    r"(?:新区|新區|(?<=[山岛島河湖湾灣港])[区區市县縣路街镇鎮村站])?"
)
_OPENING_YEAR = re.compile(rf"[在于於]?(?:{YEAR.pattern})(?:底|末|初)?[,，]?")
#: 会 as a verb, and not in 会员, 会计, 会长 or 委员会: 会计划 and 会长期 are verbs.
_WILL = (
    "(?<![协協社大])(?<!委员|委員|董事|监事|監事|理事|基金|运动|運動|博览|博覽|联合|聯合)"
    r"[会會](?!议|議|展|员|員|[计計](?![划劃算])|[长長](?!期|久|大)|场|場|所|费|費|籍|客|谈|談|话|話|刊|徽|馆|館)"
)
_VERB = re.compile(
    r"有(?!限|关|關|效|机|機)|是(?!否)|在(?!线|職|职|校|岗|崗)|于|於|(?<![理自事缘緣])由(?!来|來)|被(?!告(?!知))|"
    rf"将(?!军|領|领)|將(?!軍|領)|{_WILL}|(?<![性功智职職技])能(?!力|源|量|耗|效)|可以|计划|計劃(?!的)|何时|何時|什么|什麼|"
    r"为(?!民)|為|获(?!得者)|獲|(?<![公中])共(?!同|和|享)|总(?!值|额|量|部|局|书|理|统|体|经理|裁|监)|的|提出|发布|發布|举行|舉行|规划|規劃|建设了|建設了|建成|设立|設立|成立|出生|毕业|畢業|完成|达到|達到|"
    r"一共|目前|已|今年|去年|全年|主要|包括|(?<![重摘纪紀])要(?!求|点|點|素)|如何|怎|谁|誰|哪|多少|几|幾"
)


_MEASURE = (
    "(?:总|總|年|计划|計劃|预计|預計|平均)?(?:投资|投資|占地面积|占地面積|占地|建筑面积|建築面積|面积|面積|造价|造價|费用|費用|"
    "规模|規模|人数|人數|金额|金額|产值|產值|预算|預算|工期|增速|占比|比重|比例)"
)
_CHANGES = "增长|增長|增加|下降|提高|提升"
_AMOUNT = "多少|多[大高长長久远遠重宽寬]|几|幾"
#: A question that asks for nothing but a measure of what was asked about before: 总投资多少, 占全市多大比重,
#: 比上一年增长多少.
_MEASURE_ALONE = re.compile(
    rf"(?:{_MEASURE}(?:是|为|為|有|达到?|達到?)?|占[^多几幾，,]{{0,5}}|"
    rf"(?:同比|环比|環比|比(?:上|去|前)[一個个]?[年月季]度?)(?:{_CHANGES})?了?)"
    rf"(?:{_AMOUNT})[^，,]{{0,6}}"
)
_AMOUNT_ASKED = re.compile(
    rf"(?P<verb>(?:{_CHANGES}|百分之|是|为|為|有|达到?|達到?|了)*)(?:{_AMOUNT})"
    rf"(?:[{_CLASSIFIER}](?=[\u4e00-\u9fff]{{2}}))?(?P<behind>.*)$"
)
#: Characters of the word between a thing and an asking word, 整机|保修|多久.
_PREDICATE = 2
_ROLES = (
    "员工|員工|职工|職工|人员|人員|经理|經理|主管|总监|總監|干部|幹部|领导|領導|专员|專員|助理|实习生|實習生|"
    "工程师|工程師|教师|教師|老师|老師|学生|學生|会员|會員|客户|客戶|患者|居民"
)
_ROLE = re.compile(rf"(?:{_ROLES})$")
_WHO_ACTS = re.compile(rf"[\u4e00-\u9fff]{{0,8}}?(?:{_ROLES})(?=[在去到的可能每])")
#: What may stand behind an asking word and is only the unit of the answer.
_UNIT_ALONE = re.compile(
    r"(?:[万萬亿億千百]*(?:元|人|户|戶|家|个|個|吨|噸|亩|畝|公顷|公頃|[平立]方[千公]?(?:米|里)|公里|[千]?米|天|年|个?月|小时|小時)|"
    rf"[{_CLASSIFIER}]|时间|時間|百分点|百分點)?"
)


def complete_question(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question as it would be asked without the history; itself when it needs none.

    Args:
        question: As asked.
        history: (question, answer) pairs, oldest first; only the last one's question is used. Pass the
            completed question there, where there was one, so that chains of follow-ups hold.
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
        if topic and not re.search(_ASK, topic):
            how = _HOW.search(question)
            if how and _says_more_than_a_place(topic):
                return question[what_about.start("topic") :]
            completed = _substitute(previous, topic)
            if how and not places_named(normalize(topic)):
                return _WHO_OR_WHEN.sub(f"{how.group().strip(END)}?", completed)
            return completed
    opening = _OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    subject = _subject(previous)
    if subject and rest.startswith("其中") and normalize(subject) not in normalize(rest):
        return subject + rest
    pronoun = _PRONOUN.search(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        possessive = pronoun.group().endswith("的") and pronoun.start() + len(pronoun.group()) > 1
        tail = "的" if possessive else ""
        who = _WHO_IS.match(previous) if pronoun.group()[0] in "他她" else None
        about = who.group(1) if who else subject
        return rest[: pronoun.start()] + about + tail + rest[pronoun.end() :]
    if _MEASURE_ALONE.fullmatch(rest.rstrip(END)):
        told = _measured(previous) or re.sub(rf"^(?:{_ASK})[是为為]?", "", subject)
        whole = not re.search(f"{_ASK}|{_AMOUNT}", told)
        if told and whole and question_language(previous).startswith("zh"):
            return told + rest
    if subject and _is_bare(rest):
        # After 放了几台终端, 在哪里放的 asks of what was counted.
        counted = _COUNTED.search(previous)
        if counted and previous[: counted.start()].endswith("了"):
            subject = counted.group("noun")
        return f"{subject}{rest}"
    return rest if opening and not _is_bare(rest) and len(rest) > 4 else question


def _says_more_than_a_place(topic: str) -> bool:
    """Whether a Chinese topic names a place and something there: 城阳区的轨道交通产业."""
    found = places_named(normalize(topic))
    left = topic
    for stem, kind in found:
        left = left.replace(stem + kind, "", 1)
    return bool(found) and len(left.strip("的之")) > 1


def _is_bare(question: str) -> bool:
    """Whether hardly anything but question words is left: "什么时候?"."""
    left = re.sub(rf"{_ASK}|[的了是在有由于為为被共又]|[{END}]", "", question)
    return len(left) <= 2


def _measured(previous: str) -> str:
    """What the previous question asked an amount of, without that measure; "" where it asked for none."""
    asked = _AMOUNT_ASKED.search(previous)
    if asked is None:
        return ""
    counted = "" if _UNIT_ALONE.fullmatch(asked.group("behind")) else asked.group("behind")
    before = previous[: asked.start()]
    if counted:  # 引进了 多少 项目
        return before + asked.group("verb") + counted if before else ""
    return re.sub(rf"的?{_MEASURE}$", "", before)


def _substitute(previous: str, topic: str) -> str:
    """The previous Chinese question with the part that the topic corresponds to replaced by it."""
    qualifies = len(topic) > 2 and topic.endswith("的")  # 成为全国经验的, 30亿元以上的
    topic = topic.removesuffix("的") if qualifies else topic
    old = _counterpart(previous, topic)
    if old is not None:
        start, end = old
        if qualifies and old == _counted(previous):  # those among what was counted
            return f"{previous[:start]}{topic}的{previous[start:]}?"
        return previous[:start] + topic + previous[end:] + "?"
    if YEAR.fullmatch(topic):  # a time that the question before did not name
        return f"{topic}{previous}?"
    return f"{topic}{'的' if qualifies else ''}{_without_subject(previous)}?"


def _counterpart(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous question that the topic stands for, or None."""
    if YEAR.fullmatch(topic.strip("在 ")):
        year = YEAR.search(previous)
        if year:
            return year.span()
        return None
    return (
        _role_alike(previous, topic)
        or _name_alike(previous, topic)
        or _place_alike(previous, topic)
        or _counted(previous)
        or _before_asking(previous)
    )


def _role_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Who the question begins with, where the topic is such a one: 部门经理|在上海的住宿标准, 普通员工."""
    who = _WHO_ACTS.match(previous)
    return who.span() if who and _ROLE.search(topic) else None


def _name_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The name most like the topic, if one is like it."""
    best: tuple[float, tuple[int, int]] | None = None
    asked = [m.span() for m in re.finditer(_ASK, previous)]
    shown, wanted = normalize(previous), normalize(topic)
    if len(shown) != len(previous) or len(wanted) != len(topic):
        shown, wanted = previous, topic
    for length in range(max(min(2, len(wanted)), len(wanted) - 3), len(wanted) + 5):
        for start in range(len(shown) - length + 1):
            end = start + length
            if any(start < b and a < end for a, b in asked):
                continue
            if _splits(shown, start) or _splits(shown, end):
                continue
            piece = shown[start:end]
            tail = _shared(piece[::-1], wanted[::-1])
            head = _shared(piece, wanted)
            inside = _longest_shared(piece, wanted) if len(wanted) > 4 else 0
            if not tail and not head and inside < _INSIDE:
                continue
            score = _TAIL * min(tail, 3) + _HEAD * min(head, 3)
            score += _LONGER * abs(len(piece) - len(wanted))
            score += _MIDDLE * inside if inside >= _INSIDE else 0.0
            score += _CLASS * (tail > 0 and piece[-1] in "级級类類型期")
            opens = not start or shown[start - 1] in _BEFORE_NAMES
            closes = end == len(shown) or shown[end] in _AFTER_NAMES
            score += _BORDER * (opens or any(start == b for _, b in asked))
            score += _BORDER * (closes or any(end == a for a, _ in asked))
            if best is None or score > best[0] + 1e-9:
                best = (score, (start, end))
    return best[1] if best and best[0] >= _ALIKE else None


def _place_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The place that the question begins with, where the topic is one of its kind."""
    place = _first_named(previous)
    kinds = {normalize(name[-1:]) for name in (place.group() if place else "", topic)}
    alike = place and _NAMED.fullmatch(topic) and len(kinds) == 1
    return place.span() if place and alike else None


def _first_named(question: str) -> re.Match[str] | None:
    """The name that a question begins with, behind a year: 2022年|市南区|, which is no 2022年市."""
    year = _OPENING_YEAR.match(question)
    return _NAMED.match(question, year.end() if year else 0)


def _counted(previous: str) -> tuple[int, int] | None:
    """What is counted or chosen, behind the asking word: the topic is another such thing."""
    counted = _COUNTED.search(previous)
    return counted.span("noun") if counted else None


def _before_asking(previous: str) -> tuple[int, int] | None:
    """What stands before the asking word, without place, time and the verb of counting."""
    asks = re.search(_ASK, previous)
    if asks is None:
        return _before_amount(previous)
    end = asks.start()
    place = _first_named(previous)
    subject = place.end() if place else 0
    year = YEAR.search(previous, subject)
    start = max(subject, year.end() if year else 0)
    if previous[start : start + 1] == "的":
        start += 1
    while start < end and (adverb := _ADVERB.match(previous, start, end)):
        start = adverb.end()
    measure = re.search(
        r"(?:一共|共)?(?:有|是|为|達|达|完成|新增|建成)?(?:了)?$", previous[start:end]
    )
    end = start + measure.start() if measure else end
    return (start, end) if start < end else None


def _before_amount(previous: str) -> tuple[int, int] | None:
    """What stands before 多久 and its kin and the word that is asked by it: 整机|保修多久, 滤网|多久换一次."""
    asks = re.search(_AMOUNT, previous)
    if asks is None or _VERB.search(previous[: asks.start()], 2):
        return None
    end = asks.start()
    if end > _PREDICATE + 1 and _UNIT_ALONE.fullmatch(previous, asks.end()):
        end -= _PREDICATE
    return (0, end) if end else None


def _shared(one: str, other: str) -> int:
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _splits(text: str, at: int) -> bool:
    """Whether a cut here would go through a figure or a date, or through 国家, which 国家级 begins with."""
    around = text[at - 1 : at + 1] if at else ""
    if around[:1].isdigit():
        return around[1:].isdigit() or around[1:] in {"年", "月", "日"}
    return around in {"国家", "國家"}


def _longest_shared(one: str, other: str) -> int:
    """Length of the longest run that both hold."""
    return SequenceMatcher(None, one, other, autojunk=False).find_longest_match().size


def _subject(previous: str) -> str:
    """What the previous question was about: its quoted or longest name, or what stands before its verb."""
    quoted = QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    body = re.sub(r"^(?:请问|請問|那么|那麼|那|在)", "", previous)
    body = re.sub(rf"^(?:{YEAR.pattern})[,，]?", "", body)
    named = _NAMED.match(body)
    verb = _VERB.search(body, 2)
    if verb and (not named or verb.start() >= named.end()):
        before = body[: verb.start()]
        return named.group() if named and before.endswith("了") else before
    if named:
        return named.group()
    return re.split(_ASK, body)[0] or ""


def _without_subject(previous: str) -> str:
    subject = _subject(previous)
    if subject and previous.startswith(subject):
        return previous[len(subject) :]
    return previous
