"""The words a passage in the other language would use: English and Chinese, word by word.

The table (made by :mod:`rag.training.lexicon`) gives each word a few translations with
probabilities. A question's *gloss* is, for each of its content words, the alternatives that may
stand for it; a passage meets a word when it holds one of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.normalization import normalize

__all__ = ["Glossed", "gloss", "glossed_coverage", "glossed_query", "is_chinese"]

_TABLE = Path(__file__).parent.parent / "data" / "lexicon.tsv"
_LATIN = re.compile(r"[a-z][a-z0-9]*(?:'[a-z]+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_LONGEST = 6
_STOP = frozenset(
    "a an the of in on at to for from by with and or as is are was were be been being it its this "
    "that these those which who whom whose what when where why how many much do does did has have "
    "had there their they he she his her will would can could may might shall should about into "
    "than then so such not no if any some all each also one please tell me give list name i you "
    "we us our your kind type s according during made make makes".split()
)
_STOP_HAN = frozenset(
    "的 了 是 在 有 和 与 及 或 等 被 把 将 对 向 从 到 为 以 于 由 而 也 都 就 还 又 吗 呢 吧 啊 么 什么 "
    "多少 几 哪 哪些 哪个 哪里 谁 怎么 怎样 如何 为什么 何时 请问 一个 这 那 该 其 个 中 上 下 里".split()
)


@dataclass(frozen=True, slots=True)
class Glossed:
    """A content word of a question and what may stand for it, likeliest first.

    Attributes:
        word: As in the normalised question.
        alternatives: (translation, probability in (0, 1]).
    """

    word: str
    alternatives: tuple[tuple[str, float], ...]


def is_chinese(text: str) -> bool:
    """Whether Han characters make up a good part of a normalised text's letters."""
    han = sum(len(run) for run in _HAN.findall(text))
    latin = sum(len(word) for word in _LATIN.findall(text))
    return han * 3 > latin


def gloss(question: str) -> list[Glossed]:
    """The content words of an English or Chinese question with their translations, in order.

    Words without a known translation are left out, figures too (they need none), and so are words
    that carry only grammar. A question in another script gives an empty list.
    """
    plain = normalize(question)
    words = _chinese_words(plain) if is_chinese(plain) else _english_words(plain)
    return [Glossed(word, found) for word in words if (found := _translations(word))]


def glossed_query(glossed: Sequence[Glossed], *, alternatives: int = 3) -> str:
    """The likeliest translations as one query for lexical search."""
    return " ".join(
        target for one in glossed for target, _ in one.alternatives[:alternatives]
    )


def glossed_coverage(
    glossed: Sequence[Glossed], text: str, weights: Sequence[float] | None = None
) -> float:
    """Share of the question's words, by weight, that a normalised text meets, in [0, 1].

    A word is met to the degree of the best alternative found: probability 0.3 and more counts in
    full, for the table splits a word's probability among its synonyms.
    """
    if not glossed:
        return 0.0
    weights = weights or [1.0] * len(glossed)
    met = 0.0
    for one, weight in zip(glossed, weights, strict=True):
        met += weight * max(
            (min(1.0, p / 0.3) for target, p in one.alternatives if target in text), default=0.0
        )
    return met / sum(weights)


@cache
def _table() -> dict[str, str]:
    """Word -> its line, parsed when it is asked for."""
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


@cache
def _translations(word: str) -> tuple[tuple[str, float], ...]:
    line = _table().get(word, "")
    found = []
    for item in line.split():
        target, _, percent = item.rpartition(":")
        found.append((target, int(percent) / 100))
    return tuple(found)


def _english_words(plain: str) -> list[str]:
    table = _table()
    words = []
    for written in _LATIN.findall(plain):
        word = written.removesuffix("'s")
        if word in _STOP:
            continue
        words.append(next((form for form in _forms(word) if form in table), word))
    return list(dict.fromkeys(words))


def _forms(word: str) -> list[str]:
    """The word, and what a plain stemmer would try."""
    forms = [word]
    for ending, instead in (
        ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"),
        ("ing", ""), ("ing", "e"), ("ly", ""), ("er", ""), ("or", "e"),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            forms.append(stem + instead)
            if len(stem) > 3 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return forms


def _chinese_words(plain: str) -> list[str]:
    """Longest match against the table; single characters only where nothing longer fits."""
    table = _table()
    words = []
    for run in _HAN.findall(plain):
        at = 0
        while at < len(run):
            size = next(
                (n for n in range(min(_LONGEST, len(run) - at), 1, -1) if run[at : at + n] in table),
                1,
            )
            word = run[at : at + size]
            if word not in _STOP_HAN:
                words.append(word)
            at += size
    return list(dict.fromkeys(words))
