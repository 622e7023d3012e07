from dataclasses import replace

import numpy as np
import pytest

from rag.embedding import load_embedder
from rag.errors import (
    DocumentNotFoundError,
    IndexCorruptError,
    IndexFormatError,
    IndexLockedError,
    IndexModelMismatchError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
    QueryError,
)
from rag.index import Source, embedding_key, open_store
from rag.index.checking import check_model, repair
from tests.index.conftest import DIMENSION, SAMPLES, fill, make_document, vector_of


def texts(view, hits):
    return [chunk.text for chunk in view.chunks(hits.ids)]


def test_an_empty_store_finds_nothing(store):
    with store.view() as view:
        assert view.passages == 0
        assert view.dense_search(vector_of("a"), 3).ids.tolist() == []
        assert view.lexical_search("大桥", 3).ids.tolist() == []
        assert list(view.documents()) == []


def test_dense_search_finds_the_text_itself_first(filled):
    with filled.view() as view:
        for sentences in SAMPLES.values():
            for sentence in sentences:
                hits = view.dense_search(vector_of(sentence), 2)
                assert texts(view, hits)[0] == sentence
                assert hits.scores[0] == pytest.approx(1, abs=1e-3)
                assert hits.scores[1] < hits.scores[0]


def test_lexical_search_bridges_scripts_and_widths(filled):
    with filled.view() as view:
        assert texts(view, view.lexical_search("滬杭鐵路", 1)) == ["沪杭铁路連接上海與杭州。"]
        assert texts(view, view.lexical_search("ＳＴＡＴＩＯＮＳ", 1)) == [
            "The station opened in 1909."
        ]
        assert texts(view, view.lexical_search("เชียงใหม่", 1)) == ["เชียงใหม่อยู่ทางเหนือ"]
        assert len(view.lexical_search("zzzz", 5).ids) == 0


def test_scores_of_given_chunks_are_those_of_the_searches(filled):
    with filled.view() as view:
        hits = view.lexical_search("杭州西湖 1909", 10)
        backwards = hits.ids[::-1]
        assert view.lexical_scores("杭州西湖 1909", backwards) == pytest.approx(hits.scores[::-1])
        dense = view.dense_search(vector_of("龙井茶"), 7)
        assert view.dense_scores(vector_of("龙井茶"), dense.ids) == pytest.approx(
            dense.scores, abs=1e-6
        )
        assert view.vectors(dense.ids) @ vector_of("龙井茶") == pytest.approx(
            dense.scores, abs=1e-6
        )


def test_chunks_are_spans_of_their_documents(filled):
    with filled.view() as view:
        for info in view.documents():
            document = view.document(info.id)
            assert document.text == "\n".join(SAMPLES[info.id])
            chunks = view.document_chunks(info.id)
            assert [chunk.text for chunk in chunks] == SAMPLES[info.id]
            assert all(document.text[c.start : c.end] == c.text for c in chunks)
            assert [chunk.position for chunk in chunks] == list(range(len(chunks)))
            assert view.chunks([chunk.id for chunk in chunks[::-1]]) == chunks[::-1]


def test_a_long_text_is_read_by_pages(store):
    sentences = ["".join(chr(0x4E00 + (i * 7 + j) % 5000) for j in range(40_000)) for i in range(5)]
    with store.writer() as writer:
        writer.put(*make_document("long", sentences))
    with store.view() as view:
        assert [chunk.text for chunk in view.document_chunks("long")] == sentences
        assert view.document("long").text == "\n".join(sentences)


def test_a_lone_surrogate_and_an_empty_document_are_stored(store):
    with store.writer() as writer:
        writer.put(*make_document("odd", ["a\ud800b"]))
        writer.put(*make_document("empty", []))
    with store.view() as view:
        assert view.document("odd").text == "a\ud800b"
        assert view.document("empty").text == ""
        assert [info.passages for info in view.documents()] == [1, 0]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"published": {">=": "2022-01-01"}}, {"tea", "rail"}),
        ({"published": {">=": "2022", "<": "2023"}}, {"tea"}),
        ({"source": ["river.txt", "tea.txt"]}, {"river", "tea"}),
        ({"source": {"not in": ["river.txt"]}}, {"tea", "rail"}),
        ({"publisher": "B"}, {"river", "rail"}),
        ({"metadata.publisher": {"!=": "B"}}, {"tea"}),
        ({"tags": "rail"}, {"rail"}),
        ({"n": {">": 2021}, "publisher": "B"}, {"rail"}),
        ({"title": {"prefix": "R"}}, {"river", "rail"}),
        ({"title": {"contains": "ai"}}, {"rail"}),
        ({"publisher": "C"}, set()),
        ({}, {"river", "tea", "rail"}),
    ],
)
def test_filters_apply_inside_both_searches(filled, where, expected):
    with filled.view() as view:
        assert {info.id for info in view.documents(where)} == expected
        found = view.dense_search(vector_of("x"), 10, where)
        assert {chunk.document_id for chunk in view.chunks(found.ids)} == expected
        assert len(found.ids) == sum(len(SAMPLES[name]) for name in expected)
        lexical = view.lexical_search("大桥 tea station 年", 10, where)
        assert {chunk.document_id for chunk in view.chunks(lexical.ids)} == expected


@pytest.mark.parametrize(
    "where", [{"colour": "red"}, {"published": {"~": "x"}}, {"source": {"in": "x"}}, ["source"]]
)
def test_a_wrong_filter_is_told(filled, where):
    with filled.view() as view, pytest.raises(QueryError):
        view.dense_search(vector_of("x"), 3, where)


def test_an_unknown_field_names_the_known_ones(filled):
    with (
        filled.view() as view,
        pytest.raises(QueryError, match="did you mean 'publisher'.*published"),
    ):
        view.lexical_search("x", 3, {"publishers": "A"})


@pytest.mark.parametrize("k", [0, -1, True, 1.5])
def test_a_wrong_k_is_told(filled, k):
    with filled.view() as view, pytest.raises(QueryError, match="k="):
        view.lexical_search("x", k)


def test_replacing_and_removing(filled):
    before = filled.generation
    with filled.writer() as writer:
        writer.put(*make_document("tea", ["碧螺春产于苏州。"]))
        assert writer.remove("river")
        assert not writer.remove("nothing")
    assert filled.generation > before
    with filled.view() as view:
        assert {info.id for info in view.documents()} == {"tea", "rail"}
        assert view.passages == 4
        assert texts(view, view.lexical_search("龙井", 3)) == []
        assert texts(view, view.lexical_search("苏州", 1)) == ["碧螺春产于苏州。"]
        hits = view.dense_search(vector_of(SAMPLES["river"][0]), 10)
        assert {chunk.document_id for chunk in view.chunks(hits.ids)} == {"tea", "rail"}
        with pytest.raises(DocumentNotFoundError):
            view.document("river")
        with pytest.raises(KeyError):
            view.chunks([1])


def test_scores_do_not_depend_on_the_history(tmp_path, filled):
    with filled.writer() as writer:
        writer.put(*make_document("more", ["西湖十景", "断桥残雪"]))
        writer.remove("river")
    with filled.writer() as writer:
        writer.remove("more")
        fill(writer)
    with open_store(tmp_path / "straight", model="toy", dimension=DIMENSION) as straight:
        with straight.writer() as writer:
            fill(writer)
        with filled.view() as one, straight.view() as other:
            for query in ("杭州 1909", "大桥设计", "tea rains station"):
                a, b = one.lexical_search(query, 9), other.lexical_search(query, 9)
                assert texts(one, a) == texts(other, b)
                assert a.scores == pytest.approx(b.scores, rel=1e-6)
                a, b = (
                    one.dense_search(vector_of(query), 9),
                    other.dense_search(vector_of(query), 9),
                )
                assert texts(one, a) == texts(other, b)
            assert one.idf(["杭州", "zz"]) == pytest.approx(other.idf(["杭州", "zz"]))


def test_an_exception_rolls_back_to_the_last_commit(filled):
    with pytest.raises(RuntimeError, match="stop"), filled.writer() as writer:  # noqa: PT012
        writer.put(*make_document("a", ["甲"]))
        writer.commit()
        writer.put(*make_document("b", ["乙"]))
        writer.remove("tea")
        raise RuntimeError("stop")
    with filled.view() as view:
        assert [info.id for info in view.documents()] == ["river", "tea", "rail", "a"]


def test_a_commit_without_changes_keeps_the_generation(filled):
    before = filled.generation
    with filled.writer() as writer:
        assert writer.commit() == before
    assert filled.generation == before


def test_what_the_writer_knows(filled):
    with filled.writer() as writer:
        assert writer.content_hash("tea") == "hash of tea"
        assert writer.content_hash("none") is None
        writer.put(*make_document("new", ["新"]), content_hash="n")
        assert writer.content_hash("new") == "n"
        writer.remove("new")
        assert writer.content_hash("new") is None
        source = Source(name="a.csv", fingerprint="1:2", document_ids=("a#1", "a#2"))
        writer.put_source(source)
        writer.commit()
        assert writer.source("a.csv") == source
        assert writer.source("b.csv") is None
    with filled.view() as view:
        assert list(view.sources()) == [source]
    with filled.writer() as writer:
        writer.remove_source("a.csv")
    with filled.view() as view:
        assert list(view.sources()) == []


def test_a_writer_of_an_empty_index_knows_what_it_put_itself(tmp_path):
    with open_store(tmp_path, model="m", dimension=DIMENSION) as store, store.writer() as writer:
        assert writer.content_hash("a") is None
        writer.put(*make_document("a", ["甲"]), content_hash="1")
        writer.commit()
        assert writer.content_hash("a") == "1"
        writer.put(*make_document("a", ["乙"]), content_hash="2")
        assert writer.content_hash("a") == "2"
        assert writer.remove("a")
        assert writer.content_hash("a") is None
        writer.commit()
        assert writer.content_hash("a") is None
        assert not writer.remove("a")


def test_what_waits_for_the_writer_is_known_however_much_it_is(tmp_path):
    count = 5000  # more than are remembered at a time
    with open_store(tmp_path, model="m", dimension=DIMENSION) as store, store.writer() as writer:
        for number in range(count):
            writer.put(*make_document(f"d{number}", []), content_hash=str(number))
            assert writer.content_hash(f"d{number // 2}") == str(number // 2)
    with open_store(tmp_path, create=False) as store, store.view() as view:
        assert len(list(view.documents())) == count


def test_vectors_are_found_again_by_text(store):
    sentences = ["甲", "乙", "丙"]
    keys = [embedding_key(s) for s in sentences]
    with store.writer() as writer:
        assert writer.cached_vectors(keys) == [None, None, None]
        document, chunks, vectors = make_document("a", sentences)
        writer.put(document, chunks, vectors, keys=keys)
        writer.commit()
        found = writer.cached_vectors([keys[2], embedding_key("丁"), keys[0]])
        assert found[1] is None
        assert found[2] == pytest.approx(vectors[0], abs=1e-3)
    with store.writer() as writer:
        writer.remove("a")
        writer.commit()
        assert writer.cached_vectors(keys[1:2])[0] == pytest.approx(vectors[1], abs=1e-3)
    with store.writer() as writer:
        assert writer.cached_vectors(keys) == [None, None, None]


def test_equal_texts_are_told(filled):
    with filled.writer() as writer:
        writer.put(*make_document("copy", SAMPLES["tea"]))
    with filled.view() as view:
        assert [info.duplicate_of for info in view.documents()] == [None, None, None, "tea"]


def test_empty_documents_are_no_duplicates(filled):
    with filled.writer() as writer:
        for name in ("blank", "bare"):
            writer.put(*make_document(name, []))
    with filled.view() as view:
        assert [info.duplicate_of for info in view.documents()] == [None] * 5


def test_headings_of_a_document_are_read_once_for_all_its_chunks(store, monkeypatch):
    from rag.index import embedded

    document, chunks, vectors = make_document("long", [f"第{n}句。" for n in range(9)])
    chunks = [replace(chunk, heading=f"第{n}章") for n, chunk in enumerate(chunks)]
    with store.writer() as writer:
        writer.put(document, chunks, vectors)
    read = []
    loads = embedded.json.loads
    monkeypatch.setattr(embedded.json, "loads", lambda text: read.append(text) or loads(text))
    with store.view() as view:
        found = [view.chunks([number])[0] for number in range(1, 10)]
    assert [chunk.heading for chunk in found] == [f"第{n}章" for n in range(9)]
    assert len([text for text in read if text.startswith("[")]) == 1


def test_a_view_keeps_its_generation_while_a_writer_commits(filled):
    with filled.view() as old:
        with filled.writer() as writer:
            writer.remove("tea")
            writer.put(*make_document("new", ["全新的一句"]))
        assert {info.id for info in old.documents()} == set(SAMPLES)
        assert old.document("tea").text
        hits = old.lexical_search("龙井茶", 3)
        assert texts(old, hits)[0].startswith("龙井茶")
    with filled.view() as new:
        assert {info.id for info in new.documents()} == {"river", "rail", "new"}


def test_a_second_writer_is_refused(filled):
    import os

    with (
        filled.writer(),
        pytest.raises(IndexLockedError, match=f"process {os.getpid()}"),
        filled.writer(),
    ):
        pass
    with filled.writer():
        pass


@pytest.mark.parametrize("wrong", ["vectors", "keys", "span", "nan"])
def test_a_wrong_put_is_refused_and_changes_nothing(filled, wrong):
    document, chunks, vectors = make_document("bad", ["一", "二"])
    keys = [b"x" * 16, b"y" * 16]
    if wrong == "vectors":
        vectors = vectors[:1]
    elif wrong == "keys":
        keys = keys[:1]
    elif wrong == "span":
        document, _, _ = make_document("bad", ["三", "四"])
    else:
        vectors[0, 0] = np.nan
    with filled.writer() as writer, pytest.raises(ValueError, match="bad"):
        writer.put(document, chunks, vectors, keys=keys)
    with filled.view() as view:
        assert len(list(view.documents())) == 3


def test_opening_something_else(tmp_path):
    with pytest.raises(NotAnIndexError, match="no index"):
        open_store(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(NotAnIndexError, match=r"photo\.jpg"):
        open_store(tmp_path, model="toy", dimension=4)
    with pytest.raises(NotAnIndexError, match="is a file"):
        open_store(tmp_path / "photo.jpg", model="toy", dimension=4)
    other = tmp_path / "other"
    other.mkdir()
    (other / "catalog.sqlite").write_bytes(b"not a database, but long enough to be looked at" * 99)
    with pytest.raises(NotAnIndexError, match="not an index"):
        open_store(other, model="toy", dimension=4)


@pytest.mark.parametrize("emptied", ["no byte", "no table"])
@pytest.mark.parametrize("create", [False, True])
def test_an_empty_catalog_beside_segments_is_damage(filled, emptied, create):
    """It was told as no index yet, and the next run made an empty one of it."""
    import sqlite3

    filled.close()
    path = filled.path / "catalog.sqlite"
    path.unlink()
    path.touch()
    if emptied == "no table":
        connection = sqlite3.connect(path)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.close()
    before = path.read_bytes()
    made = {"model": "toy", "dimension": DIMENSION} if create else {}
    with pytest.raises(IndexCorruptError, match=r"is empty, but segments .*\(rag snapshot"):
        open_store(filled.path, create=create, **made)
    with pytest.raises(IndexCorruptError, match="which are lost"):
        repair(filled.path)
    assert path.read_bytes() == before
    assert len(list((filled.path / "segments").iterdir())) == 1


def test_the_log_of_an_emptied_catalog_is_kept(filled):
    path = filled.path / "catalog.sqlite"
    log = filled.path / "catalog.sqlite-wal"
    filled.close()
    path.write_bytes(b"")
    log.write_bytes(b"what a writer left")
    with pytest.raises(IndexCorruptError):
        open_store(filled.path, create=False)
    assert log.read_bytes() == b"what a writer left"


def test_an_index_whose_making_was_cut_off_is_made(tmp_path):
    (tmp_path / "catalog.sqlite").touch()
    (tmp_path / "segments").mkdir()
    (tmp_path / "uploads").mkdir()
    with pytest.raises(NotAnIndexError, match="no index yet"):
        open_store(tmp_path, create=False)
    with open_store(tmp_path, model="toy", dimension=DIMENSION) as store, store.view() as view:
        assert view.passages == 0


def test_opening_a_database_of_something_else(tmp_path):
    import sqlite3

    with sqlite3.connect(tmp_path / "catalog.sqlite") as connection:
        connection.execute("CREATE TABLE songs (name TEXT)")
    connection.close()
    with pytest.raises(NotAnIndexError, match="something else"):
        open_store(tmp_path, model="toy", dimension=4)


def test_opening_with_another_model(filled):
    with pytest.raises(IndexModelMismatchError, match="'toy'.*'other'"):
        open_store(filled.path, model="other", dimension=DIMENSION)
    with pytest.raises(IndexModelMismatchError, match="16 dimensions"):
        open_store(filled.path, model="toy", dimension=8)


@pytest.mark.parametrize(
    ("model", "step"),
    [
        ("BUNDLED", "Ask it with --model bundled, or"),
        (
            "rag-static@0123456789ab",
            "Ask it with --model and the folder of the model 'rag-static', or",
        ),
        (
            "rag-static-adapted@2887e45b918b",
            "--model and the folder of the model 'rag-static-adapted'",
        ),
        (
            "rag-static-adapted:/no such/folder@2887e45b918b",
            "--model and the folder of that model, which was '/no such/folder', or",
        ),
        ("rag-static-adapted:/tmp@2887e45b918b", "Ask it with --model /tmp, or"),
        ("some/model@0123456789ab", "Ask it with --model some/model, or"),
        ("some/model@unknown", "Ask it with --model some/model, or"),
        ("Gecko:embedding@001", "Open it from Python with the embedder that it was made with, or"),
    ],
)
def test_the_error_of_another_model_says_how_to_ask_for_the_first(model, step):
    name = load_embedder("bundled").name if model == "BUNDLED" else model
    error = IndexModelMismatchError(
        path="i", index_model=name, query_model="big/one", model="big/one"
    )
    assert step in str(error)
    assert str(error).endswith("rag index --reembed --index i --model big/one")


def test_a_check_says_that_the_settings_ask_for_another_model(tmp_path):
    name = load_embedder("bundled").name
    with open_store(tmp_path / "ours", model=name, dimension=4):
        assert check_model(tmp_path / "ours", "bundled") == []
        (found,) = check_model(tmp_path / "ours", "big/one")
        assert (found.level, found.subject) == ("note", "model")
        assert found.message.endswith(f"--reembed --index {tmp_path / 'ours'} --model big/one")
    with open_store(tmp_path / "big", model="big/one@0123456789ab", dimension=4):
        assert check_model(tmp_path / "big", "big/one") == []
    with open_store(tmp_path / "adapted", model="rag-static-adapted@2887e45b918b", dimension=4):
        (found,) = check_model(tmp_path / "adapted", "bundled")
        assert f"the settings ask for {name!r}" in found.message


def test_opening_a_newer_format(filled):
    import sqlite3

    with sqlite3.connect(filled.path / "catalog.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    connection.close()
    with pytest.raises(IndexFormatError, match="99.*Update rag"):
        open_store(filled.path)


def test_a_store_opened_for_reading_refuses_to_write(filled):
    with open_store(filled.path, read_only=True) as reader:
        with pytest.raises(IndexReadOnlyError, match="reading only"):
            reader.writer()
        with reader.view() as view:
            assert view.passages == 7


def test_a_closed_store_writes_nothing(filled):
    filled.close()
    for use in (filled.writer, lambda: filled.snapshot(filled.path.parent / "copy"), filled.check):
        with pytest.raises(IndexStoreError, match="was closed"):
            use()
    with open_store(filled.path) as store, store.writer() as writer:
        writer.put(*make_document("new", ["全新的一句"]))


def test_metadata_that_json_does_not_know_are_refused(filled):
    with pytest.raises(ValueError, match="new: its metadata"), filled.writer() as writer:
        writer.put(*make_document("new", ["全新的一句"], metadata={"n": float("nan")}))
    with filled.view() as view:
        assert [info.id for info in view.documents({"n": 2022})] == ["tea"]
