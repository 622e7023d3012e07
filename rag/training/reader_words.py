"""The words of the English model, as the encoder's network would have to be given them.

The projection from the piece embeddings to the network's width holds a part of what the English model's
embeddings tell apart; of each word the nearest point in it is taken, turned so that its parts weigh alike
(optimised product quantisation, Ge et al. 2013, https://doi.org/10.1109/CVPR.2013.379) and coded, 64 octets
for 384 numbers. :mod:`rag.answering.reader.words` reads the file.
"""

from __future__ import annotations

import re
from pathlib import Path

import faiss
import numpy as np
import torch

from rag.training.reader_model import Network, load_body

__all__ = ["write_words"]

_WORD = re.compile("[a-z]+")
_WORDS = "embeddings.word_embeddings.weight"
_ROUNDS = 20


def write_words(
    body_folder: Path, network: Network, path: Path, *, count: int = 20_000, parts: int = 64
) -> None:
    """Write the words of the English model of a folder for a finished reader's network.

    Args:
        body_folder: Of all-MiniLM-L6-v2, with its ``vocab.txt``, commonest words first.
        network: Its projection is what piece embeddings go through.
        path: The ``.npz`` to write.
        count: Words at most, the commonest.
        parts: Octets that a word takes.
    """
    lines = (body_folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
    chosen = [(n, word) for n, word in enumerate(lines) if _WORD.fullmatch(word)][:count]
    whole = load_body(body_folder)[_WORDS].float()[[n for n, _ in chosen]]
    with torch.no_grad():
        left, sizes, right = torch.linalg.svd(network.projection.weight, full_matrices=False)
        points = ((whole - network.projection.bias) @ left).contiguous().numpy()
    dimension = points.shape[1]
    rotation = faiss.OPQMatrix(dimension, parts)
    rotation.niter = _ROUNDS
    rotation.train(points)
    turned = rotation.apply(points)
    quantiser = faiss.ProductQuantizer(dimension, parts, 8)
    quantiser.train(turned)
    entries = faiss.vector_to_array(quantiser.centroids).reshape(parts, 256, dimension // parts)
    back = faiss.vector_to_array(rotation.A).reshape(dimension, dimension)
    turn = back @ (right / sizes[:, None]).detach().numpy()
    np.savez_compressed(
        path,
        words=np.frombuffer("\n".join(word for _, word in chosen).encode(), np.uint8),
        codes=quantiser.compute_codes(turned),
        entries=entries.astype(np.float16),
        turn=turn.astype(np.float16),
    )
