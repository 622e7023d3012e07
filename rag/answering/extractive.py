"""Answers in the documents' own words: the sentences that answer, each cited, or a refusal."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from rag.answering.language import (
    lead_in,
    nothing_fits_text,
    nothing_indexed_text,
    other_dates,
    refusal_text,
)
from rag.answering.marking.highlight import highlight_of
from rag.answering.question.analysis import AskedFor, analyse
from rag.answering.ranking.reading import SentenceReader
from rag.answering.ranking.rereading import comparing, read_order
from rag.answering.ranking.sentences import Ranked, rank
from rag.answering.scoring.confidence import confidence_features
from rag.answering.scoring.refusal import refusal_logit
from rag.answering.selection.articles import article_asked, sentences_of
from rag.answering.selection.other_versions import with_other_versions
from rag.answering.selection.rest_of_list import with_rest_of_list
from rag.answering.selection.sentences import LONGEST_LIST, Selection, head_of_list, select
from rag.chunking import tidy
from rag.index.terms import terms
from rag.records import Answer, Citation, Passage, Statement, page_at
from rag.retrieval.language import question_language, text_script
from rag.settings import Settings

if TYPE_CHECKING:
    from rag.answering.evidence.candidates import Candidate
    from rag.answering.evidence.term_weights import Idf
    from rag.embedding import Embedder
    from rag.index import View

__all__ = ["answer", "refuse"]


def answer(
    question: str,
    passages: Sequence[Passage],
    *,
    view: View | None = None,
    embedder: Embedder | None = None,
    reader: SentenceReader | None = None,
    settings: Settings | None = None,
    query: str | None = None,
    k: int | None = None,
) -> Answer:
    """Answer from passages that were retrieved, best first.

    Args:
        question: As asked.
        passages: Whole sentences each, as :func:`rag.retrieval.retrieve` gives them.
        view: Where they come from, for the rarity of terms; without it the passages tell.
        embedder: For the nearness of sentences; None does without.
        reader: The bundled reader; None does without.
        settings: ``max_sentences`` and ``refusal_threshold`` are read.
        query: The question completed from the history, when it differs from ``question``; see
            :func:`rag.answering.followup.completion.complete_question`.
        k: How many passages the answer keeps, those whose sentences answer best first, and all that it
            cites; None keeps all as they came.

    Returns:
        An answer whose quotes are ``document.text[start:end]``, or a refusal that cites nothing. Its
        timings are ``rank`` and ``answer`` in seconds.
    """
    settings = settings or Settings()
    began = time.perf_counter()
    asked = analyse(query or question)
    if not passages:
        return refuse(question, passages, query=query, view=view)
    idf: Idf = view.idf if view is not None else _local_idf(passages)
    ranked = rank(asked, passages, idf=idf, embedder=comparing(embedder), reader=reader)
    timings = {"rank": time.perf_counter() - began}
    if not ranked.candidates:
        return refuse(question, passages[:k], query=query, timings=timings)
    size = view.passages if view is not None else len(passages)
    article = article_asked(asked.normalised)
    own = sentences_of(article, ranked, passages, view) if article else []
    if own:  # what merely cites the article comes behind it
        first = set(own)
        ranked = replace(ranked, order=sorted(ranked.order, key=lambda i: i not in first))
    confidence = confidence_of(asked, passages, ranked, size)
    if own and article and article.whole:
        confidence = max(confidence, settings.refusal_threshold)  # it is found, whatever it says
    if confidence < settings.refusal_threshold:
        kept = passages if k is None else read_order(passages, ranked)[:k]
        timings["answer"] = time.perf_counter() - began - timings["rank"]
        return refuse(question, kept, query=query, confidence=confidence, timings=timings)
    seen, told = list(passages), ranked
    if own and article and article.whole:
        chosen = Selection(tuple(own[:LONGEST_LIST]), listed=len(own) > 1)
    else:
        head = head_of_list(asked, ranked, passages)
        if head is not None:
            ranked, passages = with_rest_of_list(ranked, head, passages, view)
        told, seen = with_other_versions(ranked, passages, view)
        chosen = select(asked, told, limit=settings.max_sentences, passages=seen)
    # What shares a slot is named by the passage that is shown.
    slot = ranked.candidates[ranked.order[0]].passage
    cited = {told.candidates[i].passage for i in chosen.order}
    cited = {place if place < len(passages) else slot for place in cited}
    kept = passages if k is None else read_order(passages, ranked, keep=cited)[: max(k, len(cited))]
    listed = asked.many or chosen.listed
    text, citations, statements = _written(asked, seen, told, chosen.order, listed=listed)
    timings["answer"] = time.perf_counter() - began - timings["rank"]
    return Answer(
        question=question,
        text=text,
        citations=tuple(citations),
        refused=False,
        confidence=confidence,
        passages=tuple(kept),
        answerer="extractive",
        timings=timings,
        statements=tuple(statements),
        note=other_dates(asked.language) if chosen.dates_differ else None,
        query=query if query and query != question else None,
    )


def refuse(
    question: str,
    passages: Sequence[Passage],
    *,
    query: str | None = None,
    confidence: float = 0.0,
    timings: dict[str, float] | None = None,
    view: View | None = None,
) -> Answer:
    """The answer that there is none, in the question's language; the passages are for reading.

    Without passages it says why there are none, as the view tells: nothing is indexed, or no document passes
    the filter.
    """
    language = question_language(question)
    if passages:
        text = refusal_text(language)
    elif view is not None and not view.passages:
        text = nothing_indexed_text(language)
    else:
        text = nothing_fits_text(language)
    return Answer(
        question=question,
        text=text,
        citations=(),
        refused=True,
        confidence=confidence,
        passages=tuple(passages),
        answerer="extractive",
        timings=timings or {},
        statements=(),
        query=query if query and query != question else None,
    )


def confidence_of(asked: AskedFor, passages: Sequence[Passage], ranked: Ranked, size: int) -> float:
    """Calibrated probability that the best sentence answers the question.

    Args:
        asked: The question.
        passages: What was retrieved.
        ranked: Its sentences.
        size: Passages in the whole index.
    """
    features = confidence_features(
        asked,
        ranked.candidates,
        passages,
        ranked.table,
        ranked.logits,
        ranked.order[0],
        ranked.weights,
    )
    logit = refusal_logit(features, size, family=ranked.family, reading=ranked.read)
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, logit))))


def _written(
    asked: AskedFor,
    passages: Sequence[Passage],
    ranked: Ranked,
    order: Sequence[int],
    *,
    listed: bool,
) -> tuple[str, list[Citation], list[Statement]]:
    """The answer's text with its citations and statements; ``listed`` puts each on its line."""
    first = ranked.candidates[order[0]]
    pieces: list[str] = []
    length = 0
    asked_script = text_script(asked.text)
    told_script = text_script(first.told)
    if asked_script and told_script and asked_script != told_script:
        pieces.append(lead_in(asked.language))
        length += len(pieces[0])
    citations: list[Citation] = []
    statements: list[Statement] = []
    for number, index in enumerate(order, start=1):
        candidate = ranked.candidates[index]
        citation = _citation(asked, passages, ranked, index, number)
        sentence = _displayed(candidate)
        # Scripts written without spaces take the mark without one.
        gap = "" if sentence[-1:] > "\u2e80" else " "
        shown = f"{sentence}{gap}[{number}]"
        if citations:
            pieces.append("\n" if listed else " ")
            length += 1
        pieces.append(shown)
        statements.append(
            Statement(
                start=length,
                end=length + len(sentence),
                citations=(number,),
                support=citation.support,
                supported=True,
            )
        )
        length += len(shown)
        citations.append(citation)
    return "".join(pieces), citations, statements


def _citation(
    asked: AskedFor, passages: Sequence[Passage], ranked: Ranked, index: int, number: int
) -> Citation:
    candidate = ranked.candidates[index]
    passage = passages[candidate.passage]
    start, end = candidate.start, candidate.end
    marked = highlight_of(asked, candidate, ranked.weights, ranked.spans[index])
    return Citation(
        number=number,
        document_id=candidate.document_id,
        source=passage.source,
        title=passage.title,
        published=passage.published,
        page=page_at(passage.metadata, start),
        start=start,
        end=end,
        quote=passage.text[start - passage.start : end - passage.start],
        highlight=(start + marked[0], start + marked[1]) if marked else None,
        support=1.0,  # verbatim
    )


def _displayed(candidate: Candidate) -> str:
    """A sentence as it is shown: line breaks closed up, a row of a table with the names of its columns."""
    told = candidate.told if candidate.row is None else candidate.told.replace(r"\|", "|")
    return tidy(told)[0].strip()


def _local_idf(passages: Sequence[Passage]) -> Idf:
    """Rarity of terms among the passages themselves."""
    documents = [set(terms(passage.text)) for passage in passages]
    counts = Counter(term for held in documents for term in held)

    def idf(asked: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        total = len(documents)
        return np.asarray(
            [math.log(1 + (total - counts[t] + 0.5) / (counts[t] + 0.5)) for t in asked],
            np.float32,
        )

    return idf
