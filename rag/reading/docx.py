"""Word (.docx) -> text in reading order, lists with their numbers, tables by row, headings as spans.

By python-docx.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import printable
from rag.reading.numbering import BULLET, Numbering
from rag.reading.tables import table_lines

__all__ = ["check_archive", "read_docx"]

#: An archive that unpacks to more than this, or by more than this factor, is refused.
_LARGEST = 512 << 20
_RATIO = 200
_HEADING = re.compile(r"(?:heading|标题|標題)\s*(\d)", re.IGNORECASE)
#: The creation date of python-docx's own template: it tells nothing.
_TEMPLATE = "2013-12-23"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
#: What may stand around a paragraph, table, row or cell: content controls, tracked insertions.
_WRAPPERS = {
    *(_W + tag for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo")),
    *(_MC + tag for tag in ("AlternateContent", "Choice")),
}
#: What is no text of the document: what was deleted, a second copy for older programs, pinyin.
_UNREAD = {*(_W + tag for tag in ("pPr", "del", "moveFrom", "rt")), _MC + "Fallback"}
_TEXT = {_W + "t", _M + "t"}
#: Elements that stand for a character.
_SIGNS = {
    _W + "br": "\n",
    _W + "cr": "\n",
    _W + "tab": "\t",
    _W + "ptab": "\t",
    _W + "noBreakHyphen": "-",
}
#: Parts of a formula, by what sets them off on a line: 1/2 is not 12, 10^24 not 1024.
_FORMULA = {_M + "den": "/", _M + "sup": "^"}
_NUMBER = re.compile(r"\s*[-+\u2212]?\d")
#: What some type before a paragraph that is in a list already.
_TYPED_BULLET = re.compile(r"[-–—*]\s|[•·●○■□◆▪►▶✓√]")
#: A mark that ends in one of these is set off by it.
_FULL_WIDTH_ENDS = frozenset("、．。）】〕：，")


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
    """The text of a Word file: one paragraph a line, blank lines between, tables as in Markdown.

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
        if level is not None:
            if level == 0:
                heading_title = heading_title or line
            headings.append([length, length + len(line), max(1, level)])
        parts.append(line + "\n\n")
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
    """(paragraph or table, heading level or None) in reading order; level 0 is the title."""
    from docx.text.paragraph import Paragraph

    numbering = _numbering(document)
    for block, mark, text in _blocks(document.element.body, numbering):
        if block.tag == _W + "tbl":
            if table := _table(block, numbering):
                yield table, None
        elif text:
            level = _level(Paragraph(block, document))
            yield _marked(text, mark, level), level
    yield from ((text, None) for text in _notes(document.part, numbering))


def _numbering(document: Any) -> Numbering:
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        lists = document.part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
    except (KeyError, ValueError, AttributeError):  # none, several, or one that is no XML
        lists = None
    return Numbering(lists, document.styles.element)


def _marked(text: str, mark: str, level: int | None) -> str:
    """A paragraph behind the mark of its list, unless it begins with it; a title has none."""
    if not mark or level == 0 or _begins_with(text, mark):
        return text
    if mark == BULLET:
        return text if level is not None or _TYPED_BULLET.match(text) else f"{BULLET} {text}"
    if level is None and mark.isascii() and mark.isalnum():
        mark += "."  # else "3 employees" could be told from three employees by no one
    return f"{mark}{'' if mark[-1] in _FULL_WIDTH_ENDS else ' '}{text}"


def _begins_with(text: str, mark: str) -> bool:
    """Whether the number is typed as well; "2023" does not begin with number 2."""
    rest = text[len(mark) :]
    return text.startswith(mark) and (not mark.isascii() or not rest or rest[0].isspace())


def _blocks(parent: Any, numbering: Numbering) -> Any:
    """(paragraph or table, mark of its list, text of the paragraph).

    What a text box holds follows its paragraph.
    """
    for child in _inside(parent, {_W + "p", _W + "tbl"}):
        if child.tag == _W + "tbl":
            yield child, "", ""
            continue
        text, boxes = _paragraph(child)
        yield child, numbering.mark(child), text
        for box in boxes:
            yield from _blocks(box, numbering)


def _inside(parent: Any, tags: set[str]) -> Any:
    """The children of these tags, those in content controls and tracked insertions too."""
    for child in parent:
        if child.tag in tags:
            yield child
        elif child.tag in _WRAPPERS and not _is_filler(child):
            yield from _inside(child, tags)


def _is_filler(element: Any) -> bool:
    """Whether a content control holds its prompt ("Click here to enter text") or the contents."""
    if element.tag != _W + "sdt":
        return False
    gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
    return element.find(f"{_W}sdtPr/{_W}showingPlcHdr") is not None or (
        gallery is not None and gallery.get(_W + "val") == "Table of Contents"
    )


def _paragraph(paragraph: Any) -> tuple[str, list[Any]]:
    """The text of a paragraph, and the text boxes anchored in it."""
    parts: list[str] = []
    boxes: list[Any] = []
    stack = [paragraph]
    while stack:
        element = stack.pop()
        tag = element.tag
        if tag in _UNREAD or _is_filler(element):
            continue
        if tag == _W + "txbxContent":
            boxes.append(element)
        elif tag in _TEXT:
            before = next((part for part in reversed(parts) if part), "")
            if _is_raised(element) and _NUMBER.match(element.text or "") and before[-1:].isdigit():
                parts.append("^")
            parts.append(element.text or "")
        elif tag in _SIGNS:
            # A new page or column begins in mid-sentence.
            turned = element.get(_W + "type") in {"page", "column"} if tag == _W + "br" else False
            parts.append(" " if turned else _SIGNS[tag])
        else:
            if tag in _FORMULA and any(text.text for text in element.iter(_M + "t")):
                parts.append(_FORMULA[tag])
            stack.extend(element.iterchildren(reversed=True))
    return _clean("".join(parts)), boxes


def _is_raised(text: Any) -> bool:
    align = text.getparent().find(f"{_W}rPr/{_W}vertAlign")
    return align is not None and align.get(_W + "val") == "superscript"


def _table(table: Any, numbering: Numbering) -> str:
    """Its lines; the rows that are to be repeated on each page are its head."""
    rows = list(_rows(table, numbering))
    marked = itertools.takewhile(lambda row: row[1], rows)
    return "\n".join(table_lines([cells for cells, _ in rows], head_rows=len(list(marked))))


def _rows(table: Any, numbering: Numbering) -> Any:
    """(texts of the cells, whether the row is marked as head) of each row that has text.

    A merged cell counts in every row it spans.
    """
    above: dict[int, str] = {}
    for row in _inside(table, {_W + "tr"}):
        cells: list[str] = []
        told = False
        column = row.grid_before
        for cell in _inside(row, {_W + "tc"}):
            text, own = _cell(cell, numbering)
            if cell.vMerge == "continue":
                text = above.get(column, text)
                own = bool(text)
            above[column] = text
            cells.append(text)
            told = told or own
            column += cell.grid_span
        if told:
            mark = row.find(f"{_W}trPr/{_W}tblHeader")
            yield cells, mark is not None and mark.get(_W + "val") not in {"0", "false", "off"}


def _cell(cell: Any, numbering: Numbering) -> tuple[str, bool]:
    """(the text of a cell on one line, with that of the tables in it; whether it has any of its own).

    Word can number the rows of a table by a list: those cells hold a number and no text.
    """
    parts: list[str] = []
    told = False
    for block, mark, text in _blocks(cell, numbering):
        if mark != BULLET and not _begins_with(text, mark):
            parts.append(mark)
        parts.append(text)
        told = told or bool(text)
        if block.tag == _W + "tbl":
            inner = [text for row, _ in _rows(block, numbering) for text in row]
            told = told or bool(inner)
            parts.extend(inner)
    return " ".join(" ".join(parts).split()), told


def _notes(part: Any, numbering: Numbering) -> Any:
    """The texts of the footnotes, then of the endnotes."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import parse_xml

    for kind in (RELATIONSHIP_TYPE.FOOTNOTES, RELATIONSHIP_TYPE.ENDNOTES):
        for relation in part.rels.values():
            if relation.reltype != kind or relation.is_external:
                continue
            try:
                notes = parse_xml(relation.target_part.blob)
            except SyntaxError:  # lxml's XMLSyntaxError: what is damaged is not the text itself
                continue
            for note in notes:
                # Those with a type are the lines that separate notes from the text.
                if note.get(_W + "type") in {None, "normal"}:
                    text, told = _cell(note, numbering)
                    if told:
                        yield text


def _level(paragraph: Any) -> int | None:
    style = getattr(paragraph.style, "name", None) or ""
    if style.lower() in {"title", "标题", "標題"}:
        return 0
    match = _HEADING.match(style)
    return int(match[1]) if match else None


def _clean(text: str) -> str:
    return printable(text.replace("\r", "\n").replace("\v", "\n")).strip()
