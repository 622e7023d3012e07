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

from rag.embedding.langchain import LangChainEmbeddings
from rag.errors import (
    EmbeddingModelError,
    IndexChunkingMismatchError,
    IndexModelMismatchError,
    QueryError,
)
from rag.index import Store, open_store
from rag.records import Passage
from rag.retrieval.langchain import (
    KnowledgeBaseRetriever,
    LangChainEmbedder,
    StoreVectorStore,
    passage_document,
)
from rag.settings import Settings
from tests.toy import ToyEmbedder


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


class Named(Places):
    """The same vectors under a model's name, or of other length."""

    def __init__(self, model: Any = "one", more: int = 0) -> None:
        self.model = model
        self.more = more

    def embed_query(self, text: str) -> list[float]:
        return super().embed_query(text) + [0.0] * self.more


@pytest.fixture
def one(tmp_path: Path) -> Iterator[Store]:
    """A store of the model ``Named:one``, with passages of 16 tokens."""
    made = StoreVectorStore.from_texts(
        ["harbour."],
        Named(),
        path=tmp_path / "one",
        settings=Settings(chunk_tokens=16, chunk_overlap=0),
    )
    yield made._store
    made._store.close()


@pytest.mark.parametrize(
    ("embeddings", "message"),
    [
        (
            Named("two"),
            "was built with the model 'Named:one', but the embedder given is 'Named:two'",
        ),
        (Named(more=1), "'Named:one with 3 dimensions', but .* 'Named:one with 4 dimensions'"),
        (ToyEmbedder("toy"), "'Named:one', but the embedder given is 'toy'"),
    ],
)
def test_another_models_vectors_do_not_come_into_a_store(
    one: Store, embeddings: Any, message: str
) -> None:
    with pytest.raises(IndexModelMismatchError, match=message):
        StoreVectorStore(one, embeddings)


def test_a_store_embedded_anew_meanwhile_is_neither_searched_nor_written(
    one: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    embeddings = Named()
    store = StoreVectorStore(one, embeddings, settings=Settings(chunk_tokens=16, chunk_overlap=0))
    assert [found.page_content for found in store.similarity_search("harbour")] == ["harbour."]
    monkeypatch.setattr(store._embedder, "name", "Named:two")
    for call in (
        lambda: store.add_texts(["park."]),
        lambda: store.similarity_search("harbour"),
        lambda: store.similarity_search_by_vector([1, 0, 0]),
        lambda: store.max_marginal_relevance_search("harbour"),
    ):
        with pytest.raises(IndexModelMismatchError):
            call()


def test_from_texts_notes_and_keeps_to_the_chunk_settings(one: Store, tmp_path: Path) -> None:
    assert one.facts["chunk_tokens"] == "16"  # type: ignore[attr-defined]
    assert one.facts["chunk_overlap"] == "0"  # type: ignore[attr-defined]
    with pytest.raises(
        IndexChunkingMismatchError, match="built with chunk_tokens=16, chunk_overlap=0"
    ):
        StoreVectorStore.from_texts(["park."], Named(), path=tmp_path / "one")
    with pytest.raises(IndexChunkingMismatchError, match="ask for chunk_tokens=256"):
        StoreVectorStore(one, Named()).add_texts(["park."])


class Cache(Places):
    """A wrapper, as LangChain's cache is one."""

    def __init__(self, underlying_embeddings: Embeddings) -> None:
        self.underlying_embeddings = underlying_embeddings
        self.model = "of the cache"


class Loaded(Places):
    """Keeps the loaded model where others keep its name."""

    def __init__(self, **fields: Any) -> None:
        self.model = object()
        vars(self).update(fields)


@pytest.mark.parametrize(
    ("embeddings", "name"),
    [
        (Places(), "Places"),
        (Named("one"), "Named:one"),
        (Named(None), "Named"),
        (Loaded(), "Loaded"),
        (Loaded(model_name="small"), "Loaded:small"),
        (Loaded(model_path="/m/small.gguf", deployment="d"), "Loaded:/m/small.gguf"),
        (Loaded(model_id=""), "Loaded"),
        (Cache(Cache(Named("one"))), "Named:one"),
    ],
)
def test_the_name_is_the_same_in_the_next_process(embeddings: Embeddings, name: str) -> None:
    assert LangChainEmbedder(embeddings).name == name
    assert LangChainEmbedder(embeddings, name="mine@2").name == "mine@2"


def test_a_stated_name_opens_the_index_again(tmp_path: Path) -> None:
    made = StoreVectorStore.from_texts(
        ["harbour."], Places(), path=tmp_path / "i", model_name="mine@1"
    )
    assert made._store.facts["model"] == "mine@1"  # type: ignore[attr-defined]
    StoreVectorStore(made._store, LangChainEmbedder(Named("two"), name="mine@1"))
    with pytest.raises(
        IndexModelMismatchError, match="'mine@1', but the embedder given is 'Places'"
    ):
        StoreVectorStore(made._store, Places())


def test_an_index_that_notes_the_class_alone_says_how_to_name_the_model(tmp_path: Path) -> None:
    made = StoreVectorStore.from_texts(
        ["harbour."], Named("one"), path=tmp_path / "i", model_name="Named"
    )
    with pytest.raises(
        IndexModelMismatchError, match=r"LangChainEmbedder\(embeddings, name='Named'\)$"
    ):
        StoreVectorStore(made._store, Named("one"))
    StoreVectorStore(made._store, LangChainEmbedder(Named("one"), name="Named"))


def test_an_embedder_of_ours_keeps_its_name_through_langchain(tmp_path: Path) -> None:
    ours = LangChainEmbeddings(ToyEmbedder("toy"))
    made = StoreVectorStore.from_texts(["cat"], ours, path=tmp_path / "i")
    assert made._store.facts["model"] == "toy"  # type: ignore[attr-defined]
    assert StoreVectorStore(made._store, ours).get_by_ids(made.add_texts(["dog"], ids=["d"]))


class Faulty(Places):
    """Gives what ``rows`` makes of the vectors."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.rows(super().embed_documents(texts))  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (lambda rows: rows[1:], r"'Faulty' gave vectors of the shape \(1, 3\), not \(2, 3\)"),
        (lambda rows: [row[1:] for row in rows], r"of the shape \(2, 2\), not \(2, 3\)"),
        (lambda rows: [rows[0], [float("nan")] * 3], "1 of 2 vectors with NaN"),
        (lambda _: None, r"of the shape \(\), not \(2, 3\)"),
    ],
)
def test_vectors_that_do_not_fit_are_the_models_fault(
    tmp_path: Path, rows: Any, message: str
) -> None:
    with pytest.raises(EmbeddingModelError, match=message):
        StoreVectorStore.from_texts(["harbour", "park"], Faulty(rows), path=tmp_path / "i")


def test_embeddings_without_a_vector_are_told_at_once() -> None:
    silent = Places()
    silent.embed_query = lambda _: None  # type: ignore[method-assign,assign,return-value]
    with pytest.raises(EmbeddingModelError, match="'Places' gave no vector"):
        LangChainEmbedder(silent)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ids": ["1"]}, "2 texts, but 1 ids"),
        ({"metadatas": [{}, {}, {}]}, "2 texts, but 3 metadatas"),
    ],
)
def test_lists_of_other_lengths_are_told(
    places: StoreVectorStore, given: dict[str, Any], message: str
) -> None:
    with pytest.raises(QueryError, match=message):
        places.add_texts(["x", "y"], **given)
    assert len(places.similarity_search("harbour", k=9)) == 3
