"""The reason that a Chinese sentence tells by a word for it: 旨在, 原因是, 为……而."""

from __future__ import annotations

import re

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize_with_offsets, source_span

__all__ = ["reason_told"]

_TOLD = re.compile(
    "(?<!不)(?<!不是)(?<!并非)(?<!尽管)(?<!虽然)(?<!即使)(?:原因(?:是|在于)(?:由于|因为)?|目的(?:就是|是|在于)|就是为了|是为了|就是要|旨在|意在|因为|由于|为的是|以便|得益于|归功于|[源缘]于)"
    "(?P<reason>[^,，。;；:：!！?？]{2,}?)(?=而(?:被|使|成为|[未无不得])|而?(?:导致|引起|造成|使得)|[,，。;；:：!！?？]|$)"
)

#: 为孝敬父母而开凿; 作为, 称为 and the like are other words.
_PURPOSE = re.compile(
    "(?<![因作成称视认以改列定行何分名设变化转升降较极更最尤颇大人被])为了?"
    "(?P<reason>[^,，。;；:：!！?？而为]{2,24})而(?![且已非])"
)


def reason_told(
    asked: AskedFor, text: str, read: tuple[int, int, float] | None
) -> tuple[int, int] | None:
    """数据库切换失败 of 未达标，原因是数据库切换失败; None where no or more than one reason is told so.

    None as well where a reader (its span with its probability) marks that and more, or is sure of its words.
    """
    if asked.kind != "reason" or not asked.language.startswith("zh"):
        return None
    normalised, offsets = normalize_with_offsets(text)
    found = [*_TOLD.finditer(normalised), *_PURPOSE.finditer(normalised)]
    if len(found) != 1:
        return None
    start, end = source_span(offsets, *found[0].span("reason"))
    if read is not None:
        more = read[0] <= start and end <= read[1]
        if read[2] >= (_LIKELY if more else _BELIEVED):
            return None
    return start, end


_LIKELY, _BELIEVED = 0.1, 0.5
