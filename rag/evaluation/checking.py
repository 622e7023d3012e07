"""Suites against their documents: where each evidence stands, or what to mend where it does not."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from rag.errors import SuiteError
from rag.evaluation.matching import holds
from rag.evaluation.suites import Evidence, Question, Suite
from rag.normalization import normalize
from rag.records import Document

__all__ = ["Named", "Place", "by_name", "check", "find_documents", "locate", "occurrences"]

Span = tuple[int, int]
#: A text without white space, composed (NFC), and where in the text each of its characters begins.
Bare = tuple[str, list[int]]
# So many wrong names are compared with all others, which takes half a second among thousands.
_HINTS = 5
# An é may be two characters, a Korean syllable three.
_CLUSTER = regex.compile(r"\X")


class Named(dict[str, list[Document]]):
    """What a suite may call documents by: a source (all rows of a table are of one) or the id of one.

    Attributes:
        endings: Last part of a path, composed (NFC), to the names that end in it.
    """

    endings: dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one evidence stands in a document as read.

    Attributes:
        document_id: The document's id in the knowledge base; '' when reading lost the words.
        spans: Every occurrence; empty when reading lost the words (they stand in the file).
        item: Number of the evidence in its question, from 1: the rows of a table that hold it are
            several places of one item.
    """

    document_id: str
    source: str
    spans: tuple[Span, ...]
    item: int = 1


def check(suite: Suite, documents: Iterable[Document]) -> list[str]:
    """Faults of a suite against its documents that need a look but stop nothing, one line each.

    Raises:
        SuiteError: An evidence names no document, or words that do not stand in it.
    """
    known = list(documents)
    places = locate(suite, known)
    named = by_name(known)
    texts = {document.id: document.text for document in known}
    notes: list[str] = []
    for question in suite.questions:
        found = [
            texts[place.document_id][start:end]
            for place in places[question.id]
            for start, end in place.spans
        ]
        notes += [
            _where(suite, question, evidence)
            + (
                f"the words {_short(evidence.text or '')!r} stand in the file {place.source}, but "
                "not in its text as read"
                if find_documents(evidence.document, named)
                else f"the file {place.source} is there, but no text was read from it"
            )
            + ": no system can find the evidence. Choose another, or convert the file."
            for place in places[question.id]
            if not place.spans
            for evidence in [question.evidence[place.item - 1]]
        ]
        notes += [
            f"{suite.at(question.line)}: question {question.id!r}: none of the answers "
            f"{', '.join(map(repr, ways))} stands in the evidence. Add the words the document "
            "uses, or correct the evidence."
            for ways in question.answers
            if found and not any(holds(text, ways) for text in found)
        ]
    return notes


def locate(suite: Suite, documents: Sequence[Document]) -> dict[str, tuple[Place, ...]]:
    """Question id to the places of its evidences, in their order.

    Raises:
        SuiteError: As :func:`check`; all faults, one line each.
    """
    named = by_name(documents)
    bare: dict[str, Bare] = {}
    faults: list[str] = []
    places: dict[str, tuple[Place, ...]] = {}
    for question in suite.questions:
        found: list[Place] = []
        for item, evidence in enumerate(question.evidence, 1):
            try:
                hint = len(faults) < _HINTS
                spans = _spans(suite, question, evidence, named, bare, hint=hint)
                found += [
                    Place(document_id=document.id, source=document.source, spans=held, item=item)
                    for document, held in spans
                ] or [Place(document_id="", source=evidence.document, spans=(), item=item)]
            except SuiteError as error:
                faults.append(str(error))
        faults += [
            f"{suite.at(question.line)}: exclude: question {question.id!r}: "
            + _no_document(source, named, hint=len(faults) < _HINTS)
            for source in question.exclude
            if not find_documents(source, named)
        ]
        places[question.id] = tuple(found)
    if faults:
        raise SuiteError("\n".join(faults))
    return places


def by_name(documents: Iterable[Document]) -> Named:
    """Each source to its documents, and the id of each document to it alone."""
    known = list(documents)
    named = Named()
    for document in known:
        named.setdefault(document.source, []).append(document)
    for document in known:
        named.setdefault(document.id, [document])
    named.endings = {}
    for name in named:
        named.endings.setdefault(_last(_composed(name)), []).append(name)
    return named


def find_documents(name: str, named: Named) -> Sequence[Document]:
    """Those of that source, the one of that id, or the only ones whose source or id ends in ``/name``.

    A name that is composed otherwise (``é`` as one character or as two) is the same name.
    """
    if name in named:
        return named[name]
    wanted = _composed(name)
    alike = named.endings.get(_last(wanted), [])
    ending = [known for known in alike if _composed(known) == wanted]
    ending = ending or [known for known in alike if _composed(known).endswith("/" + wanted)]
    if not ending and "/" in name:
        # 'seeds/003.md' where the index calls it '003.md', or calls the folder otherwise.
        ending = alike
    found = {tuple(document.id for document in named[known]): named[known] for known in ending}
    return next(iter(found.values())) if len(found) == 1 else ()


def occurrences(words: str, text: str) -> list[Span]:
    """Where the words stand in the text, white space apart; none for blank words."""
    key = _squeeze(words)
    return _occurrences(key, _bare(text), text) if key else []


def _where(suite: Suite, question: Question, evidence: Evidence) -> str:
    return f"{suite.at(evidence.line or question.line)}: question {question.id!r}: "


def _spans(
    suite: Suite,
    question: Question,
    evidence: Evidence,
    named: Named,
    bare: dict[str, Bare],
    *,
    hint: bool,
) -> list[tuple[Document, tuple[Span, ...]]]:
    """The documents that hold an evidence, and where; none when reading lost it."""
    where = _where(suite, question, evidence)
    documents = find_documents(evidence.document, named)
    if not documents:
        if _raw_text(suite, evidence.document) is not None:
            return []
        raise SuiteError(where + _no_document(evidence.document, named, hint=hint))
    if evidence.start is not None and evidence.end is not None:
        if len(documents) > 1:
            raise SuiteError(
                f"{where}{evidence.document} has {len(documents)} rows, each a document of its own. "
                f"Write the row's id, such as {documents[0].id}, or quote its words (text: ...)."
            )
        span = _checked_span(where, evidence, documents[0], evidence.start, evidence.end)
        return [(documents[0], (span,))]
    if evidence.text is None:
        return [(document, ((0, len(document.text)),)) for document in documents]
    for document in documents:
        if document.id not in bare:
            bare[document.id] = _bare(document.text)
    key = _squeeze(evidence.text)
    held = [
        (document, tuple(_occurrences(key, bare[document.id], document.text)))
        for document in documents
        if key and key in bare[document.id][0]
    ]
    if not held:
        raw = _raw_text(suite, evidence.document)
        if raw is None or key not in _squeeze(raw):
            texts = [bare[document.id][0] for document in documents]
            row = documents[0].id.endswith(evidence.document)
            name = documents[0].id if row else documents[0].source
            raise SuiteError(where + _not_verbatim(evidence.text, name, texts))
    return held


def _checked_span(where: str, evidence: Evidence, document: Document, start: int, end: int) -> Span:
    text = document.text
    if end > len(text):
        raise SuiteError(
            f"{where}the span {start}..{end} ends after the {len(text)} "
            f"characters of {document.source}. Correct start and end."
        )
    if evidence.text is not None and _squeeze(text[start:end]) != _squeeze(evidence.text):
        raise SuiteError(
            f"{where}text and span disagree: {document.source} has "
            f"{_short(text[start:end])!r} there. Remove one of the two, or correct it."
        )
    return start, end


def _occurrences(key: str, bare: Bare, text: str) -> list[Span]:
    """All spans of the words, white space apart: columns break lines in mid-sentence."""
    letters, starts = bare
    spans: list[Span] = []
    at = letters.find(key)
    while at >= 0:
        last = starts[at + len(key) - 1]
        cluster = _CLUSTER.match(text, last)
        spans.append((starts[at], cluster.end() if cluster else last + 1))
        at = letters.find(key, at + 1)
    return spans


def _bare(text: str) -> Bare:
    if unicodedata.is_normalized("NFC", text):
        kept = [(at, character) for at, character in enumerate(text) if not character.isspace()]
    else:
        kept = [
            (cluster.start(), character)
            for cluster in _CLUSTER.finditer(text)
            for character in _composed(cluster[0])
            if not character.isspace()
        ]
    return "".join(character for _, character in kept), [at for at, _ in kept]


def _squeeze(text: str) -> str:
    return "".join(_composed(text).split())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _last(name: str) -> str:
    return name.rpartition("/")[2]


def _short(text: str, size: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= size else flat[: size - 1] + "…"


def _no_document(name: str, named: Named, *, hint: bool) -> str:
    # The files alone: a table has thousands of rows, and to compare with each takes long.
    sources = list(dict.fromkeys(documents[0].source for documents in named.values()))
    near = difflib.get_close_matches(name, sources, 1, 0.4) if hint else []
    count = len({document.id for documents in named.values() for document in documents})
    told = f"Did you mean {near[0]!r}?" if near else f"There are {count}: rag documents"
    same = [known for known in named if known.endswith("/" + name)]
    if len(same) > 1:
        told = f"It could be {', '.join(sorted(same)[:3])}: write the longer path."
    return f"there is no document {name!r} among those indexed. {told}"


def _not_verbatim(wanted: str, source: str, texts: Sequence[str]) -> str:
    key = _squeeze(wanted)
    alike = any(normalize(key) in normalize(text) for text in texts)
    size = 0
    while size < len(key) and (texts := [text for text in texts if key[: size + 1] in text]):
        size += 1
    upto = f"It agrees up to {_short(key[max(0, size - 12) : size])!r}." if size > 3 else ""
    if alike:
        upto = "It stands there in other signs (their width, case, script, dashes or quotes)."
    return (
        f"the evidence {_short(wanted)!r} does not occur in {source}. {upto} "
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
