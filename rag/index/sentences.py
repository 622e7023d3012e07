"""The sentences of one segment's passages in pieces, so that a query need not read and cut their texts.

* ``pieces.npy`` (p,) uint16: the pieces that carry meaning, sentence by sentence;
* ``sentences.npy`` (s,): where a sentence's pieces end, and the length of the sum of their vectors;
* ``passages.npy`` (n,) uint32: where the sentences of each row end.

About 400 bytes a passage. A model over other pieces than the project's own has no such files, and a
query then embeds the sentences of its candidates.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.embedding.protocol import PieceEmbedder, SentencePieces, knows_pieces
from rag.index.arrays import map_array, ranges, write_array, write_pieces

__all__ = ["FILES", "SentenceRows", "merge_sentences", "sentence_maker", "write_sentences"]

FILES = ("pieces.npy", "sentences.npy", "passages.npy")

_SENTENCE = np.dtype([("end", "<u4"), ("norm", "<f4")])
IdArray = npt.NDArray[np.int64]
#: A document's text, metadata (JSON) and the spans of its chunks to the sentences of each chunk.
SentenceMaker = Callable[[str, str, Sequence[tuple[int, int]]], list[SentencePieces]]


def write_sentences(folder: Path, passages: Sequence[SentencePieces]) -> None:
    """Write the files of a new segment, one entry for each of its rows."""
    joined = SentencePieces.joined(passages)
    counts = np.array([len(passage.ends) for passage in passages], np.int64)
    _write(folder, [joined.ids], joined, counts)


def _write(
    folder: Path,
    pieces: Iterator[npt.NDArray[np.uint16]] | Sequence[npt.NDArray[np.uint16]],
    sentences: SentencePieces,
    counts: IdArray,
) -> None:
    table = np.empty(len(sentences.ends), _SENTENCE)
    table["end"], table["norm"] = sentences.ends, sentences.norms
    write_pieces(folder / FILES[0], pieces, np.uint16)
    write_array(folder / FILES[1], table)
    write_array(folder / FILES[2], np.cumsum(counts).astype(np.uint32))


#: The names of static models begin so; every other one is told without loading the bundled model.
_STATIC = "rag-static"


def sentence_maker(connection: sqlite3.Connection) -> SentenceMaker | None:
    """What makes the sentences of a stored document's chunks anew; None without the index's model.

    The bundled model alone is at hand by its name; an index of another one goes on without.
    """
    from rag.embedding.loading import load_embedder
    from rag.errors import EmbeddingModelError

    found = connection.execute("SELECT value FROM meta WHERE key = 'model'").fetchone()
    if found is None or not found[0].startswith(_STATIC):
        return None
    try:
        embedder = load_embedder("bundled")
    except EmbeddingModelError:
        return None
    if found[0] != embedder.name or not knows_pieces(embedder):
        return None
    return partial(_made_again, embedder)


def _made_again(
    embedder: PieceEmbedder, text: str, metadata: str, spans: Sequence[tuple[int, int]]
) -> list[SentencePieces]:
    """The sentences of a document's chunks, as they were when it was put."""
    from rag.chunking import measure_chunks, passage_pieces
    from rag.records import Document

    document = Document(id="", source="", text=text, metadata=json.loads(metadata))
    made = passage_pieces(
        measure_chunks([document], [spans]),
        [[text[start:end] for start, end in spans]],
        [[""] * len(spans)],
    )
    _, sentences = embedder.embed_groups(made.ids, made.offsets, made.members, made.ends)
    return [sentences.part(*found) for found in made.ranges]


class SentenceRows:
    """The files of one segment, open for reading.

    Raises:
        OSError, ValueError: A file is missing, torn, or does not fit the others.
    """

    def __init__(self, folder: Path, rows: int) -> None:
        self._pieces, self._sentences, self._passages = (map_array(folder / n) for n in FILES)
        ends = [len(self._pieces), len(self._sentences)]
        if (
            self._sentences.dtype != _SENTENCE
            or len(self._passages) != rows
            or ends != [_last(self._sentences["end"]), _last(self._passages)]
        ):
            raise ValueError(f"{folder}: the files of the sentences do not fit each other")

    def take(self, rows: IdArray) -> tuple[SentencePieces, IdArray]:
        """The sentences of these rows, one row after another, and how many each row has."""
        firsts = _before(self._passages, rows)
        counts = self._passages[rows].astype(np.int64) - firsts
        places = ranges(firsts, counts)
        table = self._sentences[places]
        starts = _before(self._sentences["end"], places)
        sizes = table["end"].astype(np.int64) - starts
        pieces = self._pieces[ranges(starts, sizes)]
        return SentencePieces(pieces, np.cumsum(sizes), table["norm"]), counts

    def tables(self) -> tuple[IdArray, IdArray, npt.NDArray[np.float32]]:
        """Sentences of each row, pieces of each sentence, and their norms."""
        return (
            _differences(self._passages),
            _differences(self._sentences["end"]),
            np.asarray(self._sentences["norm"]),
        )

    def pieces(
        self, kept: npt.NDArray[np.bool_], sizes: IdArray
    ) -> Iterator[npt.NDArray[np.uint16]]:
        """The pieces of the sentences of a mask, some megabytes at a time.

        Args:
            kept: (s,) the sentences.
            sizes: Pieces of each sentence.
        """
        ends = np.cumsum(sizes)
        step = 1 << 16
        for first in range(0, len(sizes), step):
            last = min(first + step, len(sizes))
            start = int(ends[first - 1]) if first else 0
            some = self._pieces[start : int(ends[last - 1])]
            inside = kept[first:last]
            yield some if inside.all() else some[np.repeat(inside, sizes[first:last])]


def _differences(ends: npt.NDArray[np.uint32]) -> IdArray:
    wide = np.concatenate(([0], ends)).astype(np.int64)
    return wide[1:] - wide[:-1]


def _before(ends: npt.NDArray[np.uint32], places: IdArray) -> IdArray:
    """Where each of these begins: the end of the one before it."""
    return np.where(places > 0, ends[places - 1], 0).astype(np.int64)


def _last(ends: npt.NDArray[np.uint32]) -> int:
    return int(ends[-1]) if len(ends) else 0


def merge_sentences(
    folder: Path,
    segments: Sequence[SentenceRows | None],
    alive: Sequence[npt.NDArray[np.bool_]],
) -> None:
    """Write the files of one segment with the living rows of several; one without files has none.

    Args:
        folder: Where.
        segments: In the order of their rows.
        alive: For each segment which of its rows live.
    """
    if not any(segments):
        return
    counts: list[IdArray] = []
    lengths: list[IdArray] = []
    norms: list[npt.NDArray[np.float32]] = []
    kept: list[tuple[SentenceRows, npt.NDArray[np.bool_], IdArray]] = []
    for segment, mask in zip(segments, alive, strict=True):
        if segment is None:
            counts.append(np.zeros(int(mask.sum()), np.int64))
            continue
        here, sizes, tones = segment.tables()
        inside = np.repeat(mask, here)
        counts.append(here[mask])
        lengths.append(sizes[inside])
        norms.append(tones[inside])
        kept.append((segment, inside, sizes))
    _write(
        folder,
        (piece for segment, inside, sizes in kept for piece in segment.pieces(inside, sizes)),
        SentencePieces(
            np.empty(0, np.uint16), np.cumsum(np.concatenate(lengths)), np.concatenate(norms)
        ),
        np.concatenate(counts),
    )
