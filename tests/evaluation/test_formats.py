"""Each public format from a file of a few lines."""

from __future__ import annotations

import gzip
import json

import pytest

from rag.errors import MissingExtraError, SuiteError
from rag.evaluation.formats import FORMATS, load_collection, loader, with_removals
from rag.evaluation.formats.paragraphs import bucket
from rag.evaluation.suites import Evidence, Question


def save(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows), "utf-8")
    return path


def test_squad(tmp_path) -> None:
    context = "建成172个小区。建成172个公园。"
    qas = [
        {"id": "1", "question": "几个公园?", "answers": [{"text": "172个", "answer_start": 11}]},
        # An offset that is off: the nearest place of the words is taken.
        {"id": "2", "question": "几个?", "answers": [{"text": "172个", "answer_start": 9}]},
        {"id": "3", "question": "花费?", "answers": [], "is_impossible": True},
    ]
    paragraphs = [{"context": context, "qas": qas}]
    path = save(tmp_path / "a.json", {"data": [{"title": "城", "paragraphs": paragraphs}]})
    questions, (document,) = loader("squad")(path, language="zh")
    assert document.title == "城"
    assert [(e.start, e.end) for q in questions for e in q.evidence] == [(11, 15), (11, 15)]
    assert [q.answerable for q in questions] == [True, True, False]
    assert all(context[e.start : e.end] == "172个" for q in questions for e in q.evidence)


def test_squad_ids_that_count_anew_in_each_paragraph_lose_no_question(tmp_path) -> None:
    paragraphs = [
        {
            "context": f"第{at}号楼有{at}层。",
            "qas": [
                {
                    "id": "1",
                    "question": "几层?",
                    "answers": [{"text": f"{at}层", "answer_start": 5}],
                }
            ],
        }
        for at in (3, 7)
    ]
    # A paragraph that stands twice is one, and so are its questions.
    data = {"data": [{"title": "楼", "paragraphs": [*paragraphs, paragraphs[0]]}]}
    path = save(tmp_path / "a.json", data)
    options = {"format": "squad", "path": path.name}
    questions, _ = load_collection(options, root=tmp_path, place=tmp_path / "s.yaml")
    assert [q.id for q in questions] == ["1", "1~2"]
    assert [q.answers for q in questions] == [(("3层",),), (("7层",),)]


def test_what_nothing_answers_has_no_twin() -> None:
    none = Question(id="q", question="?", answerable=False)
    assert with_removals([none]) == [none]


def test_paragraphs_split_is_fixed(tmp_path) -> None:
    # Worked out with: printf %s text | sha256sum | head -c 8
    assert [bucket(text) for text in ("", "甲", "a", "paragraph")] == [0, 8, 0, 7]
    texts = [f"第{at}段。" for at in range(40)]
    rows = [{"q": "第几?", "p": t, "a": [[t[1:-2], 1]], "s": "x", "l": "zh"} for t in texts]
    path = save(tmp_path / "qa.jsonl", *rows)
    splits = {}
    for name in ("development", "calibration", "training"):
        questions, documents = loader("paragraphs")(path, split=name)
        assert len(documents) == 40, "other splits' paragraphs stay to be told apart"
        splits[name] = {e.document for q in questions for e in q.evidence}
    assert sum(map(len, splits.values())) == 40
    assert not splits["development"] & splits["training"]
    expected = sum(bucket(text) < 2 for text in texts)
    assert len(splits["development"]) == expected
    _, documents = loader("paragraphs")(path, distractors=False)
    assert len(documents) == expected
    with pytest.raises(SuiteError, match="there is no split 'dev'"):
        loader("paragraphs")(path, split="dev")


def test_beir(tmp_path) -> None:
    corpus = [{"_id": "d1", "title": "T", "text": "x"}, {"_id": "d2", "text": "y"}]
    save(tmp_path / "corpus.jsonl", *corpus)
    save(tmp_path / "queries.jsonl", {"_id": "q1", "text": "?"}, {"_id": "q2", "text": "unjudged"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td2\t1\nq1\td1\t0\n"
    )
    questions, documents = loader("beir")(tmp_path)
    assert [(q.id, q.evidence) for q in questions] == [("q1", (Evidence(document="d2"),))]
    assert [d.title for d in documents] == ["T", None]


def test_trec(tmp_path) -> None:
    (tmp_path / "c.tsv").write_text("d1\t甲\nd2\t题\t乙\n", "utf-8")
    (tmp_path / "q.tsv").write_text("7\t问\n", "utf-8")
    (tmp_path / "r").write_text("7 0 d1 2\n7 0 d2 1\n")
    paths = {"corpus": tmp_path / "c.tsv", "queries": tmp_path / "q.tsv", "qrels": tmp_path / "r"}
    (question,), documents = loader("trec")(**paths)
    assert [e.document for e in question.evidence] == ["d1", "d2"]
    assert [(d.title, d.text) for d in documents] == [(None, "甲"), ("题", "乙")]
    (tmp_path / "r").write_text("7 0 d9 1\n")
    with pytest.raises(SuiteError, match="'d9' is not in the corpus"):
        loader("trec")(**paths)
    (tmp_path / "r").write_text("7 0\n")
    with pytest.raises(SuiteError, match=r"r:1: is not 'topic 0 document relevance'"):
        loader("trec")(**paths)


def test_miracl(tmp_path) -> None:
    folder = tmp_path / "corpus"
    folder.mkdir()
    rows = [{"docid": f"{at}#0", "title": "t", "text": str(at)} for at in range(3)]
    with gzip.open(folder / "docs-0.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "topics").write_text("5\t问\n", "utf-8")
    (tmp_path / "qrels").write_text("5\tQ0\t1#0\t1\n5\tQ0\t2#0\t0\n")
    paths = {"corpus": folder, "queries": tmp_path / "topics", "qrels": tmp_path / "qrels"}
    (question,), documents = loader("miracl")(**paths)
    assert [e.document for e in question.evidence] == ["1#0"]
    assert len(documents) == 3
    _, documents = loader("miracl")(**paths, judged_only=True)
    assert [d.id for d in documents] == ["1#0", "2#0"]


def test_rgb(tmp_path) -> None:
    row = {
        "id": 0,
        "query": "谁?",
        "answer": [["甲", "甲氏"]],
        "positive": ["是甲"],
        "negative": ["非"],
    }
    path = save(tmp_path / "zh.json", row)
    (question,), documents = loader("rgb")(path)
    assert question.answers == (("甲", "甲氏"),)
    assert len(documents) == 2
    (question,), documents = loader("rgb")(path, answerable=False)
    assert (question.answerable, question.evidence, len(documents)) == (False, (), 1)


def test_crud_rag(tmp_path) -> None:
    row = {"ID": "x", "questions": "?", "answers": "答", "news1": "一", "news2": "二"}
    content = {"questanswer_1doc": [], "questanswer_2docs": [row]}
    path = tmp_path / "split.json"
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    (question,), documents = loader("crud-rag")(path, task="questanswer_2docs")
    assert (len(question.evidence), question.all, len(documents)) == (2, True, 2)
    with pytest.raises(SuiteError, match="there is no task"):
        loader("crud-rag")(path, task="summary")


def test_pairs(tmp_path) -> None:
    (tmp_path / "p.tsv").write_text("a\tb\tlabel\n问\t同\t1\n问\t异\t0\n问\t近\t1\n", "utf-8")
    (question,), documents = loader("pairs")(tmp_path / "p.tsv")
    assert len(documents) == 3
    assert len(question.evidence) == 2
    (tmp_path / "q.tsv").write_text("问\t同\t1\n问\t异\tx\n", "utf-8")
    with pytest.raises(SuiteError, match=r"q\.tsv:2: the label 'x'"):
        loader("pairs")(tmp_path / "q.tsv")


def test_parallel(tmp_path) -> None:
    rows = [
        {"e": "one", "x": "一", "l": "zh", "s": "a"},
        {"e": "two", "x": "二", "l": "zh", "s": "a"},
        {"e": "two", "x": "zwei", "l": "de", "s": "a"},
        {"e": "three", "x": "三", "l": "zh", "s": "b"},
    ]
    path = save(tmp_path / "p.jsonl", *rows)
    questions, documents = loader("parallel")(path, language="zh", only="a", size=1)
    assert ([q.question for q in questions], len(documents)) == (["one"], 2)
    questions, documents = loader("parallel")(
        path, language=["zh", "de"], only="a", direction="to-english"
    )
    assert [(q.question, q.language) for q in questions] == [
        ("一", "zh"),
        ("二", "zh"),
        ("zwei", "de"),
    ]
    assert [d.text for d in documents] == ["one", "two"]


def test_zstandard_is_an_extra(tmp_path, monkeypatch) -> None:
    (tmp_path / "x.jsonl.zst").write_bytes(b"")
    monkeypatch.setitem(__import__("sys").modules, "zstandard", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'rag\[evals\]'"):
        loader("paragraphs")(tmp_path / "x.jsonl.zst")


def test_broken_line_is_named(tmp_path) -> None:
    (tmp_path / "x.jsonl").write_text('{"q": "?", "p": "p", "a": []}\n{\n')
    with pytest.raises(SuiteError, match=r"x\.jsonl:2: is not JSON"):
        loader("paragraphs")(tmp_path / "x.jsonl", split="all")


def test_removals(tmp_path) -> None:
    (tmp_path / "p.tsv").write_text("问\t同\t1\n", "utf-8")
    options = {"format": "pairs", "path": "p.tsv", "removal": True}
    questions, _ = load_collection(options, root=tmp_path, place=tmp_path / "s.yaml")
    asked, twin = questions
    assert (twin.id, twin.answerable, twin.kind) == (f"{asked.id}~removed", False, "removed")
    assert twin.exclude == ("s00001",)
    assert with_removals([]) == []


@pytest.fixture
def pairs(tmp_path):
    """Loads three pairs as a suite file names them, with options as YAML has them."""
    from rag.evaluation.located import parse

    (tmp_path / "p.tsv").write_text("甲\t同\t4\n乙\t近\t3\n丙\t异\t0\n", "utf-8")

    def load(options: str):
        written = parse(f"{{format: pairs, path: p.tsv, {options}}}", tmp_path / "s.yaml")
        return load_collection(written, root=tmp_path, place=tmp_path / "s.yaml")

    return load


@pytest.mark.parametrize(
    ("options", "asked"),
    [
        ("positive: 3.5", ["甲"]),
        ("positive: 3, language: no", ["甲", "乙"]),
        ("positive: 3, limit: 1, seed: 7", ["乙"]),
        ("positive: 3, limit: null", ["甲", "乙"]),
        ("positive: 4, removal: yes", ["甲", "甲"]),
    ],
)
def test_options(pairs, options, asked) -> None:
    questions, _ = pairs(options)
    assert [question.question for question in questions] == asked
    assert {question.language for question in questions} == {"no" if "no" in options else "zh"}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ("positive: high", "positive: 'high': must be a number"),
        ("limit: five", "limit: 'five': must be a whole number"),
        ("limit: -1", "limit: -1: must be at least 1"),
        ("seed: x", "seed: 'x': must be a whole number"),
        ("removal: 2", "removal: '2': must be true or false"),
        ("language: [zh]", "must be a text"),
        (
            "split: x",
            "there is no option 'split' for this format. Options: path, language, positive",
        ),
    ],
)
def test_options_of_the_wrong_form(pairs, options, told) -> None:
    with pytest.raises(SuiteError) as caught:
        pairs(options)
    assert told in str(caught.value)


QAS = {"id": "a", "question": "?", "answers": [{"text": "甲", "answer_start": "zz"}]}


@pytest.mark.parametrize(
    ("form", "rows", "told"),
    [
        ("squad", [{"foo": 1}], "x.json: has none of the fields data; it has foo"),
        (
            "squad",
            [{"data": [{"paragraphs": [{"context": "甲", "qas": [QAS]}]}]}],
            "x.json: article 1, paragraph 1, question 1: is not as the format squad has it",
        ),
        ("squad", [["x"]], "x.json: article 1: is not as the format squad has it"),
        (
            "paragraphs",
            [{"q": "?", "p": "甲", "a": []}, {"q": "?", "p": "乙", "a": None}],
            "x.json:2: is not as the format paragraphs has it",
        ),
        ("paragraphs", [{"q": "?", "p": ["甲"], "a": []}], "x.json:1: p must be a text"),
        ("pairs", [{"sentence1": "甲", "sentence2": "乙"}], "x.json:1: has none of the fields label"),
    ],
)  # fmt: skip
def test_rows_of_the_wrong_form_are_named(tmp_path, form, rows, told) -> None:
    save(tmp_path / "x.json", *rows)
    options = {"format": form, "path": "x.json"} | (
        {"split": "all"} if form == "paragraphs" else {}
    )
    with pytest.raises(SuiteError) as caught:
        load_collection(options, root=tmp_path, place=tmp_path / "s.yaml")
    assert str(caught.value).removeprefix(f"{tmp_path}/").startswith(told)


def test_squad_of_hugging_face(tmp_path) -> None:
    answers = {"text": ["公园", "172个"], "answer_start": [5, 2]}
    qas = [{"id": "1", "question": "?", "answers": answers}]
    path = save(
        tmp_path / "a.json",
        {"data": [{"paragraphs": [{"context": "建成172个公园。", "qas": qas}]}]},
    )
    (question,), _ = loader("squad")(path)
    assert question.answers == (("公园", "172个"),)
    assert [(e.start, e.end) for e in question.evidence] == [(6, 8), (2, 6)]


def test_the_title_of_a_document_without_text_is_its_text(tmp_path) -> None:
    rows = [{"_id": "d1", "title": "题", "text": ""}, {"_id": "d2", "title": "", "text": " "}]
    corpus = save(tmp_path / "corpus.jsonl", *rows)
    save(tmp_path / "queries.jsonl", {"_id": "q1", "text": "?"})
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    (question,), documents = loader("beir")(tmp_path)
    assert [(d.id, d.title, d.text) for d in documents] == [("d1", "题", "题")]
    (tmp_path / "q.tsv").write_text("q1\t?\n")
    (tmp_path / "r").write_text("q1 0 d2 1\n")
    with pytest.raises(SuiteError, match="'d2' is not in the corpus, or empty there"):
        loader("trec")(corpus=corpus, queries=tmp_path / "q.tsv", qrels=tmp_path / "r")


def test_ids_are_made_distinct_and_fit_for_files(tmp_path) -> None:
    row = {"questions": "?", "answers": "答", "news1": "一"}
    rows = [{"ID": identity, **row} for identity in ("x", "x", "x~3", "x", "y z#1", "")]
    path = tmp_path / "split.json"
    path.write_text(json.dumps({"questanswer_1doc": rows}, ensure_ascii=False), "utf-8")
    options = {"format": "crud-rag", "path": "split.json"}
    questions, _ = load_collection(options, root=tmp_path, place=tmp_path / "s.yaml")
    assert [question.id for question in questions] == ["x", "x~2", "x~3", "x~4", "y_z_1", "q6"]


def test_every_format_has_a_loader() -> None:
    assert all(callable(loader(name)) for name in FORMATS)
