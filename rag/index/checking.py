"""Checking an index in full, mending what is derived, saving what can be read, copying it."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import (
    IndexCorruptError,
    IndexLockedError,
    IndexReadOnlyError,
    IndexStoreError,
    NotAnIndexError,
)
from rag.index import catalog
from rag.index.arrays import ranges, sync_folder
from rag.index.catalog import CATALOG_FILE, DocumentRow
from rag.index.embedded import EmbeddedStore, must_be_catalog, prepared
from rag.index.lock import WriteLock
from rag.index.places import SOURCE_PLACES
from rag.index.salvage import documents, from_both_ends
from rag.index.segments import (
    SEGMENTS_FOLDER,
    Segment,
    SegmentRow,
    read_rows,
    rebuild,
    segment_name,
)
from rag.index.store import Finding

__all__ = ["check", "copy", "damaged_documents", "mend_segments", "repair", "replace_catalog"]

_LOCK = "write.lock"


def check(store: EmbeddedStore, *, may_write: bool) -> list[Finding]:
    """Read everything: the catalog's pages and checksums, the segments' files, and that they agree."""
    from rag.chunking import RULES

    folder = store.path
    with (
        catalog.translated(folder),
        contextlib.closing(catalog.connect(folder, read_only=True)) as connection,
    ):
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
                WriteLock(folder / _LOCK, folder=folder),
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


def _sizes(folder: Path) -> Finding:
    def total(path: Path) -> int:
        return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())

    derived = total(folder / SEGMENTS_FOLDER) if (folder / SEGMENTS_FOLDER).is_dir() else 0
    truth = sum(file.stat().st_size for file in folder.glob(CATALOG_FILE + "*"))
    return Finding(
        level="note",
        subject="size",
        message=f"catalog {truth / 1e6:,.1f} MB, derived files {derived / 1e6:,.1f} MB",
    )


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
        return found + _check_metadata(connection, folder)
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
    """
    with contextlib.closing(catalog.connect(folder, read_only=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        try:
            generation = int(catalog.read_meta(connection)["generation"]) + 1
            rows = read_rows(connection)
            bad = [row for row in rows if _is_damaged(folder, row, dimension)]
            if not bad and _wrong_segments(connection, folder, rows, dimension):
                bad = rows or [
                    SegmentRow("", 0, int(catalog.read_meta(connection)["next"]), 0, 0, "{}")
                ]
            for row in bad:
                connection.execute("DELETE FROM segments WHERE name = ?", (row.name,))
                connection.execute(
                    "DELETE FROM tombstones WHERE number >= ? AND number < ?", (row.first, row.last)
                )
                for made in rebuild(
                    connection, folder, segment_name(generation), row.first, row.last, dimension
                ):
                    connection.execute("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", made)
            if bad:
                catalog.write_meta(connection, {"generation": str(generation)})
            connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
            raise
    for row in bad:
        if row.name:
            shutil.rmtree(folder / SEGMENTS_FOLDER / row.name, ignore_errors=True)
    if not bad:
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
        return Segment(folder, row, dimension).damage() is not None
    except (OSError, ValueError):
        return True


def copy(folder: Path, target: Path) -> None:
    """Copy the last commit to a new folder while a writer may be at work.

    Raises:
        IndexStoreError: The target holds something already.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise IndexStoreError(f"{target} is not empty. Name a new folder for the copy.")
    with catalog.translated(target):
        target.mkdir(parents=True, exist_ok=True)
        # Under another name until it is whole: a copy that was cut off does not pass for an index.
        temporary = target / (CATALOG_FILE + ".part")
        with (
            contextlib.closing(catalog.connect(folder, read_only=True)) as source,
            contextlib.closing(sqlite3.connect(temporary)) as copied,
        ):
            source.backup(copied)
            names = [row.name for row in read_rows(copied)]
        for name in names:
            # A file that is merged away meanwhile is made anew when the copy is opened.
            with contextlib.suppress(OSError, shutil.Error):
                shutil.copytree(
                    folder / SEGMENTS_FOLDER / name,
                    target / SEGMENTS_FOLDER / name,
                    dirs_exist_ok=True,
                )
        temporary.rename(target / CATALOG_FILE)


def replace_catalog(folder: Path, fresh: Path) -> None:
    """Put the index in ``fresh``, a closed one inside ``folder``, in the place of the one in ``folder``.

    One rename decides; killed before it, the old index stands, after it, the new one. The caller holds
    the write lock of ``folder``. Views of the old index that are open go on; the next ones see the new.

    Raises:
        IndexLockedError: A reader has held the old index open for half a minute.
    """
    with catalog.translated(folder):
        with (
            contextlib.closing(catalog.connect(folder, read_only=False)) as old,
            contextlib.closing(catalog.connect(fresh, read_only=False)) as new,
        ):
            # The old log must be empty before its file goes: it would spoil the new catalog.
            busy, _, _ = old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise IndexLockedError(str(folder), None)
            generations = [int(catalog.read_meta(one)["generation"]) for one in (old, new)]
            catalog.write_meta(new, {"generation": str(max(generations) + 1)})
        _put_in_place(folder, fresh)


def _put_in_place(folder: Path, fresh: Path) -> None:
    with contextlib.closing(sqlite3.connect(fresh / CATALOG_FILE, isolation_level=None)) as new:
        new.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        new.execute("PRAGMA journal_mode=DELETE")
        names = {row.name for row in read_rows(new)}
    segments = folder / SEGMENTS_FOLDER
    segments.mkdir(exist_ok=True)
    for name in names:
        (fresh / SEGMENTS_FOLDER / name).rename(segments / name)
    for suffix in ("-wal", "-shm"):
        (folder / (CATALOG_FILE + suffix)).unlink(missing_ok=True)
    (fresh / CATALOG_FILE).replace(folder / CATALOG_FILE)
    sync_folder(folder)
    shutil.rmtree(fresh, ignore_errors=True)
    for path in segments.iterdir():
        if path.name not in names:
            shutil.rmtree(path, ignore_errors=True)


def repair(folder: str | Path) -> list[Finding]:
    """Save every whole document of a damaged catalog into a new one; derived files are made anew.

    The damaged file is kept beside it as ``catalog.sqlite.damaged``.

    Raises:
        NotAnIndexError: The folder holds something else, or nothing; nothing is touched.
        IndexCorruptError: Not even the facts about the index can be read; nothing is touched.
        IndexFormatError: It is of a newer version; nothing is touched.
        IndexLockedError: A writer is at work.
    """
    root = Path(folder)
    path = root / CATALOG_FILE
    fresh = root / "repair"
    with catalog.translated(root):
        _must_be_savable(root)
        with WriteLock(root / _LOCK, folder=root):
            shutil.rmtree(fresh, ignore_errors=True)
            fresh.mkdir()
            with (
                contextlib.closing(sqlite3.connect(path, isolation_level=None)) as old,
                contextlib.closing(catalog.connect(fresh, read_only=False)) as new,
            ):
                old.execute("BEGIN")
                meta = catalog.read_meta(old)
                dimension = int(meta["dimension"])
                catalog.create(new, {})
                saved, lost, mended = _save_documents(old, new, dimension)
                following = max(
                    int(meta.get("next", 1)),
                    new.execute(
                        "SELECT coalesce(max(number + max(passages, 1)), 1) FROM documents"
                    ).fetchone()[0],
                )
                generation = int(meta.get("generation", 0)) + 1
                facts = {**meta, "next": str(following), "generation": str(generation)}
                catalog.write_meta(new, facts)
                rows = rebuild(new, fresh, segment_name(generation), 0, following, dimension)
                new.executemany("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", rows)
            with (
                contextlib.suppress(sqlite3.Error),
                contextlib.closing(sqlite3.connect(path)) as old,
            ):
                old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(path, path.with_name(path.name + ".damaged"))
            _put_in_place(root, fresh)
    named = ", ".join(lost[:5]) + (f" and {len(lost) - 5} more" if len(lost) > 5 else "")
    return [
        Finding(
            level="repaired",
            subject="catalog",
            message=f"{saved:,} documents saved, {len(lost):,} lost"
            + (f" ({named}): run rag index again for them" if lost else "")
            + (f"; metadata of {mended:,} written as JSON" if mended else ""),
        )
    ]


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
        with contextlib.closing(_connect_leaving_no_trace(path)) as connection:
            must_be_catalog(connection, root)
            meta = catalog.read_meta(connection)
            version = int(meta["format"])
            int(meta["dimension"])
    except (sqlite3.DatabaseError, KeyError, ValueError) as error:
        code = getattr(error, "sqlite_errorcode", 0)
        if code == sqlite3.SQLITE_BUSY:
            raise
        foreign = code == sqlite3.SQLITE_NOTADB and not (root / SEGMENTS_FOLDER).is_dir()
        if foreign or code == sqlite3.SQLITE_ERROR:  # no such column, for instance
            raise NotAnIndexError(
                f"{path} is not an index catalog. Name another folder with --index DIR."
            ) from error
        raise IndexCorruptError(
            f"{path} cannot be saved: what it says about itself is unreadable ({error}). Move {path}* "
            f"and {root / SEGMENTS_FOLDER} to another place and build the index again: "
            f"rag index PATH --index {root}"
        ) from error
    catalog.check_format(version, root)


def _connect_leaving_no_trace(path: Path) -> sqlite3.Connection:
    # Reading a file with write-ahead logging leaves two others beside it, which are not to appear in
    # another program's folder; where it has such a log already, they are there.
    log = path.with_name(path.name + "-wal")
    logged = log.exists() and log.stat().st_size > 0
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{'mode=ro' if logged else 'immutable=1'}", uri=True
    )


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
    """What is noted of files; one with a lost document must be read again, and is left out."""
    known = {name for (name,) in new.execute("SELECT id FROM documents")}
    for row in from_both_ends(old, "SELECT name, fingerprint, document_ids FROM sources", "name"):
        with contextlib.suppress(TypeError, ValueError):
            if set(json.loads(row[2])) <= known:
                new.execute("INSERT OR IGNORE INTO sources VALUES (?, ?, ?)", row)
    new.execute(SOURCE_PLACES)
    for row in from_both_ends(old, "SELECT name, place FROM source_places", "name"):
        new.execute(
            "INSERT OR IGNORE INTO source_places"
            # The row without a name tells where the index lay.
            " SELECT ?1, ?2 WHERE ?1 = '' OR EXISTS (SELECT 1 FROM sources WHERE name = ?1)",
            row,
        )
