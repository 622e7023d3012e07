"""The number that a sentence begins with as an item or an article: 3.1, 第五条, （二）, Step 2:."""

from __future__ import annotations

import re

from rag.answering.mentions.number_forms import DECIMAL_UNITS, MONTH

__all__ = ["marker_end"]

_MARKER = re.compile(
    r"[\s#>*+•·●▪-]*(?:"
    r"第[〇零一二三四五六七八九十百\d]{1,5}[编章节節条條款项項步](?:之[一二三四五六七八九十])?(?=\**(?:[\s:：、]|$))"
    r"|(?i:article|section|clause|chapter|part|step)\s\d+(?:\.\d+)*(?=[.:)])"
    r"|[（(](?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)]|[①-⑳]"
    r"|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|\d{1,2}、(?!\d)"
    rf"|\d{{1,2}}[.．)）](?=\**\s|[\u4e00-\u9fff])(?!\s*(?i:{MONTH}))"
    rf"|\d{{1,2}}(?:\.\d{{1,3}}){{1,3}}(?=\.?\**\s+[^a-z])(?!\s+(?i:{DECIMAL_UNITS}))"
    r")[.:：、)]?\**\s*"
)


def marker_end(source: str) -> int:
    """Where a text *as it stands* goes on behind its number (3.1, 第五条, （二）, Step 2:); 0 without one.

    An amount or a day that a text begins with is none: 2.5 million, 3.5 亿元, 3. Mai.
    """
    match = _MARKER.match(source[:_LONGEST_MARKER])
    return match.end() if match is not None and match.end() < len(source) else 0


_LONGEST_MARKER = 60  # with what tells an amount behind it
