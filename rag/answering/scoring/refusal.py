"""Small learned functions of features: which sentence answers, and whether anything does.

A network ranks; a network and boosted trees together say whether to answer. Weights are JSON beside this
module, written by ``python -m rag.training answering``; inference is a few lines of numpy.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.evidence import CONTEXT, FEATURES, INDEX, Candidate, Weights, held_terms
from rag.answering.kind_asked import lacks_kind
from rag.answering.named_nowhere import named_nowhere
from rag.answering.person_asked import lacks_person
from rag.answering.question import AskedFor
from rag.answering.trees import Trees, trees_from
from rag.errors import AnsweringError
from rag.normalization import normalize
from rag.records import Passage
from rag.retrieval.language import text_script

__all__ = [
    "CONFIDENCE_FEATURES",
    "Network",
    "Refusal",
    "confidence_features",
    "family_of",
    "has_network",
    "load_network",
    "load_refusal",
    "network_from",
    "refusal_from",
    "refusal_logit",
]

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Network:
    """``linear . x + out . tanh(hidden . x + bias) + offset`` over standardised inputs."""

    mean: Floats
    scale: Floats
    linear: Floats
    hidden: Floats
    bias: Floats
    out: Floats
    offset: float

    def __call__(self, table: Floats) -> Floats:
        """Logits of rows, (n, features) -> (n,)."""
        inputs = np.clip((table - self.mean) / self.scale, -6, 6)
        logits = inputs @ self.linear + self.offset
        if len(self.out):
            logits = logits + np.tanh(inputs @ self.hidden + self.bias) @ self.out
        return np.asarray(logits, np.float32)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The mean of a network's and of boosted trees' logits that a question is answered, and an offset.

    The network tells near misses apart better, the trees what is off-topic: together better than either.
    """

    network: Network
    trees: Trees
    offset: float

    def __call__(self, table: Floats) -> Floats:
        """Logits of rows, (n, features) -> (n,)."""
        return np.asarray((self.network(table) + self.trees(table)) / 2 + self.offset, np.float32)


@cache
def has_network(name: str) -> bool:
    """Whether a network of that name is bundled."""
    return (Path(__file__).parent / "weights" / f"{name}.json").is_file()


def family_of(candidates: Sequence[Candidate]) -> str:
    """Which weights judge these candidates: "" those for Chinese text, "-other" those for all other text.

    In other languages the reader knows less, and words have forms: what it says and what words say
    weighs differently there. Where at least half of the candidates with letters are Chinese, all count as
    Chinese.
    """
    scripts = [script for one in candidates if (script := text_script(one.told))]
    return "" if 2 * scripts.count("han") >= len(scripts) else "-other"


@cache
def load_network(name: str) -> Network:
    """The bundled network ``ranking``, ``ranking-reader`` or ``ranking-other-reader``."""
    return network_from(_stored(name))


@cache
def load_refusal(name: str) -> Refusal:
    """The bundled ``refusal-small`` or ``refusal-large``, each also with ``-other``, ``-reader`` or both."""
    return refusal_from(_stored(name))


def _stored(name: str) -> Any:
    path = Path(__file__).parent / "weights" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


#: Passages up to which an index is small, and from which it is large; between them the two are mixed.
SMALL, LARGE = 150, 400


#: Where neither the words nor the meaning of any passage come as near as this, the question is off-topic: in
#: small collections of articles kept apart it refuses 3 points more of the off-topic questions for a fifth of
#: a point of the answerable; at 0.20 it would be 9 points for 3.
FAR = 0.15
#: Also where the best sentence tells of another place of the kind that was asked about, and its passage does
#: not name that one: of 27 such questions among those that the networks were fitted on 23 had no answer, and
#: the sentence was the right one for two.
#: And where it tells of another one of several than was asked about, the sixth congress and not the fifth, the
#: head and not the deputy: of 26 such cases of the fit none had an answer, and 23 would be answered. And where
#: it holds no such value as was asked for: of 158 such cases four had an answer, none of them in that sentence,
#: and 30 of the others would be answered. And where the members of a group are asked for and it only counts
#: them: of 23 such cases, all near misses of that kind, 21 would be answered; of 34 questions for members that
#: had an answer none is taken for such a case. And, in other languages, where no passage holds a name of the
#: question, or the best sentence no such value or person: of 8857 questions that have an answer 7 and 4 are
#: taken for such a case, and of 249 that have none 27 more are refused.
FAR_LOGIT = -1.5
#: Taken from the logit of texts in other languages that share the question's script: the fit keeps a share of
#: all that can be answered, and many of those get a wrong sentence there. It refuses 82 near misses of 219 in
#: place of 61, and 23 off-topic questions of 30 in place of 19, for 3 right answers of 412 and 8 wrong ones of
#: 217. At 0.65 it would be 99 and 24 for 7 right ones, at 0.70 106 and 26 for 10.
SURER = math.log(0.60 / (1 - 0.60))


def refusal_logit(features: Floats, size: int, *, family: str, reading: bool) -> float:
    """Logit of confidence in an index of ``size`` passages; below 0 means refuse.

    Fitted twice: in a small collection every passage is about the topic and a word that is missing means
    little by itself, in a large one the best passage of an unanswerable question is about something else.
    """
    suffix = family + ("-reader" if reading else "")
    share = (math.log(max(size, 1)) - math.log(SMALL)) / (math.log(LARGE) - math.log(SMALL))
    share = min(max(share, 0.0), 1.0)
    row = features[None, :]
    logit = 0.0
    if share < 1:
        logit += (1 - share) * float(load_refusal(f"refusal-small{suffix}")(row)[0])
    if share > 0:
        logit += share * float(load_refusal(f"refusal-large{suffix}")(row)[0])
    column = CONFIDENCE_FEATURES.index
    far = features[column("best_passage")] < FAR and features[column("best_cosine")] < FAR
    elsewhere = features[column("place_clash")] > 0 and features[column("place_lack")] >= 1
    unfit = features[column("unfit")] > 0
    if family == "-other" and not features[column("cross")]:
        logit -= SURER
    if far or elsewhere or unfit:
        logit = min(logit, FAR_LOGIT)
    return logit


def refusal_from(stored: Mapping[str, Any]) -> Refusal:
    """What decides on refusal from its JSON form: ``network``, ``trees`` and ``offset``."""
    if "trees" not in stored:
        raise AnsweringError(
            "The answering weights are of an older form. Fit them anew: python -m rag.training answering"
        )
    trees = stored["trees"]
    _must_know(trees["features"], CONFIDENCE_FEATURES)
    return Refusal(
        network_from(stored["network"]),
        trees_from(trees, CONFIDENCE_FEATURES),
        float(stored["offset"]),
    )


def _must_know(names: Sequence[str], known: Sequence[str]) -> None:
    if unknown := sorted(set(names) - set(known)):
        raise AnsweringError(
            f"The answering weights know features that the code does not: {', '.join(unknown)}. "
            "Fit them anew: python -m rag.training answering"
        )


def network_from(stored: Mapping[str, Any]) -> Network:
    """A network from its JSON form; columns are matched by the names of the features."""
    arrays = {
        name: np.asarray(stored[name], np.float32)
        for name in ("mean", "scale", "linear", "hidden", "bias", "out")
    }
    if not arrays["out"].size:
        arrays["hidden"] = np.zeros((len(arrays["linear"]), 0), np.float32)
    names: list[str] = list(stored["features"])
    current = CONFIDENCE_FEATURES if set(names) - set(FEATURES) else FEATURES
    _must_know(names, current)
    # Features that came after the fit have no weight.
    places = [current.index(name) for name in names]
    for name, filler in (("mean", 0.0), ("scale", 1.0), ("linear", 0.0), ("hidden", 0.0)):
        known = arrays[name]
        spread = np.full((len(current), *known.shape[1:]), filler, np.float32)
        spread[places] = known
        arrays[name] = spread
    return Network(offset=float(stored["offset"]), **arrays)


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
    if weights.foreign and table[chosen, INDEX["cross"]]:
        everywhere = normalize(" ".join(passage.text for passage in passages))
        nearby = normalize(f"{best.frame} {best.before} {best.told} {best.after}")
        absent = [word.worth * (1 - word.met(everywhere)) for word in weights.foreign]
        unmet = [word.worth * (1 - word.met(nearby)) for word in weights.foreign]
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
