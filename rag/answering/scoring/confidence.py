"""What tells whether the best sentence answers the question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from rag.answering.evidence.candidates import CONTEXT, Candidate
from rag.answering.evidence.feature_names import FEATURES, INDEX
from rag.answering.evidence.term_weights import Weights
from rag.answering.evidence.texts import held_terms
from rag.answering.near_misses.kind import lacks_kind
from rag.answering.near_misses.named_nowhere import named_nowhere
from rag.answering.near_misses.person import lacks_person
from rag.answering.question.analysis import AskedFor
from rag.answering.scoring.families import family_of
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.language import text_script

__all__ = ["CONFIDENCE_FEATURES", "confidence_features"]

Floats = npt.NDArray[np.float32]

_SET_FEATURES = (
    "logit",  # of the ranking network for the best sentence
    "margin",  # ... less the next one's
    "margin_elsewhere",  # ... less the best one's of another passage
    "best_answerable",
    "mean_answerable",  # of the three highest
    "best_reader",
    "best_cosine",
    "best_soft",
    "least_lack",
    "best_focus",
    "best_sentence",  # highest coverage by any sentence
    "best_passage",  # highest coverage by any passage
    "absent",  # worth of the question's terms that no passage holds
    "worthiest_absent",  # the worthiest such term's worth
    "place_absent",  # share of the places asked about that no passage names
    "unmet",  # worth of the worthiest term not in the best sentence's frame
    "terms",  # log of the number of content terms
    "score_gap",  # 1 less the second passage's fused score over the best one's
    "from_best",  # the best sentence stands in the best passage
    "many",
    "reason",
    "yesno",
)
CONFIDENCE_FEATURES = tuple(FEATURES) + _SET_FEATURES


def confidence_features(
    asked: AskedFor,
    candidates: Sequence[Candidate],
    passages: Sequence[Passage],
    table: Floats,
    logits: Floats,
    chosen: int,
    weights: Weights,
) -> Floats:
    """What tells whether the chosen sentence answers, *shape* (len(CONFIDENCE_FEATURES),)."""
    best = candidates[chosen]
    order = np.argsort(-logits, kind="stable")
    others = [i for i in order if i != chosen]
    elsewhere = [i for i in others if candidates[i].passage != best.passage]
    top = float(logits[chosen])
    answerable = np.sort(table[:, INDEX["answerable"]])[::-1]
    absent, unmet = _missed(best, passages, weights, cross=bool(table[chosen, INDEX["cross"]]))
    scores = [passage.score for passage in passages]
    extra = {
        "logit": top,
        "margin": top - float(logits[others[0]]) if others else 5.0,
        "margin_elsewhere": top - float(logits[elsewhere[0]]) if elsewhere else 5.0,
        "best_answerable": float(answerable[0]),
        "mean_answerable": float(answerable[:3].mean()),
        "best_reader": float(table[:, INDEX["reader"]].max()),
        "best_cosine": float(table[:, INDEX["cosine"]].max()),
        "best_soft": float(table[:, INDEX["soft"]].max()),
        "least_lack": float(table[:, INDEX["soft_lack"]].min()),
        "best_focus": float(table[:, INDEX["soft_focus"]].max()),
        "best_sentence": float(table[:, INDEX["sentence"]].max()),
        "best_passage": float(table[:, INDEX["passage"]].max()),
        "absent": float(sum(absent)),
        "worthiest_absent": float(max(absent, default=0.0)),
        "place_absent": _absent_places(asked, passages) if asked.places else 0.0,
        "unmet": float(max(unmet, default=0.0)),
        "terms": float(np.log(1 + len(weights.worth))),
        "score_gap": min(1 - scores[1] / max(scores[0], 1e-6), 1.0) if len(scores) > 1 else 1.0,
        "from_best": float(best.passage == 0),
        "many": float(asked.many),
        "reason": float(asked.kind in {"reason", "manner"}),
        "yesno": float(asked.kind == "yesno"),
    }
    row = table[chosen].copy()
    if family_of(candidates) and _cannot_answer(asked, best, passages):
        row[INDEX["unfit"]] = 1.0
    values = [*row.tolist(), *(extra[name] for name in _SET_FEATURES)]
    return np.nan_to_num(np.asarray(values, np.float32), nan=0.0, posinf=10.0, neginf=-10.0)


def _missed(
    best: Candidate, passages: Sequence[Passage], weights: Weights, *, cross: bool
) -> tuple[list[float], list[float]]:
    """The worths of the question's words that no passage has, and that the best sentence's frame has not.

    Those of translated words, where question and sentence are in different scripts (``cross``).
    """
    held_anywhere: set[str] = set()
    for passage in passages:
        held_anywhere |= held_terms(passage.text)
        held_anywhere |= held_terms(f"{passage.title or ''} {passage.heading or ''}")
    absent = [
        worth for term, worth in weights.worth.items() if not weights.met(term, held_anywhere)
    ]
    framed = (
        held_terms(best.told)
        | held_terms(best.before)
        | held_terms(best.after)
        | held_terms(best.frame)
    )
    unmet = [worth for term, worth in weights.worth.items() if not weights.met(term, framed)]
    if weights.foreign and cross:
        everywhere = normalize(" ".join(passage.text for passage in passages))
        nearby = normalize(f"{best.frame} {best.before} {best.told} {best.after}")
        absent = [word.worth * (1 - word.met(everywhere)) for word in weights.foreign]
        unmet = [word.worth * (1 - word.met(nearby)) for word in weights.foreign]
    return absent, unmet


def _cannot_answer(asked: AskedFor, best: Candidate, passages: Sequence[Passage]) -> bool:
    """Whether the best sentence of texts in other languages lacks what was asked for, or none names it.

    The order of the sentences is left as it is: another one would come first, and answer the near misses.
    """
    if named_nowhere(asked, passages, passages[best.passage]):
        return True
    if best.head:
        return False  # the row of a table: what its figures are stands in the head, or nowhere
    told = normalize(best.told)
    around = f"{best.frame} {best.before[-CONTEXT:]} {best.told} {best.after[:CONTEXT]}"
    return lacks_kind(asked, told, normalize(around)) or lacks_person(asked, best.told)


def _absent_places(asked: AskedFor, passages: Sequence[Passage]) -> float:
    """Share of the places asked about that no Chinese passage names; 0 where there is none."""
    texts = [normalize(f"{one.title or ''} {one.heading or ''} {one.text}") for one in passages]
    chinese = [text for text in texts if text_script(text) == "han"]
    if not chinese:
        return 0.0
    absent = [one for one in asked.places if not any(one.named_in(text) for text in chinese)]
    return len(absent) / len(asked.places)
