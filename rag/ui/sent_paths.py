"""By which path each uploaded file was sent: what tells a new version from another file of the name.

Of a folder that was dropped, ``alpha/README.md`` and ``beta/README.md`` are stored as ``README.md`` and
``README (2).md``. The table lies hidden among the uploads, so it outlives the server and goes along into
a snapshot. It holds no absolute path. Where it is lost, more files are kept than need be.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

__all__ = ["SentPaths", "sent_path"]

_FILE = ".sent.json"


def sent_path(name: str) -> str:
    r"""The path by which a file was sent, from the chosen folder on; else its bare name.

    >>> sent_path("beta/README.md"), sent_path("C:\\x\\a.md"), sent_path("/etc/passwd")
    ('beta/README.md', 'a.md', 'passwd')
    """
    parts = unicodedata.normalize("NFC", name).replace("\\", "/").split("/")
    relative = ":" not in parts[0] and not {"", ".", ".."}.intersection(parts)
    return "/".join(parts) if relative else parts[-1]


class SentPaths:
    """The table of one upload folder: stored name -> the paths by which these very bytes were sent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def versions(self, path: str, namesakes: Sequence[str]) -> list[str]:
        """The stored files that one sent by this path may be a new version of.

        A path with folders tells which, and so does a bare name by which one file alone was sent. Any
        other bare name tells no more than that: all files that were called so may be meant, and those
        namesakes of which nothing is known.
        """
        table = self._read()
        if "/" in path:
            return [stored for stored, paths in table.items() if path in paths]
        own = [stored for stored, paths in table.items() if paths == [path]]
        if len(own) == 1:
            return own
        told = [s for s, paths in table.items() if path in (p.rpartition("/")[2] for p in paths)]
        return told + [stored for stored in namesakes if stored not in table]

    def knows(self, stored: str) -> bool:
        """Whether it is known how a stored file was sent."""
        return stored in self._read()

    def is_only(self, path: str, stored: str) -> bool:
        """Whether a stored file was sent by this path alone; one from before the table, by its name."""
        return self._read().get(stored, [stored]) == [path]

    def note(self, stored: str, path: str, *, same_bytes: bool) -> None:
        """A file sent by this path has been stored, or the same bytes were there already."""
        table = self._read()
        for other, paths in table.items():
            # It has a file of its own now, where it shared one with another path.
            if other != stored and path in paths and len(paths) > 1:
                paths.remove(path)
        before = table.get(stored, []) if same_bytes else []
        known = dict.fromkeys([*before, path])
        # Of the same bytes, a bare name tells nothing that a path with folders does not.
        table[stored] = [one for one in known if "/" in one] or [path]
        self._write(table)

    def forget(self, stored: str) -> None:
        """The stored file is about to be deleted."""
        table = self._read()
        if table.pop(stored, None) is not None:
            self._write(table)

    def _read(self) -> dict[str, list[str]]:
        try:
            table = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
            there = set(os.listdir(self._folder))  # noqa: PTH208  (names are wanted, not paths)
            return {
                stored: [str(path) for path in paths]
                for stored, paths in table.items()
                if stored in there and isinstance(paths, list) and paths
            }
        except (OSError, ValueError, AttributeError):
            return {}

    def _write(self, table: dict[str, list[str]]) -> None:
        new = self._folder / f"{_FILE}.new"
        # The file itself is stored and indexed by now: a table that cannot be written spoils nothing.
        with suppress(OSError):
            new.write_text(json.dumps(table, ensure_ascii=False, indent=0), encoding="utf-8")
            new.replace(self._folder / _FILE)
