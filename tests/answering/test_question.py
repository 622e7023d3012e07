from __future__ import annotations

import pytest

from rag.answering.question import analyse, focus_phrase
from rag.retrieval.language import question_language, text_script


@pytest.mark.parametrize(
    ("question", "language", "kind", "many"),
    [
        ("港口集团的董事长是谁?", "zh", "person", False),
        ("港口集團的董事長是誰?", "zh-Hant", "person", False),
        ("新码头什么时候启用?", "zh", "date", False),
        ("新馆在哪条路上?", "zh", "place", False),
        ("去年新开了多少条航线?", "zh", "figure", False),
        ("吞吐量同比增长多少?", "zh", "percent", False),
        ("新码头总投资多少亿元?", "zh", "money", False),
        ("工期有多长时间?", "zh", "duration", False),
        ("吞吐量在全国排名第几?", "zh", "rank", False),
        ("为什么要新建码头?", "zh", "reason", False),
        ("新馆设有哪些设备?", "zh", "thing", True),
        ("这个系统叫什么?", "zh", "name", False),
        ("借书证免费吗?", "zh", "yesno", False),
        ("新码头 总投资", "zh", "money", False),
        ("Who directs the museum?", "en", "person", False),
        ("When did the museum open?", "en", "date", False),
        ("How many drawings does it keep?", "en", "figure", False),
        ("What percentage of visitors are children?", "en", "percent", False),
        ("Why was it closed?", "en", "reason", False),
        ("Quand le musée a-t-il ouvert?", "fr", "date", False),
        ("Wie viele Besucher hat das Museum?", "de", "figure", False),
        ("博物館はいつ開館しましたか?", "ja", "date", False),
        ("박물관은 언제 문을 열었습니까?", "ko", "date", False),
        ("Когда открылся музей?", "ru", "date", False),
        ("พิพิธภัณฑ์เปิดเมื่อใด", "th", "date", False),
    ],
)
def test_language_and_kind(question, language, kind, many) -> None:
    asked = analyse(question)
    assert (asked.language, asked.kind, asked.many) == (language, kind, many)


def test_what_a_question_names() -> None:
    asked = analyse("2023年“星空”自习室的RFID设备有120台吗?")
    assert asked.years == {"2023"}
    assert asked.figures == {"120"}
    assert asked.names == ("星空", "rfid")


def test_content_keeps_its_place() -> None:
    asked = analyse("去年新开了多少条航线?")
    assert len(asked.content) == len(asked.normalised)
    assert "多少" not in asked.content
    assert "航线" in asked.content


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("港口集团的董事长是谁?", "董事长"),
        ("图书馆有多少阅览座位?", "阅览座位"),
        ("Who is the director of the museum?", "director museum"),
    ],
)
def test_focus(question, phrase) -> None:
    assert focus_phrase(analyse(question)) == phrase


def test_languages_of_other_scripts() -> None:
    assert question_language("12345") == "en"
    assert question_language("Хто директор музею і коли він відкрився?") == "uk"
    assert text_script("港口 port 2023年完成") == "han"
    assert text_script("1, 2, 3") == ""
