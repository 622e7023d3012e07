"""Running heads of usual layouts; each page of a test is its lines."""

from __future__ import annotations

import pytest

from rag.reading.running_heads import BROKEN_WORD, without_running_heads

TOPICS = ("Sand", "Mud", "Silt", "Clay", "Gravel", "Peat", "Loam", "Chalk", "Slate", "Flint")


def bodies(pages: list[list[str]]) -> list[list[str]]:
    return [page.split("\n") for page in without_running_heads(["\n".join(p) for p in pages])]


@pytest.mark.parametrize("count", [5, 10])
def test_heads_of_left_and_right_pages(count: int) -> None:
    heads = ("Bed load in inlets {}", "{} Okafor and Lindqvist")
    pages = [
        [heads[n % 2].format(112 + n), f"{topic} and", f"more {topic}."]
        for n, topic in enumerate(TOPICS[:count])
    ]
    assert bodies(pages) == [page[1:] for page in pages]


def test_heads_of_sections_beside_page_numbers() -> None:
    heads = (
        "112 Bed load", "Sites 113", "114 Bed load", "Methods 115", "116 Bed load", "Results 117",
    )  # fmt: skip
    pages = [[head, f"{topic} moves."] for head, topic in zip(heads, TOPICS, strict=False)]
    assert bodies(pages) == [page[1:] for page in pages]


def test_heads_without_numbers_on_every_other_page() -> None:
    heads = ("Bed load in inlets", "Okafor and Lindqvist")
    pages = [[heads[n % 2], f"{topic} moves."] for n, topic in enumerate(TOPICS)]
    assert bodies(pages) == [*pages[:2], *(page[1:] for page in pages[2:])]


def test_numbered_titles_of_slides_stay() -> None:
    pages = [[f"{n} {topic}", f"{topic} moves."] for n, topic in enumerate(TOPICS[:5], 1)]
    assert bodies(pages) == pages


@pytest.mark.parametrize("count", [3, 10])
def test_two_running_lines_at_one_end(count: int) -> None:
    feet = ("Halvorsen Annual Report", "Page {} of 10")
    pages = [
        [f"{topic} moves and", f"{topic} goes on", *(foot.format(n) for foot in feet)]
        for n, topic in enumerate(TOPICS[:count], 1)
    ]
    assert bodies(pages) == [page[:2] for page in pages]


def test_two_heads_stay_where_they_are_first() -> None:
    pages = [["Annual Report", "Confidential", f"{topic} moves."] for topic in TOPICS[:4]]
    assert bodies(pages) == [pages[0], *(page[2:] for page in pages[1:])]


def test_below_the_outermost_line_a_sentence_is_no_running_head() -> None:
    pages = [[f"{topic} moves.", "It ends.", f"{n}"] for n, topic in enumerate(TOPICS[:4], 1)]
    assert bodies(pages) == [page[:2] for page in pages]


def test_at_most_three_lines_fall_at_an_end() -> None:
    fields = ["Name of the guest", "Room of the guest", "Floor of the room", "Key of the room"]
    pages = [[f"{topic} moves.", *fields] for topic in TOPICS[:4]]
    assert bodies(pages) == [page[:2] for page in pages]


def test_a_column_of_figures_loses_one_page_number() -> None:
    pages = [[f"{topic} moves", f"{n}", f"{n}"] for n, topic in enumerate(TOPICS[:4], 1)]
    assert bodies(pages) == [page[:2] for page in pages]


def test_page_numbers_may_look_like_years() -> None:
    pages = [[f"{1998 + n}", f"{topic} moves."] for n, topic in enumerate(TOPICS)]
    assert bodies(pages) == [page[1:] for page in pages]


def test_a_line_that_breaks_a_word_is_no_foot() -> None:
    pages = [
        [f"{topic} moves", f"Sample {n} was seen by spectro{BROKEN_WORD}", "Annual Report"]
        for n, topic in enumerate(TOPICS, 1)
    ]
    assert bodies(pages) == [page[:2] for page in pages]
