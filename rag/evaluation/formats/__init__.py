"""Public question sets from local files, one module per format.

A suite over one of them names it in place of ``documents`` and ``questions``::

    suite: drcd-development
    collection: {format: paragraphs, path: ../shared/data/qa.jsonl.zst, split: development}
    optional: true
    relevance: document
    legs: [lexical, dense]

Each loader takes the paths first and returns (questions, documents). Two options work with every
format: ``limit`` questions drawn by ``seed`` (all documents stay), and ``removal: true``, which
adds to each question its unanswerable twin: the same, with its document masked from the index.

Where all evidence is whole documents, ``relevance`` need not be said: it is ``document``.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import random
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rag.errors import SuiteError
from rag.evaluation.formats.lines import at_row, row_read_last
from rag.evaluation.suites import Question
from rag.records import Document

__all__ = ["FORMATS", "Collection", "load_collection", "with_removals"]

Collection = tuple[list[Question], list[Document]]

FORMATS = {
    "squad": "rag.evaluation.formats.squad",
    "beir": "rag.evaluation.formats.beir",
    "trec": "rag.evaluation.formats.trec",
    "miracl": "rag.evaluation.formats.miracl",
    "rgb": "rag.evaluation.formats.rgb",
    "crud-rag": "rag.evaluation.formats.crud_rag",
    "pairs": "rag.evaluation.formats.pairs",
    "paragraphs": "rag.evaluation.formats.paragraphs",
    "parallel": "rag.evaluation.formats.parallel",
}
_PATHS = ("path", "corpus", "queries", "qrels")


def load_collection(
    options: Any, *, root: Path, place: Path, optional: bool = False
) -> Collection | None:
    """Questions and documents of a suite's ``collection``; None if optional and not there.

    Args:
        options: ``format``, the loader's arguments, ``limit``, ``seed``, ``removal``.
        root: Folder that paths are relative to.
        place: The suite's file, for messages.
        optional: Whether missing files are no fault.

    Raises:
        SuiteError: An unknown format or option, a missing or broken file.
    """
    where = f"{place}: collection:"
    given = options if isinstance(options, Mapping) else {}
    # YAML's null, like None, leaves an option as it is by default.
    arguments = {
        name: value
        for name, value in given.items()
        if value is not None and getattr(value, "tag", "") != "null"
    }
    form = str(arguments.pop("format", ""))
    if form not in FORMATS:
        raise SuiteError(f"{where} needs 'format', one of {', '.join(FORMATS)}.")
    load = loader(form)
    parameters = inspect.signature(load).parameters
    kinds = {name: str(parameter.annotation) for name, parameter in parameters.items()} | _OF_ALL
    for name, value in arguments.items():
        if name not in kinds:
            raise SuiteError(
                f"{where} there is no option {name!r} for this format. Options: {', '.join(kinds)}."
            )
        try:
            arguments[name] = _option(value, kinds[name])
        except (TypeError, ValueError) as error:
            raise SuiteError(f"{where} {name}: {str(value)!r}: must be {error}.") from error
    limit, seed = arguments.pop("limit", None), arguments.pop("seed", 0)
    removal = arguments.pop("removal", False)
    if limit is not None and limit < 1:
        raise SuiteError(f"{where} limit: {limit}: must be at least 1.")
    for name, parameter in parameters.items():
        if parameter.default is inspect.Parameter.empty and name not in arguments:
            raise SuiteError(f"{where} the option {name!r} is missing. Add it.")
    for name in _PATHS:
        if arguments.get(name) is not None:
            arguments[name] = root / str(arguments[name])
            if not arguments[name].exists():
                if optional:
                    return None
                raise SuiteError(
                    f"{where} {arguments[name]} is not there. Correct {name!r}, or add "
                    "'optional: true' to the suite."
                )
    at_row("")
    try:
        questions, documents = load(**arguments)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise SuiteError(
            f"{row_read_last() or where}: is not as the format {form} has it "
            f"({type(error).__name__}: {error}). Mend it, or correct 'format'."
        ) from error
    if not questions:
        used = ", ".join(f"{name}: {value}" for name, value in arguments.items())
        raise SuiteError(f"{where} no question is left. Correct the options ({used}).")
    questions = _identified(questions)
    if limit is not None and limit < len(questions):
        kept = sorted(random.Random(seed).sample(range(len(questions)), limit))
        questions = [questions[at] for at in kept]
    return (with_removals(questions) if removal else questions), documents


# Options of every format, with their types as the loaders' are written.
_OF_ALL = {"limit": "int | None", "seed": "int", "removal": "bool"}


def _option(value: Any, kind: str) -> Any:
    """A value as a loader's parameter of that type takes it; YAML's come as they are written.

    Raises:
        TypeError, ValueError: It is none; says what it must be.
    """
    text = str(value).strip()
    if kind == "bool":
        if text.lower() not in {"true", "yes", "on", "false", "no", "off"}:
            raise ValueError("true or false")
        return text.lower() in {"true", "yes", "on"}
    if kind.startswith("int"):
        try:
            return int(text)
        except ValueError:
            raise ValueError("a whole number") from None
    if kind == "float":
        try:
            return float(text)
        except ValueError:
            raise ValueError("a number") from None
    if isinstance(value, list) and "list" in kind and all(isinstance(v, str) for v in value):
        return [str(item) for item in value]
    if kind == "Path" and isinstance(value, Path):
        return value
    if not isinstance(value, str):
        raise TypeError("a text or a list of texts" if "list" in kind else "a text")
    return str(value)


def _identified(questions: list[Question]) -> list[Question]:
    """With ids that a file of TREC's can hold, no two alike: the second ``x`` becomes ``x~2``."""
    taken: set[str] = set()
    counts: Counter[str] = Counter()
    named = []
    for number, question in enumerate(questions, 1):
        identity = plain = "_".join(question.id.split()).replace("#", "_") or f"q{number}"
        while identity in taken:
            counts[plain] += 1
            identity = f"{plain}~{counts[plain] + 1}"
        taken.add(identity)
        named.append(dataclasses.replace(question, id=identity))
    return named


def loader(name: str) -> Callable[..., Collection]:
    """The function that loads a format."""
    load: Callable[..., Collection] = importlib.import_module(FORMATS[name]).load
    return load


def with_removals(questions: list[Question]) -> list[Question]:
    """Each question followed by its twin whose documents are masked: then nothing holds the answer.

    An unanswerable question has no twin. Twins have the kind ``removed`` and end in ``~removed``.
    That the answer stands nowhere else is assumed, not checked: a twin answered rightly from
    another document counts as a mistake.
    """
    twins = []
    for question in questions:
        if not question.answerable:
            twins.append(question)
            continue
        sources = tuple(dict.fromkeys(evidence.document for evidence in question.evidence))
        twin = dataclasses.replace(
            question,
            id=f"{question.id}~removed",
            kind="removed",
            evidence=(),
            answers=(),
            answerable=False,
            exclude=sources,
        )
        twins += [question, twin]
    return twins
