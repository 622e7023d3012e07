"""Speed against the plain LangChain pipeline, paired: python evals/speed/run.py --small

Each measurement is a process of its own; ours and the peer's take turns, so that a busy machine is busy
for both; what is reported are medians and the ratio of medians. Processor seconds (user and system, all
threads) are noted beside the wall clock: they hardly depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.util
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import corpus

HERE = Path(__file__).parent
RESULTS = HERE / "results"
Row = dict[str, Any]


def timed(command: list[str], *, stdin: str = "") -> Row:
    """Run it: what it prints as JSON, with wall and processor seconds and peak memory."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as out:
        given.write(stdin)
        given.seek(0)
        process = subprocess.Popen(
            command, stdin=given, stdout=out, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr is not None
        complaint = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        if status:
            raise SystemExit(f"{' '.join(command)} failed:\n{complaint[-2000:]}")
        out.seek(0)
        printed = out.read().strip()
    found: Row = json.loads(printed.splitlines()[-1]) if printed.endswith("}") else {}
    return {
        **found,
        "wall": wall,
        "processor": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1000,
    }


def median(rows: list[Row], name: str) -> float:
    return statistics.median(row[name] for row in rows)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def compare(arguments: argparse.Namespace, work: Path) -> Row:
    """All figures that have a peer."""
    from rag.embedding import bundled_model_path

    python = sys.executable
    articles = corpus.write_articles(work, arguments.articles, arguments.corpus)
    model = arguments.model or str(bundled_model_path())
    ours_model = arguments.model or "bundled"
    asked = json.dumps(corpus.questions(articles))
    has_peer = bool(importlib.util.find_spec("langchain_community")) and bool(
        importlib.util.find_spec("langchain_huggingface")
    )
    rows: dict[str, list[Row]] = {}

    def note(name: str, row: Row) -> Row:
        rows.setdefault(name, []).append(row)
        shown = {key: round(value, 3) for key, value in row.items() if isinstance(value, float)}
        print(name, shown, flush=True)
        return row

    ours = [python, str(HERE / "ours.py")]
    peer = [python, str(HERE / "peer.py")]
    ours_index, peer_index = work / "ours", work / "peer"
    for _ in range(arguments.rounds):
        shutil.rmtree(ours_index, ignore_errors=True)
        shutil.rmtree(peer_index, ignore_errors=True)
        place = ["--articles", str(articles), "--index"]
        note("ours index", timed([*ours, "index", *place, str(ours_index), "--model", ours_model]))
        if has_peer:
            note("peer index", timed([*peer, "index", *place, str(peer_index), "--model", model]))
    for _ in range(max(3, arguments.rounds)):
        where = ["--index", str(ours_index), "--model", ours_model]
        note("ours query", timed([*ours, "query", *where], stdin=asked))
        command = [python, "-m", "rag", "ask", json.loads(asked)[0], "--index", str(ours_index)]
        note("ours ask", timed(command))
        if has_peer:
            where = ["--index", str(peer_index), "--model", model]
            note("peer query", timed([*peer, "query", *where], stdin=asked))
            note("peer ask", timed([*peer, "ask", *where], stdin=asked))
    where = ["--index", str(ours_index), "--model", ours_model]
    threads = timed([*ours, "threads", *where], stdin=asked)
    unchanged, changed = again(ours, articles, ours_index, ours_model)

    first = median(rows["ours index"], "seconds")
    figures: Row = {
        "articles": arguments.articles,
        "passages": rows["ours index"][0]["passages"],
        "ours articles/s": arguments.articles / first,
        "ours index processor s": median(rows["ours index"], "processor"),
        "ours index peak MB": median(rows["ours index"], "peak_mb"),
        "unchanged / first": unchanged["seconds"] / first,
        "1% changed / first": changed["seconds"] / first,
        "threads: one, searches/s": threads["one"],
        "threads: twenty, searches/s": threads["twenty"],
        "threads: answers equal": threads["equal"],
        "ours ask s": median(rows["ours ask"], "wall"),
    }
    for name in ("ours", "peer") if has_peer else ("ours",):
        all_seconds = [value for row in rows[f"{name} query"] for value in row["queries"]]
        figures[f"{name} query p50 ms"] = 1000 * statistics.median(
            statistics.median(row["queries"]) for row in rows[f"{name} query"]
        )
        figures[f"{name} query p95 ms"] = 1000 * percentile(all_seconds, 0.95)
    if has_peer:
        there = median(rows["peer index"], "seconds")
        figures |= {
            "peer passages": rows["peer index"][0]["passages"],
            "peer articles/s": arguments.articles / there,
            "peer index processor s": median(rows["peer index"], "processor"),
            "peer index peak MB": median(rows["peer index"], "peak_mb"),
            "peer ask s": median(rows["peer ask"], "wall"),
            "index: times faster (wall)": there / first,
            "index: times less processor": median(rows["peer index"], "processor")
            / median(rows["ours index"], "processor"),
            "index: share of peak memory": median(rows["ours index"], "peak_mb")
            / median(rows["peer index"], "peak_mb"),
            "query: share of p50": figures["ours query p50 ms"] / figures["peer query p50 ms"],
            "ask: share of whole process": median(rows["ours ask"], "wall")
            / median(rows["peer ask"], "wall"),
        }
    return {"figures": figures, "rows": rows}


def again(ours: list[str], articles: Path, folder: Path, model: str) -> tuple[Row, Row]:
    """Index the same files again, unchanged, and with one in a hundred changed."""
    place = [*ours, "index", "--articles", str(articles), "--index", str(folder), "--model", model]
    timed(place)  # the first run after the files were made notes their times
    unchanged = timed(place)
    paths = sorted(articles.rglob("*.txt"))
    chosen = random.Random(2).sample(paths, max(1, len(paths) // 100))
    before = {path: path.read_text("utf-8") for path in chosen}
    try:
        for path, text in before.items():
            path.write_text(text[: len(text) // 2] + "改动。" + text[len(text) // 2 :], "utf-8")
        changed = timed(place)
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")
    return unchanged, changed


def conditions() -> Row:
    import faiss
    import numpy as np

    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "processors": os.cpu_count(),
        "load before": os.getloadavg()[0],
        "machine": platform.processor() or platform.machine(),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "faiss": faiss.__version__,
        "command": " ".join(Path(word).name for word in sys.argv),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a few minutes: 1,000 articles, 10^4")
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--corpus", type=Path, help="JSON Lines of real articles")
    parser.add_argument("--model", help="a sentence-transformers model instead of the bundled one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--work", type=Path, help="folder for articles and indexes")
    parser.add_argument("--name", default="speed", help="name of the result file")
    arguments = parser.parse_args()
    if arguments.small:
        arguments.articles, arguments.rounds = min(arguments.articles, 1_000), 1
    noted = conditions()
    with tempfile.TemporaryDirectory(prefix="rag-speed-") as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        result = compare(arguments, work)
        if arguments.small:
            import growth

            result["growth"] = growth.measure([10_000], Path(temporary), queries=50)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{arguments.name}{'-small' if arguments.small else ''}.json"
    path.write_text(
        json.dumps({"conditions": noted, **result}, indent=1, ensure_ascii=False) + "\n", "utf-8"
    )
    for name, value in result["figures"].items():
        print(f"{name:32} {value:,.3f}" if isinstance(value, float) else f"{name:32} {value}")
    print(f"written: {path}")


if __name__ == "__main__":
    main()
