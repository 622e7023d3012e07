"""What of a reply states nothing."""

from __future__ import annotations

import pytest

from rag.answering.llm.layout import is_layout


@pytest.mark.parametrize(
    "text",
    [
        "# 答案",
        "## Revenue in 2023",
        "## 1. Revenue",
        "|---|:--:|",
        "---",
        "Yes.",
        "Sure!",
        "好的。",
        "Let me know if you need anything else!",
        "References:",
        "[^1]: Annual Report 2023",
        ": Annual Report 2023",
    ],
)
def test_layout(text: str) -> None:
    assert is_layout(text)


@pytest.mark.parametrize(
    "text",
    [
        "# Revenue was $999 million",
        "**Maria Olsen**",
        "| HX-300 | 560 euros |",
        "Yes, 172 projects landed.",
        "有172个。",
        "Maria Olsen.",
        "1998.",
    ],
)
def test_statements(text: str) -> None:
    assert not is_layout(text)


def test_the_head_of_a_table_is_layout_unless_it_holds_a_figure() -> None:
    assert is_layout("| Pump | Price |", head=True)
    assert is_layout("| Pump | 2023 |", head=True)
    assert not is_layout("| Pump | 999 euros |", head=True)
    assert not is_layout("| Pump | Price |")
