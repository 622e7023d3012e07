"""Does a quote support a statement?

Figures are compared by value, names, places, negations and directions by form, the rest by shared
content and meaning.

A statement is *contradicted* when it holds a figure, name or negation that its quotes do not, or
turns their rise into a fall, and *unsupported* when too little of its content is in them. Both are
told in one word, so that a page can say it in the reader's language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rag.answering.mentions.figures import find_figures
from rag.answering.mentions.places import another_place
from rag.answering.support.content import Similarity, asked_units, content_score, same_script
from rag.answering.support.figures import strange_figure
from rag.answering.support.names import strange_name
from rag.answering.support.turned import direction_turned, negation_turned
from rag.normalization import normalize

__all__ = ["Support", "check_support", "plain_statement"]


@dataclass(frozen=True, slots=True)
class Support:
    """How well quotes support a statement.

    Attributes:
        score: In [0, 1]; 0.5 is the border of support. A contradiction caps it at 0.2.
        problem: ``figure``, ``name`` (of a person, a thing or a place), ``negation`` (also a rise
            for a fall), ``outside`` or None.
        detail: The statement's own words that are the problem, or "".
    """

    score: float
    problem: str | None = None
    detail: str = ""


_FRAMES = re.compile(
    r"^(?:根据|依据|按照|据)[^,，。]{0,16}?(?:资料|文档|文件|文章|报道|材料|段落|内容|信息|来源)"
    r"[^,，。]{0,6}[,，:：]?"
    r"|^(?:according to|based on|as stated in|per)\s+(?:the|these|this)\s+"
    r"(?:provided\s+)?(?:documents?|passages?|sources?|texts?|articles?|materials?)\s*[,:]?\s*"
    r"|^(?:according to|based on|as stated in)\s+(?:documents?|passages?|sources?)"
    r"\s+\d{1,2}(?:\s*(?:,|and)\s*\d{1,2})*\s*[,:]\s*",
    re.IGNORECASE,
)
# What stands before a bare answer: 答案是172个, 共172个.
_LEAD = re.compile(
    r"^\s*(?:(?:答案|结果)\s*(?:就?[是为]|:)\s*|就?[是为]\s*(?=\d))?"
    r"(?:(?:大约|约|一共|总共|共计|合计|总计|共)?[有是为达]?\s*(?=\d))?"
)
# The mark of a list's item: a bare number of one or two digits, one mark, and then the item.
_LIST_MARK = re.compile(
    r"^\s*(?:[-*•+]\s+)?(?:[\u2460-\u249b\u2776-\u2793]|[(（]?\d{1,2}[.)、）:：．](?!\d))\s*(?=\S)"
)


def check_support(
    statement: str,
    quotes: Sequence[str],
    *,
    context: Sequence[str] = (),
    weights: Mapping[str, float] | None = None,
    similarity: Similarity | None = None,
    question: str = "",
    around: Sequence[str] = (),
) -> Support:
    """Compare a statement with the quotes cited for it.

    Args:
        statement: One sentence of an answer, without citation marks.
        quotes: The cited spans' texts; none gives score 0, problem ``outside``.
        context: Titles, publication dates and the passages around the quotes: dates may be told
            there instead of in the quotes (“last year” in an article of 2024).
        weights: Weight of each content unit; see
            :func:`rag.answering.support.content.unit_weights`. Unknown units weigh most.
        similarity: Semantic similarity, needed when statement and quotes differ in language.
        question: What a bare answer (“172个。”) answers: its content completes the statement's.
        around: Texts that may tell which place the quotes speak of.
    """
    if not quotes:
        return Support(0.0, "outside")
    plain = plain_statement(statement)
    pool = [normalize(quote) for quote in quotes]
    crossing = not same_script(plain, " ".join(pool))
    asked = asked_units(plain, question) if find_figures(plain) else ()
    score = content_score(statement, plain, pool, crossing, weights, similarity, asked, question)
    told = [normalize(text) for text in context]
    for problem, detail in (
        ("figure", strange_figure(plain, pool, told)),
        ("name", None if crossing else strange_name(statement, pool, told)),
        ("name", another_place(statement, [*pool, *told], [normalize(text) for text in around])),
        (
            "negation",
            None if crossing else negation_turned(plain, pool) or direction_turned(plain, pool),
        ),
    ):
        if detail:
            return Support(min(score, 0.2), problem, detail)
    return Support(score, None if score >= 0.5 else "outside")


def plain_statement(statement: str) -> str:
    """What a sentence of an answer states, normalised: without list mark and framing words."""
    text = normalize(_LIST_MARK.sub("", statement))
    return _LEAD.sub("", _FRAMES.sub("", text).strip())
