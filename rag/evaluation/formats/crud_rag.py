"""CRUD-RAG: Chinese news and questions over one, two or three of them (Lyu et al. 2024).

One JSON object with ``questanswer_1doc``, ``questanswer_2docs``, ``questanswer_3docs``: rows with
``ID``, ``questions``, ``answers`` and ``news1`` ... ``news3``.
"""

from __future__ import annotations

from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import at_row, json_value, text_field
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["load"]

TASKS = ("questanswer_1doc", "questanswer_2docs", "questanswer_3docs")


def load(path: Path, task: str = "questanswer_1doc") -> Collection:
    """Questions of one task; the news of all three tasks are the documents.

    Answers are whole sentences, so that ``answer_F1`` and retrieval are the measures to read. A
    question over two or three news wants all of them.
    """
    content = json_value(path)
    if task not in TASKS or not isinstance(content, dict) or task not in content:
        raise SuiteError(f"{path}: there is no task {task!r}. Use one of {', '.join(TASKS)}.")
    documents: dict[str, Document] = {}
    questions: list[Question] = []
    for name in TASKS:
        for number, row in enumerate(content.get(name, ()), 1):
            at_row(f"{path}: {name}, row {number}")
            sources = [_add(documents, str(row[key])) for key in _news(row)]
            if name != task:
                continue
            questions.append(
                Question(
                    id=f"{row.get('ID', len(questions))}",
                    question=text_field(row, path, "questions", "question"),
                    kind=name.removeprefix("questanswer_"),
                    language="zh",
                    evidence=tuple(Evidence(document=source) for source in sources),
                    answers=((text_field(row, path, "answers", "answer"),),),
                    all=len(sources) > 1,
                )
            )
    return questions, list(documents.values())


def _news(row: dict[str, object]) -> list[str]:
    return [key for key in ("news1", "news2", "news3") if str(row.get(key) or "").strip()]


def _add(documents: dict[str, Document], text: str) -> str:
    source = f"n{len(documents) + 1:05d}"
    known = documents.setdefault(text, Document(id=source, source=source, text=text, language="zh"))
    return known.source
