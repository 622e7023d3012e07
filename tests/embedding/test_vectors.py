"""What an embedder of the user's own may give, and what is said of anything else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rag.embedding.vectors import as_vectors, passage_vectors, query_vectors
from rag.errors import EmbeddingModelError
from tests.toy import ToyEmbedder


class Tensor:
    """As a tensor: an array to numpy, which numpy's arrays cannot be multiplied with."""

    def __init__(self, rows: list[list[float]]) -> None:
        self._rows = rows

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self._rows, dtype)


@pytest.mark.parametrize(
    "given",
    [[[1, 0], [0, 1]], [np.array([1.0, 0.0]), (0, 1)], np.eye(2), Tensor([[1, 0], [0, 1]])],
)
def test_whatever_numpy_takes_for_rows_of_numbers_is_taken(given: Any) -> None:
    vectors = as_vectors(given, 2, 2, model="m")
    assert (type(vectors), vectors.dtype, vectors.tolist()) == (
        np.ndarray,
        np.float32,
        [[1, 0], [0, 1]],
    )


def test_an_array_of_the_right_type_is_not_copied() -> None:
    given = np.eye(2, dtype=np.float32)
    assert as_vectors(given, 2, 2, model="m") is given


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([[1, 0]], r"vectors of the shape \(1, 2\), not \(2, 2\)"),
        ([[1], [0]], r"vectors of the shape \(2, 1\), not \(2, 2\)"),
        ([], r"vectors of the shape \(0,\), not \(2, 2\)"),
        ([[1, 0], [0]], "list, which is no array of float32"),
        (iter([[1, 0], [0, 1]]), "list_iterator, which is no array of float32"),
        (None, r"vectors of the shape \(\), not \(2, 2\)"),
        ([[1, 0], [0, np.nan]], "1 of 2 vectors with NaN, infinity or a number above 65504"),
        ([[np.inf, 0], [0, -70_000]], "2 of 2 vectors with NaN, infinity"),
    ],
)
def test_anything_else_names_the_model_and_the_counts(given: Any, message: str) -> None:
    with pytest.raises(EmbeddingModelError, match=f"^The embedding model 'm' gave {message}"):
        as_vectors(given, 2, 2, model="m")


def test_both_legs_ask_by_the_embedders_own_dimension() -> None:
    embedder = ToyEmbedder("toy")
    assert passage_vectors(embedder, ["cat"]).shape == query_vectors(embedder, ["cat"]).shape
    embedder.embed_queries = lambda texts: np.ones((len(texts), 4))  # type: ignore[method-assign]
    for leg in (passage_vectors, query_vectors):
        with pytest.raises(EmbeddingModelError, match=r"'toy' gave .*\(1, 4\), not \(1, 9\)"):
            leg(embedder, ["cat"])
