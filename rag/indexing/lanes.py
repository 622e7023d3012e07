"""Iterators that run ahead in threads: one reader ahead of its caller, or several hands side by side."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextvars import copy_context
from typing import Generic, Protocol, TypeVar

__all__ = ["Lane", "ahead", "in_order"]

_Item = TypeVar("_Item")
_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_Given_contra = TypeVar("_Given_contra", contravariant=True)
_Made_co = TypeVar("_Made_co", covariant=True)


def ahead(stream: Iterator[_Item], depth: int = 2) -> Generator[_Item]:
    """The items of an iterator that runs in a thread of its own, at most ``depth`` ahead.

    An exception there is raised here. Leaving early waits for the item that the thread is at, its last.
    """
    waiting: queue.Queue[tuple[_Item | None, BaseException | None]] = queue.Queue(depth)
    stopped = threading.Event()

    def run() -> None:
        try:
            for item in stream:
                if stopped.is_set():
                    return
                waiting.put((item, None))
            waiting.put((None, None))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the other thread
            waiting.put((None, error))

    # In a copy of the context: what is called from there is known to work for the caller.
    thread = threading.Thread(target=copy_context().run, args=(run,), name="rag-read", daemon=True)
    thread.start()
    try:
        while True:
            item, error = waiting.get()
            if error is not None:
                raise error
            if item is None:
                return
            yield item
    finally:
        stopped.set()
        while thread.is_alive():
            try:
                waiting.get(timeout=0.05)
            except queue.Empty:
                continue


class Lane(Protocol[_Given_contra, _Made_co]):
    """Works on one item at a time."""

    def work(self, item: _Given_contra, /) -> _Made_co:
        """What is to be made of the item."""
        ...

    def stop(self) -> None:
        """End at once what runs elsewhere; also from another thread, and more than once."""
        ...


def in_order(
    source: Iterator[_Given],
    lanes: Sequence[Callable[[], Lane[_Given, _Made]]],
    *,
    alone: int = 0,
) -> Generator[tuple[_Given, _Made]]:
    """Each item with what a lane makes of it, in the order of the items; lanes work side by side.

    A lane that is free takes the next item, so that a fast one takes more; no more than four results a
    lane wait for those before them or for the caller. The first lane does not run as far
    ahead of the caller as the others do: it works in this process, which it shares with the caller. An
    exception of the source or of a lane is raised here, in its place; leaving early stops the lanes.

    Args:
        source: Used by one thread at a time.
        lanes: Make the lanes, each in a thread of its own.
        alone: So many items the first lane takes by itself; the others are made after them.
    """
    run: _Run[_Given, _Made] = _Run(source)
    few, many = max(2, len(lanes)), 4 * len(lanes)
    threads = [
        threading.Thread(
            target=copy_context().run, args=(run.work, *given), name="rag-lane", daemon=True
        )
        for given in [(lanes[0], 0, few), *((make, alone, many) for make in lanes[1:])]
    ]
    try:
        for thread in threads:
            thread.start()
        yield from run.results()
    finally:
        run.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()


class _Run(Generic[_Given, _Made]):
    """What the threads of one call share."""

    def __init__(self, source: Iterator[_Given]) -> None:
        self._source = source
        self._taking = threading.Lock()
        self._news = threading.Condition()
        self._made: dict[int, tuple[_Given, _Made] | BaseException] = {}
        self._lanes: list[Lane[_Given, _Made]] = []
        self._taken = self._given = 0
        self._ended = self._stopped = False

    def results(self) -> Iterator[tuple[_Given, _Made]]:
        while True:
            with self._news:
                self._news.wait_for(
                    lambda: (
                        self._given in self._made or (self._ended and self._given >= self._taken)
                    )
                )
                if self._given not in self._made:
                    return
                found = self._made.pop(self._given)
                self._given += 1
                self._news.notify_all()
            if isinstance(found, BaseException):
                raise found
            yield found

    def work(self, make: Callable[[], Lane[_Given, _Made]], begin: int, ahead: int) -> None:
        """A thread: wait for the item number ``begin``, make the lane, work to the end.

        It takes nothing while ``ahead`` items have been taken and not given.
        """
        with self._news:
            self._news.wait_for(lambda: self._ended or self._taken >= begin)
        lane: Lane[_Given, _Made] | None = None
        try:
            while True:
                with self._news:
                    self._news.wait_for(lambda: self._ended or self._taken - self._given < ahead)
                    if self._ended:
                        return
                if lane is None:
                    lane = self._joined(make)
                    if lane is None:
                        return
                taken = self._take()
                if taken is None:
                    return
                self._work(lane, *taken)
        finally:
            if lane is not None:
                lane.stop()

    def _joined(self, make: Callable[[], Lane[_Given, _Made]]) -> Lane[_Given, _Made] | None:
        """A new lane; None where it cannot be made, which is raised by the one who asked."""
        try:
            lane = make()
        except BaseException as error:  # noqa: BLE001 - raised again by the one who asked
            with self._news:
                self._made[self._taken] = error
                self._taken += 1
                self._ended = True
                self._news.notify_all()
            return None
        with self._news:
            self._lanes.append(lane)
        return lane

    def _work(self, lane: Lane[_Given, _Made], number: int, item: _Given) -> None:
        found: tuple[_Given, _Made] | BaseException
        try:
            found = item, lane.work(item)
        except BaseException as error:  # noqa: BLE001 - raised again by the one who asked
            found = error
        with self._news:
            self._made[number] = found
            self._news.notify_all()

    def _take(self) -> tuple[int, _Given] | None:
        """The next item and its number, or None when there is none."""
        with self._taking:
            if self._ended:
                return None
            found: _Given | BaseException | None = None
            try:
                found = next(self._source, None)
            except BaseException as error:  # noqa: BLE001 - raised again by the one who asked
                found = error
            with self._news:
                self._news.notify_all()
                if found is None or isinstance(found, BaseException):
                    self._ended = True
                    if found is not None:
                        self._made[self._taken] = found
                        self._taken += 1
                    return None
                self._taken += 1
                return None if self._stopped else (self._taken - 1, found)

    def stop(self) -> None:
        """Nothing more is taken, and what is worked on is given up."""
        with self._news:
            self._ended = self._stopped = True
            self._news.notify_all()
            lanes = list(self._lanes)
        for lane in lanes:
            lane.stop()
