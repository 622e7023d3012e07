"""Bringing an index up to date: with files and folders, documents from memory, another model."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import hashlib
import json
import os
import re
import shlex
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.errors import DocumentNotFoundError, IndexStoreError, QueryError
from rag.index import BEGUN, INCOMPLETE, Source, Store, Writer
from rag.indexing.work import Arrival, FileDone, Found, Progress, Tally, Unread, Work
from rag.reading import RULES as READING_RULES
from rag.records import Document, Failure, IngestReport
from rag.settings import Settings

if TYPE_CHECKING:
    from langchain_core.documents import Document as LangChainDocument

    from rag.embedding import Embedder
    from rag.index.store import Fits
    from rag.reading import Discovery, RowDigests, SourceFile, Unchanged

__all__ = [
    "as_document",
    "chunking_differs",
    "index_documents",
    "index_paths",
    "reembed",
    "remove_documents",
]

# File systems tell time in ticks: a file touched this recently may change again unseen.
_SETTLED_NANOSECONDS = 2_000_000_000
# A file up to this size is read once, for its hash and its text; a larger one is streamed twice.
_READ_ONCE = 4 << 20
_ISO = re.compile(r"\d{4}(-\d\d(-\d\d)?)?")


def index_paths(
    store: Store,
    embedder: Embedder,
    settings: Settings,
    paths: Sequence[str | Path],
    *,
    prune: bool = False,
    fits: Fits | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Bring a store up to date with files and folders; see :meth:`rag.KnowledgeBase.index`.

    ``fits`` is asked as :meth:`rag.index.Store.writer` says.
    """
    from rag.indexing.naming import named
    from rag.reading import discover

    tally = Tally()
    with store.writer(fits=fits) as writer:
        found = discover(paths)
        tally.failed.extend(found.failures)
        tally.notes.extend(found.notes)
        files, known, others, notes = named(writer, found.files)
        tally.notes.extend(notes)
        stream = _changed_files(writer, files, known, tally)
        _pour(writer, stream, embedder, settings, tally, progress)
        if prune or not all(os.path.isfile(path) for path in paths):  # noqa: PTH113 - see discovery
            _account(store, writer, paths, found._replace(files=files), others, tally, prune=prune)
    return tally.report()


def index_documents(
    store: Store,
    embedder: Embedder,
    settings: Settings,
    documents: Iterable[Document | LangChainDocument],
    *,
    fits: Fits | None = None,
) -> IngestReport:
    """Put documents from memory into a store; see :meth:`rag.KnowledgeBase.add`.

    ``fits`` is asked as :meth:`rag.index.Store.writer` says.
    """
    from rag.indexing.pipeline import pour

    try:
        given = map(as_document, documents)
    except TypeError as error:
        raise QueryError(
            "add() takes a list, or any iterable, of documents: add([document])."
        ) from error
    tally = Tally()

    def changed() -> Iterator[Work | FileDone]:
        seen: set[str] = set()
        files: dict[str, _Left] = {}
        for document in given:
            content_hash = _hash_of(document)
            before = writer.content_hash(document.id)
            # Of several with one id in one call the last counts, also when it is the stored one.
            if before == content_hash and document.id not in seen:
                tally.unchanged.append(document.id)
            else:
                if before is not None and document.id not in seen:
                    yield from _taken_from_its_file(store, writer, document.id, files)
                yield Work(document, content_hash, before is not None)
            seen.add(document.id)
        for file in files.values():
            yield from file.mark()

    with store.writer(fits=fits) as writer:
        pour(writer, changed(), embedder=embedder, settings=settings, tally=tally)
    return tally.report()


class _Left:
    """A file, and what is left to it of its documents as others take their places."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ids = dict.fromkeys(source.document_ids)
        self._whole = True

    def take(self, document_id: str) -> Iterator[FileDone]:
        """One is no longer the file's; its mark at the first: it is to be read again."""
        if document_id in self._ids:
            del self._ids[document_id]
            if self._whole:
                self._whole = False
                yield from self.mark()

    def mark(self) -> Iterator[FileDone]:
        """The file's mark, if anything was taken: one for each document would be long to write."""
        if not self._whole:
            name, location = self._source.name, self._source.location
            yield FileDone(Source(name, INCOMPLETE, tuple(self._ids), location=location))


def _taken_from_its_file(
    store: Store, writer: Writer, document_id: str, files: dict[str, _Left]
) -> Iterator[FileDone]:
    """The mark of the file that a stored document came from, if any and not marked before.

    ``files`` are those looked at so far, and are added to.
    """
    with store.view() as view:
        names = [info.source for info in view.documents({"id": document_id})]
    for name in names:
        source = None if name in files else writer.source(name)
        if source is not None:
            files[name] = _Left(source)
        if name in files:
            yield from files[name].take(document_id)


def remove_documents(store: Store, names: Sequence[str]) -> tuple[str, ...]:
    """Remove documents by id, source or ``folder/``, all or none.

    A folder is all files whose names begin so; documents from memory have none.

    Raises:
        DocumentNotFoundError: A name is none of these.
    """
    with store.writer() as writer:
        with store.view() as view:
            found = {info.id: info.source for info in view.documents({"id": list(names)})}
            found |= {info.id: info.source for info in view.documents({"source": list(names)})}
            files = list(view.sources())
        known = {*found, *found.values(), *(file.name for file in files)}
        folders = tuple(name for name in names if name.endswith("/") and name not in known)
        whole = {file.name for file in files if file.name in names or file.name.startswith(folders)}
        for name in names:
            is_folder = name in folders and any(one.startswith(name) for one in whole)
            if name not in known and not is_folder:
                raise _not_found(name, files)
        sources = [
            file
            for file in files
            if file.name in whole or not found.keys().isdisjoint(file.document_ids)
        ]
        chosen = dict.fromkeys(found)
        for source in sources:
            if source.name in whole:
                chosen |= dict.fromkeys(source.document_ids)
        removed = tuple(one for one in chosen if writer.remove(one))
        # Indexing its file again brings a document back: the file is forgotten, or, while other
        # documents of it stay, read again; those are still known as the file's, and go with it.
        # An upload is read with all others whenever the page asks: only a new one brings rows back.
        for source in sources:
            left = tuple(one for one in source.document_ids if one not in chosen)
            if not left or source.name in whole:
                writer.remove_source(source.name)
            else:
                noted = writer.source(source.name) or source
                fingerprint = _as_it_is(store, noted.location) or INCOMPLETE
                writer.put_source(noted._replace(fingerprint=fingerprint, document_ids=left))
    return removed


def _not_found(name: str, files: Iterable[Source]) -> DocumentNotFoundError:
    folder = f"{name.rstrip('/')}/"
    if name != folder and any(file.name.startswith(folder) for file in files):
        step = f"It is a folder; to remove all files in it: rag remove {shlex.quote(folder)}"
    else:
        step = "List them: rag documents"
    return DocumentNotFoundError(
        f"There is no document {name!r} in this index; nothing was removed. {step}"
    )


def _as_it_is(store: Store, location: str) -> str:
    """The fingerprint of an upload by size and time alone; empty for any other file.

    Without a hash, the same content counts as new when it is uploaded again.
    """
    folder = getattr(store, "path", None)
    if not location or folder is None:
        return ""
    try:
        place = Path(os.path.realpath(location))
        if not place.is_relative_to(os.path.realpath(folder)):
            return ""
        status = place.stat()
    except (OSError, ValueError):
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}|"


def reembed(
    path: Path, embedder: Embedder, settings: Settings, *, progress: Progress | None = None
) -> IngestReport:
    """Chunk and embed the stored texts of an index again, perhaps with another model.

    The new catalog is built beside the old one and takes its place in one step: until then, and
    when the run is killed, the old index is what it was. An index that fits already, also in the rules
    by which its texts were cut, stays as it is.
    """
    from rag.chunking import RULES
    from rag.embedding import same_model
    from rag.index.catalog import REEMBED_FOLDER
    from rag.index.checking import replace_catalog
    from rag.index.embedded import LOCK_FILE, open_store
    from rag.index.lock import WriteLock, turn_to_write
    from rag.index.places import copy_places
    from rag.index.writing import is_cut_off
    from rag.indexing.pipeline import pour
    from rag.reading.plain import json_value

    tally = Tally()
    fresh = path / REEMBED_FOLDER
    with (
        turn_to_write(path),
        open_store(path, create=False) as old,
        WriteLock(path / LOCK_FILE, folder=path),
        contextlib.ExitStack() as leaving,
    ):
        cut_alike = old.facts.get("chunk_rules") == str(RULES)
        cut_alike = cut_alike and not chunking_differs(old.facts, settings)
        if same_model(old.model, embedder.name) and cut_alike:
            with old.view() as view:
                tally.unchanged.extend(info.id for info in view.documents())
            return tally.report()
        if fresh.exists() and not is_cut_off(fresh):
            raise IndexStoreError(f"{fresh} holds something else. Move it to another place.")
        leaving.callback(shutil.rmtree, fresh, ignore_errors=True)
        shutil.rmtree(fresh, ignore_errors=True)
        with (
            open_store(
                fresh,
                model=embedder.name,
                dimension=embedder.dimension,
                chunk_tokens=settings.chunk_tokens,
                chunk_overlap=settings.chunk_overlap,
            ) as new,
            old.view() as view,
            new.writer() as writer,
        ):
            total = sum(info.characters for info in view.documents())

            def stored() -> Iterator[Work | FileDone]:
                done = 0
                for info in view.documents():
                    document = view.document(info.id)
                    # An earlier version stored NaN, which is no JSON.
                    values = json_value(dict(document.metadata))
                    document = dataclasses.replace(document, metadata=values)
                    yield Work(document, _hash_of(document), known=True)
                    done += info.characters
                    tally.share = done / total if total else None

            pour(
                writer,
                stored(),
                embedder=embedder,
                settings=settings,
                tally=tally,
                progress=progress,
            )
            for source in view.sources():
                writer.put_source(source)
        copy_places(path, fresh)
        replace_catalog(path, fresh)
    return tally.report()


def chunking_differs(facts: Mapping[str, str], settings: Settings) -> str | None:
    """How an index was chunked, in words, where that differs from the settings; else None."""
    built = (facts.get("chunk_tokens"), facts.get("chunk_overlap"))
    wanted = (str(settings.chunk_tokens), str(settings.chunk_overlap))
    if None in built or built == wanted:
        return None
    return f"chunk_tokens={built[0]}, chunk_overlap={built[1]}"


def as_document(value: Document | LangChainDocument) -> Document:
    """Ours or LangChain's as what can be stored: metadata as JSON knows them, dates as ISO text.

    A date that cannot be told goes to the metadata as it stands.

    Raises:
        QueryError: It is neither, or a field cannot be stored; the message names document and field.
    """
    document = value if isinstance(value, Document) else _from_langchain(value)
    for name in ("id", "source", "text"):
        if not isinstance(getattr(document, name), str):
            raise QueryError(f"add(): a document's {name} must be text.")
    if not document.id:
        raise QueryError("add(): a document needs an id.")
    metadata, published = document.metadata or {}, document.published
    if not isinstance(metadata, Mapping):
        raise _unfit(document.id, "metadata", metadata, "no mapping")
    if published:
        published = _date_told(published)
        if published is None:
            metadata = {"published": document.published, **metadata}
    title, language = (
        None if text is None else str(text) for text in (document.title, document.language)
    )
    texts = {"id": document.id, "source": document.source, "title": title, "language": language}
    for name, text in texts.items():
        if text is not None and not _is_unicode(text):
            raise _unfit(
                document.id, name, text, "no text: it holds half a character (a surrogate)"
            )
    return dataclasses.replace(
        document,
        title=title,
        published=published,
        language=language,
        metadata=_stored_metadata(document.id, metadata),
    )


def _from_langchain(value: Any) -> Document:
    from rag.reading.plain import json_value

    text = getattr(value, "page_content", None)
    if not isinstance(text, str):
        raise QueryError(
            f"add() takes rag.Document or LangChain documents, not {type(value).__name__}."
        )
    metadata = dict(value.metadata)
    about = {
        name: json_value(metadata.pop(name, None))
        for name in ("source", "title", "published", "language")
    }
    given = value.id or json_value(metadata.pop("id", None))
    name = str(given) if given else _digest_of(f"{about['source'] or ''}\0{text}")
    return Document(
        id=name,
        source=str(about["source"] or name),
        text=text,
        title=about["title"],
        published=about["published"] or None,
        language=about["language"],
        metadata=metadata,
    )


def _date_told(value: Any) -> str | None:
    """A date as ISO text; None where none can be told."""
    from rag.reading.dates import iso_date

    text = str(value)
    with contextlib.suppress(ValueError):
        if _ISO.fullmatch(text) and dt.date.fromisoformat((text + "-01-01")[:10]):
            return text
    return iso_date(value)


def _stored_metadata(document_id: str, metadata: Mapping[Any, Any]) -> dict[str, Any]:
    from rag.reading.plain import json_value

    try:
        values: dict[str, Any] = json_value(dict(metadata))
        # ValueError: a number too long to write; text that is no Unicode, in a key, is one too.
        json.dumps(values, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise QueryError(
            f"add(): document {document_id!r}: its metadata cannot be stored ({reason})."
        ) from error
    return values


def _unfit(document_id: str, field: str, value: Any, reason: str) -> QueryError:
    shown = repr(value)
    shown = shown if len(shown) <= 80 else f"{shown[:80]}..."
    return QueryError(f"add(): document {document_id!r}: its {field} is {reason}: {shown}.")


def _is_unicode(text: str) -> bool:
    """Whether a text can be written as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pour(
    writer: Writer,
    stream: Iterator[Arrival],
    embedder: Embedder,
    settings: Settings,
    tally: Tally,
    progress: Progress | None,
) -> None:
    """Put what has changed, if anything has: what chunks and embeds is imported then, and not before.

    The first item is taken by the calling thread, the others by one that reads ahead.
    """
    first = next(stream, None)
    if first is None:
        return
    from rag.indexing.pipeline import pour

    whole = chain([first], stream)
    pour(writer, whole, embedder=embedder, settings=settings, tally=tally, progress=progress)


# ------------------------------------------------------------------ reading


def _changed_files(
    writer: Writer, files: Sequence[SourceFile], sources: dict[str, Source], tally: Tally
) -> Iterator[Arrival]:
    """The changed files, each read or to be read, each followed by its mark."""
    total = sum(file.size for file in files) or 1
    before = 0
    settled = time.time_ns() - _SETTLED_NANOSECONDS
    for file in files:
        known = sources.get(file.source)
        share = before / total
        before += file.size
        as_it_was = f"{file.size}:{file.modified}|"
        if known is not None and (
            known.fingerprint == as_it_was
            or (file.modified < settled and known.fingerprint.startswith(f"{as_it_was}{_BY_RULES}"))
        ):
            tally.unchanged.extend(known.document_ids)
            if known.location != file.location:
                yield FileDone(_noted(writer, known)._replace(location=file.location))
            continue
        try:
            quick, full, data = _fingerprint(file)
        except OSError as error:
            reason = f"cannot be read ({error.strerror or error})"
            yield Failure(source=file.source, reason=reason)
            continue
        if known is not None and _content(known.fingerprint) == full:
            tally.unchanged.extend(known.document_ids)
            now = known._replace(fingerprint=f"{quick}|{full}", location=file.location)
            if known != now:
                yield FileDone(now._replace(rows=_noted(writer, known).rows))
            continue
        from rag.reading import is_one_document

        change = _ChangedFile(writer, file, f"{quick}|{full}", known, tally, share, total)
        if is_one_document(file, data):
            yield Unread(file, data, change.settled)
        else:
            yield from change.of_rows(data)


class _ChangedFile:
    """One changed file, on its way from what is found in it to what is put.

    Args:
        fingerprint: Of the file as it is now.
        known: What was noted of it before.
        share: Of all bytes those before the file, in [0, 1].
        total: Bytes of all files.
    """

    def __init__(
        self,
        writer: Writer,
        file: SourceFile,
        fingerprint: str,
        known: Source | None,
        tally: Tally,
        share: float,
        total: int,
    ) -> None:
        self._writer = writer
        self._file = file
        self._fingerprint = fingerprint
        self._known = None if known is None else _noted(writer, known)
        self._tally = tally
        self._share = share
        self._total = total

    def of_rows(self, data: bytes | None) -> Iterator[Work | FileDone]:
        """Read a file of many documents as they are asked for; rows that are as they were are not parsed."""
        from rag.reading import RowDigests, read_file

        known = self._known
        earlier = frozenset(known.document_ids if known is not None else ())
        rows = known.rows if known is not None and _is_read_alike(known) else b""
        digests = RowDigests(rows, earlier)
        return self._put(read_file(self._file, data, digests), digests)

    def settled(self, found: Sequence[Found]) -> Iterator[Work | FileDone]:
        """What is to be put of a file that has been read as a whole."""
        return self._put(found, None)

    def _put(
        self, found: Iterable[Found | Unchanged], digests: RowDigests | None
    ) -> Iterator[Work | FileDone]:
        """The changed documents of the file, and its mark."""
        file, known, tally = self._file, self._known, self._tally
        ids: list[str] = []
        failed = begun = False
        inside = 0
        tally.share = self._share
        for item in found:
            if isinstance(item, Failure):
                tally.failed.append(item)
                failed = True
                continue
            if isinstance(item, str):
                tally.notes.append(item)
                continue
            ids.append(item.id)
            if not isinstance(item, Document):
                tally.unchanged.append(item.id)
                continue
            content_hash = _hash_of(item)
            inside += 3 * len(item.text)  # about its bytes
            tally.share = self._share + min(file.size, inside) / self._total
            stored = self._writer.content_hash(item.id)
            if stored == content_hash:
                tally.unchanged.append(item.id)
                continue
            if not begun and (known is not None or len(ids) > 1):
                # A run that is cut off in the middle must not leave the file looking as it did before, nor
                # documents of a new one that are not known as its own.
                begun = True
                ids_before = () if known is None else known.document_ids
                yield FileDone(Source(file.source, BEGUN, ids_before, location=file.location))
            yield Work(item, content_hash, stored is not None)
        if failed and not ids:
            # What was there before stays: a file broken for a moment loses nothing.
            return
        kept = set(ids)
        gone = () if known is None else tuple(one for one in known.document_ids if one not in kept)
        if failed:
            # Some rows could not be read: keep what they gave before, and look again next time.
            yield FileDone(Source(file.source, INCOMPLETE, (*ids, *gone), location=file.location))
        else:
            rows = b"" if digests is None else bytes(digests.now)
            done = Source(file.source, self._fingerprint, tuple(ids), rows, file.location)
            yield FileDone(done, gone)


def _noted(writer: Writer, known: Source) -> Source:
    """What is known of a file with what is noted of its rows."""
    return writer.source(known.name) or known


def _fingerprint(file: SourceFile) -> tuple[str, str, bytes | None]:
    """(size and time, reading rules and content hash, the content unless it is large)."""
    settled = time.time_ns() - file.modified > _SETTLED_NANOSECONDS
    quick = f"{file.size}:{file.modified}" if settled else "recent"
    with open(file.location, "rb", buffering=0) as stream:  # noqa: PTH123 - thrice as fast
        if file.size > _READ_ONCE:
            return quick, _BY_RULES + hashlib.file_digest(stream, "sha256").hexdigest()[:32], None
        data = stream.readall()
    return quick, _BY_RULES + hashlib.sha256(data).hexdigest()[:32], data


_BY_RULES = f"{READING_RULES}."


def _is_read_alike(known: Source) -> bool:
    """Whether a file was read by the rules of today."""
    return _content(known.fingerprint).startswith(_BY_RULES)


def _content(fingerprint: str) -> str:
    return fingerprint.partition("|")[2]


def _hash_of(document: Document) -> str:
    """Changes with anything of a document that is stored."""
    about = sorted(document.metadata.items())
    named = (document.source, document.title, document.published, document.language, about)
    return _digest_of(f"{named!r}\0{document.text}")


def _digest_of(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _account(
    store: Store,
    writer: Writer,
    paths: Sequence[str | Path],
    found: Discovery,
    others: Iterator[Source],
    tally: Tally,
    *,
    prune: bool,
) -> None:
    """Say which other files are no longer at their places; with ``prune`` remove what has vanished or moved."""
    unfound = list(others)
    if not unfound:
        return
    from rag.index.places import places_left
    from rag.indexing.naming import by_folders, remove_command
    from rag.indexing.pruning import absent, moved_to

    index = getattr(store, "path", None)
    vanished, away = absent(unfound, paths, found, places_left(index) if index else {})
    if prune:
        here = {file.source for file in found.files}
        moved = moved_to(away, (one for one in writer.sources() if one.name in here))
        for source in (*vanished, *moved):
            tally.removed.extend(one for one in source.document_ids if writer.remove(one))
            writer.remove_source(source.name)
        gone = {source.name for source in moved}
        away = [source for source in away if source.name not in gone]
    elif vanished:
        tally.notes.append(
            f"{len(vanished)} indexed files are gone from these folders; their documents stay until the "
            "same command is given with --prune"
        )
    if away:
        names = {source.name for source in away}
        stay = (one.name for one in writer.sources() if one.name not in names)
        wanted = by_folders(sorted(names), stay)
        tally.notes.append(
            f"{len(away)} indexed files are no longer at their places: their folder was moved, renamed or "
            "emptied, or is on a disk that is not there now. To remove them for good: "
            f"{remove_command(wanted, index=index)}"
        )
