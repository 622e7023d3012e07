"""The bundled model without torch: agreement with sentence-transformers, bad input, speed of loading."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.embedding import (
    Embedder,
    PieceEmbedder,
    StaticEmbedder,
    bundled_model_path,
    load_embedder,
    static,
)
from rag.errors import EmbeddingModelError
from rag.tokens import encode_joined

TEXTS = [
    "谁发明了电话？",
    "國立臺灣大學的校長是誰？",
    "What is the capital of the United Kingdom?",
    "İstanbul'da ne oldu? ŞİŞLİ",
    "ｶﾞｽ料金 2023年12345円",
    "Кто написал роман «Война и мир»?",
    "مَن كتب هذه الرواية؟",
    "[PAD] [CLS] test",
    "😀👨‍👩‍👧",
    "。。。!?",
    "   ",
    "x",
]
BAD = [
    "",
    " \n",
    "中" * 1_000_000,
    "-" * 1_000_000,
    "😀",
    "שלום עולם",
    "a\ud800b",
    "\ud800",
    "\x00\x01",
]


@pytest.fixture(scope="module")
def bundled() -> StaticEmbedder:
    embedder = load_embedder()
    assert isinstance(embedder, StaticEmbedder)
    return embedder


def test_it_keeps_the_protocols(bundled: StaticEmbedder) -> None:
    assert isinstance(bundled, Embedder)
    assert isinstance(bundled, PieceEmbedder)
    assert bundled.max_tokens is None
    assert bundled.name.startswith("rag-static@")


@pytest.mark.filterwarnings("ignore")
def test_both_paths_agree(bundled: StaticEmbedder) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled_model_path()), device="cpu")
    theirs = model.encode(TEXTS, normalize_embeddings=True)
    assert np.abs(theirs - bundled.embed_passages(TEXTS)).max() < 1e-3


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", ["", "\u200b", " ", "\x00", "\u0301e", "问：答"])
def test_both_paths_agree_on_texts_of_next_to_nothing(bundled: StaticEmbedder, text: str) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(bundled_model_path()), device="cpu")
    ours = bundled.embed_passages([text])[0]
    for encode in (model.encode, model.encode_query, model.encode_document):
        assert np.abs(encode([text])[0] - ours).max() < 1e-6
    assert np.linalg.norm(ours) == pytest.approx(1, abs=1e-5)


def test_many_texts_and_few_give_the_same_vectors(bundled: StaticEmbedder) -> None:
    many = bundled.embed_passages(TEXTS * 200)
    assert np.abs(many - np.tile(bundled.embed_queries(TEXTS), (200, 1))).max() < 1e-5


def test_bad_input_gives_finite_unit_vectors(bundled: StaticEmbedder) -> None:
    vectors = bundled.embed_passages(BAD)
    assert np.isfinite(vectors).all()
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert (vectors[0] == vectors[1]).all()
    assert (vectors[0] == vectors[-1]).all()


def test_no_texts(bundled: StaticEmbedder) -> None:
    assert bundled.embed_passages([]).shape == (0, bundled.dimension)


def test_scripts_are_bridged(bundled: StaticEmbedder) -> None:
    traditional, simplified = bundled.embed_passages(
        ["臺灣鐵路管理局的總部設於臺北車站", "台湾铁路管理局的总部设于台北车站"]
    )
    assert traditional @ simplified >= 0.98


def test_questions_find_their_passages_across_languages(bundled: StaticEmbedder) -> None:
    passages = bundled.embed_passages(
        [
            "北京是中华人民共和国的首都，位于华北平原北部。",
            "Photosynthesis turns light, water and carbon dioxide into sugar.",
            "这家公司去年的收入增长了百分之十二。",
        ]
    )
    questions = ["What is the capital of China?", "光合作用", "公司收入增长多少？"]
    assert (bundled.embed_queries(questions) @ passages.T).argmax(axis=1).tolist() == [0, 1, 2]


def test_pieces_given_give_the_same_vectors(bundled: StaticEmbedder) -> None:
    vectors = bundled.embed_pieces(*encode_joined(TEXTS))
    assert np.abs(vectors - bundled.embed_passages(TEXTS)).max() < 1e-6


def test_a_first_few_texts_and_many_are_summed_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [*TEXTS, *(text * 40 for text in TEXTS[:6])] * 8
    ids, offsets = encode_joined(texts)
    members, ends = np.array([0, 1, 2, 2, 5, 11, 4]), np.array([3, 4, 4, 7])
    assert len(ids) > static._FEW
    few = StaticEmbedder(bundled_model_path())
    by_one, sentences = few.embed_groups(ids, offsets, members, ends)
    alone = few.embed_passages(texts)
    assert few._table is None
    monkeypatch.setattr(static, "_FEW_IN_ALL", 0)
    many = StaticEmbedder(bundled_model_path())
    at_once, others = many.embed_groups(ids, offsets, members, ends)
    assert many._table is not None
    assert np.abs(by_one - at_once).max() < 1e-6
    assert np.allclose(sentences.norms, others.norms, rtol=1e-6)
    assert np.abs(alone - many.embed_passages(texts)).max() < 1e-6


def test_one_long_text_is_never_gathered_row_by_row() -> None:
    embedder = StaticEmbedder(bundled_model_path())
    embedder.embed_passages(["青岛市南区的海。" * 2000])
    assert embedder._table is not None


def test_progress_ends_with_all(bundled: StaticEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    texts = ["测试" * 100_000] * 5
    bundled.embed_passages(texts, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (5, 5)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_a_question_needs_no_heavy_library() -> None:
    code = (
        "import sys; from rag.embedding import load_embedder\n"
        "load_embedder().embed_queries(['谁发明了电话？'])\n"
        "heavy = {'torch', 'scipy', 'sentence_transformers', 'transformers', 'tokenizers', 'langchain_core'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_damaged_model_says_where_and_what_next(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingModelError, match=r"cannot be read .*--model"):
        StaticEmbedder(tmp_path)
