"""``python -m rag.training``: build the bundled models, or adapt the embedding model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rag.errors import RagError


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
        status: int = options.run(options)
    except RagError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return status


def _add_answering(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from rag.training.answering import add_arguments, run

    parser = commands.add_parser("answering", help="fit what chooses and refuses answers")
    add_arguments(parser)
    parser.set_defaults(run=run)


def _add_static(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("static", help="train the static embedding model and measure it")
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--out", type=Path, required=True, help="folder for the finished model")
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, help="batches to train for (default: 7000)")
    length.add_argument("--minutes", type=float, help="time to train for instead")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dimension", type=int, default=512)
    parser.add_argument("--resume", action="store_true", help="go on from OUT.npz")
    parser.set_defaults(run=_static)


def _static(options: argparse.Namespace) -> int:
    from rag.training.building import build_static_model
    from rag.training.card import measures_table
    from rag.training.static import Recipe

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
    parser.set_defaults(run=_vocabulary)


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
    parser.add_argument("--steps", type=int, default=2000, help="batches for each")
    parser.add_argument("--articles", type=int, help="news articles to learn from (default: all)")
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_vocabularies)


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
        "adapt", help="adapt the static model to your documents, unlabelled"
    )
    parser.add_argument("documents", nargs="+", help="files and folders, as for rag index")
    parser.add_argument("--out", type=Path, required=True, help="folder for the adapted model")
    parser.add_argument("--model", type=Path, help="model to start from (default: the bundled one)")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.set_defaults(run=_adapt)


def _adapt(options: argparse.Namespace) -> int:
    from rag.embedding import bundled_model_path
    from rag.reading import read_paths
    from rag.records import Document
    from rag.training.adapting import adapt_static_model

    texts = [each.text for each in read_paths(options.documents) if isinstance(each, Document)]
    base = options.model or bundled_model_path()
    done = adapt_static_model(
        texts, base, options.out, steps=options.steps, seed=options.seed, log=_say
    )
    before, after = done.before.recall_at_1, done.after.recall_at_1
    verdict = "better" if after > before else "not better: keep the bundled model"
    print(
        f"recall@1 on {done.held_out} documents held out ({done.before.passages} passages): "
        f"{before:.3f} before, {after:.3f} after: {verdict}. "
        f"Use it: rag index --model {options.out} ..."
    )
    return 0


def _add_lexicon(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    from rag.training.lexicon import add_lexicon_arguments, run_lexicon

    parser = commands.add_parser("lexicon", help="learn word translations for lexical search")
    add_lexicon_arguments(parser)
    parser.set_defaults(run=run_lexicon)


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
