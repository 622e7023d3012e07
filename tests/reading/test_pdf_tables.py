"""Lines of a PDF that are a table's rows, and lines that only look like them."""

from __future__ import annotations

import re

import pytest

from rag.reading import pdf_tables
from rag.reading.pdf import read_pdf
from tests.reading.small_pdf import Line, small_pdf

APART = (0, 100, 200, 300)
CLOSE = (0, 52, 80)


def row(*cells: str, at: tuple[float, ...] = APART) -> Line:
    return [(x, cell) for x, cell in zip(at, cells, strict=False) if cell]


def fixed(text: str) -> Line:
    """Words of a line in type of fixed width, whose blank is as wide as its letters."""
    return [(6 * word.start(), word[0]) for word in re.finditer(r"\S+", text)]


def text_of(*lines: Line) -> str:
    return read_pdf(small_pdf([lines]), "a.pdf").text


SHIPS = [
    row("船名", "吨位", "下水年份"),
    row("海研一号", "520", "2009"),
    row("海研三号", "1240", "2022"),
]


def test_lines_in_columns_below_a_head_are_a_table() -> None:
    assert text_of("监测站有三艘船。", *SHIPS, "它们都停靠在青岛港。") == (
        "监测站有三艘船。\n| 船名 | 吨位 | 下水年份 |\n|---|---|---|\n| 海研一号 | 520 | 2009 |\n"
        "| 海研三号 | 1240 | 2022 |\n它们都停靠在青岛港。"
    )


def test_columns_as_close_as_words_need_a_third_row_and_a_common_edge() -> None:
    lines = [
        row("船名", "吨位", "年份", at=CLOSE),
        row("海研一号", "520", "2009", at=CLOSE),
        row("海研二号", "860", "2017", at=CLOSE),
    ]
    assert "|" not in text_of(*lines)
    third = row("海研三号", "740", "2022", at=CLOSE)
    assert text_of(*lines, third).splitlines()[2:] == [
        "| 海研一号 | 520 | 2009 |",
        "| 海研二号 | 860 | 2017 |",
        "| 海研三号 | 740 | 2022 |",
    ]


def test_cells_of_several_words_and_cells_without_any() -> None:
    assert text_of(
        row("Ship name", "Tonnage (t)", "Built", "Home port"),
        row("Sea One", "520", "2009", "Qingdao"),
        row("North Star", "1,860", "", "Rizhao"),
        row("Sea Three", "n/a", "2022", ""),
    ).splitlines() == [
        "| Ship name | Tonnage (t) | Built | Home port |",
        "|---|---|---|---|",
        "| Sea One | 520 | 2009 | Qingdao |",
        "| North Star | 1,860 |  | Rizhao |",
        "| Sea Three | n/a | 2022 |  |",
    ]


def test_years_may_be_names_of_columns() -> None:
    text = text_of(
        row("地区", "2022年", "2023年"),
        row("市南区", "58.1", "57.2"),
        row("市北区", "109.9", "108.1"),
    )
    assert text.startswith("| 地区 | 2022年 | 2023年 |\n|---|---|---|\n| 市南区 | 58.1 | 57.2 |")


def test_names_that_stand_wholly_beside_their_cells() -> None:
    head = row("Ship name", "Tonnage", "Year", at=(40, 190, 320))
    rows = [row("Sea", n, y, at=(0, 130, 270)) for n, y in (("520", "2009"), ("860", "2017"))]
    assert text_of(head, *rows).splitlines()[::2] == [
        "| Ship name | Tonnage | Year |",
        "| Sea | 520 | 2009 |",
    ]


def test_two_columns_are_a_table_where_the_head_is_set_otherwise() -> None:
    rows = [row("台东站", "5.2万"), row("李村站", "4.8万"), row("五四广场站", "6.1万")]
    assert "|" not in text_of(row("站名", "日均客流"), *rows)
    assert text_of(row("站名", "日均客流", at=(20, 130)), *rows).splitlines()[:3] == [
        "| 站名 | 日均客流 |",
        "|---|---|",
        "| 台东站 | 5.2万 |",
    ]


@pytest.mark.parametrize(
    "lines",
    [
        [row("姓名", "张三丰"), row("年龄", "35"), row("工龄", "10")],
        [row("姓名", "张三丰", "性别", "男"), row("年龄", "35", "工龄", "10"), row("工号", "4021", "邮编", "266000")],
        [row("Seller", "Buyer"), row("12 Main Street", "44 High Street"), row("28195 Bremen", "20095 Hamburg")],
        [row("项目", "负责人", "进展"), row("海底光缆", "赵文博", "完成招标"), row("水质监测", "孙丽", "正在施工")],
        [row("海研一号", "520", "2009"), row("海研二号", "860", "2017"), row("海研三号", "1240", "2022")],
        [row("A", "Preparation", at=(0, 40)), row("1", "Mix the flour", at=(0, 40)), row("2", "Stir it", at=(0, 40))],
        [row("型号：", "海豹", "价格："), row("长度：", "12米", "30元"), row("重量：", "3吨", "20元")],
        [row("船名", "吨位", "年份"), row("海研一号", "520", "2009"), "", "", "", "", row("海研三号", "124", "2022")],
        ["The port had in 2023", "some 46 cranes and 120", "people who in 2024 were", "at work for 12 hours"],
        ["青岛海岸监测站 2024 年共采集", "水样 1860 份 合格率为 97.4%", "比上年 提高 1.2 个百分点", "设备 38 台 投资 380 万元"],
    ],
    ids=["form", "form of two pairs", "addresses", "no figures", "no head", "list", "labels", "apart", "prose", "中文"],
)  # fmt: skip
def test_what_only_looks_like_a_table_keeps_its_lines(lines: list[Line]) -> None:
    assert "|" not in text_of(*lines)


@pytest.mark.parametrize(
    "lines",
    [
        ["He was in town when", "in 1999 it was 12", "in 2001 it was 30"],
        ["See the rules for it", "Act 312 of 1999", "Act 414 of 2001"],
        ["Ship  built in the", "One   12 of 1999", "Two   14 of 2001", "Six   16 of 2003"],
    ],
)
def test_a_blank_of_fixed_width_parts_no_columns(lines: list[str]) -> None:
    assert not re.search("(of|was|in) [|]", text_of(*map(fixed, lines)))


def test_columns_in_type_of_fixed_width_stand_two_blanks_apart() -> None:
    lines = ["Ship name   Tons  Built", "Sea One      520   2009", "North Star  1860   2017"]
    assert text_of(*map(fixed, lines)).splitlines() == [
        "| Ship name | Tons | Built |",
        "|---|---|---|",
        "| Sea One | 520 | 2009 |",
        "| North Star | 1860 | 2017 |",
    ]
    assert "|" not in text_of(*(fixed(" ".join(line.split())) for line in lines))


@pytest.mark.parametrize(
    ("figures", "is_table"),
    [
        (("7", "12", "5551234"), False),
        (("12m", "3t", "40kW"), False),
        (("520", "1860", "740"), True),
        (("5t", "12000t", "40t"), True),
    ],
)
def test_a_bold_first_line_is_a_head_where_the_figures_are_of_one_kind(
    figures: tuple[str, ...], is_table: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf_tables, "_font", lambda _raw, _page, at: (b"", 700 if at < 21 else 400))
    rows = [
        row(name, figure) for name, figure in zip(("Ward", "Bed", "Phone"), figures, strict=True)
    ]
    assert ("|" in text_of(row("Patient's", "Smith, John"), *rows)) is is_table
    right = [
        [(0, name), (150 - 6 * len(figure), figure)]
        for name, figure in zip(("Sea", "Star", "Sun"), ("7", "12", "5551234"), strict=True)
    ]
    assert "|" in text_of(row("Ship name", "Tons moved"), *right)


def test_the_lines_around_a_table_are_no_rows() -> None:
    text = text_of(row("表1", "各船情况"), *SHIPS, row("注", "数据来自年报"), "2024年 3月")
    lines = text.splitlines()
    assert lines[0] == "表1 各船情况"
    assert lines[1] == "| 船名 | 吨位 | 下水年份 |"
    assert lines[4:] == ["| 海研三号 | 1240 | 2022 |", "注 数据来自年报", "2024年 3月"]


def test_a_head_that_each_page_repeats_is_no_running_head() -> None:
    pages = [
        [SHIPS[0], *(row(f"海研{n}号", str(100 + n), str(2000 + n)) for n in (page, page + 1))]
        for page in (1, 3, 5, 7)
    ]
    content = read_pdf(small_pdf(pages), "a.pdf")
    assert content.text.count("| 船名 | 吨位 | 下水年份 |\n|---|---|---|\n") == 4
    starts = [content.text[at : at + 6] for at in content.metadata["pages"]]
    assert starts == ["| 船名 |"] * 4
    assert "\u00ad" not in content.text


def test_a_question_on_a_row_is_answered_by_its_cell(tmp_path) -> None:
    from rag import KnowledgeBase

    path = tmp_path / "ships.pdf"
    path.write_bytes(small_pdf([["监测站的船只如下。", *SHIPS]]))
    kb = KnowledgeBase.open(tmp_path / "index")
    kb.index(path)
    answer = kb.ask("海研三号的下水年份是哪一年？")
    assert [(c.quote, c.highlight_text) for c in answer.citations] == [
        ("| 海研三号 | 1240 | 2022 |", "2022")
    ]
