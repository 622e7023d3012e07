"""A question as the page sends it -> the events the page shows: stages, text, the answer."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rag.errors import QueryError
from rag.records import Answer, to_dict

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase

__all__ = ["MAX_QUESTION", "Question", "events", "where_of"]

#: Characters of one question; longer ones are turned away with a line that says so.
MAX_QUESTION = 4000
_MAX_TURNS = 8
_MAX_TURN = 8000
_MAX_DOCUMENTS = 500
_MAX_K = 50

# Pieces that come faster than this (seconds) travel together: one event costs more than a word.
_TOGETHER = 0.04


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A checked question.

    Attributes:
        history: (question, answer) pairs, oldest first.
        where: Filter in the library's form, or None.
        k: Passages to retrieve, or None for the setting.
        answerer: ``auto``, ``extractive`` or ``llm``.
    """

    text: str
    history: tuple[tuple[str, str], ...] = ()
    where: Mapping[str, Any] | None = None
    k: int | None = None
    answerer: str = "auto"

    @classmethod
    def from_page(cls, text: Any, history: Any, options: Any) -> Question:
        """From untrusted JSON values.

        Raises:
            QueryError: The question is empty or too long, or an option has a wrong form.
        """
        if not isinstance(text, str) or not text.strip():
            raise QueryError("The question is empty. Type one and press Enter.")
        if len(text) > MAX_QUESTION:
            raise QueryError(
                f"The question has {len(text)} characters; {MAX_QUESTION} is the most. Shorten it."
            )
        options = options if isinstance(options, Mapping) else {}
        answerer = options.get("answerer") or "auto"
        if answerer not in {"auto", "extractive", "llm"}:
            raise QueryError("answerer must be auto, extractive or llm.")
        return cls(
            text=text.strip(),
            history=_turns(history),
            where=where_of(options),
            k=_count(options.get("k")),
            answerer=answerer,
        )


def where_of(options: Mapping[str, Any]) -> dict[str, Any] | None:
    """The library's filter from the page's ``documents`` (ids), ``from`` and ``to`` (ISO dates)."""
    where: dict[str, Any] = {}
    documents = options.get("documents") or []
    if not isinstance(documents, Sequence) or isinstance(documents, str):
        raise QueryError("documents must be a list of document ids.")
    if len(documents) > _MAX_DOCUMENTS:
        raise QueryError(f"Choose at most {_MAX_DOCUMENTS} documents, or all of them.")
    if documents:
        where["id"] = [str(document) for document in documents]
    dates = {">=": options.get("from"), "<=": options.get("to")}
    dates = {operator: str(date) for operator, date in dates.items() if date}
    if dates:
        where["published"] = dates
    return where or None


def events(kb: KnowledgeBase, question: Question) -> Iterator[dict[str, Any]]:
    """``{"text": piece}`` as the answer is written, then ``{"answer": record}``.

    Closing the iterator closes the library's stream, which stops a language model's reply.
    """
    options: dict[str, Any] = {} if question.k is None else {"k": question.k}
    stream = kb.stream(
        question.text,
        history=list(question.history),
        where=question.where,
        answerer=question.answerer,
        **options,
    )
    waiting = ""
    sent = 0.0
    with closing(stream) as pieces:  # type: ignore[type-var]
        for piece in pieces:
            if isinstance(piece, Answer):
                if waiting:
                    yield {"text": waiting}
                yield {"answer": to_dict(piece)}
                return
            waiting += piece
            if time.monotonic() - sent >= _TOGETHER:
                yield {"text": waiting}
                waiting, sent = "", time.monotonic()


def _turns(history: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(history, Sequence) or isinstance(history, str):
        return ()
    turns = [
        (str(turn[0])[:_MAX_TURN], str(turn[1])[:_MAX_TURN])
        for turn in history
        if isinstance(turn, Sequence) and not isinstance(turn, str) and len(turn) == 2
    ]
    return tuple(turns[-_MAX_TURNS:])


def _count(k: Any) -> int | None:
    if k is None:
        return None
    if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= _MAX_K:
        raise QueryError(f"The number of passages must be a whole number from 1 to {_MAX_K}.")
    return k
