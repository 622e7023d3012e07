"""Whether a sentence can hold the value that was asked for."""

from __future__ import annotations

import pytest

from rag.answering.near_misses.value import asks_value, lacks_value
from rag.normalization import normalize


@pytest.mark.parametrize(
    ("question", "sentence", "lacks"),
    [
        ("这座桥花了多少钱？", "大桥全长3公里，去年通车。", True),
        ("这座桥花了多少钱？", "大桥投资35亿元。", False),
        ("这座桥总投资多少？", "大桥投入3.5亿。", False),
        ("一共投资多少个项目？", "共有12个项目开工。", False),
        ("How much money did the bridge cost?", "The bridge is three kilometres long.", True),
        ("How much money did the bridge cost?", "The bridge cost $35 million.", False),
        ("How much did revenue grow?", "Revenue grew by 5%.", False),
        ("How many million yuan did the bridge cost?", "大桥全长3公里。", True),
        ("How many yuan did the bridge cost?", "大桥投资35亿元。", False),
        ("How many per cent did revenue grow?", "收入达3万。", True),
        ("How many square metres does the park cover?", "园区入驻企业30家。", True),
        ("How many square metres does the park cover?", "园区占地500亩。", False),
        ("On what exact date was the park opened?", "园区十年来入驻企业30家。", True),
        ("On which precise day did it open?", "园区6月11日开放。", False),
        ("园区开放的具体日期是？", "园区入驻企业30家。", True),
        ("园区占地面积多大？", "园区位于城阳区，入驻企业30家。", True),
        ("園區佔地面積多大？", "园区占地500亩。", False),
        ("为什么内陆有面积很大的沙漠？", "内陆离海洋很远。", False),
        ("报名电话是多少？", "活动对消费者给予补贴。", True),
        ("报名电话是多少？", "拨打12345咨询。", False),
        ("iPhone的号码是多少", "新机定价999美元。", False),
        ("自贸片区有多大？", "实施自贸区2.0版，高水平开放。", True),
        ("自贸片区有多大？", "自贸片区52平方公里。", False),
        ("84万人才里面博士有几个？", "集聚人才84万人。", True),
        ("党支部的书记叫什么？", "党组织书记“牢记嘱托·建功有我”获第一名。", True),
        ("党支部的书记叫什么？", "党支部书记王明说。", False),
        ("平台叫什么？", "平台去年上线。", False),
        ("服务业占比多少？", "服务业有企业300家。", True),
        ("服务业占比多少？", "服务业占了一半。", False),
        ("What share of revenue came from overseas?", "Revenue was 1.8 billion yuan.", True),
        ("他几岁？", "他在青岛当老师。", True),
        ("他几岁？", "他1981年出生。", False),
        ("大暑这天气温多少度", "大暑是第十二个节气。", True),
        ("一年能发多少度", "年发电量130亿千瓦时。", False),
        ("活动持续到哪天？", "启航仪式圆满举行。", True),
        ("图书馆星期几闭馆？", "图书馆位于香港路。", True),
        ("图书馆星期几闭馆？", "图书馆每周一闭馆。", False),
        ("图书馆周几闭馆？", "除国家法定节假日外均开放。", False),
        ("活动持续到哪天？", "活动持续到8月18日。", False),
        ("图书馆几点闭馆？", "图书馆每周一闭馆。", True),
        ("图书馆几点闭馆？", "开放时间为9:00至17:30。", False),
        ("图书馆几点开门？", "全天开放。", False),
        ("图书馆几点开门？", "问：图书馆几点开门？", False),
        ("会议提了几点要求？", "会议提出三点要求。", False),
        ("公文写作要注意几点？", "一要准确，二要简明。", False),
        ("安全用电应做到几点？", "不湿手碰开关，不私拉电线。", False),
        ("超市几点关门？", "营业时间8 a.m.至10 p.m.。", False),
        ("末班车几点发车？", "末班车发车时间：2130。", False),
        ("末班车几点发车？", "该线路2024年开通。", True),
        ("食堂每天几点开饭？", "食堂每天供应三餐。", True),
        ("快递员几点到？", "快递员会在下单后两小时内到达。", False),
        ("新学校建在哪条路上？", "加快推进延安路小学等新建工程。", True),
        ("新学校建在哪条路上？", "融入“一带一路”建设。", True),
        ("新学校建在哪条路上？", "学校位于台东三路。", False),
        ("新学校在哪条街？", "学校位于和平巷12号。", False),
        ("新学校建在哪条路上？", "学校建在台东一路北侧。", False),
        ("新学校建在哪条路上？", "学校建在延安路小学旁。", False),
        ("事故发生在哪条路？", "事故发生在滨海公路上。", False),
        ("门店在哪条街？", "门店开在宽窄巷子。", False),
        ("门店在哪条街？", "门店坐落于三里屯。", False),
        ("哪条路最长？", "学校去年开工。", False),
        ("演唱会在哪个体育馆？", "演唱会于周六晚在水立方上演。", False),
        ("红绿灯是哪个国家发明的？", "我国最早使用。", False),
        ("On which day did it open?", "It opened in the new park.", True),
        ("On which day did it open?", "It opened on 5 May.", False),
        ("五四运动发生在哪一天？", "一九一九年五月四日，学生集会。", False),
        ("晚会哪天举行？", "中秋当晚举行。", False),
        ("On what day did he die?", "He died on Christmas Eve.", False),
        ("What is the area code?", "It is 0532 in the city.", False),
        ("What is the scenic area called?", "It is called Laoshan.", False),
        ("What is the area of the park?", "It lies in the north of the city.", True),
        ("建成区面积居全省第几？", "居第2位。", False),
        ("森林面积增长多少？", "增长5%。", False),
        ("水田占播种面积多少比例？", "水田占六分之五。", False),
        ("How much did the cost fall?", "It fell by 12% in the year.", False),
        ("How much did teachers' pay rise?", "It rose by 5% in the year.", False),
        ("How much does it cost to enter?", "Admission is free.", False),
        ("儿童票价是多少？", "儿童票半价。", False),
        ("火警电话是多少？", "发现火情请拨119。", False),
        ("电话是什么时候发明的？", "贝尔1876年取得专利。", False),
        ("师生比例是多少？", "师生比为1:15。", False),
        ("What share price did it close at?", "It closed at 12 dollars.", False),
        ("How old was Smith?", "Smith, 45, was arrested.", False),
        ("高气温还要持续几天？", "高温将持续3天。", False),
        ("他几岁？", "彼はまだ若いです。", False),
        ("How old was he?", "Il avait beaucoup d'enfants.", False),
        ("项目总投资多少？", "| 项目 | 12.5 |", False),
        ("市北区有多少人口？", "市北区在青岛市中部。", False),  # not one of these kinds
        ("这座桥花了多少钱？", "สะพานยาวสามกิโลเมตร", False),  # of Thai nothing is known
        ("这座桥花了多少钱？", "The bridge is long.", False),
    ],
)
def test_values(question: str, sentence: str, lacks: bool) -> None:
    told = normalize(sentence)
    assert lacks_value(normalize(question), told) == lacks


def test_what_asks_for_a_value() -> None:
    assert asks_value(normalize("总投资是多少？"))
    assert not asks_value(normalize("谁当选？"))
