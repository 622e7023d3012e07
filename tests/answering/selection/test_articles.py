from __future__ import annotations

import pytest

from rag.answering import answer
from rag.answering.selection.articles import Article, article_asked, sentences_of
from rag.settings import Settings
from tests.answering.made import passage, ranked_over, texts_of

CONTRACT = (
    "## 第七条 违约责任\n\n7.1 逾期交货的，应支付违约金。\n7.2 违约金不超过总价的10%。\n\n## 第八条 争议\n\n"
    "违反第七条规定的，提交仲裁。"
)
LAW = "第七条　驾驶人应当佩戴头盔。\n不得醉酒驾驶。\n第八条　违反本条例第七条规定的，处五十元罚款。"


@pytest.mark.parametrize(
    ("question", "article"),
    [
        ("合同第七条规定了什么?", Article("条", 7, whole=True)),
        ("条例第十五条是什么内容?", Article("条", 15, whole=True)),
        ("第二章讲了什么?", Article("章", 2, whole=True)),
        ("第七条规定的违约金是多少?", Article("条", 7, whole=False)),
        ("违反本条例第九条怎么处罚?", None),
        ("根据第三条谁负责?", None),
        ("what does clause 7 say?", Article("clause", 7, whole=True)),
        ("what is article 12 of the treaty about?", Article("article", 12, whole=True)),
        ("what is the penalty in section 9?", Article("section", 9, whole=False)),
        ("what is the fine under article 5?", None),
        ("第七届大会有什么?", None),
        ("第二条路线有多长?", None),
        ("第一条建议是什么?", None),
        ("第三节课讲了什么?", None),
    ],
)
def test_article_asked(question: str, article: Article | None) -> None:
    assert article_asked(question) == article


def own(question: str, *texts: tuple[str, str], terms: tuple[str, ...] = ()) -> list[str]:
    passages = [passage(text, document=title, title=title) for title, text in texts]
    ranked = ranked_over(passages, terms=terms)
    article = article_asked(question)
    assert article is not None
    return texts_of(ranked, sentences_of(article, ranked, passages, None))


def test_an_article_runs_to_the_next_one_and_what_cites_it_is_none_of_it() -> None:
    assert own("第七条规定了什么?", ("条例", LAW)) == [
        "第七条　驾驶人应当佩戴头盔。",
        "不得醉酒驾驶。",
    ]
    assert own("第九条规定了什么?", ("条例", LAW)) == []


def test_below_a_heading_stands_the_article() -> None:
    assert own("第七条规定了什么?", ("合同", CONTRACT)) == [
        "7.1 逾期交货的，应支付违约金。",
        "7.2 违约金不超过总价的10%。",
    ]


def test_of_several_documents_the_one_that_is_named() -> None:
    both = (("条例", LAW), ("合同", CONTRACT))
    assert own("合同第七条规定了什么?", *both, terms=("合同",))[0].startswith("7.1")
    assert own("第七条规定了什么?", *both)[0].startswith("第七条")


def test_for_one_thing_in_an_article_the_document_that_tells_it_best() -> None:
    passages = [passage(LAW, document="条例"), passage(CONTRACT, document="合同")]
    ranked = ranked_over(passages, "7.2", terms=("条",))
    article = article_asked("第七条规定的违约金是多少?")
    assert article is not None
    own = texts_of(ranked, sentences_of(article, ranked, passages, None))
    assert own[1] == "7.2 违约金不超过总价的10%。"


def test_an_article_that_tells_nothing_of_the_thing_is_not_meant() -> None:
    novel = "第一章\n\n老渔夫住在灯塔下面。"
    passages = [passage(novel, document="novel"), passage(LAW, document="law")]
    ranked = ranked_over(passages, "老渔夫")
    ranked.logits[2:] -= 9.0
    article = article_asked("第七条里老渔夫住在哪里?")
    assert article is not None
    assert sentences_of(article, ranked, passages, None) == []


def test_in_english() -> None:
    text = "Clause 7. Notice.\nNotice must be given in writing.\nClause 8. Law.\nClause 7 is void abroad."
    assert "Notice must be given in writing." in own("what does clause 7 say?", ("lease", text))
    assert "Clause 7 is void abroad." not in own("what does clause 7 say?", ("lease", text))


def test_a_found_article_is_given_whole_and_not_refused() -> None:
    passages = [passage(LAW, document="law", title="条例")]
    given = answer("条例第七条规定了什么？", passages, settings=Settings(refusal_threshold=0.9))
    assert not given.refused
    assert given.text == "第七条 驾驶人应当佩戴头盔。[1]\n不得醉酒驾驶。[2]"
    assert answer(
        "条例第九条规定了什么？", passages, settings=Settings(refusal_threshold=1.0)
    ).refused
