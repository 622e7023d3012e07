"""The seam behind retrieval: what any store of chunks and vectors must do.

Three small protocols. A :class:`Store` is an open index. A :class:`View` is one generation of it: every
answer of one view comes from the same committed state, however busy a writer is. A :class:`Writer` streams
documents in and commits them in batches, each whole or not at all.

The embedded store (:mod:`rag.index.embedded`) is the default; a test holds a second one in plain
dictionaries. Chunk ids are integers that the store gives out: unique for its life, rising in the order of
writing, consecutive inside a document, never used twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import SentencePieces
from rag.records import Chunk, Document, DocumentInfo

__all__ = [
    "BEGUN",
    "INCOMPLETE",
    "Finding",
    "Fits",
    "Hits",
    "Source",
    "Store",
    "StoredChunk",
    "View",
    "Where",
    "Writer",
]

FloatArray = npt.NDArray[np.float32]
IdArray = npt.NDArray[np.int64]

#: A filter: field to condition; all conditions must hold. A condition is a value (equal), a list (any of
#: them) or a mapping of operators: ``=``, ``!=``, ``>``, ``>=``, ``<``, ``<=``, ``in``, ``not in``,
#: ``prefix``, ``contains``. Fields are those of DocumentInfo and the keys of any document's metadata.
Where = Mapping[str, Any]

#: Raises if a writer must not begin on an index that notes these facts of itself: ``model``, ``dimension``,
#: ``chunk_tokens`` and so on, all as text.
Fits = Callable[[Mapping[str, str]], None]


#: Instead of a file's fingerprint, as no file has it: the file is to be read again.
INCOMPLETE = "incomplete"
#: The same of a file that was being read when the run was cut off: more of its documents may be there than
#: are noted. The embedded store adds those when the note is read.
BEGUN = "begun"


class Hits(NamedTuple):
    """What a search found, best first; equal scores in the order of the chunk ids.

    *Shapes:* ``ids`` (n,) int64, ``scores`` (n,) float32, n <= k.
    """

    ids: IdArray
    scores: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredChunk:
    """A chunk with what citing it needs: ``text == document.text[start:end]``.

    Attributes:
        id: The store's number of the chunk.
        position: Its place among the chunks of its document, from 0.
    """

    id: int
    document_id: str
    source: str
    title: str | None
    published: str | None
    start: int
    end: int
    text: str
    heading: str | None
    position: int
    metadata: Mapping[str, Any] = field(default_factory=dict)


class Source(NamedTuple):
    """A file that was indexed: what tells whether it changed, and the documents it gave.

    Attributes:
        fingerprint: Any text of the caller's, such as size, time and hash; equal means unchanged.
        rows: Any bytes of the caller's that tell which rows of a changed file are unchanged. Only
            :meth:`Writer.source` gives them back, and an index need not keep them.
        location: The absolute path where the file was last read; empty if unknown, as in an index
            from before it was noted. Only a :class:`Writer` gives it back.
    """

    name: str
    fingerprint: str
    document_ids: tuple[str, ...]
    rows: bytes = b""
    location: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fact that a check of the index found.

    Attributes:
        level: ``ok``, ``note``, ``repaired`` or ``fault``; only a fault asks the user to act.
        subject: What was checked: ``catalog``, ``dense index``, ``lexical index``, ``lock`` and so on.
        message: What is so, and for a fault what is lost and what to do, in one line.
    """

    level: str
    subject: str
    message: str


@runtime_checkable
class View(Protocol):
    """One generation of a store. Use it for one query and let it go; usable in one thread at a time."""

    @property
    def generation(self) -> int:
        """Rises by at least one with each commit."""

    @property
    def passages(self) -> int:
        """Number of chunks."""

    def dense_search(self, vector: FloatArray, k: int, where: Where | None = None) -> Hits:
        """The ``k`` chunks of the highest cosine with ``vector`` (d,), a unit vector.

        The filter applies inside the search: ``k`` chunks come back when ``k`` pass it.

        Raises:
            QueryError: k is not positive, or the filter names an unknown field or operator.
        """

    def lexical_search(self, query: str, k: int, where: Where | None = None) -> Hits:
        """The ``k`` chunks of the highest BM25 score for the query's terms; only scores above 0.

        Raises:
            QueryError: k is not positive, or the filter names an unknown field or operator.
        """

    def dense_scores(self, vector: FloatArray, ids: Sequence[int] | IdArray) -> FloatArray:
        """Cosine of ``vector`` with each of these chunks, (n,), in their order."""

    def lexical_scores(self, query: str, ids: Sequence[int] | IdArray) -> FloatArray:
        """BM25 score of each of these chunks, (n,), in their order; 0 where no term matches."""

    def coverage(self, query: str, ids: Sequence[int] | IdArray) -> FloatArray:
        """The share, in [0, 1], of the query's terms that each of these chunks holds, (n,).

        Each term counts once, by its inverse document frequency.
        """

    def idf(self, terms: Sequence[str]) -> FloatArray:
        """BM25's inverse document frequency of terms as :func:`rag.index.terms.terms` gives them.

        ``ln(1 + (N - df + 0.5) / (df + 0.5))`` with N chunks, df of which hold the term; always > 0.
        """

    def chunks(self, ids: Sequence[int] | IdArray) -> list[StoredChunk]:
        """The chunks of these ids, in their order.

        Raises:
            KeyError: An id is not in this generation.
        """

    def vectors(self, ids: Sequence[int] | IdArray) -> FloatArray:
        """The unit vectors of these chunks, (n, d), in their order; exact to 3 decimal places."""

    def sentences(self, ids: Sequence[int] | IdArray) -> tuple[SentencePieces, IdArray]:
        """The sentences of these chunks, in any order but a chunk's own together and in theirs.

        With them the place in ``ids`` of the chunk that each is of, (s,); a chunk has none where the
        store does not know its sentences.

        Raises:
            KeyError: An id is not in this generation.
        """

    def documents(self, where: Where | None = None) -> Iterator[DocumentInfo]:
        """All documents that pass the filter, oldest first, without their texts."""

    def document(self, document_id: str) -> Document:
        """The document with its text.

        Raises:
            DocumentNotFoundError: No document has that id.
        """

    def document_chunks(self, document_id: str) -> list[StoredChunk]:
        """All chunks of one document in reading order.

        Raises:
            DocumentNotFoundError: No document has that id.
        """

    def sources(self) -> Iterator[Source]:
        """The files noted with :meth:`Writer.put_source`, by name."""


@runtime_checkable
class Writer(Protocol):
    """The one process that changes a store. Leaving it normally commits; an exception rolls back.

    Batches: :meth:`put` and :meth:`remove` gather, :meth:`commit` makes all of them durable and visible at
    once. A store may commit by itself between two calls when much has gathered.
    """

    def content_hash(self, document_id: str) -> str | None:
        """The hash given when this document was put, or None when there is none."""

    def source(self, name: str) -> Source | None:
        """What is noted about this file, or None."""

    def sources(self) -> Iterator[Source]:
        """All files that are noted, in no particular order, without their ``rows``."""

    def cached_vectors(self, keys: Sequence[bytes]) -> list[FloatArray | None]:
        """For each key (:func:`rag.index.embedding_key`) the vector (d,) of such a text, or None.

        Texts of documents that this writer replaces or removes stay known until it ends.
        """

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: FloatArray | npt.NDArray[np.float16],
        *,
        content_hash: str = "",
        keys: Sequence[bytes] | None = None,
        sentences: Sequence[SentencePieces] | None = None,
    ) -> None:
        """Add a document, or replace the one with its id.

        Args:
            document: Its text must hold the chunks' spans.
            chunks: In reading order; may be empty.
            vectors: (len(chunks), d), unit rows; half precision is what is kept.
            content_hash: Anything that tells whether it changed; given back by :meth:`content_hash`.
            keys: One embedding key per chunk, so that its vector is found again; may be left out.
            sentences: The sentences of each chunk; without them a query must cut and embed its text.

        Raises:
            ValueError: Shapes or spans do not fit.
        """

    def remove(self, document_id: str) -> bool:
        """Remove a document; False when there was none."""

    def put_source(self, source: Source) -> None:
        """Note a file's fingerprint and documents."""

    def remove_source(self, name: str) -> None:
        """Forget a file; its documents are not touched."""

    def commit(self) -> int:
        """Make all changes since the last commit durable and visible; gives the new generation."""


@runtime_checkable
class Store(Protocol):
    """An open index: any number of views in any threads, at most one writer in the world."""

    @property
    def generation(self) -> int:
        """The last committed generation."""

    @property
    def dimension(self) -> int:
        """Length of the vectors."""

    def view(self) -> AbstractContextManager[View]:
        """The last committed generation, held steady while the context is open."""

    def writer(self, *, fits: Fits | None = None) -> AbstractContextManager[Writer]:
        """The writer.

        Args:
            fits: Asked once, when no other writer can change the index any more and before anything is
                written; what it raises is raised.

        Raises:
            IndexLockedError: Another one is at work.
            IndexReadOnlyError: The store cannot be written.
        """

    def check(self) -> list[Finding]:
        """What a thorough check finds; derived files that are wrong are made anew on the way."""

    def snapshot(self, path: str) -> None:
        """A copy of the last commit in a new folder, taken while a writer may be at work."""

    def close(self) -> None:
        """Release files and memory; the store cannot be used afterwards."""
