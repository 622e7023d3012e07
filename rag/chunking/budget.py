"""How many tokens sentences have: each is counted once, and the counts are added up.

The project's own encoding never joins a mark or a blank with a letter, so the tokens of a passage are
those of its sentences plus those of the white space between them (a token each, at most).
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.chunking.sentences import Span

__all__ = ["count_sentences"]

#: A stretch without any mark is counted in slices of so many characters: merging the pieces of one
#: endless run takes time and memory that grow faster than the run.
_SLICE = 4000


def count_sentences(text: str, spans: Sequence[Span], *, encoding: str = "rag") -> list[int]:
    """Tokens of each span of ``text``, one more for the white space that follows it, if any.

    Args:
        text: Where the spans lie.
        spans: Sorted and disjoint.
        encoding: See :func:`rag.tokens.count_tokens`.
    """
    from rag.tokens import count_tokens

    counts = []
    for number, (start, end) in enumerate(spans):
        if end - start <= _SLICE:
            tokens = count_tokens(text[start:end], encoding)
        else:
            tokens = sum(
                count_tokens(text[left : min(left + _SLICE, end)], encoding)
                for left in range(start, end, _SLICE)
            )
        followed = number + 1 < len(spans) and spans[number + 1][0] > end
        counts.append(tokens + followed)
    return counts
