"""A knowledge base as a LangChain runnable: question -> :class:`~rag.records.Answer`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from langchain_core.messages import AIMessage, HumanMessage, convert_to_messages
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
    and ``answerer``. The history is pairs (question, answer), or messages as LangChain takes them:
    message objects or mappings with ``role`` and ``content``. ``invoke``, ``batch`` and their async forms
    give the Answer; ``stream`` and ``astream`` give text pieces and, last, the Answer. Keyword arguments,
    also those of ``bind``, stand for what a question does not say itself: ``chain.bind(k=3)``.
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
        answer: Answer = self._call_with_config(
            lambda question: self.knowledge_base.ask(**_arguments(question, kwargs)), input, config
        )
        return answer

    def stream(
        self,
        input: Question,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> Iterator[Any]:
        """Text pieces, then the Answer."""
        events = partial(self._events, kwargs)
        yield from self._transform_stream_with_config(iter((input,)), events, config)

    async def astream(
        self,
        input: Question,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[Any]:
        """Text pieces, then the Answer; cancelling stops the work at the next piece."""

        async def inputs() -> AsyncIterator[Question]:
            yield input

        events = self._atransform_stream_with_config(
            inputs(), partial(self._async_events, kwargs), config
        )
        async with aclosing(cast("AsyncGenerator[Any]", events)) as closing:
            async for event in closing:
                yield event

    def _events(self, bound: dict[str, Any], inputs: Iterator[Question]) -> Iterator[Any]:
        for question in inputs:
            yield from self.knowledge_base.stream(**_arguments(question, bound))

    async def _async_events(
        self, bound: dict[str, Any], inputs: AsyncIterator[Question]
    ) -> AsyncIterator[Any]:
        import asyncio

        async for question in inputs:
            events = self.knowledge_base.stream(**_arguments(question, bound))
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


def _arguments(value: Question, bound: dict[str, Any]) -> dict[str, Any]:
    """What :meth:`KnowledgeBase.ask` takes; the input itself counts before what was bound."""
    if isinstance(value, str):
        value = {"question": value}
    if not isinstance(value, dict) or "question" not in value:
        raise QueryError("The chain's input is a question, or a mapping with 'question'.")
    known = {"question", "history", "where", "k", "answerer"}
    arguments = {**bound, **value}
    unknown = sorted(arguments.keys() - known)
    if unknown:
        raise QueryError(
            f"The chain's input has an unknown key {unknown[0]!r}; known: {sorted(known)}."
        )
    if arguments.get("history"):
        arguments["history"] = _turns(arguments["history"])
    return arguments


def _turns(history: Any) -> list[tuple[str, str]]:
    """Pairs (question, answer) from pairs or messages; what nobody asked or answered is left out."""
    if not isinstance(history, Sequence) or isinstance(history, str):
        raise QueryError("history: a list of (question, answer) pairs or of messages.")
    if all(_is_pair(one) for one in history):
        return [(one[0], one[1]) for one in history]
    try:
        messages = convert_to_messages(history)
    except (ValueError, TypeError, NotImplementedError, KeyError) as error:
        raise QueryError(
            "history: each turn must be a pair (question, answer), a LangChain message or a mapping "
            "with 'role' and 'content'."
        ) from error
    turns: list[tuple[str, str]] = []
    asked: str | None = None
    for message in messages:
        if isinstance(message, HumanMessage):
            asked = str(message.text)
        elif isinstance(message, AIMessage) and asked is not None and message.text:
            turns.append((asked, str(message.text)))
            asked = None
    return turns


def _is_pair(value: Any) -> bool:
    """Whether it is (question, answer), not (role, text) as LangChain writes messages too."""
    return (
        isinstance(value, tuple | list)
        and len(value) == 2
        and all(isinstance(text, str) for text in value)
        and value[0] not in ("human", "user", "ai", "assistant", "system")
    )
