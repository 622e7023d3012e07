"""The documents tab: what the index holds, filtered and cut into pages."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Any

from rag.records import DocumentInfo

__all__ = ["listing", "reading_list"]

_MAX_PAGE = 200
_ORDERS = ("title", "published", "characters", "passages", "indexed")


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


def reading_list(infos: Iterable[DocumentInfo], uploads: Path) -> list[Path]:
    """The folders to read again: the uploads, and those of documents whose files are still here.

    A source is a path from the parent of the indexed folder, so its first part is that folder,
    seen from where the index was made: usually the working directory.
    """
    folders = {
        PurePosixPath(info.source).parts[0]: None
        for info in infos
        if len(PurePosixPath(info.source).parts) > 1 and Path(info.source).is_file()
    }
    folders.pop(uploads.name, None)
    here = [Path(folder) for folder in folders if folder not in {"/", ".."}]
    return [*here, *([uploads] if uploads.is_dir() else [])]


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
