"""The border where an embedder's vectors come in: an array of the right shape, or the model's error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rag.embedding.protocol import Embedder, Progress, Vectors
from rag.errors import EmbeddingModelError

__all__ = ["as_vectors", "passage_vectors", "query_vectors"]

# An index keeps half precision: what is larger would become infinity there.
_LARGEST = float(np.finfo(np.float16).max)


def passage_vectors(
    embedder: Embedder, texts: Sequence[str], *, progress: Progress | None = None
) -> Vectors:
    """The vectors of passages, (texts, dimension).

    Raises:
        EmbeddingModelError: The embedder gave something else.
    """
    # Embedders of a user's own often leave the progress out.
    told = {} if progress is None else {"progress": progress}
    given = embedder.embed_passages(texts, **told)
    return as_vectors(given, len(texts), embedder.dimension, model=embedder.name)


def query_vectors(embedder: Embedder, texts: Sequence[str]) -> Vectors:
    """The vectors of questions, (texts, dimension).

    Raises:
        EmbeddingModelError: The embedder gave something else.
    """
    given = embedder.embed_queries(texts)
    return as_vectors(given, len(texts), embedder.dimension, model=embedder.name)


def as_vectors(given: Any, texts: int, dimension: int, *, model: str) -> Vectors:
    """What a model gave for so many texts as an array, (texts, dimension).

    Raises:
        EmbeddingModelError: It is no array of numbers, has another shape, or holds a number that is not
            finite in half precision; the message names the model.
    """
    try:
        vectors = np.asarray(given, np.float32)
    # A tensor that wants gradients raises RuntimeError.
    except (TypeError, ValueError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        what = f"{type(given).__name__}, which is no array of float32 ({reason})"
        raise _unfit(model, what) from error
    if vectors.shape != (texts, dimension):
        wanted = f"({texts}, {dimension}): a vector of its dimension for each text"
        raise _unfit(model, f"vectors of the shape {vectors.shape}, not {wanted}")
    largest = np.abs(vectors).max(axis=1)
    if not (largest <= _LARGEST).all():  # NaN is not, either
        wrong = texts - int((largest <= _LARGEST).sum())
        fault = f"NaN, infinity or a number above {_LARGEST:g}"
        raise _unfit(model, f"{wrong} of {texts} vectors with {fault}")
    return vectors


def _unfit(model: str, what: str) -> EmbeddingModelError:
    return EmbeddingModelError(
        f"The embedding model {model!r} gave {what}. Mend the embedder, or use another model."
    )
