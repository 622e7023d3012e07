"""Candidate sentences of the passages, and what can be told about each as an answer."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.answering.members_asked import group_asked, lacks_members
from rag.answering.nearness import Nearness
from rag.answering.part_of_year import another_part, parts_of_year
from rag.answering.places import Place, places_of
from rag.answering.question import ACCEPTED, AskedFor, focus_phrase
from rag.answering.row_asked import rows_asked
from rag.answering.sibling_items import numbered_items, only_siblings
from rag.answering.spans import (
    FIGURES,
    capitalised,
    figures_in,
    marker_end,
    quoted,
    typed_spans,
    years_in,
)
from rag.answering.table_rows import ToldRow, told_row
from rag.answering.value_asked import asks_value, lacks_value
from rag.answering.which_one import another_one, ones_asked
from rag.answering.word_forms import forms_used
from rag.index.terms import terms
from rag.normalization import normalize, normalize_with_offsets, source_span
from rag.records import Passage
from rag.retrieval.language import text_script
from rag.retrieval.sentences import sentence_spans

if TYPE_CHECKING:
    from rag.answering.reader import ReaderScore
    from rag.retrieval.glossary import Glossed

__all__ = [
    "FEATURES",
    "Candidate",
    "Weights",
    "best_typed_span",
    "candidates_of",
    "features_of",
    "table_heads",
]

Floats = npt.NDArray[np.float32]
Idf = Callable[[Sequence[str]], npt.NDArray[np.float32]]

#: A candidate's neighbours and headings are looked at up to this many characters.
CONTEXT = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """A sentence of a passage: ``text == document.text[start:end]``.

    Attributes:
        passage: Index of its passage, 0 being the best.
        position: Its place among the sentences of the passage, from 0.
        before: The previous sentence of the passage, or "".
        after: The next one, or "" where that is the heading of another section.
        frame: Title and heading, of several in the passage the one above it.
        head: The head of the table whose row it is, or "".
    """

    passage: int
    position: int
    document_id: str
    start: int
    end: int
    text: str
    before: str
    after: str
    frame: str
    published: str | None
    head: str = ""

    @property
    def row(self) -> ToldRow | None:
        """The row of a table as a sentence; None for other text, and where its cells do not fit the head."""
        return told_row(self.head, self.text) if self.head else None

    @property
    def told(self) -> str:
        """What is judged and shown: the text, or what a row of a table says below its head."""
        row = self.row
        return self.text if row is None else row.text


def candidates_of(passages: Sequence[Passage]) -> list[Candidate]:
    """The sentences of all passages, best passage first, each place of a document only once.

    Headings tell what the sentences below them are about and answer nothing, nor do the head of a
    table, the rule under it, and marks without a word; of a passage that holds nothing else they are
    candidates. A row of a table that has a head is told with it: what stands over the table goes before,
    and nothing after.
    """
    seen: set[tuple[str, int, int]] = set()
    found: list[Candidate] = []
    tables = table_heads(passages)
    for index, passage in enumerate(passages):
        spans = sentence_spans(passage.text)
        texts = [passage.text[start:end] for start, end in spans]
        heads = [tables.get((passage.document_id, passage.start + start)) for start, _ in spans]
        heading = passage.heading or ""
        above = [" ".join(part.split()) for part in heading.split(" > ")]
        told = _told_headings(passage)
        headings = [
            _is_heading(text, above)
            or (head is None and any(begin <= start and end <= stop for begin, stop in told))
            for text, head, (start, end) in zip(texts, heads, spans, strict=True)
        ]
        plain = [
            head != "" and not is_heading and _has_words(text)
            for text, head, is_heading in zip(texts, heads, headings, strict=True)
        ]
        for position, (start, end) in enumerate(spans):
            if headings[position]:
                own = " ".join(_MARKED.sub("", texts[position]).split())
                heading = (passage.heading or "") if own == above[-1] else own
            if not plain[position] and any(plain):
                continue
            place = (passage.document_id, passage.start + start, passage.start + end)
            if place in seen:
                continue
            seen.add(place)
            head = heads[position] or ""
            row = told_row(head, texts[position]) if head else None
            above_it = _over_the_table(heads, position) if row else position
            found.append(
                Candidate(
                    passage=index,
                    position=position,
                    document_id=place[0],
                    start=place[1],
                    end=place[2],
                    text=texts[position],
                    before=(head if not row else "") or (texts[above_it - 1] if above_it else ""),
                    after="" if row else _not_heading(texts, headings, position + 1),
                    frame=" ".join(part for part in (passage.title, heading) if part),
                    published=passage.published,
                    head=head,
                )
            )
    return found


def _has_words(text: str) -> bool:
    """Whether a text has a letter or a digit; ① is neither."""
    return any(character.isalpha() or character.isdecimal() for character in text)


# The line under the head of a Markdown table: "|---|:--:|".
_RULE = re.compile(r"(?=[^|]*+\|)(?=[^-]*+-)[\s|:-]++")
_GAP = re.compile(r"\s*+")


def table_heads(passages: Sequence[Passage]) -> dict[tuple[str, int], str]:
    """For each row of a Markdown table, by document and start, the table's head; "" for head and rule.

    Tables are cut between their rows: passages that follow each other in a document are read as one. An
    empty line ends a table.
    """
    rows: dict[tuple[str, int, int, str], int] = {}  # and where the next row begins at the latest
    for passage in passages:
        for start, end in sentence_spans(passage.text):
            if "|" not in passage.text[start:end]:
                continue
            row = (
                passage.document_id,
                passage.start + start,
                passage.start + end,
                passage.text[start:end],
            )
            rows[row] = max(passage.start + _next_line(passage.text, end), rows.get(row, 0))
    heads: dict[tuple[str, int], str] = {}
    head = ""
    above: tuple[str, int, int, str] | None = None
    for row in sorted(rows):
        document, start, _, text = row
        if above is not None and (above[0] != document or start > rows[above]):
            above = None
        if above is None:
            head = ""
        if _RULE.fullmatch(text):
            heads[document, start] = ""
            # Within a table a row of single dashes tells that nothing is known.
            if above is not None and (not head or "--" in text):
                head = above[3]
                heads[document, above[1]] = ""
        elif head:
            heads[document, start] = head
        above = row
    return heads


def _next_line(text: str, end: int) -> int:
    """Where the line after the one that ends at ``end`` may begin at the latest, white space left out."""
    gap = _GAP.match(text, end)
    blank = gap.group() if gap else ""
    if blank.count("\n") > 1:
        return end
    if end + len(blank) < len(text) or "\n" in blank:
        return end + len(blank)
    return len(text) + len("\r\n" if "\r\n" in text else "\n")  # in the next passage


def _over_the_table(heads: Sequence[str | None], position: int) -> int:
    """The position of the first line of the table, in this passage, whose row stands at a position."""
    while position and heads[position - 1] is not None:
        position -= 1
    return position


_MARKED = re.compile(r"\s*#{1,6}\s+")


def _is_heading(text: str, above: Sequence[str]) -> bool:
    """Whether a sentence is marked as a heading, or is one of those ``above`` its passage."""
    marked = _MARKED.match(text)
    return marked is not None or " ".join(text.split()) in above


#: A heading that ends so is a sentence in the style of one.
_SENTENCE_END = re.compile(r"[。；;！!][\s*_]*$")


#: A year alone heads a section, it tells nothing.
_YEAR_ALONE = re.compile(r"\d{4}\s*年?")
_SETTLES = (FIGURES - {"rank"}) | {"date", "person"}


@lru_cache(maxsize=2_048)
def _tells(heading: str) -> bool:
    """Whether a heading holds a fact, and can answer: 客服电话：400-123-4567, 门票30元."""
    if _SENTENCE_END.search(heading):
        return True
    text = normalize(heading[marker_end(heading) :])
    return re.search(r":\s*\S", text) is not None or any(
        one.kind in _SETTLES and not _YEAR_ALONE.fullmatch(text[one.start : one.end])
        for one in typed_spans(text)
    )


def _told_headings(passage: Passage) -> list[tuple[int, int]]:
    """Where in a passage's text the headings stand whose places markup told, as (start, end).

    Those that hold a fact themselves are left out.
    """
    told = passage.metadata.get("headings")
    if not isinstance(told, (list, tuple)):
        return []
    found = []
    for one in told:
        if not (isinstance(one, (list, tuple)) and len(one) == 3):
            return []  # something else of the user's
        start, end = (
            (offset - passage.start if isinstance(offset, int) else -1) for offset in one[:2]
        )
        if 0 <= start < end <= len(passage.text) and not _tells(passage.text[start:end]):
            found.append((start, end))
    return found


def _not_heading(texts: Sequence[str], headings: Sequence[bool], position: int) -> str:
    """The sentence at a position, or "" where there is none or it is a heading."""
    return "" if position >= len(texts) or headings[position] else texts[position]


@dataclass(frozen=True, slots=True)
class ForeignWord:
    """A word of the question, what may stand for it in the other language, and its worths.

    ``alternatives`` are (normalised text, degree in (0, 1]); a figure or a Latin name stands for itself.
    """

    word: str
    alternatives: tuple[tuple[str, float], ...]
    worth: float
    focus: float

    def met(self, normalised: str) -> float:
        """To what degree a normalised text holds it."""
        return max((degree for one, degree in self.alternatives if one in normalised), default=0.0)


@dataclass(frozen=True, slots=True)
class Weights:
    """The content terms of a question and what each is worth; the worths sum to 1.

    Attributes:
        worth: By rarity.
        rare: The four worthiest.
        focus: The worth of terms near the asking word raised: what the figure measures, the post the
            person holds.
        foreign: The question's words with their translations, for texts in the other language; empty
            where there is no glossary for the question's language.
        forms: Terms that the passages hold in other forms, with those.
    """

    worth: Mapping[str, float]
    rare: tuple[str, ...]
    focus: Mapping[str, float]
    foreign: tuple[ForeignWord, ...] = ()
    forms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def met(self, term: str, held: AbstractSet[str]) -> bool:
        """Whether a term is among those that are held, itself or in another form."""
        return term in held or any(form in held for form in self.forms.get(term, ()))

    def share(self, held: AbstractSet[str]) -> float:
        """Worth of the terms that are held, in [0, 1]."""
        return sum(worth for term, worth in self.worth.items() if self.met(term, held))


def weigh(asked: AskedFor, passages: Sequence[Passage], idf: Idf) -> Weights:
    """Weigh a question's content terms by rarity; single Han characters count little.

    A word that the passages use in other forms is as rare as the commonest of them.
    """
    content = sorted(set(terms(asked.content))) or sorted(set(terms(asked.normalised)))
    if not content:
        return Weights({}, (), {})
    texts = (held_terms(passage.text) for passage in passages)
    forms = forms_used(asked.content, asked.language, texts)
    others = sorted({form for some in forms.values() for form in some} - set(content))
    rarity = dict(zip([*content, *others], idf([*content, *others]).tolist(), strict=True))
    worth = {
        term: min(rarity[one] for one in (term, *forms.get(term, ())))
        * (0.25 if len(term) == 1 and not term.isdigit() else 1.0)
        for term in content
    }
    total = sum(worth.values()) or 1.0
    worth = {term: value / total for term, value in worth.items()}
    rare = tuple(sorted(worth, key=lambda term: (-worth[term], term))[:4])
    return Weights(worth, rare, _focused(asked, worth), forms=forms)


_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def with_translations(
    weights: Weights, asked: AskedFor, candidates: Sequence[Candidate]
) -> Weights:
    """The weights with foreign words, where most candidates are in the question's other language.

    A word is worth the more, the fewer of the candidates meet it.
    """
    script = _script_of(asked.language)
    if script not in {"han", "latin"} or not candidates:
        return weights
    other = "latin" if script == "han" else "han"
    foreign = [c for c in candidates if text_script(c.told) == other]
    if 2 * len(foreign) <= len(candidates):
        return weights
    from rag.retrieval.glossary import gloss

    texts = [_normalised(c.told) for c in foreign]
    words = [(one.word, _spellings(one, asked.places, texts)) for one in gloss(asked.text)]
    words += [(figure, ((figure, 1.0),)) for figure in _FIGURE.findall(asked.normalised)]
    if script == "han":
        words += [(name, ((name, 1.0),)) for name in asked.names if name.isascii()]
    raw = []
    for word, alternatives in dict(words).items():
        found = sum(any(one in text for one, _ in alternatives) for text in texts)
        rarity = math.log(1 + (len(texts) - found + 0.5) / (found + 0.5))
        at = asked.normalised.find(word if script == "han" else word[:5])
        near = 1.0
        if asked.at is not None and at >= 0:
            gap = max(asked.at[0] - at - len(word), at - asked.at[1], 0)
            near += 2.5 * math.exp(-gap / (6.0 if script == "han" else 18.0))
        raw.append((word, alternatives, rarity, rarity * near))
    total = sum(one[2] for one in raw) or 1.0
    focused = sum(one[3] for one in raw) or 1.0
    return replace(
        weights,
        foreign=tuple(
            ForeignWord(word, alternatives, worth / total, focus / focused)
            for word, alternatives, worth, focus in raw
        ),
    )


def _spellings(
    word: Glossed, places: Sequence[Place], texts: Sequence[str]
) -> tuple[tuple[str, float], ...]:
    """What may stand for a word, with its degree; for a name in Latin letters what the texts have of it.

    That is the place that it names, a spelling that the table has too, or else whatever it can be read as.
    """
    found = {text: min(1.0, p / 0.3) for text, p in word.alternatives}
    if word.pattern is None:
        return tuple(found.items())
    stems = {stem for place in places for stem in place.stems if word.pattern.search(stem)}
    if stems:
        return tuple((stem, 1.0) for stem in sorted(stems))
    read = {match.group() for text in texts for match in word.pattern.finditer(text)}
    known = {text for text, p in word.alternatives if p >= _KNOWN}
    return tuple((found | dict.fromkeys(sorted(read & known or read), 1.0)).items())


#: From this probability on the table's translation of a name is what it means.
_KNOWN = 0.1


def _lacking_names(asked: AskedFor, context: str, passage: Passage, weights: Weights) -> float:
    """The share of the names asked about that a normalised context lacks.

    One that is written in other characters there may stand anywhere in the passage.
    """
    missing = [name for name in asked.names if name not in context]
    if missing and weights.foreign:
        around = f"{context} {_normalised(passage.text)}"
        missing = [name for name in missing if not _is_spelled(name, weights, around)]
    return len(missing) / len(asked.names)


def _is_spelled(name: str, weights: Weights, normalised: str) -> bool:
    """Whether a text has a name of the question in the characters of its own language."""
    words = [word for word in weights.foreign if word.word in name or name in word.word]
    return any(word.met(normalised) > _MET for word in words)


#: A word is met from this degree on.
_MET = 0.2


def foreign_share(weights: Weights, normalised: str) -> float:
    """Worth of the foreign words that a normalised text meets, in [0, 1]."""
    return sum(word.worth * word.met(normalised) for word in weights.foreign)


def _focused(asked: AskedFor, worth: Mapping[str, float]) -> dict[str, float]:
    focus = {}
    for term, value in worth.items():
        if len(term) == 1 and not term.isdigit():
            continue
        at = asked.normalised.find(term)
        if asked.at is not None and at >= 0:
            gap = max(asked.at[0] - at - len(term), at - asked.at[1], 0)
            scale = 6.0 if asked.language.startswith("zh") else 18.0
            focus[term] = value * (1 + 2.5 * math.exp(-gap / scale))
        else:
            focus[term] = value
    total = sum(focus.values()) or 1.0
    return {term: value / total for term, value in focus.items()}


@lru_cache(maxsize=16384)
def held_terms(text: str) -> frozenset[str]:
    """The different terms of a text."""
    return frozenset(terms(text))


FEATURES = (
    "sentence",  # share of the question's worth that the sentence holds
    "window",  # ... with its neighbours
    "framed",  # ... with title and heading too
    "passage",  # ... that the whole passage holds
    "clause",  # ... that three clauses in a row hold
    "rare",  # share of the four worthiest terms in the sentence
    "rare_framed",  # ... with neighbours, title, heading
    "cosine",  # of question and sentence
    "cosine_lead",  # cosine less the best other candidate's
    "passage_cosine",  # best cosine in the passage
    "score",  # the passage's fused score over the best passage's
    "rank",  # 1 / rank of the passage
    "typed",  # holds a span of the asked kind that is not in the question
    "untyped",  # the kind of question accepts anything
    "near",  # worth of the terms near the best such span
    "years_lack",  # a year asked for is not told here, in the neighbours or the frame
    "years_clash",  # ... and another one is
    "figures_lack",  # share of the asked figures not in the window
    "names_lack",  # share of the asked names not in window, frame
    "length",  # log of the sentence's length in characters
    "news",  # share of the sentence's terms that are not in the question
    "fragment",  # no closing punctuation: a heading or furniture
    "interrogative",  # the sentence asks itself
    "items",  # marks of an enumeration, where a list is asked for
    "reader",  # relevance by the reader, 0 without one
    "reader_lead",  # ... less the best other candidate's
    "answerable",  # probability by the reader, 0 without one
    "pointed",  # how surely the reader points at the words that answer, 0 without one
    "cross",  # question and sentence are in different scripts
    "cross_cosine",
    "cross_reader",
    "sentence_lead",  # coverage less the best other candidate's
    "reason",  # words of a reason, where a reason is asked for
    "focus",  # worth near the asking word that the sentence holds
    "focus_passage",  # ... that the passage holds
    "focus_cosine",  # of the words next to the asking word and the nearest clause
    "phrase",  # those words stand in the sentence as they are asked
    "soft",  # mean of the best cosine that each piece of the question finds in the sentence
    "soft_lead",  # ... less the best other candidate's
    "soft_framed",  # ... in the sentence, its neighbours, title and heading
    "soft_focus",  # ... for the words next to the asking word
    "soft_lack",  # how badly the worst-met worthy piece is met
    "amount_lack",  # an amount is asked for and none is here
    "date_lack",  # a date is asked for and none is here
    "person_lack",  # a person is asked for and none is here
    "unit_lack",  # no figure has the unit that was asked for
    "place_lack",  # the passage does not name the place that was asked about
    "place_clash",  # ... and the heading or the sentence names another one of its kind
    "items_lack",  # so many things are asked for, and no row of so many is here
    "years_far",  # the passage tells of other years
    "cross_sentence",  # what of "sentence" comes by translation
    "cross_soft",
    "place_far",  # no passage of the document names the place, its title neither
    "unfit",  # tells of another one of several, of no such value, or counts and does not name
    "row_named",  # a row of a table that the question names
    "row_other",  # ... of which it names another one
    "column_named",  # ... of whose columns it names one
)
INDEX = {name: i for i, name in enumerate(FEATURES)}

_CLAUSES = re.compile(r"[,，、；;:：。.!?！？\n]+")
_CLOSED = re.compile(r"[。！？!?.…;；:：”」』\"')）»।۔؟]\s*$")
_ASKS = re.compile(r"[?？؟]\s*[”」\"]?$")
_REASON = re.compile(
    r"因为|由于|原因|因而|因此|所以|为了|为的是|目的|旨在|以便|以免|导致|使得|\bbecause\b|\bdue to\b|\bsince\b|"
    r"\bin order to\b|\bas a result\b|\breason\b|\bso that\b|\bcaused?\b|weil|parce|porque|потому|"
    r"ため|から|때문|เพราะ|เนื่องจาก|لان|بسبب"
)
_ITEMS = re.compile(r"[、;；]|[一二三四五六七八九]是|, (?:and )?|[“「《]")


def features_of(
    asked: AskedFor,
    candidates: Sequence[Candidate],
    passages: Sequence[Passage],
    *,
    weights: Weights,
    nearness: Nearness | None = None,
    reader: Sequence[ReaderScore] | None = None,
) -> Floats:
    """What is told about each candidate, *shape* (len(candidates), len(FEATURES)).

    Args:
        asked: The question.
        candidates: Its candidate sentences.
        passages: Where they stand.
        weights: From :func:`weigh`.
        nearness: In meaning; None without an embedder.
        reader: What the reader thinks of each; None without a reader.
    """
    table = np.zeros((len(candidates), len(FEATURES)), np.float32)
    if not len(candidates):
        return table
    first = max(passages[0].score, 1e-6)
    whole = [weights.share(held_terms(passage.text)) for passage in passages]
    question_terms = held_terms(asked.normalised)
    accepted = ACCEPTED.get(asked.kind)
    script = _script_of(asked.language)
    best_cosine = np.full(len(passages), -1.0, np.float32)
    phrase = focus_phrase(asked)
    places = places_of(
        asked.places, asked.normalised, (_normalised(passage.text) for passage in passages)
    )
    unnamed = _unnamed(places, passages) if places else []
    which = ones_asked(asked.normalised)
    valued = asks_value(asked.normalised)
    group = group_asked(asked.normalised)
    items = numbered_items(asked.text)
    named = _documents(passages) if items else {}
    parts = parts_of_year(asked.normalised)
    focused = [_focus_share(weights, held_terms(passage.text)) for passage in passages]
    rows = rows_asked(asked.normalised, candidates)
    for i, candidate in enumerate(candidates):
        row = table[i]
        held = held_terms(candidate.told)
        around = held | held_terms(candidate.before) | held_terms(candidate.after)
        framed = around | held_terms(candidate.frame)
        normalised = _normalised(candidate.told)
        figures = candidate.row is not None and candidate.row.figures
        row[INDEX["sentence"]] = share = weights.share(held)
        row[INDEX["window"]] = weights.share(around)
        row[INDEX["framed"]] = weights.share(framed)
        row[INDEX["passage"]] = whole[candidate.passage]
        row[INDEX["clause"]] = _best_clauses(normalised, weights) if share else 0.0
        if weights.rare:
            rare = len(weights.rare)
            row[INDEX["rare"]] = sum(weights.met(t, held) for t in weights.rare) / rare
            row[INDEX["rare_framed"]] = sum(weights.met(t, framed) for t in weights.rare) / rare
        row[INDEX["score"]] = min(max(passages[candidate.passage].score / first, 0.0), 1.0)
        row[INDEX["rank"]] = 1 / (1 + candidate.passage)
        if accepted is None:
            row[INDEX["untyped"]] = 1.0
        else:
            span = best_typed_span(asked, candidate.told, weights)
            if span is not None:
                row[INDEX["typed"]] = 1.0
                row[INDEX["near"]] = span[2]
            elif figures and asked.kind in FIGURES:
                row[INDEX["typed"]] = 1.0
        context = normalize(f"{candidate.frame} {candidate.before[-CONTEXT:]} ") + normalised
        if asked.years:
            told = years_in(context) | {(candidate.published or "")[:4]}
            row[INDEX["years_lack"]] = float(not asked.years <= told)
            own = years_in(normalised)
            row[INDEX["years_clash"]] = float(bool(own) and not asked.years & own)
        if asked.figures:
            told = figures_in(context + normalize(candidate.after[:CONTEXT]))
            row[INDEX["figures_lack"]] = len(asked.figures - told) / len(asked.figures)
        if asked.names:
            row[INDEX["names_lack"]] = _lacking_names(
                asked, context, passages[candidate.passage], weights
            )
        row[INDEX["length"]] = math.log(len(candidate.told) + 1) / 5
        if held:
            row[INDEX["news"]] = len(held - question_terms) / len(held)
        row[INDEX["fragment"]] = float(not _CLOSED.search(candidate.told))
        row[INDEX["interrogative"]] = float(bool(_ASKS.search(candidate.told)))
        if asked.many:
            row[INDEX["items"]] = min(len(_ITEMS.findall(candidate.told)), 8) / 8
        if asked.kind == "reason":
            row[INDEX["reason"]] = float(bool(_REASON.search(normalised)))
        row[INDEX["focus"]] = _focus_share(weights, held)
        row[INDEX["focus_passage"]] = focused[candidate.passage]
        row[INDEX["phrase"]] = float(len(phrase) > 1 and phrase in normalised)
        row[INDEX["unit_lack"]] = float(not figures and lacks_unit(asked, normalised))
        if asked.many:
            row[INDEX["items_lack"]] = float(lacks_items(asked, normalised, candidate.after))
        if places and text_script(candidate.told) == "han":
            near = (
                f"{passages[candidate.passage].heading or ''} {candidate.before} {candidate.told}"
            )
            row[INDEX["place_lack"]], row[INDEX["place_far"]] = unnamed[candidate.passage]
            row[INDEX["place_clash"]] = float(_clashes(places, _normalised(near)))
        row[INDEX["row_named"]] = float(rows[i].named)
        row[INDEX["row_other"]] = float(rows[i].another)
        row[INDEX["column_named"]] = float(rows[i].column)
        if which or valued or parts or group or items:
            following = normalize(candidate.after[:CONTEXT])
            nearby = context + following
            row[INDEX["unfit"]] = float(
                another_one(which, normalised, nearby)
                or another_part(parts, normalised, nearby)
                or (valued and not figures and lacks_value(asked.normalised, normalised))
                or (group is not None and lacks_members(group, normalised, following))
                or only_siblings(
                    items, candidate.told, candidate.frame, named.get(candidate.document_id, "")
                )
            )
        if asked.years:
            told = years_of(passages[candidate.passage])
            row[INDEX["years_far"]] = float(not asked.years & told)
        if accepted is not None and not row[INDEX["typed"]]:
            lack = _LACKS.get(asked.kind)
            if lack:
                row[INDEX[lack]] = 1.0
        there = text_script(candidate.told)
        row[INDEX["cross"]] = float(bool(script and there) and script != there)
        if row[INDEX["cross"]] and weights.foreign:
            _translated(row, candidate, passages[candidate.passage], weights)
    table[:, INDEX["sentence_lead"]] = _lead(table[:, INDEX["sentence"]])
    cross = table[:, INDEX["cross"]]
    if nearness is not None:
        cosines = nearness.whole
        table[:, INDEX["cosine"]] = cosines
        table[:, INDEX["focus_cosine"]] = nearness.focus
        table[:, INDEX["soft"]] = nearness.soft
        table[:, INDEX["soft_lead"]] = _lead(nearness.soft)
        table[:, INDEX["soft_framed"]] = nearness.soft_framed
        table[:, INDEX["soft_focus"]] = nearness.soft_focus
        table[:, INDEX["soft_lack"]] = nearness.soft_lack
        table[:, INDEX["cross_soft"]] = cross * nearness.soft
        table[:, INDEX["cosine_lead"]] = _lead(cosines)
        where = np.asarray([candidate.passage for candidate in candidates])
        np.maximum.at(best_cosine, where, cosines)
        table[:, INDEX["passage_cosine"]] = best_cosine[where]
        table[:, INDEX["cross_cosine"]] = cross * cosines
    if reader is not None:
        relevance = np.asarray([score.relevance for score in reader], np.float32)
        table[:, INDEX["reader"]] = relevance
        table[:, INDEX["reader_lead"]] = _lead(relevance)
        table[:, INDEX["answerable"]] = [score.answerable for score in reader]
        table[:, INDEX["pointed"]] = [score.span_score for score in reader]
        table[:, INDEX["cross_reader"]] = cross * relevance
    return table


_LACKS = {
    "figure": "amount_lack",
    "money": "amount_lack",
    "percent": "amount_lack",
    "duration": "amount_lack",
    "rank": "amount_lack",
    "date": "date_lack",
    "person": "person_lack",
}
_UNIT_KINDS = (
    "名位人口",
    ("元", "万元", "亿元", "美元", "钱"),
    ("平方米", "平方公里", "平方千米", "亩", "公顷"),
    ("米", "公里", "千米", "里"),
    ("年", "天", "月", "个月", "小时", "分钟", "周", "日"),
)


def lacks_unit(asked: AskedFor, normalised: str) -> bool:
    """Whether no figure of a Chinese sentence has the unit of the question, or one of its kind."""
    unit = asked.units
    if not unit or not asked.language.startswith("zh") or unit in {"个", "项", "种", "次", "些"}:
        return False
    units = next((tuple(kind) for kind in _UNIT_KINDS if unit in kind), (unit,))
    units = (*units, "个") if unit in {"家", "处", "条", "所", "座", "类"} else units
    return not any(
        re.search(rf"[\d一二两三四五六七八九十百千万亿]\s*(?:余|多|来)?{one}", normalised)
        for one in units
    )


_COUNT = re.compile(
    r"(\d{1,2}|[两二三四五六七八九十])(?:大|个|条|家|项|种|区|类|方面|座|所|位|名|步|点|句|级)"
)
_DIGITS_OF = {c: i for i, c in enumerate("零一二三四五六七八九十")} | {"两": 2}


def lacks_items(asked: AskedFor, normalised: str, after: str) -> bool:
    """Whether a list of a told length is asked for, and no row of that length stands here."""
    count = _COUNT.search(asked.normalised)
    if count is None:
        return False
    number = _DIGITS_OF.get(count.group(1)) or int(count.group(1))
    if not 2 <= number <= 20:
        return False
    text = normalised + normalize(after[:CONTEXT])
    rows = re.findall(r"[^,。;:!?、]{1,30}(?:、[^,。;:!?、]{1,30})+", text)
    longest = max((row.count("、") + 1 + row.count("和") for row in rows), default=0)
    enumerated = len(re.findall(r"[一二三四五六七八九十]是|第[一二三四五六七八九十]|\d\.", text))
    commas = max((part.count(",") + 1 for part in re.findall(r'[":][^"。]*', text)), default=0)
    dashes = max(
        (row.count("-") + 1 for row in re.findall(r"[^,。;\s]+-[^,。;\s]+", text)), default=0
    )
    return max(longest, enumerated, commas, dashes, text.count(";") + 1) < number


_LAST_YEAR = re.compile(r"去年|上年|过去一年|全年")


@lru_cache(maxsize=4096)
def _years(text: str, frame: str, published: str) -> frozenset[str]:
    years = set(years_in(_normalised(text)) | years_in(_normalised(frame)))
    if published[:4].isdigit():
        years.add(published[:4])
        if _LAST_YEAR.search(text):
            years.add(str(int(published[:4]) - 1))
    return frozenset(years)


def years_of(passage: Passage) -> frozenset[str]:
    """The years a passage may tell of: named, of its publication, and the one before if it says so."""
    return _years(
        passage.text, f"{passage.title or ''} {passage.heading or ''}", passage.published or ""
    )


def _documents(passages: Sequence[Passage]) -> dict[str, str]:
    """What is known of each document by its id: the sources, titles, headings and texts of its passages."""
    told: dict[str, str] = {}
    for one in passages:
        text = "\n".join((one.source, one.title or "", one.heading or "", one.text))
        told[one.document_id] = f"{told.get(one.document_id, '')}\n{text}"
    return told


def _unnamed(places: Sequence[Place], passages: Sequence[Passage]) -> list[tuple[float, float]]:
    """For each passage the share of the places that it, and that its whole document, does not name.

    Of a document its passages here and its title are known.
    """
    texts = [_normalised(f"{one.title or ''} {one.heading or ''} {one.text}") for one in passages]
    told: dict[str, str] = {}
    for passage, text in zip(passages, texts, strict=True):
        told[passage.document_id] = f"{told.get(passage.document_id, '')} {text}"

    def share(text: str) -> float:
        return sum(not one.named_in(text) for one in places) / len(places)

    far = {name: share(text) for name, text in told.items()}
    return [(share(text), far[one.document_id]) for one, text in zip(passages, texts, strict=True)]


def _clashes(places: Sequence[Place], near: str) -> bool:
    """Whether a text names another place of a kind that was asked about in place of that one."""
    return any(not one.named_in(near) and one.another_in(near) for one in places)


def _translated(row: Floats, candidate: Candidate, passage: Passage, weights: Weights) -> None:
    """Fill in the coverages of a sentence in the question's other language, by translation."""
    own = _normalised(candidate.told)
    window = " ".join((_normalised(candidate.before), own, _normalised(candidate.after)))
    framed = f"{_normalised(candidate.frame)} {window}"
    row[INDEX["sentence"]] = row[INDEX["cross_sentence"]] = foreign_share(weights, own)
    row[INDEX["window"]] = foreign_share(weights, window)
    row[INDEX["framed"]] = foreign_share(weights, framed)
    row[INDEX["passage"]] = foreign_share(weights, _normalised(passage.text))
    clauses = [clause for clause in _CLAUSES.split(own) if clause.strip()]
    row[INDEX["clause"]] = max(
        (
            foreign_share(weights, ",".join(clauses[i : i + 3]))
            for i in range(max(1, len(clauses) - 2))
        ),
        default=0.0,
    )
    rare = sorted(weights.foreign, key=lambda word: (-word.worth, word.word))[:4]
    row[INDEX["rare"]] = sum(word.met(own) for word in rare) / max(len(rare), 1)
    row[INDEX["rare_framed"]] = sum(word.met(framed) for word in rare) / max(len(rare), 1)
    row[INDEX["focus"]] = sum(word.focus * word.met(own) for word in weights.foreign)
    row[INDEX["focus_passage"]] = sum(
        word.focus * word.met(_normalised(passage.text)) for word in weights.foreign
    )


def _focus_share(weights: Weights, held: frozenset[str]) -> float:
    return sum(worth for term, worth in weights.focus.items() if weights.met(term, held))


def clauses_of(text: str) -> list[str]:
    """A sentence's clauses, short ones joined to the next; the whole sentence where it has one."""
    clauses: list[str] = []
    short = ""
    for piece in _CLAUSES.split(text):
        short = f"{short} {piece}".strip()
        if len(short) >= 4:
            clauses.append(short)
            short = ""
    return clauses or [text]


def _script_of(language: str) -> str:
    if language.startswith("zh"):
        return "han"
    return {"uk": "ru"}.get(
        language,
        language if language in {"ja", "ko", "th", "ar", "he", "hi", "el", "ru"} else "latin",
    )


def _lead(values: Floats) -> Floats:
    """Each value less the highest of the others; 0 for a single one."""
    if len(values) < 2:
        return np.zeros_like(values)
    order = np.argsort(-values, kind="stable")
    first, second = values[order[0]], values[order[1]]
    lead = values - first
    lead[order[0]] = first - second
    return np.asarray(lead, np.float32)


@lru_cache(maxsize=16384)
def _normalised(text: str) -> str:
    return normalize(text)


@lru_cache(maxsize=16384)
def _clause_terms(normalised: str) -> tuple[frozenset[str], ...]:
    clauses = [held_terms(clause) for clause in _CLAUSES.split(normalised) if clause.strip()]
    if len(clauses) <= 3:
        return (frozenset().union(*clauses),) if clauses else ()
    return tuple(clauses[i] | clauses[i + 1] | clauses[i + 2] for i in range(len(clauses) - 2))


def _best_clauses(normalised: str, weights: Weights) -> float:
    """Highest share of worth in three neighbouring clauses."""
    return max((weights.share(held) for held in _clause_terms(normalised)), default=0.0)


_REACH = 14.0  # characters at which a term's nearness has fallen to 1/e
_BREAKS = re.compile(r"[,，;；:。.!?]")


@lru_cache(maxsize=16384)
def _places(text: str) -> tuple[str, tuple[int, ...], tuple[tuple[int, int, str], ...]]:
    """A text normalised, its offsets, and the typed spans of the *normalised* text behind its number."""
    normalised, offsets = normalize_with_offsets(text)
    number = marker_end(text)
    places = [
        (span.start, span.end, span.kind)
        for span in typed_spans(normalised)
        if offsets[span.start] >= number
    ]
    back = {source: place for place, source in reversed(list(enumerate(offsets)))}
    for kind, spans in (("quoted", quoted(text)), ("name", capitalised(text))):
        places += [(back[a], back[b], kind) for a, b in spans if a in back and b in back]
    return normalised, tuple(offsets), tuple(places)


def best_typed_span(
    asked: AskedFor,
    text: str,
    weights: Weights,
    accepted: frozenset[str] | None = None,
) -> tuple[int, int, float] | None:
    """The span of the asked kind that the question's terms stand nearest to, the first of equals.

    Arguments and what is returned are those of :func:`typed_spans_near`; None without such a span.
    """
    best: tuple[int, int, float] | None = None
    for span in typed_spans_near(asked, text, weights, accepted):
        if best is None or span[2] > best[2] + 1e-9:
            best = span
    return None if best is None else (best[0], best[1], min(best[2], 1.0))


def typed_spans_near(
    asked: AskedFor,
    text: str,
    weights: Weights,
    accepted: frozenset[str] | None = None,
) -> list[tuple[int, int, float]]:
    """The spans of the asked kind, and how near the question's terms stand to each.

    Args:
        asked: The question.
        text: A sentence as it stands.
        weights: Of the question.
        accepted: Kinds of span; default those of the question's kind.

    Returns:
        (start, end, nearness) in characters of ``text``, by place, nearness from 0 to hardly above 1; none
        where the kind of question accepts anything. What the question names itself does not answer it.
    """
    accepted = accepted or ACCEPTED.get(asked.kind)
    if accepted is None:
        return []
    normalised, offsets, known = _places(text)
    places = [
        (start, end, kind)
        for start, end, kind in known
        if kind in accepted
        and normalised[start:end].strip("约近超过逾达第共") not in asked.normalised
    ]
    if not places:
        return []
    if years := years_apart(asked, normalised):
        places = _of_years(asked.years, places, years, normalised) or places
    if asked.units and asked.kind == "figure":
        # Where some figure has the unit that was asked for, the others do not answer.
        counted = [p for p in places if _has_unit(asked.units, normalised, p[0], p[1])]
        places = counted or places
    marks = _marks(normalised, weights, asked.content.lstrip())
    found = []
    for start, end, kind in places:
        near = 0.0
        for positions, worth in marks:
            gap = min(_gap(normalised, start, end, a, b) for a, b in positions)
            near += worth * math.exp(-gap / _REACH)
        near += _fits(
            asked, kind, normalised[start:end], normalised[end : end + reach_of(asked.units)]
        )
        found.append((*source_span(list(offsets), start, end), near))
    return found


def years_apart(asked: AskedFor, normalised: str) -> list[tuple[int, int]]:
    """Where a sentence names years, if it tells of a year that was asked for and of others too.

    Of Chinese sentences the weights were learned without this: none.
    """
    if not asked.years or _HAN.search(normalised):
        return []
    years = [match.span() for match in _YEAR.finditer(normalised)]
    told = {normalised[start:end] for start, end in years}
    return years if asked.years & told and not told <= asked.years else []


_HAN = re.compile("[\u4e00-\u9fff]")
_YEAR = re.compile(r"(?<![\d.,])(?:1[0-9]{3}|20[0-9]{2})(?![\d.,]*\d)")
# Where a sentence turns from the figure of one year to that of another.
_TURN = re.compile(r"\b(?:and|but|while|from|to|against|versus|und|et|y)\b")


def _of_years(
    asked: AbstractSet[str],
    places: Sequence[tuple[int, int, str]],
    years: Sequence[tuple[int, int]],
    normalised: str,
) -> list[tuple[int, int, str]]:
    """Those of the spans whose nearest year is one that was asked for."""

    def gap(place: tuple[int, int, str], year: tuple[int, int]) -> float:
        between = normalised[min(place[1], year[1]) : max(place[0], year[0])]
        return _gap(normalised, *place[:2], *year) + 10.0 * len(_TURN.findall(between))

    nearest = [min(years, key=lambda year: gap(place, year)) for place in places]
    return [
        place
        for place, (start, end) in zip(places, nearest, strict=True)
        if normalised[start:end] in asked
    ]


def reach_of(unit: str) -> int:
    """How many characters after a figure its unit, with a space or two, may end."""
    return max(8, len(unit) + 2)


def _has_unit(unit: str, text: str, start: int, end: int) -> bool:
    shown, following = text[start:end], text[end : end + reach_of(unit)]
    if unit.isascii() and f" {unit}" in shown:
        return True  # "square" of "1,500 square feet"
    return shown.rstrip("余多").endswith(unit) or following.lstrip().startswith(unit)


def _gap(text: str, start: int, end: int, a: int, b: int) -> float:
    """Characters between a span and a term, the borders of clauses counting ten each."""
    if b <= start:
        between = text[b:start]
    elif a >= end:
        between = text[end:a]
    else:
        return 0.0
    # A figure follows what it measures more often than it goes before it.
    gap = len(between) + 10.0 * len(_BREAKS.findall(between)) + 3.0 * between.count("、")
    return gap if b <= start else gap + 1.5


_AREAS = ("平方", "亩", "公顷", "square", "acre", "hectare", "km2", "m2", "㎡")
_LENGTHS = ("公里", "千米", "米", "里", "km", "mile", "metre", "meter", "feet")


def _fits(asked: AskedFor, kind: str, shown: str, following: str) -> float:
    """What a span gains by the unit that was asked for."""
    gain = 0.0
    if asked.units and kind in {"figure", "rank", "duration"}:
        fits = shown.endswith(asked.units) or following.lstrip().startswith(asked.units)
        gain += 0.15 if fits else 0.0
    if asked.kind == "rank":
        gain += 0.3 if kind == "rank" or "第" in shown else 0.0
    if asked.kind == "figure":
        gain += 0.03 if kind in {"figure", "money"} else 0.0
        if "面积" in asked.normalised or "多大" in asked.normalised or " area" in asked.normalised:
            near = shown + following[:8]
            gain += 0.4 if any(unit in near for unit in _AREAS) else 0.0
        elif "多长" in asked.normalised or "长度" in asked.normalised or "多高" in asked.normalised:
            gain += 0.3 if any(unit in shown for unit in _LENGTHS) else 0.0
    return gain


def _marks(
    normalised: str, weights: Weights, content: str
) -> list[tuple[list[tuple[int, int]], float]]:
    """Where the question's worthier terms stand in a normalised text.

    The Han term that the question's ``content`` begins with counts where it begins a word, if it does
    somewhere: 产假 in 、产假 and not in 陪产假.
    """
    marks = []
    worths = [
        ((term, *weights.forms.get(term, ())), worth) for term, worth in weights.focus.items()
    ]
    worths += [
        ((one,), word.focus * degree)
        for word in weights.foreign
        for one, degree in word.alternatives
        if degree > 0.2
    ]
    for spellings, worth in worths:
        positions: list[tuple[int, int]] = []
        for spelling in spellings:
            at = normalised.find(spelling)
            while at >= 0 and len(positions) < 8:
                positions.append((at, at + len(spelling)))
                at = normalised.find(spelling, at + 1)
        if len(positions) > 1 and _HAN.match(content) and content.startswith(spellings[0]):
            words = [at for at in positions if not _HAN.match(normalised[at[0] - 1 : at[0]])]
            positions = words or positions
        if positions:
            marks.append((positions, worth))
    return marks
