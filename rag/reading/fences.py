"""Blocks of code between fences in Markdown: their comments are no headings, their figures no dates."""

from __future__ import annotations

import re

__all__ = ["fenced_blocks"]

#: A line that opens or closes a block of code: its mark, then what else it says.
_FENCE = re.compile(
    r"^[^\S\n]*(?:(?:[-*+]|\d{1,3}[.)])[^\S\n]+)?(`{3,}|~{3,})([^\n]*)$", re.MULTILINE
)
#: Tildes alone are a line that sets parts of a text apart: a language must follow them.
_LANGUAGE = re.compile(r"~{3,4} ?[^\s~]+\s*")


def fenced_blocks(text: str) -> list[tuple[int, int]]:
    """The spans of the blocks, in order; a fence that nothing closes opens none."""
    blocks: list[tuple[int, int]] = []
    opening: re.Match[str] | None = None
    for line in _FENCE.finditer(text) if "```" in text or "~~~" in text else ():
        mark, rest = line.groups()
        if opening is None:
            # Else code within the line, or tildes that set parts of a text apart.
            if "`" not in rest if mark[0] == "`" else _LANGUAGE.fullmatch(mark + rest):
                opening = line
        elif mark.startswith(opening[1]) and not rest.strip():
            blocks.append((opening.start(), line.end()))
            opening = None
    return blocks
