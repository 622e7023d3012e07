"""Lists of sources below an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rag.answering.llm.bibliography import Bibliography
from rag.answering.llm.sentences import ReplySentence, reply_sentences, settled
from rag.chunking import split_sentences
from rag.records import Document
from tests.answering.llm.scenes import passage

_REPORT = Document(
    id="a",
    source="houses/s3.txt",
    title="Rents of Acme Inc., 2023",
    published="2023-05-01",
    text="House number 3 has a monthly rent of 503 euros.",
)
_CHINESE = Document(
    id="z", source="z.txt", title="财政拨款管理办法", text="3号房屋每月租金为503欧元。"
)
PASSAGES = (
    replace(passage(_REPORT, 0, 47, 1), heading="Rents > House 3"),
    passage(_CHINESE, 0, 10, 2),
)
TOLD = "The rent is 503 euros [1]."


def _left(reply: str) -> list[str]:
    sentences = reply_sentences(reply, known=len(PASSAGES), sentences_of=split_sentences)
    return [one.text for one in Bibliography(PASSAGES).left_out(sentences)]


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nSources:\n[1] s3.txt\n[2] z.txt",
        "\n\nSources: [1], [2]",
        "\n\nSources: 1, 2",
        "\n\nSources: passages 1 and 2",
        "\n\nSources:\n1\n2",
        "\n\nSources: s3.txt\n\nReferences:\n- z.txt",
        "\n\nSources:\n\n**References**\n- z.txt",
        "\n\nSources: [1] Rents of Acme Inc., 2023",
        "\n\nSources used:\n1. Rents of Acme Inc., 2023, 2023-05-01, p. 3 [1]",
        "\n\nSource: [Rents of Acme Inc.](houses/s3.txt) (2023)",
        "\n\nSource: s3.txt",
        " (Source: s3.txt)",
        "\n\n**References**\n\n1. s3.txt\n2. z.txt",
        "\n\n## Sources\n- [1] Rents of Acme Inc., 2023 - House 3\n- [2] z.txt",
        "\n\n[^1]: s3.txt\n[^2]: z",
        "\n\n参考资料：[2] z.txt",
        "\n\n來源：《财政拨款管理办法》，第3页；[1] s3.txt，2023年",
        "\n\n参考文献：\n[1] z.txt\n[2] s3.txt",
        "\n\n来源：段落1、段落2",
    ],
)
def test_a_list_of_the_prompts_passages_is_left_out(tail: str) -> None:
    assert _left(TOLD + tail) == ["The rent is 503 euros."]


@pytest.mark.parametrize(
    ("tail", "left"),
    [
        ("\n\nSources: Wikipedia", ["Sources: Wikipedia"]),
        ("\n\nSource: s3.txt, 999 euros", ["Source: s3.txt, 999 euros"]),
        ("\n\nSources: [1], 7", ["Sources:, 7"]),
        ("\n\nSources: s3.txt.\nIt has 5 rooms.", ["Sources: s3.txt.", "It has 5 rooms."]),
        ("\nReferences: 2\nIt has 5 rooms [1].", ["References: 2", "It has 5 rooms."]),
        ("\n\n**References:** 2", ["**References:** 2"]),
        ("\n来源：1。", ["来源：1。"]),
        ("\n- Source: House 3 [1]\n- Rooms: 5 [1]", ["- Source: House 3", "- Rooms: 5"]),
        ("\n来源：财政拨款管理。\n期限：两年。", ["来源：财政拨款管理。", "期限：两年。"]),
        ("\n\n[^1]: s3.txt\n\nIt has 5 rooms.", [": s3.txt", "It has 5 rooms."]),
        ("\nReferences: 2\n\nSources:\n[1] s3.txt", ["References: 2"]),
        (
            "\n\n**References**\n\n1. s3.txt\n2. Wikipedia",
            ["**References**", "1. s3.txt", "2. Wikipedia"],
        ),
        ("\n\n**References**\n\n1. Wikipedia", ["**References**", "1. Wikipedia"]),
        ("\n\n来源：财政拨款[2]。", ["来源：财政拨款。"]),
        ("\n\n资金来源：z.txt", ["资金来源：z.txt"]),
        ("\n\n- s3.txt\n- z.txt", ["- s3.txt", "- z.txt"]),
    ],
)
def test_all_else_stays(tail: str, left: list[str]) -> None:
    assert _left(TOLD + tail) == ["The rent is 503 euros.", *left]


def test_a_list_that_is_all_of_a_reply_stays() -> None:
    assert _left("Sources: s3.txt") == ["Sources: s3.txt"]
    assert _left("") == []


def test_a_heading_at_the_end_waits_for_what_it_heads() -> None:
    assert _left(f"{TOLD}\n\nSources:") == ["The rent is 503 euros."]
    assert _left(f"{TOLD}\n\n## Sources\n- the river Tay") == [
        "The rent is 503 euros.",
        "## Sources",
        "- the river Tay",
    ]


@pytest.mark.parametrize(
    "tail",
    [
        "\n\nSources:\n[1] s3.txt\n[2] z.txt\n\nThe garden has 60 square metres and a pond with fish [1].",
        "\n\nSources:\n[1] s3.txt\n[2] z.txt\n\nReferences:\n- z.txt\n- s3.txt\n- Rents of Acme Inc., 2023",
        "\nReferences: 2\n- Source: House 3 [1]\n- The garden has 60 square metres and a pond with fish [1].",
        "\n来源：财政拨款管理。\n期限：两年，自批准之日起算，到期可以申请延长一次。",
        "\n\n## Sources\n- the river Tay, which flows past the house\n- s3.txt",
        "\n\n参考资料：\n[1] Rents of Acme Inc., 2023，第3页\n\n它有5个房间和一个六十平方米的花园[2]。",
    ],
)
def test_what_is_settled_of_a_growing_reply_stays(tail: str) -> None:
    def sentences(reply: str) -> list[ReplySentence]:
        return reply_sentences(reply, known=len(PASSAGES), sentences_of=split_sentences)

    bibliography = Bibliography(PASSAGES)
    whole = bibliography.left_out(sentences(TOLD + tail))
    for end in range(1, len(TOLD + tail)):
        ready = bibliography.left_out(settled(sentences((TOLD + tail)[:end])))
        assert ready == whole[: len(ready)]


@pytest.mark.parametrize(
    ("text", "whole", "partly"),
    [
        ("s3.txt", True, True),
        ("1. Rents of Acme Inc., 2023 (2023-05-01), pp. 3-4", True, True),
        ("s3.txt\nz.txt", True, True),
        ("House 3", False, True),
        ("2", False, True),
        ("3", False, False),
        ("2023", False, False),
        ("Rents of Acme Inc.", False, True),
        ("Rents of", False, False),
        ("s3.txt is the report", False, False),
    ],
)
def test_entries(text: str, whole: bool, partly: bool) -> None:
    bibliography = Bibliography(PASSAGES)
    assert bibliography.is_entry(text) is whole
    assert bibliography.is_entry(text, parts=True) is partly


def test_without_passages_there_is_no_entry() -> None:
    assert not Bibliography(()).is_entry("s3.txt", parts=True)
