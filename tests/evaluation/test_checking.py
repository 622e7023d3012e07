"""Evidence against documents."""

from __future__ import annotations

import unicodedata

import pytest

from rag.errors import SuiteError
from rag.evaluation.checking import check, locate
from rag.evaluation.suites import Evidence, Question, Suite
from rag.records import Document

TEXT = "全市建成172个\n智慧小区。智慧小区便民。"
DOCUMENTS = [
    Document(id="1", source="docs/a.md", text=TEXT),
    Document(id="2", source="docs/b.md", text="别的。"),
]


def suite(*evidence: Evidence, answers=(("172个",),), exclude=()) -> Suite:
    question = Question(
        id="q", question="?", evidence=evidence, answers=answers, exclude=exclude, line=7
    )
    return Suite(name="s", questions=(question,))


@pytest.mark.parametrize(
    ("evidence", "spans"),
    [
        (Evidence(document="docs/a.md", text="172个"), ((4, 8),)),
        (Evidence(document="a.md", text="智慧小区"), ((9, 13), (14, 18))),
        # A column break inside the sentence.
        (Evidence(document="a.md", text="172个智慧小区"), ((4, 13),)),
        (Evidence(document="a.md", start=4, end=8), ((4, 8),)),
        (Evidence(document="a.md", start=4, end=8, text="172个"), ((4, 8),)),
        (Evidence(document="a.md"), ((0, len(TEXT)),)),
        # The index calls the folder otherwise than the suite does.
        (Evidence(document="seeds/a.md", text="172个"), ((4, 8),)),
    ],
)
def test_places(evidence, spans) -> None:
    (place,) = locate(suite(evidence), DOCUMENTS)["q"]
    assert (place.document_id, place.spans) == ("1", spans)


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (Evidence(document="c.md", text="x", line=9), "suite 's':9: question 'q': there is no"),
        (
            Evidence(document="a.md", text="全市建成173个", line=9),
            "does not occur in docs/a.md. It agrees up to '全市建成17'",
        ),
        (Evidence(document="a.md", start=4, end=99), "ends after the 21 characters"),
        (Evidence(document="a.md", start=4, end=8, text="173个"), "text and span disagree"),
    ],
)
def test_faults(evidence, message) -> None:
    with pytest.raises(SuiteError) as caught:
        locate(suite(evidence), DOCUMENTS)
    assert message in str(caught.value)


def test_masked_document_must_exist() -> None:
    with pytest.raises(SuiteError, match="exclude"):
        locate(suite(Evidence(document="a.md", text="172个"), exclude=("none.md",)), DOCUMENTS)


def test_two_documents_of_one_name() -> None:
    twins = [
        Document(id="1", source="x/a.md", text="t"),
        Document(id="2", source="y/a.md", text="t"),
    ]
    with pytest.raises(SuiteError, match=r"It could be x/a\.md, y/a\.md"):
        locate(suite(Evidence(document="a.md", text="t")), twins)


ROWS = [
    Document(id="docs/c.csv#1", source="docs/c.csv", text="地铁开通3条线路。"),
    Document(id="docs/c.csv#2", source="docs/c.csv", text="浴场7月1日开放。同上。"),
    Document(id="docs/c.csv#3", source="docs/c.csv", text="同上。"),
]


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        (Evidence(document="docs/c.csv", text="3条线路"), [("docs/c.csv#1", ((4, 8),))]),
        (Evidence(document="c.csv", text="7月1日"), [("docs/c.csv#2", ((2, 6),))]),
        (
            Evidence(document="docs/c.csv", text="同上"),
            [("docs/c.csv#2", ((9, 11),)), ("docs/c.csv#3", ((0, 2),))],
        ),
        (Evidence(document="docs/c.csv#3", text="同上"), [("docs/c.csv#3", ((0, 2),))]),
        (Evidence(document="c.csv#2", start=2, end=6), [("docs/c.csv#2", ((2, 6),))]),
        # The index calls the folder otherwise than the suite does.
        (Evidence(document="data/c.csv#1", start=0, end=2), [("docs/c.csv#1", ((0, 2),))]),
    ],
)
def test_evidence_is_looked_for_in_every_row_of_a_table(evidence, found) -> None:
    places = locate(suite(evidence), ROWS)["q"]
    assert [(place.document_id, place.spans) for place in places] == found
    assert {(place.source, place.item) for place in places} == {("docs/c.csv", 1)}


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        (Evidence(document="c.csv", start=0, end=2), "Write the row's id, such as docs/c.csv#1"),
        (Evidence(document="c.csv#9", text="x"), "there is no document 'c.csv#9'"),
        (Evidence(document="c.csv", text="浴场8月"), "does not occur in docs/c.csv."),
        (Evidence(document="c.csv#1", text="7月1日"), "does not occur in docs/c.csv#1."),
    ],
)  # fmt: skip
def test_faults_of_evidence_in_a_table(evidence, message) -> None:
    with pytest.raises(SuiteError) as caught:
        locate(suite(evidence), ROWS)
    assert message in str(caught.value)


def test_answer_outside_its_evidence_is_noted() -> None:
    (note,) = check(suite(Evidence(document="a.md", text="智慧小区便民")), DOCUMENTS)
    assert "suite 's':7" in note
    assert "'172个'" in note
    assert check(suite(Evidence(document="a.md", text="建成172个")), DOCUMENTS) == []


def test_words_lost_in_reading_are_a_failure_of_reading(tmp_path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "a.md").write_text("全市建成172个。隐去的话。", encoding="utf-8")
    given = Suite(
        name="s",
        documents="docs",
        root=tmp_path,
        questions=suite(Evidence(document="docs/a.md", text="隐去的话")).questions,
    )
    (place,) = locate(given, DOCUMENTS)["q"]
    assert place.spans == ()
    (note,) = check(given, DOCUMENTS)
    assert note.startswith(
        "suite 's':7: question 'q': the words '隐去的话' stand in the file docs/a.md"
    )


def test_a_file_without_text_is_told_from_words_lost_in_reading(tmp_path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "blank.md").write_text("   ", encoding="utf-8")
    given = Suite(
        name="s",
        documents="docs",
        root=tmp_path,
        questions=suite(Evidence(document="blank.md")).questions,
    )
    (note,) = check(given, DOCUMENTS)
    assert "the file blank.md is there, but no text was read from it" in note


def test_composed_and_decomposed_signs_are_the_same() -> None:
    text = unicodedata.normalize("NFD", "Le café de 한국 a 42 tables.")
    document = Document(id="1", source=unicodedata.normalize("NFD", "docs/été.md"), text=text)
    for words in ("Le café", "café de 한국", "한국", "한국 a 42"):
        for form in ("NFC", "NFD"):
            wanted = unicodedata.normalize(form, words)
            given = suite(Evidence(document="été.md", text=wanted), answers=())
            (place,) = locate(given, [document])["q"]
            ((start, end),) = place.spans
            assert text[start:end] == unicodedata.normalize("NFD", words)


def test_words_in_other_signs_are_told() -> None:
    document = Document(id="1", source="a.md", text="员工１２５人。")
    with pytest.raises(SuiteError, match="It stands there in other signs"):
        locate(suite(Evidence(document="a.md", text="员工125人")), [document])


def test_many_wrong_names_are_not_each_compared_with_all_others() -> None:
    wrong = [Evidence(document=f"docs/a{at}.md", text="172个") for at in range(7)]
    questions = tuple(
        Question(id=f"q{at}", question="?", evidence=(evidence,))
        for at, evidence in enumerate(wrong)
    )
    with pytest.raises(SuiteError) as caught:
        locate(Suite(name="s", questions=questions), DOCUMENTS)
    lines = str(caught.value).splitlines()
    hinted = [line.endswith("Did you mean 'docs/a.md'?") for line in lines]
    assert hinted == [True] * 5 + [False] * 2
    assert lines[6].endswith("There are 2: rag documents")
