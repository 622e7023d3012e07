"""HTML -> the main content without the page's furniture, by trafilatura; headings keep their spans."""

from __future__ import annotations

import json
import re
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import printable
from rag.reading.imprint import without_site_name
from rag.reading.plain import decoded, encoding_of

__all__ = ["read_html"]

_CHARSET = re.compile(
    rb"""<(?:meta[^>]+?charset|\?xml[^>]+?encoding)\s*=\s*["']?\s*([\w-]{2,20})""", re.I
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
_DROPPED = {
    "script", "style", "noscript", "template", "nav", "header", "footer", "aside", "form", "button", "select",
    "iframe", "svg", "canvas", "object", "figure", "dialog", "menu",
}  # fmt: skip
_BLOCKS = {
    "p", "div", "section", "article", "main", "li", "ul", "ol", "dl", "dt", "dd", "table", "tr", "blockquote",
    "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "body", "center", "td", "th",
}  # fmt: skip


def read_html(data: bytes, name: str) -> Content:
    """The article on a page: title, date and publisher from its markup, headings as spans.

    Raises:
        ReadingError: The page cannot be parsed or holds no text.
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
    fields = _fields(tree)
    writer = _extracted(page) or _Writer()
    whole = _Writer()
    whole.body(tree)
    if writer.size < _MISSED * whole.size:
        writer = whole
    text, headings = writer.result()
    metadata: dict[str, Any] = encoding_of(result)
    if headings:
        metadata["headings"] = headings
    if fields.get("url"):
        metadata["url"] = fields["url"]
    return Content(
        text=text,
        format="html",
        title=fields.get("title"),
        published=fields.get("published"),
        publisher=fields.get("publisher"),
        language=fields.get("language"),
        metadata=metadata,
    )


def _extracted(page: str) -> _Writer | None:
    """What trafilatura takes for the main content, or None."""
    import logging

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    import trafilatura

    try:
        extracted = trafilatura.bare_extraction(
            page,
            include_comments=False,
            include_tables=True,
            include_formatting=True,
            favor_recall=True,
            with_metadata=False,
        )
    except Exception:  # noqa: BLE001 - a page that trips the library is read whole instead
        return None
    body = getattr(extracted, "body", None)
    if body is None:
        return None
    writer = _Writer()
    writer.extracted(body)
    return writer


class _Writer:
    """Lines of text with the spans of the headings among them."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._line: list[str] = []
        self._headings: list[tuple[int, int, int]] = []
        self._length = 0
        self.size = 0

    def result(self) -> tuple[str, list[list[int]]]:
        self._break()
        return "".join(self._parts), [list(heading) for heading in self._headings]

    def extracted(self, body: Any) -> None:
        """Write trafilatura's tree: head, p, list/item, table/row/cell, quote, code, lb."""
        for element, leaving in _walk(body):
            tag = element.tag if isinstance(element.tag, str) else ""
            if leaving:
                if tag == "head":
                    level = str(element.get("rend") or "h2")[-1:]
                    self._break(heading=int(level) if level.isdigit() else 2)
                elif tag in {"p", "item", "row", "quote", "list", "table", "code"}:
                    self._break()
                elif tag == "cell":
                    self._line.append(" | ")
                self._line.append(element.tail or "")
                continue
            if tag in {"head", "p", "list", "table", "quote"}:
                self._break()
            if tag == "lb":
                self._break(blank=False)
            elif tag == "item":
                self._break(blank=False)
                self._line.append("- ")
            self._line.append(element.text or "")

    def body(self, tree: Any) -> None:
        """Write a page's own tree, furniture elements left out."""
        start = next(iter(tree.xpath("//article|//main")), None)
        if start is None or len("".join(start.itertext())) < 200:
            start = tree.find("body")
        skipped: Any = None
        for element, leaving in _walk(tree if start is None else start):
            tag = element.tag if isinstance(element.tag, str) else "script"
            if skipped is not None:
                if leaving and element is skipped:
                    skipped = None
                    self._line.append(element.tail or "")
                continue
            if not leaving and (tag in _DROPPED or tag == "head"):
                skipped = element
                continue
            if tag == "br" and not leaving:
                self._break(blank=False)
            elif tag in _BLOCKS:
                level = (
                    int(tag[1]) if leaving and tag in {"h1", "h2", "h3", "h4", "h5", "h6"} else None
                )
                self._break(heading=level, blank=tag not in {"tr", "li", "td", "th"})
            if leaving:
                self._line.append(element.tail or "")
            else:
                self._line.append(("- " if tag == "li" else "") + (element.text or ""))

    def _break(self, *, heading: int | None = None, blank: bool = True) -> None:
        line = " ".join("".join(self._line).split()).strip(" |")
        self._line = []
        if not line or line == "-":
            if blank and self._parts and not self._parts[-1].endswith("\n\n"):
                self._parts.append("\n")
                self._length += 1
            return
        line = printable(line)
        if heading is not None:
            self._headings.append((self._length, self._length + len(line), heading))
        self.size += len(line)
        self._parts.append(line + ("\n\n" if blank else "\n"))
        self._length += len(self._parts[-1])


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
