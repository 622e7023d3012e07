"""Worker processes: what they answer, and that none outlives the process that it works for."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.embedding.loading import bundled_model_path
from rag.embedding.static import StaticEmbedder
from rag.indexing import workers
from rag.indexing.preparing import Prepared, prepare
from rag.indexing.work import Unread
from rag.indexing.workers import Worker, WorkerError, WorkerLostError
from rag.reading import SourceFile, read_path
from rag.records import Document
from tests.reading.small_pdf import small_pdf

SIZES = {"chunk_tokens": 128, "chunk_overlap": 24}


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder(bundled_model_path())


@pytest.fixture
def worker(embedder: StaticEmbedder) -> Iterator[Worker]:
    made = Worker(embedder, **SIZES)
    yield made
    made.stop()


def same(one: Prepared, other: Prepared) -> bool:
    assert one.found == other.found
    assert one.chunks == other.chunks
    assert np.array_equal(one.vectors, other.vectors)
    assert one.sentences is not None
    assert other.sentences is not None
    for left, right in zip(one.sentences, other.sentences, strict=True):
        assert np.array_equal(left.ids, right.ids)
        assert np.array_equal(left.ends, right.ends)
        assert np.array_equal(left.norms, right.norms)
    return True


def test_it_prepares_documents_as_this_process_does(
    worker: Worker, embedder: StaticEmbedder, root: Path
) -> None:
    documents = [one for path in sorted((root / "seeds").glob("*.md")) for one in read_path(path)]
    documents += [
        Document(id="empty", source="s", text=""),
        Document(id="long", source="s", text="没有标点的长句" * 900),
        Document(id="odd", source="s", text="a\ud800b\n甲\u2028乙。" * 30, title="\ud83d"),
        Document(
            id="headed", source="s", text="头\n身体。", metadata={"headings": [[0, 1, 1]], "x": 1}
        ),
    ]
    assert documents[0].metadata
    for some in (documents, documents[:1], []):
        assert same(worker.prepare(some), prepare(some, embedder, **SIZES))


def files_of_all_kinds(folder: Path) -> list[Path]:
    """Files of one document each, with fields and places, and some that cannot be read."""
    from docx import Document as Docx

    word = Docx()
    word.add_heading("年报", 1)
    word.add_paragraph("利润增长了三成。")
    word.save(str(folder / "c.docx"))
    written = {
        "a.md": "---\ntitle: 港口\ndate: 2024-03-01\ntags: [船, 货]\nn: {x: 1.5, y: null}\n---\n# 港\n\n吞吐量很大。",
        "b.html": "<html><head><title>公园</title></head><body><h1>公园</h1><p>新建了口袋公园。</p></body></html>",
        "e.txt": "台北市的車站。\r\n共有三百座。".encode("big5"),
        "f.txt": b"",
        "g.txt": b"\x89PNG\r\n\x1a\n" + b"\0" * 40,
        "h.pdf": b"%PDF-1.4 torn",
        "i.txt": "© 2024 Müller & Söhne\nA plain text.",
    }
    for name, content in written.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name).write_bytes(data)
    (folder / "d.pdf").write_bytes(small_pdf([["标题在此", "第一页的话。"], ["第二页的话。"]]))
    return sorted(folder.iterdir())


@pytest.mark.parametrize("is_read", [True, False])
def test_it_reads_files_as_this_process_does(
    worker: Worker, embedder: StaticEmbedder, tmp_path: Path, is_read: bool
) -> None:
    def settle(_: Any) -> Any:
        raise AssertionError("this is for the caller")

    given: list[Document | Unread] = [Document(id="a", source="s", text="一。")]
    for path in files_of_all_kinds(tmp_path):
        status = path.stat()
        file = SourceFile(str(path), path.name, status.st_size, status.st_mtime_ns)
        given.append(Unread(file, path.read_bytes() if is_read else None, settle))
    given.append(Unread(SourceFile("/nowhere/x.txt", "x.txt", 9, 9), None, settle))
    there, here = worker.prepare(given), prepare(given, embedder, **SIZES)
    assert same(there, here)
    # Also the types: the hash of a document tells a list and a tuple apart.
    assert repr(there.found) == repr(here.found)
    kinds = [type(items[-1]).__name__ for items in here.found]
    assert kinds == ["Document"] * 6 + ["Failure"] * 3 + ["Document", "Failure"]
    assert here.found[0][0] is given[0]
    paged = here.found[4][0]
    assert isinstance(paged, Document)
    assert paged.metadata["pages"] == [0, 13]


def test_what_fails_there_is_told_and_the_worker_goes_on(
    worker: Worker, embedder: StaticEmbedder
) -> None:
    title: Any
    for title, told in (["x"], "Error"), ({"x"}, "not JSON serializable"):
        bad = Document(id="a", source="s", text="一。", title=title)
        with pytest.raises(WorkerError, match=told) as caught:
            worker.prepare([bad])
        assert not isinstance(caught.value, WorkerLostError)
    good = [Document(id="b", source="s", text="二。")]
    assert same(worker.prepare(good), prepare(good, embedder, **SIZES))


def test_a_worker_that_died_is_told(worker: Worker) -> None:
    os.kill(worker._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerLostError):
        worker.prepare([Document(id="a", source="s", text="一。" * 100_000)])
    worker.stop()
    worker.stop()


@pytest.mark.parametrize(
    ("name", "folder", "error", "told"),
    [
        ("another@0", None, WorkerLostError, "not another@0"),
        (None, "/nowhere", WorkerError, "EmbeddingModelError"),
    ],
)
def test_a_worker_of_another_make_is_refused(
    name: str | None,
    folder: str | None,
    error: type[Exception],
    told: str,
    embedder: StaticEmbedder,
) -> None:
    other = StaticEmbedder(embedder.folder)
    other.name, other.folder = name or other.name, Path(folder) if folder else other.folder
    made = Worker(other, **SIZES)
    try:
        with pytest.raises(error, match=told):
            made.prepare([Document(id="a", source="s", text="一。")])
    finally:
        made.stop()


def test_an_answer_that_does_not_come_is_not_waited_for(
    embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_START", "import time; time.sleep(600)  # {}")
    monkeypatch.setattr(workers, "_PATIENCE", 0.3)
    made = Worker(embedder, **SIZES)
    began = time.monotonic()
    try:
        with pytest.raises(WorkerLostError):
            made.prepare([Document(id="a", source="s", text="一。")])
    finally:
        made.stop()
    assert time.monotonic() - began < 300, "and not for as long as it sleeps"


def test_an_answer_that_cannot_be_read_is_none(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = worker._asked
    monkeypatch.setattr(worker, "_asked", lambda *given: (asked(*given)[0], []))
    with pytest.raises(WorkerLostError, match="cannot be read"):
        worker.prepare([Document(id="a", source="s", text="一。")])


def test_without_an_interpreter_there_is_none(
    embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.sys, "executable", "")
    with pytest.raises(WorkerLostError, match="interpreter"):
        Worker(embedder, **SIZES)
    monkeypatch.setattr(workers.sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerLostError, match="/nowhere/python"):
        Worker(embedder, **SIZES)
    monkeypatch.setattr(workers.sys, "frozen", True, raising=False)
    with pytest.raises(WorkerLostError, match="interpreter"):
        Worker(embedder, **SIZES)


def test_modules_are_taken_from_where_this_process_has_them(
    embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    for folder in (tmp_path, beside):
        for name in ("numpy.py", "sitecustomize.py", "usercustomize.py"):
            (folder / name).write_text("import os; os._exit(3)")
    monkeypatch.chdir(tmp_path)
    # The working folder, a script's folder that this process began with, and what is no place.
    monkeypatch.setattr(sys, "path", ["", *sys.path, str(beside), b"bytes"])
    made = Worker(embedder, **SIZES)
    try:
        assert len(made.prepare([Document(id="a", source="s", text="一。")]).chunks) == 1
    finally:
        made.stop()


_OWNER = """
import sys, time
from pathlib import Path
from typing import Any
from rag.embedding.static import StaticEmbedder
from rag.indexing.workers import Worker
one = Worker(StaticEmbedder(Path(sys.argv[1])), chunk_tokens=64, chunk_overlap=8)
one.prepare([])
print(one._process.pid, flush=True)
time.sleep(60)
"""


def running(process: int) -> bool:
    """Whether a process that is not a child of this one runs."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
def test_it_ends_with_the_process_that_it_works_for() -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", _OWNER, str(bundled_model_path())], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    its_worker = int(owner.stdout.readline())
    assert running(its_worker)
    os.kill(its_worker, signal.SIGINT)  # the keyboard's interrupt is not for it
    time.sleep(0.1)
    assert running(its_worker)
    owner.kill()
    owner.wait()
    for _ in range(100):
        if not running(its_worker):
            break
        time.sleep(0.05)
    assert not running(its_worker)


def test_messages_hold_arrays_of_any_shape() -> None:
    arrays = [
        np.arange(6, dtype=np.int64).reshape(2, 3),
        np.empty((0, 256), np.float32),
        np.array([1, 2], np.uint16),
        np.arange(20, dtype=np.float32)[::2],
    ]
    stream = io.BytesIO()
    workers._send(stream, {"a": "换\n行\u2028\ud800"}, arrays)
    workers._send(stream, {"b": 1})
    stream.seek(0)
    header, found = workers._receive(stream)
    assert header == {"a": "换\n行\u2028\ud800"}
    for one, other in zip(arrays, found, strict=True):
        assert one.dtype == other.dtype
        assert np.array_equal(one, other)
    assert workers._receive(stream) == ({"b": 1}, [])
    with pytest.raises(EOFError):
        workers._receive(stream)


def test_a_message_cut_off_is_no_message() -> None:
    stream = io.BytesIO()
    workers._send(stream, {}, [np.arange(100)])
    whole = stream.getvalue()
    for size in (3, len(whole) - 1):
        with pytest.raises(EOFError):
            workers._receive(io.BytesIO(whole[:size]))
    assert json.loads(whole.split(b"\n")[0])["arrays"] == [["<i8", [100]]]


def test_as_many_processes_as_processors_but_no_more_than_help(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "_granted", lambda _: 4)
    for usable, expected in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr(
            workers.os, "sched_getaffinity", lambda _, n=usable: set(range(n)), raising=False
        )
        assert workers.processors() == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [("max 100000\n", 4), ("100000 100000\n", 1), ("250000 100000\n", 2), ("50000 100000\n", 1)],
)
def test_a_container_may_grant_less(told: str, expected: int, tmp_path: Path) -> None:
    limit = tmp_path / "cpu.max"
    limit.write_text(told)
    assert workers._granted(limit) == expected
    assert workers._granted(tmp_path / "none") == 4
