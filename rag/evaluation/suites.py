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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

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
    """One question and what counts as right; checked by the suite that it becomes part of.

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
    """Questions about one set of documents, each checked by the rules for a file.

    Raises:
        SuiteError: Every fault, one line each, with its question and mend.

    Attributes:
        documents: Path of the documents as written in the file; '' when ``corpus`` holds them.
        corpus: Documents in memory.
        path: The file it came from, or None.
        root: Folder that ``documents`` is relative to.
        relevance: ``evidence``: a passage counts when it holds the evidence. ``document``: any
            passage of the evidence's document counts, each document once (public sets judge so;
            the default of a file where all evidence is whole documents).
        ask: False: only retrieval is measured, with the questions that can be answered.
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

    def __post_init__(self) -> None:
        faults = list(_suite_faults(self))
        if faults:
            raise SuiteError("\n".join(faults))

    @property
    def place(self) -> str:
        """File for messages."""
        return str(self.path) if self.path else f"suite {self.name!r}"

    def at(self, line: int) -> str:
        """File and line for messages; the file alone for line 0, of what was made in Python."""
        return f"{self.place}:{line}" if line else self.place

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


# ------------------------------------------------------------------ the rules

#: A field, and what is wrong with it with its mend.
_Problem = tuple[str, str]


def _question_problems(question: Question) -> Iterator[_Problem]:
    """What no question may be, wherever it was made."""
    identity = question.id
    if "#" in identity or identity != "".join(identity.split()):
        yield "id", f"{identity!r} has white space or '#'. Use letters and '-'."
    if question.answerable and not question.evidence:
        problem = "has none. Add where the answer stands, or 'answerable: false'."
        yield "evidence", f"question {identity!r} {problem}"
    if not question.answerable and (question.evidence or question.answers):
        problem = "has evidence or answers but is marked unanswerable. Remove one of the two."
        yield "answerable", f"question {identity!r} {problem}"


def _evidence_problems(evidence: Evidence) -> Iterator[_Problem]:
    start, end = evidence.start, evidence.end
    if (start is None) != (end is None) or (start is not None and start >= (end or 0)):
        yield "start", "start and end go together, with start < end."


def _leg_problems(legs: Iterable[str]) -> Iterator[_Problem]:
    for leg in legs:
        if leg not in LEGS:
            yield "legs", f"there is no leg {leg!r}. Use: {', '.join(LEGS)}."


def _twins(questions: Iterable[Question]) -> Iterator[tuple[Question, _Problem]]:
    """The questions whose id an earlier one has."""
    first: dict[str, Question] = {}
    for question in questions:
        twin = first.setdefault(question.id, question)
        # Told apart as objects, not by line: all questions of a JSON file may stand on one.
        if twin is not question and question.id:
            other = f"on line {twin.line}" if twin.line else f"{twin.question!r:.60}"
            problem = f"is also the id of the question {other}. Give this one another id."
            yield question, ("id", f"{question.id!r} {problem}")


def _suite_faults(suite: Suite) -> Iterator[str]:
    """What is wrong with a suite in memory, one line each; a wrong type hides what else is wrong there."""
    kinds = get_args(Relevance)
    if not _is_text(suite.name):
        yield f"{suite.place}: name: must be a text."
    if suite.relevance not in kinds:
        yield f"{suite.place}: relevance: {suite.relevance!r} must be one of {', '.join(kinds)}."
    if not _are_all(suite.legs, _is_text):
        yield f"{suite.place}: legs: must be a tuple of texts, such as ('dense',)."
    else:
        yield from (f"{suite.place}: {name}: {told}" for name, told in _leg_problems(suite.legs))
    if not _are_all(suite.questions, lambda item: isinstance(item, Question)):
        yield f"{suite.place}: questions: must be a tuple of Question(id=..., question=..., ...)."
        return
    for number, question in enumerate(suite.questions, 1):
        problems = list(_type_problems(question)) or [
            *_question_problems(question),
            *(told for evidence in question.evidence for told in _evidence_problems(evidence)),
        ]
        for name, told in problems:
            yield f"{suite.at(question.line)}: question number {number}: {name}: {told}"
    for question, (name, told) in _twins(suite.questions):
        yield f"{suite.at(question.line)}: {name}: {told}"


def _type_problems(question: Question) -> Iterator[_Problem]:
    """What only a question made in Python can be: the reader of files gives the right types."""
    for name in ("id", "question"):
        if not _is_text(getattr(question, name)):
            yield name, "must be a text, and not blank."
    if not _are_all(question.evidence, _is_evidence):
        yield "evidence", "must be a tuple of Evidence(document=..., text=...)."
    if not _are_all(question.answers, lambda item: bool(item) and _are_all(item, _is_text)):
        shape = "each a tuple of ways to say it, such as (('172个', '172'),)"
        yield "answers", f"must be a tuple of items, {shape}."
    elif len(question.answers) > 1 and not question.all:
        yield "answers", "are several items. Put ways of one item in one tuple, or set all=True."
    if not _are_all(question.history, lambda turn: _are_all(turn, _is_str) and len(turn) == 2):
        yield "history", "must be a tuple of (question, answer) pairs."
    if not _are_all(question.exclude, _is_str):
        yield "exclude", "must be a tuple of texts, such as ('a.md',)."


def _are_all(value: object, kind: Callable[[Any], bool]) -> bool:
    return isinstance(value, (tuple, list)) and all(map(kind, value))


def _is_str(value: object) -> bool:
    return isinstance(value, str)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_evidence(value: object) -> bool:
    return (
        isinstance(value, Evidence)
        and _is_text(value.document)
        and (value.text is None or _is_text(value.text))
        and all(at is None or (isinstance(at, int) and at >= 0) for at in (value.start, value.end))
    )


# ------------------------------------------------------------------ files


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
    relevance = reader.choice(header, "relevance", get_args(Relevance), default)
    legs = reader.strings(header, "legs")
    for where, problem in _leg_problems(legs):
        reader.fault(header, where, problem)
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
        for question, (name, problem) in _twins(questions):
            self.fault(None, name, problem, question.line)
        return questions

    def question(self, value: Any) -> Question:
        table = self.fields(value, _QUESTION, "a question")
        answerable = self.boolean(table, "answerable", default=True)
        wants_all = self.boolean(table, "all", default=False)
        question = Question(
            id=self.text(table, "id", table.line),
            question=self.text(table, "question", table.line),
            kind=self.text(table, "kind", 0, "direct" if answerable else "unanswerable"),
            language=self.text(table, "language", 0, ""),
            history=self.history(table),
            evidence=self.evidence(table),
            answers=self.answers(table, wants_all=wants_all),
            all=wants_all,
            answerable=answerable,
            exclude=self.strings(table, "exclude"),
            note=self.text(table, "note", 0, ""),
            line=table.line,
        )
        for name, problem in _question_problems(question):
            self.fault(table, name, problem)
        return question

    def evidence(self, table: Table) -> tuple[Evidence, ...]:
        value = table.get("evidence")
        if value is None:
            return ()
        found: list[Evidence] = []
        for item in value if isinstance(value, Listing) else [value]:
            entry = self.fields(item, _EVIDENCE, "an evidence")
            evidence = Evidence(
                document=self.text(entry, "document", entry.line),
                text=self.text(entry, "text", 0, "") or None,
                start=self.offset(entry, "start"),
                end=self.offset(entry, "end"),
                line=entry.line,
            )
            problems = list(_evidence_problems(evidence))
            for name, problem in problems:
                self.fault(entry, name, problem)
            # A whole document is evidence in public sets alone.
            if not problems and evidence.text is None and evidence.start is None:
                self.fault(entry, "text", "is missing. Quote the document, or give start and end.")
            found.append(evidence)
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
