"""RGB: questions with positive and negative news passages (Chen et al., AAAI 2024).

JSON Lines: ``id``, ``query``, ``answer`` (a text, or a list of items each a text or list of ways),
``positive`` and ``negative`` lists of passages. All passages of the file form one collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import field, json_lines, text_field
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["load"]


def load(path: Path, language: str = "", answerable: bool = True) -> Collection:
    """The questions of one file.

    Args:
        path: ``zh.json``, ``en_refine.json`` ...
        language: For tables.
        answerable: False: positive passages are left out and every question should be refused
            (RGB's "negative rejection").
    """
    documents: dict[str, Document] = {}
    questions: list[Question] = []
    for row in json_lines(path):
        kept = _texts(field(row, path, "positive")) if answerable else []
        sources = [_add(documents, text, language) for text in kept]
        for text in _texts(row.get("negative", [])):
            _add(documents, text, language)
        possible = answerable and bool(sources)
        items = _items(field(row, path, "answer"))
        questions.append(
            Question(
                id=f"q{row.get('id', len(questions))}",
                question=text_field(row, path, "query", "question"),
                kind="direct" if possible else "unanswerable",
                language=language,
                answerable=possible,
                evidence=tuple(Evidence(document=source) for source in dict.fromkeys(sources))
                if possible
                else (),
                # Several items: each is wanted, but any passage may hold it.
                answers=(tuple(way for ways in items for way in ways),)
                if possible and items
                else (),
            )
        )
    return questions, list(documents.values())


def _texts(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else [value]
    flat = [item for part in parts for item in (part if isinstance(part, list) else [part])]
    return [str(item) for item in flat if str(item).strip()]


def _items(value: Any) -> list[tuple[str, ...]]:
    items = value if isinstance(value, list) else [value]
    return [tuple(map(str, item)) if isinstance(item, list) else (str(item),) for item in items]


def _add(documents: dict[str, Document], text: str, language: str) -> str:
    source = f"p{len(documents) + 1:05d}"
    known = documents.setdefault(
        text, Document(id=source, source=source, text=text, language=language or None)
    )
    return known.source
