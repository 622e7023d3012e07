"""Which pieces translate which: IBM model 1 on the translated rows.

Brown et al. 1993, https://aclanthology.org/J93-2003. Each piece of the target side is taken to
come from one piece of the source side; expectation maximisation finds t(target | source). Two
uses: a start for the vectors (a piece begins near its English translations) and glosses (a text
with its pieces translated one by one), which turn a question in one language into a rough one in
another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.training.corpus import Ragged

__all__ = ["Lexicon", "align", "aligned_table"]

Bag = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """t(target | source): entries ``offsets[s]:offsets[s + 1]`` are those of source ``s``."""

    offsets: NDArray[np.int64]
    targets: NDArray[np.int32]
    probabilities: NDArray[np.float32]

    def gloss(
        self, random: np.random.Generator, bag: Bag, *, least: float = 0.08, fertility: float = 1.6
    ) -> Bag:
        """The translations of ``bag``'s pieces, each drawn by itself: a word may need several.

        A translation of probability p comes in ``fertility`` times p of all draws, one under
        ``least`` never; so a piece without a clear translation mostly leaves nothing.
        """
        starts, ends = self.offsets[bag], self.offsets[bag + 1]
        counts = ends - starts
        total = int(counts.sum())
        if not total:
            return np.zeros(0, np.int32)
        blocks = np.cumsum(counts) - counts
        places = np.arange(total) + np.repeat(starts - blocks, counts)
        probabilities = self.probabilities[places]
        drawn = (probabilities >= least) & (random.random(total) < fertility * probabilities)
        return np.asarray(self.targets[places[drawn]], np.int32)


def align(
    sides: Sequence[tuple[Ragged, Ragged]],
    size: int,
    *,
    longest: int = 24,
    links: int = 40_000_000,
    rounds: int = 5,
    least: float = 0.02,
    seed: int = 0,
) -> Lexicon:
    """The lexicon of source to target pieces in ``sides``, pairs of (source rows, target rows).

    Args:
        sides: Row-aligned texts.
        size: Number of pieces in the vocabulary.
        longest: Rows with more pieces than this on either side are left out.
        links: At most this many pairs of pieces are looked at, in rows drawn at random.
        rounds: Rounds of expectation maximisation.
        least: Translations less probable than this are forgotten.
        seed: Of the draw of rows.
    """
    source, target, word = _links(sides, longest, links, seed)
    keys, position = np.unique(source.astype(np.int64) * size + target, return_inverse=True)
    key_source = keys // size
    # Count in proportion to rows at first, so that the first round is a chi-square-like guess.
    probability = np.ones(len(keys), np.float32)
    for _ in range(rounds):
        weight = probability[position]
        # The constant stands for the empty source word of the model.
        total = np.bincount(word, weights=weight) + 1e-3
        weight = weight / total[word]
        expected = np.bincount(position, weights=weight, minlength=len(keys))
        # A little mass for the unseen keeps pieces met once from being certain.
        of_source = np.bincount(key_source, weights=expected, minlength=size) + 0.3
        probability = (expected / of_source[key_source]).astype(np.float32)
    kept = np.flatnonzero(probability >= least)
    kept = kept[np.lexsort((-probability[kept], key_source[kept]))]
    offsets = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(key_source[kept], minlength=size), out=offsets[1:])
    return Lexicon(offsets, (keys[kept] % size).astype(np.int32), probability[kept])


def _links(
    sides: Sequence[tuple[Ragged, Ragged]], longest: int, limit: int, seed: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """All pairs of a source and a target piece of one row, and the number of the target."""
    random = np.random.default_rng(seed)
    usable = []
    count = 0
    for source, target in sides:
        lengths, others = np.diff(source.offsets), np.diff(target.offsets)
        fine = (lengths > 0) & (others > 0) & (lengths <= longest) & (others <= longest)
        rows = np.flatnonzero(fine)
        usable.append(rows)
        count += int((lengths[rows] * others[rows]).sum())
    share = min(1.0, limit / max(1, count))
    sources, targets, words = [], [], []
    met = 0
    for (source, target), rows in zip(sides, usable, strict=True):
        chosen = rows[random.random(len(rows)) < share]
        if not len(chosen):
            continue
        left, left_lengths = _gather(source, chosen)
        right, right_lengths = _gather(target, chosen)
        right_starts = np.cumsum(right_lengths) - right_lengths
        repeats = np.repeat(right_lengths, left_lengths)
        starts = np.repeat(right_starts, left_lengths)
        blocks = np.cumsum(repeats) - repeats
        places = np.arange(int(repeats.sum())) + np.repeat(starts - blocks, repeats)
        sources.append(np.repeat(left, repeats))
        targets.append(right[places])
        words.append(places + met)
        met += len(right)
    if not sources:
        empty = np.zeros(0, np.int32)
        return empty, empty, np.zeros(0, np.int64)
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(words)


def _gather(texts: Ragged, rows: NDArray[np.int64]) -> tuple[Bag, NDArray[np.int64]]:
    """The pieces of ``rows``, joined, and the length of each row."""
    lengths = np.diff(texts.offsets)[rows]
    ends = np.cumsum(lengths)
    places = np.arange(int(ends[-1])) + np.repeat(texts.offsets[rows] - (ends - lengths), lengths)
    return texts.ids[places], lengths


def aligned_table(
    table: NDArray[np.float32],
    lexicon: Lexicon,
    english: NDArray[np.int64],
    other: NDArray[np.int64],
    *,
    share: float = 0.85,
) -> NDArray[np.float32]:
    """``table`` with the pieces of other languages turned towards their English translations.

    Args:
        table: (pieces, dimension); row lengths are kept.
        lexicon: From pieces of the other languages to English ones.
        english: How often each piece occurs in English texts.
        other: How often each occurs in the other languages.
        share: Cosine of a wholly foreign piece with the mean of its translations; the rest stays
        its own.
    """
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    unit = table / np.maximum(lengths, 1e-12)
    turned = unit.copy()
    foreign = other / np.maximum(1, other + 3 * english)
    for piece in np.flatnonzero((np.diff(lexicon.offsets) > 0) & (foreign > 0)):
        start, end = lexicon.offsets[piece], lexicon.offsets[piece + 1]
        mean = lexicon.probabilities[start:end] @ unit[lexicon.targets[start:end]]
        sure = float(np.sqrt(np.square(lexicon.probabilities[start:end]).sum()))
        mean /= max(float(np.linalg.norm(mean)), 1e-12)
        towards = share * float(foreign[piece]) * min(1.0, sure / 0.5)
        turned[piece] = towards * mean + np.sqrt(1 - towards**2) * unit[piece]
    turned /= np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
    return np.asarray(turned * lengths, np.float32)
