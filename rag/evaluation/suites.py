"""Suites: questions with the evidence and the answers that count, and the documents they are about.

A suite file is YAML (or JSON, which is YAML)::

    suite: seeds-zh
    description: Direct questions over the five digests.
    documents: seeds                 # relative to the repository root
    optional: true                   # skip with one line when the documents are not there
    questions:
      - id: seeds-001
        question: 全市建成多少个智慧小区?
        kind: direct                 # free; near-miss, off-topic ... are reported apart
        language: zh
        history: [[earlier question, earlier answer]]
        evidence:                    # any of them counts, unless all: true
          - {document: seeds/003.md, text: "verbatim words of the document"}
          - {document: seeds/004.md, start: 120, end: 180}
        answers: ["172个", "172"]    # any; with all: true each item (or list of ways)
      - {id: seeds-002, question: ..., kind: near-miss, answerable: false}

``exclude: [source, ...]`` masks documents (a row of a table by its id) from the index for one
question. Instead of ``documents`` and ``questions`` a suite over a public set has ``collection``
(see :mod:`rag.evaluation.formats`).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from rag.errors import SuiteError
from rag.evaluation.located import Listing, Scalar, Table, parse
from rag.records import Document

__all__ = ["Evidence", "Question", "Suite", "load_suites"]

Relevance = Literal["evidence", "document"]
LEGS = ("lexical", "dense", "weighted", "rrf", "calibrated")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Where the answer stands: words of a document, or a span of it, or (with neither) all of it.

    Attributes:
        document: Its source, or the end of its source from a path separator on. All rows of a table
            have the source of its file; one of them is meant by its id, such as ``docs/c.csv#3``.
        text: Verbatim; only white space may differ.
        start: First character, or None.
        end: One past the last character, or None.
        line: Line of the suite file, 0 when made in Python.
    """

    document: str
    text: str | None = None
    start: int | None = None
    end: int | None = None
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question and what counts as right.

    Attributes:
        evidence: Any one of them counts unless ``all``.
        answers: Ways of saying each wanted item. Without ``all`` there is at most one item; with
            it every item is wanted. Empty when only the evidence is known.
        all: Every evidence and every item is wanted (lists, disagreeing sources).
        answerable: False: the right reaction is a refusal.
        exclude: Sources that are masked from the index for this question.
    """

    id: str
    question: str
    kind: str = "direct"
    language: str = ""
    history: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()
    all: bool = False
    answerable: bool = True
    exclude: tuple[str, ...] = ()
    note: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Questions about one set of documents.

    Attributes:
        documents: Path of the documents as written in the file; '' when ``corpus`` holds them.
        corpus: Documents in memory.
        path: The file it came from, or None.
        root: Folder that ``documents`` is relative to.
        relevance: ``evidence``: a passage counts when it holds the evidence. ``document``: any
            passage of the evidence's document counts, each document once (public sets judge so;
            the default of a file where all evidence is whole documents).
        ask: False: only retrieval is measured.
        legs: Retrieval is also measured with each of these values of the ``fusion`` setting, not re-ordered.
    """

    name: str
    questions: tuple[Question, ...]
    description: str = ""
    documents: str = ""
    corpus: tuple[Document, ...] = field(default=(), repr=False)
    path: Path | None = None
    root: Path = Path()
    relevance: Relevance = "evidence"
    ask: bool = True
    legs: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """File for messages."""
        return str(self.path) if self.path else f"suite {self.name!r}"

    @property
    def file_name(self) -> str:
        """The name as one part of a path: ``../x`` as ``..%2Fx``."""
        signs = {"%": "%25", "/": "%2F", "\\": "%5C", "\0": "%00"}
        return "".join(signs.get(sign, sign) for sign in self.name)

    @property
    def documents_path(self) -> Path:
        """Where the documents lie."""
        return self.root / self.documents

    @classmethod
    def load(cls, path: str | Path) -> Suite | None:
        """The suite of a file; None when it is optional and its data is not there.

        Raises:
            SuiteError: Every fault of form, one line each, with file, line and mend.
        """
        return _load(Path(path))


def load_suites(paths: Iterable[str | Path]) -> tuple[list[Suite], list[str]]:
    """The suites of files (a folder means its ``*.yaml``), and a line for each one skipped.

    Raises:
        SuiteError: A file is missing or wrong, a folder holds none, or a name stands twice.
    """
    suites: list[Suite] = []
    skipped: list[str] = []
    for path in [file for given in paths for file in _files(Path(given))]:
        suite = Suite.load(path)
        if suite is None:
            skipped.append(f"{path}: skipped, its documents are not on this machine")
            continue
        twin = next((other for other in suites if other.name == suite.name), None)
        if twin is not None:
            raise SuiteError(
                f"{path}: the name {suite.name!r} is also that of {twin.place}. "
                "Rename one of them (suite: ...)."
            )
        suites.append(suite)
    return suites, skipped


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted([*path.glob("*.yaml"), *path.glob("*.yml")])
    if not files:
        raise SuiteError(f"{path}: holds no *.yaml. Name a suite file, such as evals/seeds.yaml.")
    return files


def repository_root(path: Path) -> Path:
    """The folder that relative paths in a suite start from: the project's, else the file's own."""
    for folder in path.resolve().parents:
        if (folder / "pyproject.toml").is_file() or (folder / ".git").exists():
            return folder
    return path.resolve().parent


def _load(path: Path) -> Suite | None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SuiteError(
            f"{path}: cannot be read ({error.strerror}). Check the path; suites lie in evals/."
        ) from error
    except UnicodeDecodeError as error:
        raise SuiteError(f"{path}: is not UTF-8. Save it as UTF-8.") from error
    content = parse(text, path)
    if not isinstance(content, Table):
        raise SuiteError(
            f"{path}:1: no suite in it. Start with 'suite: NAME', 'documents: PATH', 'questions:'."
        )
    reader = _Reader(path)
    header = reader.fields(content, _HEADER, "a suite")
    root = repository_root(path)
    optional = reader.boolean(header, "optional", default=False)
    name = reader.text(header, "suite", content.line)
    if (collection := header.get("collection")) is not None:
        from rag.evaluation.formats import load_collection

        reader.finish()
        loaded = load_collection(collection, root=root, place=path, optional=optional)
        if loaded is None:
            return None
        questions, corpus = loaded
        documents = ""
    else:
        questions, corpus = reader.questions(header, content.line), []
        documents = reader.text(header, "documents", content.line)
    # Public sets that judge whole documents do not ask for one passage that holds all of it.
    places = [evidence for question in questions for evidence in question.evidence]
    whole = bool(places) and all(e.text is None and e.start is None for e in places)
    default = "document" if whole else "evidence"
    relevance = reader.choice(header, "relevance", ("evidence", "document"), default)
    legs = reader.strings(header, "legs")
    for leg in legs:
        if leg not in LEGS:
            reader.fault(header, "legs", f"there is no leg {leg!r}. Use: {', '.join(LEGS)}.")
    reader.finish()
    suite = Suite(
        name=name,
        questions=tuple(questions),
        description=reader.text(header, "description", 0, default=""),
        documents=documents,
        corpus=tuple(corpus),
        path=path,
        root=root,
        relevance=relevance,
        ask=reader.boolean(header, "ask", default=True),
        legs=legs,
    )
    reader.finish()
    if documents and not suite.documents_path.exists():
        if optional:
            return None
        raise SuiteError(
            f"{path}:{content.lines['documents']}: documents: {suite.documents_path} is not there. "
            "Correct the path, or add 'optional: true' to skip the suite without it."
        )
    return suite


_HEADER = (
    *("suite", "description", "documents", "optional", "questions"),
    *("collection", "relevance", "ask", "legs"),
)
_QUESTION = (
    *("id", "question", "kind", "language", "history", "evidence", "answers", "all"),
    *("answerable", "exclude", "note"),
)
_EVIDENCE = ("document", "text", "start", "end")


class _Reader:
    """Takes fields out of located YAML; gathers the faults, so that all are told at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.faults: list[str] = []

    def finish(self) -> None:
        if self.faults:
            raise SuiteError("\n".join(self.faults))

    def fault(self, table: Table | None, name: str, problem: str, line: int = 0) -> None:
        at = table.lines.get(name, table.line) if table is not None else line
        self.faults.append(f"{self.path}:{at}: {name}: {problem}")

    def fields(self, value: Any, known: tuple[str, ...], what: str) -> Table:
        if not isinstance(value, Table):
            line = getattr(value, "line", 1)
            self.faults.append(f"{self.path}:{line}: {what} must be 'name: value' pairs.")
            value = Table()
            value.line, value.lines = line, {}
        table: Table = value
        for name in table:
            if name not in known:
                near = difflib.get_close_matches(name, known, 1)
                hint = f"Did you mean {near[0]!r}?" if near else f"Fields: {', '.join(known)}."
                self.fault(table, name, f"there is no such field in {what}. {hint}")
        return table

    def text(self, table: Table, name: str, line: int, default: str | None = None) -> str:
        value = table.get(name)
        if value is None or (isinstance(value, Scalar) and value.tag == "null"):
            if default is None:
                self.fault(None, name, "is missing. Add it.", line)
            return default or ""
        if not isinstance(value, Scalar) or not value.strip():
            self.fault(table, name, "must be a text. Write it, in quotes if it has ': ' or '#'.")
            return default or ""
        return str(value)

    def boolean(self, table: Table, name: str, *, default: bool) -> bool:
        value = table.get(name)
        if value is None:
            return default
        if not isinstance(value, Scalar) or value.tag != "bool":
            self.fault(table, name, "must be true or false.")
            return default
        return value.lower() in {"true", "yes", "on"}

    def choice(self, table: Table, name: str, choices: tuple[str, ...], default: str) -> Any:
        value = self.text(table, name, 0, default)
        if value not in choices:
            self.fault(table, name, f"{value!r} must be one of {', '.join(choices)}.")
        return value

    def offset(self, table: Table, name: str) -> int | None:
        value = table.get(name)
        if value is None:
            return None
        if not isinstance(value, Scalar) or not value.isdigit():
            self.fault(table, name, "must be a whole number of characters from 0.")
            return None
        return int(value)

    def strings(self, table: Table, name: str) -> tuple[str, ...]:
        value = table.get(name)
        if value is None:
            return ()
        if not isinstance(value, Listing) or not all(isinstance(item, Scalar) for item in value):
            self.fault(table, name, "must be a list of texts, such as [a, b].")
            return ()
        return tuple(str(item) for item in value)

    def questions(self, header: Table, line: int) -> list[Question]:
        value = header.get("questions")
        if not isinstance(value, Listing) or not value:
            self.fault(
                header if "questions" in header else None,
                "questions",
                "the suite is empty. Add at least one: - {id: ..., question: ..., evidence: ...}",
                line,
            )
            return []
        questions = [self.question(item) for item in value]
        first: dict[str, int] = {}
        for question in questions:
            # Asked by id, not by line: all questions of a JSON file may stand on one.
            if question.id in first:
                self.faults.append(
                    f"{self.path}:{question.line}: id: {question.id!r} is also the id of the "
                    f"question on line {first[question.id]}. Give this one another id."
                )
            elif question.id:
                first[question.id] = question.line
        return questions

    def question(self, value: Any) -> Question:
        table = self.fields(value, _QUESTION, "a question")
        identity = self.text(table, "id", table.line)
        if any(character.isspace() or character == "#" for character in identity):
            self.fault(table, "id", f"{identity!r} has white space or '#'. Use letters and '-'.")
        answerable = self.boolean(table, "answerable", default=True)
        wants_all = self.boolean(table, "all", default=False)
        evidence = self.evidence(table)
        if answerable and not evidence:
            self.fault(
                None,
                "evidence",
                f"question {identity!r} has none. Add where the answer stands, or "
                "'answerable: false'.",
                table.line,
            )
        if not answerable and (evidence or table.get("answers")):
            self.fault(
                table,
                "answerable",
                f"question {identity!r} has evidence or answers but is marked unanswerable. "
                "Remove one of the two.",
            )
        return Question(
            id=identity,
            question=self.text(table, "question", table.line),
            kind=self.text(table, "kind", 0, "direct" if answerable else "unanswerable"),
            language=self.text(table, "language", 0, ""),
            history=self.history(table),
            evidence=evidence,
            answers=self.answers(table, wants_all=wants_all),
            all=wants_all,
            answerable=answerable,
            exclude=self.strings(table, "exclude"),
            note=self.text(table, "note", 0, ""),
            line=table.line,
        )

    def evidence(self, table: Table) -> tuple[Evidence, ...]:
        value = table.get("evidence")
        if value is None:
            return ()
        found: list[Evidence] = []
        for item in value if isinstance(value, Listing) else [value]:
            entry = self.fields(item, _EVIDENCE, "an evidence")
            text = self.text(entry, "text", 0, "") or None
            start, end = self.offset(entry, "start"), self.offset(entry, "end")
            if (start is None) != (end is None) or (start is not None and start >= (end or 0)):
                self.fault(entry, "start", "start and end go together, with start < end.")
            elif text is None and start is None:
                self.fault(entry, "text", "is missing. Quote the document, or give start and end.")
            found.append(
                Evidence(
                    document=self.text(entry, "document", entry.line),
                    text=text,
                    start=start,
                    end=end,
                    line=entry.line,
                )
            )
        return tuple(found)

    def answers(self, table: Table, *, wants_all: bool) -> tuple[tuple[str, ...], ...]:
        value = table.get("answers")
        if value is None:
            return ()
        items = value if isinstance(value, Listing) else [value]
        groups: list[tuple[str, ...]] = []
        for item in items:
            ways = item if isinstance(item, Listing) else [item]
            if not ways or not all(isinstance(way, Scalar) and way.strip() for way in ways):
                self.fault(table, "answers", "must be a list of texts, or of lists of texts.")
                return ()
            groups.append(tuple(str(way) for way in ways))
        if wants_all:
            return tuple(groups)
        return (tuple(way for ways in groups for way in ways),) if groups else ()

    def history(self, table: Table) -> tuple[tuple[str, str], ...]:
        value = table.get("history")
        if value is None:
            return ()
        turns = list(value) if isinstance(value, Listing) else []
        # One turn is often written without the outer list.
        if len(turns) == 2 and all(isinstance(turn, Scalar) for turn in turns):
            turns = [turns]
        if not turns or not all(
            isinstance(turn, list) and len(turn) == 2 and all(isinstance(t, str) for t in turn)
            for turn in turns
        ):
            self.fault(table, "history", "must be a list of [question, answer] pairs.")
            return ()
        return tuple((str(question), str(answer)) for question, answer in turns)
