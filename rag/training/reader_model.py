"""The reader's network in torch, for training only (:mod:`rag.answering.reader.model` runs it without torch).

A BERT body (Devlin et al. 2019, post-norm) over factorised piece embeddings, with segment
embeddings and match features added to each piece, and two heads: a verdict on the pair (relevance,
answerable) and the first and last piece of the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from rag.answering.reader.inputs import FEATURES

if TYPE_CHECKING:
    from rag.training.reader_transplant import Transplant

POSITIONS = 256
SEGMENTS = 3
COVERAGE = 15  # see :func:`coverage`


class Layer(nn.Module):
    """Self-attention and feed-forward, each followed by a residual and a layer norm.

    Attention is written out: on processors without a fast fused backward it trains three times
    faster.
    """

    def __init__(self, width: int, heads: int, inner: int) -> None:
        super().__init__()
        self.heads = heads
        self.query_key_value = nn.Linear(width, 3 * width)
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=1e-12)
        self.inner = nn.Linear(width, inner)
        self.outer = nn.Linear(inner, width)
        self.outer_norm = nn.LayerNorm(width, eps=1e-12)

    def forward(self, hidden: Tensor, bias: Tensor, dropout: float) -> Tensor:
        """``hidden`` (batch, pieces, width); ``bias`` (batch, 1, 1, pieces), hugely negative at padding."""
        batch, pieces, width = hidden.shape
        query, key, value = (
            self.query_key_value(hidden)
            .view(batch, pieces, 3, self.heads, width // self.heads)
            .permute(2, 0, 3, 1, 4)
        )
        scores = query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5 + bias
        mixed = (torch.softmax(scores, -1) @ value).transpose(1, 2).reshape(batch, pieces, width)
        mixed = functional.dropout(self.attended(mixed), dropout, self.training and dropout > 0)
        hidden = self.attended_norm(hidden + mixed)
        inner = self.outer(functional.gelu(self.inner(hidden)))
        normed: Tensor = self.outer_norm(
            hidden + functional.dropout(inner, dropout, self.training and dropout > 0)
        )
        return normed


class Network(nn.Module):
    """Body and heads. Piece embeddings come in as rows, because at run time numpy looks them up."""

    def __init__(self, dimension: int, *, width: int = 384, layers: int = 6) -> None:
        super().__init__()
        self.projection = nn.Linear(dimension, width)
        self.position = nn.Embedding(POSITIONS, width)
        self.segment = nn.Embedding(SEGMENTS, width)
        self.match = nn.Linear(FEATURES, width, bias=False)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.layers = nn.ModuleList(Layer(width, 12, 4 * width) for _ in range(layers))
        self.verdict_inner = nn.Linear(3 * width, width)
        self.verdict = nn.Linear(width, 2)
        self.coverage = nn.Linear(COVERAGE, 2)
        self.span = nn.Linear(width, 2)
        nn.init.normal_(self.match.weight, std=0.01)
        nn.init.normal_(self.verdict.weight, std=0.02)
        nn.init.normal_(self.span.weight, std=0.02)
        # The plain start: a sentence that covers the question's rare words is better than one that does not.
        nn.init.zeros_(self.coverage.weight)
        nn.init.constant_(self.coverage.weight[:, :3], 2.0)

    def hidden(
        self,
        rows: Tensor,
        segments: Tensor,
        features: Tensor | None,
        mask: Tensor,
        dropout: float = 0.0,
    ) -> Tensor:
        """Contextual vectors (batch, pieces, width)."""
        hidden: Tensor = self.projection(rows) + self.segment(segments)
        hidden = hidden + self.position.weight[: rows.shape[1]]
        if features is not None:
            hidden = hidden + self.match(features)
        hidden = functional.dropout(self.norm(hidden), dropout, self.training and dropout > 0)
        bias = ((mask - 1) * 10000)[:, None, None, :].to(hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden, bias, dropout)
        return hidden

    def forward(
        self, rows: Tensor, segments: Tensor, features: Tensor, mask: Tensor, dropout: float = 0.0
    ) -> tuple[Tensor, Tensor]:
        """Verdicts (batch, 2) and span logits (batch, pieces, 2), as at run time."""
        hidden = self.hidden(rows, segments, features, mask, dropout)
        pooled = torch.cat(
            [
                hidden[:, 0],
                averaged(hidden, (segments == 0) * mask),
                averaged(hidden, (segments == 2) * mask),
            ],
            -1,
        )
        inner = functional.gelu(self.verdict_inner(pooled))
        told = coverage(features, segments, mask)
        with torch.autocast("cpu", enabled=False):
            plain = self.coverage(told)
        return self.verdict(inner).float() + plain, self.span(hidden).float()


def coverage(features: Tensor, segments: Tensor, mask: Tensor) -> Tensor:
    """Mean match features (batch, COVERAGE): of the question's rare pieces, all its, the sentence's.

    They go straight to the verdict, so that the body need only learn what word overlap cannot tell.
    """
    asked, told = (segments == 0) * mask, (segments == 2) * mask
    matches = features[..., :6]
    return torch.cat(
        [
            averaged(matches, asked * features[..., 6], least=1e-3),
            averaged(matches, asked),
            averaged(matches[..., :3], told),
        ],
        -1,
    )


def averaged(hidden: Tensor, weights: Tensor, *, least: float = 1.0) -> Tensor:
    """Weighted mean of the vectors of each text; zero where there is no weight."""
    weights = weights.to(hidden.dtype)
    return (hidden * weights[..., None]).sum(1) / weights.sum(1, keepdim=True).clamp(min=least)


def padded(cuts: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Pieces of texts of several lengths, (texts, longest), and the mask that tells which are real."""
    width = max(map(len, cuts))
    ids = torch.zeros(len(cuts), width, dtype=torch.long)
    mask = torch.zeros(len(cuts), width)
    for i, some in enumerate(cuts):
        ids[i, : len(some)] = torch.tensor(some)
        mask[i, : len(some)] = 1
    return ids, mask


def mean_vector(network: Network, rows: Tensor, mask: Tensor) -> Tensor:
    """Unit vectors, (texts, width): the mean of the last states of each text's pieces."""
    segments = torch.full(mask.shape, 2, dtype=torch.long)
    hidden = network.hidden(rows, segments, None, mask)
    return functional.normalize(averaged(hidden.float(), mask), dim=-1)


def load_body(folder: Path) -> dict[str, Tensor]:
    """The tensors of a BERT-shaped sentence-transformers model (``model.safetensors``) as float32."""
    from safetensors.torch import load_file

    tensors = load_file(str(folder / "model.safetensors"))
    return {name.removeprefix("bert."): value.float() for name, value in tensors.items()}


def from_body(body: dict[str, Tensor], transplant: Transplant) -> Network:
    """A network with the body of an English model behind transplanted piece embeddings."""
    network = Network(transplant.rows.shape[1])
    with torch.no_grad():
        network.projection.weight.copy_(torch.from_numpy(transplant.projection.T))
        network.projection.bias.copy_(torch.from_numpy(transplant.mean))
        copy_body(network, body)
    return network


def teacher(body: dict[str, Tensor]) -> Network:
    """The English model itself: its embeddings in full width, no projection."""
    network = Network(body["embeddings.word_embeddings.weight"].shape[1])
    with torch.no_grad():
        network.projection.weight.copy_(torch.eye(network.projection.weight.shape[0]))
        network.projection.bias.zero_()
        copy_body(network, body)
    return network.eval()


def copy_body(network: Network, body: dict[str, Tensor]) -> None:
    """Fill positions, segments, norms and layers from a BERT state."""
    network.position.weight.copy_(body["embeddings.position_embeddings.weight"][:POSITIONS])
    network.segment.weight.copy_(
        body["embeddings.token_type_embeddings.weight"][:1].expand(SEGMENTS, -1)
    )
    network.norm.weight.copy_(body["embeddings.LayerNorm.weight"])
    network.norm.bias.copy_(body["embeddings.LayerNorm.bias"])
    for i, layer in enumerate(network.layers):
        assert isinstance(layer, Layer)
        old = f"encoder.layer.{i}."
        for kind in ("weight", "bias"):
            attention = [
                body[f"{old}attention.self.{part}.{kind}"] for part in ("query", "key", "value")
            ]
            getattr(layer.query_key_value, kind).copy_(torch.cat(attention))
            for mine, theirs in (
                (layer.attended, "attention.output.dense"),
                (layer.attended_norm, "attention.output.LayerNorm"),
                (layer.inner, "intermediate.dense"),
                (layer.outer, "output.dense"),
                (layer.outer_norm, "output.LayerNorm"),
            ):
                getattr(mine, kind).copy_(body[f"{old}{theirs}.{kind}"])


def quantised(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Int8 rows and their float32 scales (one a row)."""
    scales = np.maximum(np.abs(rows).max(axis=1), 1e-6) / 127
    return np.rint(rows / scales[:, None]).astype(np.int8), scales.astype(np.float32)
