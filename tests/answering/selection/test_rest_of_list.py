"""Lists that run over the end of their passage."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rag.answering.selection.rest_of_list import with_rest_of_list
from rag.records import Document
from tests.answering.made import passage, ranked_over, texts_of


@dataclass
class _Documents:
    """A view that can only read one document."""

    text: str

    def document(self, name: str) -> Document:
        return Document(id=name, source=name, text=self.text)


LEAD = "会议提出三项工作:"
PLAIN = f"{LEAD}\n\n建港。\n\n修路。\n\n办学。\n\n随后散会。"
MARKED = "需要:\n1. 单据。\n2. 发票。\n3. 合同。\n办理不收费。"


@pytest.mark.parametrize(
    ("text", "cut", "added"),
    [
        (PLAIN, "\n\n修路", ["修路。", "办学。"]),
        (PLAIN, "\n\n随后", []),
        (PLAIN.replace("三项", "多种"), "\n\n修路", []),
        (MARKED, "\n2.", ["2. 发票。", "3. 合同。"]),
        (MARKED, "\n办理", []),
    ],
)
def test_a_list_is_read_on_behind_its_passage(text: str, cut: str, added: list[str]) -> None:
    passages = [passage(text[: text.index(cut)])]
    ranked = ranked_over(passages, text[:2])
    size = len(ranked.candidates)
    more, seen = with_rest_of_list(ranked, ranked.order[0], passages, _Documents(text))  # type: ignore[arg-type]
    assert texts_of(more, range(size, len(more.candidates))) == added
    assert more.order[:size] == ranked.order
    (longer,) = seen
    assert longer.text == text[: longer.end]
    assert longer.text.endswith(added[-1] if added else passages[0].text)
    assert len(more.logits) == len(more.table) == len(more.spans) == len(more.candidates)


def test_without_a_view_nothing_is_added() -> None:
    passages = [passage(PLAIN[: PLAIN.index("修路")])]
    ranked = ranked_over(passages, LEAD)
    assert with_rest_of_list(ranked, ranked.order[0], passages, None) == (ranked, passages)
