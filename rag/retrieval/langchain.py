"""Retrieval as LangChain components: a retriever over a knowledge base, a vector store over a store.

    retriever = kb.retriever(k=5)
    retriever.invoke("question", k=3, where={"published": {">=": "2023"}})

Both give LangChain documents whose metadata leads back to the span: ``document_id``, ``start``, ``end``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
import numpy.typing as npt
from langchain_core.callbacks import (
    AsyncCallbackManagerForRetrieverRun,
    CallbackManagerForRetrieverRun,
)
from langchain_core.documents import Document as LangChainDocument
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import run_in_executor
from langchain_core.vectorstores import VectorStore
from langchain_core.vectorstores.utils import maximal_marginal_relevance
from pydantic import ConfigDict, Field

from rag.errors import DocumentNotFoundError, QueryError
from rag.index import Store, StoredChunk, View, Where, open_store
from rag.records import Passage
from rag.retrieval.search import retrieve
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.embedding import Embedder, Progress

__all__ = ["KnowledgeBaseRetriever", "LangChainEmbedder", "StoreVectorStore", "passage_document"]

Vectors = npt.NDArray[np.float32]


class Searchable(Protocol):
    """What a retriever needs of a knowledge base."""

    def search(
        self, question: str, *, k: int | None = None, where: Where | None = None
    ) -> list[Passage]:
        """The passages nearest to a question, best first."""
        ...


class KnowledgeBaseRetriever(BaseRetriever):
    """The passages of :meth:`rag.KnowledgeBase.search` as LangChain documents, best first.

    ``k`` and ``where`` may also be given to ``invoke``.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    knowledge_base: Any = Field(exclude=True)
    k: int = 8
    where: dict[str, Any] | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        where: Where | None = None,
    ) -> list[LangChainDocument]:
        # Without k and where in the signature, LangChain drops them from invoke() silently.
        del run_manager
        searchable: Searchable = self.knowledge_base
        passages = searchable.search(
            query,
            k=self.k if k is None else k,
            where=self.where if where is None else where,
        )
        return [passage_document(passage) for passage in passages]

    async def _aget_relevant_documents(
        self,
        query: str,
        *,
        run_manager: AsyncCallbackManagerForRetrieverRun,
        k: int | None = None,
        where: Where | None = None,
    ) -> list[LangChainDocument]:
        return await run_in_executor(
            None,
            self._get_relevant_documents,
            query,
            run_manager=run_manager.get_sync(),
            k=k,
            where=where,
        )


def passage_document(passage: Passage) -> LangChainDocument:
    """A passage with everything needed to cite it in its metadata.

    ``duplicates`` lists where else its text stands, each place with ``document_id``, ``source``,
    ``start`` and ``end``.
    """
    facts = {
        "document_id": passage.document_id,
        "source": passage.source,
        "title": passage.title,
        "published": passage.published,
        "heading": passage.heading,
        "start": passage.start,
        "end": passage.end,
        "score": passage.score,
        "rank": passage.rank,
        "duplicates": [
            dict(zip(("document_id", "source", "start", "end"), one, strict=True))
            for one in passage.duplicates
        ]
        or None,
    }
    return LangChainDocument(
        id=f"{passage.document_id}#{passage.start}-{passage.end}",
        page_content=passage.text,
        metadata={**passage.metadata, **{k: v for k, v in facts.items() if v is not None}},
    )


class LangChainEmbedder:
    """Any LangChain ``Embeddings`` as an embedder; rows are scaled to unit length."""

    def __init__(self, embeddings: Embeddings) -> None:
        self.embeddings = embeddings
        self._dimension = len(embeddings.embed_query("dimension"))

    @property
    def name(self) -> str:
        """The class and, where it says so, the model."""
        model = getattr(self.embeddings, "model", None) or getattr(
            self.embeddings, "model_name", ""
        )
        return f"{type(self.embeddings).__name__}:{model}".rstrip(":")

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    @property
    def max_tokens(self) -> int | None:
        """Not known."""
        return None

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Vectors of passages, (texts, dimension)."""
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        rows = _unit(np.asarray(self.embeddings.embed_documents(list(texts)), np.float32))
        if progress is not None:
            progress(len(texts), len(texts))
        return rows

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, (texts, dimension)."""
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        return _unit(np.asarray([self.embeddings.embed_query(text) for text in texts], np.float32))


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), np.float32)


class StoreVectorStore(VectorStore):
    """A LangChain ``VectorStore`` over a store: documents in, passages out, filters inside the search.

    A document that is longer than a passage comes back in passages, each with ``start`` and ``end`` in
    its metadata; a short one comes back as it was added. The same id replaces.
    """

    def __init__(
        self, store: Store, embedder: Embedder | Embeddings, *, settings: Settings | None = None
    ) -> None:
        self._store = store
        self._embedder: Embedder = (
            LangChainEmbedder(embedder) if isinstance(embedder, Embeddings) else embedder
        )
        # A vector store gives what was put in: two equal texts are two documents.
        self._settings = (settings or Settings()).replace(group_duplicates=False)

    @property
    def embeddings(self) -> Embeddings:
        """The embedder as LangChain sees it."""
        from rag.embedding.langchain import LangChainEmbeddings

        if isinstance(self._embedder, LangChainEmbedder):
            return self._embedder.embeddings
        return LangChainEmbeddings(self._embedder)

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        path: str | Path = "",
        **kwargs: Any,
    ) -> Self:
        """A store in the folder ``path`` with these texts.

        Raises:
            QueryError: ``path`` is missing.
        """
        del kwargs
        if not str(path):
            raise QueryError("from_texts needs path=..., the folder of the new index.")
        embedder = LangChainEmbedder(embedding)
        store = open_store(path, model=embedder.name, dimension=embedder.dimension)
        made = cls(store, embedder)
        made.add_texts(texts, metadatas, ids=ids)
        return made

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts; gives their ids, made up where none are given.

        ``source``, ``title``, ``published`` and ``language`` of the metadata are known to filters as
        those of any document; the metadata come back as they were given.
        """
        from rag.indexing import as_document, index_documents

        del kwargs
        shown = list(texts)
        names = [name or str(uuid.uuid4()) for name in ids or [""] * len(shown)]
        notes = metadatas or [{}] * len(shown)
        documents = [
            replace(
                as_document(LangChainDocument(id=name, page_content=text, metadata=note)),
                metadata=dict(note),
            )
            for name, text, note in zip(names, shown, notes, strict=True)
        ]
        index_documents(self._store, self._embedder, self._settings, documents)
        return names

    def delete(self, ids: list[str] | None = None, **kwargs: Any) -> bool | None:
        """Remove documents by id, all where ``ids`` is None; unknown ids are no error."""
        del kwargs
        if ids is None:
            with self._store.view() as view:
                ids = [info.id for info in view.documents()]
        with self._store.writer() as writer:
            for name in ids:
                writer.remove(name)
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[LangChainDocument]:
        """The whole documents of these ids; unknown ones are left out."""
        found = []
        with self._store.view() as view:
            for name in ids:
                try:
                    document = view.document(name)
                except DocumentNotFoundError:
                    continue
                found.append(
                    LangChainDocument(
                        id=name, page_content=document.text, metadata=dict(document.metadata)
                    )
                )
        return found

    def similarity_search(
        self,
        query: str,
        k: int = 4,
        filter: Where | None = None,  # noqa: A002
        **kwargs: Any,  # noqa: ARG002
    ) -> list[LangChainDocument]:
        """The ``k`` nearest passages, best first."""
        return [document for document, _ in self.similarity_search_with_score(query, k, filter)]

    def similarity_search_with_score(
        self,
        query: str,
        k: int = 4,
        filter: Where | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> list[tuple[LangChainDocument, float]]:
        """The ``k`` nearest passages and their scores; higher is better."""
        del kwargs
        with self._store.view() as view:
            passages = retrieve(
                view, self._embedder, query, k=k, where=filter, settings=self._settings
            )
            return [(_as_added(view, passage), passage.score) for passage in passages]

    def similarity_search_by_vector(
        self,
        embedding: list[float],
        k: int = 4,
        filter: Where | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> list[LangChainDocument]:
        """The ``k`` passages of the highest cosine with a vector."""
        del kwargs
        vector = _unit(np.asarray([embedding], np.float32))[0]
        with self._store.view() as view:
            hits = view.dense_search(vector, k, filter)
            return [_as_added(view, chunk) for chunk in view.chunks(hits.ids)]

    def max_marginal_relevance_search(
        self,
        query: str,
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: Where | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> list[LangChainDocument]:
        """Of the ``fetch_k`` passages nearest to a question, ``k`` that are near and unlike each other."""
        vector = self._embedder.embed_queries([query])[0].tolist()
        return self.max_marginal_relevance_search_by_vector(
            vector, k, fetch_k, lambda_mult, filter, **kwargs
        )

    def max_marginal_relevance_search_by_vector(
        self,
        embedding: list[float],
        k: int = 4,
        fetch_k: int = 20,
        lambda_mult: float = 0.5,
        filter: Where | None = None,  # noqa: A002
        **kwargs: Any,
    ) -> list[LangChainDocument]:
        """The same for a vector, most relevant first; ``lambda_mult`` 1 is all nearness, 0 all variety."""
        del kwargs
        vector = _unit(np.asarray([embedding], np.float32))[0]
        with self._store.view() as view:
            hits = view.dense_search(vector, max(k, fetch_k), filter)
            rows = list(view.vectors(hits.ids))
            chosen = maximal_marginal_relevance(vector, rows, lambda_mult, k)
            chunks = view.chunks([hits.ids[at] for at in chosen])
            return [_as_added(view, chunk) for chunk in chunks]

    def _select_relevance_score_fn(self) -> Any:
        return lambda score: score


def _as_added(view: View, passage: Passage | StoredChunk) -> LangChainDocument:
    """A whole document as it was added; a part of one with its span in the metadata."""
    # The store keeps its chunks for the next search.
    metadata = deepcopy(dict(passage.metadata))
    if passage.start or passage.end != len(view.document(passage.document_id).text):
        metadata |= {"start": passage.start, "end": passage.end}
    return LangChainDocument(id=passage.document_id, page_content=passage.text, metadata=metadata)
