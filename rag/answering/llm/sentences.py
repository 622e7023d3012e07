"""The sentences of a model's reply, marks aside, whole or while it grows."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rag.answering.llm.handles import without_handles
from rag.records import Span

__all__ = ["ReplySentence", "reply_sentences", "settled"]

# How much of what follows decides that a sentence ends: a stop of a script without spaces is plain, a
# full stop needs the next words, what an open bracket encloses is not cut.
_NEXT_AFTER_WIDE_STOP = 8
_NEXT = 48
_NEXT_IN_BRACKETS = 100
_WIDE_STOP = re.compile(r"[。！？][”’」』）)]*$")
_OPEN = re.compile(r"[（(《][^）)》]*$")
# A mark, a bracket or a tag that is still being written: what it is will be known at its end. The
# longest mark is shorter than this, and “p < 0.05” is none.
_UNFINISHED = re.compile(r"[\[【［〔（(<][^\]】］〕）)>\n]{0,120}$")
# What stands below the head of a Markdown table; its first characters are enough.
_RULE_BELOW = re.compile(r"[^\S\n]*\n[^\S\n]*\|?[^\S\n]*:?--")


@dataclass(frozen=True, slots=True)
class ReplySentence:
    """One sentence of a reply.

    Attributes:
        text: Without marks, not blank.
        gap: The white space between it and the sentence before; empty for the first.
        marked: Numbers of the passages that its marks name.
        start: Where it begins in the text without marks.
        head: It is the head row of a Markdown table.
        after_mark: A mark stands before its first word.
    """

    text: str
    gap: str
    marked: tuple[int, ...]
    start: int
    head: bool = False
    after_mark: bool = False


def reply_sentences(
    reply: str, *, known: int, sentences_of: Callable[[str], Sequence[Span]]
) -> list[ReplySentence]:
    """All sentences of a reply; together they hold every character that is neither blank nor a mark.

    A mark belongs to the sentence it stands in or right behind; one that begins a line, to the
    sentence of that line.

    Args:
        reply: As written so far.
        known: Passages are numbered 1 to ``known``.
        sentences_of: Text -> spans of its sentences.
    """
    unmarked = without_handles(reply, known=known)
    text = unmarked.text
    spans = sentences_of(text)
    starts = [start for start, _ in spans]
    marked: list[list[int]] = [[] for _ in spans]
    after_mark: set[int] = set()
    for place, numbers in unmarked.marks:
        at = max(0, bisect_left(starts, place) - 1)
        if at + 1 < len(spans) and "\n" in text[spans[at][1] : place]:
            at += 1
        if spans:
            marked[at].extend(numbers)
            if not any(char.isalnum() for char in text[starts[at] : place]):
                after_mark.add(at)
    found: list[ReplySentence] = []
    before = 0
    for at, ((start, end), named) in enumerate(zip(spans, marked, strict=True)):
        gap = text[before:start] if found else ""
        one = text[start:end]
        row_above = gap.count("\n") == 1 and "|" in found[-1].text
        head = "|" in one and not row_above and _RULE_BELOW.match(text, end) is not None
        numbers = tuple(dict.fromkeys(named))
        found.append(ReplySentence(one, gap, numbers, start, head, at in after_mark))
        before = end
    return found


def settled(sentences: Sequence[ReplySentence]) -> list[ReplySentence]:
    """The first of a growing reply's sentences that what is still to come will not change."""
    following = _UNFINISHED.sub("", "".join(one.gap + one.text for one in sentences))
    ready = []
    for one in sentences:
        following = following[len(one.gap) + len(one.text) :]
        if _OPEN.search(one.text):
            needed = _NEXT_IN_BRACKETS
        else:
            needed = _NEXT_AFTER_WIDE_STOP if _WIDE_STOP.search(one.text) else _NEXT
        if len(following) < needed:
            break
        ready.append(one)
    return ready
