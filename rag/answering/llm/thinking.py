"""What a model thinks before it answers, between ``<think>`` and ``</think>``, is no answer."""

from __future__ import annotations

import re

__all__ = ["without_thinking"]

_NAMES = r"(?:think|thinking|reasoning)"
_BLOCK = re.compile(rf"<({_NAMES})>.*?</\1\s*>", re.DOTALL | re.IGNORECASE)
_CLOSING = re.compile(rf"</{_NAMES}\s*>", re.IGNORECASE)
_OPENING = re.compile(rf"<{_NAMES}>", re.IGNORECASE)


def without_thinking(reply: str) -> str:
    """A reply, whole or while it grows, without its thoughts.

    Blocks go, what stands before a closing tag without an opening one (some chat templates write the
    opening tag themselves), and what follows an opening tag that is not closed (yet).
    """
    said = _BLOCK.sub("", reply)
    closed = list(_CLOSING.finditer(said))
    if closed:
        said = said[closed[-1].end() :]
    opened = _OPENING.search(said)
    return said[: opened.start()] if opened else said
