"""The clause of a Chinese sentence that says yes or no."""

from __future__ import annotations

import re

from rag.answering.evidence.term_weights import Weights
from rag.answering.evidence.texts import held_terms
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["clause_asked"]

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
        share * (_POLAR_GAIN if _POLAR.search(normalize(text[slice(*span)])) else 1.0)
        for share, span in zip(focus, main, strict=True)
    ]
    best = max(range(len(main)), key=lambda i: worth[i], default=None)
    if best is None or not focus[best] or 2 * focus[best] < whole:
        return None
    if read is not None and read[2] >= _SURE:
        for i, (start, end) in enumerate(main):
            if read[0] < end and start < read[1] and focus[i] >= _ENOUGH * focus[best]:
                best = i
                break
    return main[best]
