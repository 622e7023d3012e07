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
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model)) as kb:
        kb.embedder.embed_queries(["warm"])
        imported = time.perf_counter() - BEGAN
        began = time.perf_counter()
        report = kb.index(articles)
        seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "load_seconds": imported,
        "articles": len(report.added) + len(report.updated) + len(report.unchanged),
        "changed": len(report.added) + len(report.updated),
        "passages": report.passages,
    }


def query(folder: Path, model: str, questions: list[str], k: int) -> dict[str, object]:
    from rag import KnowledgeBase, Settings

    with KnowledgeBase.open(folder, settings=Settings(model=model), create=False) as kb:
        kb.search("热身", k=k)
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
    parser.add_argument("what", choices=["index", "query", "threads"])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", default="bundled")
    parser.add_argument("-k", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.what == "index":
        result: object = index(arguments.articles, arguments.index, arguments.model)
    else:
        work = {"query": query, "threads": threads}[arguments.what]
        result = work(arguments.index, arguments.model, json.load(sys.stdin), arguments.k)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
