"""Suites in, figures out: open each cell, ask each question, judge, add up.

Everything a figure rests on is left in ``evals/runs/<suite>-<key>/``: ``outcomes.jsonl`` (what was
done with each question), ``qrels.trec`` and ``run*.trec`` (retrieval), ``result.json``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import os
import platform
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from rag.errors import AnsweringError, SettingsError, SuiteError
from rag.evaluation.cells import Cell, code_version, documents_version, open_cell
from rag.evaluation.checking import Named, by_name, check, find_documents, locate
from rag.evaluation.intervals import risk_coverage
from rag.evaluation.judging import Judged, judge
from rag.evaluation.measures import Measure, is_all, latencies, measures_of
from rag.evaluation.outcomes import Outcome, OutcomeLog, ask_one
from rag.evaluation.retrieval_measures import measure_files, write_qrels, write_run
from rag.evaluation.suites import Question, Suite
from rag.records import to_dict
from rag.settings import Settings

__all__ = ["Evaluation", "Pool", "SuiteResult", "drawn", "evaluate", "plain"]

FORMAT = 1
_PATIENCE = 10  # questions that may all fail before a run gives up
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteResult:
    """One suite's figures.

    Attributes:
        measures: For all questions, then by kind and by language.
        questions: Each with its verdict, in the suite's order.
        latency: Stage to (median, 95th percentile) in seconds.
        build: What indexing cost; see :class:`rag.evaluation.cells.Cell`.
        risk: (coverage, risk, threshold) points over the answered questions.
        notes: Lines on what the suite's author should look at.
        folder: Where the files of the run lie.
    """

    name: str
    description: str
    measures: tuple[Measure, ...]
    questions: tuple[Judged, ...]
    latency: Mapping[str, tuple[float, float]]
    build: Mapping[str, float]
    risk: tuple[tuple[float, float, float], ...] = ()
    notes: tuple[str, ...] = ()
    folder: str = ""

    def measure(self, name: str, group: str = "all") -> Measure | None:
        """The measure of that name, or None where the suite does not have it.

        A kind or language that all questions are of is no group of its own: its measures are those
        of ``all``.
        """
        if is_all(self.questions, group):
            group = "all"
        return next((m for m in self.measures if (m.name, m.group) == (name, group)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """All questions of the suites over the same documents, taken together.

    A suite of unanswerable questions alone cannot tell what refusing costs; with the answerable
    ones over the same documents it can.
    """

    documents: str
    suites: tuple[str, ...]
    measures: tuple[Measure, ...]

    def measure(self, name: str, group: str = "all") -> Measure | None:
        """The measure of that name, or None where the pool does not have it."""
        return next((m for m in self.measures if (m.name, m.group) == (name, group)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Figures of all suites, and the conditions they were taken under.

    Attributes:
        label: A name for tables, such as ``fusion=lexical``.
        pools: Suites over the same documents taken together, where there are several.
        conditions: Settings, versions, seed, machine, date, peak memory.
        skipped: A line for each suite that was left out.
    """

    label: str
    suites: tuple[SuiteResult, ...]
    pools: tuple[Pool, ...] = ()
    conditions: Mapping[str, Any] = field(default_factory=dict)
    skipped: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON-ready; NaN (a measure of nothing) is null."""
        value = plain({"format": FORMAT, **to_dict(self)})
        assert isinstance(value, dict)
        return value

    def save(self, path: str | Path) -> None:
        """Write it where ``rag eval --compare`` can read it."""
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(
            json.dumps(self.to_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """A saved result.

        Raises:
            SuiteError: Not a result, or one of a newer format.
        """
        try:
            value = json.loads(Path(path).read_text(encoding="utf-8"))
            if value["format"] > FORMAT:
                raise SuiteError(f"{path}: was saved by a newer rag. Update rag, or run it again.")
            return cls(
                label=value["label"],
                conditions=value["conditions"],
                skipped=tuple(value["skipped"]),
                suites=tuple(_suite_result(suite) for suite in value["suites"]),
                pools=tuple(
                    Pool(
                        documents=pool["documents"],
                        suites=tuple(pool["suites"]),
                        measures=_measures(pool["measures"]),
                    )
                    for pool in value["pools"]
                ),
            )
        except OSError as error:
            raise SuiteError(
                f"{path}: cannot be read ({error.strerror}). Check the path."
            ) from error
        except (AttributeError, ValueError, KeyError, TypeError) as error:
            raise SuiteError(
                f"{path}: is not a saved result. Save one: rag eval SUITE --json > {path}"
            ) from error


def evaluate(
    suites: Iterable[Suite] | Suite,
    *,
    settings: Settings | None = None,
    label: str = "",
    indexes: str | Path = "indexes",
    index: str | Path | None = None,
    runs: str | Path = "evals/runs",
    limit: int | None = None,
    seed: int = 0,
    resamples: int = 2000,
    resume: bool = True,
    reuse: bool = False,
    progress: Progress | None = None,
    tell: Callable[[str], None] = lambda _: None,
    open_system: Callable[..., Cell] = open_cell,
) -> Evaluation:
    """Ask every question of every suite and measure what comes back.

    Args:
        suites: One or more; their documents are indexed as the settings say, and kept.
        settings: Default: as :meth:`Settings.load` gives them.
        label: A name for tables.
        indexes: Folder for the kept indexes.
        index: An index to evaluate as it stands, in place of kept ones.
        runs: Folder for the files each figure rests on.
        limit: At most so many questions of a suite, drawn by ``seed``; None for all.
        seed: Of the draw, the bootstrap and the randomisation test; from 0.
        resamples: Of the bootstrap.
        resume: Go on with an interrupted run of the same code, settings and data.
        reuse: Take the outcomes of a finished run of the same code, settings and data as well, in
            place of asking anew; its times are those of that run.
        progress: Called with (suite, done, all) after each question.
        tell: Takes one line when something slow begins.
        open_system: Opens a suite's cell; another system can be put here.

    Raises:
        SettingsError: The seed is negative; nothing was asked.
        SuiteError: A suite does not fit its documents, or what was given is no suite.
    """
    suites = _suites_of(suites)
    # All of them are drawn before the first is asked.
    chosen = [drawn(suite, limit, seed) for suite in suites]
    settings = settings or Settings.load()
    results = [
        _evaluate_suite(
            suite,
            settings,
            indexes=Path(indexes),
            index=None if index is None else Path(index),
            runs=Path(runs),
            seed=seed,
            resamples=resamples,
            resume=resume,
            reuse=reuse,
            progress=progress or (lambda *_: None),
            tell=tell,
            open_system=open_system,
        )
        for suite in chosen
    ]
    return Evaluation(
        label=label or "as set",
        suites=tuple(results),
        pools=_pools(suites, results, seed=seed, resamples=resamples),
        conditions=conditions(settings, seed=seed, resamples=resamples, limit=limit),
    )


def _suites_of(given: Iterable[Suite] | Suite) -> list[Suite]:
    """One suite or several as a list.

    Raises:
        SuiteError: Something else, such as the path of a file, or the None of a suite that was skipped.
    """
    suites = list(given) if isinstance(given, Iterable) and not isinstance(given, str) else [given]
    for one in suites:
        if not isinstance(one, Suite):
            raise SuiteError(
                f"evaluate() takes suites, and {one!r:.80} is none. Load a file first: "
                "suites, skipped = load_suites([path])."
            )
    return suites


def _pools(
    suites: Sequence[Suite], results: Sequence[SuiteResult], *, seed: int, resamples: int
) -> tuple[Pool, ...]:
    together: dict[Path, tuple[str, list[SuiteResult]]] = {}
    for suite, result in zip(suites, results, strict=True):
        if suite.documents and suite.ask:
            # Suites of two projects may call different folders by one relative name.
            where = suite.documents_path.resolve()
            together.setdefault(where, (suite.documents, []))[1].append(result)
    return tuple(
        Pool(
            documents=documents,
            suites=tuple(result.name for result in chosen),
            measures=tuple(
                measures_of(
                    [question for result in chosen for question in result.questions],
                    seed=seed,
                    resamples=resamples,
                )
            ),
        )
        for documents, chosen in together.values()
        if len(chosen) > 1
    )


def _evaluate_suite(
    suite: Suite,
    settings: Settings,
    *,
    indexes: Path,
    index: Path | None,
    runs: Path,
    seed: int,
    resamples: int,
    resume: bool,
    reuse: bool,
    progress: Progress,
    tell: Callable[[str], None],
    open_system: Callable[..., Cell],
) -> SuiteResult:
    cell = open_system(suite, settings, indexes=indexes, index=index, tell=tell)
    documents = list(cell.documents.values())
    places = locate(suite, documents)
    notes = [*check(suite, documents), *cell.failed]
    legs = {name: cell.leg(name) for name in suite.legs}
    made_under = {
        "format": FORMAT,
        "suite": suite_version(suite),
        "documents": documents_version(suite),
        "settings": to_dict(settings),
        "code": code_version(),
        "index": "" if index is None else f"{index} {_state(cell)}",
        "system": f"{type(cell.system).__name__} {getattr(cell.system, 'name', '')}".strip(),
    }
    key = hashlib.sha256(json.dumps(made_under, sort_keys=True).encode()).hexdigest()[:8]
    folder = runs / f"{suite.file_name}-{key}"
    if not resume:
        (folder / "outcomes.jsonl").unlink(missing_ok=True)
    log = OutcomeLog(folder / "outcomes.jsonl", made_under, reuse=reuse)
    outcomes: dict[str, Outcome] = dict(log.resumed)
    if outcomes:
        tell(f"{suite.name}: going on after {len(outcomes)} of {len(suite.questions)} questions")
    named = by_name(documents)
    if len(outcomes) < len(suite.questions):
        _warm(suite, cell)
    try:
        for done, question in enumerate(suite.questions, 1):
            if question.id not in outcomes:
                outcome = ask_one(question, suite, cell.system, legs, _mask(question, named))
                outcomes[question.id] = outcome
                log.add(outcome)
                if done == _PATIENCE:
                    _raise_when_all_fail(suite, outcomes)
            progress(suite.name, done, len(suite.questions))
    except BaseException:
        log.close()
        raise
    log.finish()
    write_qrels(folder / "qrels.trec", suite, places)
    retrieval: dict[str, dict[str, dict[str, float]]] = {}
    for leg in ("", *suite.legs):
        run = folder / (f"run.{leg}.trec" if leg else "run.trec")
        rankings = {name: outcome.rankings.get(leg, ()) for name, outcome in outcomes.items()}
        write_run(run, suite, places, rankings, leg or "rag")
        retrieval[leg] = measure_files(folder / "qrels.trec", run)
    chunks = cell.chunks() if suite.relevance == "evidence" else None
    judged = tuple(
        judge(
            question,
            outcomes[question.id],
            places[question.id],
            {leg: measures.get(question.id, {}) for leg, measures in retrieval.items()},
            documents=cell.documents,
            chunks=chunks,
            relevance=suite.relevance,
            ask=suite.ask,
        )
        for question in suite.questions
    )
    answered = [question for question in judged if suite.ask and not question.refused]
    curve = risk_coverage(
        [question.confidence for question in answered],
        [not question.answerable or not question.values["first_right"][0] for question in answered],
    )
    share = len(answered) / len(judged)
    result = SuiteResult(
        name=suite.name,
        description=suite.description,
        measures=tuple(measures_of(judged, seed=seed, resamples=resamples)),
        questions=judged,
        latency=latencies(judged),
        build=cell.build,
        risk=tuple((coverage * share, risk, at) for coverage, risk, at in curve),
        notes=tuple(notes),
        folder=str(folder),
    )
    (folder / "result.json").write_text(
        json.dumps(plain(to_dict(result)), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    return result


def _mask(question: Question, named: Named) -> dict[str, Any] | None:
    """The filter that leaves out what a question excludes: whole sources, and rows named by id."""
    left_out: dict[str, list[str]] = {}
    for name in question.exclude:
        found = find_documents(name, named)
        if found and len(found) == len(named[found[0].source]):
            left_out.setdefault("source", []).append(found[0].source)
        else:
            left_out.setdefault("id", []).extend(document.id for document in found)
    return {field: {"not in": names} for field, names in left_out.items() if names} or None


def _state(cell: Cell) -> str:
    """Changes with each commit to the index that was opened, and with its documents."""
    digest = hashlib.sha256(str(getattr(cell.system, "generation", "")).encode())
    for identity, document in sorted(cell.documents.items()):
        digest.update(f"{identity}\0{document.text}\0".encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:12]


def _raise_when_all_fail(suite: Suite, outcomes: Mapping[str, Outcome]) -> None:
    """Do not spend an hour on a system that cannot answer at all."""
    errors = [outcome.error for outcome in outcomes.values() if outcome.error]
    if len(errors) == len(outcomes):
        raise AnsweringError(
            f"{suite.name}: the first {len(errors)} questions all failed: {errors[0]} "
            "Mend that, then run again."
        )


def _warm(suite: Suite, cell: Cell) -> None:
    """One question off the record: the first loads models, and is no measure of the others."""
    if suite.questions:
        ask_one(suite.questions[0], suite, cell.system, {})


def drawn(suite: Suite, limit: int | None, seed: int) -> Suite:
    """At most ``limit`` questions drawn by ``seed``, in the suite's order.

    Where only retrieval is measured, the unanswerable are left out: there is nothing to find.

    Raises:
        SettingsError: The seed is negative, which the bootstrap could not take.
        SuiteError: The suite has no such questions, or the limit leaves none.
    """
    import dataclasses
    import random

    if seed < 0:
        raise SettingsError(f"--seed {seed}: must be at least 0.")
    if limit is not None and limit < 1:
        raise SuiteError(f"--limit {limit}: must be at least 1.")
    if not suite.ask:
        answerable = tuple(question for question in suite.questions if question.answerable)
        suite = dataclasses.replace(suite, questions=answerable)
    if not suite.questions:
        kind = "question" if suite.ask else "answerable question, or leave out 'ask: false'"
        raise SuiteError(f"{suite.place}: the suite is empty. Add at least one {kind}.")
    if limit is None or limit >= len(suite.questions):
        return suite
    kept = set(random.Random(seed).sample(range(len(suite.questions)), limit))
    questions = tuple(q for at, q in enumerate(suite.questions) if at in kept)
    return dataclasses.replace(suite, questions=questions)


def suite_version(suite: Suite) -> str:
    """Twelve hexadecimal digits that change with the questions."""
    content = json.dumps(
        [suite.relevance, suite.ask, suite.legs, *map(to_dict, suite.questions)],
        ensure_ascii=False,
    )
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def conditions(settings: Settings, **more: Any) -> dict[str, Any]:
    """All that a figure must be read with."""
    from importlib.metadata import PackageNotFoundError, version

    from rag import __version__

    versions: dict[str, str] = {}
    for name in ("faiss-cpu", "numpy", "onnxruntime", "ir-measures"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return {
        "rag": __version__,
        "code": code_version(),
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "versions": versions,
        "settings": to_dict(settings),
        "peak_memory_bytes": peak_memory(),
        **more,
    }


def peak_memory() -> int:
    """Most bytes this process has held in memory, all suites so far together."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def plain(value: Any) -> Any:
    """JSON-ready: records as objects, NaN as null."""
    value = to_dict(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def _suite_result(value: Mapping[str, Any]) -> SuiteResult:
    return SuiteResult(
        **{
            **value,
            "measures": _measures(value["measures"]),
            "questions": tuple(
                Judged(
                    **{
                        **question,
                        **{
                            name: tuple(question[name])
                            for name in ("quotes", "sources", "passages")
                        },
                        "values": {
                            name: (float(pair[0]), float(pair[1]))
                            for name, pair in question["values"].items()
                        },
                    }
                )
                for question in value["questions"]
            ),
            "latency": {name: (pair[0], pair[1]) for name, pair in value["latency"].items()},
            "risk": tuple((a, b, c) for a, b, c in value["risk"]),
            "notes": tuple(value["notes"]),
        }
    )


def _measures(values: Sequence[Mapping[str, Any]]) -> tuple[Measure, ...]:
    ends = ("value", "low", "high")
    return tuple(Measure(**{**m, **{end: _number(m[end]) for end in ends}}) for m in values)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
