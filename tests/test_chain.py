"""rag.chain: a knowledge base as a LangChain runnable."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.runnables import Runnable, RunnableConfig, RunnableLambda

from rag import Answer, Document, KnowledgeBase, Settings
from rag.errors import QueryError

QUESTION = "图书馆有多少册藏书?"


@pytest.fixture(scope="module")
def kb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    path = tmp_path_factory.mktemp("chain") / "index"
    with KnowledgeBase.open(path, settings=Settings(reader=False)) as opened:
        opened.add(
            [
                Document(
                    id="library",
                    source="library.md",
                    title="城东图书馆",
                    published="2024-05-01",
                    text="城东图书馆2024年有藏书38万册。它每天开放12小时。馆长是林小雨。",
                ),
                Document(
                    id="pool",
                    source="pool.md",
                    title="城西游泳馆",
                    text="城西游泳馆有8条泳道。票价是每人30元。",
                ),
            ]
        )
        yield opened


def test_invoke_is_ask(kb: KnowledgeBase) -> None:
    chain = kb.chain()
    assert isinstance(chain, Runnable)
    answer = chain.invoke(QUESTION)
    assert isinstance(answer, Answer)
    assert answer.citations[0].document_id == "library"
    assert (answer.text, answer.citations) == (kb.ask(QUESTION).text, kb.ask(QUESTION).citations)


def test_a_mapping_carries_the_other_arguments(kb: KnowledgeBase) -> None:
    chain = kb.chain()
    elsewhere = chain.invoke({"question": QUESTION, "where": {"source": "pool.md"}, "k": 1})
    assert {passage.source for passage in elsewhere.passages} <= {"pool.md"}
    followed = chain.invoke(
        {"question": "每天开放多久?", "history": [(QUESTION, "城东图书馆有藏书38万册。")]}
    )
    assert followed.passages[0].document_id == "library"


def test_what_is_bound_counts_where_the_question_says_nothing(kb: KnowledgeBase) -> None:
    chain = kb.chain()
    bound = chain.bind(k=1, where={"source": "pool.md"})
    assert [one.source for one in bound.invoke(QUESTION).passages] == ["pool.md"]
    other = {"question": QUESTION, "where": {"source": "library.md"}}
    assert [one.source for one in bound.invoke(other).passages] == ["library.md"]
    assert [len(one.passages) for one in chain.batch([QUESTION] * 2, k=1)] == [1, 1]
    assert len(list(bound.stream(QUESTION))[-1].passages) == 1

    async def last() -> Any:
        return [event async for event in chain.astream(QUESTION, k=1)][-1]

    assert len(asyncio.run(last()).passages) == 1
    with pytest.raises(QueryError, match="unknown key 'filter'"):
        chain.invoke(QUESTION, filter={})


def test_a_chain_as_a_tool_gives_the_text(kb: KnowledgeBase) -> None:
    tool = kb.chain().as_tool(name="ask", description="Ask", arg_types={"question": str})
    call = {"name": "ask", "args": {"question": QUESTION}, "id": "1", "type": "tool_call"}
    assert tool.invoke(call).content == kb.ask(QUESTION).text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({}, "'question'"),
        (3, "'question'"),
        ({"question": "x", "filter": {}}, "unknown key 'filter'"),
        ("", "empty|question"),
    ],
)
def test_wrong_input(kb: KnowledgeBase, value: Any, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        kb.chain().invoke(value)


def test_stream_gives_the_text_and_last_the_answer(kb: KnowledgeBase) -> None:
    *pieces, answer = kb.chain().stream(QUESTION)
    assert isinstance(answer, Answer)
    assert "".join(pieces) == answer.text


def test_batch_keeps_the_order(kb: KnowledgeBase) -> None:
    questions = [QUESTION, "游泳馆票价多少?", "馆长是谁?"]
    answers = kb.chain().batch(questions)
    assert [answer.question for answer in answers] == questions
    assert [answer.passages[0].document_id for answer in answers] == ["library", "pool", "library"]


def test_async_forms_agree(kb: KnowledgeBase) -> None:
    async def run() -> tuple[Answer, list[Answer], list[Any]]:
        chain = kb.chain()
        one = await chain.ainvoke(QUESTION)
        many = await chain.abatch([QUESTION, "游泳馆票价多少?"])
        events = [event async for event in chain.astream(QUESTION)]
        return one, many, events

    one, many, events = asyncio.run(run())
    assert one.text == many[0].text == events[-1].text == "".join(events[:-1])
    assert many[1].passages[0].document_id == "pool"


def test_cancelling_closes_the_stream(kb: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []

    def endless(**_: Any) -> Iterator[str]:
        try:
            while True:
                yield "piece "
        finally:
            closed.append(True)

    monkeypatch.setattr(kb, "stream", endless)

    async def run() -> None:
        async def listen() -> None:
            async for _ in kb.chain().astream(QUESTION):
                await asyncio.sleep(0)

        task = asyncio.create_task(listen())
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(0.2)

    asyncio.run(run())
    assert closed == [True]


def test_leaving_the_async_stream_early_closes_it(kb: KnowledgeBase) -> None:
    async def run() -> Any:
        events = kb.chain().astream(QUESTION)
        first = await anext(events)
        await events.aclose()
        return first

    assert isinstance(asyncio.run(run()), str)


@pytest.mark.parametrize(
    "history",
    [
        [[QUESTION, "城东图书馆有藏书38万册。"]],
        [HumanMessage(QUESTION), AIMessage("城东图书馆有藏书38万册。")],
        [
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": "城东图书馆有藏书38万册。"},
        ],
        [("human", QUESTION), ("ai", "城东图书馆有藏书38万册。"), ("human", "还有呢?")],
    ],
)
def test_a_history_of_messages(kb: KnowledgeBase, history: list[Any]) -> None:
    pairs = [(QUESTION, "城东图书馆有藏书38万册。")]
    followed = kb.chain().invoke({"question": "每天开放多久?", "history": history})
    assert followed.query == kb.ask("每天开放多久?", history=pairs).query
    assert followed.passages[0].document_id == "library"


@pytest.mark.parametrize("history", [[1], "text", [{"question": "x"}], [("a", "b", "c")]])
def test_a_history_of_something_else(kb: KnowledgeBase, history: Any) -> None:
    with pytest.raises(QueryError, match="history"):
        kb.chain().invoke({"question": QUESTION, "history": history})


def test_events_and_callbacks(kb: KnowledgeBase) -> None:
    ended: list[Any] = []

    class Listener(BaseCallbackHandler):
        def on_chain_end(self, outputs: Any, **_: Any) -> None:
            ended.append(outputs)

    async def run() -> tuple[list[str], list[Any]]:
        chain = kb.chain()
        events = [event["event"] async for event in chain.astream_events(QUESTION, version="v2")]
        config: RunnableConfig = {"callbacks": [Listener()]}
        return events, [event async for event in chain.astream(QUESTION, config)]

    events, streamed = asyncio.run(run())
    assert events[0] == "on_chain_start"
    assert events[-1] == "on_chain_end"
    assert events.count("on_chain_stream") == len(streamed)
    *_, answer = kb.chain().stream(QUESTION, {"callbacks": [Listener()]})
    assert [one.text for one in ended] == [streamed[-1].text, answer.text]


def test_it_composes(kb: KnowledgeBase) -> None:
    sources = kb.chain() | RunnableLambda(lambda answer: [c.source for c in answer.citations])
    assert sources.invoke(QUESTION)[0] == "library.md"


def test_no_passages_are_not_the_default(kb: KnowledgeBase) -> None:
    with pytest.raises(QueryError, match="k"):
        kb.retriever(k=0).invoke("票价")


def test_the_retriever_composes_too(kb: KnowledgeBase) -> None:
    retriever = kb.retriever(k=1, where={"source": "pool.md"})
    documents = retriever.invoke("票价")
    assert [document.metadata["source"] for document in documents] == ["pool.md"]
    assert documents[0].page_content in kb.document("pool").text
