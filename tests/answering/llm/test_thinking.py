"""Thoughts are no part of an answer, whole or while they are written."""

from __future__ import annotations

import pytest

from rag.answering.llm.thinking import without_thinking


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("<think>219家？</think>NO_ANSWER", "NO_ANSWER"),
        ("<reasoning>a</reasoning>\n<think>b</think>172个。", "\n172个。"),
        ("<thinking>a", ""),
        ("a</think>172个。", "172个。"),
        ("172个。<think>or", "172个。"),
        ("172个。", "172个。"),
        ("a < b and <b>bold</b>", "a < b and <b>bold</b>"),
    ],
)
def test_without_thinking(reply: str, said: str) -> None:
    assert without_thinking(reply) == said
