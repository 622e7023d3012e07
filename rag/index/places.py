"""Where the files lie that an index was made from, as its catalog notes it.

A file near the index, in its folder or below one of the two around it, is noted by its path from there,
any other by its whole path. A table of its own, made by the first writer of an index from before; a file
that it does not name lies at a place unknown.

The index's own folder is noted as well. Where it is another one now, the index was moved or copied, alone
or with its files, and a place may hold another file than the one that was read: only those places
count where the very same file lies, by size and time. What lies in the index's folder went with it. Of
another place it stays noted that it counted once: a file whose disk is not there now must not pass for
one that has vanished.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import stat
import sys
from pathlib import Path

from rag.index import catalog
from rag.index.sources import sound_place

__all__ = [
    "SOURCE_PLACES",
    "Places",
    "copy_places",
    "files_of",
    "has_moved",
    "places_left",
    "settle_places",
    "top_folder",
]

SOURCE_PLACES = """
CREATE TABLE IF NOT EXISTS source_places (
    name TEXT PRIMARY KEY, place BLOB NOT NULL
) WITHOUT ROWID
"""

# No file has this name: in its row stands where the index lay when the places were noted.
_OWN = ""
_UP = f"..{os.sep}"
# Before the whole path where a file lay when the index lay elsewhere; read as a place it is none, so unknown.
_LEFT = 3 * _UP
# What os.fsdecode() asks for each time.
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


class Places:
    """Locations as an index in ``folder`` notes them, and back."""

    def __init__(self, folder: str | Path, *, resolve: bool = True) -> None:
        home = Path(os.path.realpath(folder) if resolve else folder)
        self.home = os.fsencode(home)
        near = [one for one in (home, *home.parents[:2]) if one != one.parent]
        self._near = [f"{one}{os.sep}" for one in near]

    def noted(self, location: str) -> bytes:
        """A location as the catalog keeps it: bytes, because a path need not be text."""
        for up, start in enumerate(self._near):
            if location.startswith(start):
                return os.fsencode(_UP * up + location[len(start) :])
        return os.fsencode(location)

    def location(self, place: bytes | None) -> str:
        """The absolute path that was noted; empty where none was, or none that can be here."""
        if not place:
            return ""
        path = place.decode(_ENCODING, _ERRORS)
        up = 0
        while path.startswith(_UP, up * len(_UP)):
            up += 1
        if not up and os.path.isabs(path):  # noqa: PTH117 - for every file at every run
            return path
        return self._near[up] + path[up * len(_UP) :] if up < len(self._near) else ""


class _Earlier:
    """Places noted when the index lay elsewhere, and what they are worth now.

    Args:
        places: Of the folder where the index lies.
        own: Where it lay.
    """

    def __init__(self, places: Places, own: bytes) -> None:
        self._now = places
        self._before = Places(os.fsdecode(own), resolve=False)
        # An index that still lies there is the one that this is a copy of: its files are not ours.
        catalog_there = os.path.join(os.fsdecode(own), catalog.CATALOG_FILE)  # noqa: PTH118
        is_link = os.path.realpath(own) == places.home
        self._is_copy = not is_link and os.path.exists(catalog_there)  # noqa: PTH110 - as below

    def place(self, name: str, place: bytes | None, fingerprint: str) -> bytes:
        """The place of a source as it is to be noted now; empty where it is unknown."""
        if not place:
            return b""
        earlier = _left(place)
        if earlier:
            return self._now.noted(earlier) if _is_same(earlier, fingerprint) else place
        up = place.startswith(os.fsencode(_UP))
        if not up and not os.path.isabs(place):  # noqa: PTH117 - as above
            return place
        here = self._now.location(place) if up else ""
        if here and _is_same(here, fingerprint):
            return place
        before = self._before.location(place)
        if not self._is_copy and _is_same(before, fingerprint):
            return self._now.noted(before)
        if before and has_moved(name, before):
            went_along = here and not has_moved(name, here)
            return b"" if went_along else os.fsencode(_LEFT + before)
        return b"" if self._is_copy or not before else os.fsencode(_LEFT + before)


def _left(place: bytes | None) -> str:
    """Where the file of a place unknown lay when the index lay elsewhere; empty if not noted."""
    start = os.fsencode(_LEFT)
    path = place[len(start) :] if place and place.startswith(start) else b""
    return os.fsdecode(path) if os.path.isabs(path) else ""  # noqa: PTH117 - as above


def _is_same(location: str, fingerprint: str) -> bool:
    """Whether a file of the size and time lies there that :mod:`rag.indexing` noted."""
    try:
        status = os.stat(location)  # noqa: PTH116 - for every file of an index
    except (OSError, ValueError):
        return False
    same = fingerprint.startswith(f"{status.st_size}:{status.st_mtime_ns}|")
    return same and stat.S_ISREG(status.st_mode)


def _own(connection: sqlite3.Connection) -> bytes:
    """Where the index lay when its places were noted; empty if unknown."""
    row = connection.execute("SELECT place FROM source_places WHERE name = ?", (_OWN,)).fetchone()
    return (sound_place(row[0]) or b"") if row is not None else b""


def _earlier(connection: sqlite3.Connection, places: Places) -> _Earlier | None:
    """How to judge what is noted; None where the index has stayed where it was, for all that is known."""
    own = _own(connection)
    return _Earlier(places, own) if own and own != places.home else None


def settle_places(connection: sqlite3.Connection, places: Places) -> None:
    """Note where the index lies; where it lay elsewhere, forget the places that do not hold here."""
    if _own(connection) == places.home:
        return
    earlier = _earlier(connection, places)
    changed: list[tuple[bytes, str]] = []
    if earlier is not None:
        rows = connection.execute(
            "SELECT name, place, fingerprint FROM source_places JOIN sources USING (name)"
        ).fetchall()
        changed = [
            (now, name)
            for name, place, fingerprint in rows
            if (now := earlier.place(name, sound_place(place), fingerprint)) != place
        ]
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.executemany("UPDATE source_places SET place = ? WHERE name = ?", changed)
        own = (_OWN, places.home)
        connection.execute("INSERT OR REPLACE INTO source_places VALUES (?, ?)", own)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def files_of(folder: str | Path) -> dict[str, str]:
    """All files that the index in a folder was made from: source to location, empty if unknown.

    Nothing where there is no index.
    """
    root = Path(folder)
    if not (root / catalog.CATALOG_FILE).is_file():
        return {}
    places = Places(root)
    with (
        catalog.translated(root),
        contextlib.closing(catalog.connect(root, read_only=True)) as connection,
    ):
        known = "SELECT 1 FROM sqlite_master WHERE name = 'source_places'"
        if connection.execute(known).fetchone() is None:
            return dict(connection.execute("SELECT name, '' FROM sources ORDER BY name"))
        earlier = _earlier(connection, places)
        files: dict[str, str] = {}
        for name, place, fingerprint in connection.execute(
            "SELECT name, place, fingerprint FROM sources"
            " LEFT JOIN source_places USING (name) ORDER BY name"
        ):
            sound = sound_place(place)
            now = sound if earlier is None else earlier.place(name, sound, fingerprint)
            files[name] = places.location(now)
        return files


def places_left(folder: str | Path) -> dict[str, str]:
    """Where files lay whose places are unknown since the index lies elsewhere: source to location.

    As the last writer of the index noted it.
    """
    with (
        catalog.translated(Path(folder)),
        contextlib.closing(catalog.connect(Path(folder), read_only=True)) as connection,
    ):
        rows = connection.execute(
            "SELECT name, place FROM source_places WHERE substr(place, 1, ?) = ?",
            (len(_LEFT), os.fsencode(_LEFT)),
        ).fetchall()
    left = {name: _left(sound_place(place)) for name, place in rows}
    return {name: location for name, location in left.items() if location}


def copy_places(folder: Path, fresh: Path) -> None:
    """Take over what the index in ``folder`` notes into the one in ``fresh`` that will replace it."""
    with (
        catalog.translated(folder),
        contextlib.closing(catalog.connect(folder, read_only=False)) as old,
        contextlib.closing(catalog.connect(fresh, read_only=False)) as new,
    ):
        for connection in (old, new):
            connection.execute(SOURCE_PLACES)
        rows = old.execute("SELECT name, place FROM source_places").fetchall()
        new.execute("BEGIN")
        new.execute("DELETE FROM source_places")  # the fresh one does not stay where it lies now
        new.executemany("INSERT OR REPLACE INTO source_places VALUES (?, ?)", rows)
        new.execute("COMMIT")


def has_moved(source: str, location: str) -> bool:
    """Whether not only a file but the whole folder that was indexed is gone from its place.

    Then the index came from another machine, or the folder was moved: the location tells nothing.
    Neither does one that may not be looked at.
    """
    # Path.exists() raises if it may not look
    return not os.path.exists(top_folder(source, location))  # noqa: PTH110


def top_folder(source: str, location: str) -> str:
    """The folder that was indexed, as far as a file's name in the index tells it from its location."""
    return location.rsplit(os.sep, max(1, source.count("/")))[0] or os.sep
