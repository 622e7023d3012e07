from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.mentions.spans import capitalised, quoted, typed_spans, years_in
from rag.normalization import normalize


def spans(text: str, kind: str) -> list[str]:
    plain = normalize(text)
    return [plain[s.start : s.end] for s in typed_spans(plain) if s.kind == kind]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("新开12条航线,共1,300名职工", "figure", ["12条", "1,300名"]),
        ("同比增长6.5%,占百分之三十", "percent", ["6.5%", "百分之三十"]),
        ("总投资46亿元", "money", ["46亿元"]),
        ("投资300多亿元", "money", ["300多亿元"]),
        ("服务40多万家企业,接待120余万人次", "figure", ["40多万家", "120余万人次"]),
        ("有十多万人参加", "figure", ["十多万人"]),
        ("it cost $3.5 million", "money", ["$3.5 million"]),
        ("于2023年5月8日启用", "date", ["2023年5月8日"]),
        ("opened on 5 May 1987.", "date", ["5 may 1987"]),
        ("用了三年零两个月", "duration", ["三年", "零两个月"]),
        ("位列全国第三名", "rank", ["第三名"]),
        ("董事长林海涛表示", "person", ["林海涛"]),
        ("党组书记、局长周明介绍", "person", ["周明"]),
        ("区长高健说。", "person", ["高健"]),
        ("在考核中排名第6、第5,夺得红旗", "rank", ["第6", "第5"]),
        ("第16、我们还要", "rank", []),
        ("数控系统保修3年,刀库保修18个月", "duration", ["3年", "18个月"]),
        ("保密期限为13年", "duration", ["13年"]),
        ("有效期:5年", "duration", ["5年"]),
        ("提供3年质保", "duration", ["3年"]),
        ("23年增长5%,约21年3月开工", "duration", []),
        ("23年增长5%,约21年3月开工", "date", ["23年", "21年3月"]),
        ("周二至周日开放,星期一闭馆", "date", ["周二至周日", "星期一"]),
        ("每周一次,两周一节课", "date", []),
        ("保险经验被中央改革办刊发", "organisation", ["中央改革办"]),
        ("到阿伐流体控制有限公司考察", "organisation", ["阿伐流体控制有限公司"]),
        ("支部除了骑士驿站", "place", ["骑士驿站"]),
        ("自由贸易试验区", "place", ["自由贸易试验区"]),
    ],
)
def test_forms(text, kind, found) -> None:
    assert spans(text, kind) == found


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("Der Umsatz betrug 2022 1,28 Milliarden Euro.", "money", ["1,28 milliarden euro"]),
        ("Le billet coûte 12,50 euros, 3 €.", "money", ["12,50 euros", "3 €"]),
        ("costs CHF 300 or $5 more", "money", ["chf 300", "$5"]),
        ("Der Gewinn stieg um 4,5 Prozent.", "percent", ["4,5 prozent"]),
        ("It rose by 5 percentage points.", "percent", ["5 percentage points"]),
        ("Il a accueilli 45 300 visiteurs.", "figure", ["45 300"]),
        ("Es hat 1.234.567 Einwohner.", "figure", ["1.234.567"]),
        ("See steps 1,2,3 and rooms 1,2 and 3.", "figure", ["1", "2", "3", "1", "2", "3"]),
        ("Sixty-four participants took part.", "figure", ["sixty-four"]),
        ("two hundred and fifty thousand trees", "figure", ["two hundred and fifty thousand"]),
        ("It lasted twenty-one days.", "duration", ["twenty-one days"]),
        ("Der Akku hält 3,5 Stunden.", "duration", ["3,5 stunden"]),
        ("It makes 480 MW on 1,500 square feet.", "figure", ["480 mw", "1,500 square feet"]),
        ("It holds 0.45 L at 5 °C.", "figure", ["0.45 l", "5 °c"]),
    ],
)
def test_numbers_of_other_languages_are_whole(text, kind, found) -> None:
    assert spans(text, kind) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was in use from 2014–2018.", ["2014-2018"]),
        ("It was built between 2014 and 2018.", ["between 2014 and 2018"]),
        ("It ran between January and June 2018.", ["between january and june 2018"]),
        ("It was sold in Q3 2022.", ["q3 2022"]),
        ("Work starts on Monday 12 June.", ["monday 12 june"]),
        ("Sie wurde am 12. März 1998 gegründet.", ["12. märz 1998"]),
        ("Il a ouvert le 14 juillet 1987.", ["14 juillet 1987"]),
        ("Abrió el 3 de mayo de 1995.", ["3 de mayo de 1995"]),
        ("Call from 9 a.m. to 5:30 p.m. only.", ["9 a.m. to 5:30 p.m."]),
        ("The bus leaves at 10:30 am.", ["10:30 am"]),
        ("It opened in October.", ["october"]),
        ("It may rain, and the drivers march on.", []),
        ("It rains in May and since March.", ["may", "march"]),
        ("The survey covered 1800 participants.", []),
        ("The plant makes 1200-1500 MW.", []),
        ("In 1998 members of the board left.", ["1998"]),
    ],
)
def test_dates_of_other_languages_are_whole(text, found) -> None:
    assert spans(text, "date") == found


def test_forms_of_other_languages_leave_chinese_alone() -> None:
    text = "第1,2项,2014-2018年,45 300人,May 5日,1200 MW,9 a.m.,4,5%"
    assert spans(text, "figure") == ["2项", "45", "300人", "1200", "9", "4"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("held every March", ["march"]),
        ("It runs March through May.", ["march through may"]),
        ("closed March-May", ["march-may"]),
        ("by mid-March", ["march"]),
        ("Application deadline: May", ["may"]),
        ("It may rain and may contain nuts.", []),
        ("They march to and fro.", []),
        ("그 회사는 1987년에 설립되었다", ["1987"]),
        ("ตั้งในปี1987และ", ["1987"]),
        ("основан в 1987г.", ["1987"]),
        ("تأسست عام 1987م", ["1987"]),
        ("form 1987b", []),
    ],
)
def test_months_and_years_that_stand_for_a_time(text, found) -> None:
    assert spans(text, "date") == found


@pytest.mark.timeout(60)
@pytest.mark.parametrize("text", ["1" * 3000, "1.234." * 600, "a 5" + " " * 3000])
def test_a_long_text_of_digits_is_no_burden(text) -> None:
    assert spans(text + " kg", "figure")


def test_names_in_the_text_as_it_stands() -> None:
    text = "设有“星空”自习室,收藏《河流志》。"
    assert [text[a:b] for a, b in quoted(text)] == ["星空", "河流志"]
    text = "Its director is Margaret Ellison of the River Museum."
    assert [text[a:b] for a, b in capitalised(text)] == [
        "Margaret Ellison of the River Museum",
    ]


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("适用面积35～60㎡", "figure", ["35~60m2"]),
        ("3至7个工作日到账,自然日不限", "duration", ["3至7个工作日"]),
        ("上班时间为8:30—17:30", "date", ["8:30-17:30"]),
        ("游客集中在5至7月", "date", ["5至7月"]),
        ("2021-2023年", "date", ["2021-2023年"]),
        ("任期2022年5月至2025年5月", "date", ["2022年5月至2025年5月"]),
        ("占30%~40%,违约金0.5‰", "percent", ["30%~40%", "0.5‰"]),
        ("每人100-200元", "money", ["100-200元"]),
        ("It takes 5 to 10 days.", "duration", ["5 to 10 days"]),
        ("It costs $5-$10.", "money", ["$5-$10"]),
        ("10–15 people came.", "figure", ["10-15"]),
    ],
)
def test_a_range_is_one_span(text, kind, found) -> None:
    assert spans(text, kind) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("从50人到100人", ["50人", "100人"]),
        ("It rose from 5 to 10 people.", ["5", "10"]),
        ("型号A7-12", ["7", "12"]),
        ("比例3-4-5", ["3", "4", "5"]),
    ],
)
def test_a_change_and_the_parts_of_a_name_are_no_range(text, found) -> None:
    assert spans(text, "figure") == found


@pytest.mark.parametrize(
    "number",
    [
        "400-820-5678",
        "0532-88997766",
        "(0532)88997766",
        "138 0013 8000",
        "+44 20 7946 0018",
        "555-0142",
    ],
)
def test_a_telephone_number_is_one_span(number) -> None:
    assert spans(f"客服热线:{number},周末休息", "figure") == [number]
    assert spans(f"Call {number}.", "figure") == [number]


def test_years() -> None:
    assert years_in("2023年和二〇二二年,1500家企业,2019") == {"2023", "2022", "2019"}


@given(st.text(max_size=200))
def test_any_text_gives_spans_inside_it(text) -> None:
    plain = normalize(text)
    for span in typed_spans(plain):
        assert 0 <= span.start < span.end <= len(plain)
