"""What becomes of a reply: the same answer in whatever pieces it comes, refusals, and what takes its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from rag import KnowledgeBase
from rag.answering.llm.answering import LLMAnswerer, complete_question
from rag.answering.llm.ledger import Ledger
from rag.chunking import split_sentences
from rag.embedding import load_embedder
from rag.errors import LLMError
from rag.records import Answer, Citation, Document, to_dict
from rag.settings import Settings
from rag.tokens import count_tokens
from tests.answering.llm.scenes import extractive, passage

TEXT = (
    "Harbour Works had revenue of $128 million in 2023. The operating profit was 1.2 billion yen. "
    "Half of the staff, 640 people, work in Rotterdam. Dr. Maria Olsen leads the research department. "
    "The source code does not include a test of the valves."
)
QUESTION = "What was the revenue of Harbour Works in 2023?"
FORMAT_OF_THE_PROMPT = (
    "Harbour Works had revenue of $128 million in 2023. [1] The operating profit was 1.2 billion yen. [1] "
    "Half of the staff, 640 people, work in Rotterdam. [1] Dr. Maria Olsen leads the research department. [1]"
)


class Parrot(BaseChatModel):
    """Says one thing, in pieces of ``size`` characters."""

    reply: str
    size: int = 3
    finish: str = "stop"
    asked: int = 0

    @property
    def _llm_type(self) -> str:
        return "parrot"

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        self.asked += 1
        for at in range(0, len(self.reply), self.size):
            piece = self.reply[at : at + self.size]
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        about = {"finish_reason": self.finish}
        yield ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata=about))

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=AIMessage(content=self.reply))])


def _answerer(model: Parrot, **changes: Any) -> LLMAnswerer:
    return LLMAnswerer(
        model=model,
        name="parrot",
        settings=Settings(**changes),
        sentences_of=split_sentences,
        count_tokens=count_tokens,
        embed=None,
        ledger=Ledger(None, cap=0),
    )


def _ask(
    reply: str, *, size: int = 3, finish: str = "stop", **changes: Any
) -> tuple[list[str], Answer]:
    document = Document(id="works", source="works.txt", text=TEXT)
    passages = (passage(document, 0, len(TEXT), 1),)
    llm = _answerer(Parrot(reply=reply, size=size, finish=finish), **changes)
    *pieces, answer = llm.stream(QUESTION, passages, fallback=extractive(QUESTION, passages))
    assert isinstance(answer, Answer)
    return [str(piece) for piece in pieces], answer


def test_marks_stay_in_the_last_cell_of_a_row() -> None:
    reply = (
        "| What | How much |\n|---|---|\n| revenue in 2023 | $128 million [1] |\n"
        "| operating profit | 1.2 billion yen |[1]\n| staff | 999 people [1] |"
    )
    for size in (1, 7, len(reply)):
        pieces, answer = _ask(reply, size=size)
        assert (
            "".join(pieces)
            == answer.text
            == (
                "| What | How much |\n|---|---|\n| revenue in 2023 | $128 million [1] |\n"
                "| operating profit | 1.2 billion yen [2] |\n"
                "| staff | 999 people (not supported by the documents) |"
            )
        )
        assert [one.supported for one in answer.statements] == [True, True, True, True, False]
        row = answer.statements[2]
        assert answer.text[row.start : row.end] == "| revenue in 2023 | $128 million"


def _told(answer: Answer) -> tuple[str, tuple[Citation, ...], tuple[Any, ...]]:
    return answer.text, answer.citations, answer.statements


@pytest.mark.parametrize(
    "reply",
    [
        FORMAT_OF_THE_PROMPT,
        FORMAT_OF_THE_PROMPT.replace(". [1]", " [1]."),
        FORMAT_OF_THE_PROMPT.replace(". [1]", ".[1]"),
        FORMAT_OF_THE_PROMPT.replace(". [1]", ".[1]").replace("] ", "]"),
        f"<think>Let me see. {TEXT}</think>\n\n{FORMAT_OF_THE_PROMPT}\nNO_ANSWER",
    ],
)
def test_no_sentence_is_lost_whatever_the_pieces(reply: str) -> None:
    _, whole = _ask(reply, size=len(reply))
    assert [whole.text[one.start : one.end] for one in whole.statements] == [
        "Harbour Works had revenue of $128 million in 2023.",
        "The operating profit was 1.2 billion yen.",
        "Half of the staff, 640 people, work in Rotterdam.",
        "Dr. Maria Olsen leads the research department.",
    ]
    assert all(one.supported and one.citations for one in whole.statements)
    for size in (*range(1, 24), *range(24, len(reply), 13)):
        pieces, answer = _ask(reply, size=size)
        assert _told(answer) == _told(whole)
        assert "".join(pieces) == answer.text


def test_an_invented_sentence_does_not_hide_behind_a_mark() -> None:
    _, answer = _ask(
        "Harbour Works had revenue of $128 million in 2023.[1] In 2022 it was bigger.[1]"
    )
    assert [one.supported for one in answer.statements] == [True, False]


@pytest.mark.parametrize(
    "reply",
    [
        "NO_ANSWER",
        "答案：NO_ANSWER",
        "<think>The operating profit was 1.2 billion yen.</think>NO_ANSWER",
        "The operating profit was 1.2 billion yen.</think>NO_ANSWER",
        "The documents do not say.",
        "There is no information about the revenue in 2023. NO_ANSWER",
    ],
)
def test_a_refusal_stays_a_refusal(reply: str) -> None:
    pieces, answer = _ask(reply)
    assert (answer.refused, answer.citations, answer.note, pieces) == (True, (), None, [])


def test_a_refusal_beside_an_answer_is_shown_but_not_cited() -> None:
    _, answer = _ask(
        "The operating profit was 1.2 billion yen. [1] The documents do not state the profit of 2022. NO_ANSWER"
    )
    assert answer.text == (
        "The operating profit was 1.2 billion yen. [1] The documents do not state the profit of 2022."
    )
    assert [one.citations for one in answer.statements] == [(1,), ()]
    assert [one.supported for one in answer.statements] == [True, True]


def test_a_sentence_of_the_documents_is_no_refusal() -> None:
    _, answer = _ask("The source code does not include a test of the valves. [1]")
    assert not answer.refused
    assert len(answer.citations) == 1


def test_what_the_documents_say_of_documents_is_no_refusal() -> None:
    text = "申请材料不足的，应当一次性告知需要补正的全部内容。"
    passages = (passage(Document(id="rule", source="rule.txt", text=text), 0, len(text), 1),)
    asked = "材料不足怎么办？"
    for reply, refused in (
        ("材料不足的，应一次性告知需要补正的全部内容[1]。", False),
        ("资料没有说明需要补正哪些内容。", True),
    ):
        *_, answer = _answerer(Parrot(reply=reply)).stream(
            asked, passages, fallback=extractive(asked, passages)
        )
        assert isinstance(answer, Answer)
        assert answer.refused is refused


def test_bold_print_makes_no_name() -> None:
    _, answer = _ask("**Answer:** The operating profit was 1.2 billion yen. [1]")
    assert [one.supported for one in answer.statements] == [True]


def test_what_the_documents_do_not_support_makes_way_for_their_own_sentences() -> None:
    pieces, answer = _ask("Harbour Works had revenue of $999 million in 2023. [1]")
    assert pieces == []
    assert (answer.text, answer.answerer, answer.refused) == ("fallback", "extractive", False)
    assert answer.note == (
        "What the language model wrote is not supported by the documents; these are sentences of the documents."
    )


@pytest.mark.parametrize(("finish", "cause"), [("stop", "was empty"), ("length", "was cut")])
def test_thoughts_without_an_end_are_no_answer(finish: str, cause: str) -> None:
    pieces, answer = _ask(f"<think>{TEXT}", finish=finish)
    assert pieces == []
    assert answer.text == "fallback"
    assert cause in str(answer.note)


@pytest.mark.parametrize(
    ("reply", "completed"),
    [
        ("<think>it?</think>市北区2024年的目标是什么?", "市北区2024年的目标是什么?"),
        ("改写后的问题：市北区2024年的目标是什么?", "市北区2024年的目标是什么?"),
        ("Rewritten question: What is the aim of 2024?", "What is the aim of 2024?"),
        ("NO_ANSWER", None),
        ("<think>hm", None),
    ],
)
def test_a_completed_question_is_a_question(reply: str, completed: str | None) -> None:
    def complete() -> str:
        return complete_question(
            Parrot(reply=reply),
            "那2024年呢?",
            [("市北区2023年的目标是什么?", "……")],
            name="parrot",
            ledger=Ledger(None, cap=0),
            count_tokens=count_tokens,
        )

    if completed is None:
        with pytest.raises(LLMError):
            complete()
    else:
        assert complete() == completed


def test_the_model_is_asked_what_the_extractive_answerer_refuses(tmp_path: Path) -> None:
    parrot = Parrot(reply="Harbour Works had revenue of $128 million in 2023. [1]")
    settings = Settings(reader=False, refusal_threshold=1.0)
    with KnowledgeBase.open(tmp_path / "index", settings=settings, llm=parrot) as kb:
        assert kb.ask(QUESTION, answerer="llm").refused  # nothing is indexed: nothing to ask about
        assert parrot.asked == 0
        kb.add([Document(id="works", source="works.txt", text=TEXT)])
        assert kb.ask(QUESTION, answerer="extractive").refused
        answer = kb.ask(QUESTION, answerer="llm")
        assert (answer.refused, answer.text) == (False, parrot.reply)
        parrot.reply = "Harbour Works had revenue of $999 million in 2023. [1]"
        refused = kb.ask(QUESTION, answerer="llm")
        assert (refused.refused, refused.citations) == (True, ())
        assert refused.note == "What the language model wrote is not supported by the documents."


@pytest.mark.parametrize(
    ("refused", "confidence", "insist", "asked"),
    [
        (False, 0.6, False, True),
        (True, 0.3, False, True),
        (True, 0.1, False, False),
        (True, 0.1, True, True),
    ],
)
def test_off_topic_questions_are_not_sent(
    refused: bool, confidence: float, insist: bool, asked: bool
) -> None:
    document = Document(id="works", source="works.txt", text=TEXT)
    answer = extractive(QUESTION, (passage(document, 0, len(TEXT), 1),))
    llm = _answerer(Parrot(reply=""))
    extracted = replace(answer, refused=refused, confidence=confidence)
    assert llm.may_answer(extracted, insist=insist) is asked
    assert not llm.may_answer(replace(extracted, passages=()), insist=True)


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nSources: [1]",
        "\n\nSources:\n[1] works.txt",
        "\n\n**References**\n\n1. works.txt [1]",
        "\n\n[^1]: works.txt",
        "\n\n[1] works.txt",
    ],
)
def test_a_list_of_sources_is_neither_shown_nor_counted(tail: str) -> None:
    reply = f"Harbour Works had revenue of $128 million in 2023. [1]{tail}"
    for size in (1, 7, len(reply)):
        pieces, answer = _ask(reply, size=size)
        assert "".join(pieces) == answer.text
        assert answer.text == "Harbour Works had revenue of $128 million in 2023. [1]"
        assert answer.confidence == pytest.approx(0.9)
        assert [one.supported for one in answer.statements] == [True]


def test_a_source_that_no_passage_bears_is_told_as_unsupported() -> None:
    reply = "Harbour Works had revenue of $128 million in 2023. [1]\n\nSources:\n[1] Wikipedia"
    for size in (1, 7, len(reply)):
        pieces, answer = _ask(reply, size=size)
        assert "".join(pieces) == answer.text
        assert answer.text.endswith("Wikipedia (not supported by the documents)")


@pytest.mark.parametrize("line", ["References: 2", "- Source: works.txt [1]", "Source: works.txt"])
def test_what_looks_like_a_list_of_sources_is_told_where_more_follows(line: str) -> None:
    fact = "Harbour Works had revenue of $128 million in 2023. [1]"
    reply = f"{fact}\n{line}\n{fact}"
    for size in (1, 7, len(reply)):
        pieces, answer = _ask(reply, size=size)
        assert "".join(pieces) == answer.text
        assert line.removesuffix(" [1]") in answer.text
        assert answer.text.startswith(fact)
        assert answer.text.endswith(f"\n{fact}")


def test_support_across_languages_is_a_json_value() -> None:
    """An embedder's cosines are numpy's float32, which json does not know."""
    document = Document(id="works", source="works.txt", text=TEXT)
    passages = (passage(document, 0, len(TEXT), 1),)
    reply = (
        "Harbour Works had revenue of $128 million in 2023. [1] It was founded by pirates of the seas. [1] "
        "Harbour Works 2023年收入1.28亿美元。[1]"
    )
    llm = replace(_answerer(Parrot(reply=reply)), embed=load_embedder().embed_queries)
    *_, answer = llm.stream(QUESTION, passages, fallback=extractive(QUESTION, passages))
    assert isinstance(answer, Answer)
    assert [one.supported for one in answer.statements] == [True, False, True]
    told = [answer.confidence, *(one.support for one in (*answer.statements, *answer.citations))]
    assert {type(number) for number in told} == {float}
    assert json.loads(json.dumps(to_dict(answer)))["confidence"] == answer.confidence


@pytest.mark.parametrize("finish", ["content_filter", "SAFETY", "refusal"])
def test_an_answer_cut_off_by_a_filter_is_none(finish: str) -> None:
    _, answer = _ask("Harbour Works had revenue of $128 million in 2023. [1] It has", finish=finish)
    assert (answer.text, answer.answerer) == ("fallback", "extractive")
    assert answer.note is not None
    assert "the endpoint's content filter cut the answer off" in answer.note
