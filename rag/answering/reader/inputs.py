"""The inputs of the reader's network: question, sentence and surroundings, with how they match."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.reader.pieces import (
    Embeddings,
    Ints,
    PieceEncoding,
    Pieces,
    Table,
    cut,
    unit,
)
from rag.answering.reader.spelling import Spelling, spelled_alike, spelling

__all__ = [
    "CONTEXT",
    "FEATURES",
    "QUESTION",
    "SENTENCE",
    "WINDOW",
    "Example",
    "batches_by_length",
    "build_example",
    "pad",
    "prepare_question",
]

Floats = npt.NDArray[np.float32]

QUESTION, CONTEXT, SENTENCE = 0, 1, 2
# Spelled alike, partly alike, alike in meaning: by the sentence (or question), by the context; rarity.
FEATURES = 7
MAX_QUESTION, MAX_SENTENCE = 40, 100  # pieces
MAX_BEFORE_HEAD, MAX_BEFORE_TAIL, MAX_AFTER = 16, 12, 6  # pieces of context kept
_BATCH_PIECES = 200  # padded pieces that go through the network at once

#: What a reader sees of a sentence and around it; stored with the weights that learned from it.
WINDOW = {
    "question": MAX_QUESTION,
    "sentence": MAX_SENTENCE,
    "head": MAX_BEFORE_HEAD,
    "before": MAX_BEFORE_TAIL,
    "after": MAX_AFTER,
}


@dataclass(frozen=True, slots=True)
class Example:
    """One input of the network, unpadded; ``first`` is the position of the sentence's first piece."""

    ids: Ints
    segments: Ints
    features: Floats
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Question:
    """A question cut into pieces, to be compared with many candidates."""

    pieces: Pieces
    spelling: Spelling
    unit_rows: Floats


def prepare_question(encoding: PieceEncoding, table: Table, question: str) -> Question:
    """Cut a *normalised* question. Of a long one the head and the tail are kept."""
    pieces = _ends_kept(cut(encoding, question), MAX_QUESTION // 2, MAX_QUESTION // 2)
    return Question(pieces, spelling(question), unit(table[pieces.ids]))


def _ends_kept(pieces: Pieces, head: int, tail: int) -> Pieces:
    if len(pieces.ids) <= head + tail:
        return pieces
    keep = np.r_[0:head, len(pieces.ids) - tail : len(pieces.ids)]
    return Pieces(pieces.text, pieces.ids[keep], pieces.starts[keep], pieces.ends[keep])


def build_example(
    question: Question,
    sentence: Pieces,
    before: Pieces,
    after: Pieces,
    table: Table,
) -> Example:
    """CLS question SEP before sentence after SEP, with segments and match features.

    The features of a question piece say how the sentence (first three) and the context (last three)
    match it; those of a sentence or context piece how the question does (first three).
    """
    sentence = sentence.part(0, MAX_SENTENCE)
    before = _ends_kept(before, MAX_BEFORE_HEAD, MAX_BEFORE_TAIL)
    after = after.part(0, MAX_AFTER)
    q, b, s, a = (len(p.ids) for p in (question.pieces, before, sentence, after))
    cls, sep = table.marks
    ids = np.concatenate(
        [[cls], question.pieces.ids, [sep], before.ids, sentence.ids, after.ids, [sep]]
    ).astype(np.int32)
    first = q + 2 + b
    segments = np.zeros(len(ids), np.int32)
    segments[q + 2 : -1] = CONTEXT
    segments[first : first + s] = SENTENCE
    features = np.zeros((len(ids), FEATURES), np.float32)
    asked = slice(1, q + 1)
    told = slice(first, first + s)
    told_spelling = spelling(sentence.text)
    features[asked, 0:2] = spelled_alike(question.spelling, told_spelling, question.pieces)
    features[told, 0:2] = spelled_alike(told_spelling, question.spelling, sentence)
    parts = [(before, q + 2), (after, first + s)]
    for part, position in parts:
        if len(part.ids):
            part_spelling = spelling(part.text)
            seen = spelled_alike(question.spelling, part_spelling, question.pieces)
            features[asked, 3:5] = np.maximum(features[asked, 3:5], seen)
            features[position : position + len(part.ids), 0:2] = spelled_alike(
                part_spelling, question.spelling, part
            )
    # Pieces are numbered by how often they were merged: the later, the rarer.
    features[:, 6] = (np.log1p(ids) / np.log(len(table.rows))) ** 3
    features[[0, q + 1, -1], 6] = 0
    if q and b + s + a:
        cosines = question.unit_rows @ unit(table[ids[q + 2 : -1]]).T
        features[q + 2 : -1, 2] = cosines.max(axis=0)
        if s:
            features[asked, 2] = cosines[:, b : b + s].max(axis=1)
        if b + a:
            features[asked, 5] = np.delete(cosines, np.s_[b : b + s], axis=1).max(axis=1)
    return Example(ids, segments, features, first, s)


def pad(examples: Sequence[Example], table: Embeddings) -> dict[str, Any]:
    """The network's inputs for some examples, padded to the longest."""
    width = max(len(example.ids) for example in examples)
    shape = (len(examples), width)
    rows = np.zeros((*shape, table.width), np.float32)
    segments = np.zeros(shape, np.int64)
    features = np.zeros((*shape, FEATURES), np.float32)
    mask = np.zeros(shape, np.float32)
    for i, example in enumerate(examples):
        length = len(example.ids)
        rows[i, :length] = table[example.ids]
        segments[i, :length] = example.segments
        features[i, :length] = example.features
        mask[i, :length] = 1
    return {"rows": rows, "segments": segments, "features": features, "mask": mask}


def batches_by_length(lengths: Sequence[int]) -> list[list[int]]:
    """Indices grouped by similar length, each group at most ``_BATCH_PIECES`` when padded."""
    batches: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if not batches or (len(batches[-1]) + 1) * lengths[i] > _BATCH_PIECES:
            batches.append([])
        batches[-1].append(i)
    return batches
