"""Files and bytes -> documents. One bad file is one failure and stops nothing else."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rag.errors import ReadingError, UnsupportedFormatError
from rag.reading.content import Content, compose
from rag.reading.discovery import SourceFile, discover, source_of
from rag.reading.docx import read_docx
from rag.reading.html import read_html
from rag.reading.pdf import read_pdf
from rag.reading.plain import read_markdown, read_text
from rag.reading.rows import RowDigests, read_csv, read_json, read_json_lines
from rag.records import Document, Failure

__all__ = [
    "LARGEST_FILE",
    "Unchanged",
    "is_one_document",
    "read_bytes",
    "read_file",
    "read_path",
    "read_paths",
]

#: Largest file that is read whole, in bytes. CSV and JSON Lines are streamed and have no limit.
LARGEST_FILE = 256 << 20

# So many first bytes tell the format.
_HEAD = 4096

_WHOLE: dict[str, Callable[[bytes, str], Content]] = {
    "text": read_text,
    "markdown": read_markdown,
    "html": read_html,
    "pdf": read_pdf,
    "docx": read_docx,
}
_FORMATS = {
    ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown", ".mkd": "markdown",
    ".html": "html", ".htm": "html", ".xhtml": "html", ".shtml": "html",
    ".pdf": "pdf", ".docx": "docx", ".csv": "csv", ".tsv": "csv",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
}  # fmt: skip
#: First bytes of what cannot be read, and what it is.
_MAGIC = (
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a BMP image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"RIFF", "a media file"),
    (b"\0\0\0 ftyp", "a video"),
    (b"\0\0\0\x18ftyp", "a video"),
    (b"ID3", "an MP3 file"),
    (b"OggS", "an Ogg file"),
    (b"fLaC", "a FLAC file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a Windows program"),
    (b"\xca\xfe\xba\xbe", "a program"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"(\xb5/\xfd", "a zstd archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3\0", "a SQLite database"),
    (b"\xd0\xcf\x11\xe0", "an old Office file (.doc, .xls or .ppt)"),
    (b"{\\rtf", "an RTF file"),
    (b"%!PS", "a PostScript file"),
    (b"wOFF", "a font"),
    (b"\0asm", "a WebAssembly file"),
)
_MAGIC_BYTES = tuple(magic for magic, _ in _MAGIC)
_NEXT = {
    "archive": "Unpack it and index the files in it",
    "image": "Run OCR on it and index the text",
    "Office": "Save it as .docx or PDF",
    "RTF": "Save it as .docx or PDF",
    "PostScript": "Convert it to PDF",
}
_HTML = re.compile(
    rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.IGNORECASE | re.DOTALL
)


def read_paths(paths: Iterable[str | Path]) -> Iterator[Document | Failure | str]:
    """Every document under ``paths``, failures and notes among them, one file in memory at a time.

    Notes (text) say what was left out on purpose, and where an encoding was told with doubt.
    """
    found = discover(paths)
    yield from found.failures
    yield from found.notes
    for file in found.files:
        yield from (item for item in read_file(file) if not isinstance(item, Unchanged))


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Stands for a row's document that is as it was; see :class:`rag.reading.rows.RowDigests`."""

    id: str


def read_file(
    file: SourceFile, data: bytes | None = None, digests: RowDigests | None = None
) -> Iterator[Document | Failure | str | Unchanged]:
    """The documents of one discovered file; never raises for what is wrong with the file.

    Args:
        file: The file.
        data: Its bytes, where the caller has read them already.
        digests: Tells which rows of a JSON Lines file are as they were, and notes all of them;
            without it nothing is Unchanged.
    """
    try:
        if data is not None:
            yield from _read(io.BytesIO(data), file.source, size=len(data), digests=digests)
            return
        with file.path.open("rb") as stream:
            yield from _read(stream, file.source, size=file.size, digests=digests)
    except ReadingError as error:
        yield Failure(source=file.source, reason=error.reason)
    except PermissionError:
        yield Failure(
            source=file.source,
            reason="may not be read (permission denied). Change its permissions or leave it out",
        )
    except OSError as error:
        yield Failure(source=file.source, reason=f"cannot be read ({error.strerror or error})")
    except (MemoryError, RecursionError):
        yield Failure(
            source=file.source, reason="needs too much memory. Split it into smaller files"
        )
    except Exception as error:  # noqa: BLE001 - a library's own fault must not stop the others
        kind = f"{type(error).__name__}: {error}".replace("\n", " ")[:160]
        yield Failure(
            source=file.source, reason=f"cannot be parsed ({kind}). Save it in another format"
        )


def is_one_document(file: SourceFile, data: bytes | None = None) -> bool:
    """Whether a file is a document as a whole, and not rows of them; ``data`` as for :func:`read_file`.

    Of one that cannot be read :func:`read_file` says why.
    """
    try:
        if data is None:
            with file.path.open("rb") as stream:
                data = stream.read(_HEAD)
        return _format(file.source, data[:_HEAD]) in _WHOLE
    except (OSError, UnsupportedFormatError):
        return True


def read_path(path: str | Path, *, source: str | None = None) -> list[Document]:
    """The documents of one file: one, or one a row for CSV and JSON Lines.

    Args:
        path: The file.
        source: Its name in the index; default: the folder's and the file's name.

    Raises:
        ReadingError: It cannot be read, or (for rows) none of its rows can.
    """
    path = Path(path)
    name = source or source_of(path)
    try:
        status = path.stat()
    except OSError as error:
        raise ReadingError(name, f"cannot be opened ({error.strerror}). Check the path") from error
    file = SourceFile(str(path), name, status.st_size, status.st_mtime_ns)
    return _documents(read_file(file), name)


def read_bytes(data: bytes, name: str) -> list[Document]:
    """The documents in an upload called ``name``; see :func:`read_path`."""

    def items() -> Iterator[Document | Failure | str | Unchanged]:
        yield from _read(io.BytesIO(data), name, size=len(data))

    try:
        return _documents(items(), name)
    except (ReadingError, MemoryError):
        raise
    except Exception as error:
        kind = f"{type(error).__name__}: {error}".replace("\n", " ")[:160]
        raise ReadingError(name, f"cannot be parsed ({kind}). Save it in another format") from error


def _documents(items: Iterable[Document | Failure | str | Unchanged], name: str) -> list[Document]:
    documents: list[Document] = []
    failure: Failure | None = None
    for item in items:
        if isinstance(item, Document):
            documents.append(item)
        elif isinstance(item, Failure):
            failure = failure or item
    if not documents:
        raise ReadingError(name, failure.reason if failure else "holds no text. Leave it out")
    return documents


def _read(
    stream: IO[bytes], source: str, *, size: int, digests: RowDigests | None = None
) -> Iterator[Document | Failure | str | Unchanged]:
    head = stream.read(_HEAD)
    if not head:
        yield Failure(source=source, reason="is empty (0 bytes). Leave it out or fill it")
        return
    stream.seek(0)
    kind = _format(source, head)
    if kind in ("csv", "jsonl"):
        rows: Iterable[tuple[int, Content | Failure | None]]
        lines = kind == "jsonl"
        rows = read_json_lines(stream, source, digests) if lines else read_csv(stream, source)
        yield from _rows(rows, source)
        return
    if size > LARGEST_FILE:
        raise ReadingError(
            source,
            f"has {size >> 20} MB, more than the {LARGEST_FILE >> 20} MB read whole. Split it",
        )
    data = stream.read()
    if kind == "json":
        yield from _rows(read_json(data, source), source)
        return
    content = _WHOLE[kind](data, source)
    if not content.text.strip():
        yield Failure(source=source, reason="holds no text. Leave it out or fill it")
        return
    document = compose(content, id=source, source=source, size=len(data))
    doubt = document.metadata.get("encoding_doubt")
    if doubt:
        yield f"{source}: read as {document.metadata['encoding']}, but {doubt}"
    yield document


def _rows(
    rows: Iterable[tuple[int, Content | Failure | None]], source: str
) -> Iterator[Document | Failure | str | Unchanged]:
    count = 0
    doubt = None
    for number, row in rows:
        count += 1
        if row is None:
            yield Unchanged(f"{source}#{number}")
            continue
        if isinstance(row, Failure):
            yield row
            continue
        if doubt is None:
            doubt = row.metadata.get("encoding_doubt") or ""
            if doubt:
                yield f"{source}: read as {row.metadata['encoding']}, but {doubt}"
        yield compose(row, id=f"{source}#{number}", source=source)
    if not count:
        yield Failure(source=source, reason="has no rows. Write one article a row")


def _format(name: str, head: bytes) -> str:
    """The format of a file, from its first bytes and then its name.

    Raises:
        UnsupportedFormatError: It is something that cannot be read.
    """
    suffix = os.path.splitext(name)[1].lower()  # noqa: PTH122 - asked for each of many files
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        if suffix == ".docx" or b"word/" in head:
            return "docx"
        raise UnsupportedFormatError(name, "is a zip archive or an Office file other than .docx. "
                                     "Unpack it, or save it as .docx or PDF")  # fmt: skip
    for magic, what in _MAGIC if head.startswith(_MAGIC_BYTES) else ():
        if head.startswith(magic) and not (len(magic) < 4 and b"\0" not in head):
            step = next((s for key, s in _NEXT.items() if key in what), "Leave it out")
            raise UnsupportedFormatError(name, f"is {what}, which cannot be read. {step}")
    known = _FORMATS.get(suffix)
    if known == "pdf":
        raise UnsupportedFormatError(name, "is called .pdf but holds no PDF. Check the file")
    if known == "docx":
        raise UnsupportedFormatError(name, "is called .docx but holds no Word file. Check the file")
    if known is None and _HTML.match(head):
        return "html"
    return known or "text"
