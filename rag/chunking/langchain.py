"""The splitter as a LangChain ``TextSplitter``: whole sentences within a budget of tokens.

Import this module only where LangChain is used; :mod:`rag.chunking` itself does without.

    from rag.chunking.langchain import SentenceTextSplitter

    splitter = SentenceTextSplitter(chunk_tokens=256, chunk_overlap=48)
    passages = splitter.split_documents(documents)
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from langchain_core.documents import Document as LangChainDocument
from langchain_text_splitters import TextSplitter

from rag.chunking.chunks import chunk_document
from rag.records import Chunk, Document
from rag.tokens import count_tokens

__all__ = ["SentenceTextSplitter"]


class SentenceTextSplitter(TextSplitter):
    """Splits into whole sentences, each chunk a verbatim slice of its text.

    ``start_index`` (in characters) is always right, overlap or not, unlike that of splitters which
    search for their chunks. The nearest headings stand in ``metadata["heading"]`` where there are
    any.

    Args:
        chunk_tokens: Longest chunk, in tokens.
        chunk_overlap: Tokens that consecutive chunks share at most, in whole sentences.
        encoding: What tokens are counted in; see :func:`rag.tokens.count_tokens`.
        add_start_index: Put ``start_index`` into the metadata of each chunk.
    """

    def __init__(
        self,
        *,
        chunk_tokens: int = 256,
        chunk_overlap: int = 48,
        encoding: str = "rag",
        add_start_index: bool = True,
    ) -> None:
        super().__init__(
            chunk_size=chunk_tokens,
            chunk_overlap=chunk_overlap,
            length_function=lambda text: count_tokens(text, encoding),
            keep_separator=True,
            add_start_index=add_start_index,
            strip_whitespace=True,
        )
        self._encoding = encoding

    def split_text(self, text: str) -> list[str]:
        """The chunks of ``text``, in order."""
        return [chunk.text for chunk in self._chunks(text, {})]

    def create_documents(
        self, texts: list[str], metadatas: list[dict[Any, Any]] | None = None
    ) -> list[LangChainDocument]:
        """A document for each chunk of each text, with a copy of that text's metadata."""
        given = metadatas or [{}] * len(texts)
        return [
            LangChainDocument(page_content=chunk.text, metadata=self._metadata(chunk, metadata))
            for text, metadata in zip(texts, given, strict=True)
            for chunk in self._chunks(text, metadata)
        ]

    def split_documents(self, documents: Iterable[LangChainDocument]) -> list[LangChainDocument]:
        """A document for each chunk of each document."""
        split = list(documents)
        return self.create_documents(
            [document.page_content for document in split], [document.metadata for document in split]
        )

    def _chunks(self, text: str, metadata: dict[Any, Any]) -> list[Chunk]:
        title = metadata.get("title")
        document = Document(
            id="", source="", text=text, title=title if isinstance(title, str) else None
        )
        return chunk_document(
            document,
            chunk_tokens=self._chunk_size,
            chunk_overlap=self._chunk_overlap,
            encoding=self._encoding,
        )

    def _metadata(self, chunk: Chunk, metadata: dict[Any, Any]) -> dict[Any, Any]:
        copied = copy.deepcopy(metadata)
        if self._add_start_index:
            copied["start_index"] = chunk.start
        if chunk.heading is not None:
            copied["heading"] = chunk.heading
        return copied
