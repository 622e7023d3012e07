"""The documents tab's list."""

import os
from pathlib import Path

from rag.records import DocumentInfo
from rag.ui.holdings import index_id, listing, reading_list


def info(name, *, title=None, published=None, passages=1, indexed="2026-01-01", **metadata):
    return DocumentInfo(
        id=name, source=name, title=title, published=published, language=None, characters=10,
        passages=passages, indexed=indexed, metadata=metadata,
    )  # fmt: skip


INFOS = [
    info("s/b.md", title="Beta harbour", published="2021", passages=3, publisher="Daily"),
    info("s/a.md", title="alpha", published="2023-05-01", passages=2, indexed="2026-02-01"),
    info("u/c.txt", passages=9),
]


def names(**options):
    return [row["source"] for row in listing(INFOS, **options)["rows"]]


def test_an_index_is_known_by_where_it_lies(tmp_path, monkeypatch):
    for name in ("one", "two"):
        (tmp_path / name / "demo").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "one" / "demo")
    monkeypatch.chdir(tmp_path / "one")
    here = index_id(Path("demo"))
    assert len(here) == 16
    assert here == index_id(tmp_path / "one" / "demo") == index_id(tmp_path / "link")
    monkeypatch.chdir(tmp_path / "two")
    assert index_id(Path("demo")) != here


def test_filter_takes_all_words_in_any_field_and_case():
    assert names(text="DAILY beta") == ["s/b.md"]
    assert names(text="u/ .TXT") == ["u/c.txt"]
    assert names(text="daily alpha") == []


def test_orders():
    assert names(order="title") == ["u/c.txt", "s/a.md", "s/b.md"]
    assert names(order="published") == ["s/a.md", "s/b.md", "u/c.txt"]
    assert names(order="passages") == ["u/c.txt", "s/b.md", "s/a.md"]
    assert names(order="indexed") == ["s/a.md", "s/b.md", "u/c.txt"]
    assert names(order="no such order") == names(order="indexed")


def test_pages_and_totals():
    page = listing(INFOS, offset=1, limit=1, text="s/")
    assert (page["total"], page["matching"], page["passages"]) == (3, 2, 14)
    assert len(page["rows"]) == 1
    assert listing(INFOS, limit=10**9, offset=-5)["rows"][0]["publisher"] is None


def test_reading_list_names_the_files_that_are_here_and_the_uploads(tmp_path, monkeypatch):
    for name in ("s/a.md", "s/in/b.md", "s/strange.md", "far/c.md", "index/uploads/u.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    monkeypatch.chdir(tmp_path)
    files = {
        "s/a.md": "",  # of an index from before places were noted
        "s/in/b.md": "/another machine/s/in/b.md",
        "s/gone.md": "",
        "far/c.md": f"{tmp_path}/far/c.md",
        "again/far/c.md": f"{tmp_path}/far/c.md",
        "s/strange.md": f"{tmp_path}/far/strange.md",  # gone; the one here is not it
        "uploads/u.md": f"{tmp_path}/index/uploads/u.md",
        "uploads/old.md": "",
        "/etc/passwd": "",
        "plain.txt": "",
    }
    uploads = tmp_path / "index" / "uploads"
    found = reading_list(files, uploads)
    assert [str(path) for path in found] == [
        "s/a.md", "s/in/b.md", f"{tmp_path}/far/c.md", str(uploads),
    ]  # fmt: skip
    assert reading_list({}, tmp_path / "no uploads") == []


def test_reading_list_passes_over_what_may_not_be_looked_at(tmp_path, monkeypatch):
    """Path.exists() and is_file() raise there."""
    look = os.stat

    def refused(path, *args, **more):
        if str(path).startswith(f"{tmp_path}/secret/"):
            raise PermissionError(13, "Permission denied", str(path))
        return look(path, *args, **more)

    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("x")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "stat", refused)
    files = {
        "docs/a.md": f"{tmp_path}/secret/docs/a.md",
        "docs/b.md": f"{tmp_path}/secret/docs/b.md",
    }
    assert reading_list(files, tmp_path / "no uploads") == [Path("docs/a.md")]
