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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import corpus

HERE = Path(__file__).parent
RESULTS = HERE / "results"
#: Questions that are asked with the bundled reader too, which takes a tenth of a second or two. The questions
#: of the benchmark are words of the texts, so that by default none is read over.
READ = 30
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
        "peak_mb": usage.ru_maxrss / 1000 + found.get("workers_mb", 0.0),
    }


def median(rows: list[Row], name: str) -> float:
    return statistics.median(row[name] for row in rows)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def compare(arguments: argparse.Namespace, work: Path) -> tuple[Row, dict[str, list[Row]]]:
    """All figures that have a peer, and the rows they come from."""
    from rag.embedding import bundled_model_path

    python = sys.executable
    articles = corpus.write_articles(work, arguments.articles, arguments.corpus)
    model = arguments.model or str(bundled_model_path())
    ours_model = arguments.model or "bundled"
    asked = json.dumps(corpus.questions(articles))
    rows: dict[str, list[Row]] = {}

    def note(name: str, row: Row) -> Row:
        rows.setdefault(name, []).append(row)
        shown = {key: round(value, 3) for key, value in row.items() if isinstance(value, float)}
        print(name, shown, flush=True)
        return row

    ours = [python, str(HERE / "ours.py")]
    peer = [python, str(HERE / "peer.py")]
    ours_index, peer_index, dense_index = work / "ours", work / "peer", work / "dense"
    place = ["--articles", str(articles), "--index"]
    for _ in range(arguments.rounds):
        for folder in (ours_index, peer_index, dense_index):
            shutil.rmtree(folder, ignore_errors=True)
        note("ours index", timed([*ours, "index", *place, str(ours_index), "--model", ours_model]))
        if has_peer():
            note("peer index", timed([*peer, "index", *place, str(peer_index), "--model", model]))
        if not arguments.model:
            command = [*ours, "dense", *place, str(dense_index), "--model", ours_model]
            note("ours dense", timed(command))
    if arguments.model:
        return pairs(rows, arguments.articles), rows
    for _ in range(arguments.rounds):
        where = ["--index", str(ours_index), "--model", ours_model]
        note("ours query", timed([*ours, "query", *where], stdin=asked))
        some = json.dumps(json.loads(asked)[:READ])
        reading = [*where, "--reranker", "bundled"]
        note("ours read query", timed([*ours, "query", *reading], stdin=some))
        command = [python, "-m", "rag", "ask", json.loads(asked)[0], "--index", str(ours_index)]
        note("ours ask", timed(command))
        if has_peer():
            where = ["--index", str(peer_index), "--model", model]
            # Its first answer stands for its whole process: start and end of Python are left out.
            note("peer query", timed([*peer, "query", *where], stdin=asked))
    where = ["--index", str(ours_index), "--model", ours_model]
    threads = note("threads", timed([*ours, "threads", *where], stdin=asked))
    figures = pairs(rows, arguments.articles)
    first = figures["ours index s"]
    for name, row in zip(
        ("unchanged", "1% changed"), again(ours, articles, ours_index), strict=True
    ):
        note(name, row)
        figures[f"{name} / first"] = row["seconds"] / first
        figures[f"{name} / first, processor"] = row["busy"] / figures["ours index busy s"]
    figures |= one_file(ours, articles, work, note)
    figures |= {
        "threads: one, searches/s": threads["one"],
        "threads: twenty, searches/s": threads["twenty"],
        "threads: twenty / one": threads["twenty"] / threads["one"],
        "threads: answers equal": threads["equal"],
        "ours ask s": median(rows["ours ask"], "wall"),
    }
    for name in ("ours", "ours read", "peer") if has_peer() else ("ours", "ours read"):
        all_seconds = [value for row in rows[f"{name} query"] for value in row["queries"]]
        figures[f"{name} query p50 ms"] = 1000 * statistics.median(
            statistics.median(row["queries"]) for row in rows[f"{name} query"]
        )
        figures[f"{name} query p95 ms"] = 1000 * percentile(all_seconds, 0.95)
    figures["ours query p95 / p50"] = figures["ours query p95 ms"] / figures["ours query p50 ms"]
    if has_peer():
        figures["peer ask s"] = median(rows["peer query"], "load_seconds")
        figures["query: share of p50"] = figures["ours query p50 ms"] / figures["peer query p50 ms"]
        figures["ask: share of whole process"] = figures["ours ask s"] / figures["peer ask s"]
    return figures, rows


def has_peer() -> bool:
    """Whether the peer's packages are here."""
    return bool(importlib.util.find_spec("langchain_community")) and bool(
        importlib.util.find_spec("langchain_huggingface")
    )


def pairs(rows: dict[str, list[Row]], articles: int) -> Row:
    """The figures of indexing, each the median of its rounds."""
    figures: Row = {"articles": articles, "rounds": len(rows["ours index"])}
    for name, found in rows.items():
        if "passages" not in found[0]:
            continue
        figures |= {
            f"{name} passages": found[0]["passages"],
            f"{name} s": median(found, "seconds"),
            f"{name} articles/s": articles / median(found, "seconds"),
            f"{name} busy s": median(found, "busy"),
            f"{name} peak MB": median(found, "peak_mb"),
        }
    for name in ("index", "dense"):
        if "peer index" in rows and f"ours {name}" in rows:
            figures |= {
                f"{name}: times faster": figures["peer index s"] / figures[f"ours {name} s"],
                f"{name}: times less processor": figures["peer index busy s"]
                / figures[f"ours {name} busy s"],
                f"{name}: share of peak memory": figures[f"ours {name} peak MB"]
                / figures["peer index peak MB"],
            }
    return figures


def again(ours: list[str], articles: Path, folder: Path) -> tuple[Row, Row]:
    """Index the same files again, unchanged, and with one in a hundred changed."""
    place = [*ours, "index", "--articles", str(articles), "--index", str(folder)]
    timed(place)  # the first run after the files were made notes their times
    unchanged = timed(place)
    paths = sorted(articles.rglob("*.txt"))
    chosen = random.Random(2).sample(paths, max(1, len(paths) // 100))
    before = {path: path.read_text("utf-8") for path in chosen}
    try:
        for path, text in before.items():
            path.write_text(altered(text), "utf-8")
        changed = timed(place)
    finally:
        for path, text in before.items():
            path.write_text(text, "utf-8")
    return unchanged, changed


def altered(text: str) -> str:
    return text[: len(text) // 2] + "改动。" + text[len(text) // 2 :]


def one_file(ours: list[str], articles: Path, work: Path, note: Any) -> Row:
    """The same articles as rows of one JSON Lines file: again unchanged, and with 1% changed."""
    path, folder = work / "rows" / "articles.jsonl", work / "rows-index"
    shutil.rmtree(folder, ignore_errors=True)
    path.parent.mkdir(exist_ok=True)
    texts = [file.read_text("utf-8") for file in sorted(articles.rglob("*.txt"))]
    chosen = set(random.Random(3).sample(range(len(texts)), max(1, len(texts) // 100)))

    def write(change: bool) -> None:
        with path.open("w", encoding="utf-8") as file:
            for number, text in enumerate(texts):
                row = {"text": altered(text) if change and number in chosen else text}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
        time.sleep(2.5)  # a file that was written this moment is looked at again

    place = [*ours, "index", "--articles", str(path), "--index", str(folder)]
    write(change=False)
    first = note("one file: first", timed(place))
    unchanged = note("one file: unchanged", timed(place))
    write(change=True)
    changed = note("one file: 1% changed", timed(place))
    return {
        "one file: unchanged / first": unchanged["seconds"] / first["seconds"],
        "one file: 1% changed / first": changed["seconds"] / first["seconds"],
        "one file: 1% changed / first, processor": changed["busy"] / first["busy"],
    }


#: Figure, what is wanted of it, and whether it is so.
GOALS: tuple[tuple[str, str, Callable[[Any], bool]], ...] = (
    ("index: times faster", ">= 4", lambda value: value >= 4),
    ("dense: times faster", ">= 8", lambda value: value >= 8),
    ("index: share of peak memory", "<= 0.5", lambda value: value <= 0.5),
    ("transformer: times faster", ">= 3.5", lambda value: value >= 3.5),
    ("unchanged / first", "<= 0.01", lambda value: value <= 0.01),
    ("1% changed / first", "<= 0.05", lambda value: value <= 0.05),
    ("one file: unchanged / first", "<= 0.01", lambda value: value <= 0.01),
    ("one file: 1% changed / first", "<= 0.05", lambda value: value <= 0.05),
    ("query: share of p50", "<= 0.25", lambda value: value <= 0.25),
    ("ours query p95 / p50", "<= 3", lambda value: value <= 3),
    ("ask: share of whole process", "<= 0.125", lambda value: value <= 0.125),
    ("threads: twenty / one", ">= 1", lambda value: value >= 1),
    ("threads: answers equal", "true", bool),
)


def table(figures: Row, noted: Row) -> str:
    """The result as Markdown: goals first, then every figure."""
    lines = [
        "# Speed",
        "",
        "Medians of pairs of processes taking turns. 'busy s' counts processor seconds of all threads.",
        "",
        *(f"- {name}: {value}" for name, value in noted.items()),
        "",
        "| goal | wanted | measured | |",
        "|---|---|---|---|",
    ]
    for name, wanted, holds in GOALS:
        if name in figures:
            mark = "yes" if holds(figures[name]) else "NO"
            lines.append(f"| {name} | {wanted} | {shown(figures[name])} | {mark} |")
    lines += ["", "| figure | measured |", "|---|---|"]
    lines += [f"| {name} | {shown(value)} |" for name, value in figures.items()]
    return "\n".join([*lines, ""])


def shown(value: Any) -> str:
    return f"{value:,.4g}" if isinstance(value, float) else str(value).lower()


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
    parser.add_argument("--model", help="a sentence-transformers model; then only indexing")
    parser.add_argument(
        "--transformer", type=int, default=400, help="articles for the transformer; 0 for none"
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--growth", type=int, nargs="*", default=[], help="passages, also measured")
    parser.add_argument("--work", type=Path, help="folder for articles and indexes")
    parser.add_argument("--name", default="speed", help="name of the result file")
    arguments = parser.parse_args()
    name = arguments.name
    if arguments.small:
        arguments.articles, arguments.rounds = min(arguments.articles, 1_000), 1
        arguments.transformer = min(arguments.transformer, 60)
        arguments.growth = arguments.growth or [10_000]
        name += "-small"
    noted = conditions()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="rag-speed-") as temporary:
        work = arguments.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        figures, rows = compare(arguments, work)
        written(name, noted, figures, {"rows": rows}, began)
        if arguments.transformer and not arguments.model and has_peer():
            import transformer

            few = argparse.Namespace(**vars(arguments))
            few.articles, few.rounds = arguments.transformer, 1
            few.model = str(transformer.make(work / "transformer"))
            found, more = compare(few, work)
            rows |= {f"transformer: {key}": value for key, value in more.items()}
            figures |= {
                "transformer: articles": few.articles,
                "transformer: ours articles/s": found["ours index articles/s"],
                "transformer: peer articles/s": found["peer index articles/s"],
                "transformer: times faster": found["index: times faster"],
                "transformer: times less processor": found["index: times less processor"],
            }
            written(name, noted, figures, {"rows": rows}, began)
        if arguments.growth:
            import growth

            found = {"growth": growth.measure(arguments.growth, work, source=arguments.corpus)}
            written(name, noted, figures, {"rows": rows, **found}, began)
    print(table(figures, noted))


def written(name: str, noted: Row, figures: Row, more: Row, began: float) -> None:
    """Write what has been measured so far, as JSON and as Markdown."""
    noted |= {"load after": os.getloadavg()[0], "minutes": (time.perf_counter() - began) / 60}
    result = {"conditions": noted, "figures": figures, **more}
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    path.with_suffix(".md").write_text(table(figures, noted), "utf-8")
    print(f"written: {path} and .md", flush=True)


if __name__ == "__main__":
    main()
