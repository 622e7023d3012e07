"""Bringing an index up to date: what changed is read, chunked, embedded and written, in step.

updating     files, folders, documents from memory, another model: what is new, changed or gone
naming       what found files are called;  pruning: which have vanished
work         what passes from there to the pipeline, and the tally
pipeline     a stream of documents into a store, in batches
preparing    a batch of documents -> chunks, vectors, sentences
lanes        threads that work ahead;  workers: processes that prepare beside the one that writes
"""

from __future__ import annotations

from rag.indexing.updating import (
    as_document,
    chunking_differs,
    index_documents,
    index_paths,
    reembed,
    remove_documents,
)
from rag.indexing.work import Progress, Tally

__all__ = [
    "Progress",
    "Tally",
    "as_document",
    "chunking_differs",
    "index_documents",
    "index_paths",
    "reembed",
    "remove_documents",
]
