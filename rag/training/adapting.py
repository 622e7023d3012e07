"""Adapt a static model to one's own documents, without any labels.

A thinned sentence and the passage that it stands in or was taken from train. What that is worth is
measured on documents that were not trained on, before and after: a third of a sentence's pieces has
to find its passage among all passages of the documents held out. Of many documents a tenth is held
out. Of few, a tenth tells nothing: they are dealt into folds, each is held out from a training on the
others, and the model that is written is trained on all of them.
"""

from __future__ import annotations

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
_FOLDS = 5
#: Passages that a tenth of the documents must have to measure by itself.
_TENTH = 200
#: Passages below which no measure tells anything, and as many as are measured: each costs six questions,
#: and a score for each pair of the two is kept.
_LEAST, _MOST = 30, 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Adaptation:
    """What adapting changed, on documents that were not trained on.

    ``held_out`` of ``documents`` were held out, in ``folds``; ``change`` is that of recall@1, its
    interval and its test over passages.
    """

    documents: int
    held_out: int
    folds: int
    before: Retrieval
    after: Retrieval
    change: Difference

    @property
    def enough(self) -> bool:
        """Whether there are passages enough to tell anything by."""
        return self.before.passages >= _LEAST

    @property
    def better(self) -> bool:
        """Whether the measures show that adapting helped."""
        return self.enough and self.change.shown and self.change.value > 0


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

    Pieces that are frequent in the texts but shared a row with others get one of their own. Equal
    texts count once.

    Args:
        texts: The documents.
        base: Folder of a model that :mod:`rag.training` made.
        out: A new or empty folder, or that of an earlier model, which is replaced.
        steps: Batches of each training, at least one; of few documents there are six trainings.
        rate: Learning rate of the first batches.
        seed: Of all that is drawn.
        log: Gets progress lines.

    Raises:
        EmbeddingModelError: ``base`` is no such model.
        RagError: ``out`` holds something else, or fewer than two texts have two sentences.
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
    start, tokenizer = StaticEmbedder(base).name, (base / "tokenizer.json").read_text("utf-8")
    sentences, documents = _tokenised(texts)
    if len(documents) < 2:
        raise RagError(
            "Adapting needs at least two documents of two sentences each: one to learn from, "
            "one to measure on. Give more documents."
        )
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    table, rows = read_table(base)

    def learned(training: list[Span], name: str) -> tuple[Table, Rows]:
        met = np.concatenate([sentences.rows(*document) for document in training])
        own, places = _promoted(table, rows, met, seed=seed)
        task = Task("sentence in passage", 1.0, partial(from_document, sentences, training))
        recipe = Recipe(dimension=own.shape[1], rate=rate, seed=seed)
        train(
            own,
            places,
            [task],
            recipe,
            steps=steps,
            log=lambda line: log(name + line),
            measure_every=100,
        )
        return own, places

    folds = _folds(documents)
    asked = _Asked.of(sentences, folds)
    scores = asked.scores(table, rows)
    before = ranked("before", scores, asked.passage_of)
    log(f"before: recall@1 {before.recall_at_1:.3f} over {before.passages} passages")
    found = np.empty_like(scores)
    for number, fold in enumerate(folds):
        name = f"fold {number + 1} of {len(folds)}: " if len(folds) > 1 else ""
        left_out = set(fold)
        training = [document for document in documents if document not in left_out]
        own, places = learned(training, name)
        mine = asked.fold_of == number
        found[mine] = asked.scores(own, places)[mine]
    after = ranked("after", found, asked.passage_of)
    log(f"after: recall@1 {after.recall_at_1:.3f}")
    if len(folds) > 1:
        training = documents
        own, places = learned(training, "all documents: ")
    done = Adaptation(
        documents=len(documents),
        held_out=sum(len(fold) for fold in folds),
        folds=len(folds),
        before=before,
        after=after,
        change=difference(asked.shares(scores), asked.shares(found), seed=seed),
    )
    card = (
        f"# rag-static, adapted\n\n{start} of rag, trained further on {len(training)} documents "
        f"without labels ({steps} batches, rate {rate}, seed {seed}), measured on "
        + (
            f"{done.held_out} others"
            if done.folds == 1
            else f"them in {done.folds} folds, each by a table trained on the others"
        )
        + f": recall@1 {done.change.value:+.3f}, 95% from {done.change.low:+.3f} to "
        f"{done.change.high:+.3f}.\n\n{measures_table([before, after])}"
    )
    write_model(
        out, own, places, name="rag-static-adapted", card=card, seed=seed, tokenizer=tokenizer
    )
    return done


def _tokenised(texts: Sequence[str]) -> tuple[Ragged, list[Span]]:
    """Sentences in pieces, and the sentences (start, end) of each text that has two of them.

    The texts are put in the order of their digests, so that a fold is a draw by chance.
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


def _passages(documents: Sequence[Span]) -> list[Span]:
    """Each document in passages of six sentences."""
    return [
        (first, min(first + _SENTENCES, end))
        for start, end in documents
        for first in range(start, end, _SENTENCES)
    ]


def _folds(documents: list[Span]) -> list[list[Span]]:
    """One tenth of the documents where its passages suffice to measure on, else all in folds."""
    tenth = documents[: len(documents) // 10]
    if len(_passages(tenth)) >= _TENTH:
        return [tenth]
    count = min(_FOLDS, len(documents))
    return [documents[number::count] for number in range(count)]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is asked of the documents measured: a third of each sentence's pieces.

    Question ``n`` is ``questions[n]``, of a document in fold ``fold_of[n]``; its answer is passage
    ``passage_of[n]``.
    """

    questions: list[NDArray[np.int32]]
    passage_of: list[int]
    fold_of: NDArray[np.int64]
    passages: list[NDArray[np.int32]]
    #: The fold of each passage.
    home: NDArray[np.int64]

    @classmethod
    def of(cls, sentences: Ragged, folds: Sequence[Sequence[Span]]) -> _Asked:
        """The questions on ``folds``: on all passages, or as many of each fold as are measured."""
        random = np.random.default_rng(0)
        questions: list[NDArray[np.int32]] = []
        passages: list[NDArray[np.int32]] = []
        passage_of, fold_of, home = [], [], []
        for number, fold in enumerate(folds):
            for first, last in _passages(fold)[: _MOST // len(folds)]:
                for row in range(first, last):
                    bag = sentences.row(row)
                    kept = bag[random.random(len(bag)) < 1 / 3]
                    questions.append(kept if len(kept) else bag[:1])
                    passage_of.append(len(passages))
                    fold_of.append(number)
                passages.append(sentences.rows(first, last))
                home.append(number)
        return cls(questions, passage_of, np.array(fold_of), passages, np.array(home))

    def scores(self, table: Table, rows: Rows) -> Table:
        """The cosine of each question with each passage, (questions, passages).

        It is minus infinity for passages of other folds. Those were trained on, and the question's own
        was not: they would draw what looks like them.
        """
        own = table[rows]
        scores: Table = bag_vectors(own, self.questions) @ bag_vectors(own, self.passages).T
        scores[self.fold_of[:, None] != self.home[None, :]] = -np.inf
        return scores

    def shares(self, scores: Table) -> list[float]:
        """What each passage adds to recall@1, times the number of passages: their mean is recall@1."""
        of_passage = scores[np.arange(len(scores)), self.passage_of]
        first = (scores >= of_passage[:, None]).sum(axis=1) == 1
        found = np.bincount(self.passage_of, first, minlength=len(self.passages))
        shares: list[float] = (found * len(self.passages) / len(self.questions)).tolist()
        return shares


def _promoted(
    table: Table,
    rows: Rows,
    met: NDArray[np.int32],
    *,
    least: int = 5,
    most: int = 8_000,
    seed: int,
) -> tuple[Table, Rows]:
    """Copies, with a row of its own for each piece that shared one and occurs ``least`` times in ``met``."""
    counts = np.bincount(met, minlength=len(rows))
    shared = np.bincount(rows)[rows] > 1
    chosen = np.flatnonzero(shared & (counts >= least))
    chosen = chosen[np.argsort(-counts[chosen], kind="stable")][:most]
    fresh = np.random.default_rng(seed).standard_normal((len(chosen), table.shape[1]), np.float32)
    lengths = np.linalg.norm(table[rows[chosen]], axis=1, keepdims=True)
    fresh *= lengths / np.maximum(np.linalg.norm(fresh, axis=1, keepdims=True), 1e-12)
    rows = rows.copy()
    rows[chosen] = len(table) + np.arange(len(chosen))
    return np.concatenate([table, fresh]), rows
