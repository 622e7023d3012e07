r"""Bytes -> documents: formats, encodings, title, date and publisher.

- :func:`discover`: the files under some paths, with failures and notes.
- :func:`read_file`: the documents of one discovered file, streamed, faults as :class:`Failure`.
- :func:`is_one_document`: whether such a file is one as a whole.
- :func:`read_paths`: both, for everything under some paths.
- :func:`read_path`, :func:`read_bytes`: one file or upload as a list; faults are raised.
- :func:`source_of`: the source a path would get; a folder's files have sources below it.

Text is fixed once it is read: UTF-8, UTF-16, GB18030, Big5 and others are decoded, line ends become
``\\n``, a byte order mark goes, front matter becomes fields. Libraries for a format are imported
when the first file of that format is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.lazy import lazily

if TYPE_CHECKING:
    from rag.reading.decoding import decode
    from rag.reading.discovery import Discovery, SourceFile, discover, source_of
    from rag.reading.languages import detect_language
    from rag.reading.reader import (
        Unchanged,
        is_one_document,
        read_bytes,
        read_file,
        read_path,
        read_paths,
    )
    from rag.reading.rows import RowDigests

#: Raised whenever files are read otherwise, so that an index reads unchanged ones anew, once.
RULES = 3

# Looking for files, all that an unchanged folder needs, imports nothing of the rest.
_HOMES = {
    "Discovery": "rag.reading.discovery",
    "RowDigests": "rag.reading.rows",
    "SourceFile": "rag.reading.discovery",
    "Unchanged": "rag.reading.reader",
    "decode": "rag.reading.decoding",
    "detect_language": "rag.reading.languages",
    "discover": "rag.reading.discovery",
    "is_one_document": "rag.reading.reader",
    "read_bytes": "rag.reading.reader",
    "read_file": "rag.reading.reader",
    "read_path": "rag.reading.reader",
    "read_paths": "rag.reading.reader",
    "source_of": "rag.reading.discovery",
}

__all__ = [
    "RULES",
    "Discovery",
    "RowDigests",
    "SourceFile",
    "Unchanged",
    "decode",
    "detect_language",
    "discover",
    "is_one_document",
    "read_bytes",
    "read_file",
    "read_path",
    "read_paths",
    "source_of",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazily(__name__, _HOMES)
