"""The training texts as piece ids: read once, tokenised once, kept in flat arrays.

Questions that were written over these texts (:mod:`rag.training.written`) come along.
Held out from training: the translated news of NTREX-128, and what :mod:`rag.training.data_files` keeps apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.training.data_files import DEVELOPMENT, TRAINING, bucket, rows_of
from rag.training.written import (
    written_contrasts,
    written_news,
    written_paragraphs,
    written_reports,
)

__all__ = [
    "WRITTEN",
    "Corpus",
    "Encode",
    "Questions",
    "Ragged",
    "Translations",
    "load_corpus",
    "sentences_of",
]

Encode = Callable[[Sequence[str]], list[list[int]]]

#: Sources whose neighbouring rows are neighbouring sentences of one document.
RUNNING = frozenset(
    {
        "python-docs",
        "freebsd-docs",
        "gnome-user-docs",
        "ntrex-128",
        "tensorflow-docs",
        "django-docs",
    }
)
HELD_OUT_SOURCE = "ntrex-128"
#: Stands among the languages of questions for those that were written over the training texts.
WRITTEN = "written"
_SENTENCE_END = re.compile(r"(?<=[。！？!?；;\n])|(?<=[.!?])\s")


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of piece ids: row ``n`` is ``ids[offsets[n]:offsets[n + 1]]``."""

    ids: NDArray[np.int32]
    offsets: NDArray[np.int64]

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]]) -> Ragged:
        """Flatten ``rows``."""
        offsets = np.zeros(len(rows) + 1, np.int64)
        np.cumsum([len(row) for row in rows], out=offsets[1:])
        ids = np.empty(int(offsets[-1]), np.int32)
        for row, start, end in zip(rows, offsets[:-1], offsets[1:], strict=True):
            ids[start:end] = row
        return cls(ids, offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def row(self, number: int) -> NDArray[np.int32]:
        """The pieces of one row."""
        return self.ids[self.offsets[number] : self.offsets[number + 1]]

    def rows(self, start: int, end: int) -> NDArray[np.int32]:
        """The pieces of rows ``start`` to ``end`` (exclusive), joined."""
        return self.ids[self.offsets[start] : self.offsets[end]]


@dataclass(frozen=True, slots=True)
class Translations:
    """Row-aligned texts in English and one other language.

    ``windows`` are the (first, last + 1) rows of running text: short passages of neighbouring
    sentences.
    """

    english: Ragged
    other: Ragged
    windows: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of one language; ``paragraph[n]`` is a range of rows of ``sentences``."""

    questions: Ragged
    sentences: Ragged
    paragraph: list[tuple[int, int]]
    answer_sentence: list[int]
    keys: list[str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """What a model is trained and measured on, as pieces. Languages are codes such as ``zh``."""

    news: Ragged
    articles: list[tuple[int, int]]
    translations: dict[str, Translations]
    titles: dict[str, Translations]
    questions: dict[str, Questions]
    held_out_translations: dict[str, Translations]
    held_out_questions: dict[str, Questions]


def sentences_of(text: str) -> list[tuple[int, int]]:
    """Rough sentences of ``text`` as (start, end); short ones are joined to the one before."""
    ends = [match.start() for match in _SENTENCE_END.finditer(text)]
    spans: list[tuple[int, int]] = []
    for start, end in pairwise([0, *ends, len(text)]):
        if end - start < 2:
            continue
        if spans and (spans[-1][1] - spans[-1][0] < 8 or end - start < 8):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return spans


def load_corpus(
    folder: Path,
    encode: Encode,
    *,
    news_limit: int | None = None,
    log: Callable[[str], None] = print,
) -> Corpus:
    """Read and tokenise ``folder``.

    Args:
        folder: Where the four files lie; missing ones are left out.
        encode: Text to ids, normalisation included; pieces that mean nothing are best left out.
        news_limit: Read at most this many articles.
        log: Gets one line per file.
    """
    news_rows: list[list[int]] = []
    articles = []
    for number, row in enumerate(rows_of(folder, "news_zh")):
        if news_limit is not None and number >= news_limit:
            break
        text = row["t"]
        start = len(news_rows)
        news_rows.extend(encode([text[a:b] for a, b in sentences_of(text)]))
        if len(news_rows) - start > 1:
            articles.append((start, len(news_rows)))
    log(f"news: {len(articles)} articles, {len(news_rows)} sentences")
    news = Ragged.of(news_rows)
    del news_rows
    translations, held_out = _translations(rows_of(folder, "parallel"), encode)
    log(f"translations: { {k: len(v.english) for k, v in translations.items()} }")
    titles, _ = _translations(rows_of(folder, "titles_dict"), encode)
    log(f"titles: { {k: len(v.english) for k, v in titles.items()} }")
    rows = list(rows_of(folder, "qa"))
    questions = _questions((row for row in rows if bucket(row["p"]) in TRAINING), encode)
    held_out_questions = _questions(
        (row for row in rows if bucket(row["p"]) in DEVELOPMENT), encode
    )
    if written := list(written_rows(folder, TRAINING)):
        questions[WRITTEN] = _asked(written, encode)
    log(f"questions: { {k: len(v.questions) for k, v in questions.items()} }")
    return Corpus(news, articles, translations, titles, questions, held_out, held_out_questions)


def _translations(
    rows: Iterable[dict[str, Any]], encode: Encode
) -> tuple[dict[str, Translations], dict[str, Translations]]:
    """Training and held-out translations by language."""
    kept: dict[bool, dict[str, list[tuple[str, str, str]]]] = {False: {}, True: {}}
    for row in rows:
        held = row["s"] == HELD_OUT_SOURCE
        language = row["l"] if held else row["l"].removesuffix("-hant")
        kept[held].setdefault(language, []).append((row["s"], row["e"], row["x"]))
    return tuple(  # type: ignore[return-value]
        {language: _aligned(pairs, encode) for language, pairs in kept[held].items()}
        for held in (False, True)
    )


def _aligned(pairs: list[tuple[str, str, str]], encode: Encode, *, window: int = 6) -> Translations:
    windows = []
    position = 0
    for source, group in groupby(pairs, key=lambda pair: pair[0]):
        count = sum(1 for _ in group)
        if source in RUNNING:
            windows += [
                (start, min(start + window, position + count))
                for start in range(position, position + count - 1, window // 2)
            ]
        position += count
    english = Ragged.of(encode([english for _, english, _ in pairs]))
    other = Ragged.of(encode([other for _, _, other in pairs]))
    return Translations(english, other, windows)


def written_rows(folder: Path, buckets: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The answerable written questions on articles and paragraphs, in the form of the rows of ``qa``."""
    for article in [
        *written_news(folder, buckets),
        *written_reports(folder, buckets),
        *written_contrasts(folder, buckets),
        *written_paragraphs(folder, buckets),
    ]:
        for asked in article.questions:
            if asked.answer is not None:
                answer = [article.text[slice(*asked.answer)], asked.answer[0]]
                yield {
                    "q": asked.question,
                    "p": article.text,
                    "a": [answer],
                    "l": article.language,
                }


def _questions(rows: Iterable[dict[str, Any]], encode: Encode) -> dict[str, Questions]:
    by_language: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_language.setdefault(row["l"][:2], []).append(row)
    return {language: _asked(asked, encode) for language, asked in by_language.items()}


def _asked(rows: list[dict[str, Any]], encode: Encode) -> Questions:
    texts: list[str] = []
    ranges: dict[str, tuple[int, int]] = {}
    spans: dict[str, list[tuple[int, int]]] = {}
    answers = []
    for row in rows:
        paragraph = row["p"]
        if paragraph not in ranges:
            spans[paragraph] = sentences_of(paragraph) or [(0, len(paragraph))]
            start = len(texts)
            texts += [paragraph[a:b] for a, b in spans[paragraph]]
            ranges[paragraph] = (start, len(texts))
        offset = row["a"][0][1] if row["a"] else 0
        place = next(
            (n for n, (a, b) in enumerate(spans[paragraph]) if a <= offset < b),
            0,
        )
        answers.append(ranges[paragraph][0] + place)
    return Questions(
        questions=Ragged.of(encode([row["q"] for row in rows])),
        sentences=Ragged.of(encode(texts)),
        paragraph=[ranges[row["p"]] for row in rows],
        answer_sentence=answers,
        keys=[row["p"] for row in rows],
    )
