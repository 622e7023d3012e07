"""Networks fitted to features: one that ranks, others that judge single rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.feature_names import FEATURES
from rag.training.answering.cases import SEED
from rag.training.answering.seen import Seen, group_of

__all__ = ["fit", "fit_ranking"]

Floats = npt.NDArray[np.float32]


def fit(
    groups: Sequence[Floats],
    labels: Sequence[Floats],
    weights: Sequence[float],
    names: Sequence[str],
    *,
    listwise: bool,
    hidden: int,
    decay: float,
    ridge: float = 0.0,
    steps: int = 400,
) -> dict[str, Any]:
    """Fit one network by full-batch AdamW; ``listwise`` ranks inside groups, else rows are judged alone.

    A label of -1 is left out.
    """
    import torch

    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    rows = np.concatenate(groups)
    mean, scale = rows.mean(0), rows.std(0)
    scale[scale < 1e-4] = 1.0
    inputs = torch.tensor(np.clip((rows - mean) / scale, -6, 6))
    target = torch.tensor(np.concatenate(labels)).float()
    group = torch.tensor(np.repeat(np.arange(len(groups)), [len(g) for g in groups]))
    worth = torch.tensor(np.asarray(weights, np.float32))
    width = rows.shape[1]
    linear = torch.zeros(width, requires_grad=True)
    inner = (torch.randn(width, hidden) * 0.3 / width**0.5).requires_grad_()
    bias = torch.zeros(hidden, requires_grad=True)
    outer = (torch.randn(hidden) * 0.1).requires_grad_()
    offset = torch.zeros(1, requires_grad=True)
    parameters = [linear, inner, bias, outer, offset]
    optimizer = torch.optim.AdamW(parameters, lr=0.02, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        logits = inputs @ linear + offset + torch.tanh(inputs @ inner + bias) @ outer
        judged = _listwise_loss if listwise else _loss_of_rows
        loss = judged(logits, target, group, worth)
        loss = (
            loss
            + 2e-4 * linear.abs().sum()
            + ridge * (linear**2).sum()
            + decay * ((inner**2).sum() + (outer**2).sum())
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()

    def plain(tensor: Any) -> Any:
        return np.round(tensor.detach().numpy(), 5).tolist()

    return {
        "features": list(names),
        "mean": np.round(mean, 6).tolist(),
        "scale": np.round(scale, 6).tolist(),
        "linear": plain(linear),
        "hidden": plain(inner),
        "bias": plain(bias),
        "out": plain(outer),
        "offset": float(offset.detach()[0]),
    }


def _listwise_loss(logits: Any, target: Any, group: Any, worth: Any) -> Any:
    """How little of each group's softmax lies on its right rows, weighted by group."""
    import torch

    counted = target >= 0
    count = len(worth)
    shown = torch.where(counted, logits, torch.full_like(logits, -1e9))
    top = torch.full((count,), -1e9).scatter_reduce(0, group, shown, "amax").detach()
    mass = torch.exp(shown - top[group])
    everything = torch.zeros(count).index_add(0, group, mass)
    rightly = torch.zeros(count).index_add(0, group, mass * (target == 1))
    losses = torch.log(everything + 1e-9) - torch.log(rightly + 1e-9)
    return (worth * losses).sum() / worth.sum()


def _loss_of_rows(logits: Any, target: Any, group: Any, worth: Any) -> Any:
    """Binary cross-entropy of the rows that count, each weighted as its group."""
    import torch

    each = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, target.clamp(0, 1), reduction="none"
    )
    part = worth[group] * (target >= 0)
    return (each * part).sum() / part.sum()


#: How much more questions of a kind weigh in the order than in the confidence.
_IN_ORDER = {"encyclopedia": 2.0}


def fit_ranking(seen: Sequence[Seen], *, reading: bool) -> dict[str, Any]:
    """The ranking network from the cases whose right sentence is among the candidates."""
    groups, labels, weights = [], [], []
    for one in seen:
        table, marks = group_of(one, reading=reading)
        if not one.case.answerable or not (marks == 1).any():
            continue
        groups.append(table)
        labels.append(marks)
        weights.append(one.case.weight * _IN_ORDER.get(one.case.kind, 1.0))
    return fit(groups, labels, weights, FEATURES, listwise=True, hidden=8, decay=5e-3, steps=250)
