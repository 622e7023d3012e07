"""What a repair saves of a damaged catalog, and what it leaves alone."""

import contextlib
import dataclasses
import errno
import json
import os
import random
import re
import sqlite3

import pytest

from rag.errors import (
    IndexCorruptError,
    IndexFormatError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
    StorageFullError,
)
from rag.index import INCOMPLETE, Source, catalog, faults, open_store
from rag.index.catalog import DocumentRow, document_checksum, read_text
from rag.index.checking import _settle_log, damaged_documents, repair
from tests.index.conftest import DIMENSION, SAMPLES, make_document

COUNT = 300
UNREADABLE = (sqlite3.DatabaseError, IndexCorruptError, AttributeError, TypeError)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """An index of 300 documents with two chunks each, on some forty pages."""
    folder = tmp_path_factory.mktemp("many") / "index"
    with open_store(folder, model="toy", dimension=DIMENSION) as store, store.writer() as writer:
        for i in range(COUNT):
            sentences = [f"Document {i:03} is about apples.", "梨也好吃。"]
            writer.put(*make_document(f"d{i:03}", sentences, metadata={"pad": "p" * 300}))
            writer.put_source(Source(f"d{i:03}.txt", f"print {i} {'f' * 200}", (f"d{i:03}",)))
    with contextlib.closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return folder


@pytest.fixture
def index(many, tmp_path):
    """A copy of its catalog alone: derived files are made anew."""
    folder = tmp_path / "index"
    folder.mkdir()
    (folder / "catalog.sqlite").write_bytes((many / "catalog.sqlite").read_bytes())
    return folder


def _leaves(path, name):
    """The leaf pages of a table or an index, in the order of its keys."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()

    def below(page):
        start = (page - 1) * size
        if data[start] in (10, 13):
            return [page]
        count = int.from_bytes(data[start + 3 : start + 5], "big")
        cells = [
            int.from_bytes(data[start + 12 + 2 * i : start + 14 + 2 * i], "big")
            for i in range(count)
        ]
        children = [int.from_bytes(data[start + at : start + at + 4], "big") for at in cells]
        children.append(int.from_bytes(data[start + 8 : start + 12], "big"))
        return [leaf for child in children for leaf in below(child)]

    return below(root)


def _spoil(path, pages):
    data = bytearray(path.read_bytes())
    size = int.from_bytes(data[16:18], "big")
    for page in pages:
        data[(page - 1) * size : page * size] = b"\xff" * size
    path.write_bytes(data)


def _readable(path):
    """Ids of the documents whose row is found by its number, which are all odd."""
    found = []
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for number in range(1, 2 * COUNT, 2):
            with contextlib.suppress(sqlite3.DatabaseError):
                query = "SELECT id FROM documents WHERE number = ?"
                found.extend(connection.execute(query, (number,)).fetchall())
    return [name for (name,) in found]


@pytest.mark.parametrize("which", [[0], [3], [-1], [0, 4, -1], [2, 3]])
def test_what_lies_behind_a_damaged_page_is_saved_and_the_rest_named(index, which):
    path = index / "catalog.sqlite"
    leaves = _leaves(path, "documents")
    _spoil(path, [leaves[i] for i in which])
    readable = _readable(path)
    assert 250 < len(readable) < COUNT
    lost = sorted({f"d{i:03}" for i in range(COUNT)} - set(readable))

    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert damaged_documents(connection, DIMENSION) == [f"{name}.txt" for name in lost]
    (finding,) = repair(index)
    named = ", ".join(f"{name}.txt" for name in lost[:5])
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    assert finding.message == (
        f"{len(readable)} documents saved, {len(lost)} lost ({named}{more}): "
        "run rag index again for them"
    )

    with open_store(index) as store:
        assert "fault" not in [finding.level for finding in store.check()]
        with store.view() as view:
            assert [info.id for info in view.documents()] == readable
            assert view.document(readable[-1]).text == (
                f"Document {readable[-1][1:]} is about apples.\n梨也好吃。"
            )
            # A file whose document is lost must be read again.
            noted = {source.name: source for source in view.sources()}
    assert len(noted) == COUNT
    for name, source in noted.items():
        document = name.removesuffix(".txt")
        kept = document in readable
        assert source.document_ids == ((document,) if kept else ())
        assert (source.fingerprint == INCOMPLETE) is not kept


def test_documents_without_their_chunks_are_named(index):
    path = index / "catalog.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM chunks WHERE number = 7")
    assert repair(index)[0].message == (
        "299 documents saved, 1 lost (d003.txt): run rag index again for them"
    )


def test_a_document_whose_source_cannot_be_read_is_told_by_its_number(index):
    path = index / "catalog.sqlite"
    _spoil(path, _leaves(path, "documents_by_source") + _leaves(path, "documents")[5:6])
    readable = _readable(path)
    lost = [i for i in range(COUNT) if f"d{i:03}" not in readable]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        found = damaged_documents(connection, DIMENSION)
    assert found == [f"document number {2 * i + 1}" for i in lost]
    assert f"{len(readable)} documents saved, {len(lost)} lost" in repair(index)[0].message


def test_the_check_tells_of_the_documents_on_a_damaged_page(index):
    path = index / "catalog.sqlite"
    with open_store(index):
        pass  # makes the derived files
    _spoil(path, _leaves(path, "documents")[3:4])
    lost = sorted({f"d{i:03}.txt" for i in range(COUNT)} - {f"{n}.txt" for n in _readable(path)})
    with open_store(index) as store:
        findings = {found.subject: found for found in store.check()}
    assert [found.level for found in findings.values()] == ["fault", "note", "note", "note"]
    named = ", ".join(lost[:5])
    assert f"damaged documents: {named} and {len(lost) - 5} more" in findings["catalog"].message
    assert f"rag doctor --repair --index {index}" in findings["catalog"].message
    assert "not compared" in findings["derived files"].message


def test_files_noted_on_both_sides_of_a_damaged_page_stay_noted(index):
    path = index / "catalog.sqlite"
    leaves = _leaves(path, "sources")
    _spoil(path, leaves[len(leaves) // 2 : len(leaves) // 2 + 1])
    assert repair(index)[0].message == "300 documents saved, 0 lost"
    with open_store(index) as store, store.view() as view:
        names = [source.name for source in view.sources()]
    assert 250 < len(names) < COUNT
    assert (names[0], names[-1]) == ("d000.txt", "d299.txt")


def test_where_files_lie_stays_noted(index):
    with open_store(index) as store, store.writer() as writer:
        writer.put_source(Source("d001.txt", "print", ("d001",), location="/data/d001.txt"))
    repair(index)
    with open_store(index) as store, store.writer() as writer:
        assert writer.source("d001.txt").location == "/data/d001.txt"
        assert writer.source("d002.txt").location == ""


def _documents(path):
    """Each document that can be read alone, by its number: its row, its text, its chunks."""
    found = {}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for number in range(1, 2 * COUNT, 2):
            with contextlib.suppress(*UNREADABLE):
                row = DocumentRow._make(
                    connection.execute(
                        "SELECT * FROM documents WHERE number = ?", (number,)
                    ).fetchone()
                )
                chunks = connection.execute(
                    "SELECT spans, headings, vectors FROM chunks WHERE number = ?", (number,)
                ).fetchone()
                found[number] = row, read_text(connection, number, row.characters), chunks
    return found


@pytest.mark.parametrize("seed", range(12))
def test_all_that_is_whole_by_number_is_saved_and_the_others_are_counted(index, seed):
    """Random bytes of random pages; the oracle looks at the 300 documents one by one."""
    path = index / "catalog.sqlite"
    undamaged = _documents(path)
    chance = random.Random(seed)
    data = bytearray(path.read_bytes())
    for name in ("documents", "chunks", "texts"):
        for page in chance.sample(_leaves(path, name), 2):
            for _ in range(chance.choice([1, 20, 400])):
                data[(page - 1) * 4096 + chance.randrange(4096)] = chance.randrange(256)
    path.write_bytes(data)
    whole = {n for n, found in _documents(path).items() if found == undamaged[n]}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        lost = damaged_documents(connection, DIMENSION)

    told = repair(index)[0].message
    saved = _documents(path)
    assert told.startswith(f"{len(saved)} documents saved, {len(lost)} lost")
    assert whole <= saved.keys()
    assert all(found == undamaged[n] for n, found in saved.items())
    assert len(saved) + len(lost) >= COUNT  # a number spoilt among the chunks counts as another
    with open_store(index) as store:
        assert "fault" not in [finding.level for finding in store.check()]


def _contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _database(path, statement, journal="DELETE"):
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute(statement)


SONGS = "CREATE TABLE songs (name TEXT)"
FOREIGN = {
    "documents": (lambda folder: (folder / "thesis.txt").write_text("x"), r"holds 'thesis\.txt'"),
    "nothing": (lambda _: None, "there is no index"),
    "an empty file": (lambda folder: (folder / "catalog.sqlite").touch(), "there is no index"),
    "songs": (lambda folder: _database(folder / "catalog.sqlite", SONGS), "something else"),
    "songs with a log": (
        lambda folder: _database(folder / "catalog.sqlite", SONGS, "WAL"),
        "something else",
    ),
    "text": (
        lambda folder: (folder / "catalog.sqlite").write_text("the music I have " * 99),
        "not an index catalog",
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_repair_of_a_folder_that_is_no_index_touches_nothing(tmp_path, name):
    make, told = FOREIGN[name]
    make(tmp_path)
    before = _contents(tmp_path)
    with pytest.raises(NotAnIndexError, match=told) as raised:
        repair(tmp_path)
    assert "elete" not in str(raised.value)
    assert _contents(tmp_path) == before


def test_a_repair_of_a_missing_folder_makes_none(tmp_path):
    with pytest.raises(NotAnIndexError, match="there is no index"):
        repair(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / "photo.jpg").write_bytes(b"x")
    with pytest.raises(NotAnIndexError, match="is a file"):
        repair(tmp_path / "photo.jpg")


@pytest.mark.parametrize("damage", ["meta", "header"])
def test_a_catalog_that_cannot_be_saved_is_to_be_moved_and_is_left_alone(index, damage):
    path = index / "catalog.sqlite"
    (index / "uploads").mkdir()
    (index / "uploads" / "thesis.txt").write_text("x")
    (index / "segments").mkdir()
    _spoil(path, _leaves(path, "meta") if damage == "meta" else [1])
    before = path.read_bytes()
    with pytest.raises(IndexCorruptError, match="cannot be saved") as raised:
        repair(index)
    assert f"Move {path}* and {index / 'segments'} to another place" in str(raised.value)
    assert "elete" not in str(raised.value)
    assert path.read_bytes() == before
    assert {one.name for one in index.iterdir()} == {"catalog.sqlite", "segments", "uploads"}


def test_a_catalog_of_a_newer_format_is_left_alone(index):
    path = index / "catalog.sqlite"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    before = _contents(index)
    with pytest.raises(IndexFormatError, match="99"):
        repair(index)
    assert _contents(index) == before


def test_what_only_the_log_holds_is_saved(tmp_path):
    """A process that died left its commits in the write-ahead log."""
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    with (
        open_store(tmp_path / "index", model="toy", dimension=DIMENSION) as store,
        store.writer() as writer,
    ):
        writer.put(*make_document("late", ["最后写的"]))
        writer.commit()
        for name in ("catalog.sqlite", "catalog.sqlite-wal"):
            (crashed / name).write_bytes((tmp_path / "index" / name).read_bytes())
    assert (crashed / "catalog.sqlite-wal").stat().st_size > 0
    assert repair(crashed)[0].message == "1 documents saved, 0 lost"
    with open_store(crashed) as store, store.view() as view:
        assert view.document("late").text == "最后写的"


def test_a_repaired_index_still_knows_where_it_lay_when_its_places_were_noted(index, many):
    path = index / "catalog.sqlite"
    _spoil(path, _leaves(path, "documents")[:1])
    repair(index)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        noted = connection.execute("SELECT place FROM source_places WHERE name = ''").fetchall()
    assert [os.fsdecode(place) for (place,) in noted] == [os.path.realpath(many)]


def test_metadata_with_nan_are_told_and_mended(index):
    """An earlier version stored them; a filter cannot read them."""
    path = index / "catalog.sqlite"
    metadata = json.dumps({"pad": "p", "price": float("nan")})
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        columns = ", ".join(DocumentRow._fields)
        row = DocumentRow._make(
            connection.execute(f"SELECT {columns} FROM documents WHERE id = 'd003'").fetchone()
        )._replace(metadata=metadata)
        chunks = connection.execute(
            "SELECT spans, headings, vectors FROM chunks WHERE number = ?", (row.number,)
        ).fetchone()
        text = read_text(connection, row.number, row.characters)
        connection.execute(
            "UPDATE documents SET metadata = ?, checksum = ? WHERE id = 'd003'",
            (metadata, document_checksum(row[:-1], text, *chunks)),
        )

    def found():
        with open_store(index) as store, store.view() as view:
            faults = [one.subject for one in store.check() if one.level == "fault"]
            return faults, [info.id for info in view.documents({"pad": "p"})]

    assert found() == (["metadata"], [])
    assert repair(index)[0].message == "300 documents saved, 0 lost; metadata of 1 written as JSON"
    assert found() == ([], ["d003"])
    with open_store(index) as store, store.view() as view:
        assert view.document("d003").metadata == {"pad": "p", "price": "nan"}


def _execute(folder, statement, *values):
    with contextlib.closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        connection.execute(statement, values)


def _count(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT count(*) FROM documents").fetchone()[0]


def _told(folder):
    """Subject to message of all faults, and of the sizes."""
    with open_store(folder) as store:
        found = store.check()
    return {one.subject: one.message for one in found if one.level == "fault"}, found[-1].message


FACTS = {
    "another dimension": "UPDATE meta SET value = '20' WHERE key = 'dimension'",
    "no dimension": "DELETE FROM meta WHERE key = 'dimension'",
    "a dimension of zero": "UPDATE meta SET value = '0' WHERE key = 'dimension'",
    "next is text": "UPDATE meta SET value = 'x1' WHERE key = 'next'",
    "no next": "DELETE FROM meta WHERE key = 'next'",
    "next was given": "UPDATE meta SET value = '5' WHERE key = 'next'",
    "next is too much": "UPDATE meta SET value = '999999999999999999' WHERE key = 'next'",
    "no generation": "DELETE FROM meta WHERE key = 'generation'",
    "generation is text": "UPDATE meta SET value = '1_0' WHERE key = 'generation'",
}


@pytest.mark.parametrize("name", FACTS)
def test_a_wrong_fact_is_told_and_costs_no_document(filled, name):
    filled.close()
    _execute(filled.path, FACTS[name])
    command = f"rag doctor --repair --index {filled.path}"
    if "next" in name:  # a reader does not need it
        told = _told(filled.path)[0]["notes"]
        assert command in told
        assert "the note of next is missing or wrong" in told
    else:
        with pytest.raises(IndexCorruptError, match=re.escape(command)):
            _told(filled.path)
    with (
        pytest.raises(IndexCorruptError, match="rag doctor --repair"),
        open_store(filled.path) as store,
        store.writer(),
    ):
        pass

    assert repair(filled.path)[0].message == "3 documents saved, 0 lost"
    assert _told(filled.path)[0] == {}
    with open_store(filled.path) as store:
        assert store.dimension == DIMENSION
        with store.writer() as writer:
            writer.put(*make_document("new", ["之后"]))
        with store.view() as view:
            assert [info.id for info in view.documents()] == [*SAMPLES, "new"]


def test_each_repair_keeps_the_catalog_that_was_damaged(filled):
    filled.close()
    for _ in range(2):
        _execute(filled.path, "UPDATE meta SET value = '20' WHERE key = 'dimension'")
        repair(filled.path)
    repair(filled.path)  # of a sound one: nothing to keep
    kept = sorted(path.name for path in filled.path.glob("*.damaged*"))
    assert kept == ["catalog.sqlite.damaged", "catalog.sqlite.damaged-2"]
    assert [_count(filled.path / name) for name in kept] == [3, 3]
    _, sizes = _told(filled.path)
    assert "kept by repairs (catalog.sqlite.damaged, catalog.sqlite.damaged-2)" in sizes


def test_a_repair_that_would_save_nothing_changes_nothing(filled):
    filled.close()
    _execute(filled.path, "UPDATE documents SET checksum = checksum + 1")
    before = (filled.path / "catalog.sqlite").read_bytes()
    with pytest.raises(IndexCorruptError, match="none of its documents can be read") as raised:
        repair(filled.path)
    assert f"rag index PATH --index {filled.path}" in str(raised.value)
    assert (filled.path / "catalog.sqlite").read_bytes() == before
    assert {path.name for path in filled.path.iterdir()} == {
        "catalog.sqlite",
        "segments",
        "write.lock",
    }


@pytest.mark.parametrize("pages", [1, 3, 20])
def test_a_catalog_that_has_lost_its_end_is_saved_as_far_as_it_goes(index, pages):
    path = index / "catalog.sqlite"
    undamaged = _documents(path)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 4096 * pages)
    with pytest.raises(IndexCorruptError, match="rag doctor --repair"):
        open_store(index)
    told = repair(index)[0].message
    saved = _documents(path)
    assert told.startswith(f"{len(saved)} documents saved, at least ")
    assert len(saved) == {1: 300, 3: 300, 20: 258}[pages]
    assert saved.items() <= undamaged.items()
    assert _told(index)[0] == {}


def test_a_catalog_cut_before_its_documents_is_left_as_it_is(index):
    """Nothing tells of any, which must not pass for an index without documents."""
    path = index / "catalog.sqlite"
    os.truncate(path, 4096 * 22)
    before = path.read_bytes()
    with pytest.raises(IndexCorruptError, match="none of its documents can be read"):
        repair(index)
    assert path.read_bytes() == before


def _put_rows(folder):
    """A file of five rows, d0 to d4, where it lies, and a document from memory."""
    with open_store(folder, model="toy", dimension=DIMENSION) as store, store.writer() as writer:
        for i in range(5):
            document, chunks, vectors = make_document(f"rows.csv#{i}", [f"Row {i}."])
            writer.put(dataclasses.replace(document, source="rows.csv"), chunks, vectors)
        writer.put_source(
            Source(
                "rows.csv", "print", tuple(f"rows.csv#{i}" for i in range(5)), b"r", "/d/rows.csv"
            )
        )
        writer.put(*make_document("memory.txt", ["A note."]))


def _noted(folder):
    with open_store(folder) as store, store.writer() as writer:
        return list(writer.sources())


def test_a_file_that_lost_a_row_still_knows_the_others_and_is_read_again(tmp_path):
    _put_rows(tmp_path)
    _execute(
        tmp_path,
        "UPDATE documents SET checksum = 0 WHERE id = 'rows.csv#3'",
    )
    assert repair(tmp_path)[0].message == (
        "5 documents saved, 1 lost (rows.csv): run rag index again for them"
    )
    left = tuple(f"rows.csv#{i}" for i in (0, 1, 2, 4))
    assert _noted(tmp_path) == [Source("rows.csv", INCOMPLETE, left, b"", "/d/rows.csv")]


TORN = "CAST(x'74ff61' AS TEXT)"  # no UTF-8, as after one turned bit
TORN_NOTES = {
    "ids": f"UPDATE sources SET document_ids = {TORN}",
    "fingerprint": f"UPDATE sources SET fingerprint = {TORN}",
    "name": f"UPDATE sources SET name = {TORN}",
    "place": f"UPDATE source_places SET name = {TORN} WHERE name != ''",
    "fact": f"UPDATE meta SET value = {TORN} WHERE key = 'next'",
    "name of a fact": f"UPDATE meta SET key = {TORN} WHERE key = 'generation'",
    "segment": f"UPDATE segments SET files = {TORN}",
}


@pytest.mark.parametrize("name", TORN_NOTES)
def test_a_note_that_is_no_text_any_more_is_told_and_mended(tmp_path, name):
    _put_rows(tmp_path)
    _execute(tmp_path, TORN_NOTES[name])
    try:
        told = _told(tmp_path)[0]["notes"]
    except IndexCorruptError as error:
        told = str(error)
    assert f"rag doctor --repair --index {tmp_path}" in told
    assert repair(tmp_path)[0].message.startswith("6 documents saved, 0 lost")
    assert _told(tmp_path)[0] == {}
    ((file, ids),) = [(one.name, one.document_ids) for one in _noted(tmp_path)]
    assert (file, ids) == ("rows.csv", tuple(f"rows.csv#{i}" for i in range(5)))


def test_a_name_in_the_schema_that_is_no_text_any_more_costs_no_document(filled):
    """SQLite's own error then cannot be decoded."""
    filled.close()
    path = filled.path / "catalog.sqlite"
    data = path.read_bytes()
    name = b"documents_by_source"
    path.write_bytes(data.replace(name, name.replace(b"_", b"\xdf", 1)))
    assert repair(filled.path)[0].message == "3 documents saved, 0 lost"
    assert _told(filled.path)[0] == {}


def test_a_document_whose_name_is_no_text_any_more_is_lost_alone(filled):
    filled.close()
    _execute(filled.path, f"UPDATE documents SET source = {TORN} WHERE id = 'tea'")
    fault = "damaged documents: document number 3. Save the rest"
    assert fault in _told(filled.path)[0]["catalog"]
    assert repair(filled.path)[0].message.startswith(
        "2 documents saved, 1 lost (document number 3)"
    )


BAD_IDS = ['["rows.csv#0"', "{}", '[1, "rows.csv#0"]', b"\xff", "null"]


@pytest.mark.parametrize("ids", BAD_IDS)
def test_a_damaged_note_of_a_file_is_told_read_with_care_and_mended(tmp_path, ids):
    _put_rows(tmp_path)
    _execute(tmp_path, "UPDATE sources SET document_ids = ?", ids)
    every = tuple(f"rows.csv#{i}" for i in range(5))
    wanted = [Source("rows.csv", INCOMPLETE, every, b"", "/d/rows.csv")]
    with open_store(tmp_path) as store, store.view() as view:
        assert [one.document_ids for one in view.sources()] == [every]
    assert _noted(tmp_path) == wanted
    assert "the note of 'rows.csv' cannot be read" in _told(tmp_path)[0]["notes"]
    assert repair(tmp_path)[0].message == ("6 documents saved, 0 lost; files to be read again: 1")
    assert _told(tmp_path)[0] == {}
    assert _noted(tmp_path) == wanted


def test_a_file_whose_note_is_lost_is_told_by_its_place(tmp_path):
    _put_rows(tmp_path)
    _execute(tmp_path, "DELETE FROM sources")
    repair(tmp_path)
    every = tuple(f"rows.csv#{i}" for i in range(5))
    assert _noted(tmp_path) == [Source("rows.csv", INCOMPLETE, every, b"", "/d/rows.csv")]


@pytest.mark.parametrize("place", [b"/d/a\0b", "/d/rows.csv"])
def test_a_damaged_place_is_unknown_told_and_dropped(tmp_path, place):
    _put_rows(tmp_path)
    _execute(tmp_path, "UPDATE source_places SET place = ? WHERE name = 'rows.csv'", place)
    assert [source.location for source in _noted(tmp_path)] == [""]
    assert "the place of 'rows.csv' cannot be read" in _told(tmp_path)[0]["notes"]
    repair(tmp_path)
    assert _told(tmp_path)[0] == {}
    assert [(one.fingerprint, one.location) for one in _noted(tmp_path)] == [("print", "")]


def test_a_segment_that_the_catalog_has_forgotten_is_made_anew(filled):
    with filled.writer() as writer:
        writer.remove("rail")  # leaves dead rows
    filled.close()
    _execute(filled.path, "DELETE FROM segments")
    with open_store(filled.path) as store:
        assert "repaired" in [finding.level for finding in store.check()]
        assert "repaired" not in [finding.level for finding in store.check()]
        with store.view() as view:
            assert view.passages == 4


@pytest.mark.parametrize("name", ["repair", "reembed"])
def test_what_cut_off_work_left_is_told_and_goes_with_the_next_change(filled, name):
    with open_store(filled.path / name, model="other", dimension=3):
        pass
    assert f"MB of work cut off ({name})" in filled.check()[-1].message
    with filled.writer():
        pass
    assert not (filled.path / name).exists()


def test_a_folder_of_that_name_with_anything_else_stays(filled):
    (filled.path / "repair").mkdir()
    (filled.path / "repair" / "thesis.txt").write_text("x")
    with filled.writer() as writer:
        writer.remove("tea")
    with pytest.raises(IndexStoreError, match="repair holds something else"):
        repair(filled.path)
    assert (filled.path / "repair" / "thesis.txt").read_text() == "x"


def test_a_repair_that_fails_leaves_nothing_behind(filled):
    filled.close()

    def full(point):
        if point == "segment: lexical written":
            raise OSError(errno.ENOSPC, "no space left")

    faults.on_reach(full)
    try:
        with pytest.raises(StorageFullError):
            repair(filled.path)
    finally:
        faults.on_reach(None)
    assert not (filled.path / "repair").exists()
    assert repair(filled.path)[0].message == "3 documents saved, 0 lost"


def test_a_damaged_catalog_is_not_half_kept(filled, monkeypatch):
    filled.close()
    _execute(filled.path, "UPDATE meta SET value = '20' WHERE key = 'dimension'")
    before = {path.name for path in filled.path.iterdir()}

    def full(_source, target):
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, "no space left")

    with monkeypatch.context() as patch:
        patch.setattr("rag.index.checking.shutil.copyfile", full)
        with pytest.raises(StorageFullError):
            repair(filled.path)
    assert {path.name for path in filled.path.iterdir()} == before
    repair(filled.path)
    assert [path.name for path in filled.path.glob("*.damaged*")] == ["catalog.sqlite.damaged"]


def test_an_index_whose_catalog_was_deleted_is_begun_anew(filled):
    """A log that is left beside it is of no use, and does no harm to the new one."""
    with filled.writer() as writer:
        writer.remove("tea")
        writer.commit()
        log = (filled.path / "catalog.sqlite-wal").read_bytes()
    filled.close()
    (filled.path / "catalog.sqlite").unlink()
    assert log
    (filled.path / "catalog.sqlite-wal").write_bytes(log)
    (filled.path / "catalog.sqlite.damaged-2").touch()
    (filled.path / "reembed").mkdir()
    with open_store(filled.path, model="toy", dimension=DIMENSION) as store:
        with store.view() as view:
            assert list(view.documents()) == []
        with store.writer() as writer:
            writer.put(*make_document("new", ["之后"]))
    assert _count(filled.path / "catalog.sqlite") == 1
    assert _told(filled.path)[0] == {}


def test_a_log_that_cannot_be_read_where_nothing_can_be_written_is_told(filled, monkeypatch):
    """SQLite cannot open such an index: it is not damaged, and not to be built again."""
    error = sqlite3.OperationalError("unable to open database file")
    error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
    (filled.path / "catalog.sqlite-wal").write_bytes(b"log")
    monkeypatch.setattr(catalog.os, "access", lambda *_: False)
    with (
        pytest.raises(IndexReadOnlyError, match="Copy it to such a place"),
        catalog.translated(filled.path),
    ):
        raise error


def test_readers_of_the_newest_state_do_not_keep_a_log_from_being_taken_over(filled, tmp_path):
    """A long one must not cost the work of a re-embedding."""
    path = filled.path / "catalog.sqlite"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as old:
        with filled.view() as before:
            with filled.writer() as writer:
                writer.put(*make_document("new", ["新的。"]))
            with pytest.raises(IndexStoreError, match="is being read"):
                _settle_log(old, filled.path)
            after = contextlib.ExitStack()
            after.enter_context(filled.view())
            assert len(list(before.documents())) == 3
        with after:
            _settle_log(old, filled.path)
            (tmp_path / "alone").mkdir()
            (tmp_path / "alone" / "catalog.sqlite").write_bytes(path.read_bytes())
    with open_store(tmp_path / "alone") as store, store.view() as view:
        assert [info.id for info in view.documents()] == [*SAMPLES, "new"]
