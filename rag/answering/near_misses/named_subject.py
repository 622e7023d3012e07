"""Whether a document names the subject of a Chinese question at all: 香枝木分布在哪里 over a page on 柚木.

Pages on things of one kind are made alike, so that another plant, player or bank seems to answer, and no capital
letters tell its name. What a question opens with is its subject, and what that begins with, where neither the
vocabulary nor the table of words has it in one piece, is taken for a name. The document must hold two characters of it
side by side, or the sentence half of them: a thing is also told in other words and in short.

Of 134 questions on encyclopedias' paragraphs that were answered with their paragraph taken away 29 are so refused; of
3638 with it none is.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from rag.answering.mentions.spans import person_at
from rag.retrieval.glossary import gloss
from rag.tokens import get_encoding

__all__ = ["Subject", "lacks_subject", "subject_asked", "unknown_part"]

_LETTERS = r"[\u4e00-\u9fff·]"
#: What goes wrong is told in any words: 滴滴响是什么原因.
_TROUBLE = "(?:什么|啥|哪里?)(?:原因|情况|问题|毛病|故障|意思)|怎么"
_ASKS = "什么|甚么|哪|何|谁|几|多少"
#: What stands behind a subject: what it has, is or did, or what is asked of it.
_BEHIND = (
    rf"的|是(?!{_TROUBLE})|有(?:{_ASKS})|由(?:{_ASKS})|在|和|与|对|又|被|会?(?:引起|导致|造成)|何时|什么时候|哪一?年|曾|"
    "位于|坐落|地处|分布|产于|原产|生长|毕业|就读|出生|生于|去世|逝世|效力|加盟|入选|当选|担任|出任|主演|出演|执导|[著着写]有|连载|首播|播出|上映|出道|成立|创立|创办|建于|"
    "起源|发源|流行|隶属|属于|主治|原名|本名|又名|别名|别称|俗称|也叫|简称|全称|途[径经]|流经"
)
_ADVERB = "现在?|目前|最早|最初|主要|一般|通常|一?共|总|也|都|大多|本科|硕士|小学|初中|高中"
_SUBJECT = re.compile(
    rf"^(?P<setting>(?:在|于|自|从|截至|\d)[^,?]{{1,30}},)?(?:请问|那么|听说|为什么|为何)?(?P<name>{_LETTERS}{{2,16}}?)(?:{_ADVERB}){{0,2}}(?:{_BEHIND})"
)
_WHAT_IS = re.compile(rf"^(?:请问)?(?:什么是|何谓|什么叫|谁是)(?P<name>{_LETTERS}{{2,12}})[?]?$")
#: Words that belong to no name: they ask, point to what was told before, or tell when, where and of how many.
_NO_NAME = re.compile(
    "[坐修装送想做办用住放掉教拆写拿买卖吃喝看听说讲问谁哪何啥么吗呢这那该此其各每某另别我你您他她它们咱若如果没无被把将让使给从到至及或跟由以像按据就才只还再很更太了过着所而随不得响]|(?<!^)[于在]|^[在自对向与和因当有最是要但故]|^于(?=..)|本(?!科|[\u4e00-\u9fff]$)|"
    "什么|多少|是否|能否|可否|其中|之间|之[后前外中内]|以[后前来上下]|[朝代期]时|时[候期代]|期间|年[度间]|历史上|文章|材料|现[今代行]|今[天年日]|去年|前年|明年|昨天|"
    "一些|全[国省市球世]|国内|世界|人们|专家|网[上友]|[一二两三四五六七八九十]{1,3}[个种位年月日天家所座次届项款套条地人者方国大]|有关|关于|根据|使用|透过|通过|利用|进行|发生|"
    "需要|应该|必须|可[以能]|居住|生活|位于|负责|参加"
)
#: What may stand between two characters of a name that is told in short.
_GAP = "[^,。;!?]{0,4}"
#: What only people are or do.
_OF_A_PERSON = re.compile(
    "毕业|就读|出生于?|去世|逝世|效力|加盟|入选|当选|担任|出任|主演|出演|执导|[著着写]有|[著着]作|籍贯|祖籍|故乡|母校|父亲|母亲|妻子|丈夫|儿子|女儿|弟子|笔名|原名|本名"
)
#: How things end that are called by what they are: 茶水间, 门禁卡, 年终奖.
_MADE = re.compile(
    "[间费卡期奖单药机员室处证表金假板器柜屏门窗灯桶箱车位库房厅楼梯所厕场餐饭票款税险率线号口点网台架人店者长方客头家工户]$"
)
_LATIN = re.compile("[a-z]{3}")
#: How people are addressed by their surname, 李总: a text has their full names.
_ADDRESSED = re.compile("[总工董局处科厅队导哥姐叔伯婶嫂爷奶姨妈爸老师某氏]$")
_NEAR = 10  # characters behind a name that may tell whose it is
_HAN_BYTES = 3
_LEAST = 3  # characters of the name of no person
_LONG = 4  # characters of a name of which two in its middle are told by chance


class Subject(NamedTuple):
    """What a question asks about.

    Attributes:
        names: What of it is a name, normalised: 香枝木; of 宏远达钢铁公司 only 宏远达, for the rest are words.
        person: Whether only people are asked so: where they were born, whom they play for.
        foreign: Whether it is a name in two parts, 吕克·莫雷尔, that a text may have in Latin letters.
    """

    names: tuple[str, ...]
    person: bool
    foreign: bool = False


@lru_cache(maxsize=64)
def subject_asked(asked: str) -> Subject | None:
    """The subject of a normalised Chinese question, where it has a name; else None."""
    found = _WHAT_IS.search(asked) or _SUBJECT.search(asked)
    if found is None or _NO_NAME.search(found["name"]):
        return None
    end = found.end("name")
    person = _OF_A_PERSON.search(asked, end, end + _NEAR) is not None
    whole = found["name"].partition("的")[0]
    if "·" in whole:
        names = tuple(part for part in whole.split("·") if len(part) > 1)
    else:
        part = re.match(r"\S{2,}", unknown_part(whole))
        names = (part[0],) if part is not None and _is_name(part, whole, person) else ()
    return Subject(names, person, "·" in whole) if names else None


def _is_name(part: re.Match[str], whole: str, person: bool) -> bool:
    """Whether what is unknown of a subject is its name: three characters or more, or a short one with a surname."""
    if _MADE.search(part[0]) and part.end() == len(whole):
        return False
    if len(part[0]) >= _LEAST:
        return True
    return person and person_at(whole, 0) > 0 and _ADDRESSED.search(part[0]) is None


def unknown_part(name: str) -> str:
    """A name with what is a word in it blanked: 香枝木 is left whole, 食堂 is not."""
    encoding = get_encoding("rag")
    rest = "".join(
        # A Han character is three bytes, and a rare one several pieces.
        piece.decode("latin-1") if len(piece) <= _HAN_BYTES else " " * (len(piece) // _HAN_BYTES)
        for piece in encoding.decode_tokens_bytes(encoding.encode_ordinary(name))
    )
    rest = rest.encode("latin-1").decode(errors="replace").replace("\ufffd", " ")
    for word in sorted((one.word for one in gloss(name)), key=len, reverse=True):
        if len(word) > 1:
            rest = rest.replace(word, " " * len(word))
    return rest


def lacks_subject(subject: Subject, document: str, around: str) -> bool:
    """Whether a document names nothing of a question's subject.

    Args:
        subject: By :func:`subject_asked`.
        document: What is known of the candidate's document, normalised.
        around: The sentence with title and heading, normalised.
    """
    if subject.foreign and _LATIN.search(around):
        return False
    return not any(
        _is_named(name, document) or (not subject.person and _is_alike(name, around))
        for name in subject.names
    )


@lru_cache(maxsize=256)
def _is_named(name: str, document: str) -> bool:
    """Whether two characters of a name stand side by side, or all of a short one close together."""
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    held = [pair for pair in pairs if pair in document]
    if len(name) >= _LONG:
        return len(held) > 1 or pairs[0] in held or pairs[-1] in held
    return bool(held) or re.search(_GAP.join(map(re.escape, name)), document) is not None


def _is_alike(name: str, around: str) -> bool:
    """Whether a sentence has half the characters of a name, those of a short one close together: 年终奖 in 年度奖金."""
    if len(name) < _LONG:
        pairs = (_GAP.join(map(re.escape, pair)) for pair in combinations(name, 2))
        return re.search("|".join(pairs), around) is not None
    characters = set(name)
    return 2 * sum(one in around for one in characters) >= len(characters)
