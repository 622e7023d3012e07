"""Nearness in meaning of a question and candidate sentences, as a whole and piece by piece.

A sentence's vector blurs what it holds. So each piece of the question is also matched with its nearest
piece in the sentence ("soft" coverage, as in ColBERT's MaxSim): "residents" meets "居民" and "inhabitants",
and a word of the question that meets nothing tells that the fact is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.candidates import Candidate
from rag.answering.evidence.term_weights import Idf
from rag.answering.evidence.texts import clauses_of
from rag.answering.question.analysis import AskedFor, focus_phrase
from rag.embedding.vectors import query_vectors
from rag.index.terms import terms
from rag.retrieval.sentences import shared_vectors
from rag.tokens import encode_joined, get_encoding

if TYPE_CHECKING:
    from rag.embedding import Embedder

__all__ = ["Nearness", "nearness_of"]

Floats = npt.NDArray[np.float32]

#: Pieces of a question that are matched one by one.
_PIECES = 40


@dataclass(frozen=True, slots=True)
class Nearness:
    """All *shape* (candidates,).

    Attributes:
        whole: Cosine of question and sentence.
        focus: Cosine of the words next to the asking word and the nearest clause.
        soft: Mean, by worth, of each question piece's best cosine in the sentence.
        soft_framed: The same with neighbours, title and heading.
        soft_focus: The same for the words next to the asking word, in the sentence.
        soft_lack: How badly the worst-met worthy piece is met in the frame: 0 is well.
    """

    whole: Floats
    focus: Floats
    soft: Floats
    soft_framed: Floats
    soft_focus: Floats
    soft_lack: Floats

    def of(self, indices: Sequence[int]) -> Nearness:
        """The rows of some candidates."""
        chosen = list(indices)
        return Nearness(
            self.whole[chosen],
            self.focus[chosen],
            self.soft[chosen],
            self.soft_framed[chosen],
            self.soft_focus[chosen],
            self.soft_lack[chosen],
        )


def nearness_of(
    asked: AskedFor, candidates: Sequence[Candidate], embedder: Embedder, idf: Idf
) -> Nearness:
    """Compare a question with its candidates."""
    vectors = shared_vectors(embedder)
    phrase = focus_phrase(asked)
    query = query_vectors(embedder, [asked.text, phrase or asked.text])
    texts = [candidate.told for candidate in candidates]
    whole = vectors.of(texts) @ query[0]
    focus = np.full(len(candidates), -1.0, np.float32)
    clauses: list[str] = []
    owner: list[int] = []
    for index, text in enumerate(texts):
        pieces = clauses_of(text)
        clauses.extend(pieces)
        owner.extend([index] * len(pieces))
    np.maximum.at(focus, np.asarray(owner), vectors.of(clauses) @ query[1])
    own, framed, worth, at_focus = _matched(asked, candidates, embedder, idf, phrase)
    focused = worth * at_focus
    if not focused.sum():
        focused = worth
    heavy = worth / max(float(worth.max()), 1e-9) if len(worth) else worth
    lack = (heavy * (1 - framed)).max(axis=1) if len(worth) else np.zeros(len(texts), np.float32)
    return Nearness(
        whole=whole.astype(np.float32),
        focus=focus,
        soft=_mean(own, worth),
        soft_framed=_mean(framed, worth),
        soft_focus=_mean(own, focused),
        soft_lack=lack.astype(np.float32),
    )


def _mean(matched: Floats, worth: Floats) -> Floats:
    total = float(worth.sum())
    if not total:
        return np.zeros(len(matched), np.float32)
    return np.asarray(matched @ worth / total, np.float32)


def _matched(
    asked: AskedFor,
    candidates: Sequence[Candidate],
    embedder: Embedder,
    idf: Idf,
    phrase: str,
) -> tuple[Floats, Floats, Floats, Floats]:
    """Best cosine of each question piece in each sentence and in its frame, worths, and which are focus."""
    embed = getattr(embedder, "embed_pieces", None)
    ids, _ = encode_joined([asked.content])
    pieces = [int(i) for i in dict.fromkeys(ids.tolist()) if _spelled(int(i)).strip(" ?")][:_PIECES]
    if embed is None or not pieces:
        nothing = np.zeros((len(candidates), 0), np.float32)
        return nothing, nothing, np.zeros(0, np.float32), np.zeros(0, np.float32)
    texts: dict[str, int] = {}
    for candidate in candidates:
        for text in (candidate.told, candidate.before, candidate.after, candidate.frame):
            texts.setdefault(text, len(texts))
    told, offsets = encode_joined(list(texts))
    known, places = np.unique(
        np.concatenate([told, np.asarray(pieces, told.dtype)]), return_inverse=True
    )
    rows = embed(known, np.arange(len(known) + 1, dtype=np.int64))
    # Synonyms and translations lie at 0.3 to 0.6, unrelated pieces below 0.15.
    cosines = np.clip((rows[places[len(told) :]] @ rows.T - 0.12) / 0.38, 0, 1)
    best = np.zeros((len(texts), len(pieces)), np.float32)
    for number in range(len(texts)):
        held = places[offsets[number] : offsets[number + 1]]
        if len(held):
            best[number] = cosines[:, held].max(axis=1)
    own = best[[texts[c.told] for c in candidates]]
    framed = own.copy()
    for part in ("before", "after", "frame"):
        framed = np.maximum(framed, best[[texts[getattr(c, part)] for c in candidates]])
    worth = np.asarray([_worth(_spelled(piece), idf) for piece in pieces], np.float32)
    at_focus = np.asarray(
        [float(_spelled(piece).strip() in phrase) for piece in pieces], np.float32
    )
    return own, framed, worth, at_focus


def _worth(piece: str, idf: Idf) -> float:
    """Rarity of a piece by the rarest of its terms."""
    held = sorted(set(terms(piece)))
    if not held:
        return 0.0
    return float(max(idf(held))) * (0.4 if len(piece) == 1 and not piece.isdigit() else 1.0)


@lru_cache(maxsize=65_536)
def _spelled(piece: int) -> str:
    return get_encoding("rag").decode_single_token_bytes(piece).decode("utf-8", "replace")
