"""The run: every collection is read, all is fitted to it, written and measured."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from rag.answering.scoring.families import family_of
from rag.answering.scoring.networks import Network, load_network, network_from
from rag.answering.scoring.refusal import load_refusal, refusal_from
from rag.embedding import load_embedder
from rag.records import Document
from rag.training.answering.cases import (
    GENERAL,
    OFF_TOPIC,
    SUITE,
    Case,
    in_chinese,
    is_third,
    qa_cases,
    suite_cases,
    with_altered,
)
from rag.training.answering.encyclopedia import encyclopedia_corpora
from rag.training.answering.measuring import curve, measure
from rag.training.answering.networks import fit_ranking
from rag.training.answering.other_languages import corpora_in_other_languages
from rag.training.answering.refusal import fit_refusal
from rag.training.answering.seen import Seen, all_seen, read_head
from rag.training.answering.small_collections import endless, small_collections, unread
from rag.training.answering.table_rows import OF_ROWS, added_to_order, with_rows_of_tables
from rag.training.answering.written_corpora import written_corpora
from rag.training.data_files import CALIBRATION, DEVELOPMENT, TRAINING
from rag.training.written import general_questions, written_encyclopedia, written_tables

__all__ = ["add_arguments", "run"]

WEIGHTS = Path(__file__).resolve().parents[2] / "answering" / "weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of ``python -m rag.training answering``."""
    parser.add_argument("--data", type=Path, required=True, help="folder with qa.jsonl.zst")
    parser.add_argument("--suites", type=Path, default=Path("evals"))
    parser.add_argument("--documents", type=Path, nargs="*", default=[], help="originals")
    parser.add_argument("--questions", type=int, default=1000, help="questions of bucket 2")
    parser.add_argument("--measured", type=int, default=150, help="questions of buckets 0 and 1")
    parser.add_argument(
        "--articles", type=int, default=400, help="of a kind, with written questions, of bucket 2"
    )
    parser.add_argument("--plain-only", action="store_true", help="without the reader")
    parser.add_argument(
        "--others-only",
        action="store_true",
        help="fit only what judges other languages than Chinese, over the order that is there",
    )
    parser.add_argument(
        "--tables-only",
        action="store_true",
        help="fit only what is told of rows of tables, over the weights that are there",
    )
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument(
        "--everything", action="store_true", help="fit on the suites' measured third as well"
    )


def run(arguments: argparse.Namespace) -> int:
    """Fit everything, write it, print what it reaches."""
    if arguments.tables_only:
        return _run_tables(arguments.out)
    began = time.perf_counter()
    embedder = load_embedder("bundled")
    fitted: list[Seen] = []
    held: list[Seen] = []
    spare: list[Seen] = []  # of the suites
    families = ("-other",) if arguments.others_only else ("", "-other")
    for name, documents, given, measured in _corpora(arguments):
        cases = with_altered(documents, given)
        for one in all_seen(embedder, documents, cases):
            if family_of(one.candidates) in families:
                (held if measured else spare if one.case.held else fitted).append(one)
        print(f"{name}: {len(cases)} cases, {time.perf_counter() - began:.0f} s", flush=True)
    held += spare
    if arguments.everything:
        fitted += spare
    arguments.out.mkdir(parents=True, exist_ok=True)
    reader = None
    if not arguments.plain_only:
        from rag.answering.reader.model import Reader

        reader = Reader.load()
    if arguments.others_only:
        plain = load_network("ranking")
    else:
        ranking = fit_ranking(fitted, reading=False)
        plain = network_from(ranking)
        _write(arguments.out / "ranking.json", ranking)
    for family in families:
        learned = [one for one in fitted if family_of(one.candidates) == family]
        kept = [one for one in held if family_of(one.candidates) == family]
        _finish(arguments.out, family, plain, learned, kept, reading=False)
        if reader is None:
            continue
        for done, one in enumerate(learned + kept, start=1):
            read_head(one, plain, reader)
            if done % 500 == 0:
                print(f"read {done}, {time.perf_counter() - began:.0f} s", flush=True)
        read_ranking = fit_ranking(learned, reading=True)
        _write(arguments.out / f"ranking{family}-reader.json", read_ranking)
        order = network_from(read_ranking)
        _finish(arguments.out, f"{family}-reader", order, learned, kept, reading=True)
    print(f"{time.perf_counter() - began:.0f} s")
    return 0


def _run_tables(out: Path) -> int:
    """Fit what rows of tables add to the order, write and report it; confidence stays as it is.

    One for texts in any language: that a question names a row means the same in all.
    """
    from rag.answering.reader.model import Reader

    embedder, reader = load_embedder("bundled"), Reader.load()
    plain = load_network("ranking")
    fitted: list[Seen] = []
    held: list[Seen] = []
    for buckets, measured in ((CALIBRATION, False), (DEVELOPMENT, True)):
        general = endless(general_questions(buckets))
        articles = written_tables(unread(buckets, measured))
        for documents, given in small_collections(articles, 8, general, held=measured):
            for one in all_seen(embedder, documents, with_altered(documents, given)):
                read_head(one, plain, reader)
                (held if measured else fitted).append(one)
    order = load_network("ranking-reader")
    for reading, names in (
        (False, ["ranking"]),
        (True, ["ranking-reader", "ranking-other-reader"]),
    ):
        added = added_to_order(fitted, order if reading else plain, reading=reading)
        print(f"{', '.join(names)}: {dict(zip(OF_ROWS, added.tolist(), strict=True))}")
        for name in names:
            path = out / f"{name}.json"
            network = with_rows_of_tables(json.loads(path.read_text(encoding="utf-8")), added)
            _write(path, network)
            if name == "ranking-reader":
                order = network_from(network)
    confidence = {size: load_refusal(f"refusal-{size}-reader") for size in ("small", "large")}
    for some, ranking in (("before", load_network("ranking-reader")), ("now", order)):
        for size, refusal in confidence.items():
            print(some, size, measure(held, ranking, refusal, reading=True))
    return 0


def _corpora(
    arguments: argparse.Namespace,
) -> Iterator[tuple[str, list[Document], list[Case], bool]]:
    """Each collection with its name, documents, cases, and whether these only measure."""
    others = arguments.others_only
    for name, wanted, count, measured in (
        ("bucket 2", CALIBRATION, arguments.questions, False),
        ("buckets 0, 1", DEVELOPMENT, arguments.measured, True),
    ):
        documents, cases = qa_cases(arguments.data, wanted, count)
        yield name, documents, [one for one in cases if not (others and in_chinese(one))], measured
    for language, documents, cases in encyclopedia_corpora(written_encyclopedia()):
        yield f"encyclopedia, {language}", documents, cases, False
    general = endless(general_questions(TRAINING))
    for documents, names in () if others else _suite_corpora(arguments):
        cases = suite_cases(arguments.suites, names)
        cases += [
            Case("off-topic", False, one, (), frozenset(), is_third(one), SUITE / 2 * OFF_TOPIC)
            for one in islice(general, GENERAL)
        ]
        yield names[0], documents, cases, False
    for buckets, measured in ((CALIBRATION, False), (DEVELOPMENT, True)):
        limit = arguments.articles // (1 + 3 * measured)
        make = corpora_in_other_languages if others else written_corpora
        for documents, cases in make(arguments.data, buckets, held=measured, limit=limit):
            yield "written", documents, cases, measured


def _suite_corpora(arguments: argparse.Namespace) -> Iterator[tuple[list[Document], list[str]]]:
    from rag.reading import read_path

    def read_all(folder: Path) -> list[Document]:
        files = sorted(p for p in folder.iterdir() if p.suffix in {".md", ".txt"})
        return [one for file in files for one in read_path(file, source=file.name)]

    seeds = arguments.suites.parent / "seeds"
    names = ["seeds", "seeds-english", "seeds-traditional", "seeds-unanswerable"]
    yield read_all(seeds), names
    for folder in arguments.documents:
        yield read_all(folder), ["originals", "originals-unanswerable"]


def _finish(
    out: Path,
    suffix: str,
    order: Network,
    fitted: Sequence[Seen],
    held: Sequence[Seen],
    *,
    reading: bool,
) -> None:
    """Fit the refusal that belongs to a ranking, set its threshold, write and report it."""
    print(f"--- refusal{suffix}, questions kept for measuring")
    for size in ("small", "large"):
        chosen = [one for one in fitted if one.case.public == (size == "large")]
        kept = [one for one in held if one.case.public == (size == "large")]
        refusal = fit_refusal(chosen, order, reading=reading, others="-other" in suffix)
        judge = refusal_from(refusal)
        points = curve(kept, order, judge, reading=reading)
        _write(out / f"refusal-{size}{suffix}.json", refusal)
        _write(out / f"refusal-{size}{suffix}-curve.json", points)
        for kind, row in measure(kept, order, judge, reading=reading).items():
            print(f"{kind:22s} {row}")
        for point in points:
            print(point)


def _write(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
