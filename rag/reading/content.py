"""What a format's reader finds in a file, before it is a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rag.reading.dates import name_date
from rag.reading.imprint import read_imprint
from rag.reading.languages import detect_language
from rag.records import Document

__all__ = ["OFFSETS", "Content", "compose"]

#: Under these names readers tell places of the text: a field of the user's that is called so is left out.
OFFSETS = frozenset({"headings", "pages"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    r"""The text of one document and what the format itself tells about it.

    Attributes:
        text: With ``\\n`` line ends and no lone surrogates; final.
        format: ``text``, ``markdown``, ``html``, ``pdf``, ``docx``, ``csv`` or ``json``.
        title, published, publisher, language: From markup or fields; None where they do not tell.
        created: A date of the file itself (not of what it says): the last resort for ``published``.
        metadata: Further JSON values: ``encoding``, ``pages``, ``headings``, fields of a row ...
        imprint: Whether the first lines of the text may be asked for what is missing.
    """

    text: str
    format: str
    title: str | None = None
    published: str | None = None
    publisher: str | None = None
    language: str | None = None
    created: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    imprint: bool = True


def compose(content: Content, *, id: str, source: str, size: int | None = None) -> Document:  # noqa: A002 - the record's own name
    """The document: what markup tells, then the first lines, then the file's name."""
    title, published, publisher = content.title, content.published, content.publisher
    if content.imprint and not (title and published and publisher):
        found = read_imprint(content.text)
        title = title or found.title
        published = published or found.published
        publisher = publisher or found.publisher
    if published is None and "#" not in id:
        published = name_date(source.rpartition("/")[2])
    metadata: dict[str, Any] = {"format": content.format}
    if publisher:
        metadata["publisher"] = publisher
    if size is not None:
        metadata["bytes"] = size
    metadata.update(content.metadata)
    return Document(
        id=id,
        source=source,
        text=content.text,
        title=title,
        published=published or content.created,
        language=content.language or detect_language(content.text),
        metadata=metadata,
    )
