"""What a quote supports, contradicts, or leaves open."""

from __future__ import annotations

import pytest

from rag.answering.support import check_support, content_units, translated_share

QUOTES = [
    "去年全年,全区新落地亿元以上项目172个,其中30亿元以上项目3个。",
    "新增纳统企业219家,同比增长35.2%。",
]
CONTEXT = ["2024年首个工作日看市北", "2024-01-04"]


@pytest.mark.parametrize(
    "statement",
    [
        "2023年,全区新落地亿元以上项目172个,其中30亿元以上的有3个。",
        "新增纳统企业219家,增长百分之三十五点二。",
        "根据资料,去年全区新落地亿元以上项目一百七十二个。",
        "新落地的亿元以上项目有172个。",
    ],
)
def test_supported(statement: str) -> None:
    verdict = check_support(statement, QUOTES, context=CONTEXT)
    assert verdict.problem is None
    assert verdict.score >= 0.5


@pytest.mark.parametrize(
    ("statement", "problem", "detail"),
    [
        ("全区新落地亿元以上项目182个。", "figure", "182个"),
        ("新增纳统企业219家,同比增长53.2%。", "figure", "53.2%"),
        ("2022年全区新落地亿元以上项目172个。", "figure", "2022年"),
        ("全区没有新落地亿元以上项目。", "negation", "没有"),
        ("局长王大明表示,新增纳统企业219家。", "name", "王大明"),
        ("新增纳统企业219家,由GDP增长带动。", "name", "GDP"),
        ("青岛啤酒博物馆是著名景点。", "outside", ""),
    ],
)
def test_not_supported(statement: str, problem: str, detail: str) -> None:
    verdict = check_support(statement, QUOTES, context=CONTEXT)
    assert (verdict.problem, verdict.detail) == (problem, detail)
    assert verdict.score < 0.5


def test_nothing_is_supported_without_quotes() -> None:
    assert check_support("任何话。", []).problem == "outside"


def test_a_year_named_in_the_quote_rules_out_another() -> None:
    quotes = ["2023年全区招商方式有五种。"]
    assert check_support("2024年全区招商方式有五种。", quotes, context=CONTEXT).problem == "figure"


@pytest.mark.parametrize(
    ("statement", "supported"),
    [
        ("In 2023 the district landed 172 new projects of over 100 million yuan.", True),
        ("In 2023 the district landed 162 new projects of over 100 million yuan.", False),
        ("The museum of beer is a famous sight by the sea.", False),
    ],
)
def test_across_languages(statement: str, *, supported: bool) -> None:
    from rag.embedding import load_embedder

    embedder = load_embedder("bundled")

    def similarity(text: str, quotes: list[str]) -> list[float]:
        return list(embedder.embed_queries(quotes) @ embedder.embed_queries([text])[0])

    verdict = check_support(statement, QUOTES[:1], context=CONTEXT, similarity=similarity)
    assert (verdict.problem is None) is supported


def test_translated_share() -> None:
    assert translated_share("How many hospitals are there in Shibei?", "市北区的医院") > 0.6
    assert translated_share("How many hospitals are there in Shibei?", "崂山区的学校") < 0.3


def test_content_units() -> None:
    assert content_units("新的项目") == ["项目"]
    assert content_units("the projects") == ["proje"]
