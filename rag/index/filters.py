"""Filters on documents: ``{"published": {">=": "2023-01-01"}, "source": ["a", "b"]}`` to SQL.

All conditions must hold; a document without the field passes only ``!=`` and ``not in``.

- ``published`` and ``indexed`` take dates. The order looks at what both sides tell: 2023-05-01 is not
  after 2023. ``=`` asks whether the document's date lies in the one given.
- Text that reads as a number is ordered as one when compared with a number, as in a CSV file's cells;
  text that begins with a date is its year when compared with one.
- ``datetime.date`` and ``datetime.datetime`` stand for their ISO text; a whole number beyond 64 bits is
  compared as the float nearest to it.
- ``contains`` and ``prefix`` look at text; for a list in the metadata, ``=``, ``in`` and ``contains`` ask
  whether it holds the value.
- ``metadata.id`` is the documents' own field of that name, where they have one, not ours.
"""

from __future__ import annotations

import datetime as dt
import difflib
import json
import math
import operator as compare
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rag.errors import QueryError
from rag.reading.dates import iso_date

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

_ORDER = {">": compare.gt, ">=": compare.ge, "<": compare.lt, "<=": compare.le}
_DATES = ("published", "indexed")
#: 2023-02-31 is none of the days, but one to stop at: programs end every month so.
_ISO = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-[0-3]\d(?:T\d\d(?::\d\d\S*)?)?)?)?")
_COUNTS = ("characters", "passages")
#: Up to so many values of a list are parameters, each its own.
_PARAMETERS = 1_000
#: What SQLite keeps as a whole number.
_WHOLE = range(-(1 << 63), 1 << 63)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
#: The same as :data:`_NUMBER`: SQLite has no regular expressions, and orders any text above any number.
_SQL_NUMBER = (
    "(typeof({0}) IN ('integer', 'real') OR typeof({0}) = 'text'"
    " AND ({0} GLOB '[0-9]*' OR {0} GLOB '[-+][0-9]*') AND substr({0}, 2) NOT GLOB '*[^0-9.]*'"
    " AND {0} NOT GLOB '*.*.*' AND {0} NOT GLOB '*.')"
)
#: Older versions stored NaN, which is no JSON: such a document has no fields until it is repaired.
_METADATA = "CASE WHEN json_valid(documents.metadata) THEN documents.metadata ELSE '{}' END"
#: Text that begins with a date and is no number: compared with a year, it is its year.
_DATED = re.compile(r"[12][0-9]{3}(?:[-/年][0-9]|[.][0-9]{1,2}[.][0-9])")
_SQL_DATED = (
    "typeof({0}) = 'text' AND ({0} GLOB '[12][0-9][0-9][0-9][-/年][0-9]*'"
    " OR {0} GLOB '[12][0-9][0-9][0-9].[0-9].[0-9]*' OR {0} GLOB '[12][0-9][0-9][0-9].[0-9][0-9].[0-9]*')"
)


def _conditions(where: Mapping[str, Any], fields: Iterable[str]) -> list[tuple[str, str, Any]]:
    """(field, operator, operand) of each condition, all checked.

    Raises:
        QueryError: Unknown field or operator, or an operand of the wrong kind.
    """
    if not isinstance(where, Mapping):
        raise QueryError(f"where={where!r}: must be a mapping of field to value or condition.")
    fields = set(fields)
    known = [*COLUMNS, *sorted(fields - set(COLUMNS))]
    found: list[tuple[str, str, Any]] = []
    for field, condition in where.items():
        name = field.removeprefix("metadata.") if isinstance(field, str) else field
        own = name != field and name in fields and name in COLUMNS
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
            operator, value = _checked(field, sign, _plain(operand, name if not own else ""))
            if name in _DATES and not own and operator not in ("prefix", "contains"):
                many = isinstance(value, list)
                value = [_date(field, v) for v in value] if many else _date(field, value)
            elif name in _COUNTS and not own and operator not in ("prefix", "contains"):
                value = [_count(v) for v in value] if isinstance(value, list) else _count(value)
            value = [_narrow(v) for v in value] if isinstance(value, list) else _narrow(value)
            found.append((field if own else name, operator, value))
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
    for value in values:
        if isinstance(value, float) and math.isnan(value):
            raise QueryError(f"where: {field!r} {operator} needs a text or a number, not nan.")
        if isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value):
            raise QueryError(f"where: {field!r} {operator} needs a text, not {value!r}.")
    if operator in ("prefix", "contains") and not isinstance(operand, str):
        raise QueryError(f"where: {field!r} {operator} needs a text, not {operand!r}.")
    if operator in _ORDER and operand is None:
        raise QueryError(f"where: {field!r} {operator} needs a text or a number, not None.")
    return operator, operand


def _plain(operand: Any, column: str) -> Any:
    """Dates as the catalog writes them; anything else as it is."""
    if isinstance(operand, (list, tuple, set, frozenset)):
        return [_plain(one, column) for one in operand]
    if isinstance(operand, dt.datetime):
        if column == "published":
            return operand.date().isoformat()
        if column == "indexed":
            operand = operand.astimezone(dt.UTC) if operand.tzinfo else operand
            return operand.isoformat(timespec="seconds")
    return operand.isoformat() if isinstance(operand, dt.date) else operand


def _narrow(value: Any) -> Any:
    """A number as SQLite holds it, beyond 64 bits as a float; anything else as it is."""
    if not isinstance(value, int) or value in _WHOLE:
        return value
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _date(field: str, operand: Scalar) -> str | None:
    """The operand as the catalog writes dates: ``2023-5-1`` is 2023-05-01."""
    if operand is None or operand == "":
        return operand  # any document passes != ""
    text = str(operand).strip()
    if _ISO.fullmatch(text):
        return text
    date = iso_date(operand)
    if date is None:
        raise QueryError(
            f"where: {field!r} needs a date such as 2023, 2023-05 or 2023-05-31, not {operand!r}."
        )
    return date


def _count(operand: Scalar) -> Scalar:
    number = _number(operand)
    return operand if number is None else number


def _is_year(operand: Scalar) -> bool:
    return isinstance(operand, int) and 1000 <= operand < 3000


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
        if field in _DATES:
            clause, values = _date_clause(COLUMNS[field], operator, operand)
        elif field in COLUMNS:
            clause, values = _column_clause(COLUMNS[field], operator, operand)
        else:
            inner, values = _column_clause("value", operator.removeprefix("not "), operand)
            if operator == "!=":
                inner, values = _column_clause("value", "=", operand)
            path = '$."' + field.removeprefix("metadata.").replace('"', '\\"') + '"'
            each = f"SELECT 1 FROM json_each({_METADATA}, ?) WHERE {inner}"  # noqa: S608
            values = [path, *values]
            if operand is None and operator in ("=", "!="):
                each = f"SELECT 1 WHERE json_extract({_METADATA}, ?) IS NULL"
                values = [path]
            negated = operator in ("!=", "not in")
            clause = f"{'NOT ' if negated else ''}EXISTS ({each})"
        clauses.append(clause)
        parameters.extend(values)
    return " AND ".join(f"({clause})" for clause in clauses) or "1", parameters


def _date_clause(column: str, operator: str, operand: Any) -> tuple[str, list[Scalar]]:
    if operator in ("prefix", "contains"):
        return _column_clause(column, operator, operand)
    if operator in _ORDER:
        shared = f"substr({column}, 1, length(?)) {operator} substr(?, 1, length({column}))"
        return shared, [operand, operand]
    dates = operand if operator in ("in", "not in") else [operand]
    # By length, of which there are few: a condition for each of a thousand is more than SQLite takes.
    lengths: dict[int, list[Scalar]] = {}
    for date in dates:
        lengths.setdefault(len(date or ""), []).append(date)
    inside: list[str] = []
    values: list[Scalar] = []
    for length, some in lengths.items():
        if length:
            listed, given = _among(f"substr({column}, 1, {length})", some)
            inside.append(f"coalesce({listed}, 0)")
        else:
            given = list(dict.fromkeys(some))
            inside.extend([f"{column} IS ?"] * len(given))
        values.extend(given)
    clause = f"({' OR '.join(inside) or '0'})"
    return (f"NOT {clause}" if operator in ("!=", "not in") else clause), values


def _among(column: str, listed: Sequence[Scalar]) -> tuple[str, list[Scalar]]:
    """The condition that a column has one of these values; very many texts go as one JSON list.

    SQLite takes 32,766 parameters, some builds more, and its JSON no NUL in a text.
    """
    plain: list[Scalar] = []
    others = list(listed)
    if len(others) > _PARAMETERS:
        plain = [one for one in listed if isinstance(one, str) and "\0" not in one]
        others = [one for one in listed if not isinstance(one, str) or "\0" in one]
    clause = f"{column} IN ({', '.join('?' for _ in others)})"
    if not plain:
        return clause, others
    rest = f" OR {clause}" if others else ""
    return f"({column} IN (SELECT value FROM json_each(?)){rest})", [json.dumps(plain), *others]  # noqa: S608


def _column_clause(column: str, operator: str, operand: Any) -> tuple[str, list[Scalar]]:
    if operator == "=":
        return f"{column} IS ?", [operand]
    if operator == "!=":
        return f"{column} IS NOT ?", [operand]
    if operator == "in":
        return _among(column, operand)
    if operator == "not in":
        clause, values = _among(column, operand)
        return f"{column} IS NULL OR NOT ({clause})", values
    if operator == "prefix":
        return f"substr({column}, 1, ?) = ?", [len(operand), operand]
    if operator == "contains":
        return f"instr({column}, ?) > 0", [operand]
    if isinstance(operand, str):
        return f"typeof({column}) = 'text' AND {column} {operator} ?", [operand]
    number = f"{_SQL_NUMBER.format(column)} AND CAST({column} AS NUMERIC) {operator} ?"
    if not _is_year(operand):
        return number, [operand]
    year = f"{_SQL_DATED.format(column)} AND CAST(substr({column}, 1, 4) AS INTEGER) {operator} ?"
    return f"({number}) OR ({year})", [operand, operand]


def matches(where: Mapping[str, Any], document: Mapping[str, Any]) -> bool:
    """Whether a document, as a flat mapping of field to value, passes; the meaning of a filter.

    Stores without SQL use it, and the tests hold :func:`to_sql` against it.

    Args:
        where: The filter.
        document: Ours and the metadata; a metadata field that bears the name of one of ours stands
            under ``metadata.NAME``.

    Raises:
        QueryError: Unknown field or operator, or an operand of the wrong kind.
    """
    fields = [name.removeprefix("metadata.") for name in document if name not in COLUMNS]
    for field, operator, operand in _conditions(where, fields):
        value = document.get(field)
        values = [_narrow(one) for one in (value if isinstance(value, list) else [value])]
        test = _passes_date if field in _DATES else _passes
        positive = {"!=": "=", "not in": "in"}.get(operator, operator)
        found = any(test(value, positive, operand) for value in values)
        if found == (positive != operator):
            return False
    return True


def _passes(value: Any, operator: str, operand: Any) -> bool:
    if operator == "=":
        return bool(value == operand)
    if operator == "in":
        return value is not None and value in operand
    if operator in _ORDER and not isinstance(operand, str):
        number = _number(value)
        if number is None and _is_year(operand) and isinstance(value, str) and _DATED.match(value):
            number = int(value[:4])
        return number is not None and bool(_ORDER[operator](number, operand))
    if not isinstance(value, str):
        return False
    if operator == "prefix":
        return value.startswith(operand)
    return operand in value if operator == "contains" else bool(_ORDER[operator](value, operand))


def _passes_date(value: Any, operator: str, operand: Any) -> bool:
    if operator in ("=", "in"):
        dates = operand if operator == "in" else [operand]
        if value is None:
            return None in dates
        return any(value.startswith(date) if date else value == date for date in dates)
    if operator not in _ORDER:
        return _passes(value, operator, operand)
    return value is not None and bool(
        _ORDER[operator](value[: len(operand)], operand[: len(value)])
    )


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        if _NUMBER.fullmatch(value) is None:
            return None
        return float(value) if "." in value else _narrow(int(value))
    return value if isinstance(value, (int, float)) else None
