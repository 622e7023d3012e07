"""The clause of a Chinese sentence that says yes or no, or what is to be done."""

from __future__ import annotations

import re

from rag.answering.evidence.term_weights import Weights
from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["clause_asked", "without_aside"]

_CLAUSE = re.compile("[^,，。;；:：!！?？\n]+")
#: Tells when, for whom, with what leave: 水温过高时, 关于漏水损失, 未经甲方同意, 逾期支付的.
_ASIDE = re.compile(
    r"\s*(?:如果?|若|当|因|由于|为了?|关于|对于|根据|按照|未经|除|凡|在.+[上中下])|.*[时的后前]\s*$",
    re.DOTALL,
)
_POLAR = re.compile("[不未无没禁免须应可]")
#: How much more a clause counts that allows, forbids or denies.
_POLAR_GAIN = 1.5
#: A clause that the reader is this sure of stands when it holds that share of the best one's words.
_SURE, _ENOUGH = 0.9, 0.6


def clause_asked(
    asked: AskedFor, text: str, weights: Weights, read: tuple[int, int, float] | None
) -> tuple[int, int] | None:
    """The clause that says most of what a yes-or-no question asks: 门无法打开 of 水温过高时，门无法打开.

    None for other questions, where no clause says anything of it, and where the question's words stand
    scattered over several, none with half of them. ``read`` is the reader's span with its probability.
    """
    if asked.kind != "yesno" or not asked.language.startswith("zh"):
        return None
    clauses = [match.span() for match in _CLAUSE.finditer(text) if match.group().strip()]
    main = [span for span in clauses if not _ASIDE.match(text[slice(*span)])] or clauses
    held = [held_terms(text[slice(*span)]) for span in main]
    focus = [sum(worth for term, worth in weights.focus.items() if term in h) for h in held]
    whole = sum(worth for term, worth in weights.focus.items() if any(term in h for h in held))
    worth = [
        share * _gain(asked, normalize(text[slice(*span)]))
        for share, span in zip(focus, main, strict=True)
    ]
    best = max(range(len(main)), key=lambda i: worth[i], default=None)
    if best is None or not focus[best] or 2 * max(focus) < whole:
        return None
    if read is not None and read[2] >= _SURE:
        for i, (start, end) in enumerate(main):
            if read[0] < end and start < read[1] and focus[i] >= _ENOUGH * focus[best]:
                best = i
                break
    return main[best]


_DENIES = re.compile("(?P<all>(?:未能?|没有?|不[得能可应]?)(?P<word>[\u4e00-\u9fff]{2}))(?!的)")
#: How much more one counts that denies the very word of the question: 未达到目标 where 达到目标了吗 is asked.
_DENIED_GAIN = 4.0


def _gain(asked: AskedFor, clause: str) -> float:
    if any(
        denied["word"] in asked.normalised and denied["all"] not in asked.normalised
        for denied in _DENIES.finditer(clause)
    ):
        return _DENIED_GAIN
    return _POLAR_GAIN if _POLAR.search(clause) else 1.0


_ASKS_WHAT_TO_DO = re.compile(
    "怎么办|咋办|会怎么?样(?:呢|啊|(?![\u4e00-\u9fff]))|(?:怎么|如何|怎样)处[理置罚分]|后果"
)


def without_aside(asked: AskedFor, text: str, start: int, end: int) -> tuple[int, int]:
    """A mark without the case that it begins with, where a question tells the case and asks what then.

    公司可以解除合同 of 累计旷工5天的，公司可以解除合同.
    """
    if asked.language.startswith("zh") and _ASKS_WHAT_TO_DO.search(asked.normalised):
        first = _CLAUSE.match(text, start, end)
        if (
            first
            and first.end() < end
            and _ASIDE.fullmatch(first.group())
            and held_terms(first.group()) & held_terms(asked.content)
        ):
            return first.end() + 1, end
    return start, end
