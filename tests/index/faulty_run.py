"""A run of index, update, remove, compaction, repair and copy that can be killed anywhere and told apart by step.

Started once as a program, it forks a child for each order, so that a kill costs no imports:
orders come as JSON lines on stdin, one line goes out for each.
"""

import contextlib
import errno
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

import numpy as np

from rag.errors import RagError
from rag.index import Source, faults, open_store
from rag.index.checking import repair
from rag.index.terms import term_keys
from tests.index.conftest import DIMENSION, make_document, vector_of

STEPS = 14

#: What Python tells of the steps by which whole files come and go.
FILE_EVENTS = ("os.mkdir", "os.remove", "os.rename", "shutil.", "sqlite3.connect")


def changes(step):
    """(name, sentences or None for removal) of one step; the document ``step`` tells how far it is."""
    random = np.random.default_rng(step)
    yield "step", [f"第{step}步"]
    for number in range(4):
        name = f"d{random.integers(0, 12)}"
        if random.random() < 0.3:
            yield name, None
        else:
            count = int(random.integers(1, 5))
            yield name, [f"{name}在{step}时的第{i}句{number}" for i in range(count)]


def expected(step):
    """Name to sentences after this many steps."""
    state = {}
    for done in range(1, step + 1):
        for name, sentences in changes(done):
            state.pop(name, None)
            if sentences is not None:
                state[name] = sentences
    return state


def state_of(view):
    """What a view holds, with every chunk found by both searches; the step it stands at."""
    state = {info.id: [c.text for c in view.document_chunks(info.id)] for info in view.documents()}
    assert view.passages == sum(map(len, state.values()))
    for name, sentences in state.items():
        assert view.document(name).text == "\n".join(sentences)
        hits = view.dense_search(vector_of(sentences[0]), 1)
        assert view.chunks(hits.ids)[0].text == sentences[0]
        hits = view.lexical_search(sentences[-1], 99)
        assert sentences[-1] in [chunk.text for chunk in view.chunks(hits.ids)]
    return state, int(state["step"][0][1:-1]) if state else 0


def run(folder, *, last=STEPS):
    """Go on from the last commit to the end."""
    done = verify(folder)
    with open_store(folder, model="toy", dimension=DIMENSION) as store:
        for first in range(done + 1, last + 1, 5):
            with store.writer() as writer:
                for step in range(first, min(first + 5, last + 1)):
                    for name, sentences in changes(step):
                        if sentences is None:
                            writer.remove(name)
                        else:
                            writer.put(*make_document(name, sentences), content_hash=str(step))
                    writer.put_source(Source(name="s", fingerprint=str(step), document_ids=()))
                    assert writer.commit() > 0


def verify(folder):
    """Open after a fault: what is wrong, or the step it stands at and what the check says."""
    with open_store(folder, model="toy", dimension=DIMENSION) as store:
        with store.view() as view:
            state, step = state_of(view)
            fingerprints = [source.fingerprint for source in view.sources()]
        assert state == expected(step), f"mixed state at step {step}"
        assert fingerprints == ([str(step)] if step else [])
        faulty = [f.message for f in store.check() if f.level == "fault"]
        assert not faulty, faulty
    return step


def fingerprint(folder):
    """What the searches of a finished index give: equal for equal content."""
    with open_store(folder) as store, store.view() as view:
        found = []
        for query in ("第3句", "d1在", "步"):
            hits = view.lexical_search(query, 30)
            texts = [chunk.text for chunk in view.chunks(hits.ids)]
            found.append(sorted(zip(hits.scores.round(4).tolist(), texts, strict=True)))
            hits = view.dense_search(vector_of(query), 30)
            texts = [chunk.text for chunk in view.chunks(hits.ids)]
            found.append(sorted(zip(hits.scores.round(4).tolist(), texts, strict=True)))
        return found


def die_at(point, times):
    """Kill this process the n-th time a point is reached."""
    left = times

    def hook(name):
        nonlocal left
        if name == point:
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    faults.on_reach(hook)


def die_at_file(count):
    """Kill this process before the n-th step by which a whole file comes or goes."""
    left = count

    def hook(event, _args):
        nonlocal left
        if event.startswith(FILE_EVENTS):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def fail_at(count):
    """No space left, at the n-th point of any name."""
    left = count

    def hook(_name):
        nonlocal left
        left -= 1
        if left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")

    faults.on_reach(hook)


def obey(order):
    """Do one order in this (forked) process; what to print."""
    folder = Path(order["folder"])
    if order["do"] == "verify":
        return {"step": verify(folder)}
    if order["do"] == "fingerprint":
        return {"fingerprint": fingerprint(folder)}
    if "file" in order:
        die_at_file(order["file"])
    if "point" in order:
        die_at(order["point"], order["times"])
    if "fail_after" in order:
        fail_at(order["fail_after"])
    if "file_bytes" in order:
        resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_bytes"], resource.RLIM_INFINITY))
    try:
        if order["do"] == "repair":
            repair(folder)
        elif order["do"] == "copy":
            with open_store(folder, create=False) as store:
                store.snapshot(order["target"])
        else:
            run(folder)
    except RagError as error:
        return {"error": type(error).__name__, "message": str(error)}
    return {"done": True}


def serve():
    for line in sys.stdin:
        order = json.loads(line)
        reader, writer = os.pipe()
        began = time.perf_counter()
        child = os.fork()
        if not child:
            os.close(reader)
            try:
                answer = obey(order)
            except BaseException as error:  # noqa: BLE001
                answer = {"crash": f"{type(error).__name__}: {error}"}
            os.write(writer, json.dumps(answer).encode()[:60_000])
            os._exit(0)
        os.close(writer)
        if "kill_after" in order:
            time.sleep(order["kill_after"])
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        with os.fdopen(reader, "rb") as pipe:
            text = pipe.read()
        os.waitpid(child, 0)
        answer = json.loads(text) if text else {"killed": True}
        answer["seconds"] = time.perf_counter() - began
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    import faiss  # noqa: F401 - loaded before the forks

    term_keys(["x"])
    serve()
