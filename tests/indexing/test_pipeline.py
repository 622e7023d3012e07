"""Documents on their way into a store, with one process and with several."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag import KnowledgeBase, Settings
from rag.errors import EmbeddingModelError
from rag.indexing import pipeline
from rag.indexing.workers import Worker, WorkerError, WorkerLostError
from rag.records import Document
from tests.toy import ToyEmbedder

ALONE = Settings(reader=False, processes=1)
TWO = Settings(reader=False, processes=2)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_PIECES_BATCH", 600)
    monkeypatch.setattr(pipeline, "_WORKERS_FROM", 1)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """The workers that are started. This process waits with its second batch for an answer of one."""
    found: list[Worker] = []
    answered = threading.Event()
    begin, asked, prepare = Worker.__init__, Worker.prepare, pipeline.prepare
    batches = itertools.count()

    def noted(self: Worker, *given: Any, **named: Any) -> None:
        begin(self, *given, **named)
        found.append(self)

    def answers(self: Worker, documents: Sequence[Document]) -> Any:
        try:
            return asked(self, documents)
        finally:
            answered.set()

    def waits(*given: Any, **named: Any) -> Any:
        if threading.current_thread().name == "own" and next(batches) == 1:
            assert answered.wait(60), "no worker was asked"
        return prepare(*given, **named)

    work = pipeline._Lane.work

    def named_work(self: Any, items: Any) -> Any:
        if type(self) is pipeline._Lane:
            threading.current_thread().name = "own"
        return work(self, items)

    monkeypatch.setattr(Worker, "__init__", noted)
    monkeypatch.setattr(Worker, "prepare", answers)
    monkeypatch.setattr(pipeline, "prepare", waits)
    monkeypatch.setattr(pipeline._Lane, "work", named_work)
    return found


def articles(count: int) -> list[Document]:
    return [
        Document(
            id=f"a{n}",
            source=f"a{n}.md",
            title=f"第{n}号" if n % 3 else None,
            published="2024-05-01" if n % 2 else None,
            text="\n".join(
                f"第{n}号报告记下{m}件事。共{n * m}万元,比上年增长{m}%。" for m in range(12)
            ),
        )
        for n in range(count)
    ]


def stored(path: Path) -> dict[str, Any]:
    """All that an index holds, and what it finds."""
    with KnowledgeBase.open(path, settings=ALONE) as kb:
        with kb._store.view() as view:
            held: dict[str, Any] = {}
            for info in view.documents():
                chunks = view.document_chunks(info.id)
                vectors = view.vectors([chunk.id for chunk in chunks])
                spans = [(chunk.start, chunk.end, chunk.heading) for chunk in chunks]
                held[info.id] = (info.title, view.document(info.id).text, spans, vectors.tolist())
        held["search"] = [
            [(p.document_id, p.start, round(p.score, 5)) for p in kb.search(question, k=5)]
            for question in ("第7号报告共多少万元", "哪份报告记下十一件事", "2024年")
        ]
        assert not [finding for finding in kb.check() if finding.level == "fault"]
    return held


def made_alone(path: Path) -> Path:
    with KnowledgeBase.open(path, settings=ALONE) as kb:
        kb.add(articles(30))
    return path


def test_an_index_is_the_same_whoever_prepared_it(tmp_path: Path, started: list[Worker]) -> None:
    with KnowledgeBase.open(tmp_path / "two", settings=TWO) as kb:
        report = kb.add(articles(30))
    assert len(started) == 1
    assert started[0]._process.returncode is not None, "it has ended"
    assert len(report.added) == 30
    assert stored(tmp_path / "two") == stored(made_alone(tmp_path / "one"))
    assert len(started) == 1


def test_files_are_the_same_whoever_read_them(tmp_path: Path, started: list[Worker]) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    for one in articles(30):
        (folder / one.source).write_text(f"# {one.title}\n\n{one.text}", encoding="utf-8")
    for n in (3, 11, 19):
        (folder / f"b{n}.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0")
    (folder / "rows.jsonl").write_text('{"text": "鸟飞了。"}\n{"text": "鱼游了。"}\n', "utf-8")
    reports = []
    for name, settings in (("two", TWO), ("one", ALONE)):
        with KnowledgeBase.open(tmp_path / name, settings=settings) as kb:
            reports.append(kb.index(folder))
    two, one = reports
    assert len(started) == 1
    assert (two.added, two.failed, two.notes) == (one.added, one.failed, one.notes)
    assert [failure.source for failure in two.failed] == [f"files/b{n}.txt" for n in (11, 19, 3)]
    assert len(two.added) == 32
    assert stored(tmp_path / "two") == stored(tmp_path / "one")
    with KnowledgeBase.open(tmp_path / "two", settings=ALONE) as kb:
        assert len(kb.index(folder).unchanged) == 32, "the hashes are the same too"


def test_a_small_run_starts_no_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    started: list[Worker] = []
    monkeypatch.setattr(Worker, "__init__", lambda self, *_, **__: started.append(self))
    with KnowledgeBase.open(tmp_path / "i", settings=TWO) as kb:
        assert len(kb.add(articles(30)).added) == 30
    assert not started


def test_without_its_worker_a_run_goes_on_alone(
    tmp_path: Path, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    prepare = Worker.prepare

    def killed(self: Worker, documents: Sequence[Document]) -> Any:
        nonlocal asked
        asked += 1
        self._process.kill()
        return prepare(self, documents)

    monkeypatch.setattr(Worker, "prepare", killed)
    with KnowledgeBase.open(tmp_path / "two", settings=TWO) as kb:
        assert len(kb.add(articles(30)).added) == 30
    assert asked == len(started) == 1
    assert stored(tmp_path / "two") == stored(made_alone(tmp_path / "one"))


def test_where_no_worker_can_be_started_a_run_goes_on_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: Any, **__: Any) -> None:
        raise WorkerLostError("no room for another process")

    monkeypatch.setattr(Worker, "__init__", never)
    with KnowledgeBase.open(tmp_path / "two", settings=TWO) as kb:
        assert len(kb.add(articles(30)).added) == 30


def test_a_worker_that_fails_at_a_batch_is_asked_again(
    tmp_path: Path, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = 0
    prepare = Worker.prepare

    def fails_once(self: Worker, documents: Sequence[Document]) -> Any:
        nonlocal asked
        asked += 1
        made = prepare(self, documents)
        if asked == 1:
            raise WorkerError("no memory for this one")
        return made

    monkeypatch.setattr(Worker, "prepare", fails_once)
    with KnowledgeBase.open(tmp_path / "i", settings=TWO) as kb:
        assert len(kb.add(articles(30)).added) == 30
    assert asked > 1 == len(started)


def ours() -> list[str]:
    """Threads of indexing that run."""
    return [
        one.name for one in threading.enumerate() if one.name in ("own", "rag-lane", "rag-read")
    ]


def test_what_stops_the_reading_stops_the_workers_too(
    tmp_path: Path, started: list[Worker]
) -> None:
    def broken() -> Any:
        yield from articles(40)
        raise RuntimeError("the source has gone")

    with KnowledgeBase.open(tmp_path / "i", settings=TWO) as kb:
        with pytest.raises(RuntimeError, match="the source has gone") as caught:
            kb.add(broken())
        assert started
        assert all(worker._process.returncode is not None for worker in started)
        assert not ours()
        assert caught.value.__traceback__ is not None
        kb.add(articles(40))
        assert sum(1 for _ in kb.documents()) == 40


def test_a_fault_in_the_store_stops_the_workers_too(
    tmp_path: Path, started: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rag.index.writing import EmbeddedWriter

    put = EmbeddedWriter.put

    def full(self: EmbeddedWriter, document: Document, *given: Any, **named: Any) -> None:
        if document.id == "a25":
            raise OSError("no space left")
        put(self, document, *given, **named)

    monkeypatch.setattr(EmbeddedWriter, "put", full)
    with KnowledgeBase.open(tmp_path / "i", settings=TWO) as kb:
        with pytest.raises(OSError, match="no space left") as caught:
            kb.add(articles(60))
        # While the exception, and with it the frames that it came through, is still held.
        assert caught.value.__traceback__ is not None
        assert started
        assert all(worker._process.returncode is not None for worker in started)
        assert not ours()


def test_one_call_may_give_a_document_twice(tmp_path: Path) -> None:
    first, second = articles(2)
    again = Document(id=first.id, source=first.source, text="后来的才算数。")
    with KnowledgeBase.open(tmp_path / "i", settings=ALONE) as kb:
        kb.add([first, second, again])
        assert {info.id for info in kb.documents()} == {"a0", "a1"}
        assert kb.document("a0").text == "后来的才算数。"
        assert np.isfinite(kb.search("算数", k=1)[0].score)


class Faulty(ToyEmbedder):
    """Gives what ``rows`` makes of the vectors."""

    def __init__(self, rows: Any) -> None:
        super().__init__("mine")
        self.rows = rows

    def embed_passages(self, texts: Sequence[str], *, progress: Any = None) -> Any:
        return self.rows(super().embed_passages(texts, progress=progress))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (lambda rows: rows[1:], r"gave vectors of the shape \(1, 9\), not \(2, 9\)"),
        (lambda rows: rows[:, :4], r"gave vectors of the shape \(2, 4\), not \(2, 9\)"),
        (lambda rows: rows * np.nan, "gave 2 of 2 vectors with NaN"),
        (lambda rows: rows * 1e6, "gave 2 of 2 vectors with NaN, infinity or a number above"),
    ],
)
def test_vectors_that_do_not_fit_name_the_model_and_nothing_is_stored(
    tmp_path: Path, rows: Any, message: str
) -> None:
    with KnowledgeBase.open(tmp_path / "i", settings=ALONE, embedder=Faulty(rows)) as kb:
        with pytest.raises(EmbeddingModelError, match=f"'mine' {message}"):
            kb.add(articles(2))
        assert not list(kb.documents())
