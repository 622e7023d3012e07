"""Adapt a static model to one's own documents, without any labels.

A thinned sentence and the passage that it stands in or was taken from train. Training on so little text
forgets as well as learns, so that a mean of the trained table and its start finds more than either (WiSE-FT,
https://arxiv.org/abs/2109.01903).

What that is worth is measured before and after on sentences that were not trained on: one is held out of
each passage and has to find the rest of its passage among all. As a question does, it tells in words of its
own what the model has seen. So in three trainings, each with other sentences held out; the model is the mean
of the three (model soups, https://arxiv.org/abs/2203.05482). A third of a sentence's pieces, asked for the
passage that holds them, would measure the contrary: adapting makes them worse while real questions gain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embedding.static import StaticEmbedder, is_static_model
from rag.errors import EmbeddingModelError, RagError
from rag.evaluation.intervals import Difference, difference
from rag.training.building import encode_meaning
from rag.training.card import measures_table
from rag.training.corpus import Ragged, sentences_of
from rag.training.export import must_be_free, read_table, write_model
from rag.training.measures import Retrieval, bag_vectors, ranked
from rag.training.pairs import Task, from_document
from rag.training.static import Recipe, train

__all__ = ["Adaptation", "adapt_static_model"]

Span = tuple[int, int]
Table = NDArray[np.float32]
Rows = NDArray[np.int64]
_SENTENCES = 6
#: Passages below which no measure tells anything, and as many as are measured: a score for each pair of
#: them is kept.
_LEAST, _MOST = 30, 2_000
#: Pairs of a batch, and how often each passage stands in it at most, about.
_BATCH, _TIMES = 1024, 4
#: Trainings, each with other sentences held out.
_DRAWS = 3
#: How much of the model is the trained table; the rest is its start.
_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """What adapting to some ``documents`` changed, on sentences that were not trained on.

    ``change`` is that of MRR@10, its interval and its test over passages.
    """

    documents: int
    before: Retrieval
    after: Retrieval
    change: Difference

    @property
    def better(self) -> bool:
        """Whether the measures show that adapting helped."""
        return self.change.shown and self.change.value > 0


def adapt_static_model(
    texts: Sequence[str],
    base: Path,
    out: Path,
    *,
    steps: int = 200,
    rate: float = 0.03,
    seed: int = 0,
    log: Callable[[str], None] = print,
) -> Adaptation:
    """Train the model in ``base`` on ``texts`` for some steps and write the result to ``out``, if it is better.

    Equal texts count once.

    Args:
        texts: The documents.
        base: Folder of a model that :mod:`rag.training` made.
        out: A new or empty folder, or that of an earlier model, which a better one replaces.
        steps: Batches of each of three trainings, at least one.
        rate: Learning rate of the first batches.
        seed: Of all that is drawn.
        log: Gets progress lines.

    Raises:
        EmbeddingModelError: ``base`` is no such model.
        RagError: ``out`` holds something else, or the texts have too few passages to measure on.
        ValueError: ``steps`` is below one.
    """
    import torch

    must_be_free(out)
    if not is_static_model(base):
        raise EmbeddingModelError(
            f"{base} holds no model that rag.training made with this version's vocabulary, and only "
            "such a one can be adapted. Leave --model out to start from the bundled one."
        )
    if base.resolve() == out.resolve():
        raise RagError(f"{out} is the model to start from. Name another folder with --out.")
    sentences, documents = _tokenised(texts)
    draws = [_Asked.of(sentences, documents, draw, seed=seed) for draw in range(_DRAWS)]
    if (passages := len(draws[0].passages)) < _LEAST:
        raise RagError(
            f"Adapting needs at least {_LEAST} passages of some {_SENTENCES} sentences to measure on: "
            f"there are {passages}. Give more documents."
        )
    torch.set_num_threads(1)
    start, rows = read_table(base)
    table = np.zeros_like(start)
    asked_before, asked_after = [], []
    for draw, asked in enumerate(draws):
        task = Task("sentence in passage", 1.0, partial(from_document, asked.rest, asked.documents))
        # With more, a batch of few documents is the same passages over and over, each other's negatives.
        batch = min(_BATCH, _TIMES * passages)
        recipe = Recipe(dimension=start.shape[1], rate=rate, batch=batch, seed=seed + draw)
        log(f"training {draw + 1} of {_DRAWS}")
        own = train(start.copy(), rows, [task], recipe, steps=steps, log=log, measure_every=50)
        own = (1 - _SHARE) * start + _SHARE * own
        asked_before.append(asked.scores(start, rows))
        asked_after.append(asked.scores(own, rows))
        table += own / np.float32(_DRAWS)
    done = Adaptation(
        documents=len(documents),
        before=_measured("before", asked_before),
        after=_measured("after", asked_after),
        change=difference(
            _reciprocal_ranks(asked_before), _reciprocal_ranks(asked_after), seed=seed
        ),
    )
    if done.better:
        card = (
            f"# rag-static, adapted\n\n{StaticEmbedder(base).name} of rag, trained further on "
            f"{done.documents} documents without labels (three times {steps} batches, rate {rate}, seed "
            f"{seed}), the trained tables and their start in the shares {_SHARE} and {1 - _SHARE}. Sentences "
            f"that were held out find the rest of their passage: MRR@10 {done.change.value:+.3f}, 95% from "
            f"{done.change.low:+.3f} to {done.change.high:+.3f}.\n\n"
            f"{measures_table([done.before, done.after])}"
        )
        tokenizer = (base / "tokenizer.json").read_text("utf-8")
        write_model(
            out, table, rows, name="rag-static-adapted", card=card, seed=seed, tokenizer=tokenizer
        )
    return done


def _tokenised(texts: Sequence[str]) -> tuple[Ragged, list[Span]]:
    """Sentences in pieces, and the sentences (start, end) of each text that has two of them.

    The texts are put in the order of their digests, so that the first of them are a draw by chance.
    """
    sentences: list[list[int]] = []
    documents = []
    for text in sorted(
        set(texts), key=lambda text: sha256(text.encode("utf-8", "replace")).digest()
    ):
        pieces = [row for row in encode_meaning([text[a:b] for a, b in sentences_of(text)]) if row]
        if len(pieces) > 1:
            documents.append((len(sentences), len(sentences) + len(pieces)))
            sentences += pieces
    return Ragged.of(sentences), documents


@dataclass(frozen=True, slots=True)
class _Asked:
    """Sentences held out, and what is left to train on.

    ``questions[n]`` was taken out of a passage, whose other sentences are ``passages[n]``. ``rest`` are the
    sentences that were not taken, ``documents`` (start, end) of each document in them.
    """

    questions: list[NDArray[np.int32]]
    passages: list[NDArray[np.int32]]
    rest: Ragged
    documents: list[Span]

    @classmethod
    def of(cls, sentences: Ragged, documents: Sequence[Span], draw: int, *, seed: int) -> _Asked:
        """One sentence of each passage of six, or of as many as are measured; another in each ``draw``.

        A passage keeps two at least, and a sentence that occurs again is not taken: it would be trained on.
        """
        random = np.random.default_rng(seed)
        bags = [sentences.row(number) for number in range(len(sentences))]
        often = Counter(bag.tobytes() for bag in bags)
        questions: list[NDArray[np.int32]] = []
        passages: list[NDArray[np.int32]] = []
        rest: list[list[int]] = []
        left: list[Span] = []
        for start, end in documents:
            before = len(rest)
            for first in range(start, end, _SENTENCES):
                passage = bags[first : min(first + _SENTENCES, end)]
                once = [n for n, bag in enumerate(passage) if often[bag.tobytes()] == 1]
                if once and len(passage) > 2 and len(questions) < _MOST:
                    questions.append(passage.pop(random.permutation(once)[draw % len(once)]))
                    passages.append(np.concatenate(passage))
                rest += [bag.tolist() for bag in passage]
            left.append((before, len(rest)))
        return cls(questions, passages, Ragged.of(rest), left)

    def scores(self, table: Table, rows: Rows) -> Table:
        """The cosine of each question with each passage: (questions, passages)."""
        own = table[rows]
        scores: Table = bag_vectors(own, self.questions) @ bag_vectors(own, self.passages).T
        return scores


def _measured(name: str, scores: Sequence[Table]) -> Retrieval:
    """The measures over all draws, from the scores of each."""
    return ranked(name, np.concatenate(scores), [*range(len(scores[0]))] * len(scores))


def _reciprocal_ranks(scores: Sequence[Table]) -> list[float]:
    """What each passage adds to MRR@10, its mean over the draws; ties count against."""
    ranks = np.stack([(each >= each.diagonal()[:, None]).sum(axis=1) for each in scores])
    found: list[float] = np.where(ranks <= 10, 1 / ranks, 0).mean(axis=0).tolist()
    return found
