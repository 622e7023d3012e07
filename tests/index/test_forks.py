"""A forked process uses an index that the threads of its parent are using."""

import multiprocessing
import os
import shutil
import threading

import pytest

from rag.errors import IndexLockedError
from rag.index import open_store
from rag.index.lock import WriteLock
from tests.index.conftest import make_document

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
fork = multiprocessing.get_context("fork") if hasattr(os, "fork") else None


def in_child(work):
    """What ``work()`` gives in a forked process; it is stopped after a while."""
    answers = fork.SimpleQueue()
    child = fork.Process(target=lambda: answers.put(work()))
    child.start()
    child.join(20)
    if child.exitcode is None:
        child.kill()
        child.join()
    assert child.exitcode == 0
    return answers.get()


def ids(store):
    with store.view() as view:
        return [info.id for info in view.documents()]


def test_a_child_does_not_wait_for_locks_of_threads_that_it_has_not(filled):
    with filled._lock, filled._memory._lock:
        assert in_child(lambda: ids(filled)) == ["river", "tea", "rail"]


def test_a_child_opens_connections_of_its_own(filled):
    ids(filled)
    inherited = {id(connection) for connection in filled._memory.idle}
    assert inherited

    def own():
        ids(filled)
        return inherited.isdisjoint(id(connection) for connection in filled._memory.idle)

    assert in_child(own)
    assert {id(connection) for connection in filled._memory.idle} == inherited


def test_a_view_open_during_the_fork_is_not_given_back_in_the_child(filled):
    with filled.view() as view:

        def leave():
            with filled.view():
                pass
            return view.passages, len(filled._memory.idle)

        assert in_child(leave) == (7, 1)


def test_a_child_may_write_after_a_fork_during_a_write_and_holds_no_lock(filled):
    started, ended = threading.Event(), threading.Event()

    def write():
        with filled.writer() as writer:
            started.set()
            ended.wait(20)
            writer.put(*make_document("late", ["最后写的"]))

    thread = threading.Thread(target=write)
    thread.start()
    started.wait(20)
    waiting = fork.Event()
    child = fork.Process(target=waiting.wait, args=(20,))
    child.start()
    ended.set()
    thread.join()
    try:
        WriteLock(filled.path / "write.lock", folder=filled.path).release()
    finally:
        waiting.set()
        child.join()

    def add():
        with open_store(filled.path) as store, store.writer() as writer:
            writer.put(*make_document("child", ["子进程写的"]))
        return ids(filled)

    assert in_child(add) == ["river", "tea", "rail", "late", "child"]


def test_a_child_does_not_take_the_lock_of_its_parent(filled):
    with filled.writer():

        def refused():
            try:
                WriteLock(filled.path / "write.lock", folder=filled.path)
            except IndexLockedError as error:
                return error.pid
            return None

        assert in_child(refused) == os.getpid()


def test_a_child_leaves_the_files_that_its_parent_made_for_itself(filled):
    filled.close()
    shutil.rmtree(filled.path / "segments")
    with open_store(filled.path, read_only=True) as store:
        folder, _ = store._temporary

        def closed():
            answer = ids(store)
            store.close()
            return answer

        assert in_child(closed) == ["river", "tea", "rail"]
        assert folder.is_dir()
    assert not folder.exists()
