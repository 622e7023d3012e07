"""Follow-ups in English, and in other languages that set words apart.

``("How long does the battery last?", ...)`` then ``"Is it removable?"`` is searched as ``"Is the battery
removable?"``. A question that names what it speaks of comes back as it is: "it takes an hour to charge the
phone" points at nothing before.
"""

from __future__ import annotations

import re

from rag.answering.followup.english_alike import placed_alike, substituted
from rag.answering.followup.english_pronouns import may_point_back, owns_what_follows, pronoun_in
from rag.answering.followup.english_subject import body_of, subject_of, thing_asked
from rag.answering.followup.english_words import (
    ARTICLE,
    AUXILIARY,
    END,
    PREPOSITION,
    QUESTION_WORDS,
    SEVERAL,
)
from rag.normalization import normalize

__all__ = ["complete_english"]

_WHAT_ABOUT = re.compile(
    r"^(?:and |so |but |then |ok,? |okay,? )*(?:what about|how about|and)\s+"
    r"(?P<topic>[^?]{1,60}?)(?:,? then)?\s*\?*$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:and|so|but|then|also|ok|okay)\b[, ]*", re.IGNORECASE)

#: "What is in the box?" is whole; "How many in Germany?", "Which are in Germany?" lack what is counted.
_WHOLE = re.compile(
    rf"^(?!(?i:how many|which)\s+(?i:{AUXILIARY})\b)(?=.*\b(?i:{AUXILIARY})\b)"
    rf".*(?:\b(?i:{ARTICLE})\w|(?<!^)\b[A-Z0-9])"
)

_HOW_MANY = re.compile(rf"how many ((?:[\w-]+\s+){{0,3}}?[\w-]+)\s(?:{AUXILIARY})\b", re.IGNORECASE)

#: A question that is only a year: "Und 2021?", "Et en 2021 ?", "¿Y en 2021?", "2021年は?".
_YEAR_ALONE = re.compile(
    r"[¿\s]*(?:(?:und|et|y|e|en|en cuanto a|ve|и|а|i|a)\b[\s,]*)?"
    r"(?:(?:in|im|en|em|nel|no|na|w|в)\b\s*)?(?:(?:jahre?|l'année|el año|año|anno|ano)\s+)?"
    r"(?P<year>(?:19|20)\d\d年?)(?:に?は)?",
    re.IGNORECASE,
)

#: "And that of the Pro?" asks what was asked, of the Pro.
_THAT_OF = re.compile(
    rf"(?:that|those|the ones?)\s+(?P<at>{PREPOSITION})\s+(?P<named>.+)", re.IGNORECASE
)

_MORE = re.compile(
    r"(?:and |so )?(?:anything else|what else|(?:tell me |say )?more(?: details?)?|in detail|go on|continue)",
    re.IGNORECASE,
)
#: A topic that is a question of its own.
_ASKS = re.compile(
    r"(?:what|which|who|when|where|why|how|is|are|was|were|do|does|did)\b", re.IGNORECASE
)


def complete_english(question: str, previous: str) -> str:
    """The question as it would be asked without the one before it; itself when it needs none.

    Args:
        question: As asked.
        previous: The question before, complete in itself and without its mark.
    """
    if _MORE.fullmatch(question.strip(END)):
        return previous + "?"
    if year := _YEAR_ALONE.fullmatch(question.strip(END)):
        return substituted(previous, year.group("year"))
    subject = subject_of(previous)
    if what_about := _WHAT_ABOUT.match(question):
        topic = what_about.group("topic").strip(END)
        if owned := re.fullmatch(r"(?:its|their|his|her) (.+)", topic):
            return f"What is {subject}'s {owned.group(1)}?" if subject else question
        if that_of := _THAT_OF.fullmatch(topic):
            if placed_alike(previous, that_of) is not None:
                return substituted(previous, f"{that_of['at']} {that_of['named']}")
            if that_of["at"].lower() == "of":  # not: the one in the shop
                return substituted(previous, that_of["named"])
        if topic and not _ASKS.match(topic):
            return substituted(previous, topic)
        if topic:  # "and how many ...?"
            question = topic + "?"
    opening = _OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    pronoun = pronoun_in(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        tail = "'s" if owns_what_follows(pronoun.group(), rest[pronoun.end() :]) else ""
        if pronoun.group().lower() in SEVERAL and subject == thing_asked(previous):
            # How many |rooms| does the hotel have: they are the rooms, it is the hotel.
            counted = _HOW_MANY.match(previous)
            subject = counted.group(1) if counted else subject
        return rest[: pronoun.start()] + subject + tail + rest[pronoun.end() :]
    if subject and may_point_back(rest):
        return f"{subject}: {rest}"
    if subject and _is_bare(rest):
        # Voted against the repair: Why?
        return f"{body_of(previous) if subject[:4].lower() == 'the ' else subject}: {rest}"
    return rest if opening and not _is_bare(rest) and len(rest) > 4 else question


def _is_bare(question: str) -> bool:
    """Whether hardly anything but question words is left: "how many people?"."""
    if _WHOLE.match(question):
        return False
    words = re.findall(r"\w+", question.lower())
    left = [word for word in words if not re.fullmatch(QUESTION_WORDS, word)]
    return len(words) <= 6 and len(left) <= 1
