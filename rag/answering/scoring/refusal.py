"""Whether anything answers: a network and boosted trees together, and rules beside them.

Weights are JSON in ``rag/answering/weights``, written by ``python -m rag.training answering``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from rag.answering.scoring.confidence import CONFIDENCE_FEATURES
from rag.answering.scoring.networks import Network, must_know, network_from, stored_weights
from rag.answering.scoring.trees import Trees, trees_from
from rag.errors import AnsweringError

__all__ = ["FAR_LOGIT", "SURE", "Refusal", "load_refusal", "refusal_from", "refusal_logit"]

Floats = npt.NDArray[np.float32]


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
def load_refusal(name: str) -> Refusal:
    """The bundled ``refusal-small`` or ``refusal-large``, each also with ``-other``, ``-reader`` or both."""
    return refusal_from(stored_weights(name))


#: Passages up to which an index is small, and from which it is large; between them the two are mixed.
SMALL, LARGE = 150, 400


#: Where neither the words nor the meaning of any passage come as near as this, the question is off-topic: in
#: small collections of articles kept apart it refuses 3 points more of the off-topic questions for a fifth of
#: a point of the answerable; at 0.20 it would be 9 points for 3.
FAR = 0.15
#: Unless the reader is as sure as this that some sentence answers, which takes everyday words for those of the
#: texts: of 51 off-topic questions that are so far the surest is at 0.81, the next at 0.73.
SURE = 0.90
#: What a question is refused at that is far off, and where the best sentence tells of another place of the kind
#: that was asked about, and its passage does not name that one: of 27 such questions among those that the
#: networks were fitted on 23 had no answer, and the sentence was the right one for two.
#: And where it tells of another one of several than was asked about, the sixth congress and not the fifth, the
#: head and not the deputy: of 26 such cases of the fit none had an answer, and 23 would be answered. And where
#: it holds no such value as was asked for: of 158 such cases four had an answer, none of them in that sentence,
#: and 30 of the others would be answered. And where the members of a group are asked for and it only counts
#: them: of 23 such cases, all near misses of that kind, 21 would be answered; of 34 questions for members that
#: had an answer none is taken for such a case. And, in other languages, where no passage holds a name of the
#: question, or the best sentence no such value or person: of 8857 questions that have an answer 7 and 4 are
#: taken for such a case, and of 249 that have none 27 more are refused.
FAR_LOGIT = -1.5


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
    far = far and features[column("best_answerable")] < SURE
    elsewhere = features[column("place_clash")] > 0 and features[column("place_lack")] >= 1
    unfit = features[column("unfit")] > 0
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
    must_know(trees["features"], CONFIDENCE_FEATURES)
    return Refusal(
        network_from(stored["network"]),
        trees_from(trees, CONFIDENCE_FEATURES),
        float(stored["offset"]),
    )
