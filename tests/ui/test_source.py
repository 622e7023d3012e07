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


CHANGED = Document(
    id="d",
    source="d.md",
    text="A new line. The tower is 40 metres tall. The bell weighs 9 tonnes.",
    metadata={"pages": [0, 12]},
)


def test_a_quote_that_has_moved_is_marked_where_it_stands_now():
    """The words at its old place used to be marked."""
    quote = [0, 28, "quote", 1, "The tower is 40 metres tall."]
    other = [29, 54, "other", 2, "The bell weighs 9 tonnes."]
    view = source_view(CHANGED, [quote, [13, 22, "exact", 1], other], 0)
    assert joined(view["segments"], "quote") == "The tower is 40 metres tall."
    assert joined(view["segments"], "exact") == "40 metres"
    assert joined(view["segments"], "other") == "The bell weighs 9 tonnes."
    assert (view["moved"], view["page"]) == (True, 2)


def test_a_quote_in_its_place_has_not_moved():
    view = source_view(CHANGED, [[12, 40, "quote", 1, "The tower is 40 metres tall."]], 12)
    assert joined(view["segments"], "quote") == "The tower is 40 metres tall."
    assert view["moved"] is False
    assert "page" not in view


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The tower is 45 metres tall.", "The tower is 40 metres tall."),
        ("No rain. It rained. It rained.", "It rained."),  # which of the two?
        ("short", ""),
    ],
)
def test_a_quote_that_is_not_to_be_found_is_told(text, words):
    with pytest.raises(QueryError, match="changed since the answer"):
        source_view(
            Document(id="d", source="d", text=text), [[0, len(words) or 1, "quote", 1, words]], 0
        )


def test_a_neighbour_that_has_changed_is_not_marked():
    marks = [
        [12, 40, "quote", 1, "The tower is 40 metres tall."],
        [41, 66, "other", 2, "The bell weighs 8 tonnes."],
    ]
    view = source_view(CHANGED, marks, 12)
    assert joined(view["segments"], "quote") == "The tower is 40 metres tall."
    assert joined(view["segments"], "other") == ""


CODE = "# Warm-up\n\n```python\n# takes 4000 steps\nx = 1\n```\n\nThat is all."


@pytest.mark.parametrize(("form", "markdown"), [("markdown", True), ("text", False), (None, True)])
def test_lines_with_a_hash_are_headings_in_markdown_alone(form, markdown):
    metadata = {} if form is None else {"format": form}
    view = source_view(Document(id="d", source="d", text=CODE, metadata=metadata), [], 0)
    assert view["markdown"] is markdown


def test_code_between_fences_is_marked():
    shown = joined(marked_segments(CODE, []), "code")
    assert shown.startswith("```python")
    assert "# takes 4000 steps\n" in shown
    assert shown.endswith("\n```")


def test_a_book_is_not_cut_within_a_block_of_code():
    """What follows half a block would be taken for code: it has lost a fence."""
    line, block = "A line of a very long book.\n", "```\n" + "run()\n" * 3000 + "```\n"
    text = line * 5000 + block + line * 15_000
    middle = len(line) * 5000 + len(block) // 2
    view = source_view(Document(id="d", source="d", text=text), [], middle + 150_000)
    assert view["before"] == len(line) * 5000
    assert joined(view["segments"], "code").count("run()") == 3000
    assert "book" not in joined(view["segments"], "code")


def test_a_book_is_read_on_from_where_a_part_of_it_ends():
    text = "".join(f"Line {number} of a very long book.\n" for number in range(30_000))
    book = Document(id="d", source="d", text=text)
    view, seen = source_view(book, [[0, 6, "quote", 1, "Line 0"]], 0), 0
    while view["after"]:
        end = view["before"] + view["length"]
        assert text[end - 1] == "\n"
        assert view["before"] <= seen < end
        seen = end
        view = source_view(book, [[0, 6, "quote", 1, "Line 0"], [end - 200, end, "place", 0]], 0)
        assert joined(view["segments"], "place") == text[end - 200 : end].rstrip("\n") + "\n"
        assert joined(view["segments"], "quote") == ("Line 0" if not view["before"] else "")
    assert view["before"] + view["length"] == len(text)


def test_empty_document():
    assert source_view(Document(id="d", source="d", text=""), [], 0)["segments"] == []
