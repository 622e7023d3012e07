"""Adapt a static model to one's own documents, without any labels.

Nine tenths of the documents train: a thinned sentence and the passage that it stands in or was
taken from. The rest measures, before and after: a third of a sentence's pieces has to find its
passage among all passages of the documents held out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.errors import RagError
from rag.training.building import encode_meaning
from rag.training.card import measures_table
from rag.training.corpus import Ragged, sentences_of
from rag.training.export import read_table, write_model
from rag.training.measures import Retrieval, bag_vectors, ranked
from rag.training.pairs import Task, from_document
from rag.training.static import Recipe, train

__all__ = ["Adaptation", "adapt_static_model"]

Texts = tuple[Ragged, list[tuple[int, int]]]
_SENTENCES = 6


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What adapting changed, on the documents held out."""

    documents: int
    held_out: int
    before: Retrieval
    after: Retrieval


def adapt_static_model(
    texts: Sequence[str],
    base: Path,
    out: Path,
    *,
    steps: int = 400,
    rate: float = 0.03,
    seed: int = 0,
    log: Callable[[str], None] = print,
) -> Adaptation:
    """Train the model in ``base`` on ``texts`` for some steps and write the result to ``out``.

    Pieces that are frequent in the texts but shared a row with others get one of their own.

    Raises:
        RagError: There are too few texts: both parts need a document of two sentences.
    """
    import torch

    torch.set_num_threads(1)
    training, held_out = _split([text for text in texts if len(sentences_of(text)) > 1])
    if not training or not held_out:
        raise RagError(
            "Adapting needs at least two documents of two sentences each: one to learn from, "
            "one to measure on. Give more documents."
        )
    learned, measured = _tokenised(training), _tokenised(held_out)
    table, rows = read_table(base)
    before = _measure("before", table, rows, measured)
    log(f"before: recall@1 {before.recall_at_1:.3f} over {before.passages} passages")
    table, rows = _promoted(table, rows, learned[0], seed=seed)
    task = Task("sentence in passage", 1.0, partial(from_document, *learned))
    recipe = Recipe(dimension=table.shape[1], rate=rate, seed=seed)
    table = train(table, rows, [task], recipe, steps=steps, log=log, measure_every=100)
    after = _measure("after", table, rows, measured)
    log(f"after: recall@1 {after.recall_at_1:.3f}")
    card = (
        "# rag-static, adapted\n\nThe bundled model of rag, trained further on "
        f"{len(training)} documents without labels ({steps} batches, rate {rate}, seed {seed}), "
        "measured on "
        f"{len(held_out)} others.\n\n{measures_table([before, after])}"
    )
    write_model(out, table, rows, name="rag-static-adapted", card=card, seed=seed)
    return Adaptation(len(texts), len(held_out), before, after)


def _split(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """Nine tenths and one tenth, at least one each where there are two, by the texts' digests."""
    ordered = sorted(texts, key=lambda text: sha256(text.encode("utf-8", "replace")).digest())
    count = max(1, len(ordered) // 10) if len(ordered) > 1 else 0
    return ordered[count:], ordered[:count]


def _tokenised(texts: Sequence[str]) -> Texts:
    sentences: list[list[int]] = []
    documents = []
    for text in texts:
        start = len(sentences)
        pieces = encode_meaning([text[a:b] for a, b in sentences_of(text)])
        sentences += [row for row in pieces if row]
        if len(sentences) - start > 1:
            documents.append((start, len(sentences)))
    return Ragged.of(sentences), documents


def _measure(
    name: str, table: NDArray[np.float32], rows: NDArray[np.int64], texts: Texts
) -> Retrieval:
    sentences, documents = texts
    passages = [
        (first, min(first + _SENTENCES, end))
        for start, end in documents
        for first in range(start, end, _SENTENCES)
    ]
    random = np.random.default_rng(0)
    queries, gold = [], []
    for number, (first, last) in enumerate(passages):
        for row in range(first, last):
            bag = sentences.row(row)
            kept = bag[random.random(len(bag)) < 1 / 3]
            queries.append(kept if len(kept) else bag[:1])
            gold.append(number)
    asked = bag_vectors(table[rows], queries)
    answering = bag_vectors(table[rows], [sentences.rows(a, b) for a, b in passages])
    return ranked(name, asked @ answering.T, gold)


def _promoted(
    table: NDArray[np.float32],
    rows: NDArray[np.int64],
    texts: Ragged,
    *,
    least: int = 5,
    most: int = 8_000,
    seed: int,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A row of its own for each piece that shared one and occurs ``least`` times in ``texts``."""
    counts = np.bincount(texts.ids, minlength=len(rows))
    shared = np.bincount(rows)[rows] > 1
    chosen = np.flatnonzero(shared & (counts >= least))
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")][:most]
    fresh = np.random.default_rng(seed).standard_normal((len(chosen), table.shape[1]), np.float32)
    lengths = np.linalg.norm(table[rows[chosen]], axis=1, keepdims=True)
    fresh *= lengths / np.maximum(np.linalg.norm(fresh, axis=1, keepdims=True), 1e-12)
    rows = rows.copy()
    rows[chosen] = len(table) + np.arange(len(chosen))
    return np.concatenate([table, fresh]), rows
