"""Cells of a sweep, best first."""

from __future__ import annotations

import dataclasses

import pytest

from rag.errors import SettingsError
from rag.evaluation.evaluating import Evaluation
from rag.evaluation.sweeping import cells_of, check_rank, grid, sweep_table
from rag.settings import Settings
from tests.evaluation.test_comparing import evaluation


def test_no_value_is_a_value() -> None:
    assert grid(["reranker=,bundled"]) == {"reranker": ["", "bundled"]}
    cells = list(cells_of(grid(["reranker="]), Settings(reranker="bundled")))
    assert [(label, cell.reranker) for label, cell in cells] == [("reranker=", "")]
    for wrong in ("reranker", "=a,b"):
        with pytest.raises(SettingsError, match="write it as NAME=VALUE,VALUE"):
            grid([wrong])


def order(evaluations: list[Evaluation], measure: str | None = None) -> list[str]:
    """The labels, as the table has them."""
    lines = sweep_table(evaluations, measure).splitlines()
    return [line.split()[0] for line in lines[1 : 1 + len(evaluations)]]


def test_the_best_is_first_also_where_lower_is_better() -> None:
    # A question that did not pass was refused here: of 4 the worse refuses 3, the better 1.
    worse = evaluation("worse", [True, False, False, False])
    better = evaluation("better", [True, True, True, False])
    assert order([worse, better]) == ["better", "worse"]
    assert order([worse, better], "first_right") == ["better", "worse"]
    assert order([worse, better], "false_refusal") == ["better", "worse"]
    assert (
        sweep_table([worse, better], "false_refusal")
        .splitlines()[-1]
        .startswith("ranked by false_refusal;")
    )


def test_a_cell_without_the_measure_is_last() -> None:
    nothing = evaluation("nothing", [True])
    suites = tuple(dataclasses.replace(suite, measures=()) for suite in nothing.suites)
    cells = [
        dataclasses.replace(nothing, suites=suites),
        evaluation("worse", [False, True]),
        evaluation("better", [True, True]),
    ]
    assert order(cells, "first_right") == ["better", "worse", "nothing"]
    assert order(cells, "false_refusal") == ["better", "worse", "nothing"]


def test_a_measure_that_no_cell_has_ranks_nothing() -> None:
    last = sweep_table([evaluation("a", [True])], "items_cited").splitlines()[-1]
    assert last.startswith("not ranked: no suite has items_cited;")


def test_what_can_rank() -> None:
    check_rank("recall@5")
    check_rank("recall@5 lexical", {"lexical"})
    with pytest.raises(SettingsError, match="--rank-by recal: there is no such measure. Measures"):
        check_rank("recal")
    with pytest.raises(SettingsError, match="Add --legs dense"):
        check_rank("recall@5 dense", {"lexical"})
