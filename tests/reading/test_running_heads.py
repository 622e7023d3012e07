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
def test_a_line_above_the_page_number_stays_where_it_is_first(count: int) -> None:
    pages = [
        [f"{topic} moves and", f"{topic} goes on", "Halvorsen Annual Report", f"Page {n} of 10"]
        for n, topic in enumerate(TOPICS[:count], 1)
    ]
    assert bodies(pages) == [pages[0][:3], *(page[:2] for page in pages[1:])]


def test_the_page_number_may_stand_above_a_foot() -> None:
    pages = [
        [f"{topic} moves and", f"{topic} goes on", f"Page {n} of 10", "Halvorsen Annual Report"]
        for n, topic in enumerate(TOPICS, 1)
    ]
    assert bodies(pages) == [page[:2] for page in pages]


def test_two_heads_beside_a_page_number_stay_where_they_are_first() -> None:
    pages = [
        [f"{n}", "Annual Report", "Confidential", f"{topic} moves."]
        for n, topic in enumerate(TOPICS[:4], 1)
    ]
    assert bodies(pages) == [pages[0][1:], *(page[3:] for page in pages[1:])]


@pytest.mark.parametrize(
    "page",
    [
        ["Pay slip", "Halvorsen Ltd", "Employee: {}", "Tax 400", "Net 1600", "EUR"],
        ["Certificate", "This is to certify that", "{} Smith", "has passed", "J. Moore", "Director"],
        ["Costs", "of sand", "{} is dear", "Line 1", "06:00 07:00", "08:00 09:00"],
    ],
)  # fmt: skip
def test_only_the_outermost_lines_fall_where_nothing_counts_the_pages(page: list[str]) -> None:
    pages = [[line.format(topic) for line in page] for topic in TOPICS]
    assert bodies(pages) == [pages[0][:-1], *(page[1:-1] for page in pages[1:])]


def test_a_score_above_a_foot_is_no_page_number() -> None:
    pages = [[f"{topic} moves.", f"{topic}:", "Annual Report"] for topic in TOPICS]
    pages[2][1] = "8 / 10"
    assert bodies(pages) == [page[:2] for page in pages]


@pytest.mark.parametrize("place", [0, -1])
def test_forms_of_two_pages(place: int) -> None:
    shared = ("Front of the form", "Back of the form")
    pages = [[f"{topic} moves.", f"{topic} goes on."] for topic in TOPICS]
    for number, page in enumerate(pages):
        page.insert(len(page) * -place, shared[number % 2])
    expected = pages if place else [*pages[:2], *(page[1:] for page in pages[2:])]
    assert bodies(pages) == expected


def test_below_the_outermost_line_a_sentence_is_no_running_head() -> None:
    pages = [[f"{topic} moves.", "It ends.", f"{n}"] for n, topic in enumerate(TOPICS[:4], 1)]
    assert bodies(pages) == [page[:2] for page in pages]


def test_at_most_three_lines_fall_at_an_end() -> None:
    fields = ["Name of the guest", "Room of the guest", "Floor of the room"]
    pages = [[f"{topic} moves.", *fields, f"{n}"] for n, topic in enumerate(TOPICS[:4], 1)]
    assert bodies(pages) == [pages[0][:4], *(page[:2] for page in pages[1:])]


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
