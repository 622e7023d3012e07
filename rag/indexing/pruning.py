"""Which files have vanished from below the folders that were looked through."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from rag.index import Source
from rag.index.places import has_moved
from rag.reading.discovery import Discovery, source_of

__all__ = ["out_of_reach", "vanished"]


def vanished(
    sources: Iterable[Source], paths: Sequence[str | Path], found: Discovery
) -> list[Source]:
    """The sources, by name, whose files should have been found below these paths and were not.

    What lies below the paths is told by where a file was read; by its name alone where that is not
    known. What could not be looked at, a folder without permission for instance, has not vanished.
    Nor has a file that is still there but was not found: a hidden one, or one read through a link.

    Args:
        sources: All that the index notes.
        paths: Files and folders that were looked through. One that does not exist, such as a disk
            that is not mounted, says nothing about its files.
        found: What was found, with the sources that the files have in the index.
    """
    present = {file.source for file in found.files}
    looked = [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - see Path.exists()
    is_named = _named_below(looked, found)
    folders = _with_real(os.path.abspath(path) for path in looked)  # noqa: PTH100
    unseen = _with_real(found.unseen)
    real_folder = cache(os.path.realpath)

    def is_gone(source: Source) -> bool:
        if not source.location:
            return is_named(source.name)
        folder, name = os.path.split(source.location)
        places = (source.location, os.path.join(real_folder(folder), name))  # noqa: PTH118
        return (
            any(_is_below(place, folders, os.sep) for place in places)
            and not any(_is_below(place, unseen, os.sep) for place in places)
            and not _may_exist(source.location)
        )

    return sorted(
        (source for source in sources if source.name not in present and is_gone(source)),
        key=lambda source: source.name,
    )


def out_of_reach(
    sources: Iterable[Source], paths: Sequence[str | Path], found: Discovery
) -> list[str]:
    """Files named as if below these paths whose folder is gone: moved away, or a disk not mounted."""
    present = {file.source for file in found.files}
    looked = [path for path in paths if os.path.exists(path)]  # noqa: PTH110 - see Path.exists()
    is_named = _named_below(looked, found)
    return sorted(
        name
        for name, _, _, _, location in sources
        if location and name not in present and is_named(name) and has_moved(name, location)
    )


def _named_below(looked: Sequence[str | Path], found: Discovery) -> Callable[[str], bool]:
    """Tells of a name whether its file should have been found, going by nothing else."""
    roots = [source_of(path) for path in looked]
    unread = [failure.source for failure in found.failures]
    return lambda name: _is_below(name, roots, "/") and not _is_below(name, unread, "/")


def _may_exist(location: str) -> bool:
    """Whether a file lies there, or may: where it is forbidden to look, for instance."""
    try:
        return not stat.S_ISDIR(os.lstat(location).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True


def _with_real(locations: Iterable[str]) -> list[str]:
    """Locations, and where they are once links are followed."""
    both: dict[str, None] = {}
    for location in locations:
        both[location] = None
        if "\0" not in location:
            both[os.path.realpath(location)] = None
    return list(both)


def _is_below(name: str, roots: Sequence[str], separator: str) -> bool:
    return any(
        name == root or name.startswith(root.rstrip(separator) + separator) for root in roots
    )
