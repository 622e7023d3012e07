"""Which one of several a question asks about and a sentence tells of."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.which_one import another_one, ones_asked, ones_told
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("在第一、第三季度考核中", {"季度": {1, 3}}),
        ("前三季度增长5%", {"季度": {1, 2, 3}}),
        ("目前3号线、日前第六届", {"号线": {3}, "届": {6}}),
        ("一至三期工程", {"期": {1, 2, 3}}),
        ("二届六次全体会议", {"届": {2}, "次全会": {6}}),
        ("第二十五届中国专利奖", {"届": {25}}),
        ("地铁3号线", {"号线": {3}}),
        ("第二批清单，举办三次活动，分两批到位", {"批": {2}}),
        ("三期间隔，二期待", {}),
        ("区委副书记、区长", {"书记": {2}, "区长": {1}}),
    ],
)
def test_what_a_text_tells_of(text: str, told: dict[str, set[int]]) -> None:
    assert ones_told(normalize(text)) == told


@pytest.mark.parametrize(
    ("question", "sentence", "around", "clash"),
    [
        ("第七届年会在哪召开？", "第六届年会在上海召开。", "", True),
        ("第六届年会在哪召开？", "第六屆年會在上海召開。", "", False),
        ("二期总投资多少？", "一期总投资35亿元。", "二期预计明年开工。", False),
        ("第二季度排第几？", "在第一、第三季度考核中排名第6、第5。", "", True),
        ("第三季度排第几？", "在第一、第三季度考核中排名第6、第5。", "", False),
        ("区卫健局副局长是谁？", "区卫健局局长韩华表示。", "", True),
        ("区卫健局局长是谁？", "区卫健局副局长李明说。", "", True),
        ("区卫健局局长是谁？", "区卫健局局长韩华、副局长李明出席。", "", False),
        ("陪市长去的副职是谁？", "副市长陈杰参加调研。", "", False),
        ("市北区现任区长是谁？", "高健同时是市北区委书记。", "", True),
        ("市北区现任区长是谁？", "高健主持会议。", "区长在会上讲话。", False),
        ("市北区现任区长是谁？", "Gao Jian is the party secretary.", "", False),
        ("市北区现任区长是谁？", "高健主持会议。", "", False),
        ("市北区现任区长是谁？", "书记高健和区政府主要负责人李明出席。", "", False),
        ("集团董事长是谁？", "集团董事局主席周明出席。", "", False),
        ("公司总经理是谁？", "公司总裁李明表示，将扩大投资。", "", False),
        ("书记为什么被免职？", "局长张三因违纪被开除。", "", False),
        ("校长是什么时候上任的？", "主任说，他2019年到校任职。", "", False),
        ("年会在哪召开？", "第六届年会在上海召开。", "", False),
    ],
)
def test_a_sentence_about_another_one(
    question: str, sentence: str, around: str, clash: bool
) -> None:
    told = normalize(sentence)
    asked = ones_asked(normalize(question))
    assert another_one(asked, told, told + normalize(around)) == clash
