"""What every embedder can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder", "PieceEmbedder", "Progress", "SentenceEmbedder", "Vectors"]

#: Shape (texts, dimension), float32, rows of unit length, finite.
Vectors = NDArray[np.float32]

#: Called with (texts done, texts in all), now and then and at the end.
Progress = Callable[[int, int], None]


@runtime_checkable
class Embedder(Protocol):
    """Turns passages and questions into unit vectors; their dot product is the cosine."""

    @property
    def name(self) -> str:
        """Identity of the model with its revision: vectors of equal names may be compared."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def max_tokens(self) -> int | None:
        """Tokens of a text that count, by the model's own tokenizer; None for no limit."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The vectors of passages, in order: (texts, dimension). No texts give (0, dimension)."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions: (texts, dimension)."""
        ...


@runtime_checkable
class SentenceEmbedder(Embedder, Protocol):
    """An embedder that gives the vectors of sentences and passages by one tokenisation."""

    def embed_sentences_and_passages(
        self,
        sentences: Sequence[str],
        passages: Sequence[Sequence[int]],
        *,
        progress: Progress | None = None,
    ) -> tuple[Vectors, Vectors]:
        """The vectors of sentences, and of passages given as positions in ``sentences``."""
        ...


@runtime_checkable
class PieceEmbedder(Embedder, Protocol):
    """An embedder over the project's own pieces: text is cut into them once for all stages."""

    def embed_pieces(self, ids: NDArray[np.uint32], offsets: NDArray[np.int64]) -> Vectors:
        """The vectors of texts in pieces, as :func:`rag.tokens.encode_joined` gives them."""
        ...
