"""The source panel's text: tidied, whole, marked where the spans are."""

import pytest

from rag.errors import QueryError
from rag.records import Document
from rag.ui.source import marked_segments, source_view

# A newspaper column: lines end where the column does.
BROKEN = (
    "临海港今年的账单出来了。上半年临海港的货物吞吐\n量为36万吨，比去年同期\n增长了8%。下半年持平。"
)
QUOTE = "上半年临海港的货物吞吐量为36万吨，比去年同期增长了8%。"


def joined(segments, kind):
    return "".join(
        segment["text"]
        for segment in segments
        if any(mark[0] == kind for mark in segment.get("marks", ()))
    )


def test_marks_follow_the_tidied_text():
    quote = (12, BROKEN.index("。下半年") + 1, "quote", 1)
    start = BROKEN.index("36")
    segments = marked_segments(BROKEN, [quote, (start, start + 4, "exact", 1)])
    assert joined(segments, "quote") == QUOTE
    assert joined(segments, "exact") == "36万吨"
    assert (
        "".join(segment["text"] for segment in segments)
        == "临海港今年的账单出来了。" + QUOTE + "下半年持平。"
    )


def test_overlapping_marks_of_two_citations():
    text = "abcdef ghij."
    segments = marked_segments(text, [(0, 6, "quote", 1), (4, 10, "other", 2)])
    assert [(segment["text"], segment["marks"]) for segment in segments] == [
        ("abcd", [["quote", 1]]),
        ("ef", [["quote", 1], ["other", 2]]),
        (" ghi", [["other", 2]]),
        ("j.", []),
    ]


def test_pages_stand_between_the_text():
    document = Document(
        id="d", source="d.pdf", text="First page.\n\nSecond page.", metadata={"pages": [0, 13]}
    )
    segments = source_view(document, [[13, 25, "quote", 1]], 13)["segments"]
    assert segments[0] == {"page": 1}
    assert {"page": 2} in segments
    assert joined(segments, "quote") == "Second page."


def test_a_book_is_cut_around_the_place():
    text = "".join(f"Line {number} of a very long book.\n" for number in range(30_000))
    start = text.index("Line 20000 ")
    view = source_view(
        Document(id="d", source="d", text=text), [[start, start + 10, "quote", 1]], start
    )
    shown = "".join(segment["text"] for segment in view["segments"])
    assert joined(view["segments"], "quote") == "Line 20000"
    assert shown.startswith("Line ")
    assert len(shown) < 310_000
    assert view["before"] > 0
    assert view["before"] + view["after"] > len(text) - 310_000


@pytest.mark.parametrize(
    "mark", [[0, 99, "quote", 1], [-1, 2, "quote", 1], [2, 2, "quote", 1], ["x"], "x"]
)
def test_marks_outside_the_document_are_told(mark):
    with pytest.raises(QueryError, match="changed since the answer"):
        source_view(Document(id="d", source="d", text="short"), [mark], 0)


def test_empty_document():
    assert source_view(Document(id="d", source="d", text=""), [], 0)["segments"] == []
