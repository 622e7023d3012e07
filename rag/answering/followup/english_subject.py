"""What an English question is about."""

from __future__ import annotations

import re

from rag.answering.followup.english_words import (
    ARTICLE,
    AUXILIARY,
    NAME,
    PREPOSITION,
    QUESTION_WORDS,
    QUOTED,
)

__all__ = ["body_of", "subject_of", "thing_asked"]

#: How long |does| the battery last: what is asked of stands behind the auxiliary.
_INVERTED = re.compile(
    rf"^(?P<word>how|what|which|when|where|why)\b(?P<asked>.*?)\s(?P<auxiliary>{AUXILIARY})\s+(?P<rest>.+)$",
    re.IGNORECASE,
)

_SPEAKERS = re.compile(r"(?:i|you|we|they|he|she|it|one|people|there)\b", re.IGNORECASE)

_THING_ENDS = re.compile(
    rf"\s+(?:(?:{PREPOSITION}|{AUXILIARY}|like|up|out|off|down|away|back|per|each|every|into|against|between|if|when|"
    r"because|as|and|or|now|today|need|offer|provide|contain|include|there)\b|,)",
    re.IGNORECASE,
)


def subject_of(previous: str) -> str:
    """What the previous question was about: its quoted or longest name, or the thing that it asks of."""
    quoted = QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    names = [
        m.group()
        for m in NAME.finditer(previous)
        if not re.fullmatch(QUESTION_WORDS, m.group().lower())
        and (m.start() > 0 or " " in m.group())
        and not m.group().isdigit()
        and m.group() != "I"
    ]
    if names:
        return max(names, key=len)
    if thing := thing_asked(previous):
        return thing
    body = body_of(previous)
    inner = re.search(rf"\b{ARTICLE}.+", body)  # who funded |the study|
    return inner.group() if inner else body


def body_of(previous: str) -> str:
    """A question without the words that ask: how many |participants| were there."""
    opening = rf"^(?:(?:{QUESTION_WORDS})\s+)+"
    if thing_asked(previous) and (inverted := _INVERTED.match(previous)):
        return re.sub(opening, "", inverted.group("rest"), flags=re.IGNORECASE)
    body = re.sub(opening, "", previous, flags=re.IGNORECASE)
    return re.split(rf"\s(?:{AUXILIARY}|there)\b", body)[0].strip()


def thing_asked(previous: str) -> str:
    """What an inverted question asks of: how long does |the battery| last; "" of others."""
    inverted = _INVERTED.match(previous)
    if inverted is None:
        return ""
    word, asked, auxiliary, rest = (part.strip() for part in inverted.groups())
    does = auxiliary.lower() in {"do", "does", "did"}
    article = re.match(ARTICLE, rest, re.IGNORECASE) is not None
    if _SPEAKERS.match(rest):  # how often should I clean |the filter|
        inner = re.search(rf"\b{ARTICLE}.+", rest, re.IGNORECASE)
        return inner.group()[: _thing_end(inner.group())] if inner and asked else ""
    # "What is the capital", "which museum has the oldest", "how many guests can use" ask of what stands before.
    if not does and (not article or not asked or word.lower() == "which"):
        return ""
    if auxiliary.lower() in {"has", "have", "had"} and word.lower() != "how":
        return ""
    phrase = rest[: _thing_end(rest)]
    # Did the company finance |the plant|; but the A of flat A is no article.
    if re.search(rf"\s(?!(?-i:A)\s){ARTICLE}", phrase, re.IGNORECASE):
        return ""
    words = phrase.split()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    is_noun = auxiliary.lower() in {"is", "are", "was", "were"} and not words[-1].endswith("ed")
    if not is_noun and len(words) > 1 + article:
        words.pop()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    return " ".join(words)


def _thing_end(text: str) -> int:
    """Where the thing that opens a text ends at the latest."""
    found = _THING_ENDS.search(text)
    return found.start() if found else len(text)
