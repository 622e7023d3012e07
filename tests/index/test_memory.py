import threading

import numpy as np
import pytest

from rag.index import open_store
from rag.index.checking import replace_catalog
from rag.index.lock import WriteLock
from rag.index.memory import CatalogMemory
from tests.index.conftest import SAMPLES, make_document, vector_of

OTHER = ["只有这一句", "Nothing else is said here."]


def _replace(folder):
    """Another index takes the place: other vectors, and chunks with the numbers of the old ones."""
    with open_store(folder / "fresh", model="new", dimension=8) as fresh:
        document, chunks, _ = make_document("only", OTHER)
        with fresh.writer() as writer:
            writer.put(document, chunks, np.eye(8, dtype=np.float32)[:2])
    with WriteLock(folder / "write.lock", folder=folder):
        replace_catalog(folder, folder / "fresh")


@pytest.fixture
def reader(filled, tmp_path):
    filled.snapshot(str(tmp_path / "copy"))
    with open_store(tmp_path / "copy") as store:
        yield store


def test_chunks_that_an_old_view_reads_are_not_served_from_the_new_catalog(reader):
    with reader.view() as old:
        _replace(reader.path)
        assert reader.generation > old.generation  # from here on the store knows the new catalog
        assert [chunk.text for chunk in old.chunks([1, 2])] == SAMPLES["river"]
    with reader.view() as new:
        assert [chunk.text for chunk in new.chunks([1, 2])] == OTHER


def test_chunks_that_a_new_view_reads_are_not_served_to_an_old_one(reader):
    with reader.view() as old:
        _replace(reader.path)
        with reader.view() as new:
            assert [chunk.text for chunk in new.chunks([1, 2])] == OTHER
        assert [chunk.text for chunk in old.chunks([2, 1])] == SAMPLES["river"][::-1]


def test_an_old_view_is_searched_by_vectors_of_its_own_length(reader):
    with reader.view() as old:
        _replace(reader.path)
        with reader.view() as new:
            assert new.dense_search(np.eye(8, dtype=np.float32)[1], 1).ids.tolist() == [2]
        assert old.dense_search(vector_of(SAMPLES["tea"][1]), 1).ids.tolist() == [4]
        assert old.vectors([4]).shape == (1, 16)
    assert (reader.model, reader.dimension) == ("new", 8)


def test_a_connection_to_the_next_catalog_does_not_pass_for_one_to_the_last(reader, monkeypatch):
    """The catalog is replaced after the store looked at the file and before it opened it."""
    from rag.index import catalog

    connect, done = catalog.connect, threading.Event()

    def late(folder, *, read_only):
        if read_only and not done.is_set():
            done.set()
            _replace(folder)
        return connect(folder, read_only=read_only)

    with reader.view() as old:  # so that no connection is idle
        assert [chunk.text for chunk in old.chunks([1])] == SAMPLES["river"][:1]
        monkeypatch.setattr(catalog, "connect", late)
        with reader.view() as new:
            assert [chunk.text for chunk in new.chunks([1, 2])] == OTHER
            assert new.passages == 2


def test_the_oldest_chunks_are_forgotten(reader):
    memory = CatalogMemory((1, 1))
    with reader.view() as view:
        chunk = view.chunks([1])[0]
    memory.remember(dict.fromkeys(range(8_192), chunk))
    memory.remember({9_000: chunk})
    assert list(memory.remembered([0, 1, 9_000])) == [1, 9_000]
