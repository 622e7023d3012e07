"""Two kinds of vocabulary side by side, on a toy corpus."""

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("sentencepiece", reason="needs the extra 'training'")
pytest.importorskip("zstandard", reason="needs the extra 'training'")

from rag.training.unigram import compare_vocabularies, train_unigram, unigram_encode
from tests.training.test_static_training import write_data

pytestmark = pytest.mark.filterwarnings("ignore")


def test_pieces_that_mean_nothing_are_left_out(tmp_path: Path) -> None:
    lines = [f"铁路今年发展得很快，第{n}年也是。 railway {n}" for n in range(200)]
    train_unigram(lines, tmp_path / "m.model", size=120)
    encode = unigram_encode(tmp_path / "m.model")
    assert encode(["，。 !", ""]) == [[], []]
    wide, narrow = encode(["铁路RAILWAY", "鐵路railway"])  # normalised: one spelling
    assert wide == narrow != []


def test_the_table_has_a_row_a_set_and_both_vocabularies(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    data = write_data(tmp_path / "data")
    table = compare_vocabularies(data, tmp_path / "work", steps=3, log=lambda _: None)
    head, _, *rows = table.splitlines()
    assert head == "| set | BPE recall@1 | BPE recall@5 | unigram recall@1 | unigram recall@5 |"
    names = [row.split("|")[1].strip() for row in rows]
    assert names[-1] == "pieces of a sentence of the Chinese articles"
    assert "zh questions, half best sentence" in names
    assert "news, en to zh" in names
    for row in rows[:-1]:
        cells = [float(cell) for cell in row.split("|")[2:-1]]
        assert len(cells) == 4
        assert all(0 <= cell <= 100 for cell in cells)
    assert (tmp_path / "work" / "unigram.model").exists()
