from __future__ import annotations

import pytest

from rag.answering import answer
from rag.answering.language import refusal_text, unanswered_part
from rag.answering.several import MOST, questions_in, together
from rag.retrieval import retrieve
from rag.settings import Settings

DIRECTOR, OPENED = "港口集团董事长是谁?", "新码头是哪一天启用的?"


@pytest.mark.parametrize(
    ("message", "questions"),
    [
        ("青岛啤酒节什么时候举办？有多少游客？", ("青岛啤酒节什么时候举办？", "有多少游客？")),
        ("年假有几天？病假呢？", ("年假有几天？", "病假呢？")),
        ("营收下降多少？为什么？", ("营收下降多少？", "为什么？")),
        (
            "第一季度销售额是多少？\n\n第二季度呢？谢谢！",
            ("第一季度销售额是多少？", "第二季度呢？"),
        ),
        ("Who is the dean? When was he born?", ("Who is the dean?", "When was he born?")),
        ("请回答：\n1. 年假几天\n2、病假工资怎么发", ("请回答： 年假几天", "病假工资怎么发")),
        ("(1)年假几天？(2)病假几天？ 3. 谁批？", ("年假几天？", "病假几天？", "谁批？")),
        ("七、八月份卖了多少？九月呢？", ("七、八月份卖了多少？", "九月呢？")),
        ("-5度以下怎么办？要多久？", ("-5度以下怎么办？", "要多久？")),
        ("多少钱？！多少天？！", ("多少钱？！", "多少天？！")),
        ("多少人参加？在哪开的？我指的是年会。", ("多少人参加？", "在哪开的？ 我指的是年会")),
    ],
)
def test_each_question_of_a_message_is_found(message, questions) -> None:
    assert questions_in(message) == questions


@pytest.mark.parametrize(
    "message",
    [
        "市北区有多少个社区？？？",
        "市北区有多少个社区",
        "市北区有多少社区？对吗？",
        "这是真的吗？市北区有多少社区？",
        "产品有什么优势？比如价格方面？",
        "我听说青岛有地铁。一共几条？",
        "《谁动了我的奶酪？》的作者是谁？",
        "What does “why not?” in the manual mean?",
        'What does "who is there? why?" mean?',
        "近几年发展很快\n哪个区最快？",
        "The fee is due, right?",
        "能告诉我吗？年假有几天？",
        "What is the fee? Can you tell me please?",
        "什么？年假只有几天？",
        "https://a.com/x?id=1 和 https://a.com/?q=2 有什么区别？",
        "What does `a ? b : c` mean?",
        "He said 'who are you?' and left?",
        "Sum it up:\n1. The company was founded in 2001\n2. The staff is 300",
        "概况：\n1. 公司的总部在青岛\n2. 公司的员工有300人\n董事长是谁？",
        "",
    ],
)
def test_a_message_with_one_question_stays_whole(message) -> None:
    assert questions_in(message) == (message,)


def test_a_page_of_questions_is_taken_as_one() -> None:
    message = "谁来了？" * MOST
    assert len(questions_in(message)) == MOST
    assert questions_in(message + "谁走了？") == (message + "谁走了？",)


@pytest.fixture
def ask(small_view, embedder):
    def asked(question, threshold=0.0):
        passages = retrieve(small_view, embedder, question, k=4)
        settings = Settings(refusal_threshold=threshold)
        return answer(question, passages, view=small_view, settings=settings)

    return asked


def test_answers_stand_below_one_another_with_their_own_citations(ask) -> None:
    first, second = ask(DIRECTOR), ask(OPENED)
    whole = together(DIRECTOR + OPENED, [first, second], k=4)
    assert not whole.refused
    assert whole.text.index("林海涛") < whole.text.index("2023年5月8日")
    assert [one.number for one in whole.citations] == list(range(1, len(whole.citations) + 1))
    assert whole.confidence == min(first.confidence, second.confidence)
    for statement in whole.statements:
        cited = [whole.citations[number - 1] for number in statement.citations]
        assert whole.text[statement.start : statement.end] in {one.quote for one in cited}
        assert whole.text[statement.end :].lstrip().startswith(f"[{statement.citations[0]}]")
    assert [one.rank for one in whole.passages] == list(range(1, len(whole.passages) + 1))
    for citation in whole.citations:
        assert any(
            one.document_id == citation.document_id
            and one.start <= citation.start
            and citation.end <= one.end
            for one in whole.passages
        )


def test_what_two_answers_cite_alike_has_one_number(ask) -> None:
    given = ask(OPENED)
    whole = together(OPENED * 2, [given, given])
    assert whole.citations == given.citations
    assert whole.text == f"{given.text}\n{given.text}"
    assert len(whole.statements) == 2 * len(given.statements)


def test_a_mark_in_the_documents_own_words_stays_as_it_is(ask) -> None:
    from dataclasses import replace

    given = ask(OPENED)
    sentence = "见[1]。"
    statement = replace(given.statements[0], start=0, end=len(sentence), citations=(1,))
    citation = replace(
        given.citations[0], quote=sentence, start=0, end=len(sentence), highlight=None
    )
    noted = replace(given, text=f"{sentence}[1]", statements=(statement,), citations=(citation,))
    whole = together(OPENED, [ask(DIRECTOR), noted])
    number = whole.citations[-1].number
    assert number > 1
    assert whole.text.endswith(f"\n见[1]。[{number}]")


def test_of_a_question_without_an_answer_that_is_said(ask) -> None:
    question = "火星上有多少家咖啡馆?"
    none = ask(question, threshold=1.0)
    whole = together(f"{question}{OPENED}", [none, ask(OPENED)])
    assert not whole.refused
    first, second = whole.text.split("\n", 1)
    assert first == unanswered_part(question) == f"“{question}”：资料中没有找到答案。"
    assert "2023年5月8日" in second
    assert whole.text[whole.statements[0].start :].startswith(second[:5])


def test_where_all_are_refused_the_whole_is(ask) -> None:
    whole = together(DIRECTOR + OPENED, [ask(DIRECTOR, 1.0), ask(OPENED, 1.0)], k=3)
    assert whole.refused
    assert whole.text == refusal_text("zh")
    assert whole.citations == whole.statements == ()
    assert len(whole.passages) == 3


def test_the_line_for_an_unanswered_question_is_in_its_language() -> None:
    assert unanswered_part("Who came?") == '"Who came?": no answer in the documents.'
    assert unanswered_part("圖書館有多少層？") == "“圖書館有多少層？”：資料中沒有找到答案。"
