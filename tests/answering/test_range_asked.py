"""Whether a range holds a value that a question names."""

from __future__ import annotations

import pytest

from rag.answering.range_asked import range_holds


@pytest.mark.parametrize(
    ("told", "holds"),
    [
        ("满1年不满10年", False),
        ("满10年不满20年", True),
        ("满12年不满20年", True),
        ("满10年不满12年", False),
        ("10年至12年", True),
        ("10-15年", True),
        ("满20年以上", False),
        ("满20年的", False),
        ("满10年", True),
        ("10年以上", True),
        ("不满12年", False),
        ("15年以下", True),
        ("12年", False),
        ("10天至15天", False),
    ],
)
def test_ranges_of_years(told: str, holds: bool) -> None:
    assert range_holds(told, "工作满12年的员工年休假有多少天?") is holds


def test_neither_a_calendar_year_nor_a_range_of_the_question_is_a_value() -> None:
    assert not range_holds("满20年以上", "2023年休假多少天?")
    assert not range_holds("2天以上", "请3天以上的假谁审批?")
    assert not range_holds("满1年不满10年", "工作不满5年和满5年的有什么不同?")
    assert range_holds("100元以上", "满120元包邮吗?")
    assert range_holds("18-60周岁", "25周岁可以报名吗?")
