"""Changes are gathered and written together: in their order, and nothing is seen half done."""

import contextlib
import sqlite3
import time

import numpy as np
import pytest

from rag.errors import IndexFormatError, IndexLockedError, IndexModelMismatchError
from rag.index import Source, catalog, embedding_key, open_store, writing
from rag.index.checking import repair, replace_catalog
from tests.index.conftest import make_document, vector_of


def held(store):
    """Document id to text, and file to fingerprint, of the last commit."""
    with store.view() as view:
        texts = {info.id: view.document(info.id).text for info in view.documents()}
        return texts, {source.name: source.fingerprint for source in view.sources()}


def test_a_document_may_be_put_removed_and_put_again_before_anything_is_written(store):
    with store.writer() as writer:
        writer.put(*make_document("a", ["一。"]), content_hash="1")
        writer.put(*make_document("a", ["二。"]), content_hash="2")
        assert writer.content_hash("a") == "2"
        assert writer.remove("a")
        assert not writer.remove("a")
        assert writer.content_hash("a") is None
        writer.put(*make_document("a", ["三。", "四。"]), content_hash="3")
        writer.put(*make_document("b", ["五。"]))
        assert writer.remove("b")
    assert held(store) == ({"a": "三。\n四。"}, {})
    with store.view() as view:
        assert view.chunks(view.lexical_search("四", 5).ids)[0].text == "四。"
        assert not len(view.lexical_search("一", 5).ids)
    assert not [finding for finding in store.check() if finding.level == "fault"]


def test_what_is_noted_of_files_is_seen_before_it_is_written(store):
    first, second = Source("f", "1", ("a",), b"rows"), Source("f", "2", ("a", "b"))
    with store.writer() as writer:
        assert writer.source("f") is None
        writer.put_source(first)
        assert writer.source("f") == first
        assert list(writer.sources()) == [first._replace(rows=b"")]
        writer.remove_source("f")
        assert writer.source("f") is None
        assert not list(writer.sources())
        writer.put_source(second)
        writer.put_source(Source("g", "9", ()))
        writer.commit()
        assert writer.source("f") == second
        writer.remove_source("g")
        assert [source.name for source in writer.sources()] == ["f"]
    assert held(store)[1] == {"f": "2"}


def test_vectors_of_what_was_put_are_found_before_it_is_written(store):
    document, chunks, vectors = make_document("a", ["一。", "二。"])
    keys = [embedding_key(chunk.text) for chunk in chunks]
    with store.writer() as writer:
        assert writer.cached_vectors(keys) == [None, None]
        writer.put(document, chunks, vectors, keys=keys)
        found = writer.cached_vectors([*keys, embedding_key("三。")])
    assert found[2] is None
    np.testing.assert_allclose(found[0], vectors[0], atol=1e-3)
    np.testing.assert_allclose(found[1], vectors[1], atol=1e-3)


def test_vectors_may_be_changed_by_the_caller_after_they_were_put(store):
    document, chunks, vectors = make_document("a", ["一。"])
    half = vectors.astype(np.float16)
    with store.writer() as writer:
        writer.put(document, chunks, half)
        half[:] = 0
    with store.view() as view:
        ids = [chunk.id for chunk in view.document_chunks("a")]
        np.testing.assert_allclose(view.vectors(ids)[0], vector_of("一。"), atol=1e-3)


def test_a_removal_and_the_mark_of_its_file_are_committed_together(store, monkeypatch):
    with store.writer() as writer:
        writer.put(*make_document("a", ["一。"]))
        writer.put_source(Source("f", "old", ("a",)))
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.0)  # a commit after all that is handed over
    monkeypatch.setattr(writing, "_TOGETHER_SECONDS", 0.0)
    seen = []
    with store.writer() as writer:
        for number in range(30):
            writer.put(*make_document(f"d{number}", ["二。"]))
            writer.remove("a" if not number else f"d{number - 1}")
            time.sleep(0.01)
            writer.put_source(Source("f", str(number), (f"d{number}",)))
            seen.append(held(store))
    assert len({marks["f"] for _, marks in seen}) > 1
    for texts, marks in seen:
        assert list(texts) == ["a" if marks["f"] == "old" else f"d{marks['f']}"]
    assert held(store) == ({"d29": "二。"}, {"f": "29"})


def test_slow_changes_are_committed_now_and_then(store, monkeypatch):
    monkeypatch.setattr(writing, "COMMIT_SECONDS", 0.0)
    monkeypatch.setattr(writing, "_TOGETHER_SECONDS", 0.0)
    with store.writer() as writer:
        for number in range(50):
            writer.put(*make_document(f"d{number}", ["二。"]))
            time.sleep(0.005)
        for _ in range(200):
            if held(store)[0]:
                break
            time.sleep(0.05)
        assert held(store)[0], "something is committed while more is coming"
    assert len(held(store)[0]) == 50


def test_hundreds_of_small_changes_arrive_in_their_order(store, monkeypatch):
    monkeypatch.setattr(writing, "_TOGETHER", 7)
    monkeypatch.setattr(writing, "_MANY", 11)
    expected = {}
    with store.writer() as writer:
        for number in range(400):
            name = f"d{number * 7 % 23}"
            if number % 5 == 4:
                assert writer.remove(name) == (expected.pop(name, None) is not None)
            else:
                writer.put(*make_document(name, [f"{number}号。"]), content_hash=str(number))
                expected[name] = f"{number}号。"
                assert writer.content_hash(name) == str(number)
            writer.put_source(Source(name, str(number), (name,)))
            assert writer.source(name).fingerprint == str(number)
    texts, marks = held(store)
    assert texts == expected
    assert len(marks) == 23
    assert not [finding for finding in store.check() if finding.level == "fault"]


def test_an_index_of_a_newer_version_is_left_alone(filled):
    filled.close()
    path = filled.path / catalog.CATALOG_FILE
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        newer = str(catalog.FORMAT + 1)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (newer,))
    before = path.read_bytes()
    with pytest.raises(IndexFormatError, match="Update rag"):
        open_store(filled.path)
    with pytest.raises(IndexFormatError, match="Update rag"):
        repair(filled.path)
    assert path.read_bytes() == before
    assert not list(filled.path.glob("*.damaged"))


def test_an_open_index_that_a_newer_version_writes_to_is_told(filled):
    with (
        contextlib.closing(sqlite3.connect(filled.path / catalog.CATALOG_FILE)) as connection,
        connection,
    ):
        newer = str(catalog.FORMAT + 1)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (newer,))
        connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    with pytest.raises(IndexFormatError, match="Update rag"), filled.view():
        pass


def test_a_writer_asks_whether_it_fits_before_anything_is_changed(store):
    asked = []

    def refuse(facts):
        asked.append(facts)
        with pytest.raises(IndexLockedError), store.writer():
            pass  # nobody can change the index any more
        raise IndexModelMismatchError(path="here", index_model=facts["model"], query_model="new")

    before = (store.path / "catalog.sqlite").read_bytes()
    with pytest.raises(IndexModelMismatchError, match="'toy'"), store.writer(fits=refuse):
        pytest.fail("it began all the same")
    assert (store.path / "catalog.sqlite").read_bytes() == before
    assert [(facts["model"], facts["dimension"]) for facts in asked] == [("toy", "16")]
    with store.writer(fits=asked.append) as writer:
        writer.put(*make_document("a", ["一。"]))
    assert len(asked) == 2
    assert set(held(store)[0]) == {"a"}


def test_a_writer_and_a_view_know_the_model_that_another_process_put_in_place(filled):
    """The store was opened before the index was embedded again, with another model and dimension."""
    fresh = filled.path / "fresh"
    with open_store(fresh, model="new", dimension=3) as new, new.writer() as writer:
        document, chunks, _ = make_document("b", ["新的。"])
        writer.put(document, chunks, np.eye(1, 3, dtype=np.float32))
    with filled.view() as old:
        replace_catalog(filled.path, fresh)
        assert old.model == "toy"
    facts = {}
    with filled.writer(fits=facts.update) as writer:
        assert (facts["model"], facts["dimension"]) == ("new", "3")
        document, chunks, _ = make_document("c", ["更新的。"])
        with pytest.raises(ValueError, match=r"not \(1, 3\)"):
            writer.put(document, chunks, np.ones((1, 16), np.float32))
        assert writer.remove("b")
    with filled.view() as view:
        assert (view.model, view.passages) == ("new", 0)


@pytest.mark.parametrize("second", ["puts", "removes"])
def test_a_writer_whose_lock_file_was_deleted_spoils_nothing_of_another(filled, second):
    """Two are at work: the one that commits last has numbered its documents as if it were alone."""
    with contextlib.closing(catalog.connect(filled.path, read_only=True)) as connection:
        noted = int(catalog.read_meta(connection)["next"])
    first = writing.EmbeddedWriter(filled.path, filled.dimension)
    other = writing.EmbeddedWriter(filled.path, filled.dimension)
    other.put(*make_document("other", ["别人的。"]))
    other.finish()
    other.stop()
    if second == "puts":
        first.put(*make_document("mine", ["我的。"]))
    else:
        assert first.remove("tea")
    with pytest.raises(IndexLockedError):
        first.finish()
    first.stop()
    assert list(held(filled)[0]) == ["river", "tea", "rail", "other"]
    with contextlib.closing(catalog.connect(filled.path, read_only=True)) as connection:
        assert int(catalog.read_meta(connection)["next"]) == noted + 1
    assert not [finding for finding in filled.check() if finding.level == "fault"]
