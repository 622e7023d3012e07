"""Word (.docx) -> text in reading order, tables by row, headings as spans; by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import printable

__all__ = ["check_archive", "read_docx"]

#: An archive that unpacks to more than this, or by more than this factor, is refused.
_LARGEST = 512 << 20
_RATIO = 200
_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
#: The creation date of python-docx's own template: it tells nothing.
_TEMPLATE = "2013-12-23"


def check_archive(data: bytes, name: str) -> zipfile.ZipFile:
    """The archive, if it is whole and unpacks to a sane size.

    Raises:
        ReadingError: Damaged, encrypted, or a bomb.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        items = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReadingError(name, "is damaged: open it in Word, save it again, and retry") from error
    unpacked = sum(item.file_size for item in items)
    if unpacked > _LARGEST or unpacked > max(_RATIO * len(data), 32 << 20):
        raise ReadingError(
            name, f"unpacks to {unpacked >> 20} MB and was not opened: not a real document?"
        )
    if any(item.flag_bits & 1 for item in items):
        raise ReadingError(name, "is encrypted. Save a copy without a password")
    return archive


def read_docx(data: bytes, name: str) -> Content:
    """The text of a Word file: one paragraph a line, blank lines between, table rows as ``a | b``.

    Raises:
        ReadingError: Damaged, encrypted, or a bomb.
    """
    check_archive(data, name).close()
    import docx

    try:
        document = docx.Document(io.BytesIO(data))
        lines = list(_lines(document))
        core = document.core_properties
        title, created = core.title, core.created
    except (
        Exception
    ) as error:  # the library raises what its parts raise: KeyError, XMLSyntaxError ...
        raise ReadingError(name, "is damaged: open it in Word, save it again, and retry") from error
    parts: list[str] = []
    headings: list[list[int]] = []
    length = 0
    heading_title = None
    for line, level in lines:
        row = line.startswith("| ")
        if parts and parts[-1].startswith("| ") and not row:
            parts.append("\n")
            length += 1
        if level is not None:
            if level == 0:
                heading_title = heading_title or line
            headings.append([length, length + len(line), max(1, level)])
        parts.append(line + ("\n" if row else "\n\n"))
        length += len(parts[-1])
    date = iso_date(created) if created else None
    return Content(
        text="".join(parts).rstrip("\n"),
        format="docx",
        title=heading_title or " ".join(printable(title or "").split()) or None,
        created=None if date == _TEMPLATE else date,
        metadata={"headings": headings} if headings else {},
    )


def _lines(document: Any) -> Any:
    """(line, heading level or None) in reading order; level 0 is the document's title."""
    from docx.table import Table

    for block in document.iter_inner_content():
        if isinstance(block, Table):
            yield from ((line, None) for line in _rows(block))
            continue
        line = _clean(block.text)
        if line:
            yield line, _level(block)


def _rows(table: Any) -> Any:
    for row in table.rows:
        cells: list[str] = []
        last = None
        for cell in row.cells:
            if cell._tc is last:  # noqa: SLF001 - a merged cell comes once for each column it spans
                continue
            last = cell._tc  # noqa: SLF001
            cells.append(" ".join(_clean(cell.text).split()))
        if any(cells):
            yield "| " + " | ".join(cells) + " |"


def _level(paragraph: Any) -> int | None:
    style = getattr(paragraph.style, "name", None) or ""
    if style.lower() in {"title", "标题", "標題"}:
        return 0
    match = _HEADING.match(style)
    return int(match[1]) if match else None


def _clean(text: str) -> str:
    return printable(text.replace("\r", "\n").replace("\v", "\n")).strip()
