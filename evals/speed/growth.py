"""The store alone as it grows: python evals/speed/growth.py 10000 100000 1000000

Made text of seeds/ clauses for the lexical side. Vectors are real ones: windows of one to four sentences,
by the bundled model, of --corpus (JSON Lines of articles) or else of made articles, embedded beforehand
and kept beside the work; the questions are clauses of the last articles, which are not in the index.
Recall@10 is against exact search in the same rows.

results/ holds the run up to a million passages; a smaller one is printed, and written where --out says.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import corpus
import numpy as np

HERE = Path(__file__).parent
CHARACTERS = 320
QUESTIONS = 300
#: Passages of the largest index from which on a run belongs in results/.
FULL = 1_000_000
VECTORS, ASKED = "growth-vectors.npy", "growth-questions.npy"
Row = dict[str, Any]


def embed(work: Path, count: int, source: Path | None) -> None:
    """Make the vectors of passages and questions, unless enough are there; half-precision rows."""
    import itertools

    from rag.chunking import split_sentences
    from rag.embedding import load_embedder

    path = work / VECTORS
    if path.exists() and len(np.load(path, mmap_mode="r")) >= count:
        return
    model = load_embedder("bundled")
    chance = random.Random(0)
    rows = np.lib.format.open_memmap(path, "w+", np.float16, (count, model.dimension))

    def articles() -> Iterator[str]:
        return corpus.real_articles(source, 10**9) if source else corpus.made_articles(count)

    asked = [
        clause
        for text in itertools.islice(articles(), QUESTIONS)
        for clause in re.findall(r"[^。！？；，\s]{8,30}", text)[3:4]
    ]
    np.save(work / ASKED, model.embed_queries([f"{clause}？" for clause in asked]))
    done = 0
    texts: list[str] = []
    # Once through the articles gives windows that do not overlap; further rounds larger, overlapping ones.
    for turn in itertools.count():
        for text in itertools.islice(articles(), QUESTIONS, None):
            spans = split_sentences(text)
            at = 0
            while at < len(spans):
                size = chance.choice((1, 1, 2) if not turn else (2, 3, 4))
                texts.append(text[spans[at][0] : spans[min(at + size, len(spans)) - 1][1]])
                at += size if not turn else max(1, size - 1)
            if len(texts) > 20_000 or done + len(texts) >= count:
                texts = texts[: count - done]
                rows[done : done + len(texts)] = model.embed_passages(texts)
                done += len(texts)
                texts = []
            if done == count:
                return


def passages(work: Path, count: int) -> Iterator[tuple[Any, list[Any], np.ndarray]]:
    """Documents of four passages with vectors."""
    from rag.index.arrays import forget
    from rag.records import Chunk, Document

    vectors = np.load(work / VECTORS, mmap_mode="r")
    pool = list(corpus.made_articles(4_000, characters=CHARACTERS))
    chance = np.random.default_rng(5)
    for batch in range(0, count, 4_000):
        size = min(4_000, count - batch)
        rows = vectors[batch : batch + size].astype(np.float32)
        forget(vectors)
        picks = chance.integers(0, len(pool), (size, 2))
        for first in range(0, size, 4):
            texts = [
                # Half of one text and half of another: new neighbours, and some new terms each time.
                pool[a][: CHARACTERS // 2] + f"{batch + first + i}号" + pool[b][-CHARACTERS // 2 :]
                for i, (a, b) in enumerate(picks[first : first + 4].tolist())
            ]
            name = f"d{batch + first}"
            chunks, start = [], 0
            for text in texts:
                end = start + len(text)
                chunks.append(Chunk(document_id=name, start=start, end=end, text=text))
                start = end + 1
            document = Document(id=name, source=f"{name}.txt", text="\n".join(texts))
            yield document, chunks, rows[first : first + 4]


def build(work: Path, folder: Path, count: int) -> Row:
    from rag.index import open_store

    began = time.perf_counter()
    making = 0.0
    dimension = np.load(work / VECTORS, mmap_mode="r").shape[1]
    with open_store(folder, model="made", dimension=dimension) as store, store.writer() as writer:
        before = time.thread_time()
        for document, chunks, rows in passages(work, count):
            making += time.thread_time() - before
            writer.put(document, chunks, rows)
            before = time.thread_time()
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    catalog = (folder / "catalog.sqlite").stat().st_size
    return {
        "build s": time.perf_counter() - began,
        "build processor s": time.process_time() - making,
        "build peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "bytes a passage": size / count,
        "catalog bytes a passage": catalog / count,
    }


def query(work: Path, folder: Path, queries: int) -> Row:
    import faiss  # noqa: F401 - its 0.1 s is the process's start, not the index's opening

    from rag.index import open_store
    from rag.index.dense import NUMPY_UP_TO

    began, busy = time.perf_counter(), time.process_time()
    store = open_store(folder)
    opened, opened_busy = time.perf_counter() - began, time.process_time() - busy
    asked = np.load(work / ASKED)[:queries]
    queries = len(asked)
    words = [text[40:60] for text in corpus.made_articles(queries, characters=CHARACTERS, seed=3)]
    seconds: dict[str, list[float]] = {"dense": [], "lexical": [], "both and texts": []}
    processor: dict[str, list[float]] = {name: [] for name in seconds}
    recalls = []
    for vector, text in zip(asked, words, strict=True):
        with store.view() as view:
            clocks = [(time.perf_counter(), time.thread_time())]
            dense = view.dense_search(vector, 10)
            clocks.append((time.perf_counter(), time.thread_time()))
            lexical = view.lexical_search(text, 50)
            clocks.append((time.perf_counter(), time.thread_time()))
            view.chunks([*dense.ids[:5], *lexical.ids[:5]])
            clocks.append((time.perf_counter(), time.thread_time()))
            spans = {"dense": (0, 1), "lexical": (1, 2), "both and texts": (0, 3)}
            for name, (start, end) in spans.items():
                seconds[name].append(clocks[end][0] - clocks[start][0])
                processor[name].append(clocks[end][1] - clocks[start][1])
            exact = [
                part.segment.vectors.search_exact(vector, 10, part.alive)
                if len(part.segment) and view.passages > NUMPY_UP_TO
                else part.segment.vectors.search_numpy(vector, 10, part.alive)
                for part in view._generation.parts  # noqa: SLF001
            ]
            scores = np.sort(np.concatenate([values for _, values in exact]))[::-1][:10]
            recalls.append(float(np.mean(dense.scores >= scores[-1] - 1e-4)))
    with store.view() as view:
        kind = view.kind
    return {
        "open s": opened,
        "open processor s": opened_busy,
        "kind": kind,
        "recall@10": float(np.mean(recalls)),
        "query peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        **{
            f"{name} {label} ms": 1000 * value
            for name, values in seconds.items()
            for label, value in (
                ("p50", statistics.median(values)),
                ("p95", sorted(values)[int(0.95 * len(values))]),
                ("processor p50", statistics.median(processor[name])),
            )
        },
    }


def update(work: Path, folder: Path, count: int) -> Row:
    """Replace one document in a hundred."""
    from rag.index import open_store

    rows = list(passages(work, max(4, count // 100)))
    began, busy = time.perf_counter(), time.process_time()
    with open_store(folder) as store, store.writer() as writer:
        for document, chunks, vectors_ in rows:
            writer.put(document, chunks, vectors_)
    return {
        "update 1% s": time.perf_counter() - began,
        "update 1% processor s": time.process_time() - busy,
    }


def measure(
    sizes: Sequence[int], work: Path, *, source: Path | None = None, queries: int = 200
) -> list[Row]:
    """Each step of each size in a process of its own; makes ``work`` where it is missing."""
    found = []
    work.mkdir(parents=True, exist_ok=True)
    embed(work, max(sizes), source)
    for count in sizes:
        folder = work / f"grown-{count}"
        shutil.rmtree(folder, ignore_errors=True)
        row: Row = {"passages": count}
        for step in ("build", "query", "update"):
            command = [sys.executable, str(HERE / "growth.py"), "--step", step, str(count)]
            command += ["--work", str(work), "--queries", str(queries)]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            row |= json.loads(out)
        print(json.dumps(row, indent=1), flush=True)
        shutil.rmtree(folder)
        found.append(row)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="+", type=int)
    parser.add_argument("--step", choices=["build", "query", "update"])
    parser.add_argument("--corpus", type=Path, help="JSON Lines of real articles")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--out", type=Path, help="folder for growth.json and its plots")
    arguments = parser.parse_args()
    if arguments.step:
        count = arguments.sizes[0]
        folder = arguments.work / f"grown-{count}"
        steps = {
            "build": lambda: build(arguments.work, folder, count),
            "query": lambda: query(arguments.work, folder, arguments.queries),
            "update": lambda: update(arguments.work, folder, count),
        }
        print(json.dumps(steps[arguments.step]()))
        return
    import plots
    from run import RESULTS, conditions

    out = arguments.out or (RESULTS if max(arguments.sizes) >= FULL else None)
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    noted = conditions()
    rows = measure(
        arguments.sizes, arguments.work, source=arguments.corpus, queries=arguments.queries
    )
    if out is None:
        print("not written: a small run; --out DIR keeps it", file=sys.stderr)
        return
    result = {"conditions": noted, "load after": os.getloadavg()[0], "growth": rows}
    (out / "growth.json").write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    plots.draw(rows, out)


if __name__ == "__main__":
    main()
