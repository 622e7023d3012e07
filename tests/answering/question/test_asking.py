"""Asking words that ask nothing, and what is asked then."""

from __future__ import annotations

import pytest

from rag.answering.question.analysis import analyse
from rag.answering.question.asking import without_idle_asking


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("谁都说归自己管,怎么治好的?", "manner"),
        ("还有谁也获奖了?", "person"),
        ("谁主管谁负责的原则是哪年提出的?", "date"),
        ("谁战胜了谁?", "person"),
        ("谁和谁一起来的?", "person"),
        ("不管找谁都要多少钱?", "money"),
        ("碰上官司不知道找谁,有没有能挑律师的地方?", "yesno"),
        ("不知道上哪儿办,能办证的机器有几台?", "figure"),
        ("我不知道书记是谁", "person"),
        ("不知道该找谁,能告诉我吗?", "person"),
        ("你知道这个平台叫什么吗?", "name"),
        ("这个平台叫什么,你知道吗?", "name"),
        ("能不能告诉我这个平台叫什么?", "name"),
        ("有没有投诉渠道?叫什么", "name"),
        ("有没有投诉渠道,怎么投诉?", "manner"),
        ("有没有投诉渠道?", "yesno"),
        ("是否设立了基金,我要申请", "yesno"),
    ],
)
def test_what_asks_is_told_from_what_does_not(question, kind) -> None:
    assert analyse(question).kind == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("驿站是替谁准备的?", "thing"),
        ("驛站是為誰準備的?", "thing"),
        ("驿站服务谁?", "thing"),
        ("服务对象是谁?", "thing"),
        ("大会由谁承办?", "thing"),
        ("发布会由谁主持?", "person"),
        ("局长由谁担任?", "person"),
        ("奖颁给谁了?", "person"),
        ("党支部的书记叫什么?", "person"),
        ("驿站的负责人的名字是什么?", "person"),
        ("站长姓啥?", "person"),
        ("通訊員叫什麼?", "person"),
        ("市长热线叫什么?", "name"),
        ("书记叫什么口号?", "name"),
        ("他的狗叫啥?", "name"),
    ],
)
def test_a_group_may_answer_who_and_a_person_how_a_post_is_called(question, kind) -> None:
    assert analyse(question).kind == kind


def test_blanked_words_keep_their_place() -> None:
    assert without_idle_asking("谁都不管,谁来?") == " 都不管,谁来?"
    assert without_idle_asking("你知道叫什么吗?") == "你知道叫什么 ?"
