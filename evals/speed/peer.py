"""The plain pipeline that we measure against: LangChain's splitter, embeddings and FAISS store.

Needs, beside our own requirements: ``pip install langchain-community langchain-huggingface``.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.vectorstores import VectorStore

BEGAN = time.perf_counter()


def embeddings(model: str) -> Embeddings:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(
        model_name=model,
        encode_kwargs={"normalize_embeddings": True},
        model_kwargs={"device": "cpu"},
    )


def index(articles: Path, folder: Path, model: str) -> dict[str, float]:
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    embedder = embeddings(model)
    embedder.embed_query("warm")
    imported = time.perf_counter() - BEGAN
    began, busy = time.perf_counter(), time.process_time()
    documents = [
        Document(path.read_text("utf-8"), metadata={"source": str(path)})
        for path in sorted(articles.rglob("*.txt"))
    ]
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=400,
        chunk_overlap=60,
        separators=["\n\n", "\n", "。", "！", "？", "；", "，", " ", ""],
        keep_separator="end",
    )
    chunks = splitter.split_documents(documents)
    store = FAISS.from_documents(chunks, embedder)
    store.save_local(str(folder))
    return {
        "seconds": time.perf_counter() - began,
        "busy": time.process_time() - busy,
        "load_seconds": imported,
        "articles": len(documents),
        "passages": len(chunks),
    }


def opened(folder: Path, model: str) -> VectorStore:
    from langchain_community.vectorstores import FAISS

    return FAISS.load_local(str(folder), embeddings(model), allow_dangerous_deserialization=True)


def query(folder: Path, model: str, questions: list[str], k: int) -> dict[str, object]:
    store = opened(folder, model)
    store.similarity_search(questions[0], k=k)
    loaded = time.perf_counter() - BEGAN
    seconds = []
    for question in questions:
        began = time.perf_counter()
        store.similarity_search(question, k=k)
        seconds.append(time.perf_counter() - began)
    return {"load_seconds": loaded, "queries": seconds}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["index", "query", "ask"])
    parser.add_argument("--articles", type=Path)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("-k", type=int, default=8)
    arguments = parser.parse_args()
    if arguments.what == "index":
        result: object = index(arguments.articles, arguments.index, arguments.model)
    elif arguments.what == "query":
        result = query(arguments.index, arguments.model, json.load(sys.stdin), arguments.k)
    else:
        store = opened(arguments.index, arguments.model)
        question = json.load(sys.stdin)[0]
        found = store.similarity_search(question, k=arguments.k)
        result = {"answer": found[0].page_content}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
