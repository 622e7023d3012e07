"""TREC: qrels (``topic 0 document relevance``), queries and corpus as tab-separated lines."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.formats import Collection
from rag.evaluation.formats.lines import at_row, json_lines, tab_lines, text_field, text_lines
from rag.evaluation.suites import Evidence, Question
from rag.records import Document

__all__ = ["judged_questions", "load", "read_corpus", "read_qrels"]


def load(corpus: Path, queries: Path, qrels: Path, language: str = "") -> Collection:
    """Judged queries only, as :mod:`ir_measures` counts them; relevance above 0 is relevant.

    Args:
        corpus: ``id<TAB>text`` or ``id<TAB>title<TAB>text`` lines, or JSON Lines.
        queries: ``id<TAB>query`` lines.
        qrels: Four columns, white space between them.
        language: Of the queries, for tables.
    """
    documents = list(read_corpus(corpus))
    asked = {cells[0]: cells[1] for _, cells in tab_lines(queries, 2)}
    return judged_questions(asked, read_qrels(qrels), documents, language, queries), documents


def judged_questions(
    asked: dict[str, str],
    relevant: dict[str, list[str]],
    documents: list[Document],
    language: str,
    place: Path,
) -> list[Question]:
    """A question per judged query; every relevant document is wanted (recall counts all of them).

    Raises:
        SuiteError: A judged document is not in the corpus, or has no text there.
    """
    sources = {document.source for document in documents}
    questions = []
    for identity, wanted in relevant.items():
        if identity not in asked:
            raise SuiteError(f"{place}: the judged query {identity!r} is missing. Add its line.")
        missing = [source for source in wanted if source not in sources]
        if missing:
            raise SuiteError(
                f"{place}: query {identity!r}: the judged document {missing[0]!r} is not in the "
                "corpus, or empty there. Use the corpus that the qrels were made for."
            )
        questions.append(
            Question(
                id="_".join(identity.split()).replace("#", "_"),
                question=asked[identity],
                language=language,
                evidence=tuple(Evidence(document=source) for source in wanted),
            )
        )
    return questions


def read_qrels(path: Path) -> dict[str, list[str]]:
    """Topic to its relevant documents; BEIR's three columns with a head line are read too.

    Raises:
        SuiteError: A line has neither three nor four columns, or a relevance that is no number.
    """
    relevant: dict[str, list[str]] = {}
    for number, line in enumerate(text_lines(path), 1):
        at_row(f"{path}:{number}")
        cells = line.split()
        if not cells or (number == 1 and cells[-1].lower() in {"score", "relevance", "rel"}):
            continue
        if len(cells) not in {3, 4} or not cells[-1].lstrip("-").isdigit():
            raise SuiteError(
                f"{path}:{number}: is not 'topic 0 document relevance'. Mend the line."
            )
        if int(cells[-1]) > 0:
            relevant.setdefault(cells[0], []).append(cells[-2])
    return relevant


def read_corpus(path: Path) -> Iterator[Document]:
    """Documents of a tab-separated or JSON Lines file (``_id``, ``docid`` or ``id``, ``text``).

    The title of a document without text is its text; one without either is left out.
    """
    for document in _corpus(path):
        if document.text.strip():
            yield document
        elif document.title and document.title.strip():
            yield dataclasses.replace(document, text=document.title)


def _corpus(path: Path) -> Iterator[Document]:
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    if name.endswith((".jsonl", ".json")):
        for row in json_lines(path):
            identity = text_field(row, path, "_id", "docid", "id")
            yield Document(
                id=identity,
                source=identity,
                text=text_field(row, path, "text"),
                title=text_field(row, path, "title") if row.get("title") else None,
            )
        return
    for _, cells in tab_lines(path, 2):
        title = cells[1] if len(cells) > 2 else None
        yield Document(id=cells[0], source=cells[0], text=cells[-1], title=title or None)
