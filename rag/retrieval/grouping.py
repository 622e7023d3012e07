"""One slot for passages that say the same: near-identical ones share it, all their sources named."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.index import StoredChunk
from rag.normalization import normalize

__all__ = ["group", "resemblance"]

_SHINGLE = 6
#: Share of the smaller text's shingles found in the other from which two passages are one. Wire stories
#: reprinted with another headline reach 0.9; two reports of one event stay below 0.5.
SAME = 0.8
#: Share of the shorter span from which two chunks of one document overlap needlessly.
OVERLAP = 0.5


@lru_cache(maxsize=4096)
def _shingles(text: str) -> frozenset[str]:
    letters = "".join(character for character in normalize(text) if character.isalnum())
    if len(letters) <= _SHINGLE:
        return frozenset({letters})
    return frozenset(letters[i : i + _SHINGLE] for i in range(len(letters) - _SHINGLE + 1))


def resemblance(one: str, other: str) -> float:
    """Shared character shingles over those of the smaller text, in [0, 1].

    Texts of very different lengths do not resemble each other, even where one holds the other: the
    longer one says more.
    """
    a, b = _shingles(one), _shingles(other)
    small, large = (a, b) if len(a) <= len(b) else (b, a)
    if not small or len(small) * 2 < len(large):
        return 0.0
    return len(small & large) / len(small)


def group(chunks: Sequence[StoredChunk], limit: int) -> list[tuple[int, list[int]]]:
    """Indices of the passages to show, best first, each with those that share its slot.

    Args:
        chunks: Best first.
        limit: How many slots there are.
    """
    slots: list[tuple[int, list[int]]] = []
    for index, chunk in enumerate(chunks):
        for first, others in slots:
            shown = chunks[first]
            if chunk.document_id == shown.document_id:
                shared = min(chunk.end, shown.end) - max(chunk.start, shown.start)
                if shared > OVERLAP * min(chunk.end - chunk.start, shown.end - shown.start):
                    break
            elif resemblance(chunk.text, shown.text) >= SAME:
                others.append(index)
                break
        else:
            if len(slots) < limit:
                slots.append((index, []))
            elif index >= 4 * limit:
                break
    return slots
