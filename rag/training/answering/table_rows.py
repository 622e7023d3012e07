"""What rows of tables add to an order that was fitted without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.feature_names import FEATURES
from rag.answering.scoring.networks import Network
from rag.training.answering.seen import Seen, group_of

__all__ = ["OF_ROWS", "added_to_order", "with_rows_of_tables"]

Floats = npt.NDArray[np.float32]

#: What only rows of tables have: 0 for any other sentence.
OF_ROWS = ("row_named", "row_other", "column_named")


def fit_rows_of_tables(
    extra: Sequence[Floats],
    logits: Sequence[Floats],
    labels: Sequence[Floats],
    weights: Sequence[float],
) -> Floats:
    """What each feature of :data:`OF_ROWS` adds to an order that was fitted without them, *shape* (3,).

    Args:
        extra: The features of each case's candidates, (n, 3).
        logits: Of the order that there is, (n,).
        labels: 1 for right, 0 for wrong, -1 for what does not count, (n,).
        weights: Of the cases.
    """
    import torch

    added = torch.zeros(len(OF_ROWS), requires_grad=True)
    worth = torch.tensor(np.asarray(weights, np.float32))
    cases = [
        (torch.tensor(columns), torch.tensor(known), torch.tensor(target))
        for columns, known, target in zip(extra, logits, labels, strict=True)
    ]
    optimizer = torch.optim.Adam([added], lr=0.1)
    for _ in range(200):
        losses = []
        for columns, known, target in cases:
            now = known + columns @ added
            right = torch.logsumexp(torch.where(target == 1, now, -torch.inf), 0)
            counted = torch.logsumexp(torch.where(target == -1, -torch.inf, now), 0)
            losses.append(counted - right)
        loss: Any = (torch.stack(losses) * worth).sum() / worth.sum()
        loss = loss + 1e-3 * (added**2).sum()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return np.asarray(np.round(added.detach().numpy(), 4), np.float32)


def with_rows_of_tables(network: dict[str, Any], added: Floats) -> dict[str, Any]:
    """A network in its JSON form that adds so much; what it knew of these features before goes."""
    places = [i for i, name in enumerate(network["features"]) if name not in OF_ROWS]
    count = len(OF_ROWS)
    hidden = [network["hidden"][i] for i in places]
    width = len(hidden[0]) if hidden else 0
    return network | {
        "features": [network["features"][i] for i in places] + list(OF_ROWS),
        "mean": [network["mean"][i] for i in places] + [0.0] * count,
        "scale": [network["scale"][i] for i in places] + [1.0] * count,
        "linear": [network["linear"][i] for i in places]
        + np.round(added, 4).astype(float).tolist(),
        "hidden": hidden + [[0.0] * width] * count,
    }


def added_to_order(fitted: Sequence[Seen], order: Network, *, reading: bool) -> Floats:
    """What the features of rows add to an order, fitted to the cases whose right sentence is found."""
    places = [FEATURES.index(name) for name in OF_ROWS]
    extra, logits, labels, weights = [], [], [], []
    for one in fitted:
        table, marks = group_of(one, reading=reading)
        if one.case.answerable and (marks == 1).any():
            without = table.copy()
            without[:, places] = 0
            extra.append(table[:, places])
            logits.append(order(without))
            labels.append(marks)
            weights.append(one.case.weight)
    return fit_rows_of_tables(extra, logits, labels, weights)
