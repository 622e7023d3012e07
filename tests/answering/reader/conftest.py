"""Piece embeddings that a person can compute."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.reader.pieces import Table
from rag.tokens import VOCABULARY_SIZE


@pytest.fixture(scope="module")
def table() -> Table:
    """One-hot-like rows: a piece is like itself and like nothing else."""
    rows = np.random.default_rng(0).integers(-127, 128, (VOCABULARY_SIZE, 64)).astype(np.int8)
    return Table(rows, np.full(VOCABULARY_SIZE, 0.01, np.float32))
