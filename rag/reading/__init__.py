r"""Bytes -> documents: formats, encodings, title, date and publisher.

- :func:`discover`: the files under some paths, with failures and notes.
- :func:`read_file`: the documents of one discovered file, streamed, faults as :class:`Failure`.
- :func:`read_paths`: both, for everything under some paths.
- :func:`read_path`, :func:`read_bytes`: one file or upload as a list; faults are raised.
- :func:`source_of`: the source a path would get; a folder's files have sources below it.

Text is fixed once it is read: UTF-8, UTF-16, GB18030, Big5 and others are decoded, line ends become
``\\n``, a byte order mark goes, front matter becomes fields. Libraries for a format are imported
when the first file of that format is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.reading.decoding import decode
    from rag.reading.discovery import Discovery, SourceFile, discover, source_of
    from rag.reading.languages import detect_language
    from rag.reading.reader import Unchanged, read_bytes, read_file, read_path, read_paths
    from rag.reading.rows import RowDigests

# Looking for files, all that an unchanged folder needs, imports nothing of the rest.
_HOMES = {
    "Discovery": "discovery",
    "RowDigests": "rows",
    "SourceFile": "discovery",
    "Unchanged": "reader",
    "decode": "decoding",
    "detect_language": "languages",
    "discover": "discovery",
    "read_bytes": "reader",
    "read_file": "reader",
    "read_path": "reader",
    "read_paths": "reader",
    "source_of": "discovery",
}

__all__ = [
    "Discovery",
    "RowDigests",
    "SourceFile",
    "Unchanged",
    "decode",
    "detect_language",
    "discover",
    "read_bytes",
    "read_file",
    "read_path",
    "read_paths",
    "source_of",
]


if not TYPE_CHECKING:  # a wrong name is still told by type checkers

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
