"""The meaning of one part of a formula, asked for and not told."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.formula_part import formula_part_asked, lacks_part_meaning
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "formula", "part"),
    [
        ("“6+1”产业体系里的那个“1”指的是什么？", "6+1", "1"),
        ("“1+5+X”机制中的“X”代表什么？", "1+5+x", "x"),
        ("2+6产业里的6具体是指哪些产业", "2+6", "6"),
    ],
)
def test_a_part_is_asked_for(question: str, formula: str, part: str) -> None:
    assert formula_part_asked(normalize(question)) == (formula, part)


@pytest.mark.parametrize(
    "question",
    [
        "“6+1”产业体系指的是什么？",
        "“6+1”产业体系里的“2”指的是什么？",  # no part of it
        "“医联体+基层”里的“基层”是什么？",
        "“6+1”产业体系里的龙头是什么？",
    ],
)
def test_something_else_is_asked_for(question: str) -> None:
    assert formula_part_asked(normalize(question)) is None


@pytest.mark.parametrize(
    ("sentence", "after", "lacks"),
    [
        ("构建完备的“6+1”产业体系，打造总部经济高地。", "再引进一批项目。", True),
        ("构建“6+1”产业体系，“6”为六大产业，“1”为海洋。", "", False),
        ("构建“6+1”产业体系，即六大产业和海洋。", "", False),
        ("构建“6+1”产业体系。", "其中海洋是重点。", False),
        ("“6+1”班前六学年在校，最后一学年实习。", "", False),
        ("构建“6+1”产业体系。", "六大支柱和一个中心齐头并进。", False),
        ("以钢铁、化工、造船六业加海洋建成“6+1”体系。", "", False),  # a row may be the parts
        ("做强六大产业和一个特色产业。", "", False),  # does not name it
    ],
)
def test_a_sentence_that_only_names_the_formula(sentence: str, after: str, lacks: bool) -> None:
    asked = formula_part_asked(normalize("“6+1”产业体系里的“1”指什么？"))
    assert asked is not None
    assert lacks_part_meaning(asked, normalize(sentence), normalize(after)) is lacks
