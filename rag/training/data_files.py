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

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rag.evaluation.formats.lines import json_lines
from rag.evaluation.formats.paragraphs import SPLITS, bucket

__all__ = ["CALIBRATION", "DEVELOPMENT", "TRAINING", "bucket", "needed_rows", "rows_of"]

#: The buckets that measure, those that calibrate, and those that train.
DEVELOPMENT, CALIBRATION, TRAINING = (
    tuple(SPLITS[name]) for name in ("development", "calibration", "training")
)


def rows_of(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """The rows of ``name.jsonl.zst`` or ``name.jsonl``; nothing where the folder has neither.

    Raises:
        SuiteError: A line is no JSON object; names file and line.
    """
    path = _found(folder, name)
    if path is not None:
        yield from json_lines(path)


def needed_rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Like :func:`rows_of`, but FileNotFoundError where there is no such file."""
    if _found(folder, name) is None:
        raise FileNotFoundError(
            f"{folder} has no {name}.jsonl.zst; name the data folder with --data"
        )
    return rows_of(folder, name)


def _found(folder: Path, name: str) -> Path | None:
    paths = (folder / (name + suffix) for suffix in (".jsonl.zst", ".jsonl"))
    return next((path for path in paths if path.is_file()), None)
