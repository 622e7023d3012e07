"""The forms of a question's words that its passages use: killed and kill, Verträge and Vertrag.

Lexical terms are words as they are written, and the first five letters of longer ones. A text that holds
a word in another form would seem to be silent about it, and a question that is asked in other forms
unanswered. Two words of a language are forms of one where Snowball gives them one stem.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

import regex

from rag.index.terms import PREFIX_LETTERS

__all__ = ["forms_used"]

_STEMMED = {
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "hi": "hindi",
    "id": "indonesian",
    "it": "italian",
    "nl": "dutch",
    "pl": "polish",
    "pt": "portuguese",
    "ru": "russian",
    "tr": "turkish",
}
#: Shorter words have no other form that counts (articles, pronouns).
_SHORTEST = 3
#: Forms of one word begin alike: only such words are stemmed, which is what takes time.
_ALIKE = 2
# Letters with their marks: Hindi writes vowels as marks.
_WORD = regex.compile(r"[\p{L}\p{M}]+")


def forms_used(
    content: str, language: str, texts: Iterable[Collection[str]]
) -> Mapping[str, tuple[str, ...]]:
    """The terms of a question that texts hold in other forms, with those forms.

    Args:
        content: The question's content words, normalised.
        language: Its BCP 47 tag; languages without a stemmer give nothing. (What is Romanian is not told from
            its neighbours, and gets the stems of one of them.)
        texts: The terms of each text (:func:`rag.index.terms.terms`).

    Returns:
        Each word, and the prefix that stands in for it, with the other forms, in alphabetical order.
    """
    if language not in _STEMMED:
        return {}
    words = {word for word in _WORD.findall(content) if len(word) >= _SHORTEST}
    stems: dict[str, set[str]] = {}
    for word in words:
        stems.setdefault(_stem(word, language), set()).add(word)
    beginnings = {word[:_ALIKE] for word in words}
    found: dict[str, set[str]] = {}
    for held in _whole_words(texts, beginnings):
        for word in stems.get(_stem(held, language), set()) - {held}:
            found.setdefault(word, set()).add(held)
            if len(word) > PREFIX_LETTERS:
                found.setdefault(word[:PREFIX_LETTERS], set()).add(held)
    return {term: tuple(sorted(forms - {term})) for term, forms in found.items() if forms - {term}}


def _whole_words(texts: Iterable[Collection[str]], beginnings: Collection[str]) -> set[str]:
    """The words of texts that begin like those of the question.

    Without the five letters that stand in for longer words: they would be stemmed as words themselves, and
    who passed would be met by passengers.
    """
    found: set[str] = set()
    for terms in texts:
        alike = [term for term in terms if term[:_ALIKE] in beginnings]
        cut = {term[:PREFIX_LETTERS] for term in alike if len(term) > PREFIX_LETTERS}
        found.update(term for term in alike if len(term) >= _SHORTEST and term not in cut)
    return {term for term in found if _WORD.fullmatch(term)}


@lru_cache(maxsize=16384)
def _stem(word: str, language: str) -> str:
    # Imported late: most questions are in a language without forms.
    import snowballstemmer

    # One for each word: a stemmer keeps the word in itself, and threads would share it.
    return str(snowballstemmer.stemmer(_STEMMED[language]).stemWord(word))
