"""What found files are called in an index: a file keeps its name, and takes no other file's.

Discovery names a file by the little of its path that tells the files of one call apart. An index grows
over many calls, which may hold folders of one name; it remembers where each file lay.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from rag.index import Source, Writer
from rag.reading.discovery import SourceFile, possible_sources, shown

__all__ = ["Named", "by_folders", "named", "remove_command"]

# Up to so many files are looked up one by one, not among all that are known.
_FEW_FILES = 100
_TOLD = 5


class Named(NamedTuple):
    """Files with the sources they have in the index.

    Attributes:
        files: As given, some with another source; still no source twice.
        known: What the index notes of those that it knows, by source.
        others: What it notes of all other files.
        notes: Which new files have a longer name than their own, and why.
    """

    files: list[SourceFile]
    known: dict[str, Source]
    others: Iterator[Source]
    notes: list[str]


def named(writer: Writer, files: Sequence[SourceFile]) -> Named:
    """Give each file the source it has in the index, or a free one.

    A file that lies where one was read has that one's source. Otherwise its own source is free,
    unless it belongs to another file that still exists; then more of its path is put in front. A
    source whose file is gone, or lies at a place unknown, is taken over: so goes an index that was
    moved to another machine, or one from before places were noted.
    """
    naming = _Naming(writer, files)
    sources = naming.sources()
    done: list[SourceFile] = []
    known: dict[str, Source] = {}
    for file in files:
        name = sources[file.location]
        done.append(file if file.source == name else file._replace(source=name))
        one = naming.known(name)
        if one is not None:
            known[name] = one
    return Named(done, known, naming.others(), naming.notes())


class _Naming:
    """The sources given in one call."""

    def __init__(self, writer: Writer, files: Sequence[SourceFile]) -> None:
        self._files = files
        self._taken: dict[str, str] = {}  # source -> location
        self._longer: list[str] = []
        self._in_the_way: dict[str, None] = {}  # the sources they would have had
        self.known: Callable[[str], Source | None] = writer.source
        self._everything: Callable[[], Iterable[Source]] = writer.sources
        self._empty = False
        if len(files) >= _FEW_FILES:
            everything = {source.name: source for source in writer.sources()}
            self.known, self._everything = everything.get, everything.values
            self._empty = not everything

    def sources(self) -> dict[str, str]:
        """Location -> source of all files."""
        if self._empty:
            return {file.location: file.source for file in self._files}
        new = [file for file in self._files if not self._is_recognised(file)]
        # Each in turn takes what it has the better right to: its own name goes before another's.
        wanted = {file.source for file in new}
        crowded = [file for file in new if not self._takes_own(file, wanted)]
        for file in crowded:
            self._takes_longer(file, wanted)
        return {location: source for source, location in self._taken.items()}

    def others(self) -> Iterator[Source]:
        """What is known of files that are not of this call; looked up when asked for."""
        return (source for source in self._everything() if source.name not in self._taken)

    def notes(self) -> list[str]:
        """Which files have longer names, and why."""
        notes = self._longer[:_TOLD]
        if len(self._longer) > _TOLD:
            notes.append(f"so are {len(self._longer) - _TOLD} more files, for the same reason")
        known = [name for name in self._in_the_way if self.known(name) is not None]
        if known:
            notes.append(
                "the other files' documents stay; if these files replace those, remove them: "
                f"{remove_command(known)}"
            )
        return notes

    def _is_recognised(self, file: SourceFile) -> bool:
        """Take the source that is noted for this very place."""
        own = self.known(file.source)
        if own is not None and own.location == file.location:
            self._taken[file.source] = file.location
            return True
        for name in possible_sources(file.location):
            one = self.known(name)
            if one is not None and one.location == file.location and name not in self._taken:
                self._taken[name] = file.location
                return True
        return False

    def _takes_own(self, file: SourceFile, wanted: set[str]) -> bool:
        """Take the file's own source if that is free, or another one that is known but nobody's.

        Another one is longer, or even shorter where it is likely the file's: files that are given
        one by one, and not by their folder, are named by more or by less of their paths.
        """
        own = self.known(file.source)
        if file.source in self._taken or _is_anothers(own, file):
            return False
        name = file.source
        if own is None or not (own.location or _is_likely(own, file)):
            others = self._free(file, wanted)
            likely = (one.name for one in others if not one.location and _is_likely(one, file))
            longer = [one.name for one in others if len(one.name) > len(name)]
            name = next(likely, longer[0] if own is None and longer else name)
        self._taken[name] = file.location
        return True

    def _free(self, file: SourceFile, wanted: set[str]) -> list[Source]:
        """Other known sources that the file may have: longer ones, then shorter ones."""
        found = (self.known(name) for name in self._longer_than_own(file, wanted))
        longer = [one for one in found if one is not None and not _is_anothers(one, file)]
        shorter = [
            one
            for name in reversed(possible_sources(file.location))
            if len(name) < len(file.source) and name not in self._taken and name not in wanted
            if (one := self.known(name)) is not None and not one.location
        ]
        return [*longer, *shorter]

    def _takes_longer(self, file: SourceFile, wanted: set[str]) -> None:
        """Take as much of the path as no other file has, and note it."""
        own = self.known(file.source)
        first = self._taken.get(file.source) or (own.location if own is not None else "")
        names = self._longer_than_own(file, wanted)
        free = (name for name in names if not _is_anothers(self.known(name), file))
        # A whole path is one file's alone, whatever an index from elsewhere says.
        name = next(free, shown(file.location))
        self._taken[name] = file.location
        self._longer.append(
            f"{name} is named by more of its path, because {file.source} is another file: "
            f"{shown(first)}"
        )
        self._in_the_way[file.source] = None

    def _longer_than_own(self, file: SourceFile, wanted: set[str]) -> Iterator[str]:
        """Longer sources of the file that no file of this call has, shortest first."""
        for name in possible_sources(file.location):
            if len(name) > len(file.source) and name not in self._taken and name not in wanted:
                yield name


def remove_command(names: Sequence[str], *, index: str | Path | None = None) -> str:
    """How to remove the documents of these files or, with a ``/`` at the end, folders.

    Of many only the first are named.
    """
    some = names[:_TOLD]
    where = [] if index is None else ["--index", shlex.quote(str(index))]
    dashes = ["--"] if any(name.startswith("-") for name in some) else []
    more = ["..."] if len(names) > len(some) else []
    return " ".join(["rag remove", *where, *dashes, *map(shlex.quote, some), *more])


def by_folders(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """Names of files, those of a folder in one, ``folder/``, where it has several and none of ``others``."""
    mixed = {folder for name in others for folder in _folders_of(name)}
    chosen: dict[str, list[str]] = {}
    for name in names:
        whole = next((one for one in _folders_of(name) if one not in mixed), name)
        chosen.setdefault(whole, []).append(name)
    return [whole if len(some) > 1 else some[0] for whole, some in chosen.items()]


def _folders_of(name: str) -> list[str]:
    """The folders in a name, outermost first, each with a ``/`` at its end."""
    ends = [at + 1 for at, character in enumerate(name) if character == "/" and at]
    return [name[:end] for end in ends]


def _is_likely(source: Source, file: SourceFile) -> bool:
    """Whether a source of a place unknown had the file's size and time, or leads to it from here."""
    same = source.fingerprint.startswith(f"{file.size}:{file.modified}|")
    return same or os.path.abspath(source.name) == file.location  # noqa: PTH100 - as in discovery


def _is_anothers(source: Source | None, file: SourceFile) -> bool:
    """Whether a source belongs to another file, and that one still exists."""
    if source is None or not source.location or source.location == file.location:
        return False
    try:
        # One file may be reached by two paths, through a link.
        return not file.path.samefile(source.location)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False  # where it is forbidden to look, the place is as good as unknown
    except (OSError, ValueError):  # it cannot be looked at now, so it cannot be said to be gone
        return True
