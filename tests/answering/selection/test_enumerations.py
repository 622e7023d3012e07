from __future__ import annotations

import pytest

from rag.answering.selection.enumerations import announced, list_goes_on, marker_of
from tests.answering.made import passage, ranked_over, texts_of

LAW = (
    "第五条　申请登记，应当提交下列材料：\n（一）身份证明；\n（二）购车发票；\n（三）合格证明。\n办理登记不得收费。\n"
    "第六条　号牌丢失的，应当补领。"
)


def listed(text: str, best: str) -> list[str]:
    passages = [passage(text)]
    ranked = ranked_over(passages, best)
    return texts_of(ranked, list_goes_on(ranked, ranked.order[0], passages))


@pytest.mark.parametrize("best", ["（三）", "（一）", "第五条"])
def test_the_numbered_points_of_a_law_are_items(best: str) -> None:
    items = ["（一）身份证明；", "（二）购车发票；", "（三）合格证明。"]
    assert listed(LAW, best) == [item for item in items if best not in item]


def test_an_article_that_holds_its_list_is_not_followed_by_the_next_articles() -> None:
    text = "第十三条 须提供以下材料：（一）报销单；（二）发票。\n\n第十四条 招待费须事先申请。\n超支须经批准。"
    assert listed(text, "第十三条") == []


def test_without_a_colon_only_marked_items_follow() -> None:
    text = "全区重点工作包括三项。会议随后结束。大家合影留念。"
    assert listed(text, "全区重点") == []
    assert listed("重点工作包括三项。一是建港。二是修路。随后散会。", "重点") == [
        "一是建港。",
        "二是修路。",
    ]


def test_items_of_another_mark_end_a_list() -> None:
    text = "需要如下：\n1. 单据\n2. 发票\n一、总则\n二、附则"
    assert listed(text, "需要") == ["1. 单据", "2. 发票"]


def test_a_heading_and_a_question_end_a_list() -> None:
    assert listed("需要以下材料：\n身份证\n户口本\n## 收费\n不收费用", "需要") == [
        "身份证",
        "户口本",
    ]
    assert listed("下列商品除外：\n生鲜\n内衣\n问：运费怎么算？", "下列") == ["生鲜", "内衣"]


def test_what_stands_on_an_items_line_belongs_to_it() -> None:
    text = "Steps:\n- Take it out. Tap it gently.\n- Rinse it.\nCall us if it is grey and nothing helps you any more."
    assert listed(text, "Take")[:2] == ["Tap it gently.", "- Rinse it."]


def test_a_figure_with_decimals_is_no_item() -> None:
    assert marker_of("3.5亿元投资到位。") is None
    assert marker_of("3.5 million euros were spent.") is None
    assert marker_of("2.4 剩余5%作为质量保证金。") is not None


CLAUSE = "7.1 有下列情形之一的，甲方可以解除合同：（一）擅自转租；\n（二）从事违法活动；\n（三）拖欠水费。\n7.2 乙方无责任。"


def test_a_list_whose_first_item_stands_with_its_announcement_goes_on() -> None:
    others = ["（二）从事违法活动；", "（三）拖欠水费。"]
    assert listed(CLAUSE, "7.1") == others
    assert listed(CLAUSE, "（二）") == [CLAUSE.split("\n", maxsplit=1)[0], others[1]]


def test_bold_words_are_no_items() -> None:
    assert marker_of("**关键词** 土壤；玉米") is None
    assert marker_of("* 土壤") == marker_of("- 玉米")


def test_a_list_without_marks_is_as_long_as_its_announcement_says() -> None:
    text = "会议提出三项重点工作：\n建港。\n修路。\n办学。\n随后散会。"
    assert listed(text, "会议") == ["建港。", "修路。", "办学。"]
    assert announced("会议提出三项重点工作：") == 3
    assert announced("第三条规定：") is None


def test_numbers_side_by_side_announce_one_list() -> None:
    assert announced("重点抓好“四个治理、一个保障”：") == 5
    assert announced("提出三项任务和2项要求：") == 5
    assert announced("提出三项任务，共两年：") is None
    text = "抓好“两个治理、一个保障”：\n城市治理；\n民生治理；\n治理保障。\n随后散会。"
    assert listed(text, "抓好") == ["城市治理；", "民生治理；", "治理保障。"]
