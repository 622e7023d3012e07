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
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from rag.errors import SuiteError
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
    if not isinstance(options, Mapping) or options.get("format") not in FORMATS:
        raise SuiteError(f"{where} needs 'format', one of {', '.join(FORMATS)}.")
    arguments = dict(options)
    load = loader(arguments.pop("format"))
    limit, seed = arguments.pop("limit", None), int(arguments.pop("seed", 0))
    removal = arguments.pop("removal", False)
    parameters = inspect.signature(load).parameters
    for name in arguments:
        if name not in parameters:
            raise SuiteError(
                f"{where} there is no option {name!r} for this format. Options: "
                f"{', '.join([*parameters, 'limit', 'seed', 'removal'])}."
            )
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
    questions, documents = load(**arguments)
    if not questions:
        raise SuiteError(f"{where} no question is left. Correct the options {arguments}.")
    if limit is not None and limit < len(questions):
        kept = sorted(random.Random(seed).sample(range(len(questions)), int(limit)))
        questions = [questions[at] for at in kept]
    return (with_removals(questions) if removal else questions), documents


def loader(name: str) -> Callable[..., Collection]:
    """The function that loads a format."""
    load: Callable[..., Collection] = importlib.import_module(FORMATS[name]).load
    return load


def with_removals(questions: list[Question]) -> list[Question]:
    """Each question followed by its twin whose documents are masked: then nothing holds the answer.

    Twins have the kind ``removed`` and end in ``~removed``. That the answer stands nowhere else is
    assumed, not checked: a twin answered rightly from another document counts as a mistake.
    """
    twins = []
    for question in questions:
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
