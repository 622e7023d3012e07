"""Which of several figures counts what a Chinese question asks for, by the words behind each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize

__all__ = ["figure_that_counts"]

Near = tuple[int, int, float]

#: So many characters behind a figure are those that the question counts.
_ALIKE = 3
_REACH = 24
_BREAK = re.compile(r"[,，、;；。:：!！?？\s]")
#: Where the counted noun ends that begins behind 多少个.
_GOES_ON = re.compile("[,。?!;:、]|能|可|会|要|在|被|有|没|了|是|都|将|已|达|得|给|来")


def figure_that_counts(asked: AskedFor, text: str, spans: Sequence[Near]) -> tuple[int, int] | None:
    """多少个国家级重点专科: of 5个国家级、71个省市级重点专科 the one before the asked words.

    Else the one figure whose counted thing ends as the asked one does, wherever that stands behind it:
    多少支理论宣讲团队 is 40余支宣讲团队 and not 15个理论宣讲基地. None where no single one does.
    """
    unit = asked.units
    if not unit or asked.at is None:
        return None
    wanted = asked.normalised[asked.at[1] :].removeprefix(unit).lstrip("的")
    behind = [
        normalize(text[end : end + _REACH]).removeprefix(unit).lstrip("的") for _, end, _ in spans
    ]
    heads = [_BREAK.split(told, maxsplit=1)[0] for told in behind]
    noun = _GOES_ON.split(wanted, maxsplit=1)[0]
    named = [i for i, head in enumerate(heads) if len(noun) > 1 and noun[-2:] in head]
    alike = [_shared(wanted, told) for told in behind]
    best = max(alike)
    if best >= _ALIKE and alike.count(best) == 1:
        first = alike.index(best)
        # 理论宣讲 of 理论宣讲基地 is no 理论宣讲团队; 国家级 of 国家级、省级专科 leaves the noun out.
        if not named or first in named or best >= len(heads[first]):
            return spans[first][:2]
    return spans[named[0]][:2] if len(named) == 1 else None


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
