"""Text to vectors: the bundled model, any sentence-transformers model, one Protocol.

>>> from rag.embedding import load_embedder
>>> embedder = load_embedder("bundled")
>>> embedder.embed_queries(["谁发明了电话？"]).shape
(1, 256)
"""

from __future__ import annotations

from rag.embedding.identity import base_name, must_match, same_model
from rag.embedding.loading import (
    bundled_model_path,
    load_embedder,
    may_match,
    name_before_loading,
    setting_of,
)
from rag.embedding.protocol import Embedder, PieceEmbedder, Progress, knows_pieces
from rag.embedding.static import StaticEmbedder

__all__ = [
    "Embedder",
    "PieceEmbedder",
    "Progress",
    "StaticEmbedder",
    "base_name",
    "bundled_model_path",
    "knows_pieces",
    "load_embedder",
    "may_match",
    "must_match",
    "name_before_loading",
    "same_model",
    "setting_of",
]
