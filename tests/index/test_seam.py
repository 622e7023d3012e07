"""A second store behind the same protocols, and retrieval over both."""

import inspect

import numpy as np
import pytest

from rag.errors import QueryError
from rag.index import Store, View, Writer
from rag.index.embedded import EmbeddedView
from rag.index.writing import EmbeddedWriter
from tests.index.conftest import DIMENSION, SAMPLES, fill, make_document, vector_of
from tests.index.in_memory import MemoryStore, MemoryView, MemoryWriter


@pytest.fixture
def memory():
    store = MemoryStore(DIMENSION)
    with store.writer() as writer:
        fill(writer)
    return store


def test_both_keep_the_protocols(memory, filled):
    assert isinstance(memory, Store)
    assert isinstance(filled, Store)
    for protocol, kinds in (
        (View, (MemoryView, EmbeddedView)),
        (Writer, (MemoryWriter, EmbeddedWriter)),
    ):
        for name, method in vars(protocol).items():
            if name.startswith("_") or not inspect.isfunction(method):
                continue
            for kind in kinds:
                ours = list(inspect.signature(getattr(kind, name)).parameters)
                assert len(ours) == len(inspect.signature(method).parameters), (kind, name)


@pytest.mark.parametrize(
    "where", [None, {"publisher": "B"}, {"published": {"<": "2022-06"}}, {"tags": "tea"}]
)
def test_both_give_the_same_answers(memory, filled, where):
    for store in (memory, filled):
        with store.writer() as writer:
            writer.remove("river")
            writer.put(
                *make_document(
                    "new", ["新的大桥在杭州", "tea"], title="New", metadata={"publisher": "B"}
                )
            )
    with memory.view() as one, filled.view() as other:
        assert one.passages == other.passages
        for query in ("杭州大桥", "green tea 1909", "2022年", "none zzz"):
            for a, b in (
                (one.lexical_search(query, 5, where), other.lexical_search(query, 5, where)),
                (
                    one.dense_search(vector_of(query), 5, where),
                    other.dense_search(vector_of(query), 5, where),
                ),
            ):
                assert a.ids.tolist() == b.ids.tolist()
                assert a.scores == pytest.approx(b.scores, rel=1e-4, abs=1e-5)
                assert one.chunks(a.ids) == other.chunks(b.ids)
        with pytest.raises(QueryError):
            one.lexical_search("x", 1, {"colour": 1})


def test_retrieval_works_over_both(memory, filled):
    from rag.retrieval import retrieve

    class Toy:
        name, dimension = "toy", DIMENSION

        def embed_queries(self, texts):
            return np.stack([vector_of(text) for text in texts])

        embed_passages = embed_queries

    with memory.view() as one, filled.view() as other:
        a = retrieve(one, Toy(), "钱塘江大桥建于哪一年？", k=3)
        b = retrieve(other, Toy(), "钱塘江大桥建于哪一年？", k=3)
    assert a[0].text == SAMPLES["river"][0]
    assert [(p.document_id, p.start) for p in a] == [(p.document_id, p.start) for p in b]


def test_both_give_the_same_coverage(memory, filled):
    with memory.view() as one, filled.view() as other:
        for query in ("杭州大桥", "green tea 1909", "none zzz"):
            ids = [3, 1, 7]
            assert one.coverage(query, ids) == pytest.approx(other.coverage(query, ids), abs=1e-5)
