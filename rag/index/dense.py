"""Vectors of one segment on disk, and nearest-neighbour search over them by FAISS.

``dense.faiss`` is a FAISS scalar-quantizer index of half-precision floats: exact search (recall@10
1.00 on real text vectors), mapped into memory, half the size of floats and two to three times as
fast. The same file's rows are read by numpy for scoring given rows, and for search in small indexes,
so that a short-lived process need not load FAISS.

``near.faiss`` stands beside it in larger segments: product quantisation with two bits a dimension, scanned
with vector instructions in a fifth of the time; the best candidates are then scored with the
half-precision rows. On 40,000 real vectors three candidates a result hold 99% of the 100 nearest and all
of the 10 nearest.
"""

from __future__ import annotations

import contextlib
import struct
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.index.arrays import force_to_disk, forget

__all__ = [
    "COARSE_FILE",
    "COARSE_FROM",
    "COARSE_SEGMENT_FROM",
    "DENSE_FILE",
    "NUMPY_UP_TO",
    "VectorRows",
    "describe_kind",
    "write_coarse",
    "write_dense",
]

DENSE_FILE = "dense.faiss"
COARSE_FILE = "near.faiss"

#: Up to this many chunks numpy answers as fast as FAISS (above, half precision halves the memory to
#: scan), and FAISS takes 0.1 s to load.
NUMPY_UP_TO = 2_048
#: Below so many chunks a full scan, exact, takes no longer than the rest of a query.
COARSE_FROM = 16_384
#: Smaller segments of a large index stay exact.
COARSE_SEGMENT_FROM = 16_384
#: Candidates of the coarse search per wanted row, in a segment of up to COARSE_STEP rows; a larger one
#: has more rows of nearly the same coarse score, and takes proportionally more. Never fewer than
#: COARSE_LEAST.
COARSE_FACTOR = 3
COARSE_STEP = 125_000
COARSE_LEAST = 200
#: Rows and rounds to learn the 16 places of each pair of dimensions from; more change nothing.
_TRAINED_ROWS, _ROUNDS = 2_048, 6

Array = npt.NDArray[Any]
FloatArray = npt.NDArray[np.float32]
IdArray = npt.NDArray[np.int64]

_HEADER_BYTES = 81


def describe_kind(rows: int) -> str:
    """Which index serves this many chunks and why, in one line."""
    if rows <= NUMPY_UP_TO:
        return (
            f"exact (half-precision rows, numpy): up to {NUMPY_UP_TO:,} passages it answers as fast "
            "as FAISS, which need not be loaded"
        )
    if rows < COARSE_FROM:
        return (
            f"exact (FAISS SQfp16 flat, memory-mapped): below {COARSE_FROM:,} passages a full scan "
            "takes a few milliseconds and misses nothing"
        )
    return (
        f"FAISS PQ fast-scan, {COARSE_FACTOR} candidates or more a result re-scored in half precision: "
        f"from {COARSE_FROM:,} passages a full scan would be the slowest part of a query; searches "
        "with a filter stay exact"
    )


def _faiss() -> Any:
    import faiss

    return faiss


@contextlib.contextmanager
def _one_thread() -> Iterator[None]:
    """One OpenMP thread for this thread's searches: a team costs more than a single query gains."""
    faiss = _faiss()
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _header(rows: int, dimension: int) -> bytes:
    """What FAISS writes before the codes of an IndexScalarQuantizer of half-precision floats."""
    half_precision, inner_product, trained = 4, 0, 1
    return struct.pack(
        "<4s i q q q B i i i f q q q q",
        b"IxSQ",
        dimension,
        rows,
        1 << 20,  # two fields that FAISS no longer uses
        1 << 20,
        trained,
        inner_product,
        half_precision,
        0,  # how a range would be learned
        0.0,
        dimension,
        2 * dimension,
        0,  # learned numbers
        rows * dimension * 2,
    )


def write_dense(path: Path, pieces: Iterable[Array], dimension: int) -> int:
    """Write half-precision rows as a FAISS index, piece by piece; gives the number of rows.

    FAISS itself would need all rows in memory, and a tenth of a second to load; a test holds the file
    equal to what it writes.
    """
    rows = 0
    with path.open("wb") as file:
        file.write(_header(0, dimension))
        for piece in pieces:
            half = np.ascontiguousarray(piece, np.float16)
            file.write(half.data.cast("B") if half.size else b"")
            rows += len(half)
        file.seek(0)
        file.write(_header(rows, dimension))
        force_to_disk(file)
    return rows


def write_coarse(path: Path, rows: VectorRows) -> None:
    """Write the coarse index of these rows, of an even dimension.

    It learns from every n-th row, so equal rows give equal files.
    """
    faiss = _faiss()
    index = faiss.IndexPQFastScan(
        rows.dimension, rows.dimension // 2, 4, faiss.METRIC_INNER_PRODUCT
    )
    places = index.pq.cp
    places.niter, places.min_points_per_centroid = _ROUNDS, 1
    with _one_thread():
        index.train(rows.take(np.arange(0, len(rows), max(1, len(rows) // _TRAINED_ROWS))))
        for first in range(0, len(rows), 1 << 14):
            index.add(rows.half(first, min(first + (1 << 14), len(rows))).astype(np.float32))
    with path.open("wb") as file:
        # FAISS itself would not tell that the end of a file found no room.
        faiss.write_index(index, faiss.PyCallbackIOWriter(file.write))
        force_to_disk(file)


@cache
def _floats() -> FloatArray:
    """Every number of half precision by its bits: looking them up is faster than converting them."""
    return np.arange(1 << 16, dtype=np.uint16).view(np.float16).astype(np.float32)


class VectorRows:
    """The dense files of one segment, open for reading; with ``coarse`` it has the coarse index, too.

    Raises:
        OSError, ValueError: A file is missing, torn or of another size than expected.
    """

    def __init__(self, folder: Path, rows: int, dimension: int, *, coarse: bool = False) -> None:
        self._folder = folder
        self.dimension = dimension
        path = folder / DENSE_FILE
        if path.stat().st_size != _HEADER_BYTES + rows * dimension * 2:
            raise ValueError(f"{path}: has the wrong size")
        if rows:
            # The rows begin at an odd address: map bytes, copy what is needed, then read numbers.
            mapped = np.memmap(path, np.uint8, "r", _HEADER_BYTES, (rows, dimension * 2))
            self._bytes: npt.NDArray[np.uint8] = np.asarray(mapped)
        else:
            self._bytes = np.empty((0, dimension * 2), np.uint8)
        self.coarse = coarse
        self._lock = threading.Lock()
        self._float: FloatArray | None = None
        self._exact_index: Any = None
        self._coarse_index: Any = None

    def __len__(self) -> int:
        return len(self._bytes)

    def half(self, first: int, last: int) -> npt.NDArray[np.float16]:
        """The rows ``first`` to below ``last`` in half precision, copied.

        For going through all rows once: what was read does not stay in memory.
        """
        copied = self._bytes[first:last].copy().view(np.float16)
        forget(self._bytes)
        return copied

    def take(self, rows: IdArray) -> FloatArray:
        """These rows, (n, d), in their order."""
        # Any 16 bits are a place in the table, and this mode does not check that.
        return _floats().take(self._bytes.take(rows, axis=0).view(np.uint16), mode="wrap")

    def scores(self, vector: FloatArray, rows: IdArray) -> FloatArray:
        """Inner product of ``vector`` with each of these rows, (n,)."""
        # Row by row: waking BLAS's threads takes longer than so small a product.
        return np.asarray(np.vecdot(self.take(rows), vector), np.float32)

    def search_numpy(
        self, vector: FloatArray, k: int, allowed: npt.NDArray[np.bool_] | None
    ) -> tuple[IdArray, FloatArray]:
        """The ``k`` best rows, unordered, and their scores, by numpy alone; exact."""
        if self._float is None:
            with self._lock:
                if self._float is None:
                    self._float = self.half(0, len(self)).astype(np.float32)
        scores = self._float @ vector
        rows = np.arange(len(scores)) if allowed is None else np.flatnonzero(allowed)
        scores = scores[rows]
        if len(rows) > k:
            best = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
            # All of the last place's equals come along, so that ties are settled by the caller.
            best = np.flatnonzero(scores >= scores[best].min())
            rows, scores = rows[best], scores[best]
        return rows, np.asarray(scores, np.float32)

    def search_exact(
        self, vector: FloatArray, k: int, allowed: npt.NDArray[np.bool_] | None
    ) -> tuple[IdArray, FloatArray]:
        """The ``k`` best rows and their scores by FAISS's full scan."""
        faiss = _faiss()
        index = self._exact_index
        k = min(k, len(self))
        if allowed is not None:
            count = int(np.count_nonzero(allowed))
            k = min(k, count)
            if count * 8 < len(self):
                rows = np.flatnonzero(allowed)
                scores = np.concatenate(
                    [self.scores(vector, rows[i : i + 8192]) for i in range(0, count, 8192)]
                    or [np.empty(0, np.float32)]
                )
                return rows, scores
        if k == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        parameters = None
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        with _one_thread():
            scores, rows = index.search(vector[None], k, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def search_coarse(self, vector: FloatArray, k: int) -> tuple[IdArray, FloatArray]:
        """About the ``k`` best rows: coarse candidates, scored in half precision."""
        index = self._coarse_index
        factor = COARSE_FACTOR * -(-len(self) // COARSE_STEP)
        with _one_thread():
            _, candidates = index.search(
                vector[None], min(len(self), max(COARSE_LEAST, k * factor))
            )
        rows = np.sort(candidates[0][candidates[0] >= 0])
        scores = self.scores(vector, rows)
        if len(rows) > k:
            best = np.argpartition(scores, len(scores) - k)[len(scores) - k :]
            rows, scores = rows[best], scores[best]
        return rows, scores

    def prepare(self, *, coarse: bool) -> None:
        """Open the FAISS files, so that the searches work even when a later commit deletes them.

        Raises:
            OSError: FAISS cannot read a file.
        """
        faiss = _faiss()
        with self._lock:
            try:
                if self._exact_index is None:
                    self._exact_index = faiss.read_index(
                        str(self._folder / DENSE_FILE), faiss.IO_FLAG_MMAP_IFC
                    )
                if coarse and self.coarse and self._coarse_index is None:
                    self._coarse_index = faiss.read_index(str(self._folder / COARSE_FILE))
            except RuntimeError as error:
                raise OSError(f"{self._folder}: {error}") from error
