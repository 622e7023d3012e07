"""What the system did with each question: asked once, written down at once, judged later.

One JSON line per question, so that an interrupted run goes on where it stopped and any figure can
be computed again without the system.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from rag.errors import RagError
from rag.evaluation.suites import Question, Suite
from rag.records import Answer, Citation, Document, Passage, Statement, to_dict

__all__ = ["Outcome", "OutcomeLog", "System", "ask_one"]

DEPTH = 10  # passages fetched: the deepest cutoff of the retrieval measures


class System(Protocol):
    """What is evaluated: :class:`rag.KnowledgeBase`, or anything with these four verbs."""

    def search(
        self, question: str, *, k: int | None = ..., where: Mapping[str, Any] | None = ...
    ) -> Sequence[Passage]:
        """Passages, best first."""
        ...

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = ...,
        where: Mapping[str, Any] | None = ...,
    ) -> Answer:
        """A cited answer, or a refusal."""
        ...

    def documents(self) -> Any:
        """Records with at least ``id`` and ``source``."""
        ...

    def document(self, document_id: str, /) -> Document:
        """The document with its text."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Passages and answer for one question.

    Attributes:
        rankings: Leg to passages, best first; '' is the system as it is set.
        answer: None when only retrieval was asked for, or the system failed.
        seconds: Wall time by what was measured: ``ask``, ``search``, ``search/<leg>``.
        error: The fault as one line, or None.
    """

    question_id: str
    rankings: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)
    answer: Answer | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None


def ask_one(
    question: Question,
    suite: Suite,
    system: System,
    legs: Mapping[str, System],
    where: Mapping[str, Any] | None = None,
) -> Outcome:
    """Ask and search once; a fault of the system is an outcome, not an exception.

    Args:
        question: What to ask.
        suite: Tells whether to ask or only to search.
        system: As it is set.
        legs: Further settings whose retrieval is measured too, by name.
        where: Filter of the search, as :meth:`rag.KnowledgeBase.search` takes it.
    """
    more: dict[str, Any] = {"where": where} if where else {}
    answer: Answer | None = None
    rankings: dict[str, tuple[Passage, ...]] = {}
    seconds: dict[str, float] = {}
    try:
        query = question.question
        if suite.ask:
            begin = time.perf_counter()
            answer = system.ask(query, history=list(question.history), **more)
            seconds["ask"] = time.perf_counter() - begin
            query = answer.query or query
        depth = DEPTH if suite.relevance == "evidence" else 3 * DEPTH
        for name, searched in {"": system, **legs}.items():
            begin = time.perf_counter()
            rankings[name] = tuple(searched.search(query, k=depth, **more))
            seconds[f"search/{name}".rstrip("/")] = time.perf_counter() - begin
    except RagError as error:
        return Outcome(question_id=question.id, error=f"{type(error).__name__}: {error}")
    except Exception as error:  # noqa: BLE001 - one broken question must not end a run of hours
        import traceback

        at = traceback.extract_tb(error.__traceback__)[-1]
        line = f"{type(error).__name__}: {error} ({Path(at.filename).name}:{at.lineno})"
        return Outcome(question_id=question.id, error=line)
    return Outcome(question_id=question.id, rankings=rankings, answer=answer, seconds=seconds)


class OutcomeLog:
    """Outcomes in a JSON Lines file that grows by a line per question.

    The first line says under which conditions the lines were made. A log with other conditions,
    or (without ``reuse``) one that was finished, starts anew; the torn last line of a killed run is
    dropped.
    """

    def __init__(self, path: Path, conditions: Mapping[str, Any], *, reuse: bool = False) -> None:
        self.path = path
        self.resumed: dict[str, Outcome] = {}
        path.parent.mkdir(parents=True, exist_ok=True)
        header = json.dumps({"conditions": conditions}, ensure_ascii=False, sort_keys=True)
        lines = _lines(path) if path.is_file() else []
        kept: list[str] = []
        if lines and lines[0] == header and (reuse or _FINISHED not in lines):
            for line in lines[1:]:
                if line == _FINISHED:
                    continue
                try:
                    outcome = _read(json.loads(line))
                except (ValueError, KeyError, TypeError):
                    break
                if outcome.error:
                    continue  # its cause may be mended by now
                self.resumed[outcome.question_id] = outcome
                kept.append(line)
        # Beside it first: a full disk must not cost what there is to go on from.
        partial = path.with_name(f"{path.name}.{os.getpid()}")
        partial.write_text("\n".join([header, *kept, ""]), encoding="utf-8")
        partial.replace(path)
        self._file = path.open("a", encoding="utf-8")

    def add(self, outcome: Outcome) -> None:
        """Write one outcome, at once."""
        self._file.write(json.dumps(to_dict(outcome), ensure_ascii=False) + "\n")
        self._file.flush()

    def finish(self) -> None:
        """Mark the run complete: the next one asks again."""
        self._file.write(_FINISHED + "\n")
        self._file.close()

    def close(self) -> None:
        """Keep what there is for the next run to go on from."""
        self._file.close()


_FINISHED = '{"finished": true}'


def _lines(path: Path) -> list[str]:
    """Up to the first that is no UTF-8: a killed run may have torn a character."""
    lines: list[str] = []
    for line in path.read_bytes().split(b"\n"):
        try:
            lines.append(line.decode())
        except UnicodeDecodeError:
            break
    return lines


def _read(value: Mapping[str, Any]) -> Outcome:
    return Outcome(
        question_id=value["question_id"],
        rankings={
            name: tuple(_passage(passage) for passage in passages)
            for name, passages in value["rankings"].items()
        },
        answer=_answer(value["answer"]) if value["answer"] else None,
        seconds=value["seconds"],
        error=value["error"],
    )


def _passage(value: Mapping[str, Any]) -> Passage:
    duplicates = tuple(
        (str(a), str(b), int(c), int(d)) for a, b, c, d in value.get("duplicates", ())
    )
    return Passage(**{**value, "duplicates": duplicates})


def _answer(value: Mapping[str, Any]) -> Answer:
    citations = tuple(
        Citation(**{**item, "highlight": tuple(item["highlight"]) if item["highlight"] else None})
        for item in value["citations"]
    )
    statements = tuple(
        Statement(**{**item, "citations": tuple(item["citations"])}) for item in value["statements"]
    )
    passages = tuple(_passage(passage) for passage in value["passages"])
    return Answer(
        **{**value, "citations": citations, "statements": statements, "passages": passages}
    )
