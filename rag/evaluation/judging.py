"""One question, what was done with it, and what that is worth: values, verdict, where it failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from rag.evaluation.checking import Place, occurrences
from rag.evaluation.matching import exact_match, holds, overlap, token_f1
from rag.evaluation.outcomes import Outcome
from rag.evaluation.retrieval_measures import CUTOFFS, passage_holds, topics
from rag.evaluation.suites import Question, Relevance
from rag.records import Answer, Chunk, Citation, Document, Passage

__all__ = ["STAGES", "Judged", "judge"]

STAGES = ("fault", "reading", "chunking", "retrieval", "answer", "citation", "refusal")

Value = tuple[float, float]
_MARKER = regex.compile(r"\s*\[\d+\]")
_STATEMENT = regex.compile(r"(?P<text>[^\[\]]+?)(?P<marks>(?:\s*\[\d+\])+|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A question with its values.

    Attributes:
        passed: Answerable: not refused, and the first cited sentence holds the right answer (every
            wanted item is cited, for ``all``). Unanswerable: refused.
        stage: Where it failed, one of :data:`STAGES`; '' when it passed.
        reason: One sentence on the failure.
        values: Measure to (numerator, denominator); sums of both over questions give the measure.
        evidence_rank: Rank of the first passage with evidence, from 1; None when not retrieved.
    """

    id: str
    question: str
    kind: str
    language: str
    answerable: bool
    passed: bool
    stage: str
    reason: str
    refused: bool
    confidence: float
    expected: str
    answer: str
    quotes: tuple[str, ...]
    sources: tuple[str, ...]
    passages: tuple[str, ...]
    evidence_rank: int | None
    values: Mapping[str, Value]
    seconds: Mapping[str, float]


def judge(
    question: Question,
    outcome: Outcome,
    places: Sequence[Place],
    retrieval: Mapping[str, Mapping[str, float]],
    *,
    documents: Mapping[str, Document],
    chunks: Mapping[str, Sequence[Chunk]] | None = None,
    relevance: Relevance = "evidence",
    ask: bool = True,
) -> Judged:
    """Values and verdict of one question.

    Args:
        question: What was asked.
        outcome: What came back.
        places: Where its evidence stands.
        retrieval: Leg to measure to value, from the TREC files; '' is the system as set.
        documents: By id; spans are checked against their texts.
        chunks: By document id, to tell chunking from retrieval; None when not known.
        relevance: As the suite's.
        ask: False when only retrieval was measured.
    """
    values: dict[str, Value] = {}
    for leg, measures in retrieval.items():
        for name in CUTOFFS:
            if places:
                values[f"{name} {leg}".strip()] = (measures.get(name, 0.0), 1.0)
    answer = outcome.answer
    shown = (*places, *_shown_copies(answer, places, documents))
    if ask:
        values |= _answer_values(question, answer, shown, documents)
    rank = _rank(outcome.rankings.get("", ()), places, relevance)
    if not ask:
        found = values.get("success@5", (0.0, 1.0))[0]
        passed = found == 1.0
        stage = "" if passed else "retrieval"
        some = f"{found:.0%} of the evidence among the first five passages"
        reason = "" if passed else some if found else _missed(rank)
    else:
        passed, stage, reason = _verdict(
            question,
            outcome,
            places,
            values,
            shown=shown,
            documents=documents,
            chunks=chunks,
            rank=rank,
            relevance=relevance,
        )
    return Judged(
        id=question.id,
        question=question.question,
        kind=question.kind,
        language=question.language,
        answerable=question.answerable,
        passed=passed,
        stage=stage,
        reason=reason,
        refused=answer.refused if answer else False,
        confidence=answer.confidence if answer else 0.0,
        expected="; ".join(" | ".join(ways) for ways in question.answers)
        or "; ".join(_words(question, places, documents)),
        answer=answer.text if answer else "",
        quotes=tuple(c.quote for c in answer.citations) if answer else (),
        sources=tuple(f"{c.source}:{c.start}-{c.end}" for c in answer.citations) if answer else (),
        passages=tuple(f"{p.source}:{p.start}-{p.end}" for p in outcome.rankings.get("", ())[:10]),
        evidence_rank=rank,
        values=values,
        seconds={**outcome.seconds, **{f"ask/{k}": v for k, v in _timings(answer).items()}},
    )


def _words(
    question: Question, places: Sequence[Place], documents: Mapping[str, Document]
) -> Iterator[str]:
    """The words of each evidence that is not a whole document."""
    for item, evidence in enumerate(question.evidence, 1):
        place = next((place for place in places if place.item == item and place.spans), None)
        if evidence.text is not None:
            yield evidence.text
        elif evidence.start is not None and place is not None:
            start, end = place.spans[0]
            yield documents[place.document_id].text[start:end]


def _shown_copies(
    answer: Answer | None, places: Sequence[Place], documents: Mapping[str, Document]
) -> Iterator[Place]:
    """Where the evidence stands word for word in passages shown for the ones that hold it.

    Of documents that repeat each other one alone is shown: a citation in it is not beside the
    evidence because the suite names the other.
    """
    for passage in answer.passages if answer else ():
        for identity, _, start, end in passage.duplicates:
            for place in places:
                if place.document_id != identity:
                    continue
                text = documents[identity].text
                spans = [
                    (passage.start + low, passage.start + high)
                    for a, b in place.spans
                    # All of the evidence, or all of the copy where whole documents are evidence.
                    if overlap((a, b), (start, end)) == min(b - a, end - start)
                    for low, high in occurrences(text[max(a, start) : min(b, end)], passage.text)
                ]
                if spans:
                    yield Place(
                        document_id=passage.document_id,
                        source=passage.source,
                        spans=tuple(spans),
                        item=place.item,
                    )


def _timings(answer: Answer | None) -> Mapping[str, float]:
    return answer.timings if answer else {}


def _answer_values(
    question: Question,
    answer: Answer | None,
    places: Sequence[Place],
    documents: Mapping[str, Document],
) -> dict[str, Value]:
    """Values of the answer; a fault of the system counts zero in every one that applies."""
    values: dict[str, Value] = {}
    refused = answer is not None and answer.refused
    citations = answer.citations if answer else ()
    if citations:
        valid = sum(span_valid(citation, documents) for citation in citations)
        values["span_valid"] = (float(valid), float(len(citations)))
    if refused:
        values["refusal_precision"] = (float(not question.answerable), 1.0)
    if not question.answerable:
        values["refusal_recall"] = (float(refused), 1.0)
        return values
    values["false_refusal"] = (float(refused), 1.0)
    first = citations[0] if citations and not refused else None
    values["first_right"] = (
        float(first is not None and right(first, question, places, documents)),
        1.0,
    )
    values["first_on_evidence"] = (
        float(first is not None and any(on_evidence(first, place) for place in places)),
        1.0,
    )
    text = _MARKER.sub("", answer.text) if answer and not refused else ""
    if question.answers:
        held = sum(holds(text, ways) for ways in question.answers)
        values["answer_contains"] = (held / len(question.answers), 1.0)
        if question.all:
            cited = sum(
                any(holds(citation.quote, ways) for citation in citations if not refused)
                for ways in question.answers
            )
            values["items_cited"] = (cited / len(question.answers), 1.0)
        else:
            ways = question.answers[0]
            short = (first.highlight_text if first else None) or text
            values["answer_EM"] = (float(exact_match(short, ways)), 1.0)
            values["answer_F1"] = (token_f1(short, ways), 1.0)
            values["highlight_exact"] = (
                float(
                    bool(
                        first and first.highlight and exact_match(first.highlight_text or "", ways)
                    )
                ),
                1.0,
            )
    elif question.all and places:
        items = topics(question, places)
        shown = () if refused else citations
        cited = sum(
            any(on_evidence(c, place) for c in shown for place in item) for _, item in items
        )
        values["items_cited"] = (cited / len(items), 1.0)
    if citations and answer and not refused:
        precise = sum(any(on_evidence(c, place) for place in places) for c in citations)
        values["citation_precision"] = (float(precise), float(len(citations)))
        supported = [
            any(on_evidence(c, place) for c in citations if c.number in numbers for place in places)
            for numbers in _statements(answer)
        ]
        if supported:
            values["citation_recall"] = (float(sum(supported)), float(len(supported)))
    return values


def span_valid(citation: Citation, documents: Mapping[str, Document]) -> bool:
    """True when the quote is the document's text at its span, and the highlight lies inside."""
    document = documents.get(citation.document_id)
    if document is None or document.text[citation.start : citation.end] != citation.quote:
        return False
    if citation.highlight is None:
        return True
    start, end = citation.highlight
    return citation.start <= start < end <= citation.end


def on_evidence(citation: Citation, place: Place) -> bool:
    """True when the cited span and an occurrence of the evidence share half of the shorter one."""
    size = citation.end - citation.start
    return citation.document_id == place.document_id and any(
        2 * overlap((citation.start, citation.end), span) >= min(size, span[1] - span[0])
        for span in place.spans
    )


def right(
    citation: Citation,
    question: Question,
    places: Sequence[Place],
    documents: Mapping[str, Document],
) -> bool:
    """True when the quote holds an accepted answer; without answers, when it is on the evidence.

    Where the evidence is the answer itself, as in public sets, being on it is enough: an answer of
    several clauses need not fit in one quoted sentence.
    """
    if any(holds(citation.quote, ways) for ways in question.answers):
        return True
    return any(
        on_evidence(citation, place)
        and (not question.answers or _is_answer(place, question, documents))
        for place in places
    )


def _is_answer(place: Place, question: Question, documents: Mapping[str, Document]) -> bool:
    document = documents.get(place.document_id)
    return document is not None and any(
        exact_match(document.text[start:end], ways)
        for start, end in place.spans
        for ways in question.answers
    )


def _statements(answer: Answer) -> list[set[int]]:
    """The citation numbers of each statement of the answer."""
    if answer.statements:
        return [set(statement.citations) for statement in answer.statements]
    return [
        {int(number) for number in regex.findall(r"\d+", match["marks"])}
        for match in _STATEMENT.finditer(answer.text)
        if match["text"].strip(" \n。.,;；")
    ]


def _rank(ranking: Sequence[Passage], places: Sequence[Place], relevance: Relevance) -> int | None:
    for passage in ranking:
        if relevance == "document":
            identities = {passage.document_id, *(d[0] for d in passage.duplicates)}
            if any(place.document_id in identities for place in places):
                return passage.rank
        elif any(passage_holds(passage, place) for place in places):
            return passage.rank
    return None


def _missed(rank: int | None) -> str:
    return f"evidence first at rank {rank}" if rank else "evidence not among the passages"


def _verdict(
    question: Question,
    outcome: Outcome,
    places: Sequence[Place],
    values: Mapping[str, Value],
    *,
    documents: Mapping[str, Document],
    chunks: Mapping[str, Sequence[Chunk]] | None,
    rank: int | None,
    relevance: Relevance,
    shown: Sequence[Place],
) -> tuple[bool, str, str]:
    """(passed, stage, reason): the first stage on the way that lost the answer."""
    answer = outcome.answer
    if answer is None:
        return False, "fault", outcome.error or "no answer came back"
    top, bottom = values.get("span_valid", (1.0, 1.0))
    if top < bottom:
        return (
            False,
            "citation",
            f"{bottom - top:.0f} of {bottom:.0f} quotes differ from their span",
        )
    if not question.answerable:
        if answer.refused:
            return True, "", ""
        return (
            False,
            "refusal",
            f"answered with confidence {answer.confidence:.2f}: nothing holds it",
        )
    wanted = values.get("items_cited", values["first_right"])[0]
    if not answer.refused and wanted == 1.0:
        return True, "", ""
    unread = [place.source for place in places if not place.spans]
    if unread and (question.all or len(unread) == len(places)):
        return False, "reading", f"the evidence was lost in reading {', '.join(unread)}"
    if relevance == "evidence" and chunks is not None and (cut := _cut(question, places, chunks)):
        return False, "chunking", f"no passage holds the whole evidence in {cut}"
    used = answer.passages
    missing = [
        name
        for name, group in topics(question, places)
        if not any(_relevant(passage, place, relevance) for passage in used for place in group)
    ]
    if missing:
        several = (
            f"{len(missing)} of {len(topics(question, places))} evidences: " if question.all else ""
        )
        return (
            False,
            "retrieval",
            several
            + (
                _missed(rank)
                if rank and not question.all
                else f"not among the {len(used)} passages"
            ),
        )
    if answer.refused:
        return (
            False,
            "refusal",
            (f"refused with confidence {answer.confidence:.2f}; the evidence stood at rank {rank}"),
        )
    if question.all:
        return False, "answer", f"cites {wanted:.0%} of the wanted items"
    later = next((c.number for c in answer.citations if right(c, question, shown, documents)), None)
    if later is not None:
        return False, "answer", f"the sentence that answers is cited as [{later}], not first"
    if values.get("answer_contains", (0.0, 1.0))[0] == 1.0:
        return False, "citation", "the answer's words are right, no citation shows them"
    return False, "answer", "another sentence is cited"


def _relevant(passage: Passage, place: Place, relevance: Relevance) -> bool:
    if relevance == "document":
        return place.document_id in {passage.document_id, *(d[0] for d in passage.duplicates)}
    return passage_holds(passage, place)


def _cut(
    question: Question, places: Sequence[Place], chunks: Mapping[str, Sequence[Chunk]]
) -> str | None:
    """Source of an evidence that no chunk holds whole, when that alone can explain a failure."""
    for _, group in topics(question, places):
        whole = [
            place
            for place in group
            if any(
                overlap((chunk.start, chunk.end), span) == span[1] - span[0]
                for chunk in chunks.get(place.document_id, ())
                for span in place.spans
            )
        ]
        if not whole:
            return group[0].source
    return None
