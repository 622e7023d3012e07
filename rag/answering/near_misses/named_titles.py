"""Whether a document names the work, law or program that a question names: 《山海行记》, “乡约制”.

A title is spelt in one way, or in a shorter one. Quotes may be of anything, so that of what stands in them it
is enough that the document has a part; words of the vocabulary, “网约车”, are told in other words.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from rag.answering.near_misses.named_subject import unknown_part

__all__ = ["Titles", "lacks_titles", "titles_asked"]

_TITLE = re.compile(r"[《〈]([^《》〈〉]{2,40})[》〉]")
_QUOTED = re.compile(r"[\"“「『]([^\"“”「」『』]{3,20})[\"”」』]")
#: What any office may call a document of its own, whatever stands at its head: 《员工手册》, 《采购合同》.
_PLAIN = re.compile(
    r"^[\u4e00-\u9fff]{0,2}(?:手册|制度|规定|办法|细则|规程|规范|守则|须知|指南|指引|说明书?|合同|协议书?|章程|公告|通告|通知|纪要|方案|报告|文件)$"
)
#: 《城中日报》报道: who tells of it, and nothing that it tells.
_REPORTS = re.compile(
    r"[《〈][^《》〈〉]{2,40}[》〉](?:的?(?:记者|消息|新闻))?(?:报道|报导|刊登|刊载|的?消息)"
)
_SHORT = 4  # characters of a title in short: 个保法
_GAP = "[^,。;!?\\n]{0,8}"
_HAN = re.compile("[\u4e00-\u9fff]{2}")
_MOST = 0.5  # of the pairs of characters of a title that is told in other words


class Titles(NamedTuple):
    """What a question names, normalised, in the marks of titles and in quotes."""

    titles: tuple[str, ...]
    quoted: tuple[str, ...]


@lru_cache(maxsize=64)
def titles_asked(asked: str) -> Titles | None:
    """The Chinese titles and quotes of a normalised question; None where there is none."""
    named = _REPORTS.sub(" ", asked)
    titles = tuple(
        one for one in _TITLE.findall(named) if _HAN.search(one) and not _PLAIN.search(one)
    )
    quoted = tuple(
        one
        for one in _QUOTED.findall(_TITLE.sub(" ", asked))
        if _HAN.search(one) and unknown_part(one).strip()
    )
    return Titles(titles, quoted) if titles or quoted else None


@lru_cache(maxsize=256)
def lacks_titles(asked: Titles, document: str) -> bool:
    """Whether a document, normalised, has nothing of all that a question names so."""
    return not any(_has_title(title, document) for title in asked.titles) and not any(
        _share(one, document) for one in asked.quoted
    )


def _has_title(title: str, document: str) -> bool:
    """Whether a document has a title, a longer or shorter one, or most of its words."""
    if title in document or _share(title, document) >= _MOST:
        return True
    if len(title) <= _SHORT and re.search(_GAP.join(map(re.escape, title)), document):
        return True
    return any(other in title or title in other for other in _TITLE.findall(document))


def _share(name: str, document: str) -> float:
    """The share of a name's pairs of characters that a document has."""
    pairs = [name[i : i + 2] for i in range(len(name) - 1)]
    return sum(pair in document for pair in pairs) / len(pairs)
