"""Which of several figures counts what a Chinese question asks for, by the words behind each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.answering.question.analysis import AskedFor
from rag.answering.question.kinds import COUNTED
from rag.normalization import normalize, normalize_with_offsets, source_span

__all__ = ["figure_that_counts", "figures_of_all"]

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
    whole = [i for i, head in enumerate(heads) if len(head) > 1 and wanted.startswith(head)]
    # 3座村庄、2座小岛 for 多少座村庄通电, but 5个食堂 of 12个社区、5个食堂 for 多少个社区食堂.
    if len(whole) == 1 and not any(head.endswith(noun[-2:]) for head in heads):
        return spans[whole[0]][:2]
    named = [i for i, head in enumerate(heads) if len(noun) > 1 and noun[-2:] in head]
    alike = [_shared(wanted, told) for told in behind]
    best = max(alike)
    if best >= _ALIKE and alike.count(best) == 1:
        first = alike.index(best)
        # 理论宣讲 of 理论宣讲基地 is no 理论宣讲团队; 国家级 of 国家级、省级专科 leaves the noun out.
        if not named or first in named or best >= len(heads[first]):
            return spans[first][:2]
    return spans[named[0]][:2] if len(named) == 1 else None


_ASKS = re.compile(rf"(?:多少|(?<!哪)几)(?:大|{COUNTED})(?=[\u4e00-\u9fff])")
_FIGURE = r"\d[\d.,]*[万亿]?[余多]?[\u4e00-\u9fff]{1,2}"
#: The figures of all that is counted stand so near to each other.
_NEAR = 12
#: What stands between them: the noun of 12个社区食堂 is no 社区.
_NEXT = re.compile("(?:[,、和与及][^。;!?]*)?")


def figures_of_all(asked: AskedFor, text: str) -> tuple[int, int] | None:
    """多少个社区、小区, 几大产业、几条产业链: from the first one's figure to the last one.

    None where less than two things are counted in the question, and where the sentence does not tell each
    of them once, the first right behind its figure.
    """
    if not asked.language.startswith("zh"):
        return None
    nouns = [
        noun
        for asks in _ASKS.finditer(asked.normalised)
        for noun in _counted(asked.normalised[asks.end() :])
    ]
    if len(nouns) < 2 or len(set(nouns)) < len(nouns):
        return None
    normalised, offsets = normalize_with_offsets(text)
    told = [list(re.finditer(rf"{_FIGURE}?{noun}", normalised)) for noun in map(re.escape, nouns)]
    if any(len(found) != 1 for found in told):
        return None
    spans = sorted(found[0].span() for found in told)
    if not normalised[spans[0][0]].isdigit():
        return None
    if any(
        not (0 <= b[0] - a[1] <= _NEAR and _NEXT.fullmatch(normalised, a[1], b[0]))
        for a, b in pairwise(spans)
    ):
        return None
    return source_span(offsets, spans[0][0], spans[-1][1])


def _counted(behind: str) -> list[str]:
    """The things that are counted, of what stands behind 多少个: 智慧社区、智慧小区."""
    nouns = []
    for part in _AND.split(re.split("[,。?;:]", behind, maxsplit=1)[0]):
        if re.match("多少|几|为|是|有", part):
            break
        nouns.append(_GOES_ON.split(part, maxsplit=1)[0])
    return [noun for noun in nouns if len(noun) > 1]


_AND = re.compile("[、和与及]")


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in pairs if a != b), min(len(one), len(other)))
