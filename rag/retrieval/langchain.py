"""Retrieval as LangChain components: a retriever over a knowledge base, a vector store over a store.

    retriever = kb.retriever(k=5)
    retriever.invoke("question", k=3, where={"published": {">=": "2023"}})

Both give LangChain documents whose metadata leads back to the span: ``document_id``, ``start``, ``end``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
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

from rag.embedding.identity import must_match
from rag.embedding.vectors import as_vectors, query_vectors
from rag.errors import (
    DocumentNotFoundError,
    EmbeddingModelError,
    IndexChunkingMismatchError,
    QueryError,
)
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
    """Any LangChain ``Embeddings`` as an embedder; rows are scaled to unit length.

    Args:
        embeddings: The model; a call of it tells the dimension.
        name: What an index notes and compares; by default the class and, where it says so, the model,
            of the embeddings that a wrapper such as a cache is around.

    Raises:
        EmbeddingModelError: The embeddings give no vector.
    """

    def __init__(self, embeddings: Embeddings, *, name: str | None = None) -> None:
        self.embeddings = embeddings
        self.name = name or _name_of(embeddings)
        shape = np.shape(embeddings.embed_query("dimension"))
        if len(shape) != 1 or not shape[0]:
            raise EmbeddingModelError(
                f"The embedding model {self.name!r} gave no vector for a text. Mend its embed_query."
            )
        self._dimension = int(shape[0])

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
        rows = self._rows(self.embeddings.embed_documents(list(texts)), len(texts))
        if progress is not None:
            progress(len(texts), len(texts))
        return rows

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Vectors of questions, (texts, dimension)."""
        if not texts:
            return np.zeros((0, self._dimension), np.float32)
        return self._rows([self.embeddings.embed_query(text) for text in texts], len(texts))

    def _rows(self, given: Any, texts: int) -> Vectors:
        return _unit(as_vectors(given, texts, self._dimension, model=self.name))


# Where LangChain's embeddings keep the name of their model; some keep the loaded model in one of them.
_MODEL_FIELDS = ("model", "model_name", "model_id", "model_path", "deployment")


def _name_of(embeddings: Embeddings) -> str:
    """The class and, where a text says so, the model."""
    wrapped = getattr(embeddings, "underlying_embeddings", None)
    if isinstance(wrapped, Embeddings):
        return _name_of(wrapped)
    known = (getattr(embeddings, field, None) for field in _MODEL_FIELDS)
    model = next((value for value in known if isinstance(value, str) and value), "")
    return f"{type(embeddings).__name__}:{model}".rstrip(":")


def _embedder_of(embeddings: Embeddings, *, name: str | None = None) -> Embedder:
    """LangChain's embeddings as an embedder; one of ours that was handed to LangChain as it is."""
    from rag.embedding.langchain import LangChainEmbeddings

    if isinstance(embeddings, LangChainEmbeddings) and not name:
        return embeddings.embedder
    return LangChainEmbedder(embeddings, name=name)


def _unit(rows: Vectors) -> Vectors:
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(norms, 1e-12), np.float32)


class StoreVectorStore(VectorStore):
    """A LangChain ``VectorStore`` over a store: documents in, passages out, filters inside the search.

    A document that is longer than a passage comes back in passages, each with ``start`` and ``end`` in
    its metadata; a short one comes back as it was added. The same id replaces.

    Args:
        store: Made with the same model; :attr:`LangChainEmbedder.name` can be stated where two names
            stand for one model.
        embedder: LangChain's or ours.
        settings: Default: all defaults. ``chunk_tokens`` and ``chunk_overlap`` must be those of the index
            when texts are added.

    Raises:
        IndexModelMismatchError: The store was made with another model, or vectors of another length.
    """

    def __init__(
        self, store: Store, embedder: Embedder | Embeddings, *, settings: Settings | None = None
    ) -> None:
        self._store = store
        self._embedder: Embedder = (
            _embedder_of(embedder) if isinstance(embedder, Embeddings) else embedder
        )
        # A vector store gives what was put in: two equal texts are two documents.
        self._settings = (settings or Settings()).replace(group_duplicates=False)
        self._must_match(getattr(store, "model", None), store.dimension)

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
        settings: Settings | None = None,
        model_name: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """A store with these texts in the folder ``path``: new, or an index of the same model and chunking.

        ``model_name`` is what the index notes as its model, where class and model of ``embedding`` do not
        tell it from others.

        Raises:
            QueryError: ``path`` is missing, or the lists are not of one length.
            IndexModelMismatchError, IndexChunkingMismatchError: The index was made with others.
            EmbeddingModelError: The vectors are not one of one length for each text.
        """
        del kwargs
        if not str(path):
            raise QueryError("from_texts needs path=..., the folder of the new index.")
        embedder = _embedder_of(embedding, name=model_name)
        settings = settings or Settings()
        store = open_store(
            path,
            model=embedder.name,
            dimension=embedder.dimension,
            chunk_tokens=settings.chunk_tokens,
            chunk_overlap=settings.chunk_overlap,
        )
        try:
            made = cls(store, embedder, settings=settings)
            made.add_texts(texts, metadatas, ids=ids)
        except BaseException:
            store.close()
            raise
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

        Raises:
            QueryError: ``metadatas`` or ``ids`` are fewer or more than the texts.
            IndexModelMismatchError, IndexChunkingMismatchError: The index was made with others.
            EmbeddingModelError: The vectors are not one of one length for each text.
        """
        from rag.indexing import as_document, index_documents

        del kwargs
        shown = list(texts)
        for name, given in (("ids", ids), ("metadatas", metadatas)):
            if given and len(given) != len(shown):
                raise QueryError(
                    f"add_texts: {len(shown)} texts, but {len(given)} {name}. Give one for each text."
                )
        names = [name or str(uuid.uuid4()) for name in ids or [""] * len(shown)]
        notes = [note or {} for note in metadatas or [{}] * len(shown)]
        documents = [
            replace(
                as_document(LangChainDocument(id=name, page_content=text, metadata=note)),
                metadata=dict(note),
            )
            for name, text, note in zip(names, shown, notes, strict=True)
        ]
        index_documents(self._store, self._embedder, self._settings, documents, fits=self._must_fit)
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
        with self._view() as view:
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
        with self._view() as view:
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
        vector = query_vectors(self._embedder, [query])[0].tolist()
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
        with self._view() as view:
            hits = view.dense_search(vector, max(k, fetch_k), filter)
            rows = list(view.vectors(hits.ids))
            chosen = maximal_marginal_relevance(vector, rows, lambda_mult, k)
            chunks = view.chunks([hits.ids[at] for at in chosen])
            return [_as_added(view, chunk) for chunk in chunks]

    def _select_relevance_score_fn(self) -> Any:
        return lambda score: score

    @contextmanager
    def _view(self) -> Iterator[View]:
        """The last generation, if it is still of this model: another process may embed it anew."""
        with self._store.view() as view:
            self._must_match(getattr(view, "model", None), self._embedder.dimension)
            yield view

    def _must_match(self, model: str | None, dimension: int) -> None:
        """Refuse vectors of another model; one that a store does not name is taken for the same."""
        path = str(getattr(self._store, "path", "This store"))
        mine = self._embedder.name
        must_match(path, (model or mine, dimension), (mine, self._embedder.dimension))

    def _must_fit(self, facts: Mapping[str, str]) -> None:
        """Refuse to write what would not fit the index with these facts."""
        from rag.indexing import chunking_differs

        self._must_match(facts.get("model"), int(facts.get("dimension", self._embedder.dimension)))
        built = chunking_differs(facts, self._settings)
        if built:
            raise IndexChunkingMismatchError(
                path=str(getattr(self._store, "path", "This store")),
                index_chunking=built,
                wanted_chunking=(
                    f"chunk_tokens={self._settings.chunk_tokens}, "
                    f"chunk_overlap={self._settings.chunk_overlap}"
                ),
            )


def _as_added(view: View, passage: Passage | StoredChunk) -> LangChainDocument:
    """A whole document as it was added; a part of one with its span in the metadata."""
    # The store keeps its chunks for the next search.
    metadata = deepcopy(dict(passage.metadata))
    if passage.start or passage.end != len(view.document(passage.document_id).text):
        metadata |= {"start": passage.start, "end": passage.end}
    return LangChainDocument(id=passage.document_id, page_content=passage.text, metadata=metadata)
