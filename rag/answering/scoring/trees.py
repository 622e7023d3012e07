"""Gradient-boosted trees over features (Friedman 2001), for inference: a few lines of numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Trees", "trees_from"]

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Trees:
    """The nodes of all trees, one after another; their leaves' values add up to a logit.

    Attributes:
        roots: (trees,) the node at which each begins.
        column: (nodes,) the feature that a node looks at; -1 for a leaf.
        limit: (nodes,) up to this value it goes left.
        left: (nodes,) the node on the left.
        right: (nodes,) the node on the right.
        value: (nodes,) what a leaf adds.
        offset: What is added to all.
        depth: Steps from a root to its farthest leaf.
    """

    roots: Places
    column: Places
    limit: Floats
    left: Places
    right: Places
    value: Floats
    offset: float
    depth: int

    def __call__(self, table: Floats) -> Floats:
        """Logits of rows, (n, features) -> (n,)."""
        at = np.broadcast_to(self.roots, (len(table), len(self.roots)))
        rows = np.arange(len(table))[:, None]
        for _ in range(self.depth):
            column = self.column[at]
            below = table[rows, np.maximum(column, 0)] <= self.limit[at]
            at = np.where(column < 0, at, np.where(below, self.left[at], self.right[at]))
        return np.asarray(self.value[at].sum(axis=1) + self.offset, np.float32)


def trees_from(stored: Mapping[str, Any], features: Sequence[str]) -> Trees:
    """Trees from their JSON form.

    Args:
        stored: ``features``, the names that columns count; ``offset``; ``trees``, each a list of nodes:
            ``[column, limit, left, right]``, left and right being places in the list, or ``[value]``.
        features: The names of the columns of the tables that will be judged.

    Raises:
        ValueError: A feature is none of these.
    """
    columns = [features.index(name) for name in stored["features"]]
    trees: list[list[list[float]]] = stored["trees"]
    starts = np.cumsum([0, *(len(tree) for tree in trees)])[:-1]
    nodes = [
        (columns[int(node[0])], node[1], start + int(node[2]), start + int(node[3]), 0.0)
        if len(node) > 1
        else (-1, 0.0, 0, 0, node[0])
        for start, tree in zip(starts.tolist(), trees, strict=True)
        for node in tree
    ]
    column, limit, left, right, value = zip(*nodes, strict=True) if nodes else ((),) * 5
    return Trees(
        roots=starts.astype(np.int32),
        column=np.array(column, np.int32),
        limit=np.array(limit, np.float32),
        left=np.array(left, np.int32),
        right=np.array(right, np.int32),
        value=np.array(value, np.float32),
        offset=float(stored["offset"]),
        depth=max((_depth(tree) for tree in trees), default=0),
    )


def _depth(tree: Sequence[Sequence[float]]) -> int:
    """Steps from the first node to the farthest leaf."""
    depth, level = 0, [0]
    while level := list(
        chain.from_iterable((int(tree[i][2]), int(tree[i][3])) for i in level if len(tree[i]) > 1)
    ):
        depth += 1
    return depth
