"""One writer at a time: a lock the operating system lets go when its holder dies.

The lock is ``flock`` on ``write.lock``, not the file's existence: a file left by a killed process
locks nothing. The file's text names the holder for the message to others.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.errors import IndexLockedError, IndexReadOnlyError

__all__ = ["WriteLock", "holder_of"]


class WriteLock:
    """Held from making to :meth:`release`; also a context manager.

    Raises:
        IndexLockedError: Another writer, in this process or another, holds it.
        IndexReadOnlyError: The lock file cannot be made.
    """

    def __init__(self, path: Path, *, folder: Path) -> None:
        import fcntl

        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise IndexReadOnlyError(
                f"{folder} cannot be written ({error.strerror}). Give the folder write permission, "
                "or copy it to a place that can be written."
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._file)
            raise IndexLockedError(str(folder), holder_of(path)) from error
        with contextlib.suppress(OSError):  # a full disk costs only the name in the message
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        """Let go; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()


def holder_of(path: Path) -> int | None:
    """The process id that the lock file names, or None."""
    try:
        return int(path.read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
