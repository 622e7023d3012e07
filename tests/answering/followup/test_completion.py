from __future__ import annotations

import re

import pytest

from rag.answering.followup.completion import complete_in_conversation, complete_question


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("图书馆有多少个儿童阅览区?", "那古籍阅览区呢?", "图书馆有多少个古籍阅览区?"),
        ("圖書館有多少個兒童閱覽區?", "那麼古籍閱覽區呢?", "圖書館有多少個古籍閱覽區?"),
        ("城东区的区长是谁?", "那城西区呢?", "城西区的区长是谁?"),
        ("2022年港口吞吐量是多少?", "那2023年呢?", "2023年港口吞吐量是多少?"),
        ("湖滨社区有多少居民?", "它是什么时候建成的?", "湖滨社区是什么时候建成的?"),
        ("湖滨社区有多少居民?", "那里有多少流动人口?", "湖滨社区有多少流动人口?"),
        ("湖滨街成为哪一年的示范街?", "它有多长?", "湖滨街有多长?"),
        ("哪条街成为全国首条示范街?", "那它有多长?", "成为全国首条示范街的街有多长?"),
        ("哪家企业成为全国首家示范企业?", "它在哪里?", "成为全国首家示范企业的企业在哪里?"),
        ("哪所大学落户湖滨?", "它有多少学生?", "落户湖滨的大学有多少学生?"),
        ("谁被评为劳动模范?", "他做了什么?", "被评为劳动模范的人做了什么?"),
        ("哪种车不能上桥?", "它有多重?", "哪种车不能上桥有多重?"),
        ("港区今年开工多少个项目?", "总投资多少?", "港区今年开工项目总投资多少?"),
        ("港区引进了多少个项目?", "总投资多少亿元?", "港区引进了项目总投资多少亿元?"),
        ("地铁项目总投资多少亿元?", "建筑面积多少平方米?", "地铁项目建筑面积多少平方米?"),
        ("新区有多少人?", "面积有多大?", "新区面积有多大?"),
        ("城东公园在哪里?", "总投资多少?", "城东公园总投资多少?"),
        ("港口吞吐量增长了多少?", "占全省多大比重?", "港口吞吐量占全省多大比重?"),
        ("港口吞吐量增长百分之多少?", "占全省多大比重?", "港口吞吐量占全省多大比重?"),
        ("城东区的面积是多少?", "人数是多少?", "城东区人数是多少?"),
        ("港口上半年吞吐量增长多少?", "占全省多大比重?", "港口上半年吞吐量占全省多大比重?"),
        ("城东公园有多大?", "比去年增加多少?", "城东公园比去年增加多少?"),
        ("图书馆要修复多少册古籍的封面?", "地方志呢?", "图书馆要修复多少册地方志的封面?"),
        ("港区要修几处社区便民服务中心?", "街道便民服务站呢?", "港区要修几处街道便民服务站?"),
        (
            "城东区有多少家企业获得奖励?",
            "成立不到一年的呢?",
            "城东区有多少家成立不到一年的企业获得奖励?",
        ),
        ("图书馆国家级古籍有几部?", "省级的呢?", "图书馆省级古籍有几部?"),
        ("全市全年出生了多少人?", "那死亡的呢?", "全市全年死亡了多少人?"),
        ("虎山区2023年生产总值目标是多少?", "那江北区呢?", "江北区2023年生产总值目标是多少?"),
        ("城东区书记是谁?", "城西区的呢?", "城西区书记是谁?"),
        ("虎山区书记是谁?", "江北區的呢?", "江北區书记是谁?"),
        ("城东区计划引进多少个项目?", "去年呢?", "去年城东区计划引进多少个项目?"),
        ("展览在哪里举行?", "那演出呢?", "演出哪里举行?"),
        ("展览有多少人参加?", "那讲座呢?", "讲座有多少人参加?"),
        ("会议几点开始?", "演出呢?", "演出几点开始?"),
        ("隧道全长多少公里?", "大桥呢?", "大桥多少公里?"),
        ("新城区有哪些社区获得表彰?", "企业呢?", "新城区有哪些企业获得表彰?"),
        ("图书馆花了多少钱购买设备?", "它在哪里?", "图书馆在哪里?"),
        ("图书馆有哪些活动?", "其中图书馆的活动有几个?", "其中图书馆的活动有几个?"),
        ("How many people work at the plant?", "And robots?", "How many robots work at the plant?"),
        ("How many visitors came?", "And students?", "How many students came?"),
        ("村卫生室有多少处?", "其中配心电图机的有几处?", "村卫生室其中配心电图机的有几处?"),
        ("区里放了几台自助终端?", "在哪里放的?", "自助终端在哪里放的?"),
        ("港口有哪些航线?", "还有吗?", "港口有哪些航线?"),
        (
            "How many old maps has the library lent?",
            "And drawings?",
            "How many drawings has the library lent?",
        ),
        ("Where is the River Museum?", "When did it open?", "When did River Museum open?"),
        ("钻石会员年费是多少?", "它打几折?", "钻石会员年费打几折?"),
        ("公司会员日是哪天?", "它有什么优惠?", "公司会员日有什么优惠?"),
        ("科技馆会举办多少讲座?", "它在哪里?", "科技馆在哪里?"),
        ("市总工会主席是谁?", "他是哪里人?", "市总工会主席是哪里人?"),
        ("人力资源部能力培训有几次?", "它在哪里举行?", "人力资源部能力培训在哪里举行?"),
        ("市公共图书馆有几座?", "它们在哪里?", "市公共图书馆在哪里?"),
        ("研发部的会计是谁?", "他的电话是多少?", "研发部的会计的电话是多少?"),
        ("部门经理在上海的住宿标准是多少?", "普通员工呢?", "普通员工在上海的住宿标准是多少?"),
        ("部门经理的住宿标准是多少?", "普通员工呢?", "普通员工的住宿标准是多少?"),
        ("整机保修多久?", "电机呢?", "电机保修多久?"),
        ("滤网多久换一次?", "灯管呢?", "灯管多久换一次?"),
        ("历史城区要更新多大面积?", "周边区域呢?", "周边区域要更新多大面积?"),
        (
            "Who directs the River Museum?",
            "And what about the Harbour Museum?",
            "Who directs the Harbour Museum?",
        ),
        (
            "How many maps does the library keep?",
            "How about drawings?",
            "How many drawings does the library keep?",
        ),
    ],
)
def test_follow_ups(previous, question, completed) -> None:
    got = complete_question(question, [("别的问题", "别的答案"), (previous, "...")])
    assert got == completed


@pytest.mark.parametrize(
    "question", ["图书馆新馆的建筑面积有多大?", "How many drawings does the museum keep?", "谁?"]
)
def test_a_question_that_stands_alone_stays(question) -> None:
    assert complete_question(question, []) == question
    if len(question) > 4:
        assert complete_question(question, [("港口去年吞吐量是多少?", "3.2亿吨")]) == question


@pytest.mark.parametrize(
    "question",
    [
        "规模以上工业企业有多少家?",
        "产值上亿元的企业有几家?",
        "投资上海的企业有几家?",
        "面积全市第一的区是哪个?",
        "人数增长最快的街道是哪个?",
    ],
)
def test_a_question_about_something_else_stays(question) -> None:
    assert complete_question(question, [("市北区有多少家企业?", "")]) == question


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("What was the revenue in 2022?", "What about net profit?", "What was the net profit in 2022?"),
        ("What was the revenue in 2022?", "And in 2021?", "What was the revenue in 2021?"),
        ("What was the revenue?", "And in 2021?", "What was the revenue in 2021?"),
        ("What is the range of the X200?", "And its weight?", "What is X200's weight?"),
        ("What is the range of the X200?", "And the price?", "What is the price of the X200?"),
        ("What is the battery life of the X200?", "And of the X300?", "What is the battery life of the X300?"),
        ("What is the entrance fee for adults?", "And for children?", "What is the entrance fee for children?"),
        ("How large is the tank of the X200?", "And that of the Pro?", "How large is the tank of the Pro?"),
        ("How much does the X200 cost?", "What about that of the Pro?", "How much does the Pro cost?"),
        ("How heavy is the X200?", "And the one with the lamp?", "How heavy is the one with the lamp?"),
        ("How many farms are there in Spain?", "And those in Italy?", "How many farms are there in Italy?"),
        ("How many moths came with a lamp?", "And without a lamp?", "How many moths came without a lamp?"),
        ("How many moths came under lamps?", "And without a lamp?", "How many moths came without a lamp?"),
        ("How many moths came under a lamp?", "And without one?", "How many moths came under a lamp without one?"),
        ("Who voted for the repair?", "And against the repair?", "Who voted against the repair?"),
        ("What is the fee per adult?", "And per child?", "What is the fee per child?"),
        ("What is the capacity in Denmark?", "And in the Netherlands?", "What is the capacity in the Netherlands?"),
        ("What was the revenue in Spain in 2022?", "And in Italy?", "What was the revenue in Italy in 2022?"),
        ("Who is the head of the River Museum?", "And the treasurer?", "Who is the treasurer of the River Museum?"),
        ("When is the summer fair?", "What about the next meeting?", "When is the next meeting?"),
        ("Who funded the study?", "Who approved it?", "Who approved the study?"),
        ("Who voted against the repair?", "Why?", "voted against the repair: Why?"),
        ("How many farms are there?", "How many in Germany?", "farms: How many in Germany?"),
        ("How many farms are there?", "Which are in Germany?", "farms: Which are in Germany?"),
        ("How many members were there?", "How many of them left?", "How many of members left?"),
        ("What is the capital of France?", "What about germany?", "What is the capital of germany?"),
        ("Who is the CEO of Apple?", "And google?", "Who is the CEO of google?"),
        ("What is the revenue of Northwind?", "What about eBay?", "What is the revenue of eBay?"),
        ("Wie hoch war der Umsatz 2022?", "Und 2021?", "Wie hoch war der Umsatz 2021?"),
        ("Quel était le budget en 2022 ?", "Et en 2021 ?", "Quel était le budget en 2021?"),
        ("¿Cuál fue el ingreso en 2022?", "¿Y en 2021?", "¿Cuál fue el ingreso en 2021?"),
        ("2022年の売上高はいくらですか?", "2021年は?", "2021年の売上高はいくらですか?"),
    ],
)  # fmt: skip
def test_follow_ups_in_latin_script(previous: str, question: str, completed: str) -> None:
    assert complete_question(question, [(previous, "...")]) == completed


@pytest.mark.parametrize(
    "question",
    [
        "How many guests are there in the hall?",
        "Is there a hotline?",
        "Will there be music at the fair?",
        "How long does it take to charge the X300?",
        "Is it allowed to bring dogs?",
        "Is it known who painted the hall?",
        "Is it raining?",
        "Which documents say that the hall is closed?",
        "What is the lamp that is red?",
        "Does this vacuum have a filter?",
        "What is in the box?",
        "Who is Helen Marsh?",
        "When did the company sell its gas trading unit?",
        "Which museum sold its garden?",
        "Did David Brandt vote with his colleagues?",
        "Is the lamp red when it charges?",
        "Can I wash the filter and dry it?",
        "Where can drivers leave their cars?",
        "Why did Pellworth earn less although it sold more?",
        "Whom do library employees tell when a supplier hands them a present?",
        "Which two villages did Shibei say it would rebuild?",
        "Shinan runs a platform for civil affairs; what is it called?",
    ],
)
def test_an_english_question_that_names_its_things_stays(question: str) -> None:
    assert complete_question(question, [("Who is the treasurer?", "x")]) == question


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("How does that work?", "How does X200 work?"),
        ("Is this waterproof?", "Is X200 waterproof?"),
        ("Who invented this?", "Who invented X200?"),
        ("Is it safe to use outdoors?", "Is X200 safe to use outdoors?"),
        ("How long does it take to charge?", "How long does X200 take to charge?"),
        ("What does the report say about it?", "What does the report say about X200?"),
        ("How much did the company pay for it?", "How much did the company pay for X200?"),
        ("When did Northwind buy it?", "When did Northwind buy X200?"),
        ("What can happen if it overheats?", "What can happen if X200 overheats?"),
        ("What is the reason for its delay?", "What is the reason for X200's delay?"),
        ("What is the cause of its failure?", "What is the cause of X200's failure?"),
    ],
)
def test_pronouns_that_point_back_are_resolved(question: str, completed: str) -> None:
    assert complete_question(question, [("What is the price of the X200?", "x")]) == completed


@pytest.mark.parametrize(
    "question",
    [
        "Does IT plan to open a factory in Spain?",
        "Did IT have to pay a fine?",
        "When did IT start to sell shoes?",
        "Is IT used to treat headaches?",
        "Is IT able to detect leaks?",
        "Is IT safe to use in the rain?",
        "Is THIS available in Germany?",
        "Is THAT included in the price?",
        "Does THIS include VAT?",
        "Was THIS founded in 1987?",
        "Can THESE be washed?",
        "Are THOSE safe for kids?",
        "Which banks finance ITS expansion?",
        "How did the strike affect ITS profits?",
        "Was Ann Lee ITS founder?",
        "In the US, who are ITS rivals?",
        "Before the war, where did SHE work?",
        "Did Pierre Curie influence HER work?",
        "When did the King meet HIM?",
        "Which university named its library after HIM?",
        "Is it possible to return IT?",
    ],
)
def test_ordinary_pronouns_are_resolved(question: str) -> None:
    pronoun = next(
        word for word in re.findall(r"\b[A-Z]{2,}\b", question) if word not in {"US", "VAT"}
    )
    named = "Acme's" if pronoun in {"ITS", "HER"} else "Acme"
    asked = question.replace(pronoun, pronoun.lower())
    completed = question.replace(pronoun, named)
    assert complete_question(asked, [("Who runs Acme?", "x")]) == completed


def test_her_is_no_possessive_where_she_is_met() -> None:
    history = [("Who was Marie Curie?", "x")]
    met = "When did the King meet Marie Curie?"
    assert complete_question("When did the King meet her?", history) == met


@pytest.mark.parametrize("question", ["How many employees are there?", "Is this lamp in the box?"])
def test_a_question_that_may_point_back_is_led_by_what_was_spoken_of(question: str) -> None:
    assert complete_question(question, [("Who runs Acme?", "x")]) == f"Acme: {question}"


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("How long does the battery last?", "Is it removable?", "Is the battery removable?"),
        ("How long does the battery last?", "Why?", "battery last: Why?"),
        ("How long do batteries last?", "Are they removable?", "Are batteries removable?"),
        ("How old is the bridge?", "Who built it?", "Who built the bridge?"),
        ("What fuel does the engine need?", "How heavy is it?", "How heavy is the engine?"),
        ("How many rooms does the hotel have?", "When was it built?", "When was the hotel built?"),
        ("How many rooms does the hotel have?", "Are they heated?", "Are rooms heated?"),
        ("How much does the annual pass cost?", "Where is it sold?", "Where is the annual pass sold?"),
        ("How often should I clean the filter?", "Is it washable?", "Is the filter washable?"),
        ("Which museum is the oldest?", "Where is it?", "Where is museum?"),
    ],
)  # fmt: skip
def test_an_inverted_question_is_about_what_follows_the_auxiliary(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


def test_odd_histories_change_nothing() -> None:
    assert complete_question("那呢?", [("", "")]) == "那呢?"
    assert complete_question("  ", [("港口?", "")]) == ""


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("2022年市南区GDP是多少？", "那李沧区呢？", "2022年李沧区GDP是多少?"),
        ("2022年市南区的GDP是多少？", "那李沧区呢？", "2022年李沧区的GDP是多少?"),
        ("2022年市南区GDP是多少？", "财政收入呢？", "2022年市南区财政收入是多少?"),
        ("2022年李沧区GDP是多少？", "那市北区呢？", "2022年市北区GDP是多少?"),
        ("2022年市北区财政收入是多少？", "2023年呢？", "2023年市北区财政收入是多少?"),
    ],
)
def test_a_year_in_front_is_no_part_of_a_place(previous, question, completed) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("question", "completed"),
    [
        ("城阳区轨道交通产业怎么样？", "城阳区轨道交通产业怎么样？"),
        ("那市北区的营商环境如何？", "市北区的营商环境如何？"),
        ("轨道交通产业怎么样？", "即墨区的轨道交通产业怎么样?"),
        ("城阳区怎么样？", "城阳区的区委书记是谁?"),
        ("区长呢？", "即墨区的区长是谁?"),
    ],
)
def test_how_a_thing_is_asks_by_itself(question, completed) -> None:
    assert complete_question(question, [("即墨区的区委书记是谁？", "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("城东站的日均客流是多少？", "柳村呢？", "柳村的日均客流是多少?"),
        ("柳村的日均客流是多少？", "梅里呢？", "梅里的日均客流是多少?"),
        ("柳村的日均客流是多少？", "换乘线路呢？", "柳村的换乘线路是什么?"),
        ("石桥的换乘线路是什么？", "双山呢？", "双山的换乘线路是什么?"),
        ("双山的换乘线路是什么？", "柳山路呢？", "柳山路的换乘线路是什么?"),
        ("音乐广场的日均客流是多少？", "柳村的呢？", "柳村的日均客流是多少?"),
        ("成都办公室的面积是多少？", "上海呢？", "上海办公室的面积是多少?"),
        ("成都办公室的面积多大？", "上海的呢？", "上海办公室的面积多大?"),
        ("成都办公室的面积是多少？", "负责人呢？", "成都办公室的负责人是谁?"),
        ("成都办公室的负责人是谁？", "面积呢？", "成都办公室的面积是多少?"),
        ("成都办公室的负责人是谁？", "启用日期呢？", "成都办公室的启用日期是什么时候?"),
        ("成都办公室的负责人是谁？", "电话呢？", "成都办公室的电话是多少?"),
        ("成都辦公室的負責人是誰？", "上海呢？", "上海辦公室的負責人是誰?"),
        ("成都辦公室的面積是多少？", "負責人呢？", "成都辦公室的負責人是誰?"),
        ("機床採購合同的總價是多少？", "違約金呢？", "機床採購合同的違約金是多少?"),
        ("机床采购合同的总价是多少？", "违约金呢？", "机床采购合同的违约金是多少?"),
        ("机床采购合同的总价是多少？", "租赁合同呢？", "机床租赁合同的总价是多少?"),
        ("合同的履行期限是多久？", "合同编号呢？", "合同的编号是什么?"),
        ("中级员工的通知期是几周？", "年终奖呢？", "中级员工的年终奖是多少?"),
        ("中级员工的通知期是几周？", "高级呢？", "高级员工的通知期是几周?"),
        ("公司的第三季度收入是多少？", "第四季度呢？", "公司的第四季度收入是多少?"),
        ("2022年市南区的GDP是多少？", "财政收入呢？", "2022年市南区的财政收入是多少?"),
        ("总监的工资是多少？", "经理呢？", "经理的工资是多少?"),
        ("白金会员的年费是多少？", "黄金会员呢？", "黄金会员的年费是多少?"),
        ("白金会员的年费是多少？", "折扣呢？", "白金会员的折扣是多少?"),
        ("城东区的图书馆是哪个？", "医院呢？", "城东区的医院是哪个?"),
        ("西海岸新区有多少个智慧小区？", "市北区呢？", "市北区有多少个智慧小区?"),
        ("华东大区三季度收入多少？", "西南呢？", "西南大区三季度收入多少?"),
        ("青松项目的M1定在什么时候？", "M7呢？", "青松项目的M7定在什么时候?"),
        ("What is the area of the Chengdu office?", "What about Shanghai?", "What is the area of the Shanghai office?"),
        ("What is the area of the Chengdu office?", "And the address?", "What is the address of the Chengdu office?"),
    ],
)  # fmt: skip
def test_the_owner_or_its_attribute_is_replaced(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("员工最多可以请几天事假？", "病假呢？", "员工最多可以请几天病假?"),
        ("員工最多可以請幾天事假？", "病假呢？", "員工最多可以請幾天病假?"),
        ("员工最多可以请几天事假？", "实习生呢？", "实习生最多可以请几天事假?"),
        ("法院判被告支付多少违约金？", "漏水损失呢？", "法院判被告支付多少漏水损失?"),
        ("法院判被告支付多少違約金？", "漏水損失呢？", "法院判被告支付多少漏水損失?"),
        ("法院判被告支付多少违约金？", "原告呢？", "原告多少违约金?"),
        ("被告应返还多少装修款？", "违约金呢？", "被告应返还多少违约金?"),
        ("公司去年支付了多少奖金？", "补贴呢？", "公司去年支付了多少补贴?"),
        ("图书馆有多少古籍？", "地方志呢？", "图书馆有多少地方志?"),
        ("图书馆有多少古籍？", "博物馆呢？", "博物馆有多少古籍?"),
        ("展览有多少观众？", "讲座呢？", "讲座有多少观众?"),
        ("这座桥有多少年历史？", "南塔呢？", "南塔有多少年历史?"),
        ("病假工资发多少？", "满5年的呢？", "满5年的病假工资发多少?"),
        ("图书馆有多少做法获推广？", "成为全国经验的呢？", "图书馆有多少成为全国经验的做法获推广?"),
    ],
)
def test_what_an_amount_is_asked_of_without_a_classifier(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("布洛芬止痛最多用几天？", "那退烧呢？", "布洛芬退烧最多用几天?"),
        ("布洛芬止痛最多用几天？", "阿司匹林呢？", "阿司匹林最多用几天?"),
        ("雨衣防水最长多久？", "帐篷呢？", "帐篷最长多久?"),
        ("图书最多借几本？", "期刊呢？", "期刊最多借几本?"),
        ("圖書最多借幾本？", "期刊呢？", "期刊最多借幾本?"),
        ("期刊最长可以借几天？", "图书呢？", "图书最长可以借几天?"),
        ("成人一次最多吃几粒？", "儿童呢？", "儿童一次最多吃几粒?"),
        ("一次最少买多少克？", "最多呢？", "一次最多买多少克?"),
        ("押金最多多少？", "房租呢？", "房租最多多少?"),
        ("期刊最长可以借几天？", "它放在哪里？", "期刊放在哪里？"),
        ("广东省最低工资标准是多少？", "江苏省呢？", "江苏省最低工资标准是多少?"),
    ],
)
def test_how_far_an_amount_may_go_stays(previous: str, question: str, completed: str) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize("question", ["去其他城市住几晚？", "其它城市的补贴是多少？"])
def test_others_are_no_pronoun(question: str) -> None:
    assert complete_question(question, [("部门经理的住宿标准是多少？", "x")]) == question


@pytest.mark.parametrize(
    ("asked", "completed"),
    [
        (
            ["What is the latency of SPLADE?", "And BM25?", "And SparseLite?"],
            "What is the latency of SparseLite?",
        ),
        (
            ["成都办公室的负责人是谁？", "上海呢？", "面积呢？"],
            "上海办公室的面积是多少?",
        ),
        (
            ["成都辦公室的負責人是誰？", "上海呢？", "面積呢？"],
            "上海辦公室的面積是多少?",
        ),
        (
            ["员工最多可以请几天事假？", "病假呢？", "实习生呢？"],
            "实习生最多可以请几天病假?",
        ),
        (["柳村的日均客流是多少？", "梅里呢？", "它在哪个区？"], "梅里在哪个区？"),
    ],
)
def test_a_chain_of_follow_ups_is_completed_from_the_questions_as_asked(
    asked: list[str], completed: str
) -> None:
    history = [(question, "x") for question in asked[:-1]]
    assert complete_in_conversation(asked[-1], history) == completed
    told = [(complete_in_conversation(q, history[:i]), "x") for i, q in enumerate(asked[:-1])]
    assert complete_in_conversation(asked[-1], told) == completed


def test_a_question_complete_in_itself_comes_through_a_conversation() -> None:
    question = "图书馆新馆的建筑面积有多大?"
    assert complete_in_conversation(question, []) == question
    history = [("港口去年吞吐量是多少?", "x"), ("前年呢?", "x")]
    assert complete_in_conversation(question, history) == question


_PROJECTS = "市北区2023年新落地亿元以上项目多少个？"


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (_PROJECTS, "那智慧小区呢？", "市北区2023年智慧小区多少个?"),
        (_PROJECTS, "那無違建社區呢？", "市北区2023年無違建社區多少个?"),
        (_PROJECTS, "社区呢？", "市北区2023年社区多少个?"),
        (_PROJECTS, "校区呢？", "市北区2023年校区多少个?"),
        (_PROJECTS, "景区呢？", "市北区2023年景区多少个?"),
        (_PROJECTS, "示范区呢？", "市北区2023年示范区多少个?"),
        ("市北区建成了多少公园？", "智慧小区呢？", "市北区建成了多少智慧小区?"),
        ("新区改造了几个老旧小区？", "景区呢？", "新区改造了几个景区?"),
        ("市北区有多少个智慧社区？", "示范区呢？", "市北区有多少个示范区?"),
    ],
)
def test_an_area_is_counted_and_takes_no_districts_place(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (_PROJECTS, "那西海岸新区呢？", "西海岸新区2023年新落地亿元以上项目多少个?"),
        (_PROJECTS, "那高新区呢？", "高新区2023年新落地亿元以上项目多少个?"),
        (_PROJECTS, "经济技术开发区呢？", "经济技术开发区2023年新落地亿元以上项目多少个?"),
        (_PROJECTS, "上合示范区呢？", "上合示范区2023年新落地亿元以上项目多少个?"),
        (_PROJECTS, "全市呢？", "全市2023年新落地亿元以上项目多少个?"),
        (_PROJECTS, "即墨呢？", "即墨2023年新落地亿元以上项目多少个?"),
        ("西海岸新区GDP是多少？", "高新区呢？", "高新区GDP是多少?"),
        ("市北区书记是谁？", "湖滨社区呢？", "湖滨社区书记是谁?"),
        ("崂山区养老院有多少家？", "湖滨社区呢？", "湖滨社区养老院有多少家?"),
        ("市北区有多少居民？", "湖滨社区呢？", "湖滨社区有多少居民?"),
        ("阳光社区有多少个车位？", "湖滨小区呢？", "湖滨小区有多少个车位?"),
        ("崂山风景区去年接待游客多少人次？", "市南区呢？", "市南区去年接待游客多少人次?"),
        ("部门经理去一类城市出差，上限是多少？", "去其他城市呢", "部门经理去其他城市出差，上限是多少?"),
    ],
)  # fmt: skip
def test_a_place_takes_a_places_place(previous: str, question: str, completed: str) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("大鲍岛文化街区获得了什么称号？", "台东步行街呢？", "台东步行街获得了什么称号?"),
        ("大鲍岛文化街区有什么特色？", "台东步行街呢？", "台东步行街有什么特色?"),
        ("大鲍岛文化街区获得了什么称号？", "海信集团呢？", "海信集团获得了什么称号?"),
        ("大鮑島文化街區獲得過什麼稱號？", "台東步行街呢？", "台東步行街獲得過什麼稱號?"),
        ("中山路有多少家商铺？", "台东步行街呢？", "台东步行街有多少家商铺?"),
        ("图书馆花了多少钱？", "学校呢？", "学校花了多少钱?"),
        ("全市降水量超过多少毫米？", "蒸发量呢？", "全市蒸发量多少毫米?"),
        ("全市全年出生了多少人？", "那死亡的呢？", "全市全年死亡了多少人?"),
    ],
)
def test_who_did_it_is_replaced_and_no_verb(previous: str, question: str, completed: str) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("How much deposit does the tenant pay?", "And rent?", "How much rent does the tenant pay?"),
        ("How much deposit does the tenant pay?", "And the rent?", "How much rent does the tenant pay?"),
        ("How much deposit does the tenant pay?", "And the landlord?", "How much deposit does the landlord pay?"),
        ("How many days of leave do employees get?", "And interns?", "How many days of leave do interns get?"),
        ("How much water does the washing machine use?", "And the dishwasher?", "How much water does the dishwasher use?"),
        ("How much water does the washing machine use?", "And power?", "How much power does the washing machine use?"),
        ("How many rooms does the hotel have?", "And the windows?", "How many windows does the hotel have?"),
        ("How much did the firm spend on research?", "And marketing?", "How much did the firm spend on marketing?"),
        ("How much is the deposit?", "And the rent?", "How much is the rent?"),
        ("How long does the battery last?", "And the charger?", "How long does the charger last?"),
        ("What does the warranty cover?", "And the seals?", "What does the warranty cover (the seals)?"),
        ("When is the annual report due?", "And the annual summary?", "When is the annual summary due?"),
        ("How much does the annual pass cost?", "And the day pass?", "How much does the day pass cost?"),
    ],
)  # fmt: skip
def test_what_is_counted_and_who_acts_are_told_apart(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("How much does flat A cost?", "What about flat B?", "How much does flat B cost?"),
        ("How much does flat A cost?", "And B?", "How much does flat B cost?"),
        ("How much does flat A cost?", "And house B?", "How much does house B cost?"),
        ("How much does flat A cost?", "And the garage?", "How much does the garage cost?"),
        ("How much does flat A cost?", "Who owns it?", "Who owns flat A?"),
        ("What is the rent of flat A?", "And flat B?", "What is the rent of flat B?"),
        ("How many rooms does flat 3B have?", "And flat 4A?", "How many rooms does flat 4A have?"),
        ("How many people does Plant A employ?", "And plant B?", "How many people does plant B employ?"),
    ],
)  # fmt: skip
def test_one_of_several_is_replaced_with_its_letter(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        (
            "星光岛社区住了多少居民？",
            "其中流动人口占多少？",
            "星光岛社区的居民当中流动人口占多少？",
        ),
        ("星光岛社区住了多少居民？", "里面外来的占多少？", "星光岛社区的居民当中外来的占多少？"),
        ("星光岛社区住了多少居民？", "这里面老人有几个？", "星光岛社区的居民当中老人有几个？"),
        ("星光岛社区住了多少居民？", "那当中党员有多少？", "星光岛社区的居民当中党员有多少？"),
        ("星光島社區住了多少居民？", "這其中黨員有多少？", "星光島社區的居民當中黨員有多少？"),
        ("星光岛社区住着多少居民？", "其中老人有几个？", "星光岛社区的居民当中老人有几个？"),
        ("公司去年招了多少名员工？", "其中博士有几个？", "公司的员工当中博士有几个？"),
        ("学校为多少个班级装了空调？", "其中高三的有几个？", "学校其中高三的有几个？"),
        ("工会有多少会员单位？", "其中国企有几家？", "工会的会员单位当中国企有几家？"),
        ("公司去年花了多少钱？", "其中广告占多少？", "公司其中广告占多少？"),
        ("星光岛社区住了多少居民？", "那里面积有多大？", "星光岛社区面积有多大？"),
        ("星光岛社区住了多少居民？", "当中央来人时谁接待？", "当中央来人时谁接待？"),
    ],
)
def test_those_among_them_are_asked_in_several_words(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("公司去年营收是多少?", "占集团的比重呢?", "公司去年营收占集团的比重是多少?"),
        ("公司去年营收是多少?", "占集团的比重是多少?", "公司去年营收占集团的比重是多少?"),
        ("公司去年营收占集团的比重是多少?", "毛利率又是多少?", "公司去年营收毛利率又是多少?"),
        ("公司去年卖了多少台电视?", "退货率呢?", "公司去年卖了电视退货率是多少?"),
        ("公司去年卖了多少台电视?", "比前年多了几台?", "公司去年卖了电视比前年多了几台?"),
        (
            "公司去年卖了多少台电视?",
            "比前一年多了百分之几?",
            "公司去年卖了电视比前一年多了百分之几?",
        ),
        ("公司去年卖了多少台电视?", "比上年少了几台?", "公司去年卖了电视比上年少了几台?"),
        ("公司的出勤率是多少?", "迟到率呢?", "公司的迟到率是多少?"),
        ("谁是总经理?", "毛利率是多少?", "毛利率是多少?"),
        ("公司有多少员工?", "贷款利率是多少?", "贷款利率是多少?"),
        ("去年全市产值是多少?", "失业率是多少?", "失业率是多少?"),
        ("去年全市产值是多少?", "增长率是多少?", "去年全市增长率是多少?"),
    ],
)
def test_a_share_a_rate_and_a_change_are_asked_of_what_was_measured(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("2023年公司营收是多少?", "2022年?", "2022年公司营收是多少?"),
        ("2023年公司营收是多少?", "前一年呢?", "2022年公司营收是多少?"),
        ("2023年公司营收是多少?", "上一年是多少?", "2022年公司营收是多少?"),
        ("2023年公司营收是多少?", "次年呢?", "2024年公司营收是多少?"),
        ("2023年公司招了多少人?", "前三季度呢?", "2023年前三季度公司招了多少人?"),
        ("2023年5月份公司招了多少人?", "6月呢?", "2023年6月公司招了多少人?"),
        ("第一季度公司招了多少人?", "二季度?", "二季度公司招了多少人?"),
        ("市南区有几家医院?", "那市北区?", "市北区有几家医院?"),
        ("市南区有几家医院?", "那李沧?", "李沧有几家医院?"),
        ("公司的营收是多少?", "利润?", "公司的利润是多少?"),
        ("红旗小学在哪条路上?", "校长呢?", "红旗小学的校长是谁?"),
        ("红旗小学有多少教师?", "学生呢?", "红旗小学有多少学生?"),
        ("驿站有什么设备?", "几点关门?", "驿站几点关门?"),
        ("政务平台叫什么?", "谁开发的?", "政务平台谁开发的?"),
        ("公园总投资多少?", "一共建了几年?", "公园一共建了几年?"),
    ],
)
def test_times_places_measures_and_posts_alone_are_asked_in_place_of_others(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


@pytest.mark.parametrize("question", ["谢谢", "好的", "北京", "2022年?", "市北区?"])
def test_what_has_no_like_in_the_previous_question_is_left_alone(question: str) -> None:
    assert complete_question(question, [("公司的电话是多少?", "x")]) == question


@pytest.mark.parametrize(
    ("previous", "question", "completed"),
    [
        ("年假有几天?", "公积金缴存比例?", "公积金缴存比例?"),
        ("年假有几天?", "差旅费报销标准?", "差旅费报销标准?"),
        ("会上讨论了哪些议题?", "会议地点?", "会议地点?"),
        ("公司哪一年上市的?", "董事长?", "董事长?"),
        ("崂山区有多少所学校?", "常住人口?", "常住人口?"),
        ("工程总投资多少?", "建设工期?", "建设工期多少?"),
        ("公司的注册资本是多少?", "成立日期?", "公司的成立日期是什么时候?"),
    ],
)
def test_an_attribute_alone_is_asked_where_the_question_before_asks_for_such(
    previous: str, question: str, completed: str
) -> None:
    assert complete_question(question, [(previous, "x")]) == completed


def test_a_long_follow_up_takes_no_time() -> None:
    question = "占市北的" * 1250 + "?"
    assert complete_question(question, [("公司的电话是多少?", "x")]) == question
