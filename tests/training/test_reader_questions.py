"""Questions made by rule, near misses, glosses."""

from __future__ import annotations

import random

from rag.training.reader_data import Paragraph, sentences
from rag.training.reader_gloss import Glossary
from rag.training.reader_questions import (
    about_another,
    ask_chinese,
    ask_spaced,
    spaced_answers,
    typed_answers,
    without_answer,
)

GLOSSARY = Glossary(
    [
        ("to build; to construct", "建设"),
        ("to build", "修建"),
        ("harbour", "港口"),
        ("library", "图书馆"),
        ("surname Li", "李"),
    ]
)


def test_typed_answers_are_found_where_they_stand() -> None:
    text = "2021年5月，教授李明表示，“蓝湾计划”投资3.5亿元。"
    found = {(kind, text[a:b]) for kind, a, b in typed_answers(text)}
    assert {
        ("date", "2021年5月"),
        ("person", "李明"),
        ("quoted", "蓝湾计划"),
        ("figure", "3.5亿元"),
    } <= found


def test_a_question_never_gives_its_answer_away() -> None:
    text = "据介绍，该港口去年完成吞吐量7000万吨，居全国前列。"
    answer = next(a for a in typed_answers(text) if a[0] == "figure")
    for seed in range(60):
        asked = ask_chinese(text, answer, GLOSSARY, random.Random(seed), "")
        assert "7000" not in asked.question
        assert text[asked.start : asked.end] == "7000万吨"


def test_english_questions_ask_for_the_figure() -> None:
    text = "The port handled 7000 ships in 2019."
    kinds = {(kind, text[a:b]) for kind, a, b in spaced_answers(text)}
    assert ("figure", "7000") in kinds
    answer = next(a for a in spaced_answers(text) if a[0] == "figure")
    for seed in range(40):
        assert "7000" not in ask_spaced(text, answer, "en", random.Random(seed)).question


def test_synonyms_share_a_gloss_and_question_words_move_to_the_front() -> None:
    assert GLOSSARY.synonyms["建设"] == ("修建",)
    assert GLOSSARY.english("修建图书馆", random.Random(0)) == "build library"
    fronted = {
        GLOSSARY.english_question("港口在哪里？", random.Random(n)).rstrip("?") for n in range(30)
    }
    assert any(question.startswith("where") for question in fronted)
    assert "李" not in GLOSSARY.glosses


def test_near_misses_lose_the_answer_or_what_the_question_names() -> None:
    text = "2019年，新馆开放，面积达300平方米，免费参观。"
    start = text.index("300")
    for seed in range(20):
        assert "300" not in without_answer(text, start, start + 6, random.Random(seed))
    for seed in range(20):
        other = about_another(
            text, start, start + 6, "2019年新馆面积", ["旧馆"], GLOSSARY.words, random.Random(seed)
        )
        assert other is not None
        assert "300平方米" in other
        assert other != text


def test_sentences_cover_a_paragraph_in_order() -> None:
    text = "第一句。第二句!「第三句？」 Mr. 4.5 stays. 末句"
    assert [text[a:b] for a, b in sentences(text)] == [
        "第一句。", "第二句!", "「第三句？」", "Mr.", "4.5 stays.", "末句",
    ]  # fmt: skip
    paragraph = Paragraph.of(text)
    assert paragraph.candidate(1).before == "第一句。"
    assert paragraph.sentence_at(text.index("三")) == 2
