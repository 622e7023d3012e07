"""Give an English transformer a multilingual vocabulary: fit new piece embeddings to translations.

For every pair (English, other) of the parallel data the weighted bag of new pieces of *either* side
shall approximate the weighted bag of the English side's old input embeddings. That is one sparse
least-squares problem, solved by conjugate gradients, with a ridge towards the average of the old
pieces that spell a new piece. The dimension is reduced first (principal components of the old
table), which keeps the file small.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Cut = Callable[[Sequence[str]], Iterator[Sequence[int]]]

LONGEST = 48  # pieces of a side; longer pairs say little about one piece


@dataclass(frozen=True)
class Transplant:
    """New rows (pieces, dimension) and the way back: ``rows @ projection + mean`` are old embeddings."""

    rows: Floats
    projection: Floats
    mean: Floats


def fit(
    pairs: Iterable[tuple[str, str]],
    *,
    old_table: Floats,
    cut_old: Cut,
    cut_new: Cut,
    spell: Sequence[str],
    dimension: int,
    iterations: int = 14,
    ridge: float = 0.3,
) -> Transplant:
    """Fit the rows of a new vocabulary.

    Args:
        pairs: (English, other) texts.
        old_table: Input embeddings of the English model.
        cut_old: Texts to lists of old ids, without marks.
        cut_new: Texts to lists of new ids.
        spell: What each new piece spells ("" where that is no text).
        dimension: Columns of the new rows.
        iterations: Steps of conjugate gradients.
        ridge: Weight of the pull towards the spelled average (or zero).
    """
    began = time.perf_counter()
    english, other = _distinct(pairs)
    old_bags, old_counts = _bags(cut_old(english), len(old_table))
    new_english, english_counts = _bags(cut_new(english), len(spell))
    new_other, other_counts = _bags(cut_new([text for _, text in other]), len(spell))
    print(
        f"transplant: {len(english):,} English, {len(other):,} other sides "
        f"({time.perf_counter() - began:.0f} s)",
        flush=True,
    )

    frequency = old_counts / old_counts.sum()
    weight_old = _weights(old_counts)
    mean = (frequency @ old_table).astype(np.float32)
    centred = old_table - mean
    spread = (centred * np.sqrt(frequency + 1e-6)[:, None]).astype(np.float64)
    values, vectors = np.linalg.eigh(spread.T @ spread)
    projection = vectors[:, ::-1][:, :dimension].T.astype(np.float32)
    kept = values[::-1][:dimension].sum() / values.sum()
    print(f"transplant: {dimension} dimensions keep {kept:.3f} of the variance", flush=True)
    reduced = centred @ projection.T

    weight_new = _weights(english_counts + other_counts)
    from scipy import sparse

    mean_english, total = _averaged(old_bags, weight_old)
    target = mean_english @ reduced
    of_english = np.fromiter((i for i, _ in other), np.int64, len(other))
    # A long text says less about each of its pieces, but not by its whole length.
    trust = total[np.r_[np.arange(len(english)), of_english]] ** 0.25
    system = sparse.vstack(
        [_averaged(new_english, weight_new)[0], _averaged(new_other, weight_new)[0]], format="csr"
    )
    system = (sparse.diags(trust) @ system).tocsr()
    targets = np.concatenate([target, target[of_english]]) * trust[:, None]
    prior, known = _spelled(spell, cut_old, reduced, weight_old)
    pull = np.where(known, 4 * ridge, ridge).astype(np.float32)[:, None]
    rows = _conjugate_gradients(system, targets, prior, pull, iterations)
    norms = np.linalg.norm(rows, axis=1)
    cap = 1.3 * float(np.median(np.linalg.norm(reduced[old_counts > 20], axis=1)))
    rows *= np.minimum(1, cap / np.maximum(norms, 1e-6))[:, None]
    print(f"transplant: fitted ({time.perf_counter() - began:.0f} s)", flush=True)
    return Transplant(rows.astype(np.float32), projection, mean)


def composed(rows: Floats, merges: Sequence[tuple[int, int]], *, full: float = 0.8) -> Floats:
    """Rows of pieces that translations hardly hold, filled up with the mean of the two pieces they merge.

    A row shorter than ``full`` gets the more of its parts the shorter it is. Piece ``256 + n``
    merges the pair ``merges[n]``, both of which come before it.
    """
    rows = rows.copy()
    for n, (left, right) in enumerate(merges):
        known = min(1.0, float(np.linalg.norm(rows[256 + n])) / full)
        rows[256 + n] += (1 - known) * (rows[left] + rows[right]) / 2
    return rows


def _distinct(pairs: Iterable[tuple[str, str]]) -> tuple[list[str], list[tuple[int, str]]]:
    """English sides without repetition, and (index of its English side, other side)."""
    index: dict[str, int] = {}
    other = []
    for english, text in pairs:
        other.append((index.setdefault(english, len(index)), text))
    return list(index), other


def _bags(cuts: Iterator[Sequence[int]], width: int) -> tuple[Any, npt.NDArray[np.float64]]:
    """A count matrix (texts, pieces) and the count of each piece."""
    from scipy import sparse

    columns: list[npt.NDArray[np.int32]] = []
    ends = [0]
    for ids in cuts:
        some = np.asarray(ids[:LONGEST], np.int32)
        columns.append(some)
        ends.append(ends[-1] + len(some))
    flat = np.concatenate([*columns, np.zeros(0, np.int32)])
    counts = np.bincount(flat, minlength=width).astype(np.float64)
    ones = np.ones(len(flat), np.float32)
    matrix = sparse.csr_matrix((ones, flat, np.asarray(ends)), shape=(len(columns), width))
    return matrix, counts


def _weights(counts: npt.NDArray[np.float64]) -> Floats:
    """Smooth inverse frequency: rare pieces weigh 1, the commonest far less."""
    share = counts / max(counts.sum(), 1)
    return cast("Floats", (1e-3 / (1e-3 + share)).astype(np.float32))


def _averaged(bags: Any, weights: Floats) -> tuple[Any, Floats]:
    """Rows of a count matrix, weighted and divided by their whole weight, and that weight."""
    from scipy import sparse

    weighted = bags @ sparse.diags(weights)
    total = np.maximum(np.asarray(weighted.sum(axis=1)).ravel(), 1e-3).astype(np.float32)
    return (sparse.diags(1 / total) @ weighted).tocsr(), total


def _spelled(
    spell: Sequence[str], cut_old: Cut, reduced: Floats, weights: Floats
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """For new pieces of Latin letters, digits and signs: the average of the old pieces that spell them."""
    prior = np.zeros((len(spell), reduced.shape[1]), np.float32)
    known = np.zeros(len(spell), np.bool_)
    plain = [i for i, text in enumerate(spell) if text.strip() and text.isascii()]
    for i, ids in zip(plain, cut_old([spell[i] for i in plain]), strict=True):
        if 0 < len(ids) <= 3:
            share = weights[np.asarray(ids)]
            prior[i] = (share @ reduced[np.asarray(ids)]) / share.sum()
            known[i] = len(ids) == 1
    return prior, known


def _conjugate_gradients(
    system: Any, targets: Floats, start: Floats, pull: Floats, iterations: int
) -> Floats:
    """Minimise |system @ x - targets|^2 + pull |x - start|^2, column by column at once."""
    transposed = system.T.tocsr()
    x = start.copy()
    residual = transposed @ (targets - system @ x)
    direction = residual.copy()
    power = np.einsum("ij,ij->j", residual, residual)
    for step in range(iterations):
        image = transposed @ (system @ direction) + pull * direction
        alpha = power / np.maximum(np.einsum("ij,ij->j", direction, image), 1e-12)
        x += alpha * direction
        residual -= alpha * image
        new_power = np.einsum("ij,ij->j", residual, residual)
        direction = residual + (new_power / np.maximum(power, 1e-12)) * direction
        power = new_power
        print(f"transplant: step {step + 1}/{iterations}, residual {power.sum():.4g}", flush=True)
    return x
