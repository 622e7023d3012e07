"""The reader: a small cross-encoder that looks at the question and one sentence together.

For each candidate sentence it says how well the sentence answers (``relevance``, to order by),
whether it answers at all (``answerable``, to refuse by) and which of its characters are the answer
(``span``); in other languages than Chinese also how alike in meaning question and sentence are (``alike``).

The weights are bundled (``rag/models/reader``) and run on onnxruntime; torch is never imported.
Besides the pieces of both texts the network sees, for every piece, how well the *other* text
matches it: by spelling (numbers, words, character pairs) and by the cosine of the piece embeddings,
which are aligned across languages. Training (:mod:`rag.training.reader`) builds its inputs with the
very functions beside (:mod:`rag.answering.reader.inputs`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from rag.answering.reader.encoder import Each, SentenceEncoder
from rag.answering.reader.encoder import Run as EncoderRun
from rag.answering.reader.inputs import (
    WINDOW,
    Example,
    batches_by_length,
    build_example,
    pad,
    prepare_question,
)
from rag.answering.reader.pieces import PieceEncoding, Table, cut
from rag.answering.reader.words import EnglishWords
from rag.errors import AnsweringError
from rag.forks import unlocked_when_forked
from rag.normalization import normalize, normalize_with_offsets, source_span
from rag.retrieval.sentences import SentenceVectors

__all__ = ["Reader", "ReaderInput", "ReaderScore", "best_span", "bundled_reader_path", "outer_ends"]

Floats = npt.NDArray[np.float32]

MAX_SPAN = 32  # pieces

_LONGEST = 3000  # characters of a text that are looked at


@dataclass(frozen=True, slots=True)
class ReaderInput:
    """A candidate sentence and what stands around it.

    ``before`` may hold the title or heading and the previous sentence, ``after`` the next one: of a
    long ``before`` the head and the tail are kept, of ``after`` the head.
    """

    text: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class ReaderScore:
    """What the reader thinks of one candidate.

    ``relevance`` is a logit that orders the candidates of one question (higher is better);
    ``answerable`` in [0, 1] says whether this sentence answers at all. ``span`` counts characters
    of the candidate's ``text`` (end exclusive), or is None where there is nothing to mark;
    ``span_score`` in [0, 1] is its probability, given that the sentence answers. ``alike`` is the
    cosine of question and sentence by the encoder, 0 where it was not asked.
    """

    relevance: float
    answerable: float
    span: tuple[int, int] | None
    span_score: float
    alike: float = 0.0


def best_span(starts: Floats, ends: Floats) -> tuple[int, int, float]:
    """The likeliest (first, last) piece of a sentence and its probability, from its two rows of logits."""
    start = starts - starts.max()
    end = ends - ends.max()
    start = start - np.log(np.exp(start).sum())
    end = end - np.log(np.exp(end).sum())
    joint = start[:, None] + end[None, :]
    reach = np.arange(len(start))
    distance = reach[None, :] - reach[:, None]
    joint[(distance < 0) | (distance >= MAX_SPAN)] = -np.inf
    flat = int(joint.argmax())
    return flat // len(start), flat % len(start), float(np.exp(joint.flat[flat]))


Run = Callable[[dict[str, Any]], tuple[Floats, Floats]]
Weights = Mapping[str, npt.NDArray[Any]]


class Reader:
    """The bundled (or another) reader model, ready to score sentences.

    Make one with :meth:`load`. Scoring is deterministic and safe to call from several threads.

    Args:
        encoding: Cuts texts into pieces.
        table: The embeddings of pieces.
        run: The network.
        threads: Batches that are read at once.
        load_adapted: Gives the network with its adapter, when it is first asked for; None where there is none.
        load_encoder: Gives an encoder of single sentences, likewise; it takes what stands in for ``map``.
    """

    def __init__(
        self,
        encoding: PieceEncoding,
        table: Table,
        run: Run,
        threads: int = 1,
        load_adapted: Callable[[], Run] | None = None,
        load_encoder: Callable[[Each], SentenceEncoder] | None = None,
    ) -> None:
        self._encoding = encoding
        self._table = table
        self._run = run
        self._load_adapted = load_adapted
        self._adapted: Run | None = None
        self._load_encoder = load_encoder
        self._meanings: SentenceVectors | None = None
        self._loading = unlocked_when_forked(Lock())
        self._threads = threads
        self._workers: tuple[int, ThreadPoolExecutor] | None = None

    @classmethod
    def load(cls, path: str | Path | None = None, *, threads: int | None = None) -> Reader:
        """Load a reader from its folder.

        Args:
            path: A folder that ``python -m rag.training reader`` wrote; None is the bundled one.
            threads: Batches that are read at once; None is two, or one where there is one processor.

        Raises:
            AnsweringError: It was trained on other windows of text than this version shows.
        """
        folder = Path(path) if path is not None else bundled_reader_path()
        meta = json.loads((folder / "reader.json").read_text(encoding="utf-8"))
        if meta.get("window") != WINDOW:
            raise AnsweringError(
                f"{folder} holds a reader that learned from other windows of text ({meta.get('window')}) than "
                f"this version shows it ({WINDOW}). Train it anew: python -m rag.training reader"
            )
        network = folder / meta["network"]

        def adapted() -> Run:
            from rag.answering.reader.adapter import adapted_weights

            return _reading(network, adapted_weights(network, folder / meta["adapter"]))

        def encoder(each: Each) -> SentenceEncoder:
            from rag.answering.reader.adapter import adapted_weights

            known = EnglishWords.load(folder / meta["words"], table) if "words" in meta else table
            run = _encoding_single(network, adapted_weights(network, folder / meta["encoder"]))
            return SentenceEncoder(encoding, known, run, each)

        load_adapted = adapted if "adapter" in meta else None
        load_encoder = encoder if "encoder" in meta else None
        rows = np.load(folder / meta["rows"], mmap_mode="r", allow_pickle=False)
        scales = np.load(folder / meta["scales"], allow_pickle=False)
        threads = threads or min(2, os.cpu_count() or 1)
        table = Table(rows, scales)
        encoding = _encoding(meta["encoding"])
        return cls(encoding, table, _reading(network), threads, load_adapted, load_encoder)

    def score(
        self, question: str, candidates: Sequence[ReaderInput], *, adapted: bool = False
    ) -> list[ReaderScore]:
        """Judge each candidate as an answer to the question; the results keep the candidates' order.

        Args:
            question: In any language.
            candidates: Sentences.
            adapted: Read with the adapter and ask the encoder, for sentences in other languages than Chinese.
        """
        run = self._adapted_run() if adapted else self._run
        asked = prepare_question(self._encoding, self._table, normalize(question[:_LONGEST]))
        spellings: list[_Candidate] = [_Candidate(self._encoding, given) for given in candidates]
        examples = [
            build_example(asked, c.sentence, c.before, c.after, self._table) for c in spellings
        ]
        scores: list[ReaderScore | None] = [None] * len(examples)
        # The longest first, so that no thread is left with one at the end.
        batches = batches_by_length([len(example.ids) for example in examples])[::-1]

        def judged(batch: Sequence[int]) -> tuple[Floats, Floats]:
            return run(pad([examples[i] for i in batch], self._table))

        alike = self._alike(question, candidates) if adapted else [0.0] * len(candidates)
        results = self._each(judged, batches)
        for batch, (verdicts, spans) in zip(batches, results, strict=True):
            for row, i in enumerate(batch):
                scores[i] = _score(spellings[i], examples[i], verdicts[row], spans[row], alike[i])
        return [score for score in scores if score is not None]

    def _alike(self, question: str, candidates: Sequence[ReaderInput]) -> list[float]:
        """Cosine of the question with each candidate by the encoder; zeros without one."""
        if self._load_encoder is None or not candidates:
            return [0.0] * len(candidates)
        with self._loading:
            if self._meanings is None:
                self._meanings = SentenceVectors(self._load_encoder(self._each))
        vectors = self._meanings.of([question, *(one.text for one in candidates)])
        return [float(cosine) for cosine in vectors[1:] @ vectors[0]]

    def _each(self, work: Callable[[Sequence[int]], Any], batches: Sequence[Any]) -> Iterable[Any]:
        """What the work makes of each batch, in their order; several at once where there are threads."""
        several = self._threads > 1 and len(batches) > 1
        return (self._pool().map if several else map)(work, batches)

    def _adapted_run(self) -> Run:
        """The network with its adapter, or as it is where it has none."""
        if self._load_adapted is None:
            return self._run
        with self._loading:
            if self._adapted is None:
                self._adapted = self._load_adapted()
            return self._adapted

    def _pool(self) -> ThreadPoolExecutor:
        """The threads of this process: those of a forked one stayed with its parent."""
        workers = self._workers
        if workers is None or workers[0] != os.getpid():
            workers = os.getpid(), ThreadPoolExecutor(self._threads, "rag-reader")
            self._workers = workers
        return workers[1]


def _reading(network: Path, weights: Weights = MappingProxyType({})) -> Run:
    """The network of a file as a reader of pairs, with other ``weights`` of some names."""
    session = _session(network, weights)

    def run(inputs: dict[str, Any]) -> tuple[Floats, Floats]:
        verdict, spans = session(["verdict", "spans"], inputs)
        return verdict, spans

    return run


def _encoding_single(network: Path, weights: Weights) -> EncoderRun:
    """The same as an encoder of single texts."""
    session = _session(network, weights)
    return lambda inputs: session(["mean"], inputs)[0]


def _session(
    network: Path, weights: Weights
) -> Callable[[Sequence[str], dict[str, Any]], list[Floats]]:
    """Gives outputs of the network by their names."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # Small batches side by side, each on one thread, are read in two thirds of the time of large ones
    # whose products are shared between threads: less padding, and nobody waits.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    kept = {
        name: onnxruntime.OrtValue.ortvalue_from_numpy(value) for name, value in weights.items()
    }
    for name, value in kept.items():
        options.add_initializer(name, value)
    session = onnxruntime.InferenceSession(
        str(network),
        options,
        providers=["CPUExecutionProvider"],
        # The fused operator takes several times as long as the two that it stands for.
        disabled_optimizers=["SkipLayerNormFusion"],
    )

    def run(names: Sequence[str], inputs: dict[str, Any], _kept: object = kept) -> list[Floats]:
        return cast("list[Floats]", session.run(list(names), inputs))

    return run


class _Candidate:
    """A candidate cut into pieces, with the way back to its source characters."""

    def __init__(self, encoding: PieceEncoding, given: ReaderInput) -> None:
        self._source = given.text[:_LONGEST]
        self.sentence = cut(encoding, normalize(self._source))
        self.before = cut(encoding, normalize(outer_ends(given.before)))
        self.after = cut(encoding, normalize(given.after[: _LONGEST // 20]))

    @cached_property
    def _offsets(self) -> list[int]:
        return normalize_with_offsets(self._source)[1]

    def source_span(self, first: int, last: int) -> tuple[int, int]:
        """Characters of the candidate's text behind the pieces from first to last."""
        offsets = self._offsets
        limit = len(offsets) - 1
        start = min(int(self.sentence.starts[first]), limit)
        end = min(int(self.sentence.ends[last]), limit)
        start, end = source_span(offsets, start, end)
        while start < end and self._source[start].isspace():
            start += 1
        while end > start and self._source[end - 1].isspace():
            end -= 1
        return start, end


def outer_ends(text: str) -> str:
    """The two ends of a long text, of which no more than some pieces will be kept."""
    reach = _LONGEST // 20
    return text if len(text) <= 2 * reach else text[:reach] + " " + text[-reach:]


def _score(
    candidate: _Candidate, example: Example, verdict: Floats, spans: Floats, alike: float
) -> ReaderScore:
    relevance, answerable = float(verdict[0]), float(1 / (1 + np.exp(-np.float64(verdict[1]))))
    if not example.count:
        return ReaderScore(relevance, answerable, None, 0.0, alike)
    told = slice(example.first, example.first + example.count)
    first, last, score = best_span(spans[told, 0], spans[told, 1])
    start, end = candidate.source_span(first, last)
    span = (start, end) if start < end else None
    return ReaderScore(relevance, answerable, span, score, alike)


def bundled_reader_path() -> Path:
    """The folder of the bundled reader."""
    return Path(__file__).resolve().parents[2] / "models" / "reader"


def _encoding(name: str) -> PieceEncoding:
    from rag.tokens import get_encoding

    return cast("PieceEncoding", get_encoding(name))
