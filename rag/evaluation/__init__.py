"""How good is it, and did a change make it better? Deterministic measures first.

>>> from rag.evaluation import Suite, evaluate
>>> result = evaluate(Suite.load("evals/seeds.yaml"))
>>> result.suites[0].measure("recall@5")

A suite (questions, evidence, accepted answers) is asked, every outcome is written down, judged, and
summed up with intervals; :func:`compare` tells whether two results differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.lazy import lazily

if TYPE_CHECKING:
    from rag.evaluation.comparing import Comparison, compare
    from rag.evaluation.evaluating import Evaluation, SuiteResult, evaluate
    from rag.evaluation.judging import Judged
    from rag.evaluation.measures import Measure
    from rag.evaluation.suites import Evidence, Question, Suite, load_suites

_HOMES = {
    "Comparison": "rag.evaluation.comparing",
    "Evaluation": "rag.evaluation.evaluating",
    "Evidence": "rag.evaluation.suites",
    "Judged": "rag.evaluation.judging",
    "Measure": "rag.evaluation.measures",
    "Question": "rag.evaluation.suites",
    "Suite": "rag.evaluation.suites",
    "SuiteResult": "rag.evaluation.evaluating",
    "compare": "rag.evaluation.comparing",
    "evaluate": "rag.evaluation.evaluating",
    "load_suites": "rag.evaluation.suites",
}

__all__ = [
    "Comparison",
    "Evaluation",
    "Evidence",
    "Judged",
    "Measure",
    "Question",
    "Suite",
    "SuiteResult",
    "compare",
    "evaluate",
    "load_suites",
]

if not TYPE_CHECKING:
    __getattr__, __dir__ = lazily(__name__, _HOMES)
