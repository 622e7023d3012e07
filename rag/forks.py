"""What a forked process must not take over from its parent: locks that other threads held, open files.

Of the threads only the one that forked lives on in the child, so that a lock held by another stays locked
for ever; and SQLite forbids to use, or to close, a connection that a parent opened.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

__all__ = ["never_freed", "renewed_when_forked", "unlocked_when_forked"]

_Thing = TypeVar("_Thing")

_renewals: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()
_inherited: list[Any] = []


def renewed_when_forked(thing: _Thing, renew: Callable[[_Thing], None]) -> None:
    """Have a forked process call ``renew(thing)`` before anything else, as long as the thing is in use.

    Args:
        thing: Anything with an identity of its own.
        renew: Must not hold the thing itself: a function of its class, not a bound method.
    """
    _renewals[thing] = renew


def unlocked_when_forked(lock: _Thing) -> _Thing:
    """A new ``Lock`` or ``RLock``, which nobody holds in a forked process."""
    renewed_when_forked(lock, _unlock)
    return lock


def _unlock(lock: Any) -> None:
    lock._at_fork_reinit()  # noqa: SLF001 - as the standard library does with its own


def never_freed(thing: Any) -> None:
    """Keep what a parent opened: to free it would close it."""
    _inherited.append(thing)


def _renew_all() -> None:
    for thing, renew in list(_renewals.items()):
        renew(thing)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)
