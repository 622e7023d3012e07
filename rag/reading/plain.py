"""Plain text and Markdown: bytes -> :class:`Content`, with the encoding told."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from rag.errors import ReadingError
from rag.reading.content import OFFSETS, Content
from rag.reading.dates import iso_date
from rag.reading.decoding import Decoded, decode, printable

__all__ = ["decoded", "encoding_of", "front_matter", "json_value", "read_markdown", "read_text"]

_FRONT = re.compile(r"---[^\S\n]*\n(.*?\n)?(?:---|\.\.\.)[^\S\n]*(?:\n|$)", re.DOTALL)
_FRONT_LIMIT = 1 << 16
#: The line of a field of front matter, where YAML as a whole fails.
_FIELD = re.compile(r"([^\W\d_][\w-]*(?: [\w-]+){0,2}):(?:\s+(\S.*))?\s*")
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

    def find(names: tuple[str, ...]) -> str | None:
        written = {key.lower(): key for key in fields if fields[key]}
        return next((written[name] for name in names if name in written), None)

    def take(names: tuple[str, ...]) -> Any:
        key = find(names)
        return None if key is None else fields.pop(key)

    title, dated = take(_TITLE), find(_PUBLISHED)
    published = iso_date(fields[dated]) if dated else None
    if dated and published:
        del fields[dated]  # what cannot be told stays as it stands
    publisher, language = take(_PUBLISHER), take(_LANGUAGE)
    taken = OFFSETS | metadata.keys()
    metadata.update({key: value for key, value in fields.items() if key not in taken})
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
    """(fields, text after them); no fields where the text has no front matter.

    Where YAML fails, for a colon in a title perhaps, each field is read by itself.
    """
    match = _FRONT.match(text[: _FRONT_LIMIT + 8])
    if not match:
        return {}, text
    block = match[1] or ""
    try:
        fields = _yaml(block)
    except ValueError:
        fields = _fields_by_line(block)
        if not fields:
            return {}, text
    if fields is None:
        return {}, text[match.end() :]
    if not isinstance(fields, dict):
        return {}, text
    return {str(key): json_value(value) for key, value in fields.items()}, text[match.end() :]


def _yaml(block: str) -> Any:
    """What a block of YAML says.

    Raises:
        ValueError: It is no YAML, or has aliases: a few lines of them can stand for gigabytes.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(block, Loader=loader)):
            raise ValueError("aliases are refused")
        return yaml.load(block, Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _fields_by_line(block: str) -> dict[str, Any]:
    """The fields of broken YAML, each by itself: as YAML where it can be, else as text.

    Empty where a line belongs to no field, or none of the names is known: prose between rules.
    """
    lines: dict[str, list[str]] = {}
    name = ""
    for line in block.split("\n"):
        field = _FIELD.fullmatch(line.lstrip("\t"))  # YAML knows no tabs, people do
        if field:
            name = field[1]
            lines[name] = [line.lstrip("\t")]
        elif name and (not line.strip() or line[0] in " \t-#"):
            lines[name].append(line)
        elif line.strip() and line[0] != "#":
            return {}
    known = {*_TITLE, *_PUBLISHED, *_PUBLISHER, *_LANGUAGE}
    if known.isdisjoint(name.lower() for name in lines):
        return {}
    fields = {}
    for name, own in lines.items():
        try:
            fields[name] = _yaml("\n".join(own))[name]
        except (ValueError, TypeError, KeyError):
            value = " ".join("\n".join(own)[len(name) + 1 :].split())
            fields[name] = value.strip("\"'")
    return fields


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
