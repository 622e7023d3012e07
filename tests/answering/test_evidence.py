"""Which sentences of the passages may answer."""

from __future__ import annotations

from rag.answering.evidence import candidates_of
from rag.records import Passage


def _passage(text: str, heading: str | None) -> Passage:
    return Passage(
        document_id="a", source="a.md", title="年报", published=None, start=10, end=10 + len(text),
        text=text, heading=heading, score=1.0, rank=1,
    )  # fmt: skip


def test_headings_are_no_candidates_but_stand_before_the_first_one() -> None:
    text = "## 区卫生健康局\n\n局长是韩华。新区有五个专科。"
    first, second = candidates_of([_passage(text, "年报 > 区卫生健康局")])
    assert (first.text, second.text) == ("局长是韩华。", "新区有五个专科。")
    assert first.start == 10 + text.index("局长")
    assert first.before == "## 区卫生健康局"
    assert first.position == 1


def test_a_heading_without_marks_is_known_by_the_passage_it_heads() -> None:
    text = "公立医院改革\n\n医院有五个专科。"
    (only,) = candidates_of([_passage(text, "年报 > 公立医院改革")])
    assert only.text == "医院有五个专科。"


def test_of_a_passage_of_headings_alone_they_are_the_candidates() -> None:
    (only,) = candidates_of([_passage("## 区卫生健康局", "年报 > 区卫生健康局")])
    assert only.text == "## 区卫生健康局"
