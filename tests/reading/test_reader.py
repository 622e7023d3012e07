"""Paths to documents: sources, failures, notes; nothing crashes, nothing is skipped in silence."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pytest

from rag.errors import ReadingError, UnsupportedFormatError
from rag.reading import (
    SourceFile,
    discover,
    is_one_document,
    read_bytes,
    read_path,
    read_paths,
    source_of,
)
from rag.records import Document, Failure


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "news"
    (root / "sub").mkdir(parents=True)
    (root / "b.txt").write_text("港口开通了。", encoding="utf-8")
    (root / "a.md").write_text("# 标题\n\n正文。", encoding="utf-8")
    (root / "sub" / "c.txt").write_text("船来了。", encoding="utf-8")
    return root


def test_sources_are_paths_from_the_parent_of_the_folder(folder: Path) -> None:
    found = discover([folder])
    assert [file.source for file in found.files] == ["news/a.md", "news/b.txt", "news/sub/c.txt"]
    assert (found.failures, found.notes) == ([], [])
    assert found.files[1].size == 18
    assert source_of(folder) == "news"
    assert source_of(folder / "b.txt") == "news/b.txt"


def test_a_file_by_itself_and_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [f.source for f in discover([folder / "b.txt"]).files] == ["news/b.txt"]
    twice = discover([folder / "b.txt", folder, folder / "sub" / ".." / "b.txt", folder])
    assert [f.source for f in twice.files] == ["news/b.txt", "news/a.md", "news/sub/c.txt"]
    monkeypatch.chdir(folder)
    assert next(f.source for f in discover(["."]).files) == "news/a.md"


def test_two_folders_of_one_name_do_not_collide(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "news").mkdir(parents=True)
        (tmp_path / parent / "news" / "1.txt").write_text(parent)
    found = discover([tmp_path / "x" / "news", tmp_path / "y" / "news"])
    assert [f.source for f in found.files] == ["x/news/1.txt", "y/news/1.txt"]


def test_hidden_files_are_noted(folder: Path) -> None:
    (folder / ".secret").write_text("x")
    (folder / ".git").mkdir()
    (folder / "~$b.docx").write_text("x")
    found = discover([folder])
    assert len(found.files) == 3
    assert found.notes == ["skipped 3 hidden: news/.git, news/.secret, news/~$b.docx"]
    assert [f.source for f in discover([folder / ".secret"]).files] == ["news/.secret"]


def test_loops_links_and_what_is_no_file(folder: Path) -> None:
    (folder / "loop").symlink_to(folder)
    (folder / "sub" / "up").symlink_to("..")
    (folder / "dangling").symlink_to("nowhere")
    (folder / "self").symlink_to("self")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        here = Path.cwd()
        os.chdir(folder)  # the path of a socket must be short
        try:
            server.bind("sock")
        finally:
            os.chdir(here)
        found = discover([folder])
    assert [f.source for f in found.files] == ["news/a.md", "news/b.txt", "news/sub/c.txt"]
    assert {f.source: f.reason for f in found.failures} == {
        "news/dangling": "does not exist. Check the path",
        "news/pipe": "is a pipe, not a file. Leave it out",
        "news/self": "is a symbolic link that leads to itself. Remove it",
        "news/sock": "is a socket, not a file. Leave it out",
    }
    assert found.notes == [
        "news/loop: leads to a folder that was read already; skipped",
        "news/sub/up: leads to a folder that was read already; skipped",
    ]


def test_a_linked_folder_is_read_once_under_its_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "d.txt").write_text("words here")
    (folder / "link").symlink_to(tmp_path / "other")
    assert "news/link/d.txt" in [f.source for f in discover([folder]).files]


def test_names_that_are_no_text(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/bad\xff\n.txt")).write_text("words here")
    sources = [f.source for f in discover([folder]).files]
    assert r"news/bad\xff\n.txt" in sources
    for source in sources:
        source.encode("utf-8")


def test_missing_empty_and_odd_paths(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    found = discover([tmp_path / "nowhere", tmp_path / "empty", "nul\0byte"])
    assert found.files == []
    assert next(f.reason for f in found.failures) == "does not exist. Check the path"
    assert len(found.failures) == 2
    assert found.notes == [f"{tmp_path / 'empty'}: holds no files that were not read already"]


def test_one_bad_file_stops_nothing(folder: Path) -> None:
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.txt").write_text(" \n\n")
    (folder / "e.txt").write_bytes(bytes(range(256)) * 10)
    (folder / "f.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (folder / "g.doc").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(600))
    (folder / "h.zip").write_bytes(b"PK\x03\x04" + bytes(600))
    (folder / "i.pdf").write_bytes(b"%PDF-1.4 x")
    (folder / "j.html").write_bytes(b"<html></html>")
    (folder / "k.csv").write_bytes(b"a,b\n1,2,3\n")
    (folder / "l.jsonl").write_bytes(b"\n\n")
    (folder / "m.docx").write_bytes(b"PK\x03\x04word/")
    (folder / "n.txt").write_text("船。", encoding="gb18030")
    items = list(read_paths([folder]))
    assert [i.id for i in items if isinstance(i, Document)] == [
        "news/a.md", "news/b.txt", "news/n.txt", "news/sub/c.txt",
    ]  # fmt: skip
    failures = {i.source[5]: i.reason for i in items if isinstance(i, Failure)}
    assert sorted(failures) == list("cdefghijklm")
    assert failures["c"] == "is empty (0 bytes). Leave it out or fill it"
    assert failures["f"] == "is a PNG image, which cannot be read. Run OCR on it and index the text"
    assert all("\n" not in reason and len(reason) < 200 for reason in failures.values())
    assert any("n.txt: read as gb18030, but" in i for i in items if isinstance(i, str))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_permission_denied(folder: Path) -> None:
    (folder / "b.txt").chmod(0)
    (folder / "sub").chmod(0)
    try:
        items = list(read_paths([folder]))
    finally:
        (folder / "sub").chmod(0o755)
    assert {i.source for i in items if isinstance(i, Failure)} == {"news/b.txt", "news/sub"}


def test_a_file_that_vanishes_is_a_failure(folder: Path) -> None:
    from rag.reading import read_file

    file = discover([folder]).files[0]
    file.path.unlink()
    (failure,) = read_file(file)
    assert isinstance(failure, Failure)
    assert failure.source == "news/a.md"


def test_a_fault_of_a_library_is_a_failure(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rag.reading import reader

    def broken(data: bytes, name: str) -> None:
        raise KeyError("a\nb")

    monkeypatch.setitem(reader._WHOLE, "markdown", broken)
    items = list(read_paths([folder]))
    assert len([i for i in items if isinstance(i, Document)]) == 2
    (failure,) = [i for i in items if isinstance(i, Failure)]
    assert "\n" not in failure.reason


def test_read_path_and_read_bytes_raise(folder: Path) -> None:
    assert read_path(folder / "b.txt")[0].source == "news/b.txt"
    assert read_path(folder / "b.txt", source="x")[0].id == "x"
    with pytest.raises(ReadingError, match="cannot be opened"):
        read_path(folder / "nowhere.txt")
    with pytest.raises(ReadingError, match=r"^a\.txt: is empty"):
        read_bytes(b"", "a.txt")
    with pytest.raises(UnsupportedFormatError):
        read_bytes(b"\x89PNG\r\n\x1a\n", "a.txt")
    assert (
        read_bytes("<!doctype html><p>港口开通了。".encode(), "noname")[0].metadata["format"]
        == "html"
    )


def test_too_large_to_read_whole(folder: Path) -> None:
    path = folder / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(300 << 20)
    (failure,) = list(read_paths([path]))
    assert isinstance(failure, Failure)
    assert "300 MB" in failure.reason


def test_rows_are_streamed(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    line = '{"title": "港口", "text": "' + "港口的吞吐量增长了。" * 900 + '"}\n'
    path.write_text(line * 250, encoding="utf-8")
    tracemalloc.start()
    count = sum(isinstance(item, Document) for item in read_paths([path]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 250
    assert peak < 2_500_000


def test_reading_twice_gives_the_same(folder: Path) -> None:
    assert list(read_paths([folder])) == list(read_paths([folder]))


def test_heavy_libraries_are_imported_late() -> None:
    code = (
        "import sys, rag.reading; rag.reading.read_paths, rag.reading.detect_language; "
        "print([m for m in ('trafilatura', 'pypdfium2', 'docx', 'lxml', 'yaml', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "content", "is_one"),
    [
        ("a.txt", b"text", True),
        ("a.md", b"# head", True),
        ("a.unknown", b"text", True),
        ("a.pdf", b"no PDF at all", True),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0", True),
        ("a.csv", b"title,text\n", False),
        ("a.TSV", b"title\ttext\n", False),
        ("a.jsonl", b"{}", False),
        ("a.json", b"[]", False),
        ("a.csv", b"%PDF-1.7", True),
    ],
)
def test_which_files_are_one_document(
    name: str, content: bytes, is_one: bool, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    file = SourceFile(str(path), name, len(content), 0)
    assert is_one_document(file) is is_one
    assert is_one_document(file, content) is is_one


def test_a_file_that_has_gone_is_left_to_its_reader(tmp_path: Path) -> None:
    assert is_one_document(SourceFile(str(tmp_path / "x.csv"), "x.csv", 1, 0))
