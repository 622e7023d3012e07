"""SQuAD-style JSON: SQuAD, CMRC 2018, DRCD, XQuAD, MLQA and their kin.

``{"data": [{"title", "paragraphs": [{"context", "qas": [{"id", "question", "answers": [{"text",
"answer_start"}], "is_impossible"}]}]}]}`` (Rajpurkar et al. 2016). One document per paragraph.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import at_row, field, json_value, text_field
from rag.evaluation.formats.spans import answer_evidence
from rag.evaluation.suites import Question
from rag.records import Document

__all__ = ["load"]


def load(path: Path, language: str = "") -> Collection:
    """Questions and paragraphs of one file."""
    questions: list[Question] = []
    documents: dict[str, Document] = {}
    seen: set[tuple[str, str, str]] = set()
    content = json_value(path)
    articles = field(content, path, "data") if isinstance(content, dict) else content
    for number, article in enumerate(articles, 1):
        at_row(f"{path}: article {number}")
        title = article.get("title") or None
        # CMRC's trial file and XQuAD nest alike but for the name of the paragraph's text.
        for part, paragraph in enumerate(field(article, path, "paragraphs"), 1):
            place = f"{path}: article {number}, paragraph {part}"
            at_row(place)
            text = text_field(paragraph, path, "context", "context_text")
            source = f"p{len(documents) + 1:05d}"
            known = documents.setdefault(
                text,
                Document(
                    id=source, source=source, text=text, title=title, language=language or None
                ),
            )
            for count, row in enumerate(paragraph.get("qas") or (), 1):
                at_row(f"{place}, question {count}")
                question = _question(row, path, known, language, len(questions))
                # An id alone does not tell: some files count anew in each paragraph.
                same = (question.id, question.question, known.source)
                if same not in seen:
                    seen.add(same)
                    questions.append(question)
    return questions, list(documents.values())


def _question(
    row: dict[str, Any], path: Path, document: Document, language: str, number: int
) -> Question:
    identity = str(row.get("id") or row.get("query_id") or f"q{number + 1}")
    answers = _answers(row.get("answers") or ())
    impossible = bool(row.get("is_impossible")) or not answers
    return Question(
        id=identity,
        question=text_field(row, path, "question", "query_text"),
        kind="unanswerable" if impossible else "direct",
        language=language,
        answerable=not impossible,
        evidence=() if impossible else answer_evidence(document, answers),
        answers=() if impossible else (tuple(dict.fromkeys(text for text, _ in answers)),),
    )


def _answers(value: Any) -> list[tuple[str, int]]:
    """(text, offset) pairs; Hugging Face's copies have a list of each in place of a list of pairs."""
    if isinstance(value, dict):
        texts = value["text"]
        rows = list(zip(texts, value.get("answer_start") or [-1] * len(texts), strict=True))
    else:
        rows = [(answer.get("text"), answer.get("answer_start", -1)) for answer in value]
    return [(str(text), int(start)) for text, start in rows if text]
