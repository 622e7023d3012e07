"""The pieces of much Chinese text by array operations: what tiktoken gives, in half of its time.

Cutting text into pieces takes most of the time of indexing with the bundled model. Tiktoken goes
through each run of Chinese characters byte by byte and merges the pair of the lowest rank, again and
again. Here all runs are merged at once, from characters on, which is the same where

* no piece holds a part of a character and something of its neighbour, so that the bytes of each come
  together whatever stands beside it; and
* a run is cut wherever no piece of the vocabulary holds both neighbours, which nothing can bridge.

Runs of which that is not true, and all other text but single marks, still go through tiktoken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.tokens import get_encoding, rag64k

__all__ = ["encode_han"]

_Ids = NDArray[np.uint32]
_Mask = NDArray[np.bool_]

# Characters by what becomes of them. A NUL parts the texts; a rare character is more than one piece,
# and goes to tiktoken by itself; a strange one takes with it the run of Chinese that it stands in.
_OTHER, _MARK, _PLAIN, _RARE, _STRANGE, _END = range(6)
_COMMON = 0x10000
_HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))
#: These may be of the script Han as well, within whose runs pieces are merged.
_PERHAPS_HAN = (
    (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x3029), (0x3038, 0x303B), (0xF900, 0xFAFF),
)  # fmt: skip
_BEYOND = 0x16FE0  # and so may all above
_ALONE = "的了"  # each a piece of its own, see rag.tokens.PATTERN
_MARKS = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~·—‘’“”…、。〈〉《》「」『』【】〔〕"
#: Above every id: no such piece.
_NONE = np.uint32(0xFFFFFFFF)
_SLOT_BITS = 18
_SPREAD = np.uint32(0x9E3779B1)


@dataclass(frozen=True, slots=True)
class _Table:
    """What the vocabulary says about Chinese characters.

    *Shapes:* ``kinds`` and ``ids`` (65,536,): kind and piece of each character; ``tails`` and ``heads``
    (65,536,): the last six bits of a character before it, and all but the last six of one after it,
    plus one, with a part of which some piece joins this one, 0 for none; ``row`` (65,536,): a number
    for those that stand in some piece with others, 0 for the rest; ``bridged``: a bit for each pair of
    these numbers, whether some piece holds the two in this order; ``slots`` and ``made``: two pieces,
    and the piece that they make together, by a hash of the two; ``crowded``: whether the slot has
    more pairs, which are among ``others`` (n,), ascending, with what they make.
    """

    kinds: NDArray[np.uint8]
    ids: _Ids
    tails: NDArray[np.uint16]
    heads: NDArray[np.uint16]
    row: NDArray[np.uint32]
    width: int
    bridged: NDArray[np.uint8]
    slots: NDArray[np.uint32]
    made: _Ids
    crowded: _Mask
    others: NDArray[np.uint32]
    others_made: _Ids

    def bridges(self, codes: _Ids, next_codes: _Ids) -> _Mask:
        """Whether some piece holds the two characters, in this order."""
        place = self.row[codes] * np.uint32(self.width) + self.row[next_codes]
        bits: _Mask = (self.bridged[place >> 3] >> (place & 7).astype(np.uint8)) & 1 != 0
        return bits

    def join(self, left: _Ids, right: _Ids) -> _Ids:
        """The piece that each pair makes, or :data:`_NONE`."""
        wanted = left << np.uint32(16) | right
        slot = wanted * _SPREAD >> np.uint32(32 - _SLOT_BITS)
        found = np.where(self.slots[slot] == wanted, self.made[slot], _NONE)
        crowded = np.flatnonzero(self.crowded[slot])
        if len(crowded):
            place = np.searchsorted(self.others, wanted[crowded])
            place = np.minimum(place, len(self.others) - 1)
            known = self.others[place] == wanted[crowded]
            found[crowded[known]] = self.others_made[place[known]]
        return found


def encode_han(joined: str) -> tuple[_Ids, NDArray[np.int64]]:
    """The ids of the project's own pieces of normalised texts that NULs part.

    Returns:
        ``ids`` and ``ends``: how many ids come before the end of each text; *shapes:* (pieces,) and
        (texts,).
    """
    table = _table()
    codes = np.frombuffer((joined + "\0").encode("utf-32-le"), np.uint32)
    common = np.minimum(codes, _COMMON - 1)
    kinds = table.kinds[common]
    kinds[codes >= _COMMON] = _OTHER
    kinds[codes >= _BEYOND] = _STRANGE
    _give_up_strange_runs(kinds, _torn(table, common))

    ids = table.ids[common]
    alive = (kinds == _PLAIN) | (kinds == _MARK)
    _merge(table, common, kinds == _PLAIN, ids, alive)

    # Stretches of other characters, each cut by itself.
    other = kinds == _OTHER
    begins = other.copy()
    begins[1:] &= ~other[:-1]
    sizes, others = _cut(codes, other, begins)

    counts = alive.astype(np.int64)
    counts[begins] = sizes
    before = np.cumsum(counts) - counts
    found = np.empty(int(before[-1]), np.uint32)
    found[before[alive]] = ids[alive]
    starts = before[begins]
    shift = np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
    found[shift + np.arange(len(others))] = others
    return found, before[kinds == _END]


def _torn(table: _Table, codes: _Ids) -> NDArray[np.int64]:
    """Where a character stands with a neighbour that some piece holds a part of."""
    torn = np.zeros(len(codes), np.bool_)
    torn[1:] = table.tails[codes[1:]] == (codes[:-1] & 0x3F) + 1
    torn[:-1] |= table.heads[codes[:-1]] == (codes[1:] >> 6) + 1
    return np.flatnonzero(torn)


def _give_up_strange_runs(kinds: NDArray[np.uint8], torn: NDArray[np.int64]) -> None:
    """Mark each run of Chinese with a strange or torn character in it as other text; rare ones too."""
    strange = np.concatenate([np.flatnonzero(kinds == _STRANGE), torn])
    if len(strange):
        han = (kinds >= _PLAIN) & (kinds <= _STRANGE)
        edges = np.flatnonzero(np.diff(han, prepend=False, append=False))
        starts, ends = edges[::2], edges[1::2]
        for run in set((np.searchsorted(starts, strange, "right") - 1).tolist()):
            kinds[starts[run] : ends[run]] = _OTHER
    kinds[kinds == _RARE] = _OTHER


def _merge(table: _Table, codes: _Ids, plain: _Mask, ids: _Ids, alive: _Mask) -> None:
    """Merge the characters of each run in place: a piece stands where its first character does."""
    firsts = np.flatnonzero(plain[:-1] & plain[1:])
    firsts = firsts[table.bridges(codes[firsts], codes[firsts + 1])]
    found = table.join(ids[firsts], ids[firsts + 1])
    # Most stretches are of two characters: one look tells all.
    beside = np.diff(firsts) == 1
    lonely = np.ones(len(firsts), np.bool_)
    lonely[1:] &= ~beside
    lonely[:-1] &= ~beside
    pairs = firsts[lonely & (found != _NONE)]
    ids[pairs] = found[lonely & (found != _NONE)]
    alive[pairs + 1] = False
    firsts, found = firsts[~lonely], found[~lonely]

    # The pieces that may still grow, stretch by stretch, and what each makes with the next: the last
    # of a stretch nothing, as nothing bridges the gap after it.
    ends = np.diff(firsts, append=len(codes)) > 1
    shift: NDArray[np.int64] = np.cumsum(ends) - ends
    places = np.empty(len(firsts) + int(ends.sum()), np.int64)
    last = np.zeros(len(places), np.bool_)
    ranks = np.full(len(places), _NONE, np.uint32)
    own = np.arange(len(firsts)) + shift
    places[own], ranks[own] = firsts, found
    closing = own[ends] + 1
    places[closing] = firsts[ends] + 1
    last[closing] = True
    pieces = ids[places]
    while len(places):
        starts = np.flatnonzero(np.concatenate(([True], last[:-1])))
        lengths = np.diff(starts, append=len(places))
        lowest = np.minimum.reduceat(ranks, starts)
        going = np.repeat(lowest != _NONE, lengths)
        if not going.all():
            ended = ~going
            ids[places[ended]] = pieces[ended]
            places, last, pieces, ranks = places[going], last[going], pieces[going], ranks[going]
            lengths = lengths[lowest != _NONE]
            lowest = lowest[lowest != _NONE]
            if not len(places):
                return
        number = np.repeat(np.arange(len(lengths)), lengths)
        chosen = np.flatnonzero(ranks == lowest[number])
        chosen = chosen[np.diff(number[chosen], prepend=-1) > 0]  # the leftmost of each stretch
        alive[places[chosen + 1]] = False
        pieces[chosen] = ranks[chosen]
        last[chosen] = last[chosen + 1]
        kept = np.ones(len(places), np.bool_)
        kept[chosen + 1] = False
        chosen = chosen - np.arange(len(chosen))  # one place before each is gone
        places, last, pieces, ranks = places[kept], last[kept], pieces[kept], ranks[kept]
        ranks[chosen] = _NONE
        right = chosen[~last[chosen]]
        ranks[right] = table.join(pieces[right], pieces[right + 1])
        left = chosen[chosen > 0] - 1
        left = left[~last[left]]
        ranks[left] = table.join(pieces[left], pieces[left + 1])


def _cut(codes: _Ids, other: _Mask, begins: _Mask) -> tuple[NDArray[np.int64], _Ids]:
    """How many pieces each stretch of other text has, and the pieces, by one call of tiktoken."""
    chosen = codes[other]
    if not len(chosen):
        return np.empty(0, np.int64), np.empty(0, np.uint32)
    starts = np.flatnonzero(begins[other])
    parted = np.insert(chosen, starts[1:], 0)
    text = parted.tobytes().decode("utf-32-le")
    ids = get_encoding("rag").encode_to_numpy(text, disallowed_special=())
    ends = np.flatnonzero(ids == 0)
    ends = np.append(ends - np.arange(len(ends)), len(ids) - len(ends))
    return np.diff(ends, prepend=0), ids[ids != 0]


@cache
def _table() -> _Table:
    """Takes some tenths of a second, so that only indexing asks for it."""
    ranks: dict[bytes, int] = rag64k()["mergeable_ranks"]
    kinds = np.zeros(_COMMON, np.uint8)
    ids = np.zeros(_COMMON, np.uint32)
    for kind, ranges in ((_RARE, _HAN), (_STRANGE, _PERHAPS_HAN)):
        for first, end in ranges:
            kinds[first : end + 1] = kind
    han = {chr(code).encode() for first, end in _HAN for code in range(first, end + 1)}
    words, tails, heads = _chinese(ranks, han)
    for one, number in [*words.items(), *((mark, ranks.get(mark.encode())) for mark in _MARKS)]:
        if len(one) == 1 and number is not None:
            kinds[ord(one)] = _MARK if one in _ALONE + _MARKS else _PLAIN
            ids[ord(one)] = number
    kinds[0] = _END
    words = {word: number for word, number in words.items() if word[0] not in _ALONE}
    neighbours = {pair for word in words for pair in pairwise(word)}
    row = np.zeros(_COMMON, np.uint32)
    known = sorted({ord(one) for pair in neighbours for one in pair})
    row[known] = np.arange(1, len(known) + 1)
    width = len(known) + 1
    bridged = np.zeros(width * width, np.bool_)
    bridged[[int(row[ord(a)]) * width + int(row[ord(b)]) for a, b in neighbours]] = True
    pairs = {
        words[word[:cut]] << 16 | words[word[cut:]]: number
        for word, number in words.items()
        for cut in range(1, len(word))
        if word[:cut] in words and word[cut:] in words
    }
    keys = np.array(sorted(pairs), np.uint32)
    made = np.array([pairs[key] for key in keys.tolist()], np.uint32)
    places = keys * _SPREAD >> np.uint32(32 - _SLOT_BITS)
    slots, slots_made = (np.zeros(1 << _SLOT_BITS, np.uint32) for _ in range(2))
    _, firsts = np.unique(places, return_index=True)
    slots[places[firsts]], slots_made[places[firsts]] = keys[firsts], made[firsts]
    more = np.ones(len(keys), np.bool_)
    more[firsts] = False
    crowded = np.zeros(1 << _SLOT_BITS, np.bool_)
    crowded[places[more]] = True
    return _Table(
        kinds,
        ids,
        tails,
        heads,
        row,
        width,
        np.packbits(bridged, bitorder="little"),
        slots,
        slots_made,
        crowded,
        keys[more],
        made[more],
    )


def _chinese(
    ranks: dict[bytes, int], han: set[bytes]
) -> tuple[dict[str, int], NDArray[np.uint16], NDArray[np.uint16]]:
    """The pieces that are whole Chinese characters, and what tears others: see :class:`_Table`.

    Raises:
        ValueError: A piece tears characters in a way that the tables do not tell.
    """
    words: dict[str, int] = {}
    tails, heads = np.zeros(_COMMON, np.uint16), np.zeros(_COMMON, np.uint16)
    beginnings = {one[:size] for one in han for size in (1, 2)}
    characters = {one.decode() for one in han}
    for piece, number in ranks.items():
        if piece[0] < 0x80:
            continue
        if not len(piece) % 3:
            word = piece.decode("utf-8", "replace")
            if characters.issuperset(word):
                words[word] = number
                continue
        leads = [at for at, byte in enumerate(piece) if byte & 0xC0 != 0x80]
        if not leads or (len(leads) == 1 and not leads[0] and piece in beginnings):
            continue  # within one character
        tail, last = piece[: leads[0]], piece[leads[-1] :]
        whole = [piece[left:right] for left, right in pairwise(leads)]
        head = last if last in beginnings else b""
        whole.extend([last] * (not head))
        if not (tail or head) or not han.issuperset(whole):
            continue  # it never stands in a run of Chinese
        if len(tail) > 1 or len(head) == 1 or not whole:
            raise ValueError(f"piece {number} tears characters")
        for part, table, beside, low in (
            (tail, tails, whole[0], 0),
            (head, heads, whole[-1], 6),
        ):
            if part:
                mark = ord((part + b"\x80").decode()) >> low if low else part[0] & 0x3F
                if table[ord(beside.decode())] not in (0, mark + 1):
                    raise ValueError(f"piece {number} tears characters as another one does")
                table[ord(beside.decode())] = mark + 1
    return words, tails, heads
