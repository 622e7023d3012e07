"""Names of fields in other languages and spellings; articles that are kept as HTML."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

import pytest

from rag.chunking import chunk_document
from rag.errors import ReadingError
from rag.reading import read_bytes
from rag.reading.content import Content
from rag.reading.rows import read_csv, read_json_lines
from rag.records import Document, Failure

PROSE = "Die Fähre Stella fuhr am Donnerstag zum ersten Mal seit Juli, nach einer Überholung, die drei Monate länger dauerte."


def row(fields: dict[str, Any], kind: str) -> Document:
    if kind == "jsonl":
        data = json.dumps(fields)
    else:
        stream = io.StringIO()
        csv.writer(stream, delimiter=";").writerows([list(fields), list(fields.values())])
        data = stream.getvalue()
    (document,) = read_bytes(data.encode(), f"a.{kind}")
    return document


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
@pytest.mark.parametrize(
    "names",
    [
        ("Schlagzeile", "Volltext", "Erscheinungsdatum", "Zeitung"),
        ("Überschrift", "Inhalt", "Veröffentlichungsdatum", "Quelle"),
        ("U\u0308berschrift", "Fließtext", "Datum", "Herausgeber"),
        ("Titre", "Contenu", "Date de publication", "Éditeur"),
        ("Título", "Texto", "Fecha de publicación", "Fuente"),
        ("headline", "bodyText", "pubDate", "sourceName"),
        ("headline", "articleBody", "datePublished", "publisher"),
        ("Article Title", "full-text", "Published On", "site_name"),
        ("name", "content:encoded", "publicationDate", "source"),
        ("標題", "內容", "發布日期", "來源"),
    ],
)
def test_names_of_fields(names: tuple[str, ...], kind: str) -> None:
    document = row(dict(zip(names, ("Fähre", PROSE, "04.11.2022", "Eifelbote"), strict=True)), kind)
    assert (document.title, document.text, document.published, document.metadata["publisher"]) == (
        "Fähre",
        PROSE,
        "2022-11-04",
        "Eifelbote",
    )


def test_the_first_name_that_a_row_has_counts() -> None:
    row_ = {
        "articleBody": "Short.",
        "text": "",
        "Full Text": "The whole text.",
        "Volltext": "Der Text.",
    }
    assert row(row_, "jsonl").text == "The whole text."


def test_a_column_of_things_is_no_text() -> None:
    document = row({"Artikel": "Schraube M8", "Inhalt": "500 ml", "Preis": "3,20"}, "csv")
    assert (
        document.text
        == "| Artikel | Inhalt | Preis |\n|---|---|---|\n| Schraube M8 | 500 ml | 3,20 |"
    )


def test_a_column_of_things_beside_one_of_prose_is_no_text() -> None:
    with pytest.raises(ReadingError, match="has no text column"):
        row({"Artikel": "Schraube M8", "Beschreibung": PROSE, "Preis": "3,20"}, "csv")


def test_the_column_of_prose_is_the_text() -> None:
    assert row({"Artikel": "Schraube M8", "Beitrag": PROSE}, "csv").text == PROSE


def test_an_object_of_things_has_no_text() -> None:
    with pytest.raises(ReadingError, match="has no text"):
        row({"Artikel": "Schraube M8", "Inhalt": "500 ml", "Preis": 3.2}, "jsonl")


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (
            "标题,正文\n甲,一句。\n乙, \n",
            "a.csv",
            "row 2 has no text: its '正文' is empty. Fill it in, or",
        ),
        ("标题,正文\n甲,一句。\n乙\n", "a.csv", "row 2 has no text: its '正文' is empty"),
        ('{"text": "One."}\n{"text": ""}\n', "a.jsonl", "row 2 has no text: its 'text' is empty"),
        ('{"text": "One."}\n{"text": 5}\n', "a.jsonl", "row 2 has no text: its 'text' is no text"),
        (
            '{"text": "One."}\n{"a": "b"}\n',
            "a.jsonl",
            r"row 2 has no text \(its fields: a\). Name one",
        ),
    ],
)
def test_a_row_without_text_says_what_it_lacks(data: str, name: str, reason: str) -> None:
    read = read_csv if name.endswith("csv") else read_json_lines
    contents = [content for _, content in read(io.BytesIO(data.encode()), name)]
    assert isinstance(contents[0], Content)
    assert isinstance(contents[1], Failure)
    assert re.match(reason, contents[1].reason)


def test_a_list_called_like_a_text_holds_the_rows() -> None:
    data = {"artikel": [{"text": "Erster Artikel."}, {"text": "Zweiter Artikel."}], "summe": 2}
    documents = read_bytes(json.dumps(data).encode(), "a.json")
    assert [document.text for document in documents] == ["Erster Artikel.", "Zweiter Artikel."]


def test_a_short_article_among_long_ones() -> None:
    data = f"Titel;Inhalt\nFähre;{PROSE}\nZug;Er fuhr.\nBus;{PROSE}\n"
    documents = read_bytes(data.encode(), "a.csv")
    assert [document.text for document in documents] == [PROSE, "Er fuhr.", PROSE]


def test_a_row_without_text_is_not_read_by_the_name_of_its_goods() -> None:
    (document,) = read_bytes(b"text,Artikel\nA whole sentence.,4711\n,4712\n", "a.csv")
    assert document.text == "A whole sentence."


def test_fields_called_like_offsets_are_left_out() -> None:
    document = row(
        {"text": PROSE, "pages": "112-118", "headings": ["Fähren"], "volume": 41}, "jsonl"
    )
    assert document.metadata == {"format": "json", "encoding": "utf-8", "row": 1, "volume": 41}
    (chunk,) = chunk_document(document)
    assert (chunk.text, document.page_of(0)) == (PROSE, None)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_article_kept_as_html(kind: str) -> None:
    markup = (
        "<!-- wp:paragraph --><p>The tower of <b>Neb</b>el cost 4&nbsp;million &amp; more.</p>\n<h2>Hours</h2>"
        '<ul><li>One</li></ul><img src="x.jpg"/><p>It closes on 3 May.</p> '
    )
    document = row({"title": "Tom &amp; <i>Jerry</i>", "content": markup}, kind)
    assert document.title == "Tom & Jerry"
    assert document.text == (
        "The tower of Nebel cost 4 million & more.\n\nHours\n\n- One\nIt closes on 3 May."
    )
    headings = [document.text[start:end] for start, end, _ in document.metadata["headings"]]
    assert headings == ["Hours"]


def test_nothing_of_an_article_kept_as_html_is_furniture() -> None:
    markup = (
        "<section><header><h2>Permits</h2></header><p>You need these forms.</p>"
        '<ul><li><a href="/a">Form A</a></li></ul><p><a href="/r">The report</a></p>'
        "<aside>Closed on Monday.</aside><footer>Source: Gazette</footer></section>"
    )
    assert row({"text": markup}, "jsonl").text.split("\n") == [
        *("Permits", "", "You need these forms.", "", "- Form A", "The report", ""),
        *("Closed on Monday.", "", "Source: Gazette"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "It holds where a < b and b > c.",
        "Write <p>text</p> for a paragraph.",
        "<p>unclosed, and so no article",
        "<name> stands for a name </name>",
        '<p align="center">A logo</p>\n\n# Title\n\n- one item of the list\n- another item\n\nMore of the prose.',
        "<div>\n\n# Title\n\n- one item of the list\n- another item\n\n</div>",
        "<p>Nested too deep</p>" + "<b>" * 300 + "for the parser.<p>More.</p>",
        "```html\n<p>text</p>\n```",
        "<p></p>",
    ],
)
def test_other_angle_brackets_stay(text: str) -> None:
    assert row({"title": "R&amp;D", "content": text}, "jsonl").text == text
    assert row({"title": "R&amp;D", "content": text}, "jsonl").title == "R&amp;D"
