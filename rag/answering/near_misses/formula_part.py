"""Whether a sentence only names a formula of which one part is asked for: what the 1 of “6+1” stands for."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["FormulaPart", "formula_part_asked", "lacks_part_meaning"]

_FORMULA = re.compile(r"(?<![\w.+])(?:\d{1,2}|[a-z])(?:\+(?:\d{1,2}|[a-z]))+(?![a-z\d.+%])")
_MEANS = (
    r"(?:具体|到底|究竟|分别|又|都)*(?:是指|指的?是|指代|指|代表|表示|是|为|说的?是)(?:的是)?"
    r"(?:什么|啥|哪|谁|多少)"
)
_IN_IT = re.compile(
    r"(?:里|中|当中|里面|里头)的?(?:那|这)?个?\"?(?P<part>\d{1,2}|[a-z])\"?" + _MEANS
)
_EXPLAINS = re.compile(
    "[:(]|——|即|是|指|其中|包括|包含|分别|代表|由|为|将|把|必|任选|[前后][一二两三四五六七八九十\\d]"
)
_ROW = re.compile("[^,。;:!?、]+(?:、[^,。;:!?、]+){2}")
_DIGITS = dict(enumerate("零一二三四五六七八九十"))


class FormulaPart(NamedTuple):
    """A part of a formula, normalised: 1 of 6+1."""

    formula: str
    part: str


@lru_cache(maxsize=64)
def formula_part_asked(asked: str) -> FormulaPart | None:
    """The part of a formula whose meaning a normalised Chinese question asks for, else None."""
    formula = _FORMULA.search(asked)
    found = _IN_IT.search(asked, formula.end()) if formula else None
    if formula is None or found is None or found["part"] not in formula[0].split("+"):
        return None
    return FormulaPart(formula[0], found["part"])


def lacks_part_meaning(asked: FormulaPart, told: str, after: str) -> bool:
    """Whether a sentence names the formula, and neither it nor the next one may say what the part is.

    Args:
        asked: By :func:`formula_part_asked`.
        told: The sentence, normalised.
        after: The next one, normalised.
    """
    at = told.find(asked.formula)
    if at < 0 or _ROW.search(told) or _EXPLAINS.search(told, at + len(asked.formula)):
        return False
    part = rf"{asked.part}(?![\d.+年月])"
    if asked.part.isdecimal() and (spelt := _DIGITS.get(int(asked.part))):
        part += f"|{spelt}[个大项条种类核主年学月天周门人层步]"
    alone = re.compile(rf"(?<![\d.+a-z])(?:{part})")
    rest = told.replace(asked.formula, " ")
    return not (alone.search(rest) or alone.search(after) or _EXPLAINS.match(after.lstrip()))
