"""One writer at a time: a lock the operating system lets go when its holder dies.

The lock is ``flock`` on ``write.lock``, not the file's existence: a file left by a killed process
locks nothing. The file's text names the holder for the message to others. Threads of one process take
turns before they come to it.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from types import TracebackType
from typing import Self

from rag.errors import IndexLockedError, IndexReadOnlyError
from rag.forks import renewed_when_forked, unlocked_when_forked

__all__ = ["WriteLock", "holder_of", "turn_to_write"]


#: Seconds that a thread waits for its turn; one that a writer waits for would otherwise never end.
_PATIENCE = 60.0
#: A lock for each folder that this process has written to.
_turns: dict[str, threading.Lock] = {}
#: The folders being written by what runs here; threads that work for it run in a copy of its context.
_writing: ContextVar[frozenset[str]] = ContextVar("rag-writing", default=frozenset())


@contextlib.contextmanager
def turn_to_write(folder: Path) -> Iterator[None]:
    """Wait until no other thread of this process writes to a folder, and keep the others waiting.

    Raises:
        IndexLockedError: The other thread is still writing after a minute, or it waits for this one: a
            call from inside the documents that an ``add`` is reading.
    """
    name = os.path.realpath(folder)
    turn = _turns.setdefault(name, unlocked_when_forked(threading.Lock()))
    if name in _writing.get() or not turn.acquire(timeout=_PATIENCE):
        raise IndexLockedError(str(folder), os.getpid())
    try:
        token = _writing.set(_writing.get() | {name})
        try:
            yield
        finally:
            _writing.reset(token)
    finally:
        turn.release()


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
        # The lock is the parent's: a forked process that kept the file open would hold it on.
        renewed_when_forked(self, WriteLock.release)
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
