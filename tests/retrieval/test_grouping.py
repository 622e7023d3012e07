from __future__ import annotations

import numpy as np
import pytest

from rag.embedding.protocol import SentencePieces
from rag.index import StoredChunk
from rag.retrieval.grouping import ALIKE, group, may_be_reprints, resemblance


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


def test_only_passages_that_may_be_reprints_are_compared() -> None:
    chunks = [chunk(n, name, 0, STORY) for n, name in enumerate("abcd")]
    may = np.zeros((3, 2), np.bool_)
    assert group(chunks, 8, may) == [(0, [3]), (1, []), (2, [])]  # the fourth is beyond its bounds
    may[2, 1] = True
    assert group(chunks, 8, may) == [(0, [3]), (1, [2])]


class _Vectors:
    """A view of vectors alone: no sentences are known."""

    def __init__(self, rows: np.ndarray) -> None:
        self.rows = rows

    def vectors(self, ids: np.ndarray) -> np.ndarray:
        return self.rows[ids]

    def sentences(self, ids: np.ndarray) -> tuple[SentencePieces, np.ndarray]:
        return SentencePieces.joined([]), np.empty(0, np.int64)


@pytest.mark.parametrize("count", [1, 2, 20, 140])
@pytest.mark.parametrize("firsts", [1, 8, 300])
def test_each_passage_is_compared_with_the_first_ones_before_it(count, firsts) -> None:
    rows = np.random.default_rng(count).standard_normal((count, 3)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ids = np.arange(count)[::-1]
    near = may_be_reprints(_Vectors(rows), ids, firsts)
    assert near.shape == (count, min(firsts, count))
    for i in range(count):
        for j in range(min(firsts, count)):
            assert near[i, j] == (j < i and rows[ids[i]] @ rows[ids[j]] >= ALIKE)
