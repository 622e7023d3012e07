"""The plain LangChain retrieval pipeline, as its tutorials build it, behind our evaluation.

RecursiveCharacterTextSplitter -> the same bundled embedding model -> exact cosine similarity. It has
no lexical leg, no sentence boundaries for Chinese beyond separators, and no answers without a
language model: only retrieval is compared.

Chunks are ranked as ``InMemoryVectorStore`` ranks them, exactly; a FAISS index in its place cannot
find more. That store itself is not used: it makes a new matrix of all its vectors for each query.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document as LangChainDocument
from langchain_text_splitters import RecursiveCharacterTextSplitter

from rag.embedding import load_embedder
from rag.evaluation.cells import Cell
from rag.evaluation.suites import Suite
from rag.reading import read_paths
from rag.records import Answer, Document, DocumentInfo, Passage
from rag.settings import Settings

__all__ = ["opener", "retrieval_only"]


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)


class LangChainPipeline:
    """Search by a LangChain vector store; passages are the splitter's chunks."""

    def __init__(self, documents: Sequence[Document], *, size: int, overlap: int) -> None:
        from rag.embedding.langchain import LangChainEmbeddings

        self.name = f"{size}/{overlap}"
        self._documents = {document.id: document for document in documents}
        # Lengths in characters: with a token length function add_start_index gives wrong offsets.
        splitter = RecursiveCharacterTextSplitter(
            chunk_size=size, chunk_overlap=overlap, add_start_index=True
        )
        self.chunks = splitter.split_documents(
            [
                LangChainDocument(d.text, metadata={"id": d.id, "source": d.source})
                for d in documents
            ]
        )
        self._embeddings = LangChainEmbeddings(load_embedder("bundled"))
        texts = [chunk.page_content for chunk in self.chunks]
        self._matrix = _unit(np.asarray(self._embeddings.embed_documents(texts), np.float32))

    def search(
        self, question: str, *, k: int | None = None, where: Mapping[str, Any] | None = None
    ) -> list[Passage]:
        masked = set((where or {}).get("source", {}).get("not in", ()))
        query = _unit(np.asarray([self._embeddings.embed_query(question)], np.float32))[0]
        scores = self._matrix @ query
        found = [
            (self.chunks[at], float(scores[at]))
            for at in np.argsort(-scores, kind="stable")
            if self.chunks[at].metadata["source"] not in masked
        ][: k or 8]
        return [
            Passage(
                document_id=chunk.metadata["id"],
                source=chunk.metadata["source"],
                title=None,
                published=None,
                start=chunk.metadata["start_index"],
                end=chunk.metadata["start_index"] + len(chunk.page_content),
                text=chunk.page_content,
                heading=None,
                score=score,
                rank=rank,
            )
            for rank, (chunk, score) in enumerate(found, 1)
        ]

    def ask(self, question: str, **_: Any) -> Answer:
        raise NotImplementedError("without a language model the plain pipeline only retrieves")

    def documents(self) -> list[DocumentInfo]:
        return [
            DocumentInfo(
                id=d.id,
                source=d.source,
                title=d.title,
                published=d.published,
                language=d.language,
                characters=len(d.text),
                passages=0,
                indexed="",
            )
            for d in self._documents.values()
        ]

    def document(self, document_id: str, /) -> Document:
        return self._documents[document_id]


def opener(size: int = 1000, overlap: int = 200) -> Callable[..., Cell]:
    """Takes the place of :func:`rag.evaluation.cells.open_cell`; sizes are in characters."""

    def opened(suite: Suite, settings: Settings, **_: Any) -> Cell:
        if suite.documents:
            read = read_paths([suite.documents_path])
            documents = [item for item in read if isinstance(item, Document)]
        else:
            documents = list(suite.corpus)
        begin = time.perf_counter()
        system = LangChainPipeline(documents, size=size, overlap=overlap)
        seconds = time.perf_counter() - begin
        build = {"seconds": seconds, "bytes": 0, "documents": len(documents)}
        return Cell(
            system=system,
            folder=Path(),
            documents={document.id: document for document in documents},
            build={**build, "passages": len(system.chunks)},
            failed=(),
            opener=lambda _: system,
            settings=settings,
        )

    return opened


def retrieval_only(suite: Suite) -> Suite:
    """The suite's answerable questions without a history, for retrieval alone."""
    questions = tuple(q for q in suite.questions if q.answerable and not q.history)
    return dataclasses.replace(suite, questions=questions, ask=False, legs=())
