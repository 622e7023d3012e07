"""Tokens spent on language models, by day, kept in one small file."""

from __future__ import annotations

import datetime as dt
import json
import os
import threading
from pathlib import Path

from rag.forks import unlocked_when_forked

__all__ = ["Ledger"]


class Ledger:
    """Counts tokens per UTC day, across processes, as exactly as a cap needs.

    Each spending appends one short line; appends of one line do not tear. A line that cannot be
    read counts nothing.

    Args:
        path: The file; None counts in memory only.
        cap: Tokens a day at most; 0 for no cap.
    """

    def __init__(self, path: Path | None, *, cap: int) -> None:
        self.path = path
        self.cap = cap
        self._lock = unlocked_when_forked(threading.Lock())
        self._memory: dict[str, int] = {}

    def spent_today(self) -> int:
        """Tokens of this UTC day so far."""
        today = _today()
        total = self._memory.get(today, 0)
        if self.path is not None and self.path.is_file():
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    day, tokens = json.loads(line)
                    total += int(tokens) if day == today else 0
                except (ValueError, TypeError):
                    continue
        return total

    def allows(self, tokens: int) -> bool:
        """Whether so many more tokens stay under the cap."""
        return not self.cap or self.spent_today() + tokens <= self.cap

    def spend(self, tokens: int) -> None:
        """Note tokens as spent; a file that cannot be written is made up for in memory."""
        with self._lock:
            if self.path is not None:
                try:
                    handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                    try:
                        os.write(handle, f"{json.dumps([_today(), tokens])}\n".encode())
                    finally:
                        os.close(handle)
                except OSError:
                    pass
                else:
                    return
            self._memory[_today()] = self._memory.get(_today(), 0) + tokens


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()
