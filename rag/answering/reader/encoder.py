"""How alike in meaning two texts are: the reader's network, with other weights, reading one text at a time.

A question and the sentence that answers it may share no word. A reader of pairs learns from questions, of
which there are few in most languages; a model of single sentences learns from any text what an English one
knows of it (:mod:`rag.training.reader_encoder`). Both together put the right sentence first more often than
either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.reader.inputs import (
    FEATURES,
    MAX_SENTENCE,
    SENTENCE,
    Example,
    batches_by_length,
    pad,
)
from rag.answering.reader.pieces import Embeddings, PieceEncoding, cut
from rag.answering.reader.words import EnglishWords, whole_words
from rag.embedding.protocol import Progress, Vectors
from rag.normalization import normalize

__all__ = ["Each", "Run", "SentenceEncoder", "single"]

#: Means of the last states, (batch, width), of the network's inputs.
Run = Callable[[dict[str, Any]], npt.NDArray[np.float32]]
#: Applies a function to each of some batches, perhaps side by side.
Each = Callable[..., Iterable[npt.NDArray[np.float32]]]

_LONGEST = 2000  # characters of a text that are looked at


class SentenceEncoder:
    """Unit vectors of sentences; an :class:`rag.embedding.Embedder`.

    Args:
        encoding: Cuts texts into pieces.
        table: The embeddings of pieces, or of these and of English words.
        run: The network.
        each: Takes the place of ``map``.
    """

    name = "reader-encoder"
    dimension = 384
    max_tokens: int | None = MAX_SENTENCE

    def __init__(
        self, encoding: PieceEncoding, table: Embeddings, run: Run, each: Each = map
    ) -> None:
        self._encoding = encoding
        self._table = table
        self._run = run
        self._each = each

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Vectors of sentences, (texts, dimension)."""
        examples = [single(self._encoding, text, self._table) for text in texts]
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        # The longest first, so that no thread is left with one at the end.
        order = batches_by_length([len(example.ids) for example in examples])[::-1]

        def read(batch: Sequence[int]) -> npt.NDArray[np.float32]:
            return self._run(pad([examples[i] for i in batch], self._table))

        done = 0
        for batch, means in zip(order, self._each(read, order), strict=True):
            vectors[batch] = means
            done += len(batch)
            if progress is not None:
                progress(done, len(texts))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(lengths, 1e-9), np.float32)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, (texts, dimension): those of sentences."""
        return self.embed_passages(texts)


def single(encoding: PieceEncoding, text: str, table: Embeddings) -> Example:
    """One text by itself as the network's input: CLS, its pieces, SEP, all of them of a sentence.

    Words of an English text that the table knows whole take the place of their pieces.
    """
    normalised = normalize(text[:_LONGEST])
    if isinstance(table, EnglishWords):
        told = whole_words(encoding, normalised, table)[:MAX_SENTENCE]
    else:
        told = cut(encoding, normalised).ids[:MAX_SENTENCE]
    cls, sep = table.marks
    ids = np.concatenate([[cls], told, [sep]]).astype(np.int32)
    nothing = np.zeros((len(ids), FEATURES), np.float32)
    return Example(ids, np.full(len(ids), SENTENCE, np.int32), nothing, 1, len(told))
