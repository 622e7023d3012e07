"""Ask documents questions and get answers you can check: every citation is a span of the source.

>>> from rag import KnowledgeBase
>>> kb = KnowledgeBase.open("indexes/default")
>>> report = kb.index("seeds/")
>>> answer = kb.ask("question")
>>> answer.citations[0].quote

Importing this package loads no model and opens no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.lazy import lazily

if TYPE_CHECKING:
    from rag.errors import RagError
    from rag.knowledge_base import KnowledgeBase
    from rag.records import (
        Answer,
        Chunk,
        Citation,
        Document,
        DocumentInfo,
        Failure,
        IngestReport,
        Passage,
        Statement,
    )
    from rag.settings import Settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Chunk",
    "Citation",
    "Document",
    "DocumentInfo",
    "Failure",
    "IngestReport",
    "KnowledgeBase",
    "Passage",
    "RagError",
    "Settings",
    "Statement",
]

_HOMES = dict.fromkeys(__all__, "rag.records") | {
    "KnowledgeBase": "rag.knowledge_base",
    "RagError": "rag.errors",
    "Settings": "rag.settings",
}

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazily(__name__, _HOMES)
