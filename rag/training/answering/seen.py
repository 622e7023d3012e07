"""Cases with all that is computed for them once: passages, candidates, features, labels."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.candidates import Candidate, candidates_of
from rag.answering.evidence.features import features_of
from rag.answering.evidence.nearness import Nearness, nearness_of
from rag.answering.evidence.term_weights import weigh
from rag.answering.evidence.translations import with_translations
from rag.answering.question.analysis import AskedFor, analyse
from rag.answering.ranking.reading import read
from rag.answering.ranking.rereading import LOOKED_AT
from rag.answering.ranking.sentences import READ
from rag.answering.scoring.families import family_of
from rag.answering.scoring.networks import Network
from rag.embedding import Embedder
from rag.index import View, open_store
from rag.indexing import index_documents
from rag.normalization import normalize
from rag.records import Document, Passage
from rag.retrieval import retrieve
from rag.retrieval.sentences import sentence_spans
from rag.settings import Settings
from rag.training.answering.cases import Case

__all__ = ["Seen", "all_seen", "group_of", "read_head"]

Floats = npt.NDArray[np.float32]

#: Passages that are looked at for each question, as :class:`rag.KnowledgeBase` does.
K = Settings().k + LOOKED_AT


@dataclass(slots=True)
class Seen:
    """A case with everything computed for it once."""

    case: Case
    asked: AskedFor
    passages: list[Passage]
    candidates: list[Candidate]
    table: Floats
    labels: Floats
    near: Nearness
    weights: Any
    head: list[int]
    read_table: Floats | None = None


def see(view: View, embedder: Embedder, case: Case) -> Seen | None:
    """Retrieve for a case and compute the features that need no reader."""
    where = {"id": {"not in": list(case.masked)}} if case.masked else None
    passages = retrieve(view, embedder, case.question, k=K, where=where)
    right = _right(case)
    if case.without:
        passages = [p for p in (_stripped(passage, right) for passage in passages) if p]
    candidates = candidates_of(passages)
    if not candidates:
        return None
    asked = analyse(case.question)
    weights = with_translations(weigh(asked, passages, view.idf), asked, candidates)
    near = nearness_of(asked, candidates, embedder, view.idf)
    table = features_of(asked, candidates, passages, weights=weights, nearness=near)
    labels = np.zeros(len(candidates), np.float32)
    if case.answerable:
        for index, candidate in enumerate(candidates):
            if right(candidate.text):
                labels[index] = 1.0 if _is_gold(case, candidate) else -1
    return Seen(case, asked, passages, candidates, table, labels, near, weights, [])


def _is_gold(case: Case, candidate: Candidate) -> bool:
    if candidate.document_id.rsplit("/", 1)[-1] not in case.gold:
        return False
    return case.place is None or candidate.start <= case.place[0] < candidate.end


def _right(case: Case) -> Callable[[str], bool]:
    wanted = [_squeezed(answer) for answer in case.answers]
    return lambda text: any(answer in _squeezed(text) for answer in wanted)


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", normalize(text))


def _stripped(passage: Passage, right: Callable[[str], bool]) -> Passage | None:
    """A passage without the sentences that answer; its spans no longer count."""
    kept = [
        passage.text[start:end]
        for start, end in sentence_spans(passage.text)
        if not right(passage.text[start:end])
    ]
    text = "\n".join(kept)
    return replace(passage, text=text) if text.strip() else None


def read_head(seen: Seen, plain: Network, reader: Any) -> None:
    """Let the reader judge the best sentences of the plain network and compute the features anew."""
    logits = plain(seen.table)
    seen.head = [int(i) for i in np.argsort(-logits, kind="stable")[:READ]]
    head = [seen.candidates[i] for i in seen.head]
    scores = read(reader, seen.asked.text, head, family_of(seen.candidates))
    seen.read_table = features_of(
        seen.asked,
        head,
        seen.passages,
        weights=seen.weights,
        nearness=seen.near.of(seen.head),
        reader=scores,
    )


def group_of(one: Seen, *, reading: bool) -> tuple[Floats, Floats]:
    """Features and labels of a case's candidates; with ``reading`` of those that the reader read."""
    if not reading:
        return one.table, one.labels
    assert one.read_table is not None
    return one.read_table, one.labels[one.head]


def all_seen(
    embedder: Embedder, documents: Sequence[Document], cases: Sequence[Case]
) -> Iterator[Seen]:
    """The cases over an index of the documents; those for which nothing is found are left out."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(
            Path(folder) / "index", model=embedder.name, dimension=embedder.dimension
        )
        index_documents(store, embedder, Settings(), documents)
        with store.view() as view:
            for case in cases:
                one = see(view, embedder, case)
                if one is not None:
                    yield one
        store.close()
