"""Arrays as ``.npy`` files: written in pieces, mapped when read, checked by checksum."""

from __future__ import annotations

import mmap
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

__all__ = [
    "CHECKED_BYTES",
    "checksum",
    "force_to_disk",
    "forget",
    "map_array",
    "ranges",
    "sync_folder",
    "write_array",
    "write_pieces",
]

#: Derived files up to this size are checked in full when they are opened: a few milliseconds.
CHECKED_BYTES = 1 << 22

Array = npt.NDArray[Any]


def ranges(starts: npt.NDArray[np.int64], counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """``counts[0]`` numbers from ``starts[0]`` on, then ``counts[1]`` from ``starts[1]`` on, and so on."""
    heads = np.cumsum(counts) - counts
    return np.asarray(np.repeat(starts - heads, counts) + np.arange(int(counts.sum())), np.int64)


def write_array(path: Path, array: Array) -> None:
    """Write one array."""
    write_pieces(path, [array], array.dtype, array.shape[1:])


def write_pieces(
    path: Path, pieces: Iterable[Array], dtype: npt.DTypeLike, row: tuple[int, ...] = ()
) -> int:
    """Write the pieces one after another as one array of rows; gives the number of rows.

    The pieces may come from a generator, so the whole need never be in memory.
    """
    rows = 0
    with path.open("wb") as file:
        _write_header(file, 0, dtype, row)
        for piece in pieces:
            file.write(np.ascontiguousarray(piece, dtype).data.cast("B") if piece.size else b"")
            rows += len(piece)
        file.seek(0)
        # The header leaves room for a longer first axis, so the second one has the same length.
        _write_header(file, rows, dtype, row)
        force_to_disk(file)
    return rows


def force_to_disk(file: BinaryIO) -> None:
    """Wait until a large file is on the disk; small ones are checked in full when they are opened.

    A derived file that a power cut spoils is made anew, so forcing each would only cost time.
    """
    file.flush()
    if os.fstat(file.fileno()).st_size > CHECKED_BYTES:
        os.fsync(file.fileno())


def _write_header(file: BinaryIO, rows: int, dtype: npt.DTypeLike, row: tuple[int, ...]) -> None:
    header = {
        "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
        "fortran_order": False,
        "shape": (rows, *row),
    }
    np.lib.format.write_array_header_1_0(file, header)


def map_array(path: Path) -> Array:
    """The array in the file, mapped read-only (an empty one is read)."""
    try:
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except ValueError:
        # mmap refuses a file whose array is empty; a torn file fails here too.
        return np.asarray(np.load(path, allow_pickle=False))


def forget(*arrays: Array) -> None:
    """Take mapped arrays out of this process's memory; they are read again where they are used."""
    for array in arrays:
        base: Any = array
        while base is not None and not isinstance(base, mmap.mmap):
            base = getattr(base, "base", None)
        if base is not None and hasattr(mmap, "MADV_DONTNEED"):
            base.madvise(mmap.MADV_DONTNEED)


def checksum(path: Path) -> int:
    """CRC-32 of the file's bytes."""
    value = 0
    with path.open("rb") as file:
        while piece := file.read(1 << 22):
            value = zlib.crc32(piece, value)
    return value


def sync_folder(path: Path) -> None:
    """Force the folder's entries to disk, so that its files are found after a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
