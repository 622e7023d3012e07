"""Written questions: found by place, never by text."""

from __future__ import annotations

import hashlib
import io
import json
import random
from pathlib import Path

import zstandard

from rag.embedding import load_embedder
from rag.training.building import leaning
from rag.training.corpus import written_rows
from rag.training.data_files import bucket
from rag.training.pairs import Batch, Task
from rag.training.written import (
    QUESTIONS,
    WrittenQuestions,
    general_questions,
    runs_of_lines,
    written_lessons,
    written_lines,
    written_manuals,
    written_news,
    written_paragraphs,
    written_tables,
    written_texts,
)

ARTICLE = "新馆三月一日开放。全馆共有座位八百个，比旧馆多一倍。周一闭馆。"
OTHER = "图书馆的停车场有车位六十个。"


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    with path.open("wb") as file, zstandard.ZstdCompressor().stream_writer(file) as stream:
        io.TextIOWrapper(stream, encoding="utf-8", write_through=True).write(text)


def _questions(folder: Path) -> Path:
    name = hashlib.sha256(ARTICLE.encode()).hexdigest()[:16]
    start = ARTICLE.index("八百个")
    rows = [
        {"article": name, "kind": "paraphrase", "question": "里面能坐下多少人？", "sentence": [9, 28],
         "answer": [start, start + 3]},
        {"article": name, "kind": "absent", "question": "新馆花了多少钱？"},
        {"article": "0" * 16, "kind": "absent", "question": "这篇文章不在？"},
    ]  # fmt: skip
    folder.mkdir()
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (folder / "news.jsonl").write_text(lines + "\n", encoding="utf-8")
    return folder


def test_a_question_gets_its_evidence_from_the_data(tmp_path: Path) -> None:
    _write(tmp_path / "news_zh.jsonl.zst", [{"t": OTHER}, {"t": ARTICLE}])
    questions = _questions(tmp_path / "questions")
    (article,) = written_news(tmp_path, range(10), questions=questions)
    asked, absent = article.questions
    assert asked.answer is not None
    assert ARTICLE[slice(*asked.answer)] == "八百个"
    assert absent.answer is None
    elsewhere = [b for b in range(10) if b != bucket(ARTICLE)]
    assert written_news(tmp_path, elsewhere, questions=questions) == []


def test_the_sentence_that_answers_comes_first_and_a_near_miss_has_none(tmp_path: Path) -> None:
    _write(tmp_path / "news_zh.jsonl.zst", [{"t": ARTICLE}])
    written = WrittenQuestions(
        written_news(tmp_path, range(10), questions=_questions(tmp_path / "questions"))
    )
    chance = random.Random(0)
    listings = {one[0].source: one[0] for _ in range(30) if (one := written.draw(chance))}
    good, *rest = listings["written-zh-paraphrase"].candidates
    assert good.good
    assert good.span is not None
    assert good.text[slice(*good.span)] == "八百个"
    assert [one.text for one in rest] == ["新馆三月一日开放。", "周一闭馆。"]
    assert not any(one.good for one in listings["written-zh-absent"].candidates)


def test_negatives_come_from_other_articles_too_and_candidates_may_have_a_title(
    tmp_path: Path,
) -> None:
    folder = _questions(tmp_path / "questions")
    other = {"article": hashlib.sha256(OTHER.encode()).hexdigest()[:16], "kind": "absent",
             "question": "停车多少钱？"}  # fmt: skip
    with (folder / "news.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(other) + "\n")
    _write(tmp_path / "news_zh.jsonl.zst", [{"t": ARTICLE}, {"t": OTHER}])
    articles = written_news(tmp_path, range(10), questions=folder)
    assert [article.head for article in articles] == [
        "新馆三月一日开放",
        "图书馆的停车场有车位六十个",
    ]
    written = WrittenQuestions(articles, load_embedder("bundled"))
    chance = random.Random(0)
    drawn = {}
    for _ in range(60):
        headed = chance.random() < 0.5
        listing, elsewhere = written.draw(chance, headed=headed) or (None, ())
        assert listing is not None
        drawn[listing.source, listing.question, headed] = (listing, elsewhere)
    asked = ("written-zh-paraphrase", "里面能坐下多少人？")
    plain, elsewhere = drawn[*asked, False]
    assert [one.text for one in elsewhere] == [OTHER]
    assert plain.candidates[0].before == "新馆三月一日开放。"
    headed_one, _ = drawn[*asked, True]
    assert headed_one.candidates[0].before == "新馆三月一日开放 新馆三月一日开放。"
    absent, elsewhere = drawn["written-zh-absent", "停车多少钱？", False]
    assert [one.text for one in absent.candidates] == [OTHER]
    assert {one.text for one in elsewhere} == {
        "新馆三月一日开放。", "全馆共有座位八百个，比旧馆多一倍。", "周一闭馆。"
    }  # fmt: skip


def test_paragraphs_are_in_the_language_of_their_source(tmp_path: Path) -> None:
    rows = [{"s": "arcd", "l": "ar", "q": "?", "p": ARTICLE, "a": []}, {"s": "drcd-dev", "l": "zh-hant", "q": "?", "p": OTHER, "a": []}]  # fmt: skip
    _write(tmp_path / "qa.jsonl.zst", rows)
    folder = tmp_path / "questions"
    folder.mkdir()
    asked = [
        {
            "article": hashlib.sha256(text.encode()).hexdigest()[:16],
            "kind": "absent",
            "question": "?",
        }
        for text in (ARTICLE, OTHER)
    ]
    (folder / "wiki.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    found = written_paragraphs(tmp_path, range(10), questions=folder)
    assert [(one.text, one.language, one.head) for one in found] == [
        (ARTICLE, "ar", ""), (OTHER, "zh", "")
    ]  # fmt: skip


def test_without_the_data_there_are_no_questions(tmp_path: Path) -> None:
    assert written_news(tmp_path, range(10)) == []
    assert written_lines(tmp_path, range(10)) == []
    assert list(written_rows(tmp_path, range(10))) == []


def test_the_bundled_questions_are_whole() -> None:
    kinds = {"direct", "paraphrase", "english", "chinese", "absent"}
    for name in ("news", "reports", "contrasts", "wiki", "ntrex"):
        rows = [
            json.loads(line)
            for line in (QUESTIONS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        assert len(rows) > 2000
        for row in rows:
            assert row["kind"] in kinds
            assert row["question"].strip()
            assert (row["kind"] == "absent") == ("answer" not in row)
    general = general_questions(range(10))
    assert len(set(general)) == len(general) > 600
    apart = [*general_questions((0, 1, 2)), *general_questions(range(3, 10))]
    assert sorted(apart) == sorted(general)


def test_tasks_lean_towards_the_written_questions() -> None:
    def nothing(_random: object, _size: int) -> Batch:
        return Batch()

    tasks = [
        Task("news: lead", 3, nothing),
        Task("zh: title", 1, nothing),
        Task("written: a", 2, nothing),
    ]
    leant = {task.name: task.weight for task in leaning(tasks, "written", 0.5)}
    assert leant == {"written: a": 0.5, "news: lead": 0.375, "zh: title": 0.125}
    assert leaning(tasks[:2], "written", 0.5) == []


def _pairs(*lines: str, source: str = "ntrex-128", language: str = "de") -> list[dict[str, str]]:
    return [{"s": source, "l": language, "e": line, "x": f"{language}: {line}"} for line in lines]


def test_lines_are_read_in_runs_in_each_language_and_in_english(tmp_path: Path) -> None:
    _write(tmp_path / "parallel.jsonl.zst", _pairs(*(f"Line {i}." for i in range(10))))
    found = runs_of_lines(tmp_path)
    assert sorted(found) == ["de", "en"]
    assert [one.name for one in found["de"]] == ["ntrex-de-0", "ntrex-de-8"]
    assert found["de"][1].text == "de: Line 8.\nde: Line 9.\n"
    assert found["en"][1].text == "Line 8.\nLine 9.\n"


def test_manuals_are_asked_about_in_their_run(tmp_path: Path) -> None:
    lines = [f"Step {i} takes {i} minutes." for i in range(16)]
    rows = [*_pairs("Elsewhere."), *_pairs(*lines, source="tool-docs", language="zh")]
    _write(tmp_path / "parallel.jsonl.zst", rows)
    folder = tmp_path / "questions"
    folder.mkdir()
    place = {"source": "tool-docs", "pair": "zh", "line": 14}
    asked = [
        {**place, "kind": "direct", "question": "How long does step 15 take?", "sentence": 1,
         "answer": [14, 24]},
        {**place, "kind": "absent", "question": "Who does step 15?"},
        {**place, "kind": "direct", "question": "Beyond?", "sentence": 9, "answer": [0, 1]},
    ]  # fmt: skip
    (folder / "manuals.jsonl").write_text("\n".join(map(json.dumps, asked)), encoding="utf-8")
    (manual,) = written_manuals(tmp_path, range(10), lessons=False, questions=folder)
    assert manual.language == "en"
    direct, absent = manual.questions
    assert direct.sentence is not None
    assert manual.text[slice(*direct.sentence)] == "Step 15 takes 15 minutes."
    assert direct.answer is not None
    assert manual.text[slice(*direct.answer)] == "15 minutes"
    assert absent.sentence is None
    elsewhere = [b for b in range(10) if b != bucket("Step 14 takes 14 minutes.")]
    assert written_manuals(tmp_path, elsewhere, lessons=False, questions=folder) == []
    assert written_manuals(tmp_path, range(10), lessons=True, questions=folder) == []


def test_invented_texts_are_whole_and_split_for_good() -> None:
    tables = written_tables(range(10))
    assert {one.language for one in tables} == {"zh"}
    texts = [*written_texts(range(10)), *written_lessons(range(10)), *tables]
    assert len(texts) >= 200
    assert len({one.name for one in texts}) == len(texts)
    for one in texts:
        assert one.head
        for question in one.questions:
            assert (question.kind == "absent") == (question.answer is None)
            if question.answer is not None:
                assert question.sentence is not None
                start, end = question.sentence
                assert start <= question.answer[0] < question.answer[1] <= end <= len(one.text)
    assert {one.language for one in texts} >= {"en", "de", "ru", "ar", "th", "ja"}
    assert written_texts((0, 1))
    assert {bucket(one.text) for one in written_texts((0, 1))} == {0, 1}


def test_general_questions_are_asked_in_a_language() -> None:
    english = general_questions(range(10), language="en")
    assert len(english) > 40
    assert set(english).isdisjoint(general_questions(range(10)))
    assert general_questions(range(10), language="xx") == []
