"""Sentence spans: worked examples in many scripts, and properties over hostile text."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunking import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


HOSTILE = st.text(
    st.one_of(
        st.characters(),  # lone surrogates too
        st.sampled_from(
            "。！？；…”’」』）】》，、：\"'.!?;,()（《“ \t\n\n\r\u3000\xa0\u2028\x0b\x00"
        ),
        st.sampled_from("#|-*•一二三1234abcABC新区会议ก ข؟۔।\u200d\u202e\ufeff\U0001f468\u0301"),
    ),
    max_size=120,
)


@given(HOSTILE)
@settings(max_examples=600, suppress_health_check=[HealthCheck.too_slow])
def test_spans_are_sorted_disjoint_and_cover_every_character_that_is_not_blank(text: str) -> None:
    position = 0
    for start, end in split_sentences(text):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


@given(HOSTILE, st.lists(st.tuples(st.integers(-3, 130), st.integers(-3, 130)), max_size=5))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_headings_of_any_kind_keep_the_spans_valid(
    text: str, headings: list[tuple[int, int]]
) -> None:
    position = 0
    for start, end in split_sentences(text, headings=headings):
        assert position <= start < end <= len(text)
        assert not text[position:start].strip()
        position = end
    assert not text[position:].strip()


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u3000\xa0\t"])
def test_blank_text_has_no_sentences(text: str) -> None:
    assert split_sentences(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今天下雨。明天晴！后天呢？", ["今天下雨。", "明天晴！", "后天呢？"]),
        ("他说：“你来了？”她点头。", ["他说：“你来了？”", "她点头。"]),
        ("“雨停了。”老人说，“走吧。”", ["“雨停了。”", "老人说，“走吧。”"]),
        ("喊着“冲啊！”的人群散了。", ["喊着“冲啊！”的人群散了。"]),
        ("《你好，世界！》上映了。票房不错。", ["《你好，世界！》上映了。", "票房不错。"]),
        ("数据（含港口。不含机场。）已公布。完。", ["数据（含港口。不含机场。）已公布。", "完。"]),
        ("真的吗？！太好了……我信。", ["真的吗？！", "太好了……", "我信。"]),
        ("涨了3.5%，到12.8亿元。第2季度更多。", ["涨了3.5%，到12.8亿元。", "第2季度更多。"]),
        ("网址是www.example.com/a.html。请看。", ["网址是www.example.com/a.html。", "请看。"]),
        ('他问:"去吗?"她说:"去。"走了。', ['他问:"去吗?"', '她说:"去。"', "走了。"]),
        ("会客室关了。“ 他走了。", ["会客室关了。“", "他走了。"]),
        ("贡献很大!1", ["贡献很大!", "1"]),
        ("東京は晴れ。「雨だ！」と言った。", ["東京は晴れ。", "「雨だ！」と言った。"]),
        ("「何ですか？」と彼は聞いた。", ["「何ですか？」と彼は聞いた。"]),
        ("「すごい。」って思った。行く。", ["「すごい。」って思った。", "行く。"]),
        ("「雨だ！」とても寒い。", ["「雨だ！」", "とても寒い。"]),
        ("2. 押金。乙方预付。到期退还。", ["2. 押金。乙方预付。", "到期退还。"]),
        ("第三条 押金。乙方预付。", ["第三条 押金。乙方预付。"]),
        ("1、开机。2、联网。3、登录。", ["1、开机。", "2、联网。", "3、登录。"]),
        ("（笑）谢谢。我们开始。", ["（笑）谢谢。", "我们开始。"]),
        ("2. 押金。\n乙方预付。", ["2. 押金。", "乙方预付。"]),
        ("2. 乙方预付三个月租金。到期退还。", ["2. 乙方预付三个月租金。", "到期退还。"]),
        ("**问：多久发货？**\n答：两天。", ["**问：多久发货？**", "答：两天。"]),
        ("__合同已经签了，款也付了。__ 见下。", ["__合同已经签了，款也付了。__", "见下。"]),
    ],
)
def test_chinese_and_japanese(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "The load was high.12 Storms dominated the budget.3,4 Others disagree with this.5–7 We tried.",
            [
                "The load was high.12",
                "Storms dominated the budget.3,4",
                "Others disagree with this.5–7",
                "We tried.",
            ],
        ),
        ("The load was high.¹²\nStorms came.³ “No.”", ["The load was high.¹²", "Storms came.³", "“No.”"]),
        (
            "It lost length during the storm of 2017.3 Repair works (in kroner).4 In winter it rested.",
            ["It lost length during the storm of 2017.3", "Repair works (in kroner).4", "In winter it rested."],
        ),
        ("The dike was “finished”.8 The city paid.", ["The dike was “finished”.8", "The city paid."]),
        ("水库是全市最大的。①\n\n二、水质", ["水库是全市最大的。①", "二、水质"]),
        ("一、水库是全市最大的。①②", ["一、水库是全市最大的。①②"]),
        ("水库是全市最大的。¹它建于一九七四年。", ["水库是全市最大的。¹", "它建于一九七四年。"]),
    ],
)  # fmt: skip
def test_the_mark_of_a_note_belongs_to_the_sentence_before_it(
    text: str, expected: list[str]
) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The results are shown in fig.2 The map of them.",
        "The fuse of the shed carries max.16 A in all.",
        "They have lived for years in Gartenstr.12 Berlin Mitte.",
        "It has been part of every release of v2017.3 Beta of it.",
        "The engine has had a power of 2017.3 MW so far.",
        "The letter alpha is set at a level of.05 Throughout.",
        "Work was stopped at noon.12 people had come.",
        "Task.3 Sums of numbers.",
    ],
)
def test_figures_behind_a_full_stop_may_be_no_note(text: str) -> None:
    assert sentences(text) == [text]


def test_a_circled_number_before_text_is_an_item() -> None:
    items = ["会议要求如下。", "①加强领导。", "② 完善制度。"]
    assert sentences("".join(items)) == items
    assert sentences("①加强领导。②\n完善制度。") == ["①加强领导。", "②\n完善制度。"]
    assert sentences("测年用两种。¹⁴C测年较准。") == ["测年用两种。", "¹⁴C测年较准。"]


def test_a_semicolon_parts_clauses_that_could_stand_alone() -> None:
    long = "东区建成了两座污水处理厂，日处理十万吨；西区改造了四十公里供水管网和泵站。"
    assert sentences(long) == [long[: long.index("；") + 1], long[long.index("；") + 1 :]]
    assert sentences("甲三个；乙五个；丙七个。") == ["甲三个；乙五个；丙七个。"]
    assert sentences("一、排水；\n二、供热。") == ["一、排水；", "二、供热。"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Smith paid $3.50. He left.", ["Dr. Smith paid $3.50.", "He left."]),
        ("He moved to the U.S. It was cold.", ["He moved to the U.S.", "It was cold."]),
        ("The U.S. Navy sailed. Nobody saw it.", ["The U.S. Navy sailed.", "Nobody saw it."]),
        (
            "See No. 5, e.g. the red one. No. That one.",
            ["See No. 5, e.g. the red one.", "No.", "That one."],
        ),
        (
            "J. R. R. Tolkien wrote it. C. S. Lewis read it.",
            ["J. R. R. Tolkien wrote it.", "C. S. Lewis read it."],
        ),
        ("Wait... no. Really?! Yes!", ["Wait... no.", "Really?!", "Yes!"]),
        ("„Es reicht.“ Er ging.", ["„Es reicht.“", "Er ging."]),
        ("« C'est fini.\xa0» Il partit.", ["« C'est fini.\xa0»", "Il partit."]),
        ('"Stop." He stopped. "Go!" she said.', ['"Stop."', "He stopped.", '"Go!" she said.']),
        (
            "It grew by 4.2 percent.[3] Then it fell.",
            ["It grew by 4.2 percent.[3]", "Then it fell."],
        ),
        ("(He was late. Very late.) She waited.", ["(He was late. Very late.)", "She waited."]),
        ("Go to https://a.b/c?d=e.f now. Or not.", ["Go to https://a.b/c?d=e.f now.", "Or not."]),
        (
            "Am 3. Oktober 1990 war es so. Danach nicht.",
            ["Am 3. Oktober 1990 war es so.", "Danach nicht."],
        ),
        ("In 2020. Then 2021.", ["In 2020.", "Then 2021."]),
        ("Он жил в г. Москве. Потом уехал.", ["Он жил в г. Москве.", "Потом уехал."]),
        # What a figure or an equation is called belongs to it.
        ("In Fig. S3 it fell. See Eq. (3).", ["In Fig. S3 it fell.", "See Eq. (3)."]),
        ("See Sec. III and Eqs. 4 and 5.", ["See Sec. III and Eqs. 4 and 5."]),
        (
            "Ref. [12] has it. Thm. 3 too. Cf. App. A.",
            ["Ref. [12] has it.", "Thm. 3 too.", "Cf. App. A."],
        ),
        ("He said no. I left. (He knew.)", ["He said no.", "I left.", "(He knew.)"]),
        (
            "He said no. (I left.) J. Smith said no. J. Roe left.",
            ["He said no.", "(I left.)", "J. Smith said no.", "J. Roe left."],
        ),
        ("He said no. C is better.", ["He said no.", "C is better."]),
        (
            "Download the app. 3 million users did.",
            ["Download the app.", "3 million users did."],
        ),
        # German counts with a full stop.
        (
            "Das Konzert ist am 12. Karten gibt es hier.",
            ["Das Konzert ist am 12.", "Karten gibt es hier."],
        ),
        (
            "Das war im 19. Jahrhundert. Der 2. Weltkrieg kam.",
            ["Das war im 19. Jahrhundert.", "Der 2. Weltkrieg kam."],
        ),
        ("Im 19. und 20. Jahrhundert war es so.", ["Im 19. und 20. Jahrhundert war es so."]),
        (
            "I am 19. Mary is 20. We met on the 5. It rained.",
            ["I am 19.", "Mary is 20.", "We met on the 5.", "It rained."],
        ),
        ("Es kostet 5 Mio. Euro. Siehe Abb. 3.", ["Es kostet 5 Mio. Euro.", "Siehe Abb. 3."]),
        ("डॉ. शर्मा ने कहा। प्रो. वर्मा आए।", ["डॉ. शर्मा ने कहा।", "प्रो. वर्मा आए।"]),
        ("Проф. Иванов приехал. См. рис. 3.", ["Проф. Иванов приехал.", "См. рис. 3."]),
        ("Vive en la calle, núm. 5. Es así.", ["Vive en la calle, núm. 5.", "Es así."]),
        # A decimal ends a sentence as any word does; the number of a section does not.
        (
            "The control group had 69.9. Reaction times did not differ.",
            ["The control group had 69.9.", "Reaction times did not differ."],
        ),
        (
            "3.2. Methods of the later study. We used v1.2. Nothing broke.",
            ["3.2. Methods of the later study.", "We used v1.2.", "Nothing broke."],
        ),
        # What a clause is called answers nothing by itself.
        (
            "3. Deposit. The tenant pays it. It is due at once.",
            ["3. Deposit. The tenant pays it.", "It is due at once."],
        ),
        ("3.1 Pets and guests. Dogs may stay.", ["3.1 Pets and guests. Dogs may stay."]),
        (
            "1. Open the lid. 2. Add water. 3. Stir.",
            ["1. Open the lid.", "2. Add water.", "3. Stir."],
        ),
        ("**Deposit.** The tenant pays it.", ["**Deposit.** The tenant pays it."]),
        ("1. Yes.\n2. No. Never.", ["1. Yes.", "2. No. Never."]),
        (
            "3. The tenant pays all of it. It is due.",
            ["3. The tenant pays all of it.", "It is due."],
        ),
        ("12 people came. They left.", ["12 people came.", "They left."]),
        # Bold closes behind the mark that ends a sentence.
        ("**How do I join?** Open the page.", ["**How do I join?**", "Open the page."]),
        ("The *fine* is due. 2 * 3 is 6! *", ["The *fine* is due.", "2 * 3 is 6! *"]),
        ("Shed ........ 1400", ["Shed ........ 1400"]),
        ("I waited..... 1 hour? No.", ["I waited..... 1 hour?", "No."]),
    ],
)
def test_languages_with_spaces(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("هل وصلت؟ نعم. شكرا.", ["هل وصلت؟", "نعم.", "شكرا."]),
        ("وہ آیا۔ پھر گیا۔", ["وہ آیا۔", "پھر گیا۔"]),
        ("वह आया। फिर गया।", ["वह आया।", "फिर गया।"]),
        ("그는 왔다. 그리고 갔다.", ["그는 왔다.", "그리고 갔다."]),
    ],
)
def test_other_full_stops(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_long_thai_is_cut_at_spaces() -> None:
    clause = "กรุงเทพมหานครเป็นเมืองหลวงและนครที่มีประชากรมากที่สุดของประเทศไทย"
    parts = sentences(f"{clause} {clause} {clause}")
    assert parts == [clause, clause, clause]


def test_mixed_script() -> None:
    text = "发布会上介绍了GPT-4.0模型。It was fast. 价格为9.9元。"
    assert sentences(text) == ["发布会上介绍了GPT-4.0模型。", "It was fast.", "价格为9.9元。"]


class TestLineBreaks:
    @pytest.mark.parametrize(
        "text",
        [
            "各部门要提高港口的服务水平,\n\n完善应急值守制度,做好物资储备。",
            "会议指出，码头扩建工程与老城\n\n改造工程要同步推进，按期完工。",
            "本月，全市已规划\n\n建设了十二座泊位、三条航线，明年投用。",
            "下一步,区港航局(海洋局、渔\n\n业局)将继续推进。",
            "二是在服务上再加力，今年持续完善\n\n“码上修”报修体系，做到当日回复，不留尾巴。",
            "锚定“港口+铁路+\n\n航空”方向，引进企业。",
            "The committee met on Tuesday to discuss the harbour and the\nnew railway line to the north.",
            "It runs on and\non.",
            "They followed the method that was first described by Smith\n[2] and others.",
            "The ferry to the island was moved that summer from 9:30 to\n10:30 in the morning.",
            "The commission published its long report under the title\nClimate Change: a threat.",
            # A unit or an initial is no letter of a list.
            "The two profilers were mounted on steel tripods at a depth of 11.4\nm.",
            "The heating of the sample was interrupted for the last time after 25\ns.",
            "It was warmed at constant pressure to a temperature of 300\nK.",
            "The samples were analysed in the laboratory under Professor\nJ. Smith, who calibrated it.",
            "Our thanks go to the crew of the vessel and to the captain\nH. Jensen.",
            "The report of the inquiry was written and signed by\nA. J. Moore of the port.",
            # Nor does a number end a sentence that goes on with what it counts.
            "全市水利系统在职职工1846\n人，其中高级工程师97人。",
            "到2022年底全县共有卫生院36\n所、病床4120张。",
            "去年完成投资12.5\n亿元，增长一成。",
        ],
    )
    def test_a_sentence_runs_across_a_column_break(self, text: str) -> None:
        assert sentences(text) == [text]

    @pytest.mark.parametrize(
        "text",
        [
            "The following must be brought to the meeting by all\na. a pen and paper\nb. a lamp",
            "Which of these is the capital of the old kingdom of 1871\nA. Berlin\nB. Paris\nC. Rome",
            "The meeting was attended by the members of the board\nA. Smith, chair\nB. Jones, clerk",
            "The table shows the weight of all the samples of the inlet\nB. Experimental setup\nIt was dry.",
            "It was moved to the archive of the city in the year 2017\nJ. Smith, Papers",
            "Bed load transport and morphodynamics of tidal inlets\nM. Okafor and E. Lindqvist",
            "The results of all this work are described in the appendix\nC. Results and discussion",
            "Choose the right answer to the question about the capital of\nA. Paris\nB. London",
            "Which of these began in the spring of the year of grace 1871\nA. The siege\nB. The truce",
            "编号1846\n人民路小学",
        ],
    )
    def test_a_letter_or_a_word_may_begin_an_item(self, text: str) -> None:
        assert sentences(text) == text.split("\n")

    def test_a_unit_before_the_next_sentence(self) -> None:
        text = "They were mounted on tripods of steel at a depth of 11.4\nm. Each one recorded."
        assert sentences(text) == [text[:59], "Each one recorded."]

    @pytest.mark.parametrize(
        "lines",
        [
            ["甲方授权代表：王建国　　电话：0532-88997766", "乙方授权代表：李晓梅　　电话：0512-66554433"],
            ["签订日期：2024年3月18日", "签订地点：山东省青岛市", "", "根据有关法律，双方商定如下。"],
            ["出席人员：甲、乙、丙、丁、戊、己、庚、辛、壬、癸", "缺席人员：子（出差）", "记录人：丑"],
            ["出席：甲、" + "乙丙、" * 20 + "丁", "", "大会讨论了港口的扩建。"],
            ["2014.09—2017.06 某某大学统计学专业硕士研究生毕业", "2010.09—2014.06 某某大学数学专业"],
            ["Shed\t1400 euros", "Barn\t1500 euros", "Mill\t1600 euros"],
            ["Name\tPhone\tRoom", "Anna Meyer\t4711\tB12", "Peter Braun\t4712\tB13"],
            ["Rent of the shed  1400 euros", "Rent of the barn  1500 euros", "Rent of the mill  1600 euros"],
            ["Shed in the yard     900", "Barn at the river  1500"],
            ["Price list", "Shed          1400", "Barn          1500", "Mill          1600"],
            ["Shed ........ 1400", "Barn ........ 1500"],
            ["阳澄湖大闸蟹  588元每盒", "崂山绿茶      158元每袋"],
            ["公司名称 | 成立时间 | 主营业务和所在的地区及其他", "铸造有限公司 | 2009年3月 | 铸件生产"],
        ],
    )  # fmt: skip
    def test_fields_and_rows_end_with_their_lines(self, lines: list[str]) -> None:
        text = "\n".join(lines)
        for whole in (False, True):
            spans = split_sentences(text, whole=whole)
            assert [text[s:e] for s, e in spans] == [line for line in lines if line]

    def test_a_tab_behind_a_full_stop_parts_no_cells(self) -> None:
        text = "8   The key wipes out the text that was typed and the boats\nmove.\tIt returns."
        assert sentences(text) == [text[:-12], "It returns."]

    @pytest.mark.parametrize(
        "text",
        [
            # Justified, as a manual page is.
            "The  utility  reads the files one after another and writes it to\nstandard  output in their order.",
            # Two blanks behind a full stop.
            "It was seen by Dr.  Smith and later by a number of others\nand by Mr.  Jones of the port.",
            "会议强调：要压紧压实码头防汛责任并且做好值班值守的各项准备工作，完善应急制度和港口物资储备，加强\n\n巡查。",
            "记者：请介绍一下港口扩建和航道疏浚的进展，以及明年它\n能否完工。",
        ],
    )
    def test_what_is_no_row_runs_on(self, text: str) -> None:
        assert sentences(text) == [text]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("港口新貌\n\n去年，港口吞吐量增长一成。", ["港口新貌", "去年，港口吞吐量增长一成。"]),
            (
                "乘风破浪，再启新程\n\n本报讯 昨日，船队出海。",
                ["乘风破浪，再启新程", "本报讯 昨日，船队出海。"],
            ),
            ("第一段没有句号\n　　第二段缩进了。", ["第一段没有句号", "第二段缩进了。"]),
            ("工作安排如下：\n\n抓好防汛。", ["工作安排如下：", "抓好防汛。"]),
            (
                "清单\n- 苹果\n- 梨\n1. 第一\n2. 第二",
                ["清单", "- 苹果", "- 梨", "1. 第一", "2. 第二"],
            ),
            (
                "一、总体要求\n（一）指导思想\n全面推进。",
                ["一、总体要求", "（一）指导思想", "全面推进。"],
            ),
            ("# 标题。很长\n正文。", ["# 标题。很长", "正文。"]),
            ("| 甲 | 1. |\n|---|---|\n| 乙 | 2 |", ["| 甲 | 1. |", "|---|---|", "| 乙 | 2 |"]),
            ("| 图为码头。记者摄。", ["| 图为码头。", "记者摄。"]),
            (
                "A Short Heading\n\nThe text begins here.",
                ["A Short Heading", "The text begins here."],
            ),
            ("Dear John,\n\nThank you.", ["Dear John,", "Thank you."]),
            ("新港开通\n\n2024-03-05 10:20 海港日报", ["新港开通", "2024-03-05 10:20 海港日报"]),
            (
                "2024-06-12 10:33:01 INFO worker: Starting it now\n2024-06-12 10:33:02 INFO worker: Ready",
                [
                    "2024-06-12 10:33:01 INFO worker: Starting it now",
                    "2024-06-12 10:33:02 INFO worker: Ready",
                ],
            ),
            (
                "10:33 The session was opened by the chair\n10:41 Mr Roe joined the meeting",
                ["10:33 The session was opened by the chair", "10:41 Mr Roe joined the meeting"],
            ),
            (
                "Alice: What did you think about the new release\nBob: I think it is quite good",
                [
                    "Alice: What did you think about the new release",
                    "Bob: I think it is quite good",
                ],
            ),
            (
                "[1] A. Smith, “On things that were found,” vol. 3, 2020\n[2] C. Doe, Berlin, 2021",
                [
                    "[1] A. Smith, “On things that were found,” vol. 3, 2020",
                    "[2] C. Doe, Berlin, 2021",
                ],
            ),
        ],
    )
    def test_a_unit_of_its_own_ends_with_its_line(self, text: str, expected: list[str]) -> None:
        assert sentences(text) == expected

    def test_a_passage_may_begin_with_the_rest_of_a_line(self) -> None:
        column = "要求加快\n港口扩建的各项准备工作并做好\n沿线居民的安置和补偿等工作，\n按期完成。"
        assert sentences(column) == [column]
        assert next(column[s:e] for s, e in split_sentences(column, whole=True)) == "要求加快"

    @pytest.mark.parametrize(
        ("heading", "column"),
        [
            ("四、水质", "全市国控和省控断面中，\n达到或优于三类水质的断面有二十三\n个，占百分之八十二；劣五类断面仅有\n一个。"),
            ("第三章 航道", "港口扩建的各项准备工作并做好\n沿线居民的安置和补偿等工作，\n按期完成。"),
            ("2. Instruments", "Two profilers were mounted on\nsteel tripods at a depth of ten\nmetres below the sea."),
            ("2.2. Methods", "Two profilers were mounted on\nsteel tripods at a depth of ten\nmetres below the sea."),
            ("3 Results", "Two profilers were mounted on\nsteel tripods at a depth of ten\nmetres below the sea."),
        ],
    )  # fmt: skip
    def test_a_passage_may_begin_with_a_numbered_heading(self, heading: str, column: str) -> None:
        assert sentences(f"{heading}\n{column}")[0] == heading

    def test_marked_headings_are_sentences_and_bounds(self) -> None:
        text = "港口概况。其一\n港口位于东岸，\n水深十米。"
        assert sentences(text)[0] == "港口概况。"
        spans = split_sentences(text, headings=[(0, 7)])
        assert [text[s:e] for s, e in spans] == ["港口概况。其一", "港口位于东岸，\n水深十米。"]


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "。”",
        ".",
        "...a",
        "《",
        "（",
        "(",
        "\"'",
        "U.S. ",
        "A. ",
        "字\n",
        "字，\n\n",
        "A: b\n",
        "甲：b\n",
        "a  b\n",
        "a\tb\tc\n",
        ". . ",
        "1. A. b\n",
        "？**",
        "A. 3. ",
        "# a\n",
        "|\n",
        "ก ",
        "budget.3 Then ",
        "budget.³",
        "。①\n",
        "字36\n人，",
        "A. Smith, by the 3\nm. ",
    ],
)
def test_time_grows_with_the_text_and_not_faster(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    began = time.process_time()
    split_sentences(text)
    assert time.process_time() - began < 2
