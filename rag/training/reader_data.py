"""What the reader learns from: questions with one sentence that answers and several that do not.

Real questions come from the labelled paragraphs (split as in
:mod:`rag.training.data_files`); the rest are made by rule
(:mod:`rag.training.reader_questions`) from news articles and from sentence pairs, in one language
or across two.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from rag.answering.reader.spelling import spelling
from rag.normalization import normalize
from rag.training.data_files import bucket, needed_rows

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence with its neighbours. ``span`` are the answer's characters, where they are known."""

    text: str
    before: str = ""
    after: str = ""
    good: bool = False
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """A question and its candidates; a good one, if there is one, comes first.

    Where nobody knows which is good, ``shares`` says how much of the choice falls to each (they add up to 1).
    """

    question: str
    candidates: tuple[Candidate, ...]
    source: str
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Labelled:
    """A real question with its paragraph and answers (text, offset)."""

    source: str
    question: str
    paragraph: str
    answers: tuple[tuple[str, int], ...]


def labelled(folder: Path, buckets: Sequence[int]) -> list[Labelled]:
    """The questions whose paragraph is in one of the buckets."""
    return [
        Labelled(row["s"], row["q"], row["p"], tuple((text, offset) for text, offset in row["a"]))
        for row in needed_rows(folder, "qa")
        if bucket(row["p"]) in buckets
    ]


_END = re.compile(r"[。！？；!?؟;][”’\"』」）)]*|\.(?=\s|$)[”\"]?|\n+|…{1,2}")


def sentences(text: str, *, longest: int = 220) -> list[Span]:
    """Sentence spans of a text in any language, white space trimmed; a simple rule is enough to train on.

    Text without full stops (Thai) is cut at spaces once a sentence has sixty characters.
    """
    spans: list[Span] = []
    start = 0
    for end in [*(m.end() for m in _END.finditer(text)), len(text)]:
        if end <= start:
            continue
        spans.extend(_shortened(text, start, end, longest))
        start = end
    return spans


def _shortened(text: str, start: int, end: int, longest: int) -> Iterator[Span]:
    thai = len(re.findall("[\u0e00-\u0eff]", text[start:end])) > (end - start) // 3
    limit = 60 if thai else longest
    while end - start > limit:
        sign = re.compile(r"\s" if thai else r"[，,、\s]").search(text, start + limit - 1, end)
        if not sign or sign.end() >= end:
            break
        yield from _trimmed(text, start, sign.end())
        start = sign.end()
    yield from _trimmed(text, start, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield start, end


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph cut into sentences."""

    text: str
    spans: tuple[Span, ...]

    @classmethod
    def of(cls, text: str) -> Paragraph:
        """Cut a text."""
        return cls(text, tuple(sentences(text)))

    def candidate(self, index: int, *, head: str = "") -> Candidate:
        """Sentence ``index`` with its neighbours; ``head`` (a title) goes in front of the one before."""
        start, end = self.spans[index]
        before = self.text[slice(*self.spans[index - 1])] if index else ""
        after = self.text[slice(*self.spans[index + 1])] if index + 1 < len(self.spans) else ""
        return Candidate(self.text[start:end], f"{head} {before}".strip(), after)

    def sentence_at(self, offset: int) -> int | None:
        """The index of the sentence that covers a character."""
        for index, (start, end) in enumerate(self.spans):
            if start <= offset < end:
                return index
        return None


class WordIndex:
    """BM25 over character bigrams, words and numbers (k1 = 1.2, b = 0.75), in a sparse matrix."""

    def __init__(self, texts: Sequence[str]) -> None:
        from scipy import sparse

        self._ids: dict[str, int] = {}
        rows, columns, values = [], [], []
        lengths = np.zeros(len(texts))
        for row, text in enumerate(texts):
            counts = Counter(_terms(normalize(text)))
            lengths[row] = sum(counts.values())
            for term, count in counts.items():
                rows.append(row)
                columns.append(self._ids.setdefault(term, len(self._ids)))
                values.append(count)
        matrix = sparse.csr_matrix(
            (np.asarray(values, np.float32), (rows, columns)), shape=(len(texts), len(self._ids))
        )
        seen = np.bincount(columns, minlength=len(self._ids))
        self.idf = np.log(1 + (len(texts) - seen + 0.5) / (seen + 0.5)).astype(np.float32)
        norm = 1.2 * (0.25 + 0.75 * lengths / max(lengths.mean(), 1))
        coo = matrix.tocoo()
        weight = coo.data * 2.2 / (coo.data + norm[coo.row]) * self.idf[coo.col]
        self._matrix = sparse.csc_matrix((weight, (coo.row, coo.col)), shape=matrix.shape)

    def scores(self, question: str) -> np.ndarray:
        """A score for every text."""
        ids = sorted({self._ids[t] for t in _terms(normalize(question)) if t in self._ids})
        return np.asarray(self._matrix[:, ids].sum(axis=1)).ravel()

    def coverage(self, question: str, text: str) -> float:
        """The share of the question's terms, by inverse frequency, that stand in a text."""
        asked = set(_terms(normalize(question)))
        told = set(_terms(normalize(text)))
        rare = float(self.idf.max()) if len(self.idf) else 1.0
        weight = {t: float(self.idf[self._ids[t]]) if t in self._ids else rare for t in asked}
        return sum(w for t, w in weight.items() if t in told) / (sum(weight.values()) or 1.0)


def _terms(text: str) -> list[str]:
    units = spelling(text)
    terms: list[str] = []
    for start, end, key in units.units:
        if key == "":
            terms.extend(text[start:end])
            terms.extend(text[i : i + 2] for i in range(start, end - 1))
        elif key == "4":
            terms.extend(text[i : i + 4] for i in range(start, end - 3))
        else:
            terms.append(key)
    return terms


class RealQuestions:
    """Listings from one source's labelled paragraphs, made when first asked for.

    Hard negatives come from the same paragraph and from near paragraphs of the source.
    """

    def __init__(self, rows: Sequence[Labelled], *, near: int = 6) -> None:
        self._rows = rows
        self._near = near
        texts = list(dict.fromkeys(row.paragraph for row in rows))
        self._paragraphs = [Paragraph.of(text) for text in texts]
        self._place = {text: i for i, text in enumerate(texts)}
        self._index = WordIndex(texts)
        self._made: dict[int, Listing | None] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def draw(self, chance: random.Random) -> Listing | None:
        """A listing with all its candidates, the good one first; None where no sentence holds the answer."""
        i = chance.randrange(len(self._rows))
        if i not in self._made:
            row = self._rows[i]
            own = self._place[row.paragraph]
            self._made[i] = _real(row, own, self._paragraphs, self._index, self._near)
        return self._made[i]


def _real(
    row: Labelled, own: int, paragraphs: Sequence[Paragraph], index: WordIndex, near: int
) -> Listing | None:
    answer, offset = row.answers[0]
    paragraph = paragraphs[own]
    place = paragraph.sentence_at(offset + len(answer) // 2)
    if place is None:
        return None
    good = paragraph.candidate(place)
    begin = paragraph.spans[place][0]
    start, end = max(0, offset - begin), min(len(good.text), offset - begin + len(answer))
    good = replace(good, good=True, span=(start, end) if start < end else None)
    texts = [normalize(text) for text, _ in row.answers]

    def innocent(candidate: Candidate) -> bool:
        return not any(text in normalize(candidate.text) for text in texts)

    mine = [paragraph.candidate(i) for i in range(len(paragraph.spans)) if i != place]
    mine = [candidate for candidate in mine if innocent(candidate)]
    scores = index.scores(row.question)
    others: list[tuple[float, Candidate]] = []
    for i in np.argsort(-scores, kind="stable")[:4]:
        if int(i) != own:
            for j in range(len(paragraphs[i].spans)):
                candidate = paragraphs[i].candidate(j)
                if innocent(candidate):
                    others.append((index.coverage(row.question, candidate.text), candidate))
    others.sort(key=lambda pair: -pair[0])
    return Listing(row.question, (good, *mine, *(c for _, c in others[:near])), row.source)
