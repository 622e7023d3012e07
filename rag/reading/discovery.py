"""Paths -> the files to read and their names in the index; nothing is skipped in silence."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from rag.records import Failure

__all__ = ["Discovery", "SourceFile", "discover", "possible_sources", "shown", "source_of"]


class SourceFile(NamedTuple):
    """A file to read.

    Attributes:
        location: Where it lies: an absolute path.
        source: Its name in the index: the path from the parent of the indexed folder, with ``/``.
        size: In bytes, when found.
        modified: Time of the last change in nanoseconds, when found.
    """

    location: str
    source: str
    size: int
    modified: int

    @property
    def path(self) -> Path:
        """Where it lies."""
        return Path(self.location)


_KINDS = (
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


_RUN = b'{"conditions": {'  # how the outcomes of an evaluation begin


class Discovery(NamedTuple):
    """What was found under some paths.

    Attributes:
        files: In a stable order; no file twice, no source twice.
        failures: What cannot be read, and why.
        notes: What was left out on purpose: hidden files, loops, what rag itself wrote.
        unseen: Where that lies which failed: whatever is in it has not vanished.
    """

    files: list[SourceFile]
    failures: list[Failure]
    notes: list[str]
    unseen: list[str]


def discover(paths: Iterable[str | Path]) -> Discovery:
    """The files under ``paths``: folders are walked, symbolic links followed once.

    A hidden file or folder (its name begins with ``.`` or ``~$``) is left out with a note, unless
    it is one of ``paths`` itself; so is a folder that rag wrote: an index, also one that is being
    made, and the run of an evaluation. A file given by itself has the same source as when its folder
    is given. Where two files would have one source, the names of more parent folders are put in front
    of both. An index may know a file by another of its :func:`possible_sources`, which then counts.
    """
    walk = _Walk()
    for given in paths:
        walk.add(given)
    left_out = {
        "hidden": walk.hidden,
        "folders that rag wrote (indexes, runs of evaluations)": walk.written,
    }
    for what, names in left_out.items():
        if names:
            some = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
            walk.notes.append(f"skipped {len(names)} {what}: {some}")
    return Discovery(_distinct(walk.files), walk.failures, walk.notes, walk.unseen)


def source_of(path: str | Path) -> str:
    """The source that a file or folder given to :func:`discover` by itself has.

    The sources of the files in a folder begin with the folder's source and a ``/``.
    """
    absolute = Path(os.path.abspath(path))  # noqa: PTH100
    base = absolute.parent if absolute.is_dir() else absolute.parent.parent
    return _relative(absolute, base)


def possible_sources(location: str) -> list[str]:
    """The sources that a file can have: ever more of its path, shortest first, the whole path last."""
    path = Path(location)
    parts = path.parts
    names = ["/".join(parts[-count:]).lstrip("/") for count in range(2, len(parts) + 1)]
    return [shown(name) for name in dict.fromkeys([*names, path.as_posix()])]


class _Walk:
    """What has been found so far, and the folders that have been read."""

    def __init__(self) -> None:
        self.files: list[SourceFile] = []
        self.failures: list[Failure] = []
        self.hidden: list[str] = []
        self.written: list[str] = []
        self.notes: list[str] = []
        self.unseen: list[str] = []
        self._visited: set[tuple[int, int]] = set()

    def add(self, given: str | Path) -> None:
        """Collect a file, or the files of a folder."""
        path = Path(os.path.abspath(given))  # noqa: PTH100 - resolve() would follow the last link
        try:
            status = path.stat()
        except (OSError, ValueError) as error:
            self._fail(shown(str(given)), str(path), error)
            return
        if not stat.S_ISDIR(status.st_mode):
            self._file(str(path), _relative(path, path.parent.parent), status)
            return
        before = len(self.files) + len(self.failures)
        self._folder(path)
        if len(self.files) + len(self.failures) == before:
            self.notes.append(f"{shown(str(given))}: holds no files that were not read already")

    def _folder(self, root: Path) -> None:
        """Links to folders come last, so that files are named by their real paths."""
        base = root.parent
        stack: list[Path] = [root]
        links: list[Path] = []
        while stack or links:
            folder = stack.pop() if stack else links.pop(0)
            name = _relative(folder, base)
            try:
                status = folder.stat()
                if (status.st_dev, status.st_ino) in self._visited:
                    if folder != root:
                        note = "leads to a folder that was read already; skipped"
                        self.notes.append(f"{name}: {note}")
                    continue
                self._visited.add((status.st_dev, status.st_ino))
                with os.scandir(folder) as found:
                    entries = sorted(found, key=attrgetter("name"))
            except OSError as error:
                self._fail(name, str(folder), error)
                continue
            if folder != root and _is_written(folder, {entry.name for entry in entries}):
                self.written.append(name)
                continue
            below: list[Path] = []
            prefix = "/" if name == "/" else f"{name}/"
            for entry in entries:
                source = prefix + shown(entry.name)
                if entry.name.startswith((".", "~$")):
                    self.hidden.append(source)
                    continue
                try:
                    status = entry.stat()
                except (OSError, ValueError) as error:
                    self._fail(source, entry.path, error)
                    continue
                if stat.S_ISDIR(status.st_mode):
                    (links if entry.is_symlink() else below).append(folder / entry.name)
                else:
                    self._file(entry.path, source, status)
            stack.extend(reversed(below))

    def _file(self, location: str, source: str, status: os.stat_result) -> None:
        if stat.S_ISREG(status.st_mode):
            self.files.append(SourceFile(location, source, status.st_size, status.st_mtime_ns))
            return
        kind = next((name for test, name in _KINDS if test(status.st_mode)), "something else")
        self.failures.append(Failure(source=source, reason=f"is {kind}, not a file. Leave it out"))
        self.unseen.append(location)

    def _fail(self, source: str, location: str, error: OSError | ValueError) -> None:
        self.failures.append(Failure(source=source, reason=_why(error)))
        self.unseen.append(location)


def _is_written(folder: Path, names: set[str]) -> bool:
    """True for an index, also a copy of one, which has no lock, and for the run of an evaluation."""
    # The catalog itself tells nothing: it is still empty while it is made, and others have one too.
    if "catalog.sqlite" in names and (
        "write.lock" in names or any(folder.glob("segments/*/ids.npy"))
    ):
        return True
    if "outcomes.jsonl" not in names:
        return False
    try:
        with (folder / "outcomes.jsonl").open("rb") as file:
            return file.read(len(_RUN)) == _RUN
    except OSError:
        return False


def _relative(path: Path, base: Path) -> str:
    return shown(path.relative_to(base).as_posix() if path != base else path.as_posix())


def shown(name: str) -> str:
    """``name`` on one line and encodable: odd bytes and control characters are written out."""
    if name.isprintable():
        return name
    safe = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(
        c if c >= " " and c not in "\x7f\u2028\u2029\x85" else c.encode("unicode_escape").decode()
        for c in safe
    )


def _distinct(files: list[SourceFile]) -> list[SourceFile]:
    """``files`` without repetitions, sources made distinct."""
    count = len(files)
    if len({file.source for file in files}) == count == len({file.location for file in files}):
        return files
    by_path = {file.location: file for file in files}
    named: dict[str, list[SourceFile]] = {}
    for file in by_path.values():
        named.setdefault(file.source, []).append(file)
    renamed = {
        file.location: source
        for same in named.values()
        if len(same) > 1
        for file, source in zip(same, _longer([file.path for file in same]), strict=True)
    }
    return [
        file._replace(source=renamed.get(file.location, file.source)) for file in by_path.values()
    ]


def _longer(paths: list[Path]) -> Iterator[str]:
    """As many last parts of each path as tell all of them apart."""
    parts = [path.parts for path in paths]
    count = 3
    while len({part[-count:] for part in parts}) < len(parts):
        count += 1
    return (shown("/".join(part[-count:]).lstrip("/")) for part in parts)


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "does not exist. Check the path"
    if isinstance(error, PermissionError):
        return "may not be read (permission denied). Change its permissions or leave it out"
    if isinstance(error, OSError) and error.errno == 40:
        return "is a symbolic link that leads to itself. Remove it"
    return f"cannot be opened ({getattr(error, 'strerror', None) or error})"
