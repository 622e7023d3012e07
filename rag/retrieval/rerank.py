"""Re-ordering by a cross-encoder: any sentence-transformers ``CrossEncoder`` by name or path."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from rag.errors import EmbeddingModelError, MissingExtraError

__all__ = [
    "BUNDLED_READER",
    "WHERE_UNSURE",
    "CrossEncoderReranker",
    "Reranker",
    "load_reranker",
]

#: This name asks for the bundled reader, which looks at sentences: see :mod:`rag.answering.ranking.rereading`.
BUNDLED_READER = "bundled"
#: This one asks for it where the words of the question do not decide.
WHERE_UNSURE = "auto"
#: Architectures that score a pair: a classifier, or a language model asked for one word.
_SCORING = ("ForSequenceClassification", "ForCausalLM")


class Reranker(Protocol):
    """Anything that scores passages for a question."""

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """One score per text, in their order; higher is better."""
        ...


class CrossEncoderReranker:
    """A ``CrossEncoder``; calls are serialised by the library's own tokenizer lock."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def rerank(self, question: str, texts: Sequence[str]) -> list[float]:
        """Scores as the model gives them, a logit or a probability.

        Raises:
            EmbeddingModelError: One is no number, as half precision may give.
        """
        if not texts:
            return []
        scores = self._model.predict(
            [(question, text) for text in texts], show_progress_bar=False, convert_to_numpy=True
        )
        if not np.isfinite(scores).all():
            raise EmbeddingModelError(
                "The reranker gave scores that are not finite. Set reranker to another cross-encoder, or to "
                "'auto' for the bundled reader."
            )
        return [float(score) for score in scores]


@lru_cache(maxsize=2)
def load_reranker(name: str) -> CrossEncoderReranker:
    """Load a cross-encoder by name or path; kept for the next call.

    Raises:
        EmbeddingModelError: It cannot be loaded, or does not give one score a pair; the message
            names it and the setting.
        MissingExtraError: sentence-transformers is not installed.
    """
    try:
        from sentence_transformers import CrossEncoder
    except ImportError as error:
        raise MissingExtraError(
            package="sentence-transformers", extra="models", needed_for=f"The reranker {name!r}"
        ) from error
    try:
        model = CrossEncoder(name)
    except Exception as error:
        reason = str(error).strip().splitlines()
        raise _unfit(
            name, f"cannot be loaded ({reason[0][:200] if reason else error!r})"
        ) from error
    architectures = getattr(model.config, "architectures", None) or ()
    if architectures and not architectures[0].endswith(_SCORING):
        # The library would put a head with random weights on it.
        raise _unfit(name, f"is no cross-encoder ({architectures[0]})")
    if model.num_labels != 1:
        raise _unfit(name, f"gives {model.num_labels} scores a pair, not one")
    return CrossEncoderReranker(model)


def _unfit(name: str, reason: str) -> EmbeddingModelError:
    return EmbeddingModelError(
        f"The reranker {name!r} {reason}. Set reranker to a cross-encoder's name or folder, to 'auto' "
        "or 'bundled' for the bundled reader, or to '' for none."
    )
