"""Suites against their documents: where each evidence stands, or what to mend where it does not."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.errors import SuiteError
from rag.evaluation.matching import holds
from rag.evaluation.suites import Evidence, Question, Suite
from rag.records import Document

__all__ = ["Place", "check", "find_document", "locate"]

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one evidence stands in the documents as read.

    Attributes:
        document_id: The document's id in the knowledge base; '' when it was not read at all.
        spans: Every occurrence; empty when reading lost the words (they stand in the file).
    """

    document_id: str
    source: str
    spans: tuple[Span, ...]


def check(suite: Suite, documents: Iterable[Document]) -> list[str]:
    """Faults of a suite against its documents that need a look but stop nothing, one line each.

    Raises:
        SuiteError: An evidence names no document, or words that do not stand in it.
    """
    known = list(documents)
    places = locate(suite, known)
    texts = {document.id: document.text for document in known}
    notes: list[str] = []
    for question in suite.questions:
        found = [
            texts[place.document_id][start:end]
            for place in places[question.id]
            for start, end in place.spans
        ]
        notes += [
            f"{suite.place}:{question.line}: question {question.id!r}: none of the answers "
            f"{', '.join(map(repr, ways))} stands in the evidence. Add the words the document "
            "uses, or correct the evidence."
            for ways in question.answers
            if found and not any(holds(text, ways) for text in found)
        ]
    return notes


def locate(suite: Suite, documents: Sequence[Document]) -> dict[str, tuple[Place, ...]]:
    """Question id to the place of each of its evidences, in their order.

    Raises:
        SuiteError: As :func:`check`; all faults, one line each.
    """
    by_source = {document.source: document for document in documents}
    bare: dict[str, tuple[str, list[int]]] = {}
    faults: list[str] = []
    places: dict[str, tuple[Place, ...]] = {}
    for question in suite.questions:
        found: list[Place] = []
        for evidence in question.evidence:
            try:
                found.append(_place(suite, question, evidence, by_source, bare))
            except SuiteError as error:
                faults.append(str(error))
        faults += [
            f"{suite.place}:{question.line}: exclude: question {question.id!r}: "
            + _no_document(source, by_source)
            for source in question.exclude
            if find_document(source, by_source) is None
        ]
        places[question.id] = tuple(found)
    if faults:
        raise SuiteError("\n".join(faults))
    return places


def find_document(name: str, by_source: Mapping[str, Document]) -> Document | None:
    """The document of that source, or the only one whose source ends in ``/name``."""
    if name in by_source:
        return by_source[name]
    ending = [source for source in by_source if source.endswith("/" + name)]
    if not ending and "/" in name:
        # 'seeds/003.md' where the index calls it '003.md', or calls the folder otherwise.
        file = name.rpartition("/")[2]
        ending = [s for s in by_source if s == file or s.endswith("/" + file)]
    return by_source[ending[0]] if len(ending) == 1 else None


def _place(
    suite: Suite,
    question: Question,
    evidence: Evidence,
    by_source: Mapping[str, Document],
    bare: dict[str, tuple[str, list[int]]],
) -> Place:
    where = f"{suite.place}:{evidence.line or question.line}: question {question.id!r}: "
    document = find_document(evidence.document, by_source)
    if document is None:
        if _raw_text(suite, evidence.document) is not None:
            return Place(document_id="", source=evidence.document, spans=())
        raise SuiteError(where + _no_document(evidence.document, by_source))
    text = document.text
    if evidence.start is not None and evidence.end is not None:
        if evidence.end > len(text):
            raise SuiteError(
                f"{where}the span {evidence.start}..{evidence.end} ends after the {len(text)} "
                f"characters of {document.source}. Correct start and end."
            )
        span = (evidence.start, evidence.end)
        if evidence.text is not None and _squeeze(text[span[0] : span[1]]) != _squeeze(
            evidence.text
        ):
            raise SuiteError(
                f"{where}text and span disagree: {document.source} has "
                f"{_short(text[span[0] : span[1]])!r} there. Remove one of the two, or correct it."
            )
        return Place(document_id=document.id, source=document.source, spans=(span,))
    if evidence.text is None:
        whole = (0, len(text))
        return Place(document_id=document.id, source=document.source, spans=(whole,))
    if document.id not in bare:
        bare[document.id] = _bare(text)
    spans = _occurrences(evidence.text, *bare[document.id])
    if not spans:
        raw = _raw_text(suite, evidence.document)
        if raw is None or _squeeze(evidence.text) not in _squeeze(raw):
            raise SuiteError(where + _not_verbatim(evidence.text, document, bare[document.id][0]))
    return Place(document_id=document.id, source=document.source, spans=tuple(spans))


def _occurrences(wanted: str, bare: str, offsets: Sequence[int]) -> list[Span]:
    """All spans of the words, white space apart: columns break lines in mid-sentence."""
    key = _squeeze(wanted)
    spans: list[Span] = []
    at = bare.find(key)
    while key and at >= 0:
        spans.append((offsets[at], offsets[at + len(key) - 1] + 1))
        at = bare.find(key, at + 1)
    return spans


def _bare(text: str) -> tuple[str, list[int]]:
    kept = [(at, character) for at, character in enumerate(text) if not character.isspace()]
    return "".join(character for _, character in kept), [at for at, _ in kept]


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _short(text: str, size: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"


def _no_document(name: str, by_source: Mapping[str, Document]) -> str:
    near = difflib.get_close_matches(name, by_source, 1, 0.4)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are {len(by_source)}: rag documents"
    same = [source for source in by_source if source.endswith("/" + name)]
    if len(same) > 1:
        hint = f"It could be {', '.join(sorted(same)[:3])}: write the longer path."
    return f"there is no document {name!r} among those indexed. {hint}"


def _not_verbatim(wanted: str, document: Document, bare: str) -> str:
    key = _squeeze(wanted)
    size = 0
    while size < len(key) and key[: size + 1] in bare:
        size += 1
    upto = f"It agrees up to {_short(key[max(0, size - 12) : size])!r}." if size > 3 else ""
    return (
        f"the evidence {_short(wanted)!r} does not occur in {document.source}. {upto} "
        "Quote the document verbatim."
    ).replace("  ", " ")


def _raw_text(suite: Suite, name: str) -> str | None:
    """The file as plain text, to tell a slip of the suite from a loss in reading; None if not."""
    if not suite.documents:
        return None
    base = suite.documents_path
    for path in (base / name, base.parent / name, base / Path(name).name):
        if path.is_file() and path.suffix.lower() not in {".pdf", ".docx"}:
            return path.read_bytes().decode("utf-8", "replace")
    return None
