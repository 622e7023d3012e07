"""Each format on a small real file: text, title, date, publisher, headings, pages; and broken ones."""

from __future__ import annotations

import contextlib
import io
import zipfile

import docx
import pytest

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
        assert "码头 | 八亿元" in document.text
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
            "港口年度报告\n第一页的文字从这里开始，港口吞吐量\n增长一成。\n\n第二页接着写，新增航线\n三条。\n\n第三页。"
        )
        pages = [
            document.page_of(document.text.index(word))
            for word in ("港口", "增长", "第二", "三条", "第三")
        ]
        assert pages == [1, 1, 2, 2, 3]
        assert document.title == "港口年度报告"

    def test_properties(self) -> None:
        info = {"Title": "港口报告", "CreationDate": "D:20240305102030+08'00'"}
        document = one(small_pdf(self.PAGES, info), "a.pdf")
        assert (document.title, document.published) == ("港口报告", "2024-03-05")
        assert (
            one(small_pdf(self.PAGES, {"Title": "Microsoft Word - x.docx"}), "a.pdf").title
            == "港口年度报告"
        )

    def test_broken_ones(self) -> None:
        with pytest.raises(ReadingError, match="damaged"):
            one(b"%PDF-1.4 nothing", "a.pdf")
        with pytest.raises(ReadingError, match="no text"):
            one(small_pdf([[], []]), "scan.pdf")
        with pytest.raises(UnsupportedFormatError, match="holds no PDF"):
            one("words", "a.pdf")


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
        stream = io.BytesIO()
        document.save(stream)
        return stream.getvalue()

    def test_reading_order_tables_headings(self) -> None:
        document = one(self.file(), "a.docx")
        assert document.text == (
            "港口报告\n\n一、概述\n\n港口位于东岸。\n\n| 项目 | 投资 |\n| 码头 | 八亿元 |\n\n全文完。"
        )
        headings = [(document.text[s:e], level) for s, e, level in document.metadata["headings"]]
        assert headings == [("港口报告", 1), ("一、概述", 1)]
        assert document.title == "港口报告"
        assert document.published is None  # the template's own date tells nothing

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

    def test_no_text_column_is_told_with_the_columns(self) -> None:
        with pytest.raises(ReadingError, match="no text column .its columns: name, age."):
            read_bytes(b"name,age\nx,3\n", "a.csv")

    def test_a_huge_field(self) -> None:
        big = "港口" * 200_000
        (document,) = read_bytes(f"title,text\nx,{big}\n".encode(), "a.csv")
        assert document.text == big
