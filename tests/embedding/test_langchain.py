"""The LangChain adapter."""

import pytest

from rag.embedding import load_embedder
from rag.embedding.langchain import LangChainEmbeddings


def test_it_gives_the_embedders_vectors_as_lists() -> None:
    from langchain_core.embeddings import Embeddings

    embedder = load_embedder()
    adapter = LangChainEmbeddings(embedder)
    assert isinstance(adapter, Embeddings)
    assert adapter.embed_query("测试") == pytest.approx(
        embedder.embed_queries(["测试"])[0].tolist()
    )
    assert len(adapter.embed_documents(["a", "b"])) == 2
