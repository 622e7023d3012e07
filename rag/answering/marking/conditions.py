"""The figure of a clause that a figure narrows down: how many, of those of 30亿元以上."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from rag.answering.mentions.figures import find_figures
from rag.answering.question.analysis import AskedFor

__all__ = ["behind_the_condition"]

Near = tuple[int, int, float]

_HAN_NUMBER = "[一二两三四五六七八九十][十百千万亿]+[一二三四五六七八九]?"
_ALONE = r"(?<![\d.,百千万亿余多一二两三四五六七八九十])[百千]?[万亿](?=元)"
_AMOUNT = rf"(?:\d[\d.,]*[百千万亿]*|{_HAN_NUMBER}|{_ALONE})"
#: A figure that narrows down what is counted, in a question or a sentence: 30亿元以上, 超过三十亿元, 亿元以上.
_CONDITION = re.compile(
    rf"(?:超过?|[高大多]于|不少于|不低于|至少)\s*({_AMOUNT})|({_AMOUNT})[^\W\d_]{{0,3}}?(?:及?以[上下内]|或更[多高]|[往朝]上|开外|打底|起步)"
)
_ENGLISH = re.compile(
    r"\b(?:(?:more|less|fewer|larger|bigger|greater|higher|longer) than|over|above|at least|exceeding|"
    r"below|under|upwards of)\s+(?=[\d$¥])"
)
_CLAUSE_END = re.compile("[,，;；。、]")


def behind_the_condition(
    asked: AskedFor, text: str, spans: Sequence[Near]
) -> tuple[int, int] | None:
    """投资30亿元以上的有几个: of 亿元以上项目172个，投资30亿元以上的占3个 the one in that clause.

    ``spans`` are the figures of a Chinese sentence that may answer; the question is Chinese or English. None
    where the question tells no condition, and where the sentence does not tell the same once, with one figure
    behind.
    """
    wanted = _asked_value(asked)
    if wanted is None:
        return None
    told = [m for m in _CONDITION.finditer(text) if _value(m) == wanted]
    if len(told) != 1:
        return None
    end = _CLAUSE_END.search(text, told[0].end())
    stop = end.start() if end else len(text)
    behind = [span for span in spans if told[0].end() <= span[0] and span[1] <= stop]
    return behind[0][:2] if len(behind) == 1 else None


def _asked_value(asked: AskedFor) -> Fraction | None:
    if asked.language == "en":
        than = _ENGLISH.search(asked.normalised)
        found = find_figures(asked.normalised[than.end() :]) if than else ()
        return found[0].value if found and not found[0].start else None
    wanted = _CONDITION.search(asked.normalised)
    return _value(wanted) if wanted else None


def _value(condition: re.Match[str]) -> Fraction | None:
    amount = condition[1] or condition[2]
    found = find_figures(amount if amount[0] not in "百千万亿" else f"1{amount}")
    return found[0].value if found else None
