"""A small corpus in a real store, embedded by hashed characters: near spelling is near meaning."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from rag.index import View, open_store
from rag.indexing import index_documents
from rag.normalization import normalize
from rag.records import Document
from rag.settings import Settings


class HashedCharacters:
    """A text's vector counts its characters in 128 boxes."""

    name = "hashed-characters"
    dimension = 128
    max_tokens = None

    def embed_passages(self, texts: Sequence[str], *, progress: object = None) -> np.ndarray:
        rows = np.full((len(texts), self.dimension), 1e-3, np.float32)
        for row, text in zip(rows, texts, strict=True):
            for character in normalize(text):
                row[zlib.crc32(character.encode()) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_passages(texts)


HARBOUR = (
    "港口去年完成货物吞吐量3.2亿吨，同比增长6.5%。港口集团董事长林海涛表示，今年将新开12条航线。"
    "新码头于2023年5月8日启用，总投资46亿元。"
)
HARBOUR_OLD = "港口2021年完成货物吞吐量2.9亿吨，同比增长4.1%。当年新开航线9条。"
LIBRARY = (
    "市图书馆新馆位于湖滨路88号，建筑面积2.6万平方米。新馆设有儿童阅览区、古籍修复室、“星空”自习室和盲文图书室。"
    "读者凭身份证即可免费办理借书证。"
)
ENGLISH = (
    "The river museum opened in 1987. Its director is Margaret Ellison. "
    "The museum keeps 4,300 drawings of boats and welcomes 120,000 visitors a year."
)
DOCUMENTS = (
    Document(id="harbour", source="news/harbour.md", text=HARBOUR, title="港口这一年",
             published="2024-01-10", metadata={"section": "economy"}),
    Document(id="harbour-old", source="news/harbour-old.md", text=HARBOUR_OLD, title="港口回顾",
             published="2022-01-09", metadata={"section": "economy"}),
    Document(id="library", source="news/library.md", text=LIBRARY, title="图书馆新馆开放",
             published="2023-09-01", metadata={"section": "culture"}),
    Document(id="copy", source="mirror/library.md", text=LIBRARY + "（转载）",
             published="2023-09-02", metadata={"section": "culture"}),
    Document(id="museum", source="news/museum.md", text=ENGLISH, title="The river museum",
             published="2020-05-05", metadata={"section": "culture"}),
)  # fmt: skip


@pytest.fixture(scope="session")
def embedder() -> HashedCharacters:
    return HashedCharacters()


@pytest.fixture(scope="session")
def small_view(
    embedder: HashedCharacters, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[View]:
    folder: Path = tmp_path_factory.mktemp("small")
    store = open_store(folder / "index", model=embedder.name, dimension=embedder.dimension)
    index_documents(store, embedder, Settings(), DOCUMENTS)
    with store.view() as view:
        yield view
    store.close()
