"""Worker processes: what they answer, and that none outlives the process that it works for."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rag.embedding.loading import bundled_model_path
from rag.embedding.static import StaticEmbedder
from rag.indexing import workers
from rag.indexing.preparing import Prepared, prepare
from rag.indexing.workers import Worker, WorkerLostError
from rag.reading import read_path
from rag.records import Document

SIZES = {"chunk_tokens": 128, "chunk_overlap": 24}


@pytest.fixture(scope="module")
def embedder() -> StaticEmbedder:
    return StaticEmbedder(bundled_model_path())


@pytest.fixture
def worker(embedder: StaticEmbedder) -> Worker:
    made = Worker(embedder, **SIZES)
    yield made
    made.stop()


def same(one: Prepared, other: Prepared) -> bool:
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


def test_what_fails_there_is_told_and_the_worker_goes_on(
    worker: Worker, embedder: StaticEmbedder
) -> None:
    bad = Document(id="a", source="s", text="一。", metadata={"headings": [["x", None]]})
    with pytest.raises(WorkerLostError, match="Error"):
        worker.prepare([bad])
    with pytest.raises(WorkerLostError, match="not JSON serializable"):
        worker.prepare([Document(id="a", source="s", text="一。", metadata={"headings": [{1}]})])
    good = [Document(id="b", source="s", text="二。")]
    assert same(worker.prepare(good), prepare(good, embedder, **SIZES))


def test_a_worker_that_died_is_told(worker: Worker) -> None:
    os.kill(worker._process.pid, signal.SIGKILL)
    with pytest.raises(WorkerLostError):
        worker.prepare([Document(id="a", source="s", text="一。" * 100_000)])
    worker.stop()
    worker.stop()


def test_another_model_is_refused(
    embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedder, "name", "another@0")
    with pytest.raises(WorkerLostError, match="not another@0"):
        Worker(embedder, **SIZES)
    monkeypatch.setattr(embedder, "folder", Path("/nowhere"))
    with pytest.raises(WorkerLostError, match="EmbeddingModelError"):
        Worker(embedder, **SIZES)


def test_without_an_interpreter_there_is_none(
    embedder: StaticEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers.sys, "executable", "")
    with pytest.raises(WorkerLostError, match="interpreter"):
        Worker(embedder, **SIZES)
    monkeypatch.setattr(workers.sys, "executable", "/nowhere/python")
    with pytest.raises(WorkerLostError, match="/nowhere/python"):
        Worker(embedder, **SIZES)


def test_modules_are_taken_from_where_this_process_has_them(
    embedder: StaticEmbedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "numpy.py").write_text("raise SystemExit('taken from the working folder')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    made = Worker(embedder, **SIZES)
    try:
        assert len(made.prepare([Document(id="a", source="s", text="一。")]).chunks) == 1
    finally:
        made.stop()


_OWNER = """
import sys, time
from pathlib import Path
from rag.embedding.static import StaticEmbedder
from rag.indexing.workers import Worker
one = Worker(StaticEmbedder(Path(sys.argv[1])), chunk_tokens=64, chunk_overlap=8)
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
    for usable, expected in ((1, 1), (2, 2), (4, 4), (64, 4)):
        monkeypatch.setattr(
            workers.os, "sched_getaffinity", lambda _, n=usable: set(range(n)), raising=False
        )
        assert workers.processors() == expected
