"""Files that an evaluation wrote: they quote its questions, so that they are no documents of it."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["REPORT_HEAD", "is_written"]

#: How every report begins.
REPORT_HEAD = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=generator content='rag eval'>"
)
# A result as ``--save`` and ``--json`` write it; that of a sweep is a list of them.
_RESULT = re.compile(rb'\s*(?:\[\s*)?\{\s*"format":\s*\d+,\s*"label":')


def is_written(path: Path) -> bool:
    """True for a report and for a saved result, told by how they begin, whatever they are called."""
    try:
        with path.open("rb") as file:
            head = file.read(len(REPORT_HEAD))
    except OSError:
        return False
    return head == REPORT_HEAD.encode() or _RESULT.match(head) is not None
