"""An adapter for a finished reader, learned on texts in other languages than Chinese.

The reader's matrices stay as they are; to each of its layers' the product of two narrow ones is added, and
biases, norms and heads are learned on (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685). What English
and others gain so takes nothing from Chinese, which is read without (:mod:`rag.answering.reader.adapter`).
"""

from __future__ import annotations

import copy
import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.training.reader_model import Layer, Network

__all__ = ["LowRank", "adapted", "adapter_rates", "merged"]

_MATRICES = ("query_key_value", "attended", "inner", "outer")
_FROZEN = ("projection.", "position.", "segment.")


class LowRank(nn.Module):
    """A linear layer whose matrix stays, with the product of two narrow ones beside it.

    Args:
        layer: What stays; its bias is learned.
        rank: Width between the two, at least 1.
    """

    def __init__(self, layer: nn.Linear, rank: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(layer.weight.detach().clone(), requires_grad=False)
        self.bias = nn.Parameter(layer.bias.detach().clone())
        self.down = nn.Parameter(
            torch.randn(rank, layer.in_features) / math.sqrt(layer.in_features)
        )
        self.up = nn.Parameter(torch.zeros(layer.out_features, rank))

    def forward(self, values: Tensor) -> Tensor:
        """``values`` (..., inputs) to (..., outputs)."""
        narrow = functional.linear(values, self.down)
        return functional.linear(values, self.weight, self.bias) + functional.linear(
            narrow, self.up
        )

    def whole(self) -> nn.Linear:
        """One plain layer that gives the same."""
        layer = nn.Linear(self.weight.shape[1], self.weight.shape[0])
        with torch.no_grad():
            layer.weight.copy_(self.weight + self.up @ self.down)
            layer.bias.copy_(self.bias)
        return layer


def adapted(network: Network, rank: int) -> Network:
    """A copy of a network that learns low-rank additions, and begins by giving what the network gives."""
    found = copy.deepcopy(network)
    for layer in found.layers:
        assert isinstance(layer, Layer)
        for name in _MATRICES:
            setattr(layer, name, LowRank(getattr(layer, name), rank))
    for name, parameter in found.named_parameters():
        if name.startswith(_FROZEN):
            parameter.requires_grad_(False)
    return found


def merged(network: Network) -> Network:
    """A plain network that gives what an adapted one gives."""
    found = copy.deepcopy(network)
    for layer in found.layers:
        assert isinstance(layer, Layer)
        for name in _MATRICES:
            setattr(layer, name, getattr(layer, name).whole())
    return found.requires_grad_()


def adapter_rates(network: Network, rate: float) -> list[dict[str, Any]]:
    """The parameters that an adapted network learns in groups, each with its decay and highest rate."""
    narrow, rest, coverage = [], [], []
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        last = name.rpartition(".")[2]
        if last in ("down", "up"):
            narrow.append(parameter)
        elif name.startswith("coverage."):
            coverage.append(parameter)
        else:
            rest.append(parameter)
    return [
        {"params": narrow, "weight_decay": 0.01, "rate": rate},
        {"params": rest, "weight_decay": 0.01, "rate": rate / 3},
        {"params": coverage, "weight_decay": 0.0, "rate": 5 * rate},
    ]
