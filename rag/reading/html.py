"""HTML -> the main content without the page's furniture, by trafilatura; headings keep their spans."""

from __future__ import annotations

import itertools
import json
import re
from html.parser import HTMLParser
from typing import Any, NamedTuple

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import printable
from rag.reading.imprint import read_imprint, without_site_name
from rag.reading.plain import decoded, encoding_of
from rag.reading.tables import table_lines

__all__ = ["read_fragment", "read_html"]

_CHARSET = re.compile(
    rb"""<(?:meta[^>]+?charset|\?xml[^>]+?encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.IGNORECASE
)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DATE_NAMES = (
    "article:published_time", "datepublished", "publishdate", "pubdate", "publish-date", "publish_date",
    "publishtime", "date", "dc.date", "dc.date.issued", "dcterms.date", "dcterms.created", "og:published_time",
    "og:release_date", "weibo: article:create_at", "parsely-pub-date", "sailthru.date", "citation_date",
    "citation_publication_date", "firstpublishedtime",
)  # fmt: skip
_SITE_NAMES = ("og:site_name", "application-name", "dc.publisher", "publisher", "mediaid", "source")
#: Less text than this share of what the whole body holds: the extraction missed the article.
_MISSED = 0.25
#: A block of so many characters that was extracted marks the article's place on the page.
_ANCHOR = 12
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_DROPPED = {
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select",
    "iframe", "svg", "canvas", "object", "dialog", "menu",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "blockquote",
    "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "body", "center", "td", "th",
    "figure", "figcaption", "header", "form", "details", "summary",
}  # fmt: skip
#: Markup of an article: it begins with a block, and blocks are closed in it.
_OPENS_BLOCK = re.compile(
    r"\s*(?:<!--[^<>]{0,200}-->\s*)*"
    r"<(?:p|div|section|article|main|h[1-6]|ul|ol|table|blockquote|figure|center)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_CLOSES_BLOCK = re.compile(
    r"</(?:p|div|section|article|main|h[1-6]|ul|ol|table|blockquote)\s*>", re.IGNORECASE
)
#: More than this share of the text outside of blocks, or with blank lines in it: Markdown with some HTML.
_LOOSE = 0.1
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_NUMBER = re.compile(r"\s*[-+\u2212]?\d")
#: A longer cell holds prose, and its row is no row of figures: the layout of a page, perhaps.
_LONGEST_CELL = 200
#: A lone cell of this length may be a row whose other cells are empty.
_LONE_CELL = 60
_WIDEST_SPAN = 50
#: Where generators of documentation put a link to the place itself.
_LINKED_PLACES = ("h1", "h2", "h3", "h4", "h5", "h6", "dt", "caption", "figcaption", "summary")
#: The text of such a link: a sign, or nothing that shows.
_PERMALINK = re.compile(r"[¶#§🔗⚓\s\u200b-\u200d\ufe0f\ufeff]*")
#: A longer term is no name of what is defined.
_LONGEST_TERM = 80
_SENTENCE_ENDS = (".", "?", "!", "。", "？", "！")
_HAN = re.compile(r"[\u3400-\u9fff]")


def read_html(data: bytes, name: str) -> Content:
    """The article on a page: title, date and publisher from its markup, headings as spans.

    trafilatura tells which paragraphs are the main content; the headings, lists and tables among
    them are kept with them, in the page's own order.

    Raises:
        ReadingError: The page cannot be parsed.
    """
    found = _CHARSET.search(data[:4096])
    result = decoded(data, name, declared=found[1].decode() if found else None)
    from lxml import etree
    from lxml import html as lxml_html

    page = _XML_DECLARATION.sub("", result.text, count=1)
    try:
        parser = lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(page, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise ReadingError(name, "holds no HTML that can be parsed. Check the file") from error
    _drop_permalinks(tree)
    fields = _fields(tree)
    blocks = _blocks(tree)
    main = _main(blocks, _extracted(page))
    text, headings = _written(main)
    # Date and source often stand on a line above the article that does not belong to it.
    first = next((i for i, block in enumerate(blocks) if main and block is main[0]), 0)
    above = [_line(block) for block in blocks[max(0, first - 8) : first] if not block.linked]
    imprint = read_imprint("\n".join([*above, text[:1000], ""]))
    # libxml2 gives up on tags nested by the hundred.
    text = text or _Stripped.text_of(page)
    metadata: dict[str, Any] = encoding_of(result)
    if headings:
        metadata["headings"] = headings
    if fields.get("url"):
        metadata["url"] = fields["url"]
    return Content(
        text=text,
        format="html",
        title=fields.get("title"),
        published=fields.get("published") or imprint.published,
        publisher=fields.get("publisher") or imprint.publisher,
        language=fields.get("language"),
        metadata=metadata,
    )


def read_fragment(text: str) -> tuple[str, list[list[int]]] | None:
    """The text of an article that a system for web pages keeps as HTML, and its headings as spans.

    Returns:
        (text, [start, end, level] of each heading); None where ``text`` is no such markup.
    """
    if not (_OPENS_BLOCK.match(text) and _CLOSES_BLOCK.search(text)):
        return None
    from lxml import etree
    from lxml import html as lxml_html

    try:
        parser = lxml_html.HTMLParser(huge_tree=False, remove_comments=True, remove_pis=True)
        tree = lxml_html.document_fromstring(f"<body>{text}</body>", parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None
    body = tree.find("body")
    # libxml2 gives up on tags nested by the hundred, and loses what follows.
    if body is None or parser.error_log.filter_from_fatals():
        return None
    if _loose(body) > _LOOSE * _size(body):
        return None
    for element in list(body.iter("header", "footer", "aside")):
        element.tag = "div"  # it belongs to the article here, not to the page
    _drop_permalinks(tree)
    written, headings = _written(_blocks(tree))
    return (written, headings) if written.strip() else None


def _loose(body: Any) -> int:
    """How many characters stand outside of the elements of a body, or in text with blank lines."""
    outside = body.xpath("text()")
    inside = body.xpath("*//text()[not(ancestor::pre or ancestor::script or ancestor::style)]")
    parted = [text for text in inside if _BLANK_LINE.search(text.strip())]
    return sum(len(text.strip()) for text in [*outside, *parted])


class _Block(NamedTuple):
    """A line of the page: a paragraph, heading, list item or table row."""

    text: str
    level: int | None  # of a heading
    linked: int  # characters that are links
    tight: bool  # a list item or row: no blank line after it
    tag: str = ""  # the element that ended with it
    defines: bool = False  # the first of what is said of a term
    term: str = ""  # which it defines
    table: int = 0  # the number of the table whose row it is, from 1
    cells: tuple[str, ...] = ()  # of the row
    head: bool = False  # its cells are marked as head


class _Writer:
    """Gathers the text of a page into blocks.

    Attributes:
        blocks: Those that are closed.
        link_depth: Whether what is written now is a link.
        verbatim: Whether its line breaks and spaces stay.
        raised: Whether it is a superscript.
        defining: Whether it begins the definition of a term.
    """

    def __init__(self) -> None:
        self.blocks: list[_Block] = []
        self.link_depth = 0
        self.verbatim = self.raised = self.defining = False
        self._parts: list[str] = []
        self._linked = 0
        self._cells: list[str] = []
        self._own: list[str] = []
        self._head = True
        self._hanging: dict[int, tuple[int, str]] = {}

    def write(self, text: str | None) -> None:
        if not text:
            return
        if self.raised and _NUMBER.match(text) and self._ends_in_digit():
            self._parts.append("^")  # 10^24 and 2023^4 are not 1024 and 20234
        self._parts.append(text)
        if self.link_depth:
            self._linked += len(text.strip())

    def close(self, tag: str = "", *, level: int | None = None, tight: bool = False) -> None:
        """End the block, if anything is in it; ``tag`` is the element that ends with it."""
        if self._cells:
            self.close_row(0)  # the rest of it is a table within a cell
        text = "".join(self._parts)
        if self.verbatim:
            text = "\n".join(map(str.rstrip, text.split("\n"))).strip("\n")
            if level:
                text = " ".join(text.split())
        else:
            text = " ".join(text.split())
        text = printable(text)
        if text.strip() and text != "-":
            defines = self.defining and not (level or self.verbatim or text.startswith("- "))
            self.blocks.append(_Block(text, level, self._linked, tight, tag, defines))
            self.defining = False
        self._parts.clear()
        self._linked = 0

    def close_cell(self, *, head: bool, columns: int, rows: int) -> None:
        """End a cell of a row, which spans so many columns and rows."""
        self._hang()
        text = printable(" ".join("".join(self._parts).split()))
        self._parts.clear()
        self._own.append(text)
        self._head = self._head and (head or not text)
        if rows > 1:
            self._hanging[len(self._cells)] = (rows - 1, text)
        self._cells += [text, *[""] * (columns - 1)]

    def close_row(self, table: int) -> None:
        """End a row of a table with a number, else a line of cells.

        One cell that tells is a line like any other, unless it stands among rows.
        """
        if "".join(self._parts).strip():
            self.close_cell(head=False, columns=1, rows=1)
        self._hang()
        cells = tuple(self._cells)
        filled = [cell for cell in cells if cell]
        last = self.blocks[-1] if self.blocks else None
        among = last is not None and last.table == table and len(last.cells) == len(cells)
        longest = max(map(len, filled), default=0)
        several = len(filled) > 1 or (filled and among and longest <= _LONE_CELL)
        if table and several and longest <= _LONGEST_CELL:
            row = _Block(" ".join(self._own), None, self._linked, tight=True)
            self.blocks.append(row._replace(table=table, cells=cells, head=self._head))
        elif filled and filled != ["-"]:
            self.blocks.append(_Block(" | ".join(filled), None, self._linked, tight=True))
        self._cells, self._own, self._head, self._linked = [], [], True, 0
        self.defining = False

    def open_table(self) -> None:
        """No cell of a row before spans the rows that come."""
        self._hanging = {}

    def _hang(self) -> None:
        """Repeat the cells above that span this row too."""
        while hanging := self._hanging.pop(len(self._cells), None):
            rows, text = hanging
            if rows > 1:
                self._hanging[len(self._cells)] = (rows - 1, text)
            self._cells.append(text)

    def _ends_in_digit(self) -> bool:
        return bool(self._parts) and self._parts[-1][-1:].isdigit()


def _blocks(tree: Any) -> list[_Block]:
    """The lines of a page in its order, without scripts, navigation and forms."""
    writer = _Writer()
    in_row = in_head = False
    tables: list[int] = []  # those that are open; 0 for one that only lays out the page
    count = 0
    skipped: Any = None
    body = tree.find("body")
    root = tree if body is None else body
    size = _size(root)
    for element, leaving in _walk(root):
        tag = element.tag if isinstance(element.tag, str) else "script"
        if skipped is not None:
            if leaving and element is skipped:
                skipped = None
                writer.write(element.tail)
            continue
        if not leaving and (_is_furniture(element, tag, size) or _is_hidden(element)):
            skipped = element
            continue
        if tag == "thead":
            in_head = not leaving
        elif tag == "table" and leaving:
            del tables[-1:]
        elif tag == "table":
            count += 1
            tables.append(0 if element.get("role") in {"presentation", "none"} else count)
            writer.open_table()
        if tag == "a":
            writer.link_depth += -1 if leaving else 1
        elif tag == "sup":
            writer.raised = not leaving
        elif tag in {"td", "th"} and in_row:
            if leaving:
                columns, rows = (_span(element, name) for name in ("colspan", "rowspan"))
                writer.close_cell(head=in_head or tag == "th", columns=columns, rows=rows)
        elif in_row and tag != "tr":
            if tag in _HEADINGS and tables:
                tables[-1] = 0
            if tag in _BLOCKS or tag == "br":
                writer.write(" ")
        elif tag == "br":
            if writer.verbatim:
                writer.write(None if leaving else "\n")
            elif not leaving:
                writer.close(tight=True)
        elif tag == "tr" and leaving and in_row:
            writer.close_row(tables[-1] if tables else 0)
            in_row = False
        elif tag in _BLOCKS:
            level = int(tag[1]) if leaving and tag in _HEADINGS else None
            tight = tag in {"tr", "li"} or (writer.verbatim and tag != "pre")
            writer.close(tag if leaving else "", level=level, tight=tight)
            in_row = tag == "tr" and not leaving
            if tag in {"dt", "dd"}:
                writer.defining = tag == "dd" and not leaving
            if tag == "pre":
                writer.verbatim = not leaving
        if not leaving:
            writer.write(("- " if tag == "li" else "") + (element.text or ""))
        else:
            writer.write(element.tail)
    writer.close()
    return _with_terms(writer.blocks)


def _with_terms(blocks: list[_Block]) -> list[_Block]:
    """The blocks with each term of a definition list joined to what is first said of it.

    A question that is answered there stays a line of its own, and so does a link.
    """
    joined: list[_Block] = []
    for block in blocks:
        first = len(joined)
        while block.defines and first and joined[first - 1].tag == "dt":
            first -= 1
        terms = [term.text for term in joined[first:] if 2 * term.linked < len(term.text)]
        named = ", ".join(terms)
        if (
            first < len(joined)
            and len(terms) == len(joined) - first
            and len(named) <= _LONGEST_TERM
            and not named.endswith(_SENTENCE_ENDS)
        ):
            del joined[first:]
            joined.append(block._replace(term=named))
        else:
            joined.append(block)
    return joined


def _drop_permalinks(tree: Any) -> None:
    """Take out the links to the place where they stand: "Retries¶" is the heading "Retries".

    Of a term that is such a link as a whole, its text stays.
    """
    for place in list(tree.iter(*_LINKED_PLACES)):
        for link in list(place.iter("a")):
            shown = link.find(".//img") is not None
            target = link.get("href") or ""
            if "#" in target and not shown and _PERMALINK.fullmatch(link.text_content()):
                link.drop_tree()
            elif place.tag == "dt" and len(target) > 1 and target == f"#{place.get('id')}":
                link.drop_tag()


def _span(cell: Any, name: str) -> int:
    """How many columns or rows a cell spans."""
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), _WIDEST_SPAN) if value.isdecimal() else 1


def _is_furniture(element: Any, tag: str, size: int) -> bool:
    """Whether an element belongs to the page, which holds ``size`` characters, not to what it tells.

    The header of an article often holds its lead, and some servers write every page as one form.
    """
    if tag == "header":
        return next(element.iterancestors("article", "main"), None) is None
    if tag == "form":
        return _size(element) * 2 < size
    return tag in _DROPPED


def _size(element: Any) -> int:
    """How many characters of text, not of script, stand in an element."""
    return sum(
        len((one.text or "").strip()) + (0 if one is element else len((one.tail or "").strip()))
        for one in element.iter()
        if one.tag not in {"script", "style"}
    )


def _is_hidden(element: Any) -> bool:
    style = (element.get("style") or "").replace(" ", "").lower()
    return (
        "display:none" in style
        or element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
    )


def _main(blocks: list[_Block], extracted: str | None) -> list[_Block]:
    """The blocks that make up the article.

    Those that trafilatura took, from the first to the last of some length, and what stands between:
    not lines made of links. The heading just before them belongs to them. Where trafilatura found
    nothing, or next to nothing, every line that is not made of links.
    """
    prose = [block for block in blocks if block.linked * 2 < len(block.text)]
    if extracted is None:
        return prose
    taken = [_squeezed(block.text) in extracted for block in blocks]
    anchors = [i for i, block in enumerate(blocks) if taken[i] and len(block.text) >= _ANCHOR]
    if not anchors:
        return prose
    first, last = anchors[0], anchors[-1]
    while first and (
        blocks[first - 1].level or (taken[first - 1] and not blocks[first - 1].linked)
    ):
        first -= 1
    while (
        last + 1 < len(blocks)
        and (taken[last + 1] or blocks[last + 1].tag == "figcaption")
        and not blocks[last + 1].linked
    ):
        last += 1
    for above in range(max(0, first - 4), first):
        if blocks[above].level == 1:
            first = above
            break
    main = [
        block
        for i, block in enumerate(blocks[first : last + 1], first)
        if taken[i] or block.level or block.linked * 2 < len(block.text)
    ]
    size = sum(len(block.text) for block in main)
    return main if size >= _MISSED * sum(len(block.text) for block in prose) else prose


def _written(blocks: list[_Block]) -> tuple[str, list[list[int]]]:
    """The text of the blocks, and [start, end, level] of the headings in it."""
    parts: list[str] = []
    headings: list[list[int]] = []
    length = 0
    for table, group in itertools.groupby(blocks, key=lambda block: block.table):
        if table:
            rows = list(group)
            head = list(itertools.takewhile(lambda row: row.head, rows))
            lines = table_lines([row.cells for row in rows], head_rows=len(head))
            parts.append("\n".join(lines) + "\n\n")
            length += len(parts[-1])
            continue
        for block in group:
            if block.level:
                headings.append([length, length + len(block.text), block.level])
            parts.append(_line(block) + ("\n" if block.tight else "\n\n"))
            length += len(parts[-1])
    return "".join(parts).rstrip("\n"), headings


def _line(block: _Block) -> str:
    if not block.term:
        return block.text
    if block.term.endswith((":", "：")):
        return f"{block.term} {block.text}"
    colon = "：" if _HAN.search(block.term[-1]) else ": "
    return f"{block.term}{colon}{block.text}"


def _extracted(page: str) -> str | None:
    """What trafilatura takes for the main content, without white space; None if it finds nothing."""
    import logging

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    import trafilatura
    from trafilatura.settings import use_config

    config = use_config()
    # Its limits are set for European scripts: a Chinese notice of 60 characters is an article.
    config["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "40"
    config["DEFAULT"]["EXTRACTION_TIMEOUT"] = "0"
    try:
        found = trafilatura.bare_extraction(
            page,
            include_comments=False,
            include_tables=True,
            include_formatting=True,
            favor_recall=True,
            with_metadata=False,
            config=config,
        )
    except Exception:  # noqa: BLE001 - a page that trips the library is read whole instead
        return None
    body = getattr(found, "body", None)
    return None if body is None else _squeezed("".join(body.itertext()))


def _squeezed(text: str) -> str:
    """``text`` without white space and the marks that only this module writes."""
    return "".join(text.split()).lstrip("-").replace("|", "").replace("^", "")


class _Stripped(HTMLParser):
    """All text of a page outside scripts and styles, however broken its markup is."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = False

    @classmethod
    def text_of(cls, page: str) -> str:
        parser = cls()
        parser.feed(page)
        lines = (" ".join(line.split()) for line in "".join(parser.parts).split("\n"))
        return printable("\n\n".join(line for line in lines if line))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._silent = tag in {"script", "style", "title"}
        if tag in _BLOCKS or tag == "br":
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)


def _walk(root: Any) -> Any:
    """(element, leaving) in document order, without recursion: pages can be nested very deep."""
    stack = [(root, False)]
    while stack:
        element, leaving = stack.pop()
        yield element, leaving
        if not leaving:
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(list(element)))


def _fields(tree: Any) -> dict[str, str]:
    """Title, date, publisher, language and address that the markup tells."""
    meta: dict[str, str] = {}
    for element in tree.iter("meta"):
        key = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = (element.get("content") or "").strip()
        if key and value:
            meta.setdefault(key.lower().strip(), printable(value))
    linked = _linked_data(tree)
    fields: dict[str, str | None] = {}
    published = [meta.get(name) for name in _DATE_NAMES] + [linked.get("datePublished")]
    times = tree.xpath("//time[@datetime]/@datetime") or []
    fields["published"] = next(
        (d for v in [*published, *times[:1]] if v and (d := iso_date(v))), None
    )
    fields["publisher"] = next((meta[n] for n in _SITE_NAMES if meta.get(n)), None) or linked.get(
        "publisher"
    )
    if fields["publisher"] and fields["publisher"].startswith("http"):
        fields["publisher"] = None
    fields["title"] = _title_of(tree, meta, linked, fields["publisher"])
    language = (
        tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    ).strip()
    # Most pages say "en" or "zh-CN" by template; only Chinese variants are worth believing.
    fields["language"] = "zh-Hant" if language.lower() in {"zh-tw", "zh-hk", "zh-hant"} else None
    canonical = tree.xpath("//link[@rel='canonical']/@href") or []
    fields["url"] = meta.get("og:url") or (str(canonical[0]) if canonical else None)
    return {key: value for key, value in fields.items() if value}


def _title_of(
    tree: Any, meta: dict[str, str], linked: dict[str, str], site: str | None
) -> str | None:
    headings = [" ".join(h.text_content().split()) for h in tree.iter("h1")]
    found = tree.find(".//title")
    page = " ".join(found.text_content().split()) if found is not None else ""
    named = meta.get("og:title") or linked.get("headline") or ""
    # The only h1 is the title when the page's own title begins with it or holds it.
    if len(headings) == 1 and headings[0] and (not page or headings[0] in page or not named):
        return printable(headings[0])
    title = named or page
    if site:
        title = re.sub(rf"\s*[-_|｜–—]\s*{re.escape(site)}\s*$", "", title)
    return printable(without_site_name(title.strip())) or None


def _linked_data(tree: Any) -> dict[str, str]:
    """headline, datePublished and publisher of the page's JSON-LD."""
    found: dict[str, str] = {}
    for script in tree.xpath("//script[@type='application/ld+json']")[:5]:
        try:
            data = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        items = data.get("@graph", [data]) if isinstance(data, dict) else data
        for item in items if isinstance(items, list) else []:
            if not isinstance(item, dict):
                continue
            for key in ("headline", "datePublished"):
                if isinstance(item.get(key), str):
                    found.setdefault(key, item[key])
            publisher = item.get("publisher")
            if isinstance(publisher, dict) and isinstance(publisher.get("name"), str):
                found.setdefault("publisher", publisher["name"])
    return found
