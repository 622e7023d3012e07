"""Questions on paragraphs as JSON Lines: ``q`` question, ``p`` paragraph, ``a`` [[answer, offset]].

``s`` names the set a row came from, ``l`` its language. Paragraphs are split for good by
``bucket = int(sha256(paragraph)[:8 hex digits], 16) % 10``: 0 and 1 are development (measured
here), 2 is calibration (thresholds), 3 to 9 are for training.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import json_lines, text_field
from rag.evaluation.formats.spans import answer_evidence
from rag.evaluation.suites import Question
from rag.records import Document

__all__ = ["bucket", "load"]

SPLITS = {
    "development": range(2),
    "calibration": range(2, 3),
    "training": range(3, 10),
    "all": range(10),
}


def bucket(paragraph: str) -> int:
    """0 to 9, the same for the same text for ever."""
    return int(hashlib.sha256(paragraph.encode()).hexdigest()[:8], 16) % 10


def load(
    path: Path,
    split: str = "development",
    only: str = "",
    language: str = "",
    distractors: bool = True,
) -> Collection:
    """The questions of one split, over the paragraphs of all.

    Args:
        path: The file, plain or ``.gz`` or ``.zst``.
        split: ``development``, ``calibration``, ``training`` or ``all``.
        only: Rows whose ``s`` is this; '' for all.
        language: Rows whose ``l`` is this; '' for all.
        distractors: Whether the other splits' paragraphs are documents too; without them the
            search is over a fraction of the set and looks better than it is.
    """
    if split not in SPLITS:
        raise SuiteError(f"{path}: there is no split {split!r}. Use: {', '.join(SPLITS)}.")
    questions: dict[tuple[str, str], Question] = {}
    documents: dict[str, Document] = {}
    for row in json_lines(path):
        if (only and row.get("s") != only) or (language and row.get("l") != language):
            continue
        text = text_field(row, path, "p")
        asked = bucket(text) in SPLITS[split]
        if not asked and not distractors:
            continue
        tag = str(row.get("l", ""))
        source = f"p{len(documents) + 1:05d}"
        document = documents.setdefault(
            text, Document(id=source, source=source, text=text, language=tag or None)
        )
        if not asked:
            continue
        answers = [(str(words), int(offset)) for words, offset in row.get("a", ()) if words]
        words = text_field(row, path, "q")
        questions.setdefault(
            (words, text),
            Question(
                id=f"q{len(questions) + 1:05d}",
                question=words,
                language=tag,
                answerable=bool(answers),
                kind="direct" if answers else "unanswerable",
                evidence=answer_evidence(document, answers) if answers else (),
                answers=(tuple(dict.fromkeys(a for a, _ in answers)),) if answers else (),
            ),
        )
    return list(questions.values()), list(documents.values())
