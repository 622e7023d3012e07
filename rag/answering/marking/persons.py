"""The name of an English phrase that answers who."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["person_named"]

_CAPITAL = r"[A-ZÀ-Þ][\w'’.-]*"
#: At least two words with a capital letter: a single one opens a sentence or tells a people, too.
_NAME = rf"{_CAPITAL}(?:\s+(?:(?:of|the|de|la|von|van|der|du|da|di|al|bin)\s+){{0,2}}{_CAPITAL})+"
#: No word that opens another phrase.
_IN_PHRASE = r"(?!(?:of|in|at|on|from|for|to|by|with|under|and|or|the|an?)\b)"
#: Who is not named: the Austrian zoologist, his minister; but not the king of Spain.
_SOMEONE = (
    rf"(?:the|an?|his|her|its|their)\s+(?:{_IN_PHRASE}[\w-]+\s+){{0,3}}?{_IN_PHRASE}[a-z][\w-]*"
)
_TITLED = re.compile(rf"{_SOMEONE}\s+(?P<name>{_NAME})")
_UNNAMED = re.compile(_SOMEONE)
_CALLED = re.compile(rf",\s+(?P<name>(?:the\s+)?{_NAME})(?=[,.;])")
#: What goes on behind a name and is none: Jean-Antoine Chaptal after nitre.
_GOES_ON = re.compile(
    rf"(?P<name>{_NAME})\s+(?:in|on|at|after|during|before|by|from|for|under|as|when|while|to|who|was|is|had|"
    r"became|began|led|made|won|wrote|[a-z]+ed)\b"
)
_OTHERS = re.compile(rf"\b(?:and|with)\b|{_NAME}")


def person_named(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """Of a mark that answers an English who, the name alone.

    Karl von Frisch of "the zoologist Karl von Frisch", of "Karl von Frisch in 1940", and behind "his teacher".
    Another name beside it, or one that the question tells itself, leaves the mark as it is.
    """
    if asked.language != "en" or asked.kind != "person" or asked.many:
        return start, end
    name = _name_in(text, start, end)
    if name is None or normalize(text[slice(*name)]) in asked.normalised:
        return start, end
    return name


def _name_in(text: str, start: int, end: int) -> tuple[int, int] | None:
    if _UNNAMED.fullmatch(text, start, end) and (called := _CALLED.match(text, end)):
        return called.span("name")
    if titled := _TITLED.fullmatch(text, start, end):
        return titled.span("name")
    longer = _GOES_ON.match(text, start, end)
    if longer is None or _OTHERS.search(text, longer.end("name"), end):
        return None
    return longer.span("name")
