"""The same work as :mod:`peer`, by rag."""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from pathlib import Path

BEGAN = time.perf_counter()


def index(articles: Path, folder: Path, model: str) -> dict[str, float]:
    """Files to a whole index: catalog, dense and lexical."""
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model)) as kb:
        kb.embedder.embed_queries(["warm"])
        imported = time.perf_counter() - BEGAN
        began, busy = time.perf_counter(), time.process_time()
        report = kb.index(articles)
        seconds, busy = time.perf_counter() - began, time.process_time() - busy
    return {
        "seconds": seconds,
        "busy": busy,
        "load_seconds": imported,
        "articles": len(report.added) + len(report.updated) + len(report.unchanged),
        "changed": len(report.added) + len(report.updated),
        "passages": report.passages,
    }


def dense(articles: Path, folder: Path, model: str) -> dict[str, float]:
    """What the peer does and no more, from our parts: read, chunk, embed, a FAISS index, the texts."""
    import faiss

    from rag import Settings
    from rag.embedding import load_embedder
    from rag.pipeline import Work, _ahead, _batches, _BatchSize, _prepared
    from rag.reading import read_paths
    from rag.records import Document

    embedder = load_embedder(model)
    embedder.embed_queries(["warm"])
    imported = time.perf_counter() - BEGAN
    began, busy = time.perf_counter(), time.process_time()
    folder.mkdir(parents=True)
    vectors = faiss.IndexFlatIP(embedder.dimension)
    read = passages = 0
    settings = Settings()
    works = (Work(one, "", False) for one in read_paths([articles]) if isinstance(one, Document))
    batches = (_prepared(items, settings, True) for items in _batches(works, _BatchSize(400_000)))
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as texts:
        for batch in _ahead(batches):
            vectors.add(embedder.embed_groups(*batch.pieces[:4])[0])
            for work, chunks in zip(batch.items, batch.chunks, strict=True):
                passages += len(chunks)
                texts.writelines(
                    json.dumps([work.document.source, chunk.start, chunk.text], ensure_ascii=False)
                    + "\n"
                    for chunk in chunks
                )
            read += len(batch.items)
    faiss.write_index(vectors, str(folder / "vectors.faiss"))
    return {
        "seconds": time.perf_counter() - began,
        "busy": time.process_time() - busy,
        "load_seconds": imported,
        "articles": read,
        "passages": passages,
    }


def query(folder: Path, model: str, questions: list[str], k: int) -> dict[str, object]:
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model), create=False) as kb:
        kb.search(questions[0], k=k)
        loaded = time.perf_counter() - BEGAN
        seconds = []
        for question in questions:
            began = time.perf_counter()
            kb.search(question, k=k)
            seconds.append(time.perf_counter() - began)
    return {"load_seconds": loaded, "queries": seconds}


def threads(folder: Path, model: str, questions: list[str], k: int) -> dict[str, object]:
    """Searches a second by one thread and by twenty, in turns, and whether all answers are equal."""
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model), create=False) as kb:

        def ask() -> list[list[tuple[str, int]]]:
            return [
                [(p.document_id, p.start) for p in kb.search(question, k=k)]
                for question in questions
            ]

        wanted = ask()
        rates: dict[int, list[float]] = {1: [], 20: []}
        equal = True
        for _ in range(3):
            for count, seen in rates.items():
                found: list[list[list[tuple[str, int]]]] = []

                def work(found: list[list[list[tuple[str, int]]]] = found) -> None:
                    found.append(ask())

                workers = [threading.Thread(target=work) for _ in range(count)]
                began = time.perf_counter()
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                seen.append(count * len(questions) / (time.perf_counter() - began))
                equal = equal and all(answers == wanted for answers in found)
        medians = {count: sorted(rate)[1] for count, rate in rates.items()}
    return {"one": medians[1], "twenty": medians[20], "equal": equal}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["index", "dense", "query", "threads"])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("-k", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.what in ("index", "dense"):
        make = index if arguments.what == "index" else dense
        result: object = make(arguments.articles, arguments.index, arguments.model)
    else:
        work = {"query": query, "threads": threads}[arguments.what]
        result = work(arguments.index, arguments.model, json.load(sys.stdin), arguments.k)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
