"""Ask documents questions and get answers you can check: every citation is a span of the source.

>>> from rag import KnowledgeBase
>>> kb = KnowledgeBase.open("indexes/default")
>>> report = kb.index("seeds/")
>>> answer = kb.ask("question")
>>> answer.citations[0].quote

Importing this package loads no model and opens no file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

_HOMES = {
    "KnowledgeBase": "rag.knowledge_base",
    "RagError": "rag.errors",
    "Settings": "rag.settings",
}


if not TYPE_CHECKING:  # a wrong name is still told by type checkers

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module 'rag' has no attribute {name!r}")
        import importlib

        return getattr(importlib.import_module(_HOMES.get(name, "rag.records")), name)

    def __dir__() -> list[str]:
        return sorted([*__all__, "__version__"])
