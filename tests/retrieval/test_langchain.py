"""LangChain's own conformance suites on our adapters, and what they do not ask."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.retrievers import RetrieversIntegrationTests
from langchain_tests.integration_tests.vectorstores import VectorStoreIntegrationTests

from rag.index import open_store
from rag.records import Passage
from rag.retrieval.langchain import (
    KnowledgeBaseRetriever,
    LangChainEmbedder,
    StoreVectorStore,
    passage_document,
)


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
    assert asyncio.run(retriever.ainvoke("q", k=2, where={"source": "0.md"})) == found
    assert texts.asked.pop() == ("q", 2, {"source": "0.md"})
    assert texts.asked == [("q", 2, {"source": "0.md"})]
    assert [document.id for document in found] == ["d0#0-4", "d1#10-14"]
    assert found[1].metadata == {
        "publisher": "us", "document_id": "d1", "source": "1.md", "published": "2024",
        "start": 10, "end": 14, "score": 0.5, "rank": 2,
    }  # fmt: skip


class Places(Embeddings):
    """A text's vector tells which of three words it holds."""

    def embed_query(self, text: str) -> list[float]:
        return [float(text.count(word)) for word in ("harbour", "museum", "park")]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


@pytest.fixture
def places(tmp_path: Path) -> StoreVectorStore:
    return StoreVectorStore.from_texts(
        ["harbour harbour museum.", "harbour harbour museum!", "harbour park park."],
        Places(),
        [
            {"source": "a.txt", "published": "2023-05-01", "title": "One", "tags": ["x"]},
            {"source": "b.txt", "published": "2024-05-01"},
            {},
        ],
        ids=["1", "2", "3"],
        path=tmp_path / "index",
    )


@pytest.mark.parametrize(
    ("where", "ids"),
    [
        ({"source": "a.txt"}, ["1"]),
        ({"title": "One"}, ["1"]),
        ({"published": {">=": "2024"}}, ["2"]),
        ({"source": "3"}, ["3"]),
    ],
)
def test_filters_know_the_fields_of_the_metadata(
    places: StoreVectorStore, where: dict[str, Any], ids: list[str]
) -> None:
    assert [one.id for one in places.similarity_search("harbour", filter=where)] == ids


def test_metadata_come_back_as_given(places: StoreVectorStore) -> None:
    (first,) = places.get_by_ids(["1"])
    assert first.metadata == {
        "source": "a.txt", "published": "2023-05-01", "title": "One", "tags": ["x"],
    }  # fmt: skip
    (found,) = places.similarity_search("harbour", filter={"source": "a.txt"})
    assert found == first


def test_what_a_reader_changes_in_found_metadata_is_not_found_again(
    places: StoreVectorStore,
) -> None:
    for _ in range(2):
        (found,) = places.similarity_search_by_vector([1.0, 0.0, 0.0], filter={"source": "a.txt"})
        assert found.metadata["tags"] == ["x"]
        found.metadata["tags"].append("mine")


def test_the_other_places_of_a_text_are_handed_on() -> None:
    (passage,) = ThreeTexts().search("?", k=1)
    assert "duplicates" not in passage_document(passage).metadata
    twice = replace(passage, duplicates=(("d9", "9.md", 5, 9),))
    assert passage_document(twice).metadata["duplicates"] == [
        {"document_id": "d9", "source": "9.md", "start": 5, "end": 9}
    ]


def test_maximal_marginal_relevance_prefers_variety(places: StoreVectorStore) -> None:
    near = places.similarity_search_by_vector([1.0, 0.0, 0.0], k=2)
    assert {one.id for one in near} == {"1", "2"}
    varied = places.max_marginal_relevance_search("harbour", k=2, lambda_mult=0.3)
    assert [one.id == "3" for one in varied] == [False, True]
    retriever = places.as_retriever(
        search_type="mmr", search_kwargs={"k": 2, "lambda_mult": 0.3, "filter": {"source": "b.txt"}}
    )
    assert [one.id for one in retriever.invoke("harbour")] == ["2"]
