"""The English model's words, coded for the encoder."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from rag.answering.reader.pieces import Table  # noqa: E402
from rag.answering.reader.words import EnglishWords  # noqa: E402
from rag.training.reader_model import Network  # noqa: E402
from rag.training.reader_words import write_words  # noqa: E402


def test_words_come_near_the_embeddings_that_the_projection_can_give(tmp_path: Path) -> None:
    torch.manual_seed(0)
    network = Network(8)
    spelled = ["".join(letters) for letters in product(ascii_lowercase, repeat=2)][:500]
    vocabulary = ["[PAD]", "##ing", "7", *spelled]
    # Ten kinds of words, each near one point of the space.
    kinds = torch.randn(10, 8)[torch.arange(len(vocabulary)) % 10]
    with torch.no_grad():
        whole = network.projection(kinds + 0.05 * torch.randn(len(vocabulary), 8))
    save_file({"embeddings.word_embeddings.weight": whole}, tmp_path / "model.safetensors")
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")

    write_words(tmp_path, network, tmp_path / "words.npz", count=400, parts=4)

    table = Table(np.zeros((10, 8), np.int8), np.ones(10, np.float32))
    words = EnglishWords.load(tmp_path / "words.npz", table)
    assert len(words) == 410
    assert words.number(spelled[0]) == 10
    assert [words.number(word) for word in ("##ing", "7", spelled[400])] == [None] * 3
    rows = torch.from_numpy(words[np.arange(10, 410)])
    with torch.no_grad():
        away = (network.projection(rows) - whole[3:403]).norm(dim=1)
    assert float(away.max()) < 0.2 * float(whole[3:403].norm(dim=1).mean())
