"""SQuAD-style JSON: SQuAD, CMRC 2018, DRCD, XQuAD, MLQA and their kin.

``{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers": [{"text",
"answer_start"}], "is_impossible"}]}]}]}`` (Rajpurkar et al. 2016). One document per paragraph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import field, json_value
from rag.evaluation.formats.spans import answer_evidence
from rag.evaluation.suites import Question
from rag.records import Document

__all__ = ["load"]


def load(path: Path, language: str = "") -> Collection:
    """Questions and paragraphs of one file."""
    questions: list[Question] = []
    documents: dict[str, Document] = {}
    seen: set[str] = set()
    content = json_value(path)
    for article in content["data"] if isinstance(content, dict) else content:
        title = article.get("title") or None
        # CMRC's trial file and XQuAD nest alike but for the name of the paragraph's text.
        for paragraph in field(article, path, "paragraphs"):
            text: str = field(paragraph, path, "context", "context_text")
            source = f"p{len(documents) + 1:05d}"
            known = documents.setdefault(
                text,
                Document(
                    id=source, source=source, text=text, title=title, language=language or None
                ),
            )
            for row in paragraph.get("qas", ()):
                question = _question(row, path, known, language, len(questions))
                if question.id not in seen:
                    seen.add(question.id)
                    questions.append(question)
    return questions, list(documents.values())


def _question(
    row: dict[str, Any], path: Path, document: Document, language: str, number: int
) -> Question:
    identity = str(row.get("id") or row.get("query_id") or f"q{number + 1}").replace(" ", "_")
    answers = [
        (str(answer["text"]), int(answer.get("answer_start", -1)))
        for answer in row.get("answers", ())
        if answer.get("text")
    ]
    impossible = bool(row.get("is_impossible")) or not answers
    return Question(
        id=identity.replace("#", "_"),
        question=str(field(row, path, "question", "query_text")),
        kind="unanswerable" if impossible else "direct",
        language=language,
        answerable=not impossible,
        evidence=() if impossible else answer_evidence(document, answers),
        answers=() if impossible else (tuple(dict.fromkeys(text for text, _ in answers)),),
    )
