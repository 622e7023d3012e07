"""From a question to passages: dense and lexical search, fused, grouped, optionally re-ranked."""

from __future__ import annotations

from rag.retrieval.rerank import (
    BUNDLED_READER,
    WHERE_UNSURE,
    CrossEncoderReranker,
    Reranker,
    load_reranker,
)
from rag.retrieval.search import Found, find, retrieve

__all__ = [
    "BUNDLED_READER",
    "WHERE_UNSURE",
    "CrossEncoderReranker",
    "Found",
    "Reranker",
    "find",
    "load_reranker",
    "retrieve",
]
