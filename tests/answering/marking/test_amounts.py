"""Which figure of a Chinese sentence answers an English question for a count or an amount."""

from __future__ import annotations

import time

import pytest

from rag.answering.evidence.term_weights import ForeignWord, Weights
from rag.answering.marking.amounts import amount_asked
from rag.answering.question.analysis import analyse
from rag.retrieval.glossary import gloss


def _told(question: str, text: str, read: str | None = None, sure: float = 0.3) -> str | None:
    """The characters found, all of the question's words worth the same, by the real glossary."""
    asked = analyse(question)
    words = gloss(question)
    share = 1 / max(len(words), 1)
    foreign = tuple(
        ForeignWord(
            one.word, tuple((t, min(1.0, p / 0.3)) for t, p in one.alternatives), share, share
        )
        for one in words
    )
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = amount_asked(asked, text, Weights({}, (), {}, foreign), span)
    return text[slice(*found)] if found else None


LANDED = "全年新落地亿元以上项目172个,其中30亿元以上项目3个。"
PORT = "集聚航运、贸易、金融企业200家以上，油气中心年内营业额达500亿元。"
PLANS = "推动48个控规片区修编、4个重点区域城市设计、1156个村庄规划编制。"


def test_how_many_is_a_count_and_no_money() -> None:
    question = "How many projects worth more than 100 million yuan landed?"
    assert _told(question, LANDED, read="30亿元") == "172个"
    assert _told("How many projects of over 3 billion yuan landed?", LANDED, read="172个") == "3个"


def test_how_much_is_money_or_a_measure_and_no_count() -> None:
    assert _told("How much business a year is the centre to do?", PORT, read="200家") == "500亿元"
    assert _told("How many companies should gather?", PORT, read="500亿元") == "200家"
    text = "8个园区占地100万平方米、总投资30亿元。"
    assert _told("How much land do the parks take up?", text, read="30亿元") == "100万平方米"
    assert _told("How much funding goes into the parks?", text, read="8个") == "30亿元"


def test_a_sure_reader_is_believed_in_a_grade() -> None:
    text = "宾馆为五星级，有客房320间。"
    assert _told("How many stars does the hotel have?", text, read="五星级", sure=0.8) is None
    assert _told("How many rooms does the hotel have?", text, read="五星级") == "320间"


@pytest.mark.parametrize(
    ("question", "read", "sure", "shown"),
    [
        ("How many key areas get an urban design?", "1156个", 0.3, "4个"),
        ("How many village plans are made?", "4个", 0.3, "1156个"),
        ("How many village plans are made?", "4个", 0.6, "4个"),  # a sure reader is believed
        ("How many of them are there?", "4个", 0.3, None),
    ],
)
def test_the_count_that_the_asked_noun_stands_beside(
    question: str, read: str, sure: float, shown: str | None
) -> None:
    assert _told(question, PLANS, read, sure) == shown


def test_a_noun_between_two_counts_leaves_the_choice_to_the_reader() -> None:
    text = "全市47家产业链链主企业23家在新区,4个园区加快建设。"
    assert _told("How many chain companies are in the area?", text, read="23家") == "23家"


def test_a_grade_is_no_count() -> None:
    text = "新建学校20所，三级以上医院达到10家以上。"
    assert _told("How many tertiary hospitals should there be?", text, read="10家以上") == "10家"


def test_a_measure_is_answered_by_its_own_unit_alone() -> None:
    text = "25个项目、9万平方米房屋腾空。"
    assert _told("How many square metres were cleared?", text, read="25个") == "9万平方米"
    assert _told("How many kilometres were cleared?", text, read="25个") is None
    assert _told("How many projects were cleared?", text, read="9万平方米") == "25个"


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        (
            "How many smart communities and smart compounds has it built?",
            "建设了205个智慧社区、1453个智慧小区,供约1500家单位共享。",
            "205个智慧社区、1453个智慧小区",
        ),
        (
            "Into how many key tasks and how many reform items was it broken down?",
            "梳理分解为181项重点任务和82项改革事项逐项抓落实。",
            "181项重点任务和82项改革事项",
        ),
        (
            "How many national and how many municipal specialties are there?",
            "提升5个国家级、71个省市级临床重点专科服务能力。",
            "5个国家级、71个",
        ),
    ],
)
def test_both_counts_where_two_things_are_counted(question: str, text: str, shown: str) -> None:
    assert _told(question, text) == shown


def test_one_thing_with_two_names_is_one_count() -> None:
    text = "建成5个研发中心、3个实验室。"
    assert _told("How many research and development centres has it built?", text, "5个") == "5个"


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("How many projects landed?", "172 projects landed, 3 of them large."),
        ("多少个项目落地?", LANDED),
        ("Which projects landed?", LANDED),
        ("How many projects landed?", "项目加快建设。"),
    ],
)
def test_nothing_for_other_questions_and_texts(question: str, text: str) -> None:
    assert _told(question, text) is None


def test_a_long_question_is_read_in_no_time() -> None:
    started = time.perf_counter()
    _told(f"How many {'long words ' * 200}?", "共5个。")
    assert time.perf_counter() - started < 1
