"""Sentence pairs as cross-lingual retrieval: the question is one side, the passage the other.

JSON Lines with ``e`` (English), ``x`` (the other side), ``l`` (its language), ``s`` (the set).
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import field, json_lines
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["load"]


def load(
    path: Path,
    language: str,
    only: str = "",
    direction: str = "from-english",
    size: int | None = None,
) -> Collection:
    """One question per pair; passages are all the other sides of the chosen rows.

    Args:
        path: The file.
        language: Of the other side, such as ``zh``.
        only: Rows whose ``s`` is this; '' for all.
        direction: ``from-english``: English asks; ``to-english``: the other side asks.
        size: At most so many pairs, in the file's order.

    Two pairs with the same passage are one passage; questions of equal words are dropped, since
    either passage would be right.
    """
    if direction not in {"from-english", "to-english"}:
        raise SuiteError(
            f"{path}: direction must be from-english or to-english, not {direction!r}."
        )
    sides = ("e", "x") if direction == "from-english" else ("x", "e")
    documents: dict[str, Document] = {}
    questions: dict[str, Question] = {}
    for row in json_lines(path):
        if row.get("l") != language or (only and row.get("s") != only):
            continue
        asked, passage = (str(field(row, path, side)) for side in sides)
        if asked in questions or not asked.strip() or not passage.strip():
            continue
        source = f"s{len(documents) + 1:05d}"
        document = documents.setdefault(passage, Document(id=source, source=source, text=passage))
        questions[asked] = Question(
            id=f"q{len(questions) + 1:05d}",
            question=asked,
            kind="cross-lingual",
            language="en" if direction == "from-english" else language,
            evidence=(Evidence(document=document.source),),
        )
        if size is not None and len(questions) >= size:
            break
    return list(questions.values()), list(documents.values())
