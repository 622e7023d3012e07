from __future__ import annotations

from rag.answering.question.analysis import analyse
from rag.answering.selection.sentences import select
from tests.answering.made import passage, ranked_over, texts_of

FAQ = "问：注册收费吗？\n答：注册免费。\n\n问：可以开发票吗？\n答：可以。请在订单详情中申请。"


def chosen(
    question: str, text: str, *first: str, title: str | None = None, limit: int = 1
) -> list[str]:
    passages = [passage(text, title=title)]
    ranked = ranked_over(passages, *first, terms=("技能", "注册", "收费", "发票"))
    return texts_of(ranked, select(analyse(question), ranked, limit=limit, passages=passages).order)


def test_a_question_in_a_document_is_answered_by_what_stands_below() -> None:
    assert chosen("注册要钱吗？", FAQ, "问：注册") == ["答：注册免费。"]


def test_a_bare_yes_is_followed_by_the_next_sentence() -> None:
    assert chosen("怎么开发票？", FAQ, "问：可以") == ["答：可以。", "请在订单详情中申请。"]


def test_a_question_is_no_further_sentence() -> None:
    assert chosen("注册要钱吗？", FAQ, "注册免费", "问：可以", limit=3)[0] == "答：注册免费。"
    assert not any("？" in one for one in chosen("注册要钱吗？", FAQ, "注册免费", limit=3))


def test_a_sentence_with_more_of_the_words_goes_before_another_questions_answer() -> None:
    text = "问：注册怎么办？\n答：点击登录。\n\n注册与开发票都不收费。"
    assert chosen("注册开发票收费吗？", text, "问：注册") == ["注册与开发票都不收费。"]


def test_a_question_in_the_run_of_a_text_stays() -> None:
    text = "他在会上问收费怎么办？没有人回答。"
    assert chosen("他问了什么？", "昨天开会。" + text, "他在会上") == ["他在会上问收费怎么办？"]


def test_a_line_like_a_heading_gives_way_to_the_text_below() -> None:
    text = "张雨桐\n专业技能\n精通Python、SQL，熟悉Spark。"
    assert chosen("张雨桐会哪些技能？", text, "专业技能") == ["精通Python、SQL，熟悉Spark。"]
    assert chosen("张雨桐在哪里？", text, "专业技能") == [
        "专业技能"
    ]  # no list, no thing is asked for


def test_a_bare_title_answers_nothing_but_one_with_figures_may() -> None:
    text = "海润集团技能一览\n集团要求焊接和钳工技能。"
    assert chosen("集团有哪些技能？", text, "一览", title="海润集团技能一览") == [
        "集团要求焊接和钳工技能。"
    ]
    text = "黄线动工 总经费1442亿元\n记者报道。"
    assert chosen("总经费是什么？", text, "1442", title="黄线动工 总经费1442亿元") == [
        "黄线动工 总经费1442亿元"
    ]


def test_a_title_that_says_when_and_where_is_a_bare_one() -> None:
    title = "半岛观察丨2024年首个工作日看技能:新起点当有新作为"
    assert chosen("首日办了什么技能会？", f"{title}\n\n全体会议举行。", "半岛", title=title) == [
        "全体会议举行。"
    ]
    for title in ("技能热线：请拨打王师傅", "首个工作日看技能培训12场"):
        assert chosen("技能热线是什么？", f"{title}\n\n全体会议举行。", title, title=title) == [
            title
        ]
