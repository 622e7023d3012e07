"""Which files have vanished from below the folders that were looked through."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from rag.index import Source
from rag.index.places import has_moved
from rag.reading.discovery import Discovery, source_of

__all__ = ["vanished"]


def vanished(
    sources: Iterable[Source], paths: Sequence[str | Path], found: Discovery
) -> list[Source]:
    """The sources, by name, whose files should have been found below these paths and were not.

    What lies below the paths is told by where a file was read; by its name alone where that is not
    known, or means nothing because the whole folder is gone from there: an index from another
    machine. What could not be looked at, a folder without permission for instance, has not vanished.

    Args:
        sources: All that the index notes.
        paths: Files and folders that were looked through. One that does not exist, such as a disk
            that is not mounted, says nothing about its files.
        found: What was found, with the sources that the files have in the index.
    """
    present = {file.source for file in found.files}
    looked = [Path(path) for path in paths if Path(path).exists()]
    roots = [source_of(path) for path in looked]
    unread = [failure.source for failure in found.failures]
    folders = _with_real(os.path.abspath(path) for path in looked)  # noqa: PTH100
    unseen = _with_real(found.unseen)
    real_folder = cache(os.path.realpath)

    def is_gone(source: Source) -> bool:
        if source.location:
            folder, name = os.path.split(source.location)
            places = (source.location, os.path.join(real_folder(folder), name))  # noqa: PTH118
            if any(_is_below(place, folders, os.sep) for place in places):
                return not any(_is_below(place, unseen, os.sep) for place in places)
            if not has_moved(source.name, source.location):
                return False
        return _is_below(source.name, roots, "/") and not _is_below(source.name, unread, "/")

    return sorted(
        (source for source in sources if source.name not in present and is_gone(source)),
        key=lambda source: source.name,
    )


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
