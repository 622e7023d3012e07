"""rag.index.places: where files lie, noted so that a project can be moved with its index."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from rag.index import Source, open_store
from rag.index.places import Places, files_of, has_moved, places_left, top_folder


def test_what_is_near_the_index_is_noted_from_there() -> None:
    places = Places(Path("/srv/project/indexes/default"))
    noted = {
        "/srv/project/indexes/default/uploads/a.md": b"uploads/a.md",
        "/srv/project/indexes/notes.md": b"../notes.md",
        "/srv/project/seeds/a.md": b"../../seeds/a.md",
        "/srv/other/a.md": b"/srv/other/a.md",
        "/srv/project-2/a.md": b"/srv/project-2/a.md",
    }
    assert {location: places.noted(location) for location in noted} == noted
    assert [places.location(place) for place in noted.values()] == list(noted)
    copied = Places(Path("/home/me/copy/indexes/default"))
    assert copied.location(b"../../seeds/a.md") == "/home/me/copy/seeds/a.md"
    assert copied.location(b"/srv/other/a.md") == "/srv/other/a.md"


def test_places_that_are_unknown_or_cannot_be_here() -> None:
    places = Places(Path("/index"))
    assert places.noted("/docs/a.md") == b"/docs/a.md"
    assert places.location(None) == places.location(b"") == ""
    assert places.location(b"../../docs/a.md") == ""


def test_a_path_that_is_no_text_comes_back() -> None:
    location = os.fsdecode(b"/docs/bad\xff\n.txt")
    places = Places(Path("/index"))
    assert places.location(places.noted(location)) == location


def test_files_of_an_index(tmp_path: Path) -> None:
    index = tmp_path / "index"
    assert files_of(index) == {}
    with open_store(index, model="toy", dimension=4) as store:
        assert files_of(index) == {}  # no writer has been at it
        with store.writer() as writer:
            writer.put_source(Source("a.csv", "1", ("a.csv#1",), b"rows", "/far/a.csv"))
            writer.put_source(Source("b.txt", "1", ("b.txt",), location=f"{tmp_path}/b.txt"))
            writer.put_source(Source("c.txt", "1", ("c.txt",), location="/far/c.txt"))
            writer.put_source(Source("d.txt", "1", ("d.txt",), location="/far/d.txt"))
            writer.put_source(Source("c.txt", "2", ("c.txt",)))
            writer.remove_source("d.txt")
        assert files_of(index) == {"a.csv": "/far/a.csv", "b.txt": f"{tmp_path}/b.txt", "c.txt": ""}
        with store.writer() as writer:
            assert writer.source("a.csv") == Source(
                "a.csv", "1", ("a.csv#1",), b"rows", "/far/a.csv"
            )
            assert [source.location for source in writer.sources()] == [
                "/far/a.csv", f"{tmp_path}/b.txt", "",
            ]  # fmt: skip


def test_a_copied_index_knows_only_what_lies_where_it_lay(tmp_path: Path) -> None:
    """Files of the size and time that were noted; those elsewhere are the first index's."""
    project, copy = tmp_path / "p1", tmp_path / "p2"
    for name in ("same.txt", "changed.txt", "index/uploads/u.txt", "../far.txt"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("x")
    files = {name: (project / name).resolve() for name in ("same.txt", "changed.txt")}
    files |= {"u.txt": project / "index" / "uploads" / "u.txt", "z.txt": tmp_path / "far.txt"}
    with open_store(project / "index", model="toy", dimension=4) as store, store.writer() as writer:
        for name, path in files.items():
            print_ = f"{path.stat().st_size}:{path.stat().st_mtime_ns}|hash"
            writer.put_source(Source(name, print_, (name,), location=str(path)))
    before = files_of(project / "index")
    assert before == {name: str(path) for name, path in files.items()}
    shutil.copytree(project, copy)
    (copy / "changed.txt").write_text("another")
    shutil.copytree(project / "index", tmp_path / "deep" / "down" / "here" / "index")
    known = {"same.txt": f"{copy}/same.txt", "u.txt": f"{copy}/index/uploads/u.txt"}
    # far.txt lies near enough to be noted from the index, and is there from the copy as well.
    known |= {"changed.txt": "", "z.txt": f"{tmp_path}/far.txt"}
    assert files_of(copy / "index") == known
    with open_store(copy / "index") as store, store.writer() as writer:
        assert {one.name: one.location for one in writer.sources()} == known
    assert files_of(copy / "index") == known
    assert files_of(project / "index") == before
    alone = files_of(tmp_path / "deep" / "down" / "here" / "index")
    assert [name for name, location in alone.items() if location] == ["u.txt"]


def test_where_files_lay_is_kept_while_their_folder_is_not_there(tmp_path: Path) -> None:
    """Unless the folder went along with the index: what is missing there is gone."""
    home = tmp_path / "p1" / "index"
    files = {
        "docs/gone.txt": tmp_path / "p1" / "docs" / "gone.txt",
        "away/a.txt": tmp_path / "disk" / "away" / "a.txt",
        "far/b.txt": Path("/far/b.txt"),
    }
    with open_store(home, model="toy", dimension=4) as store, store.writer() as writer:
        for name, path in files.items():
            writer.put_source(Source(name, "3:7|hash", (name,), location=str(path)))
    assert places_left(home) == {}
    (tmp_path / "p1").rename(tmp_path / "p2")
    (tmp_path / "p2" / "docs").mkdir()
    moved = tmp_path / "p2" / "index"
    left = {name: str(files[name]) for name in ("away/a.txt", "far/b.txt")}
    for _ in range(2):
        with open_store(moved) as store, store.writer() as writer:
            assert {source.location for source in writer.sources()} == {""}
        assert files_of(moved) == dict.fromkeys(files, "")
        assert places_left(moved) == left
        moved = moved.rename(tmp_path / "third")
    # Where the very same file lies again, it is known again.
    again = files["away/a.txt"]
    again.parent.mkdir(parents=True)
    again.write_text("x")
    status = again.stat()
    with open_store(moved) as store, store.writer() as writer:
        writer.put_source(Source("docs/gone.txt", "1", ("docs/gone.txt",)))
    assert places_left(moved) == left
    with closing(sqlite3.connect(moved / "catalog.sqlite")) as connection, connection:
        mark = (f"{status.st_size}:{status.st_mtime_ns}|hash", "away/a.txt")
        connection.execute("UPDATE sources SET fingerprint = ? WHERE name = ?", mark)
    moved = moved.rename(tmp_path / "fourth")
    assert files_of(moved)["away/a.txt"] == str(again)


def test_a_place_that_can_be_none_is_unknown(tmp_path: Path) -> None:
    """A damaged note used to end in a fault of rag itself."""
    index = tmp_path / "index"
    with open_store(index, model="toy", dimension=4) as store, store.writer() as writer:
        for name in "abc":
            writer.put_source(Source(name, "1", (name,), location=f"{tmp_path}/{name}"))
    with closing(sqlite3.connect(index / "catalog.sqlite")) as connection, connection:
        bad = [(b"/x\0y", "a"), ("text", "b"), (b"/home\0", "")]
        connection.executemany("UPDATE source_places SET place = ? WHERE name = ?", bad)
    known = {"a": "", "b": "", "c": f"{tmp_path}/c"}
    assert files_of(index) == known
    index = index.rename(tmp_path / "moved")
    with open_store(index) as store, store.writer() as writer:
        assert {source.name: source.location for source in writer.sources()} == known
    assert places_left(index) == {}


def test_a_folder_has_moved_when_all_of_it_is_gone(tmp_path: Path) -> None:
    (tmp_path / "docs" / "inner").mkdir(parents=True)
    assert not has_moved("docs/a.md", f"{tmp_path}/docs/a.md")
    assert not has_moved("docs/gone/a.md", f"{tmp_path}/docs/gone/a.md")
    assert has_moved("gone/a.md", f"{tmp_path}/docs/gone/a.md")
    assert has_moved("papers/inner/a.md", f"{tmp_path}/papers/inner/a.md")
    assert not has_moved("a.md", "/a.md")
    assert top_folder("docs/in/a.md", "/srv/docs/in/a.md") == "/srv/docs"
    assert top_folder("a.md", "/a.md") == "/"
