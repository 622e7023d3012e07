"""YAML that remembers its lines, so that a message can name the line to mend."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from rag.errors import SuiteError

__all__ = ["Listing", "Scalar", "Table", "parse"]


_ESCAPE = re.compile(r"\\(?:(?P<pair>u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|.)")


class Scalar(str):
    """A scalar exactly as written (``007`` stays ``007``), its line and YAML's guess of a type.

    Attributes:
        line: From 1.
        tag: ``str``, ``int``, ``float``, ``bool``, ``null`` or ``timestamp``.
    """

    __slots__ = ("line", "tag")

    line: int
    tag: str


class Table(dict[str, Any]):
    """A mapping with the line it starts on (``line``) and the line of each key (``lines``)."""

    line: int
    lines: dict[str, int]


class Listing(list[Any]):
    """A sequence with the line it starts on."""

    line: int


def parse(text: str, path: Path) -> Any:
    """The document as nested :class:`Table`, :class:`Listing` and :class:`Scalar`; None if blank.

    Raises:
        SuiteError: Not valid YAML (JSON is), or a key given twice; names file and line.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(_paired(text), Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SuiteError(
            f"{path}:{line}: not valid YAML: {error.problem or error.context}. "
            "Mend the line; texts with ': ' or '#' need quotes."
        ) from error
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise SuiteError(f"{path}: not valid YAML: {reason}. Save it as plain UTF-8.") from error
    except RecursionError as error:
        raise _too_deep(path) from error
    try:
        return None if node is None else _value(node, path)
    except RecursionError as error:  # also an alias (*name) that stands inside its own anchor
        raise _too_deep(path) from error


def _too_deep(path: Path) -> SuiteError:
    return SuiteError(f"{path}: is nested without end. Write each part out, without '&' and '*'.")


def _paired(text: str) -> str:
    """JSON with each pair of escaped surrogates as its character, which YAML has no escapes for."""
    if "\\ud" not in text and "\\uD" not in text:
        return text
    try:
        json.loads(text)
    except ValueError:
        return text
    # Every escape is taken whole, so that the second of two backslashes begins none.
    return _ESCAPE.sub(
        lambda found: json.loads(f'"{found[0]}"') if found["pair"] else found[0], text
    )


def _value(node: yaml.Node, path: Path) -> Any:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        scalar = Scalar(node.value)
        scalar.line, scalar.tag = line, node.tag.rpartition(":")[2]
        return scalar
    if isinstance(node, yaml.SequenceNode):
        listing = Listing(_value(child, path) for child in node.value)
        listing.line = line
        return listing
    table = Table()
    table.line, table.lines = line, {}
    for key, child in _pairs(node):
        name, at = str(key.value), key.start_mark.line + 1
        if name in table:
            raise SuiteError(
                f"{path}:{at}: {name!r} stands twice (first on line {table.lines[name]}). "
                "Remove one of the two."
            )
        table[name] = _value(child, path)
        table.lines[name] = at
    return table


def _pairs(node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
    yield from node.value
