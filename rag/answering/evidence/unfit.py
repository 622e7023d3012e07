"""Whether a candidate tells of another one of several, of all in place of one, of no such value or no names.

Or its document of nothing that the question names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.answering.evidence.candidates import CONTEXT, Candidate
from rag.answering.evidence.passages import told_of_documents
from rag.answering.evidence.texts import normalised_text
from rag.answering.near_misses.another_office import head_asked, heads_another
from rag.answering.near_misses.formula_part import formula_part_asked, lacks_part_meaning
from rag.answering.near_misses.group_total import sum_of_one, tells_group
from rag.answering.near_misses.kind_of_name import asks_kind_of_name, lacks_kind_of_name
from rag.answering.near_misses.members import group_asked, lacks_members
from rag.answering.near_misses.named_places import another_place_named, place_named
from rag.answering.near_misses.named_subject import lacks_subject, subject_asked
from rag.answering.near_misses.named_titles import lacks_titles, titles_asked
from rag.answering.near_misses.own_document import of_its_own
from rag.answering.near_misses.part_of_year import another_part, parts_of_year
from rag.answering.near_misses.sibling_items import numbered_items, only_siblings
from rag.answering.near_misses.value import asks_value, lacks_value
from rag.answering.near_misses.which_one import another_one, ones_asked
from rag.answering.question.analysis import AskedFor
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.language import text_script

__all__ = ["Unfit"]

_HAN = re.compile("[\u4e00-\u9fff]")
#: What a title has in Latin letters a question may name in Chinese: KPMG.
_LATIN = re.compile("[a-z]{3}")


class Unfit:
    """Tells the candidates of a question that cannot answer it, whatever else speaks for them."""

    def __init__(self, asked: AskedFor, passages: Sequence[Passage]) -> None:
        self._question = asked.normalised
        self._which = ones_asked(asked.normalised)
        self._valued = asks_value(asked.normalised)
        self._group = group_asked(asked.normalised)
        self._one = sum_of_one(asked)
        self._parts = parts_of_year(asked.normalised)
        self._items = numbered_items(asked.text)
        self._text = asked.text
        chinese = asked.language.startswith("zh")
        self._kind = chinese and asks_kind_of_name(asked.normalised)
        self._formula = formula_part_asked(asked.normalised) if chinese else None
        self._head = head_asked(asked.normalised) if chinese else None
        self._place = place_named(asked.normalised) if chinese else None
        self._subject = subject_asked(asked.normalised) if chinese else None
        self._titles = titles_asked(asked.normalised) if chinese else None
        named = self._items or self._place or self._subject or self._titles
        self._documents = told_of_documents(passages) if named else {}
        self._all_fit = not (
            self._which
            or self._valued
            or self._parts
            or self._group
            or self._items
            or self._one
            or self._kind
            or self._formula
            or self._head
            or self._place
            or self._subject
            or self._titles
        )

    def __call__(self, candidate: Candidate, normalised: str, context: str, figures: bool) -> bool:
        """Whether a candidate cannot answer.

        Args:
            candidate: The sentence.
            normalised: What it says.
            context: And title, heading and what stands before it, normalised.
            figures: Whether it is the row of a table with figures: their units may stand in the head.
        """
        if self._all_fit:
            return False
        following = normalize(candidate.after[:CONTEXT])
        nearby = context + following
        document = self._documents.get(candidate.document_id, "")
        return (
            another_one(self._which, normalised, nearby)
            or another_part(self._parts, normalised, nearby)
            or (self._valued and not figures and lacks_value(self._question, normalised))
            or (self._group is not None and lacks_members(self._group, normalised, following))
            or (self._one is not None and tells_group(self._one, normalised))
            or only_siblings(self._items, candidate.told, candidate.frame, document)
            or (self._kind and not figures and lacks_kind_of_name(self._question, normalised))
            or (
                self._formula is not None
                and lacks_part_meaning(self._formula, normalised, following)
            )
            or (self._head is not None and heads_another(self._head, normalised))
            or (
                self._place is not None
                and self._tells_another_place(candidate, normalised, nearby, document)
            )
            or self._names_another(candidate, normalised, document)
        )

    def _names_another(self, candidate: Candidate, normalised: str, document: str) -> bool:
        """Whether a Chinese document names nothing of what the question is about by name."""
        if (self._subject or self._titles) is None or text_script(normalised) != "han":
            return False
        if _in_other_characters(self._text, document):
            return False
        told = normalised_text(document)
        if self._titles is not None and lacks_titles(self._titles, told):
            return True
        frame = normalised_text(candidate.frame)
        if self._subject is None or of_its_own(frame, normalised) or _LATIN.search(frame):
            return False
        return lacks_subject(self._subject, told, f"{frame} {normalised}")

    def _tells_another_place(
        self, candidate: Candidate, normalised: str, nearby: str, document: str
    ) -> bool:
        if self._place is None or text_script(normalised) != "han":
            return False
        if of_its_own(normalised_text(candidate.frame), normalised):
            return False
        documents = (normalised_text(one) for one in self._documents.values())
        return another_place_named(
            self._place, normalised, nearby, normalised_text(document), documents
        )


@lru_cache(maxsize=1024)
def _traditional(text: str) -> bool:
    """Whether a text has Traditional characters."""
    return any(normalize(one) != one for one in set(_HAN.findall(text)))


def _in_other_characters(question: str, document: str) -> bool:
    """Whether one is Traditional and one Simplified, where names of things abroad are others."""
    return _traditional(question) != _traditional(document)
