"""What a Chinese question is about: what stands before its asking word, and what is counted behind it."""

from __future__ import annotations

import re

from rag.answering.followup.chinese_attributes import attribute_of, is_role
from rag.answering.followup.chinese_places import first_named
from rag.answering.followup.chinese_words import (
    AMOUNT,
    ASK,
    CLASSIFIER,
    COUNTED,
    EXTREME,
    HOW_MANY,
    NAMED,
    UNIT,
    UNIT_ALONE,
    VERB,
)
from rag.answering.followup.english_words import QUOTED, YEAR

__all__ = [
    "before_amount",
    "before_asking",
    "counted_alike",
    "counted_behind",
    "counts_things",
    "shared_run",
    "subject_of",
    "what_was_asked_for",
    "who_acted",
    "without_subject",
]

_ADVERB = re.compile(
    r"(?:截至)?(?:全年|今年|去年|明年|目前|现在|現在|至今|已经|已經|已|一共|总共|總共|共|累计|累計)"
)

#: What an amount is asked of without a classifier: 支付多少|违约金, 请几天|事假; but not 多少|人, 多少|钱.
_AMOUNT_OF = re.compile(
    rf"(?:多少(?:{UNIT})?|(?<=[了请請休放享有买買付交缴繳借吃喝用发發给給补補赔賠])(?:几|幾)(?:{UNIT}))"
    r"(?P<noun>(?!人(?![员員才口民])|[钱錢大家戶户])[\u4e00-\u9fff]{2,12}?)"
    r"(?=[的要将將会會是在有被由能可获獲参參举舉]|[^\u4e00-\u9fff]|$)"
)

#: What somebody did, and nothing that measures: 获得了, 去过, but not 增长了, 达到了, 超过.
_DONE = re.compile(
    "(?<![增升上][长長加高涨漲])(?<![下降减減][降低少])(?<!提[高升])(?<![达達]到)(?<![达達])(?<![超通经經][过過])"
    "(?:了|(?<![超通经經])[过過])$"
)

#: What stands before 为 in verbs that end in it: 成为, 更名为.
_BECOMES = re.compile(
    "(?:认定|認定|命名|确定|確定|更名|[成评評列称稱定选選视視誉譽升改变變])(?=[为為])"
)
#: What ends what stands before a verb or an asking word, and is no part of a name: 平台|叫, 社区|住着.
_NO_NAME = ("了", "着", "著", "叫")
_WHICH = re.compile(rf"哪(?:一|几|幾)?[{CLASSIFIER}条條些]?|什么|什麼")
_WHO = re.compile("谁|誰")
_NO_NOUN = re.compile("[不了过過把将將]")

#: Characters of the word between a thing and an asking word, 整机|保修|多久.
_PREDICATE = 2


def counts_things(previous: str) -> bool:
    """Whether an area may be what is counted: 项目多少个, 有多少公园; not 养老院有多少家, 有多少居民."""
    asked = HOW_MANY.search(previous)
    if asked is None:
        return False
    noun = asked.group("noun")
    if not noun and not asked.group("of_areas"):
        before = before_asking(previous)
        noun = previous[before[0] : before[1]] if before else ""
    elif noun and not asked.group("of_areas") and (_is_unit(noun) or noun[0] in CLASSIFIER):
        return False
    return not (is_role(noun) or attribute_of(noun) or re.search("[人户戶员員]$", noun))


def counted_behind(previous: str) -> tuple[int, int] | None:
    """What is counted or chosen, behind the asking word: the topic is another such thing."""
    if counted := COUNTED.search(previous):
        return counted.span("noun")
    amount = _AMOUNT_OF.search(previous)
    return amount.span("noun") if amount and not _is_unit(amount.group("noun")) else None


def _is_unit(noun: str) -> bool:
    """Whether what stands behind an asking word is only the unit of the answer."""
    return bool(UNIT_ALONE.fullmatch(noun) or re.fullmatch(UNIT, noun))


def counted_alike(previous: str, topic: str, *, qualifies: bool) -> tuple[int, int] | None:
    """What is counted or chosen, if the topic can be such a thing and not the one who has it.

    Without a classifier it may be either: 支付多少|违约金 is asked of 漏水损失 and of 原告.
    """
    counted = counted_behind(previous)
    if counted is None or COUNTED.search(previous) or qualifies:
        return counted
    noun = previous[counted[0] : counted[1]]
    if shared_run(noun[::-1], topic[::-1]) or None not in (attribute_of(noun), attribute_of(topic)):
        return counted
    named = first_named(previous)
    has = named and re.compile(rf"有多少(?!{UNIT})").match(previous, named.end())
    return counted if has else None  # 图书馆|有多少|古籍


def who_acted(previous: str) -> tuple[int, int] | None:
    """Who the question begins with, where it asks what came of it: 老街|获得了什么称号, 学校|花了多少钱."""
    asks = re.search(ASK, previous)
    if asks is None or not _DONE.search(previous[: asks.start()]):
        return None
    if UNIT_ALONE.fullmatch(previous, asks.end()):
        return None
    subject = subject_of(previous)
    start = previous.find(subject)
    end = start + len(subject)
    return (start, end) if 0 <= start < end < asks.start() else None


def before_asking(previous: str) -> tuple[int, int] | None:
    """What stands before the asking word, without place, time and the verb of counting."""
    asks = re.search(ASK, previous)
    if asks is None:
        return before_amount(previous)
    end = asks.start()
    place = first_named(previous)
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
    if extreme := extreme_at(previous, start, end):
        end = extreme[0]
    return (start, end) if start < end else None


def before_amount(previous: str) -> tuple[int, int] | None:
    """What stands before 多久 and its kin and the word that is asked by it: 整机|保修多久, 滤网|多久换一次."""
    asks = re.search(AMOUNT, previous)
    if asks is None:
        return None
    extreme = extreme_at(previous, 1, asks.start())
    end = extreme[0] if extreme else asks.start()
    if VERB.search(previous[:end], 2):
        return None
    if not extreme and end > _PREDICATE + 1 and UNIT_ALONE.fullmatch(previous, asks.end()):
        end -= _PREDICATE
    return (0, end) if end else None


def extreme_at(question: str, start: int, end: int) -> tuple[int, int] | None:
    """How far an amount may go, if that is said between two places: 期刊|最长|可以借几天."""
    found = EXTREME.search(question, start)
    return found.span() if found and found.start() < end else None


def shared_run(one: str, other: str) -> int:
    """Characters that both begin with."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def subject_of(previous: str) -> str:
    """What the previous question was about: its quoted or longest name, or what stands before its verb."""
    quoted = QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    body = re.sub(r"^(?:请问|請問|那么|那麼|那|在)", "", previous)
    body = re.sub(rf"^(?:{YEAR.pattern})[,，]?", "", body)
    named = NAMED.match(body)
    verb = VERB.search(body, 2)
    if verb and (not named or verb.start() >= named.end()):
        extreme = extreme_at(body, 1, verb.start())
        before = body[: extreme[0] if extreme else _verb_at(body, 2)]
        return named.group() if named and before.endswith(_NO_NAME) else before
    if named:
        return named.group()
    return re.split(ASK, body)[0] or ""


def what_was_asked_for(previous: str) -> str:
    """What 它 or 他 is after a question for it: 落户广兴里的大学 of 哪所大学落户广兴里; "" for any other."""
    if who := _WHO.match(previous):
        start = end = who.end()
    elif which := _WHICH.match(previous):
        start, subject = which.end(), subject_of(previous)
        end = min(len(subject), _verb_at(previous, start + 1))
        if not (previous.startswith(subject) and start < end):
            return ""
    else:
        return ""
    noun, said = previous[start:end], previous[end:]
    if _NO_NOUN.search(noun) or said.startswith("的") or len(said) < _PREDICATE:
        return ""
    return "" if re.search(f"{ASK}|{AMOUNT}", said) else f"{said}的{noun or '人'}"


def _verb_at(question: str, start: int) -> int:
    """Where a verb begins from a place on, 成为 with its 成; the question's end if there is none."""
    verb = VERB.search(question, start)
    end = verb.start() if verb else len(question)
    becomes = [one for one in _BECOMES.finditer(question) if one.end() == end]
    return becomes[0].start() if becomes else end


def without_subject(previous: str) -> str:
    """What the previous question asked of its subject, where it begins with that."""
    subject = subject_of(previous)
    if subject and previous.startswith(subject):
        return previous[len(subject) :]
    return previous
