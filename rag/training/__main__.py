"""``python -m rag.training``: build the bundled models, or adapt the embedding model."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rag.errors import RagError

if TYPE_CHECKING:
    from rag.training.adapting import Adaptation


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m rag.training", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_static(commands)
    _add_vocabulary(commands)
    _add_vocabularies(commands)
    _add_adapt(commands)
    _add_lexicon(commands)
    _add_reader(commands)
    _add_answering(commands)
    options = parser.parse_args(arguments)
    try:
        if reads := getattr(options, "reads", ()):
            _must_hold(options.data, reads)
        status: int = options.run(options)
    except RagError as error:
        _say(f"error: {error}")
        return 1
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        _say(f"error: {where}{error.strerror or error}")
        return 1
    except KeyboardInterrupt:
        _say("stopped")
        return 130
    return status


def _must_hold(data: Path, names: Sequence[str]) -> None:
    """Start nothing without a single file to learn from.

    Raises:
        RagError: ``data`` has none of the files ``names``.
    """
    from rag.training.data_files import needed_rows

    for name in names:
        try:
            needed_rows(data, name)
        except FileNotFoundError:
            continue
        return
    raise RagError(
        f"{data} has no training data: none of {', '.join(names)} (.jsonl.zst or .jsonl). "
        "Name its folder with --data."
    )


#: All files of the training data that a model of texts may learn from.
_TEXTS = ("news_zh", "parallel", "titles_dict", "qa")


def _count(text: str) -> int:
    """A whole number from 1 on, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not at least 1")
    return value


def _seed(text: str) -> int:
    """A whole number from 0 on, for argparse."""
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(f"{text} is below 0")
    return value


def _minutes(text: str) -> float:
    """A length of time, for argparse."""
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is no time above 0")
    return value


def _add_answering(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from rag.training.answering.command import add_arguments, run

    parser = commands.add_parser("answering", help="fit what chooses and refuses answers")
    add_arguments(parser)
    parser.set_defaults(run=run)


def _add_static(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("static", help="train the static embedding model and measure it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--out", type=Path, required=True, help="folder for the finished model")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=_count, help="batches to train for (default: 7000)")
    length.add_argument("--minutes", type=_minutes, help="time to train for instead")
    parser.add_argument("--seed", type=_seed, default=0)
    parser.add_argument("--dimension", type=_count, default=512)
    parser.add_argument("--resume", action="store_true", help="go on from OUT.npz")
    parser.set_defaults(run=_static, reads=_TEXTS)


def _static(options: argparse.Namespace) -> int:
    from rag.training.building import build_static_model
    from rag.training.card import measures_table
    from rag.training.export import must_be_free
    from rag.training.static import Recipe

    must_be_free(options.out)
    steps = options.steps if options.minutes is not None else options.steps or 7000
    results = build_static_model(
        options.data,
        options.out,
        steps=steps,
        minutes=options.minutes,
        recipe=Recipe(seed=options.seed, dimension=options.dimension),
        resume=options.resume,
        log=_say,
    )
    print(measures_table(results))
    return 0


def _add_vocabulary(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "vocabulary",
        help="train the vocabulary",
        description="Writes rag64k.merges (put it in rag/data to use it: every model trained "
        "with the old one must then be trained again), rag64k.tiktoken and tokenizer.json.",
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--out", type=Path, required=True, help="folder for the three files")
    parser.set_defaults(run=_vocabulary, reads=_TEXTS)


def _vocabulary(options: argparse.Namespace) -> int:
    from rag.training import tokenizer
    from rag.training.vocabulary import vocabulary_lines

    options.out.mkdir(parents=True, exist_ok=True)
    merges = tokenizer.train_merges(vocabulary_lines(options.data))
    tokenizer.write_merges(merges, options.out / "rag64k.merges")
    tokenizer.write_tiktoken_table(merges, options.out / "rag64k.tiktoken")
    tokenizer.hugging_face_tokenizer(merges).save(str(options.out / "tokenizer.json"), pretty=False)
    _say(f"{len(merges)} merges in {options.out}")
    return 0


def _add_vocabularies(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "vocabularies", help="embed with the vocabulary and with a unigram one, and compare"
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--work", type=Path, required=True, help="folder for the unigram model")
    parser.add_argument("--steps", type=_count, default=2000, help="batches for each")
    parser.add_argument(
        "--articles", type=_count, help="news articles to learn from (default: all)"
    )
    parser.add_argument("--seed", type=_seed, default=0)
    parser.set_defaults(run=_vocabularies, reads=_TEXTS)


def _vocabularies(options: argparse.Namespace) -> int:
    from rag.training.unigram import compare_vocabularies

    table = compare_vocabularies(
        options.data,
        options.work,
        steps=options.steps,
        news_limit=options.articles,
        seed=options.seed,
        log=_say,
    )
    print(table)
    return 0


def _add_adapt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "adapt",
        help="adapt the static model to your documents, unlabelled",
        description="Trains the model on the documents, three times a minute or so, and writes it only where "
        "sentences held out find their passages better. Search by meaning alone gains most; rag's own, which "
        "goes by words as well, gains a part of that.",
    )
    parser.add_argument("documents", nargs="+", help="files and folders, as for rag index")
    parser.add_argument(
        "--out",
        type=Path,
        required=True,
        help="new or empty folder for the model, or an earlier one; written only if adapting helps",
    )
    parser.add_argument("--model", type=Path, help="model to start from (default: the bundled one)")
    parser.add_argument("--steps", type=_count, default=200, help="batches of each training")
    parser.add_argument("--seed", type=_seed, default=0)
    parser.set_defaults(run=_adapt)


def _adapt(options: argparse.Namespace) -> int:
    """Adapt, and say whether that helped; 1 where a file could not be read, as ``rag index``."""
    from rag.embedding import bundled_model_path
    from rag.reading import read_paths
    from rag.records import Document
    from rag.training.adapting import adapt_static_model
    from rag.training.export import must_be_free

    must_be_free(options.out)
    texts = []
    failed = False
    for item in read_paths(options.documents):
        if isinstance(item, Document):
            texts.append(item.text)
        elif isinstance(item, str):
            _say(f"note: {item}")
        else:
            failed = True
            _say(f"failed: {item.source}: {item.reason}")
    base = options.model or bundled_model_path()
    done = adapt_static_model(
        texts, base, options.out, steps=options.steps, seed=options.seed, log=_say
    )
    if left := len(texts) - done.documents:
        _say(f"note: documents not learned (copies, or without two sentences): {left}")
    print(_verdict(done, options))
    return 1 if failed else 0


def _verdict(done: Adaptation, options: argparse.Namespace) -> str:
    """What adapting was worth, and the one next step that follows from it."""
    change = done.change
    measured = (
        f"MRR@10 of {done.before.queries} sentences held out, each of which looks for the rest of its "
        f"passage: {done.before.mrr_at_10:.3f} before, {done.after.mrr_at_10:.3f} after "
        f"({change.value:+.3f}, 95% from {change.low:+.3f} to {change.high:+.3f})"
    )
    if done.better:
        model = shlex.quote(str(options.out))
        paths = shlex.join(options.documents)
        return (
            f"{measured}: better. Use it: rag index {paths} --reembed --model {model}, "
            f"and RAG_MODEL={model} from then on."
        )
    found = "worse" if change.shown else "no difference shown"
    kept = f"the model in {options.model}" if options.model else "the bundled model"
    return f"{measured}: {found}. Nothing was written to {options.out}: keep {kept}."


def _add_lexicon(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from rag.training.lexicon import add_lexicon_arguments, run_lexicon

    parser = commands.add_parser("lexicon", help="learn word translations for lexical search")
    add_lexicon_arguments(parser)
    parser.set_defaults(run=run_lexicon, reads=("parallel", "titles_dict"))


def _add_reader(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    try:
        from rag.training.reader import add_reader_arguments
    except ImportError as error:
        # The reader's training has dependencies of its own; the other commands work without.
        print(f"(no command 'reader': {error})", file=sys.stderr)
    else:
        add_reader_arguments(commands)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
