"""PDF -> text page by page, by PDFium; running heads and page numbers are left out."""

from __future__ import annotations

import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from rag.errors import ReadingError
from rag.forks import unlocked_when_forked
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import normalize_line_ends, printable

__all__ = ["read_pdf"]

#: PDFium is not safe to be used by two threads at once.
_LOCK = unlocked_when_forked(threading.Lock())
_CREATED = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?")
#: Numbers that may count pages; a year tells pages apart (results 2021, results 2022).
_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d+")
_PAGE_NUMBER = re.compile(
    r"[-—–\s]*(?:第|[页頁][码碼]?|ページ|페이지|page|seite|página|pagina|strona|trang|sid[ae]|sivu|halaman|sayfa"
    r"|стр\.?|pg\.|p\.?)?\s*[:：]?\s*\d{1,4}(?:\s*(?:[页頁]|ページ|페이지))?"
    r"(?:\s*[/／共of]+\s*\d{1,4}\s*[页頁]?)?[-—–\s]*",
    re.IGNORECASE,
)
_LONE_NUMBER = re.compile(r"[-—–\s]*(\d{1,4})[-—–\s]*")
#: ``Question 1``, ``第2章``: a heading of its page, though the number rises with the pages.
_NUMBERED_HEADING = re.compile(
    r"(?:[^\W\d_\u3400-\u9fff]+|[\u3400-\u9fff]{1,3})\s*\d+[.:：]?|第\s*\d+\s*[^\W\d_页頁]"
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
    """The pages without page numbers, and without first and last lines that most of them share.

    A first line keeps its first place: the title is often the running head of the later pages.
    """
    split = [page.split("\n") for page in pages]
    shared = _running_heads(split)
    counts = _number_offsets(split)
    seen: set[str] = set()
    cleaned = []
    for number, lines in enumerate(split):
        for place in (0, -1):
            if not lines:
                break
            line = lines[place].strip()
            lone = _LONE_NUMBER.fullmatch(line)
            if lone:
                drop = int(lone[1]) - number in counts
            elif _PAGE_NUMBER.fullmatch(line):
                drop = len(pages) > 1
            else:
                drop = (place, _NUMBER.sub("0", line)) in shared
                if drop and place == 0 and line not in seen and not _NUMBER.search(line):
                    seen.add(line)
                    drop = False
            if drop:
                del lines[place]
        cleaned.append("\n".join(lines).strip("\n"))
    return cleaned


def _running_heads(split: list[list[str]]) -> set[tuple[int, str]]:
    """(place, line with 0 for its numbers) that most pages share.

    The numbers must be those of the pages, or the same on most of them: others tell pages apart.
    Each chapter may count its own pages.
    """
    found: dict[tuple[int, str], list[tuple[int, str]]] = defaultdict(list)
    for number, lines in enumerate(split):
        for place in {0, -1}:
            line = lines[place].strip()
            if line:
                found[place, _NUMBER.sub("0", line)].append((number, line))

    def most(values: Iterable[Any]) -> bool:
        count = max(Counter(values).values())
        return count >= 3 and count * 2 > len(split)

    def runs(place: int, on: list[tuple[int, str]]) -> bool:
        if most(line for _, line in on):
            return True
        if place == 0 and any(_NUMBERED_HEADING.fullmatch(line) for _, line in on):
            return False
        pages = [page for page, _ in on]
        numbers = [[int(n[-9:]) - page for n in _NUMBER.findall(line)] for page, line in on]
        return any(
            most(offsets) or len(_in_runs(dict(zip(pages, offsets, strict=True)))) * 2 > len(split)
            for offsets in zip(*numbers, strict=True)
        )

    return {shape for shape, on in found.items() if len(on) >= 3 and runs(shape[0], on)}


def _in_runs(offsets: Mapping[int, int]) -> set[int]:
    """The pages, by their number less their index, that stand in a row of three that share it."""
    return {
        page
        for first, offset in offsets.items()
        if offsets.get(first + 1) == offsets.get(first + 2) == offset
        for page in (first, first + 1, first + 2)
    }


def _number_offsets(split: list[list[str]]) -> set[int]:
    """Page number less index, as most pages with a lone number have it, or three in a row.

    A lone figure may as well be one of a table that goes on, or a year.
    """
    offsets: Counter[int] = Counter()
    numbered = 0
    shared: set[int] = set()
    before: list[set[int]] = [set(), set()]
    for number, lines in enumerate(split):
        lone = [_LONE_NUMBER.fullmatch(lines[place].strip()) for place in (0, -1)]
        own = {int(match[1]) - number for match in lone if match}
        offsets.update(own)
        numbered += bool(own)
        shared |= own & before[0] & before[1]
        before = [before[1], own]
    if len(split) < 2 or not numbered:
        return set()
    offsets[1] += 1  # the plain count of pages needs no second witness
    offset, count = offsets.most_common(1)[0]
    return shared | {offset} if count >= 2 and count * 2 > numbered else shared
