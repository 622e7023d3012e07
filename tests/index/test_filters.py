"""Filters: what each means, and that SQL and plain Python mean the same."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.errors import QueryError
from rag.index.filters import COLUMNS, OPERATORS, matches, to_sql

#: As a CSV file gives them: its cells are text.
ROWS: list[dict[str, Any]] = [
    {"id": "1", "published": "2023", "passages": 10, "characters": 100,
     "metadata": {"rating": "4.50", "year": "2020", "id": "A1", "签发日期": "2023-05-06"}},
    {"id": "2", "published": "2023-05-01", "passages": 9,
     "metadata": {"rating": "3", "year": "2021", "签发日期": "2024年5月6日"}},
    {"id": "3", "published": "2023-12-31",
     "metadata": {"rating": "12", "journal name": "Nature", "签发日期": "2024.05.06"}},
    {"id": "4", "published": "2024-02", "metadata": {"rating": "n/a", "期刊": "自然", "页数": "9"}},
    {"id": "5", "published": None, "metadata": {"rating": 5, "页数": "10"}},
]  # fmt: skip


def by_sql(where: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    columns = "id, source, title, published TEXT, language, characters INTEGER, passages INTEGER"
    catalog = sqlite3.connect(":memory:")
    catalog.execute(f"CREATE TABLE documents ({columns}, indexed TEXT, metadata TEXT)")
    for row in rows:
        values = [row.get(name) for name in COLUMNS]
        metadata = json.dumps(row["metadata"], ensure_ascii=False)
        catalog.execute(
            f"INSERT INTO documents VALUES ({'?, ' * len(COLUMNS)}?)", [*values, metadata]
        )
    condition, parameters = to_sql(where, {name for row in rows for name in row["metadata"]})
    found = catalog.execute(f"SELECT id FROM documents WHERE {condition}", parameters)
    return [name for (name,) in found]


def by_matches(where: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    names = {name for row in rows for name in row["metadata"]}
    found = []
    for row in rows:
        flat = {name: row.get(name) for name in COLUMNS}
        for name in names:
            key = f"metadata.{name}" if name in COLUMNS else name
            flat[key] = row["metadata"].get(name)
        if matches(where, flat):
            found.append(row["id"])
    return found


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # Text that reads as a number is one, beside a number.
        ({"rating": {">=": 4}}, "135"),
        ({"rating": {"<": 4.5}}, "2"),
        ({"year": {">=": 2021}}, "2"),
        ({"页数": {">": 9}}, "5"),
        # Dates compare as far as both are told.
        ({"published": {"<=": "2023"}}, "123"),
        ({"published": {">": "2023"}}, "4"),
        ({"published": {">=": "2023-05"}}, "1234"),
        ({"published": {">=": "2024-02-10"}}, "4"),
        ({"published": {">=": "1850"}}, "1234"),
        ({"published": {">=": "2023-6-1"}}, "134"),
        ({"published": {">": 2023}}, "4"),
        # Programs end every month with its 31st.
        ({"published": {"<=": "2023-06-31"}}, "12"),
        # A date lies in its month and its year.
        ({"published": "2023"}, "123"),
        ({"published": "2023-05-01"}, "2"),
        ({"published": ["2024", "2023-05"]}, "24"),
        ({"published": {"!=": "2023"}}, "45"),
        ({"published": {"not in": ["2023-12", "2024"]}}, "125"),
        ({"published": {"!=": ""}}, "12345"),
        ({"published": ""}, ""),
        ({"published": ["", "2024"]}, "4"),
        ({"published": None}, "5"),
        ({"published": {"!=": None}}, "1234"),
        ({"published": {"prefix": "2023-"}}, "23"),
        # The documents' own field, and ours.
        ({"metadata.id": "A1"}, "1"),
        ({"id": "A1"}, ""),
        ({"metadata.published": "2024"}, "4"),
        # Our counts are numbers, whatever a form sends.
        ({"passages": {">=": "10"}}, "1"),
        ({"passages": "9"}, "2"),
        ({"characters": ["100", 7]}, "1"),
        # A date beside a year.
        ({"签发日期": {">=": 2024}}, "23"),
        ({"签发日期": {"<": 2024}}, "1"),
        # What Python knows as dates.
        ({"published": dt.date(2023, 5, 1)}, "2"),
        ({"published": {">": dt.datetime(2023, 5, 1, 12, 30, tzinfo=dt.UTC)}}, "34"),
        ({"published": [dt.date(2023, 12, 31), "2024"]}, "34"),
        ({"签发日期": {"<": dt.date(2023, 6, 1)}}, "1"),
        # Numbers beyond 64 bits.
        ({"rating": {"<": 10**30}}, "1235"),
        ({"rating": {">": -(10**400)}}, "1235"),
        ({"rating": 10**400}, ""),
        ({"passages": {"<": "99999999999999999999"}}, "12"),
        ({"rating": [10**30, 5]}, "5"),
        # Names of any kind.
        ({"journal name": "Nature"}, "3"),
        ({"期刊": "自然"}, "4"),
    ],
)  # fmt: skip
def test_filters(where: dict[str, Any], expected: str) -> None:
    assert by_matches(where, ROWS) == list(expected)
    assert by_sql(where, ROWS) == list(expected)


@pytest.mark.parametrize("wrong", ["garbage", "2023-13", "2023-02-40", "03/04/2024"])
@pytest.mark.parametrize("operator", [">=", "<", "=", "!="])
def test_a_date_that_cannot_be_read_is_told(operator: str, wrong: str) -> None:
    for read in (by_sql, by_matches):
        with pytest.raises(QueryError, match="'published' needs a date such as 2023, 2023-05 or"):
            read({"published": {operator: wrong}}, ROWS)


def test_indexed_takes_a_time_too() -> None:
    rows = [{"id": "1", "indexed": "2024-06-12T10:33:01+00:00", "metadata": {}}]
    for condition, passes in (
        ({"<=": "2024-06-12"}, True),
        ({">": "2024-06-12T10:00"}, True),
        ({">": "2024-06-12T11:00"}, False),
        ({">": "2024-06-12T09"}, True),
        ({">": "2024-06-12T11"}, False),
    ):
        for read in (by_sql, by_matches):
            assert read({"indexed": condition}, rows) == ["1"] * passes


VALUES = st.one_of(
    st.sampled_from(
        ["4", "3", "+5", "-2", "4.50", "4.", ".5", "1-2", "1.2.3", "e", "1e3", "", "x"],
    )
    | st.sampled_from(["2023-05-01", "2024/5", "2024年", "2024.5", "2024.5.6", "2024.123.4"]),
    st.integers(-5, 15) | st.integers(2022, 2025),
    st.floats(-5, 15),
    st.booleans(),
)
DATES = st.sampled_from(["2022", "2023", "2023-05", "2023-05-01", "2023-12-31", "2024-02"])


@given(
    st.lists(st.tuples(st.none() | DATES, st.none() | VALUES | st.lists(VALUES)), max_size=8),
    st.sampled_from([o for o in OPERATORS if o not in ("in", "not in", "prefix", "contains")]),
    DATES,
    VALUES,
)
@settings(max_examples=300, deadline=None)
def test_sql_and_python_agree(
    values: list[tuple[str | None, Any]], operator: str, date: str, operand: Any
) -> None:
    rows = [
        {"id": str(n), "published": told, "metadata": {"n": value}}
        for n, (told, value) in enumerate([*values, (None, "4")])
    ]
    for where in ({"published": {operator: date}}, {"n": {operator: operand}}):
        assert by_sql(where, rows) == by_matches(where, rows)


def test_a_large_number_is_found_again() -> None:
    rows = [{"id": "1", "metadata": {"n": 10**30}}, {"id": "2", "metadata": {"n": 7}}]
    for where, found in (({"n": 10**30}, ["1"]), ({"n": {">": 2**63}}, ["1"]), ({"n": 7}, ["2"])):
        assert by_sql(where, rows) == by_matches(where, rows) == found


def test_indexed_takes_a_moment_of_any_zone() -> None:
    rows = [{"id": "1", "indexed": "2024-06-12T10:33:01+00:00", "metadata": {}}]
    zone = dt.timezone(dt.timedelta(hours=8))
    for hour, passes in ((18, True), (19, False)):
        where = {"indexed": {">": dt.datetime(2024, 6, 12, hour, 33, tzinfo=zone)}}
        assert by_sql(where, rows) == by_matches(where, rows) == ["1"] * passes


@pytest.mark.parametrize("wrong", [float("nan"), "\ud800", b"x", ["x", float("nan")]])
def test_an_operand_that_nothing_can_equal_is_told(wrong: Any) -> None:
    for read in (by_sql, by_matches):
        with pytest.raises(QueryError, match="'rating' .* needs a"):
            read({"rating": wrong}, ROWS)


def test_metadata_that_are_no_json_have_no_fields() -> None:
    """NaN was once stored, and every filter failed."""
    rows = [
        {"id": "1", "metadata": {"n": 4}},
        {"id": "2", "metadata": {"n": 4, "x": float("nan")}},
    ]
    assert by_sql({"n": 4}, rows) == ["1"]
    assert by_sql({"n": {"!=": 4}}, rows) == ["2"]
    assert by_sql({"n": None}, rows) == ["2"]


def test_more_values_than_sqlite_takes_parameters() -> None:
    names = ["2", "a\0b", *(f"n{number}" for number in range(300_000))]
    rows = [*ROWS, {"id": "a\0b", "metadata": {}}, {"id": "a", "metadata": {"rating": "n9"}}]
    assert by_sql({"id": names}, rows) == ["2", "a\0b"]
    assert by_sql({"id": {"not in": names}}, rows) == ["1", "3", "4", "5", "a"]
    assert by_sql({"rating": names}, rows) == ["a"]


def test_more_dates_than_sqlite_takes_conditions() -> None:
    first = dt.date(2020, 1, 1)
    days = [first + dt.timedelta(days=number) for number in range(1_300)]
    assert by_sql({"published": days}, ROWS) == ["2"]
    assert by_sql({"published": {"not in": [*days, "2024", None]}}, ROWS) == ["1", "3"]
