"""One spelling for every text that is compared: width, case, script and invisible characters.

Searching, embedding and token counting see ``normalize(text)``; what is shown and cited is always
the stored text. :func:`normalize_with_offsets` leads from the normalised characters back to it.

The steps, in this order:

1. Unicode NFKC (full width to half width, ligatures, compatibility forms).
2. Lower case.
3. One table: Traditional to Simplified Chinese characters (OpenCC), final sigma, accents of Greek,
the
   dotted and dotless i of Turkish, the variants of Arabic letters (as in Lucene's Arabic
   normalisation), curly quotation marks and dashes; vowel points of Arabic and Hebrew, soft
   hyphens and zero-width characters vanish; control characters become spaces and lone surrogates
   U+FFFD.

White space is kept as it is. Kana and Hangul are kept; kanji with a Simplified form take it, on
both sides of every comparison.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = [
    "TRANSLATION",
    "normalize",
    "normalize_joined",
    "normalize_with_offsets",
    "source_span",
]

_FOLDED = {
    "ς": "σ",
    **dict(zip("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ", strict=True)),
    "ё": "е",
    "ı": "i",
    **dict(zip("أإآٱىیکة", "ااااييكه", strict=True)),
    **dict(zip("‘’ʼ“”‐‒–—―−", "'''\"\"------", strict=True)),
}
_DROPPED = [
    0x00AD,  # soft hyphen
    0x0307,  # combining dot above: what lower case leaves of the Turkish İ
    *range(0x0591, 0x05BE),  # Hebrew accents and points
    *(0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7),
    0x0640,  # Arabic tatweel
    *range(0x064B, 0x0653),  # Arabic vowel points
    0x0670,
    *range(0x200B, 0x2010),  # zero-width space and joiners, direction marks
    *range(0x202A, 0x202F),  # direction embeddings
    *range(0x2060, 0x2070),  # word joiner, direction isolates
    *(0xFE0E, 0xFE0F, 0xFEFF),  # variation selectors of emoji, byte order mark
]
_CONTROLS = [c for c in (*range(0x20), *range(0x7F, 0xA0)) if c not in (0x09, 0x0A, 0x0D)]


def _translation() -> dict[int, str]:
    """The table of step 3: code point to replacement (one character, or nothing)."""
    path = Path(__file__).parent / "data" / "traditional_to_simplified.txt"
    lines = path.read_text(encoding="utf-8").split("\n")
    traditional, simplified = (line for line in lines if line and not line.startswith("#"))
    table = dict(zip(map(ord, traditional), simplified, strict=True))
    table.update((ord(source), target) for source, target in _FOLDED.items())
    table.update(dict.fromkeys(_DROPPED, ""))
    table.update(dict.fromkeys(_CONTROLS, " "))
    table.update(dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"))
    return table


#: The table of step 3, applied after NFKC and lower case.
TRANSLATION: dict[int, str] = _translation()


def normalize(text: str) -> str:
    """The one spelling of ``text`` that is searched and embedded.

    ``normalize("ＡＢＣ 臺灣的鐵路") == "abc 台湾的铁路"``. The empty text stays empty; the result
    can always be encoded as UTF-8.
    """
    if text.isascii() and text.isprintable():
        return text.lower()
    return unicodedata.normalize("NFKC", text).lower().translate(TRANSLATION)


def normalize_joined(texts: Sequence[str]) -> str:
    r"""``"\0".join(map(normalize, texts))``, several times faster for many or long texts.

    Normalised text never holds a NUL, so the parts can be told apart again.
    """
    joined = "\0".join(texts)
    if len(joined) < _BULK or joined.count("\0") != len(texts) - 1:
        return "\0".join(map(normalize, texts))
    import numpy as np

    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    normalised = _single_characters(np.minimum(codes, _BASIC_PLANE))
    hard = np.flatnonzero(normalised == _HARD)
    plain: bytes = normalised.tobytes()
    if not len(hard):
        return plain.decode("utf-32-le")
    # Runs of what the table does not tell, each with the character before, which it may compose.
    breaks = np.flatnonzero(np.diff(hard) > 1)
    starts = hard[np.concatenate(([0], breaks + 1))].tolist()
    ends = (hard[np.concatenate((breaks, [len(hard) - 1]))] + 1).tolist()
    pieces: list[str] = []
    done = 0
    for first, end in zip(starts, ends, strict=True):
        start = max(done, first - (first > 0 and joined[first - 1] != "\0"))
        pieces.append(plain[4 * done : 4 * start].decode("utf-32-le"))
        pieces.append(normalize(joined[start:end]))
        done = end
    pieces.append(plain[4 * done :].decode("utf-32-le"))
    return "".join(pieces)


#: Below so many characters the texts are as fast one by one.
_BULK = 20_000
_BASIC_PLANE = 0x10000
#: Marks in the table what one character for one cannot express, and what has not been met; no code points.
_HARD, _NEW = 0xFFFFFFFF, 0xFFFFFFFE


def _single_characters(codes: Any) -> Any:
    """The code point that each becomes wherever it stands, or _HARD; of codes up to _BASIC_PLANE.

    The table is filled as characters are met: a text has a few thousand of them.
    """
    import numpy as np

    table = _table()
    found = table[codes]
    unknown = np.flatnonzero(found == _NEW)
    if not len(unknown):
        return found
    present = np.zeros(_BASIC_PLANE, np.bool_)
    present[codes[unknown]] = True
    new = np.flatnonzero(present)
    # A line break keeps its neighbours apart, and no other character becomes one.
    becomes = normalize("\n".join(map(chr, new.tolist()))).split("\n")
    table[new] = [
        ord(result) if len(result) == 1 and _begins_group(chr(code)) else _HARD
        for code, result in zip(new.tolist(), becomes, strict=True)
    ]
    found[unknown] = table[codes[unknown]]
    return found


@cache
def _table() -> Any:
    """What is known so far: *shape* (0x10001,) uint32. Threads that fill it write the same."""
    import numpy as np

    table = np.full(_BASIC_PLANE + 1, _NEW, np.uint32)
    table[_BASIC_PLANE] = _HARD
    table[0], table[ord("\n")] = 0, ord("\n")
    return table


def normalize_with_offsets(text: str) -> tuple[str, list[int]]:
    """``normalize(text)`` and the offset in ``text`` that each of its characters came from.

    Returns:
        The normalised text and ``len(normalised) + 1`` offsets, never falling; the last is
        ``len(text)``. Characters that a composed group became ("㈱" is "(株)") all carry the
        group's first offset. Use :func:`source_span` to go from a normalised span to one of the
        source.
    """
    if text.isascii() or _is_simple(text):
        lowered = text.lower()
        normalised = lowered.translate(TRANSLATION)
        if len(normalised) == len(text):
            return normalised, list(range(len(text) + 1))
    starts = [
        offset for offset, character in enumerate(text) if offset == 0 or _starts_group(character)
    ]
    pieces: list[str] = []
    offsets: list[int] = []
    for start, end in pairwise([*starts, len(text)]):
        piece = _normalize_group(text[start:end])
        pieces.append(piece)
        offsets.extend([start] * len(piece))
    offsets.append(len(text))
    return "".join(pieces), offsets


def source_span(offsets: list[int], start: int, end: int) -> tuple[int, int]:
    """The source characters behind the normalised characters ``start`` to ``end`` (end exclusive).

    ``offsets`` is what :func:`normalize_with_offsets` gave. A group that was composed into one
    character, or from which several came, is taken whole. An empty span gives an empty span.
    """
    if end <= start:
        return offsets[start], offsets[start]
    last = offsets[end - 1]
    while end < len(offsets) - 1 and offsets[end] == last:
        end += 1
    return offsets[start], offsets[end]


def _is_simple(text: str) -> bool:
    """Whether every character stands for itself under NFKC and lower case keeps the length."""
    return unicodedata.is_normalized("NFKC", text) and len(text.lower()) == len(text)


@cache
def _starts_group(character: str) -> bool:
    return _begins_group(character)


def _begins_group(character: str) -> bool:
    """Whether NFKC can never join ``character`` to the one before it."""
    first = unicodedata.normalize("NFKD", character)[0]
    vowel_or_final_jamo = "\u1160" <= first <= "\u11ff"
    return not (vowel_or_final_jamo or unicodedata.category(first).startswith("M"))


# Bounded: a group may carry any number of combining marks.
_normalize_group = lru_cache(maxsize=20_000)(normalize)
