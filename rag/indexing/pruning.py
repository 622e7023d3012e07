"""Which indexed files are no longer where they were, and which of them have vanished for certain."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from rag.index import Source
from rag.index.catalog import CATALOG_FILE
from rag.index.embedded import LOCK_FILE
from rag.index.places import has_moved, top_folder
from rag.reading.discovery import Discovery, source_of

__all__ = ["Absent", "absent", "moved_to"]

_NONE: Mapping[str, str] = MappingProxyType({})
# In an index's folder: files of the user's, which the chat page received.
_UPLOADS = "uploads"


class Absent(NamedTuple):
    """Sources whose files are not where they were, each list by name.

    Attributes:
        vanished: They lay below the folders that were looked through: to be pruned.
        out_of_reach: Their whole folder is gone, or a folder that was given is empty. It may have
            been moved or emptied, or be on a disk that is not there: nothing to prune unasked.
    """

    vanished: list[Source]
    out_of_reach: list[Source]


def absent(
    sources: Iterable[Source],
    paths: Sequence[str | Path],
    found: Discovery,
    left: Mapping[str, str] = _NONE,
) -> Absent:
    """The sources whose files were not found and are not, or no longer, where they were.

    What lies below the paths is told by where a file was read; by its name alone where that is not
    known. What could not be looked at, a folder without permission for instance, has not vanished.
    Nor has a file that is still there but was not found: a hidden one, or one read through a link. One
    has that is part of another index, or was found under another name: with its index in it, a folder
    may be renamed.

    Args:
        sources: What the index notes.
        paths: What was looked through: folders, and files, which tell of themselves alone. A folder
            that does not exist or has no files says nothing: a disk that is not mounted looks like this.
        found: What was found, with the sources that the files have in the index.
        left: Where sources of an unknown location lay when the index lay elsewhere, as far as known.
    """
    present = {file.source for file in found.files}
    looked = _Looked(paths, found)
    vanished: list[Source] = []
    out_of_reach: list[Source] = []
    for source in sources:
        name, known = source.name, bool(source.location)
        if name in present:
            continue
        place = source.location or left.get(name, "")
        if place and (known or not has_moved(name, place)):
            is_missed, in_empty = looked.has_lost(place), looked.is_empty(place)
        else:
            is_missed, in_empty = looked.names(name), bool(place) or looked.is_empty_at(name)
        if is_missed and not in_empty:
            vanished.append(source)
        elif is_missed or (known and looked.is_gone(os.path.dirname(place))):  # noqa: PTH120
            out_of_reach.append(source)
    by_name = attrgetter("name")
    return Absent(sorted(vanished, key=by_name), sorted(out_of_reach, key=by_name))


def moved_to(absent: Sequence[Source], present: Iterable[Source]) -> list[Source]:
    """Those absent whose whole folder is gone, and whose very content is present on the same disk.

    The disk is told by the folder in which theirs lay; one that is empty now may be a mount point.
    """
    if not absent:
        return []
    disk = cache(_disk)

    def disk_around(place: str) -> int | None:
        return disk(os.path.dirname(place))  # noqa: PTH120 - for every file

    here = {(_content(source), disk_around(source.location)) for source in present}
    return [
        source
        for source in absent
        if source.location
        and has_moved(source.name, source.location)
        and (content := _content(source))
        and (there := disk_around(top_folder(source.name, source.location))) is not None
        and (content, there) in here
    ]


def _content(source: Source) -> str:
    """The content hash in a fingerprint of :mod:`rag.indexing.updating`; empty where none is noted.

    Without the rules that the file was read by: the file itself may have been moved since they changed.
    """
    return source.fingerprint.partition("|")[2].rpartition(".")[2]


class _Looked:
    """What was looked through, and what of it can be told."""

    def __init__(self, paths: Sequence[str | Path], found: Discovery) -> None:
        # A file that is there has lost nothing, and there may be thousands of them.
        looked = [path for path in paths if os.path.isdir(path)]  # noqa: PTH112 - see Path.exists()
        self._real = cache(os.path.realpath)
        self.is_gone = cache(_is_gone)
        self._is_index = cache(_is_index)
        self._found = {file.location for file in found.files}
        folders = {location.rpartition(os.sep)[0] or os.sep for location in self._found}
        holding = [self._real(folder) for folder in folders]
        self._unseen = _with_real(found.unseen)
        empty = [path for path in looked if self._holds_nothing(path, holding)]
        self._folders, self._empty = _with_real(looked), _with_real(empty)
        self._roots = [source_of(path) for path in looked]
        self._empty_roots = [source_of(path) for path in empty]
        self._unread = [failure.source for failure in found.failures]

    def _holds_nothing(self, path: str | Path, holding: Collection[str]) -> bool:
        """Whether a folder gave no file and no failure."""
        folder = [self._real(path)]
        return not any(_is_below(one, folder, os.sep) for one in (*holding, *self._unseen))

    def names(self, name: str) -> bool:
        """Whether a file of this name should have been found, going by nothing else."""
        return _is_below(name, self._roots, "/") and not _is_below(name, self._unread, "/")

    def is_empty_at(self, name: str) -> bool:
        """Whether a file of this name would lie in a given folder that is empty."""
        return _is_below(name, self._empty_roots, "/")

    def is_empty(self, place: str) -> bool:
        """Whether a place lies in a given folder that is empty."""
        return bool(self._empty) and any(
            _is_below(one, self._empty, os.sep) for one in self._both(place)
        )

    def has_lost(self, place: str) -> bool:
        """Whether a file at this place should have been found by its name, and was not."""
        if place in self._found:
            return True
        both = self._both(place)
        return (
            any(_is_below(one, self._folders, os.sep) for one in both)
            and not any(_is_below(one, self._unseen, os.sep) for one in both)
            and (not _may_exist(place) or any(self._is_of_index(one) for one in both))
        )

    def _both(self, place: str) -> tuple[str, str]:
        """A place as noted, and with the links to its folder followed."""
        folder, name = os.path.split(place)
        return place, os.path.join(self._real(folder), name)  # noqa: PTH118 - for every file

    def _is_of_index(self, place: str) -> bool:
        """Whether an index, below a folder that was looked through, has this file: it is left out there."""
        part = place
        while True:
            folder, name = os.path.split(part)
            if folder in self._folders or not _is_below(folder, self._folders, os.sep):
                return False
            if self._is_index(folder):
                return name != _UPLOADS
            part = folder


def _is_index(folder: str) -> bool:
    exists = [
        os.path.exists(f"{folder}{os.sep}{part}")  # noqa: PTH110 - see Path.exists()
        for part in (CATALOG_FILE, LOCK_FILE, "segments")
    ]
    return exists[0] and any(exists[1:])


def _is_gone(folder: str) -> bool:
    """Whether there is no such folder; not so where it is forbidden to look."""
    try:
        return not stat.S_ISDIR(os.stat(folder).st_mode)  # noqa: PTH116 - as in places
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False


def _disk(folder: str) -> int | None:
    """The device of a folder with something in it; None for an empty one or none."""
    try:
        with os.scandir(folder) as entries:
            return os.stat(folder).st_dev if any(entries) else None  # noqa: PTH116 - as in places
    except (OSError, ValueError):
        return None


def _may_exist(location: str) -> bool:
    """Whether a file lies there, or may: where it is forbidden to look, for instance."""
    try:
        return not stat.S_ISDIR(os.lstat(location).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True


def _with_real(locations: Iterable[str | Path]) -> list[str]:
    """Absolute paths of locations, and where they are once links are followed."""
    both: dict[str, None] = {}
    for location in locations:
        path = os.path.abspath(location)  # noqa: PTH100 - resolve() would follow links
        both[path] = None
        if "\0" not in path:
            both[os.path.realpath(path)] = None
    return list(both)


def _is_below(name: str, roots: Sequence[str], separator: str) -> bool:
    return any(
        name == root or name.startswith(root.rstrip(separator) + separator) for root in roots
    )
