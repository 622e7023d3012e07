"""Questions whose names stand nowhere in what was retrieved: a trip to Kenya, the fault code E3.

A passage that holds a rare name is found by it. What no passage, title or heading names is asked about
something else, however near the rest of the question comes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches

from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.language import question_language, text_script

__all__ = ["named_nowhere"]

_CASED = frozenset({"latin", "ru", "uk", "el"})
_WORD = re.compile(r"[^\W\d_]{3,}")
#: A thing told by letters and a number, E3 and DH-24; neither a unit, m2, nor what is also spelt out: Q3, v2,
#: CO2, WW2, and words and not letters before the number, phase2, COVID-19.
_CODE = re.compile(
    r"(?<![\w.-])(?!(?:q[1-4]|h[12]|fy\d+|v\d+|ww[12]|g(?:7|8|20)|p\d\d|(?:mid|pre)-\d+s?|[ckdm]?m[23]|ft2|"
    r"[cn]?o2|h2o|i18n|l10n|k8s)(?![\w-]))([a-z]{1,3})-?(\d+[a-z]?)(?![\w-])"
)
#: Capitalised in the middle of an English question, these tell that all its words are.
_TITLE_CASE = re.compile(
    r"(?<=\s)(?:Is|Are|Was|Were|Do|Does|Did|Has|Have|Had|Can|Could|Should|Many|Much|Long)\b"
)
#: Capitalised and no names: days, titles, and what contracts and minutes write so and call by other words too.
_NO_NAMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday january february march april may june "
    "july august september october november december middle ages mrs sir lady lord prof doctor "
    "professor the and english internet agreement annex appendix article authority board buyer chair "
    "chairman chairwoman clause client committee company contract contractor council customer "
    "department director employee employer landlord lessee lessor licensee licensor manager management "
    "member minister ministry mayor office party parties policy president provider schedule secretary "
    "section seller staff supplier tenant treasurer user vendor "
    "abstract account author chapter condition contact date deadline delivery deposit effective fee gate "
    "introduction lead lease notice part password payment period person price project purpose refund scope "
    "security service setting step subscription table term time warranty wifi bluetooth north south east west "
    "king queen prince princess pope emperor school christmas xmas easter thanksgiving halloween".split()
)
#: Peoples whose names do not begin like those of their countries.
_ALIKE = tuple(
    frozenset(one.split())
    for one in (
        "french france",
        "dutch netherlands holland",
        "danish dane danes denmark",
        "welsh wales",
        "irish ireland",
        "spanish spaniard spaniards spain",
        "finnish finland",
        "polish poland",
        "swiss switzerland",
        "american states usa",
        "british kingdom",
        "european union",
    )
)
_OF_A_PEOPLE = re.compile(r"(?<=\w{4})(?:i?an|ean|ese|ish|ic)s?$")
#: How alike a word must be that may be the name in another spelling.
_MISSPELT = 0.8


def named_nowhere(asked: AskedFor, passages: Sequence[Passage], best: Passage) -> bool:
    """Whether no passage, title, heading or source names what a question names, or none a code of it.

    Nothing is said where the question is in another language than the best passage: names are spelt
    otherwise there. Nor where one of its names is held: another may paraphrase, for all that is told of Strand
    in Lyon, the French school of Strand. Of a name of several words it is enough that one is held as a part of
    a name: Strand, of Helen Strand. A code must be held itself.

    Args:
        asked: The question.
        passages: All that were retrieved.
        best: The one that holds the best sentence.
    """
    script = text_script(asked.text)
    if script not in _CASED or script != text_script(best.text):
        return False
    codes = _CODE.findall(asked.normalised)
    names = _names(asked) if question_language(best.text) == asked.language else []
    if not codes and not names:
        return False
    told = "\n".join(
        f"{one.title or ''} {one.heading or ''} {one.source} {one.text}" for one in passages
    )
    text = normalize(told)
    if not all(_holds_code(text, code) for code in codes):
        return True
    held = frozenset(_WORD.findall(f"{text} {text.replace('-', '')}"))  # Wi-Fi is Wifi
    capitals = " ".join(word for word in _WORD.findall(told) if word[0].isupper())
    named = frozenset(normalize(capitals).split())
    return bool(names) and all(
        not all(_is_held(word, held, asked.language) for word in words)
        and not any(_is_held(word, named, asked.language) for word in words)
        for words in names
    )


def _names(asked: AskedFor) -> list[list[str]]:
    """The words of each capitalised name; abbreviations are left out, a text may spell them out."""
    if asked.language == "de" or _TITLE_CASE.search(asked.text):
        return []  # with a capital for every noun, or for every word
    capitalised = (word for word in _WORD.findall(asked.text) if word[0].isupper())
    words = {normalize(word) for word in capitalised if not word.isupper()}
    telling = {word for word in words if word not in _NO_NAMES and word[:-1] not in _NO_NAMES}
    found = ([word for word in _WORD.findall(name) if word in telling] for name in asked.names)
    return [words for words in found if words]


def _holds_code(text: str, code: tuple[str, str]) -> bool:
    """Whether a text holds a code, letters and number, as DH-24, DH.24 or DH24, or from E1 to E5 also E4."""
    letters, number = code
    one = rf"(?<![a-z0-9]){letters}[-_./ ]?"
    if re.search(rf"{one}{number}s?(?![a-z0-9])", text):
        return True
    ranges = re.finditer(
        rf"{one}(\d{{1,6}})\s?(?:[-–]|to|bis|à|al?)\s?(?:{letters}-?)?(\d{{1,6}})", text
    )
    return number.isdigit() and any(int(r[1]) <= int(number) <= int(r[2]) for r in ranges)


def _is_held(word: str, held: frozenset[str], language: str) -> bool:
    """Whether a name's word is among others in any form: Canada for Canadian, a letter more or less."""
    others = frozenset().union(*(group for group in _ALIKE if word in group))
    bare = _OF_A_PEOPLE.sub("", word)
    # Other languages than English have endings for every case.
    begins = bare[: max(4, len(bare) - 2) if language == "en" else max(3, len(bare) - 3)]
    return (
        bool(others & held)
        or any(one.startswith(begins) for one in held)
        or bool(get_close_matches(word, held, 1, _MISSPELT))
    )
