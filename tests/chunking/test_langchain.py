"""The LangChain TextSplitter at the border."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from langchain_core.documents import Document as LangChainDocument
from langchain_text_splitters import TextSplitter

from rag.chunking.langchain import SentenceTextSplitter
from rag.tokens import count_tokens

TEXT = "## 航线\n\n" + "".join(
    f"第{n}条航线去年运送旅客{n}万人次，今年增加{n}班。" for n in range(30)
)


def test_is_a_text_splitter_with_right_start_indices() -> None:
    splitter = SentenceTextSplitter(chunk_tokens=80, chunk_overlap=30)
    assert isinstance(splitter, TextSplitter)
    source = LangChainDocument(page_content=TEXT, metadata={"source": "a.md", "nested": {"x": [1]}})
    split = splitter.split_documents([source, source])
    assert len(split) > 4
    for part in split:
        start = part.metadata["start_index"]
        assert TEXT[start : start + len(part.page_content)] == part.page_content
        assert part.metadata["source"] == "a.md"
        assert part.metadata["heading"] == "航线"
        assert count_tokens(part.page_content) <= 80
    half = len(split) // 2
    assert [p.page_content for p in split[:half]] == splitter.split_text(TEXT)
    split[0].metadata["nested"]["x"].append(2)
    assert source.metadata["nested"] == {"x": [1]}


def test_transforms_documents_and_texts() -> None:
    splitter = SentenceTextSplitter(chunk_tokens=64, chunk_overlap=0, add_start_index=False)
    documents = splitter.create_documents([TEXT, "短。"], [{"a": 1}, {"a": 2}])
    assert documents[-1].page_content == "短。"
    assert documents[-1].metadata == {"a": 2}
    again = splitter.transform_documents([LangChainDocument(page_content=TEXT)])
    assert [d.page_content for d in again] == splitter.split_text(TEXT)
    later = asyncio.run(splitter.atransform_documents([LangChainDocument(page_content=TEXT)]))
    assert list(later) == list(again)


def test_the_room_itself_does_without_langchain() -> None:
    code = "import sys, rag.chunking; print([m for m in sys.modules if 'langchain' in m or m == 'torch'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
