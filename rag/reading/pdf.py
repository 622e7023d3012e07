"""PDF -> text page by page, by PDFium; running heads and page numbers are left out."""

from __future__ import annotations

import re
import threading
from collections import Counter
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import normalize_line_ends, printable

__all__ = ["read_pdf"]

#: PDFium is not safe to be used by two threads at once.
_LOCK = threading.Lock()
_CREATED = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–\s]*(?:第\s*)?\d{1,4}(?:\s*[页頁])?(?:\s*[/／共of]+\s*\d{1,4}\s*[页頁]?)?[-—–\s]*"
)
_HYPHENATED = re.compile("[\ufffe\x02]\\s*\n?")
#: Titles that a word processor wrote, not an author.
_NO_TITLE = re.compile(
    r"^(?:untitled|无标题|microsoft word|powerpoint|slide|document\d*)\b|\.(?:docx?|pptx?|pdf|wps|indd|qxd)$",
    re.IGNORECASE,
)


def read_pdf(data: bytes, name: str) -> Content:
    """The text of a PDF; ``metadata["pages"]`` holds the offset at which each page begins.

    Raises:
        ReadingError: Damaged, protected by a password, or without text (a scan).
    """
    import pypdfium2

    with _LOCK:
        try:
            pdf = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                reason = "is protected by a password. Save a copy without one"
            else:
                reason = "is damaged or no PDF. Open it, save it again, and retry"
            raise ReadingError(name, reason) from error
        try:
            pages = [_page(pdf, number) for number in range(len(pdf))]
            properties = pdf.get_metadata_dict()
        except pypdfium2.PdfiumError as error:
            raise ReadingError(name, "is damaged. Open it, save it again, and retry") from error
        finally:
            pdf.close()
    pages = _without_running_heads(pages)
    text, offsets = _joined(pages)
    if not text.strip():
        raise ReadingError(
            name,
            f"has {len(pages)} pages but no text (a scan?). Run OCR on it first, e.g. ocrmypdf",
        )
    title = " ".join(printable(properties.get("Title") or "").split())
    created = _CREATED.match(properties.get("CreationDate") or "")
    return Content(
        text=text,
        format="pdf",
        title=title if len(title) > 2 and not _NO_TITLE.search(title) else None,
        created=iso_date("-".join(part for part in created.groups() if part)) if created else None,
        metadata={"pages": offsets},
    )


def _page(pdf: Any, number: int) -> str:
    page = pdf[number]
    try:
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_range()
        finally:
            text_page.close()
    finally:
        page.close()
    text = _HYPHENATED.sub("", normalize_line_ends(text)).replace("\0", "")
    return "\n".join(line.rstrip() for line in printable(text).split("\n")).strip("\n")


def _joined(pages: list[str]) -> tuple[str, list[int]]:
    """The pages with a blank line between them, and where each begins."""
    offsets, length = [], 0
    for page in pages:
        offsets.append(length)
        length += len(page) + 2
    return "\n\n".join(pages), offsets


def _without_running_heads(pages: list[str]) -> list[str]:
    """The pages without first and last lines that most of them share (numbers aside)."""
    split = [page.split("\n") for page in pages]
    shapes: Counter[tuple[int, str]] = Counter()
    for lines in split:
        for place in {0, -1}:
            shapes[place, _DIGITS.sub("0", lines[place].strip())] += 1
    shared = {shape for shape, count in shapes.items() if count >= 3 and count * 2 > len(pages)}
    cleaned = []
    for lines in split:
        for place in (0, -1):
            if not lines:
                break
            line = lines[place].strip()
            numbered = len(pages) > 1 and _PAGE_NUMBER.fullmatch(line) is not None
            if (place, _DIGITS.sub("0", line)) in shared or numbered:
                del lines[place]
        cleaned.append("\n".join(lines).strip("\n"))
    return cleaned
