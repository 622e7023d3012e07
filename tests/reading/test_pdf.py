"""Words that a PDF breaks over lines, columns and pages."""

from __future__ import annotations

import pytest

from rag.reading.pdf import read_pdf
from tests.reading.small_pdf import small_pdf


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["The morpho-", "dynamic model"], "The morphodynamic model"),
        (["A DNA-", "based test"], "A DNA-based test"),
        (["A field is OP-", "TIONAL there"], "A field is OPTIONAL there"),
        (["In cm-", "h-", "s it is"], "In cmhs it is"),
        (["ELE-", "A footnote"], "ELE-\nA footnote"),
        (["During COVID-", "19 it was"], "During COVID-19 it was"),
        (["The pre-", "COVID years"], "The pre-\nCOVID years"),
        (["The morpho-", "1 A footnote"], "The morpho-\n1 A footnote"),
    ],
)
def test_a_word_over_two_lines(lines: list[str], text: str) -> None:
    assert read_pdf(small_pdf([lines]), "a.pdf").text == text


def test_a_word_over_two_pages_between_running_heads() -> None:
    heads = ("{} Okafor and Lindqvist", "Bed load in inlets {}")
    words = [("In inlets they domi-", "These pages"), ("nated all.", "Waves are strong and spectro-"),
             ("meters too.", "Nothing"), ("Here", "it ends.")]  # fmt: skip
    pages = [
        [heads[n % 2].format(112 + n), *lines, "J. Coastal Dyn., doi:10.5555/0412"]
        for n, lines in enumerate(words)
    ]
    content = read_pdf(small_pdf(pages), "a.pdf")
    assert content.text == (
        "In inlets they domi-\nThese pages\n\nnated all.\nWaves are strong and spectrometers too."
        "\nNothing\n\nHere\nit ends."
    )
    starts = [content.text[at:][:4] for at in content.metadata["pages"]]
    assert starts == ["In i", "nate", "mete", "Here"]
