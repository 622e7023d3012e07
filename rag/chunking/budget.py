"""How many tokens sentences have: each is counted once, and the counts are added up.

The project's own encoding never joins a mark or a blank with a letter, so the tokens of a passage
are those of its sentences plus those of the white space between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rag.chunking.sentences import Span

__all__ = ["LONGEST_RUN", "count_blanks", "count_sentences"]

#: A stretch without any mark is counted in slices of so many characters: merging the pieces of one
#: endless run takes time and memory that grow faster than the run.
LONGEST_RUN = 4000


def count_sentences(
    text: str, spans: Sequence[Span], *, encoding: str = "rag"
) -> list[tuple[int, int]]:
    """(tokens of the span, tokens of the white space between it and the next) for each span.

    Args:
        text: Where the spans lie.
        spans: Sorted and disjoint.
        encoding: See :func:`rag.tokens.count_tokens`.
    """
    from rag.tokens import count_tokens

    counts = []
    for number, (start, end) in enumerate(spans):
        if end - start <= LONGEST_RUN:
            tokens = count_tokens(text[start:end], encoding)
        else:
            tokens = sum(
                count_tokens(text[left : min(left + LONGEST_RUN, end)], encoding)
                for left in range(start, end, LONGEST_RUN)
            )
        following = spans[number + 1][0] if number + 1 < len(spans) else end
        counts.append((tokens, count_blanks(text[end:following], encoding)))
    return counts


@lru_cache(maxsize=1024)
def count_blanks(blanks: str, encoding: str = "rag") -> int:
    """Tokens of white space; a document has few kinds of it."""
    from rag.tokens import count_tokens

    return count_tokens(blanks[:LONGEST_RUN], encoding) if blanks else 0
