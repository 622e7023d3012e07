"""rag.indexing.pruning: what has vanished, and what only could not be looked at."""

from __future__ import annotations

from pathlib import Path

from rag.index import Source
from rag.indexing.pruning import out_of_reach, vanished
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
    assert names(vanished(known, [docs], discover([docs]))) == [
        "docs/e.txt", "docs/folder.txt", "docs/z.txt", "long/docs/inner/b.txt",
    ]  # fmt: skip
    assert out_of_reach(known, [docs], discover([docs])) == ["docs/d.txt"]


def test_what_could_not_be_looked_at_has_not_vanished(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "inner").mkdir(parents=True)
    known = [
        source("long/docs/inner/a.txt", docs / "inner" / "a.txt"),
        source("docs/inner/b.txt"),
        source("docs/c.txt", docs / "c.txt"),
    ]
    found = discover([docs])._replace(
        failures=[Failure(source="docs/inner", reason="may not be read")],
        unseen=[str(docs / "inner")],
    )
    assert names(vanished(known, [docs], found)) == ["docs/c.txt"]
    assert vanished(known, [tmp_path / "gone"], discover([tmp_path / "gone"])) == []


def test_a_link_to_the_folder_is_the_folder(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (tmp_path / "link").symlink_to(docs)
    for known, looked in ((docs, tmp_path / "link"), (tmp_path / "link", docs)):
        gone = [source("docs/a.txt", known / "a.txt")]
        assert vanished(gone, [looked], discover([looked])) == gone
