"""Blanks that PDFium makes of stretched lines; each character is placed on its own, at 12 points."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest

from rag.reading.pdf import read_pdf
from tests.reading.small_pdf import small_pdf

EM = 12.0


def placed(line: str, gaps: Sequence[float]) -> str:
    """The text read from ``line``, each character one em wide, with ``gaps`` in ems behind them."""
    import pypdfium2

    pdf = pypdfium2.PdfDocument(small_pdf([list(line)]))
    page = pdf[0]
    x = 50.0
    for gap, item in zip(gaps, page.get_objects(), strict=True):
        item.set_matrix(pypdfium2.PdfMatrix(1, 0, 0, 1, x, 700))
        x += (1 + gap) * EM
    page.gen_content()
    data = io.BytesIO()
    pdf.save(data)
    return read_pdf(data.getvalue(), "a.pdf").text


@pytest.mark.parametrize(
    ("line", "gaps", "text"),
    [
        ("再生水，利用量为0", [0.3] * 9, "再生水，利用量为0"),
        ("ストーカー規制法", [0.3] * 8, "ストーカー規制法"),
        # Columns: their gaps are wider than those of the line.
        ("城关区沙河区青石县", [0, 0, 0.3] * 3, "城关区 沙河区 青石县"),
        ("城关区男女优良", [0, 0, 0.4, 0.4, 0.4, 0.4, 0], "城关区 男 女 优 良"),
        ("再生水利用量为水", [0.2, 0.2, 0.2, 1.5, 0.2, 0.2, 0.2, 0], "再生水利 用量为水"),
        # Cells of one character each, and too little to tell.
        ("男女老幼优良", [1.5] * 6, "男 女 老 幼 优 良"),
        ("男女老", [0.3] * 3, "男 女 老"),
        # A blank that stands in the file.
        ("再生水 利用量为水", [0.3] * 9, "再生水 利用量为水"),
        # Korean sets its words apart.
        ("대한민국大韓民國", [0, 0, 0, 0.3, 0, 0, 0, 0], "대한민국 大韓民國"),
    ],
)
def test_stretched_lines(line: str, gaps: list[float], text: str) -> None:
    assert placed(line, gaps) == text
