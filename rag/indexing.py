"""The way of documents into a store: read, chunk, embed, write, in step and in batches.

Reading and chunking run in one thread, embedding in a second, writing in a third (the caller's), with
short queues between them, so that memory holds a few batches whatever the corpus. Each batch is
committed whole.
"""

from __future__ import annotations

import hashlib
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from rag.chunking import chunk_document
from rag.errors import DocumentNotFoundError, QueryError
from rag.index import Source, Store, Writer, embedding_key
from rag.index.catalog import CATALOG_FILE
from rag.index.segments import SEGMENTS_FOLDER
from rag.records import Chunk, Document, Failure, IngestReport
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.documents import Document as LangChainDocument

    from rag.embedding import Embedder
    from rag.reading import SourceFile

__all__ = [
    "Progress",
    "as_document",
    "embedded_text",
    "index_documents",
    "index_paths",
    "reembed",
    "remove_documents",
]

#: Called with one line for the reader now and then.
Progress = Callable[[str], None]

# A batch is what one call of the model embeds: large, because models sort by length inside a call.
_BATCH_CHARACTERS = 400_000
_BATCH_DOCUMENTS = 1_000
# A commit costs a few milliseconds; losing its work to a kill costs as long as it took.
_COMMIT_SECONDS = 5.0
# File systems tell time in ticks: a file touched this recently may change again unseen.
_SETTLED_SECONDS = 2.0


@dataclass(slots=True)
class _Tally:
    added: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    passages: int = 0

    def report(self, began: float) -> IngestReport:
        return IngestReport(
            added=tuple(self.added),
            updated=tuple(self.updated),
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
            notes=tuple(self.notes),
            passages=self.passages,
            seconds=time.perf_counter() - began,
        )


@dataclass(slots=True)
class _Work:
    """A document on its way; ``vectors`` come last."""

    document: Document
    content_hash: str
    chunks: list[Chunk]
    keys: list[bytes]
    texts: list[str]
    vectors: Any = None


@dataclass(frozen=True, slots=True)
class _FileDone:
    """A mark in the stream: everything of this file has gone before."""

    source: Source
    gone: tuple[str, ...] = ()


def index_paths(
    store: Store,
    embedder: Embedder,
    settings: Settings,
    paths: Sequence[str | Path],
    *,
    prune: bool = False,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring a store up to date with files and folders; see :meth:`rag.KnowledgeBase.index`."""
    from rag.reading import discover

    began = time.perf_counter()
    tally = _Tally()
    with store.writer() as writer:
        found = discover(paths)
        tally.failed.extend(found.failures)
        tally.notes.extend(found.notes)
        stream = _read(writer, found.files, tally)
        _write(writer, _embedded(_chunked(stream, settings), embedder, writer), tally, progress)
        if prune:
            _prune(writer, store, paths, {file.source for file in found.files}, tally)
        writer.commit()
    return tally.report(began)


def index_documents(
    store: Store, embedder: Embedder, settings: Settings, documents: Iterable[Document]
) -> IngestReport:
    """Put documents from memory into a store; one with a known id replaces the old one."""
    began = time.perf_counter()
    tally = _Tally()

    def changed() -> Iterator[_Work | _FileDone]:
        for document in documents:
            content_hash = _hash_of(document)
            if writer.content_hash(document.id) == content_hash:
                tally.unchanged.append(document.id)
            else:
                yield _Work(document, content_hash, [], [], [])

    with store.writer() as writer:
        _write(writer, _embedded(_chunked(changed(), settings), embedder, writer), tally, None)
        writer.commit()
    return tally.report(began)


def remove_documents(store: Store, names: Sequence[str]) -> tuple[str, ...]:
    """Remove documents by id or source, all or none.

    Raises:
        DocumentNotFoundError: A name is neither an id nor a source.
    """
    with store.view() as view:
        infos = [(info.id, info.source) for info in view.documents()]
        sources = list(view.sources())
    chosen: list[str] = []
    for name in names:
        ids = [one for one, source in infos if name in (one, source)]
        ids += [one for source in sources if source.name == name for one in source.document_ids]
        if not ids:
            raise DocumentNotFoundError(
                f"There is no document {name!r} in this index. See: rag documents"
            )
        chosen.extend(one for one in ids if one not in chosen)
    with store.writer() as writer:
        for one in chosen:
            writer.remove(one)
        gone = set(chosen)
        for source in sources:
            if gone & set(source.document_ids):
                # Forgotten, so that indexing its file again brings the document back.
                writer.remove_source(source.name)
        writer.commit()
    return tuple(chosen)


def reembed(
    path: Path, embedder: Embedder, settings: Settings, *, progress: Progress | None = None
) -> IngestReport:
    """Chunk and embed the stored texts of an index again, perhaps with another model.

    The new catalog is built beside the old one and takes its place in one step: until then, and when
    the run is killed, the old index is what it was.
    """
    from rag.index.embedded import LOCK_FILE, open_store
    from rag.index.lock import WriteLock

    began = time.perf_counter()
    tally = _Tally()
    fresh = path / "reembed"
    old = open_store(path, create=False)
    try:
        with WriteLock(path / LOCK_FILE, folder=path):
            shutil.rmtree(fresh, ignore_errors=True)
            new = open_store(
                fresh,
                model=embedder.name,
                dimension=embedder.dimension,
                chunk_tokens=settings.chunk_tokens,
                chunk_overlap=settings.chunk_overlap,
            )
            with old.view() as view, new.writer() as writer:
                stream = (
                    _Work(view.document(info.id), "", [], [], []) for info in view.documents()
                )
                works = _embedded(_chunked(_hashed(stream), settings), embedder, writer)
                _write(writer, works, tally, progress)
                for source in view.sources():
                    writer.put_source(source)
                writer.commit()
            new.close()
            # Derived files are made anew from whichever catalog stands here when they are missed.
            shutil.rmtree(path / SEGMENTS_FOLDER, ignore_errors=True)
            (fresh / CATALOG_FILE).replace(path / CATALOG_FILE)
            shutil.rmtree(fresh, ignore_errors=True)
    finally:
        old.close()
    tally.updated, tally.added = tally.added, []
    return tally.report(began)


def _hashed(stream: Iterator[_Work]) -> Iterator[_Work]:
    for work in stream:
        work.content_hash = _hash_of(work.document)
        yield work


def as_document(value: Document | LangChainDocument) -> Document:
    """A LangChain document as ours; ours as it is.

    Raises:
        QueryError: It is neither.
    """
    if isinstance(value, Document):
        return value
    text = getattr(value, "page_content", None)
    if not isinstance(text, str):
        raise QueryError(f"add() takes rag or LangChain documents, not {type(value).__name__}.")
    metadata = dict(value.metadata)
    given = value.id or metadata.pop("id", None)
    name = str(given) if given else hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return Document(
        id=name,
        source=str(metadata.pop("source", name)),
        text=text,
        title=metadata.pop("title", None),
        published=metadata.pop("published", None),
        language=metadata.pop("language", None),
        metadata=metadata,
    )


def embedded_text(document: Document, chunk: Chunk) -> str:
    """What is embedded for a chunk: title and heading, then its text.

    A passage often leaves out what its article is about; the header says it.
    """
    header = [part for part in (document.title, chunk.heading) if part]
    return "\n".join([*header, chunk.text])


# ------------------------------------------------------------------ reading


def _read(
    writer: Writer, files: Sequence[SourceFile], tally: _Tally
) -> Iterator[_Work | _FileDone]:
    """The changed documents of changed files, each file followed by its mark."""
    from rag.reading import read_file

    for file in files:
        known = writer.source(file.source)
        try:
            quick, full = _fingerprint(file, known)
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error})"
            tally.failed.append(Failure(source=file.source, reason=reason))
            continue
        if known is not None and _content(known.fingerprint) == full:
            tally.unchanged.extend(known.document_ids)
            if known.fingerprint != f"{quick}|{full}":
                yield _FileDone(_noted(file, f"{quick}|{full}", known.document_ids))
            continue
        ids: list[str] = []
        failed = False
        for item in read_file(file):
            if isinstance(item, Failure):
                tally.failed.append(item)
                failed = True
            elif isinstance(item, str):
                tally.notes.append(item)
            else:
                ids.append(item.id)
                content_hash = _hash_of(item)
                if writer.content_hash(item.id) == content_hash:
                    tally.unchanged.append(item.id)
                else:
                    yield _Work(item, content_hash, [], [], [])
        if failed and not ids:
            # What was there before stays: a file broken for a moment loses nothing.
            continue
        kept = set(ids)
        gone = () if known is None else tuple(one for one in known.document_ids if one not in kept)
        if failed:
            # Some rows could not be read: keep what they gave before, and look again next time.
            yield _FileDone(_noted(file, "incomplete", (*ids, *gone)))
        else:
            yield _FileDone(_noted(file, f"{quick}|{full}", tuple(ids)), gone)


def _fingerprint(file: SourceFile, known: Source | None) -> tuple[str, str]:
    """(size and time, content hash). The content is read only when size or time have changed."""
    settled = time.time() - file.modified / 1e9 > _SETTLED_SECONDS
    quick = f"{file.size}:{file.modified}" if settled else "recent"
    if known is not None and settled and known.fingerprint.partition("|")[0] == quick:
        return quick, _content(known.fingerprint)
    return quick, _digest(file.path)


def _noted(file: SourceFile, fingerprint: str, document_ids: tuple[str, ...]) -> Source:
    return Source(name=file.source, fingerprint=fingerprint, document_ids=document_ids)


def _content(fingerprint: str) -> str:
    return fingerprint.partition("|")[2]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _hash_of(document: Document) -> str:
    """Changes with anything of a document that is stored."""
    about = repr((document.source, document.title, document.published, document.language,
                  sorted(document.metadata.items(), key=lambda item: item[0])))  # fmt: skip
    digest = hashlib.sha256(document.text.encode("utf-8", "surrogatepass"))
    digest.update(about.encode("utf-8", "backslashreplace"))
    return digest.hexdigest()[:32]


def _prune(
    writer: Writer, store: Store, paths: Sequence[str | Path], present: set[str], tally: _Tally
) -> None:
    """Remove the documents of files that have vanished from below the given folders."""
    from rag.reading import source_of

    prefixes = [source_of(Path(path)) for path in paths]
    with store.view() as view:
        known = list(view.sources())
    for source in known:
        below = any(
            source.name == prefix or source.name.startswith(f"{prefix}/") for prefix in prefixes
        )
        if below and source.name not in present:
            for document_id in source.document_ids:
                if writer.remove(document_id):
                    tally.removed.append(document_id)
            writer.remove_source(source.name)


# ------------------------------------------------------------------ chunking, embedding, writing


def _chunked(
    stream: Iterator[_Work | _FileDone], settings: Settings
) -> Iterator[_Work | _FileDone]:
    for item in stream:
        if isinstance(item, _Work):
            item.chunks = chunk_document(
                item.document,
                chunk_tokens=settings.chunk_tokens,
                chunk_overlap=settings.chunk_overlap,
            )
            item.texts = [embedded_text(item.document, chunk) for chunk in item.chunks]
            item.keys = [embedding_key(text) for text in item.texts]
        yield item


def _embedded(
    stream: Iterator[_Work | _FileDone], embedder: Embedder, writer: Writer
) -> Iterator[_Work | _FileDone]:
    """The stream with vectors; reading and chunking go on in a thread of their own meanwhile."""
    for batch in _ahead(_batches(stream)):
        works = [item for item in batch if isinstance(item, _Work)]
        texts = [text for work in works for text in work.texts]
        cached = writer.cached_vectors([key for work in works for key in work.keys])
        missing = [at for at, vector in enumerate(cached) if vector is None]
        vectors = np.empty((len(texts), embedder.dimension), np.float32)
        for at, vector in enumerate(cached):
            if vector is not None:
                vectors[at] = vector
        if missing:
            vectors[missing] = embedder.embed_passages([texts[at] for at in missing])
        start = 0
        for work in works:
            work.vectors = vectors[start : start + len(work.texts)]
            start += len(work.texts)
        yield from batch


def _batches(stream: Iterator[_Work | _FileDone]) -> Iterator[list[_Work | _FileDone]]:
    batch: list[_Work | _FileDone] = []
    size = 0
    for item in stream:
        batch.append(item)
        size += sum(len(text) for text in item.texts) if isinstance(item, _Work) else 0
        if size >= _BATCH_CHARACTERS or len(batch) >= _BATCH_DOCUMENTS:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write(
    writer: Writer,
    stream: Iterator[_Work | _FileDone],
    tally: _Tally,
    progress: Progress | None,
) -> None:
    """Put all that arrives, committing now and then. A file's mark goes with its last document."""
    began = committed = time.monotonic()
    documents = 0
    for item in stream:
        if isinstance(item, _FileDone):
            tally.removed.extend(one for one in item.gone if writer.remove(one))
            writer.put_source(item.source)
            continue
        known = writer.content_hash(item.document.id) is not None
        writer.put(
            item.document,
            item.chunks,
            item.vectors,
            content_hash=item.content_hash,
            keys=item.keys,
        )
        (tally.updated if known else tally.added).append(item.document.id)
        tally.passages += len(item.chunks)
        documents += 1
        now = time.monotonic()
        if now - committed > _COMMIT_SECONDS:
            writer.commit()
            committed = now
        if progress is not None and documents % 50 == 1:
            rate = documents / max(now - began, 1e-3)
            progress(f"{documents} documents, {tally.passages} passages, {rate:.0f} a second")


_Item = TypeVar("_Item")


def _ahead(stream: Iterator[_Item], depth: int = 2) -> Iterator[_Item]:
    """The items of an iterator that runs in a thread of its own, at most ``depth`` ahead.

    An exception there is raised here; leaving early stops the thread at its next item.
    """
    waiting: queue.Queue[tuple[_Item | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def run() -> None:
        try:
            for item in stream:
                if stopped.is_set():
                    return
                waiting.put((item, None))
            waiting.put((None, None))
        except BaseException as error:  # noqa: BLE001  it is raised again in the other thread
            waiting.put((None, error))

    thread = threading.Thread(target=run, name="rag-read", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue
