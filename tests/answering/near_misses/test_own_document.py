"""Documents that speak of their issuer without the name."""

from __future__ import annotations

import time

import pytest

from rag.answering.near_misses.own_document import of_its_own


@pytest.mark.parametrize(
    ("frame", "told", "own"),
    [
        ("员工手册", "上班时间为9:00。", True),
        ("停车管理规定 收费", "每小时5元。", True),
        ("柚木", "本公司成立于2003年。", True),
        ("柚木", "我院共有床位800张。", True),
        ("柚木", "本种分布于缅甸。", False),
        ("柚木", "本机构不营利。", False),
        ("标准化研究", "每小时5元。", False),
        ("", "", False),
    ],
)
def test_of_its_own(frame: str, told: str, *, own: bool) -> None:
    assert of_its_own(frame, told) is own


def test_long_texts_take_no_time() -> None:
    began = time.perf_counter()
    assert not of_its_own("手册本" * 2000, "本我" * 2500)
    assert time.perf_counter() - began < 1
