"""CSV and JSON Lines: one document a row, the fields mapped by their names, read as a stream.

A CSV file without articles (a price list, a roster) is one document, a table.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import itertools
import json
import re
import sys
import unicodedata
from collections import deque
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from html import unescape
from pathlib import PurePosixPath
from statistics import median
from typing import IO, Any

from rag.errors import ReadingError
from rag.reading.content import OFFSETS, Content
from rag.reading.dates import iso_date
from rag.reading.decoding import decode, printable
from rag.reading.html import read_fragment
from rag.reading.plain import json_value
from rag.reading.tables import table_lines, table_row
from rag.records import Failure

__all__ = ["RowDigests", "read_csv", "read_json", "read_json_lines"]

#: Names of fields as :func:`_plain` writes them, by what they mean; the first that a row has counts.
_FIELDS = {
    "text": (
        "text", "content", "body", "article", "t", "passage", "context", "document", "fulltext",
        "articletext", "articlebody", "articlecontent", "bodytext", "textbody", "textcontent", "contenttext",
        "content:encoded", "plaintext", "rawtext", "storytext", "newstext", "maintext",
        "volltext", "artikeltext", "haupttext", "fliesstext", "fließtext", "texte", "textecomplet",
        "texteintegral", "texto", "textocompleto", "testo", "正文", "内容", "內容", "文本", "全文", "文章",
    ),
    "title": (
        "title", "headline", "articletitle", "titel", "schlagzeile", "uberschrift", "ueberschrift", "titre",
        "titulo", "titular", "titolo", "标题", "標題", "题目", "題目", "subject", "betreff", "name",
    ),
    "published": (
        "published", "date", "publishedat", "publishedon", "publishdate", "publisheddate", "datepublished",
        "dateofpublication", "publicationdate", "pubdate", "time", "publishtime", "publishedtime",
        "datetime", "timestamp", "datecreated", "createdat",
        "erscheinungsdatum", "veroffentlichungsdatum", "veroeffentlichungsdatum", "veroffentlicht",
        "veroeffentlicht", "veroffentlichtam", "veroeffentlichtam", "publikationsdatum", "datum",
        "datedepublication", "datepublication", "datedeparution", "publiele", "fechadepublicacion",
        "fechapublicacion", "fecha", "日期", "发布时间", "發布時間", "发布日期", "發布日期", "时间", "時間",
    ),
    "publisher": (
        "publisher", "source", "site", "outlet", "media", "publishername", "sourcename", "sitename",
        "newspaper", "herausgeber", "quelle", "zeitung", "editeur", "fuente", "medio", "periodico",
        "来源", "來源", "媒体", "出处", "发布机构",
    ),
    "url": (
        "url", "link", "href", "permalink", "sourceurl", "articleurl", "pageurl", "weburl", "canonicalurl",
        "lien", "enlace", "网址", "链接", "連結",
    ),
    "language": ("language", "lang", "sprache", "langue", "idioma", "语言"),
}  # fmt: skip
#: These name the text where they hold prose; an "Artikel" may be for sale, and an "Inhalt" 500 ml.
_PROSE_FIELDS = (
    "inhalt", "artikel", "beitrag", "contenu", "corps", "contenido", "cuerpo", "articulo", "contenuto",
)  # fmt: skip
#: What one writer puts into a name, and another does not: published_at, publishedAt; titulo, título.
_BETWEEN = re.compile(r"[\s_\-\u0300-\u036f]+")
_SAMPLE = 1 << 17
_CODECS = {"big5": "cp950", "shift_jis": "cp932", "euc-kr": "cp949"}
#: A longer line or field is a fault of the file, not an article.
_LONGEST = 64 << 20
#: Blocks to look through for what tells the encoding.
_BLOCKS = 256
#: Lines looked at to tell the delimiter.
_SNIFFED = 30
_DELIMITERS = ",\t;|，"
#: The line that Excel writes above the header to say the delimiter.
_EXCEL_DELIMITER = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)
_CARRIAGE_RETURN = re.compile(r"(?<=\r)(?!\n)")
#: A line, or what is left of one.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$")
#: Lines to look ahead for the end of a quote where tabs set the cells apart.
_AHEAD = 1000
#: Quotes that never close, before the look ahead is cut to as many lines.
_FAULTS = 50
#: Rows looked at to tell whether a file without a text column is a table.
_TABLE_SAMPLE = 1000
#: Cells of a table are no longer than this, in characters, by the median of their column.
_LONGEST_CELL = 100
_INLINE_TAG = re.compile(r"</?(?:b|i|em|strong|span|sup|sub|br)\b[^<>]*>", re.IGNORECASE)
_EXTRA_LENGTH = 1000
_EXTRA_FIELDS = 40


class RowDigests:
    """Which lines of a file are as they were: eight bytes a line, and the rows they gave.

    Attributes:
        now: The digests of the lines read so far, joined; empty where a file has none.
    """

    BYTES = 8

    def __init__(self, before: bytes = b"", ids: Container[str] = ()) -> None:
        """Begin a file.

        Args:
            before: :attr:`now` of the last time.
            ids: The documents it gave then.
        """
        self._before = before
        self._ids = ids
        self.now = bytearray()

    def unchanged(self, line: bytes, codec: str, name: str) -> str | None:
        """Note the next line; the id of its document when that is as it was, else None."""
        digest = hashlib.blake2b(
            line, digest_size=self.BYTES, person=codec[:16].encode(), usedforsecurity=False
        ).digest()
        start = len(self.now)
        self.now += digest
        if self._before[start : start + self.BYTES] != digest:
            return None
        known = f"{name}#{start // self.BYTES + 1}"
        return known if known in self._ids else None


def read_json_lines(
    stream: IO[bytes], name: str, digests: RowDigests | None = None
) -> Iterator[tuple[int, Content | Failure | None]]:
    """(row number from 1, content or failure) for each line that holds an object.

    A blank line is passed over. A line that is no JSON object, or has no text, is one failure; the
    others are read all the same. Where ``digests`` tells that a row is as it was, None stands for
    its content.
    """
    encoding = _encoding(stream, name)
    for number, line in enumerate(_lines(stream, encoding["encoding"], name, digests), 1):
        if line is _UNCHANGED:
            yield number, None
            continue
        if line is None:
            problem = "is longer than 64 MB. Put one object on a line"
            yield number, Failure(source=name, reason=f"row {number} {problem}")
            continue
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            problem = getattr(error, "msg", "nested too deep")
            reason = f"row {number} is not valid JSON ({problem}). Mend that line"
            yield number, Failure(source=name, reason=reason)
            continue
        if not isinstance(row, dict):
            reason = f"row {number} is no JSON object. Write one object a line"
            yield number, Failure(source=name, reason=reason)
            continue
        yield number, _content(row, name, number, "json", encoding)


#: Stands for a line that need not be decoded; no line holds nothing.
_UNCHANGED = ""


def _lines(
    stream: IO[bytes], encoding: str, name: str = "", digests: RowDigests | None = None
) -> Iterator[str | None]:
    """The lines, decoded; None for one that is too long, _UNCHANGED for one that is as it was."""
    if encoding.startswith(("utf-16", "utf-32")):
        yield from io.TextIOWrapper(stream, encoding=encoding, errors="replace")
        return
    codec = _CODECS.get(encoding, encoding)
    while line := stream.readline(_LONGEST):
        if len(line) == _LONGEST and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = stream.readline(_LONGEST)
            if digests is not None:
                digests.unchanged(b"", codec, name)
            yield None
            continue
        if digests is not None and digests.unchanged(line, codec, name) is not None:
            yield _UNCHANGED
            continue
        try:
            text = line.decode(codec)
        except UnicodeDecodeError:
            # Files put together from several sources mix encodings.
            found = decode(line)
            text = found.text if found else line.decode(codec, "replace")
        yield text


def read_json(data: bytes, name: str) -> Iterator[tuple[int, Content | Failure]]:
    """The objects of a JSON file: a list of them, or one."""
    decoded = decode(data)
    try:
        value = json.loads(decoded.text if decoded else "")
    except (ValueError, RecursionError) as error:
        # JSON Lines under the name .json are common.
        if data.count(b"\n", 0, 1 << 20) and data.lstrip()[:1] == b"{":
            rows = read_json_lines(io.BytesIO(data), name)
            yield from ((number, row) for number, row in rows if row is not None)
            return
        raise ReadingError(name, "is not valid JSON. Check it with a JSON validator") from error
    if isinstance(value, dict):
        lists = [v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)]
        value = (
            lists[0] if len(lists) == 1 and not _first(_filled(value), _FIELDS["text"]) else [value]
        )
    if not isinstance(value, list):
        raise ReadingError(name, "holds no JSON objects. Write a list of objects with a text field")
    encoding = {"encoding": decoded.encoding if decoded else "utf-8"}
    for number, row in enumerate(value, 1):
        if isinstance(row, dict):
            yield number, _content(row, name, number, "json", encoding)
        else:
            yield number, Failure(source=name, reason=f"row {number} is no JSON object")


def read_csv(stream: IO[bytes], name: str) -> Iterator[tuple[int, Content | Failure]]:
    """(row number from 1, content or failure) for each row below the header.

    Where no column is named as the text and none holds prose, the whole is one table: row 1.

    Raises:
        ReadingError: There is no header, or no column is named as the text though one holds prose.
    """
    encoding = _encoding(stream, name)
    lines = _csv_lines(_lines(stream, encoding["encoding"]))
    first = list(itertools.islice(lines, _SNIFFED))
    told = _EXCEL_DELIMITER.fullmatch(first[0]) if first else None
    if told:
        del first[0]
    csv.field_size_limit(_LONGEST)
    dialect = _dialect(first, told[1] if told else None)
    rows = _csv_rows(itertools.chain(first, lines), dialect)
    header = next((row for row in rows if isinstance(row, list) and not _blank(row)), None)
    if header is None:
        raise ReadingError(name, "has no rows. Write a header line and one article a row")
    names = _names(header)
    text = _first(_by_plain_name(names), _FIELDS["text"])
    if text is None:
        sample = list(itertools.islice(rows, _TABLE_SAMPLE))
        rows = itertools.chain(sample, rows)
        if _is_table(sample, len(names)):
            yield from _table(header, rows, name, encoding)
            return
        long = [column for at, column in enumerate(names) if _holds_prose(sample, at)]
        prose = _first(_by_plain_name(long), _PROSE_FIELDS)
        if prose is None:
            raise ReadingError(
                name,
                f"has no text column (its columns: {', '.join(names)[:120]}). "
                "Name one of them 'text', 'content', 'body' or '正文'",
            )
        text = "text"  # in every row, the short ones too
        names[names.index(prose)] = text
    # What stands between unquoted cells is known only where nothing was skipped.
    joined = dialect.delimiter if text == names[-1] and not dialect.skipinitialspace else None
    spaced = len(header) > 1 and all(cell.startswith(" ") for cell in header[1:])
    for number, cells in _numbered(rows, len(names), joined, name):
        if isinstance(cells, Failure):
            yield number, cells
            continue
        if spaced:
            cells = [cell.lstrip(" ") for cell in cells]  # noqa: PLW2901
        whole = dict.fromkeys(names, "") | dict(zip(names, cells, strict=False))
        yield number, _content(whole, name, number, "csv", encoding)


def _numbered(
    rows: Iterable[list[str] | csv.Error], width: int, joined: str | None, name: str
) -> Iterator[tuple[int, list[str] | Failure]]:
    """(row number from 1, at most ``width`` cells or failure) of each row that is not blank."""
    number = 0
    for row in rows:
        if isinstance(row, csv.Error):
            number += 1
            yield number, Failure(source=name, reason=f"row {number} cannot be parsed ({row})")
            continue
        if _blank(row):
            continue
        number += 1
        cells = _fitted(row, width, joined)
        if cells is None:
            reason = (
                f"row {number} has {len(row)} cells, but the header has {width}. Quote its text"
            )
            yield number, Failure(source=name, reason=reason)
            continue
        yield number, cells


def _is_table(rows: Sequence[list[str] | csv.Error], width: int) -> bool:
    """Whether most rows have the header's width, and no column of them holds prose."""
    filled = [row for row in rows if isinstance(row, list) and not _blank(row)]
    fitting = [cells for row in filled if (cells := _fitted(row, width, None)) is not None]
    if 2 * len(fitting) <= len(filled):
        return not filled
    return not any(_holds_prose(fitting, column) for column in range(width))


def _holds_prose(rows: Iterable[list[str] | csv.Error], column: int) -> bool:
    """Whether the cells of a column that are not empty are long, by their median."""
    cells = (row[column] for row in rows if isinstance(row, list) and column < len(row))
    lengths = [len(cell) for cell in cells if cell]
    return bool(lengths) and median(lengths) > _LONGEST_CELL


def _table(
    header: Sequence[str],
    rows: Iterable[list[str] | csv.Error],
    name: str,
    encoding: Mapping[str, Any],
) -> Iterator[tuple[int, Content | Failure]]:
    """Failures of rows, then the others as one Markdown table, titled by the file's name.

    Its head counts as a heading, so that every passage knows what the columns are called.

    Raises:
        ReadingError: It is too long.
    """
    head = [printable(cell).strip("\ufeff") for cell in header]
    lines = table_lines([head, [""]], head_rows=1)[:2]
    size = 0
    for number, cells in _numbered(rows, len(head), None, name):
        if isinstance(cells, Failure):
            yield number, cells
            continue
        lines.append(table_row([*map(printable, cells), *[""] * (len(head) - len(cells))]))
        size += len(lines[-1])
        if size > _LONGEST:
            raise ReadingError(name, "holds a table of more than 64 MB. Split it")
    if len(lines) == 2:
        return
    metadata = {**encoding, "rows": len(lines) - 2, "headings": [[0, len(lines[0]), 1]]}
    yield (
        1,
        Content(
            text="\n".join(lines),
            format="csv",
            title=PurePosixPath(name.replace("\\", "/")).stem,
            metadata=metadata,
            imprint=False,
        ),
    )


def _blank(row: Sequence[str]) -> bool:
    return not any(cell.strip() for cell in row)


def _names(header: Sequence[str]) -> list[str]:
    return [cell.strip().lstrip("\ufeff").lower() for cell in header]


def _by_plain_name(fields: Sequence[str]) -> dict[str, str]:
    """The fields by what :func:`_plain` makes of them; the first of a name counts."""
    return {_plain(field): field for field in reversed(fields)}


def _first(fields: Mapping[str, str], known: Iterable[str]) -> str | None:
    """The field that is called by the first of the known names."""
    return next((fields[name] for name in known if name in fields), None)


def _fitted(row: list[str], width: int, joined: str | None) -> list[str] | None:
    """At most ``width`` cells; None where there are more, and no telling which belong together.

    Args:
        row: The cells.
        width: How many the header has.
        joined: What stood between the cells of an unquoted text in the last column, if it is one.
    """
    if len(row) <= width:
        return row
    if _blank(row[width:]):
        return row[:width]  # spreadsheets fill up short rows
    if joined is None:
        return None
    return [*row[: width - 1], joined.join(row[width - 1 :])]


def _csv_lines(lines: Iterable[str | None]) -> Iterator[str]:
    """The lines with any kind of line end; one that is too long becomes empty."""
    for line in lines:
        if line is None:
            yield "\n"
        elif "\r" in line[:-2]:
            yield from _CARRIAGE_RETURN.split(line)
        else:
            yield line


class _Lines:
    """Lines for a csv reader, row by row; those of a row can be had again.

    Attributes:
        row: The lines of this row so far.
        open: Whether the lines ended within the row.
        tabs: How many a whole row has, where tabs set the cells apart; else 0.
        most: Lines of a row, at most.
    """

    def __init__(self, lines: Iterable[str], dialect: type[csv.Dialect]) -> None:
        self._lines = iter(lines)
        self._dialect = dialect
        self._again: deque[str] = deque()
        self._closes: bool | None = None
        self.row: list[str] = []
        self.open = False
        self.tabs = 0
        self.most = sys.maxsize

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines, None)
        if line is None or (self.row and (len(self.row) >= self.most or self._begins_a_row(line))):
            if line is not None:
                self._again.appendleft(line)
            self.open = bool(self.row)
            raise StopIteration
        self.row.append(line)
        return line

    def begin(self) -> None:
        """Begin a row."""
        self.row, self.open, self._closes = [], False, None

    def again(self, lines: Sequence[str]) -> None:
        """Give these lines once more."""
        self._again.extendleft(reversed(lines))

    def _begins_a_row(self, line: str) -> bool:
        """In a file with tabs prose has none: a line with all of them is a row of its own.

        Not so where the quote is closed as it should be: such a cell may hold a table.
        """
        if (
            self.tabs == 0
            or line.count("\t") != self.tabs
            or sum(before.count("\t") for before in self.row) < self.tabs
        ):
            return False
        if self._closes is None:
            self._closes = self._closes_after(line)
        return not self._closes

    def _closes_after(self, line: str) -> bool:
        """Whether the lines of the row, this one and the next make a row without a fault."""
        ahead = min(_AHEAD, self.most)
        missing = max(0, ahead - len(self._again))
        self._again.extend(itertools.islice(self._lines, missing))
        lines = itertools.chain(self.row, [line], itertools.islice(self._again, ahead))
        try:
            cells = next(csv.reader(lines, self._dialect, strict=True))
        except (csv.Error, StopIteration):
            return False
        return len(cells) == self.tabs + 1


def _csv_rows(lines: Iterable[str], dialect: type[csv.Dialect]) -> Iterator[list[str] | csv.Error]:
    """The cells of each row, the header first.

    A quote that never closes swallows all that follows. Where there are rows among it, they are
    given back; else it is the rest of an article.
    """
    source = _Lines(lines, dialect)
    rows = csv.reader(source, dialect)
    width = faults = 0
    while True:
        source.begin()
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield error
            continue
        if source.open:
            faults += 1
            if faults == _FAULTS:
                source.most = _FAULTS  # else the time grows with the square of the file
            # The last cell is what stands behind the quote; of too many, the first line is at fault.
            behind = max(1, len(_LINE.findall(row[-1]))) if len(row) <= width else len(source.row)
            opened = len(source.row) - behind
            swallowed = source.row[opened + 1 :]
            rows_within = any(len(_row([line], dialect)) == width for line in swallowed)
            if rows_within or not (width and swallowed):
                source.again(swallowed)
                row = _mended(source.row[: opened + 1], dialect, width)
            row[-1] = row[-1].rstrip("\r\n")
        if not width and not _blank(row):
            width = len(row)
            source.tabs = width - 1 if dialect.delimiter == "\t" else 0
        yield row


def _row(lines: Sequence[str], dialect: type[csv.Dialect]) -> list[str]:
    return next(csv.reader(lines, dialect), [])


def _mended(lines: Sequence[str], dialect: type[csv.Dialect], width: int) -> list[str]:
    """The cells of a row whose last quote never closes.

    Without that quote where this makes a whole row, else as if it closed where the line ends.
    """
    *before, last = lines
    opening = [
        at
        for at, character in enumerate(last)
        if character == dialect.quotechar and last[:at].rstrip(" ")[-1:] in {"", dialect.delimiter}
    ]
    if opening:
        row = _row([*before, last[: opening[-1]] + last[opening[-1] + 1 :]], dialect)
        if len(row) == width or not width:
            return row
    return _row(lines, dialect)


def _dialect(first: Sequence[str], delimiter: str | None) -> type[csv.Dialect]:
    """How the cells are set apart, as the first lines tell.

    The header decides on the delimiter: it has no prose in it, and must name the text.
    """

    class Found(csv.excel):
        pass

    top = next((line for line in first if line.strip()), "")
    Found.quotechar = "'" if top.startswith("'") else '"'

    def rows(delimiter: str, *, skip: bool = False) -> list[list[str]]:
        with contextlib.suppress(csv.Error):
            read = csv.reader(first, Found, delimiter=delimiter, skipinitialspace=skip)
            return [row for row in read if not _blank(row)]
        return []

    def names_text(delimiter: str) -> tuple[bool, int]:
        header = _names(next(iter(rows(delimiter)), []))
        known = (*_FIELDS["text"], *_PROSE_FIELDS)
        return _first(_by_plain_name(header), known) is not None, len(header)

    Found.delimiter = delimiter or max(_DELIMITERS, key=names_text)

    def fitting(*, skip: bool) -> int:
        header, *others = rows(Found.delimiter, skip=skip) or [[]]
        return sum(len(row) == len(header) for row in others)

    # A quote behind a space opens a cell only where the rows come out right by it.
    Found.skipinitialspace = fitting(skip=True) > fitting(skip=False)
    return Found


def _encoding(stream: IO[bytes], name: str) -> dict[str, Any]:
    """Tell the encoding of ``stream``, which is put back behind its byte order mark, if any.

    A file may begin with a long stretch of ASCII: the first block that has more is looked at.
    """
    first = sample = stream.read(_SAMPLE)
    for _ in range(_BLOCKS):
        if not sample.isascii() or b"\0" in sample or len(sample) < _SAMPLE:
            break
        sample = stream.read(_SAMPLE) or first
    if len(sample) == _SAMPLE:
        sample = sample[sample.find(b"\n") + 1 if sample is not first else 0 :]
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    found = decode(_majority(sample))
    if found is None:
        raise ReadingError(name, "is binary or in an unknown encoding. Save it as UTF-8 and retry")
    marks = {b"\xef\xbb\xbf": 3, b"\xff\xfe": 2, b"\xfe\xff": 2}
    stream.seek(next((size for mark, size in marks.items() if first.startswith(mark)), 0))
    doubt = {"encoding_doubt": found.doubt} if found.doubt else {}
    return {"encoding": found.encoding, **doubt}


def _majority(sample: bytes) -> bytes:
    """The lines that are UTF-8 if most are: a file may be put together from several sources."""
    if b"\0" in sample[:4]:
        return sample
    lines = [line for line in sample.split(b"\n") if not line.isascii()]
    valid = [line for line in lines if _is_utf8(line)]
    return b"\n".join(valid) if len(lines) > len(valid) >= len(lines) / 2 else sample


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    """The name of a field in lower case, without accents and what stands between its words."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKD", name.strip().lower()))


def _filled(row: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a row that are not empty, as :func:`_by_plain_name` gives them."""
    return _by_plain_name([field for field, value in row.items() if value not in (None, "")])


def _content(
    row: Mapping[str, Any], name: str, number: int, kind: str, encoding: Mapping[str, Any]
) -> Content | Failure:
    row = {str(key).strip().lower(): value for key, value in row.items() if key is not None}
    filled = _filled(row)
    fields = {meaning: _first(filled, known) for meaning, known in _FIELDS.items()}
    prose = _first(filled, _PROSE_FIELDS)
    if fields["text"] is None and prose is not None and _is_prose(row[prose]):
        fields["text"] = prose
    text = row.get(fields["text"] or "")
    if isinstance(text, list):
        text = "\n\n".join(item for item in text if isinstance(item, str))
    if not isinstance(text, str) or not text.strip():
        return Failure(source=name, reason=f"row {number} has no text{_lack(row)}")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    metadata: dict[str, Any] = dict(encoding)
    metadata["row"] = number
    text = printable(text)
    fragment = read_fragment(text)
    if fragment is not None:
        text, headings = fragment
        if headings:
            metadata["headings"] = headings
    published = iso_date(row[fields["published"]]) if fields["published"] else None
    if published is None:
        fields["published"] = None  # what cannot be told stays as it stands
    used = {field for field in fields.values() if field}
    for key, value in itertools.islice(row.items(), _EXTRA_FIELDS):
        if key in used or key in metadata or key in OFFSETS or value in (None, ""):
            continue
        value = json_value(value)  # noqa: PLW2901
        if len(value if isinstance(value, str) else json.dumps(value)) <= _EXTRA_LENGTH:
            metadata[key] = value
    publisher = _string(row, fields["publisher"])
    url, title = _string(row, fields["url"]), _string(row, fields["title"])
    if publisher and publisher.startswith(("http://", "https://")):
        url, publisher = url or publisher, None
    if url:
        metadata["url"] = url
    return Content(
        text=text,
        format=kind,
        title=title if fragment is None else _unmarked(title),
        published=published,
        publisher=publisher,
        language=_string(row, fields["language"]),
        metadata=metadata,
    )


def _lack(row: Mapping[str, Any]) -> str:
    """Why a row has no text, and what to do, to follow "has no text"."""
    field = _first(_by_plain_name(list(row)), _FIELDS["text"])
    if field is None:
        return f" (its fields: {', '.join(list(row)[:8])}). Name one 'text' or '正文'"
    value = row[field]
    if value in (None, "", []) or (isinstance(value, str) and not value.strip()):
        return f": its {field!r} is empty. Fill it in, or leave the row out"
    return f": its {field!r} is no text. Write the text there"


def _is_prose(value: Any) -> bool:
    return isinstance(value, str) and len(value) > _LONGEST_CELL


def _unmarked(title: str | None) -> str | None:
    """A title that was kept as HTML, like its article: "Tom &amp; Jerry"."""
    if title is None:
        return None
    return printable(" ".join(unescape(_INLINE_TAG.sub("", title)).split())) or None


def _string(row: Mapping[str, Any], field: str | None) -> str | None:
    value = row.get(field) if field else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("title")
    if value is None or isinstance(value, (dict, list, bool)):
        return None
    return printable(" ".join(str(value).split()))[:500] or None
