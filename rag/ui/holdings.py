"""The documents tab: which index it is, and what it holds, filtered and cut into pages."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

from rag.index.places import has_moved
from rag.records import DocumentInfo

__all__ = ["index_id", "listing", "reading_list"]

_MAX_PAGE = 200
_ORDERS = ("title", "published", "characters", "passages", "indexed")


def index_id(folder: Path) -> str:
    """Tells the indexes apart that are served at one address: 16 hexadecimal digits of where one lies.

    It stays when the index is built anew, and is another one when the folder was moved.
    """
    return sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:16]


def listing(
    infos: Iterable[DocumentInfo],
    *,
    text: str = "",
    offset: int = 0,
    limit: int = 100,
    order: str = "indexed",
) -> dict[str, Any]:
    """One page of the documents whose title, source or publisher holds the text.

    Args:
        infos: All documents of the index.
        text: Words that must all occur, in any case; empty for every document.
        offset: Documents to skip.
        limit: Documents to give, at most 200.
        order: ``title``, ``published``, ``characters``, ``passages`` or ``indexed`` (newest first).

    Returns:
        ``total`` in the index, ``matching``, ``passages`` in the index, ``rows``.
    """
    everything = list(infos)
    words = text.casefold().split()
    matching = [info for info in everything if all(word in _searched(info) for word in words)]
    key = order if order in _ORDERS else "indexed"
    matching.sort(key=lambda info: info.source)
    matching.sort(key=lambda info: _sort_key(info, key), reverse=key != "title")
    start = max(0, offset)
    page = matching[start : start + max(1, min(limit, _MAX_PAGE))]
    return {
        "total": len(everything),
        "matching": len(matching),
        "passages": sum(info.passages for info in everything),
        "rows": [_row(info) for info in page],
    }


def reading_list(files: Mapping[str, str], uploads: Path) -> list[Path]:
    """What to read again: the uploads, and each file of the index that is still here, by itself.

    Not its folder, which may hold what nobody chose: the index does not know which were chosen whole.

    Args:
        files: Source to location of all files that the index was made from; empty if unknown.
        uploads: The folder of the uploads.
    """
    inside = uploads.absolute()
    here = (_found(source, location, uploads.name) for source, location in files.items())
    elsewhere = [path for path in here if path and not path.absolute().is_relative_to(inside)]
    return [*dict.fromkeys(elsewhere), *([uploads] if uploads.is_dir() else [])]


def _found(source: str, location: str, uploads: str) -> Path | None:
    """Where a file of the index lies, if it still does.

    A location that is unknown, or is of another machine, is made up for by the source: a path as
    seen from where the index was made, usually the working directory.
    """
    if location and not has_moved(source, location):
        return Path(location) if _is_file(location) else None
    parts = PurePosixPath(source).parts
    seen = len(parts) > 1 and parts[0] not in {"/", "..", uploads}
    return Path(source) if seen and _is_file(source) else None


def _is_file(path: str) -> bool:
    """Whether it is one, as far as can be seen: Path.is_file() raises where it may not look."""
    return os.path.isfile(path)  # noqa: PTH113


def _searched(info: DocumentInfo) -> str:
    parts = (info.title, info.source, info.metadata.get("publisher"), info.published)
    return " ".join(str(part) for part in parts if part).casefold()


def _sort_key(info: DocumentInfo, order: str) -> Any:
    if order in {"characters", "passages"}:
        return getattr(info, order)
    return (getattr(info, order) or "").casefold()


def _row(info: DocumentInfo) -> dict[str, Any]:
    told = info.metadata
    return {
        "id": info.id,
        "title": info.title,
        "source": info.source,
        "published": info.published,
        "publisher": told.get("publisher"),
        "language": info.language,
        "format": told.get("format"),
        "encoding": told.get("encoding"),
        "bytes": told.get("bytes"),
        "characters": info.characters,
        "passages": info.passages,
        "indexed": info.indexed,
        "duplicate_of": info.duplicate_of,
    }
