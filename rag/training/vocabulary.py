"""The texts the vocabulary is trained on: balanced between languages, normalised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rag.normalization import normalize
from rag.training.data_files import TRAINING, bucket, rows_of

__all__ = ["vocabulary_lines"]

_NEWS = 22_000_000
_ENGLISH = 16_000_000
_OTHER = 2_500_000


def vocabulary_lines(folder: Path) -> Iterator[str]:
    """Lines of normalised text from the files of ``folder``, the same at every call.

    In characters: up to 22 million of news, all Chinese questions, translations and titles, 16
    million of English, up to 2.5 million of each other language.
    """
    taken: Counter[str] = Counter()

    def line(kind: str, text: str, most: int | None = None) -> Iterator[str]:
        if most is None or taken[kind] < most:
            text = normalize(text).replace("\n", " ")
            taken[kind] += len(text)
            yield text

    for row in rows_of(folder, "news_zh"):
        yield from line("news", row["t"], _NEWS)
    seen = set()
    for row in rows_of(folder, "qa"):
        if bucket(row["p"]) not in TRAINING:
            continue
        yield from line("questions", row["q"])
        if row["p"] not in seen:
            seen.add(row["p"])
            # Encyclopaedic Chinese is scarce here and common in use.
            for _ in range(3 if row["l"].startswith("zh") else 1):
                yield from line("questions", row["p"])
    for name in ("parallel", "titles_dict"):
        for number, row in enumerate(rows_of(folder, name)):
            if row["l"].startswith("zh"):
                yield from line("zh", row["x"])
                yield from line("en", row["e"], _ENGLISH)
            else:
                yield from line(row["l"], row["x"], _OTHER)
                if number % 2:
                    yield from line("en", row["e"], _ENGLISH)
