"""Fitting what decides on refusal."""

from __future__ import annotations

import numpy as np
import pytest

sklearn = pytest.importorskip("sklearn.ensemble")

from rag.answering.scoring.trees import trees_from  # noqa: E402
from rag.training.answering.trees import fit_trees  # noqa: E402


def test_the_written_trees_judge_as_those_that_were_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted = []
    fit = sklearn.GradientBoostingClassifier.fit

    def noted(self, *arguments, **named):
        fitted.append(fit(self, *arguments, **named))
        return fitted[-1]

    monkeypatch.setattr(sklearn.GradientBoostingClassifier, "fit", noted)
    chance = np.random.default_rng(0)
    table = chance.normal(size=(600, 4)).astype(np.float32)
    # Neither column tells anything by itself.
    labels = ((table[:, 0] > 0) != (table[:, 1] > 0)).astype(np.float32)
    weights = chance.choice([0.05, 1.0, 12.0], 600).tolist()
    stored = fit_trees(
        [row[None] for row in table], [label[None] for label in labels], weights, list("abcd")
    )
    logits = trees_from(stored, list("abcd"))(table)
    np.testing.assert_allclose(logits, fitted[0].decision_function(table), atol=5e-4)
    assert ((logits > 0) == (labels > 0)).mean() > 0.9
