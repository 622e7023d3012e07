"""Any sentence-transformers model, by name or folder."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.identity import folder_model
from rag.embedding.prompts import prompts_for
from rag.embedding.protocol import Progress, Vectors
from rag.errors import EmbeddingModelError

__all__ = ["SentenceTransformerEmbedder"]

# Texts handed over in one call: the library sorts a call's texts by length, so large calls pad
# little.
_SLICE = 2_048
# Passages that go through the layers together where there is no accelerator: what a layer makes of
# so many stays in the processor's caches (a tenth faster than 32, measured at 158 pieces each).
_BATCH = 8


class SentenceTransformerEmbedder:
    """An :class:`~rag.embedding.protocol.Embedder` of a sentence-transformers model.

    Questions and passages get the prompts of the model's own configuration; if it has none, those
    that its family is known to want. Weights are bfloat16 where the processor multiplies them
    natively.
    """

    def __init__(self, name: str) -> None:
        self._model = _loaded(name)
        self.name = folder_model(name) if Path(name).is_dir() else f"{name}@{_commit(self._model)}"
        # None: as many as the library takes.
        self._batch = _BATCH if self._model.device.type == "cpu" else None
        self.dimension = int(self._model.get_embedding_dimension())
        limit = self._model.max_seq_length
        self.max_tokens: int | None = int(limit) if limit and np.isfinite(limit) else None
        own = {key: text for key, text in (self._model.prompts or {}).items() if text}
        query, passage = prompts_for(self.name.rpartition("@")[0])
        self._query_prompt = own.get("query", "" if own else query)
        self._passage_prompt = next(
            (own[key] for key in ("document", "passage", "corpus") if key in own),
            "" if own else passage,
        )

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions: (texts, dimension)."""
        return self._embed(texts, self._query_prompt, "encode_query", None)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The vectors of passages: (texts, dimension)."""
        return self._embed(texts, self._passage_prompt, "encode_document", progress)

    def _embed(
        self, texts: Sequence[str], prompt: str, method: str, progress: Progress | None
    ) -> Vectors:
        encode = getattr(self._model, method, self._model.encode)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        batch = {} if self._batch is None else {"batch_size": self._batch}
        for start in range(0, len(texts), _SLICE):
            part = [_encodable(text) for text in texts[start : start + _SLICE]]
            vectors[start : start + len(part)] = encode(
                part,
                prompt=prompt or None,
                normalize_embeddings=True,
                convert_to_numpy=True,
                show_progress_bar=False,
                **batch,
            )
            if progress is not None:
                progress(start + len(part), len(texts))
        return _finite(vectors, self.name)


def _encodable(text: str) -> str:
    """``text`` without lone surrogates, which no tokenizer takes; a space for no text."""
    return text.encode("utf-8", "replace").decode("utf-8") or " "


def _finite(vectors: Vectors, name: str) -> Vectors:
    """``vectors`` as unit rows. A row of zeros (no known piece) becomes the first axis."""
    if not np.isfinite(vectors).all():
        raise EmbeddingModelError(
            f"The embedding model {name!r} gave vectors that are not finite. "
            "Try another model with --model, or report the text that causes it to its authors."
        )
    lengths = np.linalg.norm(vectors, axis=1)
    vectors[lengths < 1e-9] = np.eye(1, vectors.shape[1], dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    return vectors


def _loaded(name: str) -> Any:
    """The model ``name``: a folder, else what is cached, else what can be downloaded."""
    import torch
    from sentence_transformers import SentenceTransformer

    options: dict[str, Any] = {}
    if not torch.cuda.is_available() and _multiplies_bfloat16():
        options["model_kwargs"] = {"torch_dtype": torch.bfloat16}
    first: Exception
    try:
        return SentenceTransformer(name, local_files_only=True, **options)
    except Exception as error:  # noqa: BLE001 (the libraries below raise nearly anything)
        first = error
    offline = os.environ.get("HF_HUB_OFFLINE", "") not in {"", "0"}
    if Path(name).exists() or offline:
        raise _cannot_load(name, first) from first
    try:
        return SentenceTransformer(name, **options)
    except Exception as error:
        raise _cannot_load(name, error) from error


def _cannot_load(name: str, error: Exception) -> EmbeddingModelError:
    reason = " ".join(str(error).split())[:200] or type(error).__name__
    if Path(name).exists():
        step = "Check that the folder holds a whole sentence-transformers model"
    else:
        step = (
            "Check the name; without a network, copy the model's folder here and give its path "
            "with --model"
        )
    return EmbeddingModelError(
        f"The embedding model {name!r} cannot be loaded: {reason}. {step}, or use --model bundled."
    )


def _multiplies_bfloat16() -> bool:
    """Whether this processor has instructions for bfloat16 products."""
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


def _commit(model: Any) -> str:
    """The commit a published model came from."""
    for module in model:
        config = getattr(getattr(module, "auto_model", None), "config", None)
        commit = getattr(config, "_commit_hash", None)
        if commit:
            return str(commit)[:12]
    return "unknown"
