"""Passages as sentences, and sentences as pieces: what embedding and the index need of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rag.chunking.batch import Batch
from rag.chunking.sentences import split_sentences

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PassagePieces", "passage_pieces"]


class PassagePieces(NamedTuple):
    """The passages of a batch, one after another.

    Attributes:
        ids: Pieces of all sentences, and of the headers.
        offsets: Their bounds, (sentences + 1,).
        members: The header, then the sentences of each passage, as numbers of sentences.
        ends: Where in ``members`` each passage ends, (passages,).
        ranges: The (first, last) sentence of each passage, end exclusive.
    """

    ids: NDArray[np.uint32]
    offsets: NDArray[np.int64]
    members: NDArray[np.int64]
    ends: NDArray[np.int64]
    ranges: list[tuple[int, int]]


def passage_pieces(
    batch: Batch, texts: Sequence[Sequence[str]], headers: Sequence[Sequence[str]]
) -> PassagePieces:
    """Most pieces are known from measuring; headers and passages that cut a sentence are not.

    Args:
        batch: The measured documents.
        texts: Of each document the texts of its passages.
        headers: Of each document what stands above each passage, "" for nothing.
    """
    from rag.tokens import encode_joined

    known = len(batch.bounds) - 1
    more: list[str] = []
    numbers: dict[str, int] = {}
    parts: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    ranges: list[tuple[int, int]] = []
    for found, bodies, tops in zip(batch.ranges, texts, headers, strict=True):
        for place, body, top in zip(found, bodies, tops, strict=True):
            if top:
                number = numbers.get(top)
                if number is None:
                    number = numbers[top] = known + len(more)
                    more.append(top)
                parts.append(np.array([number]))
            if place is None:
                first = known + len(more)
                more.extend(body[start:end] for start, end in split_sentences(body))
                place = (first, known + len(more))  # noqa: PLW2901
            parts.append(np.arange(*place))
            ranges.append(place)
    ids, offsets = encode_joined(more)
    lengths = [
        last - first + bool(top)
        for (first, last), top in zip(ranges, (t for tops in headers for t in tops), strict=True)
    ]
    return PassagePieces(
        np.concatenate([batch.ids, ids]),
        np.concatenate([batch.bounds, offsets[1:] + len(batch.ids)]),
        np.concatenate(parts),
        np.cumsum(lengths, dtype=np.int64),
        ranges,
    )
