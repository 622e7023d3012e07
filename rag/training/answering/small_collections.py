"""Small collections of articles, as cases: what is written over them, and what is off-topic there."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from itertools import cycle, islice

from rag.records import Document
from rag.training.answering.cases import OFF_TOPIC, SEED, Case
from rag.training.data_files import DEVELOPMENT
from rag.training.written import (
    Article,
)

__all__ = ["cases_of", "document_of", "endless", "small_collections", "unread"]


def unread(buckets: Sequence[int], held: bool) -> Sequence[int]:
    """Buckets of what the reader learns nothing from: all that do not measure are fitted on."""
    return buckets if held else [one for one in range(10) if one not in DEVELOPMENT]


def small_collections(
    articles: Sequence[Article], few: int, general: Iterator[str], *, held: bool
) -> Iterator[tuple[list[Document], list[Case]]]:
    """Collections of a few articles, each also asked what the next one holds, and something general."""
    groups = [articles[i : i + few] for i in range(0, len(articles), few)]
    for group, strangers in zip(groups, groups[1:] + groups[:1], strict=True):
        cases = [case for article in group for case in cases_of(article, held, 1.5, public=False)]
        strange = [
            article.questions[len(article.name) % len(article.questions)].question
            for article in (strangers[: few // 2] if len(groups) > 1 else ())
        ]
        cases += [
            Case("off-topic", False, question, (), frozenset(), held, 1.5 * OFF_TOPIC)
            for question in [*strange, *islice(general, 3)]
        ]
        yield [document_of(article) for article in group], cases


def endless(questions: Sequence[str]) -> Iterator[str]:
    """The questions in a fixed mixed order, over and over."""
    mixed = list(questions)
    random.Random(SEED).shuffle(mixed)
    return cycle(mixed)


def document_of(article: Article) -> Document:
    """Half of the documents get a title: some users' have one, some have none."""
    title = (article.head or None) if _half(article.name) else None
    return Document(id=article.name, source=article.name, text=article.text, title=title)


def _half(name: str) -> bool:
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 2 == 0


def cases_of(article: Article, held: bool, weight: float, *, public: bool) -> Iterator[Case]:
    """The questions on an article, with their places in it; without an answer they are near misses."""
    for asked in article.questions:
        if asked.answer is None:
            yield Case("near-miss", public, asked.question, (), frozenset(), held, weight)
            continue
        yield Case(
            f"written {asked.kind}",
            public,
            asked.question,
            (article.text[slice(*asked.answer)],),
            frozenset({article.name}),
            held,
            weight,
            place=asked.answer,
        )
