"""Whether an English question points at something that was spoken of before."""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from rag.answering.followup.english_words import ARTICLE, AUXILIARY, END, PREPOSITION, SEVERAL

__all__ = ["may_point_back", "owns_what_follows", "pronoun_in"]

_PRONOUN = re.compile(
    r"\b(?:(?:the|this|that) (?:latter|former|same (?:one|year|place))|"
    r"it|its|they|them|their|theirs|he|him|his|she|her|hers|there|this|that|these|those)\b"
    r"(?!\s+(?:is|are|was|were)\s+(?:a|an|any|no)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = frozenset({"its", "their", "his", "her", "theirs"})

_POINTING = frozenset({"this", "that", "these", "those"})

_AFTER_AUXILIARY = re.compile(rf"(?:^|\b(?:{AUXILIARY})\s+)$", re.IGNORECASE)
#: Are there guests, there were guests: nothing that was spoken of before.
_BEING = re.compile(r"\b(?:is|are|was|were|be|been)\s+$", re.IGNORECASE)
_IS = re.compile(r"\s+(?:is|are|was|were|be|been)\b", re.IGNORECASE)
#: What is done, and to what: "to charge the phone", "to bring dogs", but not "to charge", "to use outdoors".
_TO_DO = (
    r"to\s+\w+\s+(?:(?:up|out|off|down|away)\s+)?"
    r"(?i:the|a|an|my|our|your|it|them|(?!outdoors|indoors|always)\w+s|(?-i:[A-Z])[\w-]*)\b"
)
#: "It" stands for what follows: it takes an hour to charge the phone, it is true that ... What it is safe or
#: able to do, what it plans or has to do is done by a thing.
_EXPLETIVE = re.compile(
    rf"\s+(?:takes?|took|costs?)\s+(?:\w+\s+){{0,4}}?{_TO_DO}"
    r"|\s+(?:(?:is|was|not|so|very|too|still)\s+)*(?:possible|impossible|easy|easier|hard|harder|difficult|allowed|permitted|"
    rf"forbidden|prohibited|legal|illegal|necessary|mandatory|better|worth|advisable)\s+(?:for\s+\w+\s+)?{_TO_DO}"
    r"|\s+(?:is\s+|was\s+)?(?:true|known|clear|likely|possible|said)\s+(?:that|who|when|whether)\b"
    r"|\s+(?:rain|snow)(?:s|ing)?\b"
)
#: The question names something of its own before the pronoun: "the company", a name, or several, "do employees".
_ONE_NAMED = rf"\b(?i:{ARTICLE})\w|^(?i:which)\s+(?!of\b)\w+(?:(?<!s)|(?<=[su]s))\b|(?<!^)\b[A-Z]\w"
_MANY_NAMED = (
    rf"\b(?i:{AUXILIARY})\s+(?!this\b|always\b)(?:[a-z]+\s+)?[a-z]+s\b"
    r"|^(?i:which|how many)\s+(?!of\b)\w"
)
_ANTECEDENT_OF_ONE = re.compile(_ONE_NAMED)
_ANTECEDENT = re.compile(f"{_ONE_NAMED}|{_MANY_NAMED}")
#: In the US, before the war: a time or a place, and nothing that a pronoun stands for.
_SETTING = re.compile(
    rf"^(?i:{PREPOSITION})\s+(?i:{ARTICLE})?[\w'-]+(?:\s+[\w'-]+){{0,2}}(?<!ed),\s+"
)
#: How did the strike |affect| its profits, was Ann Lee |its| founder: what acts upon it is another.
_ANOTHER_ACTS = re.compile(
    r"\b(?:affect|influence|change|shape|hurt|hit|damage|harm|help|finance|fund|cause|reduce|increase|improve|boost|"
    r"threaten)(?:s|e?d)?\s+$"
    rf"|^(?i:is|are|was|were)\s+(?:(?i:{ARTICLE})[\w-]+|[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*)*)\s+$"
)
_SENTENCE_BEFORE = re.compile(r"\w+\W+\w+\W+\w+.*[.;]\s")
#: "What is the reason for its ...": what is asked for is not what owns.
_IS_ASKED = re.compile(rf"^(?i:what|who|which)\s+(?:is|are|was|were)\s+(?:{ARTICLE})[^A-Z]*$")
_OF_IT = re.compile(r"\b(?:of|about)\s+$")
#: ... and then speaks on of it: "is the lamp red when", "can I wash the filter and dry", "did they say".
_SPEAKS_ON = re.compile(
    r"[.;,]\s|\s(?:if|when|while|because|although|though|that|before|after|once|unless|until|and|or|but|so)\s"
    r"|\s(?:say|says|said|think|thinks|hope|hopes)\s+$"
)
#: Named after her, before them: no clause begins here.
_BEHIND_PREPOSITION = re.compile(r"\s(?:after|before|since|until|but)\s+$")
#: "Its", "her daughter", but not "meet her", "meet her in Paris".
_OWNED = re.compile(
    rf"\s+(?!(?:{PREPOSITION}|{AUXILIARY}|and|or|but|if|when|while|because|again|there|then|the|a|an)\b)\w",
    re.IGNORECASE,
)
#: "Is this available", "can these be washed": behind "this" there stands no noun.
_SAID_OF_THIS = re.compile(
    rf"\s+(?:{AUXILIARY}|be|been|also|not|really|still|all|the|a|an|available|able|safe|true|false|free|new|good|bad|"
    r"expensive|cheap|legal|waterproof|compatible|suitable|possible|correct|right|open|made|built|sold|held|\w+ed)\b",
    re.IGNORECASE,
)
#: "Does this include VAT": behind do and "this", a verb.
_DONE_BY_THIS = re.compile(
    r"\s+(?:include|cover|contain|mean|apply|work|have|need|cost|require|come|use|support|happen|affect|differ|fit|"
    r"last|take|make|help|change|count|matter|start|end|go|run)\b",
    re.IGNORECASE,
)
_DOES = re.compile(r"\b(?:do|does|did)\s+$", re.IGNORECASE)
#: "How many employees are there?" asks of a place, or of nothing that was spoken of; only the end tells.
_ARE_THERE = re.compile(r"\s(?:is|are|was|were)\s+there$", re.IGNORECASE)
#: A noun of its own: "does this vacuum have".
_THIS_NOUN_DOES = re.compile(
    rf"\b(?i:this|that|these|those)\s+[\w-]+\s+(?:{AUXILIARY}|need|cost|use|work|take|come|run|make)\b"
)


def pronoun_in(question: str) -> re.Match[str] | None:
    """The first English pronoun that stands for what was spoken of before."""
    for found in _PRONOUN.finditer(question):
        word = found.group().lower()
        before, after = question[: found.start()], question[found.end() :]
        if word == "there":
            stands = not _BEING.search(before) and not _IS.match(after)
        elif word in _POINTING:
            stands = points_back(word, before, after)
        elif word == "it" and _EXPLETIVE.match(after):
            stands = False
        else:
            stands = not _has_antecedent(word, before, after)
        if stands:
            return found
    return None


def owns_what_follows(word: str, after: str) -> bool:
    """Whether a pronoun owns what follows: "its", and "her" but in "meet her"."""
    word = word.lower()
    return word in _POSSESSIVE and (word != "her" or _OWNED.match(after) is not None)


def _has_antecedent(word: str, before: str, after: str) -> bool:
    """Whether a pronoun stands for something named before it in its own question.

    What owns may be the subject of the same clause ("the company sold its"); what is spoken of may not:
    in "did the company sell it", "it" is something else.
    """
    if _SENTENCE_BEFORE.search(before):
        return True
    before = _SETTING.sub("", before)
    several = word in SEVERAL | {"their", "theirs"}
    named = (_ANTECEDENT if several else _ANTECEDENT_OF_ONE).search(before)
    if named is None:
        return False
    if owns_what_follows(word, after):
        apart = (_OF_IT, _IS_ASKED, _ANOTHER_ACTS)
        if not any(pattern.search(before) for pattern in apart):
            return True
    elif word in {"her", "him", "them"}:
        before = _BEHIND_PREPOSITION.sub(" ", before)
    return _SPEAKS_ON.search(before, named.end()) is not None


def points_back(word: str, before: str, after: str) -> bool:
    """Whether "this" or "that" is a pronoun: not "this lamp", "say that it is", "the lamp that is red"."""
    if not re.search(r"\w", after):
        return True
    behind = re.match(rf"\s+(?:{PREPOSITION})\b", after)
    if not _AFTER_AUXILIARY.search(before):
        return word != "that" and behind is not None
    if _DOES.search(before) and _DONE_BY_THIS.match(after):
        return True
    alone = _SAID_OF_THIS.match(after) or re.match(r"\s+[\w-]+\W*$", after)  # does that cost?
    return behind is not None or alone is not None


def may_point_back(question: str) -> bool:
    """Whether a question that names nothing by a capital may speak of what was spoken of before."""
    if re.search(r"\s[A-Z]\w", question):
        return False
    if _ARE_THERE.search(question.rstrip(END)):
        return True
    pointing = (m for m in _PRONOUN.finditer(question) if m.group().lower() in _POINTING)
    return any(
        _AFTER_AUXILIARY.search(question[: m.start()])
        and not _THIS_NOUN_DOES.match(question, m.start())
        for m in pointing
    )
