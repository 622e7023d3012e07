"""Sentences built alike that are a list together, without marks.

Official Chinese lists so what it calls for: 要学会倾听。要学会算账。 A question that names the word which they
share asks for all of them (学会哪几样本事), and so does one that counts them by it (三个绝不是哪三个).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.mentions.numerals import whole_number
from rag.answering.question.analysis import AskedFor
from rag.answering.ranking.sentences import Ranked
from rag.answering.selection.document_order import FAR, between, of_one_document
from rag.normalization import normalize
from rag.records import Passage

__all__ = ["sentences_alike"]

#: What is called for opens so; without it a word that sentences share may be whom they tell of.
_CALL = re.compile(r"[\s“「\"]*(?:[要须应将]|必须)")
#: Of a list at least so many sentences, which share a word of so many characters.
_LEAST = 3
_WORD = 2
_LONGEST_WORD = 6
#: The word that things are counted by: 三个绝不, 五个“必须”.
_COUNTED_BY = re.compile(
    r"(?<![第\d.])(?P<count>[三四五六七八九十]|[3-9])个[“\"「]?(?P<word>[\u4e00-\u9fff]{2,6}?)[”\"」]?"
    r"(?:具体|分别|各|都|主要)*(?:是|指|为|有|包括|包含)(?:的是)?(?:哪|什么|啥)"
)


def sentences_alike(
    asked: AskedFor, ranked: Ranked, best: int, passages: Sequence[Passage]
) -> list[int]:
    """The sentences of one document that open as the best one does, as they follow; empty if they are no list.

    Args:
        asked: The question, which asks for many.
        ranked: The sentences.
        best: Index of the one that answers best.
        passages: Theirs; without them the headings between sentences are not seen.
    """
    if not asked.many or not asked.language.startswith("zh"):
        return []
    return _counted(asked, ranked, best) or _in_a_row(asked, ranked, best, passages)


def _counted(asked: AskedFor, ranked: Ranked, best: int) -> list[int]:
    """Just as many sentences that open with the word they are counted by, wherever they stand."""
    named = _COUNTED_BY.search(asked.normalised)
    if named is None:
        return []
    opening = [
        index
        for index in of_one_document(ranked, best)
        if _CALL.sub("", _opening(ranked, index), count=1).startswith(named["word"])
    ]
    count = whole_number(named["count"])
    return opening if best in opening and len(opening) == count else []


def _in_a_row(asked: AskedFor, ranked: Ranked, best: int, passages: Sequence[Passage]) -> list[int]:
    """Neighbours that call for something in one word with the best sentence, which the question names.

    None where the question names what just one of them calls for: 学会算账要管住哪些东西.
    """
    first = _called_for(ranked, best)
    word = next(
        (
            first[:size]
            for size in range(_LONGEST_WORD, _WORD - 1, -1)
            if first[:size].isalpha() and first[:size] in asked.content
        ),
        "",
    )
    if not word:
        return []
    same = of_one_document(ranked, best)
    at = same.index(best)
    row = [best]
    for index in reversed(same[:at]):
        if not _follows(ranked, index, row[0], word, passages):
            break
        row.insert(0, index)
    for index in same[at + 1 :]:
        if not _follows(ranked, row[-1], index, word, passages):
            break
        row.append(index)
    own = (_called_for(ranked, index)[len(word) :][:_WORD] for index in row)
    if len(row) < _LEAST or any(one in asked.content for one in own):
        return []
    return row


def _follows(ranked: Ranked, one: int, other: int, word: str, passages: Sequence[Passage]) -> bool:
    """Whether both sentences open with a word and the second stands right behind the first."""
    first, second = ranked.candidates[one], ranked.candidates[other]
    if second.start - first.end > FAR:
        return False
    gap = between(passages, first, second)
    if gap is not None and any(character.isalnum() for character in gap):
        return False  # a heading
    return all(_called_for(ranked, index).startswith(word) for index in (one, other))


def _called_for(ranked: Ranked, index: int) -> str:
    """How a sentence that calls for something begins, without the word for that; "" for any other."""
    opening = _opening(ranked, index)
    called = _CALL.match(opening)
    return opening[called.end() :] if called else ""


def _opening(ranked: Ranked, index: int) -> str:
    return normalize(ranked.candidates[index].text[:40]).strip()
