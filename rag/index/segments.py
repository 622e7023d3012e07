"""Segments: the derived files of a range of chunks, made once, never changed, merged as they gather.

A commit writes one segment for its new chunks. Small neighbours are merged, so that an index of any age
has a handful of segments; removed chunks stay in their segment as dead rows until a merge drops them.
Rows are in the order of chunk ids. A segment is a folder under ``segments/`` whose files' sizes and
checksums the catalog notes.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import SentencePieces
from rag.index import catalog, faults
from rag.index.arrays import CHECKED_BYTES, checksum, map_array, ranges, write_array
from rag.index.dense import COARSE_FILE, DENSE_FILE, VectorRows, write_coarse, write_dense
from rag.index.lexical import (
    MAX_NEW_ROWS,
    Postings,
    merge_postings,
    write_postings,
)
from rag.index.sentences import FILES as SENTENCE_FILES
from rag.index.sentences import SentenceRows, merge_sentences, sentence_maker, write_sentences
from rag.index.terms import TermKeys, term_keys

__all__ = [
    "Gathering",
    "Segment",
    "SegmentRow",
    "add_coarse",
    "delete_other_segments",
    "delete_segment",
    "is_segment_name",
    "lexical_text",
    "merge",
    "plan_growth",
    "plan_tidy",
    "rebuild",
    "segment_name",
]

SEGMENTS_FOLDER = "segments"
IDS_FILE = "ids.npy"

#: Chunks gathered before a segment is written; also the smallest size in the plan of merges.
SEGMENT_ROWS = 8_192
_FAN_IN = 8
_RATIO = 4
_DEAD_SHARE = 0.2

IdArray = npt.NDArray[np.int64]
_NO_SENTENCES = SentencePieces(
    np.empty(0, np.uint16), np.empty(0, np.int64), np.empty(0, np.float32)
)


class SegmentRow(NamedTuple):
    """A row of the catalog's ``segments``: chunks ``first`` to below ``last``.

    Attributes:
        rows: Chunks in its files, dead ones included.
        terms: Sum of their lengths in terms.
        files: JSON: file name to [bytes, CRC-32].
    """

    name: str
    first: int
    last: int
    rows: int
    terms: int
    files: str

    def folder(self, root: Path) -> Path:
        """Where its files lie in the index folder ``root``.

        Raises:
            ValueError: Its name is none that this code gives: whatever such a path leads to is not ours.
        """
        if not is_segment_name(self.name):
            raise ValueError(f"a segment is noted by the name {self.name!r}")
        return root / SEGMENTS_FOLDER / self.name

    def sizes(self) -> dict[str, tuple[int, int]]:
        """File name to (bytes, CRC-32).

        Raises:
            ValueError: The note is damaged, or a name in it leads out of the segment's folder.
        """
        try:
            found = {name: (size, check) for name, (size, check) in json.loads(self.files).items()}
        except (AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"segment {self.name}: its note of files cannot be read") from error
        if not all(_FILE_NAME.fullmatch(name) for name in found):
            raise ValueError(f"segment {self.name}: its note names files that it cannot have")
        return found


_NAME = re.compile(r"g\d{6,}-[0-9a-f]{8}(-\d+)*", re.ASCII)
_FILE_NAME = re.compile(r"[\w-]+\.\w+", re.ASCII)


def segment_name(generation: int) -> str:
    """A new segment's name: when it was made, and chance, so that no two are ever equal.

    One of several made at once has a number behind.
    """
    return f"g{generation:06d}-{os.urandom(4).hex()}"


def is_segment_name(name: Any) -> bool:
    """Whether it is a name by :func:`segment_name`, and with that one part of a path."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def delete_segment(root: Path, name: str) -> None:
    """Delete a segment's files, if it can; nothing where the name is not a segment's."""
    if is_segment_name(name):
        shutil.rmtree(root / SEGMENTS_FOLDER / name, ignore_errors=True)


def delete_other_segments(root: Path, known: Collection[str]) -> None:
    """Delete the segments that are not among the known ones; what is no segment stays."""
    folder = root / SEGMENTS_FOLDER
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in known:
            delete_segment(root, path.name)


def lexical_text(title: str | None, published: str | None, heading: str | None, text: str) -> str:
    """What lexical search knows of a chunk: its title, year and heading, then its words."""
    year = f"{published[:4]}年" if published else None
    return "\n".join(part for part in (title, year, heading, text) if part)


class Gathering:
    """New chunks on their way into a segment."""

    def __init__(self, dimension: int) -> None:
        self._dimension = dimension
        self.clear()

    def clear(self) -> None:
        """Forget all."""
        self._ids: list[IdArray] = []
        self._found: list[TermKeys] = []
        self._vectors: list[npt.NDArray[np.float16]] = []
        self._texts: list[str] = []
        self._sentences: list[SentencePieces] = []
        self._waiting = 0
        self._indexed = 0
        self.rows = 0

    def add(
        self,
        first: int,
        texts: Sequence[str],
        vectors: npt.NDArray[np.float16],
        sentences: Sequence[SentencePieces] = (),
    ) -> None:
        """Add the consecutive chunks from number ``first`` on.

        Args:
            first: The number.
            texts: By :func:`lexical_text`.
            vectors: (len(texts), d).
            sentences: Of each chunk, or none at all.
        """
        if sentences:
            missing = self.rows - len(self._sentences)
            self._sentences.extend([_NO_SENTENCES] * missing)
            self._sentences.extend(sentences)
        self._ids.append(np.arange(first, first + len(texts)))
        self._vectors.append(vectors)
        self._texts.extend(texts)
        self._waiting += sum(map(len, texts))
        self.rows += len(texts)
        if self._waiting > 240_000:
            self._index()

    def _index(self) -> None:
        keys, owners = term_keys(self._texts)
        self._found.append(TermKeys(keys, owners + self._indexed))
        self._indexed += len(self._texts)
        self._texts, self._waiting = [], 0

    def write(self, root: Path, name: str, first: int, last: int) -> SegmentRow:
        """Write the segment and forget the chunks.

        Args:
            root: The index folder.
            name: The segment's.
            first: Its range of chunks, which may be wider than the chunks in it.
            last: End of the range, exclusive.
        """
        if self.rows > MAX_NEW_ROWS:
            raise ValueError(f"{self.rows} chunks at once; at most {MAX_NEW_ROWS}")
        self._index()
        folder = _new_folder(root, name)
        write_array(folder / IDS_FILE, np.concatenate([np.empty(0, np.int64), *self._ids]))
        write_postings(folder, self._found, self.rows)
        faults.reached("segment: lexical written")
        write_dense(folder / DENSE_FILE, self._vectors, self._dimension)
        faults.reached("segment: dense written")
        if self._sentences:
            missing = self.rows - len(self._sentences)
            write_sentences(folder, [*self._sentences, *[_NO_SENTENCES] * missing])
        terms = sum(len(found.keys) for found in self._found)
        row = _described(folder, name, first, last, self.rows, terms)
        self.clear()
        faults.reached("segment: complete")
        return row


def _new_folder(root: Path, name: str) -> Path:
    folder = root / SEGMENTS_FOLDER / name
    if folder.exists():  # left by a writer that died before its commit
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    faults.reached("segment: folder made")
    return folder


def _described(folder: Path, name: str, first: int, last: int, rows: int, terms: int) -> SegmentRow:
    files = {path.name: [path.stat().st_size, checksum(path)] for path in sorted(folder.iterdir())}
    return SegmentRow(name, first, last, rows, terms, json.dumps(files))


class Segment:
    """An open segment; larger files are checked by their size, and in full by ``rag doctor``.

    Raises:
        OSError, ValueError: A file is missing, torn, or does not fit the others.
    """

    def __init__(self, root: Path, row: SegmentRow, dimension: int) -> None:
        self.row = row
        self.folder = row.folder(root)
        for name, (size, check) in row.sizes().items():
            path = self.folder / name
            if path.stat().st_size != size:
                raise ValueError(f"{path}: has {path.stat().st_size} bytes, not {size}")
            if size <= CHECKED_BYTES and checksum(path) != check:
                raise ValueError(f"{path}: its checksum is wrong")
        self.ids: IdArray = map_array(self.folder / IDS_FILE)
        self.postings = Postings(self.folder)
        sizes = row.sizes()
        # One that is not noted yet was left by a writer that died: nothing tells whether it is whole.
        coarse = COARSE_FILE in sizes
        self.vectors = VectorRows(self.folder, row.rows, dimension, coarse=coarse)
        known = SENTENCE_FILES[0] in sizes
        self.sentences = SentenceRows(self.folder, row.rows) if known else None
        if len(self.ids) != row.rows or len(self.postings.lengths) != row.rows:
            raise ValueError(f"{self.folder}: its files do not fit each other")
        ends = (row.first, row.first + row.rows - 1)
        #: Whether the ids count up from the first one on: then a row is a difference.
        self._unbroken = row.rows > 0 and (int(self.ids[0]), int(self.ids[-1])) == ends

    def __len__(self) -> int:
        return self.row.rows

    def rows_of(self, ids: IdArray) -> IdArray:
        """The row of each chunk id, -1 where it is not here."""
        if self._unbroken:
            places = ids - self.row.first
            return np.where((places >= 0) & (places < len(self.ids)), places, -1)
        places = np.minimum(np.searchsorted(self.ids, ids), max(0, len(self.ids) - 1))
        if not len(self.ids):
            return np.full(len(ids), -1)
        return np.where(self.ids[places] == ids, places, -1)

    def ranges(self, numbers: IdArray, passages: IdArray) -> IdArray:
        """The rows of documents given as number and passages, ascending."""
        starts = np.searchsorted(self.ids, numbers)
        ends = np.searchsorted(self.ids, numbers + passages)
        return ranges(starts, ends - starts)

    def damage(self) -> str | None:
        """What a full check of all files finds wrong, or None."""
        for name, (size, check) in self.row.sizes().items():
            path = self.folder / name
            try:
                if path.stat().st_size != size:
                    return f"{path} has the wrong size"
                if checksum(path) != check:
                    return f"{path} has the wrong checksum"
            except OSError as error:
                return f"{path} cannot be read ({error.strerror})"
        return None


def merge(
    root: Path, name: str, segments: Sequence[Segment], dead: Sequence[IdArray], dimension: int
) -> SegmentRow:
    """Write one segment with the living rows of neighbours.

    Args:
        root: The index folder.
        name: The new segment's.
        segments: Neighbours in order.
        dead: The dead rows of each, ascending.
        dimension: Length of the vectors.
    """
    faults.reached("merge: begun")
    alive = [_alive(len(segment), gone) for segment, gone in zip(segments, dead, strict=True)]
    moved: list[IdArray] = []
    rows = 0
    for mask in alive:
        moved.append(np.where(mask, np.cumsum(mask) - 1 + rows, -1))
        rows += int(mask.sum())
    folder = _new_folder(root, name)
    ids = [segment.ids[mask] for segment, mask in zip(segments, alive, strict=True)]
    write_array(folder / IDS_FILE, np.concatenate(ids))
    merge_postings(folder, [segment.postings for segment in segments], moved)
    faults.reached("merge: postings written")

    def pieces() -> Iterator[npt.NDArray[np.float16]]:
        for segment, mask in zip(segments, alive, strict=True):
            for first in range(0, len(segment), 1 << 14):
                last = min(first + (1 << 14), len(segment))
                yield segment.vectors.half(first, last)[mask[first:last]]

    write_dense(folder / DENSE_FILE, pieces(), dimension)
    merge_sentences(folder, [segment.sentences for segment in segments], alive)
    terms = int(np.asarray(map_array(folder / "lengths.npy")).sum(dtype=np.int64))
    row = _described(folder, name, segments[0].row.first, segments[-1].row.last, rows, terms)
    faults.reached("merge: complete")
    return row


def _alive(rows: int, dead: IdArray) -> npt.NDArray[np.bool_]:
    mask = np.ones(rows, np.bool_)
    mask[dead] = False
    return mask


def add_coarse(root: Path, row: SegmentRow, dimension: int) -> SegmentRow:
    """Give a segment the coarse index of large collections; vectors of odd length have none."""
    if dimension % 2:
        return row
    folder = row.folder(root)
    path = folder / COARSE_FILE
    temporary = path.with_suffix(".part")
    write_coarse(temporary, VectorRows(folder, row.rows, dimension))
    temporary.rename(path)
    files = json.loads(row.files)
    files[COARSE_FILE] = [path.stat().st_size, checksum(path)]
    return row._replace(files=json.dumps(files))


def plan_growth(rows: Sequence[int]) -> tuple[int, int] | None:
    """Which segments to merge while many more are coming: (first, last), or None.

    Eight neighbours at the end of about one size become one, so that each chunk is rewritten once for
    each factor of eight in the size of the index.
    """
    limit = _FAN_IN
    while len(rows) >= _FAN_IN and limit <= _FAN_IN * max(rows):
        count = 0
        while count < len(rows) and rows[len(rows) - 1 - count] < limit:
            count += 1
        if count >= _FAN_IN:
            return len(rows) - count, len(rows)
        limit *= _FAN_IN
    return None


def plan_tidy(rows: Sequence[int], dead: Sequence[int]) -> tuple[int, int] | None:
    """Which segments to merge at the end of a run: (first, last), or None.

    Each is then at least four times as large as the next, and less than a fifth of it is dead. A small
    update of a large index thus rewrites nothing large.
    """
    alive = [count - gone for count, gone in zip(rows, dead, strict=True)]
    first = len(rows)
    tail = 0
    for place in range(len(rows) - 1, -1, -1):
        if place < len(rows) - 1 and alive[place] < _RATIO * tail:
            first = place
        tail += alive[place]
    if first < len(rows):
        return first, len(rows)
    for place, (count, gone) in enumerate(zip(rows, dead, strict=True)):
        if gone > _DEAD_SHARE * count:
            return place, place + 1
    return None


def rebuild(
    connection: sqlite3.Connection, root: Path, name: str, first: int, last: int, dimension: int
) -> list[SegmentRow]:
    """Write anew the segments of the chunks ``first`` to below ``last``, from the catalog."""
    made: list[SegmentRow] = []
    sentences_of = sentence_maker(connection)
    gathering = Gathering(dimension)
    start = first
    rows = connection.execute(
        "SELECT number, title, published, characters, passages, metadata FROM documents"
        " WHERE number >= ? AND number < ? ORDER BY number",
        (first, last),
    )
    for number, title, published, characters, passages, metadata in rows:
        if gathering.rows >= 4 * SEGMENT_ROWS:
            made.append(gathering.write(root, f"{name}-{len(made)}", start, number))
            start = number
        text = catalog.read_text(connection, number, characters)
        chunks = catalog.read_chunks(connection, number, passages, dimension)
        spans = [(start, end) for start, end, _ in chunks.spans.tolist()]
        texts = [
            lexical_text(title, published, heading, text[start:end])
            for (start, end), heading in zip(spans, chunks.headings, strict=True)
        ]
        known = sentences_of(text, metadata, spans) if sentences_of else ()
        gathering.add(number, texts, chunks.vectors, known)
    made.append(gathering.write(root, f"{name}-{len(made)}", start, last))
    return made


@dataclass(frozen=True, slots=True)
class Loaded:
    """A segment with its dead rows, as one generation sees it."""

    segment: Segment
    dead: IdArray
    alive: npt.NDArray[np.bool_] | None


def load(segment: Segment, numbers: IdArray, passages: IdArray) -> Loaded:
    """Join a segment with the tombstones, given as document number and passages, ascending."""
    dead = segment.ranges(numbers, passages) if len(numbers) else np.empty(0, np.int64)
    return Loaded(segment, dead, _alive(len(segment), dead) if len(dead) else None)


def read_rows(connection: sqlite3.Connection) -> list[SegmentRow]:
    """The catalog's segments in the order of their chunks."""
    found: list[Any] = connection.execute(
        "SELECT name, first, last, rows, terms, files FROM segments ORDER BY first"
    ).fetchall()
    return [SegmentRow(*row) for row in found]
