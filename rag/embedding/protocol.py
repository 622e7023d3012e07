"""What every embedder can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, TypeGuard, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Embedder",
    "PieceEmbedder",
    "Progress",
    "SentencePieces",
    "Vectors",
    "knows_pieces",
]

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


class SentencePieces(NamedTuple):
    """Sentences as the pieces that carry meaning: what a question's cosine with each needs, and no text.

    *Shapes:* ``ids`` (p,) uint16; ``ends`` (s,): where the pieces of each sentence end; ``norms`` (s,)
    float32: the length of the sum of their vectors, 0 for a sentence without any.
    """

    ids: NDArray[np.uint16]
    ends: NDArray[np.int64]
    norms: NDArray[np.float32]

    def part(self, first: int, last: int) -> SentencePieces:
        """The sentences ``first`` to below ``last``."""
        start = int(self.ends[first - 1]) if first else 0
        end = int(self.ends[last - 1]) if last > first else start
        return SentencePieces(
            self.ids[start:end], self.ends[first:last] - start, self.norms[first:last]
        )

    @classmethod
    def joined(cls, parts: Sequence[SentencePieces]) -> SentencePieces:
        """The sentences of several, one after another."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            nothing = np.empty(0, np.int64)
            return cls(nothing.astype(np.uint16), nothing, nothing.astype(np.float32))
        lengths = [len(part.ids) for part in parts]
        before = np.repeat(np.cumsum([0, *lengths[:-1]]), [len(part.ends) for part in parts])
        return cls(
            np.concatenate([part.ids for part in parts]),
            np.concatenate([part.ends for part in parts]) + before,
            np.concatenate([part.norms for part in parts]),
        )


@runtime_checkable
class PieceEmbedder(Embedder, Protocol):
    """An embedder over the project's own pieces: text is cut into them once for all stages."""

    def embed_pieces(self, ids: NDArray[np.uint32], offsets: NDArray[np.int64]) -> Vectors:
        """The vectors of texts in pieces, as :func:`rag.tokens.encode_joined` gives them."""
        ...

    def embed_groups(
        self,
        ids: NDArray[np.uint32],
        offsets: NDArray[np.int64],
        members: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> tuple[Vectors, SentencePieces]:
        """The vectors of texts made of sentences, and the sentences.

        Args:
            ids: Pieces of the sentences, as :func:`rag.tokens.encode_joined` gives them.
            offsets: Their bounds, (sentences + 1,).
            members: The sentences of each text, one text after another.
            ends: Where in ``members`` each text ends, (texts,).

        Returns:
            (texts, dimension), and all the sentences in their order.
        """
        ...

    def piece_cosines(
        self, vector: NDArray[np.float32], sentences: SentencePieces
    ) -> NDArray[np.float32]:
        """The cosine of a unit vector with each sentence, (s,), without making their vectors."""
        ...


def knows_pieces(embedder: Embedder) -> TypeGuard[PieceEmbedder]:
    """Whether an embedder is over the project's own pieces.

    ``isinstance`` asks for every member of the protocol, two hundred times as slow, and a search asks often.
    """
    return hasattr(embedder, "embed_pieces") and hasattr(embedder, "piece_cosines")
