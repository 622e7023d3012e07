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


@pytest.mark.parametrize(
    ("question", "kind", "unit"),
    [
        ("近几年老城修了哪些桥?", "thing", ""),
        ("这几天食堂开门吗?", "yesno", ""),
        ("好几家门店都缺货,怎么补?", "manner", ""),
        ("未来几年有什么打算?", "thing", ""),
        ("前几名有什么好处?", "thing", ""),
        ("谁在前几届拿过冠军?", "person", ""),
        ("那几场演出在哪里办的?", "place", ""),
        ("前几批一共几个项目?", "figure", "个"),
        ("十几个项目里最大的叫什么?", "name", ""),
        ("几十家供应商里谁最便宜?", "person", ""),
        ("几乎没有噪音的是哪台?", "thing", ""),
        ("一时说不清归谁管,怎么解决的?", "manner", ""),
        ("他们管着几十条线路?", "figure", "条"),
        ("最好几点出发?", "date", ""),
        ("说好几天交货?", "figure", "天"),
        ("刚好几个人?", "figure", "个"),
        ("比赛取前几名?", "figure", "名"),
        ("每隔几年换一次?", "figure", "年"),
        ("再过几天交房?", "figure", "天"),
        ("休假要提前几天申请吗?", "figure", "天"),
        ("怎么规定辞职提前几天说的?", "figure", "天"),
        ("怎么规定收货后几天内付款的?", "duration", "天"),
        ("员工人数多,食堂怎么排?", "manner", ""),
        ("员工人数有多少?", "figure", ""),
    ],
)
def test_a_few_are_not_asked_for(question, kind, unit) -> None:
    asked = analyse(question)
    assert (asked.kind, asked.units) == (kind, unit)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("办这个节是出于什么目的?", "reason"),
        ("搬家的目的是什么?", "reason"),
        ("他们改流程图个啥?", "reason"),
        ("加班图的是什么?", "reason"),
        ("这么做为的是什么?", "reason"),
        ("企图什么?", "thing"),
        ("地图是什么样的?", "thing"),
        ("目的地是什么城市?", "place"),
        ("设计图的是什么?", "thing"),
        ("开会时间为何改了?", "reason"),
        ("交货日期为什么推后?", "reason"),
        ("总部为何搬走?", "reason"),
        ("开会时间为何?", "date"),
        ("总部地址为何?", "place"),
    ],
)
def test_a_purpose_is_a_reason(question, kind) -> None:
    assert analyse(question).kind == kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("哪两个国家部门发的通知?", "organisation"),
        ("哪两个国家签了约?", "place"),
        ("哪几条路子走得通?", "thing"),
        ("哪条路最堵?", "place"),
        ("哪些市场卖得好?", "thing"),
        ("哪些国际会议取消了?", "thing"),
        ("哪个城市人最多?", "place"),
        ("利润今年涨了多少?", "percent"),
        ("票价今年涨了多少?", "money"),
        ("水库水位涨了多少?", "figure"),
        ("账号粉丝涨了多少?", "figure"),
        ("退货占多大比例?", "percent"),
        ("我们组考核排老几?", "rank"),
    ],
)
def test_a_kind_is_not_told_by_the_beginning_of_a_word(question, kind) -> None:
    assert analyse(question).kind == kind


def test_a_capital_is_no_list() -> None:
    assert not analyse("首都有多少条地铁?").many
    assert analyse("他们都有什么车?").many


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("首都的地铁有多少?", ["首都", "地铁", "?"]),
        ("全国有多少家?", ["全国", "家?"]),
        ("研究所有多少人?", ["研究所", "人?"]),
        ("国有企业有多少家?", ["国有企业", "家?"]),
        ("除了解决住房还做什么?", ["除", "解决住房", "做", "?"]),
        ("项目的目的是什么?", ["项目", "目的", "?"]),
        ("自由港在哪里?", ["自由港", "?"]),
        ("把手续办好要多久?", ["手续办好要", "?"]),
        ("一把手是谁?", ["一把手", "?"]),
        ("过去三年涉及哪些单位?", ["过去三年涉及", "单位?"]),
    ],
)
def test_a_particle_inside_a_word_is_part_of_it(question, content) -> None:
    assert analyse(question).content.split() == content


def test_a_long_question_takes_no_time() -> None:
    assert analyse("前几个" * 1600 + "是什么?").kind == "thing"
