"""The static model from a folder of training data: start, training, measures, model folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.normalization import normalize
from rag.tokens import VOCABULARY_SIZE, get_encoding
from rag.training.alignment import align, aligned_table
from rag.training.card import model_card
from rag.training.corpus import WRITTEN, Corpus, load_corpus
from rag.training.export import quantised, silent_pieces, write_model
from rag.training.measures import Retrieval, measure_corpus
from rag.training.pairs import Gloss, Task, tasks_of
from rag.training.static import Recipe, initial_table, piece_counts, row_of_pieces, train

__all__ = ["build_static_model", "encode_meaning", "glosses", "start_table"]

Log = Callable[[str], None]


def build_static_model(
    data: Path,
    out: Path,
    *,
    steps: int | None = None,
    minutes: float | None = None,
    recipe: Recipe | None = None,
    resume: bool = False,
    log: Log = print,
    measure_every: int = 500,
) -> list[Retrieval]:
    """Train on ``data``, write the model to ``out`` and return its measures.

    Args:
        data: Folder with the files that :mod:`rag.training.corpus` describes.
        out: Folder of the finished model; ``out.with_suffix(".npz")`` is the checkpoint.
        steps: Batches to train for; the same number gives the same model on the same machine.
        minutes: Time to train for, instead.
        recipe: Sizes and rates.
        resume: Go on from the checkpoint instead of starting anew.
        log: Gets progress lines.
        measure_every: Batches between checkpoints.
    """
    import torch

    torch.set_num_threads(1)
    recipe = recipe or Recipe()
    checkpoint = out.with_suffix(".npz")
    out.mkdir(parents=True, exist_ok=True)
    if not resume:
        checkpoint.unlink(missing_ok=True)
    corpus = load_corpus(data, encode_meaning, log=log)
    start, rows = start_table(corpus, recipe, log)
    tasks = tasks_of(corpus, glosses(corpus, log))

    def measure(current: NDArray[np.float32]) -> str:
        return headline(measure_corpus(current[rows], corpus))

    log(f"before training: {measure(start)}")
    table = train(
        start.copy(),
        rows,
        tasks,
        recipe,
        steps=steps,
        minutes=minutes,
        checkpoint=checkpoint,
        log=log,
        measure=measure,
        measure_every=measure_every,
    )
    table = (1 - recipe.start_share) * table + recipe.start_share * start
    if asking := leaning(tasks, WRITTEN, recipe.asked_share):
        log(f"before the written questions: {measure(table)}")
        table = in_legs(table, rows, asking, recipe, log=log)
        log(f"after them: {measure(table)}")
    whole, mapping, factors = quantised(table, rows, silent_pieces())
    results = measure_corpus(whole[mapping].astype(np.float32) * factors[:, None], corpus)
    facts = {
        **{key: str(value) for key, value in asdict(recipe).items()},
        "batches": str(steps) if steps is not None else f"as many as {minutes} minutes took",
        "trained": f"{datetime.now(UTC):%Y-%m-%d}",
    }
    write_model(out, table, rows, name="rag-static", card=model_card(facts, results))
    return results


def in_legs(
    table: NDArray[np.float32],
    rows: NDArray[np.int64],
    tasks: Sequence[Task],
    recipe: Recipe,
    *,
    log: Log = print,
) -> NDArray[np.float32]:
    """The second training: a mean of the ends of its legs, each counting as much as all before it."""
    mean: NDArray[np.float32] | None = None
    for leg in range(recipe.asked_legs):
        again = replace(recipe, rate=recipe.asked_rate, seed=recipe.seed + 5 + leg)
        steps = recipe.asked_steps // recipe.asked_legs
        table = train(table, rows, tasks, again, steps=steps, log=log)
        mean = table.copy() if mean is None else mean + (table - mean) / np.float32(2)
    return table if mean is None else mean


def leaning(tasks: Sequence[Task], name: str, share: float) -> list[Task]:
    """The tasks with ``share`` of the batches given to those called ``name``; [] when there are none."""
    chosen = [task for task in tasks if task.name.startswith(f"{name}:")]
    others = [task for task in tasks if task not in chosen]
    if not chosen:
        return []
    mass = sum(task.weight for task in chosen), sum(task.weight for task in others)
    return [replace(task, weight=task.weight / mass[0] * share) for task in chosen] + [
        replace(task, weight=task.weight / mass[1] * (1 - share)) for task in others
    ]


def encode_meaning(texts: Sequence[str]) -> list[list[int]]:
    """The pieces of each text, normalised, without those that carry no meaning."""
    encoding, silent = get_encoding("rag"), _silent()
    return [
        [piece for piece in encoding.encode_ordinary(normalize(text)) if piece not in silent]
        for text in texts
    ]


@cache
def _silent() -> frozenset[int]:
    return frozenset(np.flatnonzero(silent_pieces()).tolist())


def headline(results: Sequence[Retrieval]) -> str:
    """One line: recall@1 of each question set, and means over the translated news."""
    by_name = {result.name: result.recall_at_1 for result in results}
    parts = [f"{name} {score:.3f}" for name, score in by_name.items() if "questions" in name]
    parts += [
        f"{name} {by_name[name]:.3f}"
        for name in ("en > zh news", "zh > en news")
        if name in by_name
    ]
    own = [score for name, score in by_name.items() if _is_own(name)]
    if own:
        parts.append(f"own language, mean of {len(own)}: {np.mean(own):.3f}")
    return "; ".join(parts)


def _is_own(name: str) -> bool:
    asked, _, answering = name.removesuffix(" news").partition(" > ")
    return asked == answering


def start_table(
    corpus: Corpus, recipe: Recipe, log: Log
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The table before training: random, and foreign pieces near their English translations."""
    counts = piece_counts(corpus, VOCABULARY_SIZE)
    rows = row_of_pieces(counts, recipe)
    table = initial_table(counts, rows, recipe)
    texts = [*corpus.titles.values(), *corpus.translations.values()]
    if not texts:
        return table, rows
    lexicon = align([(each.other, each.english) for each in texts], VOCABULARY_SIZE, longest=16)
    log(f"aligned {len(lexicon.targets)} pairs of pieces")
    english = sum(np.bincount(each.english.ids, minlength=VOCABULARY_SIZE) for each in texts)
    other = sum(np.bincount(each.other.ids, minlength=VOCABULARY_SIZE) for each in texts)
    other = other + np.bincount(corpus.news.ids, minlength=VOCABULARY_SIZE)
    turned = aligned_table(table[rows], lexicon, np.asarray(english), np.asarray(other))
    alone = np.flatnonzero(np.bincount(rows)[rows] == 1)
    table[rows[alone]] = turned[alone]
    return table, rows


def glosses(corpus: Corpus, log: Log) -> dict[tuple[str, str], Gloss]:
    """Word-by-word translation from Chinese into English, learned from the corpus."""
    texts = [kind["zh"] for kind in (corpus.titles, corpus.translations) if "zh" in kind]
    if not texts:
        return {}
    lexicon = align(
        [(each.other, each.english) for each in texts], VOCABULARY_SIZE, links=30_000_000
    )
    log(f"glosses for {int((np.diff(lexicon.offsets) > 0).sum())} Chinese pieces")
    return {("zh", "en"): lexicon.gloss}
