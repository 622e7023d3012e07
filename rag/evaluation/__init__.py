"""How good is it, and did a change make it better? Deterministic measures first.

>>> from rag.evaluation import Suite, evaluate
>>> result = evaluate(Suite.load("evals/seeds.yaml"))
>>> result.suites[0].measure("recall@5")

A suite (questions, evidence, accepted answers) is asked, every outcome is written down, judged, and
summed up with intervals; :func:`compare` tells whether two results differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.evaluation.comparing import Comparison, compare
    from rag.evaluation.evaluating import Evaluation, SuiteResult, evaluate
    from rag.evaluation.judging import Judged
    from rag.evaluation.measures import Measure
    from rag.evaluation.suites import Evidence, Question, Suite, load_suites

_HOMES = {
    "Comparison": "comparing",
    "Evaluation": "evaluating",
    "Evidence": "suites",
    "Judged": "judging",
    "Measure": "measures",
    "Question": "suites",
    "Suite": "suites",
    "SuiteResult": "evaluating",
    "compare": "comparing",
    "evaluate": "evaluating",
    "load_suites": "suites",
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


if not TYPE_CHECKING:  # a wrong name is still told by type checkers

    def __getattr__(name: str) -> Any:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import importlib

        return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
