"""Follow-ups in English, and in other languages that set words apart.

``("How long does the battery last?", ...)`` then ``"Is it removable?"`` is searched as ``"Is the battery
removable?"``. A question that names what it speaks of comes back as it is: "it takes an hour to charge the
phone" points at nothing before.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re
from difflib import SequenceMatcher

from rag.normalization import normalize

__all__ = ["END", "QUOTED", "YEAR", "complete_english"]

#: How alike the letters of two phrases must be: where no word is shared (map, maps), where one is, where as many
#: words share one (annual report, annual summary); and what a word more or less costs.
_SAME_WORD, _ALIKE, _SHARING, _OTHER_SIZE = 0.7, 0.6, 0.5, 0.1
#: What may stand at the end of a question of any language.
END = "?？。.!！,，;； \t\n"
QUOTED = re.compile(r"[“「『《\"]([^“”「」『』《》\"]{1,40})[”」』》\"]")
YEAR = re.compile(r"(?:公元前|前)?\d{1,4}\s*年(?:\d{1,2}\s*月)?|\b(?:19|20)\d\d\b|[去今前明]年")
_WHAT_ABOUT = re.compile(
    r"^(?:and |so |but |then |ok,? |okay,? )*(?:what about|how about|and)\s+"
    r"(?P<topic>[^?]{1,60}?)(?:,? then)?\s*\?*$",
    re.IGNORECASE,
)
_OPENING = re.compile(r"^(?:and|so|but|then|also|ok|okay)\b[, ]*", re.IGNORECASE)
_PRONOUN = re.compile(
    r"\b(?:(?:the|this|that) (?:latter|former|same (?:one|year|place))|"
    r"it|its|they|them|their|theirs|he|him|his|she|her|hers|there|this|that|these|those)\b"
    r"(?!\s+(?:is|are|was|were)\s+(?:a|an|any|no)\b)",
    re.IGNORECASE,
)
_POSSESSIVE = frozenset({"its", "their", "his", "her", "theirs"})
_SEVERAL = frozenset({"they", "them", "these", "those"})
_POINTING = frozenset({"this", "that", "these", "those"})
_QUESTION_WORDS = (
    "what|which|who|whom|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|"
    "can|could|will|would|should|many|much|the|a|an|of|in|on|at|for|to|by"
)
_AUXILIARY = "is|are|was|were|do|does|did|has|have|had|can|could|will|would|should"
_PREPOSITION = "of|in|on|at|for|from|by|to|with|about|during|since|until|after|before|under|over|without|per|against"
_ARTICLE = r"(?:the|a|an|our|my|your)\s+"
_AFTER_AUXILIARY = re.compile(rf"(?:^|\b(?:{_AUXILIARY})\s+)$", re.IGNORECASE)
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
_ONE_NAMED = (
    rf"\b(?i:{_ARTICLE})\w|^(?i:which)\s+(?!of\b)\w+(?:(?<!s)|(?<=[su]s))\b|(?<!^)\b[A-Z]\w"
)
_MANY_NAMED = (
    rf"\b(?i:{_AUXILIARY})\s+(?!this\b|always\b)(?:[a-z]+\s+)?[a-z]+s\b"
    r"|^(?i:which|how many)\s+(?!of\b)\w"
)
_ANTECEDENT_OF_ONE = re.compile(_ONE_NAMED)
_ANTECEDENT = re.compile(f"{_ONE_NAMED}|{_MANY_NAMED}")
#: In the US, before the war: a time or a place, and nothing that a pronoun stands for.
_SETTING = re.compile(
    rf"^(?i:{_PREPOSITION})\s+(?i:{_ARTICLE})?[\w'-]+(?:\s+[\w'-]+){{0,2}}(?<!ed),\s+"
)
#: How did the strike |affect| its profits, was Ann Lee |its| founder: what acts upon it is another.
_ANOTHER_ACTS = re.compile(
    r"\b(?:affect|influence|change|shape|hurt|hit|damage|harm|help|finance|fund|cause|reduce|increase|improve|boost|"
    r"threaten)(?:s|e?d)?\s+$"
    rf"|^(?i:is|are|was|were)\s+(?:(?i:{_ARTICLE})[\w-]+|[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*)*)\s+$"
)
_SENTENCE_BEFORE = re.compile(r"\w+\W+\w+\W+\w+.*[.;]\s")
#: "What is the reason for its ...": what is asked for is not what owns.
_IS_ASKED = re.compile(rf"^(?i:what|who|which)\s+(?:is|are|was|were)\s+(?:{_ARTICLE})[^A-Z]*$")
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
    rf"\s+(?!(?:{_PREPOSITION}|{_AUXILIARY}|and|or|but|if|when|while|because|again|there|then|the|a|an)\b)\w",
    re.IGNORECASE,
)
#: "Is this available", "can these be washed": behind "this" there stands no noun.
_SAID_OF_THIS = re.compile(
    rf"\s+(?:{_AUXILIARY}|be|been|also|not|really|still|all|the|a|an|available|able|safe|true|false|free|new|good|bad|"
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
    rf"\b(?i:this|that|these|those)\s+[\w-]+\s+(?:{_AUXILIARY}|need|cost|use|work|take|come|run|make)\b"
)
#: "What is in the box?" is whole; "How many in Germany?", "Which are in Germany?" lack what is counted.
_WHOLE = re.compile(
    rf"^(?!(?i:how many|which)\s+(?i:{_AUXILIARY})\b)(?=.*\b(?i:{_AUXILIARY})\b)"
    rf".*(?:\b(?i:{_ARTICLE})\w|(?<!^)\b[A-Z0-9])"
)
_NAME = re.compile(
    r"(?:[A-Z][\w'’.-]*|\d+)(?:\s+(?:(?:of|the|and|for)\s+)*(?:[A-Z][\w'’.-]*|\d+))*"
)
#: How long |does| the battery last: what is asked of stands behind the auxiliary.
_INVERTED = re.compile(
    rf"^(?P<word>how|what|which|when|where|why)\b(?P<asked>.*?)\s(?P<auxiliary>{_AUXILIARY})\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_HOW_MANY = re.compile(
    rf"how many ((?:[\w-]+\s+){{0,3}}?[\w-]+)\s(?:{_AUXILIARY})\b", re.IGNORECASE
)
_SPEAKERS = re.compile(r"(?:i|you|we|they|he|she|it|one|people|there)\b", re.IGNORECASE)
#: One of several that a letter or a figure tells apart: flat B, building 4, room 3B.
_NUMBERED = r"(?:[A-Z]|[A-Z]?\d{1,3}[A-Z]?)"
_ONE_OF_SEVERAL = re.compile(rf"(?i:the\s+)?(?P<noun>[A-Za-z][\w-]+) {_NUMBERED}")
#: Who acts: the tenant, employees.
_PERSON = re.compile(
    r"\b(?:\w{4,}(?:er|or|ist|ian)|\w{3,}lord|\w*(?:men|man|women|woman|child|children)|user|buyer|owner|tenant|agent|guest|"
    r"student|parent|patient|intern|resident|client|employee|trainee|staff|adult|citizen)s?$",
    re.IGNORECASE,
)
#: What is spent |on research|, at the end and without an article.
_LAST_PLACED = re.compile(rf"\b(?i:{_PREPOSITION})\s+(?P<thing>[a-z][a-z-]+)$")
_THING_ENDS = re.compile(
    rf"\s+(?:(?:{_PREPOSITION}|{_AUXILIARY}|like|up|out|off|down|away|back|per|each|every|into|against|between|if|when|"
    r"because|as|and|or|now|today|need|offer|provide|contain|include|there)\b|,)",
    re.IGNORECASE,
)
#: A question that is only a year: "Und 2021?", "Et en 2021 ?", "¿Y en 2021?", "2021年は?".
_YEAR_ALONE = re.compile(
    r"[¿\s]*(?:(?:und|et|y|e|en|en cuanto a|ve|и|а|i|a)\b[\s,]*)?"
    r"(?:(?:in|im|en|em|nel|no|na|w|в)\b\s*)?(?:(?:jahre?|l'année|el año|año|anno|ano)\s+)?"
    r"(?P<year>(?:19|20)\d\d年?)(?:に?は)?",
    re.IGNORECASE,
)
#: What else a condition or a side is told by, where it is asked for another.
_OPPOSITE = {"with": "without", "without": "with|under", "for": "against", "against": "for"}
_PLACED = re.compile(rf"(?P<at>{_PREPOSITION})\s+(?P<named>.+)", re.IGNORECASE)
#: "And that of the Pro?" asks what was asked, of the Pro.
_THAT_OF = re.compile(
    rf"(?:that|those|the ones?)\s+(?P<at>{_PREPOSITION})\s+(?P<named>.+)", re.IGNORECASE
)
#: What a question asks of, up to what it belongs to: the |revenue| of Northwind, in 2022.
_HEAD = re.compile(
    r"^(?i:who|what|when|where|how\s+\w+)(?:\s+(?:is|are|was|were)|'s)\s+(?:the\s+)?"
    rf"(?P<head>[a-z][a-z-]*(?:\s+(?!(?:{_PREPOSITION})\b)[a-z][a-z-]*){{0,3}})"
    rf"(?=\s+(?:{_PREPOSITION})\s+(?:the\s+)?[A-Z0-9]|$)"
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
        return _substitute(previous, year.group("year"))
    subject = _subject(previous)
    if what_about := _WHAT_ABOUT.match(question):
        topic = what_about.group("topic").strip(END)
        if owned := re.fullmatch(r"(?:its|their|his|her) (.+)", topic):
            return f"What is {subject}'s {owned.group(1)}?" if subject else question
        if that_of := _THAT_OF.fullmatch(topic):
            if _placed_alike(previous, that_of) is not None:
                return _substitute(previous, f"{that_of['at']} {that_of['named']}")
            if that_of["at"].lower() == "of":  # not: the one in the shop
                return _substitute(previous, that_of["named"])
        if topic and not _ASKS.match(topic):
            return _substitute(previous, topic)
        if topic:  # "and how many ...?"
            question = topic + "?"
    opening = _OPENING.match(question)
    rest = question[opening.end() :] if opening else question
    pronoun = _pronoun(rest)
    if pronoun and subject and normalize(subject) not in normalize(rest):
        tail = "'s" if _owns(pronoun.group(), rest[pronoun.end() :]) else ""
        if pronoun.group().lower() in _SEVERAL and subject == _thing_asked(previous):
            # How many |rooms| does the hotel have: they are the rooms, it is the hotel.
            counted = _HOW_MANY.match(previous)
            subject = counted.group(1) if counted else subject
        return rest[: pronoun.start()] + subject + tail + rest[pronoun.end() :]
    if subject and _may_point_back(rest):
        return f"{subject}: {rest}"
    if subject and _is_bare(rest):
        # Voted against the repair: Why?
        return f"{_body(previous) if subject[:4].lower() == 'the ' else subject}: {rest}"
    return rest if opening and not _is_bare(rest) and len(rest) > 4 else question


def _pronoun(question: str) -> re.Match[str] | None:
    """The first English pronoun that stands for what was spoken of before."""
    for found in _PRONOUN.finditer(question):
        word = found.group().lower()
        before, after = question[: found.start()], question[found.end() :]
        if word == "there":
            stands = not _BEING.search(before) and not _IS.match(after)
        elif word in _POINTING:
            stands = _points_back(word, before, after)
        elif word == "it" and _EXPLETIVE.match(after):
            stands = False
        else:
            stands = not _has_antecedent(word, before, after)
        if stands:
            return found
    return None


def _owns(word: str, after: str) -> bool:
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
    several = word in _SEVERAL | {"their", "theirs"}
    named = (_ANTECEDENT if several else _ANTECEDENT_OF_ONE).search(before)
    if named is None:
        return False
    if _owns(word, after):
        apart = (_OF_IT, _IS_ASKED, _ANOTHER_ACTS)
        if not any(pattern.search(before) for pattern in apart):
            return True
    elif word in {"her", "him", "them"}:
        before = _BEHIND_PREPOSITION.sub(" ", before)
    return _SPEAKS_ON.search(before, named.end()) is not None


def _points_back(word: str, before: str, after: str) -> bool:
    """Whether "this" or "that" is a pronoun: not "this lamp", "say that it is", "the lamp that is red"."""
    if not re.search(r"\w", after):
        return True
    behind = re.match(rf"\s+(?:{_PREPOSITION})\b", after)
    if not _AFTER_AUXILIARY.search(before):
        return word != "that" and behind is not None
    if _DOES.search(before) and _DONE_BY_THIS.match(after):
        return True
    alone = _SAID_OF_THIS.match(after) or re.match(r"\s+[\w-]+\W*$", after)  # does that cost?
    return behind is not None or alone is not None


def _may_point_back(question: str) -> bool:
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


def _substitute(previous: str, topic: str) -> str:
    """The previous question about the topic instead: "net profit", "in 2021", "for children"."""
    placed = _PLACED.fullmatch(topic)
    named = placed.group("named") if placed else topic
    old = _placed_alike(previous, placed) if placed else _counterpart(previous, topic)
    if old is None:
        return f"{previous} {topic}?" if placed else f"{previous} ({topic})?"
    start, end = old
    opposite = _OPPOSITE.get(placed.group("at").lower()) if placed else None
    if opposite and re.match(rf"(?:{opposite})\s", previous[start:], re.IGNORECASE):
        return f"{previous[:start]}{topic}{previous[end:]}?"
    if re.search(r"\b(?:the|how (?:many|much)) $", previous[:start], re.IGNORECASE):
        named = re.sub(r"^the\s+", "", named, flags=re.IGNORECASE)
    return previous[:start] + named + previous[end:] + "?"


def _placed_alike(previous: str, placed: re.Match[str]) -> tuple[int, int] | None:
    """What stands behind the same preposition: of |the X200|, for |adults|; or the year, for a year.

    Where none does, the opposite one with what stands behind it: |with a lamp|, for without a lamp.
    """
    if YEAR.fullmatch(placed.group("named")):
        year = YEAR.search(previous)
        return year.span() if year else None
    found = None
    for at in re.finditer(rf"\b{placed.group('at')}\s+", previous, re.IGNORECASE):
        thing = re.compile(r"(?:the\s+)?").match(previous, at.end())
        name = _NAME.match(previous, thing.end() if thing else at.end())
        end = name.end() if name else _phrase_end(previous, at.end())
        if not YEAR.fullmatch(previous[at.end() : end]):
            found = at.end(), end
    opposite = _OPPOSITE.get(placed.group("at").lower())
    if found is None and opposite and placed.group("named").lower() not in {"one", "it", "them"}:
        for at in re.finditer(rf"\b(?:{opposite})\s+", previous, re.IGNORECASE):
            found = at.start(), _phrase_end(previous, at.end())
    return found


def _phrase_end(text: str, start: int) -> int:
    """Where a phrase ends that begins at ``start``: before the next preposition or auxiliary."""
    behind = re.compile(rf"\s+(?:{_PREPOSITION}|{_AUXILIARY})\b", re.IGNORECASE)
    found = behind.search(text, start)
    return found.start() if found else len(text)


def _counterpart(previous: str, topic: str) -> tuple[int, int] | None:
    """Span of the previous English question that the topic stands for, or None."""
    if YEAR.fullmatch(topic):
        year = YEAR.search(previous)
        return year.span() if year else None
    bare = re.sub(r"^(?:the|a|an)\s+", "", topic, flags=re.IGNORECASE)
    if numbered := _numbered_alike(previous, topic):
        return numbered
    names = [
        m.span()
        for m in _NAME.finditer(previous)
        if (m.group() == "A" or not re.fullmatch(_QUESTION_WORDS, m.group().lower()))
        and m.start() > 0
        and not YEAR.fullmatch(m.group())
    ]
    if re.match(r"[a-z]?[A-Z]", bare):  # Denmark, eBay
        return max(names, key=lambda span: _alike(previous[span[0] : span[1]], bare), default=None)
    if re.fullmatch(r"(?:\w+ )?ones?", bare):  # the other one
        return names[-1] if names else None
    if alike := _words_alike(previous, bare):
        return alike
    counted = re.match(
        rf"how (?:many|much) ([\w-]+(?: (?!(?:{_QUESTION_WORDS})\b)[\w-]+){{0,3}}?) (?:{_AUXILIARY})\b",
        previous,
        re.IGNORECASE,
    ) or re.match(
        rf"how (?:many|much) (?!(?:{_QUESTION_WORDS})\b)([\w-]+)", previous, re.IGNORECASE
    )
    actor = _actor_alike(previous, topic, counts=counted is not None)
    if counted and actor is None:
        return counted.span(1)
    if actor and not any(actor[1] < start for start, _ in names):
        return actor
    if re.fullmatch(r"[\w-]+", topic) and names:  # "germany"; one word alone is rather a name
        start, end = names[-1]
        inner = previous.rfind(" of ", start, end)  # the CEO of |Apple|
        return (inner + len(" of ") if inner >= 0 else start), end
    if head := _HEAD.match(previous):
        return head.span("head")
    # "The capacity in Denmark" and "solar parks" are of two kinds.
    others = [s for s in names if not re.search(r"\bin\s+(?:the\s+)?$", previous[: s[0]])]
    return others[-1] if others else None


def _numbered_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """Flat A, where the topic is flat B; any thing with a letter, where there is no other flat."""
    wanted = _ONE_OF_SEVERAL.fullmatch(topic)
    if wanted is None:
        return None
    noun = re.escape(wanted.group("noun"))
    found = re.search(rf"\b(?i:{noun}) {_NUMBERED}(?!\w)", previous) or re.search(
        rf"\b(?!(?i:{_QUESTION_WORDS})\b)[A-Za-z][\w-]+ [A-Z](?!\w)(?! [A-Z])", previous
    )
    return found.span() if found else None


def _actor_alike(previous: str, topic: str, *, counts: bool) -> tuple[int, int] | None:
    """What a question with "how" asks of, where the topic is another such: the dishwasher for the washing machine.

    Beside a thing that is counted ("how much rent does |the tenant| pay") the topic is one who acts as well; where
    nobody acts, it has an article as the other has.
    """
    thing = _thing_asked(previous)
    start = previous.find(thing)
    if not thing or start < 0 or previous[:4].lower() != "how ":
        return None
    defined, has = (re.match(_ARTICLE, one, re.IGNORECASE) for one in (topic, thing))
    if counts:
        plural = topic.endswith("s") and not thing.endswith("s")
        alike = defined and has and not plural
        if not (_PERSON.search(topic) if _PERSON.search(thing) else alike):
            return None
    elif defined is None and (placed := _LAST_PLACED.search(previous)):
        return placed.span("thing")
    return start, start + len(thing)


def _words_alike(previous: str, topic: str) -> tuple[int, int] | None:
    """The words most like the topic, if any are like it."""
    words = list(re.finditer(r"[\w'-]+", previous))
    wanted = topic.lower()
    count = len(wanted.split())
    best: tuple[float, tuple[int, int]] | None = None
    for size in range(max(1, count - 1), count + 2):
        for i in range(len(words) - size + 1):
            edges = words[i].group().lower(), words[i + size - 1].group().lower()
            if any(re.fullmatch(_QUESTION_WORDS, word) for word in edges):
                continue
            span = (words[i].start(), words[i + size - 1].end())
            piece = previous[span[0] : span[1]].lower()
            score = _alike(piece, wanted) + 0.5 * (piece.split()[-1] == wanted.split()[-1])
            shares = any(
                word in piece.split() and not re.fullmatch(_QUESTION_WORDS, word)
                for word in wanted.split()
            )
            if score < (_SAME_WORD if not shares else _ALIKE if size != count else _SHARING):
                continue  # rent is no tenant
            score -= _OTHER_SIZE * abs(size - count)
            if best is None or score > best[0]:
                best = (score, span)
    return best[1] if best else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _subject(previous: str) -> str:
    """What the previous question was about: its quoted or longest name, or the thing that it asks of."""
    quoted = QUOTED.search(previous)
    if quoted:
        return quoted.group(1)
    names = [
        m.group()
        for m in _NAME.finditer(previous)
        if not re.fullmatch(_QUESTION_WORDS, m.group().lower())
        and (m.start() > 0 or " " in m.group())
        and not m.group().isdigit()
        and m.group() != "I"
    ]
    if names:
        return max(names, key=len)
    if thing := _thing_asked(previous):
        return thing
    body = _body(previous)
    inner = re.search(rf"\b{_ARTICLE}.+", body)  # who funded |the study|
    return inner.group() if inner else body


def _body(previous: str) -> str:
    """A question without the words that ask: how many |participants| were there."""
    opening = rf"^(?:(?:{_QUESTION_WORDS})\s+)+"
    if _thing_asked(previous) and (inverted := _INVERTED.match(previous)):
        return re.sub(opening, "", inverted.group("rest"), flags=re.IGNORECASE)
    body = re.sub(opening, "", previous, flags=re.IGNORECASE)
    return re.split(rf"\s(?:{_AUXILIARY}|there)\b", body)[0].strip()


def _thing_asked(previous: str) -> str:
    """What an inverted question asks of: how long does |the battery| last; "" of others."""
    inverted = _INVERTED.match(previous)
    if inverted is None:
        return ""
    word, asked, auxiliary, rest = (part.strip() for part in inverted.groups())
    does = auxiliary.lower() in {"do", "does", "did"}
    article = re.match(_ARTICLE, rest, re.IGNORECASE) is not None
    if _SPEAKERS.match(rest):  # how often should I clean |the filter|
        inner = re.search(rf"\b{_ARTICLE}.+", rest, re.IGNORECASE)
        return inner.group()[: _thing_end(inner.group())] if inner and asked else ""
    # "What is the capital", "which museum has the oldest", "how many guests can use" ask of what stands before.
    if not does and (not article or not asked or word.lower() == "which"):
        return ""
    if auxiliary.lower() in {"has", "have", "had"} and word.lower() != "how":
        return ""
    phrase = rest[: _thing_end(rest)]
    # Did the company finance |the plant|; but the A of flat A is no article.
    if re.search(rf"\s(?!(?-i:A)\s){_ARTICLE}", phrase, re.IGNORECASE):
        return ""
    words = phrase.split()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    is_noun = auxiliary.lower() in {"is", "are", "was", "were"} and not words[-1].endswith("ed")
    if not is_noun and len(words) > 1 + article:
        words.pop()
    while len(words) > 1 + article and words[-1].endswith("ly"):
        words.pop()
    return " ".join(words)


def _thing_end(text: str) -> int:
    """Where the thing that opens a text ends at the latest."""
    found = _THING_ENDS.search(text)
    return found.start() if found else len(text)


def _is_bare(question: str) -> bool:
    """Whether hardly anything but question words is left: "how many people?"."""
    if _WHOLE.match(question):
        return False
    words = re.findall(r"\w+", question.lower())
    left = [word for word in words if not re.fullmatch(_QUESTION_WORDS, word)]
    return len(words) <= 6 and len(left) <= 1
