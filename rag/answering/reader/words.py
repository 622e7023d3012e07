"""English words whole, for the encoder: what the project's pieces cut apart, the English model has in one.

A quarter of the words of an encyclopedia are whole in the vocabulary of all-MiniLM-L6-v2 and several of the
project's pieces, whose embeddings together say less. So in an English text each word that the English model
knows takes the place of its pieces. The embeddings are coded by product quantisation (Jegou et al. 2011,
https://doi.org/10.1109/TPAMI.2010.57) after a rotation (Ge et al. 2013,
https://doi.org/10.1109/CVPR.2013.379); :mod:`rag.training.reader_words` makes the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from rag.answering.reader.pieces import Ints, PieceEncoding, Table, cut

__all__ = ["EnglishWords", "whole_words"]

Floats = npt.NDArray[np.float32]

_WORD = re.compile(r"[^\W\d_]+")


class EnglishWords:
    """Embeddings of English words, beside those of pieces: word ``n`` has the id ``len(table) + n``.

    Args:
        table: The embeddings of pieces.
        words: In lower case, without accents.
        codes: Of each word the entry of each part; *shape* (words, parts), uint8.
        entries: What the entries stand for; *shape* (parts, 256, dimension / parts).
        turn: Brings joined entries to the space of the table's rows; *shape* (dimension, dimension).
    """

    def __init__(
        self,
        table: Table,
        words: Sequence[str],
        codes: npt.NDArray[np.uint8],
        entries: Floats,
        turn: Floats,
    ) -> None:
        self._table = table
        self._numbers = {word: len(table) + number for number, word in enumerate(words)}
        self._codes = codes
        self._entries = entries
        self._turn = turn

    @classmethod
    def load(cls, path: Path, table: Table) -> EnglishWords:
        """Those of a file, for this table."""
        with np.load(path, allow_pickle=False) as stored:
            words = bytes(stored["words"]).decode("ascii").split()
            entries, turn = (stored[name].astype(np.float32) for name in ("entries", "turn"))
            return cls(table, words, stored["codes"], entries, turn)

    def __len__(self) -> int:
        """How many embeddings there are, of pieces and words."""
        return len(self._table) + len(self._codes)

    @property
    def width(self) -> int:
        """How many numbers an embedding has."""
        return self._table.width

    @property
    def marks(self) -> tuple[int, int]:
        """The ids of CLS and SEP."""
        return self._table.marks

    def number(self, word: str) -> int | None:
        """The id of a word in lower case, or None."""
        found = self._numbers.get(word)
        if found is None and not word.isascii():
            plain = (c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
            found = self._numbers.get("".join(plain))
        return found

    def __getitem__(self, ids: Ints) -> Floats:
        """Rows of some ids of pieces and words as floats."""
        first = len(self._table)
        words = ids >= first
        if not words.any():
            return self._table[ids]
        found = np.empty((len(ids), self.width), np.float32)
        found[~words] = self._table[ids[~words]]
        codes = self._codes[ids[words] - first]
        parts = self._entries[np.arange(codes.shape[1]), codes]
        found[words] = parts.reshape(len(codes), -1) @ self._turn
        return found


def whole_words(encoding: PieceEncoding, text: str, words: EnglishWords) -> Ints:
    """The ids of a *normalised* text: of its words that are known where it is English, else of its pieces."""
    # Imported late: only texts in other languages than Chinese come here.
    from rag.reading.languages import detect_language

    pieces = cut(encoding, text)
    if detect_language(text) != "en":
        return pieces.ids
    ids = pieces.ids.copy()
    kept = np.ones(len(ids), np.bool_)
    for word in _WORD.finditer(text):
        number = words.number(word.group())
        if number is None:
            continue
        first, last = np.searchsorted(pieces.starts, word.span())
        # Its pieces begin and end with the word, but for accents that are marks by themselves.
        if (pieces.starts[first], pieces.ends[last - 1]) == word.span():
            ids[first] = number
            kept[first + 1 : last] = False
    return ids[kept]
