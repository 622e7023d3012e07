"""The part of the previous English question that is of a topic's kind."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.answering.followup.english_subject import thing_asked
from rag.answering.followup.english_words import (
    ARTICLE,
    AUXILIARY,
    NAME,
    PREPOSITION,
    QUESTION_WORDS,
    YEAR,
)

__all__ = ["placed_alike", "substituted"]

#: How alike the letters of two phrases must be: where no word is shared (map, maps), where one is, where as many
#: words share one (annual report, annual summary); and what a word more or less costs.
_SAME_WORD, _ALIKE, _SHARING, _OTHER_SIZE = 0.7, 0.6, 0.5, 0.1

#: One of several that a letter or a figure tells apart: flat B, building 4, room 3B.
_NUMBERED = r"(?:[A-Z]|[A-Z]?\d{1,3}[A-Z]?)"
_ONE_OF_SEVERAL = re.compile(rf"(?i:the\s+)?(?P<noun>[A-Za-z][\w-]+) {_NUMBERED}")
#: Who acts: the tenant, employees.
_PERSON = re.compile(
    r"\b(?:\w{4,}(?:er|or|ist|ian)|\w{3,}lord|\w*(?:men|man|women|woman|child|children)|user|buyer|owner|tenant|agent|guest|"
    r"student|parent|patient|intern|resident|client|employee|trainee|staff|adult|citizen)s?$",
    re.IGNORECASE,
)
#: What is spent |on research|, at the end and without an article.
_LAST_PLACED = re.compile(rf"\b(?i:{PREPOSITION})\s+(?P<thing>[a-z][a-z-]+)$")

#: What else a condition or a side is told by, where it is asked for another.
_OPPOSITE = {"with": "without", "without": "with|under", "for": "against", "against": "for"}
_PLACED = re.compile(rf"(?P<at>{PREPOSITION})\s+(?P<named>.+)", re.IGNORECASE)

#: What a question asks of, up to what it belongs to: the |revenue| of Northwind, in 2022.
_HEAD = re.compile(
    r"^(?i:who|what|when|where|how\s+\w+)(?:\s+(?:is|are|was|were)|'s)\s+(?:the\s+)?"
    rf"(?P<head>[a-z][a-z-]*(?:\s+(?!(?:{PREPOSITION})\b)[a-z][a-z-]*){{0,3}})"
    rf"(?=\s+(?:{PREPOSITION})\s+(?:the\s+)?[A-Z0-9]|$)"
)


def substituted(previous: str, topic: str) -> str:
    """The previous question about the topic instead: "net profit", "in 2021", "for children"."""
    placed = _PLACED.fullmatch(topic)
    named = placed.group("named") if placed else topic
    old = placed_alike(previous, placed) if placed else _counterpart(previous, topic)
    if old is None:
        return f"{previous} {topic}?" if placed else f"{previous} ({topic})?"
    start, end = old
    opposite = _OPPOSITE.get(placed.group("at").lower()) if placed else None
    if opposite and re.match(rf"(?:{opposite})\s", previous[start:], re.IGNORECASE):
        return f"{previous[:start]}{topic}{previous[end:]}?"
    if re.search(r"\b(?:the|how (?:many|much)) $", previous[:start], re.IGNORECASE):
        named = re.sub(r"^the\s+", "", named, flags=re.IGNORECASE)
    return previous[:start] + named + previous[end:] + "?"


def placed_alike(previous: str, placed: re.Match[str]) -> tuple[int, int] | None:
    """What stands behind the same preposition: of |the X200|, for |adults|; or the year, for a year.

    Where none does, the opposite one with what stands behind it: |with a lamp|, for without a lamp.
    """
    if YEAR.fullmatch(placed.group("named")):
        year = YEAR.search(previous)
        return year.span() if year else None
    found = None
    for at in re.finditer(rf"\b{placed.group('at')}\s+", previous, re.IGNORECASE):
        thing = re.compile(r"(?:the\s+)?").match(previous, at.end())
        name = NAME.match(previous, thing.end() if thing else at.end())
        end = name.end() if name else _phrase_end(previous, at.end())
        if not YEAR.fullmatch(previous[at.end() : end]):
            found = at.end(), end
    opposite = _OPPOSITE.get(placed.group("at").lower())
    if found is None and opposite and placed.group("named").lower() not in {"one", "it", "them"}:
        for at in re.finditer(rf"\b(?:{opposite})\s+", previous, re.IGNORECASE):
            found = at.start(), _phrase_end(previous, at.end())
    return found


def _phrase_end(text: str, start: int) -> int:
    """Where a phrase ends that begins at ``start``: before the next preposition or auxiliary."""
    behind = re.compile(rf"\s+(?:{PREPOSITION}|{AUXILIARY})\b", re.IGNORECASE)
    found = behind.search(text, start)
    return found.start() if found else len(text)


def _counterpart(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous English question that the topic stands for, or None."""
    if YEAR.fullmatch(topic):
        year = YEAR.search(previous)
        return year.span() if year else None
    bare = re.sub(r"^(?:the|a|an)\s+", "", topic, flags=re.IGNORECASE)
    if numbered := _numbered_alike(previous, topic):
        return numbered
    names = [
        m.span()
        for m in NAME.finditer(previous)
        if (m.group() == "A" or not re.fullmatch(QUESTION_WORDS, m.group().lower()))
        and m.start() > 0
        and not YEAR.fullmatch(m.group())
    ]
    if re.match(r"[a-z]?[A-Z]", bare):  # Denmark, eBay
        return max(names, key=lambda span: _alike(previous[span[0] : span[1]], bare), default=None)
    if re.fullmatch(r"(?:\w+ )?ones?", bare):  # the other one
        return names[-1] if names else None
    if alike := _words_alike(previous, bare):
        return alike
    counted = re.match(
        rf"how (?:many|much) ([\w-]+(?: (?!(?:{QUESTION_WORDS})\b)[\w-]+){{0,3}}?) (?:{AUXILIARY})\b",
        previous,
        re.IGNORECASE,
    ) or re.match(rf"how (?:many|much) (?!(?:{QUESTION_WORDS})\b)([\w-]+)", previous, re.IGNORECASE)
    actor = _actor_alike(previous, topic, counts=counted is not None)
    if counted and actor is None:
        return counted.span(1)
    if actor and not any(actor[1] < start for start, _ in names):
        return actor
    if re.fullmatch(r"[\w-]+", topic) and names:  # "germany"; one word alone is rather a name
        start, end = names[-1]
        inner = previous.rfind(" of ", start, end)  # the CEO of |Apple|
        return (inner + len(" of ") if inner >= 0 else start), end
    if head := _HEAD.match(previous):
        return head.span("head")
    # "The capacity in Denmark" and "solar parks" are of two kinds.
    others = [s for s in names if not re.search(r"\bin\s+(?:the\s+)?$", previous[: s[0]])]
    return others[-1] if others else None


def _numbered_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Flat A, where the topic is flat B; any thing with a letter, where there is no other flat."""
    wanted = _ONE_OF_SEVERAL.fullmatch(topic)
    if wanted is None:
        return None
    noun = re.escape(wanted.group("noun"))
    found = re.search(rf"\b(?i:{noun}) {_NUMBERED}(?!\w)", previous) or re.search(
        rf"\b(?!(?i:{QUESTION_WORDS})\b)[A-Za-z][\w-]+ [A-Z](?!\w)(?! [A-Z])", previous
    )
    return found.span() if found else None


def _actor_alike(previous: str, topic: str, *, counts: bool) -> tuple[int, int] | None:
    """What a question with "how" asks of, where the topic is another such: the dishwasher for the washing machine.

    Beside a thing that is counted ("how much rent does |the tenant| pay") the topic is one who acts as well; where
    nobody acts, it has an article as the other has.
    """
    thing = thing_asked(previous)
    start = previous.find(thing)
    if not thing or start < 0 or previous[:4].lower() != "how ":
        return None
    defined, has = (re.match(ARTICLE, one, re.IGNORECASE) for one in (topic, thing))
    if counts:
        plural = topic.endswith("s") and not thing.endswith("s")
        alike = defined and has and not plural
        if not (_PERSON.search(topic) if _PERSON.search(thing) else alike):
            return None
    elif defined is None and (placed := _LAST_PLACED.search(previous)):
        return placed.span("thing")
    return start, start + len(thing)


def _words_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The words most like the topic, if any are like it."""
    words = list(re.finditer(r"[\w'-]+", previous))
    wanted = topic.lower()
    count = len(wanted.split())
    best: tuple[float, tuple[int, int]] | None = None
    for size in range(max(1, count - 1), count + 2):
        for i in range(len(words) - size + 1):
            edges = words[i].group().lower(), words[i + size - 1].group().lower()
            if any(re.fullmatch(QUESTION_WORDS, word) for word in edges):
                continue
            span = (words[i].start(), words[i + size - 1].end())
            piece = previous[span[0] : span[1]].lower()
            score = _alike(piece, wanted) + 0.5 * (piece.split()[-1] == wanted.split()[-1])
            shares = any(
                word in piece.split() and not re.fullmatch(QUESTION_WORDS, word)
                for word in wanted.split()
            )
            if score < (_SAME_WORD if not shares else _ALIKE if size != count else _SHARING):
                continue  # rent is no tenant
            score -= _OTHER_SIZE * abs(size - count)
            if best is None or score > best[0]:
                best = (score, span)
    return best[1] if best else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
