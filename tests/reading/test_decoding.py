"""Encodings told apart on short real texts, and what is reported."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.reading import decode
from rag.reading.decoding import printable

SIMPLIFIED = [
    "市政府昨天召开新闻发布会，介绍港口建设的情况。",
    "今年前三季度，全市外贸进出口总额增长一成多。",
    "他们在这里工作了十年，孩子也上学了。",
    "请各位旅客注意，开往北京的列车马上就要进站了",
    "第3季度GDP增长5.2%，其中工业6.1%。",
]
TRADITIONAL = [
    "市政府昨天舉行記者會，說明港口建設的情況。",
    "他們在這裡工作了十年，孩子也上學了。",
    "今年前三季，全市對外貿易總額成長一成多。",
    "請各位旅客注意，開往臺北的列車馬上就要進站了",
    "國立臺灣大學於民國三十四年成立，設有十一個學院。",
]


@pytest.mark.parametrize("text", SIMPLIFIED + TRADITIONAL[:0])
@pytest.mark.parametrize("codec", ["gb18030", "gbk", "gb2312"])
def test_simplified_in_gb(text: str, codec: str) -> None:
    found = decode(text.encode(codec))
    assert found is not None
    assert (found.text, found.encoding) == (text, "gb18030")


@pytest.mark.parametrize("text", TRADITIONAL)
def test_traditional_in_big5_and_in_gbk(text: str) -> None:
    for codec, name in (("big5", "big5"), ("gbk", "gb18030")):
        found = decode(text.encode(codec))
        assert found is not None
        assert (found.text, found.encoding) == (text, name)


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text", [*SIMPLIFIED, "The harbour opened.\nShips came.", "中文 and English, mixed."]
)
def test_utf16_with_and_without_a_byte_order_mark(text: str, codec: str) -> None:
    mark = codecs.BOM_UTF16_LE if codec.endswith("le") else codecs.BOM_UTF16_BE
    for data in (text.encode(codec), mark + text.encode(codec)):
        found = decode(data)
        assert found is not None
        assert (found.text, found.encoding) == (text, codec)


@pytest.mark.parametrize(
    "text", [*SIMPLIFIED, *TRADITIONAL, "plain ASCII", "Übergröße, déjà vu", "Привет, мир", "ไทย"]
)
def test_utf8_with_and_without_a_byte_order_mark(text: str) -> None:
    for data in (text.encode(), codecs.BOM_UTF8 + text.encode()):
        found = decode(data)
        assert found is not None
        assert (found.text, found.encoding, found.doubt) == (text, "utf-8", None)


@pytest.mark.parametrize(
    ("text", "codec", "name"),
    [
        ("今日は天気がいいので、港まで散歩に行きました。", "cp932", "shift_jis"),
        ("今日は天気がいいので、港まで散歩に行きました。", "euc_jp", "euc-jp"),
        ("오늘은 날씨가 좋아서 항구까지 산책을 갔습니다.", "cp949", "euc-kr"),
        ("Сегодня хорошая погода, мы гуляли до порта.", "cp1251", "windows-1251"),
        ("Сегодня хорошая погода, мы гуляли до порта.", "koi8_r", "koi8-r"),
        ("Le café près du port a été fermé à Noël, dit-il; ça suffit.", "cp1252", "windows-1252"),
        ("วันนี้อากาศดีมาก เราเดินไปที่ท่าเรือ", "cp874", "tis-620"),
    ],
)
def test_other_encodings(text: str, codec: str, name: str) -> None:
    found = decode(text.encode(codec))
    assert found is not None
    assert (found.text, found.encoding) == (text, name)


def test_the_notepad_classic_is_no_utf8() -> None:
    found = decode("联通".encode("gbk"))
    assert found is not None
    assert found.text == "联通"
    assert found.doubt is not None


@pytest.mark.parametrize(
    "text",
    [
        "Copyright © 2024 Example Ltd. All rights reserved.",
        "A 3 × 4 grid",
        "see § 5 and § 7 of the act",
        "The café of Šibenik, Łódź and Győr",
        "It weighs 5 μg, or π grams, at 3 kΩ of resistance",
        "“Quoted” — a • list for 5 € of words",
        "The rate (5 ± 2 %) fell.\n" + "Nothing else is worth a word. " * 400,
    ],
)
def test_signs_among_english_words_are_utf8(text: str) -> None:
    found = decode(text.encode())
    assert found is not None
    assert (found.text, found.encoding, found.doubt) == (text, "utf-8", None)


@pytest.mark.parametrize(
    "text",
    [
        "1000元",
        "元路",
        "CPU陆元",
        "Price: 5元 per kg for wholesale",
        "Price: 5欧元 per kg for wholesale",
    ],
)
def test_short_gbk_that_is_valid_utf8_too(text: str) -> None:
    text.encode("gbk").decode("utf-8")
    found = decode(text.encode("gbk"))
    assert found is not None
    assert (found.text, found.encoding) == (text, "gb18030")


def test_a_declared_encoding_keeps_a_han_character_in_markup() -> None:
    page = '<html><head><meta charset="gb2312"><title>News</title></head><body>元路</body></html>'
    found = decode(page.encode("gbk"), declared="gb2312")
    assert found is not None
    assert found.text == page


def test_long_gbk_whose_beginning_is_ascii() -> None:
    text = "plain header\n" * 20_000 + SIMPLIFIED[0] * 3
    found = decode(text.encode("gbk"))
    assert found is not None
    assert (found.text, found.encoding) == (text, "gb18030")


def test_a_truncated_end_and_a_damaged_byte_are_replaced_and_noted() -> None:
    text = "".join(SIMPLIFIED) * 8
    found = decode(text.encode()[:-2])
    assert found is not None
    assert found.encoding == "utf-8"
    assert found.text == text[:-1]
    damaged = text.encode()[:300] + b"\xff" + text.encode()[300:]
    found = decode(damaged)
    assert found is not None
    assert found.encoding == "utf-8"
    assert "\ufffd" in found.text
    assert found.doubt == "1 byte sequences are not valid utf-8 and were replaced"


def test_what_is_declared_decides_a_close_call() -> None:
    found = decode("é".encode("cp1252") * 3, declared="windows-1252")
    assert found is not None
    assert found.text == "ééé"
    wrong = decode(SIMPLIFIED[0].encode("gbk"), declared="utf-8")
    assert wrong is not None
    assert wrong.text == SIMPLIFIED[0]


@pytest.mark.parametrize(
    "data",
    [
        bytes(range(256)) * 8,
        b"\x00\x01\x02\x03" * 100,
        b"\x7fELF\x02\x01\x01" + bytes(600),
    ],
)
def test_binary_is_no_text(data: bytes) -> None:
    assert decode(data) is None


def test_line_ends() -> None:
    found = decode(b"a\r\nb\rc\nd\r\n")
    assert found is not None
    assert found.text == "a\nb\nc\nd\n"


@given(st.binary(max_size=300))
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_give_encodable_text_or_none(data: bytes) -> None:
    found = decode(data)
    if found is not None:
        found.text.encode("utf-8")
        assert "\r" not in found.text
        "".encode(found.encoding)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200))
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_utf8_comes_back_as_it_went(text: str) -> None:
    if text.startswith("\ufeff") or sum(c > "\x7f" for c in text) < 12:
        return
    found = decode(text.encode())
    assert found is not None
    assert found.text == text


def test_lone_surrogates_are_replaced() -> None:
    assert printable("a\ud800b") == "a\ufffdb"
    assert printable("\ud83d\ude00") == "\U0001f600"
    assert printable("港口") == "港口"
