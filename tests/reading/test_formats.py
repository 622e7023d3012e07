"""Each format on a small real file: text, title, date, publisher, headings, pages; and broken ones."""

from __future__ import annotations

import contextlib
import io
import time
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from rag.chunking import chunk_document
from rag.errors import ReadingError, UnsupportedFormatError
from rag.reading import read_bytes
from rag.records import Document
from tests.reading.small_pdf import small_pdf


def one(data: bytes | str, name: str) -> Document:
    (document,) = read_bytes(data.encode() if isinstance(data, str) else data, name)
    return document


class TestMarkdown:
    def test_front_matter_becomes_fields(self) -> None:
        text = (
            "---\ntitle: 扩建码头\npublisher: 海港日报\npublished: 2024-01-02\n"
            "about: [港口, 航线]\nweight: 1.5\n---\n# 扩建\n\n正文。\n"
        )
        document = one(text, "a.md")
        assert document.text == "# 扩建\n\n正文。\n"
        assert (document.title, document.published) == ("扩建码头", "2024-01-02")
        assert document.language == "zh"
        assert document.metadata == {
            "format": "markdown",
            "publisher": "海港日报",
            "bytes": len(text.encode()),
            "encoding": "utf-8",
            "about": ["港口", "航线"],
            "weight": 1.5,
        }

    @pytest.mark.parametrize(
        "front",
        [
            "Title: 'Towns: how they grow'\nDATE: 2024-06-12\nTags: [a, b]\n",
            "title: Towns: how they grow\ndate: 2024-06-12\nTags:\n  - a\n  - b\n",
            "title: Towns: how they grow\n\tdate: 2024-06-12\n# no field\nTags: [a, b]\n",
        ],
    )
    def test_front_matter_as_people_write_it(self, front: str) -> None:
        document = one(f"---\n{front}---\nText of the note.\n", "a.md")
        assert (document.title, document.published) == ("Towns: how they grow", "2024-06-12")
        assert document.metadata["Tags"] == ["a", "b"]
        assert document.text == "Text of the note.\n"

    def test_a_date_that_cannot_be_told_stays_as_it_stands(self) -> None:
        document = one("---\ntitle: Towns\ndate: 03/04/2024\n---\nText.\n", "a.md")
        assert (document.published, document.metadata["date"]) == (None, "03/04/2024")
        broken = one("---\ntitle: Towns\ndate: 2024-02-30\n---\nText.\n", "a.md")
        assert (broken.text, broken.metadata["date"]) == ("Text.\n", "2024-02-30")

    def test_prose_between_rules_is_no_front_matter(self) -> None:
        text = "---\nThe plan: we go: then we come\n---\nText.\n"
        assert one(text, "a.md").text == text

    def test_without_front_matter_the_first_heading_is_the_title(self) -> None:
        document = one("Some words.\n\n# The **Harbour** [plan](x)\n\nText.", "a.md")
        assert document.title == "The Harbour plan"

    @pytest.mark.parametrize(
        "front",
        [
            "---\na: &a [x]\nb: [*a, *a]\n---\n",
            "---\n: : :\n  - [\n---\n",
            "---\njust text\n---\n",
            "---\nno end\n",
        ],
    )
    def test_what_is_no_front_matter_stays_text(self, front: str) -> None:
        assert one(front + "正文。", "a.md").text == front + "正文。"


class TestHtml:
    PAGE = """<!doctype html><html lang="zh-CN"><head><meta charset="{charset}">
<title>港口扩建工程开工_新闻中心_海港网</title><meta property="og:site_name" content="海港网">
<meta name="publishdate" content="2024-03-04 10:00"><link rel="canonical" href="https://example.com/1">
<script>var a = "脚本";</script></head><body>
<nav><a href="/">首页</a> <a href="/n">新闻</a> <a href="/l">登录</a></nav>
<div class="article"><h1>港口扩建工程开工</h1>
<p>三月四日，港口扩建工程正式开工，市领导出席仪式，宣布工程将分三期建设。</p>
<h2>建设内容</h2><p>工程包括三座码头和两条航线，总投资十二亿元，<b>预计</b>两年完成。</p>
<ul><li>一号码头</li><li>二号码头</li></ul>
<table><tr><th>项目</th><th>投资</th></tr><tr><td>码头</td><td>八亿元</td></tr></table>
<p>负责人表示，工程建成后，年吞吐量将增加五百万吨。<br>周边交通也将改善。</p></div>
<div class="related"><a href="/a">相关新闻一</a> <a href="/b">相关新闻二</a></div>
<footer>版权所有 海港网 网站地图</footer></body></html>"""

    @pytest.mark.parametrize(
        ("charset", "codec"), [("utf-8", "utf-8"), ("gb2312", "gb18030"), ("utf-8", "gb18030")]
    )
    def test_main_content_with_headings(self, charset: str, codec: str) -> None:
        document = one(self.PAGE.replace("{charset}", charset).encode(codec), "a.html")
        assert document.text.startswith("港口扩建工程开工\n\n三月四日")
        assert "总投资十二亿元，预计两年完成。\n\n- 一号码头\n- 二号码头\n" in document.text
        assert "\n| 项目 | 投资 |\n|---|---|\n| 码头 | 八亿元 |\n" in document.text
        for furniture in ("首页", "登录", "相关新闻", "版权", "脚本", "网站地图"):
            assert furniture not in document.text
        headings = [(document.text[s:e], level) for s, e, level in document.metadata["headings"]]
        assert headings == [("港口扩建工程开工", 1), ("建设内容", 2)]
        assert (document.title, document.published) == ("港口扩建工程开工", "2024-03-04")
        assert document.metadata["publisher"] == "海港网"
        assert document.metadata["url"] == "https://example.com/1"
        assert document.metadata["encoding"] == codec

    def test_linked_data(self) -> None:
        page = """<html><head><title>x</title><script type="application/ld+json">
        {"@type": "NewsArticle", "headline": "Harbour opens", "datePublished": "2024-05-06T08:00:00Z",
         "publisher": {"name": "Port Daily"}}</script></head>
        <body><p>The harbour opened on Monday after two years of work on the quays.</p></body></html>"""
        document = one(page, "a.htm")
        assert (document.title, document.published) == ("Harbour opens", "2024-05-06")
        assert document.metadata["publisher"] == "Port Daily"

    def test_a_date_line_above_the_article(self) -> None:
        line = "港口扩建工程正式开工，市领导出席仪式，宣布工程将分三期建设，总投资十二亿元。"
        page = f"""<html><head><title>港口开工 - 某市人民政府门户网站</title></head><body>
        <div><a href="/">首页</a> &gt; <a href="/x">要闻</a></div><h2>港口开工</h2>
        <div>发布时间：2024-03-05 09:10 来源：市融媒体中心 浏览次数：33</div>
        <div class="TRS_Editor"><p>{line}</p><p>{line}二</p><p>{line}三</p></div></body></html>"""
        document = one(page, "a.html")
        assert (document.title, document.published) == ("港口开工", "2024-03-05")
        assert document.metadata["publisher"] == "市融媒体中心"
        assert document.text.endswith("三")

    def test_a_page_without_markup_for_its_parts(self) -> None:
        document = one("<html><body>港口开通了。<br>船来了。</body></html>", "a.html")
        assert document.text == "港口开通了。\n船来了。"

    @pytest.mark.parametrize(
        ("markup", "text"),
        [
            ("<table><tr><td>a</td><td>12<br>34</td></tr></table>", "| a | 12 34 |"),
            (
                "<table><tr><td><p>a</p></td><td><p>56</p><p>78</p></td></tr></table>",
                "| a | 56 78 |",
            ),
            (
                (
                    "<table><tr><td></td><td>2022</td><td>2023</td></tr>"
                    "<tr><td>a</td><td></td><td>7</td></tr></table>"
                ),
                "|  | 2022 | 2023 |\n|---|---|---|\n| a |  | 7 |",
            ),
            (
                (
                    "<table><tr><th colspan=3>Berths</th></tr><tr><th>Port</th><th>Berth</th><th>Use</th></tr>"
                    "<tr><td rowspan=2>A</td><td>x|y</td><td>coal</td></tr><tr><td>B</td><td>ore</td></tr></table>"
                ),
                "Berths\n| Port | Berth | Use |\n|---|---|---|\n| A | x\\|y | coal |\n| A | B | ore |",
            ),
            (
                (
                    "<table><tr><td>Year</td><td>Tons</td></tr><tr><td>2022</td><td>7</td></tr></table>"
                    "<table><tr><td>A</td><td>8</td></tr><tr><td>B</td><td></td></tr></table>"
                ),
                "| Year | Tons |\n| 2022 | 7 |\n\n| A | 8 |\n| B |  |",
            ),
            (
                (
                    "<table><tr><td>Left</td><td>Top <table><tr><td>A</td><td>8</td></tr></table></td>"
                    "<td>Right</td></tr></table>"
                ),
                "Left | Top\n| A | 8 |\n\nRight",
            ),
            (
                f"<table><tr><td>Menu</td><td>{'The port grows. ' * 20}</td></tr></table>",
                "Menu | " + ("The port grows. " * 20).strip(),
            ),
            (
                "<table><tr><td>Menu</td><td><h2>Ports</h2> They grow. They open.</td></tr></table>",
                "Menu | Ports They grow. They open.",
            ),
            (
                "<table role=presentation><tr><td>Order</td><td>It has left. Thanks.</td></tr></table>",
                "Order | It has left. Thanks.",
            ),
            (
                "<table><tr><td><img src=x></td><td>One cell that tells.</td></tr></table>",
                "One cell that tells.",
            ),
            (
                (
                    "<figure><table><tr><td>a</td><td>9</td></tr></table>"
                    "<figcaption>Table 1</figcaption></figure>"
                ),
                "| a | 9 |\n\nTable 1",
            ),
            (
                (
                    "<p>6×10<sup>24</sup> kg, 2023<sup><a href='#f'>4</a></sup>, 10<sup>-5</sup> m<sup>2</sup>, "
                    "1<sup>st</sup> of 2<sup></sup>3.</p>"
                ),
                "6×10^24 kg, 2023^4, 10^-5 m2, 1st of 23.",
            ),
            (
                "<pre>def f(x):\n    return x\n\nf(2)\n</pre><p>After.</p>",
                "def f(x):\n    return x\n\nf(2)\n\nAfter.",
            ),
            ("<pre>  a<br>  b</pre>", "  a\n  b"),
            ("<pre>  a<h2> 标题 </h2>  b</pre>", "  a\n标题\n  b"),
        ],
    )
    def test_line_breaks_cells_figures_superscripts(self, markup: str, text: str) -> None:
        prose = (
            "<p>The survey of the towns began ten years ago and goes on until the next census.</p>"
        )
        page = f"<html><body><article><h1>Towns</h1>{prose}{markup}{prose}</article></body></html>"
        inner = one(page, "a.html").text.split("\n\n", 2)[2]
        assert inner.rpartition("The survey")[0].strip("\n") == text

    def test_the_header_and_the_last_figure_of_an_article_belong_to_it(self) -> None:
        page = """<html><body><header><p>Town paper, since 1901</p></header><article>
        <header><h1>Towns grow</h1><p>The lead says that Aville has 12,345 inhabitants.</p></header>
        <p>The survey of the towns began ten years ago and goes on until the next census.</p>
        <figure><img src="x"><figcaption>Growth by 12%</figcaption></figure>
        <footer>Tags: towns</footer></article><footer>All rights reserved</footer></body></html>"""
        assert one(page, "a.html").text == (
            "Towns grow\n\nThe lead says that Aville has 12,345 inhabitants.\n\n"
            "The survey of the towns began ten years ago and goes on until the next census.\n\n"
            "Growth by 12%"
        )

    def test_a_form_is_dropped_unless_it_is_the_page(self) -> None:
        article = (
            "<h1>Towns grow</h1><p>The survey of the towns began ten years ago and goes on.</p>"
            "<ul><li>Aville</li><li>Beeton</li></ul>"
        )
        text = "Towns grow\n\nThe survey of the towns began ten years ago and goes on.\n\n- Aville\n- Beeton"
        login = "<form>Your name <button>Send</button></form>"
        whole = f"<form><script>{'x();' * 200}</script>{article}<button>Send</button></form>"
        for body in (whole, login + article):
            assert one(f"<html><body>{body}</body></html>", "a.html").text == text

    def test_hostile_pages(self) -> None:
        deep = "<div>" * 30_000 + "港口开通了，这里有一段足够长的文字。" + "</div>" * 30_000
        assert "港口" in one(f"<html><body>{deep}</body></html>", "deep.html").text
        entity = '<!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><html><body><p>港口 &b;</p></body></html>'
        assert len(one(entity, "entity.html").text) < 100
        with pytest.raises(ReadingError):
            one("<html><body><script>1</script></body></html>", "empty.html")


class TestPdf:
    PAGES = (
        ("海港年报", "港口年度报告", "第一页的文字从这里开始，港口吞吐量", "增长一成。", "1"),
        ("海港年报", "第二页接着写，新增航线", "三条。", "2"),
        ("海港年报", "第三页。", "3"),
    )

    def test_pages_without_running_heads(self) -> None:
        document = one(small_pdf(self.PAGES), "a.pdf")
        assert document.text == (
            "海港年报\n港口年度报告\n第一页的文字从这里开始，港口吞吐量\n增长一成。\n\n第二页接着写，新增航线\n三条。\n\n第三页。"
        )
        pages = [
            document.page_of(document.text.index(word))
            for word in ("港口", "增长", "第二", "三条", "第三")
        ]
        assert pages == [1, 1, 2, 2, 3]
        assert document.title == "海港年报"

    def test_a_title_that_is_the_running_head_stays_on_its_first_page(self) -> None:
        pages = [
            ["Deep Learning for Towns", "Alice Smith, Bob Jones", "We study towns.", "Page 1 of 3"],
            ["Deep Learning for Towns", "They grow.", "Page 2 of 3"],
            ["Deep Learning for Towns", "They end.", "Page 3 of 3"],
        ]
        document = one(small_pdf(pages), "a.pdf")
        assert document.title == "Deep Learning for Towns"
        assert document.text == (
            "Deep Learning for Towns\nAlice Smith, Bob Jones\nWe study towns.\n\nThey grow.\n\nThey end."
        )

    def test_running_heads_with_page_numbers(self) -> None:
        pages = [[f"Report 2023 on Towns | {n}", f"They grow, {word}."] for n, word in
                 ((7, "first"), (8, "second"), (9, "third"))]  # fmt: skip
        assert one(small_pdf(pages), "a.pdf").text == (
            "They grow, first.\n\nThey grow, second.\n\nThey grow, third."
        )

    @pytest.mark.parametrize(
        "heads",
        [
            ["Annual results 2019", "Annual results 2020", "Annual results 2021"],
            ["Question 1", "Question 2", "Question 3"],
            ["第1章", "第2章", "第3章"],
            ["Store no. 17 of Aville", "Store no. 12 of Aville", "Store no. 31 of Aville"],
            ["1200", "2023", "310"],
        ],
    )
    def test_lines_whose_numbers_tell_pages_apart_stay(self, heads: list[str]) -> None:
        pages = [(head, "Words.", "The end.", f"{n + 4}") for n, head in enumerate(heads)]
        text = one(small_pdf(pages), "a.pdf").text
        assert text == "\n\n".join(f"{head}\nWords.\nThe end." for head in heads)

    @pytest.mark.parametrize(
        "foot", ["页 {}", "页码 {}", "頁碼：{}", "P{}", "p {}", "年报 {}", "ページ {}", "페이지 {}", "{}페이지",
                 "Trang {}", "Sida {}", "Side {}", "Sivu {}", "Halaman {}", "Sayfa {}"],
    )  # fmt: skip
    def test_page_numbers_at_the_foot(self, foot: str) -> None:
        words = ("First", "Second", "Third")
        pages = [[f"{word}.", "It ends.", foot.format(n)] for n, word in enumerate(words, 1)]
        text = one(small_pdf(pages), "a.pdf").text
        assert text == "\n\n".join(f"{word}.\nIt ends." for word in words)

    @pytest.mark.parametrize("foot", ["{1}", "- {1} -", "{0}-{1}"])
    def test_each_chapter_may_count_its_pages(self, foot: str) -> None:
        pages = [
            [f"{word} things.", "It ends.", foot.format(number // 3 + 1, number % 3 + 1)]
            for number, word in enumerate(("Old", "New", "Red", "Big", "Low", "Far"))
        ]
        text = one(small_pdf(pages), "a.pdf").text
        assert text == "\n\n".join(f"{first}\nIt ends." for first, *_ in pages)

    def test_a_lone_figure_is_no_page_number(self) -> None:
        pages = [["Total", "Revenue of the group", "1200"], ["2023", "was the best year.", "2"]]
        assert one(small_pdf(pages), "a.pdf").text == (
            "Total\nRevenue of the group\n1200\n\n2023\nwas the best year."
        )

    def test_properties(self) -> None:
        info = {"Title": "港口报告", "CreationDate": "D:20240305102030+08'00'"}
        document = one(small_pdf(self.PAGES, info), "a.pdf")
        assert (document.title, document.published) == ("港口报告", "2024-03-05")
        assert (
            one(small_pdf(self.PAGES, {"Title": "Microsoft Word - x.docx"}), "a.pdf").title
            == "海港年报"
        )

    def test_broken_ones(self) -> None:
        with pytest.raises(ReadingError, match="damaged"):
            one(b"%PDF-1.4 nothing", "a.pdf")
        with pytest.raises(ReadingError, match="no text"):
            one(small_pdf([[], []]), "scan.pdf")
        with pytest.raises(UnsupportedFormatError, match="holds no PDF"):
            one("words", "a.pdf")


NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def elements(markup: str) -> list[Any]:
    return list(parse_xml(f"<w:body {NAMESPACES}>{markup}</w:body>"))


def saved(document: Any) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


class TestDocx:
    def file(self) -> bytes:
        document = docx.Document()
        document.add_heading("港口报告", 0)
        document.add_heading("一、概述", 1)
        document.add_paragraph("港口位于东岸。")
        table = document.add_table(2, 2)
        for row, cells in zip(table.rows, (("项目", "投资"), ("码头", "八亿元")), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        document.add_paragraph("全文完。")
        return saved(document)

    def test_reading_order_tables_headings(self) -> None:
        document = one(self.file(), "a.docx")
        assert document.text == (
            "港口报告\n\n一、概述\n\n港口位于东岸。\n\n| 项目 | 投资 |\n| 码头 | 八亿元 |\n\n全文完。"
        )
        headings = [(document.text[s:e], level) for s, e, level in document.metadata["headings"]]
        assert headings == [("港口报告", 1), ("一、概述", 1)]
        assert document.title == "港口报告"
        assert document.published is None  # the template's own date tells nothing

    @pytest.mark.parametrize(
        ("markup", "text"),
        [
            ('<w:ins w:id="1"><w:r><w:t>not 40 but 50</w:t></w:r></w:ins>', "not 40 but 50"),
            ('<w:moveTo w:id="1"><w:r><w:t>moved</w:t></w:r></w:moveTo>', "moved"),
            ('<w:del w:id="1"><w:r><w:delText>40</w:delText></w:r></w:del>', ""),
            ('<w:moveFrom w:id="1"><w:r><w:t>moved</w:t></w:r></w:moveFrom>', ""),
            ("<w:sdt><w:sdtContent>{run}</w:sdtContent></w:sdt>", "(Smith, 2020)"),
            (
                "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{run}</w:sdtContent></w:sdt>",
                "",
            ),
            ('<w:fldSimple w:instr="REF x">{run}</w:fldSimple>', "(Smith, 2020)"),
            ('<w:smartTag w:uri="u" w:element="e">{run}</w:smartTag>', "(Smith, 2020)"),
            ("<w:hyperlink>{run}</w:hyperlink>", "(Smith, 2020)"),
            ("<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r>", "a\tb\nc"),
            ('<w:r><w:t>a</w:t><w:br w:type="page"/><w:t>b</w:t></w:r>', "a b"),
            ('<w:r><w:t>a</w:t><w:br w:type="textWrapping"/><w:t>b</w:t></w:r>', "a\nb"),
            ("<m:oMath><m:r><m:t>E=mc</m:t></m:r></m:oMath>", "E=mc"),
            (
                (
                    "<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num>"
                    "<m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>"
                ),
                "1/2",
            ),
            (
                (
                    "<w:r><w:t>6x10</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
                    "<w:t>24</w:t></w:r>"
                ),
                "6x10^24",
            ),
            (
                (
                    "<w:r><w:ruby><w:rt>{run}</w:rt><w:rubyBase><w:r><w:t>港</w:t></w:r></w:rubyBase>"
                    "</w:ruby></w:r>"
                ),
                "港",
            ),
        ],
    )
    def test_text_that_is_not_in_a_plain_run(self, markup: str, text: str) -> None:
        document = docx.Document()
        paragraph = document.add_paragraph("See: ")
        run = "<w:r><w:t>(Smith, 2020)</w:t></w:r>"
        for element in elements(markup.replace("{run}", run)):
            paragraph._p.append(element)
        paragraph.add_run(".")
        assert one(saved(document), "a.docx").text == f"See: {text}."

    def test_text_boxes_follow_their_paragraph_once(self) -> None:
        document = docx.Document()
        box = "<w:txbxContent><w:p><w:r><w:t>In the box</w:t></w:r></w:p></w:txbxContent>"
        document.add_paragraph("Before, ")._p.extend(
            elements(
                f"<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
                f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
                "<w:r><w:t>after.</w:t></w:r>"
            )
        )
        assert one(saved(document), "a.docx").text == "Before, after.\n\nIn the box"

    def test_blocks_and_cells_in_content_controls(self) -> None:
        document = docx.Document()
        row = "<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"
        row += f"<w:sdt><w:sdtContent>{row.replace('>a<', '>b<')}</w:sdtContent></w:sdt>"
        contents = (
            "<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val='Table of Contents'/>"
            "</w:docPartObj></w:sdtPr><w:sdtContent><w:p><w:r><w:t>One 3</w:t></w:r></w:p>"
            "</w:sdtContent></w:sdt>"
        )
        markup = (
            f"{contents}<w:sdt><w:sdtContent><w:p><w:r><w:t>The deadline is 3 July.</w:t></w:r></w:p>"
            f"<w:tbl><w:tr>{row}</w:tr></w:tbl></w:sdtContent></w:sdt>"
        )
        for place, element in enumerate(elements(markup)):
            document.element.body.insert(place, element)
        assert one(saved(document), "a.docx").text == "The deadline is 3 July.\n\n| a | b |"

    @pytest.mark.parametrize(
        ("rows", "rule"),
        [
            (["部门|预算（万元）|负责人", "研发部|2,100|林晓燕", "市场部|620|高峰"], 1),
            (["产品|2022年收入|2023年收入", "机床|31,050|30,200", "备件|-|9,120"], 1),
            (["2024年预算", "部门|预算", "研发部|2,100", "市场部|620"], 2),
            (["姓名|王建国", "电话|0532-88997766", "地址|青岛市"], 0),  # each row has its own label
            (["姓名|王建国", "电话|0532-88997766"], 0),
            (["A001|龙井|328", "A002|普洱|198"], 0),
            (["2019|5", "2020|6", "2021|7"], 0),
            (["部门|负责人", "研发部|林晓燕", "市场部|高峰"], 0),
        ],
    )
    def test_the_head_of_a_table_is_told_by_its_cells(self, rows: list[str], rule: int) -> None:
        document = docx.Document()
        table = document.add_table(0, max(row.count("|") + 1 for row in rows))
        for row in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, row.split("|"), strict=False):
                cell.text = text
        lines = one(saved(document), "a.docx").text.split("\n")
        rules = [number for number, line in enumerate(lines) if line.startswith("|---|")]
        assert rules == ([rule] if rule else [])
        assert len(lines) == len(rows) + bool(rule)

    def test_the_head_of_a_table_that_word_repeats_on_each_page(self) -> None:
        document = docx.Document()
        table = document.add_table(2, 2)
        for row, cells in zip(table.rows, (("部门", "负责人"), ("研发部", "林|高")), strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
        table.rows[0]._tr.get_or_add_trPr().extend(elements("<w:tblHeader/>"))
        assert one(saved(document), "a.docx").text == (
            "| 部门 | 负责人 |\n|---|---|\n| 研发部 | 林\\|高 |"
        )

    def test_nested_tables_and_merged_cells(self) -> None:
        document = docx.Document()
        table = document.add_table(2, 3)
        table.cell(0, 0).merge(table.cell(1, 0)).text = "both rows"
        table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
        table.cell(1, 1).text = "outer"
        inner = table.cell(1, 2).add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "nested", "99"
        assert one(saved(document), "a.docx").text == (
            "| both rows | wide |\n| both rows | outer | nested 99 |"
        )

    @pytest.mark.parametrize("damaged", [False, True])
    def test_footnotes_stand_at_the_end(self, *, damaged: bool) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        document = docx.Document()
        document.add_paragraph("The text.")
        notes = (
            f"<w:footnotes {NAMESPACES}><w:footnote w:type='separator'><w:p><w:r><w:t>---</w:t></w:r>"
            "</w:p></w:footnote><w:footnote><w:p><w:r><w:t>The note.</w:t></w:r></w:p></w:footnote>"
            "</w:footnotes>"
        )
        part = Part(
            PackURI("/word/footnotes.xml"),
            "application/xml",
            notes[: -20 if damaged else None].encode(),
            document.part.package,
        )
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
        text = one(saved(document), "a.docx").text
        assert text == ("The text." if damaged else "The text.\n\nThe note.")

    def test_bombs_and_broken_ones(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", bytes(60 << 20))
        with pytest.raises(ReadingError, match="unpacks to 60 MB"):
            one(stream.getvalue(), "bomb.docx")
        with pytest.raises(ReadingError, match="damaged"):
            one(self.file()[:2000], "cut.docx")
        with pytest.raises(UnsupportedFormatError):
            one("words", "a.docx")

    def test_xml_entities_are_not_expanded(self) -> None:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(self.file())) as old, zipfile.ZipFile(stream, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "word/document.xml":
                    entities = "".join(
                        f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "boom"}">' for n in range(9)
                    )
                    data = data.replace(
                        b"<w:document", f"<!DOCTYPE d [{entities}]><w:document".encode(), 1
                    )
                    data = data.replace("港口位于东岸。".encode(), b"&e8;")
                new.writestr(name, data)
        with contextlib.suppress(ReadingError):
            assert len(one(stream.getvalue(), "a.docx").text) < 1000


class TestRows:
    def test_csv_with_chinese_names_in_gbk(self) -> None:
        table = '标题,正文,日期,来源,分类\n甲,"第一行\n第二行。",2024/5/6,海港网,经济\n\n丙,内容三。,2023年1月2日,https://example.com/a,\n'
        first, second = read_bytes(table.encode("gbk"), "a.csv")
        assert (first.id, first.source, first.title, first.published) == (
            "a.csv#1",
            "a.csv",
            "甲",
            "2024-05-06",
        )
        assert first.text == "第一行\n第二行。"
        assert first.metadata == {
            "format": "csv", "publisher": "海港网", "encoding": "gb18030", "row": 1, "分类": "经济",
        }  # fmt: skip
        assert (second.id, second.published) == ("a.csv#2", "2023-01-02")
        assert second.metadata["url"] == "https://example.com/a"

    @pytest.mark.parametrize("delimiter", [",", "\t", ";"])
    @pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "big5"])
    def test_delimiters_and_encodings(self, delimiter: str, codec: str) -> None:
        lines = [
            ("title", "text"),
            ("港口新聞", "港口的吞吐量增長了，他們說這是好的。"),
            ("乙", "第二篇的內容在這裡。"),
        ]
        data = "\r\n".join(delimiter.join(line) for line in lines).encode(codec)
        documents = read_bytes(data, "a.csv")
        assert [(d.title, d.text) for d in documents] == lines[1:]

    def test_json_lines_one_bad_line_stops_nothing(self) -> None:
        from rag.reading.reader import read_file
        from rag.records import Failure

        lines = [
            b'{"t": "\xe6\xb8\xaf\xe5\x8f\xa3\xe3\x80\x82", "time": 1718150400, "id": 7}',
            b"{broken",
            b"",
            b"[1]",
            b'{"title": "no text"}',
            b'{"content": "a\\ud800b", "source": "Port Daily", "tags": ["x"], "url": "https://example.com"}',
            '{"text": "港口的新闻在这里，用另一种编码"}'.encode("gbk"),
        ]
        import pathlib
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "a.jsonl")
            path.write_bytes(b"\n".join(lines))
            from rag.reading import discover

            items = list(read_file(discover([path]).files[0]))
        documents = [item for item in items if isinstance(item, Document)]
        failures = [item.reason for item in items if isinstance(item, Failure)]
        assert [d.id.partition("#")[2] for d in documents] == ["1", "6", "7"]
        assert [d.text for d in documents] == [
            "港口。",
            "a\ufffdb",
            "港口的新闻在这里，用另一种编码",
        ]
        assert documents[0].published == "2024-06-12"
        assert documents[0].metadata["id"] == 7
        assert documents[1].metadata["publisher"] == "Port Daily"
        assert documents[1].metadata["tags"] == ["x"]
        assert [reason.split(" ", 2)[1] for reason in failures] == ["2", "4", "5"]
        assert all("\n" not in reason for reason in failures)

    def test_json_list_and_wrapped_list(self) -> None:
        assert [d.text for d in read_bytes(b'[{"text": "a b"}, {"body": "c d"}]', "a.json")] == [
            "a b",
            "c d",
        ]
        assert [d.text for d in read_bytes(b'{"data": [{"text": "a b"}]}', "a.json")] == ["a b"]
        assert [d.text for d in read_bytes(b'{"text": "a b"}\n{"text": "c d"}\n', "a.json")] == [
            "a b",
            "c d",
        ]
        with pytest.raises(ReadingError, match="not valid JSON"):
            read_bytes(b"[1, 2", "a.json")

    @pytest.mark.parametrize("row", [f"x,{'The harbour opened. ' * 10}", "a, b, c"])
    def test_no_text_column_is_told_with_the_columns(self, row: str) -> None:
        with pytest.raises(ReadingError, match="no text column .its columns: name, age."):
            read_bytes(f"name,age\n{row}\n".encode(), "a.csv")

    def test_a_file_without_articles_is_one_table(self) -> None:
        data = '\ufeff编号,品名,日期\r\nA1,"茶|绿\n茶",2024-01-02\r\n\r\nA2,米\r\nA3,a,b,c\r\n'
        from rag.reading.rows import read_csv
        from rag.records import Failure

        failure, content = (row for _, row in read_csv(io.BytesIO(data.encode()), "shop/价目.csv"))
        assert isinstance(failure, Failure)
        assert failure.reason == "row 3 has 4 cells, but the header has 3. Quote its text"
        assert not isinstance(content, Failure)
        head = "| 编号 | 品名 | 日期 |"
        assert content.text == (
            f"{head}\n|---|---|---|\n| A1 | 茶\\|绿 茶 | 2024-01-02 |\n| A2 | 米 |  |"
        )
        document = one(data, "shop/价目.csv")
        assert (document.id, document.title, document.published) == (
            "shop/价目.csv#1",
            "价目",
            None,
        )
        assert document.metadata["headings"] == [[0, len(head), 1]]
        assert document.metadata["rows"] == 2

    def test_every_passage_of_a_long_table_knows_its_columns(self) -> None:
        rows = "".join(f"A{n},商品{n},{n}\n" for n in range(3000))
        began = time.process_time()
        chunks = chunk_document(one(f"编号,品名,价格\n{rows}", "a.csv"))
        assert time.process_time() - began < 5
        assert len(chunks) > 50
        assert {chunk.heading for chunk in chunks} == {"编号 | 品名 | 价格"}
        assert all(chunk.text.startswith("| ") and chunk.text.endswith(" |") for chunk in chunks)

    def test_an_unquoted_text_with_commas_is_whole(self) -> None:
        line = "The ferry leaves at nine, ten and eleven, for 40,000 euros"
        assert one(f"id,text\n1,{line}\n", "a.csv").text == line
        assert one(f"id, text\n1, {line}\n", "a.csv").text == line
        assert one(f"text\n{line}\n", "a.csv").text == line
        assert one('id,text\n1,He said, "no" and left\n', "a.csv").text == 'He said, "no" and left'

    def test_surplus_cells_before_the_last_column_are_told(self) -> None:
        from rag.reading.rows import read_csv
        from rag.records import Failure

        data = b"text,id\nThe ferry leaves at nine, ten,1\nWhole,2,,\n"
        bad, good = (row for _, row in read_csv(io.BytesIO(data), "a.csv"))
        assert isinstance(bad, Failure)
        assert bad.reason == "row 1 has 3 cells, but the header has 2. Quote its text"
        assert not isinstance(good, Failure)
        assert good.text == "Whole"

    def test_spaces_before_quoted_cells(self) -> None:
        document = one('id, title, text\n1, "A, B", "The price is 5, or 6 euros."\n', "a.csv")
        assert (document.title, document.text) == ("A, B", "The price is 5, or 6 euros.")

    def test_the_delimiter_that_excel_writes_first(self) -> None:
        document = one("\ufeffsep=;\r\nid;text\r\n1;At nine, ten, and eleven\r\n", "a.csv")
        assert (document.text, document.metadata["id"]) == ("At nine, ten, and eleven", "1")

    def test_a_quote_that_never_closes_swallows_no_rows(self) -> None:
        tabs = 'id\ttext\n1\t"Harbour opens\n2\tThe "old" quay\n3\t"Two\nlines"\n4\t"Last\n'
        assert [d.text for d in read_bytes(tabs.encode(), "a.tsv")] == [
            "Harbour opens", 'The "old" quay', "Two\nlines", "Last",
        ]  # fmt: skip
        commas = 'id,text\n1,"One\nmore"\n2,"Harbour opens, late\n3,The quay\n'
        assert [d.text for d in read_bytes(commas.encode(), "a.csv")] == [
            "One\nmore", "Harbour opens, late", "The quay",
        ]  # fmt: skip

    def test_only_the_quote_that_never_closes_goes(self) -> None:
        data = '标题,正文,来源\n"丁","Two\nlines",海港网\n"甲, 乙","正文,新华网\n丙,第二,海港网\n'
        multiline, first, second = read_bytes(data.encode(), "a.csv")
        assert multiline.text == "Two\nlines"
        assert (first.title, first.text, first.metadata["publisher"]) == (
            "甲, 乙",
            "正文",
            "新华网",
        )
        assert (second.title, second.text) == ("丙", "第二")

    def test_an_article_whose_quote_never_closes_is_whole(self) -> None:
        text = "第一段。\n第二段，重要。\n第三段。"
        assert one(f'标题,正文\n丙,"{text}', "a.csv").text == text
        assert one(f'标题\t正文\n丙\t"{text}\n', "a.tsv").text == text

    def test_many_quotes_that_never_close_take_no_long_time(self) -> None:
        began = time.process_time()
        documents = read_bytes(("text,title\n" + '"苹果"公司,"新品\n' * 10_000).encode(), "a.csv")
        assert time.process_time() - began < 5
        assert {(d.text, d.title) for d in documents} == {("苹果公司", "新品")}
        assert len(documents) == 10_000

    def test_a_table_within_a_quoted_cell(self) -> None:
        data = 'title\ttext\n标题一\t"第一行\n表\t格\n最后"\n标题二\t正文\n'
        assert [d.text for d in read_bytes(data.encode(), "a.tsv")] == [
            "第一行\n表\t格\n最后",
            "正文",
        ]

    def test_a_date_that_cannot_be_told_stays_as_it_stands(self) -> None:
        document = one("text,date\nThe quay is open.,03/04/2024\n", "a.csv")
        assert (document.published, document.metadata["date"]) == (None, "03/04/2024")

    def test_a_huge_field(self) -> None:
        big = "港口" * 200_000
        (document,) = read_bytes(f"title,text\nx,{big}\n".encode(), "a.csv")
        assert document.text == big
