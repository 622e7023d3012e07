"""Questions over a collection, and how to tell a right sentence of each."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rag.answering.followup.completion import complete_question
from rag.answering.mentions.places import places_named
from rag.normalization import normalize
from rag.records import Document
from rag.training.altered import altered
from rag.training.data_files import bucket, needed_rows

__all__ = [
    "GENERAL",
    "OFF_TOPIC",
    "SEED",
    "SUITE",
    "Case",
    "in_chinese",
    "is_third",
    "qa_cases",
    "suite_cases",
    "with_altered",
]

Span = tuple[int, int]

SEED = 7


@dataclass(frozen=True, slots=True)
class Case:
    """A question over one corpus, and how to tell a right sentence.

    Attributes:
        public: From the public questions, whose index is large; else from a suite over a few documents.
        answers: Any of these in a sentence of ``gold`` makes it right; empty for none.
        gold: Ids of the documents that hold the answer.
        held: Kept for measuring.
        masked: Documents left out of the search.
        without: The sentences that answer are taken out: a near miss.
        place: Where in the gold document the answer stands, if that is known: then only its sentence is
            right, and other mentions of the same words count for nothing.
    """

    kind: str
    public: bool
    question: str
    answers: tuple[str, ...]
    gold: frozenset[str]
    held: bool
    weight: float
    masked: tuple[str, ...] = ()
    without: bool = False
    place: Span | None = None

    @property
    def answerable(self) -> bool:
        """Whether the documents hold the answer."""
        return bool(self.answers) and not self.masked and not self.without


def is_third(text: str) -> bool:
    """Whether a question is of the third, by hash, that is kept for measuring."""
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % 3 == 0


def qa_cases(data: Path, wanted: Iterable[int], limit: int) -> tuple[list[Document], list[Case]]:
    """All paragraphs as documents, and questions on those of some buckets; Thai is thinned out.

    What else an article says stands in paragraphs of other buckets: with those of the wanted ones alone a
    paragraph that is masked would leave nothing on its subject.
    """
    buckets = set(wanted)
    documents: dict[str, Document] = {}
    rows = []
    for row in needed_rows(data, "qa"):
        name = hashlib.sha256(row["p"].encode()).hexdigest()[:16]
        documents.setdefault(name, Document(id=name, source=name, text=row["p"]))
        if bucket(row["p"]) in buckets and row["q"].strip():
            rows.append((name, row))
    generator = random.Random(SEED)
    generator.shuffle(rows)
    cases: list[Case] = []
    taken = 0
    for name, row in rows:
        if row["l"] == "th" and generator.random() > 0.35:
            continue
        if taken >= limit:
            break
        taken += 1
        answers = tuple(sorted({answer for answer, _ in row["a"] if answer.strip()}))
        gold = frozenset({name})
        public = (row["l"], True, row["q"], answers, gold, False)
        cases.append(Case(*public, 2.0))
        cases.append(Case(*public, 1.5, masked=(name,)))
        if taken % 2:
            cases.append(Case(*public, 0.7, without=True))
    return list(documents.values()), cases


#: A question of a suite weighs two written ones: there are fewer, over passages of one subject. With five,
#: confidence leant on the suites and two plain near misses over the digests were answered.
SUITE = 3.0


#: An off-topic question over a few documents weighs so many others: there are few. With one, four out of
#: five of those left out of the fit were refused where now nine out of ten are, and no fewer near misses.
OFF_TOPIC = 4.0
#: General questions that are put to the documents of the suites.
GENERAL = 80


def suite_cases(folder: Path, names: Sequence[str]) -> list[Case]:
    """The questions of some suites, follow-ups completed."""
    import yaml

    cases: list[Case] = []
    for name in names:
        suite = yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))
        for row in suite["questions"]:
            history = [(turn[0], turn[1]) for turn in row.get("history", [])]
            question = complete_question(row["question"], history)
            held = is_third(row["question"])
            if not row.get("answerable", True):
                cases.append(Case(row["kind"], False, question, (), frozenset(), held, SUITE))
                continue
            answers = tuple(_flat(row["answers"]))
            gold = frozenset(Path(one["document"]).name for one in row["evidence"])
            own = (row["kind"], False, question, answers, gold, held)
            cases.append(Case(*own, SUITE))
            if not held:
                cases.append(Case(*own, 0.1 * SUITE, without=True))
    return cases


#: A question about another year or place weighs so much of the one it is made from.
_ALTERED = 0.5
#: So many documents make a small collection.
_SMALL = 12


def with_altered(documents: Sequence[Document], cases: Sequence[Case]) -> list[Case]:
    """The cases, and their answerable questions about other years and places: near misses.

    In a small collection no document may tell of the year or place, in a large one not that which answers.
    """
    texts = {
        one.id.rsplit("/", 1)[-1]: normalize(f"{one.published or ''} {one.title or ''} {one.text}")
        for one in documents
    }
    named = {stem for text in texts.values() for stem, _ in places_named(text)}
    everything = " ".join(texts.values()) if len(texts) <= _SMALL else None
    chance = random.Random(f"{SEED}-{min(texts, default='')}")
    more = [
        replace(case, kind="near-miss other", question=question, answers=(), gold=frozenset(),
                weight=_ALTERED * case.weight, place=None)
        for case in cases
        if case.answerable
        for question in altered(
            case.question,
            told=everything or " ".join(texts.get(name, "") for name in sorted(case.gold)),
            places=named,
            chance=chance,
        )
    ]  # fmt: skip
    return [*cases, *more]


def _flat(answers: Iterable[Any]) -> Iterator[str]:
    for answer in answers:
        if isinstance(answer, str):
            yield answer
        else:
            yield from answer


def in_chinese(case: Case) -> bool:
    """Whether a case of the public questions is in Chinese."""
    return case.kind.startswith("zh")
