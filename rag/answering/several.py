"""A message with several questions: taken apart, and their answers put together again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

from rag.answering.extractive import refuse
from rag.answering.language import unanswered_part
from rag.answering.question.analysis import analyse
from rag.records import Answer, Citation, Passage, Statement

__all__ = ["MOST", "questions_in", "together"]

#: Questions of one message that are answered each by itself; a longer message is taken as one.
MOST = 10
#: No mark is one in an address, such as https://example.org/search?q=1, and one before a quote's end.
_MARK = re.compile(r"[?？؟][?？؟!！]*+(?!['’]|(?<=[!-~]\?)[a-zA-Z0-9])")
_HAN = "一二三四五六七八九十"
#: But not 3、4号线, 七、八月 and -5度.
_NUMBER = re.compile(
    rf"\s*(?:[(（]?(?:\d{{1,2}}[)）.、．](?!\d)|[{_HAN}]{{1,2}}[)）.、．](?![{_HAN}\d]))|[-*](?!\d)|[•·①-⑩])\s*"
)
_PAIRS = dict(zip("《〈“「『（(【[", "》〉”」』）)】]", strict=True))
#: Asks whether it is so, or to be answered, and nothing more.
_ECHO = re.compile(
    r"(?:[这這那][个個]?)?(?:是?真的|真|[对對好行有能]|是(?:[这這][样樣])?|可以|可能|没错|沒錯)?[吗嗎么麼吧呢]|"
    r"[对對是好行能]不[对對是好行能]|我?想?(?:[请請]教|[请請]?[问問])(?:一下|一?[个個][问問][题題])?|"
    r"[请請]?[问問]?[你您]?(?:在|有人|知道|(?:能|可以)(?:告[诉訴]我|[帮幫](?:忙|我)|回答)(?:一下)?)[吗嗎]|"
    r"(?:can|could|would|will) (?:you|i)(?: please)? (?:help|tell|explain|answer|ask)"
    r"(?: me| us| you)?(?: this| that| it| something| a question)?(?: please)?|"
    r"do you know(?: that)?|any ideas?|(?:is )?(?:anyone|anybody) (?:here|there)|"
    r"(?:is|was|does|do|are|were|did|has|have|can|will)(?: it| that| they| this)?(?: not| so| right| true)?|"
    r"really|isn'?t it",
    re.IGNORECASE,
)
#: Asks in a Chinese or Japanese piece, also where it is part of what is measured: 几天.
_ASKING = re.compile("[几幾哪谁誰何怎]|多[少久]|是否|什么|什麼|甚麼|いくつ|いくら|どこ|だれ")
_THANKS = re.compile(
    r"(?:[谢謝]{2}|多[谢謝]|感[谢謝]|麻烦了|麻煩了|(?:many )?thanks?|thank you|please|merci|danke|gracias)\W*",
    re.IGNORECASE,
)
_BLANK = " \t\u3000,，;；、。"
_LETTERS = re.compile(r"\W+")


def questions_in(message: str) -> tuple[str, ...]:
    """The questions of a message in their order; the message alone where it asks but one.

    A question ends at a mark outside quotes and brackets, an item of a list also at its line. What asks nothing
    by itself (``比如价格方面？``, ``right?``, ``什么？`` and a sentence before the question) stays with what is
    beside it.
    """
    joined: list[str] = []
    waiting = ""
    for piece, ends in (found for line in message.splitlines() for found in _pieces(line)):
        whole = f"{waiting} {piece}".strip()
        waiting = ""
        if ends and _asks(piece) and (joined or _names_something(piece)):
            joined.append(whole)
        elif joined and _MARK.search(piece):
            joined[-1] = f"{joined[-1]} {whole}"
        else:
            waiting = whole
    if not 1 < len(joined) <= MOST:
        return (message,)
    if waiting and not _THANKS.fullmatch(waiting):
        joined[-1] = f"{joined[-1]} {waiting}"
    return tuple(joined)


def together(question: str, answers: Sequence[Answer], *, k: int | None = None) -> Answer:
    """One answer made of those to the questions of a message, in order.

    Each stands on its lines; of one that was refused that is said. Citations are numbered anew, what two
    answers cite alike once. The confidence is that of the least sure answer that is given; where all were
    refused the whole is.

    Args:
        question: The message.
        answers: To each of its questions.
        k: Passages to keep, besides those that are cited; None keeps all.
    """
    passages = list(_interleaved([answer.passages for answer in answers]))
    timings: dict[str, float] = {}
    for answer in answers:
        for stage, seconds in answer.timings.items():
            timings[stage] = timings.get(stage, 0.0) + seconds
    query = None
    if any(answer.query for answer in answers):
        query = "\n".join(answer.query or answer.question for answer in answers)
    given = [answer for answer in answers if not answer.refused]
    if not given:
        return refuse(
            question,
            _ranked(passages[:k]),
            query=query,
            confidence=max(answer.confidence for answer in answers),
            timings=timings,
        )
    written = _Written()
    for answer in answers:
        if answer.refused:
            written.say(unanswered_part(answer.question))
        else:
            written.take(answer)
    if k is not None:
        cited = [one for one in passages if written.cites(one)]
        rest = [one for one in passages if not written.cites(one)]
        kept = {id(one) for one in [*cited, *rest[: max(0, k - len(cited))]]}
        passages = [one for one in passages if id(one) in kept]
    return Answer(
        question=question,
        text=written.text,
        citations=tuple(written.citations),
        refused=False,
        confidence=min(answer.confidence for answer in given),
        passages=_ranked(passages),
        answerer=given[0].answerer,
        timings=timings,
        statements=tuple(written.statements),
        note=next((answer.note for answer in given if answer.note), None),
        query=query,
    )


class _Written:
    """A text that grows by whole answers."""

    def __init__(self) -> None:
        self.text = ""
        self.citations: list[Citation] = []
        self.statements: list[Statement] = []

    def say(self, line: str) -> None:
        """A line of our own."""
        self.text += f"\n{line}" if self.text else line

    def take(self, answer: Answer) -> None:
        """An answer in full, below what stands there."""
        self.say("")
        numbers = {citation.number: self._number(citation) for citation in answer.citations}
        at = 0
        for statement in answer.statements:
            before = len(self.text) - at
            self.text += answer.text[at : statement.end]
            self.statements.append(
                replace(
                    statement,
                    start=before + statement.start,
                    end=before + statement.end,
                    citations=tuple(numbers[number] for number in statement.citations),
                )
            )
            at = statement.end
            for number in statement.citations:
                mark = f"[{number}]"
                found = answer.text.index(mark, at)
                self.text += f"{answer.text[at:found]}[{numbers[number]}]"
                at = found + len(mark)
        self.text += answer.text[at:]

    def cites(self, passage: Passage) -> bool:
        """Whether a citation lies in the passage."""
        return any(
            one.document_id == passage.document_id
            and passage.start <= one.start
            and one.end <= passage.end
            for one in self.citations
        )

    def _number(self, citation: Citation) -> int:
        for known in self.citations:
            if replace(citation, number=known.number) == known:
                return known.number
        number = len(self.citations) + 1
        self.citations.append(replace(citation, number=number))
        return number


def _pieces(line: str) -> Iterator[tuple[str, bool]]:
    """The pieces of a line up to each question mark, and what is left; and whether each may end a question.

    An item of a list may without a mark. Numbers of items are left out.
    """
    number = _NUMBER.match(line)
    start = number.end() if number else 0
    for mark in _MARK.finditer(line):
        if mark.end() == len(line) or not _is_inside(line, start, mark.start()):
            yield line[start : mark.end()].strip(_BLANK), True
            number = _NUMBER.match(line, mark.end())
            start = number.end() if number else mark.end()
    if rest := line[start:].strip(_BLANK):
        yield rest, number is not None


def _is_inside(line: str, start: int, end: int) -> bool:
    """Whether a bracket or quote is open at ``end``."""
    return any(
        line.count(opening, start, end) > line.count(closing, start, end)
        for opening, closing in _PAIRS.items()
    ) or any(line.count(quote, start, end) % 2 for quote in '"`')


def _asks(piece: str) -> bool:
    """Whether a piece has asking words of its own, and more than whether it is so."""
    if _ECHO.fullmatch(_LETTERS.sub(" ", piece).strip()):
        return False
    asked = analyse(piece)
    if _ASKING.search(piece):
        return True
    if not _MARK.search(piece):
        return asked.kind != "thing" and not asked.language.startswith("zh")
    return _LETTERS.sub("", asked.content) != _LETTERS.sub("", asked.normalised)


def _names_something(piece: str) -> bool:
    """Whether a piece holds more than asking words."""
    return bool(_LETTERS.sub("", analyse(piece).content))


def _interleaved(groups: Sequence[Sequence[Passage]]) -> Iterator[Passage]:
    """The first of each, the second of each, ...; none twice."""
    seen: set[tuple[str, int, int]] = set()
    for row in zip_longest(*groups):
        for passage in row:
            if passage is None:
                continue
            key = (passage.document_id, passage.start, passage.end)
            if key not in seen:
                seen.add(key)
                yield passage


def _ranked(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(replace(passage, rank=rank) for rank, passage in enumerate(passages, start=1))
