"""Where the files lie that an index was made from, as its catalog notes it.

A file near the index, in its folder or below one of the two around it, is noted by its path from there:
a project that is moved or copied together with its index knows its files again. Any other is noted by
its whole path. A table of its own, made by the first writer of an index from before; a file that it
does not name lies at a place unknown.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from rag.index import catalog

__all__ = ["SOURCE_PLACES", "Places", "copy_places", "files_of", "has_moved"]

SOURCE_PLACES = """
CREATE TABLE IF NOT EXISTS source_places (
    name TEXT PRIMARY KEY, place BLOB NOT NULL
) WITHOUT ROWID
"""

_UP = f"..{os.sep}"
# What os.fsdecode() asks for each time.
_ENCODING, _ERRORS = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


class Places:
    """Locations as an index in ``folder`` notes them, and back."""

    def __init__(self, folder: Path) -> None:
        home = Path(os.path.realpath(folder))
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
            rows = connection.execute("SELECT name, NULL FROM sources ORDER BY name")
        else:
            rows = connection.execute(
                "SELECT name, place FROM sources LEFT JOIN source_places USING (name) ORDER BY name"
            )
        return {name: places.location(place) for name, place in rows}


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
        new.executemany("INSERT OR REPLACE INTO source_places VALUES (?, ?)", rows)
        new.execute("COMMIT")


def has_moved(source: str, location: str) -> bool:
    """Whether not only a file but the whole folder that was indexed is gone from its place.

    Then the index came from another machine, or the folder was moved: the location tells nothing.
    """
    top = location.rsplit(os.sep, max(1, source.count("/")))[0]
    return not Path(top or os.sep).exists()
