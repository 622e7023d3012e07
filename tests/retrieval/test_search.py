from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest

from rag.errors import EmbeddingModelError, QueryError
from rag.retrieval import find, load_reranker, retrieve
from rag.settings import Settings

QUESTIONS = {
    "港口集团董事长是谁?": "harbour",
    "图书馆新馆的建筑面积有多大?": "library",
    "圖書館新館的建築面積有多大?": "library",  # Traditional script
    "ＭＵＳＥＵＭ　ＤＩＲＥＣＴＯＲ": "museum",  # full width
    "Who is the director of the river museum?": "museum",
}


@pytest.mark.parametrize("mode", ["calibrated", "weighted", "rrf", "lexical"])
@pytest.mark.parametrize(("question", "document"), QUESTIONS.items())
def test_every_fusion_finds_the_passage(small_view, embedder, mode, question, document) -> None:
    found = retrieve(small_view, embedder, question, k=3, settings=Settings(fusion=mode))
    assert found[0].document_id in {document, "copy" if document == "library" else document}
    assert [passage.rank for passage in found] == list(range(1, len(found) + 1))
    assert all(a.score >= b.score for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("question", "decide"),
    [
        ("港口集团董事长是谁?", True),
        ("图书馆新馆的建筑面积有多大?", True),
        ("圖書館新館的建築面積有多大?", True),
        ("哪儿能借到老古董书?", False),
        ("How large is the reading room?", False),
    ],
)
def test_whether_words_decide_is_told(small_view, embedder, question, decide) -> None:
    found = find(small_view, embedder, question, k=3)
    assert found.words_decide is decide
    assert found.coverage is not None
    assert 0 <= found.coverage <= 1
    three = found.passages(3)
    assert [passage.rank for passage in three] == [1, 2, 3]
    assert found.passages(2) == three[:2]


@pytest.mark.parametrize("mode", ["weighted", "rrf", "lexical", "dense"])
def test_other_fusions_do_not_ask_what_words_decide(small_view, embedder, mode) -> None:
    found = find(small_view, embedder, "港口集团董事长是谁?", settings=Settings(fusion=mode))
    assert (found.coverage, found.words_decide) == (None, False)
    assert found.passages(1)


def test_nothing_found_decides_nothing(small_view) -> None:
    found = find(small_view, None, "quetzalcoatl", k=3)
    assert (found.passages(3), found.coverage, found.words_decide) == ([], None, False)


def test_passages_are_spans(small_view, embedder) -> None:
    for passage in retrieve(small_view, embedder, "港口 航线", k=8):
        text = small_view.document(passage.document_id).text
        assert text[passage.start : passage.end] == passage.text


def test_without_an_embedder_words_alone_decide(small_view) -> None:
    assert retrieve(small_view, None, "总投资46亿元", k=1)[0].document_id == "harbour"
    assert retrieve(small_view, None, "quetzalcoatl", k=3) == []


def test_a_filter_holds_inside_the_search(small_view, embedder) -> None:
    found = retrieve(small_view, embedder, "港口", k=5, where={"section": "culture"})
    assert {passage.document_id for passage in found} <= {"library", "copy", "museum"}
    newer = retrieve(small_view, embedder, "港口", k=5, where={"published": {">=": "2023-06"}})
    assert "harbour-old" not in {passage.document_id for passage in newer}


def test_an_unknown_field_is_said(small_view, embedder) -> None:
    with pytest.raises(QueryError, match="sektion"):
        retrieve(small_view, embedder, "港口", where={"sektion": "culture"})


def test_a_reprint_shares_its_slot(small_view, embedder) -> None:
    question = "图书馆新馆设有哪些区域?"
    slots = retrieve(small_view, embedder, question, k=4)
    together = [(p.document_id, {name for name, *_ in p.duplicates}) for p in slots]
    assert together[0] in [("library", {"copy"}), ("copy", {"library"})]
    apart = retrieve(small_view, embedder, question, k=4, settings=Settings(group_duplicates=False))
    assert {apart[0].document_id, apart[1].document_id} == {"library", "copy"}


def test_a_reranker_decides_the_order(small_view, embedder) -> None:
    class Shortest:
        def rerank(self, question, texts):
            return [-float(len(text)) for text in texts]

    found = retrieve(small_view, embedder, "港口", k=5, reranker=Shortest())
    lengths = [len(passage.text) for passage in found]
    assert lengths == sorted(lengths)


def test_a_reranker_that_cannot_be_loaded_is_named(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(EmbeddingModelError, match="no-such-model"):
        load_reranker(str(tmp_path / "no-such-model"))


def test_twenty_threads_get_the_same_answer(small_view, embedder) -> None:
    del small_view  # a view is for one thread: each thread below would open its own
    from rag.retrieval.sentences import SentenceVectors

    vectors = SentenceVectors(embedder, keep=4)
    texts = [f"第{i}句" for i in range(6)]
    with ThreadPoolExecutor(20) as pool:
        rows = list(pool.map(lambda _: vectors.of(texts).tobytes(), range(40)))
    assert len(set(rows)) == 1


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.zeros((0, 128)), r"of the shape \(0, 128\), not \(1, 128\)"),
        (np.ones((1, 64)), r"of the shape \(1, 64\), not \(1, 128\)"),
        (np.full((1, 128), np.nan), "1 of 1 vectors with NaN"),
    ],
)
def test_a_question_without_a_vector_that_fits_names_the_model(
    small_view, embedder, vectors, message
) -> None:
    class Faulty(type(embedder)):
        def embed_queries(self, texts):
            return vectors

    with pytest.raises(EmbeddingModelError, match=f"'hashed-characters' gave .*{message}"):
        retrieve(small_view, Faulty(), "港口货物吞吐量是多少?")


def test_vectors_of_a_question_may_be_plain_lists(small_view, embedder) -> None:
    class Lists(type(embedder)):
        def embed_queries(self, texts):
            return super().embed_queries(texts).tolist()

    question = "港口货物吞吐量是多少?"
    assert retrieve(small_view, Lists(), question) == retrieve(small_view, embedder, question)
