"""What can be searched at all: a question with words in it, of a sane length, and a positive k."""

from __future__ import annotations

import re
from numbers import Integral

from rag.errors import QueryError

__all__ = ["LONGEST_QUESTION", "check_query"]

#: Characters; longer texts are documents, to be indexed and not asked.
LONGEST_QUESTION = 4000
_WORD = re.compile(r"[^\W_]+")
#: Words that ask for nothing and name nothing. What may be a content word in some language is not among them
#: (Swedish "is", Vietnamese "an", 和, 就), nor what carries a question (谁, 吗, "and").
_EMPTY_WORDS = frozenset({"a", "the", "of", "with", "from"})
_EMPTY_HAN = frozenset("的了与與及之而且也在是")


def check_query(question: object, k: object = 1) -> str:
    """The question without surrounding white space.

    Raises:
        QueryError: The question is empty, no text, too long, or holds function words only, or ``k`` is not a
            positive integer.
    """
    if not isinstance(question, str):
        raise QueryError(f"The question is no text but {type(question).__name__}. Ask with words.")
    text = question.strip()
    if not text:
        raise QueryError("The question is empty. Ask with at least one word.")
    if len(text) > LONGEST_QUESTION:
        raise QueryError(
            f"The question has {len(text):,} characters; at most {LONGEST_QUESTION:,} can be asked. "
            "Shorten it, or index the text with: rag index"
        )
    if not any(character.isalnum() for character in text):
        raise QueryError("The question holds no letters or digits. Ask with at least one word.")
    if all(_is_empty(word) for word in _WORD.findall(text)):
        raise QueryError(
            "The question holds function words only. Ask with a word that says what to look for."
        )
    if isinstance(k, bool) or not isinstance(k, Integral) or k < 1:  # numpy's integers too
        raise QueryError(f"k is {k!r}; it must be a whole number of at least 1.")
    return text


def _is_empty(word: str) -> bool:
    """Whether a word says nothing of what is looked for; the letter A and other capitals may be names."""
    return (word.lower() in _EMPTY_WORDS and not word.isupper()) or _EMPTY_HAN.issuperset(word)
