"""A name that the catalog holds never leads out of the index's folder."""

import contextlib
import json
import sqlite3

import pytest

from rag.index import open_store
from rag.index.checking import repair
from rag.index.segments import SegmentRow, is_segment_name, segment_name
from tests.index.conftest import SAMPLES, make_document


def _execute(folder, statement, *values):
    with contextlib.closing(sqlite3.connect(folder / "catalog.sqlite")) as connection, connection:
        connection.execute(statement, values)


def _segments(folder):
    with contextlib.closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        return connection.execute("SELECT name, files FROM segments").fetchall()


def _is_whole(store):
    with store.view() as view:
        assert {info.id for info in view.documents()} == set(SAMPLES)
        assert view.passages == 7
        ids = view.lexical_search("龙井茶", 1).ids
        assert view.chunks(ids)[0].text == SAMPLES["tea"][0]


@pytest.fixture
def thesis(tmp_path):
    """A file of the user's beside the index and one among its segments."""
    (tmp_path / "precious").mkdir()
    file = tmp_path / "precious" / "thesis.tex"
    file.write_text("years of work")
    return file


BAD_NAMES = ["../../precious", "..", ".", "", "../segments", "a/b", "g000001-0011223", b"\xff"]


OPENED = [(name, "open") for name in [*BAD_NAMES, "absolute"]]
USED = [("../../precious", way) for way in ["read", "doctor", "write", "copy", "repair"]]


@pytest.mark.parametrize(("name", "way"), OPENED + USED)
def test_a_segment_by_another_name_is_made_anew_and_its_path_left_alone(
    filled, thesis, tmp_path, name, way
):
    if name == "absolute":
        name = str(thesis.parent)
    filled.close()
    _execute(filled.path, "UPDATE segments SET name = ?", name)
    if way == "repair":
        repair(filled.path)
    with open_store(filled.path, read_only=way == "read") as store:
        if way == "doctor":
            assert "fault" not in [finding.level for finding in store.check()]
        if way == "write":
            with store.writer() as writer:
                writer.put(*make_document("more", ["之后"]))
                writer.remove("more")
        if way == "copy":
            store.snapshot(str(tmp_path / "copy"))
        _is_whole(store)
    assert thesis.read_text() == "years of work"
    if way != "read":
        assert all(is_segment_name(found) for found, _ in _segments(filled.path))


@pytest.mark.parametrize("file", ["../../../precious/thesis.tex", "..", "/etc/hostname", "a\0b"])
def test_a_segment_with_files_elsewhere_is_made_anew(filled, thesis, file):
    filled.close()
    ((name, files),) = _segments(filled.path)
    noted = json.dumps({**json.loads(files), file: [13, 0]})
    _execute(filled.path, "UPDATE segments SET files = ?", noted)
    with open_store(filled.path) as store:
        _is_whole(store)
    ((made, files),) = _segments(filled.path)
    assert made != name
    assert file not in json.loads(files)
    assert thesis.read_text() == "years of work"


@pytest.mark.parametrize("files", ["{", "[]", '{"ids.npy": 3}', '{"ids.npy": [1]}', "7"])
def test_a_note_of_files_that_cannot_be_read_is_a_value_error(files):
    with pytest.raises(ValueError, match="its note of files cannot be read"):
        SegmentRow(segment_name(3), 0, 1, 1, 1, files).sizes()


def test_only_segments_are_deleted_among_the_segments(filled):
    orphan = filled.path / "segments" / segment_name(7)
    stranger = filled.path / "segments" / "thesis"
    for folder in (orphan, stranger):
        folder.mkdir()
        (folder / "text").write_text("x")
    with filled.writer() as writer:
        writer.remove("tea")
    assert not orphan.exists()
    filled.close()
    repair(filled.path)
    assert (stranger / "text").read_text() == "x"


def test_names_of_segments():
    assert is_segment_name(segment_name(1))
    assert is_segment_name(f"{segment_name(12345678)}-0-3")
    assert not any(is_segment_name(name) for name in [*BAD_NAMES, None, "g000001-0011223g"])
