"""Chunks and vectors on disk: the store protocols and the embedded default store.

store        the protocols Store, View and Writer: the seam to any other store
embedded     the default: one folder, opened by :func:`open_store`
catalog      its truth, one SQLite file
segments     the derived files of a range of chunks: made, merged, rebuilt
dense        FAISS over half-precision rows;  lexical, terms: BM25 for every script
generation   all segments of one commit, searched as one;  memory: what a store keeps of one catalog
sources      what it notes of the files that it was made from;  places: where they lie
writing      the writer;  cache: vectors found again by text;  lock, faults
checking     doctor and repair;  salvage: what can be read of a damaged catalog;  copying: snapshot
"""

from __future__ import annotations

from rag.index.cache import embedding_key
from rag.index.embedded import EmbeddedStore, open_store
from rag.index.store import (
    BEGUN,
    INCOMPLETE,
    Finding,
    Fits,
    Hits,
    Source,
    Store,
    StoredChunk,
    View,
    Where,
    Writer,
)

__all__ = [
    "BEGUN",
    "INCOMPLETE",
    "EmbeddedStore",
    "Finding",
    "Fits",
    "Hits",
    "Source",
    "Store",
    "StoredChunk",
    "View",
    "Where",
    "Writer",
    "embedding_key",
    "open_store",
]
