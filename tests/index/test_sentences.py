"""Sentences in pieces: as good as their texts, and made anew from the catalog."""

import json
import shutil
import sqlite3

import numpy as np
import pytest

from rag.chunking import split_sentences
from rag.embedding import load_embedder
from rag.embedding.protocol import SentencePieces
from rag.index import open_store
from rag.index.sentences import FILES
from rag.indexing import index_documents
from rag.records import Document
from rag.settings import Settings

TEXTS = {
    "harbour": "港口去年完成货物吞吐量3.2亿吨，同比增长6.5%。今年将新开12条航线！",
    "museum": "The river museum opened in 1987. Its director is Margaret Ellison.\n\n……",
    "long": "没有标点的长句" * 700 + "。末尾一句。",
    "empty": "",
}
SETTINGS = Settings(chunk_tokens=64, chunk_overlap=0)


@pytest.fixture
def store(tmp_path):
    model = load_embedder("bundled")
    with open_store(tmp_path / "index", model=model.name, dimension=model.dimension) as opened:
        add(opened, TEXTS)
        yield opened


def add(store, texts):
    documents = [
        Document(id=name, source=name, text=text, title="题") for name, text in texts.items()
    ]
    index_documents(store, load_embedder("bundled"), SETTINGS, documents)


def held(store):
    """(chunk, sentences) of each passage; sentences that are not known are None."""
    with store.view() as view:
        chunks = [chunk for info in view.documents() for chunk in view.document_chunks(info.id)]
        sentences, owners = view.sentences([chunk.id for chunk in chunks])
    found = dict.fromkeys(range(len(chunks)))
    for place in np.unique(owners):
        own = np.flatnonzero(owners == place)
        assert np.array_equal(own, np.arange(own[0], own[-1] + 1)), "a chunk's own stand together"
        found[place] = sentences.part(int(own[0]), int(own[-1]) + 1)
    return [(chunk, found[place]) for place, chunk in enumerate(chunks)]


def assert_equal(one: SentencePieces, other: SentencePieces):
    assert one.ids.tolist() == other.ids.tolist()
    assert one.ends.tolist() == other.ends.tolist()
    assert one.norms == pytest.approx(other.norms, rel=1e-4)


def test_cosines_are_those_of_the_texts(store):
    model = load_embedder("bundled")
    vector = model.embed_queries(["港口的吞吐量是多少？"])[0]
    for chunk, sentences in held(store):
        texts = [chunk.text[start:end] for start, end in split_sentences(chunk.text)]
        wanted = model.embed_passages(texts) @ vector
        found = model.piece_cosines(vector, sentences)
        assert found == pytest.approx(wanted, abs=2e-3), chunk.text


def test_they_are_made_anew_from_the_catalog(store):
    before = held(store)
    shutil.rmtree(store.path / "segments")
    with open_store(store.path) as again:
        after = held(again)
        assert list(store.path.glob(f"segments/*/{FILES[0]}"))
    for (chunk, one), (same, other) in zip(before, after, strict=True):
        assert chunk == same
        assert_equal(one, other)


def test_they_outlive_merges_and_removals(store):
    before = {chunk.text: one for chunk, one in held(store)}
    add(store, {"new": "新的一篇。有两句。"})
    with store.writer() as writer:
        writer.remove("museum")
    for number in range(6):
        add(store, {f"n{number}": f"第{number}篇。"})
    found = held(store)
    assert len(found) > 6
    for chunk, one in found:
        assert one is not None
        if chunk.text in before:
            assert_equal(one, before[chunk.text])


def test_an_index_from_before_is_caught_up_by_the_next_change(store):
    with sqlite3.connect(store.path / "catalog.sqlite") as connection:
        for name, files in connection.execute("SELECT name, files FROM segments").fetchall():
            kept = {key: value for key, value in json.loads(files).items() if key not in FILES}
            connection.execute(
                "UPDATE segments SET files = ? WHERE name = ?", (json.dumps(kept), name)
            )
    with open_store(store.path) as old:
        assert {sentences for _, sentences in held(old)} == {None}
        add(old, {"new": "新的一篇。"})
        assert all(sentences is not None for _, sentences in held(old))
        assert not [one for one in old.check() if one.level == "fault"]


def test_another_model_has_none(tmp_path):
    with open_store(tmp_path / "index", model="toy", dimension=2) as toy:
        with toy.writer() as writer:
            document = Document(id="a", source="a", text="一句。")
            from rag.records import Chunk

            chunk = Chunk(document_id="a", start=0, end=3, text="一句。", tokens=3)
            writer.put(document, [chunk], np.array([[1.0, 0.0]], np.float32))
        assert [sentences for _, sentences in held(toy)] == [None]
