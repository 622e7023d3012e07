"""PDF -> text page by page, by PDFium; running heads and page numbers are left out, tables have bars."""

from __future__ import annotations

import re
import threading
from typing import Any

from rag.errors import ReadingError
from rag.forks import unlocked_when_forked
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import normalize_line_ends, printable
from rag.reading.justified import without_stretch
from rag.reading.pdf_tables import LINE_END, tables_of
from rag.reading.pdf_titles import is_title
from rag.reading.running_heads import BROKEN_WORD, without_running_heads

__all__ = ["read_pdf"]

#: PDFium is not safe to be used by two threads at once.
_LOCK = unlocked_when_forked(threading.Lock())
_CREATED = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
#: PDFium's mark for a hyphen at the end of a line; it gives no line break there.
_HYPHEN = re.compile("[\ufffe\x02]\\s*\n?")
_OVER_LINES = re.compile(rf"(?<=(.)){BROKEN_WORD}\n(?=(.{{1,2}}))")
_OVER_PAGES = re.compile(r"[^\W\d_][-\u2010]$")
#: Keeps a row of a table from being taken for a running head that all pages share.
_ROW_END = f"|{BROKEN_WORD}"


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
    bodies = (page.replace(_ROW_END, "|") for page in without_running_heads(pages))
    text, offsets = _joined([_rejoined(page) for page in bodies])
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
        title=title if is_title(title) else None,
        created=iso_date("-".join(part for part in created.groups() if part)) if created else None,
        metadata={"pages": offsets},
    )


def _page(pdf: Any, number: int) -> str:
    page = pdf[number]
    try:
        text_page = page.get_textpage()
        try:
            text = text_page.get_text_range()
            tables = tables_of(text, text_page)
            text = without_stretch(text, text_page)
        finally:
            text_page.close()
    finally:
        page.close()
    if tables:
        rows = {n: row.replace("\n", f"{BROKEN_WORD}\n") + BROKEN_WORD for n, row in tables.items()}
        lines = enumerate(LINE_END.split(text))
        text = "\n".join(rows.get(number, line) for number, line in lines)
    text = _HYPHEN.sub(f"{BROKEN_WORD}\n", normalize_line_ends(text)).replace("\0", "")
    return "\n".join(line.rstrip() for line in printable(text).split("\n")).strip("\n")


def _rejoined(page: str) -> str:
    """The page with the words made whole that are broken over its lines.

    What stands behind a hyphen may as well be a foot, or another column: a word goes on in its own
    case, a name with a number (``COVID-19``).
    """

    def hyphen(broken: re.Match[str]) -> str:
        before, after = broken.groups()
        if before.islower() and after[0].islower():
            return ""
        if before.isupper() and len(after) == 2 and after.isalpha() and after.isupper():
            return ""
        if after[0].islower() or (after[0].isdigit() and not before.islower()):
            return "-"
        return "-\n"

    page = _OVER_LINES.sub(hyphen, page)
    return page[: -len(BROKEN_WORD)] + "-" if page.endswith(BROKEN_WORD) else page


def _joined(pages: list[str]) -> tuple[str, list[int]]:
    """The pages with a blank line between them, and where each begins.

    Between two that break a word stands nothing, and the second begins within the word.
    """
    pieces: list[str] = []
    offsets = []
    length = 0
    for page in pages:
        last = pieces[-1] if pieces else ""
        if _OVER_PAGES.search(last) and page[:1].islower():
            pieces[-1] = last[:-1] if last[-2].islower() else last
            length += len(pieces[-1]) - len(last)
        elif pieces:
            pieces.append("\n\n")
            length += 2
        offsets.append(length)
        pieces.append(page)
        length += len(page)
    return "".join(pieces), offsets
