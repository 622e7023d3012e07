"""The words of a text as lexical search sees them, for every script, with no word list.

Text is normalised first (:func:`rag.normalization.normalize`). Then, by script:

* Han and kana: each Han character, and each pair of neighbours; white space between two of them
  does not part them (newspaper columns break lines anywhere).
* Hangul: each word, and each pair of neighbours in it (particles cling to Korean nouns).
* Thai, Lao, Khmer, Burmese, Tibetan: each three neighbours, for nothing parts the words
  (Thai questions, recall@1: triples 88, pairs and triples 87, pairs 78).
* Arabic, Hebrew: each word, and each three neighbours in it, for articles and prepositions cling to
  the words (Arabic questions, recall@1: 68; words with a 5-letter prefix 58).
* Other letters with their marks: each word, and the first five letters of a longer one, which stand
  in for a stemmer.
* Digits: each run, apart from the letters around it.

Two forms of one definition: :func:`terms` gives strings and is the readable one;
:func:`term_keys` gives integer keys of many texts at once by array operations, which indexing needs
to keep pace with a static embedding model. A test holds them equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from rag.normalization import normalize, normalize_joined

__all__ = ["KEY_BITS", "TermKeys", "key_of", "term_keys", "terms"]

#: Keys are cut to this many bits, so that a key and a 20-bit chunk number sort as one integer. Ten
#: million different terms then share about three keys: that costs a rank somewhere, not an answer.
KEY_BITS = 44

PREFIX_LETTERS = 5

_OTHER, _SPACE, _DIGIT, _LETTER, _SEMITIC, _HANGUL, _UNSPACED, _HAN, _KANA = range(9)
_CLASSED = 0x40000  # above stand no letters, only marks that choose a glyph
_RANGES = (
    # (first, last, class) over the normalised text
    (0x4E00, 0x9FFF, _HAN),
    (0x3400, 0x4DBF, _HAN),
    (0x20000, 0x3FFFF, _HAN),
    (0xF900, 0xFAFF, _HAN),
    (0x2E80, 0x2FDF, _HAN),
    (0x3005, 0x3007, _HAN),
    (0x3041, 0x309F, _KANA),
    (0x30A1, 0x30FA, _KANA),
    (0x30FC, 0x30FF, _KANA),
    (0x31F0, 0x31FF, _KANA),
    (0xAC00, 0xD7A3, _HANGUL),
    (0x0E01, 0x0E3A, _UNSPACED),  # Thai
    (0x0E40, 0x0E4E, _UNSPACED),
    (0x0E81, 0x0ECE, _UNSPACED),  # Lao
    (0x0EDC, 0x0EDF, _UNSPACED),
    (0x0F40, 0x0FBC, _UNSPACED),  # Tibetan
    (0x1000, 0x103F, _UNSPACED),  # Burmese
    (0x1050, 0x108F, _UNSPACED),
    (0x1780, 0x17D3, _UNSPACED),  # Khmer
)


@lru_cache(maxsize=20_000)
def _class_of(character: str) -> int:
    code = ord(character)
    for first, last, kind in _RANGES:
        if first <= code <= last:
            return kind
    if code >= _CLASSED:
        return _OTHER
    category = unicodedata.category(character)
    if category == "Nd":
        return _DIGIT
    if category[0] in "LM":
        return _SEMITIC if 0x0590 <= code <= 0x06FF else _LETTER
    return _SPACE if character.isspace() else _OTHER


_UNMET = 255


@cache
def _class_table() -> npt.NDArray[np.uint8]:
    """The class of each code point met so far, *shape* (0x40000,). Threads that fill it write the same."""
    return np.full(_CLASSED, _UNMET, np.uint8)


def _classes(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """:func:`_class_of` each code point."""
    table = _class_table()
    capped = np.minimum(codes, _CLASSED - 1)
    kinds = table[capped]
    unmet = capped[kinds == _UNMET]
    if len(unmet):
        present = np.zeros(_CLASSED, np.bool_)
        present[unmet] = True
        new = np.flatnonzero(present)
        table[new] = [_class_of(chr(code)) for code in new.tolist()]
        kinds = table[capped]
    if codes.max() >= _CLASSED:
        kinds[codes >= _CLASSED] = _OTHER
    return kinds


def terms(text: str) -> list[str]:
    """All terms of a text, in no particular order, repeated as often as they occur.

    ``sorted(terms("2010年毕业")) == ["2010", "业", "年", "年毕", "毕", "毕业"]``; the empty text has none.
    """
    return list(_terms(text))


@lru_cache(maxsize=256)
def _terms(text: str) -> tuple[str, ...]:
    """Kept for a while: a question is asked for its terms by every stage."""
    found: list[str] = []
    for kind, run in _runs(normalize(text)):
        length = len(run)
        if (
            kind in (_DIGIT, _LETTER, _SEMITIC)
            or (kind == _HANGUL and length != 2)
            or (kind == _UNSPACED and length < 3)
        ):
            found.append(run)
        if kind == _LETTER and length > PREFIX_LETTERS:
            found.append(run[:PREFIX_LETTERS])
        if kind == _HAN:
            found.extend(character for character in run if _class_of(character) == _HAN)
        if kind in (_HAN, _HANGUL):
            found.extend(run[i : i + 2] for i in range(length - 1))
        if kind == _UNSPACED or (kind == _SEMITIC and length > 3):
            found.extend(run[i : i + 3] for i in range(length - 2))
    return tuple(found)


def _runs(text: str) -> list[tuple[int, str]]:
    """The normalised text cut into runs of one class; Han and kana make one run together."""
    runs: list[tuple[int, str]] = []
    start: list[str] = []
    kind, spaced = _OTHER, False
    for character in text:
        here = _class_of(character)
        if here == _SPACE:
            spaced = True
            continue
        if here == _KANA:
            here = _HAN
        if here != kind or here == _OTHER or (spaced and here != _HAN):
            if kind != _OTHER:
                runs.append((kind, "".join(start)))
            start, kind = [], here
        start.append(character)
        spaced = False
    if kind != _OTHER:
        runs.append((kind, "".join(start)))
    return runs


# A term's key is the sum of a pseudo-random number per (character, place), multiplied and cut.
# A sum can be taken over all runs at once; the place in it keeps "ab" and "ba" apart.
_MIX_1, _MIX_2, _FOLD = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_WORD = (1 << 64) - 1


def key_of(term: str) -> int:
    """The key of one term, below ``2**KEY_BITS``."""
    total = 0
    for place, character in enumerate(term):
        mixed = ((ord(character) + (place << 21)) * _MIX_1) & _WORD
        mixed = ((mixed ^ (mixed >> 29)) * _MIX_2) & _WORD
        total += mixed ^ (mixed >> 32)
    return ((total * _FOLD) & _WORD) >> (64 - KEY_BITS)


class TermKeys(NamedTuple):
    """The terms of many texts, in no particular order.

    *Shapes:* ``keys`` (n,) uint64, ``owners`` (n,) int64: which text the term stands in.
    """

    keys: npt.NDArray[np.uint64]
    owners: npt.NDArray[np.int64]


def term_keys(texts: Sequence[str]) -> TermKeys:
    """The keys of ``terms(text)`` of each text.

    Works through slices of some hundred thousand characters: smaller ones would fit a processor's
    cache, but then threads wait for each other more often.
    """
    keys: list[npt.NDArray[np.uint64]] = [np.empty(0, np.uint64)]
    owners: list[npt.NDArray[np.int64]] = [np.empty(0, np.int64)]
    gathered: list[str] = []
    first = size = 0
    for number, text in enumerate(texts):
        gathered.append(text)
        size += len(text)
        if size > 120_000 or number == len(texts) - 1:
            slice_keys, slice_owners = _slice_keys(gathered)
            keys.append(slice_keys)
            owners.append(slice_owners + first)
            first, size, gathered = number + 1, 0, []
    return TermKeys(np.concatenate(keys), np.concatenate(owners))


def _slice_keys(texts: list[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.int64]]:
    # A NUL ends each text: normalisation leaves none inside, and it belongs to no class.
    joined = normalize_joined(texts) + "\0"
    codes = np.frombuffer(joined.encode("utf-32-le"), np.uint32)
    ends = np.flatnonzero(codes == 0)
    kinds = _classes(codes)

    solid = np.flatnonzero(kinds != _SPACE)
    letters, kinds = codes[solid], kinds[solid]
    kana = kinds == _KANA
    kinds[kana] = _HAN
    begins = np.ones(len(letters), np.bool_)
    np.not_equal(kinds[1:], kinds[:-1], out=begins[1:])
    begins |= kinds == _OTHER
    spaced = np.flatnonzero(np.diff(solid, prepend=-1) > 1)
    begins[spaced[kinds[spaced] != _HAN]] = True

    starts = np.flatnonzero(begins)
    lengths = np.diff(starts, append=len(letters))
    run_kinds = kinds[starts]

    found: list[npt.NDArray[np.uint64]] = []
    places: list[npt.NDArray[np.int64]] = []

    is_han = kinds == _HAN
    paired = is_han | (kinds == _HANGUL)
    at_0, at_1 = _letter_keys(letters)
    han = np.flatnonzero(is_han & ~kana)
    found.append(at_0[han])
    places.append(han)

    joined_next = ~begins[1:]
    pairs = np.flatnonzero(joined_next & paired[1:])
    found.append(at_0[pairs] + at_1[pairs + 1])
    places.append(pairs)

    worded = (run_kinds == _DIGIT) | (run_kinds == _LETTER) | (run_kinds == _SEMITIC)
    worded |= (run_kinds == _HANGUL) & (lengths != 2)
    worded |= (run_kinds == _UNSPACED) & (lengths < 3)
    words = np.flatnonzero(worded)
    if len(words):
        wide = letters.astype(np.uint64)
        _add_words(wide, starts[words], lengths[words], run_kinds[words], found, places)

    tripled = (run_kinds == _UNSPACED) | ((run_kinds == _SEMITIC) & (lengths > 3))
    if tripled.any():
        inside = np.repeat(tripled, lengths)
        triples = np.flatnonzero(inside[2:] & joined_next[1:] & joined_next[:-1])
        last = _mixed(letters[triples + 2].astype(np.uint64), 2)
        found.append(at_0[triples] + at_1[triples + 1] + last)
        places.append(triples)

    sums = np.concatenate(found)
    sums *= np.uint64(_FOLD)
    sums >>= np.uint64(64 - KEY_BITS)
    # Each text's last solid character is its NUL: up to it all belongs to the text.
    owners = np.repeat(np.arange(len(texts)), np.diff(np.searchsorted(solid, ends), prepend=-1))
    return sums, owners[np.concatenate(places)]


@cache
def _basic_keys() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """:func:`_mixed` of the first 65,536 code points at the places 0 and 1."""
    codes = np.arange(0x10000, dtype=np.uint64)
    return _mixed(codes, 0), _mixed(codes, 1)


def _letter_keys(
    letters: npt.NDArray[np.uint32],
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """:func:`_mixed` of each letter at the places 0 and 1."""
    at_0, at_1 = _basic_keys()
    rare = np.flatnonzero(letters > 0xFFFF)
    if not len(rare):
        return at_0[letters], at_1[letters]
    low = letters & np.uint32(0xFFFF)
    found_0, found_1 = at_0[low], at_1[low]
    codes = letters[rare].astype(np.uint64)
    found_0[rare], found_1[rare] = _mixed(codes, 0), _mixed(codes, 1)
    return found_0, found_1


def _add_words(
    codes: npt.NDArray[np.uint64],
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
    kinds: npt.NDArray[np.uint8],
    found: list[npt.NDArray[np.uint64]],
    places: list[npt.NDArray[np.int64]],
) -> None:
    """Append the unfolded keys of whole runs, and of the prefixes of the long ones."""
    heads = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    within = np.arange(int(lengths.sum())) - np.repeat(heads, lengths)
    letters = _mixed(codes[within + np.repeat(starts, lengths)], within.astype(np.uint64))
    found.append(np.add.reduceat(letters, heads))
    places.append(starts)
    long = (lengths > PREFIX_LETTERS) & (kinds == _LETTER)
    if long.any():
        rows = heads[long][:, None] + np.arange(PREFIX_LETTERS)
        found.append(letters[rows].sum(axis=1, dtype=np.uint64))
        places.append(starts[long])


def _mixed(
    codes: npt.NDArray[np.uint64], place: int | npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    """A pseudo-random number for each (character, place); see :func:`key_of`."""
    mixed = codes + (np.asarray(place, np.uint64) << np.uint64(21))
    mixed *= np.uint64(_MIX_1)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(_MIX_2)
    mixed ^= mixed >> np.uint64(32)
    return mixed
