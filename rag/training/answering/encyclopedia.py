"""Questions on paragraphs in the manner of an encyclopedia, in eleven languages: ``evals/encyclopedia``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.records import Document
from rag.training.answering.cases import Case

__all__ = ["encyclopedia_corpora"]

#: Weights of a question, of the same with its paragraph removed, and, of every second, without the sentences
#: that answer.
_WEIGHTS = (2.0, 1.5, 0.7)
#: In the confidence of small collections they weigh half as much: with as much, near misses of written
#: questions left out were told apart worse (AUROC 77.7 for 79.9).
_SMALL = 0.5


def encyclopedia_corpora(folder: Path) -> Iterator[tuple[str, list[Document], list[Case]]]:
    """Each language with its paragraphs and cases, as of a small collection and as of a large one.

    Args:
        folder: Holds files in the form of SQuAD; a question's ``id`` begins with its language.
    """
    documents: dict[str, list[Document]] = {}
    cases: dict[str, list[Case]] = {}
    for path in sorted(folder.glob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            for paragraph in article["paragraphs"]:
                asked = paragraph["qas"]
                language, number = asked[0]["id"].split("-")[:2]
                name = f"{language}-{number}"
                documents.setdefault(language, []).append(
                    Document(
                        id=name, source=name, text=paragraph["context"], title=article["title"]
                    )
                )
                for place, question in enumerate(asked):
                    cases.setdefault(language, []).extend(_cases(question, name, place))
    for language, shelf in documents.items():
        yield language, shelf, cases[language]


def _cases(asked: dict[str, Any], name: str, place: int) -> Iterator[Case]:
    (answer,) = asked["answers"]
    text, start = answer["text"], answer["answer_start"]
    for public, share in ((False, _SMALL), (True, 1.0)):
        own = ("encyclopedia", public, asked["question"], (text,), frozenset({name}), False)
        there, removed, without = (share * weight for weight in _WEIGHTS)
        yield Case(*own, there, place=(start, start + len(text)))
        yield Case(*own, removed, masked=(name,))
        if place % 2 == 0:
            yield Case(*own, without, without=True)
