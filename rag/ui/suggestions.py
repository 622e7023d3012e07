"""Questions that the documents at hand can answer, for a page with nothing asked yet.

Candidates come from headings that ask, from figures and from definitions; each is asked in
silence, and only those the library answers with confidence, from the very document they were made
from, are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from rag.records import Document

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase

__all__ = ["candidates", "suggest"]

_DOCUMENTS = 8
_PER_DOCUMENT = 2
_TRIALS_PER_DOCUMENT = 5
_READ = 20_000
_CONFIDENT = 0.7

_HEADING = re.compile(r"^#{1,4}[ \t]+(.{4,40}?)[ \t#]*$", re.MULTILINE)
_ASKING = re.compile(r"什么|怎样|怎么|如何|哪|为何|[?？]$|^(?:How|What|Why|When|Where|Who|Which)\b")
_ASIDE = re.compile(r"[（(][^）)]*[）)]|^.{1,6}[：:]")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The first clause of a sentence holds its subject: "全区建成172个智慧小区" -> "…建成多少个…".
_CLAUSE = re.compile(r"(?:^|[。！？\n])\s*([^，。！？；：\n“”《》（）#|]{9,34})(?=[，。；])")
_FIGURE = re.compile(
    r"\d[\d,.]*[多余]?[万亿]?(?=(?:个|家|名|人|户|件|项|元|公里|平方米|亩|次|处|所|座|篇|条|辆|套|吨))"
)
_IS_ZH = re.compile(r"(?:^|[。！？\n])\s*([\u4e00-\u9fffA-Za-z0-9·]{2,12}?)(?:指的是|是指)")
_IS_EN = re.compile(
    r"(?:^|[.!?]\s|\n)((?:The )?[A-Z][\w-]*(?: [A-Za-z][\w-]*){0,3}) (is|are) (?:an?|the)\b"
)
_NO_NAME = re.compile(
    r"[这那它他她其也都就而但不还我你本该此如于则可又只]|"
    r"(?:It|This|That|There|These|Those|He|She|They|What|Which|Who|We|I)\b|"
    r"The (?:first|second|result|reason|problem)\b"
)


def candidates(document: Document) -> Iterator[str]:
    """Questions that the document might answer, likeliest first; each once."""
    seen: set[str] = set()
    for question in _drafts(document.text[:_READ]):
        if question not in seen:
            seen.add(question)
            yield question


def _drafts(text: str) -> Iterator[str]:
    for match in _HEADING.finditer(text):
        heading = _ASIDE.sub("", match[1]).strip(" ：:")
        if _ASKING.search(heading) and len(heading) > 5:
            mark = "？" if _CHINESE.search(heading) else "?"
            yield heading.rstrip("?？") + mark
    for match in _CLAUSE.finditer(text):
        clause = match[1].strip()
        figures = _FIGURE.findall(clause)
        if len(figures) == 1 and not _NO_NAME.match(clause):
            yield _FIGURE.sub("多少", clause) + "？"
    for match in _IS_ZH.finditer(text):
        if not _NO_NAME.match(match[1]):
            yield f"{match[1]}是什么？"
    for match in _IS_EN.finditer(text):
        if not _NO_NAME.match(match[1]):
            name = match[1][0].lower() + match[1][1:] if match[1].startswith("The ") else match[1]
            yield f"What {match[2]} {name}?"


def suggest(kb: KnowledgeBase, *, chinese_first: bool = True, count: int = 4) -> list[str]:
    """Up to ``count`` questions that are answered with confidence, over several documents.

    Args:
        kb: What is asked, in silence, without a language model.
        chinese_first: Questions in Chinese before others, or after them.
        count: How many at most.
    """
    good: list[list[tuple[float, str]]] = []
    for info in islice(kb.documents(), _DOCUMENTS):
        found: list[tuple[float, str]] = []
        for question in islice(candidates(kb.document(info.id)), _TRIALS_PER_DOCUMENT):
            answer = kb.ask(question, answerer="extractive")
            cited = {citation.document_id for citation in answer.citations}
            if not answer.refused and answer.confidence >= _CONFIDENT and info.id in cited:
                found.append((answer.confidence, question))
            if len(found) == _PER_DOCUMENT:
                break
        good.append(sorted(found, reverse=True))
    # One of each document before a second of any.
    rounds = [found[n] for n in range(_PER_DOCUMENT) for found in good if len(found) > n]
    rounds.sort(key=lambda pair: bool(_CHINESE.search(pair[1])) != chinese_first)
    return [question for _, question in rounds[:count]]
