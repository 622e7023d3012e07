"""Small networks over features, for inference: a few lines of numpy.

Their weights are JSON in ``rag/answering/weights``, written by ``python -m rag.training answering``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.feature_names import FEATURES
from rag.answering.scoring.confidence import CONFIDENCE_FEATURES
from rag.errors import AnsweringError

__all__ = ["Network", "has_network", "load_network", "must_know", "network_from", "stored_weights"]

Floats = npt.NDArray[np.float32]

_WEIGHTS = Path(__file__).parents[1] / "weights"


@dataclass(frozen=True, slots=True)
class Network:
    """``linear . x + out . tanh(hidden . x + bias) + offset`` over standardised inputs."""

    mean: Floats
    scale: Floats
    linear: Floats
    hidden: Floats
    bias: Floats
    out: Floats
    offset: float

    def __call__(self, table: Floats) -> Floats:
        """Logits of rows, (n, features) -> (n,)."""
        inputs = np.clip((table - self.mean) / self.scale, -6, 6)
        logits = inputs @ self.linear + self.offset
        if len(self.out):
            logits = logits + np.tanh(inputs @ self.hidden + self.bias) @ self.out
        return np.asarray(logits, np.float32)


@cache
def has_network(name: str) -> bool:
    """Whether a network of that name is bundled."""
    return (_WEIGHTS / f"{name}.json").is_file()


@cache
def load_network(name: str) -> Network:
    """The bundled network ``ranking``, ``ranking-reader`` or ``ranking-other-reader``."""
    return network_from(stored_weights(name))


def stored_weights(name: str) -> Any:
    """The JSON form of the bundled weights of that name."""
    return json.loads((_WEIGHTS / f"{name}.json").read_text(encoding="utf-8"))


def must_know(names: Sequence[str], known: Sequence[str]) -> None:
    """Check the names of the features that stored weights were fitted to.

    Raises:
        AnsweringError: Where the code has no such feature.
    """
    if unknown := sorted(set(names) - set(known)):
        raise AnsweringError(
            f"The answering weights know features that the code does not: {', '.join(unknown)}. "
            "Fit them anew: python -m rag.training answering"
        )


def network_from(stored: Mapping[str, Any]) -> Network:
    """A network from its JSON form; columns are matched by the names of the features."""
    arrays = {
        name: np.asarray(stored[name], np.float32)
        for name in ("mean", "scale", "linear", "hidden", "bias", "out")
    }
    if not arrays["out"].size:
        arrays["hidden"] = np.zeros((len(arrays["linear"]), 0), np.float32)
    names: list[str] = list(stored["features"])
    current = CONFIDENCE_FEATURES if set(names) - set(FEATURES) else FEATURES
    must_know(names, current)
    # Features that came after the fit have no weight.
    places = [current.index(name) for name in names]
    for name, filler in (("mean", 0.0), ("scale", 1.0), ("linear", 0.0), ("hidden", 0.0)):
        known = arrays[name]
        spread = np.full((len(current), *known.shape[1:]), filler, np.float32)
        spread[places] = known
        arrays[name] = spread
    return Network(offset=float(stored["offset"]), **arrays)
