"""Boosted trees: the leaves that a row falls into add up."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.scoring.trees import trees_from

# Up to 0.5 in "a": -1, else by "b"; and a tree that is a single leaf.
STORED = {
    "features": ["b", "a"],
    "offset": 0.25,
    "trees": [[[1, 0.5, 1, 2], [-1.0], [0, 2.0, 3, 4], [3.0], [7.0]], [[10.0]]],
}


@pytest.mark.parametrize(
    ("a", "b", "leaf"), [(0.5, 9.0, -1.0), (0.6, 2.0, 3.0), (0.6, 2.1, 7.0), (-4.0, 0.0, -1.0)]
)
def test_a_row_falls_into_one_leaf_of_each_tree(a: float, b: float, leaf: float) -> None:
    trees = trees_from(STORED, ["a", "unused", "b"])
    assert trees(np.array([[a, 5.0, b]], np.float32)).tolist() == [leaf + 10.25]


def test_rows_are_judged_alone() -> None:
    trees = trees_from(STORED, ["a", "b"])
    rows = np.array([[0.0, 0.0], [1.0, 1.0], [1.0, 3.0]], np.float32)
    assert trees(rows).tolist() == [9.25, 13.25, 17.25]
    assert trees(rows[:0]).shape == (0,)


def test_no_trees_leave_the_offset() -> None:
    trees = trees_from({"features": [], "offset": -2.0, "trees": []}, ["a"])
    assert trees(np.zeros((2, 1), np.float32)).tolist() == [-2.0, -2.0]


def test_a_feature_that_nobody_computes_is_told() -> None:
    with pytest.raises(ValueError, match="b"):
        trees_from(STORED, ["a"])
