"""When confidence is cut short, told by made features."""

from __future__ import annotations

import numpy as np
import pytest

from rag.answering.evidence import Candidate, candidates_of, features_of, weigh
from rag.answering.question import analyse
from rag.answering.scoring import (
    CONFIDENCE_FEATURES,
    FAR_LOGIT,
    SURER,
    confidence_features,
    family_of,
    load_refusal,
    refusal_from,
    refusal_logit,
)
from rag.errors import AnsweringError
from tests.answering.made import passage


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


def _candidate(text: str) -> Candidate:
    return Candidate(
        passage=0,
        position=0,
        document_id="a",
        start=0,
        end=len(text),
        text=text,
        before="",
        after="",
        frame="",
        published=None,
    )


@pytest.mark.parametrize(
    ("texts", "family"),
    [
        (["全市共有企业930家。"], ""),
        (["Nine hundred firms."], "-other"),
        (["Девятьсот фирм.", "企业930家。", "Nine hundred firms."], "-other"),
        (["企业930家。", "Nine hundred firms."], ""),
        (["1 2 3", "4 5 6", "7 8 9", "全市共有企业930家。"], ""),
        (["1 2 3"], ""),
        ([], ""),
    ],
)
def test_the_language_of_most_candidates_chooses_the_weights(texts, family) -> None:
    assert family_of([_candidate(text) for text in texts]) == family


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


@pytest.mark.parametrize("reading", [True, False])
def test_texts_in_other_languages_must_be_surer(reading) -> None:
    def logit(family: str, cross: float) -> float:
        return refusal_logit(_features(cross=cross), 20, family=family, reading=reading)

    fitted = load_refusal("refusal-small-other" + ("-reader" if reading else ""))
    assert logit("-other", 0.0) == pytest.approx(float(fitted(_features()[None, :])[0]) - SURER)
    across = float(fitted(_features(cross=1.0)[None, :])[0])
    assert logit("-other", 1.0) == pytest.approx(across)
    chinese = load_refusal("refusal-small" + ("-reader" if reading else ""))
    assert logit("", 0.0) == pytest.approx(float(chinese(_features()[None, :])[0]))


@pytest.mark.parametrize("size", [20, 1000])
def test_what_is_far_in_words_and_in_meaning_answers_nothing(size) -> None:
    far = _features(best_passage=0.1, best_cosine=0.1)
    assert refusal_logit(far, size, family="", reading=True) <= FAR_LOGIT


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
