"""rag.indexing.pruning: what has vanished, and what only could not be looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.index import Source
from rag.indexing import pruning
from rag.indexing.pruning import absent, moved_to
from rag.reading import discover
from rag.records import Failure


def source(name: str, location: Path | str = "") -> Source:
    return Source(name, "1", (name,), location=str(location))


def names(sources: list[Source]) -> list[str]:
    return [one.name for one in sources]


def test_what_lies_below_is_told_by_location(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "inner").mkdir(parents=True)
    (docs / "a.txt").write_text("x")
    (docs / ".hidden.txt").write_text("x")  # was given by itself
    (tmp_path / "other" / "docs").mkdir(parents=True)
    (tmp_path / "docs2").mkdir()
    known = [
        source("docs/z.txt", docs / "z.txt"),
        source("docs/a.txt", docs / "a.txt"),
        source("long/docs/inner/b.txt", docs / "inner" / "b.txt"),
        source("docs/c.txt", tmp_path / "other" / "docs" / "c.txt"),  # of another folder docs
        source("docs/d.txt", "/of another disk/docs/d.txt"),
        source("docs/hidden.txt", docs / ".hidden.txt"),
        source("docs/folder.txt", docs / "inner"),  # no file any more
        source("docs/e.txt"),
        source("docs2/f.txt", tmp_path / "docs2" / "f.txt"),
    ]
    vanished, out_of_reach = absent(known, [docs], discover([docs]))
    assert names(vanished) == [
        "docs/e.txt", "docs/folder.txt", "docs/z.txt", "long/docs/inner/b.txt",
    ]  # fmt: skip
    assert names(out_of_reach) == ["docs/d.txt"]


def test_what_could_not_be_looked_at_has_not_vanished(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "inner").mkdir(parents=True)
    (docs / "here.txt").write_text("x")
    known = [
        source("long/docs/inner/a.txt", docs / "inner" / "a.txt"),
        source("docs/inner/b.txt"),
        source("docs/c.txt", docs / "c.txt"),
    ]
    found = discover([docs])._replace(
        failures=[Failure(source="docs/inner", reason="may not be read")],
        unseen=[str(docs / "inner")],
    )
    assert names(absent(known, [docs], found).vanished) == ["docs/c.txt"]
    gone = [tmp_path / "gone"]
    assert absent(known, gone, discover(gone)) == ([], [])


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "here.txt").write_text("x")
    (tmp_path / "link").symlink_to(docs)
    for known, looked in ((docs, tmp_path / "link"), (tmp_path / "link", docs)):
        gone = [source("docs/a.txt", known / "a.txt")]
        assert absent(gone, [looked], discover([looked])) == (gone, [])


@pytest.mark.parametrize("inside", ["", "inner", ".hidden.txt"])
def test_a_given_folder_without_files_has_lost_nothing(tmp_path: Path, inside: str) -> None:
    """A mount point whose disk is not there is an empty folder: all of it used to be pruned."""
    docs, full = tmp_path / "docs", tmp_path / "full"
    for folder in (docs, full):
        folder.mkdir()
    (full / "here.txt").write_text("x")
    if inside.startswith("."):
        (docs / inside).write_text("x")
    else:
        (docs / inside).mkdir(exist_ok=True)
    known = [
        source("docs/a.txt", docs / "a.txt"),
        source("docs/b.txt"),
        source("docs/inner/c.txt", docs / "inner" / "c.txt"),
        source("full/d.txt", full / "d.txt"),
    ]
    for paths in ([docs, full], [tmp_path, docs]):
        vanished, out_of_reach = absent(known, paths, discover(paths))
        assert names(vanished) == ["full/d.txt"]
        assert names(out_of_reach) == ["docs/a.txt", "docs/b.txt", "docs/inner/c.txt"]
    # A folder inside one that has files is known to be empty.
    everything = absent(known, [tmp_path], discover([tmp_path]))
    assert names(everything.vanished) == ["docs/a.txt", "docs/inner/c.txt", "full/d.txt"]


def test_files_of_a_folder_that_is_gone_are_out_of_reach_whatever_was_looked_through(
    tmp_path: Path,
) -> None:
    papers, docs = tmp_path / "papers", tmp_path / "docs"
    papers.mkdir()
    (papers / "a.txt").write_text("x")
    (tmp_path / "other").mkdir()
    known = [
        source("docs/a.txt", docs / "a.txt"),
        source("other/b.txt", tmp_path / "other" / "b.txt"),  # was not looked at
        source("docs/c.txt"),
    ]
    assert absent(known, [papers], discover([papers])) == ([], [known[0]])
    assert absent(known, [docs], discover([docs])) == ([], [known[0]])


def test_where_a_file_lay_before_its_index_was_moved(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "here.txt").write_text("x")
    (tmp_path / "second" / "docs").mkdir(parents=True)
    (tmp_path / "second" / "docs" / "c.txt").write_text("x")
    known = [source(f"docs/{name}.txt") for name in "abcd"]
    left = {
        "docs/a.txt": str(docs / "a.txt"),
        "docs/b.txt": str(tmp_path / "not mounted" / "docs" / "b.txt"),
        "docs/c.txt": str(tmp_path / "second" / "docs" / "c.txt"),
    }
    vanished, out_of_reach = absent(known, [docs], discover([docs]), left)
    assert names(vanished) == ["docs/a.txt", "docs/d.txt"]
    assert names(out_of_reach) == ["docs/b.txt"]


def test_files_of_an_index_have_vanished_but_not_uploads(tmp_path: Path) -> None:
    """An index in the indexed folder used to be read, and its files stayed for ever."""
    docs, index = tmp_path / "docs", tmp_path / "docs" / "indexes" / "default"
    for name in ("catalog.sqlite", "write.lock", "segments/g1/rows.npy", "uploads/mine.txt"):
        (index / name).parent.mkdir(parents=True, exist_ok=True)
        (index / name).write_text("x")
    (docs / "here.txt").write_text("x")
    parts = ("write.lock", "segments/g1/rows.npy", "uploads/mine.txt")
    known = [source(f"docs/indexes/default/{part}", index / part) for part in parts]
    assert names(absent(known, [docs], discover([docs])).vanished) == [
        "docs/indexes/default/segments/g1/rows.npy", "docs/indexes/default/write.lock",
    ]  # fmt: skip
    uploads = index / "uploads"
    named = {one.location: one.name for one in known}
    for paths in ([uploads], [uploads / "mine.txt"], [index]):
        found = discover(paths)
        files = [file._replace(source=named.get(file.location, "")) for file in found.files]
        assert absent(known, paths, found._replace(files=files)).vanished == []


def test_what_was_moved_is_told_by_content_and_by_its_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "disk").mkdir()  # empty: perhaps a mount point

    def noted(name: str, content: str, folder: Path = tmp_path) -> Source:
        return Source(name, f"3:7|{content}", (name,), location=str(folder / name))

    away = [
        noted("docs/a.txt", "A"),
        noted("docs/changed.txt", "B"),
        noted("docs/inner/c.txt", "C"),
        noted("docs/mounted.txt", "A", tmp_path / "disk"),
        noted("docs/mounted.txt", "A", tmp_path / "gone"),
        noted("docs/unread.txt", ""),
        noted("papers/x.txt", "A"),  # its folder is there
        noted("docs/old.txt", "D"),
    ]
    present = [noted("papers/a.txt", "A"), noted("papers/c.txt", "C"), noted("papers/u.txt", "")]
    present.append(noted("papers/old.txt", "2.D"))  # read anew, by other rules
    (tmp_path / "papers" / "a.txt").write_text("x")
    assert moved_to(away, present) == [away[0], away[2], away[7]]
    # A copy on another disk has not taken the place of one that may come back.
    monkeypatch.setattr(pruning, "_disk", hash)
    assert moved_to(away, present) == []
