"""What a repair saves of a damaged catalog, and what it leaves alone."""

import contextlib
import json
import os
import random
import sqlite3

import pytest

from rag.errors import IndexCorruptError, IndexFormatError, NotAnIndexError
from rag.index import Source, open_store
from rag.index.catalog import DocumentRow, document_checksum, read_text
from rag.index.checking import damaged_documents, repair
from tests.index.conftest import DIMENSION, make_document

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
            assert [source.name for source in view.sources()] == [f"{n}.txt" for n in readable]


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
