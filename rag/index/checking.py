"""Checking an index in full, mending what is derived, saving what can be read."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from rag.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexModelMismatchError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
)
from rag.index import catalog
from rag.index.arrays import ranges, sync_folder
from rag.index.catalog import CATALOG_FILE, REEMBED_FOLDER, REPAIR_FOLDER, DocumentRow
from rag.index.embedded import (
    DAMAGED_FILE,
    LOCK_FILE,
    EmbeddedStore,
    build_again,
    must_be_catalog,
    prepared,
)
from rag.index.lock import WriteLock
from rag.index.places import SOURCE_PLACES
from rag.index.salvage import dimension_of, documents, from_both_ends
from rag.index.segments import (
    SEGMENTS_FOLDER,
    Segment,
    SegmentRow,
    delete_other_segments,
    delete_segment,
    is_segment_name,
    read_rows,
    rebuild,
    segment_name,
)
from rag.index.sources import document_ids, own_documents, sound_place
from rag.index.store import BEGUN, INCOMPLETE, Finding
from rag.index.writing import is_cut_off

__all__ = [
    "check",
    "check_model",
    "damaged_documents",
    "mend_segments",
    "repair",
    "replace_catalog",
]

#: Facts that a repair finds out by itself.
_RECOMPUTED = ("dimension", "next", "generation")


def check(store: EmbeddedStore, *, may_write: bool) -> list[Finding]:
    """Read everything: the catalog's pages and checksums, the segments' files, and that they agree."""
    from rag.chunking import RULES

    folder = store.path
    with (
        catalog.translated(folder),
        contextlib.closing(catalog.connect(folder, read_only=True)) as connection,
    ):
        connection.text_factory = catalog.text_or_bytes
        connection.execute("BEGIN")
        findings = _check_catalog(connection, folder, store.dimension)
        rows: list[SegmentRow] = []
        wrong: list[str] | None = None
        try:
            rows = read_rows(connection)
            wrong = _wrong_segments(connection, folder, rows, store.dimension)
        except sqlite3.DatabaseError:
            if all(finding.level == "ok" for finding in findings):
                raise
        connection.execute("ROLLBACK")
    if wrong is None:
        findings.append(
            Finding(
                level="note",
                subject="derived files",
                message="not compared with the catalog, which cannot be read to its end",
            )
        )
    elif wrong:
        reason = "; ".join(wrong)
        mended = []
        if may_write:
            with (
                contextlib.suppress(IndexLockedError, IndexReadOnlyError),
                WriteLock(folder / LOCK_FILE, folder=folder),
            ):
                mended = mend_segments(folder, store.dimension, reason)
        findings.extend(
            mended
            or [
                Finding(
                    level="fault",
                    subject="derived files",
                    message=f"{reason}. Nothing is lost; they are made anew by rag doctor when the "
                    f"index can be written and no other writer is at work.",
                )
            ]
        )
    else:
        count = sum(row.rows for row in rows)
        findings.append(
            Finding(
                level="ok",
                subject="derived files",
                message=f"{len(rows)} segments with {count:,} rows agree with the catalog",
            )
        )
    with store.view() as view:
        findings.append(Finding(level="note", subject="dense index", message=view.kind))
    if "chunk_tokens" in store.facts and store.facts.get("chunk_rules") != str(RULES):
        findings.append(
            Finding(
                level="note",
                subject="sentences",
                message="texts were cut by the rules of an earlier version; to cut them by today's: "
                f"rag index --reembed --index {folder}",
            )
        )
    findings.append(_sizes(folder))
    return findings


def check_model(folder: Path, setting: str) -> list[Finding]:
    """A note where the index was made with another embedding model than the setting ``model`` asks for.

    Raises:
        EmbeddingModelError: The setting names a folder of ours that cannot be read.
    """
    from rag.embedding import may_match

    with (
        catalog.translated(folder),
        contextlib.closing(catalog.connect(folder, read_only=True)) as connection,
    ):
        known = catalog.read_facts(connection, folder)["model"]
    try:
        may_match(folder, known, setting)
    except IndexModelMismatchError as error:
        return [Finding(level="note", subject="model", message=str(error))]
    return []


def _sizes(folder: Path) -> Finding:
    def megabytes(paths: Iterable[Path]) -> str:
        files = (file for path in paths for file in (path, *path.rglob("*")) if file.is_file())
        return f"{sum(file.stat().st_size for file in files) / 1e6:,.1f} MB"

    kept = sorted(folder.glob(DAMAGED_FILE + "*"))
    cut_off = [
        folder / name for name in (REPAIR_FOLDER, REEMBED_FOLDER) if (folder / name).exists()
    ]
    truth = set(folder.glob(CATALOG_FILE + "*")) - set(kept)
    derived = megabytes([folder / SEGMENTS_FOLDER])
    message = f"catalog {megabytes(truth)}, derived files {derived}"
    if kept:
        names = ", ".join(path.name for path in kept)
        message += f"; {megabytes(kept)} kept by repairs ({names}), which you may delete"
    if cut_off:
        names = ", ".join(path.name for path in cut_off)
        message += f"; {megabytes(cut_off)} of work cut off ({names}), deleted by the next change"
    return Finding(level="note", subject="size", message=message)


def _check_catalog(connection: sqlite3.Connection, folder: Path, dimension: int) -> list[Finding]:
    try:
        problems = [text for (text,) in connection.execute("PRAGMA integrity_check(5)")]
    except sqlite3.DatabaseError as error:
        problems = [str(error)]
    lost = damaged_documents(connection, dimension)
    if problems == ["ok"] and not lost:
        count, passages = connection.execute(
            "SELECT count(*), coalesce(sum(passages), 0) FROM documents"
        ).fetchone()
        found = [
            Finding(
                level="ok",
                subject="catalog",
                message=f"{count:,} documents and {passages:,} passages, all checksums right",
            )
        ]
        return found + _check_metadata(connection, folder) + _check_notes(connection, folder)
    named = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    facts = f"damaged documents: {named}" if lost else f"SQLite says: {problems[0]}"
    return [
        Finding(
            level="fault",
            subject="catalog",
            message=f"{folder / CATALOG_FILE}: {facts}. Save the rest with: rag doctor --repair "
            f"--index {folder}; then run rag index again for what is lost.",
        )
    ]


def _check_metadata(connection: sqlite3.Connection, folder: Path) -> list[Finding]:
    """A fault where filters cannot read the metadata: NaN, which is no JSON, was once stored."""
    odd = connection.execute(
        "SELECT source, count(*) OVER () FROM documents WHERE NOT json_valid(metadata) LIMIT 1"
    ).fetchone()
    if odd is None:
        return []
    return [
        Finding(
            level="fault",
            subject="metadata",
            message=f"of {odd[1]:,} documents ({odd[0]} for one) they are no JSON, and no filter sees "
            f"them. Mend them with: rag doctor --repair --index {folder}",
        )
    ]


def _check_notes(connection: sqlite3.Connection, folder: Path) -> list[Finding]:
    """A fault where what no checksum covers cannot be: the facts, and what is noted of files."""
    meta = catalog.read_meta(connection)
    wrong = catalog.wrong_facts(meta)
    if "next" not in wrong and int(meta["next"]) < catalog.first_free(connection):
        wrong.append("next")
    told = [f"the note of {', '.join(wrong)} is missing or wrong"] if wrong else []
    rows = connection.execute("SELECT name, fingerprint, document_ids FROM sources")
    odd = [row[0] for row in rows if not _is_sound(row)]
    places: list[Any] = []
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'source_places'").fetchone():
        rows = connection.execute("SELECT name, place FROM source_places")
        places = [
            name for name, place in rows if not isinstance(name, str) or sound_place(place) is None
        ]
    for names, what in ((odd, "the note of"), (places, "the place of")):
        if names:
            more = f" and {len(names) - 1:,} more files" if len(names) > 1 else ""
            told.append(f"{what} {names[0]!r}{more} cannot be read")
    if not told:
        return []
    return [
        Finding(
            level="fault",
            subject="notes",
            message=f"{folder / CATALOG_FILE}: {'; '.join(told)}. No document is lost; mend them with: "
            f"rag doctor --repair --index {folder}",
        )
    ]


def _is_sound(row: Sequence[Any]) -> bool:
    """Whether name, fingerprint and ids of a file are what they must be."""
    name, fingerprint, ids = row
    return isinstance(name, str) and isinstance(fingerprint, str) and document_ids(ids) is not None


def damaged_documents(connection: sqlite3.Connection, dimension: int) -> list[str]:
    """Sources of the documents whose checksum is wrong or that cannot be read."""
    return [found.source for found in documents(connection, dimension) if found.row is None]


def _wrong_segments(
    connection: sqlite3.Connection, folder: Path, rows: list[SegmentRow], dimension: int
) -> list[str]:
    """What is wrong with the derived files, one line each."""
    wrong: list[str] = []
    covered: list[np.ndarray] = [np.empty(0, np.int64)]
    for row in rows:
        try:
            segment = Segment(folder, row, dimension)
        except (OSError, ValueError) as error:
            wrong.append(str(error))
            continue
        damage = segment.damage()
        if damage:
            wrong.append(damage)
        else:
            covered.append(segment.ids)
    if wrong:
        return wrong
    dead = connection.execute("SELECT number, passages FROM tombstones").fetchall()
    living = connection.execute(
        "SELECT number, passages FROM documents WHERE passages > 0"
    ).fetchall()
    wanted = np.array([*dead, *living], np.int64).reshape(-1, 2)
    expected = np.sort(ranges(wanted[:, 0], wanted[:, 1]))
    if not np.array_equal(np.concatenate(covered), expected):
        wrong.append(f"{folder / SEGMENTS_FOLDER}: the segments do not cover the catalog's chunks")
    return wrong


def mend_segments(folder: Path, dimension: int, reason: str) -> list[Finding]:
    """Make anew, from the catalog and without embedding, every segment that is damaged or missing.

    The caller holds the write lock.

    Raises:
        IndexCorruptError: A document that they are made from is damaged.
    """
    with (
        catalog.underived(folder),
        contextlib.closing(catalog.connect(folder, read_only=False)) as connection,
    ):
        connection.execute("BEGIN IMMEDIATE")
        try:
            meta = catalog.read_facts(connection, folder)
            generation = int(meta["generation"]) + 1
            rows = read_rows(connection)
            bad = [row for row in rows if _is_damaged(folder, row, dimension)]
            ranges_of = [(row.first, row.last) for row in bad]
            sound = all(is_segment_name(row.name) for row in bad)
            if not sound or (not bad and _wrong_segments(connection, folder, rows, dimension)):
                # What the rows say of their ranges cannot be relied on either.
                bad = rows
                ranges_of = [(0, catalog.read_next(connection, meta, folder))]
            for row in bad:
                connection.execute("DELETE FROM segments WHERE name = ?", (row.name,))
            for first, last in ranges_of:
                connection.execute(
                    "DELETE FROM tombstones WHERE number >= ? AND number < ?", (first, last)
                )
                name = segment_name(generation)
                for made in rebuild(connection, folder, name, first, last, dimension):
                    connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", made)
            if ranges_of:
                catalog.write_meta(connection, {"generation": str(generation)})
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
    for row in bad:
        delete_segment(folder, row.name)
    if not ranges_of:
        return []
    return [
        Finding(
            level="repaired",
            subject="derived files",
            message=f"{len(bad)} of {len(rows)} segments made anew from the catalog ({reason})",
        )
    ]


def _is_damaged(folder: Path, row: SegmentRow, dimension: int) -> bool:
    try:
        segment = Segment(folder, row, dimension)
        if segment.damage() is None:
            segment.vectors.prepare(coarse=True)  # FAISS may refuse what was written and noted so
            return False
    except (OSError, ValueError):
        pass
    return True


def replace_catalog(folder: Path, fresh: Path) -> None:
    """Put the index in ``fresh``, a closed one inside ``folder``, in the place of the one in ``folder``.

    One rename decides; killed before it, the old index stands, after it, the new one. The caller holds
    the write lock of ``folder``. Views of the old index that are open go on; the next ones see the new.

    Raises:
        IndexStoreError: A reader has held an older state of the old index open for half a minute.
    """
    with catalog.translated(folder):
        with (
            contextlib.closing(catalog.connect(folder, read_only=False)) as old,
            contextlib.closing(catalog.connect(fresh, read_only=False)) as new,
        ):
            _settle_log(old, folder)
            generations = [int(catalog.read_meta(one)["generation"]) for one in (old, new)]
            catalog.write_meta(new, {"generation": str(max(generations) + 1)})
        _put_in_place(folder, fresh)


def _settle_log(old: sqlite3.Connection, folder: Path) -> None:
    """Take the log over into the catalog: its file must go, as it would spoil the one that comes.

    Raises:
        IndexStoreError: A reader of an older state keeps it from that for half a minute.
    """
    busy, _, _ = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        # Readers of the newest state keep the log from being emptied, not from being taken over.
        _, pages, taken = old.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if taken < pages:
            raise IndexStoreError(
                f"{folder} is being read, by a question that began before its last change and has not "
                "ended. Wait until it has, or stop it, then try again."
            )


def _put_in_place(folder: Path, fresh: Path) -> None:
    with contextlib.closing(sqlite3.connect(fresh / CATALOG_FILE, isolation_level=None)) as new:
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        new.execute("PRAGMA journal_mode=DELETE")
        rows = read_rows(new)
    (folder / SEGMENTS_FOLDER).mkdir(exist_ok=True)
    for row in rows:
        row.folder(fresh).rename(row.folder(folder))
    # In this order: what stands between the two is a whole index without its shared memory.
    for suffix in ("-shm", "-wal"):
        (folder / (CATALOG_FILE + suffix)).unlink(missing_ok=True)
    (fresh / CATALOG_FILE).replace(folder / CATALOG_FILE)
    sync_folder(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    delete_other_segments(folder, {row.name for row in rows})


def repair(folder: str | Path) -> list[Finding]:
    """Save every whole document of a damaged catalog into a new one; derived files are made anew.

    A damaged file is kept beside it as ``catalog.sqlite.damaged``, the next one with ``-2`` behind.

    Raises:
        NotAnIndexError: The folder holds something else, or nothing; nothing is touched.
        IndexCorruptError: Not even the facts about the index can be read, or none of its documents; nothing
            is touched.
        IndexFormatError: It is of a newer version; nothing is touched.
        IndexLockedError: A writer is at work.
        IndexStoreError: The folder in which the new catalog is made holds something else.
    """
    root = Path(folder)
    path = root / CATALOG_FILE
    fresh = root / REPAIR_FOLDER
    with catalog.translated(root):
        _must_be_savable(root)
        with WriteLock(root / LOCK_FILE, folder=root):
            if is_cut_off(fresh):
                shutil.rmtree(fresh)
            elif fresh.exists():
                raise IndexStoreError(f"{fresh} holds something else. Move it to another place.")
            fresh.mkdir()
            try:
                saved = _save(root, fresh)
                with (
                    # The text of SQLite's error may hold a damaged name, and then cannot be decoded.
                    contextlib.suppress(sqlite3.Error, UnicodeDecodeError),
                    contextlib.closing(sqlite3.connect(path)) as old,
                ):
                    old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if saved.damaged:  # under its name once it is whole
                    shutil.copyfile(path, fresh / DAMAGED_FILE).rename(_unused(root))
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            _put_in_place(root, fresh)
    lost = saved.lost
    named = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [
        Finding(
            level="repaired",
            subject="catalog",
            message=f"{saved.documents:,} documents saved, {saved.at_least}{len(lost):,} lost"
            + (f" ({named}): run rag index again for them" if lost else "")
            + (f"; metadata of {saved.mended:,} written as JSON" if saved.mended else "")
            # Of some documents only the notes of their files may still tell.
            + (f"; files to be read again: {saved.again:,}" if saved.again > len(lost) else ""),
        )
    ]


def _unused(root: Path) -> Path:
    """Where to keep a damaged catalog: what an earlier repair kept stays."""
    numbers = itertools.count(2)
    path = root / DAMAGED_FILE
    while path.exists():
        path = root / f"{DAMAGED_FILE}-{next(numbers)}"
    return path


class _Saved(NamedTuple):
    """What a repair did: documents saved, sources of those lost, documents with mended metadata.

    Attributes:
        again: Files that are noted as to be read again.
        at_least: These words where nothing may tell of some that are lost, else nothing.
        damaged: Whether anything was wrong with the old catalog.
    """

    documents: int
    lost: list[str]
    mended: int
    again: int
    at_least: str
    damaged: bool


def _save(root: Path, fresh: Path) -> _Saved:
    """Make a whole index in ``fresh`` of what can be read of the one in ``root``, which is only read.

    Raises:
        IndexCorruptError: None of its documents can be read.
    """
    with (
        contextlib.closing(_connect_to_salvage(root / CATALOG_FILE)) as old,
        contextlib.closing(catalog.connect(fresh, read_only=False)) as new,
    ):
        old.execute("BEGIN")
        meta = catalog.read_meta(old)
        wrong = catalog.wrong_facts(meta)
        noted = {name: 0 if name in wrong else int(meta[name]) for name in _RECOMPUTED}
        # What most documents hold is right, and the note of it wrong, if the two differ.
        dimension = dimension_of(old) or noted["dimension"]
        if not dimension:
            raise IndexCorruptError(
                f"{root / CATALOG_FILE} cannot be saved: the length of its vectors is unreadable. "
                f"{_build_again(root)}"
            )
        damaged = dimension != noted["dimension"] or any(
            finding.level == "fault" for finding in _check_catalog(old, root, dimension)
        )
        catalog.create(new, {})
        saved, lost, mended = _save_documents(old, new, dimension)
        at_least = "at least " if _is_cut_short(root / CATALOG_FILE) else ""
        if not saved and (lost or at_least):
            raise IndexCorruptError(
                f"{root / CATALOG_FILE}: none of its documents can be read, so nothing was changed. "
                f"{_build_again(root)}"
            )
        following = max(noted["next"], catalog.first_free(new))
        generation = noted["generation"] + 1
        texts = {
            name: fact
            for name, fact in meta.items()
            if isinstance(name, str) and isinstance(fact, str)
        }
        numbers = {"dimension": dimension, "next": following, "generation": generation}
        catalog.write_meta(new, texts | {name: str(number) for name, number in numbers.items()})
        for row in rebuild(new, fresh, segment_name(generation), 0, following, dimension):
            new.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", row)
        (again,) = new.execute(
            "SELECT count(*) FROM sources WHERE fingerprint IN (?, ?)", (INCOMPLETE, BEGUN)
        ).fetchone()
    return _Saved(saved, lost, mended, again, at_least, damaged)


def _is_cut_short(path: Path) -> bool:
    """Whether an SQLite file is shorter than its header says: pages are gone with all that they told."""
    with path.open("rb") as file:
        header = file.read(100)
    size, pages = int.from_bytes(header[16:18], "big"), int.from_bytes(header[28:32], "big")
    return path.stat().st_size < (65_536 if size == 1 else size) * pages


def _build_again(root: Path) -> str:
    step = build_again(root)
    return step[0].upper() + step[1:]


def _must_be_savable(root: Path) -> None:
    """Look before anything is written: it may be no index at all.

    Raises:
        NotAnIndexError: There is no catalog, or it is of something else.
        IndexCorruptError: The facts about the index cannot be read.
        IndexFormatError: It is of a newer version.
    """
    prepared(root, create=False)
    path = root / CATALOG_FILE
    try:
        with contextlib.closing(_connect_to_salvage(path)) as connection:
            must_be_catalog(connection, root)
            meta = catalog.read_meta(connection)
            wrong = set(catalog.wrong_facts(meta)).difference(_RECOMPUTED)
            if wrong:
                raise ValueError(f"no {' and '.join(sorted(wrong))}")
    except (sqlite3.DatabaseError, TypeError, ValueError) as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN):
            raise
        foreign = code == sqlite3.SQLITE_NOTADB and not (root / SEGMENTS_FOLDER).is_dir()
        if foreign or code == sqlite3.SQLITE_ERROR:  # no such column, for instance
            raise NotAnIndexError(
                f"{path} is not an index catalog. Name another folder with --index DIR."
            ) from error
        raise IndexCorruptError(
            f"{path} cannot be saved: what it says about itself is unreadable ({error}). "
            f"{_build_again(root)}"
        ) from error
    catalog.check_format(int(meta["format"]), root)


def _connect_to_salvage(path: Path) -> sqlite3.Connection:
    """A connection that only reads, also a file that has lost its end."""
    # Reading a file with write-ahead logging leaves two others beside it, which are not to appear in
    # another program's folder; where it has such a log already, they are there.
    log = path.with_name(path.name + "-wal")
    logged = log.exists() and log.stat().st_size > 0
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}",
        uri=True,
        isolation_level=None,
    )
    connection.text_factory = catalog.text_or_bytes
    # SQLite then opens a file that is shorter than it says, too; nothing is written by this.
    connection.execute("PRAGMA writable_schema=ON")
    return connection


def _save_documents(
    old: sqlite3.Connection, new: sqlite3.Connection, dimension: int
) -> tuple[int, list[str], int]:
    """Copy whole documents row by row; (number saved, sources lost, metadata mended)."""
    saved = mended = 0
    lost: list[str] = []
    new.execute("BEGIN")
    marks = ", ".join("?" for _ in DocumentRow._fields)
    for source, row in documents(old, dimension):
        if row is None:
            lost.append(source)
            continue
        first = row.number << 16
        # One by one: the reading of a range goes on to the next page, which may be damaged.
        pages = [
            old.execute("SELECT page, data FROM texts WHERE page = ?", (page,)).fetchone()
            for page in range(first, first + -(-row.characters // catalog.PAGE))
        ]
        chunks = old.execute(
            "SELECT number, spans, headings, keys, vectors FROM chunks WHERE number = ?",
            (row.number,),
        ).fetchone()
        kept = _with_json(old, row, chunks)
        mended += kept is not row
        new.execute(f"INSERT INTO documents VALUES ({marks})", kept)  # noqa: S608
        new.executemany("INSERT INTO texts VALUES (?, ?)", pages)
        new.execute("INSERT INTO chunks VALUES (?, ?, ?, ?, ?)", chunks)
        saved += 1
    new.execute(
        "INSERT OR IGNORE INTO fields SELECT DISTINCT key FROM documents, json_each(metadata)"
    )
    _save_sources(old, new)
    new.execute("COMMIT")
    return saved, lost, mended


def _with_json(old: sqlite3.Connection, row: DocumentRow, chunks: Sequence[Any]) -> DocumentRow:
    """The row with metadata that are JSON, and the checksum that goes with them; itself if they are."""
    from rag.reading.plain import json_value

    values = json.loads(row.metadata)
    try:
        catalog.as_json(values)
    except ValueError:
        mended = row._replace(metadata=catalog.as_json(json_value(values)))
    else:
        return row
    text = catalog.read_text(old, row.number, row.characters)
    _, spans, headings, _, vectors = chunks
    check = catalog.document_checksum(mended[:-1], text, spans, headings, vectors)
    return mended._replace(checksum=check)


def _save_sources(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """What is noted of files; one that has lost a document, or whose note is damaged, is read again."""
    known = {name for (name,) in new.execute("SELECT id FROM documents")}
    for row in from_both_ends(old, "SELECT name, fingerprint, document_ids FROM sources", "name"):
        name, fingerprint, noted = row
        if not isinstance(name, str):
            continue
        ids = document_ids(noted)
        left = own_documents(new, name) if ids is None else tuple(i for i in ids if i in known)
        if fingerprint != BEGUN and (left != ids or not isinstance(fingerprint, str)):
            fingerprint = INCOMPLETE
        _note(new, name, fingerprint, left)
    new.execute(SOURCE_PLACES)
    for name, place in from_both_ends(old, "SELECT name, place FROM source_places", "name"):
        if not isinstance(name, str) or sound_place(place) is None:
            continue
        # The row without a name tells where the index lay.
        if name and not new.execute("SELECT 1 FROM sources WHERE name = ?", (name,)).fetchone():
            left = own_documents(new, name)
            if not left:
                continue
            _note(new, name, INCOMPLETE, left)
        new.execute("INSERT OR IGNORE INTO source_places VALUES (?, ?)", (name, place))


def _note(connection: sqlite3.Connection, name: str, fingerprint: str, ids: Sequence[str]) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO sources VALUES (?, ?, ?)", (name, fingerprint, json.dumps(ids))
    )
