"""Questions over seeds/ with the passages a retriever might give, in a fixed order."""

from __future__ import annotations

import functools
import random
import re
from pathlib import Path

from rag.answering.llm.answering import LLMAnswerer
from rag.answering.llm.ledger import Ledger
from rag.answering.llm.models import load_chat_model
from rag.chunking import chunk_document, split_sentences
from rag.normalization import normalize
from rag.reading import read_path
from rag.records import Answer, Document, Passage
from rag.settings import Settings
from rag.tokens import count_tokens

SEEDS = Path(__file__).parents[3] / "seeds"


@functools.cache
def documents() -> tuple[Document, ...]:
    return tuple(
        document
        for path in sorted(SEEDS.glob("*.md"))
        for document in read_path(path, source=f"seeds/{path.name}")
    )


@functools.cache
def texts() -> dict[str, str]:
    return {document.id: document.text for document in documents()}


def passage(document: Document, start: int, end: int, rank: int) -> Passage:
    return Passage(
        document_id=document.id,
        source=document.source,
        title=document.title,
        published=document.published,
        start=start,
        end=end,
        text=document.text[start:end],
        heading=None,
        score=1 / rank,
        rank=rank,
    )


@functools.cache
def scenes(count: int) -> tuple[tuple[str, tuple[Passage, ...]], ...]:
    """(question, five passages, the one that answers among them)."""
    chance = random.Random(7)
    chunks = [(document, chunk) for document in documents() for chunk in chunk_document(document)]
    sentences = [
        (document, chunk, chunk.text[start:end].strip())
        for document, chunk in chunks
        for start, end in split_sentences(chunk.text)
        if end - start > 15 and not chunk.text[start:end].lstrip().startswith("#")
    ]
    found = []
    for document, chunk, sentence in chance.sample(sentences, count):
        shown = [
            (document, chunk),
            *(other for other in chance.sample(chunks, 4) if other[1] != chunk),
        ]
        chance.shuffle(shown)
        passages = tuple(
            passage(one, part.start, part.end, rank)
            for rank, (one, part) in enumerate(shown, start=1)
        )
        found.append((f"{sentence[:18]}?", passages))
    return tuple(found)


def answerer(url: str, temper: str, **changes: object) -> LLMAnswerer:
    settings = Settings(llm=f"openai:{temper}", llm_base_url=url, llm_timeout=20).replace(**changes)
    return LLMAnswerer(
        model=load_chat_model(settings),
        name=settings.llm,
        settings=settings,
        sentences_of=split_sentences,
        count_tokens=count_tokens,
        embed=None,
        ledger=Ledger(None, cap=settings.llm_daily_tokens),
    )


def extractive(question: str, passages: tuple[Passage, ...]) -> Answer:
    """Stands in for the extractive answer that an LLM's failure falls back to."""
    return Answer(
        question=question,
        text="fallback",
        citations=(),
        refused=False,
        confidence=0.9,
        passages=passages,
        answerer="extractive",
        timings={"retrieval": 0.001},
    )


def bare(text: str) -> str:
    return re.sub(r"[\W_]", "", normalize(text))
