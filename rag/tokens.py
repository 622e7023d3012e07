"""Tokens: the project's own byte-level BPE, and a count that never waits for a network.

The vocabulary of 65,536 pieces is shared by the bundled embedding model, the bundled reader and the
counting of tokens. It is also a tiktoken encoding: ``tiktoken.get_encoding("rag64k")``. It was
trained on text as :mod:`rag.normalization` leaves it and is meant to be given such text.
"""

from __future__ import annotations

import hashlib
import os
import struct
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.normalization import normalize, normalize_joined

if TYPE_CHECKING:
    import numpy as np
    import tiktoken
    from numpy.typing import NDArray

__all__ = [
    "PATTERN",
    "SPECIAL_PIECES",
    "VOCABULARY_SIZE",
    "count_tokens",
    "encode_batch",
    "encode_joined",
    "get_encoding",
    "merges_path",
    "rag64k",
]

#: How text is cut before pieces are merged. Valid, with one meaning, for tiktoken and for the
#: Hugging Face ``tokenizers``: the particles 的 and 了 alone, so that no piece of a noun ends in
#: them; Han, Hiragana and Katakana runs; up to four digits; other letters with their marks,
#: without the space before them, so that a word has one form everywhere; white space; single
#: symbols.
PATTERN = (
    r"[的了]|[\p{Han}&&[^的了]]+|\p{Hiragana}+|[\p{Katakana}ー]+|\p{N}{1,4}"
    r"|[\p{L}\p{M}&&[^\p{Han}\p{Hiragana}\p{Katakana}]]+|\s+|[^\s\p{L}\p{M}\p{N}]"
)

VOCABULARY_SIZE = 65_536

#: Characters from which on it is worth the while to make the tables of :mod:`rag.han_pieces`.
_MUCH = 150_000
_SLAB = 500_000

#: The last ids of the vocabulary, in this order. No text ever becomes one of them.
SPECIAL_PIECES = (
    "[PAD]",
    "[CLS]",
    "[SEP]",
    "[UNK]",
    "[MASK]",
    *(f"[unused{number}]" for number in range(8)),
)

#: sha256 of the tables that tiktoken itself would fetch. One that is cached and intact loads
#: without a network.
_FETCHED = {
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
}


def count_tokens(text: str, encoding: str = "rag") -> int:
    """How many tokens ``text`` has.

    Args:
        text: Any text; lone surrogates are counted as one replacement character each.
        encoding: ``"rag"`` counts the project's own pieces of the normalised text. The name of a
            tiktoken encoding or of an OpenAI model counts that encoding's tokens when its table
            lies in tiktoken's cache, and else the own pieces as well. Nothing is ever fetched.
    """
    chosen = get_encoding(encoding)
    return len(chosen.encode_ordinary(normalize(text) if chosen.name == "rag64k" else text))


def encode_batch(texts: Sequence[str], *, threads: int = 1) -> list[list[int]]:
    """The ids of the project's own pieces for each of ``texts``, after normalisation."""
    own = get_encoding("rag")
    if threads > 1 and len(texts) > 1:
        return own.encode_ordinary_batch([normalize(text) for text in texts], num_threads=threads)
    return [own.encode_ordinary(normalize(text)) for text in texts]


def encode_joined(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """The ids of many texts by one call, without a Python object for every piece.

    Returns:
        ``ids`` and ``offsets``: text ``n`` has the pieces ``ids[offsets[n]:offsets[n + 1]]``, after
        normalisation; *Shapes:* (pieces,) and (len(texts) + 1,).
    """
    import numpy as np

    joined = normalize_joined(texts)
    offsets = np.zeros(len(texts) + 1, np.int64)
    if texts and len(joined) >= _MUCH and _is_chinese(joined):
        from rag.han_pieces import encode_han

        parts = [encode_han(slab) for slab in _slabs(joined)]
        before = np.cumsum([0, *(len(ids) for ids, _ in parts)])
        offsets[1:] = np.concatenate(
            [ends + first for (_, ends), first in zip(parts, before, strict=False)]
        )
        return np.concatenate([ids for ids, _ in parts]), offsets
    # A NUL is always a piece of its own, of id 0, and normalised text holds none.
    ids = get_encoding("rag").encode_to_numpy(joined, disallowed_special=())
    ends = np.flatnonzero(ids == 0) - np.arange(max(0, len(texts) - 1))
    kept = ids[ids != 0]
    offsets[1:-1] = ends
    offsets[len(texts) :] = len(kept)
    return kept, offsets


def _slabs(joined: str) -> Iterator[str]:
    """Texts that NULs part, so many characters together that the arrays over them stay small."""
    start = 0
    while len(joined) - start > _SLAB and (end := joined.find("\0", start + _SLAB)) >= 0:
        yield joined[start:end]
        start = end + 1
    yield joined[start:]


def _is_chinese(text: str) -> bool:
    """Whether a third of a long text or more is Chinese characters."""
    some = text[:: max(1, len(text) // 1000)]
    return sum("\u3400" <= character <= "\u9fff" for character in some) * 3 >= len(some)


@cache
def get_encoding(name: str = "rag") -> tiktoken.Encoding:
    """The tiktoken encoding ``name`` if it can be had without a network, else the project's own."""
    import tiktoken

    if name == "rag64k":
        return get_encoding("rag")
    if name == "rag":
        return tiktoken.Encoding(**rag64k())
    with suppress(KeyError):
        name = tiktoken.encoding_name_for_model(name)
    return tiktoken.get_encoding(name) if _is_cached(name) else get_encoding("rag")


def merges_path() -> Path:
    """The file of merges: pairs of little-endian 16-bit ids; pair ``n`` makes piece 256 + n."""
    return Path(__file__).parent / "data" / "rag64k.merges"


def rag64k() -> dict[str, Any]:
    """What ``tiktoken.Encoding`` needs to be told about the project's own encoding."""
    content = merges_path().read_bytes()
    pieces = [bytes([value]) for value in range(256)]
    append = pieces.append
    for left, right in struct.iter_unpack("<HH", content):
        append(pieces[left] + pieces[right])
    return {
        "name": "rag64k",
        "pat_str": PATTERN,
        "mergeable_ranks": dict(zip(pieces, range(len(pieces)), strict=True)),
        # tiktoken refuses text that spells a special token, and documents may spell anything.
        "special_tokens": {},
    }


def _is_cached(name: str) -> bool:
    """Whether tiktoken has the table of ``name``, intact: else it would remove and fetch it."""
    if name not in _FETCHED:
        return False
    directory = os.environ.get("TIKTOKEN_CACHE_DIR", os.environ.get("DATA_GYM_CACHE_DIR"))
    if directory is None:
        directory = str(Path(tempfile.gettempdir()) / "data-gym-cache")
    if not directory:
        return False
    address = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
    path = Path(directory) / hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == _FETCHED[name]
    except OSError:
        return False
