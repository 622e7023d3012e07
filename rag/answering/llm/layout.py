"""What of a reply is layout or politeness and states nothing: headings, rules, “Yes.”, bibliographies."""

from __future__ import annotations

import re

from rag.answering.mentions.figures import find_figures

__all__ = ["is_layout"]

_HEADING = re.compile(r"#{1,6}\s+(?:\d{1,2}[.、)]\s*)?(\S.*)")
_RULE = re.compile(r"[\s|:=*_-]*[-=*_]{2,}[\s|:=*_-]*")
_SAID = re.compile(
    r"\W*(?:yes|no|sure|certainly|of course|ok(?:ay)?|right|indeed|absolutely|thanks?|thank you"
    r"|(?:i )?hope this helps|let me know if you (?:need|have|would like)[^.!?]{0,60}"
    r"|好的?|是的?|不是|对的?|不对|没错|当然(?:可以)?|可以|有的?|没有|否|希望(?:这|以上)?[^。!！,，]{0,8}有?帮助"
    r"|如(?:果|有)[^。!！]{0,20}请?(?:随时)?(?:告诉|联系|提问)[^。!！]{0,6}"
    r"|(?:references?|sources?|bibliography|参考(?:资料|文献|来源)|资料来源|来源|出处)\s*[:：]?)\W*",
    re.IGNORECASE,
)
# An entry of a list of sources, its mark still there or taken away: “[^1]: Annual Report 2023”.
_SOURCE = re.compile(r"(?:\[\^?\d{1,3}\])?\s*[:：]\s+(\S.*)")


def is_layout(text: str, *, head: bool = False) -> bool:
    """Whether a sentence of a reply, marks aside, tells nothing that could be checked.

    A heading, or the head of a table, that holds a figure other than a date is a statement.

    Args:
        text: The sentence.
        head: It is the head row of a table, which only the line below it tells from the others.
    """
    line = text.strip()
    if _RULE.fullmatch(line) or _SAID.fullmatch(line):
        return True
    titled = _HEADING.fullmatch(line) or _SOURCE.fullmatch(line)
    told = titled.group(1) if titled else line if head else None
    return told is not None and all(f.kind == "date" for f in find_figures(told))
