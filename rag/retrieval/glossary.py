"""The words a passage in the other language would use: English and Chinese, word by word.

The table (made by :mod:`rag.training.lexicon`) gives each word a few translations with
probabilities. A question's *gloss* is, for each of its content words, the alternatives that may
stand for it; a passage meets a word when it holds one of them. Chinese names in Latin letters
(Shibei, Sun Yonghong) are met by the characters they may write (:mod:`rag.training.pinyin`).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rag.normalization import normalize
from rag.retrieval.months import months_in_chinese, months_named

__all__ = ["Glossed", "gloss", "glossed_query", "is_chinese", "meets"]

_TABLE = Path(__file__).parent.parent / "data" / "lexicon.tsv.gz"
_PINYIN = Path(__file__).parent.parent / "data" / "pinyin.tsv"
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
    "的 了 是 在 有 和 与 及 或 等 被 把 将 对 向 从 到 为 以 于 由 而 也 都 就 还 又 吗 呢 吧 啊 "
    "么 什么 多少 几 哪 哪些 哪个 哪里 谁 怎么 怎样 如何 为什么 何时 请问 一个 这 那 该 其 个 中 "
    "上 下 里".split()
)


@dataclass(frozen=True, slots=True)
class Glossed:
    """A content word of a question and what may stand for it, likeliest first.

    Attributes:
        word: As in the normalised question.
        alternatives: (translation, probability in (0, 1]).
        pattern: Matches a name spelled in Latin letters in its own characters, or None.
    """

    word: str
    alternatives: tuple[tuple[str, float], ...]
    pattern: re.Pattern[str] | None = None


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
    if is_chinese(plain):
        return [Glossed(word, found) for word in _chinese_words(plain) if (found := _of(word))]
    return _english(question)


def glossed_query(glossed: Sequence[Glossed], *, alternatives: int = 3) -> str:
    """The likeliest translations as one query for lexical search."""
    return " ".join(target for one in glossed for target, _ in one.alternatives[:alternatives])


def meets(one: Glossed, text: str) -> float:
    """How surely a normalised text holds a glossed word, in [0, 1].

    The best alternative found counts; probability 0.3 and more counts in full, for the table splits
    a word's probability among its synonyms.
    """
    if one.pattern is not None and one.pattern.search(text):
        return 1.0
    return max((min(1.0, p / 0.3) for target, p in one.alternatives if target in text), default=0.0)


@cache
def _table() -> dict[str, str]:
    """Word -> its line, parsed when it is asked for."""
    lines = gzip.decompress(_TABLE.read_bytes()).decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)


@cache
def _of(word: str) -> tuple[tuple[str, float], ...]:
    found = []
    for item in _table().get(word, "").split():
        target, _, percent = item.rpartition(":")
        found.append((target, int(percent) / 100))
    return tuple(found)


# ------------------------------------------------------------------ English


def _english(question: str) -> list[Glossed]:
    names = _names(question)
    glossed = [one for one, _ in names]
    seen = {word for _, words in names for word in words}
    plain = normalize(question)
    for first, last, start, end in reversed(months_named(plain)):
        spelled = tuple((one, 1.0) for one in months_in_chinese(first, last))
        glossed.append(Glossed(plain[start:end], spelled))
        plain = f"{plain[:start]} {plain[end:]}"
    for written in _LATIN.findall(plain):
        word = written.removesuffix("'s")
        if word in _STOP or word in seen:
            continue
        seen.add(word)
        found: dict[str, float] = {}
        for form in _forms(word):
            for target, p in _of(form):
                found[target] = max(found.get(target, 0.0), p)
        if found:
            best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:6]
            glossed.append(Glossed(word, tuple(best)))
    return glossed


def _forms(word: str) -> list[str]:
    """The word, and what a plain stemmer would try."""
    forms = [word]
    for ending, instead in (
        ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"),
        ("ing", ""), ("ing", "e"), ("ly", ""),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            stem = word.removesuffix(ending)
            forms.append(stem + instead)
            if len(stem) > 3 and stem[-1] == stem[-2]:
                forms.append(stem[:-1])
    return list(dict.fromkeys(spelled for form in forms for spelled in (form, _american(form))))


#: How British spellings end, and American ones: the table is richer in these.
_AMERICAN = tuple(
    (re.compile(british), american)
    for british, american in (
        (r"(?<=\w{3})is(?=(?:e[ds]?|ing|ations?)$)", "iz"),
        (r"(?<=\w{3})our(?=s?$|hood|ing$|ed$|able$|ite)", "or"),
        (r"(?<=[bt])re(?=s?$)", "er"),
        (r"(?<=en)ce(?=s?$)", "se"),
        (r"(?<=log)ue(?=s?$)", ""),
        (r"(?<=m)me(?=s?$)", ""),
    )
)


def _american(word: str) -> str:
    """The American spelling of an English word, the word itself where its ending has but one."""
    for british, american in _AMERICAN:
        word = british.sub(american, word)
    return word


_CAPITALISED = re.compile(r"(?:\b[A-Z][a-z]+(?:['’][a-z]+)?\b[ -]?)+")


def _names(question: str) -> list[tuple[Glossed, tuple[str, ...]]]:
    """Runs of capitalised words that can be read as Mandarin, with the words they take up.

    The whole run first (a full name), then its words one by one. A word that opens the question, or
    that the table translates, is a name only as part of a longer one.
    """
    found = []
    for match in _CAPITALISED.finditer(question):
        run = re.sub(r"'s\b", "", match.group().lower().replace("’", "'"))
        words = re.findall(r"[a-z]+(?:'[a-z]+)?", run)
        whole = _pattern("".join(words)) if 2 <= len(words) <= 3 else None
        unknown = any(not _of(word) and word not in _STOP for word in words)
        if whole is not None and unknown and not any(word in _STOP for word in words):
            found.append((Glossed(" ".join(words), (), whole), tuple(words)))
            continue
        for word in words:
            pattern = _pattern(word) if word not in _STOP and len(word) > 3 else None
            if pattern is not None and not (match.start() == 0 and _of(word)):
                found.append((Glossed(word, _of(word), pattern), (word,)))
    return found


@cache
def _syllables() -> dict[str, str]:
    lines = _PINYIN.read_text(encoding="utf-8").splitlines()
    return dict(line.split("\t", 1) for line in lines)


@cache
def _pattern(letters: str) -> re.Pattern[str] | None:
    """What two or more syllables may write; None where the letters cannot be read as Mandarin.

    An apostrophe parts two of them: Xi'an.
    """
    table = _syllables()
    letters = letters.replace("'", "")
    readings: list[list[str]] = []

    def read(at: int, before: list[str]) -> None:
        if len(readings) >= 4 or len(before) > 4:
            return
        if at == len(letters):
            if len(before) > 1:
                readings.append(before)
            return
        for size in range(min(6, len(letters) - at), 0, -1):
            syllable = letters[at : at + size]
            if syllable in table:
                read(at + size, [*before, syllable])

    read(0, [])
    if not readings:
        return None
    return re.compile("|".join("".join(f"[{table[s]}]" for s in reading) for reading in readings))


# ------------------------------------------------------------------ Chinese


def _chinese_words(plain: str) -> list[str]:
    """Longest match against the table; single characters only where nothing longer fits."""
    table = _table()
    words = []
    for run in _HAN.findall(plain):
        at = 0
        while at < len(run):
            size = next(
                (
                    n
                    for n in range(min(_LONGEST, len(run) - at), 1, -1)
                    if run[at : at + n] in table
                ),
                1,
            )
            word = run[at : at + size]
            if word not in _STOP_HAN:
                words.append(word)
            at += size
    return list(dict.fromkeys(words))
