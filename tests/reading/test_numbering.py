"""The numbers of Word's lists: how they are written, counted and put before the text."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml

from rag.chunking.sentences import split_sentences
from rag.reading import read_bytes
from rag.reading.numbering import Numbering
from rag.reading.numerals import numeral
from rag.records import Document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("decimal", {0: "0", 7: "7"}),
        ("decimalZero", {7: "07", 12: "12"}),
        ("lowerRoman", {4: "iv", 9: "ix", 14: "xiv", 0: "0"}),
        ("upperRoman", {1999: "MCMXCIX", 4000: "4000"}),
        ("lowerLetter", {1: "a", 26: "z", 27: "aa", 28: "bb"}),
        ("upperLetter", {3: "C"}),
        ("russianLower", {5: "д", 10: "к"}),
        ("ordinal", {1: "1st", 2: "2nd", 11: "11th", 23: "23rd"}),
        (
            "chineseCountingThousand",
            {1: "一", 10: "十", 12: "十二", 20: "二十", 101: "一百零一", 110: "一百一十", 1001: "一千零一"},
        ),
        ("ideographDigital", {10: "一〇", 23: "二三"}),
        ("chineseLegalSimplified", {12: "壹拾贰"}),
        ("ideographTraditional", {2: "乙", 11: "11"}),
        ("decimalEnclosedCircleChinese", {3: "③", 21: "21"}),
        ("decimalFullWidth", {12: "１２"}),
        ("no such style", {3: "3"}),
    ],
)  # fmt: skip
def test_numerals(style: str, expected: dict[int, str]) -> None:
    assert {number: numeral(number, style) for number in expected} == expected


def level(depth: int, style: str, text: str, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{style}"/>{more}'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


def lists(levels: str, overrides: str = "") -> str:
    """Definition 0 with lists 1 and 2 made from it; the second has the overrides."""
    return (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{overrides}</w:num></w:numbering>'
    )


def properties(number: int, depth: int | None = None) -> str:
    at = "" if depth is None else f'<w:ilvl w:val="{depth}"/>'
    return f'<w:numPr>{at}<w:numId w:val="{number}"/></w:numPr>'


def paragraph(inner: str) -> Any:
    return parse_xml(f"<w:p {W}><w:pPr>{inner}</w:pPr></w:p>")


def marks(numbering: str, places: list[tuple[int, int]], styles: str = "") -> list[str]:
    counted = Numbering(parse_xml(numbering), parse_xml(f"<w:styles {W}>{styles}</w:styles>"))
    return [counted.mark(paragraph(properties(*place))) for place in places]


OUTLINE = level(0, "decimal", "%1.") + level(1, "lowerLetter", "%1(%2)") + level(2, "bullet", "o")


def test_levels_start_anew_below_the_level_above() -> None:
    places = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 0), (1, 1), (1, 5)]
    assert marks(lists(OUTLINE), places) == ["1.", "1(a)", "1(b)", "-", "2.", "2(a)", ""]


def test_a_level_that_never_starts_anew() -> None:
    clauses = level(0, "chineseCounting", "第%1章") + level(
        1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>'
    )
    places = [(1, 0), (1, 1), (1, 1), (1, 0), (1, 1)]
    assert marks(lists(clauses), places) == ["第一章", "第一条", "第二条", "第二章", "第三条"]


def test_a_level_in_decimals_below_one_in_others() -> None:
    legal = level(0, "upperRoman", "%1") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    places = [(1, 1), (1, 0), (1, 0), (1, 1)]
    assert marks(lists(legal), places) == ["1.1", "I", "II", "2.1"]


@pytest.mark.parametrize(
    ("override", "second"),
    [
        ("", ["3.", "4."]),  # lists of one definition go on counting
        ('<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>', ["1.", "2."]),
        ('<w:lvlOverride w:ilvl="0"><w:startOverride w:val="8"/></w:lvlOverride>', ["8.", "9."]),
        (
            f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "(%1)")}</w:lvlOverride>',
            ["(C)", "(D)"],
        ),
    ],
)
def test_a_second_list_of_the_same_definition(override: str, second: list[str]) -> None:
    places = [(1, 0), (1, 0), (2, 0), (2, 0)]
    assert marks(lists(OUTLINE, override), places) == ["1.", "2.", *second]


def test_the_list_of_a_style() -> None:
    styles = (
        f'<w:style w:styleId="A"><w:pPr>{properties(1)}</w:pPr></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
        f'<w:style w:styleId="C"><w:pPr>{properties(1)}</w:pPr></w:style>'
        '<w:style w:styleId="D"><w:basedOn w:val="D"/></w:style>'
    )
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2", '<w:pStyle w:val="C"/>')
    counted = Numbering(parse_xml(lists(levels)), parse_xml(f"<w:styles {W}>{styles}</w:styles>"))
    found = {
        inner: counted.mark(paragraph(inner))
        for inner in (
            '<w:pStyle w:val="A"/>',
            '<w:pStyle w:val="B"/>',
            '<w:pStyle w:val="C"/>',  # by the level that names it, not by its number
            f'<w:pStyle w:val="A"/>{properties(0)}',  # 0 takes it out of the list
            '<w:pStyle w:val="D"/>',  # a style based on itself
            "<w:rPr><w:del/></w:rPr>" + properties(1, 0),
            "<w:rPr><w:moveFrom/></w:rPr>" + properties(1, 0),
            '<w:pStyle w:val="B"/><w:jc/>',  # what is gone was not counted
        )
    }
    assert list(found.values()) == ["1", "2", "2.1", "", "", "", "", "3"]


def test_a_list_by_way_of_a_list_style() -> None:
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{OUTLINE}</w:abstractNum>'
        '<w:abstractNum w:abstractNumId="1"><w:numStyleLink w:val="L"/></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>'
    )
    styles = f'<w:style w:styleId="L"><w:pPr>{properties(1)}</w:pPr></w:style>'
    assert marks(numbering, [(2, 0), (2, 1)], styles) == ["1.", "1(a)"]


def read(document: Any) -> Document:
    stream = io.BytesIO()
    document.save(stream)
    (found,) = read_bytes(stream.getvalue(), "a.docx")
    return found


def numbered(document: Any, levels: str) -> None:
    """Let list 1 of the document have these levels."""
    root = document.part.numbering_part.element
    for child in list(root):
        root.remove(child)
    root.extend(parse_xml(lists(levels)))


def add(document: Any, text: str, depth: int = 0, style: str | None = None) -> None:
    added = document.add_paragraph(text, style)
    added._p.get_or_add_pPr().append(
        parse_xml(properties(1, depth).replace("<w:numPr", f"<w:numPr {W}", 1))
    )


def test_each_item_in_lower_case_is_a_sentence() -> None:
    document = docx.Document()
    document.add_paragraph("Employees may work remotely:")
    for text in ("up to three days per week for office staff", "- one day", "-5 °C or less"):
        document.add_paragraph(text, style="List Bullet")
    for text in ("fill in the form", "send it to the office"):
        document.add_paragraph(text, style="List Number")
    text = read(document).text
    assert [text[start:end] for start, end in split_sentences(text, whole=True)] == [
        "Employees may work remotely:",
        "- up to three days per week for office staff",
        "- one day",
        "- -5 °C or less",
        "1. fill in the form",
        "2. send it to the office",
    ]


def test_a_file_with_two_parts_of_lists_is_read_without_them() -> None:
    document = docx.Document()
    document.add_paragraph("one", style="List Number")
    part = document.part.numbering_part
    document.part.load_rel(RELATIONSHIP_TYPE.NUMBERING, part, "rId99")
    assert read(document).text == "one"


def test_the_clauses_of_a_contract_and_its_headings() -> None:
    document = docx.Document()
    numbered(
        document,
        level(0, "chineseCounting", "第%1章")
        + level(1, "chineseCounting", "第%2条", '<w:lvlRestart w:val="0"/>')
        + level(2, "chineseCounting", "（%3）")
        + level(3, "decimal", "%4"),
    )
    add(document, "租赁合同", style="Title")
    document.paragraphs[0]._p.pPr.remove(document.paragraphs[0]._p.pPr.numPr)
    add(document, "总则", 0, "Heading 1")
    add(document, "租期为三年。", 1)
    add(document, "第二条 租金每月八千元。", 1)  # the number is typed as well
    add(document, "水电费另计。", 2)
    add(document, "按月缴纳。", 3)
    found = read(document)
    assert found.text.split("\n\n") == [
        "租赁合同",
        "第一章 总则",
        "第一条 租期为三年。",
        "第二条 租金每月八千元。",
        "（一）水电费另计。",
        "1. 按月缴纳。",
    ]
    assert found.title == "租赁合同"
    headings = [found.text[start:end] for start, end, _ in found.metadata["headings"]]
    assert headings == ["租赁合同", "第一章 总则"]


@pytest.mark.parametrize(
    ("style", "lines"),
    [
        ("Heading 1", ["1 2023 in figures", "2 2023 in words", "3 Outlook"]),
        (None, ["1. 2023 in figures", "2. 2023 in words", "3 Outlook"]),
    ],
)
def test_a_bare_number_and_a_text_that_begins_with_a_figure(
    style: str | None, lines: list[str]
) -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "%1"))
    for text in ("2023 in figures", "2023 in words", "3 Outlook"):
        add(document, text, 0, style)
    assert read(document).text.split("\n\n") == lines


def test_the_rows_of_a_table_that_a_list_numbers() -> None:
    document = docx.Document()
    numbered(document, level(0, "decimal", "%1") + level(1, "bullet", "o"))
    table = document.add_table(0, 2)
    for name in ("甲公司", "乙公司", ""):
        row = table.add_row()
        row.cells[0].paragraphs[0]._p.get_or_add_pPr().extend(
            parse_xml(f"<w:pPr {W}>{properties(1, 0)}</w:pPr>")
        )
        row.cells[1].text = name
        row.cells[1].paragraphs[0]._p.get_or_add_pPr().extend(
            parse_xml(f"<w:pPr {W}>{properties(1, 1)}</w:pPr>")
        )
    assert read(document).text == "| 1 | 甲公司 |\n| 2 | 乙公司 |"  # an empty row stays out
