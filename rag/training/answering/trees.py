"""Boosted trees fitted to features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.training.answering.cases import SEED

__all__ = ["fit_trees"]

Floats = npt.NDArray[np.float32]


def fit_trees(
    rows: Sequence[Floats],
    labels: Sequence[Floats],
    weights: Sequence[float],
    names: Sequence[str],
) -> dict[str, Any]:
    """Boosted trees for single rows, in the form that :func:`rag.answering.scoring.trees.trees_from` reads."""
    from sklearn.ensemble import GradientBoostingClassifier

    table, target = np.concatenate(rows), np.concatenate(labels)
    worth = np.asarray(weights)
    boosted = GradientBoostingClassifier(
        n_estimators=500,
        learning_rate=0.06,
        max_leaf_nodes=8,
        min_samples_leaf=60,
        subsample=0.5,
        max_features=0.2,
        random_state=SEED,
    ).fit(table, target, sample_weight=worth)
    prior = float(np.average(target, weights=worth))
    return {
        "features": list(names),
        "offset": float(np.log(prior / (1 - prior))),
        "trees": [_nodes(each.tree_, boosted.learning_rate) for (each,) in boosted.estimators_],
    }


def _nodes(tree: Any, rate: float) -> list[list[float]]:
    return [
        [round(rate * float(tree.value[node, 0, 0]), 5)]
        if left < 0
        else [int(tree.feature[node]), _rounded_down(tree.threshold[node]), int(left), int(right)]
        for node, (left, right) in enumerate(
            zip(tree.children_left, tree.children_right, strict=True)
        )
    ]


def _rounded_down(limit: float) -> float:
    """A limit between two values of single precision, as the lower one: the same ones are below it."""
    single = np.float32(limit)
    single = np.nextafter(single, np.float32(-np.inf)) if float(single) > float(limit) else single
    return float(str(single))  # its shortest form
