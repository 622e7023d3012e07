"""Documents -> chunks with their vectors: all of indexing that needs no index.

Text is cut into pieces once, for measuring chunks and for embedding them; that takes a model over the
project's own pieces (:class:`rag.embedding.PieceEmbedder`). With any other model the chunks are made
here and embedded as texts, by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rag.chunking import Batch, PassagePieces, chunk_documents, passage_pieces
from rag.records import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding.protocol import PieceEmbedder, SentencePieces

__all__ = ["Prepared", "embedded_text", "prepare"]


class Prepared(NamedTuple):
    """Documents ready to be put.

    Attributes:
        chunks: Of each document.
        vectors: Of all chunks, one document after another; (chunks, dimension).
        sentences: Of all chunks; None with a model that does not work by pieces.
    """

    chunks: list[list[Chunk]]
    vectors: NDArray[np.float32]
    sentences: list[SentencePieces] | None


def prepare(
    documents: Sequence[Document],
    embedder: PieceEmbedder,
    *,
    chunk_tokens: int,
    chunk_overlap: int,
) -> Prepared:
    """Chunk and embed some documents; large batches cost less a document.

    Raises:
        ValueError: As :func:`rag.chunking.chunk_document`.
    """
    batch = chunk_documents(documents, chunk_tokens=chunk_tokens, chunk_overlap=chunk_overlap)
    made = _pieces(documents, batch)
    vectors, sentences = embedder.embed_groups(made.ids, made.offsets, made.members, made.ends)
    return Prepared(batch.chunks, vectors, [sentences.part(*found) for found in made.ranges])


def embedded_text(document: Document, chunk: Chunk) -> str:
    """What is embedded for a chunk: title and heading, then its text.

    A passage often leaves out what its article is about; the header says it.
    """
    header = _header(document, chunk)
    return f"{header}\n{chunk.text}" if header else chunk.text


def _header(document: Document, chunk: Chunk) -> str:
    return "\n".join(part for part in (document.title, chunk.heading) if part)


def _pieces(documents: Sequence[Document], batch: Batch) -> PassagePieces:
    """The pieces of :func:`embedded_text` of every chunk, most of them known from measuring."""
    return passage_pieces(
        batch,
        [[chunk.text for chunk in chunks] for chunks in batch.chunks],
        [
            [_header(document, chunk) for chunk in chunks]
            for document, chunks in zip(documents, batch.chunks, strict=True)
        ],
    )
