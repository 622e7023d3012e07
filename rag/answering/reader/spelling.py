"""How far the pieces of one text stand in another, by spelling."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt

from rag.answering.reader.pieces import Pieces

__all__ = ["Spelling", "spelled_alike", "spelling"]

Floats = npt.NDArray[np.float32]

# Numbers; runs of scripts written without spaces (Han, kana, Hangul for its particles), Thai and
# its neighbours; everything else word by word, with the combining marks of Indic scripts.
_UNITS = re.compile(
    "([0-9]+(?:[.,][0-9]+)*)"
    "|([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\U00020000-\U0003134f]+)"
    "|([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]+)"
    "|((?:[^\\W\\d_]|[\u0300-\u036f\u0900-\u0dff])+)"
)
_PREFIX = 5  # letters by which longer words are compared


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a text can be matched by: whole units (strong) and single characters of Han runs (weak)."""

    text: str
    strong: frozenset[str]
    weak: frozenset[str]
    units: tuple[tuple[int, int, str], ...]  # start, end, key ("" for a run compared by its parts)


@lru_cache(maxsize=4096)
def spelling(text: str) -> Spelling:
    """The units of a normalised text."""
    strong: set[str] = set()
    weak: set[str] = set()
    units: list[tuple[int, int, str]] = []
    for match in _UNITS.finditer(text):
        word, start, end = match.group(), match.start(), match.end()
        if match.lastindex == 2 and len(word) > 1:
            strong.update(word[i : i + 2] for i in range(len(word) - 1))
            weak.update(word)
            units.append((start, end, ""))
        elif match.lastindex == 3 and len(word) > 3:
            strong.update(word[i : i + 4] for i in range(len(word) - 3))
            units.append((start, end, "4"))
        else:
            if match.lastindex == 2:
                weak.add(word)
            elif match.lastindex == 4:
                word = word[:_PREFIX]
            strong.add(word)
            units.append((start, end, word))
    return Spelling(text, frozenset(strong), frozenset(weak), tuple(units))


def spelled_alike(text: Spelling, other: Spelling, pieces: Pieces) -> Floats:
    """How much of each piece of ``text`` stands in ``other``: shape (pieces, 2), strongly and weakly."""
    length = len(text.text)
    strong = bytearray(length)
    weak = bytearray(length)
    source = text.text
    for start, end, key in text.units:
        if key == "":
            for i in range(start, end - 1):
                if source[i : i + 2] in other.strong:
                    strong[i] = strong[i + 1] = 1
            for i in range(start, end):
                if source[i] in other.weak:
                    weak[i] = 1
        elif key == "4":
            for i in range(start, end - 3):
                if source[i : i + 4] in other.strong:
                    strong[i] = strong[i + 1] = strong[i + 2] = strong[i + 3] = 1
        elif key in other.strong or key in other.weak:
            strong[start:end] = weak[start:end] = b"\x01" * (end - start)
    sums = np.zeros((length + 1, 2), np.int32)
    sums[1:, 0] = np.cumsum(np.frombuffer(strong, np.uint8))
    sums[1:, 1] = np.cumsum(np.frombuffer(weak, np.uint8))
    width = np.maximum(pieces.ends - pieces.starts, 1)[:, None]
    return cast("Floats", ((sums[pieces.ends] - sums[pieces.starts]) / width).astype(np.float32))
