"""When confidence is cut short, told by made features."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.scoring.confidence import CONFIDENCE_FEATURES
from rag.answering.scoring.refusal import (
    FAR_LOGIT,
    SURE,
    load_refusal,
    refusal_from,
    refusal_logit,
)
from rag.errors import AnsweringError


def _features(**values: float) -> np.ndarray:
    """Those of a sure answer, with some changed."""
    sure = {"best_passage": 0.9, "best_cosine": 0.8, "sentence": 0.9, "answerable": 1.0, "reader": 10.0,
            "best_answerable": 1.0, "mean_answerable": 0.9, "best_reader": 10.0, "logit": 12.0, "margin": 10.0,
            "margin_elsewhere": 10.0, "pointed": 1.0, "passage": 0.9, "window": 0.9, "framed": 0.9,
            "cosine": 0.8, "soft": 0.9, "best_soft": 0.9, "typed": 1.0}  # fmt: skip
    row = np.zeros(len(CONFIDENCE_FEATURES), np.float32)
    for name, value in {**sure, **values}.items():
        row[CONFIDENCE_FEATURES.index(name)] = value
    return row


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize("family", ["", "-other"])
@pytest.mark.parametrize("size", [20, 250, 1000])
def test_every_bundled_refusal_trusts_a_sure_answer_more_than_nothing(
    size, family, reading
) -> None:
    nothing = np.zeros(len(CONFIDENCE_FEATURES), np.float32)
    sure = refusal_logit(_features(), size, family=family, reading=reading)
    assert sure > 1 + refusal_logit(nothing, size, family=family, reading=reading)


@pytest.mark.parametrize("size", [20, 1000])
def test_a_sentence_about_another_place_answers_nothing(size) -> None:
    assert refusal_logit(_features(), size, family="", reading=True) > 0
    elsewhere = _features(place_clash=1.0, place_lack=1.0)
    assert refusal_logit(elsewhere, size, family="", reading=True) <= FAR_LOGIT
    # Of two places asked about the passage names one.
    both = _features(place_clash=1.0, place_lack=0.5)
    assert refusal_logit(both, size, family="", reading=True) > FAR_LOGIT


@pytest.mark.parametrize("size", [20, 1000])
def test_a_sentence_about_another_one_of_several_answers_nothing(size) -> None:
    assert refusal_logit(_features(unfit=1.0), size, family="", reading=True) <= FAR_LOGIT


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize("family", ["", "-other"])
def test_each_family_of_texts_has_weights_of_its_own(family: str, reading: bool) -> None:
    fitted = load_refusal(f"refusal-small{family}" + ("-reader" if reading else ""))
    wanted = float(fitted(_features()[None, :])[0])
    assert refusal_logit(_features(), 20, family=family, reading=reading) == pytest.approx(wanted)


@pytest.mark.parametrize("size", [20, 1000])
def test_what_is_far_in_words_and_in_meaning_answers_nothing(size) -> None:
    far = _features(best_passage=0.1, best_cosine=0.1, best_answerable=SURE - 0.1)
    assert refusal_logit(far, size, family="", reading=True) <= FAR_LOGIT
    sure = _features(best_passage=0.1, best_cosine=0.1, best_answerable=SURE)
    assert refusal_logit(sure, size, family="", reading=True) > FAR_LOGIT


_NETWORK = {"features": ["best_cosine"], "mean": [0.5], "scale": [0.5], "linear": [2.0], "hidden": [[]],
            "bias": [], "out": [], "offset": 1.0}  # fmt: skip
_TREES = {"features": ["terms"], "offset": 0.0, "trees": [[[0, 1.5, 1, 2], [-4.0], [6.0]]]}


def test_network_and_trees_are_heard_alike() -> None:
    refusal = refusal_from({"network": _NETWORK, "trees": _TREES, "offset": -0.5})
    row = _features(best_cosine=1.0, terms=1.0)
    assert refusal(row[None]).tolist() == [((2.0 + 1.0) + -4.0) / 2 - 0.5]
    row = _features(best_cosine=1.0, terms=2.0)
    assert refusal(row[None]).tolist() == [((2.0 + 1.0) + 6.0) / 2 - 0.5]


def test_weights_of_unknown_features_are_not_used() -> None:
    trees = {**_TREES, "features": ["weather"]}
    with pytest.raises(AnsweringError, match="weather"):
        refusal_from({"network": _NETWORK, "trees": trees, "offset": 0.0})
    with pytest.raises(AnsweringError, match="older form"):
        refusal_from(_NETWORK)
