"""The folder of training data: its files, and the split that holds for good.

Any of four files, JSON Lines, mostly under zstd:

=============  ======================================================================
news_zh        articles: ``t`` text
parallel       translated sentences: ``s`` source, ``l`` language, ``e`` English,
               ``x`` the other; documents in running order
titles_dict    names and dictionary entries, the same fields
qa             questions: ``s``, ``l``, ``q``, paragraph ``p``, ``a`` pairs of
               (answer, offset in ``p``)
=============  ======================================================================

A text belongs to a :func:`bucket`, and the bucket says what it is for.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.evaluation.formats.paragraphs import bucket

__all__ = [
    "CALIBRATION",
    "DEVELOPMENT",
    "TRAINING",
    "bucket",
    "data_file",
    "needed_rows",
    "rows_of",
]

#: The buckets that measure, those that calibrate, and those that train.
DEVELOPMENT, CALIBRATION, TRAINING = (0, 1), (2,), (3, 4, 5, 6, 7, 8, 9)


def data_file(folder: Path, name: str) -> Path | None:
    """The file ``name.jsonl.zst`` or ``name.jsonl`` of a folder, if it is there."""
    paths = (folder / (name + suffix) for suffix in (".jsonl.zst", ".jsonl"))
    return next((path for path in paths if path.is_file()), None)


def rows_of(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a file of the folder; nothing where there is no such file."""
    path = data_file(folder, name)
    if path is None:
        return
    with path.open("rb") as raw:
        stream: Any = raw
        if path.suffix == ".zst":
            import zstandard

            stream = zstandard.ZstdDecompressor().stream_reader(raw)
        for line in io.TextIOWrapper(stream, encoding="utf-8"):
            if line.strip():
                yield json.loads(line)


def needed_rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Like :func:`rows_of`, but FileNotFoundError where there is no such file."""
    if data_file(folder, name) is None:
        raise FileNotFoundError(
            f"{folder} has no {name}.jsonl.zst; name the data folder with --data"
        )
    return rows_of(folder, name)
