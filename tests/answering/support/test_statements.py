"""What a quote supports, contradicts, or leaves open."""

from __future__ import annotations

import pytest

from rag.answering.support.statements import check_support

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


REPORT = [
    "Harbour Works had revenue of $128 million in 2023, up 12.5% from 2022.",
    "Half of the staff, 640 people, work in Rotterdam.",
    "The company was founded on 5 March 1998 by Anna Kessler.",
]


@pytest.mark.parametrize(
    "statement",
    [
        "Harbour Works had revenue of US$128 million in 2023.",
        "Revenue: 128 million USD (up 12.5 %).",
        "Revenue was $128M in 2023, an increase of 12.5 percent.",
        "Harbour Works' revenue rose by 12.5% to 128 million US dollars.",
        "50% of the staff, 640 people, work in Rotterdam.",
        "Over a third of the staff, 640 people, work in Rotterdam.",
        "Harbour Works was founded on 5/3/1998 by Anna Kessler.",
        "Harbour Works was founded in March 1998.",
        "1. Harbour Works was founded on the 5th of March 1998.",
    ],
)
def test_supported_in_other_spellings(statement: str) -> None:
    verdict = check_support(statement, REPORT)
    assert verdict.problem is None
    assert verdict.score >= 0.5


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("5 March 2001.", "figure"),
        ("- 2001: the company was founded by Anna Kessler", "figure"),
        ("999 million.", "figure"),
        ("1,280 people.", "figure"),
        ("300. Harbour Works had revenue in 2023", "figure"),
        ("Harbour Works had revenue of €128 million in 2023.", "figure"),
        ("Harbour Works had revenue of 128 million yen in 2023.", "figure"),
        ("A third of the staff, 640 people, work in Rotterdam.", "figure"),
        ("Revenue fell by 12.5% to $128 million in 2023.", "negation"),
    ],
)
def test_a_wrong_figure_or_a_turned_one(statement: str, problem: str) -> None:
    assert check_support(statement, REPORT).problem == problem


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("① 新增纳统企业219家,增幅35.2%。", None),
        ("纳统企业增加219家,上升百分之三十五点二。", None),
        ("市北区新增纳统企业219家。", None),
        ("青岛市市北区新增纳统企业219家。", None),
        ("新增纳统企业219家,同比下降35.2%。", "negation"),
        ("李沧区新增纳统企业219家。", "name"),
        ("Licang District gained 219 firms, up 35.2%.", "name"),
        ("300. 新增纳统企业。", "figure"),
    ],
)
def test_directions_and_places(statement: str, problem: str | None) -> None:
    quotes = ["2023年市北区新增纳统企业219家,同比增长35.2%。"]
    assert check_support(statement, quotes).problem == problem


def test_a_place_told_around_the_quote() -> None:
    quotes = ["与市北区签订协议219份。"]
    around = ["李沧区的企业走出去。"]
    assert check_support("李沧区与市北区签订协议219份。", quotes, around=around).problem is None
    assert check_support("李沧区与市北区签订协议219份。", quotes).problem == "name"


@pytest.mark.parametrize(
    "statement", ["172个。", "172", "共172个。", "答案是172个。", "172个项目。"]
)
def test_a_bare_answer_is_read_with_its_question(statement: str) -> None:
    verdict = check_support(statement, QUOTES[:1], question="去年新落地亿元以上项目多少个?")
    assert verdict.problem is None


@pytest.mark.parametrize("statement", ["999个。", "共999个项目。", "172家医院和学校。"])
def test_a_question_saves_no_wrong_answer(statement: str) -> None:
    verdict = check_support(statement, QUOTES[:1], question="去年新落地亿元以上项目多少个?")
    assert verdict.problem is not None


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


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("At most 50 people may attend.", "Not more than 50 people may attend."),
        ("50人以下的单位可以免缴。", "职工人数不超过50人的单位免缴。"),
        ("According to passage 1, the bridge is 1.4 km long.", "The bridge is 1.4 km long."),
    ],
)
def test_the_same_in_other_words_is_supported(statement: str, quote: str) -> None:
    assert check_support(statement, [quote]).problem is None


def test_a_bound_is_not_turned_around() -> None:
    quote = "The fee is not less than 200 yuan a year."
    assert check_support("The fee is at most 200 yuan a year.", [quote]).problem == "negation"
