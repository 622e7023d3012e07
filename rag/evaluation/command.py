"""``rag eval``: arguments in, tables out. Importing this module is cheap."""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rag.errors import RagError, SettingsError, SuiteError

if TYPE_CHECKING:
    from rag.evaluation.comparing import Comparison
    from rag.evaluation.evaluating import Evaluation, Pool, SuiteResult
    from rag.evaluation.measures import Measure
    from rag.evaluation.suites import Suite
    from rag.settings import Settings

__all__ = ["add_arguments", "run"]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything but ``--model`` and ``--set``, which all commands share.

    ``--index`` has no default here, as it has elsewhere: without it each suite's documents are indexed.
    """
    parser.add_argument("suites", nargs="*", metavar="SUITE", help="suite file, or folder of them")
    parser.add_argument(
        "--index",
        metavar="DIR",
        help="evaluate this index as it stands (default: one of each suite's documents, made for "
        "the evaluation and kept; RAG_INDEX does not count)",
    )
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--report", metavar="FILE.html", help="also write a report to open")
    parser.add_argument("--save", metavar="FILE.json", help="also save the result for --compare")
    parser.add_argument(
        "--compare",
        action="append",
        default=[],
        metavar="B",
        help="saved result, rag.toml, or NAME=VALUE[,NAME=VALUE]: test B against the first",
    )
    parser.add_argument(
        "--sweep",
        action="append",
        default=[],
        metavar="NAME=V1,V2",
        help="every combination of these settings, ranked",
    )
    parser.add_argument("--rank-by", metavar="MEASURE", help="what ranks a sweep (default: passed)")
    parser.add_argument(
        "--fail-under",
        action="append",
        default=[],
        metavar="[SUITE/][GROUP/]MEASURE=X",
        help="exit 1 when a measure is below X, such as recall@5=0.95 or kind:direct/passed=0.9; "
        "with --sweep, in any cell",
    )
    parser.add_argument("--full", action="store_true", help="every measure with its interval")
    parser.add_argument("--failures", type=int, default=10, metavar="N", help="list N failures")
    parser.add_argument("--limit", type=int, metavar="N", help="draw N questions of each suite")
    parser.add_argument("--seed", type=int, default=0, help="of draw, bootstrap and test; from 0")
    parser.add_argument(
        "--legs", metavar="L1,L2", help="also retrieval by: lexical,dense,... alone"
    )
    parser.add_argument("--check", action="store_true", help="only check suites against documents")
    parser.add_argument("--restart", action="store_true", help="do not go on with a broken-off run")
    parser.add_argument("--runs", default="evals/runs", metavar="DIR", help="where runs are kept")
    parser.add_argument(
        "--suite-from-documents", metavar="PATH", help="draft a suite to review, from your files"
    )
    parser.add_argument("--output", "-o", metavar="FILE", help="of the draft (default: stdout)")
    parser.add_argument("--judge", metavar="PROVIDER:MODEL", help="also let an LLM judge answers")


def run(args: argparse.Namespace) -> int:
    """Run ``rag eval``; returns the exit status."""
    from rag.settings import Settings

    _refuse_what_would_be_passed_over(args)
    for option in ("save", "report", "output"):
        _must_be_writable(option, getattr(args, option))
    if args.suite_from_documents:
        return _draft(args)
    if not args.suites:
        _tell("rag eval: name a suite, such as evals/seeds.yaml")
        return 2
    settings = Settings.load(**_assigned(args))
    floors = [_floor(text) for text in args.fail_under]
    suites, skipped = _suites(args)
    for line in skipped:
        _tell(line)
    if args.check:
        if floors:
            _tell("--check measures nothing: --fail-under is not looked at")
        return _check(args, suites, settings)
    if not suites:
        return _below(floors, (), ())
    if args.judge:
        from rag.evaluation.models import chat_model

        args.judging_model = chat_model(args.judge, settings)
    if args.sweep:
        return _sweep(args, suites, skipped, settings, floors)
    return _measure(args, suites, skipped, settings, floors)


# What a mode has no use for. Passing over it in silence would let a gate pass that nobody held.
_PASSED_OVER = {
    "suite_from_documents": ("check", "sweep", "compare", "fail_under", "save", "report"),
    "check": ("sweep", "compare", "save", "report"),
    "sweep": ("compare", "save"),
}


def _refuse_what_would_be_passed_over(args: argparse.Namespace) -> None:
    for mode, others in _PASSED_OVER.items():
        for other in others:
            if getattr(args, mode) and getattr(args, other):
                raise SettingsError(
                    f"{_option(other)} does not go with {_option(mode)}. Leave one of the two out."
                )
    if args.rank_by and not args.sweep:
        raise SettingsError("--rank-by ranks the cells of a sweep. Add --sweep NAME=V1,V2")


def _must_be_writable(option: str, name: str | None) -> None:
    """Raise before anything is asked where a file could not be written after it."""
    if name is None:
        return
    path = Path(name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new = not (path.exists() or path.is_symlink())
        path.open("ab").close()
        if new:
            path.unlink()
    except OSError as error:
        raise SettingsError(
            f"{_option(option)} {name}: cannot be written ({error.strerror}). Name another file."
        ) from error


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")


def _measure(
    args: argparse.Namespace,
    suites: Sequence[Suite],
    skipped: Sequence[str],
    settings: Settings,
    floors: Sequence[_Floor],
) -> int:
    """Evaluate once, and again for each settings to compare with."""
    import dataclasses

    from rag.evaluation.comparing import compare
    from rag.evaluation.evaluating import Evaluation

    against = _against(args, suites, settings)
    _must_be_built(args, [settings, *(b for _, b in against if not isinstance(b, Evaluation))])
    evaluation = _evaluate(args, suites, settings, "as set" if args.compare else "")
    evaluation = dataclasses.replace(evaluation, skipped=tuple(skipped))
    comparisons: list[Comparison] = []
    status = 0
    try:
        for name, b in against:
            if isinstance(b, Evaluation):
                # A saved result is what was: it is A, and the run just made is B.
                comparisons.append(compare(b, evaluation, seed=args.seed))
                continue
            changed = _evaluate(args, suites, b, name)
            status |= _faulty(changed, f"{name}: ")
            comparisons.append(compare(evaluation, changed, seed=args.seed))
    finally:
        # What was measured is handed out, whatever became of a comparison with it.
        _hand_out(args, evaluation, comparisons)
    return status | _below(floors, evaluation.suites, evaluation.pools) | _faulty(evaluation)


def _hand_out(
    args: argparse.Namespace, evaluation: Evaluation, comparisons: Sequence[Comparison]
) -> None:
    _print(args, evaluation, comparisons)
    if args.save:
        evaluation.save(args.save)
    if args.report:
        from rag.evaluation.report import write_report

        write_report(args.report, [evaluation], comparisons)
        _tell(f"report: {args.report}")


def _faulty(evaluation: Evaluation, where: str = "") -> int:
    """1 when questions ended in an error, or were to be judged and are not.

    The zeros of an error are no measure of quality.
    """
    unjudged = evaluation.conditions.get("not judged")
    if unjudged:
        _tell(f"{where}the figures are there, but without judged_right: {unjudged}")
    faults = [q for suite in evaluation.suites for q in suite.questions if q.stage == "fault"]
    if faults:
        _tell(
            f"{where}{len(faults)} questions ended in a fault and count zero, such as: "
            f"{faults[0].reason}"
        )
    return int(bool(faults or unjudged))


def _assigned(args: argparse.Namespace) -> dict[str, Any]:
    values = dict(_pair(text, "--set") for text in getattr(args, "assignments", []))
    if getattr(args, "model", None) is not None:
        values["model"] = args.model
    return values


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SettingsError(f"{option} {text}: write it as NAME=VALUE; names: rag settings")
    return name.strip(), value.strip()


def _suites(args: argparse.Namespace) -> tuple[list[Suite], list[str]]:
    import dataclasses

    from rag.evaluation.suites import LEGS, load_suites

    suites, skipped = load_suites(args.suites)
    if args.legs:
        legs = tuple(leg.strip() for leg in args.legs.split(","))
        for leg in legs:
            if leg not in LEGS:
                raise SettingsError(f"--legs {leg}: use {', '.join(LEGS)}.")
        suites = [dataclasses.replace(suite, legs=legs) for suite in suites]
    return suites, skipped


def _must_be_built(args: argparse.Namespace, wanted: Sequence[Settings]) -> None:
    """Raise before anything is asked when the index named does not fit one of the settings."""
    if args.index is None:
        return
    from rag.evaluation.cells import check_built

    for settings in wanted:
        check_built(Path(args.index), settings)


def _evaluate(
    args: argparse.Namespace, suites: Sequence[Suite], settings: Settings, label: str
) -> Evaluation:
    from rag.evaluation.evaluating import evaluate

    with _Bar() as bar:
        evaluation = evaluate(
            suites,
            settings=settings,
            label=label,
            index=args.index,
            runs=args.runs,
            limit=args.limit,
            seed=args.seed,
            resume=not args.restart,
            progress=bar.show,
            tell=bar.tell,
        )
    return _judged(args, evaluation, settings) if args.judge else evaluation


def _judged(args: argparse.Namespace, evaluation: Evaluation, settings: Settings) -> Evaluation:
    """With the judge's opinions; as it was, with the reason, where the judge gave them not all."""
    import dataclasses

    from rag.evaluation.llm_judge import judged_by

    try:
        with _Bar() as bar:
            return judged_by(
                args.judge, evaluation, settings, progress=bar.show, model=args.judging_model
            )
    except RagError as error:
        conditions = {**evaluation.conditions, "judge": args.judge, "not judged": str(error)}
        return dataclasses.replace(evaluation, conditions=conditions)


class _Bar:
    """tqdm on stderr, one bar per suite."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._name = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def show(self, name: str, done: int, total: int) -> None:
        """Move the suite's bar."""
        import importlib

        tqdm = importlib.import_module("tqdm").tqdm

        if self._bar is None or self._name != name:
            if self._bar is not None:
                self._bar.close()
            self._name = name
            self._bar = tqdm(
                total=total,
                desc=name,
                unit="q",
                file=sys.stderr,
                leave=False,
                disable=not sys.stderr.isatty(),
            )
        self._bar.update(done - self._bar.n)

    def tell(self, line: str) -> None:
        """A line of its own."""
        _tell(line)


def _check(args: argparse.Namespace, suites: Sequence[Suite], settings: Settings) -> int:
    from rag.evaluation.cells import open_cell
    from rag.evaluation.checking import check

    faults = 0
    for suite in suites:
        try:
            index = None if args.index is None else Path(args.index)
            cell = open_cell(suite, settings, index=index)
            notes = [*check(suite, list(cell.documents.values())), *cell.failed]
        except SuiteError as error:
            _say(str(error))
            faults += 1
            continue
        for note in notes:
            _say(note)
        found = f"{len(notes)} to look at" if notes else "in order"
        _say(f"{suite.place}: {len(suite.questions)} questions, {found}")
    return 1 if faults else 0


def _sweep(
    args: argparse.Namespace,
    suites: Sequence[Suite],
    skipped: Sequence[str],
    settings: Settings,
    floors: Sequence[_Floor],
) -> int:
    """Evaluate every cell; each of them is held against the floors."""
    import dataclasses

    from rag.evaluation.sweeping import cells_of, check_rank, grid

    cells = list(cells_of(grid(args.sweep), settings))
    if args.rank_by:
        check_rank(args.rank_by, {leg for suite in suites for leg in suite.legs})
    _must_be_built(args, [cell for _, cell in cells])
    evaluations: list[Evaluation] = []
    try:
        for number, (label, cell) in enumerate(cells, 1):
            _tell(f"cell {number} of {len(cells)}: {label}")
            evaluation = _evaluate(args, suites, cell, label)
            evaluations.append(dataclasses.replace(evaluation, skipped=tuple(skipped)))
    finally:
        # The cells that were finished are handed out, whatever became of the next one.
        if evaluations:
            _hand_out_cells(args, evaluations)
    status = 0
    for evaluation in evaluations:
        where = f"{evaluation.label}: "
        status |= _below(floors, evaluation.suites, evaluation.pools, where)
        status |= _faulty(evaluation, where)
    return status


def _hand_out_cells(args: argparse.Namespace, evaluations: Sequence[Evaluation]) -> None:
    from rag.evaluation.sweeping import sweep_table

    if args.json:
        _dump([evaluation.to_json() for evaluation in evaluations])
    else:
        _say(sweep_table(evaluations, args.rank_by))
    if args.report:
        from rag.evaluation.report import write_report

        write_report(args.report, evaluations, [])
        _tell(f"report: {args.report}")


def _against(
    args: argparse.Namespace, suites: Sequence[Suite], settings: Settings
) -> list[tuple[str, Evaluation | Settings]]:
    """What is to be compared with, by name: saved results, read and found to fit, and settings."""
    import dataclasses

    from rag.evaluation.comparing import check_pairs
    from rag.evaluation.evaluating import Evaluation, drawn

    asked = [drawn(suite, args.limit, args.seed) for suite in suites]
    found: list[tuple[str, Evaluation | Settings]] = []
    for other in args.compare:
        path = Path(other)
        if path.suffix == ".json":
            saved = dataclasses.replace(Evaluation.load(path), label=path.stem)
            check_pairs(saved, asked)
            found.append((other, saved))
        else:
            found.append((other, _other_settings(other, settings, args)))
    return found


def _other_settings(other: str, settings: Settings, args: argparse.Namespace) -> Settings:
    from rag.settings import Settings

    if other.endswith(".toml"):
        return Settings.load(file=Path(other), **_assigned(args))
    return settings.replace(**dict(_pair(text, "--compare") for text in other.split(",")))


def _print(
    args: argparse.Namespace, evaluation: Evaluation, comparisons: Sequence[Comparison]
) -> None:
    from rag.evaluation.comparing import comparison_table
    from rag.evaluation.evaluating import plain
    from rag.evaluation.terminal import failures_list, summary

    if args.json:
        value = evaluation.to_json()
        if comparisons:
            value["comparisons"] = plain(comparisons)
        _dump(value)
        return
    _say(summary(evaluation, full=args.full))
    if args.failures and not args.compare:
        _say(failures_list(evaluation, args.failures).rstrip())
    for comparison in comparisons:
        _say("\n" + comparison_table(comparison))
    for suite in evaluation.suites:
        for note in suite.notes[:10]:
            _tell(note)
        _tell(f"files: {suite.folder}")


def _dump(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")


_Floor = tuple[str, str, str, float]


def _floor(text: str) -> _Floor:
    """``[SUITE/][GROUP/]MEASURE=X`` as (suite or '', group, measure, X)."""
    from rag.evaluation.measures import MEANINGS

    path, equals, number = text.rpartition("=")
    *prefix, measure = path.split("/")
    # From the first part with a ':' on it is the group; no part may be dropped without a word.
    at = next((at for at, part in enumerate(prefix) if ":" in part), len(prefix))
    suite, group = "/".join(prefix[:at]), "/".join(prefix[at:]) or "all"
    try:
        value = float(number)
    except ValueError:
        equals = ""
        value = 0.0
    if not equals or measure.partition(" ")[0] not in MEANINGS:
        raise SettingsError(
            f"--fail-under {text}: write it as MEASURE=NUMBER, such as recall@5=0.95. Measures: "
            f"{', '.join(MEANINGS)}"
        )
    return suite, group, measure, value


def _below(
    floors: Sequence[_Floor],
    suites: Sequence[SuiteResult],
    pools: Sequence[Pool],
    where: str = "",
) -> int:
    """1 when a floor is not met, or nothing was there to hold it against.

    Where no suite has the measure, the suites over the same documents may have it together.
    """
    from rag.evaluation.measures import higher_is_better

    status = 0
    for wanted, group, name, floor in floors:
        met: list[bool] = []
        chosen = [suite for suite in suites if wanted in {"", suite.name}]
        held = [(suite.name, suite.measure(name, group)) for suite in chosen]
        if not wanted and not any(measure for _, measure in held):
            held = [
                (f"all over {pool.documents}", _of_pool(pool, suites, name, group))
                for pool in pools
            ]
        for of, measure in held:
            if measure is None:
                continue
            # A mean of thirds may miss its own decimal figure by a rounding of the last digit.
            good = math.isclose(measure.value, floor, rel_tol=1e-9) or (
                measure.value >= floor if higher_is_better(name) else measure.value <= floor
            )
            met.append(good)
            if not good:
                side = "below" if higher_is_better(name) else "above"
                figure = f"{name} ({group}) is {measure.value:.4f}, {side} {floor:g}"
                _tell(f"{where}{of}: {figure}")
        if not met:
            # A floor that nothing was held against must not pass for met.
            _tell(
                f"{where}--fail-under: no suite{wanted and ' ' + wanted} was asked that has {name} "
                f"for {group}: the floor {floor:g} is not met"
            )
        status |= not met or not all(met)
    return int(status)


def _of_pool(pool: Pool, suites: Sequence[SuiteResult], name: str, group: str) -> Measure | None:
    from rag.evaluation.measures import is_all

    questions = [q for suite in suites if suite.name in pool.suites for q in suite.questions]
    return pool.measure(name, "all" if is_all(questions, group) else group)


def _draft(args: argparse.Namespace) -> int:
    from rag.evaluation.drafting import draft_suite
    from rag.settings import Settings

    if args.limit is not None and args.limit < 1:
        raise SuiteError(f"--limit {args.limit}: must be at least 1.")
    settings = Settings.load(**_assigned(args))
    text = draft_suite(
        Path(args.suite_from_documents),
        settings=settings,
        limit=args.limit or 50,
        seed=args.seed,
        tell=_tell,
    )
    if args.output:
        Path(args.output).write_text(text, encoding="utf-8")
        _tell(f"{args.output}: review every question, then: rag eval {args.output}")
    else:
        sys.stdout.write(text)
    return 0


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _tell(text: str) -> None:
    sys.stderr.write(text + "\n")
