"""The marks with which a model names its passages: ``[1]``, ``[1, 2]``, ``【3】``, ``[^4]``.

What the model writes is untrusted: a mark is a hint for the alignment, never a citation.
"""

from __future__ import annotations

import re

__all__ = ["mask_handles", "strip_handles"]

_HANDLE = re.compile(
    r"[ \t]*[\[【［]\s*(?:\^|p|s|ref\.?|source|passage|来源|資料|资料|段落|文献)?\s*"
    r"(\d{1,3}(?:\s*(?:[,，、;；&]|and|和|-|–)\s*\d{1,3})*)\s*[\]】］]",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d{1,3}")


def strip_handles(text: str, *, known: int) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Take the marks out of a text.

    Args:
        text: A sentence as the model wrote it.
        known: Passages are numbered 1 to ``known``.

    Returns:
        (text without marks, numbers that exist in order of appearance, numbers that do not).
    """
    good: list[int] = []
    bad: list[int] = []
    for match in _HANDLE.finditer(text):
        for written in _NUMBER.findall(match.group(1)):
            number = int(written)
            (good if 1 <= number <= known else bad).append(number)
    return _HANDLE.sub("", text), tuple(dict.fromkeys(good)), tuple(dict.fromkeys(bad))


def mask_handles(text: str) -> tuple[str, str]:
    """The text with each character of a mark replaced by one stand-in, and the stand-in.

    Lengths and offsets stay. The stand-in is a private-use character, so that no splitter of
    sentences takes it for punctuation.
    """
    stand_in = "\ue000"
    return _HANDLE.sub(lambda match: stand_in * len(match.group()), text), stand_in
