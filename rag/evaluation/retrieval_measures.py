"""Retrieval measures, computed from TREC run and qrels files by ``ir_measures``.

What is judged is the *evidence item*: the place of an answer. A question where any evidence counts
has one item; one with ``all: true`` has as many as it has evidences. Each item is a topic of its
own (``question-id#1``, ``#2`` ...), so that a passage holding two items counts for both and a
cutoff at 5 means five passages. In the run, the first passage that holds the item is written as
``evidence`` (the only relevant document of the topic), every other as ``source:start-end``: with
overlapping passages the second copy of the same words is neither a gain nor a miss. Public sets are
judged by document as they were published: there the topic is the question and each document stands
once, at its best rank.

A question's value is the mean over its items. A topic without results counts zero.

- recall@k: share of the items found in the first k passages.
- success@k: 1 if any item is found in the first k.
- MRR@10: 1 / rank of the first passage with the item, 0 beyond 10 (Voorhees 1999).
- nDCG@10: Järvelin and Kekäläinen 2002, binary gains.

Definitions and code: MacAvaney, Macdonald and Ounis, "Streamlining Evaluation with ir-measures"
(ECIR 2022), https://ir-measur.es.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from rag.evaluation.checking import Place
from rag.evaluation.matching import overlap
from rag.evaluation.suites import Question, Suite
from rag.records import Passage

__all__ = ["CUTOFFS", "measure_files", "passage_holds", "write_qrels", "write_run"]

CUTOFFS = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "success@5": "Success@5",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}


def passage_holds(passage: Passage, place: Place) -> bool:
    """True when the passage, or one it stands for, covers an occurrence of the evidence wholly."""
    held = [(passage.document_id, passage.start, passage.end)]
    held += [(identity, start, end) for identity, _, start, end in passage.duplicates]
    return any(
        identity == place.document_id and overlap((start, end), span) == span[1] - span[0]
        for identity, start, end in held
        for span in place.spans
    )


def topics(question: Question, places: Sequence[Place]) -> list[tuple[str, list[Place]]]:
    """(topic id, places any of which counts) of a question; none for an unanswerable one."""
    if not places:
        return []
    if not question.all:
        return [(f"{question.id}#1", list(places))]
    items = dict.fromkeys(place.item for place in places)
    return [
        (f"{question.id}#{item}", [place for place in places if place.item == item])
        for item in items
    ]


def write_qrels(path: Path, suite: Suite, places: Mapping[str, Sequence[Place]]) -> None:
    """Judgements in TREC format: ``topic 0 document relevance``."""
    lines: list[str] = []
    for question in suite.questions:
        if suite.relevance == "document":
            wanted = dict.fromkeys(_alike(places[question.id]).values())
            lines += [f"{question.id} 0 {_name(identity)} 1" for identity in wanted]
        else:
            lines += [f"{name} 0 evidence 1" for name, _ in topics(question, places[question.id])]
    _write(path, lines)


def write_run(
    path: Path,
    suite: Suite,
    places: Mapping[str, Sequence[Place]],
    rankings: Mapping[str, Sequence[Passage]],
    tag: str,
) -> None:
    """Rankings in TREC format: ``topic Q0 document rank score tag``.

    The score written is 1 / rank: trec_eval sorts by score and breaks ties by name, so that equal
    scores would be put in another order than the one the system gave.
    """
    lines: list[str] = []
    for question in suite.questions:
        if not places[question.id]:
            continue
        ranking = sorted(rankings.get(question.id, ()), key=lambda passage: passage.rank)
        if suite.relevance == "document":
            alike = _alike(places[question.id])
            names = [
                _name(alike.get(identity, identity))
                for passage in ranking
                for identity in _documents(passage)
            ]
            lines += _lines(question.id, list(dict.fromkeys(names)), tag)
            continue
        for topic, wanted in topics(question, places[question.id]):
            names = [
                f"{_name(passage.source)}:{passage.start}-{passage.end}" for passage in ranking
            ]
            for at, passage in enumerate(ranking):
                if any(passage_holds(passage, place) for place in wanted):
                    names[at] = "evidence"
                    break
            lines += _lines(topic, list(dict.fromkeys(names)), tag)
    _write(path, lines)


def _write(path: Path, lines: Iterable[str]) -> None:
    """Whole or not at all: a second run of the same name must not read half a file."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    partial.replace(path)


def _lines(topic: str, names: Sequence[str], tag: str) -> list[str]:
    return [f"{topic} Q0 {name} {rank} {1 / rank:.9f} {tag}" for rank, name in enumerate(names, 1)]


def _alike(places: Sequence[Place]) -> dict[str, str]:
    """Each wanted document to the one it counts as: rows that hold the same evidence are one."""
    alike: dict[str, str] = {}
    first: dict[int, str] = {}
    for place in places:
        identity = place.document_id or place.source
        alike.setdefault(identity, first.setdefault(place.item, identity))
    return alike


def _documents(passage: Passage) -> list[str]:
    return [passage.document_id, *(identity for identity, _, _, _ in passage.duplicates)]


def _name(identity: str) -> str:
    """TREC files are split at white space."""
    return quote(identity, safe="/:;,()[]!'*@&=+$~#") or "-"


def measure_files(qrels: Path, run: Path) -> dict[str, dict[str, float]]:
    """Question id to measure to value, from the two files alone."""
    import ir_measures

    wanted = {ir_measures.parse_measure(code): name for name, code in CUTOFFS.items()}
    by_question: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    # Opened here: given a path, ir_measures reads it in the encoding of the machine.
    with qrels.open(encoding="utf-8") as file:
        judged = list(ir_measures.read_trec_qrels(file))
    if not judged:
        return {}
    with run.open(encoding="utf-8") as file:
        ranked = list(ir_measures.read_trec_run(file))
    for metric in ir_measures.iter_calc(list(wanted), judged, ranked):
        identity = metric.query_id.rpartition("#")[0] or metric.query_id
        by_question[identity][wanted[metric.measure]].append(metric.value)
    return {
        identity: {
            name: max(values) if name.startswith("success") else sum(values) / len(values)
            for name, values in measures.items()
        }
        for identity, measures in by_question.items()
    }
