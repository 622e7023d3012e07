"""Questions from the page: checked, filtered, streamed."""

import pytest

from rag.errors import QueryError
from rag.records import Document
from rag.ui.asking import MAX_QUESTION, Question, events, where_of
from tests.ui.fake_knowledge_base import FakeKnowledgeBase

TOWER = Document(id="t", source="t.txt", text="The tower is 41 metres tall.", title="Tower")


def test_where_in_the_librarys_form():
    options = {"documents": ["a", "b"], "from": "2020-01-01", "to": "2021-12-31"}
    assert where_of(options) == {
        "id": ["a", "b"],
        "published": {">=": "2020-01-01", "<=": "2021-12-31"},
    }
    assert where_of({"documents": [], "from": None, "to": ""}) is None


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("  ", {}, "is empty"),
        (None, {}, "is empty"),
        ("x" * (MAX_QUESTION + 1), {}, "4000 is the most"),
        ("x", {"k": 0}, "from 1 to 50"),
        ("x", {"k": True}, "from 1 to 50"),
        ("x", {"k": "many"}, "from 1 to 50"),
        ("x", {"answerer": "oracle"}, "auto, extractive or llm"),
        ("x", {"documents": "all"}, "must be a list"),
        ("x", {"documents": ["d"] * 501}, "at most 500"),
    ],
)
def test_bad_input_is_one_line_with_the_next_step(text, options, told):
    with pytest.raises(QueryError, match=told):
        Question.from_page(text, [], options)


def test_history_is_cut_to_what_helps():
    history = [[f"q{n}", "a" * 10_000] for n in range(20)] + ["noise", ["too", "many", "parts"]]
    question = Question.from_page(" next? ", history, None)
    assert question.text == "next?"
    assert [turn[0] for turn in question.history] == [f"q{n}" for n in range(12, 20)]
    assert len(question.history[0][1]) == 8000


def test_events_are_the_text_and_then_the_answer():
    stream = list(events(FakeKnowledgeBase([TOWER]), Question(text="How tall is the tower?")))
    answer = stream[-1]["answer"]
    assert "".join(event["text"] for event in stream[:-1]) == answer["text"]
    assert answer["citations"][0]["quote"] == TOWER.text
    assert answer["citations"][0]["highlight"] == [13, 17]


def test_closing_the_events_closes_the_librarys_stream():
    knowledge_base = FakeKnowledgeBase([TOWER])
    stream = events(knowledge_base, Question(text="How tall is the tower?"))
    next(stream)
    assert knowledge_base.asking == 1
    stream.close()
    assert knowledge_base.asking == 0
