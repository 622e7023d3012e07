"""Chunks of many documents from one tokenisation, whose pieces the embedding can use as well.

Cutting text into pieces takes most of the time of indexing, so it is done once: the sentences of
all documents go through the tokenizer in one call, their counts steer the chunking, and a chunk of
whole sentences is a range of the same pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from rag.chunking.budget import LONGEST_RUN, count_blanks
from rag.chunking.chunks import chunk_document, document_sentences
from rag.records import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Batch", "chunk_documents"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Chunks of some documents, and the pieces by which they were measured.

    Attributes:
        chunks: For each document its chunks.
        ids: Pieces of all sentences (:func:`rag.tokens.encode_joined`).
        ranges: For each document and chunk the (first, last) of its pieces in ``ids``, end
            exclusive, or None where a chunk is not made of whole sentences.
    """

    chunks: list[list[Chunk]]
    ids: NDArray[np.uint32]
    ranges: list[list[tuple[int, int] | None]]


def chunk_documents(
    documents: Sequence[Document], *, chunk_tokens: int = 256, chunk_overlap: int = 48
) -> Batch:
    """``chunk_document`` of each document, several times faster.

    Raises:
        ValueError: As :func:`rag.chunking.chunk_document`.
    """
    from rag.tokens import encode_joined

    sentences = [document_sentences(document) for document in documents]
    # The tokenizer's time grows faster than the length of what has no mark in it.
    tame = [all(end - start <= LONGEST_RUN for start, end in spans) for spans in sentences]
    texts = [
        document.text[start:end]
        for document, spans, ok in zip(documents, sentences, tame, strict=True)
        if ok
        for start, end in spans
    ]
    ids, offsets = encode_joined(texts)
    bounds: list[int] = offsets.tolist()
    chunks: list[list[Chunk]] = []
    ranges: list[list[tuple[int, int] | None]] = []
    at = 0
    for document, spans, ok in zip(documents, sentences, tame, strict=True):
        if not ok:
            made = chunk_document(document, chunk_tokens=chunk_tokens, chunk_overlap=chunk_overlap)
            chunks.append(made)
            ranges.append([None] * len(made))
            continue
        text = document.text
        gaps = [
            count_blanks(text[end:start][:LONGEST_RUN]) if end < start else 0
            for (_, end), (start, _) in pairwise(spans)
        ]
        pieces = [after - before for before, after in pairwise(bounds[at : at + len(spans) + 1])]
        made = chunk_document(
            document,
            chunk_tokens=chunk_tokens,
            chunk_overlap=chunk_overlap,
            counted=(spans, list(zip(pieces, [*gaps, 0], strict=False))),
        )
        first_piece = {start: bounds[at + i] for i, (start, _) in enumerate(spans)}
        last_piece = {end: bounds[at + i + 1] for i, (_, end) in enumerate(spans)}
        chunks.append(made)
        ranges.append(
            [
                (first_piece[chunk.start], last_piece[chunk.end])
                if chunk.start in first_piece and chunk.end in last_piece
                else None
                for chunk in made
            ]
        )
        at += len(spans)
    return Batch(chunks, ids, ranges)
