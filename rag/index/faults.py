"""Named moments between two steps of a write, where tests may stop or fail the process.

Outside tests :func:`reached` does nothing.
"""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["POINTS", "on_reach", "reached"]

#: All points, in the order in which one commit passes them.
POINTS = (
    "put: begun",
    "put: document written",
    "put: chunks written",
    "remove: document deleted",
    "commit: begun",
    "segment: folder made",
    "segment: lexical written",
    "segment: dense written",
    "segment: complete",
    "merge: begun",
    "merge: postings written",
    "merge: complete",
    "commit: segments noted",
    "commit: before the transaction ends",
    "commit: after the transaction ended",
    "commit: old segments deleted",
    "close: before the checkpoint",
)

_hook: Callable[[str], None] | None = None


def on_reach(hook: Callable[[str], None] | None) -> None:
    """Call ``hook`` with the name of each point reached from now on; None for nothing."""
    global _hook  # noqa: PLW0603 - one hook in the process, set by tests only
    _hook = hook


def reached(point: str) -> None:
    """Tell the hook, if there is one."""
    if _hook is not None:
        _hook(point)
