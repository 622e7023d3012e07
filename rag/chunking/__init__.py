"""Document -> chunks: sentences, headings, token budget; spans only, nothing is rewritten.

- :func:`split_sentences`: spans of the sentences of any text.
- :func:`chunk_document`: spans of whole sentences within a budget of tokens.
- :func:`chunk_documents`: the same for many documents, with the pieces they were measured by.
- :func:`tidy`: a text for display, with offsets from the stored text.
- :mod:`rag.chunking.langchain`: the same splitter as a LangChain ``TextSplitter``.
"""

from rag.chunking.batch import Batch, chunk_documents, measure_chunks
from rag.chunking.chunks import chunk_document, document_sentences
from rag.chunking.display import tidy
from rag.chunking.pieces import PassagePieces, passage_pieces
from rag.chunking.sentences import split_sentences

#: Raised whenever texts are cut otherwise, so that an index tells by which rules it was cut.
RULES = 3

__all__ = [
    "RULES",
    "Batch",
    "PassagePieces",
    "chunk_document",
    "chunk_documents",
    "document_sentences",
    "measure_chunks",
    "passage_pieces",
    "split_sentences",
    "tidy",
]
