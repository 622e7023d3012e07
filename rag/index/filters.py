"""Filters on documents: ``{"published": {">=": "2023-01-01"}, "source": ["a", "b"]}`` to SQL.

All conditions must hold. Dates compare as text, which is right for ISO dates; a document without the
field passes only ``!=`` and ``not in``. ``contains`` and ``prefix`` look at text; for a list in the
metadata, ``=``, ``in`` and ``contains`` ask whether it holds the value.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rag.errors import QueryError

__all__ = ["OPERATORS", "Scalar", "matches", "to_sql"]

#: Columns of the catalog by field name.
COLUMNS = {
    "id": "id",
    "source": "source",
    "title": "title",
    "published": "published",
    "language": "language",
    "characters": "characters",
    "passages": "passages",
    "indexed": "indexed",
}
OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "in", "not in", "prefix", "contains")
_ALIASES = {"==": "=", "eq": "=", "ne": "!=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
Scalar = str | int | float | bool | None


def _conditions(where: Mapping[str, Any], fields: Iterable[str]) -> list[tuple[str, str, Any]]:
    """(field, operator, operand) of each condition, all checked.

    Raises:
        QueryError: Unknown field or operator, or an operand of the wrong kind.
    """
    if not isinstance(where, Mapping):
        raise QueryError(f"where={where!r}: must be a mapping of field to value or condition.")
    known = [*COLUMNS, *sorted(set(fields) - set(COLUMNS))]
    found: list[tuple[str, str, Any]] = []
    for field, condition in where.items():
        name = field.removeprefix("metadata.") if isinstance(field, str) else field
        if name not in known:
            near = difflib.get_close_matches(str(name), known, 1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise QueryError(
                f"where: no document has a field {field!r}; {hint}known are: {', '.join(known)}."
            )
        if isinstance(condition, Mapping):
            pairs = list(condition.items())
        elif isinstance(condition, (list, tuple, set, frozenset)):
            pairs = [("in", condition)]
        else:
            pairs = [("=", condition)]
        for sign, operand in pairs:
            found.append((name, *_checked(field, sign, operand)))
    return found


def _checked(field: str, sign: Any, operand: Any) -> tuple[str, Any]:
    operator = _ALIASES.get(sign, sign)
    if operator not in OPERATORS:
        raise QueryError(
            f"where: {field!r} has the operator {sign!r}; known are: {', '.join(OPERATORS)}."
        )
    many = operator in ("in", "not in")
    if many and isinstance(operand, (list, tuple, set, frozenset)):
        operand = sorted(operand, key=repr)
    values = operand if many else [operand]
    if not isinstance(values, list) or not all(
        value is None or isinstance(value, (str, int, float)) for value in values
    ):
        wanted = "a list of texts or numbers" if many else "a text or a number"
        raise QueryError(f"where: {field!r} {operator} needs {wanted}, not {operand!r}.")
    if operator in ("prefix", "contains") and not isinstance(operand, str):
        raise QueryError(f"where: {field!r} {operator} needs a text, not {operand!r}.")
    if operator in (">", ">=", "<", "<=") and operand is None:
        raise QueryError(f"where: {field!r} {operator} needs a text or a number, not None.")
    return operator, operand


def to_sql(where: Mapping[str, Any], fields: Iterable[str]) -> tuple[str, list[Scalar]]:
    """The condition over the catalog's ``documents`` and its parameters.

    Args:
        where: The filter.
        fields: Metadata keys that any document has.

    Raises:
        QueryError: Unknown field or operator, or an operand of the wrong kind.
    """
    clauses: list[str] = []
    parameters: list[Scalar] = []
    for field, operator, operand in _conditions(where, fields):
        if field in COLUMNS:
            clause, values = _column_clause(COLUMNS[field], operator, operand)
        else:
            inner, values = _column_clause("value", operator.removeprefix("not "), operand)
            if operator == "!=":
                inner, values = _column_clause("value", "=", operand)
            path = '$."' + field.replace('"', '\\"') + '"'
            each = f"SELECT 1 FROM json_each(documents.metadata, ?) WHERE {inner}"  # noqa: S608
            values = [path, *values]
            if operand is None and operator in ("=", "!="):
                each = "SELECT 1 WHERE json_extract(documents.metadata, ?) IS NULL"
                values = [path]
            negated = operator in ("!=", "not in")
            clause = f"{'NOT ' if negated else ''}EXISTS ({each})"
        clauses.append(clause)
        parameters.extend(values)
    return " AND ".join(f"({clause})" for clause in clauses) or "1", parameters


def _column_clause(column: str, operator: str, operand: Any) -> tuple[str, list[Scalar]]:
    if operator == "=":
        return f"{column} IS ?", [operand]
    if operator == "!=":
        return f"{column} IS NOT ?", [operand]
    if operator in ("in", "not in"):
        marks = ", ".join("?" for _ in operand)
        if operator == "in":
            return f"{column} IN ({marks})", list(operand)
        return f"{column} IS NULL OR {column} NOT IN ({marks})", list(operand)
    if operator == "prefix":
        return f"substr({column}, 1, ?) = ?", [len(operand), operand]
    if operator == "contains":
        return f"instr({column}, ?) > 0", [operand]
    return f"{column} {operator} ?", [operand]


def matches(where: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document, as a flat mapping of field to value, passes; the meaning of a filter.

    Stores without SQL use it, and the tests hold :func:`to_sql` against it.
    """
    return all(
        _TESTS[operator](
            document[field] if isinstance(document.get(field), list) else [document.get(field)],
            operand,
        )
        for field, operator, operand in _conditions(where, document)
    )


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[list[Any], Any], bool]:
    def test(values: list[Any], operand: Any) -> bool:
        return any(
            value is not None
            and isinstance(value, str) == isinstance(operand, str)
            and compare(value, operand)
            for value in values
        )

    return test


_TESTS: dict[str, Callable[[list[Any], Any], bool]] = {
    "=": lambda values, operand: operand in values,
    "!=": lambda values, operand: operand not in values,
    ">": _ordered(lambda value, operand: value > operand),
    ">=": _ordered(lambda value, operand: value >= operand),
    "<": _ordered(lambda value, operand: value < operand),
    "<=": _ordered(lambda value, operand: value <= operand),
    "in": lambda values, operand: any(value in operand for value in values),
    "not in": lambda values, operand: all(
        value is None or value not in operand for value in values
    ),
    "prefix": _ordered(lambda value, operand: value.startswith(operand)),
    "contains": _ordered(lambda value, operand: operand in value),
}
