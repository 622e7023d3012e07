from __future__ import annotations

import pytest

from rag.answering.question.analysis import analyse, focus_phrase
from rag.retrieval.language import question_language, text_script


@pytest.mark.parametrize(
    ("question", "language", "kind", "many"),
    [
        ("港口集团的董事长是谁?", "zh", "person", False),
        ("港口集團的董事長是誰?", "zh-Hant", "person", False),
        ("新码头什么时候启用?", "zh", "date", False),
        ("新馆在哪条路上?", "zh", "place", False),
        ("去年新开了多少条航线?", "zh", "figure", False),
        ("吞吐量同比增长多少?", "zh", "percent", False),
        ("新码头总投资多少亿元?", "zh", "money", False),
        ("工期有多长时间?", "zh", "duration", False),
        ("吞吐量在全国排名第几?", "zh", "rank", False),
        ("为什么要新建码头?", "zh", "reason", False),
        ("新馆设有哪些设备?", "zh", "thing", True),
        ("这个系统叫什么?", "zh", "name", False),
        ("借书证免费吗?", "zh", "yesno", False),
        ("新码头 总投资", "zh", "money", False),
        ("Who directs the museum?", "en", "person", False),
        ("When did the museum open?", "en", "date", False),
        ("On what exact date did the museum open?", "en", "date", False),
        ("How many drawings does it keep?", "en", "figure", False),
        ("What percentage of visitors are children?", "en", "percent", False),
        ("Why was it closed?", "en", "reason", False),
        ("Quand le musée a-t-il ouvert?", "fr", "date", False),
        ("Wie viele Besucher hat das Museum?", "de", "figure", False),
        ("博物館はいつ開館しましたか?", "ja", "date", False),
        ("박물관은 언제 문을 열었습니까?", "ko", "date", False),
        ("Когда открылся музей?", "ru", "date", False),
        ("พิพิธภัณฑ์เปิดเมื่อใด", "th", "date", False),
    ],
)
def test_language_and_kind(question, language, kind, many) -> None:
    asked = analyse(question)
    assert (asked.language, asked.kind, asked.many) == (language, kind, many)


@pytest.mark.parametrize(
    ("question", "kind", "many", "unit"),
    [
        ("要从哪几个方面发力?", "thing", True, ""),
        ("作出了哪几项决定?", "thing", True, ""),
        ("演练安排在哪几个月?", "date", True, ""),
        ("他们哪几天值班?", "date", True, ""),
        ("作出了几项决定?", "figure", False, "项"),
        ("2024年的八项重点工作是什么?", "thing", True, ""),
        ("第二十条规定是什么?", "thing", False, ""),
        ("5个项目中最大的是什么?", "thing", False, ""),
        ("那十六个字是什么?", "thing", False, ""),
        ("哪所音乐学府搬来了?", "organisation", False, ""),
        ("经验被哪个机关刊发?", "organisation", False, ""),
        ("会上提了几点要求?", "thing", False, ""),
        ("展览几点开门?", "date", False, ""),
    ],
)
def test_which_ones_are_no_number_and_a_told_number_is_a_list(question, kind, many, unit) -> None:
    asked = analyse(question)
    assert (asked.kind, asked.many, asked.units) == (kind, many, unit)


@pytest.mark.parametrize(
    ("question", "content"),
    [
        ("如果药吃过量了?", "药吃过量"),
        ("甲方有权解除吗?", "甲方有权解除"),
        ("要是下雨会怎样?", "下雨"),
        ("主要是靠哪个行业?", "主要 靠 行业"),
        ("他去过那里吗?", "他去 里"),
        ("五大战场都包括什么?", "五大战场"),
        ("委员会由哪些部门组成?", "委员会 部门"),
        ("主要分为哪些类型?", "类型"),
        ("包括老人在内的居民", "包括老人 内 居民"),
        ("How high is Cairn Hill?", "cairn hill"),
        ("How often must the filter be cleaned?", "filter cleaned"),
        ("How thick are the walls?", "walls"),
        ("How large a tank does it have?", "tank"),
        ("How high school pupils learn", "high school pupils learn"),
        ("How deep learning models are trained", "deep learning models trained"),
        ("What is the high season?", "high season"),
        ("店主与会计谁签字?", "店主 会计 签字"),
        ("与会代表有谁?", "与会代表"),
        ("门店被子公司收购了吗?", "门店 子公司收购"),
    ],
)
def test_conditions_and_measures_are_no_content_and_words_stay_whole(
    question: str, content: str
) -> None:
    assert " ".join(analyse(question).content.replace("?", "").split()) == content


def test_what_a_question_names() -> None:
    asked = analyse("2023年“星空”自习室的RFID设备有120台吗?")
    assert asked.years == {"2023"}
    assert asked.figures == {"120"}
    assert asked.names == ("星空", "rfid")


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Is the X200 suitable for outdoor use?", ("x200",)),
        ("Does Northwind plan to build?", ("northwind",)),
        ("Did David Brandt vote in favour?", ("david brandt",)),
        ("How do I clean the filter?", ()),
        ("WHAT IS THE PRICE OF THE X300?", ()),
        ("Who is Will Smith?", ("will smith",)),
        ("When did Do Kwon flee?", ("do kwon",)),
        ("Who played in The Who?", ("the who",)),
        ("Will Will Smith win the prize?", ("will smith",)),
        ("What Does The X200 Cost?", ("x200 cost",)),
        ("Northwind closed. When did it open?", ()),
        ("Who runs the Museum of London?", ("museum of london",)),
        ("¿Cuándo abrió el hospital de Toledo?", ("toledo",)),
    ],
)
def test_question_words_are_no_names(question: str, names: tuple[str, ...]) -> None:
    assert analyse(question).names == names


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How much will the roof repair cost?", "money"),
        ("How much is the entrance fee?", "money"),
        ("What is the entrance fee?", "money"),
        ("What was the net profit in 2022?", "money"),
        ("What was the profit margin?", "thing"),
        ("What was the total value of the contract?", "money"),
        ("What is the value of p?", "thing"),
        ("What is the default value of the timeout?", "thing"),
        ("What are the cost drivers?", "thing"),
        ("What is the minimum wage law?", "thing"),
        ("What is the minimum wage?", "money"),
        ("What is the fee structure?", "thing"),
        ("What was the rent control act?", "thing"),
        ("What are the investment risks?", "thing"),
        ("How strong passwords are created?", "manner"),
        ("How strong is the evidence?", "manner"),
        ("How noisy is the X200?", "figure"),
        ("How hot can it get?", "figure"),
        ("How strong was the effect?", "figure"),
        ("How thick is the ice?", "figure"),
        ("How do hotels pay?", "manner"),
        ("How old was the average participant?", "date"),
    ],
)
def test_kinds_of_english_questions(question: str, kind: str) -> None:
    assert analyse(question).kind == kind


@pytest.mark.parametrize(
    ("question", "unit"),
    [
        ("How many of the members are women?", "members"),
        ("How many different countries are involved?", "countries"),
        ("How many wind farms are there?", "wind"),
        ("How many of them withdrew?", ""),
        ("How many were hurt?", ""),
        ("全市有多少家庭?", ""),
        ("有几家属于国企?", "家"),
        ("有几种类型?", "种"),
        ("办证要几天才能办好?", "天"),
        ("他有几套房?", "套"),
        ("有多少台风?", ""),
        ("有几台风机?", "台"),
        ("有幾名師傅?", "名"),
    ],
)
def test_what_is_counted(question: str, unit: str) -> None:
    assert analyse(question).units == unit


@pytest.mark.parametrize(
    ("question", "many"),
    [
        ("What steps are needed to clean the filter?", True),
        ("What items can be returned?", True),
        ("What safety measures did the city take?", True),
        ("Which companies supplied turbines?", True),
        ("Which documents say that the hall is closed?", True),
        ("What is the address of the hall?", False),
        ("What address did they give?", False),
        ("What was the basis of the claim?", False),
        ("What causes the lamp to blink?", False),
        ("Which bus can I take?", False),
        ("Which bay was named after a king?", False),
        ("Which sports club won the cup?", False),
    ],
)
def test_english_questions_for_a_list(question: str, many: bool) -> None:
    assert analyse(question).many is many


def test_content_keeps_its_place() -> None:
    asked = analyse("去年新开了多少条航线?")
    assert len(asked.content) == len(asked.normalised)
    assert "多少" not in asked.content
    assert "航线" in asked.content


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("港口集团的董事长是谁?", "董事长"),
        ("图书馆有多少阅览座位?", "阅览座位"),
        ("Who is the director of the museum?", "director museum"),
    ],
)
def test_focus(question, phrase) -> None:
    assert focus_phrase(analyse(question)) == phrase


def test_languages_of_other_scripts() -> None:
    assert question_language("12345") == "en"
    assert question_language("¿Cuánto costó?") == "es"
    assert question_language("Хто директор музею і коли він відкрився?") == "uk"
    assert text_script("港口 port 2023年完成") == "han"
    assert text_script("1, 2, 3") == ""


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Από ποια ποικιλία σταφυλιού παράγεται το κρασί;", "thing"),
        ("Ποιος έγραψε το βιβλίο;", "person"),
        ("भारतीय रेल का सबसे बड़ा ज़ोन कौन सा माना जाता है?", "thing"),
        ("राष्ट्रपति कौन है?", "person"),
    ],
)
def test_which_one_of_some_things_is_no_person(question: str, kind: str) -> None:
    assert analyse(question).kind == kind


def test_what_asks_for_the_answer_itself_is_no_content() -> None:
    assert analyse("有什么新地标？举两个例子").content.split() == ["新地标?"]
    assert analyse("有哪些高校？说说看。").content.split() == ["高校?", "。"]
    assert "名单" in analyse("这份名单上有谁？").content
    assert "清单" in analyse("采购前怎么列个清单？").content


def test_one_character_in_quotes_is_no_name() -> None:
    assert analyse("全省头一个法律“店”叫什么？").names == ()
    assert analyse("“梧桐树”计划的“新”在哪里？").names == ("梧桐树",)
    assert analyse("《家》的作者是谁？").names == ("家",)
    assert analyse('"党建"和"文旅"怎么融合？').names == ("党建", "文旅")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("该国的首都为何?", "place"),
        ("馆藏的总数为何？", "figure"),
        ("開工時間為何?", "date"),
        ("这本书的体裁为何？", "thing"),
        ("大桥为何停工?", "reason"),
        ("他迟到了，这是为何？", "reason"),
        ("停工的原因为何?", "reason"),
    ],
)
def test_what_is_asked_as_why_only_at_the_end(question: str, kind: str) -> None:
    assert analyse(question).kind == kind
