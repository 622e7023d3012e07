from __future__ import annotations

from rag.index import StoredChunk
from rag.retrieval.grouping import group, resemblance


def chunk(number: int, document: str, start: int, text: str) -> StoredChunk:
    return StoredChunk(
        id=number, document_id=document, source=document, title=None, published=None,
        start=start, end=start + len(text), text=text, heading=None, position=0,
    )  # fmt: skip


STORY = "市图书馆新馆位于湖滨路88号，建筑面积2.6万平方米，设有儿童阅览区和古籍修复室。"
OTHER = "港口去年完成货物吞吐量3.2亿吨，同比增长6.5%，今年将新开12条航线。"


def test_resemblance() -> None:
    assert resemblance(STORY, STORY) == 1.0
    assert resemblance(STORY, STORY.replace("，", ",")) == 1.0
    assert resemblance(STORY, OTHER) < 0.1
    assert resemblance(STORY, STORY + OTHER * 3) == 0.0  # the longer one says more
    assert resemblance("", STORY) == 0.0


def test_reprints_share_a_slot_and_are_named() -> None:
    chunks = [
        chunk(1, "a", 0, STORY),
        chunk(2, "b", 5, STORY + "（转载）"),
        chunk(3, "c", 0, OTHER),
    ]
    assert group(chunks, 8) == [(0, [1]), (2, [])]


def test_overlapping_chunks_of_one_document_take_one_slot() -> None:
    chunks = [chunk(1, "a", 0, STORY), chunk(2, "a", 10, STORY), chunk(3, "a", 40, OTHER)]
    assert group(chunks, 8) == [(0, []), (2, [])]


def test_no_more_slots_than_asked_for() -> None:
    chunks = [chunk(1, "a", 0, STORY), chunk(2, "c", 0, OTHER), chunk(3, "b", 0, STORY)]
    assert group(chunks, 1) == [(0, [2])]
