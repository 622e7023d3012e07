"""The static model's training loop: one vector per piece, a text is the sum of its pieces' vectors.

A contrastive loss over in-batch negatives, both ways (InfoNCE; Henderson et al. 2017,
https://arxiv.org/abs/1705.00652), on batches of one task each. Only the rows a batch touches are
updated: Adagrad-like steps with one second moment per row that decays (RMSProp by rows).
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from rag.training.corpus import Corpus
from rag.training.pairs import Batch, Task

__all__ = ["Recipe", "initial_table", "piece_counts", "row_of_pieces", "train"]

Table = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What decides the outcome of a training run, with the data and the seed.

    After the training comes a short second one of ``asked_steps`` batches at ``asked_rate``, of which
    ``asked_share`` are written questions (:mod:`rag.training.written`). It runs in ``asked_legs``, in each of
    which the rate falls to zero; the outcome is a mean of their ends (Izmailov et al. 2018,
    https://arxiv.org/abs/1803.05407), in which each counts as much as all before it together.
    """

    dimension: int = 512
    rows: int = 41_000
    own_rows: int = 34_000
    batch: int = 1024
    rate: float = 0.1
    start_share: float = 0.5
    scale: float = 25.0
    half: bool = True
    decay: float = 0.98
    smooth: float = 3e-4
    seed: int = 0
    asked_steps: int = 10400
    asked_rate: float = 0.02
    asked_share: float = 0.6
    asked_legs: int = 4


def piece_counts(corpus: Corpus, size: int) -> NDArray[np.int64]:
    """How often each piece occurs in the training texts."""
    counts = np.bincount(corpus.news.ids, minlength=size)
    for texts in (*corpus.translations.values(), *corpus.titles.values()):
        counts = counts + np.bincount(texts.english.ids, minlength=size)
        counts = counts + np.bincount(texts.other.ids, minlength=size)
    for asked in corpus.questions.values():
        counts = counts + np.bincount(asked.sentences.ids, minlength=size)
    return counts


def row_of_pieces(counts: NDArray[np.int64], recipe: Recipe) -> NDArray[np.int64]:
    """The table row of each piece: its own for frequent pieces, one shared by several rare ones.

    Dimensions pay more than rows: two rare pieces that share a row do harm only where both occur,
    while each further dimension makes all texts easier to tell apart.
    """
    order = np.argsort(-counts, kind="stable")
    rows = np.empty(len(counts), np.int64)
    if recipe.rows >= len(counts):
        return np.arange(len(counts))
    rows[order[: recipe.own_rows]] = np.arange(recipe.own_rows)
    rest = len(counts) - recipe.own_rows
    shared = recipe.own_rows + np.arange(rest) % (recipe.rows - recipe.own_rows)
    rows[order[recipe.own_rows :]] = np.random.default_rng(recipe.seed).permutation(shared)
    return rows


def initial_table(counts: NDArray[np.int64], rows: NDArray[np.int64], recipe: Recipe) -> Table:
    """Random directions; lengths a / (a + p) (Arora et al. 2017), so that rare pieces weigh more.

    Args:
        counts: How often each piece occurs.
        rows: The row of each piece.
        recipe: Dimension, a (``smooth``) and seed.

    Returns:
        (rows, dimension).
    """
    random = np.random.default_rng(recipe.seed)
    table = random.standard_normal((int(rows.max()) + 1, recipe.dimension), np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    share = np.zeros(len(table))
    np.maximum.at(share, rows, counts / max(1, counts.sum()))
    table *= (recipe.smooth / (recipe.smooth + share)).astype(np.float32)[:, None]
    return table


def train(
    table: Table,
    rows: NDArray[np.int64],
    tasks: Sequence[Task],
    recipe: Recipe,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    checkpoint: Path | None = None,
    log: Callable[[str], None] = print,
    measure: Callable[[Table], str] | None = None,
    measure_every: int = 500,
) -> Table:
    """Train ``table`` in place and return it.

    The rate falls linearly to zero over ``steps``, or over ``minutes`` when those are given
    instead (then the outcome depends on the machine's speed: give steps to repeat a run exactly).

    Args:
        table: (rows, dimension) start.
        rows: The row of each piece.
        tasks: What to draw batches from, by weight.
        recipe: Rates and sizes.
        steps: Number of batches.
        minutes: Time to train for.
        checkpoint: A file written every ``measure_every`` steps, to go on from.
        log: Gets progress lines.
        measure: Gives a line of measures of a table.
        measure_every: Steps between measures.

    Raises:
        ValueError: Not one of steps and minutes is given, or it is not above zero.
    """
    if (steps is None) == (minutes is None):
        raise ValueError("Give either steps or minutes.")
    if (steps if steps is not None else minutes or 0) <= 0:
        raise ValueError("Give at least one step, or minutes above zero.")
    weights = np.array([task.weight for task in tasks])
    weights = weights / weights.sum()
    values = torch.from_numpy(table)
    moments = torch.zeros(len(table))
    lookup = np.zeros(len(table), np.int64)
    step = 0
    spent = 0.0
    if checkpoint is not None and checkpoint.exists():
        with np.load(checkpoint) as saved:
            values.copy_(torch.from_numpy(saved["table"]))
            moments.copy_(torch.from_numpy(saved["moments"]))
            step, spent = int(saved["step"]), float(saved["spent"])
        log(f"going on from step {step}")
    begin = time.monotonic() - spent
    losses: dict[str, float] = {}
    while True:
        elapsed = time.monotonic() - begin
        done = step / steps if steps is not None else elapsed / (60 * (minutes or 1))
        if done >= 1:
            break
        # A batch depends on the seed and its number alone, so that a resumed run sees the same
        # ones.
        random = np.random.default_rng((recipe.seed, step))
        task = tasks[random.choice(len(tasks), p=weights)]
        batch = task.draw(random, recipe.batch)
        if len(batch.left) > 1:
            warm = min(1.0, (step + 1) / 50)
            rate = recipe.rate * warm * (1 - done)
            loss = _step(values, rows, moments, lookup, batch, rate, recipe)
            losses[task.name] = 0.9 * losses.get(task.name, loss) + 0.1 * loss
        step += 1
        if step % measure_every == 0:
            mean = sum(losses.values()) / max(1, len(losses))
            line = f"step {step} ({done:.0%}, {elapsed:.0f} s) mean loss {mean:.3f}"
            log(line + (f" | {measure(table)}" if measure else ""))
            if checkpoint is not None:
                _save(checkpoint, table, moments.numpy(), step, elapsed)
    log(json.dumps({name: round(loss, 3) for name, loss in sorted(losses.items())}))
    return table


def _save(path: Path, table: Table, moments: NDArray[np.float32], step: int, spent: float) -> None:
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, table=table, moments=moments, step=step, spent=spent)
    partial.replace(path)


def _step(
    values: torch.Tensor,
    rows: NDArray[np.int64],
    moments: torch.Tensor,
    lookup: NDArray[np.int64],
    batch: Batch,
    rate: float,
    recipe: Recipe,
) -> float:
    """One update of the rows that the batch touches; the batch's loss."""
    bags = [*batch.left, *batch.right]
    ids = rows[np.concatenate(bags)]
    offsets = np.zeros(len(bags), np.int64)
    np.cumsum([len(bag) for bag in bags[:-1]], out=offsets[1:])
    seen = np.zeros(len(lookup), bool)
    seen[ids] = True
    touched = np.flatnonzero(seen)
    lookup[touched] = np.arange(len(touched))
    places = torch.from_numpy(touched)
    part = values[places].requires_grad_()
    vectors = torch.nn.functional.embedding_bag(
        torch.from_numpy(lookup[ids]), part, torch.from_numpy(offsets), mode="sum"
    )
    vectors = torch.nn.functional.normalize(vectors)
    count = len(batch.left)
    # bfloat16 products where the processor has them: a quarter of the time, and the loss is
    # forgiving.
    kind = torch.bfloat16 if recipe.half else torch.float32
    products = vectors[:count].to(kind) @ vectors[count:].to(kind).T
    scores = recipe.scale * products.float()
    keys = torch.tensor(batch.keys)
    clash = keys[:count, None] == keys[None, :]
    clash.fill_diagonal_(fill_value=False)
    scores = scores.masked_fill(clash, -math.inf)
    wanted = torch.arange(count)
    loss = torch.nn.functional.cross_entropy(scores, wanted)
    loss = (loss + torch.nn.functional.cross_entropy(scores[:, :count].T, wanted)) / 2
    (gradient,) = torch.autograd.grad(loss, part)
    with torch.no_grad():
        square = gradient.square().mean(dim=1)
        old = moments[places]
        new = torch.where(old == 0, square, recipe.decay * old + (1 - recipe.decay) * square)
        moments[places] = new
        size = rate / (new.sqrt() + 1e-9) / math.sqrt(values.shape[1])
        values[places] = part - size[:, None] * gradient
    return float(loss.detach())
