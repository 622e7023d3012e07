"""Copying an index while it is in use: what ``rag snapshot`` does."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from rag.errors import IndexStoreError
from rag.index import catalog
from rag.index.catalog import CATALOG_FILE
from rag.index.embedded import RECORDS
from rag.index.segments import SEGMENTS_FOLDER, is_segment_name, read_rows

__all__ = ["copy"]


def copy(folder: Path, target: Path) -> None:
    """Copy the last commit to a new folder while a writer may be at work, with what is kept beside it.

    That is what cannot be made anew: uploaded files, feedback, the count of tokens. A copy that was cut off
    is begun anew.

    Raises:
        IndexStoreError: The target holds something already.
    """
    # Under another name until it is whole: a copy that was cut off does not pass for an index.
    temporary = target / (CATALOG_FILE + ".part")
    if target.exists() and (not target.is_dir() or not _is_free(target, temporary)):
        raise IndexStoreError(f"{target} is not empty. Name a new folder for the copy.")
    with catalog.translated(target):
        target.mkdir(parents=True, exist_ok=True)
        for path in target.glob(temporary.name + "*"):
            path.unlink()
        with (
            contextlib.closing(catalog.connect(folder, read_only=True)) as source,
            contextlib.closing(sqlite3.connect(temporary)) as copied,
        ):
            source.backup(copied)
            rows = read_rows(copied)
        for row in rows:
            if is_segment_name(row.name):
                _copy_segment(row.folder(folder), row.folder(target))
        for name in RECORDS:
            _copy_record(folder / name, target / name)
        temporary.rename(target / CATALOG_FILE)


def _is_free(target: Path, temporary: Path) -> bool:
    """Whether a folder is empty, or holds what a copy left that was cut off."""
    others = {path.name for path in target.iterdir()}.difference((SEGMENTS_FOLDER, *RECORDS))
    return all(name.startswith(temporary.name) for name in others) and (
        temporary.exists() or not any(target.iterdir())
    )


def _copy_segment(path: Path, target: Path) -> None:
    """Copy the files of a segment; one that is merged away meanwhile is made anew when the copy is opened."""
    target.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        for file in sorted(path.iterdir()):
            shutil.copyfile(file, target / file.name)


def _copy_record(path: Path, target: Path) -> None:
    """Copy a file, or all files of a folder; one that goes meanwhile is left out."""
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        copied = target / file.relative_to(path)
        if file.is_file():
            copied.parent.mkdir(parents=True, exist_ok=True)
            if not os.access(file, os.R_OK):
                raise IndexStoreError(f"{file} cannot be read, so the copy would not hold it.")
            with contextlib.suppress(FileNotFoundError):
                shutil.copy2(file, copied)
