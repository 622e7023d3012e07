"""What tells whether the best sentence answers."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.features import features_of
from rag.answering.evidence.term_weights import weigh
from rag.answering.question.analysis import analyse
from rag.answering.scoring.confidence import CONFIDENCE_FEATURES, confidence_features
from tests.answering.made import passage


@pytest.mark.parametrize(
    ("question", "text", "unfit"),
    [
        ("When did the Berlin Wall come down?", "The dam was built when the river came down.", 1.0),
        ("When did the Hallin Dam open?", "The Hallin Dam was finished in the spring.", 0.0),
        ("When did the Berlin Wall come down?", "大坝于1958年建成。", 0.0),
        ("What did the Hallin Dam cost?", "The Hallin Dam was finished in the spring.", 1.0),
        ("What did the Hallin Dam cost?", "The Hallin Dam was paid for with $3 million.", 0.0),
        ("Who built the Hallin Dam?", "The Hallin Dam was finished in the spring.", 1.0),
        ("Who built the Hallin Dam?", "The Hallin Dam was the work of Ann Lee.", 0.0),
    ],
)
def test_what_lacks_the_name_the_value_or_the_person_is_unfit(question, text, unfit) -> None:
    passages = [passage(text)]
    candidates = candidates_of(passages)
    asked = analyse(question)
    weights = weigh(asked, passages, lambda terms: np.ones(len(terms), np.float32))
    table = features_of(asked, candidates, passages, weights=weights)
    logits = np.zeros(1, np.float32)
    features = confidence_features(asked, candidates, passages, table, logits, 0, weights)
    assert features[CONFIDENCE_FEATURES.index("unfit")] == unfit
    assert table[0, CONFIDENCE_FEATURES.index("unfit")] == 0.0
