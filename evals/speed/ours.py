"""The same work as :mod:`peer`, by rag."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import threading
import time
from pathlib import Path

BEGAN = time.perf_counter()


def busy() -> float:
    """Processor seconds of this process and of the workers that have ended."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def workers_mb() -> float:
    """Peak memory of the workers: as if each had been as large as the largest."""
    from rag.indexing.workers import processors

    return (processors() - 1) * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000


def index(articles: Path, folder: Path, model: str) -> dict[str, float]:
    """Files to a whole index: catalog, dense and lexical."""
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model)) as kb:
        kb.embedder.embed_queries(["warm"])
        imported = time.perf_counter() - BEGAN
        began, before = time.perf_counter(), busy()
        report = kb.index(articles)
        seconds, spent = time.perf_counter() - began, busy() - before
    return {
        "seconds": seconds,
        "busy": spent,
        "workers_mb": workers_mb(),
        "load_seconds": imported,
        "articles": len(report.added) + len(report.updated) + len(report.unchanged),
        "changed": len(report.added) + len(report.updated),
        "passages": report.passages,
    }


def dense(articles: Path, folder: Path, model: str) -> dict[str, float]:
    """What the peer does and no more, from our parts: read, chunk, embed, a FAISS index, the texts."""
    import faiss

    from rag import Settings
    from rag.embedding import PieceEmbedder, load_embedder
    from rag.indexing.pipeline import prepared_batches
    from rag.indexing.work import Unread
    from rag.reading import discover
    from rag.records import Document

    embedder = load_embedder(model)
    assert isinstance(embedder, PieceEmbedder)
    embedder.embed_queries(["warm"])
    imported = time.perf_counter() - BEGAN
    began, before = time.perf_counter(), busy()
    folder.mkdir(parents=True)
    vectors = faiss.IndexFlatIP(embedder.dimension)
    read = passages = 0
    files = (Unread(file, None, lambda _: iter(())) for file in discover([articles]).files)
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as texts:
        for _, made in prepared_batches(files, embedder, Settings()):
            vectors.add(made.vectors)
            documents = [one for found in made.found for one in found if isinstance(one, Document)]
            for document, chunks in zip(documents, made.chunks, strict=True):
                passages += len(chunks)
                texts.writelines(
                    json.dumps([document.source, chunk.start, chunk.text], ensure_ascii=False)
                    + "\n"
                    for chunk in chunks
                )
            read += len(documents)
    faiss.write_index(vectors, str(folder / "vectors.faiss"))
    return {
        "seconds": time.perf_counter() - began,
        "busy": busy() - before,
        "workers_mb": workers_mb(),
        "load_seconds": imported,
        "articles": read,
        "passages": passages,
    }


def query(
    folder: Path, model: str, questions: list[str], k: int, reranker: str
) -> dict[str, object]:
    from rag import KnowledgeBase, Settings

    settings = Settings(model=model, reranker=reranker)
    with KnowledgeBase.open(folder, settings=settings, create=False) as kb:
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
    parser.add_argument("--reranker", default="auto")
    arguments = parser.parse_args()
    if arguments.what in ("index", "dense"):
        make = index if arguments.what == "index" else dense
        result: object = make(arguments.articles, arguments.index, arguments.model)
    elif arguments.what == "query":
        asked = json.load(sys.stdin)
        result = query(arguments.index, arguments.model, asked, arguments.k, arguments.reranker)
    else:
        result = threads(arguments.index, arguments.model, json.load(sys.stdin), arguments.k)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
