"""Plain text and Markdown: bytes -> :class:`Content`, with the encoding told."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import Content
from rag.reading.dates import iso_date
from rag.reading.decoding import Decoded, decode, printable

__all__ = ["decoded", "encoding_of", "front_matter", "json_value", "read_markdown", "read_text"]

_FRONT = re.compile(r"---[^\S\n]*\n(.*?\n)?(?:---|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)
_FRONT_LIMIT = 1 << 16
#: Fields of front matter (and of other metadata) by what they mean here.
_TITLE = ("title", "标题", "標題", "headline")
_PUBLISHED = (
    "published",
    "date",
    "published_at",
    "publish_date",
    "日期",
    "发布时间",
    "时间",
    "created",
)
_PUBLISHER = ("publisher", "source", "site", "来源", "來源", "出处", "publication")
_LANGUAGE = ("language", "lang", "语言")


def decoded(data: bytes, name: str, *, declared: str | None = None) -> Decoded:
    """The text of ``data``.

    Raises:
        ReadingError: The bytes are no text.
    """
    result = decode(data, declared=declared)
    if result is None:
        raise ReadingError(
            name, "is binary or in an unknown encoding. Save it as UTF-8 text and try again"
        )
    return result


def encoding_of(result: Decoded) -> dict[str, Any]:
    """What a document's metadata says about its encoding."""
    doubt = {"encoding_doubt": result.doubt} if result.doubt else {}
    return {"encoding": result.encoding, **doubt}


def read_text(data: bytes, name: str) -> Content:
    """A plain text file."""
    result = decoded(data, name)
    return Content(text=result.text, format="text", metadata=encoding_of(result))


def read_markdown(data: bytes, name: str) -> Content:
    """A Markdown file; its front matter becomes fields and leaves the text."""
    result = decoded(data, name)
    fields, text = front_matter(result.text)
    metadata = encoding_of(result)

    def take(names: tuple[str, ...]) -> Any:
        return next((fields.pop(key) for key in names if fields.get(key)), None)

    title, published = take(_TITLE), iso_date(take(_PUBLISHED))
    publisher, language = take(_PUBLISHER), take(_LANGUAGE)
    metadata.update({key: value for key, value in fields.items() if key not in metadata})
    return Content(
        text=text,
        format="markdown",
        title=str(title).strip() if title else None,
        published=published,
        publisher=str(publisher).strip() if publisher else None,
        language=str(language) if language else None,
        metadata=metadata,
    )


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(fields, text after them); no fields where the text has no valid front matter.

    YAML aliases are refused: a few lines of them can stand for gigabytes.
    """
    match = _FRONT.match(text[: _FRONT_LIMIT + 8])
    if not match:
        return {}, text
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        block = match[1] or ""
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(block, Loader=loader)):
            return {}, text
        fields = yaml.load(block, Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    if fields is None:
        return {}, text[match.end() :]
    if not isinstance(fields, dict):
        return {}, text
    return {str(key): json_value(value) for key, value in fields.items()}, text[match.end() :]


def json_value(value: Any) -> Any:
    """``value`` as JSON knows it: dates as ISO text, anything unknown as text."""
    if isinstance(value, str):
        return printable(value)
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if value - value == 0 else str(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [json_value(item) for item in value]
    return str(value)
