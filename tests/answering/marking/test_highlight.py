"""Which words of a sentence are marked."""

from __future__ import annotations

import pytest

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.term_weights import Weights
from rag.answering.marking.highlight import highlight_of
from rag.answering.question.analysis import analyse
from rag.index.terms import terms

HEAD = "| Region | Farms | Capacity (MW) |"


def marked(
    question: str, text: str, *, head: str = "", read: str | None = None, sure: float = 0.9
) -> str | None:
    """The marked words, all of the question's terms worth the same; ``read`` is the reader's span."""
    asked = analyse(question)
    held = sorted(set(terms(asked.content)))
    worth = dict.fromkeys(held, 1 / max(len(held), 1))
    candidate = Candidate(
        passage=0, position=0, document_id="a", start=0, end=len(text), text=text,
        before=head, after="", frame="", published=None, head=head,
    )  # fmt: skip
    span = (text.index(read), text.index(read) + len(read), sure) if read is not None else None
    found = highlight_of(asked, candidate, Weights(worth, (), worth), span)
    return text[found[0] : found[1]] if found else None


@pytest.mark.parametrize(
    ("question", "row", "cell"),
    [
        ("What is the capacity in Denmark?", "| Denmark | 9 | 980 |", "980"),
        ("How many farms are in Denmark?", "| Denmark | 9 | 980 |", "9"),
        ("Which region has 9 farms?", "| Denmark | 9 | 980 |", "Denmark"),
        ("Which region has 19 farms?", "| Denmark | 9 | 980 |", "9"),
        ("Which region has farms?", "| Denmark | | 980 |", None),
    ],
)
def test_the_cell_under_the_head_that_was_asked_for(question, row, cell) -> None:
    assert marked(question, row, head=HEAD) == cell


def test_the_reader_does_not_choose_the_column() -> None:
    row = "| Price | $349.99 | $499 |"
    head = "| Property | X200 | X300 |"
    assert marked("What is the price of the X300?", row, head=head, read="$349.99") == "$499"


def test_the_cell_of_a_chinese_table() -> None:
    head, row = "| 姓名 | 职务 | 电话 |", "| 李四 | 副局长 | 8123 |"
    assert marked("李四的电话是多少?", row, head=head) == "8123"
    assert marked("职务是副局长的是谁?", row, head=head) == "李四"


@pytest.mark.parametrize(
    ("head", "row", "question", "cell"),
    [
        ("| Year | Visitors |", "| 2021 | 1,400 |", "Which year had the most visitors?", "2021"),
        (HEAD, "| South | 25 | 90 |", "Which region has the most farms?", "South"),
        ("| 区 | 人口 | 面积 |", "| 市北区 | 110万人 | 65平方公里 |", "哪个区人口最多？", "市北区"),
        ("| 区 | 人口 | 面积 |", "| 市北区 | 110万人 | 65平方公里 |", "哪个区面积最大？", "市北区"),
        ("| 序号 | 区 | 书记 |", "| 1 | 市北区 | 李华 |", "李华是哪个区的书记？", "市北区"),
        (
            "| Plan | Price | Changed |",
            "| Standard | $79 | 2024-02-10 |",
            "When was the price of the Standard plan last changed?",
            "2024-02-10",
        ),
        (
            "| Plan | Price | Update |",
            "| Standard | $79 | 2024-02-10 |",
            "When was the price of the Standard plan last changed?",
            "2024-02-10",
        ),
        ("| No | Name | Role |", "| 1 | Ann Lee | Manager |", "Who has the role of manager?", "Ann Lee"),
        ("| Year | Costs | Revenue |", "| 2021 | $5m | $6m |", "In which year did revenue reach $6m?", "2021"),
        (
            "| Plan | Users | Price per month |",
            "| Standard | 20 | $79 |",
            "How many people can use the Standard plan per month?",
            "20",
        ),
        (
            "| Office | Manager | Phone |",
            "| North | Zoe Ann | 812 |",
            "What is the phone of the office whose manager is Zoe Ann?",
            "812",
        ),
    ],
)  # fmt: skip
def test_the_column_that_is_asked_for_and_not_the_one_that_is_told(
    head, row, question, cell
) -> None:
    assert marked(question, row, head=head) == cell


@pytest.mark.parametrize(
    ("read", "shown"),
    [
        ("Sir Alan Whitcom", "Sir Alan Whitcombe"),
        ("eads the boar", "heads the board"),
        ("(since 2020", "(since 2020)"),
        ("since 2020)", "since 2020"),
        ("* Sir Alan", "Sir Alan"),
    ],
)
def test_a_mark_cuts_no_word_and_no_brackets(read, shown) -> None:
    text = "* Sir Alan Whitcombe heads the board (since 2020)."
    assert marked("What does it say?", text, read=read) == shown


@pytest.mark.parametrize(
    ("question", "text", "shown"),
    [
        ("违约金上限是多少?", "7.3 违约金总额不超过合同总价的10%。", "10%"),
        ("甲方逾期每天付多少违约金?", "7.2 甲方逾期的,每日支付0.3‰的违约金。", "0.3‰"),
        ("How much is the deposit?", "3. Deposit. The deposit is $500.", "$500"),
        ("客服热线是多少?", "客服热线：400-820-5678", "400-820-5678"),
        ("净化器适用面积多大?", "适用面积为35～60㎡。", "35～60㎡"),
        ("银行卡多久到账?", "银行卡3至7个工作日到账。", "3至7个工作日"),
    ],
)
def test_a_number_of_the_sentence_is_not_marked_and_figures_are_whole(
    question, text, shown
) -> None:
    assert marked(question, text) == shown


@pytest.mark.parametrize(
    ("text", "read", "shown"),
    [
        ("It runs 2**10 times.", "2", "2**10"),
        ("Set max_length first.", "length", "max_length"),
        ("It takes **12** days.", "12", "12"),
        ("2.4 The tenant pays.", "2.4 The tenant", "The tenant"),
        ("答案是🎉青岛港🎉。", "🎉青岛港🎉", "青岛港"),
        ("It ends with → here.", "→", None),
        ("今天25℃左右。", "25℃", "25℃"),
    ],
)
def test_a_mark_keeps_terms_whole_and_has_no_symbols_at_its_edges(text, read, shown) -> None:
    assert marked("What does it say?", text, read=read) == shown


def test_an_unsure_reader_gives_way_to_a_figure_much_nearer_to_the_words() -> None:
    text = "升级为黄金会员年费为198元,钻石会员年费为498元。"
    question = "黄金会员年费多少?"
    assert marked(question, text, read="498元", sure=0.38) == "198元"
    apart = "黄金会员每年付198元,钻石会员年费为498元。"
    assert marked(question, apart, read="498元", sure=0.9) == "498元"


def test_a_term_inside_a_longer_word_is_not_the_asked_one() -> None:
    text = "员工可享受婚假10天、产假158天、陪产假15天、丧假3天。"
    assert marked("产假多少天?", text, read="15天", sure=0.4) == "158天"
    assert marked("陪产假多少天?", text, read="15天", sure=0.4) == "15天"


def test_a_mark_keeps_to_one_field() -> None:
    text = "甲方：青岛港公司\n乙方（卖方）：苏州恒信公司"
    assert marked("这是什么?", text, read="青岛港公司\n乙方（卖方）：苏州恒信公司") == "青岛港公司"
    assert marked("这是什么?", "籍贯：长沙\n手机：1380", read="长沙\n手机") == "长沙"


def test_a_shred_behind_the_number_of_a_sentence_is_no_mark() -> None:
    assert marked("付多少违约金?", "7.2 甲方每日付0.3‰。", read="7.2 甲") == "0.3‰"


def test_a_mark_keeps_to_one_cell() -> None:
    row = "| Weight | 3.4 kg | 4.1 kg |"
    assert marked("What is the weight?", row, read="| 3.4 kg | 4.1 kg |") == "3.4 kg"


def test_in_chinese_a_mark_may_end_inside_a_run() -> None:
    assert marked("这是什么?", "他在青岛港集团工作。", read="青岛港") == "青岛港"


def test_the_unit_of_a_figure_is_marked_with_it() -> None:
    text = "The star has a capacity of 480 MW."
    assert marked("What is the capacity of the star?", text, read="480") == "480 MW"


def test_the_figure_of_the_asked_year_wins_over_the_reader() -> None:
    text = "It employed 3,450 people at the end of 2022, compared with 3,120 at the end of 2021."
    question = "How many people did it employ at the end of 2021?"
    assert marked(question, text, read="3,450 people") == "3,120"


def test_a_long_unit_is_seen_after_its_figure() -> None:
    text = "Of 70 on the lists 64 participants came."
    assert marked("How many participants came?", text, read="70") == "64"


CODES = "| 代码 | 含义 | 处理方法 |"


@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("E20是什么故障？", "排水超时"),
        ("洗衣机显示E20该怎么办？", "清洗过滤器"),
        ("E20怎么处理？", "清洗过滤器"),
    ],
)
def test_a_column_that_the_question_names_in_other_words(question: str, cell: str) -> None:
    row = "| E20 | 排水超时 | 清洗过滤器 |"
    assert marked(question, row, head=CODES, read="E20") == cell


def test_of_two_columns_that_are_meant_none_is_taken() -> None:
    head, row = "| 合同 | 签订日期 | 到期日期 |", "| 甲 | 2024年3月 | 2026年3月 |"
    assert marked("甲是什么时候的？", row, head=head, read="2026年3月") == "2026年3月"


def test_a_person_is_marked_without_what_he_does() -> None:
    text = "区卫生健康局局长韩华表示,将深化改革。"
    assert marked("局长是谁?", text, read="韩华表示") == "韩华"
    assert marked("局长是谁?", text, read="韩华表示,将深化") == "韩华"
    text = "（三）由分管副总经理审批。"
    assert marked("需要谁审批?", text, read="分管副总经理") == "分管副总经理"


@pytest.mark.parametrize(
    ("read", "sure", "shown"),
    [
        ("会展之滨”名片", 0.3, "会展之滨"),
        ("会展之滨”名片", 0.7, "“会展之滨”名片"),
        ("“会展之滨", 0.3, "“会展之滨”"),
        ("会展之滨”", 0.3, "会展之滨"),
        ("擦亮“会展", 0.3, "擦亮“会展之滨”"),
    ],
)
def test_a_mark_cuts_no_quotation(read: str, sure: float, shown: str) -> None:
    text = "新区擦亮“会展之滨”名片。"
    assert marked("擦亮了什么?", text, read=read, sure=sure) == shown


def test_a_mark_that_begins_in_the_first_of_several_quotations_holds_them_all() -> None:
    text = "举办“主力军擂台”“一把手擂台”。"
    read = "主力军擂台”“一把手擂台"
    assert marked("办了什么?", text, read=read) == "“主力军擂台”“一把手擂台”"
    text = "举行“奋进西海岸”体制机制创新发布会。"
    read = "奋进西海岸”体制机制创新发布会"
    assert marked("办了什么?", text, read=read, sure=0.3) == "“奋进西海岸”体制机制创新发布会"


def test_all_that_the_reader_marks_of_a_list_stays() -> None:
    text = "消防演练每年两次，安排在4月和10月。"
    assert marked("演练安排在哪几个月？", text, read="4月和10月") == "4月和10月"


def test_the_members_of_a_list_where_the_reader_knows_nothing() -> None:
    text = "完善“河长制”“湾长制”“岛长制”等长效机制。"
    assert marked("完善了哪几种机制?", text) == "“河长制”“湾长制”“岛长制”"


def test_of_figures_with_the_asked_unit_the_reader_chooses_where_words_do_not() -> None:
    text = "有11家达到国家标准,6家创建社区医院。"
    assert marked("多少家够得上?", text, read="6家", sure=0.3) == "6家"
    assert marked("多少家够得上?", text, read="11家", sure=0.3) == "11家"
    assert marked("多少家够得上?", text, read="6家", sure=0.05) == "11家"
    assert marked("多少家达到国家标准?", text, read="6家", sure=0.3) == "11家"
    assert marked("多少家够得上?", text, read="国家标准", sure=0.3) == "11家"


def test_a_title_is_marked_whole() -> None:
    text = "会上通过了《甲局乙局关于进一步做好冬季渔港消防工作的通知》，下月施行。"
    title = "《甲局乙局关于进一步做好冬季渔港消防工作的通知》"
    assert marked("通过了什么文件?", text, read="《甲局乙局") == title
    assert marked("谁发的通知?", text, read="甲局乙局") == "甲局乙局"


def test_the_words_that_the_clause_adds_to_a_name_are_left_out() -> None:
    assert marked("谁设计了栈桥?", "栈桥由建筑师陆百川设计。", read="建筑师陆百川") == "陆百川"
    assert marked("栈桥哪年建成?", "栈桥1936年5月4日建成。", read="1936年5月4日") == "1936年"
    assert marked("栈桥在哪个市?", "栈桥在福建省泉州市。", read="在福建省泉州市") == "泉州市"


def test_an_unsure_reader_may_mark_a_quotation() -> None:
    text = "治理体系被评价为“最顺体制”。"
    assert marked("怎么夸它的?", text, read="“最顺体制", sure=0.06) == "“最顺体制”"
    assert marked("怎么夸它的?", text, read="评价为“最顺", sure=0.06) is None
    assert marked("怎么成为“最顺体制”?", text, read="“最顺体制", sure=0.06) is None


def test_one_of_several_quotations_is_marked_with_the_others_where_a_list_is_asked_for() -> None:
    text = "打造“协商”“同心汇”“悦读”等品牌。"
    assert marked("有哪些品牌?", text, read="同心汇", sure=0.3) == "“协商”“同心汇”“悦读”"
    assert marked("最新的品牌叫什么?", text, read="同心汇", sure=0.3) == "同心汇"


def test_a_name_that_the_reader_leaves_unfinished() -> None:
    text = "新区被国家发改委评价为最顺体制。"
    assert marked("哪个部门夸体制最顺?", text, read="国家", sure=0.3) == "国家发改委"
    assert marked("哪个部门夸体制最顺?", text, read="发改", sure=0.3) == "发改"


@pytest.mark.parametrize(
    ("question", "text", "read", "shown"),
    [
        (
            "有哪些办法?",
            "推行预约诊疗、潮汐门诊等举措。",
            "预约诊疗、潮汐门诊等",
            "预约诊疗、潮汐门诊",
        ),
        ("追求什么?", "追求自由、平等。", "自由、平等", "自由、平等"),
        ("分为哪几等?", "分为甲等、乙等、丙等。", "甲等、乙等、丙等", "甲等、乙等、丙等"),
        ("小孩能进吗?", "A：不可以。", "A：不可以", "不可以"),
        ("哪个用量最赚钱?", "10 t/hm²处理的净收益最高。", "10 t/hm²", "10 t/hm²"),
    ],
)
def test_a_mark_ends_where_the_answer_does(question: str, text: str, read: str, shown: str) -> None:
    assert marked(question, text, read=read, sure=0.3) == shown


def test_the_unit_behind_a_number_in_a_cell() -> None:
    head, row = "| 项目 | 参数 |", "| 最高转速 | 1400转/分 |"
    assert marked("最高转速是多少？", row, head=head, read="1400转/分") == "1400转/分"


def test_both_days_a_whole_row_and_the_reason() -> None:
    assert marked("从哪天到哪天?", "自4月1日至5月31日。", read="5月31日") == "4月1日至5月31日"
    text = "有“甲、乙、丙”三条路。"
    assert marked("是哪三条?", text, read="三条路", sure=0.3) == "甲、乙、丙"
    assert marked("为什么停?", "停工是为了检修设备。", read="停工", sure=0.3) == "检修设备"
