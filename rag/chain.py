"""A knowledge base as a LangChain runnable: question -> :class:`~rag.records.Answer`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any

from langchain_core.runnables import Runnable, RunnableConfig

from rag.errors import QueryError
from rag.records import Answer

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase

__all__ = ["AnswerChain", "answer_chain"]

Question = str | dict[str, Any]


class AnswerChain(Runnable[Question, Any]):
    """Completes the question from the history, retrieves, answers, checks, cites.

    The input is a question, or a mapping with ``question`` and any of ``history``, ``where``, ``k``
    and ``answerer``. ``invoke``, ``batch`` and their async forms give the Answer; ``stream`` and
    ``astream`` give text pieces and, last, the Answer.
    """

    def __init__(self, knowledge_base: KnowledgeBase) -> None:
        self.knowledge_base = knowledge_base

    def invoke(
        self,
        input: Question,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Answer:
        """Answer one question."""
        del kwargs
        answer: Answer = self._call_with_config(
            lambda question: self.knowledge_base.ask(**_arguments(question)), input, config
        )
        return answer

    def stream(
        self,
        input: Question,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[Any]:
        """Text pieces, then the Answer."""
        del config, kwargs
        yield from self.knowledge_base.stream(**_arguments(input))

    async def astream(
        self,
        input: Question,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        """Text pieces, then the Answer; cancelling stops the work at the next piece."""
        import asyncio

        events = self.stream(input, config, **kwargs)
        missing = object()
        try:
            while (event := await asyncio.to_thread(next, events, missing)) is not missing:
                yield event
        finally:
            close = getattr(events, "close", None)
            if close is not None:
                await asyncio.shield(asyncio.to_thread(_close, close))


def answer_chain(knowledge_base: KnowledgeBase) -> AnswerChain:
    """The runnable over a knowledge base."""
    return AnswerChain(knowledge_base)


def _close(close: Any) -> None:
    """Close a generator; one that is still running in another thread ends by itself."""
    try:
        close()
    except ValueError:
        return


def _arguments(value: Question) -> dict[str, Any]:
    if isinstance(value, str):
        return {"question": value}
    if not isinstance(value, dict) or "question" not in value:
        raise QueryError("The chain's input is a question, or a mapping with 'question'.")
    known = {"question", "history", "where", "k", "answerer"}
    unknown = sorted(set(value) - known)
    if unknown:
        raise QueryError(
            f"The chain's input has an unknown key {unknown[0]!r}; known: {sorted(known)}."
        )
    return dict(value)
