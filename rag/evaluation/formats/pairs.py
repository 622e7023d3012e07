"""LCQMC-like pairs: ``sentence1<TAB>sentence2<TAB>label``, label 1 for the same meaning.

Also BQ, PAWS-X, AFQMC and STS-B files in that layout (a label in [0, 5] counts from 4 on). As
retrieval: the first sentence asks, all second sentences are the passages, and only positive pairs
are questions, so that a paraphrase must be found among all others, its near misses included.
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import json_lines, tab_lines, text_field
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["load"]


def load(path: Path, language: str = "zh", positive: float = 1) -> Collection:
    """Positive pairs as questions; a sentence asked in several pairs wants any of its partners.

    Args:
        path: Tab-separated with or without a head line, or JSON Lines (``sentence1``,
            ``sentence2``, ``label``).
        language: For tables.
        positive: Smallest label that means the same; for labels in [0, 5] give 4.
    """
    documents: dict[str, Document] = {}
    partners: dict[str, dict[str, None]] = {}
    for first, second, label in _rows(path):
        source = f"s{len(documents) + 1:05d}"
        document = documents.setdefault(
            second, Document(id=source, source=source, text=second, language=language or None)
        )
        if label >= positive:
            partners.setdefault(first, {})[document.source] = None
    questions = [
        Question(
            id=f"q{number:05d}",
            question=asked,
            kind="paraphrase",
            language=language,
            evidence=tuple(Evidence(document=source) for source in sources),
        )
        for number, (asked, sources) in enumerate(partners.items(), 1)
    ]
    return questions, list(documents.values())


def _rows(path: Path) -> list[tuple[str, str, float]]:
    rows: list[tuple[str, str, float]] = []
    if path.name.removesuffix(".gz").removesuffix(".zst").endswith((".json", ".jsonl")):
        for row in json_lines(path):
            first, second = text_field(row, path, "sentence1"), text_field(row, path, "sentence2")
            rows.append((first, second, float(text_field(row, path, "label"))))
        return rows
    for number, cells in tab_lines(path, 3):
        try:
            rows.append((cells[-3], cells[-2], float(cells[-1])))
        except ValueError as error:
            if number == 1:
                continue  # the head line
            raise SuiteError(f"{path}:{number}: the label {cells[-1]!r} is no number.") from error
    return rows
