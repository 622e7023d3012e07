"""Answering is tested over the same small collections as retrieval."""

from tests.retrieval.conftest import embedder, small_view

__all__ = ["embedder", "small_view"]
