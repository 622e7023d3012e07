"""Chunks and vectors on disk: the store protocols and the embedded default store."""

from __future__ import annotations

from rag.index.store import Finding, Hits, Source, Store, StoredChunk, View, Where, Writer

__all__ = ["Finding", "Hits", "Source", "Store", "StoredChunk", "View", "Where", "Writer"]
