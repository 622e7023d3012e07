"""Titles of PDFs that a program wrote, and those of authors that are like them."""

from __future__ import annotations

import pytest

from rag.reading.pdf import read_pdf
from rag.reading.pdf_titles import is_title
from tests.reading.small_pdf import small_pdf


@pytest.mark.parametrize(
    "title",
    [
        "about:blank", "https://example.org/x", "www.example.org", "file:///C:/Users/me/a b.html",
        r"C:\a\b.xls", r"\\host\share\b", "/home/me/a.b/c",
        "index.html", "paper_final_v3.tex", "template.dvi", "report.xlsx", "2023 annual report.docx",
        "工作簿1.xlsx", "Untitled", "Untitled-1", "Untitled document", "Document", "document1", "Book1", "Sheet1",
        "Layout 1", "Slide 1", "scan0001", "Scan_20240101", "IMG_0001", "PowerPoint Presentation",
        "PowerPoint-Präsentation", "Présentation PowerPoint", "Presentación de PowerPoint", "PowerPoint 演示文稿",
        "Microsoft Word", "Microsoft Word - x.doc", "www.example.org/a?b=c",
        "Microsoft Word - my notes.tex", "Microsoft Word - final_report v3", "Microsoft PowerPoint - Lecture01",
        "Microsoft Word - ", "Microsoft Word – Document1", "Microsoft Word - Untitled", "New Microsoft Word Document", "文档1", "文件1", "演示文稿1", "幻灯片 1",
        "無標題", "无标题文档", "新建 Microsoft Word 文档", "新建 Microsoft Word 文档 (2)", "新建 DOCX 文档", "新建文本文档",
        "扫描件2024-01-01 10.20",
    ],
)  # fmt: skip
def test_a_title_that_a_program_wrote(title: str) -> None:
    assert not is_title(title)


@pytest.mark.parametrize(
    "title",
    [
        "Document retention policy", "Slide rules", "PowerPoint for beginners", "Microsoft Word for beginners",
        "www.gov.uk style guide", "Microsoft Excel - Tips and Tricks", "Microsoft Word – eine Einführung",
        "Introduction to Node.js", "ASP.NET", "Amazon.com", "Web 2.0", "How to write a README.md", "Book of hours",
        "Untitled poems", "Scan statistics", "Page layout", "Presentation skills", "Text mining", "AC/DC",
        "input/output", "About: a history", "Note: the sea", "文档管理办法", "文件汇编", "幻灯片制作教程", "无标题之诗",
        "扫描电子显微镜", "工作表与公式", "新建铁路可行性研究", "海岸监测年度报告", "第1章 海岸",
    ],
)  # fmt: skip
def test_a_title_that_only_begins_or_ends_like_one_is_the_authors(title: str) -> None:
    assert is_title(title)


def test_a_pdf_without_an_authors_title_has_none() -> None:
    page = [["海岸监测站共有46人。"]]
    assert read_pdf(small_pdf(page, {"Title": "about:blank"}), "a.pdf").title is None
    assert (
        read_pdf(small_pdf(page, {"Title": "海岸监测年度报告"}), "a.pdf").title
        == "海岸监测年度报告"
    )
