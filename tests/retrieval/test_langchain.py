"""LangChain's own conformance suites on our adapters, and what they do not ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.retrievers import RetrieversIntegrationTests
from langchain_tests.integration_tests.vectorstores import VectorStoreIntegrationTests

from rag.index import open_store
from rag.records import Passage
from rag.retrieval.langchain import KnowledgeBaseRetriever, LangChainEmbedder, StoreVectorStore


class ThreeTexts:
    """Finds the same texts for every question and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int | None, Any]] = []

    def search(self, question: str, *, k: int | None = None, where: Any = None) -> list[Passage]:
        self.asked.append((question, k, where))
        return [
            Passage(
                document_id=f"d{i}", source=f"{i}.md", title=None, published="2024", start=10 * i,
                end=10 * i + 4, text="text", heading=None, score=1 / (1 + i), rank=i + 1,
                metadata={"publisher": "us"},
            )
            for i in range(k or 8)
        ]  # fmt: skip


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
class TestRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[KnowledgeBaseRetriever]:
        return KnowledgeBaseRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"knowledge_base": ThreeTexts()}

    @property
    def retriever_query_example(self) -> str:
        return "什么?"


@pytest.mark.anyio
class TestVectorStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, tmp_path: Path) -> Iterator[VectorStore]:  # type: ignore[override]
        embedder = LangChainEmbedder(self.get_embeddings())
        store = open_store(tmp_path / "index", model=embedder.name, dimension=embedder.dimension)
        yield StoreVectorStore(store, embedder)
        store.close()


def test_k_and_where_given_to_invoke_are_not_dropped() -> None:
    texts = ThreeTexts()
    retriever = KnowledgeBaseRetriever(knowledge_base=texts, k=5)
    found = retriever.invoke("q", k=2, where={"source": "0.md"})
    assert texts.asked == [("q", 2, {"source": "0.md"})]
    assert [document.id for document in found] == ["d0#0-4", "d1#10-14"]
    assert found[1].metadata == {
        "publisher": "us", "document_id": "d1", "source": "1.md", "published": "2024",
        "start": 10, "end": 14, "score": 0.5, "rank": 2,
    }  # fmt: skip
