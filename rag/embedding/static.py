"""The static model without torch: numpy and tiktoken, milliseconds to load.

A text's vector is the sum of its pieces' vectors, brought to unit length. The vector of a piece is
``weights[piece] * embeddings[mapping[piece]]``, int8 rows that rare pieces share, as
sentence-transformers' ``StaticEmbedding`` reads them from ``model.safetensors``. Here the table is
mapped, not read: a question touches a few rows. Both ways give the same vectors to 1e-3 or better.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.identity import place_of
from rag.embedding.protocol import Progress, SentencePieces, Vectors
from rag.errors import EmbeddingModelError
from rag.tokens import encode_joined, merges_path

__all__ = ["DESCRIPTION", "StaticEmbedder", "bundled_model_path", "is_static_model"]

#: The file that marks a folder as a model of the project's own vocabulary: name, revision, merges.
DESCRIPTION = "rag_model.json"

# Characters tokenised and summed at a time: bounds the memory, keeps the calls few.
_SLAB = 400_000
# Rows up to which the texts of a call are summed one by one, straight from the mapped table.
_FEW = 4_096
# Many more are summed so before the first sparse product: that and the table in memory which it needs take a
# third of a second to get ready. Counted in rows over all calls; a text costs as much as so many rows more.
# No text of more than _FEW is among them.
_FEW_IN_ALL = 1_000_000
_ROWS_OF_TEXT = 50


@dataclass(frozen=True, slots=True)
class _Bags:
    """Rows of piece ids: row ``n`` is ``ids[offsets[n]:offsets[n + 1]]``."""

    ids: NDArray[np.uint32]
    offsets: NDArray[np.int64]


def bundled_model_path() -> Path:
    """The folder of the bundled model, loadable by ``SentenceTransformer(str(path))``."""
    return Path(__file__).parent.parent / "models" / "static"


def is_static_model(folder: Path) -> bool:
    """Whether ``folder`` holds a model that :class:`StaticEmbedder` can run."""
    try:
        description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(description, dict) and description.get("merges") == _merges_digest()


def _place(folder: Path) -> str:
    """What the name of a model says of where it lies; the bundled one is found without."""
    place = folder.resolve()
    return "" if place == bundled_model_path().resolve() else f":{place_of(place)}"


class StaticEmbedder:
    """An :class:`~rag.embedding.protocol.Embedder` of a static model folder.

    A text without a single piece that carries meaning (empty, white space, punctuation) gets one
    fixed unit vector, the same for all such texts.
    """

    max_tokens: int | None = None

    def __init__(self, folder: Path) -> None:
        try:
            description = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))
            self._rows, self._mapping, self._weights = _tensors(folder / "model.safetensors")
        except (OSError, ValueError, KeyError) as error:
            raise EmbeddingModelError(
                f"The embedding model in {folder} cannot be read ({error}). "
                "Reinstall rag, or give another model with --model."
            ) from error
        self.folder = folder
        self.name = f"{description['name']}{_place(folder)}@{description['revision']}"
        self.dimension = int(self._rows.shape[1])
        # Pieces of white space and punctuation: their row only serves texts made of nothing else.
        self._silent = self._weights < 1e-6
        nothing = self._rows[self._mapping[0]].astype(np.float32)
        self._nothing = nothing / np.linalg.norm(nothing)
        self._table: Vectors | None = None
        self._met = 0  # rows and texts so far, as _FEW_IN_ALL counts them

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """The vectors of questions: (texts, dimension)."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """The vectors of passages: (texts, dimension)."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start, end in _slabs(texts):
            vectors[start:end] = self._sums(texts[start:end])
            if progress is not None:
                progress(end, len(texts))
        return self._unit(vectors)

    def embed_pieces(self, ids: NDArray[np.uint32], offsets: NDArray[np.int64]) -> Vectors:
        """The vectors of texts in pieces, as :func:`rag.tokens.encode_joined` gives them.

        For a caller that needs the pieces for something else as well: cutting text into pieces
        takes most of the time of embedding it.
        """
        return self._unit(self._summed(self._audible(ids, offsets)))

    def embed_groups(
        self,
        ids: NDArray[np.uint32],
        offsets: NDArray[np.int64],
        members: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> tuple[Vectors, SentencePieces]:
        """The vectors of texts made of sentences, and the sentences.

        Each sentence is summed once, however many texts hold it.
        """
        bags = self._audible(ids, offsets)
        sums = self._summed(bags)
        norms = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        sentences = SentencePieces(bags.ids.astype(np.uint16), bags.offsets[1:], norms)
        starts = np.concatenate(([0], ends))
        return self._unit(self._joined(sums, members, starts)), sentences

    def _joined(
        self, sums: Vectors, members: NDArray[np.int64], starts: NDArray[np.int64]
    ) -> Vectors:
        """The sums of the rows of each text's members."""
        if self._table is None:
            parts = (sums[members[start:end]] for start, end in pairwise(starts.tolist()))
            joined = np.empty((len(starts) - 1, self.dimension), np.float32)
            for number, rows in enumerate(parts):
                np.add.reduce(rows, axis=0, out=joined[number])
            return joined
        from scipy.sparse import csr_array

        weighted = csr_array(
            (np.ones(len(members), np.float32), members, starts),
            shape=(len(starts) - 1, len(sums)),
        )
        product: Vectors = weighted @ sums
        return product

    def piece_cosines(
        self, vector: NDArray[np.float32], sentences: SentencePieces
    ) -> NDArray[np.float32]:
        """The cosine of a unit vector with each sentence, (s,), without making their vectors.

        One product with the rows that occur at all; a sentence's is the sum over its pieces.
        """
        ids = sentences.ids
        present = np.zeros(len(self._mapping), np.bool_)
        present[ids] = True
        used = np.flatnonzero(present)
        shares = np.zeros(len(self._mapping), np.float32)
        rows = self._rows.take(self._mapping[used], axis=0).astype(np.float32)
        # Row by row: waking BLAS's threads takes longer than so small a product.
        shares[used] = np.vecdot(rows, vector) * self._weights[used]
        before = np.zeros(len(ids) + 1, np.float64)
        np.cumsum(shares[ids], dtype=np.float64, out=before[1:])
        sums = np.diff(before[sentences.ends], prepend=0.0)
        empty = sentences.norms < 1e-6
        cosines = sums / np.where(empty, 1.0, sentences.norms)
        cosines[empty] = self._nothing @ vector
        return cosines.astype(np.float32)

    def _sums(self, texts: Sequence[str]) -> Vectors:
        """The sum of each text's rows; zeros where no piece carries meaning."""
        return self._summed(self._audible(*encode_joined(texts)))

    def _summed(self, bags: _Bags) -> Vectors:
        count = len(bags.offsets) - 1
        if self._are_few(bags):
            sums = np.zeros((count, self.dimension), np.float32)
            for number, (start, end) in enumerate(pairwise(bags.offsets.tolist())):
                ids = bags.ids[start:end]
                rows = self._rows[self._mapping[ids]].astype(np.float32)
                sums[number] = np.einsum("i,ij->j", self._weights[ids], rows)
            return sums
        # Imported late: a question or a few files never need it, and it takes as long as all the rest.
        from scipy.sparse import csr_array

        if self._table is None:
            self._table = self._rows.astype(np.float32)
        weighted = csr_array(
            (self._weights[bags.ids], self._mapping[bags.ids], bags.offsets),
            shape=(count, len(self._table)),
        )
        summed: Vectors = weighted @ self._table
        return summed

    def _are_few(self, bags: _Bags) -> bool:
        """Whether these texts are better summed one by one."""
        self._met += len(bags.ids) + _ROWS_OF_TEXT * (len(bags.offsets) - 1)
        if len(bags.ids) <= _FEW:
            return True
        few = self._table is None and self._met <= _FEW_IN_ALL
        return few and int(np.diff(bags.offsets).max()) <= _FEW

    def _audible(self, ids: NDArray[np.uint32], offsets: NDArray[np.int64]) -> _Bags:
        """The pieces of each text, without the silent ones."""
        kept = ~self._silent[ids]
        before = np.zeros(len(ids) + 1, np.int64)
        np.cumsum(kept, out=before[1:])
        return _Bags(ids[kept], before[offsets])

    def _unit(self, sums: Vectors) -> Vectors:
        """``sums`` brought to unit length in place; rows of zeros become the vector of nothing."""
        lengths = np.sqrt(np.einsum("ij,ij->i", sums, sums))
        empty = lengths < 1e-12
        sums /= np.where(empty, 1, lengths)[:, None]
        sums[empty] = self._nothing
        return sums


def _slabs(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Ranges of ``texts`` of some :data:`_SLAB` characters, at least one text each."""
    start = size = 0
    for number, text in enumerate(texts):
        if size and size + len(text) > _SLAB:
            yield start, number
            start, size = number, 0
        size += len(text) + 1
    if size:
        yield start, len(texts)


def _tensors(path: Path) -> tuple[NDArray[np.int8], NDArray[np.int32], NDArray[np.float32]]:
    """``embeddings`` (mapped from disk), ``mapping`` and ``weights`` of a safetensors file."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header: dict[str, Any] = json.loads(file.read(length))
    mapped = np.memmap(path, np.uint8, mode="r")

    def tensor(key: str, kind: str, dtype: type[Any]) -> Any:
        entry = header[key]
        if entry["dtype"] != kind:
            raise ValueError(f"{key} is {entry['dtype']}, not {kind}")
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        return np.asarray(mapped[start:end]).view(dtype).reshape(entry["shape"])

    return (
        tensor("embeddings", "I8", np.int8),
        np.array(tensor("mapping", "I32", np.int32)),
        np.array(tensor("weights", "F32", np.float32)),
    )


def _merges_digest() -> str:
    return sha256(merges_path().read_bytes()).hexdigest()
