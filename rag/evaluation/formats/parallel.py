"""Sentence pairs as cross-lingual retrieval: the question is one side, the passage the other.

JSON Lines with ``e`` (English), ``x`` (the other side), ``l`` (its language), ``s`` (the set).
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import json_lines, text_field
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["load"]


def load(
    path: Path,
    language: str | list[str],
    only: str = "",
    direction: str = "from-english",
    size: int | None = None,
) -> Collection:
    """One question per pair; passages are the other sides of all chosen rows.

    Args:
        path: The file.
        language: Of the other side, such as ``zh``; or several, reported apart.
        only: Rows whose ``s`` is this; '' for all.
        direction: ``from-english``: English asks; ``to-english``: the other side asks.
        size: At most so many questions of each language, in the file's order; passages stay.

    Two pairs with the same passage are one passage; a question asked before is not asked again.
    """
    if direction not in {"from-english", "to-english"}:
        raise SuiteError(
            f"{path}: direction must be from-english or to-english, not {direction!r}."
        )
    languages = [language] if isinstance(language, str) else list(language)
    documents: dict[str, Document] = {}
    questions: dict[str, Question] = {}
    counts = dict.fromkeys(languages, 0)
    for row in json_lines(path):
        tag = row.get("l")
        if tag not in counts or (only and row.get("s") != only):
            continue
        sides = ("e", "x") if direction == "from-english" else ("x", "e")
        asked, passage = (text_field(row, path, side) for side in sides)
        if not asked.strip() or not passage.strip():
            continue
        source = f"s{len(documents) + 1:05d}"
        document = documents.setdefault(passage, Document(id=source, source=source, text=passage))
        if asked in questions or (size is not None and counts[tag] >= size):
            continue
        counts[tag] += 1
        questions[asked] = Question(
            id=f"q{len(questions) + 1:05d}",
            question=asked,
            kind="cross-lingual",
            language="en" if direction == "from-english" else tag,
            evidence=(Evidence(document=document.source),),
        )
    return list(questions.values()), list(documents.values())
