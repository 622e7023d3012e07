"""How often one visitor may ask or upload: token buckets, kept in memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

__all__ = ["Allowance", "later"]

# Visitors remembered; the least recent is forgotten first, which only ever refills a bucket.
_VISITORS = 10_000


class Allowance:
    """A token bucket per visitor.

    Args:
        burst: Calls that may come at once.
        per_minute: Calls that come back each minute.
    """

    def __init__(self, *, burst: int, per_minute: float) -> None:
        self.burst = burst
        self.per_second = per_minute / 60
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, visitor: str, *, now: float | None = None) -> float:
        """Take one token; 0 if there was one, else the seconds until there is."""
        moment = time.monotonic() if now is None else now
        with self._lock:
            tokens, seen = self._buckets.pop(visitor, (float(self.burst), moment))
            tokens = min(self.burst, tokens + (moment - seen) * self.per_second)
            granted = tokens >= 1
            self._buckets[visitor] = (tokens - 1 if granted else tokens, moment)
            while len(self._buckets) > _VISITORS:
                self._buckets.popitem(last=False)
            return 0.0 if granted else (1 - tokens) / self.per_second


def later(seconds: float) -> str:
    """What a visitor is told who must wait."""
    return f"Too much at once. Try again in {max(1, round(seconds))} s."
