"""Whether a sentence can say who: it names somebody whom the question does not name, or speaks of people.

Who succeeded her is asked, and the sentence tells that she has left: near misses name the very person.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.mentions.spans import capitalised, person_at, typed_spans
from rag.answering.question.analysis import AskedFor
from rag.answering.question.content import without_question_words
from rag.answering.question.kinds import WHOSE_NAME
from rag.normalization import normalize
from rag.retrieval.language import text_script

__all__ = ["asks_name", "lacks_person", "names_nobody"]

_WHOSE_NAME = re.compile(WHOSE_NAME)
#: A slogan may look like a name: "牢记嘱托·建功有我".
_QUOTED = re.compile('"[^"]*"')

_OPENING = re.compile(r"\W*([^\W\d_][\w'’-]*)")
_WORD = re.compile(r"[^\W\d_]{2,}")
#: From this character of the question on, "who" opens a clause: why do people who come here leave?
_FAR_IN = 12
#: What stands within names in small letters.
_PARTICLES = frozenset("the of and de la le du des del der von van".split())
_KIN = r"brothers?|sisters?|sons?|daughters?|wife|wives|husband|widow|mother|father|parents?|uncle|aunt|nephew|niece|cousin|relatives?|friends?|heirs?|king|queen"
_OFFICE = (
    r"(?:office|department|institute|museum|press|newspaper|court|police|club|bank|school|church|town|"
    r"staff|crew|team|council|board|committee|firm|group|association|union|government|choir|band|troop|slave|"
    r"line|desk|service|support|reception|management|administration|commission|foundation|fund|trust|household|"
    r"parliament|senate|state|village|district|estate|cooperative|corporation)s?|"
    r"(?:agenc|arm|universit|cit|compan|societ|part|ministr|authorit|countr|count|municipalit|communit|assembl|jur|nav|charit|"
    r"brewer|baker|nobilit|clerg)(?:y|ies)|parish|military|cavalry"
)
#: How English and other languages speak of people without a name: by kin, by what they do, by a telephone number.
_PEOPLE: dict[str, re.Pattern[str]] = {
    language: re.compile(normalize(pattern))
    for language, pattern in {
        "en": r"[^ ]@[^ ]|\d{3}[ -]?\d{2}|\b(?:call|dial|ring) \d|\bby (?!\d)|\b(?:he|she|they|we|i|you|his|her|their|our|your|people|persons?|m[ae]n|wom[ae]n|child|children|boys?|girls?|"
        rf"famil(?:y|ies)|{_KIN}|{_OFFICE}|(?:every|any|some|no)(?:one|body)|no one|one|all|both|none|each|those|whoever|anonymous|unknown|"
        r"pupils?|guests?|nurses?|judges?|clerks?|chefs?|cooks?|guides?|heads?|chiefs?|chairs?|architects?|experts?|captains?|"
        r"surgeons?|pilots?|priests?|bishops?|monks?|nobles?|locals|public|volunteers?|\w+lords?|"
        r"\w+(?:ers?|ors?|ists?|ians?|ants?|ents?|m[ae]n|ees?|smiths?|mates?|wrights?|ess|esses))\b",
        "fr": r"\bpar (?!\d)|\b(?:fils|fille|frère|sœur|femme|mari|épou\w+|veu(?:f|ve)|neveu|nièce|père|mère|adjoint\w*|maire|élève|collègue|comité|"
        r"conseil|association|société|habitants?|famille|roi|reine|prêtre|curé|moines?|ministre|locataires?|secrétaires?|notaire|"
        r"propriétaires?|maîtres?|enfants?|personne|\w+(?:eurs?|rices?|euses?|istes?|ciens?|ciennes?))\b",
        "es": r"\b(?:hij[oa]s?|herman[oa]s?|espos[oa]|mujer|marido|viud[oa]|sobrin[oa]|padre|madre|adjunt[oa]|alcalde\w*|comité|consejo|"
        r"ayuntamiento|asociación|vecin[oa]s|familia|rey|reina|cura|sacerdote|monj[ea]s?|médic[oa]s?|maestr[oa]s?|inquilin[oa]s?|"
        r"campesin[oa]s?|obrer[oa]s?|niñ[oa]s|nadie|todos|\w+(?:dor(?:es|as?)?|tor(?:es|as?)?|istas?|antes))\b",
    }.items()
}


def lacks_person(asked: AskedFor, told: str) -> bool:
    """Whether a sentence cannot say who was asked for.

    It holds no other capitalised word than those of the question, and speaks of nobody by what he is; or, in
    English, of nobody at all. Of a sentence in another script than the question, and of other languages than
    :data:`_PEOPLE` knows, it is never said.

    Args:
        asked: The question.
        told: The sentence as it stands.
    """
    people = _PEOPLE.get(asked.language)
    if asked.kind != "person" or asked.at is None or asked.at[0] > _FAR_IN or people is None:
        return False
    if text_script(told) != text_script(asked.text):
        return False
    names = [told[start:end] for start, end in capitalised(told)]
    words = {word for name in names for word in _WORD.findall(normalize(name))} - _PARTICLES
    if any(not _is_asked(word, asked.normalised) for word in words):
        return False
    opening = _OPENING.match(told)
    first = normalize(opening.group(1)) if opening else ""
    if without_question_words(first, asked.language).strip() and not _is_asked(
        first, asked.normalised
    ):
        return False  # "Strand runs it": whether it is a name its capital does not tell
    return bool(words or asked.language == "en") and people.search(normalize(told)) is None


def asks_name(asked: str) -> bool:
    """Whether a normalised Chinese question asks how somebody is called: 书记叫什么, 站长姓什么."""
    return _WHOSE_NAME.search(asked) is not None


def names_nobody(told: str) -> bool:
    """Whether a normalised Chinese sentence holds, out of quotes, nothing that may be a person's name."""
    told = _QUOTED.sub("", told)
    if any(span.kind == "person" for span in typed_spans(told)):
        return False
    return not any(person_at(told, at) for at in range(len(told)))


def _is_asked(word: str, question: str) -> bool:
    """Whether a question holds a word in any form, told by its first letters."""
    return word[: max(4, len(word) - 2)] in question
