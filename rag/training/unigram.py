"""Is another kind of vocabulary better for embedding? A unigram model of the same size, trained alike.

``python -m rag.training vocabularies --data DIR --work DIR``: SentencePiece's unigram model (Kudo 2018,
https://arxiv.org/abs/1804.10959) on sentences of the lines that the project's BPE was learned from, then the
first training of the static model with either, batches drawn alike from the same texts at the same rates,
and the measures of both. Each cuts as its kind does: SentencePiece takes digits one by one and runs of a
script whole, the BPE up to four digits and at most four Han characters. The card of the static model shows
the table.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from rag.normalization import normalize
from rag.tokens import VOCABULARY_SIZE
from rag.training.building import encode_meaning, glosses, start_table
from rag.training.corpus import Encode, load_corpus
from rag.training.measures import Retrieval, measure_corpus
from rag.training.pairs import tasks_of
from rag.training.static import Recipe, train
from rag.training.vocabulary import vocabulary_lines

__all__ = ["compare_vocabularies", "train_unigram", "unigram_encode"]

Log = Callable[[str], None]

_LINES = 1_500_000  # drawn from all, for the unigram model: it keeps every substring in memory
_LONGEST = 300  # characters of a line that it learns from


def train_unigram(
    lines: Iterable[str], path: Path, *, size: int = VOCABULARY_SIZE, threads: int = 2
) -> None:
    """Train a unigram vocabulary on normalised lines and write SentencePiece's model to ``path``."""
    import sentencepiece

    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=_short(lines),
            model_writer=file,
            model_type="unigram",
            vocab_size=size,
            hard_vocab_limit=False,
            normalization_rule_name="identity",
            add_dummy_prefix=True,
            split_digits=True,
            character_coverage=0.9998,
            input_sentence_size=_LINES,
            shuffle_input_sentence=True,
            max_sentence_length=4 * _LONGEST,
            num_threads=threads,
            minloglevel=2,
        )
    partial.replace(path)


def _short(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        for part in re.findall(r"[^。！？]+[。！？]?", line):
            for start in range(0, len(part), _LONGEST):
                yield part[start : start + _LONGEST]


def unigram_encode(path: Path, *, threads: int = 2) -> Encode:
    """What cuts texts into the pieces of a model, normalised, without those that carry no meaning."""
    import sentencepiece

    model = sentencepiece.SentencePieceProcessor(model_file=str(path))
    silent = {
        piece
        for piece in range(model.get_piece_size())
        if model.is_control(piece)
        or model.is_unknown(piece)
        or _means_nothing(model.id_to_piece(piece))
    }

    def encode(texts: Sequence[str]) -> list[list[int]]:
        cut = model.encode([normalize(text) for text in texts], num_threads=threads)
        return [[piece for piece in pieces if piece not in silent] for pieces in cut]

    return encode


def _means_nothing(piece: str) -> bool:
    text = piece.replace("\u2581", "")
    return all(c.isspace() or unicodedata.category(c)[0] in "PCZ" for c in text)


def compare_vocabularies(
    data: Path,
    work: Path,
    *,
    steps: int,
    news_limit: int | None = None,
    seed: int = 0,
    log: Log = print,
) -> str:
    """Train the static model with either vocabulary for ``steps`` batches; a table in Markdown.

    Args:
        data: Folder of the training data.
        work: Folder that keeps the unigram model; one that is there is used.
        steps: Batches of the first training, enough to tell them apart, not to finish.
        news_limit: Articles to learn from; all by default.
        seed: Of both runs.
        log: Gets progress lines.
    """
    import torch

    torch.set_num_threads(1)
    work.mkdir(parents=True, exist_ok=True)
    path = work / "unigram.model"
    if not path.exists():
        train_unigram(vocabulary_lines(data), path)
    recipe = Recipe(seed=seed)
    measured: dict[str, tuple[float, dict[str, Retrieval]]] = {}
    for name, encode in (("BPE", encode_meaning), ("unigram", unigram_encode(path))):
        log(f"{name}:")
        corpus = load_corpus(data, encode, news_limit=news_limit, log=log)
        start, rows = start_table(corpus, recipe, log)
        tasks = tasks_of(corpus, glosses(corpus, log))
        table = train(start.copy(), rows, tasks, recipe, steps=steps, log=log)
        table = (1 - recipe.start_share) * table + recipe.start_share * start
        found = {one.name: one for one in measure_corpus(table[rows], corpus)}
        measured[name] = len(corpus.news.ids) / max(1, len(corpus.news)), found
        log(f"{name}: {len(corpus.news.ids)} pieces of news")
    return _table(measured)


def _table(measured: dict[str, tuple[float, dict[str, Retrieval]]]) -> str:
    """A row a set, recall@1 and @5 of each vocabulary; the translated news in means."""
    groups: dict[str, list[str]] = {}
    for name in next(iter(measured.values()))[1]:
        groups.setdefault(_group(name), []).append(name)
    titles = [f"{name} recall@{k}" for name in measured for k in (1, 5)]
    lines = [f"| set | {' | '.join(titles)} |", "|---|" + "--:|" * len(titles)]
    for group, names in groups.items():
        shares = [
            float(np.mean([getattr(found[name], measure) for name in names]))
            for _, found in measured.values()
            for measure in ("recall_at_1", "recall_at_5")
        ]
        cells = " | ".join(f"{100 * share:.1f}" for share in shares)
        lines.append(f"| {group} | {cells} |")
    told = [f"{pieces:.1f}" for pieces, _ in measured.values()]
    lines.append(f"| pieces of a sentence of the Chinese articles | {' | | '.join(told)} | |")
    return "\n".join(lines)


def _group(name: str) -> str:
    """The set itself, or for translated news the kind of pair of languages."""
    asked, arrow, answering = name.removesuffix(" news").partition(" > ")
    if not arrow:
        return name
    if asked == answering:
        return (
            "news in zh" if asked.startswith("zh") else "news in one language, mean of the others"
        )
    if "zh" in (asked[:2], answering[:2]):
        return "news, en to zh" if asked == "en" else "news, zh to en"
    return "news, en to others, mean" if asked == "en" else "news, others to en, mean"
