from __future__ import annotations

import numpy as np

from rag.retrieval.fusion import calibrated, min_max, reciprocal_rank_fusion, weighted


def scores(*values: float) -> np.ndarray:
    return np.asarray(values, np.float32)


def test_min_max() -> None:
    assert min_max(scores(2, 4, 3)).tolist() == [0, 1, 0.5]
    assert min_max(scores(2, 2)).tolist() == [0, 0]
    assert min_max(scores()).tolist() == []


def test_a_lone_candidate_has_the_score_of_the_best() -> None:
    assert weighted(scores(7), scores(0.6), dense_weight=0.25).tolist() == [1]
    assert weighted(scores(0), scores(0.6), dense_weight=0.25).tolist() == [0.25]
    assert weighted(scores(0), scores(-0.2), dense_weight=0.25).tolist() == [0]
    assert weighted(scores(7, 7), scores(0.5, 0.5), dense_weight=0.25).tolist() == [1, 1]
    assert weighted(scores(7, 7), scores(0.5, 0.1), dense_weight=0.25).tolist() == [0.25, 0]
    assert weighted(scores(), scores(), dense_weight=0.25).tolist() == []
    assert calibrated(scores(7), scores(0.6), foreign=True, coverage=0.5).tolist() == [1]


def test_reciprocal_rank_fusion_counts_ranks_from_one_and_gives_unmatched_none() -> None:
    fused = reciprocal_rank_fusion([scores(3, 1, 0), scores(0.2, 0.9, 0.5)])
    assert np.allclose(fused, [1 / 61 + 1 / 63, 1 / 62 + 1 / 61, 1 / 62])


def test_weighted() -> None:
    fused = weighted(scores(0, 10), scores(0.5, 0.1), dense_weight=0.25)
    assert np.allclose(fused, [0.25, 0.75])


def test_calibrated_leaves_a_foreign_question_to_the_dense_leg() -> None:
    lexical, dense = scores(9, 0, 1), scores(0.1, 0.8, 0.2)
    at_home = calibrated(lexical, dense, foreign=False, coverage=0.0)
    abroad = calibrated(lexical, dense, foreign=True, coverage=0.02)
    assert at_home.argmax() == 0
    assert abroad.argmax() == 1


def test_calibrated_trusts_words_that_meet_across_languages() -> None:
    lexical, dense = scores(9, 0, 5), scores(0.5, 0.6, 0.1)
    assert calibrated(lexical, dense, foreign=True, coverage=0.9).argmax() == 0
