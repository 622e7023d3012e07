"""Other weights for the reader's network: its adapter, for other languages than Chinese, and its encoder.

To a matrix of the network the product of two narrow ones is added (LoRA, Hu et al. 2021,
https://arxiv.org/abs/2106.09685), a few others have values of their own. The network's file stays as it is, and
Chinese is read by it alone. :mod:`rag.training.reader_adapter` and :mod:`rag.training.reader_encoder` make such
files:

- ``NAME/left`` (inputs, rank) and ``NAME/right`` (rank, outputs), in int8, whose product with ``NAME/widths``
  (rank,) between them is added to the matrix ``NAME`` of the network, ``NAME/scale`` (outputs,) of its int8
  values and ``NAME/place``, where these begin in the network's file, in bytes;
- any other name: that weight of the network, whole, in single or half precision.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

__all__ = ["adapted_weights", "quantised_columns"]

Floats = npt.NDArray[np.float32]


def adapted_weights(network: Path, adapter: Path) -> dict[str, npt.NDArray[Any]]:
    """The weights that take the place of the network's own, by the names that its graph has for them.

    Args:
        network: ``reader.onnx``.
        adapter: The ``.npz`` that was made for just this file, the adapter's or the encoder's.
    """
    found: dict[str, npt.NDArray[Any]] = {}
    with np.load(adapter, allow_pickle=False) as stored:
        for key in stored.files:
            name, _, part = key.partition("/")
            if not part:
                value = stored[key]
                found[name] = value.astype(np.float32) if value.dtype == np.float16 else value
            elif part == "left":
                left = stored[key].astype(np.float32) * stored[f"{name}/widths"]
                added = left @ stored[f"{name}/right"].astype(np.float32)
                own = np.memmap(
                    network, np.int8, "r", offset=int(stored[f"{name}/place"]), shape=added.shape
                )
                added += own * stored[f"{name}/scale"]
                found[f"{name}_quantized"], found[f"{name}_scale"] = quantised_columns(added)
    return found


def quantised_columns(matrix: Floats) -> tuple[npt.NDArray[np.int8], Floats]:
    """Int8 values of a matrix (inputs, outputs), and the scale of each output."""
    scales = np.maximum(np.abs(matrix).max(axis=0), 1e-9) / np.float32(127)
    return np.rint(matrix / scales).astype(np.int8), cast("Floats", scales.astype(np.float32))
