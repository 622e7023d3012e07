"""Chinese names in Latin letters are met by the characters that they write."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.evidence.candidates import candidates_of
from rag.answering.evidence.feature_names import INDEX
from rag.answering.evidence.features import features_of
from rag.answering.evidence.term_weights import Weights, weigh
from rag.answering.evidence.translations import with_translations
from rag.answering.question.analysis import analyse
from tests.answering.made import passage


def _judged(question: str, text: str) -> tuple[Weights, np.ndarray]:
    asked = analyse(question)
    passages = [passage(text)]
    candidates = candidates_of(passages)
    weights = weigh(asked, passages, lambda terms: np.ones(len(terms), np.float32))
    weights = with_translations(weights, asked, candidates)
    return weights, features_of(asked, candidates, passages, weights=weights)


@pytest.mark.parametrize(
    ("question", "text", "lacks"),
    [
        ("How many hospitals does Shibei have?", "市北区有医院10所。", 0.0),
        ("How many hospitals does Shibei have?", "崂山区有医院10所。", 1.0),
        ("What opened in Guangxingli?", "广兴里开了一家音乐厅。", 0.0),
        ("What opened in Guangxingli?", "台东开了一家音乐厅。", 1.0),
    ],
)
def test_a_name_is_lacking_where_nothing_is_read_like_it(
    question: str, text: str, lacks: float
) -> None:
    _, table = _judged(question, text)
    assert table[0, INDEX["names_lack"]] == lacks


def test_a_name_that_is_met_counts_for_the_sentence() -> None:
    weights, there = _judged("What opened in Guangxingli?", "广兴里开了一家音乐厅。")
    _, elsewhere = _judged("What opened in Guangxingli?", "台东开了一家音乐厅。")
    spelled = {word.word: dict(word.alternatives) for word in weights.foreign}
    assert spelled["guangxingli"] == {"广兴里": 1.0}
    assert there[0, INDEX["sentence"]] > elsewhere[0, INDEX["sentence"]] + 0.2
