from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.spans import capitalised, quoted, typed_spans, years_in
from rag.normalization import normalize


def spans(text: str, kind: str) -> list[str]:
    plain = normalize(text)
    return [plain[s.start : s.end] for s in typed_spans(plain) if s.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("新开12条航线,共1,300名职工", "figure", ["12条", "1,300名"]),
        ("同比增长6.5%,占百分之三十", "percent", ["6.5%", "百分之三十"]),
        ("总投资46亿元", "money", ["46亿元"]),
        ("it cost $3.5 million", "money", ["$3.5 million"]),
        ("于2023年5月8日启用", "date", ["2023年5月8日"]),
        ("opened on 5 May 1987.", "date", ["5 may 1987"]),
        ("用了三年零两个月", "duration", ["三年", "零两个月"]),
        ("位列全国第三名", "rank", ["第三名"]),
        ("董事长林海涛表示", "person", ["林海涛"]),
        ("党组书记、局长周明介绍", "person", ["周明"]),
    ],
)
def test_forms(text, kind, found) -> None:
    assert spans(text, kind) == found


def test_names_in_the_text_as_it_stands() -> None:
    text = "设有“星空”自习室,收藏《河流志》。"
    assert [text[a:b] for a, b in quoted(text)] == ["星空", "河流志"]
    text = "Its director is Margaret Ellison of the River Museum."
    assert [text[a:b] for a, b in capitalised(text)] == [
        "Margaret Ellison of the River Museum",
    ]


def test_years() -> None:
    assert years_in("2023年和二〇二二年,1500家企业,2019") == {"2023", "2022", "2019"}


@given(st.text(max_size=200))
def test_any_text_gives_spans_inside_it(text) -> None:
    plain = normalize(text)
    for span in typed_spans(plain):
        assert 0 <= span.start < span.end <= len(plain)
