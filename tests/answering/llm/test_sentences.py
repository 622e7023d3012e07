"""Sentences of replies: nothing is lost, and what is settled stays as it is."""

from __future__ import annotations

import re

import pytest

from rag.answering.llm.handles import without_handles
from rag.answering.llm.sentences import reply_sentences, settled
from rag.chunking import split_sentences

REPLIES = (
    "Revenue was $128 million in 2023. [1] Profit was 1.2 billion yen. [1] Half of them work here. [2]",
    "Revenue was $128 million in 2023.[1] In 2022 it was bigger.[1]",
    "Dr. Maria Olsen leads research [1]. Prof. Lee helps [2]. It moves 3.5 litres, i.e. more [1].",
    "The pump has two parts:\n\n- HX-200: 40 litres [1]\n- HX-300: 75 litres [1]\n\nMade in the U.S. by us [2].",
    "1. First step is this [1].\n2. Second step is that [1].\n3. Third step [2].",
    "他说：“市北区有172个项目。”[1]然后他说：“还有219家企业。”[2]最后结束。[3]",
    "| A | B |\n|---|---|\n| HX-200 | 420 euros [1] |\n| HX-300 | 560 euros [1] |\n\nThat is all [1].",
    "Harbour Works (founded 1998. See below) had revenue [1]. \"It is good.\" she said [2]. 'Fine.' he said [3].",
    "2023年新落地172个[1]；新增219家[1]；\n同比增长35.2%[1]。（其中3个超过30亿元。）[1]其他见附件[2]。",
    "| Pump | Price |\n|:------------------------------------------------|--:|\n| - | 420 euros [1] |\n| -- | 1 [1] |",
    "Pump | Price\n--- | ---\nHX-200 | 420 euros [1]\nThat is all of it, and more is not to be had anywhere [1].",
    "Line one without stop\nline two continues here [1]\nline three [2]",
    "他问：“为什么？”[1] 她答：“因为。”[2] 完。",
)


def _sentences(reply: str):
    return reply_sentences(reply, known=3, sentences_of=split_sentences)


def _solid(text: str) -> str:
    return re.sub(r"\s", "", text)


@pytest.mark.parametrize("reply", REPLIES)
def test_nothing_is_lost(reply: str) -> None:
    text = without_handles(reply, known=3).text
    assert _solid("".join(one.text for one in _sentences(reply))) == _solid(text)


@pytest.mark.parametrize("reply", REPLIES)
def test_what_is_settled_stays(reply: str) -> None:
    whole = _sentences(reply)
    for end in range(1, len(reply)):
        ready = settled(_sentences(reply[:end]))
        assert ready == whole[: len(ready)]


def test_marks_belong_to_the_sentence_before_them() -> None:
    told = [(one.text, one.marked) for one in _sentences(REPLIES[0])]
    assert told == [
        ("Revenue was $128 million in 2023.", (1,)),
        ("Profit was 1.2 billion yen.", (1,)),
        ("Half of them work here.", (2,)),
    ]
    assert [(one.text, one.marked) for one in _sentences("[1] One.\n[2] Two.")] == [
        ("One.", (1,)),
        ("Two.", (2,)),
    ]


@pytest.mark.parametrize("reply", [one for one in REPLIES if "--" in one])
def test_the_first_row_of_a_table_is_its_head(reply: str) -> None:
    assert [at for at, one in enumerate(_sentences(reply)) if one.head] == [0]


def test_a_sign_that_opens_nothing_holds_nothing_up() -> None:
    growing = "The result was clear at p < 0.05 in all trials. " + "It was seen once more. " * 8
    assert len(settled(_sentences(growing))) > 1


def test_a_mark_before_the_words_of_a_sentence_is_told() -> None:
    found = _sentences(
        "One is told [1]. Two too [2].\n\n[1] Report A\n[2] Report B\n\n- [3] Report C"
    )
    assert [(one.text, one.after_mark) for one in found] == [
        ("One is told.", False),
        ("Two too.", False),
        ("Report A", True),
        ("Report B", True),
        ("- Report C", True),
    ]
