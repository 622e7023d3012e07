"""The LangChain adapter."""

import pytest

from rag.embedding import load_embedder
from rag.embedding.langchain import LangChainEmbeddings
from rag.errors import EmbeddingModelError
from tests.toy import ToyEmbedder


def test_it_gives_the_embedders_vectors_as_lists() -> None:
    from langchain_core.embeddings import Embeddings

    embedder = load_embedder()
    adapter = LangChainEmbeddings(embedder)
    assert isinstance(adapter, Embeddings)
    assert adapter.embed_query("测试") == pytest.approx(
        embedder.embed_queries(["测试"])[0].tolist()
    )
    assert len(adapter.embed_documents(["a", "b"])) == 2


def test_an_embedder_without_a_query_vector_is_named() -> None:
    embedder = ToyEmbedder("toy")
    embedder.embed_queries = lambda _: []  # type: ignore[method-assign]
    with pytest.raises(EmbeddingModelError, match=r"'toy' gave vectors of the shape \(0,\)"):
        LangChainEmbeddings(embedder).embed_query("cat")
