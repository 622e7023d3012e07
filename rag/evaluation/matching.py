"""When does a text hold an accepted answer, and when do two spans speak of the same words?

Texts are compared after :func:`rag.normalization.normalize` (width, case, script) without white
space and punctuation between words; figures match whole figures only: 172 is not found in 1,172, nor
-5 where 5 stands. (5 is found in -5: most such dashes are of ranges, as in 3月-5月.)
"""

from __future__ import annotations

import collections
from collections.abc import Iterable, Sequence
from functools import lru_cache

import regex

from rag.normalization import normalize

__all__ = ["exact_match", "holds", "overlap", "token_f1", "tokens"]

_GROUPED = regex.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_NUMBER = r"\d+(?:\.\d+)?"
# A figure with its decimals, a word of a spaced script, or one sign of an unspaced one.
_SIGN = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}"
_TOKEN = regex.compile(
    rf"{_NUMBER}|[{_SIGN}]|[[\p{{L}}\p{{M}}]--[{_SIGN}]]+|[%‰$€£¥+]", regex.VERSION1
)


_SYMBOL = regex.compile(r"\p{S}")
_MINUS = regex.compile(r"-(?=\s*[$€£¥]?\d)")
_NEGATIVE = regex.compile(r"\s*-[$€£¥]?\d")


@lru_cache(maxsize=65536)
def tokens(text: str) -> tuple[str, ...]:
    """Tokens for F1 and matching: scripts without spaces by character, others by word.

    As in CMRC 2018's and SQuAD's official scripts (Cui et al. 2019; Rajpurkar et al. 2016), with
    our normalisation first; punctuation does not count, per cent and currency signs do, other symbols
    (the √ of a table) where nothing else stands.
    """
    plain = _GROUPED.sub("", normalize(text))
    return tuple(_TOKEN.findall(plain)) or tuple(_SYMBOL.findall(plain))


def holds(text: str, answers: Iterable[str]) -> bool:
    """True when the tokens of an answer stand in the text, side by side and in order."""
    return any(_holds(text, answer) for answer in answers)


def _holds(text: str, answer: str) -> bool:
    wanted = tokens(answer)
    if not _contains(tokens(text), wanted):
        # Symbols are no tokens of a text that has words; an answer of symbols alone stands there.
        symbols = _SYMBOL.fullmatch(wanted[0]) if wanted else None
        return symbols is not None and _contains(_SYMBOL.findall(normalize(text)), wanted)
    return not _is_negative(answer) or _contains(_with_minus(text), _with_minus(answer))


def _is_negative(text: str) -> bool:
    return _NEGATIVE.match(normalize(text)) is not None


def _with_minus(text: str) -> tuple[str, ...]:
    """The tokens, and each minus or dash in front of a figure."""
    first, *others = map(tokens, _MINUS.split(_GROUPED.sub("", normalize(text))))
    return first + tuple(token for part in others for token in ("-", *part))


def _contains(inside: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return False
    size = len(wanted)
    return any(
        inside[at] == wanted[0] and tuple(inside[at : at + size]) == tuple(wanted)
        for at in range(len(inside) - size + 1)
    )


def exact_match(text: str, answers: Iterable[str]) -> bool:
    """True when the text, normalised and without punctuation, is one of the answers."""
    given = tokens(text)
    return bool(given) and any(
        given == tokens(answer) and _is_negative(text) == _is_negative(answer) for answer in answers
    )


def token_f1(text: str, answers: Iterable[str]) -> float:
    """Best F1 of token overlap over the answers, in [0, 1] (Rajpurkar et al. 2016)."""
    return max((_f1(tokens(text), tokens(answer)) for answer in answers), default=0.0)


def _f1(given: Sequence[str], wanted: Sequence[str]) -> float:
    common = sum((collections.Counter(given) & collections.Counter(wanted)).values())
    if not common:
        return 0.0
    precision, recall = common / len(given), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def overlap(left: tuple[int, int], right: tuple[int, int]) -> int:
    """Characters that two spans share."""
    return max(0, min(left[1], right[1]) - max(left[0], right[0]))
