"""An embedder as LangChain's ``Embeddings``."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from rag.embedding.protocol import Embedder
from rag.embedding.vectors import passage_vectors, query_vectors

__all__ = ["LangChainEmbeddings"]


class LangChainEmbeddings(Embeddings):
    """Adapter: ``LangChainEmbeddings(load_embedder())``, wherever LangChain wants embeddings."""

    def __init__(self, embedder: Embedder) -> None:
        self.embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """The vectors of passages."""
        vectors: list[list[float]] = passage_vectors(self.embedder, texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = query_vectors(self.embedder, [text])[0].tolist()
        return vector
