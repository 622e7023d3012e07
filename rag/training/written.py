"""Questions that we wrote ourselves over the training texts, and what the reader learns from them.

``questions/news.jsonl`` asks about articles of ``news_zh``, ``questions/reports.jsonl`` about such of them as
report on districts, authorities, projects and firms, ``questions/wiki.jsonl`` about paragraphs of ``qa``,
``questions/contrasts.jsonl`` asks in pairs about reports, of which one is answered and its like is not,
``questions/ntrex.jsonl`` about runs of lines of NTREX-128 in ``parallel``, ``questions/manuals.jsonl`` about
runs of English documentation there. These hold questions and places (hash of an article or number of a line,
offsets), never the texts: whoever has the data gets the evidence, whoever has not gets nothing.
``questions/texts.jsonl``, ``questions/lessons.jsonl`` and ``questions/tables.jsonl`` hold invented articles
with their questions, ``questions/encyclopedia.jsonl`` paragraphs as of an encyclopedia with theirs, and
``questions/general.jsonl`` asks in many languages about the world and for help with daily life: what no
collection of articles answers.
Kinds: ``direct``, ``paraphrase`` (few words in common with the evidence), ``english`` and ``chinese`` (asked
across languages), ``absent`` (a near miss: the topic is there, the fact is not).
"""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from rag.answering.ranking.reading import parts_of
from rag.chunking import split_sentences
from rag.normalization import normalize
from rag.training.data_files import bucket, rows_of
from rag.training.reader_data import Candidate, Listing, Paragraph, Span

if TYPE_CHECKING:
    from rag.embedding import Embedder

Ints = npt.NDArray[np.int32]

__all__ = [
    "QUESTIONS",
    "Article",
    "WrittenQuestion",
    "WrittenQuestions",
    "general_questions",
    "merged",
    "runs_of_lines",
    "written_articles",
    "written_contrasts",
    "written_encyclopedia",
    "written_lessons",
    "written_lines",
    "written_manuals",
    "written_news",
    "written_paragraphs",
    "written_reports",
    "written_tables",
    "written_texts",
]

#: Where the questions lie.
QUESTIONS = Path(__file__).resolve().parent / "questions"
_RUN = 8  # lines of NTREX-128 that are shown together
_MANUAL_RUN = 14  # lines of documentation


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
    head: str = ""  # what stands for a title
    translates: str = ""  # what it is one of several translations of

    @property
    def told(self) -> str:
        """What it tells: the same for all translations of one text."""
        return self.translates or self.name

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
    """All that questions were written on and the reader may learn from, of some buckets.

    Args:
        folder: Where ``news_zh``, ``qa`` and ``parallel`` are; what is missing gives nothing.
        buckets: Of the article's text; of a question on lines, of the English of its own line.
        questions: Another folder of questions.
    """
    return merged(
        [
            *written_news(folder, buckets, questions=questions),
            *written_reports(folder, buckets, questions=questions),
            *written_contrasts(folder, buckets, questions=questions),
            *written_paragraphs(folder, buckets, questions=questions),
            *written_lines(folder, buckets, questions=questions),
            *written_manuals(folder, buckets, lessons=True, questions=questions),
            *written_lessons(buckets, questions=questions),
        ]
    )


def merged(articles: Iterable[Article]) -> list[Article]:
    """Each article once, with all questions on it: some were asked about twice."""
    found: dict[str, Article] = {}
    for one in articles:
        known = found.get(one.name)
        questions = (*known.questions, *one.questions) if known else one.questions
        found[one.name] = replace(one, questions=questions)
    return list(found.values())


def written_news(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The news articles among them, each with its first clauses for a title."""
    return _news(folder, buckets, questions, "news")


def written_reports(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The reports on districts, authorities, projects and firms among the news, likewise."""
    return _news(folder, buckets, questions, "reports")


def written_contrasts(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """Reports with pairs of like questions, of which one is answered, likewise."""
    return _news(folder, buckets, questions, "contrasts")


def _news(folder: Path, buckets: Sequence[int], questions: Path, name: str) -> list[Article]:
    asked = _asked_by_text(questions, name)
    return [
        Article(key, "zh", text, asked[key], head=_headline(text))
        for key, text, _ in _asked_texts(folder, "news_zh", "t", asked, buckets)
    ]


def written_paragraphs(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The paragraphs of encyclopedias among them: Chinese, Arabic, Thai."""
    asked = _asked_by_text(questions, "wiki")
    return [
        Article(key, row["l"][:2], text, asked[key])
        for key, text, row in _asked_texts(folder, "qa", "p", asked, buckets)
    ]


def general_questions(
    buckets: Sequence[int], *, language: str = "zh", questions: Path = QUESTIONS
) -> list[str]:
    """The questions about anything in a language, of some buckets of the question."""
    asked = [
        str(row["question"])
        for row in rows_of(questions, "general")
        if row.get("language", "zh") == language
    ]
    return [question for question in asked if bucket(question) in buckets]


def _asked_by_text(questions: Path, name: str) -> dict[str, tuple[WrittenQuestion, ...]]:
    """The questions of a file by the hash of the text they are on; none where there is no such file."""
    asked: dict[str, list[WrittenQuestion]] = defaultdict(list)
    for row in rows_of(questions, name):
        spans = _span(row, "sentence"), _span(row, "answer")
        asked[row["article"]].append(WrittenQuestion(row["question"], row["kind"], *spans))
    return {key: tuple(questions) for key, questions in asked.items()}


def _asked_texts(
    folder: Path, name: str, field: str, asked: Collection[str], buckets: Sequence[int]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The texts of a data file that questions were written on, once each: (hash, text, first row)."""
    left = set(asked)
    for row in rows_of(folder, name) if left else ():
        text: str = row[field]
        key = hashlib.sha256(text.encode()).hexdigest()[:16]
        if key in left and bucket(text) in buckets:
            left.remove(key)
            yield key, text, row


_HEADLINE = 36  # characters


def _headline(text: str) -> str:
    """The first clauses of an article, in place of the title that the data lacks."""
    first = re.split("[。！？\n]", text.removeprefix("原标题：").strip(), maxsplit=1)[0]
    if len(first) <= _HEADLINE:
        return first
    cuts = [m.start() for m in re.finditer("[，：,;； ]", first[:_HEADLINE]) if m.start() > 8]
    return first[: cuts[-1] if cuts else _HEADLINE]


def written_lines(
    folder: Path, buckets: Sequence[int], *, questions: Path = QUESTIONS
) -> list[Article]:
    """The runs of NTREX-128 among them, in the language they were asked on."""
    asked: dict[tuple[str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(questions, "ntrex"):
        asked[row["language"], row["line"]].append(row)
    if not asked:
        return []
    runs = _ntrex(folder)
    if not runs:
        return []
    found = (
        _article_of_lines(
            f"ntrex-{language}-{line}",
            language,
            [told for _, told in run],
            [row for row in rows if _asked_of(row, run) in buckets],
            translates=f"ntrex-{line}",
        )
        for (language, line), rows in sorted(asked.items())
        for run in [runs.get(language, [])[line : line + _RUN]]
    )
    return [article for article in found if article is not None]


def runs_of_lines(folder: Path) -> dict[str, list[Article]]:
    """NTREX-128 in each language, cut into runs from its first line on, without questions."""
    return {
        language: [
            Article(f"ntrex-{language}-{at}", language, "".join(f"{told}\n" for _, told in run), ())
            for at in range(0, len(lines), _RUN)
            for run in [lines[at : at + _RUN]]
        ]
        for language, lines in _ntrex(folder).items()
    }


def _ntrex(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """The lines of NTREX-128 by language, each with its English."""
    lines: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pair in rows_of(folder, "parallel"):
        if pair["s"] == "ntrex-128":
            lines[pair["l"]].append((pair["e"], pair["x"]))
    if "de" in lines:  # whose lines the questions on English count
        lines["en"] = [(english, english) for english, _ in lines["de"]]
    return dict(lines)


def written_texts(buckets: Sequence[int], *, questions: Path = QUESTIONS) -> list[Article]:
    """The articles that were invented for their questions: manuals, reports, rules, lives; most in English.

    The reader learns from none of them.
    """
    return _invented(questions, "texts", buckets)


def written_tables(buckets: Sequence[int], *, questions: Path = QUESTIONS) -> list[Article]:
    """Invented Chinese documents whose questions ask mostly for cells of their tables, likewise."""
    return _invented(questions, "tables", buckets)


def written_encyclopedia(*, questions: Path = QUESTIONS) -> list[Article]:
    """The paragraphs as of an encyclopedia in thirteen languages, each an article; its title is the subject's.

    The reader learns from none of them.
    """
    return _invented(questions, "encyclopedia", range(10))


def written_lessons(buckets: Sequence[int], *, questions: Path = QUESTIONS) -> list[Article]:
    """Such articles in English and twelve more languages that the reader learns from."""
    return _invented(questions, "lessons", buckets)


def _invented(questions: Path, name: str, buckets: Sequence[int]) -> list[Article]:
    return [
        Article(
            f"text-{hashlib.sha256(row['text'].encode()).hexdigest()[:16]}",
            row.get("language", "en"),
            row["text"],
            tuple(
                WrittenQuestion(
                    one["question"], one["kind"], _span(one, "sentence"), _span(one, "answer")
                )
                for one in row["questions"]
            ),
            head=row["title"],
        )
        for row in rows_of(questions, name)
        if bucket(row["text"]) in buckets
    ]


def written_manuals(
    folder: Path, buckets: Sequence[int], *, lessons: bool, questions: Path = QUESTIONS
) -> list[Article]:
    """The runs of English documentation among them: manuals of programs, as they are translated.

    Args:
        folder: Where ``parallel`` is.
        buckets: Of a run's first line.
        lessons: Those that the reader learns from, or the others, which tell how to weigh what it says.
        questions: Another folder of questions.
    """
    asked: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(questions, "manuals"):
        if row.get("lesson", False) == lessons:
            asked[row["source"], row["pair"], row["line"]].append(row)
    wanted = {(source, pair) for source, pair, _ in asked}
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    if wanted:
        for pair in rows_of(folder, "parallel"):
            if (pair["s"], pair["l"]) in wanted:
                lines[pair["s"], pair["l"]].append(pair["e"])
    articles = []
    for (source, pair_of, line), rows in sorted(asked.items()):
        run = lines[source, pair_of][line : line + _MANUAL_RUN]
        if run and bucket(run[0]) in buckets:
            article = _article_of_lines(f"{source}-{pair_of}-{line}", "en", run, rows)
            if article is not None:
                articles.append(article)
    return articles


def _asked_of(row: dict[str, Any], run: Sequence[tuple[str, str]]) -> int | None:
    """The bucket of the English of the line that a question is on."""
    place = row.get("sentence")
    index = place if isinstance(place, int) else 0
    return bucket(run[index][0]) if index < len(run) else None


def _article_of_lines(
    name: str,
    language: str,
    run: Sequence[str],
    rows: Sequence[dict[str, Any]],
    *,
    translates: str = "",
) -> Article | None:
    """A run of lines as an article, one sentence a line; None where nothing is asked about it."""
    ends = list(accumulate(len(line) + 1 for line in run))
    spans = tuple((end - len(line) - 1, end - 1) for line, end in zip(run, ends, strict=True))
    questions = []
    for row in rows:
        answer, place = _span(row, "answer"), row.get("sentence")
        if answer is None or not isinstance(place, int):
            questions.append(WrittenQuestion(str(row["question"]), "absent", None, None))
        elif place < len(run):
            start = spans[place][0]
            within = (start + answer[0], start + answer[1])
            questions.append(
                WrittenQuestion(str(row["question"]), str(row["kind"]), spans[place], within)
            )
    if not questions:
        return None
    text = "".join(line + "\n" for line in run)
    return Article(name, language, text, tuple(questions), spans, translates=translates)


def _span(row: dict[str, Any], name: str) -> Span | None:
    value = row.get(name)
    return (int(value[0]), int(value[1])) if isinstance(value, list) else None


_NEAR = 12  # sentences of other articles that are kept for a question
_SAME = 0.9  # cosine from which a sentence says what the one that answers says


class WrittenQuestions:
    """Listings from written questions.

    The negatives are the other sentences of the same article, and those of the other articles that are
    nearest to the question: what a search brings before the reader.

    Args:
        articles: With their questions.
        embedder: Finds the sentences of other articles; None finds none.
    """

    def __init__(self, articles: Sequence[Article], embedder: Embedder | None = None) -> None:
        self._asked = [
            (article, question) for article in articles for question in article.questions
        ]
        self._made: dict[tuple[int, bool], Listing | None] = {}
        self._sentences = [
            (article, place)
            for article in articles
            for place in range(len(article.paragraph.spans))
        ]
        self._near = self._nearest(embedder) if embedder and self._asked else None

    def __len__(self) -> int:
        return len(self._asked)

    def _nearest(self, embedder: Embedder) -> Ints:
        """For every question the nearest sentences of other articles, -1 for none: (questions, _NEAR)."""
        told = [article.text[slice(*article.paragraph.spans[i])] for article, i in self._sentences]
        sentences = embedder.embed_passages(told)
        questions = embedder.embed_queries([asked.question for _, asked in self._asked])
        number = {told: i for i, told in enumerate(sorted({a.told for a, _ in self._sentences}))}
        owner = np.array([number[article.told] for article, _ in self._sentences])
        row_of = {(a.name, place): i for i, (a, place) in enumerate(self._sentences)}
        near = np.full((len(self._asked), _NEAR), -1, np.int32)
        for start in range(0, len(questions), 256):
            cosines = questions[start : start + 256] @ sentences.T
            for row, (article, asked) in enumerate(self._asked[start : start + 256]):
                some = cosines[row]
                some[owner == number[article.told]] = -2.0
                best = np.argpartition(-some, min(3 * _NEAR, len(some) - 1))[: 3 * _NEAR]
                best = best[np.argsort(-some[best], kind="stable")]
                good = _place(article, asked)
                if good is not None:
                    alike = sentences[best] @ sentences[row_of[article.name, good]]
                    best = best[alike < _SAME]
                best = best[some[best] > -2.0][:_NEAR]
                near[start + row, : len(best)] = best
        return near

    def draw(
        self, chance: random.Random, *, headed: bool = False
    ) -> tuple[Listing, tuple[Candidate, ...]] | None:
        """A listing with all its candidates, the good one first if there is one, and those from elsewhere.

        Args:
            chance: What draws.
            headed: Whether candidates have what stands for their article's title before them.
        """
        i = chance.randrange(len(self._asked))
        if (i, headed) not in self._made:
            self._made[i, headed] = _listing(*self._asked[i], headed=headed)
        listing = self._made[i, headed]
        return None if listing is None else (listing, self._elsewhere(i, headed=headed))

    def _elsewhere(self, i: int, *, headed: bool) -> tuple[Candidate, ...]:
        if self._near is None:
            return ()
        article, asked = self._asked[i]
        answer = normalize(article.text[slice(*asked.answer)]) if asked.answer else None
        found = []
        for near in self._near[i]:
            if near < 0:
                break
            other, place = self._sentences[near]
            candidate = other.paragraph.candidate(place, head=other.head if headed else "")
            if answer is None or answer not in normalize(candidate.text):
                found.append(candidate)
        return tuple(found)


def _place(article: Article, asked: WrittenQuestion) -> int | None:
    """The part of the article that answers."""
    if asked.answer is None:
        return None
    return article.paragraph.sentence_at(sum(asked.answer) // 2)


def _listing(article: Article, asked: WrittenQuestion, *, headed: bool) -> Listing | None:
    paragraph = article.paragraph
    head = article.head if headed else ""
    good: list[Candidate] = []
    rest = list(range(len(paragraph.spans)))
    if asked.answer is not None:
        start, end = asked.answer
        place = _place(article, asked)
        if place is None:
            return None
        begin, stop = paragraph.spans[place]
        span = (max(0, start - begin), min(stop, end) - begin)
        good = [replace(paragraph.candidate(place, head=head), good=True, span=span)]
        told = normalize(article.text[start:end])
        rest = [
            i
            for i in rest
            if i != place and told not in normalize(article.text[slice(*paragraph.spans[i])])
        ]
    return Listing(
        asked.question,
        (*good, *(paragraph.candidate(i, head=head) for i in rest)),
        f"written-{article.language}-{asked.kind}",
    )
