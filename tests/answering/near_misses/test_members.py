"""The members of a counted group, asked for and not told."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.members import group_asked, lacks_members
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "number", "units"),
    [
        ("城南区8个园区分别叫什么？", 8, "个"),
        ("县里的七条产业链是哪几条？", 7, "条"),
        ("工程分为三个阶段,分别是什么?", 3, "个"),
        ("“五大行动”是哪五个？", 5, "大个"),
        ("當天新增了哪8家成員單位", 8, "家"),
        ("有哪7个社会组织参与", 7, "个"),
    ],
)
def test_a_group_is_asked_for(question: str, number: int, units: str) -> None:
    group = group_asked(normalize(question))
    assert group is not None
    assert (group.number, group.units) == (number, frozenset(units))


@pytest.mark.parametrize(
    "question",
    [
        "哪两家企业中标？",  # two are told in too many ways
        "8个园区总面积多少？",
        "园区有哪些？",
        "3家公司的5个项目分别是什么？",
        "第8个园区叫什么，分别在哪里？",
        "2023年8月哪些项目开工？",
        "哪些企业获得了三个一等奖？",
        "哪些球员拿过五个总冠军?",
        "12名干部是从哪些单位选拔的？",
        "明珠大学三个校区分别位于哪里?",
        "歌唱大賽三位歌手分別獲得哪些獎項?",
        "三家公司分别成立于哪一年？",
        "3个县的人口分别是多少？",
        "该市在10个区中分别排名第几？",
        "镇党委通过哪些形式学习党的二十大精神?",
        "全国有哪些三级医院？",
        "鎮長用哪四個字概括做法？",
        "哪四个数字？",
        "那十座城门的用途是什么？",
        "八项重点工作的第一项是什么?",
        "45张证明大部分是什么?",
        "高质量开展了哪六个“大”环节？",
        "What are the eight parks?",
    ],
)
def test_something_else_is_asked_for(question: str) -> None:
    assert group_asked(normalize(question)) is None


@pytest.mark.parametrize(
    ("question", "sentence", "after"),
    [
        ("8个园区分别叫什么？", "城南区建成园区8个，总面积100万平方米。", "产值过百亿元。"),
        ("“五大行动”是哪五个？", "全县打响“五大行动”，成效明显。", ""),
        ("“五区同创”是哪五区？", "目标是“五区同创”，建设示范窗口区。", ""),
        ("四大产业分别是什么？", "要做强4大产业和7条产业链。", ""),
        ("四大產業分別是什麼？", "要做強四大產業。", "全縣面貌一新。"),
        ("获奖的12个城市是哪些？", "63个城市获批，12个城市获得命名。", ""),
        ("7条产业链是哪几条？", "要做强4大产业和7条产业链。", "环境要好，服务要好。"),
        (
            "四大产业分别是什么？",
            "完整、准确、全面贯彻新理念，融入新格局，做强四大产业，在国家、省、市各级当排头。",
            "",
        ),
        ("五大战场分别是什么？", "发力“五大战场”,经济稳中有进,改革加快,城市升级,民生改善。", ""),
        ("“三大工程”是哪三个？", "推进再开发、攻坚和“三大工程”,保障产业、项目、用地。", ""),
        ("四大战略分别是什么？", "服务“四大战略”,以实干、实效、实绩推动发展。", ""),
    ],
)
def test_a_sentence_that_counts_and_does_not_name(question: str, sentence: str, after: str) -> None:
    assert _lacks(question, sentence, after)


@pytest.mark.parametrize(
    ("question", "sentence", "after"),
    [
        ("四大产业分别是什么？", "四大产业是钢铁、化工、造船和旅游。", ""),
        ("四大产业分别是什么？", "四大产业：钢铁，化工，造船，旅游。", ""),
        ("四大产业分别是什么？", "四大产业是钢铁,化工,造船,旅游。", ""),
        ("四大产业分别是什么？", "四大产业是指钢铁，化工，造船，旅游。", ""),
        ("四大产业分别是什么？", "要做强四大产业。", "其中钢铁、化工、造船、旅游各有园区。"),
        ("四大产业分别是什么？", "要做强四大产业。", "钢铁、化工、造船、旅游齐头并进。"),
        ("四大产业分别是什么？", "“钢铁”“化工”“造船”“旅游”四大产业成形。", ""),
        ("四大产业分别是什么？", "四大产业（钢铁/化工/造船/旅游）成形。", ""),
        ("四大产业分别是什么？", "钢铁、化工、造船占了八成。", ""),  # counts nothing
        ("三个环节是哪些？", "三个环节，一是动员，二是学习，三是整改。", ""),
        ("改革从哪三个方面推进？", "改革从三个方面推进。", "一是精简机构。"),
        ("工程分为三个阶段,分别是什么?", "工程分为三个阶段实施。", "第一阶段清淤。"),
        ("园区有哪四个项目？", "园区有四个项目:", "- 码头"),
        ("哪三个镇受灾？", "受灾的有三个镇：城关、河口和石桥。", ""),
        ("哪三個國家簽署港口協議?", "中日韓三個國家簽署港口協議。", ""),
        ("当地三大主食分别是什么?", "当地三大主食是小麦,水稻,玉米。", ""),
        ("入选的5位球员是谁？", "入选的有5位球员。", "姚明、易建联、王治郅、巴特尔、孙悦。"),
        ("哪三个村通了车？", "李明任组长,另外三个人任组员。", ""),  # counts something else
        ("三家运营商是哪几家？", "三家运营商 移动 联通 电信 都已入驻。", ""),
        ("获奖的12个城市是哪些？", "第12个城市获得命名。", ""),
        ("“四个治理”具体是什么？", "区里抓好“四个治理”:", "狠抓城市治理,环境大改观;"),
        ("六大平台叫什么？", "加快建设会展中心、经贸学院等六大平台。", ""),  # examples
        ("要健全哪三大体系？", "完善领导体系，健全服务体系，构建监督体系等三大体系。", ""),
        ("十条惠师办法叫什么？", "实施关心教师“惠师十条”办法。", ""),  # may be the name of all
        ("四大产业分别是什么？", "聚焦钢铁、化工、造船、旅游,做强四大产业。", ""),
        ("“四个治理”具体是什么？", "重点是“四个治理”。", "城市治理要见效，社区治理要便民。"),
    ],
)
def test_what_may_be_the_list(question: str, sentence: str, after: str) -> None:
    assert not _lacks(question, sentence, after)


def _lacks(question: str, sentence: str, after: str) -> bool:
    group = group_asked(normalize(question))
    assert group is not None
    return lacks_members(group, normalize(sentence), normalize(after))
