"""Write a trained table as a model folder: sentence-transformers' format, int8 rows."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.embedding.static import DESCRIPTION
from rag.tokens import get_encoding, merges_path
from rag.training.tokenizer import hugging_face_tokenizer, read_merges

__all__ = ["quantised", "silent_pieces", "write_model"]

#: Length of the vector of a piece without meaning: next to nothing beside any other, yet enough to give a
#: text of nothing else a direction.
_WHISPER = 1e-9


def silent_pieces() -> NDArray[np.bool_]:
    """Which pieces carry no meaning: white space, punctuation, control characters, special pieces."""
    import unicodedata

    encoding = get_encoding("rag")
    silent = np.ones(65_536, bool)
    for piece in range(encoding.n_vocab):
        try:
            text = encoding.decode_single_token_bytes(piece).decode("utf-8")
        except UnicodeDecodeError:
            silent[piece] = False
            continue
        silent[piece] = all(
            character.isspace() or unicodedata.category(character)[0] in "PCZ" for character in text
        )
    return silent


def quantised(
    table: NDArray[np.float32], silent: NDArray[np.bool_], *, seed: int = 0
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """The table as int8 rows and one scale for each; silent pieces share one faint direction."""
    rows = table.astype(np.float32, copy=True)
    rows[silent] = np.random.default_rng(seed).standard_normal(rows.shape[1])
    largest = np.maximum(np.abs(rows).max(axis=1), 1e-12)
    whole = np.rint(rows * (127 / largest)[:, None]).astype(np.int8)
    scales = (largest / 127).astype(np.float32)
    lengths = np.linalg.norm(whole[silent].astype(np.float32), axis=1)
    scales[silent] = _WHISPER / np.maximum(lengths, 1)
    # Nothing else may be as faint, or it would be taken for silent.
    scales[~silent] = np.maximum(scales[~silent], 2e-6)
    return whole, scales


def write_model(
    folder: Path, table: NDArray[np.float32], *, name: str, card: str, seed: int = 0
) -> None:
    """Write ``table`` to ``folder`` so that both runtimes load it."""
    from safetensors.numpy import save

    folder.mkdir(parents=True, exist_ok=True)
    whole, scales = quantised(table, silent_pieces(), seed=seed)
    content = save({"embeddings": whole, "weights": scales})
    (folder / "model.safetensors").write_bytes(content)
    tokenizer = hugging_face_tokenizer(read_merges(merges_path()))
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    modules = [
        ("", "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"),
        ("1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
    ]
    _write_json(
        folder / "modules.json",
        [
            {"idx": number, "name": str(number), "path": path, "type": kind}
            for number, (path, kind) in enumerate(modules)
        ],
    )
    (folder / "1_Normalize").mkdir(exist_ok=True)
    _write_json(
        folder / "1_Normalize" / "config.json",
        {
            "module_input_name": "sentence_embedding",
            "module_output_name": "sentence_embedding",
        },
    )
    _write_json(
        folder / "config_sentence_transformers.json",
        {
            "__version__": {"sentence_transformers": "6.2.0"},
            "default_prompt_name": None,
            "model_type": "SentenceTransformer",
            "prompts": {"query": "", "document": ""},
            "similarity_fn_name": "cosine",
        },
    )
    _write_json(
        folder / DESCRIPTION,
        {
            "name": name,
            "revision": sha256(content).hexdigest()[:12],
            "merges": sha256(merges_path().read_bytes()).hexdigest(),
        },
    )
    (folder / "README.md").write_text(card, encoding="utf-8")


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
