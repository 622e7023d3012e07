"""Dates in the forms people write, as ISO text."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from rag.reading.dates import find_date, iso_date, name_date


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-06-12 15:50:48", "2024-06-12"),
        ("2024/6/2", "2024-06-02"),
        ("2024.06.12", "2024-06-12"),
        ("2024年6月12日", "2024-06-12"),
        ("2024 年 6 月", "2024-06"),
        ("二〇二四年六月十二日", "2024-06-12"),
        ("二○二三年十月三十一日", "2023-10-31"),
        ("民國113年6月12日", "2024-06-12"),
        ("20240612", "2024-06-12"),
        ("2024-06", "2024-06"),
        ("2024", "2024"),
        ("12 June 2024", "2024-06-12"),
        ("June 12, 2024", "2024-06-12"),
        ("Wed, 12 Jun 2024 08:00:00 GMT", "2024-06-12"),
        ("12. März 2024", "2024-03-12"),
        ("3 de mayo de 2024", "2024-05-03"),
        ("June 2024", "2024-06"),
        ("2024-06-12T08:00:00+08:00", "2024-06-12"),
        ("25/12/2024", "2024-12-25"),
        ("12.06.2024", "2024-06-12"),
        ("5. 6. 2024", "2024-06-05"),
        ("12.25.2024", "2024-12-25"),
        ("12-Jun-2024", "2024-06-12"),
        ("2024년 6월 12일", "2024-06-12"),
        ("1er juin 2024", "2024-06-01"),
        ("12 czerwca 2024", "2024-06-12"),
        ("12/25/2024", "2024-12-25"),
        ("03/04/2024", None),
        ("2024-13-01", None),
        ("2024-02-30", None),
        ("yesterday", None),
        ("", None),
        (20240612, "2024-06-12"),
        (2024, "2024"),
        (1718150400, "2024-06-12"),
        (1718150400000, "2024-06-12"),
        ("1718150400", "2024-06-12"),
        (dt.date(2024, 6, 12), "2024-06-12"),
        (dt.datetime(2024, 6, 12, 9, tzinfo=dt.UTC), "2024-06-12"),
        (None, None),
        (True, None),
        (float("nan"), None),
        (7, None),
    ],
)
def test_field_values(value: Any, expected: str | None) -> None:
    assert iso_date(value) == expected


def test_a_version_or_an_amount_is_no_date() -> None:
    assert find_date("v1.2024.01.02 and 12024-01-022") is None
    assert find_date("共12023年度10月报表") is None
    assert find_date("v1.2.2024, 192.1.2.2024 and 1.2.2024.5") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("20240612_notes.txt", "2024-06-12"),
        ("report 2024-06-12.pdf", "2024-06-12"),
        ("2024-06 summary.md", "2024-06"),
        ("2024年6月会议.docx", "2024-06"),
        ("000_67fbe9ffc2c9c401.txt", None),
        ("IMG_120240612.txt", None),
        ("budget2024.txt", None),
    ],
)
def test_file_names(name: str, expected: str | None) -> None:
    assert name_date(name) == expected
