"""Title, date and publisher from the first lines; the layouts are those of real pages."""

from __future__ import annotations

import pytest

from rag.reading.imprint import read_imprint, without_site_name

BODY = "\n\n昨日，港务局召开会议，介绍码头扩建的进展。2019年3月4日开工以来，已完成七成。\n"


@pytest.mark.parametrize(
    ("head", "title", "published", "publisher"),
    [
        (
            "当前位置 > 首页 > 港务要闻\n\n港口十年 | 从“小码头”到“大通道”\n\n2024-06-12 15:50:48\n\n▲码头一角",
            "港口十年 | 从“小码头”到“大通道”", "2024-06-12", None,
        ),
        (
            "新区推进港口建设 服务能力提升-海港官方网\n\n2022-12-31 08:19 海风报业·海港网-海港都市报阅读 (31357)",
            "新区推进港口建设 服务能力提升", "2022-12-31", "海风报业·海港网-海港都市报",
        ),
        (
            ("海港观察丨2024年首个工作日看码头:新航线,新起点\n\n2024-01-04 16:36 海风报业·海港新闻阅读 (51938) 扫描到手机"
            "\n\n海港全媒体首席记者 王小明"),
            "海港观察丨2024年首个工作日看码头:新航线,新起点", "2024-01-04", "海风报业·海港新闻",
        ),
        ("\n\n# 扩建码头\n\n## ——港口改革侧记\n\n□本报记者 王小明", "扩建码头", None, None),
        ("\n\n\n## 让港口活起来\n\n### 各区负责人谈港口", "让港口活起来", None, None),
        (
            "港口开放日活动举行\n发布时间：2023年5月6日 10:20 来源：海港日报 作者：王小明 浏览次数：120\n",
            "港口开放日活动举行", "2023-05-06", "海港日报",
        ),
        ("标题：码头夜景\n日期：2023/5/6\n来源：海港晚报", "码头夜景", "2023-05-06", "海港晚报"),
        ("港口通航\n\n海港新闻社2023年5月6日电（记者 王小明）首艘船靠泊。", "港口通航", "2023-05-06", None),
        ("Harbour reopens after storm\nBy Jane Doe\nPublished 12 June 2024", "Harbour reopens after storm", "2024-06-12", None),
        (
            "Harbour reopens | Port Daily News\n\nLONDON, June 12, 2024 (Wire) - The harbour is open.",
            "Harbour reopens", "2024-06-12", None,
        ),
    ],
)  # fmt: skip
def test_layouts(head: str, title: str, published: str | None, publisher: str | None) -> None:
    assert tuple(read_imprint(head + BODY)) == (title, published, publisher)


def test_a_date_inside_the_article_is_not_its_date() -> None:
    assert read_imprint("港口扩建侧记" + BODY).published is None
    running = "港口自2019年3月4日开工以来，已完成七成，2020年1月1日试运行。\n第二段。"
    assert read_imprint(running) == (None, None, None)
    assert read_imprint(running.replace("\n", "")).published is None


@pytest.mark.parametrize(
    "line",
    [
        "Birth date: 5 May 1950",
        "Due date: 3 July 2025",
        "Expiry date: 2030-12-31",
        "Geburtsdatum: 05.05.1950",
        "出生日期：1950年5月5日",
        "报名截止日期：2025年7月3日",
        "会议时间：2025年7月3日",
        "報名截止日期：2025年7月3日",
        "考试具体时间：2025年7月3日",
        "活動時間：2025年7月3日",
        "开工日期：2025年7月3日",
        "Effective date: 3 July 2025",
        "마감 날짜: 2025년 7월 3일",
    ],
)
def test_a_date_of_something_else_is_not_the_text_s(line: str) -> None:
    assert read_imprint(f"# Harbour\n\n{line}\n\nWords.\n") == ("Harbour", None, None)
    assert read_imprint(f"{line}\nHarbour\nWords.\n").title == "Harbour"
    assert read_imprint(f"Harbour\n{line}\nInvoice date: 12 June 2025\n").published == "2025-06-12"


def test_a_deadline_names_no_publisher() -> None:
    assert read_imprint("关于报名的通知\n报名截止：2025年7月3日\n请按时提交。\n").publisher is None


@pytest.mark.parametrize(
    "line",
    [
        "Datum: 12.06.2024", "날짜: 2024년 6월 12일", "Publication date: 12-Jun-2024", "稿件发布日期：2024年6月12日",
        "作者：王小明 日期：2024年6月12日", "Update: 2024-06-12", "Rechnungsdatum: 12.06.2024",
        *(f"{word}：2024-06-12" for word in (
            "公开日期 發稿時間 生成日期 披露日期 首发时间 转载时间 挂网时间 提交日期 入库时间 制表日期 審核日期 發文日期 上稿時間"
            " 張貼日期 建立日期 最後修訂日期 編輯時間 新聞日期 公佈日期 登載時間 活动发布时间 会议新闻发布时间 作者张三时间"
        ).split()),
        "北京时间：2024-06-12 10:00", "By John Smith Date: 12 June 2024", "Upload date: 12 June 2024",
        "Submission date: 12 June 2024", "Added date: 12 June 2024",
    ],
)  # fmt: skip
def test_labels_of_the_text_s_own_date(line: str) -> None:
    assert read_imprint(f"Harbour\n{line}\nWords.\n").published == "2024-06-12"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("From: Alice Brown <a@example.com>\nTo: Bob\nSubject: The new quay\n\n", "The new quay"),
        ("发件人：王小明\n主题：码头扩建\n\n", "码头扩建"),
        ("Von: A\nGesendet: heute\nBetreff: Neuer Kai\n\n", "Neuer Kai"),
        ("From: Alice Brown\nTo: Bob\n\n", "Words of it"),
        ("港口开放日\n主题：绿色港口\n\n", "港口开放日"),
        (
            "# 如何识别钓鱼邮件\n\n例如：\n\nFrom: boss@x.com\nSubject: 你中奖了\n\n",
            "如何识别钓鱼邮件",
        ),
        ("关于开展检查的通知\n\n发件人：办公室\n主题：检查\n\n", "关于开展检查的通知"),
        ("De: la Ciudad a la Selva\n\n", "De: la Ciudad a la Selva"),
    ],
)
def test_a_message_is_called_by_its_subject(head: str, title: str) -> None:
    assert read_imprint(f"{head}Words of it\nand more.\n").title == title


def test_a_message_is_dated_by_its_head() -> None:
    head = "From: A\nDate: Wed, 12 Jun 2024 08:00:00 +0200\nSubject: Quay\n\nWords.\n"
    assert read_imprint(head) == ("Quay", "2024-06-12", None)


@pytest.mark.parametrize(
    "line",
    [
        "arXiv:2305.12345v1 [cs.CL] 12 May 2023",
        "Published as a conference paper at ICLR 2023",
        "Proceedings of the 4th Conference on Harbours, pages 1-12",
    ],
)
def test_what_stands_above_a_paper_is_not_its_title(line: str) -> None:
    assert read_imprint(f"{line}\nHarbours and Towns\nAlice Smith\nWords.\n").title == (
        "Harbours and Towns"
    )


def test_lines_of_tildes_and_open_fences_hide_nothing() -> None:
    assert read_imprint("~~~~\n码头扩建\n~~~~\n2024-06-12 10:00\n正文。\n") == (
        "码头扩建", "2024-06-12", None,
    )  # fmt: skip
    assert read_imprint("```\n# Harbour\n\nText.\n").title == "Harbour"
    assert read_imprint("```\n# no\n" + "x\n" * 2000 + "```\n\nText.\n").title is None


@pytest.mark.parametrize("fence", ["```", "~~~~"])
def test_a_comment_in_code_is_no_heading(fence: str) -> None:
    code = f"{fence}python\n# set up\n``\nimport x\n{fence}\n"
    assert read_imprint(f"{code}\nThis explains it.\n").title is None
    assert read_imprint(f"{code}\n# Harbour\n\nText.\n").title == "Harbour"


def test_tildes_under_a_title_are_no_fence() -> None:
    assert read_imprint("Harbour\n~~~~~~~\n\nWords of it.\n").title == "Harbour"


def test_a_letter_is_dated_at_its_end() -> None:
    assert (
        read_imprint("关于码头扩建的通知" + BODY + "港务局\n2023年7月8日\n").published
        == "2023-07-08"
    )


def test_running_text_has_no_title() -> None:
    assert read_imprint("昨日，港务局召开会议，介绍进展。\n第二段。").title is None
    assert read_imprint("只有一行").title is None
    assert read_imprint("").title is None


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("港口新闻发布会召开_新闻中心_海港网", "港口新闻发布会召开"),
        ("Harbour opens after storm - BBC News", "Harbour opens after storm"),
        ("改革十年——港口新闻发布", "改革十年——港口新闻发布"),
        ("新区十年 | 从“小”到“大”的码头", "新区十年 | 从“小”到“大”的码头"),
        ("A-B test of ports", "A-B test of ports"),
        ("海港-官方网", "海港-官方网"),
    ],
)
def test_site_names_are_cut_from_titles(title: str, expected: str) -> None:
    assert without_site_name(title) == expected


@pytest.mark.parametrize(
    ("line", "published", "publisher"),
    [
        ("港务局 2023年5月18日发布", "2023-05-18", None),
        ("港务局办公室 2023年5月18日印发", "2023-05-18", "港务局办公室"),
        ("（2023年5月1日通过 2023年5月18日公布）", "2023-05-18", None),
        ("Published online: 9 January 2023", "2023-01-09", None),
        ("First published online 9 January 2023", "2023-01-09", None),
        (
            "Received 14 March 2022; accepted 2 November 2022; published 9 January 2023",
            "2023-01-09",
            None,
        ),
        ("收稿日期：2022-03-14；网络出版日期：2023-01-09", "2023-01-09", None),
        ("Received 14 March 2022; accepted 2 November 2022", None, None),
        ("本办法于2023年5月18日发布", None, None),
        ("本办法自2023年5月18日发布之日起施行", None, None),
        ("The quay was inspected and published 9 January 2023 in London.", None, None),
        ("Received on 3 May 2022, the report published 4 May 2022 was long", None, None),
    ],
)
def test_the_date_of_publication_among_others(
    line: str, published: str | None, publisher: str | None
) -> None:
    assert read_imprint(f"Harbour\n{line}\nWords.\n") == ("Harbour", published, publisher)


def test_an_official_letter_is_dated_where_it_was_printed() -> None:
    letter = "关于码头扩建的通知" + BODY
    assert read_imprint(f"{letter}\n港务局办公室 2023年7月8日印发\n").published == "2023-07-08"
    assert read_imprint(f"{letter}\n实施细则于2023年7月8日印发\n").published is None


@pytest.mark.parametrize(
    "line", ["Journal of Harbour Studies 41 (2023) 112-118", "第41卷 第3期 港口学报"]
)
def test_the_volume_of_a_journal_is_no_title(line: str) -> None:
    assert read_imprint(f"{line}\nHarbours and Towns\nAlice Smith\n").title == "Harbours and Towns"
