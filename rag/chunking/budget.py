"""How many tokens sentences have: each is counted once, and the counts are added up.

The project's own encoding never joins a mark or a blank with a letter, so the tokens of a passage are
those of its sentences plus those of the white space between them (a token each, at most).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.chunking.sentences import Span

__all__ = ["count_sentences"]

#: Passages between two line breaks are far shorter than this; a text without any is cut here.
_LONGEST = 1 << 20


def count_sentences(text: str, spans: Sequence[Span], *, encoding: str = "rag") -> list[int]:
    """Tokens of each span of ``text``, one more for the white space that follows it, if any."""
    from rag.tokens import count_tokens

    following = [start for start, _ in spans[1:]] + [spans[-1][1] if spans else 0]
    return [
        count_tokens(text[start:end], encoding) + (after > end)
        for (start, end), after in zip(spans, following, strict=True)
    ]
