"""Any sentence-transformers model: prompts, limits, identity, errors. Tiny models made on the spot."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.embedding import Embedder, load_embedder
from rag.embedding.prompts import prompts_for
from rag.errors import EmbeddingModelError

pytestmark = pytest.mark.filterwarnings("ignore")


def tiny_model(folder: Path, prompts: dict[str, str] | None = None) -> str:
    """A static model of single letters, saved: a text's vector is the mean of its letters' axes."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    letters = {letter: number for number, letter in enumerate("?abcdefgh: ")}
    tokenizer = Tokenizer(models.WordLevel(letters, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    weights = np.eye(len(letters), dtype=np.float32)
    model = SentenceTransformer(
        modules=[StaticEmbedding(tokenizer, embedding_weights=weights)],
        prompts=prompts,
        device="cpu",
    )
    model.save(str(folder))
    return str(folder)


def test_vectors_are_unit_rows_in_order(tmp_path: Path) -> None:
    embedder = load_embedder(tiny_model(tmp_path / "tiny"))
    assert isinstance(embedder, Embedder)
    assert embedder.dimension == 11
    vectors = embedder.embed_passages(["a", "ab", "b"])
    assert vectors.dtype == np.float32
    half = np.sqrt(0.5)
    assert vectors[:, 1:3] == pytest.approx(np.array([[1, 0], [half, half], [0, 1]]), abs=1e-2)


def test_the_models_own_prompts_come_first(tmp_path: Path) -> None:
    name = tiny_model(tmp_path / "e5-own", {"query": "c", "document": "d"})
    embedder = load_embedder(name)
    half = np.sqrt(0.5)
    assert embedder.embed_queries(["a"])[0, [1, 3]] == pytest.approx([half, half], abs=1e-2)
    assert embedder.embed_passages(["a"])[0, [1, 4]] == pytest.approx([half, half], abs=1e-2)


def test_bad_input_gives_finite_unit_vectors(tmp_path: Path) -> None:
    embedder = load_embedder(tiny_model(tmp_path / "bad"))
    vectors = embedder.embed_passages(["", " ", "中" * 10_000, "a\ud800", "\x00", "😀"])
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


def test_the_name_tells_revisions_apart(tmp_path: Path) -> None:
    first = load_embedder(tiny_model(tmp_path / "one"))
    folder = tiny_model(tmp_path / "two", {"query": "c"})
    second = load_embedder(folder)
    assert first.name.rpartition("@")[2] != second.name.rpartition("@")[2]
    assert second.name.startswith(folder)


def test_progress(tmp_path: Path) -> None:
    seen: list[Any] = []
    embedder = load_embedder(tiny_model(tmp_path / "progress"))
    embedder.embed_passages(["a"] * 3_000, progress=lambda *counts: seen.append(counts))
    assert seen == [(2_048, 3_000), (3_000, 3_000)]


def test_a_model_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(
        EmbeddingModelError, match=r"'nobody/no-such-model' cannot be loaded.*--model bundled"
    ):
        load_embedder("nobody/no-such-model")


def test_a_folder_that_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EmbeddingModelError, match=r"Check that the folder"):
        load_embedder(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("intfloat/e5-base-v2", "query: ", "passage: "),
        ("BAAI/bge-m3", "", ""),
        ("BAAI/bge-small-zh-v1.5", "为这个句子生成表示以用于检索相关文章：", ""),
        ("BAAI/bge-base-en-v1.5", "Represent this sentence for searching relevant passages: ", ""),
        ("thenlper/gte-large", "", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("google/embeddinggemma-300m", "task: search result | query: ", "title: none | text: "),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("someone/unknown", "", ""),
    ],
)
def test_prompts_of_known_families(name: str, query: str, passage: str) -> None:
    assert prompts_for(name) == (query, passage)


@pytest.mark.parametrize(
    "name", ["intfloat/multilingual-e5-large-instruct", "Qwen/Qwen3-Embedding-0.6B"]
)
def test_instructed_families_get_an_instruction(name: str) -> None:
    query, passage = prompts_for(name)
    assert query.startswith("Instruct: ")
    assert passage == ""
