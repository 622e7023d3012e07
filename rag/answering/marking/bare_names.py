"""A Chinese name without the words of its clause that a mark took along: 在, 由, 曾, what describes it."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["bare_name"]

_KINDS = frozenset({"person", "organisation", "place", "name"})
#: Of these a description may be part: 甲州的乙城, 传说的天马.
_DESCRIBED_KINDS = frozenset({"place", "name"})
#: What a thing is of that is asked for: 哪种植物, 什么主义.
_ASKS_NOUN = re.compile(
    "(?:哪一?[个种项类座条首部支位所场]?|什么样?的?|何种)(?P<noun>[\u4e00-\u9fff]{1,6}?)"
    "(?=$|[?,的是作为在有来所被而会能可以与和进将呢])"
)
#: 在何处 is answered by a phrase, too: 村口的老槐树下.
_ASKS_PHRASE = re.compile(
    "哪里|哪儿|何处|何地|哪边|什么地方|地[点方]|位置|场[合所]|方向|在哪(?![一个個座些国州省市县区])"
)
_WORDS = re.compile("[\u4e00-\u9fff·]+")
_OPENS = re.compile('[“「『《〈"]')
_CLAUSE = re.compile("[\u4e00-\u9fff·]{2,}(?=[,;])")
#: No name begins with these; 于, 向 and 如 begin some, and 在校生, 在线 and 被保险人 are words.
_BEFORE = re.compile(
    "(?:在(?!校(?![园区门内外])|职(?![业工])|岗(?!位)|线(?![下上路])|[编册读野])|"
    "被(?!告|[\u4e00-\u9fff]{2,3}人)|[由像])|(?:为|称为|名为)(?=..)"
)
#: What is there, and the place: 甲工厂在乙城.
_AT = re.compile(".+[^所现存正外内健自实潜]在(?=[^校职岗编场线建于][\u4e00-\u9fff]+$)")
#: No name ends with these, where the clause goes on.
_BEHIND = re.compile("[在曾乃则]$")
#: What a person's name of two characters or more goes on with in a clause.
#: Of 名臣曾国藩 and 负责人是李明 the name is behind.
_PERSON_GOES_ON = re.compile(
    "(?<=..)(?:之前|之后|(?<![臣徒将帅督抚家师员官儒士友兄弟姐妹长])(?<![弟妻儿女]子)曾|乃是?|敢于|"
    "(?<![人者员家师长任理记手亲妻])(?<![妻儿女]子)是)"
)
#: What is said of whoever acts, and what of the name that is asked for: 批准成立某公司, 使得某港.
_ACTS = re.compile(
    ".*(?P<verb>使得|拥有|成立|设立|创立|创办|称为|改为|发展出|引起|引发)了?(?=[^的者人时后前]..)"
)
#: A description and what it describes; 目的 and 的士 are words.
_DESCRIBED = re.compile(".*[^目]的(?![士确])")
#: What is no name alone: 集团 of 美的集团.
_KIND_ALONE = re.compile(
    "(?:集团|公司|企业|中心|部门|单位|机构|组织|学校|大学|医院|银行|协会)(?:公司)?"
)
#: Which kind of people or things: what describes them answers, 取得证书的人员.
_ASKS_SORT = re.compile("哪一?类")
_SHORTEST = 2


def bare_name(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """重庆 of a mark on 在重庆, 石勒 of 石勒曾, 常绿植物 of 高山特有的常绿植物, where a name is asked for.

    A name is asked for by who, by which place or body, and by 哪种 or 什么 before the noun that the mark
    ends with. What follows behind a comma is no part of it. A mark with other punctuation stays, and so does
    one of which no more than that noun would be left.
    """
    if asked.many or not asked.language.startswith("zh") or _is_titled(text, start, end):
        return start, end
    normalised, offsets = normalize_with_offsets(text[start:end])
    phrase = asked.kind == "place" and _ASKS_PHRASE.search(asked.normalised) is not None
    which = asked.kind in _KINDS - {"name"} or (asked.kind == "thing" and "哪" in asked.normalised)
    quoted = _OPENS.match(text, start - 1) if start else None
    clause = _CLAUSE.match(normalised) if which and not (phrase or quoted) else None
    mark = clause.group() if clause else normalised
    first, last = 0, len(mark)
    noun = _noun_asked(asked, mark)
    if _WORDS.fullmatch(mark) and (asked.kind in _KINDS or noun):
        goes_on = clause is None and _WORDS.match(text, end) is not None
        left, right = _bare(asked, mark, goes_on=goes_on, phrase=phrase)
        kept = mark[left:right]
        if len(kept) >= _SHORTEST and not (noun.endswith(kept) or _KIND_ALONE.fullmatch(kept)):
            first, last = left, right
    first, last = source_span(offsets, first, last)
    return start + first, start + last


def _is_titled(text: str, start: int, end: int) -> bool:
    """Whether a mark is a whole title: 在路上 of 《在路上》."""
    return start > 0 and text[start - 1] in "《〈" and text[end : end + 1] in ("》", "〉")


def _noun_asked(asked: AskedFor, mark: str) -> str:
    """The noun behind 哪种 or 什么, where a mark ends as it does; else nothing."""
    asks = _ASKS_NOUN.search(asked.normalised)
    return asks["noun"] if asks and mark.endswith(asks["noun"][-1]) else ""


def _bare(asked: AskedFor, mark: str, *, goes_on: bool, phrase: bool) -> tuple[int, int]:
    first, last = 0, len(mark)
    if before := _BEFORE.match(mark):
        first = before.end()
    if asked.kind == "person" and (on := _PERSON_GOES_ON.search(mark, first)):
        last = on.start()
    if goes_on and _BEHIND.search(mark, first, last):
        last -= 1
    if asked.kind == "place" and (at := _AT.match(mark, first, last)):
        first = at.end()
    if phrase:
        return first, last
    acts = _ACTS.match(mark, first, last)
    if acts and acts["verb"] not in asked.normalised:
        first = acts.end()
    told = _DESCRIBED.match(mark, first, last) if asked.kind != "person" else None
    if told is None or _ASKS_SORT.search(asked.normalised):
        return first, last
    described = re.escape(mark[told.end() : last])
    if re.search(f"(?:哪[^,。?]{{1,4}}|谁)的{described}", asked.normalised):
        return first, told.end() - 1  # 哪国的政体: 甲国 of 甲国的政体
    return (first if asked.kind in _DESCRIBED_KINDS else told.end()), last
