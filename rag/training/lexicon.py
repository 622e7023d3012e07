"""Word translations between English and Chinese, learned from parallel texts and dictionaries.

IBM Model 1 (Brown et al. 1993, https://aclanthology.org/J93-2003/) over sentence pairs, titles and
dictionary entries, in both directions. What is kept per word are its few likeliest translations:
retrieval asks which Chinese words a passage would use for an English question's words, and the
reverse. ``python -m rag.training lexicon --data DIR --out FILE`` makes the table that the package
carries.
"""

from __future__ import annotations

import argparse
import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.normalization import normalize
from rag.training.corpus import HELD_OUT_SOURCE
from rag.training.data_files import rows_of

__all__ = ["add_lexicon_arguments", "run_lexicon", "train_lexicon"]

_LATIN = re.compile(r"[a-z][a-z0-9]*(?:'[a-z]+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
_NOTES = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_LONGEST = 6
_ROUNDS = 5
_KEPT = 4
_LEAST = 0.02
_WORDS = 40_000


def train_lexicon(data: Path, out: Path, *, articles: int = 8000) -> dict[str, int]:
    """Learn the table and write it.

    Each line holds a word, a tab, and its translations, best first, each followed by ``:`` and its
    probability in percent. English words come first, then Chinese ones.

    Args:
        data: Folder of the training data; ``parallel``, ``titles_dict`` and ``news_zh`` are read.
        out: The file to write.
        articles: News articles from which Chinese word frequencies are counted.

    Returns:
        Sizes: ``pairs``, ``english``, ``chinese``.
    """
    titles = [row for row in rows_of(data, "titles_dict") if row["l"] == "zh"]
    segment = Segmenter(_words_of(titles), _news(data, articles))
    pairs: list[tuple[list[str], list[str]]] = []
    for row in titles:
        words = segment(normalize(row["x"]))
        pairs.extend((_english(english), words) for english in _entries(row))
    pairs.extend(
        (_english(row["e"]), segment(normalize(row["x"])))
        for row in rows_of(data, "parallel")
        if row["l"] in ("zh", "zh-hant") and row["s"] != HELD_OUT_SOURCE
    )
    pairs = [(e, f) for e, f in pairs if 0 < len(e) <= 60 and 0 < len(f) <= 60]
    forward = _model_one(pairs)
    backward = _model_one([(f, e) for e, f in pairs])
    english = _common(_kept(forward, backward), (word for e, _ in pairs for word in e))
    chinese = _common(_kept(backward, forward), (word for _, f in pairs for word in f))
    lines = [*_lines(english), *_lines(chinese)]
    out.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\n" for line in lines)
    out.write_bytes(gzip.compress(text.encode(), mtime=0))
    return {"pairs": len(pairs), "english": len(english), "chinese": len(chinese)}


class Segmenter:
    """Cuts Han runs into words by unigram probability, the likeliest way (Viterbi).

    Args:
        words: The words it may use, besides single characters.
        texts: Texts from which frequencies are counted, in two rounds.
    """

    def __init__(self, words: Iterable[str], texts: Sequence[str]) -> None:
        # Longer words are rarer by nature; the first round only needs a sane start.
        self._cost = {word: 6.0 + 1.2 * len(word) for word in words if len(word) > 1}
        for _ in range(2):
            counts: Counter[str] = Counter()
            for text in texts:
                counts.update(self(text))
            total = math.log(sum(counts.values()) + len(self._cost))
            self._cost = {w: total - math.log(counts[w] + 0.3) for w in self._cost}
            self._cost |= {w: total - math.log(n) for w, n in counts.items() if len(w) == 1}

    def __call__(self, text: str) -> list[str]:
        """The words of a normalised text; Latin words and digits are left out."""
        return [word for run in _HAN.findall(text) for word in self._cut(run)]

    def _cut(self, run: str) -> list[str]:
        best = [0.0]
        last = [0]
        for end in range(1, len(run) + 1):
            cost, start = min(
                (best[start] + self._word_cost(run[start:end]), start)
                for start in range(max(0, end - _LONGEST), end)
            )
            best.append(cost)
            last.append(start)
        words = []
        end = len(run)
        while end:
            words.append(run[last[end] : end])
            end = last[end]
        return words[::-1]

    def _word_cost(self, word: str) -> float:
        return self._cost.get(word, 14.0 if len(word) == 1 else math.inf)


def _words_of(titles: Sequence[dict[str, Any]]) -> set[str]:
    found = set()
    for row in titles:
        word = normalize(row["x"])
        limit = _LONGEST if row["s"] == "cc-cedict" else 4
        if _HAN.fullmatch(word) and len(word) <= limit:
            found.add(word)
    return found


def _news(data: Path, articles: int) -> list[str]:
    rows = rows_of(data, "news_zh")
    return [normalize(row["t"]) for row, _ in zip(rows, range(articles), strict=False)]


def _entries(row: dict[str, Any]) -> Iterator[str]:
    """The English of a title, or each meaning of a dictionary entry."""
    if row["s"] != "cc-cedict":
        yield _NOTES.sub(" ", row["e"])
        return
    for meaning in _NOTES.sub(" ", row["e"]).split(";"):
        text = meaning.strip()
        if text.startswith(("classifier for", "CL:", "variant of", "surname", "see ", "abbr.")):
            continue
        yield re.sub(r"^(?:to|a|an|the) ", "", text)


def _english(text: str) -> list[str]:
    return _LATIN.findall(normalize(text))


Table = dict[str, dict[str, float]]


def _model_one(pairs: Sequence[tuple[list[str], list[str]]]) -> Table:
    """t(f | e) of Model 1 with an empty word."""
    e_ids: dict[str, int] = {"": 0}
    f_ids: dict[str, int] = {}
    e_of, f_of, where = [], [], []
    for number, (e_words, f_words) in enumerate(pairs):
        es = [0, *(e_ids.setdefault(word, len(e_ids)) for word in e_words)]
        fs = [f_ids.setdefault(word, len(f_ids)) for word in f_words]
        for at, f in enumerate(fs):
            e_of.append(np.asarray(es, np.int32))
            f_of.append(np.full(len(es), f, np.int32))
            where.append(np.full(len(es), at + 64 * number, np.int64))
    left, right = np.concatenate(e_of), np.concatenate(f_of)
    _, token = np.unique(np.concatenate(where), return_inverse=True)
    keys, cell = np.unique(left.astype(np.int64) << 32 | right, return_inverse=True)
    del e_of, f_of, where
    cell_e = (keys >> 32).astype(np.int64)
    probability = np.ones(len(keys), np.float64) / len(f_ids)
    for _ in range(_ROUNDS):
        weight = probability[cell]
        weight /= np.bincount(token, weights=weight)[token]
        counts = np.bincount(cell, weights=weight, minlength=len(keys))
        totals = np.bincount(cell_e, weights=counts)
        probability = counts / (totals[cell_e] + 0.1)
    e_words, f_words = list(e_ids), list(f_ids)
    table: Table = {}
    for at in np.flatnonzero(probability >= _LEAST / 4).tolist():
        source = e_words[cell_e[at]]
        if source:
            target = f_words[int(keys[at] & 0xFFFFFFFF)]
            table.setdefault(source, {})[target] = float(probability[at])
    return table


def _kept(forward: Table, backward: Table) -> dict[str, list[tuple[str, float]]]:
    """The likeliest translations of each word; both directions must find them plausible."""
    kept: dict[str, list[tuple[str, float]]] = {}
    for word, targets in forward.items():
        scored = [
            (target, math.sqrt(p * max(backward.get(target, {}).get(word, 0.0), p * 0.02)))
            for target, p in targets.items()
        ]
        best = sorted(scored, key=lambda item: (-item[1], item[0]))[:_KEPT]
        best = [(target, p) for target, p in best if p >= max(_LEAST, 0.12 * best[0][1])]
        if best:
            kept[word] = best
    return kept


def _common(
    table: dict[str, list[tuple[str, float]]], words: Iterable[str]
) -> dict[str, list[tuple[str, float]]]:
    """The entries of the commonest words."""
    counts = Counter(words)
    order = sorted(table, key=lambda word: (-counts[word], word))
    return {word: table[word] for word in order[:_WORDS]}


def _lines(table: dict[str, list[tuple[str, float]]]) -> Iterator[str]:
    for word in sorted(table):
        translations = " ".join(f"{target}:{round(100 * p)}" for target, p in table[word])
        yield f"{word}\t{translations}"


def add_lexicon_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``python -m rag.training lexicon``."""
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--out", type=Path, required=True, help="file to write")


def run_lexicon(args: argparse.Namespace) -> int:
    """Train, and say how large the table is."""
    sizes = train_lexicon(args.data, args.out)
    print(", ".join(f"{count} {name}" for name, count in sizes.items()))
    return 0
