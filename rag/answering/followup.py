"""A follow-up question completed from the history, offline: topics replaced, pronouns resolved.

``("新区有多少个智慧社区?", ...)`` then ``"那智慧小区呢?"`` is searched as ``"新区有多少个智慧小区?"``.
A question that stands by itself comes back as it is.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.answering.places import places_named
from rag.normalization import normalize
from rag.retrieval.language import question_language

__all__ = ["complete_question"]

_END = "?？。.!！,，;； \t\n"
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
#: What nobody asks of a thing that is to be told how it is.
_WHO_OR_WHEN = re.compile(
    r"是?(?:谁|誰|什么时候|甚麼時候|什麼時候|什么时间|何时|何時|什么地方|什麼地方|哪里|哪裡|哪儿|何地|何处)\?$"
)
_WHAT_ABOUT_EN = re.compile(
    r"^(?:and |so |but |then |ok,? |okay,? )*(?:what about|how about|and)\s+"
    r"(?P<topic>[^?]{1,60}?)(?:,? then)?\s*\?*$",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:那么|那麼|那(?![里裡个個些年天时時])|然后|然後|还有(?!多少|哪)|另外|而且|所以)[,，、 ]*"
)
_OPENING_EN = re.compile(r"^(?:and|so|but|then|also|ok|okay)\b[, ]*", re.IGNORECASE)
_PRONOUN = re.compile(
    r"它们的?|他们的?|她们的?|牠們|它們的?|他們的?|她們的?|它的?|他的?(?!们|人)|她的?|其(?!中|他|它|实|余|次|間|间)|"
    r"(?:该|該|这|這|此|那)(?:个|個|家|位|项|項|座|所|条|條|些|支|场|場|次|部|种|種)?"
    r"(?:社区|社區|小区|小區|区|區|公司|企业|企業|集团|集團|人|活动|活動|项目|項目|城市|机构|機構|单位|單位|街道|"
    r"平台|中心|组织|組織|政策|会议|會議|地方|地区|地區|国家|國家|学校|學校|医院|醫院|奖项|獎項|计划|計劃|书|書|"
    r"作品|电影|電影|歌曲|专辑|專輯|球队|球隊|先生|女士)|(?:这|這|那)(?:里|裡|儿|兒|边|邊)|前者|后者|後者|上述"
)
_PRONOUN_EN = re.compile(
    r"\b(?:(?:the|this|that) (?:latter|former|same (?:one|year|place))|"
    r"it|its|they|them|their|theirs|he|him|his|she|her|hers|there|this|that|these|those)\b"
    r"(?!\s+(?:is|are|was|were)\s+(?:a|an|any|no)\b)",
    re.IGNORECASE,
)
_POSSESSIVE_EN = frozenset({"its", "their", "his", "her", "theirs"})
_SEVERAL_EN = frozenset({"they", "them", "these", "those"})
_POINTING_EN = frozenset({"this", "that", "these", "those"})
_QUESTION_WORDS_EN = (
    "what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|"
    "can|could|will|would|should|many|much|the|a|an|of|in|on|at|for|to|by"
)
_AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should"
_PREPOSITION = "of|in|on|at|for|from|by|to|with|about|during|since|until|after|before|under|over"
_ARTICLE = r"(?:the|a|an|our|my|your)\s+"
_AFTER_AUXILIARY = re.compile(rf"(?:^|\b(?:{_AUXILIARY})\s+)$", re.IGNORECASE)
#: Are there guests, there were guests: nothing that was spoken of before.
_BEING = re.compile(r"\b(?:is|are|was|were|be|been)\s+$", re.IGNORECASE)
_IS = re.compile(r"\s+(?:is|are|was|were|be|been)\b", re.IGNORECASE)
#: What is done, and to what: "to charge the phone", "to bring dogs", but not "to charge", "to use outdoors".
_TO_DO = (
    r"to\s+\w+\s+(?:(?:up|out|off|down|away)\s+)?"
    r"(?i:the|a|an|my|our|your|it|them|(?!outdoors|indoors|always)\w+s|(?-i:[A-Z])[\w-]*)\b"
)
#: "It" stands for what follows: it takes an hour to charge the phone, it is true that ... What it is safe or
#: able to do, what it plans or has to do is done by a thing.
_EXPLETIVE = re.compile(
    rf"\s+(?:takes?|took|costs?)\s+(?:\w+\s+){{0,4}}?{_TO_DO}"
    r"|\s+(?:(?:is|was|not|so|very|too|still)\s+)*(?:possible|impossible|easy|easier|hard|harder|difficult|allowed|permitted|"
    rf"forbidden|prohibited|legal|illegal|necessary|mandatory|better|worth|advisable)\s+(?:for\s+\w+\s+)?{_TO_DO}"
    r"|\s+(?:is\s+|was\s+)?(?:true|known|clear|likely|possible|said)\s+(?:that|who|when|whether)\b"
    r"|\s+(?:rain|snow)(?:s|ing)?\b"
)
#: The question names something of its own before the pronoun: "the company", a name, or several, "do employees".
_ONE_NAMED = (
    rf"\b(?i:{_ARTICLE})\w|^(?i:which)\s+(?!of\b)\w+(?:(?<!s)|(?<=[su]s))\b|(?<!^)\b[A-Z]\w"
)
_MANY_NAMED = (
    rf"\b(?i:{_AUXILIARY})\s+(?!this\b|always\b)(?:[a-z]+\s+)?[a-z]+s\b"
    r"|^(?i:which|how many)\s+(?!of\b)\w"
)
_ANTECEDENT_OF_ONE = re.compile(_ONE_NAMED)
_ANTECEDENT = re.compile(f"{_ONE_NAMED}|{_MANY_NAMED}")
#: In the US, before the war: a time or a place, and nothing that a pronoun stands for.
_SETTING = re.compile(
    rf"^(?i:{_PREPOSITION})\s+(?i:{_ARTICLE})?[\w'-]+(?:\s+[\w'-]+){{0,2}}(?<!ed),\s+"
)
#: How did the strike |affect| its profits, was Ann Lee |its| founder: what acts upon it is another.
_ANOTHER_ACTS = re.compile(
    r"\b(?:affect|influence|change|shape|hurt|hit|damage|harm|help|finance|fund|cause|reduce|increase|improve|boost|"
    r"threaten)(?:s|e?d)?\s+$"
    rf"|^(?i:is|are|was|were)\s+(?:(?i:{_ARTICLE})[\w-]+|[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*)*)\s+$"
)
_SENTENCE_BEFORE = re.compile(r"\w+\W+\w+\W+\w+.*[.;]\s")
#: "What is the reason for its ...": what is asked for is not what owns.
_IS_ASKED = re.compile(rf"^(?i:what|who|which)\s+(?:is|are|was|were)\s+(?:{_ARTICLE})[^A-Z]*$")
_OF_IT = re.compile(r"\b(?:of|about)\s+$")
#: ... and then speaks on of it: "is the lamp red when", "can I wash the filter and dry", "did they say".
_SPEAKS_ON = re.compile(
    r"[.;,]\s|\s(?:if|when|while|because|although|though|that|before|after|once|unless|until|and|or|but|so)\s"
    r"|\s(?:say|says|said|think|thinks|hope|hopes)\s+$"
)
#: Named after her, before them: no clause begins here.
_BEHIND_PREPOSITION = re.compile(r"\s(?:after|before|since|until|but)\s+$")
#: "Its", "her daughter", but not "meet her", "meet her in Paris".
_OWNED = re.compile(
    rf"\s+(?!(?:{_PREPOSITION}|{_AUXILIARY}|and|or|but|if|when|while|because|again|there|then|the|a|an)\b)\w",
    re.IGNORECASE,
)
#: "Is this available", "can these be washed": behind "this" there stands no noun.
_SAID_OF_THIS = re.compile(
    rf"\s+(?:{_AUXILIARY}|be|been|also|not|really|still|all|the|a|an|available|able|safe|true|false|free|new|good|bad|"
    r"expensive|cheap|legal|waterproof|compatible|suitable|possible|correct|right|open|made|built|sold|held|\w+ed)\b",
    re.IGNORECASE,
)
#: "Does this include VAT": behind do and "this", a verb.
_DONE_BY_THIS = re.compile(
    r"\s+(?:include|cover|contain|mean|apply|work|have|need|cost|require|come|use|support|happen|affect|differ|fit|"
    r"last|take|make|help|change|count|matter|start|end|go|run)\b",
    re.IGNORECASE,
)
_DOES = re.compile(r"\b(?:do|does|did)\s+$", re.IGNORECASE)
#: "How many employees are there?" asks of a place, or of nothing that was spoken of; only the end tells.
_ARE_THERE = re.compile(r"\s(?:is|are|was|were)\s+there$", re.IGNORECASE)
#: A noun of its own: "does this vacuum have".
_THIS_NOUN_DOES = re.compile(
    rf"\b(?i:this|that|these|those)\s+[\w-]+\s+(?:{_AUXILIARY}|need|cost|use|work|take|come|run|make)\b"
)
#: "What is in the box?" is whole; "How many in Germany?", "Which are in Germany?" lack what is counted.
_WHOLE = re.compile(
    rf"^(?!(?i:how many|which)\s+(?i:{_AUXILIARY})\b)(?=.*\b(?i:{_AUXILIARY})\b)"
    rf".*(?:\b(?i:{_ARTICLE})\w|(?<!^)\b[A-Z0-9])"
)
_NAME_EN = re.compile(
    r"(?:[A-Z][\w'’.-]*|\d+)(?:\s+(?:(?:of|the|and|for)\s+)*(?:[A-Z][\w'’.-]*|\d+))*"
)
#: How long |does| the battery last: what is asked of stands behind the auxiliary.
_INVERTED = re.compile(
    rf"^(?P<word>how|what|which|when|where|why)\b(?P<asked>.*?)\s(?P<auxiliary>{_AUXILIARY})\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    rf"how many ((?:[\w-]+\s+){{0,3}}?[\w-]+)\s(?:{_AUXILIARY})\b", re.IGNORECASE
)
_SPEAKERS = re.compile(r"(?:i|you|we|they|he|she|it|one|people|there)\b", re.IGNORECASE)
_THING_ENDS = re.compile(
    rf"\s+(?:(?:{_PREPOSITION}|{_AUXILIARY}|like|up|out|off|down|away|back|per|each|every|into|against|between|if|when|"
    r"because|as|and|or|now|today|need|offer|provide|contain|include|there)\b|,)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[“「『《\"]([^“”「」『』《》\"]{1,40})[”」』》\"]")
_YEAR = re.compile(r"(?:公元前|前)?\d{1,4}\s*年(?:\d{1,2}\s*月)?|\b(?:19|20)\d\d\b|[去今前明]年")
#: A question that is only a year: "Und 2021?", "Et en 2021 ?", "¿Y en 2021?", "2021年は?".
_YEAR_ALONE = re.compile(
    r"[¿\s]*(?:(?:und|et|y|e|en|en cuanto a|ve|и|а|i|a)\b[\s,]*)?"
    r"(?:(?:in|im|en|em|nel|no|na|w|в)\b\s*)?(?:(?:jahre?|l'année|el año|año|anno|ano)\s+)?"
    r"(?P<year>(?:19|20)\d\d年?)(?:に?は)?",
    re.IGNORECASE,
)
_PLACED = re.compile(rf"(?P<at>{_PREPOSITION})\s+(?P<named>.+)", re.IGNORECASE)
#: What a question asks of, up to what it belongs to: the |revenue| of Northwind, in 2022.
_HEAD_EN = re.compile(
    r"^(?i:who|what|when|where|how\s+\w+)(?:\s+(?:is|are|was|were)|'s)\s+(?:the\s+)?"
    rf"(?P<head>[a-z][a-z-]*(?:\s+(?!(?:{_PREPOSITION})\b)[a-z][a-z-]*){{0,3}})"
    rf"(?=\s+(?:{_PREPOSITION})\s+(?:the\s+)?[A-Z0-9]|$)"
)
_MORE = re.compile(
    r"(?:那么|那麼|那|请|請|能|可以|再)*(?:还有(?:吗|呢|别的吗|其他的吗|其它的吗)|還有(?:嗎|呢|別的嗎|其他的嗎)|"
    r"(?:具体|具體|详细|詳細|展开|展開|多)?(?:说说|說說|讲讲|講講|说明|說明|介绍|介紹)(?:一下)?|(?:具体|具體|详细|詳細)(?:点|一点|點|一點|呢)?|"
    r"其他的?呢|别的呢|別的呢|继续|繼續)"
)
_MORE_EN = re.compile(
    r"(?:and |so )?(?:anything else|what else|(?:tell me |say )?more(?: details?)?|in detail|go on|continue)",
    re.IGNORECASE,
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
_OPENING_YEAR = re.compile(rf"[在于於]?(?:{_YEAR.pattern})(?:底|末|初)?[,，]?")
_VERB = re.compile(
    r"有(?!限|关|關)|是(?!否)|在(?!线|職|职)|于|於|由|被|将|將|会(?!议|展|議)|能|可以|计划|計劃(?!的)|何时|何時|什么|什麼|"
    r"为(?!民)|為|获(?!得者)|獲|共(?!同)|总(?!值|额|量|部|局|书|理|统|体)|的|提出|发布|發布|举行|舉行|规划|規劃|建设了|建設了|建成|设立|設立|成立|出生|毕业|畢業|完成|达到|達到|"
    r"一共|目前|已|今年|去年|全年|主要|包括|要(?!求)|如何|怎|谁|誰|哪|多少|几|幾"
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
    previous = history[-1][0].strip().rstrip(_END)
    if not previous:
        return question
    chinese = question_language(question).startswith("zh")
    if (_MORE if chinese else _MORE_EN).fullmatch(question.strip(_END)):
        return previous + "?"
    if not chinese and (year := _YEAR_ALONE.fullmatch(question.strip(_END))):
        return _substitute_en(previous, year.group("year"))
    what_about = (_WHAT_ABOUT if chinese else _WHAT_ABOUT_EN).match(question)
    if what_about:
        topic = what_about.group("topic").strip(_END)
        if not chinese and (owned := re.fullmatch(r"(?:its|their|his|her) (.+)", topic)):
            subject = _subject(previous, chinese=False)
            return f"What is {subject}'s {owned.group(1)}?" if subject else question
        if topic and not _asks(topic, chinese=chinese):
            if not chinese:
                return _substitute_en(previous, topic)
            how = _HOW.search(question)
            if how and _says_more_than_a_place(topic):
                return question[what_about.start("topic") :]
            completed = _substitute(previous, topic)
            if how and not places_named(normalize(topic)):
                return _WHO_OR_WHEN.sub(f"{how.group().strip(_END)}?", completed)
            return completed
        if topic and not chinese:  # "and how many ...?"
            question = topic + "?"
    opening = (_OPENING if chinese else _OPENING_EN).match(question)
    rest = question[opening.end() :] if opening else question
    subject = _subject(previous, chinese=chinese)
    if subject and rest.startswith("其中") and normalize(subject) not in normalize(rest):
        return subject + rest
    pronoun = _PRONOUN.search(rest) if chinese else _pronoun_en(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        possessive = pronoun.group().endswith("的") and pronoun.start() + len(pronoun.group()) > 1
        tail = "的" if chinese and possessive else ""
        if not chinese and _owns(pronoun.group(), rest[pronoun.end() :]):
            tail = "'s"
        if pronoun.group().lower() in _SEVERAL_EN and subject == _thing_asked(previous):
            # How many |rooms| does the hotel have: they are the rooms, it is the hotel.
            counted = _HOW_MANY.match(previous)
            subject = counted.group(1) if counted else subject
        return rest[: pronoun.start()] + subject + tail + rest[pronoun.end() :]
    if not chinese and subject and _may_point_back(rest):
        return f"{subject}: {rest}"
    if chinese and _MEASURE_ALONE.fullmatch(rest.rstrip(_END)):
        told = _measured(previous) or re.sub(rf"^(?:{_ASK})[是为為]?", "", subject)
        whole = not re.search(f"{_ASK}|{_AMOUNT}", told)
        if told and whole and question_language(previous).startswith("zh"):
            return told + rest
    if subject and _bare(rest, chinese=chinese):
        # After 放了几台终端, 在哪里放的 asks of what was counted.
        counted = _COUNTED.search(previous) if chinese else None
        if counted and previous[: counted.start()].endswith("了"):
            subject = counted.group("noun")
        if not chinese and subject[:4].lower() == "the ":  # voted against the repair: Why?
            subject = _body_en(previous)
        return f"{subject}{rest}" if chinese else f"{subject}: {rest}"
    return rest if opening and not _bare(rest, chinese=chinese) and len(rest) > 4 else question


def _pronoun_en(question: str) -> re.Match[str] | None:
    """The first English pronoun that stands for what was spoken of before."""
    for found in _PRONOUN_EN.finditer(question):
        word = found.group().lower()
        before, after = question[: found.start()], question[found.end() :]
        if word == "there":
            stands = not _BEING.search(before) and not _IS.match(after)
        elif word in _POINTING_EN:
            stands = _points_back(word, before, after)
        elif word == "it" and _EXPLETIVE.match(after):
            stands = False
        else:
            stands = not _has_antecedent(word, before, after)
        if stands:
            return found
    return None


def _owns(word: str, after: str) -> bool:
    """Whether a pronoun owns what follows: "its", and "her" but in "meet her"."""
    word = word.lower()
    return word in _POSSESSIVE_EN and (word != "her" or _OWNED.match(after) is not None)


def _has_antecedent(word: str, before: str, after: str) -> bool:
    """Whether a pronoun stands for something named before it in its own question.

    What owns may be the subject of the same clause ("the company sold its"); what is spoken of may not:
    in "did the company sell it", "it" is something else.
    """
    if _SENTENCE_BEFORE.search(before):
        return True
    before = _SETTING.sub("", before)
    several = word in _SEVERAL_EN | {"their", "theirs"}
    named = (_ANTECEDENT if several else _ANTECEDENT_OF_ONE).search(before)
    if named is None:
        return False
    if _owns(word, after):
        apart = (_OF_IT, _IS_ASKED, _ANOTHER_ACTS)
        if not any(pattern.search(before) for pattern in apart):
            return True
    elif word in {"her", "him", "them"}:
        before = _BEHIND_PREPOSITION.sub(" ", before)
    return _SPEAKS_ON.search(before, named.end()) is not None


def _points_back(word: str, before: str, after: str) -> bool:
    """Whether "this" or "that" is a pronoun: not "this lamp", "say that it is", "the lamp that is red"."""
    if not re.search(r"\w", after):
        return True
    behind = re.match(rf"\s+(?:{_PREPOSITION})\b", after)
    if not _AFTER_AUXILIARY.search(before):
        return word != "that" and behind is not None
    if _DOES.search(before) and _DONE_BY_THIS.match(after):
        return True
    alone = _SAID_OF_THIS.match(after) or re.match(r"\s+[\w-]+\W*$", after)  # does that cost?
    return behind is not None or alone is not None


def _may_point_back(question: str) -> bool:
    """Whether a question that names nothing by a capital may speak of what was spoken of before."""
    if re.search(r"\s[A-Z]\w", question):
        return False
    if _ARE_THERE.search(question.rstrip(_END)):
        return True
    pointing = (m for m in _PRONOUN_EN.finditer(question) if m.group().lower() in _POINTING_EN)
    return any(
        _AFTER_AUXILIARY.search(question[: m.start()])
        and not _THIS_NOUN_DOES.match(question, m.start())
        for m in pointing
    )


def _says_more_than_a_place(topic: str) -> bool:
    """Whether a Chinese topic names a place and something there: 城阳区的轨道交通产业."""
    found = places_named(normalize(topic))
    left = topic
    for stem, kind in found:
        left = left.replace(stem + kind, "", 1)
    return bool(found) and len(left.strip("的之")) > 1


def _asks(topic: str, *, chinese: bool) -> bool:
    """Whether a topic holds a question of its own."""
    if chinese:
        return bool(re.search(_ASK, topic))
    return bool(
        re.match(
            r"(?:what|which|who|when|where|why|how|is|are|was|were|do|does|did)\b",
            topic,
            re.IGNORECASE,
        )
    )


def _bare(question: str, *, chinese: bool) -> bool:
    """Whether hardly anything but question words is left: "什么时候?", "how many people?"."""
    if chinese:
        left = re.sub(rf"{_ASK}|[的了是在有由于為为被共又]|[{_END}]", "", question)
        return len(left) <= 2
    if _WHOLE.match(question):
        return False
    words = re.findall(r"\w+", question.lower())
    left_words = [word for word in words if not re.fullmatch(_QUESTION_WORDS_EN, word)]
    return len(words) <= 6 and len(left_words) <= 1


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
    if _YEAR.fullmatch(topic):  # a time that the question before did not name
        return f"{topic}{previous}?"
    return f"{topic}{'的' if qualifies else ''}{_without_subject(previous)}?"


def _counterpart(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous question that the topic stands for, or None."""
    if _YEAR.fullmatch(topic.strip("在 ")):
        year = _YEAR.search(previous)
        if year:
            return year.span()
        return None
    return (
        _name_alike(previous, topic)
        or _place_alike(previous, topic)
        or _counted(previous)
        or _before_asking(previous)
    )


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
        return None
    end = asks.start()
    place = _first_named(previous)
    subject = place.end() if place else 0
    year = _YEAR.search(previous, subject)
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


def _substitute_en(previous: str, topic: str) -> str:
    """The previous question about the topic instead: "net profit", "in 2021", "for children"."""
    placed = _PLACED.fullmatch(topic)
    named = placed.group("named") if placed else topic
    old = _placed_alike(previous, placed) if placed else _counterpart_en(previous, topic)
    if old is None:
        return f"{previous} {topic}?" if placed else f"{previous} ({topic})?"
    start, end = old
    if previous[:start].lower().endswith("the "):
        named = re.sub(r"^the\s+", "", named, flags=re.IGNORECASE)
    return previous[:start] + named + previous[end:] + "?"


def _placed_alike(previous: str, placed: re.Match[str]) -> tuple[int, int] | None:
    """What stands behind the same preposition: of |the X200|, for |adults|; or the year, for a year."""
    if _YEAR.fullmatch(placed.group("named")):
        year = _YEAR.search(previous)
        return year.span() if year else None
    found = None
    for at in re.finditer(rf"\b{placed.group('at')}\s+", previous, re.IGNORECASE):
        thing = re.compile(r"(?:the\s+)?").match(previous, at.end())
        name = _NAME_EN.match(previous, thing.end() if thing else at.end())
        end = name.end() if name else _phrase_end(previous, at.end())
        if not _YEAR.fullmatch(previous[at.end() : end]):
            found = at.end(), end
    return found


def _phrase_end(text: str, start: int) -> int:
    """Where a phrase ends that begins at ``start``: before the next preposition or auxiliary."""
    behind = re.compile(rf"\s+(?:{_PREPOSITION}|{_AUXILIARY})\b", re.IGNORECASE)
    found = behind.search(text, start)
    return found.start() if found else len(text)


def _counterpart_en(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous English question that the topic stands for, or None."""
    if _YEAR.fullmatch(topic):
        year = _YEAR.search(previous)
        return year.span() if year else None
    bare = re.sub(r"^(?:the|a|an)\s+", "", topic, flags=re.IGNORECASE)
    names = [
        m.span()
        for m in _NAME_EN.finditer(previous)
        if not re.fullmatch(_QUESTION_WORDS_EN, m.group().lower())
        and m.start() > 0
        and not _YEAR.fullmatch(m.group())
    ]
    if re.match(r"[a-z]?[A-Z]", bare):  # Denmark, eBay
        return max(names, key=lambda span: _alike(previous[span[0] : span[1]], bare), default=None)
    if re.fullmatch(r"(?:\w+ )?ones?", bare):  # the other one
        return names[-1] if names else None
    if alike := _words_alike(previous, bare):
        return alike
    counted = re.match(
        rf"how (?:many|much) ([\w-]+(?: (?!(?:{_QUESTION_WORDS_EN})\b)[\w-]+){{0,3}}?) (?:{_AUXILIARY})\b",
        previous,
        re.IGNORECASE,
    ) or re.match(r"how (?:many|much) ([\w-]+)", previous, re.IGNORECASE)
    if counted:
        return counted.span(1)
    if re.fullmatch(r"[\w-]+", topic) and names:  # "germany"; one word alone is rather a name
        start, end = names[-1]
        inner = previous.rfind(" of ", start, end)  # the CEO of |Apple|
        return (inner + len(" of ") if inner >= 0 else start), end
    if head := _HEAD_EN.match(previous):
        return head.span("head")
    # "The capacity in Denmark" and "solar parks" are of two kinds.
    others = [s for s in names if not re.search(r"\bin\s+(?:the\s+)?$", previous[: s[0]])]
    return others[-1] if others else None


def _words_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The words most like the topic, if any are like it."""
    words = list(re.finditer(r"[\w'-]+", previous))
    wanted = topic.lower()
    count = len(wanted.split())
    best: tuple[float, tuple[int, int]] | None = None
    for size in range(max(1, count - 1), count + 2):
        for i in range(len(words) - size + 1):
            edges = words[i].group().lower(), words[i + size - 1].group().lower()
            if any(re.fullmatch(_QUESTION_WORDS_EN, word) for word in edges):
                continue
            span = (words[i].start(), words[i + size - 1].end())
            piece = previous[span[0] : span[1]].lower()
            score = _alike(piece, wanted) + 0.5 * (piece.split()[-1] == wanted.split()[-1])
            if best is None or score > best[0]:
                best = (score, span)
    return best[1] if best and best[0] >= 0.6 else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


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


def _subject(previous: str, *, chinese: bool) -> str:
    """What the previous question was about: its quoted or longest name, or what stands before its verb."""
    quoted = _QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    if not chinese:
        return _subject_en(previous)
    body = re.sub(r"^(?:请问|請問|那么|那麼|那|在)", "", previous)
    body = re.sub(rf"^(?:{_YEAR.pattern})[,，]?", "", body)
    named = _NAMED.match(body)
    verb = _VERB.search(body, 2)
    if verb and (not named or verb.start() >= named.end()):
        before = body[: verb.start()]
        return named.group() if named and before.endswith("了") else before
    if named:
        return named.group()
    return re.split(_ASK, body)[0] or ""


def _subject_en(previous: str) -> str:
    names = [
        m.group()
        for m in _NAME_EN.finditer(previous)
        if not re.fullmatch(_QUESTION_WORDS_EN, m.group().lower())
        and (m.start() > 0 or " " in m.group())
        and not m.group().isdigit()
        and m.group() != "I"
    ]
    if names:
        return max(names, key=len)
    if thing := _thing_asked(previous):
        return thing
    body = _body_en(previous)
    inner = re.search(rf"\b{_ARTICLE}.+", body)  # who funded |the study|
    return inner.group() if inner else body


def _body_en(previous: str) -> str:
    """A question without the words that ask: how many |participants| were there."""
    opening = rf"^(?:(?:{_QUESTION_WORDS_EN})\s+)+"
    if _thing_asked(previous) and (inverted := _INVERTED.match(previous)):
        return re.sub(opening, "", inverted.group("rest"), flags=re.IGNORECASE)
    body = re.sub(opening, "", previous, flags=re.IGNORECASE)
    return re.split(rf"\s(?:{_AUXILIARY}|there)\b", body)[0].strip()


def _thing_asked(previous: str) -> str:
    """What an inverted question asks of: how long does |the battery| last; "" of others."""
    inverted = _INVERTED.match(previous)
    if inverted is None:
        return ""
    word, asked, auxiliary, rest = (part.strip() for part in inverted.groups())
    does = auxiliary.lower() in {"do", "does", "did"}
    article = re.match(_ARTICLE, rest, re.IGNORECASE) is not None
    if _SPEAKERS.match(rest):  # how often should I clean |the filter|
        inner = re.search(rf"\b{_ARTICLE}.+", rest, re.IGNORECASE)
        return inner.group()[: _thing_end(inner.group())] if inner and asked else ""
    # "What is the capital", "which museum has the oldest", "how many guests can use" ask of what stands before.
    if not does and (not article or not asked or word.lower() == "which"):
        return ""
    if auxiliary.lower() in {"has", "have", "had"} and word.lower() != "how":
        return ""
    phrase = rest[: _thing_end(rest)]
    if re.search(rf"\s{_ARTICLE}", phrase, re.IGNORECASE):  # did the company finance |the plant|
        return ""
    words = phrase.split()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    is_noun = auxiliary.lower() in {"is", "are", "was", "were"} and not words[-1].endswith("ed")
    if not is_noun and len(words) > 1 + article:
        words.pop()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    return " ".join(words)


def _thing_end(text: str) -> int:
    """Where the thing that opens a text ends at the latest."""
    found = _THING_ENDS.search(text)
    return found.start() if found else len(text)


def _without_subject(previous: str) -> str:
    subject = _subject(previous, chinese=True)
    if subject and previous.startswith(subject):
        return previous[len(subject) :]
    return previous
