"""An encoder of single sentences out of a finished reader, taught by the English model that its body came from.

The reader of pairs has left behind much of what all-MiniLM-L6-v2 knows. The way back is short: of the
differences between the two bodies a low-rank part is added to the reader's matrices, and learned on from
there (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685) until the mean of the last states of a text, in
any language, is near the English model's vector of its English side. Piece embeddings and projection stay
the reader's; most English texts are told in the English model's own words (:mod:`rag.training.reader_words`),
the others in pieces, which are what other languages in Latin letters have.
:mod:`rag.answering.reader.encoder` asks it at run time.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from rag.answering.reader.encoder import single
from rag.answering.reader.pieces import PieceEncoding, Table
from rag.answering.reader.words import EnglishWords
from rag.chunking import split_sentences
from rag.training.data_files import needed_rows
from rag.training.reader_adapter import LowRank, adapted, merged
from rag.training.reader_model import Layer, Network, copy_body, mean_vector, padded
from rag.training.written import Article

__all__ = ["EnglishTexts", "begun", "teach"]

#: What is taken from the English body whole: its places, segments and norms.
_WHOLE = ("position", "segment", "norm")
_MATRICES = ("query_key_value", "attended", "inner", "outer")
_NORMS = ("attended_norm", "outer_norm")
_TEMPERATURE = 20.0  # what the English model was trained with
_LONGEST = 450  # characters of an English text
_IN_WORDS = 0.7  # of the English texts
#: Learned: all but the reader's heads and what it is told of matches.
_HEADS = ("verdict", "coverage", "span", "match")

Pairs = Sequence[tuple[str, str]]


class Teacher(Protocol):
    """What is needed of :class:`rag.training.reader_guide.EnglishModel`."""

    def vectors(self, texts: Sequence[str]) -> Tensor:
        """Unit vectors, (texts, width), of English texts."""
        ...


def begun(network: Network, body: dict[str, Tensor], rank: int) -> Network:
    """A reader's network on its way to the English body: as near as matrices of this rank bring it.

    Args:
        network: The reader's; stays as it is.
        body: Of the English model (:func:`rag.training.reader_model.load_body`).
        rank: Width of what is added to each matrix.
    """
    english = Network(network.projection.in_features)
    with torch.no_grad():
        copy_body(english, body)
    found = adapted(network, rank)
    with torch.no_grad():
        for name in _WHOLE:
            getattr(found, name).load_state_dict(getattr(english, name).state_dict())
        for layer, wanted in zip(found.layers, english.layers, strict=True):
            assert isinstance(layer, Layer)
            for name in _MATRICES:
                low: LowRank = getattr(layer, name)
                aim = getattr(wanted, name)
                left, sizes, right = torch.linalg.svd(aim.weight - low.weight, full_matrices=False)
                root = sizes[:rank].sqrt()
                low.up.copy_(left[:, :rank] * root)
                low.down.copy_(root[:, None] * right[:rank])
                low.bias.copy_(aim.bias)
            for name in _NORMS:
                getattr(layer, name).load_state_dict(getattr(wanted, name).state_dict())
    found.position.weight.requires_grad_()
    found.segment.weight.requires_grad_()
    return found


class EnglishTexts:
    """English texts of the kinds that are asked and told: questions, sentences, two or three in a row.

    Args:
        folder: Where ``parallel`` is.
        articles: With English questions; of those in English the sentences, too.
    """

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        self._questions = [
            asked.question
            for article in articles
            for asked in article.questions
            if article.language == "en" or asked.kind == "english"
        ]
        self._told: list[str] = []
        for article in articles:
            if article.language == "en":
                told = [
                    article.text[slice(*span)].strip() for span in split_sentences(article.text)
                ]
                self._told += told + [f"{one} {two}" for one, two in pairwise(told)]
        chance = random.Random(0)
        self._lines = [
            row["e"]
            for row in needed_rows(folder, "parallel")
            if row["l"] in _LINES_OF and chance.random() < 1 / 4 and 20 < len(row["e"]) < _LONGEST
        ]

    def draw(self, chance: random.Random) -> str:
        """One text."""
        kind = chance.random()
        if self._questions and (kind < 0.35 or not self._lines):
            return chance.choice(self._questions)
        if self._told and (kind < 0.65 or not self._lines):
            return chance.choice(self._told)[:_LONGEST]
        first = chance.randrange(len(self._lines))
        count = 1 if kind > 0.8 else chance.randint(1, 3)
        return " ".join(self._lines[first : first + count])[:_LONGEST]


#: The languages whose lines have English sides enough.
_LINES_OF = frozenset({"de", "fr", "es", "ja", "ko", "tr", "ru", "zh"})


@dataclass(frozen=True, slots=True)
class _Batch:
    """A thread's part: translations, and English texts by themselves."""

    pairs: Pairs
    english: Sequence[str]
    cuts: Sequence[Sequence[int]]  # of the others, the English sides and the English texts


def teach(
    network: Network,
    table: Table,
    words: EnglishWords,
    encoding: PieceEncoding,
    english: Teacher,
    pairs: Iterator[Pairs],
    texts: EnglishTexts,
    *,
    steps: int,
    rate: float,
    batch: int,
    cooldown: float,
    threads: int,
    seed: int,
) -> Network:
    """Bring a network that :func:`begun` gave near the English model; a plain one that gives the same.

    Args:
        network: Its low-rank additions, biases, norms, places and segments are learned, in place.
        table: The reader's piece embeddings, which stay.
        words: These and those of English words.
        encoding: Cuts texts into pieces.
        english: What is to be reached.
        pairs: Batches of (English, other), endless.
        texts: English ones beside them, as many.
        steps: How often the weights change.
        rate: The highest, of the low-rank additions; what else is learned changes 0.4 times as fast.
        batch: Pairs that a thread learns from at once.
        cooldown: The last part of the steps, in which the rate falls to zero.
        threads: Each learns from a part of its own.
        seed: Of the draws.
    """
    torch.set_num_threads(1)
    rows = torch.from_numpy(words[np.arange(len(words), dtype=np.int32)])
    narrow: list[Tensor] = []
    rest: list[Tensor] = []
    for name, parameter in network.named_parameters():
        if parameter.requires_grad and not name.startswith(_HEADS):
            (narrow if name.rpartition(".")[2] in ("up", "down") else rest).append(parameter)
    learned = narrow + rest
    optimiser = torch.optim.AdamW(
        [{"params": narrow, "rate": rate}, {"params": rest, "rate": 0.4 * rate}],
        weight_decay=0.01,
        betas=(0.9, 0.98),
    )
    chance = random.Random(seed)

    def drawn() -> _Batch:
        some = next(pairs)[:batch]
        alone = [texts.draw(chance) for _ in some]
        sides = [one for one, _ in some] + alone
        known = [words if chance.random() < _IN_WORDS else table for _ in sides]
        told = [(other, table) for _, other in some] + list(zip(sides, known, strict=True))
        return _Batch(some, alone, [single(encoding, *one).ids.tolist() for one in told])

    def gradients(part: _Batch) -> tuple[float, Sequence[Tensor | None]]:
        loss = _loss(network, rows, english, part)
        found = torch.autograd.grad(loss, learned, allow_unused=True)
        return float(loss.detach()), found

    began, average = time.perf_counter(), 0.0
    network.train()
    with ThreadPoolExecutor(threads) as workers:
        for step in range(steps):
            share = min(1.0, (step + 1) / 30, (steps - step) / max(1, math.ceil(cooldown * steps)))
            for group in optimiser.param_groups:
                group["lr"] = group["rate"] * share
            works = list(workers.map(gradients, [drawn() for _ in range(threads)]))
            for parameter, *found in zip(learned, *(part for _, part in works), strict=True):
                known = [one for one in found if one is not None]
                parameter.grad = sum(known[1:], start=known[0]) / threads if known else None
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            loss = sum(value for value, _ in works) / threads
            average += (loss - average) / min(step + 1, 50)
            if (step + 1) % 10 == 0:
                spent = time.perf_counter() - began
                print(f"encoder {step + 1}/{steps} loss {average:.3f} {spent:.0f} s", flush=True)
    network.eval()
    return merged(network)


def _loss(network: Network, rows: Tensor, english: Teacher, part: _Batch) -> Tensor:
    """8 x (1 - cosine) of each text with the English model's vector, and InfoNCE over the part's."""
    sides = [one for one, _ in part.pairs] + list(part.english)
    wanted = english.vectors(sides).float()
    places = torch.cat([torch.arange(len(part.pairs)), torch.arange(len(sides))])
    cuts = part.cuts
    order = sorted(range(len(cuts)), key=lambda i: len(cuts[i]))
    vectors = []
    for some in (order[: 2 * len(order) // 3], order[2 * len(order) // 3 :]):  # less padding
        if some:
            ids, mask = padded([cuts[i] for i in some])
            with torch.autocast("cpu", torch.bfloat16):
                vectors.append(mean_vector(network, rows[ids], mask))
    found = torch.cat(vectors)[torch.tensor(order).argsort()]
    cosines = (found * wanted[places]).sum(-1)
    apart = functional.cross_entropy(found @ wanted.T * _TEMPERATURE, places)
    return 8 * (1 - cosines).mean() + apart
