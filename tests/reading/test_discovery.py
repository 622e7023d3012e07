"""rag.reading.discovery: the names a file can have, and where what failed lies."""

from __future__ import annotations

import os
from pathlib import Path

from rag.reading import discover
from rag.reading.discovery import possible_sources


def test_possible_sources_are_ever_more_of_the_path() -> None:
    assert possible_sources("/srv/2024/reports/q1.txt") == [
        "reports/q1.txt",
        "2024/reports/q1.txt",
        "srv/2024/reports/q1.txt",
        "/srv/2024/reports/q1.txt",
    ]
    assert possible_sources("/q1.txt") == ["q1.txt", "/q1.txt"]
    assert possible_sources(os.fsdecode(b"/a/b\xff\n")) == [r"a/b\xff\n", r"/a/b\xff\n"]


def test_whatever_a_file_is_found_by_its_source_is_a_possible_one(tmp_path: Path) -> None:
    for name in ("x/docs/1.txt", "y/docs/1.txt", "y/docs/inner/2.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    for paths in (["x/docs", "y/docs"], ["y"], ["."], ["y/docs/inner/2.txt"]):
        for file in discover(tmp_path / path for path in paths).files:
            assert file.source in possible_sources(file.location)


def test_what_rag_wrote_is_left_out(tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    for name in (
        "a.md",
        "indexes/README.md",
        "indexes/made/catalog.sqlite",
        "indexes/made/segments/1/ids.npy",
        "indexes/begun/catalog.sqlite",
        "indexes/begun/write.lock",
        "runs/s-1/qrels.trec",
        # Names alone do not make an index or a run.
        "mine/catalog.sqlite",
        "mine/segments/market.md",
        "theirs/outcomes.jsonl",
    ):
        (docs / name).parent.mkdir(parents=True, exist_ok=True)
        (docs / name).write_text("x")
    (docs / "runs/s-1/outcomes.jsonl").write_text('{"conditions": {"code": "1"}}\n')
    found = discover([docs])
    assert [file.source for file in found.files] == [
        "docs/a.md",
        "docs/indexes/README.md",
        "docs/mine/catalog.sqlite",
        "docs/mine/segments/market.md",
        "docs/theirs/outcomes.jsonl",
    ]
    (note,) = found.notes
    assert note.startswith("skipped 3 folders that rag wrote (indexes, runs of evaluations): ")
    assert note.endswith(": docs/indexes/begun, docs/indexes/made, docs/runs/s-1")


def test_where_that_lies_which_failed_is_told(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "docs" / "pipe")
    found = discover([tmp_path / "docs", tmp_path / "gone"])
    assert found.unseen == [
        f"{tmp_path}/docs/dangling",
        f"{tmp_path}/docs/pipe",
        f"{tmp_path}/gone",
    ]
