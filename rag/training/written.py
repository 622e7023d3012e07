"""Questions that we wrote ourselves over the training texts, and what the reader learns from them.

``questions/news.jsonl`` asks about articles of ``news_zh``, ``questions/ntrex.jsonl`` about runs of lines of
NTREX-128 in ``parallel``. They hold questions and places (hash of an article or number of a line, offsets),
never the texts: whoever has the data gets the evidence, whoever has not gets nothing. Kinds: ``direct``,
``paraphrase`` (few words in common with the evidence), ``english`` and ``chinese`` (asked across languages),
``absent`` (a near miss: the topic is there, the fact is not).
"""

from __future__ import annotations

import hashlib
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from rag.answering.ranking import parts_of
from rag.chunking import split_sentences
from rag.normalization import normalize
from rag.training.reader_data import (
    Candidate,
    Listing,
    Paragraph,
    Span,
    bucket,
    find,
    read_lines,
)

__all__ = [
    "QUESTIONS",
    "Article",
    "WrittenQuestion",
    "WrittenQuestions",
    "written_articles",
    "written_lines",
    "written_news",
]

#: Where the questions lie.
QUESTIONS = Path(__file__).resolve().parent / "questions"
_RUN = 8  # lines of NTREX-128 that are shown together


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question; ``sentence`` and ``answer`` are spans of its article, None where the fact is absent."""

    question: str
    kind: str
    sentence: Span | None
    answer: Span | None


@dataclass(frozen=True)
class Article:
    """A text with the questions on it, cut as at query time: sentences, long ones in parts."""

    name: str
    language: str
    text: str
    questions: tuple[WrittenQuestion, ...]
    lines: tuple[Span, ...] = ()  # given sentence spans; otherwise the text is cut

    @cached_property
    def paragraph(self) -> Paragraph:
        """The text in the parts that the reader looks at."""
        spans = self.lines or split_sentences(self.text)
        return Paragraph(
            self.text,
            tuple(
                (start + a, start + b)
                for start, end in spans
                for a, b in parts_of(self.text[start:end])
                if self.text[start + a : start + b].strip()
            ),
        )


def written_articles(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The articles and runs of lines that questions were written on, of some buckets.

    Args:
        folder: Where ``news_zh`` and ``parallel`` are; what is missing gives nothing.
        buckets: Of the article's text; of a question on lines, of the English of its own line.
        questions: Another folder of questions.
    """
    return [
        *written_news(folder, buckets, questions=questions),
        *written_lines(folder, buckets, questions=questions),
    ]


def _rows(path: Path) -> list[dict[str, object]]:
    return list(read_lines(path)) if path.is_file() else []


def written_news(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The news articles among them."""
    asked: dict[str, list[WrittenQuestion]] = defaultdict(list)
    for row in _rows(questions / "news.jsonl"):
        asked[str(row["article"])].append(
            WrittenQuestion(
                str(row["question"]), str(row["kind"]), _span(row, "sentence"), _span(row, "answer")
            )
        )
    articles: list[Article] = []
    path = _found(folder, "news_zh")
    if not asked or path is None:
        return articles
    for article in read_lines(path):
        text = article["t"]
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        if name in asked and bucket(text) in buckets:
            articles.append(Article(name, "zh", text, tuple(asked.pop(name))))
    return articles


def written_lines(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The runs of NTREX-128 among them, in the language they were asked on."""
    asked: dict[tuple[str, int], list[dict[str, object]]] = defaultdict(list)
    for row in _rows(questions / "ntrex.jsonl"):
        line = row["line"]
        assert isinstance(line, int)
        asked[str(row["language"]), line].append(row)
    path = _found(folder, "parallel")
    if not asked or path is None:
        return []
    runs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in read_lines(path):
        if pair["s"] == "ntrex-128":
            runs[pair["l"]].append((pair["e"], pair["x"]))
    runs["en"] = [(english, english) for english, _ in runs["de"]]
    articles = []
    for (language, line), rows in sorted(asked.items()):
        run = runs[language][line : line + _RUN]
        starts: list[int] = []
        text = ""
        for _, told in run:
            starts.append(len(text))
            text += told + "\n"
        ends = [start + len(told) for start, (_, told) in zip(starts, run, strict=True)]
        questions_here = []
        for row in rows:
            place = row.get("sentence")
            index = place if isinstance(place, int) else 0
            if index >= len(run) or bucket(run[index][0]) not in buckets:
                continue
            answer = _span(row, "answer")
            if answer is None or not isinstance(place, int):
                questions_here.append(WrittenQuestion(str(row["question"]), "absent", None, None))
                continue
            start = starts[index]
            questions_here.append(
                WrittenQuestion(
                    str(row["question"]),
                    str(row["kind"]),
                    (start, ends[index]),
                    (start + answer[0], start + answer[1]),
                )
            )
        if questions_here:
            name = f"ntrex-{language}-{line}"
            articles.append(
                Article(
                    name,
                    language,
                    text,
                    tuple(questions_here),
                    tuple(zip(starts, ends, strict=True)),
                )
            )
    return articles


def _found(folder: Path, name: str) -> Path | None:
    try:
        return find(folder, name)
    except FileNotFoundError:
        return None


def _span(row: dict[str, object], name: str) -> Span | None:
    value = row.get(name)
    return (int(value[0]), int(value[1])) if isinstance(value, list) else None


class WrittenQuestions:
    """Listings from written questions; the negatives are the other sentences of the same article."""

    def __init__(self, articles: Sequence[Article]) -> None:
        self._asked = [
            (article, question) for article in articles for question in article.questions
        ]
        self._made: dict[int, Listing | None] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def draw(self, chance: random.Random) -> Listing | None:
        """A listing with all its candidates, the good one first if there is one."""
        i = chance.randrange(len(self._asked))
        if i not in self._made:
            self._made[i] = _listing(*self._asked[i])
        return self._made[i]


def _listing(article: Article, asked: WrittenQuestion) -> Listing | None:
    paragraph = article.paragraph
    good: list[Candidate] = []
    rest = list(range(len(paragraph.spans)))
    if asked.answer is not None:
        start, end = asked.answer
        place = paragraph.sentence_at((start + end) // 2)
        if place is None:
            return None
        begin, stop = paragraph.spans[place]
        span = (max(0, start - begin), min(stop, end) - begin)
        good = [replace(paragraph.candidate(place), good=True, span=span)]
        told = normalize(article.text[start:end])
        rest = [
            i
            for i in rest
            if i != place and told not in normalize(article.text[slice(*paragraph.spans[i])])
        ]
    return Listing(
        asked.question,
        (*good, *(paragraph.candidate(i) for i in rest)),
        f"written-{article.language}-{asked.kind}",
    )
