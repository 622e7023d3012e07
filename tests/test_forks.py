"""What a forked process does with its parent's locks."""

import multiprocessing
import os
import threading

import pytest

from rag.forks import unlocked_when_forked


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize("kind", [threading.Lock, threading.RLock])
def test_a_lock_held_by_another_thread_is_free_in_a_child(kind):
    lock = unlocked_when_forked(kind())
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    child = multiprocessing.get_context("fork").Process(
        target=lambda: os._exit(0 if lock.acquire(timeout=1) else 1)
    )
    child.start()
    child.join(20)
    assert child.exitcode == 0
    assert not lock.acquire(blocking=False), "the parent's is still held"
    done.set()
    thread.join()
