"""The list of sources that a model puts below its answer: “Sources: [1] Annual Report 2023, p. 4”.

The prompt asks for none and the citations tell more, so such a list is left out. Nothing invented goes
with it: every entry must be the name of a passage that the model was given, or the number of one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from rag.answering.llm.sentences import ReplySentence
from rag.normalization import normalize
from rag.records import Passage

__all__ = ["Bibliography"]

# All forms are of normalised text: lower case, simplified Han, half-width marks.
_HEADING = re.compile(
    r"[\W_]*(?:(?:references?|sources?|citations?|bibliography|works cited)(?: used| cited)?"
    r"|参考(?:资料|文献|来源)?|(?:资料|信息|数据|引用)?来源|引用(?:文献|资料)?|出处)"
    r"[\s*_)]*(?::[\s*_]*|\n\s*|$)"
)
# What stands before an entry: a list's mark, or the colon that is left of “[^1]:”.
_BULLET = re.compile(r"\s*(?:[-*•+]\s+)?(?:\(?\d{1,2}[.)、:](?!\d)|:)?\s*")
_BETWEEN = re.compile(r"[\n,:;、|>()\[\]《》〈〉「」『』\"“”–—]|\s-\s")
_EDGES = " \t.:。*_`'‘’"
_PAGE = re.compile(r"(?:pp?\.?|pages?)\s*\d+(?:\s*-\s*\d+)?|第\s*\d+(?:\s*-\s*\d+)?\s*页")
_WORD = r"(?:passages?|documents?|sources?|段落|片段|资料|文档|来源|文献)"
_POINTER = re.compile(rf"(?:{_WORD}\s*)?\d{{1,2}}(?:\s*(?:and|&|-|和|与|及)\s*\d{{1,2}})*")
# Behind a heading in its line, one number may as well be a fact: “References: 2”.
_COUNT = re.compile(r"[\W_]*\d+(?:\s*-\s*\d+)?[\W_]*")
# The share of a name that stands for it: “Annual Report” for “Annual Report 2023”.
_MOST = 2 / 3


class Bibliography:
    """Tells the entries of a list of sources by the names of the passages in the prompt.

    Args:
        passages: As numbered in the prompt.
    """

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._documents = {_plain(name) for one in passages for name in _documents(one)} - {""}
        headings = {_plain(name) for one in passages for name in _headings(one)} - {""}
        self._names = self._documents | headings
        divided = sorted(filter(_BETWEEN.search, self._names), key=lambda name: (-len(name), name))
        any_divided = "|".join(map(re.escape, divided)) or r"(?!)"
        self._divided = re.compile(rf"(?<!\w)(?:{any_divided})(?!\w)")
        dates = [one.published for one in passages if one.published]
        self._dates = {
            part for date in dates for part in (date, date[:7], date[:4], f"{date[:4]}年")
        }
        self._count = len(passages)

    def left_out(self, sentences: Sequence[ReplySentence]) -> list[ReplySentence]:
        """The sentences without the list of sources at the end.

        A list has a heading, or is of footnotes (“[^1]: a.txt”), something is told before it, and nothing
        but entries and headings follows: “Source: Mains supply” between two facts is one too. Of a growing
        reply, what may yet prove such a list is left out until what follows tells.

        Args:
            sentences: A reply's, from the first one.
        """
        begins: int | None = None
        for at in range(len(sentences) - 1, 0, -1):
            text = normalize(sentences[at].text)
            heading = _HEADING.match(text)
            if not (self._heads(heading) if heading else self.is_entry(text, parts=True)):
                break
            if heading or text.startswith(":"):
                begins = at
        return list(sentences[:begins])

    def _heads(self, heading: re.Match[str]) -> bool:
        """Whether a heading has nothing but entries, or nothing, behind it."""
        behind = heading.string[heading.end() :]
        if not re.search(r"\w", behind):
            return True
        if "\n" not in heading.group() and _COUNT.fullmatch(behind):
            return False
        return self.is_entry(behind, parts=True)

    def is_entry(self, text: str, *, parts: bool = False) -> bool:
        """Whether a text, marks aside, names documents, with headings, pages and dates, and nothing else.

        Args:
            text: One entry or several, one below another.
            parts: A heading alone will do, most of a name, or the number of a passage.
        """
        lines = [_BULLET.sub("", line, count=1) for line in normalize(text).split("\n")]
        return all(self._is_entry(line, parts=parts) for line in lines if line.strip())

    def _is_entry(self, line: str, *, parts: bool) -> bool:
        pieces = {_plain(piece) for piece in _BETWEEN.split(self._divided.sub("\n", line))} - {""}
        named = {*pieces, *self._divided.findall(line)} & self._names
        known = not named.isdisjoint(self._documents)
        pieces -= named | self._dates
        if parts:
            partly = {piece for piece in pieces if self._stands_for_one(piece)}
            known = bool(named | partly)
            pieces -= partly
        return known and all(_PAGE.fullmatch(piece) for piece in pieces)

    def _stands_for_one(self, piece: str) -> bool:
        if _POINTER.fullmatch(piece):
            return all(1 <= int(number) <= self._count for number in re.findall(r"\d+", piece))
        return any(piece in name and len(piece) >= _MOST * len(name) for name in self._names)


def _plain(name: str) -> str:
    return normalize(name).strip(_EDGES)


def _documents(passage: Passage) -> list[str]:
    source = PurePosixPath(passage.source)
    return [passage.source, source.name, source.stem, passage.title or ""]


def _headings(passage: Passage) -> list[str]:
    heading = passage.heading or ""
    return [heading, *heading.split(" > ")]
