"""Collections of articles, small and large, with the questions that were written over them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from rag.records import Document
from rag.training.answering.cases import SEED, Case
from rag.training.answering.other_languages import corpora_in_other_languages
from rag.training.answering.small_collections import (
    cases_of,
    document_of,
    endless,
    small_collections,
    unread,
)
from rag.training.data_files import TRAINING
from rag.training.written import (
    Article,
    general_questions,
    merged,
    written_contrasts,
    written_news,
    written_paragraphs,
    written_reports,
    written_tables,
)

__all__ = ["written_corpora"]


def written_corpora(
    data: Path, buckets: Sequence[int], *, held: bool, limit: int, few: int = 8, many: int = 400
) -> Iterator[tuple[list[Document], list[Case]]]:
    """Written questions over collections of ``few`` articles each, then over one of at least ``many``.

    Each small collection is also asked what the next one holds, and so is the large one what articles say
    that are not in it, and both some general questions: off-topic. A quarter as many paragraphs of
    encyclopedias come in small collections, and so do documents with tables.

    Args:
        data: Folder of the training data.
        buckets: Of the texts.
        held: Whether the cases only measure.
        limit: Articles of each kind: reports with contrasts, other news, reports.
        few: Articles of a small collection.
        many: Least articles of the large one.
    """
    general = endless(general_questions(buckets))
    found: list[Article] = []
    for make in (written_contrasts, written_news, written_reports):
        kind = make(data, buckets)
        random.Random(SEED).shuffle(kind)
        yield from small_collections(kind[:limit], few, general, held=held)
        found += kind[:limit]
    articles = merged(found)
    some = [one for one in written_paragraphs(data, buckets) if one.language == "zh"]
    random.Random(SEED).shuffle(some)
    yield from small_collections(some[: limit // 4], few, general, held=held)
    yield from small_collections(written_tables(unread(buckets, held)), few, general, held=held)
    yield from corpora_in_other_languages(data, buckets, few=few, held=held, limit=limit)
    others = merged([*written_news(data, TRAINING), *written_reports(data, TRAINING)])
    random.Random(SEED).shuffle(others)
    fill = max(40, many - len(articles))
    cases = [case for article in articles for case in cases_of(article, held, 1.0, public=True)]
    cases = cases[::2]  # each was asked of a small collection already
    strangers = others[fill : fill + max(40, len(articles) // 3)]
    strange = [article.questions[0].question for article in strangers]
    cases += [
        Case("off-topic", True, question, (), frozenset(), held, 1.0)
        for question in [*strange, *islice(general, len(strange) // 2)]
    ]
    yield [document_of(article) for article in articles + others[:fill]], cases
