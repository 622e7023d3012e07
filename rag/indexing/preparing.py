"""Files and documents -> chunks with their vectors: all of indexing that needs no index.

Text is cut into pieces once, for measuring chunks and for embedding them; that takes a model over the
project's own pieces (:class:`rag.embedding.PieceEmbedder`). With any other model the chunks are made
here and embedded as texts, by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rag.chunking import Batch, PassagePieces, chunk_documents, passage_pieces
from rag.indexing.work import Found, Unread
from rag.records import Chunk, Document

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rag.embedding.protocol import PieceEmbedder, SentencePieces

__all__ = ["Prepared", "embedded_text", "prepare", "read"]


class Prepared(NamedTuple):
    """Documents ready to be put.

    Attributes:
        found: What was in each file and, by itself, each document that was given.
        chunks: Of each document among it.
        vectors: Of all chunks, one document after another; (chunks, dimension).
        sentences: Of all chunks; None with a model that does not work by pieces.
    """

    found: list[Sequence[Found]]
    chunks: list[list[Chunk]]
    vectors: NDArray[np.float32]
    sentences: list[SentencePieces] | None


def read(given: Sequence[Document | Unread]) -> tuple[list[Sequence[Found]], list[Document]]:
    """What is in each file and document, and the documents among it."""
    found: list[Sequence[Found]] = [
        [one] if isinstance(one, Document) else _found_in(one) for one in given
    ]
    return found, [one for some in found for one in some if isinstance(one, Document)]


def prepare(
    given: Sequence[Document | Unread],
    embedder: PieceEmbedder,
    *,
    chunk_tokens: int,
    chunk_overlap: int,
) -> Prepared:
    """Read, chunk and embed some files and documents; large batches cost less a document.

    Raises:
        ValueError: As :func:`rag.chunking.chunk_document`.
    """
    found, documents = read(given)
    batch = chunk_documents(documents, chunk_tokens=chunk_tokens, chunk_overlap=chunk_overlap)
    made = _pieces(documents, batch)
    vectors, sentences = embedder.embed_groups(made.ids, made.offsets, made.members, made.ends)
    return Prepared(found, batch.chunks, vectors, [sentences.part(*one) for one in made.ranges])


def _found_in(unread: Unread) -> list[Found]:
    from rag.reading import Unchanged, read_file

    items = read_file(unread.file, unread.data)
    return [item for item in items if not isinstance(item, Unchanged)]


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
