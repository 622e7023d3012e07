"""Names of a statement, and those that its quotes do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.mentions.figures import find_figures
from rag.answering.mentions.units import is_currency
from rag.answering.support.content import mostly_han
from rag.normalization import normalize

__all__ = ["names_in", "strange_name"]

# 无 and 非 are parts of many words; only the compounds above negate a statement.
_QUOTED = re.compile(r"[“‘「『《\"]([^”’」』》\"]{2,24})[”’」』》\"]")
_CAPITALISED = re.compile(
    r"(?<![.!?。！？]\s)(?<!^)\b[A-Z][A-Za-z]*[a-zA-Z0-9]\b(?:\s+[A-Z][a-z]+)*"
)
_ACRONYM = re.compile(r"(?<![A-Za-z0-9])[A-Z][A-Z0-9]+(?![A-Za-z0-9])")
_SURNAMED = re.compile(
    r"(?:局长|书记|主任|主席|部长|区长|市长|院长|校长|会长|总经理|董事长|记者|教授|主委|镇长|处长)"
    r"([\u4e00-\u9fff]{2,3})(?=[说表称介指认强透在为,，。:：、()（）“]|$)"
)


def names_in(statement: str) -> list[tuple[int, int]]:
    """Spans of a statement's quoted, capitalised or titled names; currencies and months are none."""
    found = [match.span(1) for form in (_QUOTED, _SURNAMED) for match in form.finditer(statement)]
    if not mostly_han(normalize(statement)):
        found += [match.span() for match in _CAPITALISED.finditer(statement)]
    found += [match.span() for match in _ACRONYM.finditer(statement)]
    told = [f for f in find_figures(statement) if f.kind == "date" or is_currency(f.unit)]
    return [
        (start, end)
        for start, end in found
        if not any(start < figure.end and figure.start < end for figure in told)
    ]


def strange_name(statement: str, pool: Sequence[str], told: Sequence[str]) -> str | None:
    """A name of the statement that no quote or title holds."""
    squeezed = re.sub(r"[\W_]+", "", " ".join([*pool, *told]))
    for start, end in names_in(statement):
        plain = re.sub(r"[\W_]+", "", normalize(statement[start:end]))
        if len(plain) > 1 and plain not in squeezed and not _almost_in(plain, squeezed):
            return statement[start:end]
    return None


def _almost_in(name: str, text: str) -> bool:
    """Whether a long name stands in the text but for one character (a slip of copying)."""
    if len(name) < 6:
        return False
    import regex

    return regex.search(f"(?:{regex.escape(name)}){{e<=1}}", text) is not None
