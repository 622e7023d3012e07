"""The command line: parse, call one public verb, print.

Results go to stdout, progress and messages to stderr. Exit 0 when it worked (a refusal is an
answer), 1 for a user's mistake or a fault, 2 for usage.
"""

from __future__ import annotations

import argparse
import codecs
import contextlib
import difflib
import json
import os
import re
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn, Self

from rag.errors import (
    EmbeddingModelError,
    IndexChunkingMismatchError,
    IndexModelMismatchError,
    IndexStoreError,
    QueryError,
    RagError,
    SettingsError,
)
from rag.records import Answer, IngestReport, Passage, to_dict
from rag.settings import Settings, explain_settings, misspelt_variables

if TYPE_CHECKING:
    from rag.knowledge_base import KnowledgeBase

__all__ = ["main"]

DEFAULT_INDEX = "indexes/default"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started this
            setattr(sys, name, open(os.devnull, mode))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    args = _parser().parse_args(arguments)
    for name, near in misspelt_variables():
        print(f"note: nothing reads {name}. Did you mean {near}?", file=sys.stderr)
    try:
        status: int = args.run(args)
        sys.stdout.flush()
    except (IndexChunkingMismatchError, IndexModelMismatchError) as error:
        # It ends with the command that mends it, which needs what was asked for here.
        model = isinstance(error, IndexChunkingMismatchError)  # the other names it itself
        _complain(f"{error}{_asked_for(args, model=model)}")
        return 1
    except RagError as error:
        _complain(str(error))
        return 1
    except KeyboardInterrupt:
        _complain(_STOPPED.get(args.command, "stopped."))
        return 130
    except BrokenPipeError:
        # The reader of our output has left; nothing more to say, and no noise at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _complain(f"{where}{error.strerror or error}.")
        return 1
    except Exception as error:
        if os.environ.get("RAG_DEBUG"):
            raise
        _complain(
            f"a fault of rag itself: {type(error).__name__}: {error}. "
            "Set RAG_DEBUG=1 to see where, and please report it."
        )
        return 1
    return status


_STOPPED = {
    "index": "stopped. What was committed is kept; the same command goes on from there.",
    "eval": "stopped. The same command goes on from there.",
}

_EXAMPLES = """\
examples:
  rag index seeds/                              read a folder (again: only what changed)
  rag ask "市北区2023年新落地亿元以上项目多少个?"    answer with citations
  rag ask "..." --where "published>=2023"       ask only some of the documents
  rag ask --batch questions.jsonl --json        many questions, one JSON answer a line
  rag chat                                      the page, in a browser

RAG_INDEX names the index folder; rag settings lists what else can be set.
"""


class _Parser(argparse.ArgumentParser):
    """One line for a usage mistake instead of the whole usage."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and exit with status 2."""
        self.exit(2, f"{self.prog}: {message}. See: {self.prog} --help\n")


class _Help(argparse.RawDescriptionHelpFormatter):
    """A column wide enough for the names of the commands."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=18)
        self._action_max_length = 18


def _complain(message: str) -> None:
    """One line on stderr, whatever the message holds."""
    print("rag:", " ".join(message.split()), file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="rag",
        description="Ask documents questions and get answers you can check.",
        epilog=_EXAMPLES,
        formatter_class=_Help,
    )
    parser.add_argument("--version", action="version", version=_version())
    commands = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", dest="command"
    )

    def command(name: str, run: Callable[[argparse.Namespace], int], help_: str) -> Any:
        sub = commands.add_parser(name, help=help_, description=help_)
        sub.set_defaults(run=run, misuse=sub.error)
        return sub

    index = command("index", _index, "Read files and folders into an index.")
    index.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="file or folder: txt, md, html, pdf, docx, csv, jsonl",
    )
    index.add_argument(
        "--prune",
        action="store_true",
        help="also remove documents whose files have vanished from these folders, or were moved there",
    )
    index.add_argument(
        "--reembed",
        action="store_true",
        help="bring an index made with another model or other chunk settings to these, "
        "from the stored text",
    )
    index.add_argument("--json", action="store_true", help="print the report as JSON")
    _common(index)

    search = command("search", _search, "Show the passages nearest to a question.")
    search.add_argument("question", metavar="QUESTION")
    _query(search)

    ask = command("ask", _ask, "Answer a question with citations.")
    ask.add_argument("question", nargs="?", metavar="QUESTION")
    ask.add_argument(
        "--batch",
        metavar="FILE",
        help="JSON Lines of objects with 'question', and perhaps 'history' (list of [question, "
        "answer]), 'where' and 'id'; - for stdin",
    )
    _query(ask)

    documents = command("documents", _documents, "List the indexed documents.")
    documents.add_argument("--json", action="store_true", help="print JSON")
    _common(documents)

    remove = command("remove", _remove, "Remove documents by id, source or folder.")
    remove.add_argument(
        "sources",
        nargs="+",
        metavar="SOURCE",
        help="as rag documents shows it, or the folder in front of it with a / at the end",
    )
    _common(remove)

    doctor = command("doctor", _doctor, "Check an index and mend what is derived.")
    doctor.add_argument(
        "--repair", action="store_true", help="also drop what is damaged beyond mending"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON")
    _common(doctor)

    snapshot = command("snapshot", _snapshot, "Copy an index to a new folder, also while in use.")
    snapshot.add_argument("folder", metavar="DIR")
    _common(snapshot)

    chat = command("chat", _chat, "Open the chat page.")
    chat.add_argument("--host", default="127.0.0.1", help="address to listen on")
    chat.add_argument("--port", type=int, default=7860, help="default: %(default)s")
    chat.add_argument("--auth", metavar="USER:PASSWORD", help="ask for this login")
    chat.add_argument("--no-auth", action="store_true", help="open to the network without login")
    chat.add_argument("--no-browser", action="store_true", help="do not open a browser window")
    _common(chat)

    settings = command("settings", _settings, "Print each setting and where its value is from.")
    settings.add_argument("--json", action="store_true", help="print JSON")
    _common(settings)

    feedback = command("feedback", _feedback, "Work with what readers said of the answers.")
    feedback.add_argument("action", choices=["export"])
    feedback.add_argument("--output", "-o", metavar="FILE", help="default: stdout")
    _common(feedback)

    evaluate = command("eval", _eval, "Measure retrieval, citation, answers and refusal.")
    _add_eval_arguments(evaluate)
    _configure(evaluate)
    return parser


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--index",
        default=os.environ.get("RAG_INDEX", DEFAULT_INDEX),
        metavar="DIR",
        help="index folder (default: %(default)s, or RAG_INDEX)",
    )
    _configure(parser)


def _configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", help="embedding model (default: bundled)")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="assignments",
        help="any setting; see: rag settings",
    )


def _query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("-k", type=int, help="passages to retrieve")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="CONDITION",
        help="only documents with FIELD=VALUE, or one of != > >= < <=, for instance "
        "published>=2023-01-01; all must hold, several = of one field are a choice",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    _common(parser)


def _add_eval_arguments(parser: argparse.ArgumentParser) -> None:
    from rag.evaluation.command import add_arguments

    add_arguments(parser)


def _settings_of(args: argparse.Namespace) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for assignment in args.assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise SettingsError(f"--set {assignment}: write it as NAME=VALUE.")
        values[name.strip()] = value.strip()
    for name in ("model", "k"):
        if getattr(args, name, None) is not None:
            values[name] = getattr(args, name)
    return values


def _asked_for(args: argparse.Namespace, *, model: bool) -> str:
    """The options that set something, as they would be typed again, each with a space before it."""
    given = [("--set", assignment) for assignment in args.assignments]
    if model and args.model is not None:
        given.append(("--model", args.model))
    return "".join(f" {option} {shlex.quote(value)}" for option, value in given)


def _open(args: argparse.Namespace, *, create: bool = False) -> KnowledgeBase:
    from rag.knowledge_base import KnowledgeBase

    settings = Settings.load(**_settings_of(args))
    return KnowledgeBase.open(args.index, settings=settings, create=create)


def parse_where(conditions: Sequence[str]) -> dict[str, Any] | None:
    """Filters as the library takes them, from texts such as ``published>=2023-01-01``.

    Several ``=`` for one field become a choice, several ``!=`` exclude each. Of the fields that are
    no text by nature, what looks like a number is one.

    Raises:
        QueryError: A text is not FIELD OPERATOR VALUE, or contradicts an earlier one.
    """
    where: dict[str, Any] = {}
    for condition in conditions:
        match = re.fullmatch(
            r"\s*([^<>=!]*[^<>=!\s])\s*(>=|<=|!=|==?|>|<)\s*(.*?)\s*", condition, re.DOTALL
        )
        if match is None:
            raise QueryError(
                f"--where {condition!r}: write it as FIELD=VALUE or FIELD>=VALUE, "
                "for instance published>=2023-01-01."
            )
        field, operator, text = match.groups()
        number = None if field in _TEXT_FIELDS else _number(text)
        either = [text] if number is None else [text, number]
        tests = where.setdefault(field, {})
        if operator in ("=", "=="):
            tests.setdefault("in", []).extend(either)
        elif operator == "!=":
            tests.setdefault("not in", []).extend(either)
        elif operator in tests:
            raise QueryError(f"--where {condition!r}: {field} {operator} is given twice.")
        else:
            tests[operator] = text if number is None else number
    return where or None


_TEXT_FIELDS = {"id", "source", "title", "published", "language", "indexed", "publisher", "url"}


def _number(text: str) -> int | float | None:
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    return float(text) if re.fullmatch(r"[+-]?\d+\.\d+", text) else None


# --------------------------------------------------------------------------- commands


def _index(args: argparse.Namespace) -> int:
    if not args.paths and not args.reembed:
        args.misuse("nothing to index; name files or folders")
    _must_exist(args)
    reports = []
    with _Progress() as progress:
        # With paths, an index that is not there yet is simply made.
        if args.reembed and not (args.paths and not Path(args.index).exists()):
            from rag.knowledge_base import reembed

            settings = Settings.load(**_settings_of(args))
            reports.append(reembed(args.index, settings=settings, progress=progress))
        if args.paths:
            with _open(args, create=True) as kb:
                reports.append(kb.index(*args.paths, prune=args.prune, progress=progress))
    for report in reports:
        if args.json:
            _print_json(to_dict(report))
        elif len(reports) == 1 or report.updated or report is reports[-1]:
            _print_report(report, args.index)
    return 1 if any(report.failed for report in reports) else 0


def _must_exist(args: argparse.Namespace) -> None:
    """Make no new index for nothing but mistyped paths.

    Raises:
        QueryError: None of the paths exists, and the index neither.
    """
    found = not args.paths or any(Path(path).exists() for path in args.paths)
    if not found and not Path(args.index).exists():
        raise QueryError(f"{args.paths[0]}: does not exist. Check the path.")


def _print_report(report: IngestReport, index: str) -> None:
    for note in report.notes:
        print(f"note: {note}", file=sys.stderr)
    for failure in report.failed:
        print(f"failed: {failure.source}: {failure.reason}", file=sys.stderr)
    counts = ", ".join(
        f"{len(getattr(report, name))} {name}"
        for name in ("added", "updated", "unchanged", "removed", "failed")
    )
    print(f"{index}: {counts}; {report.passages} passages; {report.seconds:.1f} s")


def _search(args: argparse.Namespace) -> int:
    with _open(args) as kb:
        passages = kb.search(args.question, where=parse_where(args.where))
    if args.json:
        _print_json(to_dict(passages))
        return 0
    for passage in passages:
        print(_passage_line(passage))
    return 0


def _passage_line(passage: Passage) -> str:
    where = f"{passage.source}:{passage.start}-{passage.end}"
    about = " · ".join(part for part in (passage.title, passage.published, passage.heading) if part)
    text = re.sub(r"\s+", " ", passage.text).strip()
    lines = [f"{passage.rank}. {passage.score:.3f}  {where}", f"   {about}", f"   {text}"]
    lines.extend(f"   {line}" for line in _other_sources(passage))
    return "\n".join(lines) + "\n"


def _other_sources(passage: Passage) -> list[str]:
    """A line that names where else much the same text stands; none where it does not."""
    places = [f"{source}:{start}-{end}" for _, source, start, end in passage.duplicates]
    return [f"much the same text: {', '.join(places)}"] if places else []


def _ask(args: argparse.Namespace) -> int:
    if (args.question is None) == (args.batch is None):
        args.misuse("give one question, or --batch FILE")
    where = parse_where(args.where)
    if args.batch is not None:
        return _ask_batch(args, where)
    with _open(args) as kb:
        answer = kb.ask(args.question, where=where)
    if args.json:
        _print_json(to_dict(answer))
    else:
        print(_answer_text(answer))
    return 0


def _ask_batch(args: argparse.Namespace, where: dict[str, Any] | None) -> int:
    """Answer line by line, in order; a line that fails says so in its place and stops nothing."""
    broken = 0
    with _open(args) as kb:
        for number, line in _batch_lines(args.batch):
            row: dict[str, Any] = {}
            try:
                row = _batch_row(line)
                answer = kb.ask(
                    row["question"],
                    history=[(asked, told) for asked, told in row.get("history") or []],
                    where=row.get("where") or where,
                )
            except (IndexStoreError, EmbeddingModelError, SettingsError, OSError):
                raise  # these are not the line's fault
            except Exception as error:  # noqa: BLE001 - one line must not take the others along
                broken += 1
                _complain(f"{args.batch}, line {number}: {error}")
                record = {"line": number, "error": str(error)}
            else:
                if not args.json:
                    print(f"{row['question']}\n{_answer_text(answer)}\n", flush=True)
                    continue
                record = to_dict(answer)
            if args.json:
                if "id" in row:
                    record["id"] = row["id"]
                _print_json(record, indent=None)
    return 1 if broken else 0


def _batch_lines(name: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers from 1."""
    with contextlib.ExitStack() as stack:
        if name == "-":
            file: IO[bytes] = sys.stdin.buffer
        else:
            file = stack.enter_context(Path(name).open("rb"))
        for number, raw in enumerate(file, start=1):
            line = _batch_text(raw.removeprefix(codecs.BOM_UTF8) if number == 1 else raw)
            if line.strip():
                yield number, line


def _batch_text(line: bytes) -> str:
    """A line that ought to be UTF-8; one in an older encoding is read where there is no doubt in which."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        from rag.reading import decode

        found = decode(line)
        if found is None or found.doubt:
            return line.decode(errors="surrogateescape")
        return found.text


_BATCH_FIELDS = {"question", "history", "where", "id"}


def _batch_row(line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        problem = getattr(error, "msg", "nested too deeply")
        raise QueryError(f"is not JSON ({problem}).") from error
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        raise QueryError("needs an object with a text 'question'.")
    for name in row.keys() - _BATCH_FIELDS:
        # Other fields are the file's own; a misspelled filter would be left out without a word.
        meant = difflib.get_close_matches(name, ("history", "where"), n=1, cutoff=0.75)
        if meant:
            raise QueryError(f"has an unknown field {name!r}; did you mean {meant[0]!r}?")
    history = row.get("history") or []
    if not isinstance(history, list) or not all(
        isinstance(turn, list) and len(turn) == 2 and all(isinstance(one, str) for one in turn)
        for turn in history
    ):
        raise QueryError("its 'history' must be a list of [question, answer] pairs.")
    return row


def _answer_text(answer: Answer) -> str:
    lines = [answer.text]
    if answer.note:
        lines.append(f"({answer.note})")
    if answer.citations:
        lines.append("")
    for citation in answer.citations:
        about = " · ".join(
            part
            for part in (
                citation.title,
                citation.published,
                f"p. {citation.page}" if citation.page else None,
            )
            if part
        )
        lines.append(f"[{citation.number}] {about}")
        lines.append(f"    {citation.source}:{citation.start}-{citation.end}")
        quote = re.sub(r"\s+", " ", citation.quote).strip()
        lines.append(f"    “{quote}”")
        for passage in answer.passages:
            inside = passage.start <= citation.start and citation.end <= passage.end
            if inside and passage.document_id == citation.document_id:
                lines.extend(f"    {line}" for line in _other_sources(passage))
    if answer.refused and answer.passages:
        lines.append("")
        lines.extend(
            f"  - {passage.source}:{passage.start}-{passage.end}  "
            f"{re.sub(chr(92) + 's+', ' ', passage.text).strip()[:80]}"
            for passage in answer.passages[:3]
        )
    return "\n".join(lines)


def _documents(args: argparse.Namespace) -> int:
    from rag.knowledge_base import list_documents

    Settings.load(**_settings_of(args))  # a mistake in them is told, though none is needed
    infos = list_documents(args.index)
    if args.json:
        _print_json(to_dict(infos))
        return 0
    for info in infos:
        print(
            info.source if info.id == info.source else f"{info.source} ({info.id})",
            info.published or "-",
            f"{info.passages} passages",
            info.metadata.get("encoding", "-"),
            info.title or "-",
            sep="\t",
        )
    return 0


def _remove(args: argparse.Namespace) -> int:
    from rag.knowledge_base import remove

    Settings.load(**_settings_of(args))
    removed = remove(args.index, *args.sources)
    if any(name.endswith("/") for name in args.sources):
        print(f"removed {len(removed)} documents")
        return 0
    for source in removed:
        print(f"removed {source}")
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from rag.index.checking import check_model
    from rag.knowledge_base import check_index

    settings = Settings.load(**_settings_of(args))
    findings = check_index(args.index, repair=args.repair)
    findings += check_model(Path(args.index), settings.model)
    if args.json:
        _print_json(to_dict(findings))
    else:
        for finding in findings:
            print(f"{finding.level:<8} {finding.subject}: {finding.message}")
    return 1 if any(finding.level == "fault" for finding in findings) else 0


def _snapshot(args: argparse.Namespace) -> int:
    from rag.knowledge_base import snapshot

    snapshot(args.index, args.folder)
    print(f"{args.index} copied to {args.folder}")
    return 0


def _chat(args: argparse.Namespace) -> int:
    from rag.ui import launch

    auth: tuple[str, str] | None = None
    if args.auth:
        user, colon, password = args.auth.partition(":")
        if not (user and colon and password):
            raise SettingsError("--auth: write it as USER:PASSWORD.")
        auth = (user, password)
    launch(
        args.index,
        host=args.host,
        port=args.port,
        auth=auth,
        no_auth=args.no_auth,
        settings=Settings.load(**_settings_of(args)),
        open_browser=not args.no_browser,
    )
    return 0


def _settings(args: argparse.Namespace) -> int:
    rows = explain_settings(**_settings_of(args))
    if args.json:
        _print_json({name: {"value": value, "from": origin} for name, value, origin, _ in rows})
        return 0
    for name, value, origin, meaning in rows:
        print(f"{name:<18} {value!r:<12} {origin:<22} {meaning}")
    return 0


def _feedback(args: argparse.Namespace) -> int:
    from rag.feedback import export_suite

    text = export_suite(Path(args.index))
    if args.output:
        Path(args.output).write_text(text, encoding="utf-8")
        print(f"written to {args.output}", file=sys.stderr)
    else:
        print(text, end="")
    return 0


def _eval(args: argparse.Namespace) -> int:
    from rag.evaluation.command import run

    return run(args)


# --------------------------------------------------------------------------- printing


class _Progress:
    """One line on stderr, rewritten in place on a terminal; elsewhere a new one now and then."""

    _SECONDS_IN_A_LOG = 10.0

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._printed = time.monotonic()

    def __call__(self, message: str) -> None:
        now = time.monotonic()
        if self._terminal:
            width = shutil.get_terminal_size().columns - 1
            sys.stderr.write(f"\r\x1b[2K{message[:width]}")
            sys.stderr.flush()
        elif now - self._printed > self._SECONDS_IN_A_LOG:
            self._printed = now
            print(message, file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._terminal:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()


def _print_json(value: Any, indent: int | None = 2) -> None:
    # Lone surrogates (undecodable file names) have no UTF-8 form: escape all of such a line.
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent)
    print(text)


def _version() -> str:
    from rag import __version__

    return f"rag {__version__}"


if __name__ == "__main__":
    sys.exit(main())
