"""rag.indexing: what becomes of files and documents in an index."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag import Document, KnowledgeBase, Settings
from rag.chunking import chunk_document
from rag.embedding import load_embedder
from rag.errors import (
    DocumentNotFoundError,
    IndexChunkingMismatchError,
    IndexLockedError,
    IndexModelMismatchError,
    IndexStoreError,
    QueryError,
    RagError,
)
from rag.index import Source, catalog
from rag.index.writing import EmbeddedWriter
from rag.indexing import as_document, updating
from rag.indexing.preparing import embedded_text
from rag.reading import read_file
from tests.toy import ToyEmbedder

PLAIN = Settings(reader=False)


@pytest.fixture
def embedder() -> ToyEmbedder:
    return ToyEmbedder()


@pytest.fixture
def kb(tmp_path: Path, embedder: ToyEmbedder) -> Iterator[KnowledgeBase]:
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, embedder=embedder) as opened:
        yield opened


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# 猫\n\n猫吃鱼。\n", encoding="utf-8")
    (folder / "b.txt").write_text("狗看家。\n", encoding="utf-8")
    (folder / "rows.jsonl").write_text(
        "".join(
            json.dumps({"title": f"第{n}篇", "text": f"鸟飞了{n}里。"}) + "\n" for n in range(4)
        ),
        encoding="utf-8",
    )
    return folder


def stored(kb: KnowledgeBase) -> dict[str, str]:
    return {info.id: kb.document(info.id).text for info in kb.documents()}


def rewrite(path: Path, text: str) -> None:
    """Write a file so that its time of change differs for certain."""
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text(text, encoding="utf-8")
    later = max(path.stat().st_mtime_ns, before + 1_000_000)
    os.utime(path, ns=(later, later))


# ------------------------------------------------------------------ files


def test_files_are_added_once(kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder) -> None:
    report = kb.index(docs)
    ids = ["docs/a.md", "docs/b.txt", *(f"docs/rows.jsonl#{n}" for n in range(1, 5))]
    assert report.added == tuple(ids)
    assert (report.updated, report.unchanged, report.removed, report.failed) == ((), (), (), ())
    assert report.passages == 6 == len(embedder.embedded)
    assert list(stored(kb)) == ids

    again = kb.index(docs)
    assert again.unchanged == tuple(ids)
    assert again.added == again.updated == ()
    assert len(embedder.embedded) == 6


def test_a_touched_file_is_not_read_into_the_index_again(
    kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder
) -> None:
    kb.index(docs)
    generation = kb.generation
    os.utime(docs / "a.md", ns=(10**18, 10**18))
    assert kb.index(docs).updated == ()
    assert len(embedder.embedded) == 6
    # Its new time is noted, so that the run after that need not read it.
    assert kb.generation == generation + 1
    kb.index(docs)
    assert kb.generation == generation + 1


def test_a_changed_file_replaces_its_document(
    kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder
) -> None:
    kb.index(docs)
    rewrite(docs / "b.txt", "狗和猫。\n")
    report = kb.index(docs)
    assert report.updated == ("docs/b.txt",)
    assert report.added == report.removed == ()
    assert len(report.unchanged) == 5
    assert stored(kb)["docs/b.txt"].strip() == "狗和猫。"
    assert len(embedder.embedded) == 7
    assert [p.source for p in kb.search("狗", k=9)].count("docs/b.txt") == 1


def test_content_counts_when_size_and_time_are_the_same(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    status = (docs / "b.txt").stat()
    (docs / "b.txt").write_text("猫看家。\n", encoding="utf-8")
    os.utime(docs / "b.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    # The file was young when it was read, so its time proves nothing.
    assert kb.index(docs).updated == ("docs/b.txt",)


def test_rows_come_change_and_vanish(kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder) -> None:
    kb.index(docs)
    rows = [{"title": f"第{n}篇", "text": f"鸟飞了{n}里。"} for n in range(4)]
    rows[1]["text"] = "鱼游了。"
    rewrite(docs / "rows.jsonl", "".join(json.dumps(row) + "\n" for row in rows[:3]))
    report = kb.index(docs)
    assert report.updated == ("docs/rows.jsonl#2",)
    assert report.removed == ("docs/rows.jsonl#4",)
    assert "docs/rows.jsonl#1" in report.unchanged
    assert "docs/rows.jsonl#4" not in stored(kb)
    assert len(embedder.embedded) == 7


def test_files_read_by_earlier_rules_are_read_anew_once(
    kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in docs.iterdir():
        os.utime(path, (1_600_000_000, 1_600_000_000))

    def read_otherwise(*given: Any) -> Iterator[Any]:
        for item in read_file(*given):
            yield dataclasses.replace(item, text=item.title) if "#" in item.id else item

    monkeypatch.setattr(updating, "_BY_RULES", "1.")
    monkeypatch.setattr("rag.reading.read_file", read_otherwise)
    kb.index(docs)
    assert stored(kb)["docs/rows.jsonl#1"] == "第0篇"
    monkeypatch.undo()
    embedder.embedded.clear()
    report = kb.index(docs)
    assert sorted(report.updated) == [f"docs/rows.jsonl#{n}" for n in range(1, 5)]
    assert sorted(report.unchanged) == ["docs/a.md", "docs/b.txt"]
    assert stored(kb)["docs/rows.jsonl#1"] == "鸟飞了0里。"
    again = kb.index(docs)
    assert (again.updated, len(again.unchanged)) == ((), 6)


def test_rows_left_alone_are_not_parsed_again(
    kb: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "t.jsonl"
    rows = [json.dumps({"text": f"鸟飞了{n}里。"}, ensure_ascii=False) for n in range(50)]
    table.write_text("\n".join([*rows[:3], "", *rows[3:]]) + "\n", encoding="utf-8")
    assert len(kb.index(table).added) == 50
    rows[20] = json.dumps({"text": "鱼游了。"}, ensure_ascii=False)
    rewrite(table, "\n".join([*rows[:3], "", *rows[3:], "{broken"]) + "\n")
    parsed: list[str] = []
    loads = json.loads
    monkeypatch.setattr(
        "rag.reading.rows.json.loads", lambda text: (parsed.append(text), loads(text))[1]
    )
    report = kb.index(table)
    assert report.updated == (f"{table.parent.name}/t.jsonl#22",)
    assert len(report.unchanged) == 49
    rows_parsed = [text for text in parsed if text.startswith(('{"text"', "{broken"))]
    assert len(rows_parsed) == 2  # the changed and the broken one
    # A file with a broken row is looked at anew each time, and the fault is told each time.
    rewrite(table, "\n".join([*rows[:3], "", *rows[3:], "{broken", "{broken"]) + "\n")
    report = kb.index(table)
    assert len(report.unchanged) == 50
    assert len(report.failed) == 2


def test_a_run_cut_off_in_a_file_is_noticed_when_the_file_is_put_back(
    kb: KnowledgeBase, tmp_path: Path, embedder: ToyEmbedder
) -> None:
    table = tmp_path / "t.jsonl"
    before = "".join(json.dumps({"text": f"鸟飞了{n}里。"}) + "\n" for n in range(9))
    table.write_text(before, encoding="utf-8")
    rewrite(table, before)
    kb.index(table)
    rewrite(table, before.replace(json.dumps("里。")[1:-1], json.dumps("米。")[1:-1]))
    from rag.indexing import updating as indexing
    from rag.indexing.naming import named
    from rag.indexing.pipeline import pour
    from rag.reading import discover

    with kb._store.writer() as writer:
        files, known, _, _ = named(writer, discover([table]).files)
        stream = indexing._changed_files(writer, files, known, indexing.Tally())
        works = list(itertools.islice(stream, 4))  # the file's own mark never comes
        tally = indexing.Tally()
        pour(writer, iter(works), embedder=embedder, settings=PLAIN, tally=tally)
    rewrite(table, before)
    assert len(kb.index(table).updated) == 3
    assert all(text.endswith("里。") for text in stored(kb).values())


@pytest.mark.parametrize("then", ["shrinks", "goes"])
def test_rows_of_a_new_file_whose_reading_was_cut_off_are_known_as_its_own(
    kb: KnowledgeBase, tmp_path: Path, then: str
) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    (folder / "a.txt").write_text("狗看家。", encoding="utf-8")
    table = folder / "t.jsonl"
    rows = [json.dumps({"text": f"鸟飞了{n}里。"}) + "\n" for n in range(9)]
    rewrite(table, "".join(rows))
    from rag.indexing import updating as indexing
    from rag.indexing.naming import named
    from rag.indexing.pipeline import pour
    from rag.reading import discover

    with kb._store.writer() as writer:
        files, known, _, _ = named(writer, discover([folder]).files)
        works = itertools.islice(indexing._changed_files(writer, files, known, indexing.Tally()), 7)
        pour(writer, works, embedder=ToyEmbedder(), settings=PLAIN, tally=indexing.Tally())
    assert len(stored(kb)) == 6
    if then == "shrinks":
        rewrite(table, rows[0] + rows[8])
        assert len(kb.index(folder).removed) == 3
        assert sorted(stored(kb).values()) == ["狗看家。", "鸟飞了0里。", "鸟飞了8里。"]
    else:
        table.unlink()
        assert len(kb.index(folder, prune=True).removed) == 5
        assert list(stored(kb)) == ["tables/a.txt"]


def test_csv_rows(kb: KnowledgeBase, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("标题,正文,日期\n甲,猫。,2024-01-02\n乙,狗。,2024-02-03\n", encoding="utf-8")
    assert len(kb.index(table).added) == 2
    rewrite(table, "标题,正文,日期\n甲,猫。,2024-01-02\n")
    assert len(kb.index(table).removed) == 1
    assert [(i.title, i.published) for i in kb.documents()] == [("甲", "2024-01-02")]


def test_vanished_files_stay_until_they_are_pruned(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    (docs / "a.md").unlink()
    (docs / "rows.jsonl").unlink()
    report = kb.index(docs)
    assert report.removed == ()
    (note,) = report.notes
    assert note.startswith("2 indexed files are gone from these folders")
    assert note.endswith("given with --prune")
    assert len(stored(kb)) == 6
    report = kb.index(docs, prune=True)
    assert (len(report.removed), report.notes) == (5, ())
    assert list(stored(kb)) == ["docs/b.txt"]


def test_pruning_one_folder_leaves_the_others(
    kb: KnowledgeBase, docs: Path, tmp_path: Path
) -> None:
    other = tmp_path / "docs2"
    other.mkdir()
    for name in ("c.txt", "d.txt"):
        (other / name).write_text("鱼。", encoding="utf-8")
    kb.index(docs, other)
    kb.add([Document(id="memory", source="docs/memory", text="猫。")])
    (other / "c.txt").unlink()
    (docs / "a.md").unlink()
    assert kb.index(docs, prune=True).removed == ("docs/a.md",)
    assert {"docs2/c.txt", "memory"} <= set(stored(kb))
    assert kb.index(other, prune=True).removed == ("docs2/c.txt",)


def test_pruning_spares_all_files_of_a_folder_that_is_empty(kb: KnowledgeBase, docs: Path) -> None:
    """The mount point of a disk that is not there used to empty the index."""
    kb.index(docs)
    files = docs.rename(docs.with_name("the disk"))
    docs.mkdir()
    for report in (kb.index(docs, prune=True), kb.index(docs)):
        assert report.removed == ()
        assert report.notes[-1].startswith("3 indexed files are no longer at their places")
        assert report.notes[-1].endswith(f"rag remove --index {kb.path} docs/")
    docs.rmdir()
    files.rename(docs)
    assert len(kb.index(docs, prune=True).unchanged) == 6
    # A file by itself says nothing about the others.
    (docs / "b.txt").unlink()
    assert kb.index(docs / "a.md").notes == ()


def test_pruning_spares_a_folder_that_is_not_there(kb: KnowledgeBase, docs: Path) -> None:
    """A disk that is not mounted must not empty the index."""
    kb.index(docs)
    docs.rename(docs.with_name("away"))
    report = kb.index(docs, prune=True)
    assert report.removed == ()
    assert len(report.failed) == 1
    assert len(stored(kb)) == 6


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_pruning_spares_what_may_not_be_looked_at(kb: KnowledgeBase, docs: Path) -> None:
    inner = docs / "inner"
    inner.mkdir()
    (inner / "d.txt").write_text("鸟。", encoding="utf-8")
    kb.index(docs)
    inner.chmod(0)
    try:
        assert kb.index(docs, prune=True).removed == ()
    finally:
        inner.chmod(0o700)


def test_one_bad_file_stops_nothing(kb: KnowledgeBase, docs: Path) -> None:
    (docs / "bad.pdf").write_bytes(b"no pdf at all")
    (docs / "empty.txt").write_bytes(b"")
    (docs / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    (docs / "broken.jsonl").write_text('{"text": "猫。"}\n{broken\n{"text": "狗。"}\n')
    report = kb.index(docs)
    assert len(report.added) == 8
    assert {failure.source for failure in report.failed} == {
        "docs/bad.pdf",
        "docs/empty.txt",
        "docs/image.png",
        "docs/broken.jsonl",
    }
    assert all("\n" not in failure.reason for failure in report.failed)


def test_a_file_that_breaks_keeps_what_it_gave(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    rewrite(docs / "rows.jsonl", '{"text": "鸟飞了9里。"}\n{broken\n')
    report = kb.index(docs)
    assert report.removed == ()
    assert len(report.failed) == 1
    assert len(stored(kb)) == 6
    rewrite(docs / "b.txt", "")
    assert kb.index(docs).failed[0].source in {"docs/b.txt", "docs/rows.jsonl"}
    assert stored(kb)["docs/b.txt"].strip() == "狗看家。"
    rewrite(docs / "rows.jsonl", '{"text": "鸟飞了9里。"}\n')
    assert len(kb.index(docs).removed) == 3


def test_index_needs_a_path(kb: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="name files or folders"):
        kb.index()


def test_progress_tells_what_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.indexing.pipeline._PROGRESS_SECONDS", 0.0)
    monkeypatch.setattr("rag.indexing.pipeline._BATCH_DOCUMENTS", 10)
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(f'{{"text": "猫{n}。"}}\n' for n in range(200)))
    lines: list[str] = []
    with KnowledgeBase.open(tmp_path / "i", settings=PLAIN, embedder=ToyEmbedder()) as kb:
        kb.index(rows, progress=lines.append)
    assert any("documents/s" in line and "left" in line for line in lines)
    assert all("\n" not in line for line in lines)


# ------------------------------------------------------------------ memory


def test_documents_from_memory(kb: KnowledgeBase, embedder: ToyEmbedder) -> None:
    first = Document(id="x", source="s", text="猫。", title="标题", metadata={"year": 2020})
    assert kb.add([first]).added == ("x",)
    assert kb.add([first]).unchanged == ("x",)
    changed = Document(id="x", source="s", text="狗。")
    assert kb.add([changed]).updated == ("x",)
    assert stored(kb) == {"x": "狗。"}
    assert embedder.embedded == ["标题\n猫。", "狗。"]


def test_metadata_alone_is_a_change(kb: KnowledgeBase, embedder: ToyEmbedder) -> None:
    kb.add([Document(id="x", source="s", text="猫。", metadata={"year": 2020})])
    report = kb.add([Document(id="x", source="s", text="猫。", metadata={"year": 2021})])
    assert report.updated == ("x",)
    assert [i.id for i in kb.documents({"year": 2021})] == ["x"]
    assert embedder.embedded == ["猫。"], "the same text is not embedded twice"


def test_of_equal_ids_in_one_call_the_last_counts(kb: KnowledgeBase) -> None:
    old = Document(id="x", source="s", text="猫。")
    new = Document(id="x", source="s", text="狗。")
    assert kb.add([new, old]).added == ("x",)
    assert stored(kb) == {"x": "猫。"}
    kb.add([new, old])
    assert stored(kb) == {"x": "猫。"}


def test_the_same_text_is_embedded_once(kb: KnowledgeBase, embedder: ToyEmbedder) -> None:
    kb.add([Document(id=f"{n}", source="s", text="猫吃鱼。") for n in range(5)])
    kb.add([Document(id="later", source="s", text="猫吃鱼。")])
    assert embedder.embedded == ["猫吃鱼。"]
    assert len(stored(kb)) == 6


def test_langchain_documents(kb: KnowledgeBase) -> None:
    from langchain_core.documents import Document as LangChainDocument

    kb.add(
        [
            LangChainDocument(
                page_content="猫吃鱼。",
                id="given",
                metadata={
                    "source": "web",
                    "title": "猫",
                    "published": dt.date(2024, 1, 2),
                    "when": dt.date(2024, 1, 3),
                },
            ),
            LangChainDocument(page_content="狗。", metadata={"id": 7}),
            LangChainDocument(page_content="鸟。"),
            LangChainDocument(page_content="鸟。", metadata={"source": "elsewhere"}),
        ]
    )
    infos = {info.id: info for info in kb.documents()}
    assert len(infos) == 4, "equal texts from two sources are two documents"
    assert infos["given"].source == "web"
    assert infos["given"].title == "猫"
    assert infos["given"].published == "2024-01-02"
    assert infos["given"].metadata["when"] == "2024-01-03"
    assert infos["7"].source == "7"
    assert "elsewhere" in {info.source for info in infos.values()}


@pytest.mark.parametrize("wrong", ["a text", None, {"text": "x"}, 3])
def test_what_is_no_document_is_refused(kb: KnowledgeBase, wrong: Any) -> None:
    with pytest.raises(QueryError, match="LangChain documents"):
        kb.add([wrong])


def test_a_document_without_id_is_refused() -> None:
    with pytest.raises(QueryError, match="id"):
        as_document(Document(id="", source="s", text="x"))
    with pytest.raises(QueryError, match="text must be text"):
        as_document(Document(id="a", source="s", text=b"x"))  # type: ignore[arg-type]


def test_fields_of_our_documents_become_what_can_be_stored(kb: KnowledgeBase) -> None:
    odd: Any = Document
    kb.add(
        [
            odd(
                id="a",
                source="a",
                text="猫。",
                metadata={"n": float("nan"), "d": dt.date(2020, 1, 2)},
            ),
            odd(id="b", source="b", text="狗。", metadata={None: 1, 2: b"x"}, title=5, language=7),
            odd(id="c", source="c", text="鱼。", metadata=None, published=dt.date(1850, 3, 4)),
            odd(id="d", source="d", text="鸟。", published="2024年3月5日", metadata={"n": "4"}),
            odd(id="e", source="e", text="鸟。", published="1644-02"),
        ]
    )
    infos = {info.id: info for info in kb.documents()}
    assert infos["a"].metadata == {"n": "nan", "d": "2020-01-02"}
    assert infos["b"].metadata == {"None": 1, "2": "b'x'"}
    assert (infos["b"].title, infos["b"].language) == ("5", "7")
    assert infos["c"].metadata == {}
    told = [infos[name].published for name in "cde"]
    assert told == ["1850-03-04", "2024-03-05", "1644-02"]
    assert [info.id for info in kb.documents({"n": "4"})] == ["d"]
    assert [passage.document_id for passage in kb.search("猫", where={"n": "nan"})] == ["a"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "a\ud800"),
        ("source", "a\ud800"),
        ("language", "\ud800"),
        ("metadata", [1]),
        ("metadata", {"\ud800": 1}),
        ("metadata", {"n": 10**5000}),
    ],
)
def test_a_field_that_cannot_be_stored_is_named(kb: KnowledgeBase, field: str, value: Any) -> None:
    fields = {"id": "x7", "source": "s", "text": "猫。", field: value}
    with pytest.raises(QueryError, match=f"document 'x7': its {field} ") as caught:
        kb.add([Document(**fields)])
    assert len(str(caught.value)) < 250
    assert stored(kb) == {}


def test_metadata_with_nan_of_an_earlier_version_are_embedded_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.knowledge_base import reembed

    path = tmp_path / "index"
    with monkeypatch.context() as earlier, KnowledgeBase.open(path, settings=PLAIN) as kb:
        earlier.setattr(catalog, "as_json", json.dumps)
        earlier.setattr("rag.indexing.updating.as_document", lambda document: document)
        kb.add([Document(id="a", source="a", text="猫。", metadata={"n": float("nan")})])
    assert reembed(path, settings=PLAIN.replace(chunk_tokens=64, chunk_overlap=8)).updated == ("a",)
    with KnowledgeBase.open(path, settings=PLAIN) as kb:
        assert [info.id for info in kb.documents({"n": "nan"})] == ["a"]


def test_an_index_cut_by_earlier_rules_says_so_and_is_cut_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.index import open_store
    from rag.knowledge_base import reembed

    def told() -> list[str]:
        with open_store(path) as store:
            found = store.check()
        return [f"{one.level}: {one.message}" for one in found if one.subject == "sentences"]

    path = tmp_path / "index"
    with monkeypatch.context() as earlier:
        earlier.setattr("rag.chunking.RULES", 1)
        with KnowledgeBase.open(path, settings=PLAIN) as kb:
            kb.add([Document(id="a", source="a", text="猫。")])
    (message,) = told()
    assert message.startswith("note: ")
    assert message.endswith(f"rag index --reembed --index {path}")
    assert reembed(path, settings=PLAIN).updated == ("a",)
    assert told() == []
    assert reembed(path, settings=PLAIN).unchanged == ("a",)


@pytest.mark.parametrize("told", ["yesterday", "2023-02-31", "c. 1850"])
def test_a_date_that_cannot_be_told_stays_in_the_metadata(told: str) -> None:
    from langchain_core.documents import Document as LangChainDocument

    for document in (
        LangChainDocument(page_content="猫。", metadata={"published": told}),
        Document(id="a", source="s", text="猫。", published=told),
    ):
        made = as_document(document)
        assert (made.published, made.metadata) == (None, {"published": told})


def test_documents_as_they_should_be_stay_as_they_are() -> None:
    """So that what an earlier version stored counts as unchanged."""
    plain = Document(id="a", source="s", text="猫。")
    empty = Document(id="a", source="", text="", title="", published="", language="")
    metadata = {"a": 1, "b": "x\0\t", "c": 1.5, "d": None, "e": True, "f": ["x", {"g": [2]}]}
    full = Document(id="a", source="s", text="猫。", published="1850-03", metadata=metadata)
    for document in (plain, empty, full):
        assert as_document(document) == document


@pytest.mark.parametrize("wrong", [Document(id="x", source="s", text="猫。"), None, 3])
def test_what_is_no_list_of_documents_is_told(kb: KnowledgeBase, wrong: Any) -> None:
    with pytest.raises(QueryError, match=r"add\(\[document\]\)"):
        kb.add(wrong)


def test_a_document_in_the_place_of_a_files_is_no_longer_the_files(
    kb: KnowledgeBase, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kb.index(docs)
    mine = [
        Document(id="docs/b.txt", source="mine", text="鸟。"),
        Document(id="docs/rows.jsonl#2", source="docs/rows.jsonl", text="鱼。"),
        Document(id="docs/rows.jsonl#3", source="mine", text="鱼鱼。"),
    ]
    names = tuple(document.id for document in mine)
    assert kb.add(mine).updated == names
    assert kb.index(docs).updated == names, "the files' text comes back"
    assert stored(kb)["docs/b.txt"] == "狗看家。\n"
    assert kb.index(docs).updated == ()

    marked: list[str] = []
    put_source = EmbeddedWriter.put_source

    def noting(writer: EmbeddedWriter, source: Source) -> None:
        marked.append(source.name)
        put_source(writer, source)

    monkeypatch.setattr(EmbeddedWriter, "put_source", noting)
    kb.add(mine)
    rows = "docs/rows.jsonl"
    assert marked == ["docs/b.txt", rows, "docs/b.txt", rows], "at the first of each and at the end"
    for name in ("b.txt", "rows.jsonl"):
        (docs / name).unlink()
    report = kb.index(docs, prune=True)
    assert report.removed == tuple(f"docs/rows.jsonl#{number}" for number in (1, 4))
    assert stored(kb).keys() == {"docs/a.md", *names}
    assert stored(kb)["docs/b.txt"] == "鸟。"


def test_odd_texts_are_kept_as_they_are(kb: KnowledgeBase) -> None:
    texts = {"empty": "", "blank": " \n", "lone": "a\ud800b", "nul": "a\0b", "emoji": "👩‍👩🇨🇳"}
    kb.add([Document(id=name, source=name, text=text) for name, text in texts.items()])
    assert stored(kb) == texts


# ------------------------------------------------------------------ removing


def test_remove_by_id_and_by_source(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    assert kb.remove("docs/rows.jsonl#2") == ("docs/rows.jsonl#2",)
    assert len(kb.remove("docs/rows.jsonl")) == 3
    assert set(stored(kb)) == {"docs/a.md", "docs/b.txt"}
    assert all("jsonl" not in p.source for p in kb.search("鸟", k=9))


def test_remove_all_files_of_a_folder(kb: KnowledgeBase, docs: Path, tmp_path: Path) -> None:
    (tmp_path / "docs2").mkdir()
    (tmp_path / "docs2" / "c.txt").write_text("鱼。", encoding="utf-8")
    kb.index(docs, tmp_path / "docs2")
    memory = [
        Document(id=name, source=name, text="猫。") for name in ("docs/memory", "site/", "site/x")
    ]
    kb.add(memory)
    with pytest.raises(DocumentNotFoundError, match=r"in it: rag remove docs/$"):
        kb.remove("docs")
    for name in ("other/", "a.md/", "/"):
        with pytest.raises(DocumentNotFoundError, match=r"rag documents"):
            kb.remove("docs/", name)
    assert kb.remove("site/") == ("site/",)  # a document of this very name
    removed = kb.remove("docs/")
    rows = {f"docs/rows.jsonl#{number}" for number in range(1, 5)}
    assert set(removed) == {"docs/a.md", "docs/b.txt", *rows}
    assert set(stored(kb)) == {"docs2/c.txt", "docs/memory", "site/x"}
    with kb._store.view() as view:
        assert [source.name for source in view.sources()] == ["docs2/c.txt"]


def test_removed_documents_come_back_with_their_file(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    kb.remove("docs/a.md", "docs/rows.jsonl#3")
    report = kb.index(docs)
    assert set(report.added) == {"docs/a.md", "docs/rows.jsonl#3"}
    assert len(stored(kb)) == 6


def test_rows_that_vanish_after_another_was_removed_are_removed_too(
    kb: KnowledgeBase, docs: Path, embedder: ToyEmbedder
) -> None:
    """The file used to be forgotten with the row, and its other rows stayed for ever."""
    kb.index(docs)
    kb.remove("docs/rows.jsonl#1")
    rows = (docs / "rows.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    rewrite(docs / "rows.jsonl", "".join(rows[:2]))
    report = kb.index(docs)
    assert report.removed == ("docs/rows.jsonl#3", "docs/rows.jsonl#4")
    # The row that was removed comes back with its file, as a file of one document does.
    assert report.added == ("docs/rows.jsonl#1",)
    assert set(stored(kb)) == {
        "docs/a.md", "docs/b.txt", "docs/rows.jsonl#1", "docs/rows.jsonl#2",
    }  # fmt: skip
    assert kb.index(docs).added == ()


def test_pruning_after_a_row_was_removed_takes_the_others(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    kb.remove("docs/rows.jsonl#1", "docs/a.md")
    for name in ("rows.jsonl", "a.md"):
        (docs / name).unlink()
    report = kb.index(docs, prune=True)
    assert report.removed == tuple(f"docs/rows.jsonl#{number}" for number in (2, 3, 4))
    assert list(stored(kb)) == ["docs/b.txt"]


def test_a_file_is_forgotten_with_the_last_of_its_rows(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    for number in range(1, 5):
        kb.remove(f"docs/rows.jsonl#{number}")
    with kb._store.view() as view:
        assert [source.name for source in view.sources()] == ["docs/a.md", "docs/b.txt"]


def test_removing_what_is_not_there_removes_nothing(kb: KnowledgeBase, docs: Path) -> None:
    kb.index(docs)
    with pytest.raises(DocumentNotFoundError, match=r"'docs/c\.md'.*rag documents"):
        kb.remove("docs/a.md", "docs/c.md")
    assert len(stored(kb)) == 6


# ------------------------------------------------------------------ one tokenisation


def test_both_ways_of_embedding_give_the_same_vectors(root: Path) -> None:
    """Chunks are embedded from the pieces they were measured by, not from their text."""
    from rag.chunking import chunk_documents
    from rag.indexing.preparing import _pieces
    from rag.reading import read_path

    documents = [one for path in sorted((root / "seeds").glob("*.md")) for one in read_path(path)]
    documents += [
        Document(id="long", source="s", text="没有标点的长句" * 900),
        Document(id="mixed", source="s", title="Title", text="One. Two three!\n四五六。\n\n" * 40),
        Document(id="odd", source="s", text="\ud800a\0b é か\u3099……㎡。" * 20),
        Document(id="empty", source="s", text=""),
    ]
    batch = chunk_documents(documents, chunk_tokens=128, chunk_overlap=24)
    assert batch.chunks == [
        chunk_document(one, chunk_tokens=128, chunk_overlap=24) for one in documents
    ]
    model = load_embedder("bundled")
    from_pieces, _ = model.embed_groups(*_pieces(documents, batch)[:4])  # type: ignore[attr-defined]
    texts = [
        embedded_text(document, chunk)
        for document, chunks in zip(documents, batch.chunks, strict=True)
        for chunk in chunks
    ]
    from_texts = model.embed_passages(texts)
    assert from_pieces.shape == from_texts.shape
    np.testing.assert_allclose((from_pieces * from_texts).sum(axis=1), 1, atol=1e-3)


# ------------------------------------------------------------------ another model, other chunks


def test_another_model_is_refused_until_the_text_is_embedded_anew(tmp_path: Path) -> None:
    from rag.indexing import reembed

    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder("one")) as kb:
        kb.add([Document(id=f"{n}", source="s", text=f"猫{n}。狗。") for n in range(30)])
    two = ToyEmbedder("two", dimension=12)
    with pytest.raises(IndexModelMismatchError, match="'one'.*'two'.*reembed") as caught:
        KnowledgeBase.open(path, settings=PLAIN, embedder=two)
    assert "\n" not in str(caught.value)

    lines: list[str] = []
    report = reembed(path, two, PLAIN, progress=lines.append)
    assert len(report.updated) == 30
    assert report.added == ()
    assert len(two.embedded) == 30
    with KnowledgeBase.open(path, settings=PLAIN, embedder=two) as kb:
        assert len(stored(kb)) == 30
        assert kb.search("猫7", k=1)[0].document_id == "7"
        assert [finding.level for finding in kb.check() if finding.level == "fault"] == []
    embedded = len(two.embedded)
    assert len(reembed(path, two, PLAIN).unchanged) == 30
    assert len(two.embedded) == embedded


def test_a_reembedding_that_fails_leaves_nothing_and_takes_nothing(tmp_path: Path) -> None:
    from rag.indexing import reembed

    class Broken(ToyEmbedder):
        def embed_passages(self, texts: Any, *, progress: Any = None) -> Any:
            raise OSError("out of order")

    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN, embedder=ToyEmbedder()) as kb:
        kb.add([Document(id="a", source="a", text="猫。")])
    with pytest.raises(OSError, match="out of order"):
        reembed(path, Broken("two"), PLAIN)
    assert not (path / "reembed").exists()
    mine = path / "reembed" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("x")
    with pytest.raises(IndexStoreError, match="reembed holds something else"):
        reembed(path, ToyEmbedder("two"), PLAIN)
    assert mine.read_text() == "x"
    mine.rename(path / "reembed" / "write.lock")  # as of one that was killed
    assert reembed(path, ToyEmbedder("two"), PLAIN).updated == ("a",)
    assert not (path / "reembed").exists()


def test_other_chunk_settings(tmp_path: Path, docs: Path) -> None:
    from rag.indexing import reembed

    path = tmp_path / "index"
    embedder = ToyEmbedder()
    with KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as kb:
        kb.index(docs)
        kb.add([Document(id="long", source="s", text="猫吃了一条鱼。" * 60)])
        before = sum(info.passages for info in kb.documents())
    small = PLAIN.replace(chunk_tokens=32, chunk_overlap=8)
    with KnowledgeBase.open(path, settings=small, embedder=embedder) as kb:
        assert kb.search("猫", k=1), "asking needs no chunk settings"
        with pytest.raises(
            IndexChunkingMismatchError, match=r"chunk_tokens=256.*chunk_tokens=32.*--reembed"
        ):
            kb.index(docs)
        with pytest.raises(IndexChunkingMismatchError):
            kb.add([Document(id="x", source="s", text="猫。")])
    reembed(path, embedder, small)
    with KnowledgeBase.open(path, settings=small, embedder=embedder) as kb:
        assert sum(info.passages for info in kb.documents()) > before
        assert len(kb.index(docs).unchanged) == 6, "files that did not change are still known"


def test_a_sentence_transformers_model(tmp_path: Path, docs: Path) -> None:
    """A real, tiny model of that library, built here."""
    from rag.knowledge_base import reembed

    folder = tiny_model(tmp_path / "tiny model")
    path = tmp_path / "index"
    with KnowledgeBase.open(path, settings=PLAIN) as kb:
        kb.index(docs)
    settings = PLAIN.replace(model=str(folder))
    with pytest.raises(IndexModelMismatchError, match="--model bundled"):
        KnowledgeBase.open(path, settings=settings)
    reembed(path, settings=settings)
    with KnowledgeBase.open(path, settings=settings) as kb:
        assert kb.search("猫吃鱼", k=1)[0].source == "docs/a.md"
        assert len(kb.index(docs).unchanged) == 6
    moved = PLAIN.replace(model=f"{folder.rename(tmp_path / 'moved')}/")
    with KnowledgeBase.open(path, settings=moved) as kb:
        assert kb.search("猫吃鱼", k=1)[0].source == "docs/a.md"
    with pytest.raises(IndexModelMismatchError) as caught:
        KnowledgeBase.open(path, settings=PLAIN)
    assert "--reembed" in str(caught.value)


def tiny_model(folder: Path) -> Path:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.pre_tokenizers import Split

    words = {character: n for n, character in enumerate("?猫狗鱼鸟吃看家飞了里。")}
    tokenizer = Tokenizer(WordLevel(words, unk_token="?"))
    tokenizer.pre_tokenizer = Split("", "isolated")
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_dim=16)], device="cpu"
    )
    model.save(str(folder))
    return folder


# ------------------------------------------------------------------ at the same time


def test_asking_while_indexing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.indexing.pipeline._BATCH_DOCUMENTS", 25)
    monkeypatch.setattr("rag.indexing.pipeline._COMMIT_SECONDS", 0.0)
    texts = [f"第{n}只猫住在{n}号。它吃了{n + 1}条鱼。" for n in range(400)]
    path = tmp_path / "index"
    faults: list[BaseException] = []
    seen: list[int] = []
    done = threading.Event()
    embedder = ToyEmbedder()

    def ask(kb: KnowledgeBase) -> None:
        try:
            while not done.is_set():
                for passage in kb.search("猫吃鱼", k=5):
                    document = kb.document(passage.document_id)
                    assert document.text[passage.start : passage.end] == passage.text
                seen.append(sum(1 for _ in kb.documents()))
        except BaseException as error:  # noqa: BLE001
            faults.append(error)

    with (
        KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as kb,
        KnowledgeBase.open(path, settings=PLAIN, embedder=embedder) as other,
    ):
        threads = [threading.Thread(target=ask, args=(one,)) for one in (kb, other)]
        for thread in threads:
            thread.start()
        kb.add(Document(id=f"{n}", source="s", text=text) for n, text in enumerate(texts))
        done.set()
        for thread in threads:
            thread.join()
        assert not faults
        assert sum(1 for _ in other.documents()) == 400
    assert seen == sorted(seen) or len(set(seen)) > 1
    assert all(count % 25 == 0 for count in seen), "a batch is seen whole or not at all"


def test_a_second_writer_is_told_who_is_first(kb: KnowledgeBase, docs: Path) -> None:
    with kb._store.writer(), pytest.raises(IndexLockedError, match=f"process {os.getpid()}"):
        kb.index(docs)
    assert len(kb.index(docs).added) == 6


def test_threads_of_one_process_take_turns(kb: KnowledgeBase) -> None:
    faults: list[BaseException] = []

    def add(number: int) -> None:
        try:
            kb.add([Document(id=f"{number}", source="s", text=f"猫{number}。")])
        except RagError as error:
            faults.append(error)

    threads = [threading.Thread(target=add, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert stored(kb).keys() == {f"{number}" for number in range(8)}


@pytest.mark.parametrize("toy", [True, False], ids=["by texts", "by pieces"])
def test_adding_inside_what_is_being_added_is_refused(tmp_path: Path, toy: bool) -> None:
    """It would wait for itself: the documents are read by another thread than the caller's."""
    given = {"embedder": ToyEmbedder()} if toy else {}
    with KnowledgeBase.open(tmp_path / "index", settings=PLAIN, **given) as kb:  # type: ignore[arg-type]

        def documents() -> Iterator[Document]:
            yield Document(id="1", source="s", text="猫。")
            kb.add([Document(id="2", source="s", text="狗。")])

        with pytest.raises(IndexLockedError, match=f"process {os.getpid()}"):
            kb.add(documents())
        assert kb.add([Document(id="3", source="s", text="鸟。")]).added == ("3",)


def test_adding_in_a_thread_that_an_add_waits_for_ends(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.index.lock._PATIENCE", 0.2)

    def documents() -> Iterator[Document]:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(kb.add, [Document(id="2", source="s", text="狗。")]).result()
        yield Document(id="1", source="s", text="猫。")

    with pytest.raises(IndexLockedError, match=f"process {os.getpid()}"):
        kb.add(documents())
    assert kb.add([Document(id="3", source="s", text="鸟。")]).added == ("3",)


def test_two_processes(tmp_path: Path, docs: Path) -> None:
    path = tmp_path / "index"
    hold = (
        "import sys, time\n"
        "from rag import KnowledgeBase\n"
        "kb = KnowledgeBase.open(sys.argv[1])\n"
        "with kb._store.writer():\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with KnowledgeBase.open(path, settings=PLAIN) as kb:
            with pytest.raises(IndexLockedError, match=str(holder.pid)):
                kb.index(docs)
            assert kb.search("猫", k=1) == []
            holder.kill()
            holder.wait()
            assert len(kb.index(docs).added) == 6, "a dead holder holds nothing"


# ------------------------------------------------------------------ killed


_TALKING_RUN = """
import sys
import rag.indexing.pipeline as pipeline
from rag.cli import main
from rag.index.writing import EmbeddedWriter
pipeline._COMMIT_SECONDS = 0.0
pipeline._BATCH_DOCUMENTS = 20
pipeline._WORKERS_FROM = 1
commit = EmbeddedWriter.commit
def commit_and_tell(self):
    commit(self)
    print("committed", flush=True)
EmbeddedWriter.commit = commit_and_tell
print("started", flush=True)
sys.exit(main(sys.argv[1:]))
"""


def snapshot_of(path: Path) -> dict[str, Any]:
    """All that an index holds, by document id."""
    held: dict[str, Any] = {}
    with KnowledgeBase.open(path, settings=PLAIN) as kb, kb._store.view() as view:
        for info in view.documents():
            chunks = view.document_chunks(info.id)
            vectors = view.vectors([chunk.id for chunk in chunks])
            held[info.id] = (
                view.document(info.id),
                [(chunk.start, chunk.end, chunk.heading) for chunk in chunks],
                np.round(vectors, 2).tolist(),
            )
    return held


def test_killed_at_any_moment_it_goes_on_and_ends_the_same(tmp_path: Path) -> None:
    rng = random.Random(20)
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(40):
        text = f"# 第{n}号\n\n" + "".join(f"第{n}号记下{m}件事，共{n * m}元。" for m in range(9))
        (folder / f"{n:03}.md").write_text(text, encoding="utf-8")
    rows = [{"title": f"行{n}", "text": f"行{n}的数是{n * n}。" * 3} for n in range(200)]
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    undisturbed = tmp_path / "undisturbed"
    with KnowledgeBase.open(undisturbed, settings=PLAIN) as kb:
        kb.index(folder)
    whole = snapshot_of(undisturbed)
    assert len(whole) == 240

    path = tmp_path / "index"
    command = [sys.executable, "-c", _TALKING_RUN, "index", str(folder), "--index", str(path)]
    killed = 0
    counts = [0]
    for _ in range(8):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            assert process.stdout is not None
            for _ in range(rng.randrange(1, 6)):
                process.stdout.readline()
            time.sleep(rng.uniform(0.0, 0.1))
            process.send_signal(signal.SIGKILL)
            killed += process.wait() == -signal.SIGKILL
        if (path / "catalog.sqlite").exists() and (path / "catalog.sqlite").stat().st_size:
            held = snapshot_of(path)
            assert all(held[name] == whole[name] for name in held), "no document is there in part"
            assert len(held) >= counts[-1], "what was committed stays"
            counts.append(len(held))
    assert killed >= 1
    assert len(set(counts)) > 2, "some runs were killed between two commits"
    with KnowledgeBase.open(path, settings=PLAIN) as kb:
        report = kb.index(folder)
        assert len(report.added) + len(report.unchanged) == 240
        assert not [finding for finding in kb.check() if finding.level == "fault"]
    assert snapshot_of(path) == whole


def test_an_error_on_the_way_keeps_what_was_committed(
    kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag.indexing.pipeline._BATCH_DOCUMENTS", 10)
    monkeypatch.setattr("rag.indexing.pipeline._COMMIT_SECONDS", 0.0)

    def documents() -> Iterator[Document]:
        for n in range(100):
            if n == 55:
                raise RagError("the source is gone")
            yield Document(id=f"{n}", source="s", text=f"猫{n}。")

    with pytest.raises(RagError, match="the source is gone"):
        kb.add(documents())
    assert len(stored(kb)) in range(20, 51, 10)
    assert kb.add([Document(id="next", source="s", text="鱼。")]).added == ("next",)


def test_where_nothing_has_changed_nothing_of_reading_and_chunking_is_imported(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "a.txt").write_text("海边有一座灯塔。", encoding="utf-8")
    os.utime(folder / "a.txt", ns=(10**18, 10**18))
    code = (
        "import sys; from rag import KnowledgeBase\n"
        f"with KnowledgeBase.open({str(tmp_path / 'index')!r}) as kb:\n"
        f"    report = kb.index({str(folder)!r})\n"
        "assert report.unchanged or report.added\n"
        "heavy = {'rag.indexing.pipeline', 'rag.chunking', 'rag.reading.reader', 'scipy'}\n"
        "print(len(report.unchanged), sorted(heavy & set(sys.modules)))\n"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
        ).stdout.strip()
        for _ in range(2)
    ]
    assert printed == ["0 ['rag.chunking', 'rag.indexing.pipeline', 'rag.reading.reader']", "1 []"]


def test_documents_from_memory_are_all_taken_by_one_thread(kb: KnowledgeBase) -> None:
    threads: set[int] = set()

    def documents() -> Iterator[Document]:
        for number in range(5):
            threads.add(threading.get_ident())
            yield Document(id=f"d{number}", source="memory", text=f"第{number}只猫。")

    assert len(kb.add(documents()).added) == 5
    assert len(threads) == 1
