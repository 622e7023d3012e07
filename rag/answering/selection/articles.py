"""The article, chapter or clause that a question asks for by number: 第七条规定了什么, What does clause 7 say?

A sentence that cites an article is as alike to the question as the article itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rag.answering.evidence.texts import held_terms
from rag.answering.mentions.numerals import whole_number
from rag.answering.ranking.sentences import Ranked
from rag.records import Passage

if TYPE_CHECKING:
    from rag.index import View

__all__ = ["Article", "article_asked", "sentences_of"]

_NUMBER = r"\d{1,4}|[一二三四五六七八九十百零〇两]{1,6}"
#: From the outermost: a division ends where one of its own level or above begins.
_LEVELS = ("编", "章", "节", "条")
#: 条 and 节 count other things too: 第二条路线, 第三节课.
_ASKED = re.compile(
    rf"第(?P<number>{_NUMBER})(?P<unit>章|[节条](?=\W|$|[的里中内第规约所对关是为有讲说写如怎什哪何]))"
)
_CITED_BEHIND = re.compile(r"(?:违反|依照|依据|根据|按照|按|适用)[^,，。?？]{0,12}$")
#: 规定了什么, 的内容是什么: all of it is asked for, and not one thing in it.
_WHOLE = re.compile(
    rf"(?:第(?:{_NUMBER})[款项])?的?(?:主要|具体|都|是)?(?:内容|规定|条文|原文|约定|要求)?(?:是|为|有|讲|说|写|规定|约定|包括)?"
    r"(?:了|的|是)?(?:什么|啥|哪些|怎么(?:说|写|规定)|如何规定)(?:的|内容|规定|意思|事|事项)*\s*[?？。]*$"
)
#: In its own place a number is not followed by what makes it a reference.
_BEGINS = re.compile(
    rf"^[ \t\u3000]*(?:#{{1,6}}[ \t]*)?(?:\*\*|__)?第(?P<number>{_NUMBER})(?P<unit>[编章节条])"
    r"(?!规定|所称|所列|所述|所指|第|的|之|和|及|或|与|至|到|、|中|款|项)",
    re.MULTILINE,
)
#: What answers with one thing in an article may stand so far below the best sentence: one of another document
#: that has such an article is further off.
_BELOW = 3.0
_LATIN = r"(?P<unit>article|section|clause) (?P<number>\d{1,4})(?![\d.]*\d)"
_LATIN_ASKED = re.compile(rf"\b{_LATIN}\b")
_LATIN_CITED_BEHIND = re.compile(
    r"(?:under|violat\w*|according to|pursuant to|breach of)[^,.?]{0,20}$"
)
_LATIN_WHOLE = re.compile(
    r"what(?:'s| is| does)? (?:(?:in|stated in|written in|the (?:content|text|wording|subject) of) )?(?:the )?"
    rf"{_LATIN}(?: of [^?]*?)?(?: (?:say|state|provide|regulate|cover|require|contain|stipulate|about|"
    r"deal with)\b[^?]*)?\s*[?.]*$"
)
_LATIN_BEGINS = re.compile(
    rf"^[ \t]*(?:#{{1,6}}[ \t]*)?(?:\*\*|__)?{_LATIN}\b(?! (?:of|is|are|and|or|to|shall|does)\b)",
    re.MULTILINE | re.IGNORECASE,
)


class Article(NamedTuple):
    """A numbered division of a text.

    Attributes:
        unit: 条, 章, 节, article, section or clause.
        number: Its number.
        whole: Whether the question asks what it says, and not for one thing in it.
    """

    unit: str
    number: int
    whole: bool


def article_asked(normalised: str) -> Article | None:
    """The first article that a normalised question names, unless it is only cited: 违反第七条."""
    for match in _ASKED.finditer(normalised):
        if not _CITED_BEHIND.search(normalised[: match.start()]):
            whole = _WHOLE.match(normalised, match.end()) is not None
            return Article(match["unit"], whole_number(match["number"]), whole)
    for match in _LATIN_ASKED.finditer(normalised):
        if not _LATIN_CITED_BEHIND.search(normalised[: match.start()]):
            whole = _LATIN_WHOLE.match(normalised) is not None
            return Article(match["unit"], int(match["number"]), whole)
    return None


def sentences_of(
    article: Article,
    ranked: Ranked,
    passages: Sequence[Passage],
    view: View | None,
) -> list[int]:
    """The sentences of the article as they follow, of one document; empty where no passage holds it.

    Where several documents have such an article, it is that of the one whose title the question names, else
    of the one retrieved first, or, for one thing in the article, of the one that tells it best. Where none of
    its sentences is about that thing, the article of another document was meant.

    Args:
        article: By :func:`article_asked`.
        ranked: The sentences.
        passages: Theirs.
        view: Where the documents can be read; without it a passage tells only of articles that begin in it.
    """
    first = {c.document_id: c.passage for c in reversed(ranked.candidates)}
    found: dict[str, list[int]] = {}
    for document in first:
        spans = [
            (offset + start, offset + end)
            for offset, text in _texts(document, passages, view)
            for start, end in _spans(article, text)
        ]
        if not spans:
            continue
        # The longest: a table of contents names it too.
        begin, end = max(spans, key=lambda span: span[1] - span[0])
        held = [
            i
            for i, c in enumerate(ranked.candidates)
            if c.document_id == document and begin <= c.start < end
        ]
        if held:
            found[document] = sorted(held, key=lambda i: ranked.candidates[i].start)
    if not found:
        return []

    def named(document: str) -> tuple[float, float]:
        passage = passages[first[document]]
        # A single character is no word of a title: the 条 of 条例.
        words = {t for t in held_terms(f"{passage.title or ''} {passage.source}") if len(t) > 1}
        title = ranked.weights.share(words)
        if article.whole:
            return title, -first[document]
        return title, max(float(ranked.logits[i]) for i in found[document])

    own = found[max(found, key=named)]
    best = max(float(ranked.logits[i]) for i in own)
    if not article.whole and best < float(ranked.logits[ranked.order[0]]) - _BELOW:
        return []
    return own


def _texts(
    document: str, passages: Sequence[Passage], view: View | None
) -> Iterable[tuple[int, str]]:
    """What is known of a document, each piece with where it begins."""
    if view is not None:
        return [(0, view.document(document).text)]
    return [(p.start, p.text) for p in passages if p.document_id == document]


def _spans(article: Article, text: str) -> list[tuple[int, int]]:
    latin = article.unit.isascii()
    ends = {article.unit} if latin else set(_LEVELS[: _LEVELS.index(article.unit) + 1])
    begins = [
        match
        for match in (_LATIN_BEGINS if latin else _BEGINS).finditer(text)
        if match["unit"].lower() in ends
    ]
    closed = [match.start() for match in begins[1:]] + [len(text)] * bool(begins)
    return [
        (match.start(), end)
        for match, end in zip(begins, closed, strict=True)
        if match["unit"].lower() == article.unit and whole_number(match["number"]) == article.number
    ]
