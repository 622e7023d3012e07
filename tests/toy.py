"""An embedder whose vectors a person can compute, and documents to go with it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

TOPICS = ("猫", "狗", "鱼", "鸟", "cat", "dog", "fish", "bird")


class ToyEmbedder:
    """A text's vector counts the words of :data:`TOPICS` in it; the last place is for any text.

    ``embedded`` holds every passage that was embedded, in order.
    """

    max_tokens = None

    def __init__(self, name: str = "toy", dimension: int = len(TOPICS) + 1) -> None:
        self.name = name
        self.dimension = dimension
        self.embedded: list[str] = []
        self._lock = threading.Lock()

    def embed_passages(self, texts: Sequence[str], *, progress: Any = None) -> Any:
        with self._lock:
            self.embedded.extend(texts)
        if progress is not None:
            progress(len(texts), len(texts))
        return self.embed_queries(texts)

    def embed_queries(self, texts: Sequence[str]) -> Any:
        counts = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(counts, texts, strict=True):
            row[: len(TOPICS)] = [text.count(topic) for topic in TOPICS]
            row[-1] = 0.1
        return counts / np.linalg.norm(counts, axis=1, keepdims=True)
