"""Processes that prepare files and documents beside the one that indexes: Python uses one processor each.

A worker is this module run as a program. It is told a model and how to chunk, then answers each batch
of files and documents with what :func:`rag.indexing.preparing.prepare` makes of them. Messages go through its
standard input and output: a line of JSON, then the bytes of arrays; nothing is ever unpickled, and the
program that started it need not be importable. It ends when its input does: with the process that it
works for, however that one ends, after the batch that it is at.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.indexing.preparing import Prepared, prepare
from rag.indexing.work import Found, Unread
from rag.records import Chunk, Document, Failure

if TYPE_CHECKING:
    from rag.embedding.static import StaticEmbedder

__all__ = ["Worker", "WorkerError", "WorkerLostError", "processors", "serve"]

#: More than so many processes do not help: one alone writes.
_MOST = 4
# An answer that takes longer does not come any more: seconds, and characters or bytes a second on top.
_PATIENCE = 120.0
_SLOWEST = 5_000
# Before anything else is imported standard output becomes standard error: nothing that is printed by
# chance, be it by compiled code, may get among the answers.
_START = (
    "import json, os, sys; answers = os.dup(1); os.dup2(2, 1); "
    "sys.path[:] = json.loads(sys.argv[1]); from {} import serve; serve(answers)"
)


class WorkerError(RuntimeError):
    """A worker could not do what it was asked, and goes on."""


class WorkerLostError(WorkerError):
    """A worker could not be started, or is gone."""


def processors() -> int:
    """How many processes indexing is shared among unless the settings say otherwise."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min(usable or 1, _granted(Path("/sys/fs/cgroup/cpu.max")), _MOST))


def _granted(limit: Path) -> int:
    """Whole processors that a container may use."""
    try:
        quota, period = limit.read_text().split()
        return max(1, int(quota) // int(period))
    except (OSError, ValueError):  # no container, or "max"
        return _MOST


class Worker:
    """One such process, seen from the one that it works for; started at once, greeted when first asked.

    Raises:
        WorkerLostError: It cannot be started.
    """

    def __init__(self, embedder: StaticEmbedder, *, chunk_tokens: int, chunk_overlap: int) -> None:
        if not sys.executable or getattr(sys, "frozen", False):
            raise WorkerLostError("this program has no interpreter of its own")
        self._name = embedder.name
        self._first: dict[str, Any] | None = {
            "model": str(embedder.folder.resolve()),
            "chunk_tokens": chunk_tokens,
            "chunk_overlap": chunk_overlap,
        }
        program = _START.format(__name__)
        try:
            self._process = subprocess.Popen(
                # Isolated: neither the environment nor the working folder add modules to ours.
                [sys.executable, "-I", "-c", program, json.dumps(_module_places())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise WorkerLostError(str(error)) from error

    def prepare(self, given: Sequence[Document | Unread]) -> Prepared:
        """What :func:`rag.indexing.preparing.prepare` makes of these documents and files.

        Raises:
            WorkerLostError: The worker is gone, hangs, or is of another make.
            WorkerError: It failed at these.
        """
        if self._first is not None:
            greeting, _ = self._asked(self._first, [], 0)
            self._first = None
            if greeting != {"name": self._name, "version": _version()}:
                raise WorkerLostError(f"it is {greeting}, not {self._name} of {_version()}")
        request, contents = _request(given)
        answer = self._asked(request, contents, sum(map(_size, given)))
        try:
            return _prepared(given, *answer)
        except (KeyError, TypeError, ValueError) as error:
            raise WorkerLostError(f"its answer cannot be read ({error!r})") from error

    def stop(self) -> None:
        """End it at once; also while another thread waits for an answer."""
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._process.wait()

    def _asked(
        self, request: dict[str, Any], contents: Sequence[NDArray[Any]], size: int
    ) -> tuple[dict[str, Any], list[NDArray[Any]]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            line = _line(request, contents)
        except (TypeError, ValueError) as error:
            raise WorkerError(str(error)) from error
        late = threading.Timer(_PATIENCE + size / _SLOWEST, self._process.kill)
        late.daemon = True
        try:
            late.start()
            _write(self._process.stdin, line, contents)
            header, arrays = _receive(self._process.stdout)
        except Exception as error:  # whatever it is, this process can do the work
            raise WorkerLostError(repr(error)) from error
        finally:
            late.cancel()
        if "error" in header:
            raise WorkerError(header["error"])
        return header, arrays


def _module_places() -> list[str]:
    """Where this process finds its modules, so that the worker finds the same ones."""
    own = str(Path(__file__).parents[2])
    given = [place for place in sys.path if isinstance(place, str) and place]
    places = [os.path.abspath(place) for place in given]  # noqa: PTH100
    return places if own in places else [own, *places]


def _version() -> str:
    from rag import __version__

    return __version__


# ------------------------------------------------------------------ the worker's own side


def serve(descriptor: int) -> None:
    """Answer requests until there are no more, into an open file: what a worker's process runs."""
    # An interrupt from the keyboard is for the process that it works for, which then ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(descriptor, "wb")
    with contextlib.suppress(EOFError, BrokenPipeError):
        for header, arrays in _answers(requests):
            _send(answers, header, arrays)


def _answers(requests: IO[bytes]) -> Iterator[tuple[dict[str, Any], Sequence[NDArray[Any]]]]:
    from rag.embedding.static import StaticEmbedder

    first, _ = _receive(requests)
    try:
        embedder = StaticEmbedder(Path(first.pop("model")))
    except Exception as error:  # noqa: BLE001 - told to the other side, which does without
        yield {"error": f"{type(error).__name__}: {error}"}, []
        return
    yield {"name": embedder.name, "version": _version()}, []
    while True:
        given = _asked_for(*_receive(requests))
        try:
            yield _packed(given, prepare(given, embedder, **first))
        except Exception as error:  # noqa: BLE001 - the other side does it itself and sees it
            yield {"error": f"{type(error).__name__}: {error}"}, []


# ------------------------------------------------------------------ messages


def _request(given: Sequence[Document | Unread]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What is told of documents and files, and the bytes of those files that have been read."""
    told: list[dict[str, Any]] = []
    contents: list[NDArray[Any]] = []
    for one in given:
        if isinstance(one, Document):
            told.append({"text": one.text, "title": one.title, "headings": list(one.headings)})
        else:
            told.append({"file": list(one.file), "read": one.data is not None})
            if one.data is not None:
                contents.append(np.frombuffer(one.data, np.uint8))
    return {"given": told}, contents


def _asked_for(
    request: dict[str, Any], contents: Sequence[NDArray[Any]]
) -> list[Document | Unread]:
    """What :func:`_request` tells, as far as is needed to prepare it."""
    from rag.reading import SourceFile

    read = iter(contents)
    given: list[Document | Unread] = []
    for one in request["given"]:
        if "file" in one:
            data = next(read).tobytes() if one["read"] else None
            given.append(Unread(SourceFile(*one["file"]), data, lambda _: iter(())))
        else:
            about = {"headings": one["headings"]}
            given.append(
                Document(id="", source="", text=one["text"], title=one["title"], metadata=about)
            )
    return given


def _size(given: Document | Unread) -> int:
    return len(given.text) if isinstance(given, Document) else given.file.size


def _packed(
    given: Sequence[Document | Unread], made: Prepared
) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    from rag.embedding.protocol import SentencePieces

    flat = [chunk for chunks in made.chunks for chunk in chunks]
    parts = made.sentences or []
    joined = SentencePieces.joined(parts)
    spans = np.array([(one.start, one.end, one.tokens) for one in flat], np.int64)
    found = [
        [_told(item) for item in items] if isinstance(one, Unread) else None
        for one, items in zip(given, made.found, strict=True)
    ]
    return (
        {"found": found, "headings": [chunk.heading for chunk in flat]},
        [
            np.array([len(chunks) for chunks in made.chunks], np.int64),
            spans.reshape(len(flat), 3),
            made.vectors,
            joined.ids,
            joined.ends,
            joined.norms,
            np.array([len(part.ends) for part in parts], np.int64),
        ],
    )


def _told(item: Found) -> Any:
    """What was found in a file, as JSON."""
    if isinstance(item, str):
        return item
    kind = "failure" if isinstance(item, Failure) else "document"
    return {kind: {one.name: getattr(item, one.name) for one in dataclasses.fields(item)}}


def _item(told: Any) -> Found:
    """What :func:`_told` tells."""
    if isinstance(told, str):
        return told
    return Failure(**told["failure"]) if "failure" in told else Document(**told["document"])


def _prepared(
    given: Sequence[Document | Unread], header: dict[str, Any], arrays: Sequence[NDArray[Any]]
) -> Prepared:
    from rag.embedding.protocol import SentencePieces

    counts, spans, vectors, ids, ends, norms, sizes = arrays
    found: list[Sequence[Found]] = [
        [one] if isinstance(one, Document) else [_item(item) for item in items]
        for one, items in zip(given, header["found"], strict=True)
    ]
    documents = [item for items in found for item in items if isinstance(item, Document)]
    rows = iter(zip(spans.tolist(), header["headings"], strict=True))
    chunks = [
        [
            Chunk(
                document_id=document.id,
                start=start,
                end=end,
                text=document.text[start:end],
                heading=heading,
                tokens=tokens,
            )
            for _, ((start, end, tokens), heading) in zip(range(count), rows, strict=False)
        ]
        for document, count in zip(documents, counts.tolist(), strict=True)
    ]
    sentences = SentencePieces(ids, ends, norms)
    bounds = pairwise(accumulate(sizes.tolist(), initial=0))
    return Prepared(found, chunks, vectors, [sentences.part(first, last) for first, last in bounds])


def _send(stream: IO[bytes], header: dict[str, Any], arrays: Sequence[NDArray[Any]] = ()) -> None:
    """A line of JSON that tells the kinds and shapes of the arrays, then their bytes."""
    _write(stream, _line(header, arrays), arrays)


def _write(stream: IO[bytes], line: bytes, arrays: Sequence[NDArray[Any]]) -> None:
    stream.write(line)
    for array in arrays:
        stream.write(np.ascontiguousarray(array).view(np.uint8).reshape(-1).data)
    stream.flush()


def _line(header: dict[str, Any], arrays: Sequence[NDArray[Any]] = ()) -> bytes:
    kinds = [[array.dtype.str, array.shape] for array in arrays]
    line = json.dumps({**header, "arrays": kinds}, ensure_ascii=False)
    return line.encode("utf-8", "surrogatepass") + b"\n"


def _receive(stream: IO[bytes]) -> tuple[dict[str, Any], list[NDArray[Any]]]:
    """What :func:`_send` wrote.

    Raises:
        EOFError: There is nothing more, or not all of it.
    """
    line = stream.readline()
    if not line.endswith(b"\n"):
        raise EOFError("the other side has ended")
    header: dict[str, Any] = json.loads(line.decode("utf-8", "surrogatepass"))
    arrays: list[NDArray[Any]] = []
    for kind, shape in header.pop("arrays"):
        array = np.empty(shape, np.dtype(kind))
        left = memoryview(array.view(np.uint8).reshape(-1))  # type: ignore[arg-type]
        while left:
            count = stream.readinto(left)  # type: ignore[attr-defined]
            if not count:
                raise EOFError("the other side has ended")
            left = left[count:]
        arrays.append(array)
    return header, arrays
