"""Subjects of Chinese questions that have a name, and documents that name them or do not."""

from __future__ import annotations

import time

import pytest

from rag.answering.near_misses.named_subject import Subject, lacks_subject, subject_asked
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("香枝木分布在哪些地区？", ("香枝木",)),
        ("请问香枝木的别名是什么？", ("香枝木",)),
        ("在云南，香枝木主要生长在哪里？", ("香枝木",)),
        ("什么是锥螺藓？", ("锥螺藓",)),
        ("蕲阮轩毕业于哪所大学？", ("蕲阮轩",)),
        ("宏泺达银行的总部在哪里？", ("宏泺达",)),
        ("呂克·莫雷爾出生於哪裡？", ("吕克", "莫雷尔")),
    ],
)
def test_a_subject_has_a_name(question: str, names: tuple[str, ...]) -> None:
    subject = subject_asked(normalize(question))
    assert subject is not None
    assert subject.names == names


@pytest.mark.parametrize(
    "question",
    [
        "食堂在哪里？",  # a word
        "茶水间在几楼？",  # ends like what is called by what it is
        "门禁卡是由谁发的？",
        "房租什么时候交？",
        "甲方的父亲是谁？",  # no surname
        "打不开是什么原因？",
        "滴滴响是什么原因？",
        "它的别名是什么？",
        "葛总毕业于哪所大学？",  # a text has the full name
        "哪一年成立的？",
        "送餐员和快递员歇脚的地方叫什么？",
        "How tall is it?",
    ],
)
def test_a_subject_has_no_name(question: str) -> None:
    assert subject_asked(normalize(question)) is None


def test_what_only_people_do_is_asked_of_a_person() -> None:
    person = subject_asked(normalize("沈阮现效力于哪支球队？"))
    assert person == Subject(("沈阮",), person=True)
    tree = subject_asked(normalize("香枝木原产于哪里？"))
    assert tree == Subject(("香枝木",), person=False)
    assert subject_asked(normalize("沈阮有几座？")) is None  # two characters, and no person


_TREE = Subject(("香枝木",), person=False)
_TOWER = Subject(("望潮阁楼塔",), person=False)
_PLAYER = Subject(("沈阮",), person=True)


@pytest.mark.parametrize(
    ("subject", "document", "sentence", "lacks"),
    [
        (_TREE, "柚木是一种乔木。分布于缅甸。", "分布于缅甸。", True),
        (_TREE, "香枝木是一种乔木。分布于海南。", "分布于海南。", False),
        (_TREE, "香枝是一种乔木。分布于海南。", "分布于海南。", False),  # in short
        (_TREE, "香味浓,枝叶多,木质坚。", "分布于海南。", True),  # only in pieces
        (_TREE, "香的枝做木器。分布于海南。", "分布于海南。", False),
        (_TREE, "枝条做木器。分布于海南。", "枝条做木器。", False),  # most of it in the sentence
        (_TREE, "枝条可编筐,根可做木器。", "枝条可编筐,根可做木器。", True),  # in two clauses
        (_TOWER, "那座望海的楼像塔。", "那座望海的楼像塔。", False),
        (_TOWER, "望潮的塔有五层。", "有五层。", False),
        (_TOWER, "那座楼塔有五层。", "有五层。", False),
        (_TOWER, "那座阁楼有五层。", "有五层。", True),  # its middle alone
        (_PLAYER, "沈阮是球员。他效力于东港队。", "他效力于东港队。", False),
        (_PLAYER, "沈列是球员。他效力于东港队。", "沈列效力于东港队。", True),  # the surname alone
    ],
)
def test_a_document_names_the_subject_or_not(
    subject: Subject, document: str, sentence: str, *, lacks: bool
) -> None:
    assert lacks_subject(subject, document, sentence) is lacks


def test_a_foreign_name_may_stand_in_latin_letters() -> None:
    asked = subject_asked(normalize("吕克·莫雷尔出生于哪里？"))
    assert asked is not None
    assert asked.foreign
    told = "他生于里昂。"
    assert lacks_subject(asked, told, told)
    assert not lacks_subject(asked, told, "luc morel 生于里昂。")


def test_long_questions_and_documents_take_no_time() -> None:
    began = time.perf_counter()
    assert subject_asked("在" * 2500 + "香" * 2500) is None
    assert subject_asked("香," * 2500) is None
    assert lacks_subject(_TREE, "香" * 50_000, "香")
    assert time.perf_counter() - began < 2
