"""Lines and JSON values of local files, plain, gzipped or zstandard-compressed."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from rag.errors import MissingExtraError, SuiteError

__all__ = [
    "at_row",
    "field",
    "json_lines",
    "json_value",
    "row_read_last",
    "tab_lines",
    "text_field",
    "text_lines",
]

#: File and row that a loader has in hand, for messages on what is wrong in it.
_ROW: ContextVar[str] = ContextVar("row read last", default="")


def at_row(place: str) -> None:
    """Note the file and row that is looked at from here on."""
    _ROW.set(place)


def row_read_last() -> str:
    """File and row that was looked at last, such as ``corpus.jsonl:7``; '' before the first."""
    return _ROW.get()


def text_lines(path: Path) -> Iterator[str]:
    """Lines without their ends; ``.gz`` and ``.zst`` are unpacked on the way.

    Raises:
        MissingExtraError: A ``.zst`` file and no ``zstandard``.
        SuiteError: The file cannot be read or is not UTF-8.
    """
    try:
        with _opened(path) as file:
            for line in file:
                yield line.rstrip("\r\n")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise SuiteError(f"{path}: cannot be read ({error}). Fetch the file again.") from error


def _opened(path: Path) -> io.TextIOBase:
    if path.suffix == ".gz":
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8-sig")
    if path.suffix == ".zst":
        try:
            import zstandard
        except ImportError as error:
            raise MissingExtraError(
                package="zstandard", extra="evals", needed_for=f"Reading {path.name}"
            ) from error
        reader = zstandard.ZstdDecompressor().stream_reader(path.open("rb"), closefd=True)
        return io.TextIOWrapper(reader, encoding="utf-8")
    return path.open(encoding="utf-8-sig")


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """One object a line; blank lines are passed over.

    Raises:
        SuiteError: A line is no JSON object; names file and line.
    """
    for number, line in enumerate(text_lines(path), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError as error:
            raise SuiteError(f"{path}:{number}: is not JSON ({error}). Mend the line.") from error
        if not isinstance(value, dict):
            raise SuiteError(f"{path}:{number}: is not a JSON object. Mend the line.")
        at_row(f"{path}:{number}")
        yield value


def json_value(path: Path) -> Any:
    """The whole file as one JSON value."""
    at_row(str(path))
    try:
        return json.loads("\n".join(text_lines(path)))
    except ValueError as error:
        raise SuiteError(f"{path}: is not JSON ({error}). Fetch the file again.") from error


def tab_lines(path: Path, columns: int) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of a tab-separated file.

    Raises:
        SuiteError: A line has fewer than ``columns`` cells.
    """
    for number, line in enumerate(text_lines(path), 1):
        if not line.strip():
            continue
        cells = line.split("\t")
        if len(cells) < columns:
            raise SuiteError(
                f"{path}:{number}: has {len(cells)} of {columns} tab-separated cells. Mend it."
            )
        at_row(f"{path}:{number}")
        yield number, cells


def field(row: dict[str, Any], path: Path, *names: str) -> Any:
    """The first of the named fields that the row has.

    Raises:
        SuiteError: It has none of them.
    """
    for name in names:
        if name in row:
            return row[name]
    raise SuiteError(
        f"{row_read_last() or path}: has none of the fields {', '.join(names)}; it has "
        f"{', '.join(row) or 'nothing'}. Check that this is the format the suite names."
    )


def text_field(row: dict[str, Any], path: Path, *names: str) -> str:
    """As :func:`field`, a text; a number as it is written.

    Raises:
        SuiteError: It has none of them, or something else stands there.
    """
    value = field(row, path, *names)
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        name = next(name for name in names if name in row)
        raise SuiteError(
            f"{row_read_last() or path}: {name} must be a text, not {value!r:.40}. Mend it."
        )
    return str(value)
