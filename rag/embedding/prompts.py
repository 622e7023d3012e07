"""The words that common embedding models expect before a question or a passage.

Only for models that do not carry their prompts in their own configuration.
"""

from __future__ import annotations

import re

__all__ = ["prompts_for"]

_TASK = "Given a question, retrieve passages that answer it"

#: Patterns of model names, first match wins: (query prompt, passage prompt).
_FAMILIES: tuple[tuple[str, str, str], ...] = (
    (r"multilingual-e5-\w+-instruct", f"Instruct: {_TASK}\nQuery: ", ""),
    (r"\be5-mistral", f"Instruct: {_TASK}\nQuery: ", ""),
    (r"\b(multilingual-)?e5-", "query: ", "passage: "),
    (r"\bbge-m3", "", ""),
    (r"\bbge-\w+-zh", "为这个句子生成表示以用于检索相关文章：", ""),
    (r"\bbge-\w+-en", "Represent this sentence for searching relevant passages: ", ""),
    (r"gte-qwen|qwen3-embedding", f"Instruct: {_TASK}\nQuery:", ""),
    (r"embeddinggemma", "task: search result | query: ", "title: none | text: "),
    (r"nomic-embed", "search_query: ", "search_document: "),
    (r"arctic-embed-\w+-v2", "query: ", ""),
    (r"arctic-embed", "Represent this sentence for searching relevant passages: ", ""),
    (r"mxbai-embed", "Represent this sentence for searching relevant passages: ", ""),
    (
        r"jina-embeddings-v3",
        "Represent the query for retrieving evidence documents: ",
        "Represent the document for retrieval: ",
    ),
)


def prompts_for(name: str) -> tuple[str, str]:
    """The prompts before a query and before a passage for the model ``name``; empty when unknown.

    ``prompts_for("intfloat/multilingual-e5-small") == ("query: ", "passage: ")``
    """
    for pattern, query, passage in _FAMILIES:
        if re.search(pattern, name, re.IGNORECASE):
            return query, passage
    return "", ""
