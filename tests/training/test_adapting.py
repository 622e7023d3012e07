"""Adapting the model to unlabelled documents."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

from rag.embedding import StaticEmbedder, bundled_model_path
from rag.errors import RagError
from rag.training.adapting import adapt_static_model

pytestmark = pytest.mark.filterwarnings("ignore")


def documents(count: int) -> list[str]:
    """Documents about made-up devices, each with words of its own."""
    random = np.random.default_rng(0)
    syllables = ["mor", "tak", "vel", "zin", "pok", "gra", "lum", "dex"]

    def word() -> str:
        return "".join(random.choice(syllables, 3))

    texts = []
    for _ in range(count):
        names = [word() for _ in range(6)]
        texts.append(
            " ".join(
                f"The {names[n]} unit drives the {names[(n + 1) % 6]} valve at stage {n}."
                for n in range(6)
            )
        )
    return texts


def test_it_measures_before_and_after_and_writes_a_model(tmp_path: Path) -> None:
    lines: list[str] = []
    done = adapt_static_model(
        documents(40), bundled_model_path(), tmp_path / "adapted", steps=10, log=lines.append
    )
    assert done.held_out == 4
    assert 0 <= done.before.recall_at_1 <= 1
    assert done.before.queries == done.after.queries == 24
    embedder = StaticEmbedder(tmp_path / "adapted")
    assert embedder.name.startswith("rag-static-adapted@")
    assert "before" in (tmp_path / "adapted" / "README.md").read_text(encoding="utf-8")
    bundled = StaticEmbedder(bundled_model_path())
    same = embedder.embed_queries(["谁发明了电话？"]) @ bundled.embed_queries(["谁发明了电话？"]).T
    assert same[0, 0] > 0.95


def test_too_few_documents() -> None:
    with pytest.raises(RagError, match="at least two documents"):
        adapt_static_model(["One. Two."], bundled_model_path(), Path("unused"))
