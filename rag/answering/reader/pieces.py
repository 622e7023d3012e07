"""Texts cut into pieces, and the embeddings of pieces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import numpy.typing as npt

__all__ = ["Embeddings", "Ints", "PieceEncoding", "Pieces", "Table", "cut", "unit"]

Floats = npt.NDArray[np.float32]

Ints = npt.NDArray[np.int32]


class PieceEncoding(Protocol):
    """The part of ``tiktoken.Encoding`` that the reader needs."""

    def encode_ordinary(self, text: str) -> list[int]:
        """Piece ids of a text."""
        ...

    def decode_tokens_bytes(self, tokens: Sequence[int]) -> list[bytes]:
        """The bytes of each piece."""
        ...


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a normalised text, white space left out: ids, first and past-last characters."""

    text: str
    ids: Ints
    starts: Ints
    ends: Ints

    def part(self, start: int, end: int) -> Pieces:
        """Some of the pieces, of the same text."""
        return Pieces(self.text, self.ids[start:end], self.starts[start:end], self.ends[start:end])


def cut(encoding: PieceEncoding, text: str) -> Pieces:
    """Cut a *normalised* text into pieces; those of white space only are dropped."""
    tokens = encoding.encode_ordinary(text)
    if not tokens:
        nothing = np.zeros(0, np.int32)
        return Pieces(text, nothing, nothing, nothing)
    raw = encoding.decode_tokens_bytes(tokens)
    ends = np.cumsum([len(piece) for piece in raw])
    starts = np.concatenate([[0], ends[:-1]])
    octets = np.frombuffer(text.encode("utf-8"), np.uint8)
    character = np.cumsum((octets & 0xC0) != 0x80)  # of each octet, counted from 1
    kept = [bool(piece.strip()) for piece in raw]
    return Pieces(
        text,
        np.asarray(tokens, np.int32)[kept],
        (character[starts] - 1).astype(np.int32)[kept],
        character[ends - 1].astype(np.int32)[kept],
    )


class Embeddings(Protocol):
    """Embeddings of what a text is cut into, by their ids."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    @property
    def width(self) -> int:
        """How many numbers an embedding has."""
        ...

    @property
    def marks(self) -> tuple[int, int]:
        """The ids of CLS and SEP."""
        ...

    def __getitem__(self, ids: Ints) -> Floats:
        """The embeddings of some ids, (ids, width)."""
        ...


@dataclass(frozen=True, slots=True)
class Table:
    """Piece embeddings: int8 rows, one scale each. The last rows belong to the marks CLS and SEP."""

    rows: npt.NDArray[np.int8]
    scales: Floats

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.rows)

    @property
    def width(self) -> int:
        """How many numbers a row has."""
        return int(self.rows.shape[1])

    @property
    def marks(self) -> tuple[int, int]:
        """The ids of CLS and SEP."""
        return len(self.rows) - 2, len(self.rows) - 1

    def __getitem__(self, ids: Ints) -> Floats:
        """Rows of some ids as floats."""
        return self.rows[ids].astype(np.float32) * self.scales[ids][:, None]


def unit(rows: Floats) -> Floats:
    """Rows scaled to length 1."""
    norms = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    return cast("Floats", rows / np.maximum(norms, 1e-6)[:, None])
